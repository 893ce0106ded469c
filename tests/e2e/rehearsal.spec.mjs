// The rehearsal: a day of retries in seconds, nothing of it real; then a bulk run for real.

import { writeFile } from "node:fs/promises";
import { expect, test } from "./fixtures.mjs";
import { expectAccessible, setTheme } from "./pages/accessible.mjs";
import { FlowPage } from "./pages/flow.mjs";
import { saveWithTwoStep } from "./pages/members.mjs";

const clock = (page) => page.locator(".rehearsal-time");

async function openRehearsal(app, page) {
    await app.open();
    await page.getByRole("link", { name: "Rehearse" }).click();
    await expect(page.getByRole("heading", { name: "Rehearse Order to ERP", level: 1 })).toBeVisible();
    // The samples have come: seven orders, and "all that fit".
    await expect(page.getByLabel("Who arrives").locator("option")).toHaveCount(8);
}

test("a flow is stepped through, event by event, with its request", async ({ app, page }) => {
    await openRehearsal(app, page);
    await expect(clock(page)).toContainText("00:00:00.000");
    await page.getByRole("button", { name: "Next event" }).click();
    await expect(page.getByText("Reaches the webhook; the request is rendered")).toBeVisible();
    await expect(page.locator(".rehearsal-request")).toContainText("10023");
    await page.getByRole("button", { name: "Next event" }).click();
    await expect(page.locator(".rehearsal-counts")).toContainText("1Delivered");
    await expect(page.locator(".rehearsal-clock").getByText("Nothing more happens.")).toBeVisible();
    // None of it is real.
    await app.open("/activity");
    await expect(page.getByText("Nothing was sent yet")).toBeVisible();
});

test("a day of retries of a failing receiver is played to its end in seconds", async ({ app, page }) => {
    await openRehearsal(app, page);
    await page.getByText("Practice receiver", { exact: true }).click();
    await page.getByRole("group", { name: "After that" }).getByLabel("Status").fill("503");
    await page.getByLabel("Jump").selectOption("end");
    await expect(page.locator(".rehearsal-counts")).toContainText("1Skipped");
    await expect(page.getByText("Skipped: All retries used: 503 Service Unavailable")).toBeVisible();
    await expect(page.getByText("18 attempts")).toBeVisible();
});

test("play runs by itself and pauses; a closed browser makes retries late", async ({ app, page }) => {
    await openRehearsal(app, page);
    await page.getByText("Practice receiver", { exact: true }).click();
    await page.getByRole("button", { name: "Fails twice, then 200" }).click();
    await page.getByRole("button", { name: "Next event" }).click();
    await page.getByRole("button", { name: "Next event" }).click();
    await expect(page.getByText("Is tried again in 9").or(page.getByText("Is tried again in 10"))).toBeVisible();
    await page.getByLabel("Jump").selectOption("close");
    await expect(clock(page)).toContainText("08:00:00");
    await page.getByRole("button", { name: "Play" }).click();
    await expect(page.getByText("after it was due").first()).toBeVisible();
    await expect(page.locator(".rehearsal-counts")).toContainText("1Delivered");
});

test("a file of many events is rehearsed, tried dry, and sent for real", async ({ app, page, receivers }, info) => {
    const flow = new FlowPage(page);
    const events = Array.from({ length: 120 }, (_, n) =>
        JSON.stringify({
            metric: "Placed Order",
            profile: { email: `buyer${n}@example.com` },
            properties: { OrderId: n },
        }),
    );
    const file = info.outputPath("orders.jsonl");
    await writeFile(file, events.join("\n"));
    await app.open();
    await flow.sendTo(receivers.trusted.url("/orders"));
    await flow.payload.fill('{"order": "{{ event.OrderId }}"}');
    await saveWithTwoStep(page);
    await page.getByRole("link", { name: "Rehearse" }).click();
    await page.getByLabel("Or a file of events").setInputFiles(file);
    await expect(page.getByText("120 entries read.")).toBeVisible();
    await page.getByLabel("Jump").selectOption("end");
    await expect(page.locator(".rehearsal-counts")).toContainText("120Delivered");
    expect(receivers.trusted.requests("/orders")).toHaveLength(0);
    await page.getByText("Bulk run, for real", { exact: true }).click();
    await page.getByRole("button", { name: "Dry run" }).click();
    await expect(page.getByText("120 would be sent")).toBeVisible();
    expect(receivers.trusted.requests("/orders")).toHaveLength(0);
    await page.getByRole("button", { name: "Send 120 events for real" }).click();
    await expect.poll(() => receivers.trusted.requests("/orders").length, { timeout: 60_000 }).toBe(120);
    await expect(page.getByText("120 of 120 events given to the sender.")).toBeVisible();
});

for (const [theme, width] of [
    ["light", 1440],
    ["dark", 1440],
    ["light", 390],
    ["dark", 390],
]) {
    test(`the rehearsal breaks no rule of accessibility: ${theme}, ${width} px`, async ({ app, page }) => {
        await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
        await openRehearsal(app, page);
        await setTheme(page, theme);
        await expectAccessible(page, `rehearsal-start-${theme}-${width}`);
        await page.getByText("Practice receiver", { exact: true }).click();
        await page.getByRole("button", { name: "Fails twice, then 200" }).click();
        await page.getByText("Bulk run, for real", { exact: true }).click();
        await page.getByLabel("Jump").selectOption("end");
        await expect(page.locator(".rehearsal-counts")).toContainText("1Delivered");
        await expectAccessible(page, `rehearsal-played-${theme}-${width}`);
    });
}
