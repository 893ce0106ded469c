// Bundles the code editor into the folder that Trunk is filling, under a name with its own hash, and writes that name
// onto boot.js's tag in index.html. The page loads it when an editor first opens.

import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";

const ENTRY = path.join(import.meta.dirname, "../src/ui/payload/editor/main.mjs");

export async function bundleEditor(folder, isRelease) {
    const { outputFiles } = await build({
        entryPoints: [ENTRY],
        bundle: true,
        write: false,
        format: "esm",
        target: "es2022",
        minify: isRelease,
        legalComments: "none",
        // The editor's parts are all MIT, by Marijn Haverbeke and others; the licence asks to be named.
        banner: { js: "/*! CodeMirror and Lezer, MIT licence, (c) Marijn Haverbeke and others: codemirror.net */" },
    });
    const [{ contents }] = outputFiles;
    const hash = createHash("sha256").update(contents).digest("hex").slice(0, 16);
    const name = `editor-${hash}.js`;
    await writeFile(path.join(folder, name), contents);
    const page = path.join(folder, "index.html");
    const html = await readFile(page, "utf8");
    const marked = html.replace(/(<script\b[^>]*\bdata-wasm="[^"]*")/, `$1 data-editor="./${name}"`);
    if (marked === html) throw new Error("index.html has no script with data-wasm to name the editor on");
    await writeFile(page, marked);
    return name;
}
