// Draws the PNG icons from public/icon.svg, by Chromium. Run by hand after the SVG changed: node scripts/icons.mjs

import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { chromium } from "@playwright/test";
import { chromiumPath, FLAGS } from "./chromium-flags.mjs";

const folder = path.join(import.meta.dirname, "../public");
const svg = await readFile(path.join(folder, "icon.svg"), "utf8");
const browser = await chromium.launch({ executablePath: chromiumPath(), args: FLAGS });
// A maskable icon fills its square: launchers cut it to their own shape.
for (const [name, size, isMaskable] of [
    ["icon-192.png", 192, false],
    ["icon-512.png", 512, false],
    ["icon-maskable-512.png", 512, true],
]) {
    const page = await browser.newPage({ viewport: { width: size, height: size } });
    const drawn = isMaskable ? svg.replace(/rx="7"/, "") : svg;
    await page.setContent(`<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${drawn}`);
    await writeFile(path.join(folder, name), await page.screenshot({ omitBackground: true }));
}
await browser.close();
