// What the bench's page does, as its address asks: `#app` fills the app's own database and opens the app; `#loop` and
// `#bare` run the hand-written loop. Each reports to /report.

import { deliveryRow } from "/activity.mjs";

const DEFAULTS = {
    organization: { name: "Northwind Goods", url: "https://shop.example.com", full_address: "" },
    time_zone: "UTC",
    currency: "USD",
    timeout_secs: 30,
    retention_days: null,
};

const order = Object.fromEntries(new URLSearchParams(location.search));
const n = Number(order.n);
const body = JSON.stringify({ order: 10023, note: "x".repeat(2000 - 27) });
const report = (value) => fetch("/report", { method: "POST", body: JSON.stringify(value) });

try {
    if (order.side === "app") await fillApp();
    else await runLoop();
} catch (error) {
    await report({ error: String(error) });
}

async function runLoop() {
    const worker = new Worker("/loop.mjs", { type: "module" });
    const done = new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = (event) => reject(new Error(event.message));
    });
    worker.postMessage({ url: order.url, n, body, isBare: order.side === "bare" });
    await report(await done);
}

async function fillApp() {
    // The app makes its database; then it is closed, filled, and opened again.
    const frame = document.createElement("iframe");
    frame.src = "/index.html#/settings";
    document.body.append(frame);
    const database = await appDatabase();
    frame.remove();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const settings = await get(database, "settings", "workspace");
    const value = settings ? JSON.parse(settings.json) : {};
    const all = { ...DEFAULTS, ...value, concurrency_per_destination: 32, is_host_probe_enabled: false };
    await put(database, "settings", [
        { k: "workspace", rev: (settings?.rev ?? 0) + 1, v: 1, json: JSON.stringify(all), i: {} },
    ]);
    // Not due yet when the app has started: what is overdue would be spread out.
    const dueAt = Date.now() + Number(order.dueIn ?? 6000);
    for (let from = 0; from < n; from += 1000) {
        const rows = [];
        for (let number = from; number < Math.min(n, from + 1000); number += 1) {
            const status = { waiting: { reason: "turn", due_at: dueAt } };
            const row = deliveryRow(number, { url: order.url, body, status, due: dueAt });
            rows.push(row);
        }
        await put(database, "deliveries", rows);
    }
    await clear(database, "totals");
    database.close();
    await report({ dueAt });
    location.href = "/index.html#/activity";
}

async function appDatabase() {
    for (;;) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        const known = await indexedDB.databases();
        if (!known.some(({ name }) => name === "hookwright")) continue;
        const database = await new Promise((resolve, reject) => {
            const request = indexedDB.open("hookwright");
            request.onsuccess = () => resolve(request.result);
            request.onerror = () => reject(request.error);
        });
        // The sender has started once it has counted.
        if (database.objectStoreNames.contains("totals") && (await get(database, "totals", "all"))) return database;
        database.close();
    }
}

function get(database, store, key) {
    return new Promise((resolve, reject) => {
        const request = database.transaction(store).objectStore(store).get(key);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
}

function put(database, store, rows) {
    const transaction = database.transaction(store, "readwrite");
    for (const row of rows) transaction.objectStore(store).put(row);
    return finished(transaction);
}

function clear(database, store) {
    const transaction = database.transaction(store, "readwrite");
    transaction.objectStore(store).clear();
    return finished(transaction);
}

function finished(transaction) {
    return new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error);
    });
}
