// The suite `log`: writing 100,000 rows with the app's store against Dexie from npm, and the log's screen over a million
// deliveries. The database of a million is made once, in target/bench/log-profile, and opened again in later runs.
//
// HOOKWRIGHT_BENCH_DIST names another build than dist/. node benches/log.mjs [--rows 1000000] [--only insert|screen]

import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "@playwright/test";
import { chromiumPath, FLAGS } from "../scripts/chromium-flags.mjs";
import { openAlone, serveBench } from "./frame/chromium.mjs";
import { median, short, Suite } from "./frame/suite.mjs";

const root = path.resolve(import.meta.dirname, "..");
const { values } = parseArgs({ options: { rows: { type: "string", default: "1000000" }, only: { type: "string" } } });
const nRows = Number(values.rows);
const dist = process.env.HOOKWRIGHT_BENCH_DIST;
if (!dist && values.only !== "insert") {
    execFileSync(path.join(root, "scripts/build.sh"), ["release", "if-changed"], { stdio: "inherit" });
}
const suite = new Suite("log");
if (values.only !== "screen") await insert();
if (values.only !== "insert") await screen();
process.exitCode = suite.finish();

/** The app's store against Dexie: strict durability, a thousand rows a transaction, three indexes each. */
async function insert() {
    const folder = wasmBench();
    const site = await serveBench({
        folders: [],
        files: {
            "/bench.html": path.join(root, "benches/log/bench.html"),
            "/bench.mjs": path.join(root, "benches/log/page.mjs"),
            "/dexie.js": path.join(root, "node_modules/dexie/dist/dexie.min.js"),
            "/wasm/log-bench.js": path.join(folder, "log-bench.js"),
            "/wasm/log-bench_bg.wasm": path.join(folder, "log-bench_bg.wasm"),
        },
    });
    const reported = site.reports.next();
    const browser = await openAlone(`${site.url}/bench.html?n=100000&slice=1000`);
    const report = await reported;
    await browser.close();
    await site.close();
    if (report.error) throw new Error(report.error);
    console.log("suite log: 100,000 rows of about 400 bytes, strict, 1,000 a transaction");
    const { ours, dexie } = report;
    suite.note({
        name: "rows inserted",
        unit: "/s",
        better: "larger",
        ours: median(ours),
        peer: median(dexie),
        peerName: "Dexie",
    });
}

/** The log's screen over a million deliveries. */
async function screen() {
    const profile = path.join(root, `target/bench/log-profile-${nRows}`);
    const site = await serveBench({
        folders: [path.resolve(root, dist ?? "dist")],
        files: {
            "/rows.mjs": path.join(root, "tests/e2e/pages/rows.mjs"),
            "/blank.html": path.join(root, "benches/log/blank.html"),
        },
    });
    const port = new URL(site.url).port;
    // The database belongs to an origin, so the page is opened under a name, whatever the port.
    const launch = (folder) =>
        chromium.launchPersistentContext(folder, {
            executablePath: chromiumPath(),
            headless: true,
            args: [
                ...FLAGS,
                "--enable-precise-memory-info",
                `--host-resolver-rules=MAP bench.localhost:80 127.0.0.1:${port}`,
            ],
            viewport: { width: 1440, height: 900 },
        });
    const origin = "http://bench.localhost";
    const marker = path.join(profile, "filled");
    if (!existsSync(marker)) {
        rmSync(profile, { recursive: true, force: true });
        mkdirSync(profile, { recursive: true });
        const context = await launch(profile);
        const page = await context.newPage();
        await page.goto(`${origin}/index.html#/settings`);
        await page.getByRole("heading", { name: "Storage health" }).waitFor();
        await page.waitForTimeout(2000);
        await page.goto(`${origin}/blank.html`);
        const since = Date.now();
        for (let from = 0; from < nRows; from += 20_000) {
            await page.evaluate(fill, { from, to: Math.min(nRows, from + 20_000), nRows });
            if (from % 100_000 === 0)
                console.log(`  filling: ${from} of ${nRows}, ${short((Date.now() - since) / 1000)} s`);
        }
        await page.evaluate(total, { nRows });
        await context.close();
        writeFileSync(marker, "");
    }
    try {
        await within(await launch(profile), (context) => measure(context, origin));
        // What is pruned is gone: it is a copy that is pruned.
        const copy = `${profile}-pruned`;
        rmSync(copy, { recursive: true, force: true });
        cpSync(profile, copy, { recursive: true });
        await within(await launch(copy), (context) => prune(context, origin));
        rmSync(copy, { recursive: true, force: true });
    } finally {
        await site.close();
    }
}

async function within(context, act) {
    try {
        await act(context);
    } finally {
        await context.close();
    }
}

/** Has the settings keep less, and times how long the sender takes to delete what is older. */
async function prune(context, origin) {
    const page = await context.newPage();
    await page.goto(`${origin}/index.html#/settings`);
    await page.getByRole("heading", { name: "Storage health" }).waitFor();
    await page.waitForTimeout(3000);
    const watched = page.evaluate(watchPruning);
    const days = page.getByLabel("Keep finished deliveries, in days");
    await days.fill("29");
    await days.press("Tab");
    const { nPruned, millis } = await watched;
    console.log(`suite log: ${nPruned} deliveries of ${nRows} are pruned`);
    const ours = (millis / nPruned) * 10_000;
    suite.note({ name: "pruning the oldest 10,000", unit: "ms", ours, peer: 200, peerName: "most" });
}

/** Runs in the page: how many deliveries go, and how long that takes from the first slice to the last. */
async function watchPruning() {
    const database = await new Promise((resolve) => {
        const request = indexedDB.open("hookwright");
        request.onsuccess = () => resolve(request.result);
    });
    const count = async () => {
        const all = await new Promise((resolve) => {
            const request = database.transaction("totals").objectStore("totals").get("all");
            request.onsuccess = () => resolve(request.result);
        });
        return JSON.parse(all.json)
            .counters.slice(0, 6)
            .reduce((sum, counter) => sum + counter);
    };
    const began = performance.now();
    const seen = [{ at: began, n: await count() }];
    for (;;) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        const [now, n] = [performance.now(), await count()];
        if (n !== seen.at(-1).n) seen.push({ at: now, n });
        if (seen.length > 2 && now - seen.at(-1).at > 3000) break;
        if (now - began > 120_000) throw new Error(`nothing was pruned: ${JSON.stringify(seen)}`);
    }
    database.close();
    // From the end of the first slice on: when it began is not seen.
    const [, first] = seen;
    const last = seen.at(-1);
    return { nPruned: first.n - last.n, millis: last.at - first.at };
}

async function measure(context, origin) {
    const page = await context.newPage();
    await page.addInitScript(() => {
        globalThis.longTasks = [];
        new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) globalThis.longTasks.push(entry.duration);
        }).observe({ type: "longtask", buffered: true });
    });
    await page.goto(`${origin}/index.html#/settings`);
    await page.getByRole("heading", { name: "Storage health" }).waitFor();
    await page.waitForTimeout(3000);
    console.log(`suite log: the screen over ${nRows} deliveries`);
    const note = (name, unit, ours, most) => suite.note({ name, unit, ours, peer: most, peerName: "most" });

    /** Goes to an address and waits, in the page, until rows that pass `test` are drawn. */
    const timed = (hash, test) =>
        page.evaluate(
            async ({ hash, test }) => {
                const fits = new Function("rows", `return ${test}`);
                const since = performance.now();
                location.hash = hash;
                for (;;) {
                    await new Promise((resolve) => setTimeout(resolve));
                    const rows = [...document.querySelectorAll(".log-table tbody tr")].map((row) => row.textContent);
                    if (rows.length > 5 && fits(rows)) return performance.now() - since;
                    if (performance.now() - since > 20_000) throw new Error(`${hash}: ${rows.length} rows, ${rows[0]}`);
                }
            },
            { hash, test },
        );
    const away = async () => {
        await page.evaluate(() => (location.hash = "#/settings"));
        await page.getByRole("heading", { name: "Storage health" }).waitFor();
    };
    const repeated = async (name, most, hash, test) => {
        const times = [];
        for (let round = 0; round < 5; round += 1) {
            await away();
            times.push(await timed(hash, test));
        }
        note(name, "ms", median(times), most);
    };
    await repeated("first page", 100, "#/activity", "true");
    await repeated("filter: status", 150, "#/activity?status=skipped", "rows.every((row) => row.includes('Skipped'))");
    await repeated(
        "filter: recipient",
        150,
        "#/activity?recipient=person77%40example.com",
        "rows.every((row) => row.includes('person77@'))",
    );
    await repeated("filter: code", 150, "#/activity?code=400", "rows.every((row) => row.includes('400'))");
    await repeated(
        "filter: may have arrived",
        150,
        "#/activity?maybe=1",
        "rows.every((row) => row.includes('May have arrived'))",
    );
    await repeated("filter: flow", 150, "#/activity?flow=flow01", "true");

    // A jump to the middle: the bar is dragged there.
    await away();
    await timed("#/activity", "true");
    const jumps = [];
    for (let round = 0; round < 5; round += 1) {
        jumps.push(await page.evaluate(jump, 0.5 + round * 0.01));
    }
    note("jump to the middle", "ms", median(jumps), 150);

    // Scrolling: what the main thread does in a frame.
    await page.evaluate(() => document.querySelector(".activity-list").scrollTo(0, 0));
    await page.waitForTimeout(500);
    const session = await context.newCDPSession(page);
    await session.send("Performance.enable");
    const busy = async () => {
        const { metrics } = await session.send("Performance.getMetrics");
        return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
    };
    const before = await busy();
    const nFrames = await page.evaluate(scroll, 300);
    const after = await busy();
    note("scrolling, main thread a frame", "ms", ((after.TaskDuration - before.TaskDuration) * 1000) / nFrames, 8);

    // A search streams its first hits.
    await away();
    const found = await timed("#/activity?text=needle", "rows.length > 0");
    note("search: first hits", "ms", found, 1000);
    await away();
    await timed("#/activity", "true");
    await session.send("HeapProfiler.enable");
    await session.send("HeapProfiler.collectGarbage");
    const bytes = await page.evaluate(() => performance.memory.usedJSHeapSize);
    const wasm = await page.evaluate(() => globalThis.hookwrightMemory?.() ?? 0);
    note("page memory", "MB", (bytes + wasm) / 1e6, 150);
    const longest = await page.evaluate(() => Math.max(0, ...globalThis.longTasks));
    suite.note({ name: "longest task of the page", unit: "ms", ours: longest });
}

/** Runs in the page: drags the bar to a part of the list; the time until rows are drawn there. */
async function jump(part) {
    const list = document.querySelector(".activity-list");
    const first = () => document.querySelector(".log-table tbody tr .table-link")?.id;
    const before = first();
    const since = performance.now();
    list.scrollTo(0, (list.scrollHeight - list.clientHeight) * part);
    for (;;) {
        await new Promise((resolve) => setTimeout(resolve));
        const table = document.querySelector(".log-table")?.getBoundingClientRect();
        const isThere = table && table.top < 400 && table.bottom > 600;
        if (first() && first() !== before && isThere) return performance.now() - since;
        if (performance.now() - since > 20_000) throw new Error("the jump drew nothing");
    }
}

/** Runs in the page: scrolls by hand for so many frames. */
async function scroll(nFrames) {
    const list = document.querySelector(".activity-list");
    for (let frame = 0; frame < nFrames; frame += 1) {
        list.scrollBy(0, 60);
        await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    return nFrames;
}

/** Runs in the page: writes rows `from` to `to`, over thirty days. */
async function fill({ from, to, nRows }) {
    const { deliveryRow, refused } = await import("/rows.mjs");
    const database = await new Promise((resolve, reject) => {
        const request = indexedDB.open("hookwright");
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
    globalThis.since ??= Math.floor(Date.now() / 3_600_000) * 3_600_000;
    const step = (30 * 24 * 3_600_000) / nRows;
    const transaction = database.transaction("deliveries", "readwrite", { durability: "relaxed" });
    const store = transaction.objectStore("deliveries");
    for (let number = from; number < to; number += 1) {
        const at = Math.floor(globalThis.since - (nRows - number) * step);
        const own = { at, email: `person${number % 5000}@example.com`, maybe: number % 50 === 7 };
        if (number % 200 === 77) own.body = '{"note":"needle"}';
        store.put(deliveryRow(number, number % 20 === 3 ? { ...own, ...refused(at) } : own));
    }
    await new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error);
    });
    database.close();
}

/** Runs in the page: the totals of those rows, as the sender would have kept them. */
async function total({ nRows }) {
    const database = await new Promise((resolve, reject) => {
        const request = indexedDB.open("hookwright");
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
    const transaction = database.transaction("totals", "readwrite");
    const store = transaction.objectStore("totals");
    store.clear();
    const put = (key, counters) => store.put({ k: key, rev: 1, v: 1, json: JSON.stringify({ key, counters }), i: {} });
    const nSkipped = nRows / 20;
    const counters = [0, 0, 0, 0, nRows - nSkipped, nSkipped, nRows / 50];
    put("all", [...counters, 0, 0, 0, 0, 5000, 250]);
    put("node/flow01/node01", counters);
    const hour = Math.floor(Date.now() / 3_600_000);
    for (let back = 1; back <= 720; back += 1) {
        const per = nRows / 720;
        put(`hour/${String(hour - back).padStart(9, "0")}/flow01/node01`, [
            per,
            (per * 19) / 20,
            per / 20,
            per,
            0,
            0,
            per / 20,
        ]);
    }
    await new Promise((resolve) => (transaction.oncomplete = resolve));
    database.close();
}

/** The folder of the store compiled as the app is shipped. */
function wasmBench() {
    const target = path.join(root, "target/wasm32-unknown-unknown/release/examples/log_bench.wasm");
    const folder = path.join(root, "target/bench/wasm");
    const run = (program, args) => execFileSync(program, args, { cwd: root, stdio: "inherit" });
    run("cargo", [
        "build",
        "--quiet",
        "--locked",
        "--release",
        "--target",
        "wasm32-unknown-unknown",
        "--example",
        "log-bench",
    ]);
    run("wasm-bindgen", ["--target", "web", "--no-typescript", "--out-dir", folder, "--out-name", "log-bench", target]);
    const bound = path.join(folder, "log-bench_bg.wasm");
    run("wasm-opt", ["-Oz", bound, "-o", bound]);
    return folder;
}
