// The bridge to Klaviyo: out by the dialog, in with the files.

import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "./fixtures.mjs";
import { expectAccessible, setTheme } from "./pages/accessible.mjs";

const fixture = path.resolve(import.meta.dirname, "../it/fixtures/klaviyo/splits_that_rejoin.json");

for (const [theme, width] of [
    ["light", 1440],
    ["dark", 390],
]) {
    test(`a flow goes out with its id, its report and its body, ${theme}`, async ({ app, page }) => {
        await page.setViewportSize({ width, height: 900 });
        await app.open("/flows");
        await setTheme(page, theme);
        await page.getByRole("button", { name: "Export Order to ERP to Klaviyo…" }).click();
        const dialog = page.getByRole("dialog", { name: "Export to Klaviyo" });
        await expect(dialog).toContainText("YOUR_METRIC_ID");
        await expect(dialog).toContainText("practice receiver");
        await expectAccessible(page, `klaviyo-${theme}-${width}`);
        await dialog.getByLabel("Id in your Klaviyo account").fill("UxQk4R");
        const download = page.waitForEvent("download");
        await dialog.getByRole("button", { name: "Save the body" }).click();
        const body = JSON.parse(await readFile(await (await download).path(), "utf8"));
        expect(body.data.attributes.definition.triggers).toEqual([
            { type: "metric", id: "UxQk4R", trigger_filter: null },
        ]);
        await page.keyboard.press("Escape");
        await expect(dialog).toBeHidden();
        await expect(page.getByRole("button", { name: "Export Order to ERP to Klaviyo…" })).toBeFocused();
    });
}

test("an answer of Get Flow comes in, with a note of what to know", async ({ app, page }) => {
    await app.open("/flows");
    await page.getByRole("button", { name: "New flow", exact: true }).click();
    await page.getByLabel("From a file…").setInputFiles(fixture);
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Splits that rejoin");
    await expect(page.getByText(/Imported from Klaviyo/).first()).toBeVisible();
    await expect(page.getByText("Shared hook").first()).toBeVisible();
});
