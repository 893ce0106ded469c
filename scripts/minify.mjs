// Finishes a build; Trunk calls it on its staging folder, before that becomes dist/: adds the code editor and the parts of
// a split app, in a release shrinks scripts and styles, and makes one stylesheet of all; last, gives the page and the
// service worker the hashes of all files.

import { createHash } from "node:crypto";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { transform } from "esbuild";
import { bundleEditor } from "./editor.mjs";
import { seal } from "./seal.mjs";
import { placeParts } from "./split/place.mjs";

const staging = process.env.TRUNK_STAGING_DIR;
const isRelease = process.env.TRUNK_PROFILE === "release";
const split = process.env.HOOKWRIGHT_SPLIT_DIR;
if (split) await writeFile(path.join(split, "parts.json"), JSON.stringify(await placeParts(staging, split)));
const editor = await bundleEditor(staging, isRelease);

if (isRelease) {
    for (const name of await readdir(staging, { recursive: true })) {
        const loader = path.extname(name).slice(1);
        if ((loader !== "js" && loader !== "css") || name === editor) continue;
        const file = path.join(staging, name);
        const { code } = await transform(await readFile(file, "utf8"), {
            loader,
            minify: true,
            // boot.js and the others are modules or stand alone: top-level names may go, messages may not.
            target: "es2022",
            legalComments: "none",
        });
        await writeFile(file, code);
    }
}

// After the shrinking, so that its name is of what it holds.
await joinStyles();
await seal(staging);

/** One stylesheet of all, in the order of the page: each of them holds back the first paint by a round trip. */
async function joinStyles() {
    const page = path.join(staging, "index.html");
    let html = await readFile(page, "utf8");
    const links = [...html.matchAll(/[ \t]*<link rel="stylesheet" href="\.\/([^"]+\.css)"[^>]*>\n?/g)];
    const styles = await Promise.all(links.map(([, name]) => readFile(path.join(staging, name), "utf8")));
    const joined = styles.join("\n");
    const name = `style-${createHash("sha256").update(joined).digest("hex").slice(0, 16)}.css`;
    await writeFile(path.join(staging, name), joined);
    for (const [index, [whole, old]] of links.entries()) {
        html = html.replace(whole, index ? "" : `        <link rel="stylesheet" href="./${name}" />\n`);
        await rm(path.join(staging, old));
    }
    await writeFile(page, html);
}
