// The library: imports, edits, undo, lists that start flows; by mouse and by keyboard alone; no accessibility violation.

import { readFile } from "node:fs/promises";
import { expect, test } from "./fixtures.mjs";
import { expectAccessible, setTheme } from "./pages/accessible.mjs";
import { FlowsPage } from "./pages/flows.mjs";
import { LibraryPage } from "./pages/library.mjs";

/** A thousand orders as JSON Lines. */
const orders = Array.from({ length: 1000 }, (_, index) =>
    JSON.stringify({
        metric: "Placed Order",
        platform: "Shop Export",
        occurred_at: new Date(Date.UTC(2026, 3, 1) + index * 60_000).toISOString(),
        profile: { email: `person${index % 50}@example.com` },
        properties: { OrderId: `X-${index}`, $value: index, Items: [{ SKU: `S-${index}`, Quantity: 1 }] },
    }),
).join("\n");

test("a thousand events come in from a file, and any of them is previewed", async ({ app, page, complaints }) => {
    const library = new LibraryPage(page);
    await app.open("/events");
    await library.seeSamples();
    await library.openImport();
    await library.chooseFile("orders.jsonl", orders);
    await expect(library.dialog).toContainText("1,000 events");
    await expect(library.dialog).toContainText("50 profiles will be added");
    await library.dialog.getByRole("button", { name: /^Import 1,000 events/ }).click();
    await expect(library.dialog).toBeHidden();
    await library.seeKept(1044);
    await library.search.fill("x-777");
    await library.row("Placed Order, X-777").click();
    await expect(library.json).toHaveValue(/"OrderId": "X-777"/);
    await page.getByRole("link", { name: "Preview in Order to ERP" }).click();
    await expect(page.locator(".evidence")).toContainText("X-777");
    // It is on the disk, too.
    await app.open("/events");
    await page.reload();
    await expect(library.count).toHaveText("1,044 events");
    expect(complaints).toEqual([]);
});

test("by keyboard alone: import by paste, choose a row, edit, keep, undo", async ({ app, page }) => {
    const library = new LibraryPage(page);
    await app.open("/events");
    await library.seeSamples();
    await library.tabTo(page.getByRole("button", { name: "Import…" }));
    await page.keyboard.press("Enter");
    await library.tabTo(page.getByLabel("Or paste text"));
    await page.keyboard.insertText('metric,email,OrderId\nPlaced Order,ann@example.org,K-1\nPlaced Order,"broken\n');
    await library.tabTo(page.getByRole("button", { name: "Read pasted text" }));
    await page.keyboard.press("Enter");
    await expect(library.dialog).toContainText("1 event; 1 row is left out.");
    await expect(library.dialog).toContainText("Line 3: The quotation mark is never closed.");
    await library.tabTo(page.getByRole("button", { name: /^Import 1 event/ }));
    await page.keyboard.press("Enter");
    await expect(library.dialog).toBeHidden();
    await library.tabTo(library.search);
    await page.keyboard.type("k-1");
    await library.tabTo(library.list);
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter");
    await library.tabTo(library.json);
    await page.keyboard.press("Control+A");
    await page.keyboard.insertText('{"OrderId": "K-2"');
    await expect(page.getByText(/ends too early/)).toBeVisible();
    await page.keyboard.press("Control+End");
    await page.keyboard.insertText("}");
    await library.tabTo(page.getByRole("button", { name: "Keep changes" }), "Shift+Tab");
    await page.keyboard.press("Enter");
    await expect(page.getByText("Valid JSON, kept.")).toBeVisible();
    await library.tabTo(page.getByRole("button", { name: "Undo" }));
    await page.keyboard.press("Enter");
    await expect(library.json).toHaveValue(/"K-1"/);
});

test("by keyboard alone: a thousand events from a file, and one of them previewed", async ({ app, page }) => {
    const library = new LibraryPage(page);
    await app.open("/events");
    await library.seeSamples();
    await library.tabTo(page.getByRole("button", { name: "Import…" }));
    await page.keyboard.press("Enter");
    await library.tabTo(library.dialog.locator("input[type=file]"));
    const chooser = page.waitForEvent("filechooser");
    await page.keyboard.press("Enter");
    const file = { name: "orders.jsonl", mimeType: "text/plain", buffer: Buffer.from(orders) };
    await (await chooser).setFiles(file);
    await library.tabTo(page.getByRole("button", { name: /^Import 1,000 events/ }));
    await page.keyboard.press("Enter");
    await expect(library.dialog).toBeHidden();
    await library.tabTo(library.search);
    await page.keyboard.type("x-431");
    await library.tabTo(library.list);
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter");
    await library.tabTo(page.getByRole("link", { name: "Preview in Order to ERP" }));
    await page.keyboard.press("Enter");
    await expect(page.locator(".evidence")).toContainText("X-431");
});

test("a CSV with broken rows tells each by its line, and the good ones come in", async ({ app, page }) => {
    const library = new LibraryPage(page);
    await app.open("/events");
    await library.seeSamples();
    await library.openImport();
    const rows = Array.from({ length: 40 }, (_, n) => `Placed Order,p${n}@example.org,G-${n},${n}.5`);
    rows[4] = "Placed Order,p4@example.org,G-4,5.5,one,too,many";
    rows[39] = 'Placed Order,p39@example.org,"never closed,1';
    await library.chooseFile("orders.csv", ["metric,email,OrderId,$value", ...rows].join("\n"));
    await expect(library.dialog).toContainText(/38 events.*2 rows are left out/);
    for (const line of [6, 41]) await expect(library.dialog).toContainText(`Line ${line}:`);
    await library.dialog.getByRole("button", { name: /^Import 38 events/ }).click();
    await expect(library.count).toHaveText("82 events");
    await library.search.fill("G-38");
    await expect(library.list.getByRole("option")).toHaveCount(1);
});

test("an event of 5 MB comes in, and its text is edited with its problems told", async ({ app, page }) => {
    const library = new LibraryPage(page);
    await app.open("/events");
    await library.seeSamples();
    const items = Array.from({ length: 40_000 }, (_, n) => ({ SKU: `SKU-${n}`, Note: "x".repeat(90), n }));
    const event = JSON.stringify({ metric: "Placed Order", properties: { OrderId: "L-1", Items: items } });
    expect(event.length).toBeGreaterThan(5_000_000);
    await library.openImport();
    await library.chooseFile("large.json", event);
    await library.dialog.getByRole("button", { name: /^Import 1 event/ }).click({ timeout: 30_000 });
    await expect(library.dialog).toBeHidden();
    await library.search.fill("L-1");
    await library.row("Placed Order, L-1").click();
    await expect(library.json).toHaveValue(/"OrderId": "L-1"/);
    await library.json.focus();
    await page.keyboard.press("Control+Home");
    await page.keyboard.type("x");
    await expect(page.locator("#sample-text-note")).toContainText("Line 1, column 1");
    await page.keyboard.press("Backspace");
    await expect(page.locator("#sample-text-note")).toContainText("Valid JSON");
});

test("what is wrong is told at its place and is not lost with the screen", async ({ app, page }) => {
    const library = new LibraryPage(page);
    await app.open("/events");
    await library.seeSamples();
    await library.search.fill("10023 placed");
    await library.row("Placed Order, 10023").click();
    await library.json.fill('{\n  "OrderId": 5,\n}');
    await expect(page.getByText(/Line 3, column 1: A comma/)).toBeVisible();
    await expect(page.getByRole("button", { name: "Keep changes" })).toBeDisabled();
    await page.getByRole("link", { name: "Settings" }).first().click();
    await page.getByRole("link", { name: "Events" }).first().click();
    await expect(page.getByRole("heading", { name: "Events", level: 1 })).toBeFocused();
    await library.search.fill("10023 placed");
    await library.row("Placed Order, 10023").click();
    await expect(library.json).toHaveValue('{\n  "OrderId": 5,\n}');
    await page.getByRole("button", { name: "Revert" }).click();
    await expect(library.json).toHaveValue(/"OrderId": "10023"/);
});

test("a search that finds nothing says so, and is cleared", async ({ app, page }) => {
    const library = new LibraryPage(page);
    await app.open("/events");
    await library.seeSamples();
    await library.search.fill("nothing at all");
    await expect(page.getByRole("heading", { name: "Nothing found" })).toBeVisible();
    await expect(library.list).toHaveCount(0);
    await page.getByRole("button", { name: "Clear the search" }).click();
    await library.seeSamples();
    await expect(library.row("Refunded Order")).toBeVisible();
});

test("duplicate, delete and their undo", async ({ app, page }) => {
    const library = new LibraryPage(page);
    await app.open("/events");
    await library.seeSamples();
    await library.row("Price Drop, Oak Board").click();
    await page.getByRole("button", { name: "Duplicate" }).click();
    await library.seeKept(45);
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await library.seeKept(44);
    await page.getByRole("button", { name: "Undo" }).click();
    await library.seeKept(45);
    await page.getByRole("button", { name: "Undo" }).click();
    await library.seeKept(44);
    await page.getByRole("button", { name: "Redo" }).click();
    await library.seeKept(45);
    await page.reload();
    await expect(library.count).toHaveText("45 events");
});

test("a dropped file is read, and one that is no text says so", async ({ app, page }) => {
    const library = new LibraryPage(page);
    await app.open("/events");
    await library.seeSamples();
    await library.dropFile("events.csv", "event;email;$value\nPlaced Order;ann@example.org;5,5\n");
    await expect(library.dialog).toContainText("1 event.");
    await library.dialog.getByRole("button", { name: "Choose another" }).click();
    await library.chooseFile("book.xlsx", Buffer.from("PK\u0003\u0004rest"));
    await expect(library.dialog).toContainText("This is a workbook or an archive");
});

test("what is exported is what was there", async ({ app, page }) => {
    const library = new LibraryPage(page);
    await app.open("/events");
    await library.seeSamples();
    await page.getByRole("button", { name: "Export…" }).click();
    await page.getByLabel("As", { exact: true }).selectOption("JSON Lines");
    const download = page.waitForEvent("download");
    await page.getByRole("dialog").getByRole("button", { name: "Export" }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe("hookwright-events.jsonl");
    const lines = (await readFile(await file.path(), "utf8"))
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(44);
    expect(lines.find(({ id }) => id === "capi-placed-10023").profile.email).toBe("ann.lindqvist@example.com");
});

test("events go out as bodies for Klaviyo's API, and come in again", async ({ app, page }) => {
    const library = new LibraryPage(page);
    await app.open("/events");
    await library.seeSamples();
    await page.getByRole("button", { name: "Export…" }).click();
    await page.getByLabel("As", { exact: true }).selectOption("Bodies for Klaviyo’s API, one a line");
    const download = page.waitForEvent("download");
    await page.getByRole("dialog").getByRole("button", { name: "Export" }).click();
    const text = await readFile(await (await download).path(), "utf8");
    const bodies = text
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
    const { data } = bodies.find(({ data }) => data.attributes.unique_id === "10023");
    expect(data.type).toBe("event");
    expect(data.attributes.value).toBe(129.5);
    expect(data.attributes.metric.data.attributes.name).toBe("Placed Order");
    expect(data.attributes.profile.data.attributes.email).toBe("ann.lindqvist@example.com");
    await library.openImport();
    await library.chooseFile("bodies.jsonl", text);
    await expect(library.dialog).toContainText("44 events");
});

test("a profile that comes into a list starts the flow that waits for it", async ({ app, page }) => {
    const flows = new FlowsPage(page);
    await app.open("/flows");
    await flows.startReady("New subscriber to CRM");
    await flows.inspector.getByText("Live", { exact: true }).click();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(page.getByText("Saved", { exact: true })).toBeVisible();
    await page.getByRole("link", { name: "Events" }).first().click();
    await page.getByRole("tab", { name: "Lists and segments" }).click();
    const newsletter = page.getByRole("listitem", { name: "Newsletter" });
    await expect(newsletter).toContainText("New subscriber to CRM");
    await newsletter.getByLabel("Add a profile to Newsletter").fill("ben.okafor@example.com");
    await newsletter.getByRole("button", { name: "Add profile" }).click();
    await page.getByRole("navigation").getByRole("link", { name: "Activity" }).first().click();
    const row = page.getByRole("table", { name: "Deliveries" }).getByRole("row").filter({ hasText: "ben.okafor" });
    await expect(row).toContainText("Delivered");
});

test("settings take a time zone and a currency that exist, and no others", async ({ app, page }) => {
    await app.open("/settings");
    const zone = page.getByLabel("Time zone");
    await zone.fill("Europe/Nowhere");
    await zone.blur();
    await expect(page.getByText("This browser knows no such time zone.", { exact: false })).toBeVisible();
    await zone.fill("Europe/Berlin");
    await zone.blur();
    const currency = page.getByLabel("Currency");
    await currency.fill("eur");
    await currency.blur();
    await expect(page.getByText("Settings kept")).toBeVisible();
    await page.reload();
    await expect(zone).toHaveValue("Europe/Berlin");
    await expect(currency).toHaveValue("EUR");
});

for (const theme of ["light", "dark"]) {
    for (const [size, width, height] of [
        ["wide", 1440, 900],
        ["narrow", 390, 844],
    ]) {
        test(`no accessibility violation in any state, ${theme}, ${size}`, async ({ app, page }) => {
            await page.setViewportSize({ width, height });
            const library = new LibraryPage(page);
            await app.open("/events");
            await setTheme(page, theme);
            await library.seeSamples();
            const look = (name) => expectAccessible(page, `events-${name}-${theme}-${size}`);
            await look("list");
            await library.search.fill("nothing at all");
            await expect(page.getByRole("heading", { name: "Nothing found" })).toBeVisible();
            await look("nothing-found");
            await library.search.fill("");
            await library.list.focus();
            await page.keyboard.press("Home");
            await page.keyboard.press("Enter");
            await look("editor");
            await library.json.fill("{");
            await expect(page.getByText(/ends too early/)).toBeVisible();
            await look("editor-problem");
            await page.getByRole("button", { name: "Revert" }).click();
            await page.getByRole("button", { name: "Duplicate" }).click();
            await look("undo");
            await page.getByRole("tab", { name: "Profiles" }).click();
            await look("profiles");
            await page.getByRole("tab", { name: "Lists and segments" }).click();
            await look("sets-of-the-samples");
            for (const set of ["Newsletter", "Lapsed customers", "VIP customers"]) {
                await page.getByRole("button", { name: `Delete ${set}…` }).click();
                await look("set-to-delete");
                await page.getByRole("button", { name: "Delete", exact: true }).click();
            }
            await look("sets-empty");
            await page.getByLabel("Name", { exact: true }).fill("Readers");
            await page.getByRole("button", { name: "Add list" }).click();
            await page.getByLabel("Add a profile to Readers").fill("nobody@example.com");
            await page.getByRole("button", { name: "Add profile" }).click();
            await look("sets-problem");
            await page.getByLabel("Add a profile to Readers").fill("ann.lindqvist@example.com");
            await page.getByRole("button", { name: "Add profile" }).click();
            await look("sets");
            await library.openImport();
            await look("import");
            await page.getByLabel("Or paste text").fill('{"metric": "A", "id": "a"}\n{"metric": \n');
            await page.getByRole("button", { name: "Read pasted text" }).click();
            await expect(library.dialog).toContainText("1 event");
            await library.dialog.locator("summary").first().click();
            await look("import-preview");
            await page.keyboard.press("Escape");
            await page.getByRole("button", { name: "Export…" }).click();
            await look("export");
            await page.keyboard.press("Escape");
            await app.open("/settings");
            await setTheme(page, theme);
            await look("settings");
            await page.getByLabel("Currency").fill("euros");
            await page.getByLabel("Currency").blur();
            await look("settings-problem");
        });
    }
}
