// The suite `editor`: typing in a payload of 200 lines with an event of 20 kB, in the app as it is built for release.
//
// Of each keystroke: how long until the output and the problems on the screen are those of the new text, and how long
// the page's own thread worked for it, style, layout and paint included. What the browser's driver takes of that thread
// for a key that changes nothing is measured first and taken off. What is allowed stands below as the peer, and
// benches/must.json asks for a ratio of one.
//
// node benches/editor.mjs        (HOOKWRIGHT_BENCH_DIST names another build than dist/)

import { execFileSync } from "node:child_process";
import path from "node:path";
import { chromium } from "@playwright/test";
import { chromiumPath, FLAGS } from "../scripts/chromium-flags.mjs";
import { serve } from "../scripts/serve.mjs";
import { median, Suite } from "./frame/suite.mjs";

const root = path.resolve(import.meta.dirname, "..");
const N_LINES = 200;
const EVENT_BYTES = 20_000;
const N_WARMUP = 20;
const N_KEYS = 150;
/** A quick typist's pause between two keys, in milliseconds. */
const PAUSE_MILLIS = 120;

/** What the product promises: milliseconds. */
const MEDIAN_BAR = 50;
const P95_BAR = 100;
const OWN_WORK_BAR = 16;

/** An order with as many items as make up the size. */
function event() {
    const items = [];
    const order = { OrderId: "10023", $value: 1290.5, Items: items, Note: "Leave it at the door" };
    for (let n = 0; JSON.stringify(order).length < EVENT_BYTES; n += 1) {
        items.push({
            ProductID: `P-${1000 + n}`,
            SKU: `SKU-${n}`,
            ProductName: `Stoneware mug, size ${n}, speckled "blue"`,
            Quantity: 1 + (n % 4),
            ItemPrice: 4.5 + n,
            Categories: ["Kitchen", "Mugs & cups"],
            Brand: "Nordlys",
        });
    }
    return JSON.stringify(order, null, 2);
}

/** A payload of 200 lines: plain fields, a loop over the items, conditions. */
function payload() {
    const lines = ["{", '  "order": "{{ event.OrderId }}",', '  "typed": "", "wrong": "{{ event.NoSuchThing }}",'];
    lines.push('  "items": [', "    {% for item in event.Items %}", "    {");
    lines.push('      "sku": "{{ item.SKU }}",', '      "name": "{{ item.ProductName|escapejs }}",');
    lines.push('      "quantity": {{ item.Quantity }},', '      "price": {{ item.ItemPrice }},');
    lines.push('      "brand": "{{ item.Brand|default:\'none\'|upper }}"');
    lines.push("    }{% if not forloop.last %},{% endif %}", "    {% endfor %}", "  ],");
    for (let n = 0; lines.length < N_LINES - 2; n += 1) {
        const value = [
            `"{{ event.Note|truncatechars:${10 + (n % 9)} }}"`,
            "{% if event.OrderId == '10023' %}true{% else %}false{% endif %}",
            `{{ event.Items.${n % 9}.Quantity|add:${n} }}`,
            `"{{ person|lookup:'email'|default:'nobody' }} ${n}"`,
        ][n % 4];
        lines.push(`  "field_${n}": ${value},`);
    }
    lines.push('  "last": {{ event.Items|length }}', "}");
    return lines.join("\n");
}

/** Watches for the output and the problem's place to be those of the text with `n` letters typed. */
function watch(n, firstColumn) {
    const { promise, resolve } = Promise.withResolvers();
    let keyAt = 0;
    addEventListener("keydown", (event) => (keyAt = event.timeStamp), { capture: true, once: true });
    const wanted = `"typed": "${"x".repeat(n)}"`;
    // The watching itself should take little: the letter is in the output's first lines.
    const isThere = () => {
        const place = document.querySelector(".workbench-problems .problems .link-button")?.textContent.trim();
        if (place !== `Line 3, column ${firstColumn + n}`) return false;
        return document.querySelector(".output-code").firstElementChild?.textContent.includes(wanted) ?? false;
    };
    const observer = new MutationObserver(() => {
        if (!keyAt || !isThere()) return;
        observer.disconnect();
        // What the next frame paints is what a person sees.
        requestAnimationFrame(() => resolve(performance.now() - keyAt));
    });
    observer.observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true });
    globalThis.watched = promise;
}

/** Watches for a key to arrive that changes nothing. */
function watchNothing() {
    const { promise, resolve } = Promise.withResolvers();
    addEventListener("keydown", () => setTimeout(resolve), { capture: true, once: true });
    globalThis.watched = promise;
}

async function measure(url) {
    const browser = await chromium.launch({ executablePath: chromiumPath(), args: FLAGS });
    try {
        const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
        page.on("pageerror", (error) => console.error(error.message));
        const client = await page.context().newCDPSession(page);
        await client.send("Performance.enable");
        await page.goto(`${url}#/sandbox`);
        await page.locator(".cm-content").waitFor();
        await page.getByRole("tab", { name: "Event" }).click();
        await page.locator("#sandbox-event").fill(event());
        await page.getByRole("textbox", { name: "Payload" }).focus();
        await page.keyboard.press("Control+a");
        await page.keyboard.insertText(payload());
        await page.locator(".output-code").getByText('"typed": ""').waitFor();
        await page.getByRole("tab", { name: "Variables" }).click();
        return await type(page, client);
    } finally {
        await browser.close();
    }
}

/** Types into the first field of the third line; the problem behind it moves with each letter. */
async function type(page, client) {
    const shown = await page.locator(".workbench-problems .problems .link-button").first().textContent();
    const [line, column] = shown.match(/\d+/g).map(Number);
    await page.getByRole("textbox", { name: "Payload" }).focus();
    await page.keyboard.press("Control+Home");
    for (let n = 1; n < line; n += 1) await page.keyboard.press("ArrowDown");
    for (let n = 0; n < '  "typed": "'.length; n += 1) await page.keyboard.press("ArrowRight");
    // The page's thread on the processor: what other programs take meanwhile is not its work.
    const threadTime = async () => {
        const { metrics } = await client.send("Performance.getMetrics");
        return metrics.find(({ name }) => name === "ThreadTime").value * 1000;
    };
    const waited = [];
    const worked = [];
    const ofDriver = [];
    for (let n = 0; n < N_WARMUP; n += 1) {
        await page.waitForTimeout(PAUSE_MILLIS);
        await page.evaluate(`(${watchNothing})()`);
        const before = await threadTime();
        await page.keyboard.press("Shift");
        await page.evaluate(() => globalThis.watched);
        ofDriver.push((await threadTime()) - before);
    }
    const driver = median(ofDriver);
    for (let n = 1; n <= N_WARMUP + N_KEYS; n += 1) {
        await page.waitForTimeout(PAUSE_MILLIS);
        await page.evaluate(`(${watch})(${n}, ${column})`);
        const before = await threadTime();
        await page.keyboard.press("x");
        const millis = await page.evaluate(() => globalThis.watched);
        const after = await threadTime();
        if (n <= N_WARMUP) continue;
        waited.push(millis);
        worked.push(after - before - driver);
    }
    return { waited, worked, driver };
}

function percentile(values, share) {
    const sorted = [...values].sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

const dist = process.env.HOOKWRIGHT_BENCH_DIST;
if (!dist) execFileSync(path.join(root, "scripts/build.sh"), ["release", "if-changed"], { stdio: "inherit" });
const site = await serve({ root: path.resolve(root, dist ?? "dist") });
try {
    const { waited, worked, driver } = await measure(site.url);
    const suite = new Suite("editor");
    console.log(`suite editor: ${N_KEYS} keystrokes in ${N_LINES} lines with an event of ${EVENT_BYTES / 1000} kB`);
    const note = (name, ours, bar) => suite.note({ name, unit: "ms", ours, peer: bar, peerName: "allowed" });
    note("keystroke to preview, median", median(waited), MEDIAN_BAR);
    note("keystroke to preview, 95 %", percentile(waited, 0.95), P95_BAR);
    note("page's own work, median", median(worked), OWN_WORK_BAR);
    suite.note({ name: "page's own work, 95 %", unit: "ms", ours: percentile(worked, 0.95) });
    suite.note({ name: "taken off for the driver", unit: "ms", ours: driver });
    process.exitCode = suite.finish();
} finally {
    await site.close();
}
