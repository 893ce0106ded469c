// The suite `delivery`: 5,000 deliveries of 2 kB to a receiver on loopback, HTTPS over HTTP/2, 32 at a time, each on the
// disk before it is sent and after it is answered; against a hand-written loop that does the same, and against bare fetch.
// All are timed at the receiver, from the first POST to the last, in a Chromium without a driver; 1,000 before them are not
// counted, while the browser still compiles what runs often.
// Then what a run of 10,000 costs the page, three of ten failing: its longest task, and what a keystroke takes of it.
//
// HOOKWRIGHT_BENCH_DIST names another build than dist/. node benches/delivery.mjs [--n 5000] [--warm 1000] [--rounds 3] [--only rate|page]

import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { makeCertificates } from "../tests/e2e/receivers/certificates.mjs";
import { busyPage } from "./delivery/busy.mjs";
import { openAlone, serveBench } from "./frame/chromium.mjs";
import { median, short, Suite } from "./frame/suite.mjs";

const root = path.resolve(import.meta.dirname, "..");
const { values } = parseArgs({
    options: {
        n: { type: "string", default: "5000" },
        warm: { type: "string", default: "1000" },
        rounds: { type: "string", default: "3" },
        only: { type: "string" },
    },
});
const n = Number(values.n);
const nWarm = Number(values.warm);
const dist = process.env.HOOKWRIGHT_BENCH_DIST;
if (!dist) execFileSync(path.join(root, "scripts/build.sh"), ["release", "if-changed"], { stdio: "inherit" });

const home = mkdtempSync(path.join(tmpdir(), "hookwright-bench-home-"));
await makeCertificates(home);
const receiver = await startReceiver(path.join(home, "certificates"));
const files = {
    "/bench.html": path.join(root, "benches/delivery/bench.html"),
    "/bench.mjs": path.join(root, "benches/delivery/page.mjs"),
    "/loop.mjs": path.join(root, "benches/delivery/loop.mjs"),
    "/activity.mjs": path.join(root, "tests/e2e/pages/rows.mjs"),
};
const site = await serveBench({ folders: [path.resolve(root, dist ?? "dist")], files });
const rates = { app: [], loop: [], bare: [] };
const suite = new Suite("delivery");
try {
    for (let round = 0; round < (values.only === "page" ? 0 : Number(values.rounds)); round += 1) {
        for (const side of ["app", "loop", "bare"]) {
            const rate = await run(side);
            rates[side].push(rate);
            console.log(`  round ${round + 1}, ${side}: ${short(rate)} deliveries/s`);
        }
    }
    if (rates.app.length > 0) noteRates();
    if (values.only !== "rate") await notePage();
} finally {
    await site.close();
    receiver.close();
    rmSync(home, { recursive: true, force: true });
}
process.exitCode = suite.finish();

function noteRates() {
    console.log(`suite delivery: ${n} deliveries of 2 kB, 32 at a time, medians of ${values.rounds} rounds`);
    const figure = { unit: "/s", better: "larger", ours: median(rates.app) };
    suite.note({ name: "durable deliveries", ...figure, peer: median(rates.loop), peerName: "hand-written loop" });
    suite.note({ name: "durable deliveries over fetch", ...figure, peer: median(rates.bare), peerName: "bare fetch" });
}

async function notePage() {
    const url = receiver.url.replace(/[^/]*$/, "shaky");
    const { longest, atRest, whileSending } = await busyPage({ site, home, url, n: n * 2 });
    console.log(`suite delivery: the page during ${n * 2} deliveries, three of ten failing`);
    suite.note({
        name: "longest task of the page",
        unit: "ms",
        ours: Math.max(longest, 1),
        peer: 50,
        peerName: "most",
    });
    const name = "a keystroke's work while sending";
    suite.note({ name, unit: "ms", ours: whileSending, peer: atRest, peerName: "at rest" });
}

async function run(side) {
    await receiver.ask(`reset ${nWarm}`);
    const query = new URLSearchParams({ side, n: n + nWarm, url: receiver.url });
    const reported = site.reports.next();
    const browser = await openAlone(`${site.url}/bench.html?${query}`, home);
    try {
        const report = await reported;
        if (report.error) throw new Error(`${side}: ${report.error}`);
        for (let before = -1; ;) {
            const { n: nPosts, millis } = await receiver.ask("count");
            if (nPosts >= n) return (nPosts / millis) * 1000;
            if (nPosts === before && side !== "app") throw new Error(`${side}: ${nPosts} of ${n} arrived`);
            before = nPosts;
            await new Promise((resolve) => setTimeout(resolve, 1000));
        }
    } finally {
        await browser.close();
    }
}

async function startReceiver(folder) {
    const script = path.join(root, "benches/delivery/receiver.mjs");
    const child = spawn(process.execPath, [script, folder], { stdio: ["pipe", "pipe", "inherit"] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const port = (await lines.next()).value;
    return {
        url: `https://localhost:${port}/orders`,
        ask: async (line) => {
            child.stdin.write(`${line}\n`);
            return JSON.parse((await lines.next()).value);
        },
        close: () => child.kill(),
    };
}
