// Writes the same rows with the app's store and with Dexie, in turns, and reports the rows a second of each.

import init, { open_store } from "/wasm/log-bench.js";

const { n, slice } = Object.fromEntries(
    [...new URLSearchParams(location.search)].map(([name, value]) => [name, Number(value)]),
);
const report = (value) => fetch("/report", { method: "POST", body: JSON.stringify(value) });

try {
    await init({ module_or_path: "/wasm/log-bench_bg.wasm" });
    const rates = { ours: [], dexie: [] };
    // Each round begins with the other: the disk is not the same twice.
    for (const order of [
        ["ours", "dexie"],
        ["dexie", "ours"],
        ["ours", "dexie"],
    ]) {
        for (const side of order) {
            const since = performance.now();
            await (side === "ours" ? writeOurs() : writeDexie());
            rates[side].push((n / (performance.now() - since)) * 1000);
            for (const { name } of await indexedDB.databases()) await drop(name);
        }
    }
    await report(rates);
} catch (error) {
    await report({ error: String(error) });
}

async function writeOurs() {
    const store = await open_store("ours");
    for (let from = 0; from < n; from += slice) await store.add_rows(from, Math.min(slice, n - from), true);
    store.free();
}

async function writeDexie() {
    const database = new Dexie("dexie", { chromeTransactionDurability: "strict" });
    database.version(1).stores({ rows: "k, [status+at+k], [webhook+at+k], [recipient+at+k]" });
    for (let from = 0; from < n; from += slice) {
        const rows = [];
        for (let number = from; number < Math.min(n, from + slice); number += 1) rows.push(row(number));
        await database.transaction("rw", database.rows, () => database.rows.bulkAdd(rows));
    }
    database.close();
}

function row(number) {
    const k = String(number).padStart(23, "0");
    const status = number % 10 === 3 ? "skipped" : "delivered";
    const recipient = `person${number % 5000}@example.com`;
    return {
        k,
        flow_id: "Xa3bQ9",
        flow_name: "Order to ERP",
        webhook: "n2",
        recipient,
        at: number,
        status,
        n_attempts: 1,
        note: "x".repeat(200),
    };
}

function drop(name) {
    return new Promise((resolve) => {
        const request = indexedDB.deleteDatabase(name);
        request.onsuccess = request.onerror = request.onblocked = resolve;
    });
}
