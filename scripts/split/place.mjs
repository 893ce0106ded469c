// Puts the parts of a split app (see wasm-bindgen beside this file) into Trunk's staging folder, optimised.
//
// One hash stands in the names of all files that were linked together: files of two builds never meet, whatever a cache
// or a host still holds.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { WASM_FEATURES } from "./features.mjs";

const LINK = "__wasm_split.js";

/**
 * Says which files each part needs: `{ flow: ["split_flow-….wasm", …], … }`. The caller keeps it for the size table.
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

    for (const name of parts) await writeFile(path.join(staging, named(name)), await readFile(path.join(split, name)));
    await writeFile(path.join(staging, `parts-${release}.js`), linkScript(link, newJs, named));
    const script = await readFile(path.join(staging, js), "utf8");
    await rm(path.join(staging, js));
    await writeFile(path.join(staging, newJs), imported(script, `./parts-${release}.js`));
    await rename(path.join(staging, wasm), path.join(staging, newWasm));
    const page = path.join(staging, "index.html");
    const html = await readFile(page, "utf8");
    const preload = `<link rel="modulepreload" href="./parts-${release}.js" crossorigin="anonymous" />`;
    await writeFile(page, replaced(replaced(replaced(html, js, newJs), wasm, newWasm), "</head>", `${preload}</head>`));
    return needs(link, named);
}

/** The app's script, importing the parts' loader by its new name; the Wasm goes on knowing it by the old one. */
function imported(script, address) {
    const statement = /from (["'])\.\/__wasm_split\.js\1/g;
    if (!statement.test(script)) throw new Error(`the build does not import ${LINK}`);
    return script.replace(statement, `from "${address}"`);
}

/** The script that loads the parts, for these names, and for hosts that do not know the type of Wasm. */
function linkScript(link, js, named) {
    const script = link
        .replace(/from "\.\/[^"]+\.js"/, `from "./${js}"`)
        .replace(/"\.\/((?:split|chunk)_\w+\.wasm)"/g, (_, name) => `"./${named(name)}"`)
        .replaceAll("WebAssembly.instantiateStreaming(src, imports)", "instantiate(await src, imports)");
    return `async function instantiate(response, imports) {
    if (!response.ok) throw new Error(\`\${response.status} for \${response.url}\`);
    return WebAssembly.instantiate(await response.arrayBuffer(), imports);
}
${script}`;
}

/** Which files each part's loader fetches. */
function needs(link, named) {
    const chunks = new Map();
    for (const [, chunk, name] of link.matchAll(
        /const (__chunk_\d+) = makeLoad\(\(\) => \{\s*const src = fetch\(new URL\("\.\/(\w+\.wasm)"/g,
    )) {
        chunks.set(chunk, named(name));
    }
    const loaders = /export const __wasm_split_load_(\w+) = wrapAsyncCb\(makeLoad\(([\s\S]*?), \[([^\]]*)\]\)\);/g;
    const parts = {};
    for (const [, part, fetcher, dependencies] of link.matchAll(loaders)) {
        const own = fetcher.match(/"\.\/(\w+\.wasm)"/);
        const shared = dependencies
            .split(",")
            .map((name) => name.trim())
            .filter((name) => name !== "");
        parts[part] = [...(own ? [named(own[1])] : []), ...shared.map((name) => chunks.get(name))];
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
