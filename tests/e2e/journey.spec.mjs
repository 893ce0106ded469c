// The main journey: from a Placed Order to a delivered webhook.

import { expect, test } from "./fixtures.mjs";
import { FlowPage } from "./pages/flow.mjs";
import { saveWithTwoStep } from "./pages/members.mjs";

test("the first minute needs no network: a ready flow, its preview, a test request", async ({
    app,
    page,
    complaints,
}) => {
    const flow = new FlowPage(page);
    await app.open();
    await expect(flow.destination).toHaveValue(/^https:\/\/practice\.hookwright\.invalid\//);
    await expect(flow.evidence).toContainText("10023");
    await flow.sendTest();
    await expect(flow.testResult).toContainText("Delivered");
    expect(complaints).toEqual([]);
});

test("an edited payload is rendered from an order and sent over HTTPS, with the flow's id", async ({
    app,
    page,
    receivers,
}) => {
    const flow = new FlowPage(page);
    receivers.trusted.script("/orders", [{ status: 201 }]);
    await app.open();
    await flow.sendTo(receivers.trusted.url("/orders"));
    await flow.payload.fill('{"order": "{{ event.OrderId }}", "to": "{{ email }}"}');
    await expect(flow.evidence).toContainText('"order": "10023"');
    await flow.sendTest();
    await expect(flow.testResult).toContainText("Delivered");
    await expect(flow.testResult).toContainText("201");
    const [request] = receivers.trusted.requests("/orders");
    expect(JSON.parse(request.body)).toMatchObject({ order: "10023" });
    expect(request.headers["x-klaviyo-flow-id"]).toMatch(/^\w{6}$/);
    expect(request.headers["content-type"]).toBe("application/json");
});

test("a payload that is not JSON is told at its place, and what was typed stays", async ({ app, page }) => {
    const flow = new FlowPage(page);
    await app.open();
    await flow.payload.fill('{"order": {{ event.Nothing }}}');
    await expect(flow.evidence).toContainText(/line 1/i);
    await expect(flow.payload).toHaveValue('{"order": {{ event.Nothing }}}');
    await expect(page.getByText("Working copy kept")).toBeVisible();
    await page.reload();
    await expect(flow.payload).toHaveValue('{"order": {{ event.Nothing }}}');
});

test("a failing receiver is retried, through a reload, until it answers", async ({ app, page, receivers }) => {
    const flow = new FlowPage(page);
    receivers.trusted.script("/flaky", [{ status: 503 }, { status: 503 }, { status: 200 }]);
    await app.open();
    await flow.sendTo(receivers.trusted.url("/flaky"));
    await saveWithTwoStep(page);
    await flow.fireEvent();
    await page.getByRole("navigation").getByRole("link", { name: "Activity" }).first().click();
    const table = page.getByRole("main");
    await expect(table).toContainText("Waiting to Retry");
    await page.reload();
    await expect(table).toContainText("Waiting to Retry");
    // The schedule's first two delays: at most 10 s and 20 s.
    await expect(table.locator("tbody")).toContainText("Delivered", { timeout: 45_000 });
    const requests = receivers.trusted.requests("/flaky");
    expect(requests).toHaveLength(3);
    expect(new Set(requests.map(({ body }) => body)).size).toBe(1);
});

test("a tab closed in mid-attempt leaves a delivery that may have arrived", async ({
    app,
    context,
    page,
    receivers,
}) => {
    const flow = new FlowPage(page);
    await app.open();
    await flow.sendTo(receivers.slow.url("/orders"));
    await saveWithTwoStep(page);
    await flow.fireEvent();
    await expect.poll(() => receivers.slow.requests("/orders").length).toBe(1);
    await page.close();
    const second = await context.newPage();
    await second.goto(`${app.url}#/activity`);
    const main = second.getByRole("main").filter({ hasNot: second.locator("#boot") });
    await expect(main.locator("tbody")).toContainText("Waiting to Retry");
    await expect(main.locator("tbody")).toContainText(/may have arrived/i);
});

for (const [name, expected] of [
    ["redirecting", "Redirected"],
    ["withoutCors", "Answer not readable"],
    ["unreadable", "Answer not readable"],
    ["untrusted", "Unreachable"],
    ["closed", "Unreachable"],
]) {
    test(`the outcome of a receiver that is ${name} is told`, async ({ app, page, receivers }) => {
        const flow = new FlowPage(page);
        await app.open();
        await flow.sendTo(receivers[name].url("/orders"));
        await flow.sendTest();
        await expect(flow.testResult).toContainText("Skipped");
        await expect(flow.testResult).toContainText(expected);
    });
}

test("a destination and a header that may not be used are refused in their place", async ({ app, page }) => {
    const flow = new FlowPage(page);
    await app.open();
    await flow.sendTo("http://erp.example.com/orders");
    await expect(page.getByText("The destination must start with https://.").first()).toBeVisible();
    await expect(page.getByRole("button", { name: "Send test request" })).toBeDisabled();
});

test("a header the browser sets itself is refused in its place", async ({ app, page }) => {
    const flow = new FlowPage(page);
    await app.open();
    await page.getByRole("button", { name: "Add header" }).click();
    await page
        .getByLabel(/^Name of header/)
        .last()
        .fill("Host");
    const reason = "The browser sets this header itself and lets no page change it.";
    await expect(page.getByText(reason, { exact: true })).toBeVisible();
    await expect(page.getByRole("button", { name: "Send test request" })).toBeDisabled();
    await expect(flow.destination).toBeVisible();
});

test("of two tabs only one sends, and both show what came of it", async ({ app, context, page, receivers }) => {
    const flow = new FlowPage(page);
    receivers.trusted.script("/once", [{ status: 200 }]);
    await app.open();
    await expect(page.getByText("This tab sends")).toBeVisible();
    const second = await context.newPage();
    await second.goto(`${app.url}#/activity`);
    await expect(second.getByText("Another tab sends")).toBeVisible();
    await flow.sendTo(receivers.trusted.url("/once"));
    await saveWithTwoStep(page);
    await flow.fireEvent();
    await expect(second.locator("tbody")).toContainText("Delivered");
    expect(receivers.trusted.requests("/once")).toHaveLength(1);
    // The first tab closes: the other takes over.
    await page.close();
    await expect(second.getByText("This tab sends")).toBeVisible();
});

test("where the browser refuses storage, the page says so and still sends", async ({ app, page }) => {
    await page.addInitScript(() => {
        IDBFactory.prototype.open = () => {
            throw new DOMException("refused", "SecurityError");
        };
    });
    const flow = new FlowPage(page);
    await app.open();
    await expect(page.getByText(/This window keeps nothing/)).toBeVisible();
    await flow.sendTest();
    await expect(flow.testResult).toContainText("Delivered");
});
