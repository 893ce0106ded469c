// Notes figures of one suite, prints them, and writes them to target/bench/<suite>.json: a list of
// {name, unit, ours, peer, peer_name, ratio, must}, where a larger ratio is better, whatever the unit.
// The least that a ratio may be stands in benches/must.json; a figure below it fails the run.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../..");

/** The middle of some numbers. */
export function median(values) {
    const sorted = [...values].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)];
}

/** A number with three digits that count. */
export function short(value) {
    return value >= 100 ? String(Math.round(value)) : value.toPrecision(3);
}

export class Suite {
    constructor(name, musts = JSON.parse(readFileSync(path.join(root, "benches/must.json"), "utf8"))[name] ?? {}) {
        this.name = name;
        this.musts = musts;
        this.figures = [];
    }

    /** Notes a figure. `better` says which way its unit improves: "smaller" or "larger". */
    note({ name, unit, better = "smaller", ours, peer = null, peerName = null }) {
        const ratio = peer === null ? null : better === "smaller" ? peer / ours : ours / peer;
        const figure = { name, unit, ours, peer, peer_name: peerName, ratio, must: this.musts[name] ?? null };
        this.figures.push(figure);
        console.log(line(figure));
    }

    /** Writes the file; the exit code is not zero when a figure is below what it must be, or was not measured. */
    finish() {
        const folder = path.join(root, "target/bench");
        mkdirSync(folder, { recursive: true });
        writeFileSync(path.join(folder, `${this.name}.json`), JSON.stringify(this.figures, null, 2) + "\n");
        const below = this.figures.filter(isBelow);
        const measured = new Set(this.figures.map((figure) => figure.name));
        const missing = Object.keys(this.musts).filter((name) => !measured.has(name));
        for (const figure of below) console.log(`below: ${figure.name}`);
        for (const name of missing) console.log(`not measured: ${name}`);
        return below.length + missing.length === 0 ? 0 : 1;
    }
}

/** Whether a figure fails the run. A bound without a peer to hold it against is a mistake in must.json. */
export function isBelow({ must, ratio }) {
    return must !== null && (ratio === null || ratio < must);
}

function line(figure) {
    let text = `  ${figure.name.padEnd(32)}${short(figure.ours).padStart(8)} ${figure.unit}`;
    if (figure.ratio !== null) {
        text += `   ${figure.peer_name} ${short(figure.peer)}   ×${short(figure.ratio)}`;
    }
    if (figure.must !== null) text += `   must ×${figure.must}${isBelow(figure) ? "   BELOW" : ""}`;
    return text;
}
