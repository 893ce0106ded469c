// The builder on a narrow screen: the flow, with sheets over it.

import { expect, test } from "./fixtures.mjs";
import { expectAccessible, setTheme } from "./pages/accessible.mjs";
import { CanvasPage } from "./pages/canvas.mjs";

test.use({ viewport: { width: 390, height: 844 } });

test("on a narrow screen settings and evidence are sheets that break no rule and go away", async ({ app, page }) => {
    const canvas = new CanvasPage(page);
    await app.open("/flows");
    await page.getByRole("button", { name: "New flow" }).click();
    await page.getByRole("button", { name: /^Abandoned cart/ }).click();
    await expect(canvas.card(/^Trigger:/)).toBeVisible();
    // All cards in sight: of one that is cut off, axe takes the rest for its whole text.
    await canvas.middle(canvas.card(/^Trigger:/));
    await canvas.card(/^Trigger:/).press("1");
    const sheets = { Settings: canvas.inspector, Preview: canvas.evidence };
    for (const [name, sheet] of Object.entries(sheets)) {
        await page.getByRole("tab", { name, exact: true }).first().click();
        await expect(sheet).toBeInViewport();
        for (const theme of ["light", "dark"]) {
            await setTheme(page, theme);
            await expectAccessible(page, `builder-sheet-${name}-${theme}`);
        }
        await sheet.getByRole("button", { name: "Back to the flow" }).click();
        await expect(sheet).toBeHidden();
        await expect(page.locator("#canvas")).toBeFocused();
    }
    await expect(page.getByRole("button", { name: "Save", exact: true })).toBeInViewport({ ratio: 1 });
    for (const theme of ["light", "dark"]) {
        await setTheme(page, theme);
        await expectAccessible(page, `builder-narrow-${theme}`);
    }
});
