// Puts the parts of a split app (see wasm-bindgen beside this file) into Trunk's staging folder, optimised.
//
// One hash stands in the names of all files that were linked together: files of two builds never meet, whatever a cache
// or a host still holds. Modules that are wanted together travel in one file, as custom sections of a module: in one piece
// they are a twelfth smaller with brotli, and each thing asked for costs the page milliseconds. What the first screen needs
// is in the app's own module, so that nothing has to be asked for once the app runs.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { WASM_FEATURES } from "./features.mjs";

const LINK = "__wasm_split.js";
/** The part of the first screen. */
const FIRST = "flow";
/** The parts that follow on every page, in their order: whatever they need too, other parts find here already. */
const FOLLOWING = ["beside", "desk"];
/** What runs in workers, which load it alone. */
const WORKERS = "work";
/** An empty module: what every Wasm file begins with. */
const EMPTY = Buffer.from([0, 97, 115, 109, 1, 0, 0, 0]);

/**
 * Says which files each part still has to fetch: `{ desk: ["split_desk-….wasm", …], … }`. The caller keeps it for the size
 * table.
 *
 * @param staging Trunk's staging folder, with the first part in it
 * @param split the folder that the split left its parts in
 */
export async function placeParts(staging, split) {
    const staged = await readdir(staging);
    const js = only(staged, /^hookwright-app-\w+\.js$/);
    const wasm = only(staged, /^hookwright-app-\w+_bg\.wasm$/);
    const parts = (await readdir(split)).filter((name) => /^(split|chunk)_\w+\.wasm$/.test(name)).sort();
    for (const name of parts) await optimise(path.join(split, name));

    const link = await readFile(path.join(split, LINK), "utf8");
    const hash = createHash("sha256");
    for (const file of [path.join(staging, js), path.join(staging, wasm), path.join(split, LINK)]) {
        hash.update(await readFile(file));
    }
    for (const name of parts) hash.update(await readFile(path.join(split, name)));
    const release = hash.digest("hex").slice(0, 16);
    const named = (name) => name.replace(/\.(\w+)$/, `-${release}.$1`);
    const newJs = `hookwright-app-${release}.js`;
    const newWasm = `hookwright-app-${release}_bg.wasm`;

    const needed = needs(link);
    const held = new Set(needed[FIRST]);
    const sections = [await readFile(path.join(staging, wasm))];
    const bundles = new Map();
    for (const name of parts) {
        const bytes = await readFile(path.join(split, name));
        if (held.has(name)) {
            sections.push(customSection(name, bytes));
            continue;
        }
        const bundle = named(`${bundleOf(name, needed)}.wasm`);
        if (!bundles.has(bundle)) bundles.set(bundle, []);
        bundles.get(bundle).push({ name, bytes });
    }
    const places = new Map();
    for (const [bundle, modules] of bundles) {
        await writeFile(path.join(staging, bundle), bundled(bundle, modules, places));
    }
    await writeFile(path.join(staging, newWasm), Buffer.concat(sections));
    await rm(path.join(staging, wasm));
    await writeFile(path.join(staging, `parts-${release}.js`), linkScript(link, newJs, held, places));
    const script = await readFile(path.join(staging, js), "utf8");
    await rm(path.join(staging, js));
    await writeFile(path.join(staging, newJs), imported(script, `./parts-${release}.js`));
    const page = path.join(staging, "index.html");
    const html = await readFile(page, "utf8");
    const preload = `<link rel="modulepreload" href="./parts-${release}.js" crossorigin="anonymous" />`;
    await writeFile(page, replaced(replaced(replaced(html, js, newJs), wasm, newWasm), "</head>", `${preload}</head>`));
    const fetched = (names) => [
        ...new Set(names.filter((name) => !held.has(name)).map((name) => places.get(name).bundle)),
    ];
    return Object.fromEntries(Object.entries(needed).map(([part, names]) => [part, fetched(names)]));
}

/** Which file a module travels in: with what else is wanted whenever it is. */
function bundleOf(name, needed) {
    const parts = Object.keys(needed).filter((part) => needed[part].includes(name));
    const inPages = parts.filter((part) => part !== WORKERS);
    const owners = FOLLOWING.filter((part) => parts.includes(part)).slice(0, 1);
    const title = owners.length > 0 ? owners : inPages.sort();
    return [...title, ...(parts.includes(WORKERS) ? [WORKERS] : [])].join("-");
}

/** Modules in one file, and into `places` where in it each of them begins and how long it is. */
function bundled(bundle, modules, places) {
    const pieces = [EMPTY];
    let size = EMPTY.length;
    for (const { name, bytes } of modules) {
        const section = customSection(name, bytes);
        size += section.length;
        pieces.push(section);
        places.set(name, { bundle, from: size - bytes.length, length: bytes.length });
    }
    return Buffer.concat(pieces);
}

/** A section of a Wasm module that means nothing to it: `WebAssembly.Module.customSections` gives the bytes back. */
function customSection(name, bytes) {
    const title = Buffer.from(name);
    const content = Buffer.concat([leb128(title.length), title, bytes]);
    return Buffer.concat([Buffer.from([0]), leb128(content.length), content]);
}

/** An unsigned number as Wasm writes it. */
function leb128(number) {
    const bytes = [];
    for (let rest = number; ; rest >>>= 7) {
        if (rest < 128) return Buffer.from([...bytes, rest]);
        bytes.push((rest & 127) | 128);
    }
}

/** The app's script, importing the parts' loader by its new name; the Wasm goes on knowing it by the old one. */
function imported(script, address) {
    const statement = /from (["'])\.\/__wasm_split\.js\1/g;
    if (!statement.test(script)) throw new Error(`the build does not import ${LINK}`);
    return script.replace(statement, `from "${address}"`);
}

/** The script that loads the parts: those that are held from the compiled module, the others from their bundles. */
function linkScript(link, js, held, places) {
    const place = (name) => {
        const { bundle, from, length } = places.get(name);
        return `bytesOf("./${bundle}", ${from}, ${length})`;
    };
    const script = link
        .replace(/from "\.\/[^"]+\.js"/, `from "./${js}"`)
        .replace(/fetch\(new URL\("\.\/((?:split|chunk)_\w+\.wasm)", import\.meta\.url\)\)/g, (_, name) =>
            held.has(name) ? `sectionOf("${name}")` : place(name),
        )
        .replaceAll("WebAssembly.instantiateStreaming(src, imports)", "WebAssembly.instantiate(await src, imports)");
    if (/\bfetch\(|Streaming/.test(script)) throw new Error(`${LINK} loads parts in a way that is not known here`);
    return `// What is on its way: a part asks for all its modules at once.
const loading = new Map();
async function fetched(name) {
    const response = await fetch(new URL(name, import.meta.url));
    if (!response.ok) throw new Error(\`\${response.status} for \${response.url}\`);
    return response.arrayBuffer();
}
async function bytesOf(name, from, length) {
    if (!loading.has(name)) loading.set(name, fetched(name).finally(() => loading.delete(name)));
    return new Uint8Array(await loading.get(name), from, length);
}
async function sectionOf(name) {
    return WebAssembly.Module.customSections(globalThis.hookwrightBoot.module, name)[0];
}
${script}`;
}

/** Which modules each part's loader wants. */
function needs(link) {
    const chunks = new Map();
    for (const [, chunk, name] of link.matchAll(
        /const (__chunk_\d+) = makeLoad\(\(\) => \{\s*const src = fetch\(new URL\("\.\/(\w+\.wasm)"/g,
    )) {
        chunks.set(chunk, name);
    }
    const loaders = /export const __wasm_split_load_(\w+) = wrapAsyncCb\(makeLoad\(([\s\S]*?), \[([^\]]*)\]\)\);/g;
    const parts = {};
    for (const [, part, fetcher, dependencies] of link.matchAll(loaders)) {
        const own = fetcher.match(/"\.\/(\w+\.wasm)"/);
        const shared = dependencies
            .split(",")
            .map((name) => name.trim())
            .filter((name) => name !== "");
        parts[part] = [...(own ? [own[1]] : []), ...shared.map((name) => chunks.get(name))];
    }
    return parts;
}

async function optimise(file) {
    const flags = WASM_FEATURES.map((feature) => `--enable-${feature}`);
    await promisify(execFile)("wasm-opt", ["-Oz", "--strip-debug", "--strip-producers", ...flags, file, "-o", file]);
}

function only(names, pattern) {
    const found = names.filter((name) => pattern.test(name));
    if (found.length !== 1) throw new Error(`expected one ${pattern} in the build, found ${found.length}`);
    return found[0];
}

function replaced(text, from, to) {
    if (!text.includes(from)) throw new Error(`the build does not name ${from}`);
    return text.replaceAll(from, to);
}
