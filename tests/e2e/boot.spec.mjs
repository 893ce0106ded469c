// A person opens the app: it starts, or says why it cannot.

import { readFile } from "node:fs/promises";
import path from "node:path";
import { serve } from "../../scripts/serve.mjs";
import { expect, test } from "./fixtures.mjs";

test("the app starts, and breaks no rule of its content security policy", async ({ app, complaints }) => {
    await app.open();
    expect(complaints).toEqual([]);
});

test("the app starts under any path of a host", async ({ page, app, complaints }) => {
    const root = path.resolve(import.meta.dirname, "../../dist");
    const site = await serve({ root, base: "/some/where/" });
    await page.goto(site.url);
    await app.seeStarted();
    expect(complaints).toEqual([]);
    await site.close();
});

test("the app starts on a host that does not know the type of Wasm", async ({ page, app }) => {
    await page.route("**/*.wasm", async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, headers: { "Content-Type": "application/octet-stream" } });
    });
    await app.open();
    // Other parts of the app come while the page is idle, and may be on their way now.
    await page.unrouteAll({ behavior: "ignoreErrors" });
});

test("with JavaScript switched off, the page says that it is needed", async ({ browser, site }) => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(site.url);
    await expect(page.getByRole("heading", { name: "Hookwright needs JavaScript" })).toBeVisible();
    await expect(page.getByText("Loading…")).toBeHidden();
    await context.close();
});

test("without WebAssembly, the page says which browsers have it", async ({ page, app }) => {
    await page.addInitScript(() => delete globalThis.WebAssembly);
    await page.goto(app.url);
    await app.seeNotice("This browser cannot run Hookwright");
});

test("when the app's Wasm does not arrive, the page says so and offers a reload", async ({ page, app }) => {
    await page.route("**/*.wasm", (route) => route.fulfill({ status: 404, body: "gone" }));
    await page.goto(app.url);
    await app.seeNotice("Hookwright could not be loaded");
    await page.unroute("**/*.wasm");
    await page.getByRole("button", { name: "Reload" }).click();
    await app.seeStarted();
});

test("a damaged Wasm file is named as such", async ({ page, app }) => {
    await page.route("**/*.wasm", (route) => route.fulfill({ contentType: "application/wasm", body: "not Wasm" }));
    await page.goto(app.url);
    await app.seeNotice("Hookwright could not be loaded");
});

test("the chosen theme is set before the app's script runs", async ({ page, app }) => {
    await page.addInitScript(() => localStorage.setItem("hookwright-theme", "dark"));
    await page.route("**/boot.js*", (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
    await page.goto(app.url);
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("a worker starts from the Wasm that the page compiled, without a second download", async ({ page, app }) => {
    const downloads = [];
    page.on("request", (request) => {
        if (/app-\w+_bg\.wasm$/.test(request.url())) downloads.push(request.url());
    });
    await app.open();
    // Its own workers are there.
    await expect(page.locator(".nav-sender")).toContainText("This tab sends");
    const starting = page.waitForEvent("worker");
    await page.evaluate(() => void globalThis.hookwrightBoot.spawnWorker("calculation"));
    const worker = await starting;
    await expect.poll(() => worker.evaluate(() => performance.getEntriesByType("resource").length)).toBeGreaterThan(0);
    await expect(page.locator(".boot-alert")).toHaveCount(0);
    expect(downloads).toHaveLength(1);
});

test("a worker whose script is missing is announced, with what it means", async ({ page, app }) => {
    await app.open();
    // The app's own workers have theirs.
    await expect(page.locator(".nav-sender")).toContainText("This tab sends");
    await page.route("**/worker.js*", (route) => route.fulfill({ status: 404, body: "gone" }));
    const fails = () =>
        page.evaluate(() => {
            const worker = globalThis.hookwrightBoot.spawnWorker("sender");
            return new Promise((resolve) => worker.addEventListener("error", () => resolve()));
        });
    // The sender's own address is tried first; the app then starts the one beside the page.
    await fails();
    await expect(page.locator(".boot-alert")).toHaveCount(0);
    await fails();
    await expect(page.locator(".boot-alert")).toContainText("no request leaves this tab");
});

test("whoever goes to a screen before the workspace is read has the focus on its heading", async ({
    app,
    context,
    page,
}) => {
    await app.open("/flows");
    await expect(page.getByText("This tab sends").first()).toBeVisible();
    await page.goto(new URL("help.json", app.url).href);
    await page.evaluate(async () => {
        const request = indexedDB.open("hookwright");
        const database = await new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
        const names = [...database.objectStoreNames];
        const store = database.transaction(names, "readwrite").objectStore(names[0]);
        globalThis.isHeld = true;
        // A transaction lives as long as something is asked of it.
        const hold = () => {
            if (globalThis.isHeld) store.count().onsuccess = hold;
        };
        hold();
    });
    const other = await context.newPage();
    await other.goto(`${app.url}#/flows`);
    await other.getByRole("link", { name: "Settings" }).first().click();
    const heading = other.getByRole("heading", { name: "Settings", level: 1 });
    await expect(heading).toBeFocused();
    await expect(other.getByLabel("Time zone")).toHaveCount(0);
    await page.evaluate(() => (globalThis.isHeld = false));
    await expect(other.getByLabel("Time zone")).toBeVisible();
    await expect(heading).toBeFocused();
});

test("after a panic, the data can still be downloaded", async ({ page, app }) => {
    // A page of the same origin where no app runs, so that the database is this test's own.
    await page.route("**/boot.js*", (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
    await page.goto(app.url);
    await page.evaluate(async () => {
        const request = indexedDB.open("hookwright", 3);
        request.onupgradeneeded = () => {
            request.result.createObjectStore("flows");
            request.result.createObjectStore("log", { autoIncrement: true });
        };
        const database = await new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
        const transaction = database.transaction(["flows", "log"], "readwrite");
        transaction.objectStore("flows").put({ name: "Order to ERP", sealed: new Uint8Array([1, 2, 255]) }, "flow-1");
        for (let row = 0; row < 1234; row += 1) transaction.objectStore("log").put({ row });
        await new Promise((resolve) => (transaction.oncomplete = resolve));
        database.close();
    });
    await page.unroute("**/boot.js*");
    await page.route("**/*.wasm", (route) => route.abort());
    await page.reload();
    await app.seeNotice("Hookwright could not be loaded");

    await page.evaluate(() => globalThis.hookwrightPanic("index out of bounds at somewhere.rs:1:2"));
    await expect(app.panic).toContainText("index out of bounds");
    await page.keyboard.press("Escape");
    await expect(app.panic).toBeVisible();
    const downloading = page.waitForEvent("download");
    await app.panic.getByRole("button", { name: "Download a backup" }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toMatch(/^hookwright-backup-\d{4}-\d\d-\d\d\.json$/);
    const backup = JSON.parse(await readFile(await download.path(), "utf8"));
    expect(backup).toMatchObject({ kind: "hookwright-raw-backup", database_version: 3 });
    expect(backup.stores.flows).toEqual([
        { key: "flow-1", value: { name: "Order to ERP", sealed: { $bytes: "AQL/" } } },
    ]);
    expect(backup.stores.log.map(({ value }) => value.row)).toEqual(Array.from({ length: 1234 }, (_, row) => row));
});
