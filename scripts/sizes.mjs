// Prints what dist/ weighs, raw, gzipped and brotli, and says what is over scripts/budget.json (brotli bytes).

import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const root = new URL("..", import.meta.url);
const dist = new URL("dist/", root);
// Which files each part of a split app still fetches; written by split/place.mjs.
const parts = JSON.parse(await readFile(new URL("target/split/parts.json", root), "utf8").catch(() => "{}"));
const budget = JSON.parse(await readFile(new URL("budget.json", import.meta.url), "utf8"));

/** What comes by itself after that: the forms beside the flow, which complete the first screen, … */
const SCREEN_PARTS = ["beside"];
/** … what keeps documents, and the workers that render and send. */
const NEXT_PARTS = [...SCREEN_PARTS, "desk", "work"];

const names = (await readdir(dist, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(dist.pathname, path.join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
const files = [];
for (const name of names) {
    const bytes = await readFile(new URL(name, dist));
    const brotli = brotliCompressSync(bytes, {
        params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    });
    files.push({ name, raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotli.length });
}

const html = await readFile(new URL("index.html", dist), "utf8");
const isWasm = (file) => file.name.endsWith(".wasm");
const wasm = total(
    "Wasm of the first load",
    files.filter((file) => isWasm(file) && isFirstLoad(file)),
);
const allWasm = total("Wasm in all", files.filter(isWasm));
const firstLoad = total("first load", files.filter(isFirstLoad));
const screenWasm = total(
    "Wasm of the first screen with its forms",
    files.filter((file) => isWasm(file) && isFirstScreen(file)),
);
const firstScreen = total("first screen with its forms", files.filter(isFirstScreen));
const nextLoad = total("right after the first load", files.filter(isNextLoad));
const editor = total("editor", files.filter(isEditor));

console.log(row({ name: "dist/", raw: "raw", gzip: "gzip", brotli: "brotli" }));
for (const file of files) console.log(row({ ...file, name: (isFirstLoad(file) ? "" : "* ") + file.name }));
console.log(row(allWasm));
console.log(row(wasm));
console.log(row(firstLoad));
console.log(row(screenWasm));
console.log(row(firstScreen));
console.log(row(nextLoad));
console.log(row(editor));
if (!files.every(isFirstLoad)) console.log("* loaded on demand, not part of the first load");

const excess = [
    ["Wasm", wasm.brotli, budget.wasm],
    ["first load", firstLoad.brotli, budget.first_load],
    ["Wasm of the first screen with its forms", screenWasm.brotli, budget.first_screen_wasm],
    ["first screen with its forms", firstScreen.brotli, budget.first_screen],
    ["editor", editor.brotli, budget.editor],
].filter(([, size, most]) => size > most);
for (const [name, size, most] of excess) {
    console.error(`over budget: ${name} is ${size} bytes with brotli, ${size - most} more than ${most}`);
}

/** The first load is the page and what it names, and the worker's script; the parts of the first screen are in its Wasm. */
function isFirstLoad(file) {
    if (isEditor(file)) return false;
    if (/^parts-\w+\.js$/.test(file.name)) return true;
    return file.name === "index.html" || file.name === "worker.js" || html.includes(file.name);
}

function isFirstScreen(file) {
    return isFirstLoad(file) || isOf(SCREEN_PARTS, file);
}

function isNextLoad(file) {
    return !isFirstLoad(file) && isOf(NEXT_PARTS, file);
}

function isOf(names, file) {
    return names.some((part) => parts[part]?.includes(file.name));
}

/** The page names the editor's script, and loads it when an editor first opens. */
function isEditor(file) {
    return /^editor-\w+\.js$/.test(file.name);
}

function total(name, parts) {
    const sum = (key) => parts.reduce((size, file) => size + file[key], 0);
    return { name: `= ${name}`, raw: sum("raw"), gzip: sum("gzip"), brotli: sum("brotli") };
}

function row({ name, raw, gzip, brotli }) {
    return `${name.padEnd(52)}${[raw, gzip, brotli].map((size) => String(size).padStart(11)).join("")}`;
}
