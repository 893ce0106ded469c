// Without a network, after one load; a new version is offered and never forced; any path.

import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { seal } from "../../scripts/seal.mjs";
import { serve } from "../../scripts/serve.mjs";
import { expect, test } from "./fixtures.mjs";
import { FlowPage } from "./pages/flow.mjs";
import { PayloadPage } from "./pages/payload.mjs";

const dist = path.resolve(import.meta.dirname, "../..", process.env.HOOKWRIGHT_E2E_DIST ?? "dist");

test.use({ serviceWorkers: "allow" });

/** Waits until a service worker has kept everything and answers for this page. */
async function kept(page) {
    await page.waitForFunction(() => navigator.serviceWorker.controller?.state === "activated");
}

test("after one load the app works without a network, under any path", async ({ page, context, complaints }) => {
    const site = await serve({ root: dist, base: "/some/where/" });
    const asked = new Set();
    page.on("request", (request) => asked.add(request));
    for (const end of ["requestfinished", "requestfailed"]) page.on(end, (request) => asked.delete(request));
    await page.goto(site.url);
    const flow = new FlowPage(page);
    // One load: the screen stands, and both workers have started, which a preview and the sender's state show.
    await expect(flow.evidence).toContainText("10023");
    await expect(page.locator(".nav-sender")).toContainText("This tab sends");
    await kept(page);
    // What was asked for before still comes from the host; from now on the service worker answers.
    await expect.poll(() => asked.size).toBe(0);
    await site.close();
    await context.setOffline(true);
    // A part of the app that was not opened yet needs no network, with and without a reload.
    await page.goto(`${site.url}#/sandbox`);
    await expect(page.getByRole("heading", { name: "Sandbox", level: 1 })).toBeVisible();
    await page.reload();
    await expect(page.getByRole("heading", { name: "Sandbox", level: 1 })).toBeVisible();
    await page.goto(`${site.url}#/flows`);
    await page.getByRole("link", { name: "Order to ERP" }).first().click();
    await expect(flow.evidence).toContainText("10023");
    // The practice receiver needs no network either.
    await flow.sendTest();
    await expect(flow.testResult).toContainText("Delivered");
    const unexpected = complaints.filter((text) => !text.includes("ERR_INTERNET_DISCONNECTED"));
    expect(unexpected).toEqual([]);
});

test("a host that is gone, though the browser is online, stops no sender", async ({ app, page }) => {
    const site = await serve({ root: dist });
    await page.goto(site.url);
    await expect(page.locator(".nav-sender")).toContainText("This tab sends");
    await kept(page);
    await page.reload();
    const address = "new URL(globalThis.location).pathname";
    const addresses = () => Promise.all(page.workers().map((worker) => worker.evaluate(address)));
    // The service worker is asked about none of the sender's requests.
    await expect.poll(addresses).toContain("/sender/worker.js");
    await site.close();
    await page.reload();
    await expect(page.locator(".nav-sender")).toContainText("This tab sends");
    expect(await addresses()).not.toContain("/sender/worker.js");
    await expect(page.locator(".boot-alert")).toHaveCount(0);
    await expect(app.panic).toHaveCount(0);
});

test("a new version is offered, and takes over when a person asks, in the tab where they ask", async ({
    context,
    page,
}) => {
    const folder = await mkdtemp(path.join(os.tmpdir(), "hookwright-site-"));
    await cp(dist, folder, { recursive: true });
    const site = await serve({ root: folder });
    await page.goto(site.url);
    await expect(page.locator("#boot")).toHaveCount(0);
    await kept(page);
    await page.reload();
    await expect(page.locator("#boot")).toHaveCount(0);
    const flow = new FlowPage(page);
    await flow.payload.fill('{"open": "work"}');
    const second = await context.newPage();
    await second.goto(`${site.url}#/sandbox`);
    const there = new PayloadPage(second);
    await there.seeEditor();
    await there.write('{"half": "typed');
    await second.evaluate(() => {
        globalThis.isSamePage = true;
    });

    // The host gets another version: another title in the page, another list in the worker.
    const index = path.join(folder, "index.html");
    await writeFile(index, (await readFile(index, "utf8")).replace("<title>Hookwright", "<title>Hookwright the newer"));
    const worker = path.join(folder, "sw.js");
    const text = await readFile(worker, "utf8");
    const fresh = text.replace(/[0-9a-f]{16}/, "__VERSION__").replace(/\[\[.*\]\]/s, '["__FILES__"]');
    expect(fresh).toContain("__FILES__");
    await writeFile(worker, fresh);
    const { version } = await seal(folder);
    expect(text).not.toContain(version);
    await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
    await expect(page.getByText("A new version of Hookwright is ready.")).toBeVisible();
    await expect(flow.payload).toHaveValue('{"open": "work"}');
    const reloaded = page.waitForEvent("load");
    await page.getByRole("button", { name: "Reload now" }).click();
    await reloaded;
    await expect(page.locator("#boot")).toHaveCount(0);
    await expect.poll(() => page.evaluate(async () => (await caches.keys()).join())).toBe(`hookwright-app-${version}`);
    await expect(flow.payload).toHaveValue('{"open": "work"}');

    // The other tab is told, and nothing in it is touched until its person asks, too.
    await expect(second.getByText("Another tab uses a new version of Hookwright.")).toBeVisible();
    expect(await second.evaluate(() => globalThis.isSamePage)).toBe(true);
    expect(await there.text()).toBe('{"half": "typed');
    await there.write('{"still": "renders"}');
    await expect(there.output).toContainText("renders");
    const reloadedThere = second.waitForEvent("load");
    await second.getByRole("button", { name: "Reload now" }).click();
    await reloadedThere;
    await expect(second.locator(".update-offer")).toHaveCount(0);
    await site.close();
    await rm(folder, { recursive: true });
});

test("a file that does not fit its hash is not kept", async ({ page }) => {
    const folder = await mkdtemp(path.join(os.tmpdir(), "hookwright-site-"));
    await cp(dist, folder, { recursive: true });
    await writeFile(path.join(folder, "samples.json"), "{}");
    const site = await serve({ root: folder });
    await page.goto(site.url);
    await expect(page.locator("#boot")).toHaveCount(0);
    await expect
        .poll(() =>
            page.evaluate(async () => {
                const registration = await navigator.serviceWorker.getRegistration();
                return Boolean(registration?.active);
            }),
        )
        .toBe(false);
    await site.close();
    await rm(folder, { recursive: true });
});
