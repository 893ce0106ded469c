// The suite `template`: our engine against Django and bare minijinja natively, and against nunjucks and LiquidJS in
// Chromium, on the five payloads of benches/templates. Every side's output is checked before anything is timed.
//
// node benches/template.mjs

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import { chromium } from "@playwright/test";
import { chromiumPath, FLAGS } from "../scripts/chromium-flags.mjs";
import { WASM_FEATURES } from "../scripts/split/features.mjs";
import { median, short, Suite } from "./frame/suite.mjs";

const root = path.resolve(import.meta.dirname, "..");
const ROUNDS = 5;
const MAX_GROWTH_KB = 512;
/** Each payload and its template. */
const PAYLOADS = { small: "small", medium: "shipment", large: "shipment", logic: "logic", filters: "filters" };

const read = (name) => readFileSync(path.join(root, "benches/templates", name), "utf8");
const payloads = Object.fromEntries(
    Object.entries(PAYLOADS).map(([name, source]) => {
        const [django, jinja, liquid] = ["django", "jinja", "liquid"].map((kind) => read(`${source}.${kind}`));
        return [name, { django, jinja, liquid, json: read(`${name}.json`) }];
    }),
);

const native = nativeBench();
const python = path.join(root, "target/django/bin/python");
execFileSync(path.join(root, "scripts/setup-django.sh"), { stdio: "inherit" });
if (!existsSync(python)) {
    console.error("the suite template is measured against Django, which could not be installed");
    process.exit(1);
}
const wasm = wasmBench();
const server = await serve();
const browser = await chromium.launch({ executablePath: chromiumPath(), args: FLAGS });
const samples = {};
try {
    const page = await browser.newPage();
    page.on("pageerror", (error) => console.error(error.message));
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    await page.waitForFunction(() => globalThis.isReady);
    let isSame = true;
    for (let round = 0; round < ROUNDS; round += 1) {
        const natively = JSON.parse(execFileSync(native, { encoding: "utf8", maxBuffer: 1 << 26 }));
        const script = path.join(root, "benches/template/django_part.py");
        const options = { encoding: "utf8", maxBuffer: 1 << 26 };
        const django = JSON.parse(execFileSync(python, [script, JSON.stringify(PAYLOADS)], options));
        for (const [name, payload] of Object.entries(payloads)) {
            if (round === 0) isSame = (await checkOutputs(page, name, payload, natively[name], django[name])) && isSame;
            const inPage = await page.evaluate((payload) => globalThis.measure(payload), payload);
            const { output: _output, is_same: _isSame, ...ours } = natively[name];
            const all = { ...prefixed("native ", ours), "native django": django[name].warm, ...inPage };
            for (const [key, value] of Object.entries(all)) ((samples[name] ??= {})[key] ??= []).push(value);
        }
        if (!isSame) process.exitCode = 1;
        if (!isSame) break;
    }
} finally {
    await browser.close();
    server.close();
}
if (process.exitCode !== 1) process.exitCode = report();

function prefixed(prefix, figures) {
    return Object.fromEntries(Object.entries(figures).map(([name, value]) => [prefix + name, value]));
}

/** Whether all engines print the same. */
async function checkOutputs(page, name, payload, natively, django) {
    const outputs = await page.evaluate((payload) => globalThis.outputs(payload), payload);
    outputs.native = natively.output;
    if (!natively.is_same) outputs.minijinja = "something else";
    const differing = Object.entries(outputs).filter(([, output]) => output !== django.output);
    for (const [engine, output] of differing) {
        let at = 0;
        while (output[at] === django.output[at]) at += 1;
        const around = (text) => JSON.stringify(text.slice(Math.max(0, at - 30), at + 30));
        console.error(`${name}: ${engine} differs from Django:\n  ${around(output)}\n  ${around(django.output)}`);
    }
    return differing.length === 0;
}

function report() {
    const suite = new Suite("template");
    const at = (name, key) => median(samples[name][key]);
    console.log(`suite template: medians of ${ROUNDS} rounds, µs a render`);
    for (const name of Object.keys(payloads)) {
        const note = (figure, ours, peer, peerName) =>
            suite.note({
                name: `${name}, ${figure}`,
                unit: "µs",
                ours: at(name, ours),
                peer: at(name, peer),
                peerName,
            });
        note("native", "native warm", "native django", "Django");
        note("native own cost", "native warm", "native minijinja", "minijinja");
        note("page", "ours warm", "liquid warm", "LiquidJS");
        note("page over nunjucks", "ours warm", "nunjucks warm", "nunjucks");
        note("page from source", "ours compile", "nunjucks compile", "nunjucks");
        suite.note({ name: `${name}, page with origins`, unit: "µs", ours: at(name, "origins warm") });
        note("page with JSON read", "ours once", "liquid once", "LiquidJS");
        note("page with JSON read, over nunjucks", "ours once", "nunjucks once", "nunjucks");
    }
    const growth = JSON.parse(execFileSync(native, ["--million"], { encoding: "utf8" })).growth_kb;
    suite.note({ name: "growth over a million renders", unit: "kB", ours: growth });
    if (growth > MAX_GROWTH_KB) console.log(`a million renders grow the process by ${growth} kB`);
    return suite.finish() || Number(growth > MAX_GROWTH_KB);
}

/** The program of benches/template.rs. */
function nativeBench() {
    const options = { cwd: root, encoding: "utf8", maxBuffer: 1 << 26, stdio: ["ignore", "pipe", "inherit"] };
    const args = ["bench", "--quiet", "--locked", "--no-run", "--bench", "template", "--message-format", "json"];
    const messages = execFileSync("cargo", args, options)
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
    return messages.find((message) => message.executable && message.target.name === "template").executable;
}

/** The folder of the engine compiled as the app is shipped: the same flags and profile, the same wasm-opt. */
function wasmBench() {
    const built = path.join(root, "target/wasm32-unknown-unknown/release/examples/template_bench.wasm");
    const folder = path.join(root, "target/bench/wasm");
    const target = path.join(root, "target/bench/template-bench.wasm");
    const run = (program, args) => execFileSync(program, args, { cwd: root, stdio: "inherit" });
    const example = "--target wasm32-unknown-unknown --example template-bench";
    const build = `. scripts/lib.sh; release_flags; cargo build --quiet --locked --release ${example}`;
    run("bash", ["-euc", build]);
    mkdirSync(folder, { recursive: true });
    writeFileSync(target, withoutRelocations(readFileSync(built)));
    run("wasm-bindgen", [
        "--target",
        "web",
        "--no-typescript",
        "--out-dir",
        folder,
        "--out-name",
        "template-bench",
        target,
    ]);
    const bound = path.join(folder, "template-bench_bg.wasm");
    const features = WASM_FEATURES.map((feature) => `--enable-${feature}`);
    run("wasm-opt", ["-Oz", "--strip-debug", "--strip-producers", ...features, bound, "-o", bound]);
    return folder;
}

/** A module without the sections that a release is taken apart by: nothing is taken apart here. */
function withoutRelocations(wasm) {
    const kept = [wasm.subarray(0, 8)];
    let at = 8;
    const number = () => {
        let value = 0;
        for (let shift = 0; ; shift += 7) {
            const byte = wasm[at];
            at += 1;
            value += (byte & 127) * 2 ** shift;
            if (byte < 128) return value;
        }
    };
    while (at < wasm.length) {
        const start = at;
        at += 1;
        const size = number();
        const end = at + size;
        const isCustom = wasm[start] === 0;
        const len = isCustom ? number() : 0;
        const name = wasm.toString("utf8", at, at + len);
        if (!isCustom || !(name === "linking" || name.startsWith("reloc."))) kept.push(wasm.subarray(start, end));
        at = end;
    }
    return Buffer.concat(kept);
}

/** Serves the page and what it loads, on loopback. */
function serve() {
    const modules = path.join(root, "node_modules");
    const files = {
        "/page.mjs": path.join(root, "benches/template/page.mjs"),
        "/filters.mjs": path.join(root, "benches/template/filters.mjs"),
        "/nunjucks.js": path.join(modules, "nunjucks/browser/nunjucks.min.js"),
        "/liquid.mjs": path.join(modules, "liquidjs/dist/liquid.browser.mjs"),
        "/wasm/template-bench.js": path.join(wasm, "template-bench.js"),
        "/wasm/template-bench_bg.wasm": path.join(wasm, "template-bench_bg.wasm"),
    };
    const types = { js: "text/javascript", mjs: "text/javascript", wasm: "application/wasm" };
    const html = '<!doctype html><script src="/nunjucks.js"></script><script type="module" src="/page.mjs"></script>';
    const server = createServer((request, response) => {
        const file = files[request.url];
        if (!file && request.url !== "/") return response.writeHead(404).end();
        const type = file ? types[path.extname(file).slice(1)] : "text/html";
        // An isolated page has a clock that is fine enough.
        const isolated = {
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-embedder-policy": "require-corp",
        };
        response.writeHead(200, { "content-type": type, ...isolated }).end(file ? readFileSync(file) : html);
    });
    return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}
