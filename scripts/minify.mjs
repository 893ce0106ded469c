// Finishes a build; Trunk calls it on its staging folder, before that becomes dist/: adds the code editor and the parts of
// a split app, and in a release shrinks scripts and styles; last, gives the page and the service worker the hashes of all
// files.

import { readdir, readFile, writeFile } from "node:fs/promises";
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

await seal(staging);
