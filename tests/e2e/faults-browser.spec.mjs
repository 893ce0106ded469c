// Faults of the browser under a sender at work: a stopped process, a full disk, a database closed or held by another tab, a
// network that comes and goes, connections that are reset. Random ones print their seed; `make soak` plays them longer.

import { expect, test } from "./fixtures.mjs";
import { dice, settle } from "./pages/accounts.mjs";
import { ActivityPage, seedDeliveries } from "./pages/activity.mjs";

/** How much longer than in `make test` the random ones go on. */
const TIMES = Number(process.env.HOOKWRIGHT_SOAK_TIMES ?? 1);

const seedOf = () => Number(process.env.HOOKWRIGHT_SEED ?? Math.floor(Math.random() * 1e9));

/** Deliveries that are due in a while, so that nothing is late when the app has started. */
const dueIn = (millis, url) => {
    let due_at;
    return () => {
        due_at ??= Date.now() + millis;
        return { url, status: { waiting: { reason: "turn", due_at } }, due: due_at };
    };
};

/** Prints the figures, for the table of `make soak`, and holds them to what must be. */
function report(fault, figures) {
    console.log(`  figures ${JSON.stringify({ fault, ...figures })}`);
    expect(figures).toMatchObject({ lost: 0, unexplained: 0 });
}

test("a sender whose process is stopped is replaced within 5 seconds, and stands by when it goes on", async ({
    app,
    browser,
    context,
    page,
    receivers,
}) => {
    receivers.trusted.script("/orders", [{ status: 200, delayMillis: 60 }]);
    const activity = new ActivityPage(page);
    await activity.open(app);
    // Stopped in the middle of a write, it would keep everybody from the database until the browser gives it up: here it is
    // stopped at rest, and the other finds the deliveries due.
    await seedDeliveries(page, 60, dueIn(45_000, receivers.trusted.url("/orders")));
    await expect(page.getByText("This tab sends").first()).toBeVisible();
    const other = await context.newPage();
    await other.goto(`${app.url}#/activity`);
    await expect(other.getByText("Another tab sends").first()).toBeVisible();
    const system = await browser.newBrowserCDPSession();
    const pid = await processOf(system, page);
    expect(pid, "each tab has a process of its own").not.toBe(await processOf(system, other));
    const since = Date.now();
    process.kill(pid, "SIGSTOP");
    let takeover = 0;
    try {
        await expect(other.getByText("This tab sends").first()).toBeVisible();
        takeover = (await other.evaluate(claimedAt)) - since;
        await expect.poll(() => receivers.trusted.requests("/orders").length, { timeout: 120_000 }).toBeGreaterThan(10);
    } finally {
        process.kill(pid, "SIGCONT");
    }
    await expect(page.getByText("Another tab sends").first()).toBeVisible();
    const figures = await settle(other, () => receivers.trusted.requests("/orders"));
    report("stopped process", { ...figures, takeovers: [takeover] });
    expect(takeover).toBeLessThan(5_000);
});

/** Runs in the page: when the newest sender claimed to be the one. */
async function claimedAt() {
    const settled = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
    const database = await settled(indexedDB.open("hookwright"));
    const row = await settled(database.transaction("meta").objectStore("meta").get("generation"));
    database.close();
    return JSON.parse(row.json).claimed_at;
}

/** The process that a page is drawn by: the one that gets busy whenever the page is. */
async function processOf(system, page) {
    const times = async () => {
        const { processInfo } = await system.send("SystemInfo.getProcessInfo");
        return new Map(processInfo.filter(({ type }) => type === "renderer").map(({ id, cpuTime }) => [id, cpuTime]));
    };
    // A tab that still loads may be busier once; only this one is each time.
    const least = new Map();
    for (let round = 0; round < 3; round += 1) {
        const before = await times();
        await page.evaluate(() => {
            const since = performance.now();
            while (performance.now() - since < 700);
        });
        for (const [id, time] of await times()) {
            const grown = time - (before.get(id) ?? time);
            least.set(id, Math.min(least.get(id) ?? Infinity, grown));
        }
    }
    return [...least].sort(([, one], [, another]) => another - one)[0][0];
}

test("while the disk is full nothing is sent that cannot be recorded; with room again everything is", async ({
    app,
    page,
    receivers,
}) => {
    receivers.trusted.script("/orders", [{ status: 200, delayMillis: 20 }]);
    const activity = new ActivityPage(page);
    await activity.open(app);
    await seedDeliveries(page, 60, dueIn(30_000, receivers.trusted.url("/orders")));
    await expect(page.getByText("This tab sends").first()).toBeVisible();
    // Chromium remembers for half a minute how much room there was, so the worker is told that there is none.
    const eachWorker = (act) => Promise.all(page.workers().map((worker) => worker.evaluate(act)));
    await eachWorker(() => {
        const { put, add } = IDBObjectStore.prototype;
        const refuse = () => {
            throw new DOMException("no room", "QuotaExceededError");
        };
        Object.assign(IDBObjectStore.prototype, { put: refuse, add: refuse });
        globalThis.makeRoom = () => Object.assign(IDBObjectStore.prototype, { put, add });
    });
    await expect(page.getByText(/storage is full/i).first()).toBeVisible({ timeout: 90_000 });
    expect(receivers.trusted.requests("/orders")).toHaveLength(0);
    await eachWorker(() => globalThis.makeRoom());
    report("full disk", await settle(page, () => receivers.trusted.requests("/orders")));
});

test("a database that is closed under the sender is opened again, and nothing is sent twice unseen", async ({
    app,
    page,
    receivers,
}) => {
    test.setTimeout(300_000 + TIMES * 30_000);
    const seed = seedOf();
    const random = dice(seed);
    const sender = page.waitForEvent("worker", (worker) => worker.url().includes("worker.js"));
    receivers.trusted.script("/orders", [{ status: 200, delayMillis: 30 }]);
    const activity = new ActivityPage(page);
    await activity.open(app);
    await sender;
    const n = 120 * TIMES;
    await seedDeliveries(page, n, dueIn(6_000, receivers.trusted.url("/orders")));
    await expect(page.getByText("This tab sends").first()).toBeVisible();
    let nClosed = 0;
    while (receivers.trusted.requests("/orders").length < n * 0.8) {
        await page.waitForTimeout(100 + random() * 400);
        for (const worker of page.workers()) {
            // Its next transaction finds the connection closed: at the beginning, or with the writes already asked for.
            nClosed += 1;
            await worker.evaluate((isLate) => {
                const begin = IDBDatabase.prototype.transaction;
                IDBDatabase.prototype.transaction = function (...args) {
                    IDBDatabase.prototype.transaction = begin;
                    if (!isLate) this.close();
                    const transaction = begin.apply(this, args);
                    this.close();
                    return transaction;
                };
            }, random() < 0.5);
        }
    }
    report("closed database", {
        seed,
        closed: nClosed,
        ...(await settle(page, () => receivers.trusted.requests("/orders"))),
    });
});

test("a tab that holds an older database open is named, and once it is closed a reload goes on", async ({
    app,
    context,
    page,
}) => {
    await page.goto(new URL("help.json", app.url).href);
    await page.evaluate(
        () =>
            new Promise((resolve, reject) => {
                const request = indexedDB.open("hookwright", 1);
                request.onsuccess = () => resolve((globalThis.held = request.result) && undefined);
                request.onerror = () => reject(request.error);
            }),
    );
    const other = await context.newPage();
    await other.goto(app.url);
    await expect(other.getByText("Another tab has an older version of Hookwright open").first()).toBeVisible();
    await page.close();
    await other.reload();
    await expect(other.getByText("This tab sends").first()).toBeVisible();
    await expect(other.getByText("Another tab has an older version")).toHaveCount(0);
});

test("a connection that is reset may have carried the request: it is marked, and tried again", async ({
    app,
    page,
    receivers,
}) => {
    // Chromium itself sends again on a connection that was in use before: so several resets in a row.
    const reset = { resets: true };
    receivers.trusted.script("/orders", [{ status: 200 }, reset, reset, reset, { status: 200 }]);
    const activity = new ActivityPage(page);
    await activity.open(app);
    const url = receivers.trusted.url("/orders");
    const due_at = Date.now() + 25_000;
    await seedDeliveries(page, 2, (number) => {
        // The second finds the first one's connection: the receiver keeps it for five seconds.
        const at = due_at + number * 2_500;
        return { url, status: { waiting: { reason: "turn", due_at: at } }, due: at };
    });
    const requests = () => receivers.trusted.requests("/orders");
    await expect.poll(() => requests().length, { timeout: 120_000 }).toBeGreaterThanOrEqual(4);
    await expect(activity.rows.filter({ hasText: "May have arrived" })).toHaveCount(1);
    const figures = await settle(page, requests, { nResends: 1 });
    report("reset connection", figures);
    expect(figures).toMatchObject({ deliveries: 2, marked: 1 });
});

test("a network that comes and goes costs no delivery, and no copy is unexplained", async ({
    app,
    context,
    page,
    receivers,
}) => {
    test.setTimeout(300_000 + TIMES * 30_000);
    const seed = seedOf();
    const random = dice(seed);
    receivers.trusted.script("/orders", [{ status: 200, delayMillis: 80 }]);
    const activity = new ActivityPage(page);
    await activity.open(app);
    const n = 120 * TIMES;
    await seedDeliveries(page, n, dueIn(6_000, receivers.trusted.url("/orders")));
    await expect.poll(() => receivers.trusted.requests("/orders").length).toBeGreaterThan(0);
    let flaps = 0;
    while (receivers.trusted.requests("/orders").length < n * 0.9 && flaps < 60 * TIMES) {
        await page.waitForTimeout(100 + random() * 600);
        flaps += 1;
        await context.setOffline(true);
        await page.waitForTimeout(random() * 500);
        await context.setOffline(false);
    }
    const figures = await settle(page, () => receivers.trusted.requests("/orders"));
    report("flapping network", { seed, flaps, ...figures });
    expect(figures.deliveries).toBe(n);
});

test("a receiver that answers differently each time is obeyed, and each delivery ends with its reason", async ({
    app,
    page,
    receivers,
}) => {
    // None of the first three says how long to wait: the schedule does, within 10 seconds. The last is held to three hours.
    const bad = ["soon", "-3", "Sun, 06 Nov 1994 08:49:37 GMT", "99999999999999999999"];
    const answers = bad.map((retryAfter, number) => ({ status: number % 2 ? 503 : 429, retryAfter }));
    receivers.trusted.script("/orders", [{ status: 404 }, ...answers, { status: 200 }]);
    const activity = new ActivityPage(page);
    await activity.open(app);
    const n = answers.length + 1;
    await seedDeliveries(page, n, dueIn(6_000, receivers.trusted.url("/orders")));
    await expect(activity.row("Delivered")).toHaveCount(3, { timeout: 40_000 });
    await expect(activity.row("404")).toContainText("Skipped");
    await expect(activity.row("Waiting to Retry")).toContainText(/in 2 h 5\d min/);
    await expect(activity.rows).toHaveCount(n);
    expect(receivers.trusted.requests("/orders")).toHaveLength(n + 3);
});
