// One table of a soak: what was injected, and what became of the deliveries.
//
// node scripts/soak-table.mjs FOLDER   reads FOLDER/native.log and FOLDER/browser.log

import { readFileSync } from "node:fs";
import path from "node:path";

const [folder] = process.argv.slice(2);
const read = (name) => readFileSync(path.join(folder, name), "utf8");
const NATIVE = {
    "senders killed": "killed",
    "other faults injected": "faults",
    deliveries: "deliveries",
    "requests the receivers saw": "requests",
    "marked as may have arrived": "marked",
    "arrived more than once, all of them marked": "twice",
    "arrived as the network left a host not heard of before": "unknowable",
    lost: "lost",
    "unexplained duplicates": "unexplained",
};
const INJECTED = ["killed", "kills", "faults", "flaps", "closed"];

/** What each native test printed: its seeds, then a line a figure. */
function native(log) {
    return log
        .split(/^(?=seeds \d)/m)
        .slice(1)
        .map((part) => {
            const figures = { fault: `native, ${part.split("\n", 1)[0]}` };
            for (const [, name, n] of part.matchAll(/^ {2}(\S.*?) {2,}(\d+)$/gm))
                figures[NATIVE[name] ?? name] = Number(n);
            return figures;
        });
}

function browser(log) {
    const lines = [...log.matchAll(/^ *figures (\{.*\})$/gm)].map(([, json]) => JSON.parse(json));
    return lines.map((figures) => ({ ...figures, fault: `browser, ${figures.fault}` }));
}

const rows = [...native(read("native.log")), ...browser(read("browser.log"))].map((figures) => {
    const injected = INJECTED.reduce((sum, name) => sum + (figures[name] ?? 0), figures.takeovers?.length ?? 0);
    const seed = figures.seed === undefined ? "" : `, seed ${figures.seed}`;
    const slowest = figures.takeovers ? `, slowest takeover ${Math.max(...figures.takeovers)} ms` : "";
    const { deliveries, requests, marked, twice, unknowable = 0, lost, unexplained } = figures;
    const arrived = [marked, twice, unknowable];
    return [figures.fault + seed + slowest, injected || 1, deliveries, requests, ...arrived, lost, unexplained];
});
const HEAD = [
    "fault",
    "injected",
    "deliveries",
    "requests seen",
    "marked",
    "arrived twice",
    "not knowable",
    "lost",
    "unexplained",
];
console.log(`| ${HEAD.join(" | ")} |`);
console.log(`| --- |${" ---: |".repeat(HEAD.length - 1)}`);
for (const row of rows) console.log(`| ${row.join(" | ")} |`);
