// How every test starts Chromium: quiet towards the network, and without a sandbox only where root forces that.
//
// node scripts/chromium-flags.mjs webdriver   prints a webdriver.json

import { accessSync, constants } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // Small containers give /dev/shm too little room, and tabs then die.
    "--disable-dev-shm-usage",
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
];

/** Chromium's program: the one named by CHROMIUM, or the first on the PATH. */
export function chromiumPath() {
    if (process.env.CHROMIUM) return process.env.CHROMIUM;
    for (const folder of (process.env.PATH ?? "").split(path.delimiter)) {
        const file = path.join(folder, "chromium");
        try {
            accessSync(file, constants.X_OK);
            return file;
        } catch {
            // Not in this folder.
        }
    }
    throw new Error("chromium is missing. On Debian: apt-get install chromium chromium-driver");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const options = { args: ["--headless=new", ...FLAGS], binary: chromiumPath() };
    console.log(JSON.stringify({ "goog:chromeOptions": options }));
}
