// Destinations: health, limits, pauses, and the CORS doctor.

import { expect, test } from "./fixtures.mjs";
import { expectAccessible, setTheme } from "./pages/accessible.mjs";
import { FlowPage } from "./pages/flow.mjs";
import { saveWithTwoStep } from "./pages/members.mjs";

async function sendTest(app, page, url) {
    const flow = new FlowPage(page);
    await app.open();
    await flow.sendTo(url);
    await flow.sendTest();
    await expect(flow.testResult).toContainText(/Delivered|Skipped/);
}

test("a paused destination is sent nothing until it is resumed", async ({ app, page, receivers }) => {
    const flow = new FlowPage(page);
    const { origin } = new URL(receivers.trusted.url());
    await sendTest(app, page, receivers.trusted.url("/orders"));
    await saveWithTwoStep(page);
    await app.open("/destinations");
    await page.getByRole("link", { name: origin }).click();
    await expect(page.getByText("Answers can be read")).toBeVisible();
    await page.getByRole("button", { name: "Pause" }).click();
    await expect(page.getByText("Paused by hand")).toBeVisible();
    // Not by a load of the page, which ends the session.
    await page.getByRole("navigation").getByRole("link", { name: "Flows" }).first().click();
    await page.getByRole("main").getByRole("link", { name: "Order to ERP" }).first().click();
    await flow.fireEvent();
    await app.open("/activity?status=waiting");
    await expect(page.locator("tbody tr")).toHaveCount(1);
    expect(receivers.trusted.requests("/orders")).toHaveLength(1);
    await page.locator("tbody tr a").click();
    await expect(page.getByText("Its destination is paused.")).toBeVisible();
    await page.locator(".detail").getByRole("link", { name: origin }).click();
    await page.getByRole("button", { name: "Resume" }).click();
    await expect.poll(() => receivers.trusted.requests("/orders").length).toBe(2);
});

test("the CORS doctor says what a receiver without CORS has to answer", async ({ app, page, receivers }) => {
    await sendTest(app, page, receivers.withoutCors.url("/orders"));
    const { origin } = new URL(receivers.withoutCors.url());
    await app.open(`/destinations/${encodeURIComponent(origin)}`);
    await expect(page.getByText("No answer could be read")).toBeVisible();
    await expect(page.locator(".destination-failures")).toContainText("Answer not readable");
    const doctor = page.locator(".doctor");
    const site = new URL(app.url).origin;
    await expect(doctor).toContainText("OPTIONS /orders");
    await expect(doctor).toContainText(`Access-Control-Allow-Origin: ${site}`);
    await expect(doctor).toContainText("content-type, x-api-version, x-klaviyo-flow-id");
    await page.getByLabel("Ready settings for").selectOption("Express");
    await expect(doctor).toContainText('exposedHeaders: ["Retry-After"]');
    // The host is this machine.
    await expect(doctor).toContainText("this machine or its network");
});

test("limits are kept, and a wrong one is refused in its place", async ({ app, page, receivers }) => {
    await sendTest(app, page, receivers.trusted.url("/orders"));
    const { origin } = new URL(receivers.trusted.url());
    await app.open(`/destinations/${encodeURIComponent(origin)}`);
    const rate = page.getByLabel("Requests a minute");
    await rate.fill("0");
    await expect(page.getByText("Enter a whole number from 1 to 60000, or nothing.")).toBeVisible();
    await rate.fill("120");
    await rate.press("Enter");
    await expect(page.locator(".destination-limit").filter({ has: rate })).toContainText("Kept");
    await page.reload();
    await expect(page.getByLabel("Requests a minute")).toHaveValue("120");
});

for (const [theme, width] of [
    ["light", 1440],
    ["dark", 390],
]) {
    test(`destinations break no rule of accessibility: ${theme}, ${width} px`, async ({ app, page, receivers }) => {
        await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
        await app.open("/destinations");
        await setTheme(page, theme);
        await expectAccessible(page, `destinations-empty-${theme}-${width}`);
        await page.setViewportSize({ width: 1440, height: 900 });
        await sendTest(app, page, receivers.withoutCors.url("/orders"));
        await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
        const { origin } = new URL(receivers.withoutCors.url());
        await app.open("/destinations");
        await setTheme(page, theme);
        await expectAccessible(page, `destinations-${theme}-${width}`);
        await page.getByRole("link", { name: origin }).click();
        await expect(page.locator(".doctor")).toBeVisible();
        await expectAccessible(page, `destination-${theme}-${width}`);
    });
}
