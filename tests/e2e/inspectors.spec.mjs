// The settings of each card, and the journey they make.

import { expect, test } from "./fixtures.mjs";
import { expectAccessible, setTheme } from "./pages/accessible.mjs";
import { FlowPage } from "./pages/flow.mjs";
import { FlowsPage } from "./pages/flows.mjs";

async function openCart(app, page) {
    const flows = new FlowsPage(page);
    await app.open("/flows");
    await flows.startReady("Abandoned cart to retargeting");
    return flows;
}

test("the journey goes the way the event decides, and says why, for a draft too", async ({ app, page }) => {
    const flows = await openCart(app, page);
    await flows.openEvidence("Journey");
    await expect(flows.evidence).toContainText("Every action is a draft");
    const way = flows.evidence.getByRole("list", { name: "The way" });
    await expect(way).toContainText("Waits 1 h");
    await expect(way).toContainText("Goes to Yes");
    await expect(way).toContainText("$value is 64; asked: at least 50");
    await expect(way).toContainText("Large cart");
    await flows.select("Trigger split");
    await flows.inspector.getByLabel("Value of condition 1 in group 1").fill("100");
    await expect(way).toContainText("Goes to No");
    await expect(way).toContainText("Small cart");
    await expect(way).not.toContainText("Large cart");
});

test("conditions are put together by keyboard alone, with their AND and OR", async ({ app, page }) => {
    const flows = await openCart(app, page);
    await flows.select("Trigger split");
    await page.getByRole("button", { name: "Or: add an alternative" }).press("Enter");
    await expect(flows.inspector.getByLabel("Property of condition 2 in group 1")).toBeFocused();
    await page.keyboard.type("ItemNames");
    await page.keyboard.press("Tab");
    await expect(flows.inspector.getByLabel("Comparison of condition 2 in group 1")).toHaveValue("list-contains");
    await flows.inspector.getByLabel("Value of condition 2 in group 1").pressSequentially("Oak Board");
    await page.getByRole("button", { name: "And: add a group" }).press("Enter");
    await expect(flows.inspector).toContainText(
        "Every group must hold (and); inside a group one condition is enough (or)",
    );
    await flows.inspector.getByLabel("Property of condition 1 in group 2").fill("CheckoutURL");
    await flows.inspector.getByLabel("Comparison of condition 1 in group 2").selectOption("regex");
    await flows.inspector.getByLabel("Pattern of condition 1 in group 2").fill("(");
    await expect(flows.inspector).toContainText("The pattern cannot be read: a bracket is not closed.");
    await flows.inspector.getByLabel("Pattern of condition 1 in group 2").fill("checkout/\\d+$");
    await flows.openEvidence("Journey");
    await expect(flows.evidence).toContainText("Goes to Yes");
    await expect(page.getByText("Working copy kept")).toBeVisible();
    await page.reload();
    await flows.select("Trigger split");
    await expect(flows.inspector.getByLabel("Pattern of condition 1 in group 2")).toHaveValue("checkout/\\d+$");
    await flows.inspector.getByRole("button", { name: "Delete condition 1 in group 2" }).press("Enter");
    await expect(flows.inspector.getByRole("group", { name: /^Group/ })).toHaveCount(1);
    await expect(flows.inspector.getByLabel("Property of condition 1 in group 1")).toBeFocused();
});

test("the trigger, its filters and re-entry are chosen, and events are tried against them", async ({ app, page }) => {
    const flows = await openCart(app, page);
    await flows.select("Started Checkout");
    await flows.inspector.getByText("Triggers that cannot start a flow").click();
    const off = flows.inspector.getByRole("radio", { name: /Unsubscribed from List/ });
    await expect(off).toBeDisabled();
    await expect(flows.inspector).toContainText("make a segment of people who left");
    await flows.inspector.getByRole("radio", { name: /^Placed Order/ }).check();
    await flows.inspector.getByRole("button", { name: "Add a condition" }).first().click();
    await expect(flows.inspector.getByLabel("Property of condition 1 in group 1")).toBeFocused();
    await flows.inspector.getByLabel("Property of condition 1 in group 1").fill("OrderId");
    await flows.inspector.getByLabel("Value of condition 1 in group 1").fill("10023");
    await flows.openEvidence("Journey");
    const trials = flows.evidence.getByRole("list", { name: "Trials of the trigger" });
    await expect(trials.getByText("Would enter", { exact: true })).toHaveCount(1);
    await expect(trials).toContainText('OrderId is "10024"; asked: equals "10023"');
    await flows.inspector.getByRole("radio", { name: "Again after some time" }).check();
    await flows.inspector.getByLabel("Time since the last entry").fill("3");
    await expect(page.getByText("Working copy kept")).toBeVisible();
    await page.reload();
    await flows.select("Placed Order");
    await expect(flows.inspector.getByLabel("Time since the last entry")).toHaveValue("3");
    await flows.inspector.getByRole("radio", { name: /^Date property/ }).check();
    await flows.inspector.getByLabel("Date property", { exact: true }).fill("Birthday");
    await flows.openEvidence("Journey");
    await expect(trials).toContainText(/next on 12 Mar 20\d\d/);
    await expect(trials).toContainText("the profile has no date in Birthday");
});

test("a delay waits until a time of day, on the days that were chosen", async ({ app, page }) => {
    const flows = await openCart(app, page);
    await flows.select("Wait 1 hour");
    await flows.inspector.getByLabel("Unit").selectOption("days");
    await flows.inspector.getByLabel("Wait", { exact: true }).fill("2");
    await flows.inspector.getByLabel("Then until a time of day").check();
    await flows.inspector.getByLabel("Time of day", { exact: true }).fill("08:30");
    await flows.inspector.getByRole("checkbox", { name: "Sunday" }).press("Space");
    await flows.inspector.getByRole("radio", { name: "One for everybody" }).check();
    await flows.inspector.getByLabel("Zone").fill("Mars/Olympus");
    await expect(flows.inspector).toContainText("This browser knows no such time zone");
    await flows.inspector.getByLabel("Zone").fill("Asia/Tokyo");
    await expect(flows.inspector).toContainText("Days are calendar days in Asia/Tokyo.");
    await expect(page.getByText("Working copy kept")).toBeVisible();
    await page.reload();
    await flows.select("Wait 2 days");
    await expect(flows.inspector.getByLabel("Time of day", { exact: true })).toHaveValue("08:30");
    await expect(flows.inspector.getByRole("checkbox", { name: "Sunday" })).not.toBeChecked();
});

test("a problem leads to its card", async ({ app, page }) => {
    const flows = await openCart(app, page);
    await flows.select("Large cart");
    await flows.inspector.getByLabel("Destination URL").fill("https://ann:secret@erp.example.com/");
    await flows.select("Started Checkout");
    await flows.openEvidence("Problems");
    await flows.evidence.getByRole("button", { name: /Large cart/ }).press("Enter");
    await expect(flows.inspector.getByLabel("Destination URL")).toBeVisible();
    await expect(flows.inspector).toContainText("may not hold a user name or password");
});

const DESTINATIONS = [
    ["", "The destination is empty", false],
    ["erp.example.com/orders", "This is not an address", false],
    ["ftp://erp.example.com/", "must start with https://", false],
    ["http://erp.example.com/orders", "must start with https://", false],
    ["http://localhost:9000/orders", "Klaviyo refuses it", true],
    ["https://ann:secret@erp.example.com/", "may not hold a user name or password", false],
    ["https://erp.example.com/{{ event.OrderId }}", "may not hold template tags", false],
    ["https://a.klaviyo.com/api/profile-subscription-bulk-create-jobs/", "may not subscribe profiles to lists", false],
    ["https://192.168.1.5/hook", "This host is private", true],
    ["https://practice.hookwright.invalid/orders", "Answered inside the app", true],
];

const HEADERS = [
    ["Bad Name", "x", "may hold letters, digits"],
    ["Host", "x", "the browser sets this header itself"],
    ["X-Klaviyo-Flow-ID", "x", "Hookwright sets this header itself"],
    ["X-Order", "{{ event.OrderId }}", "may not hold template tags"],
    ["X-Order", "żółw", "characters outside Latin-1"],
    ["", "x", "the header has no name"],
];

test("each check of a webhook is told at its field, and nothing wrong is sent", async ({ app, page }) => {
    const flows = new FlowsPage(page);
    await app.open();
    const url = flows.inspector.getByLabel("Destination URL");
    const send = flows.inspector.getByRole("button", { name: "Send test request" });
    for (const [typed, said, isSendable] of DESTINATIONS) {
        await url.fill(typed);
        await expect(flows.inspector.locator("#webhook-url-note")).toContainText(said, { ignoreCase: true });
        await (isSendable ? expect(send).toBeEnabled() : expect(send).toBeDisabled());
    }
    const add = flows.inspector.getByRole("button", { name: "Add header" });
    // The ready flow comes with one header.
    const name = flows.inspector.getByLabel("Name of header 1", { exact: true });
    const value = flows.inspector.getByLabel("Value of header 1", { exact: true });
    for (const [typedName, typedValue, said] of HEADERS) {
        await name.fill(typedName);
        await value.fill(typedValue);
        await expect(flows.inspector.locator("#header-0-note")).toContainText(said, { ignoreCase: true });
        await expect(send).toBeDisabled();
    }
    await name.fill("Content-Type");
    await value.fill("application/vnd.api+json");
    await expect(send).toBeEnabled();
    await expect(flows.evidence).toContainText("Content-Type: application/vnd.api+json");
    await expect(flows.evidence).not.toContainText("Content-Type: application/json");
    await add.click();
    await flows.inspector.getByLabel("Name of header 2").fill("content-type");
    await expect(flows.inspector.locator("#header-1-note")).toContainText("stands here twice");
    await flows.inspector.getByRole("button", { name: "Remove header 2" }).click();
    await expect(send).toBeEnabled();
});

test("no card's settings break a rule of accessibility, light and dark", async ({ app, page }) => {
    const flows = await openCart(app, page);
    for (const card of ["Started Checkout", "Wait 1 hour", "Trigger split", "Large cart"]) {
        await flows.select(card);
        // All cards in sight: of one that is cut off, axe takes the rest for its whole text.
        await page.getByRole("button", { name: /^Fit/ }).click();
        for (const tab of ["Journey", "Problems"]) {
            await flows.openEvidence(tab);
            for (const theme of ["light", "dark"]) {
                await setTheme(page, theme);
                await expectAccessible(page, `${card}-${tab}-${theme}`.toLowerCase().replaceAll(" ", "-"));
            }
        }
    }
});

test("a webhook is filled in from a cURL command, and undo brings back what stood there", async ({ app, page }) => {
    await app.open();
    const flow = new FlowPage(page);
    const before = await flow.payload.inputValue();
    await page.getByRole("button", { name: "From cURL…" }).press("Enter");
    const dialog = page.getByRole("dialog", { name: "From cURL" });
    const command = dialog.getByRole("textbox", { name: "cURL command" });
    await command.fill("wget https://api.example.com");
    await expect(dialog).toContainText("it has to begin with curl");
    await expect(dialog.getByRole("button", { name: "Take it over" })).toBeDisabled();
    await command.fill(
        `curl -L -X POST 'https://api.example.com/v1/orders' \\\n  -H 'X-Source: shop' -H 'Authorization: Bearer k' -d '{"id": "{{ event.OrderId }}"}'`,
    );
    await expect(dialog).toContainText("https://api.example.com/v1/orders");
    await expect(dialog).toContainText("2 headers, 29 bytes of body");
    await expect(dialog).toContainText("a webhook follows no redirect");
    await expect(dialog).toContainText("looks like a key");
    await expectAccessible(page, "curl");
    await dialog.getByRole("button", { name: "Take it over" }).press("Enter");
    await expect(flow.destination).toHaveValue("https://api.example.com/v1/orders");
    await expect(flow.payload).toHaveValue('{\n  "id": "{{ event.OrderId }}"\n}');
    await expect(flow.evidence).toContainText('"id": "10023"');
    await page.getByRole("heading", { name: "Webhook", level: 2 }).click();
    await page.keyboard.press("ControlOrMeta+z");
    await expect(flow.payload).toHaveValue(before);
});
