// Storage health, retention, and the whole workspace as one file and back.

import { readFile, writeFile } from "node:fs/promises";
import { expect, test } from "./fixtures.mjs";
import { expectAccessible, setTheme } from "./pages/accessible.mjs";
import { ActivityPage, refused, seedDeliveries } from "./pages/activity.mjs";

test("the settings say how storage fares", async ({ app, page }) => {
    await app.open("/settings");
    const health = page.locator(".settings-part", { hasText: "Storage health" });
    await expect(health).toContainText("strict durability");
    await expect(health).toContainText(/of .* used/);
    await expect(health).toContainText("0 deliveries");
    await page.getByLabel("Keep finished deliveries, in days").fill("-3");
    await expect(page.getByText("Enter a whole number from 1 to 3650, or nothing.")).toBeVisible();
});

test("what was typed is taken in when the browser goes back, whatever has the focus", async ({ app, page }) => {
    await app.open("/flows");
    await page.getByRole("link", { name: "Settings" }).first().click();
    await expect(page.getByRole("heading", { name: "Settings", level: 1 })).toBeFocused();
    await page.getByLabel("Time zone").fill("Europe/Berlin");
    await page.goBack();
    await expect(page.getByRole("heading", { name: "Flows", level: 1 })).toBeVisible();
    await page.goForward();
    await expect(page.getByLabel("Time zone")).toHaveValue("Europe/Berlin");
    await page.getByLabel("Time zone").fill("Europe/Nowhere");
    await page.goBack();
    await expect(page.getByRole("heading", { name: "Flows", level: 1 })).toBeVisible();
    await expect(app.panic).toHaveCount(0);
});

test("what is older than the settings keep is pruned", async ({ app, page }) => {
    const activity = new ActivityPage(page);
    await activity.open(app);
    const old = Date.now() - 40 * 86_400_000;
    await seedDeliveries(page, 40, (n) => (n < 30 ? { at: old + n } : {}));
    await expect(activity.who).toHaveText("All 40 deliveries that fit");
    await app.open("/settings");
    await expect(page.getByText("Settings kept")).toBeVisible();
    await page.getByLabel("Keep finished deliveries, in days").fill("30");
    await expect(page.getByText("Settings kept")).toBeVisible();
    await app.open("/activity");
    await page.reload();
    await expect(activity.who).toHaveText("All 10 deliveries that fit", { timeout: 25_000 });
});

test("a backup is made, planned and restored in another browser", async ({ app, browser, page, site }, info) => {
    const activity = new ActivityPage(page);
    await activity.open(app);
    await seedDeliveries(page, 20, (n) => (n === 0 ? { status: "needs-review" } : refused(Date.now())));
    await app.open("/settings");
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Make a backup" }).click();
    const file = info.outputPath("workspace.backup");
    await (await download).saveAs(file);
    const context = await browser.newContext();
    const other = await context.newPage();
    await other.goto(`${site.url}#/settings`);
    const damaged = info.outputPath("damaged.backup");
    await writeFile(damaged, (await readFile(file, "utf8")).replace("Send order", "Send 0rder"));
    await other.getByLabel("Restore from a backup").setInputFiles(damaged);
    await expect(other.getByRole("alert")).toContainText("was changed since it was made");
    await other.getByLabel("Restore from a backup").setInputFiles(file);
    await expect(other.getByText("Deliveries: 20 added")).toBeVisible();
    await expect(other.getByText("1 pending delivery comes back in Needs review")).toBeVisible();
    await expectAccessible(other, "restore-plan");
    await other.getByRole("button", { name: "Restore", exact: true }).click();
    await expect(other.getByText("The backup is restored.")).toBeVisible();
    await other.goto(`${site.url}#/activity`);
    await expect(other.locator(".act-bar-who")).toHaveText("All 20 deliveries that fit", { timeout: 25_000 });
    await context.close();
});

for (const [theme, width] of [
    ["light", 1440],
    ["dark", 390],
]) {
    test(`the settings break no rule of accessibility: ${theme}, ${width} px`, async ({ app, page }) => {
        await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
        await app.open("/settings");
        await setTheme(page, theme);
        await expect(page.getByText("Healed connections")).toBeVisible();
        await expectAccessible(page, `settings-${theme}-${width}`);
    });
}
