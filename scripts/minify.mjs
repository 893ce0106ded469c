// Shrinks the scripts and styles of a release build; Trunk calls it on its staging folder, before that becomes dist/.

import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { transform } from "esbuild";

if (process.env.TRUNK_PROFILE === "release") {
    const staging = process.env.TRUNK_STAGING_DIR;
    for (const name of await readdir(staging, { recursive: true })) {
        const loader = path.extname(name).slice(1);
        if (loader !== "js" && loader !== "css") continue;
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
