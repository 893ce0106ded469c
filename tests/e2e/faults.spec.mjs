// Faults of the browser and of receivers, as far as a browser can be made to have them. The rest is played natively, in
// tests/it/faults, where thousands fit into a second.

import { expect, test } from "./fixtures.mjs";
import { dice, settle } from "./pages/accounts.mjs";
import { ActivityPage, refused, seedDeliveries } from "./pages/activity.mjs";
import { FlowPage } from "./pages/flow.mjs";
import { saveWithTwoStep } from "./pages/members.mjs";

test("offline nothing is sent and no attempt is spent; back online it goes out", async ({
    app,
    context,
    page,
    receivers,
}) => {
    const flow = new FlowPage(page);
    receivers.trusted.script("/orders", [{ status: 200 }]);
    await app.open();
    await flow.sendTo(receivers.trusted.url("/orders"));
    await saveWithTwoStep(page);
    // The screen's code comes when it first opens; offline, without the service worker, it could not.
    await page.getByRole("navigation").getByRole("link", { name: "Activity" }).first().click();
    await expect(page.getByRole("heading", { name: "Activity", level: 1 })).toBeVisible();
    await expect(page.getByText("Nothing was sent yet")).toBeVisible();
    await page.goBack();
    // A worker whose code is not here yet cannot start offline.
    await expect(page.getByText("This tab sends").first()).toBeVisible();
    await context.setOffline(true);
    await flow.fireEvent();
    await page.getByRole("navigation").getByRole("link", { name: "Activity" }).first().click();
    await expect(page.locator("tbody tr")).toContainText("Waiting");
    await page.locator("tbody tr a").click();
    await expect(page.getByText("The browser is offline.").first()).toBeVisible();
    await expect(page.locator(".detail")).toContainText("No attempt was made.");
    expect(receivers.trusted.requests("/orders")).toHaveLength(0);
    await context.setOffline(false);
    await expect(page.locator(".detail")).toContainText("Delivered");
    expect(receivers.trusted.requests("/orders")).toHaveLength(1);
});

test("a receiver that never answers is timed out, and may have got it", async ({ app, page, receivers }) => {
    const flow = new FlowPage(page);
    await app.open("/settings");
    await page.getByLabel("Timeout, in seconds").fill("4");
    await expect(page.getByText("Keeping…")).toHaveCount(0);
    await expect(page.getByText("Settings kept")).toBeVisible();
    await app.open();
    await flow.sendTo(receivers.slow.url("/orders"));
    await flow.sendTest();
    await expect(flow.testResult).toContainText("No answer within 4.0 s");
    await expect(flow.testResult).toContainText(/may have arrived/i);
    expect(receivers.slow.requests("/orders")).toHaveLength(1);
});

test("of an answer of 100 MB the first 64 KiB are kept, and it is delivered", async ({ app, page, receivers }) => {
    const flow = new FlowPage(page);
    receivers.trusted.script("/huge", [{ status: 200, body: "x".repeat(100_000_000) }]);
    await app.open();
    await flow.sendTo(receivers.trusted.url("/huge"));
    await flow.sendTest();
    await expect(flow.testResult).toContainText("Delivered");
    await app.open("/activity");
    await page.locator("tbody tr a").click();
    await page.locator(".detail").getByText("Answer", { exact: true }).click();
    await expect(page.getByText("The first 64 KiB are kept.")).toBeVisible();
});

test("a Retry-After that is no time is as if there were none", async ({ app, page, receivers }) => {
    const flow = new FlowPage(page);
    const bad = { status: 429, retryAfter: "soon" };
    receivers.trusted.script("/orders", [bad, bad, { status: 200 }]);
    await app.open();
    await flow.sendTo(receivers.trusted.url("/orders"));
    await saveWithTwoStep(page);
    await flow.fireEvent();
    await app.open("/activity");
    await expect(page.locator("tbody")).toContainText("Waiting to Retry");
    await expect(page.locator("tbody")).toContainText("Delivered", { timeout: 90_000 });
});

test("a panic in the app itself shows the page with a backup and a reload", async ({ app, page }) => {
    await app.open();
    const flow = new FlowPage(page);
    await flow.payload.fill('{"kept": "through a panic"}');
    await expect(page.getByText("Working copy kept")).toBeVisible();
    // The browser refuses one element in the midst of drawing, which the app's drawing does not expect.
    await page.evaluate(() => {
        const original = Document.prototype.createElement;
        Document.prototype.createElement = function () {
            Document.prototype.createElement = original;
            throw new DOMException("refused", "UnknownError");
        };
        location.hash = "#/settings";
    });
    await expect(app.panic).toBeVisible();
    const download = page.waitForEvent("download");
    await app.panic.getByRole("button", { name: "Download a backup" }).click();
    await download;
    const reloaded = page.waitForEvent("load");
    await app.panic.getByRole("button", { name: /^Reload/ }).click();
    await reloaded;
    await app.open();
    await expect(flow.payload).toHaveValue('{"kept": "through a panic"}');
});

test("a record overwritten with rubbish stops nothing else", async ({ app, page }) => {
    const activity = new ActivityPage(page);
    await activity.open(app);
    await seedDeliveries(page, 20);
    await page.evaluate(async () => {
        const database = await new Promise((resolve) => {
            const request = indexedDB.open("hookwright");
            request.onsuccess = () => resolve(request.result);
        });
        const store = database.transaction("deliveries", "readwrite").objectStore("deliveries");
        const [first, second] = await new Promise((resolve) => {
            const request = store.getAll(null, 2);
            request.onsuccess = () => resolve(request.result);
        });
        store.put({ ...first, json: "{rubbish" });
        store.put({ k: second.k, oops: [1, 2, 3] });
        await new Promise((resolve) => (store.transaction.oncomplete = resolve));
        database.close();
    });
    await page.reload();
    await expect(activity.rows).toHaveCount(18);
    const flow = new FlowPage(page);
    await app.open("/flows");
    await page.getByRole("link", { name: "Order to ERP" }).first().click();
    await flow.sendTest();
    await expect(flow.testResult).toContainText("Delivered");
});

/** Kills in one run; `make soak` and whoever wants asks for more. */
const N_KILLS = Number(process.env.HOOKWRIGHT_KILLS ?? 8);

test("the sender is ended at random moments: nothing is lost and no copy is unexplained", async ({
    app,
    page,
    receivers,
}) => {
    test.setTimeout(240_000 + N_KILLS * 12_000);
    const seed = Number(process.env.HOOKWRIGHT_SEED ?? Math.floor(Math.random() * 1e9));
    const random = dice(seed);
    // The page's own workers, so that one can be ended as a crash would end it.
    await page.addInitScript(() => {
        globalThis.workers = [];
        globalThis.Worker = class extends Worker {
            constructor(...args) {
                super(...args);
                globalThis.workers.push(this);
            }
        };
    });
    const n = N_KILLS * 15;
    receivers.trusted.script("/orders", [{ status: 200, delayMillis: 40 }]);
    const url = receivers.trusted.url("/orders");
    const activity = new ActivityPage(page);
    await activity.open(app);
    const closed = (at) => ({ skipped: { reason: "passed-while-closed", at } });
    await seedDeliveries(page, n, () => ({ url, status: closed(Date.now()) }));
    await expect(activity.who).toContainText(`${n.toLocaleString("en")} deliveries that fit`);
    await activity.act("Resend");
    await activity.confirm("Resend");
    for (let kill = 0; kill < N_KILLS; kill += 1) {
        await expect.poll(() => receivers.trusted.requests("/orders").length).toBeGreaterThan(0);
        await page.waitForTimeout(random() * 400);
        if (random() < 0.5) {
            await page.reload();
        } else {
            await page.evaluate(() => {
                for (const worker of globalThis.workers.splice(0)) {
                    worker.terminate();
                    worker.dispatchEvent(new ErrorEvent("error", { message: "ended by a test" }));
                }
            });
        }
        await expect(page.getByText("This tab sends").first()).toBeVisible();
    }
    const figures = { seed, kills: N_KILLS, ...(await settle(page, () => receivers.trusted.requests("/orders"))) };
    expect(figures.deliveries).toBe(n);
    console.log(`  figures ${JSON.stringify({ fault: "ended sender", ...figures })}`);
    expect(figures).toMatchObject({ lost: 0, unexplained: 0 });
});

test("of several tabs opened, closed and stopped at random one always sends", async ({
    app,
    context,
    page,
    receivers,
}) => {
    receivers.trusted.script("/orders", [{ status: 200, delayMillis: 20 }]);
    const url = receivers.trusted.url("/orders");
    const activity = new ActivityPage(page);
    await activity.open(app);
    await seedDeliveries(page, 200, () => ({ ...refused(Date.now()), url }));
    await expect(activity.who).toContainText("200 deliveries that fit");
    const others = [];
    for (let n = 0; n < 4; n += 1) {
        const tab = await context.newPage();
        await tab.goto(`${app.url}#/activity`);
        others.push(tab);
    }
    await activity.act("Resend");
    await activity.confirm("Resend");
    await expect.poll(() => receivers.trusted.requests("/orders").length).toBeGreaterThan(10);
    // The tab that sends is closed in the middle of it, and then the next that does.
    await page.close();
    const last = others.pop();
    for (const tab of others) {
        await tab.waitForTimeout(700);
        await tab.close();
    }
    await expect(last.getByText("This tab sends").first()).toBeVisible();
    await last.goto(`${app.url}#/activity?status=delivered`);
    await expect(last.locator(".act-bar-who")).toContainText(/ deliveries that fit/);
    expect(await settle(last, () => receivers.trusted.requests("/orders"))).toMatchObject({ lost: 0, unexplained: 0 });
});
