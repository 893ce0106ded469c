// Writing a payload: suggestions, problems and their fixes, the output beside it, harsh data, and links.

import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "./fixtures.mjs";
import { PayloadPage } from "./pages/payload.mjs";

test.use({ permissions: ["clipboard-read", "clipboard-write"] });

async function openSandbox(app, page) {
    const payload = new PayloadPage(page);
    await app.open("/sandbox");
    await payload.seeEditor();
    await expect(payload.verdict).toContainText("Valid JSON");
    return payload;
}

async function seeNoAxeViolations(page, exceptions = []) {
    const { violations } = await new AxeBuilder({ page })
        .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
        .disableRules(exceptions)
        .analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join("\n")}`)).toEqual([]);
}

test("by keyboard alone: an order's payload from an empty editor, by suggestions", async ({
    app,
    page,
    complaints,
}) => {
    const payload = await openSandbox(app, page);
    await payload.write("");
    await payload.complete("obj", "object");
    await page.keyboard.type("order");
    await page.keyboard.press("Control+Enter");
    await payload.complete("OrderId", "event.OrderId");
    await page.keyboard.type(",");
    await page.keyboard.press("Enter");
    await page.keyboard.type('"email": ');
    await payload.complete("email", "email");
    await page.keyboard.type(",");
    await page.keyboard.press("Enter");
    await page.keyboard.type('"total": ');
    await payload.complete("value", "event|lookup:'$value'");
    await page.keyboard.type(",");
    await page.keyboard.press("Enter");
    await page.keyboard.type('"items": ');
    await payload.complete("loop", "loop with commas");
    // The item's name and its list are right as they are suggested.
    await page.keyboard.press("Control+Enter");
    await page.keyboard.press("Control+Enter");
    await payload.complete("obj", "object");
    await page.keyboard.type("sku");
    await page.keyboard.press("Control+Enter");
    await payload.complete("item.SKU", "item.SKU");
    await expect(payload.verdict).toContainText("Valid JSON");
    await expect(async () => {
        expect(await payload.rendered()).toEqual({
            order: "10023",
            email: "ann.lindqvist@example.com",
            total: 129.5,
            items: [{ sku: "TOTE-NAT" }, { sku: "MUG-STL" }],
        });
    }).toPass();
    expect(complaints).toEqual([]);
});

const PLANTED = `{
  "order": "{{ event.OrderId|default: 'none' }}",
  "name": "{{ first_name|uper }}",
  "total": {{ event|lookup:‘$value’ }},
  "missing": {{ event.DiscountCode2 }},
  "items": [{% for item in event.Items %}"{{ item.SKU }}",{% endfor %}]
}`;

test("five planted problems are mended by their buttons", async ({ app, page }) => {
    const payload = await openSandbox(app, page);
    await payload.write(PLANTED);
    await expect(payload.verdict).toContainText("error");
    for (let n = 0; n < 12 && !(await payload.verdict.textContent()).includes("Valid JSON"); n += 1) {
        const before = await payload.text();
        await payload.problems.getByRole("button").filter({ hasNotText: "Line" }).first().click();
        await expect.poll(() => payload.text()).not.toBe(before);
        // The next rendering has to arrive before its problems are read.
        await page.waitForTimeout(400);
    }
    await expect(payload.verdict).toContainText("Valid JSON");
    expect((await payload.rendered()).items).toHaveLength(2);
});

test("five planted problems are mended by keyboard alone", async ({ app, page }) => {
    const payload = await openSandbox(app, page);
    await payload.write(PLANTED);
    await expect(payload.verdict).toContainText("error");
    for (let n = 0; n < 12 && !(await payload.verdict.textContent()).includes("Valid JSON"); n += 1) {
        const before = await payload.text();
        await page.keyboard.press("Control+.");
        await expect.poll(() => payload.text()).not.toBe(before);
        await page.waitForTimeout(400);
    }
    await expect(payload.verdict).toContainText("Valid JSON");
    // Undo takes mends back, one at a time.
    const mended = await payload.text();
    await page.keyboard.press("Control+z");
    await expect.poll(() => payload.text()).not.toBe(mended);
});

test("Tab leaves the editor both ways, and the page says so", async ({ app, page }) => {
    const payload = await openSandbox(app, page);
    const isInside = () => page.evaluate(() => document.activeElement?.className.includes("editor-host"));
    await expect(page.locator(".editor-help")).toContainText("Tab leaves the editor");
    await payload.content.focus();
    expect(await isInside()).toBe(true);
    await page.keyboard.press("Tab");
    expect(await isInside()).toBe(false);
    await payload.content.focus();
    await page.keyboard.press("Shift+Tab");
    expect(await isInside()).toBe(false);
});

test("a shared link opens the same payload; a cut link is told and changes nothing", async ({ app, context, page }) => {
    const payload = await openSandbox(app, page);
    await payload.write('{"shared": "{{ event.OrderId }}"}');
    await expect(payload.output).toContainText("shared");
    await page.getByRole("button", { name: "Share…" }).click();
    const link = await page.getByLabel("Link", { exact: true }).inputValue();
    await page.getByRole("button", { name: "Copy link" }).click();
    await expect(page.getByText("Link copied.")).toBeVisible();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link);

    const second = await context.newPage();
    await second.goto(link);
    const reopened = new PayloadPage(second);
    await reopened.seeEditor();
    await expect(reopened.output).toContainText('"shared": "10023"');
    expect(new URL(second.url()).hash).toBe("#/sandbox");

    const third = await context.newPage();
    await third.goto(link.slice(0, -20));
    await expect(third.getByText(/This link was cut short or changed on its way/)).toBeVisible();
});

test("a link loses nothing of what stood in the sandbox", async ({ app, page }) => {
    const payload = await openSandbox(app, page);
    await payload.write('{"other": 1}');
    await expect(payload.output).toContainText("other");
    await page.getByRole("button", { name: "Share…" }).click();
    const link = await page.getByLabel("Link", { exact: true }).inputValue();
    await page.getByRole("button", { name: "Close" }).click();
    await payload.write('{"mine": 2}');
    await expect(payload.output).toContainText("mine");
    await page.evaluate((hash) => (location.hash = hash), new URL(link).hash);
    await expect(payload.output).toContainText("other");
    await page.getByRole("button", { name: "Bring mine back" }).click();
    await expect(payload.output).toContainText("mine");
    // What is typed is there after a reload.
    await page.waitForTimeout(1200);
    await page.reload();
    await expect(payload.output).toContainText("mine");
});

test("harsh data names the field and leads to the place", async ({ app, page }) => {
    const payload = await openSandbox(app, page);
    await payload.write('{"sku": "{{ event.Items.0.SKU }}", "n": {{ event|lookup:\'$value\'|default:0 }}}');
    await expect(payload.output).toContainText("sku");
    await payload.harsh.getByRole("button", { name: "Try harsh data" }).click();
    const row = payload.harsh.getByRole("listitem").filter({ hasText: "event.Items[].SKU" });
    await expect(row).toContainText("has quotes, has a backslash, has a line break", { timeout: 30_000 });
    await expect(payload.harsh.getByRole("status")).toContainText(/^3 of \d+ variants break the payload$/, {
        timeout: 30_000,
    });
    await row.getByRole("button").click();
    await page.keyboard.press("Control+.");
    await payload.write('{"sku": "{{ event.Items.0.SKU|escapejs }}"}');
    await payload.harsh.getByRole("button", { name: "Try again" }).click();
    await expect(payload.harsh.getByRole("status")).toContainText("None of", { timeout: 30_000 });
});

test("a variable of the tree is written as its place needs it", async ({ app, page }) => {
    const payload = await openSandbox(app, page);
    await payload.write('{"total": }');
    await page.keyboard.press("ArrowLeft");
    await page.getByRole("treeitem", { name: /^\$value/ }).click();
    expect(await payload.text()).toBe("{\"total\": {{ event|lookup:'$value' }}}");
    await page.getByLabel("Search variables").fill("oslo-nothing");
    await expect(page.getByText("No variable has this name or value.")).toBeVisible();
});

test("pointing at the output shows the tag that made it, and the other way round", async ({ app, page }) => {
    const payload = await openSandbox(app, page);
    await payload.output.getByText("ann.lindqvist@example.com").hover();
    await expect(page.locator(".cm-origin")).toHaveText("{{ email }}");
    await page.locator(".cm-line").filter({ hasText: "item.SKU" }).getByText("SKU", { exact: false }).last().hover();
    await expect(payload.output.locator(".output-marked")).toHaveText(["TOTE-NAT", "MUG-STL"]);
});

test("a payload moves into a webhook and back", async ({ app, page }) => {
    const payload = await openSandbox(app, page);
    await payload.write('{"moved": "{{ email }}"}');
    await expect(payload.output).toContainText("moved");
    await page.getByLabel("Put into").selectOption({ label: "Order to ERP, in Order to ERP" });
    await expect(page.getByRole("heading", { name: "Payload of Order to ERP" })).toBeVisible();
    await expect(payload.output).toContainText("moved");
    await expect(page.locator(".request-line")).toContainText("practice.hookwright.invalid");
    await payload.write('{"changed": "{{ email }}"}');
    await expect(payload.output).toContainText("changed");
    await page.getByRole("button", { name: "Open in Sandbox" }).click();
    await expect(page.getByRole("heading", { name: "Sandbox" })).toBeVisible();
    await expect(payload.output).toContainText("changed");
});

test("without the editor's script a plain field takes over", async ({ app, page }) => {
    await page.route(/\/editor-\w+\.js$/, (route) => route.abort());
    const payload = new PayloadPage(page);
    await app.open("/sandbox");
    await expect(page.getByText(/The editor could not be loaded/)).toBeVisible();
    await page.locator("#payload-text").fill('{"plain": "{{ email }}"}');
    await expect(payload.output).toContainText("ann.lindqvist@example.com");
    await seeNoAxeViolations(page);
    await page.unroute(/\/editor-\w+\.js$/);
});

test("a template that runs away leaves the page usable", async ({ app, page }) => {
    const payload = await openSandbox(app, page);
    const loop = "{% for a in event.Items %}";
    const items = Array.from({ length: 60 }, (_, n) => ({ SKU: `S${n}` }));
    await page.getByRole("tab", { name: "Event" }).click();
    await page.locator("#sandbox-event").fill(JSON.stringify({ Items: items }));
    await payload.write(`[${loop.repeat(5)}1${"{% endfor %}".repeat(5)}]`);
    const started = Date.now();
    await page.keyboard.type("  ");
    expect(Date.now() - started).toBeLessThan(1_500);
    await expect(
        page
            .locator(".output, .workbench-problems")
            .getByText(/too much|ended|turns|loops|work/i)
            .first(),
    ).toBeVisible({
        timeout: 20_000,
    });
    await payload.write('{"again": 1}');
    await expect(payload.output).toContainText("again", { timeout: 15_000 });
});

test("rich text is pasted as text, and a file as what it holds", async ({ app, page }) => {
    const payload = await openSandbox(app, page);
    await payload.write("");
    await page.evaluate(() => {
        const data = new DataTransfer();
        data.setData("text/html", "<b>{&quot;a&quot;: 1}</b>");
        data.setData("text/plain", '{"a": 1}');
        const target = document.querySelector(".editor-host").shadowRoot.querySelector(".cm-content");
        target.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    });
    await expect.poll(() => payload.text()).toBe('{"a": 1}');
    await payload.write("");
    await page.evaluate(() => {
        const data = new DataTransfer();
        data.items.add(new File(['{"from": "file"}'], "payload.json", { type: "application/json" }));
        const target = document.querySelector(".editor-host").shadowRoot.querySelector(".cm-content");
        target.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    });
    await expect.poll(() => payload.text()).toBe('{"from": "file"}');
});

for (const colorScheme of ["light", "dark"]) {
    test.describe(`accessible in ${colorScheme}`, () => {
        test.use({ colorScheme });

        test("every state of the editor", async ({ app, page }) => {
            // Eight times axe over the whole page.
            test.setTimeout(90_000);
            const payload = await openSandbox(app, page);
            await seeNoAxeViolations(page);
            await payload.write(PLANTED);
            await expect(payload.problems).toBeVisible();
            await seeNoAxeViolations(page);
            await payload.content.focus();
            await page.keyboard.press("Control+a");
            await page.keyboard.press("Delete");
            await page.keyboard.type("ev");
            await expect(payload.suggestions).toBeVisible();
            // The arrow keys scroll the list while the focus stays in the editor, which the rule does not know.
            await seeNoAxeViolations(page, ["scrollable-region-focusable"]);
            await page.keyboard.press("Escape");
            await page.keyboard.press("Control+f");
            await seeNoAxeViolations(page);
            await page.keyboard.press("Escape");
            await page.getByRole("tab", { name: "Difference" }).click();
            await page.getByLabel("Compare with").selectOption({ index: 2 });
            await seeNoAxeViolations(page);
            await page.getByRole("tab", { name: "Event" }).click();
            await page.locator("#sandbox-event").fill("{");
            await seeNoAxeViolations(page);
            await page.getByRole("button", { name: "Share…" }).click();
            await seeNoAxeViolations(page);
        });

        test("on a narrow screen, part by part", async ({ app, page }) => {
            await page.setViewportSize({ width: 390, height: 844 });
            const payload = new PayloadPage(page);
            await app.open("/sandbox");
            await payload.seeEditor();
            for (const part of ["Edit", "Variables", "Output", "Problems"]) {
                await page
                    .getByRole("tablist", { name: "Parts of this screen" })
                    .getByRole("tab", { name: part })
                    .click();
                await seeNoAxeViolations(page);
            }
        });
    });
}
