// One report of all suites that were measured: target/bench/report.md and report.json, with versions and machine, for
// whoever wants to compare with a run of their own.
//
// node benches/report.mjs [--write-readme]

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { chromiumPath } from "../scripts/chromium-flags.mjs";
import { isBelow, short } from "./frame/suite.mjs";

const root = path.resolve(import.meta.dirname, "..");
const folder = path.join(root, "target/bench");
const SUITES = ["template", "canvas", "editor", "delivery", "log"];
const PEERS = ["nunjucks", "liquidjs", "@xyflow/react", "dexie"];

/** What a command prints, or nothing where it is not there. */
function said(command, ...args) {
    try {
        return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
    } catch {
        return null;
    }
}

function versions() {
    const lock = JSON.parse(readFileSync(path.join(root, "package-lock.json"), "utf8")).packages;
    const peers = PEERS.map((name) => [name, lock[`node_modules/${name}`]?.version ?? null]);
    const python = path.join(root, "target/django/bin/python");
    return Object.fromEntries(
        [
            ["hookwright", said("git", "-C", root, "describe", "--always", "--dirty")],
            ["rustc", said("rustc", "--version")],
            ["node", process.version],
            ["chromium", said(chromiumPath(), "--version")],
            ["django", said(python, "-c", "import django; print(django.__version__)")],
            ...peers,
        ].filter(([, version]) => version !== null),
    );
}

const machine = {
    processor: os.cpus()[0]?.model.trim() ?? "unknown",
    cores: os.cpus().length,
    memory_gib: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()}`,
};

const suites = SUITES.map((name) => ({ name, file: path.join(folder, `${name}.json`) }))
    .filter(({ file }) => existsSync(file))
    .map(({ name, file }) => ({
        suite: name,
        measured: statSync(file).mtime.toISOString(),
        figures: JSON.parse(readFileSync(file, "utf8")),
    }));
if (suites.length === 0) {
    console.error("no suite was measured yet: make bench SUITE=template");
    process.exit(1);
}

const report = { machine, versions: versions(), suites };
writeFileSync(path.join(folder, "report.json"), JSON.stringify(report, null, 2) + "\n");
const text = markdown(report);
writeFileSync(path.join(folder, "report.md"), `# Hookwright, measured\n\n${text}\n`);
console.log(`report: ${path.relative(root, path.join(folder, "report.md"))}`);
if (process.argv.includes("--write-readme")) writeReadme(text);

function markdown({ machine, versions, suites }) {
    const where = `${machine.cores} × ${machine.processor}, ${machine.memory_gib} GiB, ${machine.system}.`;
    const what = Object.entries(versions)
        .map(([name, version]) => `${name} ${version.replace(new RegExp(`^${name} `, "i"), "")}`)
        .join(", ");
    const head = "| figure | ours | peer | ratio | bar |\n| --- | ---: | ---: | ---: | ---: |";
    const parts = suites.map(({ suite, measured, figures }) => {
        const rows = figures.map((figure) => {
            const { name, unit, ours, peer, peer_name: peerName, ratio, must } = figure;
            const other = peer === null ? "" : `${short(peer)} ${peerName ?? ""}`.trim();
            const bar = must === null ? "" : `${must}${isBelow(figure) ? ", missed" : ""}`;
            return `| ${name} | ${short(ours)} ${unit} | ${other} | ${ratio === null ? "" : short(ratio)} | ${bar} |`;
        });
        return `**${suite}**, ${measured.slice(0, 10)}\n\n${head}\n${rows.join("\n")}`;
    });
    const note = "A larger ratio is better for us, whatever the unit; the bar is the least it may be.";
    return [where, `With ${what}.`, note, ...parts].join("\n\n");
}

/** Puts the report between the README's marks. */
function writeReadme(text) {
    const file = path.join(root, "README.md");
    const [start, end] = ["<!-- bench:report -->", "<!-- /bench:report -->"];
    const [before, rest] = readFileSync(file, "utf8").split(start);
    if (rest === undefined || !rest.includes(end)) throw new Error(`README.md has no ${start} … ${end}`);
    writeFileSync(file, `${before}${start}\n\n${text}\n\n${end}${rest.split(end)[1]}`);
}
