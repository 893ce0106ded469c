// Flows as a collection: finding, sorting, naming, copying, deleting, and their versions.

import { writeFileSync } from "node:fs";
import { expect, test } from "./fixtures.mjs";
import { expectAccessible, setTheme } from "./pages/accessible.mjs";
import { FlowsPage } from "./pages/flows.mjs";
import { saveWithTwoStep } from "./pages/members.mjs";

test("a ready flow is opened as a draft, previewed, and kept over a reload", async ({ app, page, complaints }) => {
    const flows = new FlowsPage(page);
    await app.open("/flows");
    await flows.startReady("Loyalty points for an order");
    await expect(flows.evidence).toContainText('"points": 388');
    await expect(page.getByText("Working copy kept")).toBeVisible();
    await page.reload();
    await expect(page.getByRole("heading", { name: "Loyalty points for an order" })).toBeVisible();
    await page.goto(`${app.url}#/flows`);
    await expect(flows.row("Loyalty points")).toContainText("Draft");
    expect(complaints).toEqual([]);
});

test("flows are found by what was typed, and sorted by any column", async ({ app, page }) => {
    const flows = new FlowsPage(page);
    await app.open("/flows");
    await flows.startReady("New subscriber to CRM");
    await page.goto(`${app.url}#/flows`);
    await expect.poll(() => flows.names()).toEqual(["New subscriber to CRM", "Order to ERP"]);
    await page.getByRole("button", { name: "Name", exact: true }).click();
    await page.getByRole("button", { name: "Name", exact: true }).press("Enter");
    await expect(page.getByRole("columnheader", { name: "Name" })).toHaveAttribute("aria-sort", "descending");
    await expect.poll(() => flows.names()).toEqual(["Order to ERP", "New subscriber to CRM"]);
    await flows.search.fill("newsletter");
    await expect.poll(() => flows.names()).toEqual(["New subscriber to CRM"]);
    await flows.search.fill("nothing of the kind");
    await expect(page.getByText("No flow matches")).toBeVisible();
});

test("a flow is renamed, copied, deleted and brought back by keyboard alone", async ({ app, page }) => {
    const flows = new FlowsPage(page);
    await app.open("/flows");
    await page.getByRole("button", { name: "Rename Order to ERP" }).press("Enter");
    await expect(page.getByLabel("Name", { exact: true })).toBeFocused();
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.type("Orders");
    await page.keyboard.press("Enter");
    await expect.poll(() => flows.names()).toEqual(["Orders"]);
    await page.getByRole("button", { name: "Duplicate Orders" }).press("Enter");
    await expect(page.getByRole("heading", { name: "Orders (copy)" })).toBeVisible();
    await page.goto(`${app.url}#/flows`);
    await page.getByRole("button", { name: "Delete Orders", exact: true }).press("Enter");
    await expect.poll(() => flows.names()).toEqual(["Orders (copy)"]);
    await flows.notices.getByRole("button", { name: "Undo" }).press("Enter");
    await expect.poll(async () => (await flows.names()).sort()).toEqual(["Orders", "Orders (copy)"]);
    await page.reload();
    // The copy's name has the first one's in it.
    const rename = page.getByRole("button", { name: "Rename Orders", exact: true });
    await expect(page.locator("table.flows tbody tr").filter({ has: rename })).toContainText("Live");
});

test("each save makes a version that can be compared and restored", async ({ app, page }) => {
    await app.open();
    await page.getByLabel("Destination URL").fill("https://erp.example.com/orders");
    await saveWithTwoStep(page);
    await page.getByRole("button", { name: "Versions…" }).click();
    const dialog = page.getByRole("dialog", { name: "Versions" });
    await expect(dialog.getByRole("button", { name: /^Version/ })).toHaveCount(2);
    await dialog.getByRole("button", { name: /^Version 1/ }).click();
    await expect(dialog).toContainText("Destination URL: “https://practice.hookwright.invalid/orders” became");
    await dialog.getByLabel("What it shows").selectOption("preview");
    await expect(dialog.getByRole("list", { name: "Cards of the version" })).toContainText(
        "practice.hookwright.invalid",
    );
    await expectAccessible(page, "versions-light");
    await setTheme(page, "dark");
    await expectAccessible(page, "versions-dark");
    await dialog.getByRole("button", { name: "Restore version 1" }).click();
    await expect(page.getByLabel("Destination URL")).toHaveValue("https://practice.hookwright.invalid/orders");
    await expect(page.getByText("Changes not saved yet")).toBeVisible();
    await page.reload();
    await page.getByRole("button", { name: "Versions…" }).click();
    await expect(dialog.getByRole("button", { name: /^Version/ })).toHaveCount(2);
});

test("a flow comes from a file, and a file that is none says why", async ({ app, page }, testInfo) => {
    await app.open("/flows");
    await page.getByRole("button", { name: "New flow" }).click();
    const file = testInfo.outputPath("flow.json");
    writeFileSync(file, "[]");
    await page.locator('input[type="file"]').setInputFiles(file);
    await expect(page.getByRole("alert")).toContainText("The file holds no flow of Hookwright’s.");
    const action = {
        name: "From a file",
        status: "live",
        url: "https://practice.hookwright.invalid/x",
        headers: [],
        payload: '{"email": "{{ email }}"}',
        repeat_policy: "at-least-once",
    };
    const flow = {
        id: "Old001",
        name: "Imported flow",
        trigger: { metric: { metric: "Placed Order" } },
        trigger_filter: { groups: [] },
        profile_filter: { groups: [] },
        reentry: "always",
        entry: "a",
        nodes: { a: { id: "a", kind: { webhook: { action, next: null } } } },
    };
    writeFileSync(file, JSON.stringify({ format: "hookwright-flow", version: 2, flow }));
    await page.locator('input[type="file"]').setInputFiles(file);
    await expect(page.getByRole("heading", { name: "Imported flow" })).toBeVisible();
    await expect(page.locator(".toolbar")).toContainText("Draft");
});

test("list and gallery break no rule of accessibility, light and dark", async ({ app, page }) => {
    await app.open("/flows");
    for (const theme of ["light", "dark"]) {
        await setTheme(page, theme);
        await expectAccessible(page, `flows-${theme}`);
    }
    await page.getByRole("button", { name: "New flow" }).click();
    await expect(page.getByRole("list", { name: "Ready flows" }).getByRole("listitem")).toHaveCount(8);
    for (const theme of ["light", "dark"]) {
        await setTheme(page, theme);
        await expectAccessible(page, `gallery-${theme}`);
    }
});
