// The activity page: the log narrowed, searched, scrolled, acted on, exported.

import { readFile } from "node:fs/promises";
import { expect, test } from "./fixtures.mjs";
import { expectAccessible, setTheme } from "./pages/accessible.mjs";
import { ActivityPage, refused, seedDeliveries } from "./pages/activity.mjs";
import { FlowPage } from "./pages/flow.mjs";
import { saveWithTwoStep } from "./pages/members.mjs";

test("the log is narrowed by status, recipient, code and time, and the address keeps it", async ({ app, page }) => {
    const activity = new ActivityPage(page);
    await activity.open(app);
    await seedDeliveries(page, 300, (n) => (n % 10 === 3 ? refused(Date.now()) : {}));
    await expect(activity.who).toHaveText("All 300 deliveries that fit");
    await page.getByLabel("Status", { exact: true }).selectOption("skipped");
    await expect(activity.who).toHaveText("All 30 deliveries that fit");
    await expect(page).toHaveURL(/status=skipped/);
    await page.getByRole("button", { name: "Clear filters" }).click();
    await page.getByRole("button", { name: "More filters" }).click();
    await page.getByLabel("Recipient", { exact: true }).fill("person7@example.com");
    await page.getByLabel("Recipient", { exact: true }).press("Enter");
    await expect(activity.rows).toHaveCount(1);
    await page.getByRole("button", { name: "Clear filters" }).click();
    await page.getByLabel("Status code").fill("400");
    await page.getByLabel("Status code").press("Enter");
    await expect(activity.who).toHaveText("All 30 deliveries that fit");
    await page.reload();
    await expect(activity.who).toHaveText("All 30 deliveries that fit");
    await expect(page.getByLabel("Status code")).toHaveValue("400");
    await page.getByLabel("From", { exact: true }).fill("2099-01-01T00:00");
    await page.getByLabel("From", { exact: true }).press("Enter");
    await expect(page.getByText("No delivery fits the filter")).toBeVisible();
});

test("thousands of rows are scrolled with few in the page, to both ends and by keyboard", async ({ app, page }) => {
    const activity = new ActivityPage(page);
    await activity.open(app);
    await seedDeliveries(page, 5000);
    await expect(activity.who).toHaveText("All 5,000 deliveries that fit", { timeout: 60_000 });
    await expect(activity.rows.first()).toContainText("person0@");
    expect(await activity.rows.count()).toBeLessThan(80);
    await activity.scrollTo(1);
    await expect(activity.row("person499@").last()).toBeVisible();
    await activity.scrollTo(0.5);
    // Loaded there: rows of the end are far away.
    await expect(activity.rows.nth(12)).toBeInViewport();
    await activity.scrollTo(0);
    await expect(activity.list).toHaveJSProperty("scrollTop", 0);
    await expect(activity.rows.first()).toContainText("person0@");
    const first = page.getByRole("link", { name: "person0@example.com" });
    await first.focus();
    for (let n = 0; n < 40; n += 1) await page.keyboard.press("ArrowDown");
    const focused = page.locator(".table-link:focus");
    await expect(focused).toHaveText("person40@example.com");
    await expect(focused).toBeInViewport();
    await page.keyboard.press(" ");
    await expect(activity.who).toHaveText("1 delivery selected");
    await page.keyboard.press("Enter");
    await expect(activity.detail).toContainText("person40@example.com");
});

test("a search streams what it finds in requests, and says how far it came", async ({ app, page }) => {
    const activity = new ActivityPage(page);
    await activity.open(app);
    await seedDeliveries(page, 3000, (n) => (n === 2500 ? { body: '{"note":"A needle, here"}' } : {}));
    await expect(activity.who).toHaveText("All 3,000 deliveries that fit", { timeout: 60_000 });
    await activity.search.fill("NEEDLE");
    await activity.search.press("Enter");
    await expect(page.getByText("1 delivery found among 3,000.")).toBeVisible();
    await expect(activity.rows).toHaveCount(1);
    await page.reload();
    await expect(activity.rows).toHaveCount(1);
});

test("selected deliveries are dismissed, and all that a filter finds are resent", async ({ app, page, receivers }) => {
    const activity = new ActivityPage(page);
    receivers.trusted.script("/orders", [{ status: 200 }]);
    const url = receivers.trusted.url("/orders");
    await activity.open(app);
    await seedDeliveries(page, 12, () => ({ ...refused(Date.now()), url }));
    await expect(activity.rows).toHaveCount(12);
    await activity.row("person1@").getByRole("checkbox").check();
    await activity.row("person2@").getByRole("checkbox").check();
    await expect(activity.who).toHaveText("2 deliveries selected");
    await activity.act("Dismiss");
    await expect(page.getByRole("dialog")).toContainText("Dismiss 2 deliveries?");
    await activity.confirm("Dismiss");
    await expect(activity.rows.filter({ hasText: "Dismissed" })).toHaveCount(2);
    await page.getByLabel("Status", { exact: true }).selectOption("skipped");
    await activity.act("Resend");
    await expect(page.getByRole("dialog")).toContainText("Resend 12 deliveries?");
    await activity.confirm("Resend");
    await expect.poll(() => receivers.trusted.requests("/orders").length).toBe(12);
    await page.getByLabel("Status", { exact: true }).selectOption("delivered");
    await expect(activity.who).toHaveText("All 12 deliveries that fit");
});

test("what waits for review is sent, many at once", async ({ app, page, receivers }) => {
    const activity = new ActivityPage(page);
    const url = receivers.trusted.url("/orders");
    await activity.open(app, "?status=needs-review");
    await seedDeliveries(page, 5, () => ({ status: "needs-review", url }));
    await expect(activity.rows).toHaveCount(5);
    await activity.act("Send");
    await activity.confirm("Send");
    await expect.poll(() => receivers.trusted.requests("/orders").length).toBe(5);
    await expect(page.getByText("No delivery fits the filter")).toBeVisible();
});

test("the log is exported as CSV and JSON Lines", async ({ app, page }) => {
    const activity = new ActivityPage(page);
    await activity.open(app);
    await seedDeliveries(page, 700);
    await expect(activity.who).toHaveText("All 700 deliveries that fit");
    for (const [button, lines] of [
        ["CSV", 701],
        ["JSON Lines", 700],
    ]) {
        const download = page.waitForEvent("download");
        await activity.act("Export");
        await activity.confirm(button);
        const text = await readFile(await (await download).path(), "utf8");
        expect(text.trimEnd().split("\n")).toHaveLength(lines);
    }
    await expect(page.getByText("700 deliveries exported.")).toBeVisible();
});

test("a skipped delivery is edited and sent again as a new one, linked to the old", async ({
    app,
    page,
    receivers,
}) => {
    const activity = new ActivityPage(page);
    const url = receivers.trusted.url("/mended");
    await activity.open(app);
    await seedDeliveries(page, 1, () => ({ ...refused(Date.now()), url: "https://localhost:1/orders" }));
    await page.getByRole("link", { name: "person0@example.com" }).click();
    await activity.detail.getByRole("button", { name: "Edit and resend…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Destination URL").fill("http://nowhere");
    await expect(dialog.getByText("The destination must start with https://.")).toBeVisible();
    await dialog.getByLabel("Destination URL").fill(url);
    await dialog.getByLabel("Body").fill('{"mended":true}');
    await dialog.getByRole("button", { name: "Send as a new delivery" }).click();
    await expect(activity.detail).toContainText("Edited from");
    await expect(activity.detail).toContainText("Delivered");
    const [request] = receivers.trusted.requests("/mended");
    expect(request.body).toBe('{"mended":true}');
    await expect(activity.rows).toHaveCount(2);
});

test("a person is forgotten: their deliveries go, and nobody else's", async ({ app, page }) => {
    const activity = new ActivityPage(page);
    await activity.open(app);
    await seedDeliveries(page, 30, (n) => ({
        email: n % 3 === 0 ? "ann@example.com" : `other${n}@example.com`,
        profile: n % 3 === 0 ? "ann" : `p${n}`,
    }));
    await page.getByRole("link", { name: "ann@example.com" }).first().click();
    await activity.detail.getByRole("button", { name: "Forget this person…" }).click();
    await activity.confirm("Forget this person");
    await expect(activity.who).toHaveText("All 20 deliveries that fit");
    await expect(activity.row("ann@example.com")).toHaveCount(0);
});

test("the last day is drawn, with its figures in words", async ({ app, page, receivers }) => {
    const flow = new FlowPage(page);
    receivers.trusted.script("/orders", [{ status: 503 }, { status: 200 }]);
    await app.open();
    await flow.sendTo(receivers.trusted.url("/orders"));
    await saveWithTwoStep(page);
    await flow.fireEvent();
    await expect.poll(() => receivers.trusted.requests("/orders").length).toBe(1);
    await app.open("/activity");
    await expect(page.getByRole("img", { name: /Half of the answers came within/ })).toBeVisible();
    await expect(page.getByText("Server error (5xx)")).toBeVisible();
});

for (const [theme, width] of [
    ["light", 1440],
    ["dark", 1440],
    ["light", 390],
    ["dark", 390],
]) {
    test(`the log breaks no rule of accessibility: ${theme}, ${width} px`, async ({ app, page }) => {
        const activity = new ActivityPage(page);
        await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
        await activity.open(app);
        await setTheme(page, theme);
        await expectAccessible(page, `activity-empty-${theme}-${width}`);
        await seedDeliveries(page, 200, (n) => ({ ...(n % 7 === 3 ? refused(Date.now()) : {}), maybe: n % 11 === 0 }));
        await setTheme(page, theme);
        await expect(activity.rows.first()).toBeVisible();
        await page.getByRole("button", { name: "More filters" }).click();
        await activity.row("person3@").first().getByRole("checkbox").check();
        await expectAccessible(page, `activity-${theme}-${width}`);
        await activity.act("Resend");
        await expectAccessible(page, `activity-bulk-${theme}-${width}`);
        await page.keyboard.press("Escape");
        await page.getByRole("link", { name: "person3@example.com" }).first().click();
        await expect(activity.detail).toBeVisible();
        await expectAccessible(page, `activity-detail-${theme}-${width}`);
        await activity.detail.getByRole("button", { name: "Edit and resend…" }).click();
        await expectAccessible(page, `activity-edit-${theme}-${width}`);
    });
}
