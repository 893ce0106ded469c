// The last step of a build: gives index.html the hashes of what it names, and the service worker the list of all files.
//
// The Wasm, its script and the editor have their hash in their name. Every other address in index.html gets `?v=` and the start of its file's hash, so that a host's or a browser's cache never
// pairs an old file with a new page: integrity can therefore not go stale.

import { createHash } from "node:crypto";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";

/** Not part of what is kept: read by hosts, by the browser before there is a service worker, or beside it. */
const NOT_KEPT = new Set(["_headers", "sw.js", "robots.txt", "sender/sw.js", "sender/worker.js"]);

export async function seal(folder) {
    await markPage(folder);
    const files = [];
    for (const name of (await readdir(folder, { recursive: true })).sort()) {
        const file = path.join(folder, name);
        if (NOT_KEPT.has(name) || name.endsWith(".map") || !(await stat(file)).isFile()) continue;
        files.push([name.split(path.sep).join("/"), hash(await readFile(file), "sha256")]);
    }
    const worker = path.join(folder, "sw.js");
    const text = await readFile(worker, "utf8");
    const version = createHash("sha256").update(JSON.stringify(files)).digest("hex").slice(0, 16);
    const sealed = text.replace("__VERSION__", version).replace(/\[\s*"__FILES__",?\s*\]/, JSON.stringify(files));
    if (sealed.includes("__FILES__")) throw new Error("sw.js has no place for the list of files");
    await writeFile(worker, sealed);
    return { version, files };
}

async function markPage(folder) {
    const page = path.join(folder, "index.html");
    let html = await readFile(page, "utf8");
    const tags = html.match(/<(?:script|link)\b[^>]*>/g) ?? [];
    for (const tag of tags) {
        let marked = tag.replace(/\s+integrity="[^"]*"/, "");
        for (const [whole, attribute, address] of tag.matchAll(/\b(src|href)="([^"?#]+\.(?:js|css|wasm))"/g)) {
            const bytes = await readFile(path.join(folder, address)).catch(() => null);
            const hasHash = /-[0-9a-f]{16}(_bg)?\.\w+$/.test(address);
            if (!bytes) throw new Error(`index.html names ${address}, which is not there`);
            const version = hash(bytes, "sha256").replaceAll(/[^\w]/g, "").slice(0, 10);
            // boot.js asks for the Wasm and its script by these very names: under another they would be fetched twice.
            if (!hasHash) marked = marked.replace(whole, `${attribute}="${address}?v=${version}"`);
            if (attribute === "src" || (attribute === "href" && /rel="(?:stylesheet|modulepreload)"/.test(tag))) {
                marked = marked.replace(/\s*\/?>$/, ` integrity="sha384-${hash(bytes, "sha384")}" />`);
            }
        }
        if (marked.startsWith("<script")) marked = marked.replace(/ \/>$/, ">");
        html = html.replace(tag, marked);
    }
    await writeFile(page, html);
}

function hash(bytes, algorithm) {
    return createHash(algorithm).update(bytes).digest("base64");
}
