// What a run of deliveries costs the page: its longest task, and what a keystroke in the editor takes of its thread while
// deliveries go out and at rest.

import { chromium } from "@playwright/test";
import { chromiumPath, FLAGS } from "../../scripts/chromium-flags.mjs";
import { median } from "../frame/suite.mjs";

const N_KEYS = 60;
/** A quick typist's pause between two keys, in milliseconds. */
const PAUSE_MILLIS = 120;

/**
 * Sends `n` deliveries to `url` with the log on the screen, then the same with somebody typing a payload.
 * Answers milliseconds: `{ longest, atRest, whileSending }`.
 */
export async function busyPage({ site, home, url, n }) {
    const env = { ...process.env, HOME: home };
    const browser = await chromium.launch({ executablePath: chromiumPath(), args: FLAGS, env });
    try {
        const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
        const page = await context.newPage();
        await page.addInitScript(() => {
            globalThis.longTasks = [];
            new PerformanceObserver((list) => {
                for (const entry of list.getEntries()) globalThis.longTasks.push(entry.duration);
            }).observe({ type: "longtask" });
        });
        await fill(page, { site, url, n });
        await page.locator(".log-table tbody tr").first().waitFor();
        await started(page, n);
        // What loading took is not the run's.
        await page.evaluate(() => (globalThis.longTasks.length = 0));
        await page.waitForFunction(isPast, n * 0.7, { timeout: 300_000, polling: 1000 });
        const longest = await page.evaluate(() => Math.max(0, ...globalThis.longTasks));
        await context.close();

        const second = await browser.newContext({ viewport: { width: 1440, height: 900 } });
        const typing = await second.newPage();
        await fill(typing, { site, url, n, dueIn: 25_000 });
        await typing.locator(".log-table tbody tr").first().waitFor();
        await typing.evaluate(() => (location.hash = "#/sandbox"));
        const client = await second.newCDPSession(typing);
        await client.send("Performance.enable");
        await typing.locator(".cm-content").waitFor();
        const atRest = await type(typing, client);
        await started(typing, n);
        const whileSending = await type(typing, client);
        return { longest, atRest, whileSending };
    } finally {
        await browser.close();
    }
}

async function fill(page, { site, url, n, dueIn = 6000 }) {
    const reported = site.reports.next();
    await page.goto(`${site.url}/bench.html?${new URLSearchParams({ side: "app", n, url, dueIn })}`);
    const report = await reported;
    if (report.error) throw new Error(report.error);
    await page.waitForURL(/#\/activity/);
}

function started(page, n) {
    return page.waitForFunction(isPast, n * 0.02, { timeout: 60_000, polling: 200 });
}

/** Runs in the page: whether so many deliveries have left the line. */
async function isPast(nWanted) {
    const database = await new Promise((resolve) => {
        const request = indexedDB.open("hookwright");
        request.onsuccess = () => resolve(request.result);
    });
    const all = await new Promise((resolve) => {
        const request = database.transaction("totals").objectStore("totals").get("all");
        request.onsuccess = () => resolve(request.result);
    });
    database.close();
    if (!all) return false;
    // Waiting to retry, delivered, skipped: the order of the statuses.
    const [, , , retrying, delivered, skipped] = JSON.parse(all.json).counters;
    return (retrying ?? 0) + (delivered ?? 0) + (skipped ?? 0) >= nWanted;
}

/** What a keystroke takes of the page's thread, until its preview is there: the median. */
async function type(page, client) {
    const threadTime = async () => {
        const { metrics } = await client.send("Performance.getMetrics");
        return metrics.find(({ name }) => name === "ThreadTime").value * 1000;
    };
    await page.getByRole("textbox", { name: "Payload" }).focus();
    await page.keyboard.press("Control+a");
    await page.keyboard.insertText('{"typed": ""}');
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    await page.locator(".output-code").getByText('"typed": ""').waitFor();
    const worked = [];
    for (let number = 1; number <= N_KEYS; number += 1) {
        await page.waitForTimeout(PAUSE_MILLIS);
        const before = await threadTime();
        await page.keyboard.press("x");
        await page.evaluate(
            (wanted) => {
                const isThere = () => document.querySelector(".output-code")?.textContent.includes(wanted);
                return new Promise((resolve) => {
                    const look = () => (isThere() ? requestAnimationFrame(resolve) : setTimeout(look, 4));
                    look();
                });
            },
            `"typed": "${"x".repeat(number)}"`,
        );
        worked.push((await threadTime()) - before);
    }
    return median(worked);
}
