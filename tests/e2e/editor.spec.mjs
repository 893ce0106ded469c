// Writing a payload: suggestions, problems and their fixes, the output beside it, harsh data, and links.

import { expect, test } from "./fixtures.mjs";
import { expectAccessible, setTheme } from "./pages/accessible.mjs";
import { FlowsPage } from "./pages/flows.mjs";
import { PayloadPage } from "./pages/payload.mjs";

test.use({ permissions: ["clipboard-read", "clipboard-write"] });

async function openSandbox(app, page) {
    const payload = new PayloadPage(page);
    await app.open("/sandbox");
    await payload.seeEditor();
    await expect(payload.verdict).toContainText("Valid JSON");
    return payload;
}

/** Writes the payload of *Order to ERP*; every tag of it comes from a suggestion that `take` takes. */
async function writeOrder({ keyboard }, take) {
    const nextKey = async (key) => {
        await keyboard.type(",");
        await keyboard.press("Enter");
        await keyboard.type(`"${key}": `);
    };
    const object = async (key) => {
        await take("obj", "object");
        await keyboard.type(key);
        await keyboard.press("Control+Enter");
    };
    const leaveObject = async () => {
        await keyboard.press("ArrowDown");
        await keyboard.press("End");
    };
    await object("order");
    await take("OrderId", "event.OrderId");
    await nextKey("customer");
    await object("email");
    await take("email", "email");
    await nextKey("name");
    await keyboard.type('"{{ ');
    await take("first", "first_name");
    await keyboard.type(" }} {{ ");
    await take("last", "last_name");
    await keyboard.type(' }}"');
    await leaveObject();
    await nextKey("total");
    await take("value", "event|lookup:'$value'");
    await nextKey("discount");
    await take("cond", "condition");
    await take("event.Disc", "DiscountCode");
    await keyboard.press("Control+Enter");
    await object("code");
    await take("DiscountC", "event.DiscountCode");
    await nextKey("amount");
    await take("DiscountV", "event.DiscountValue");
    await leaveObject();
    await nextKey("items");
    await take("loop", "loop with commas");
    // The item's name and its list are right as they are suggested.
    await keyboard.press("Control+Enter");
    await keyboard.press("Control+Enter");
    await object("sku");
    await take("item.SKU", "item.SKU");
    await nextKey("quantity");
    await take("item.Qu", "item.Quantity");
    await nextKey("price");
    await take("item.ItemP", "item.ItemPrice");
}

const ORDER = {
    order: "10023",
    customer: { email: "ann.lindqvist@example.com", name: "Ann Lindqvist" },
    total: 129.5,
    discount: { code: "SPRING10", amount: 10 },
    items: [
        { sku: "TOTE-NAT", quantity: 2, price: 49.75 },
        { sku: "MUG-STL", quantity: 1, price: 40 },
    ],
};

test("by keyboard alone: the order's payload from an empty editor, by suggestions", async ({
    app,
    page,
    complaints,
}) => {
    const payload = await openSandbox(app, page);
    await payload.write("");
    await writeOrder(page, (typed, label) => payload.complete(typed, label));
    await payload.seeSettled();
    await expect(payload.verdict).toContainText("Valid JSON");
    expect(await payload.rendered()).toEqual(ORDER);
    expect(complaints).toEqual([]);
});

test("by mouse: the order's payload from an empty editor, by clicks on suggestions", async ({ app, page }) => {
    const payload = await openSandbox(app, page);
    await payload.write("");
    await writeOrder(page, (typed, label) => payload.clickSuggestion(typed, label));
    await payload.seeSettled();
    await expect(payload.verdict).toContainText("Valid JSON");
    expect(await payload.rendered()).toEqual(ORDER);
});

test("by mouse: a payload from the tree of variables", async ({ app, page }) => {
    const payload = await openSandbox(app, page);
    await payload.write("");
    await payload.clickSuggestion("obj", "object");
    await page.keyboard.type("order");
    await page.keyboard.press("Control+Enter");
    await page.getByRole("treeitem", { name: /^OrderId/ }).click();
    await page.keyboard.type(',\n"total": ');
    await page.getByRole("treeitem", { name: /^\$value/ }).click();
    await payload.seeSettled();
    await expect(payload.verdict).toContainText("Valid JSON");
    expect(await payload.rendered()).toEqual({ order: "10023", total: 129.5 });
});

const PLANTED = `{
  "order": "{{ event.OrderId|default: 'none' }}",
  "name": "{{ first_name|uper }}",
  "total": {{ event|lookup:‘$value’ }},
  "missing": {{ event.DiscountCode2 }},
  "items": [{% for item in event.Items %}"{{ item.SKU }}",{% endfor %}]
}`;

test("five planted problems are mended by their buttons, by mouse", async ({ app, page }) => {
    const payload = await openSandbox(app, page);
    await payload.write(PLANTED);
    await expect(payload.verdict).toContainText("error");
    await payload.mendAll(() => payload.firstFix.click());
    await expect(payload.verdict).toContainText("Valid JSON");
    expect((await payload.rendered()).items).toHaveLength(2);
});

test("five planted problems are mended by keyboard alone", async ({ app, page }) => {
    const payload = await openSandbox(app, page);
    await payload.write(PLANTED);
    await expect(payload.verdict).toContainText("error");
    await payload.mendAll(() => page.keyboard.press("Control+."));
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
    await expect.poll(isInside).toBe(true);
    await page.keyboard.press("Tab");
    await expect.poll(isInside).toBe(false);
    await payload.content.focus();
    await page.keyboard.press("Shift+Tab");
    await expect.poll(isInside).toBe(false);
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

    const place = link.length - 60;
    const other = link[place] === "A" ? "B" : "A";
    for (const damaged of [link.slice(0, -20), link.slice(0, place) + other + link.slice(place + 1)]) {
        const third = await context.newPage();
        await third.goto(damaged);
        await expect(third.getByText(/This link was cut short or changed on its way/)).toBeVisible();
        await expect(new PayloadPage(third).output).toContainText('"shared": "10023"');
        await third.close();
    }
});

test("by keyboard alone: share, and reopen what was shared", async ({ app, context, page }) => {
    const payload = await openSandbox(app, page);
    await payload.write('{"keys": "{{ event.OrderId }}"}');
    await payload.seeSettled();
    const share = page.getByRole("button", { name: "Share…" });
    for (let n = 0; n < 60 && !(await share.evaluate((button) => button === document.activeElement)); n += 1) {
        await page.keyboard.press("Shift+Tab");
    }
    await page.keyboard.press("Enter");
    const copy = page.getByRole("button", { name: "Copy link" });
    await expect(copy).toBeVisible();
    for (let n = 0; n < 10 && !(await copy.evaluate((button) => button === document.activeElement)); n += 1) {
        await page.keyboard.press("Tab");
    }
    await page.keyboard.press("Enter");
    await expect(page.getByText("Link copied.")).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(share).toBeFocused();
    const second = await context.newPage();
    await second.goto(await page.evaluate(() => navigator.clipboard.readText()));
    await expect(new PayloadPage(second).output).toContainText('"keys": "10023"');
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
    // What is typed is there after a reload: leaving the screen keeps it.
    await page.getByRole("link", { name: "Events" }).first().click();
    await page.getByRole("link", { name: "Sandbox" }).first().click();
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
    // It leads to the place.
    await expect(payload.content).toBeFocused();
    await page.keyboard.press("Control+.");
    await payload.write('{"sku": "{{ event.Items.0.SKU|escapejs }}"}');
    await payload.harsh.getByRole("button", { name: "Try again" }).click();
    await expect(payload.harsh.getByRole("status")).toContainText("None of", { timeout: 30_000 });
});

test("several carets are drawn and write at once, and one alone is the browser's", async ({ app, page }) => {
    const payload = await openSandbox(app, page);
    await payload.write('{"a": "x1", "b": "x1"}');
    await expect(page.locator(".cm-cursor")).toHaveCount(0);
    await page.keyboard.press("Control+Home");
    for (let n = 0; n < 8; n += 1) await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Control+d");
    await page.keyboard.press("Control+d");
    await expect(page.locator(".cm-cursor")).toHaveCount(2);
    await page.keyboard.type("y2");
    await expect.poll(() => payload.text()).toBe('{"a": "y2", "b": "y2"}');
    await page.keyboard.press("Escape");
    await expect(page.locator(".cm-cursor")).toHaveCount(0);
});

test("a bracket that the last line opens stops no part of the editor", async ({ app, page, complaints }) => {
    const payload = await openSandbox(app, page);
    await payload.write('{"who": "');
    await payload.seeSettled();
    await payload.write('{\n  "a": [\n    1\n  ]\n}');
    await expect(page.locator(".cm-foldGutter span[title='Fold line']").first()).toBeVisible();
    expect(complaints).toEqual([]);
});

test("a variable of the tree is written as its place needs it", async ({ app, page }) => {
    const payload = await openSandbox(app, page);
    await payload.write('{"total": }');
    await page.keyboard.press("ArrowLeft");
    await page.getByRole("treeitem", { name: /^\$value/ }).click();
    await expect.poll(() => payload.text()).toBe("{\"total\": {{ event|lookup:'$value' }}}");
    await expect(page.getByRole("treeitem", { name: /^\$value/ })).toContainText(/129\.5\s*number/);
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
    await expect(page.getByRole("heading", { name: "Payload of Order to ERP" })).toBeFocused();
    await expect(payload.output).toContainText("moved");
    await expect(page.locator(".request-line")).toContainText("practice.hookwright.invalid");
    await payload.write('{"changed": "{{ email }}"}');
    await expect(payload.output).toContainText("changed");
    await page.getByRole("button", { name: "Open in Sandbox" }).click();
    await expect(page.getByRole("heading", { name: "Sandbox" })).toBeVisible();
    await expect(payload.output).toContainText("changed");
});

test("snippets are included and extended in Django's dialect, and travel in a link", async ({ app, context, page }) => {
    const payload = await openSandbox(app, page);
    await expect(page.getByRole("tab", { name: "Snippets" })).toHaveCount(0);
    await page.getByLabel("Dialect").selectOption("django");
    await page.getByRole("tab", { name: "Snippets" }).click();
    const snippets = page.getByRole("textbox", { name: "Snippets" });
    await snippets.fill('"{{ first_name }}"');
    await expect(page.locator("#sandbox-snippets-note")).toContainText("Line 1");
    await snippets.fill(
        '=== who\n"{{ first_name }}"\n=== frame\n{"who": {% block who %}null{% endblock %}, "from": "frame"}',
    );
    await payload.write('{% extends "frame" %}{% block who %}{% include "who" %}{% endblock %}');
    await payload.seeSettled();
    await expect(payload.verdict).toContainText("Valid JSON");
    expect(await payload.rendered()).toEqual({ who: "Ann", from: "frame" });
    await page.getByRole("button", { name: "Share…" }).click();
    const link = await page.getByLabel("Link", { exact: true }).inputValue();
    await page.getByRole("button", { name: "Close" }).click();
    await page.getByLabel("Dialect").selectOption("klaviyo");
    await expect(payload.problems).toContainText("Klaviyo");
    await expect(page.getByRole("tab", { name: "Snippets" })).toHaveCount(0);
    const second = await context.newPage();
    await second.goto(link);
    await expect(new PayloadPage(second).output).toContainText('"from": "frame"');
});

test("a webhook's payload editor has the sandbox's snippets in Django's dialect", async ({ app, page }) => {
    const payload = await openSandbox(app, page);
    await page.getByLabel("Put into").selectOption({ label: "Order to ERP, in Order to ERP" });
    await expect(page.getByRole("heading", { name: "Payload of Order to ERP" })).toBeVisible();
    await expect(page.getByRole("tab", { name: "Snippets" })).toHaveCount(0);
    await page.getByLabel("Dialect").selectOption("django");
    await page.getByRole("tab", { name: "Snippets" }).click();
    const snippets = page.getByRole("textbox", { name: "Snippets" });
    await snippets.fill('=== who\n"{{ email }}"');
    await payload.write('{"who": {% include "who" %}}');
    await payload.seeSettled();
    await expect(payload.verdict).toContainText("Valid JSON");
    expect(await payload.rendered()).toEqual({ who: "ann.lindqvist@example.com" });
    await page.getByRole("button", { name: "Open in Sandbox" }).click();
    await expect(page.getByRole("heading", { name: "Sandbox" })).toBeVisible();
    await page.getByRole("tab", { name: "Snippets" }).click();
    await expect(snippets).toHaveValue('=== who\n"{{ email }}"');
    await expect(payload.output).toContainText("ann.lindqvist@example.com");
});

test("a payload without an event is previewed for any profile", async ({ app, page }) => {
    const flows = new FlowsPage(page);
    await app.open("/flows");
    await flows.startReady("New subscriber to CRM");
    await flows.evidence.getByLabel("Profile").selectOption("ben.okafor@example.com");
    await expect(flows.evidence.locator(".evidence-body")).toContainText("ben.okafor@example.com");
    await page.getByRole("link", { name: "Open editor" }).click();
    const payload = new PayloadPage(page);
    await payload.seeEditor();
    await expect(payload.output).toContainText("ben.okafor@example.com");
    await page.getByLabel("Profile").selectOption("chiara.rossi@example.com");
    await expect(payload.output).toContainText("Torino");
});

test("without the editor's script a plain field takes over", async ({ app, page }) => {
    await page.route(/\/editor-\w+\.js$/, (route) => route.abort());
    const payload = new PayloadPage(page);
    await app.open("/sandbox");
    await expect(page.getByText(/The editor could not be loaded/)).toBeVisible();
    await page.locator("#payload-text").fill('{"plain": "{{ email }}"}');
    await expect(payload.output).toContainText("ann.lindqvist@example.com");
    await expectAccessible(page, "editor-not-loaded");
    await page.unroute(/\/editor-\w+\.js$/);
    await page.getByRole("button", { name: "Try again" }).click();
    await payload.seeEditor();
    expect(await payload.text()).toBe('{"plain": "{{ email }}"}');
    // What it asks of the page outlives the button that loaded it.
    await page.locator(".cm-line").first().hover();
    await payload.write('{"again": "{{ first_name }}"}');
    await expect(payload.output).toContainText("Ann");
    await expect(app.panic).toHaveCount(0);
});

test("a template that runs away leaves the page usable", async ({ app, page }) => {
    const payload = await openSandbox(app, page);
    const loop = "{% for a in event.Items %}";
    const items = Array.from({ length: 60 }, (_, n) => ({ SKU: `S${n}` }));
    await page.getByRole("tab", { name: "Event" }).click();
    await page.locator("#sandbox-event").fill(JSON.stringify({ Items: items }));
    await payload.write(`[${loop.repeat(5)}1${"{% endfor %}".repeat(5)}]`);
    // What is typed is there at once, whatever the preview is doing.
    await page.keyboard.type("  ");
    await expect.poll(() => payload.text()).toContain("  ");
    await expect(
        page
            .locator(".output, .workbench-problems")
            .getByText(/too much|ended|turns|loops|work/i)
            .first(),
    ).toBeVisible();
    await payload.write('{"again": 1}');
    await expect(payload.output).toContainText("again");
});

/** Pastes into the editor as the browser would, whatever the clipboard of the test's machine can hold. */
async function paste(page, put) {
    await page.evaluate((put) => {
        const data = new DataTransfer();
        for (const [kind, text] of Object.entries(put)) {
            if (kind === "file") data.items.add(new File([text], "payload.json", { type: "application/json" }));
            else if (kind === "picture") data.items.add(new File([text], "picture.png", { type: "image/png" }));
            else data.setData(kind, text);
        }
        const target = document.querySelector(".editor-host").shadowRoot.querySelector(".cm-content");
        target.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    }, put);
}

test("rich text is pasted as text, a file as what it holds, and a picture is refused", async ({ app, page }) => {
    const payload = await openSandbox(app, page);
    await payload.write("");
    await paste(page, { "text/html": "<b>{&quot;a&quot;: 1}</b>", "text/plain": '{"a": 1}' });
    await expect.poll(() => payload.text()).toBe('{"a": 1}');
    await payload.write("");
    await paste(page, { file: '{"from": "file"}' });
    await expect.poll(() => payload.text()).toBe('{"from": "file"}');
    await paste(page, { picture: "PNG" });
    await expect(page.getByText(/picture.png is no text/)).toBeVisible();
    expect(await payload.text()).toBe('{"from": "file"}');
});

/** A payload of 500 kB with a tag on each line, and the last field known. */
function largePayload() {
    const lines = ["{"];
    let size = 0;
    for (let n = 0; size < 500_000; n += 1) {
        const line = `  "field_${n}": "{{ event.OrderId }} and some more words to fill the line",`;
        lines.push(line);
        size += line.length + 1;
    }
    return [...lines, '  "end": "{{ email }}"', "}"].join("\n");
}

/**
 * The longest time that the page did nothing else, in milliseconds, while a text was typed: the least of three rounds, since
 * what other programs take is in some of them, and what the page takes is in all.
 */
async function longestTask(page, text) {
    await page.evaluate(() => {
        globalThis.tasks = [];
        const observer = new PerformanceObserver((list) => {
            globalThis.tasks.push(...list.getEntries().map((entry) => entry.duration));
        });
        observer.observe({ type: "longtask" });
    });
    const rounds = [];
    for (let round = 0; round < 3; round += 1) {
        await page.evaluate(() => (globalThis.tasks = [0]));
        await page.keyboard.type(text, { delay: 30 });
        rounds.push(await page.evaluate(() => Math.max(...globalThis.tasks)));
        for (const _ of text) await page.keyboard.press("Backspace");
    }
    await page.keyboard.type(text, { delay: 30 });
    return Math.min(...rounds);
}

for (const way of ["pasted", "inserted at once"]) {
    test(`a payload of 500 kB ${way} is rendered, and one goes on typing in it`, async ({ app, page }) => {
        const payload = await openSandbox(app, page);
        await payload.content.focus();
        await page.keyboard.press("Control+a");
        if (way === "pasted") await paste(page, { "text/plain": largePayload() });
        else await page.keyboard.insertText(largePayload());
        await payload.seeSettled();
        await expect(payload.verdict).toContainText("Valid JSON");
        await expect(page.locator(".output").getByText(/shown without colours/)).toBeVisible();
        await page.keyboard.press("Control+End");
        await page.keyboard.press("ArrowUp");
        await page.keyboard.press("End");
        expect(await longestTask(page, ', "more": 1')).toBeLessThan(1_000);
        await payload.seeSettled();
        await expect(payload.verdict).toContainText("Valid JSON");
        await page.keyboard.press("Control+z");
    });
}

test("a large payload that is wrong at every line tells what is wrong, and stays usable", async ({ app, page }) => {
    const payload = await openSandbox(app, page);
    await payload.content.focus();
    await page.keyboard.press("Control+a");
    await paste(page, { "text/plain": largePayload().replaceAll("event.OrderId", "event.Nothing|uper") });
    await payload.seeSettled();
    await expect(payload.verdict).toContainText("error");
    await expect(payload.problems.getByRole("listitem").first()).toContainText("there is no filter", {
        ignoreCase: true,
    });
    await payload.write('{"again": 1}');
    await expect(payload.output).toContainText("again");
});

test("an event of 5 MB is rendered, its variables are found, and typing stays quick", async ({ app, page }) => {
    const items = Array.from({ length: 30_000 }, (_, n) => ({
        SKU: `SKU-${n}`,
        ProductName: `Stoneware mug number ${n}`,
        Quantity: n % 5,
        ItemPrice: 4.5,
        Note: "x".repeat(60),
    }));
    const event = JSON.stringify({ OrderId: "L-1", Items: items }, null, 1);
    expect(event.length).toBeGreaterThan(5_000_000);
    const payload = await openSandbox(app, page);
    await page.getByRole("tab", { name: "Event" }).click();
    // As a whole: a browser takes minutes to type as much into a field.
    await page.locator("#sandbox-event").evaluate((field, event) => {
        field.value = event;
        field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    }, event);
    await payload.write('{"order": "{{ event.OrderId }}", "n": {{ event.Items|length }}}');
    await expect(payload.output).toContainText("30000", { timeout: 30_000 });
    await payload.seeSettled();
    await page.keyboard.press("Control+End");
    await page.keyboard.press("ArrowLeft");
    expect(await longestTask(page, ', "more": 1')).toBeLessThan(2_000);
    await expect(payload.output).toContainText('"more": 1');
    // Broken JSON in it is told in place, and the preview keeps what was right.
    await page.locator("#sandbox-event").evaluate((field) => {
        field.value = `x${field.value}`;
        field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    });
    await expect(page.locator("#sandbox-event-note")).toContainText("Line 1, column 1");
    await expect(payload.output).toContainText("30000");
});

for (const theme of ["light", "dark"]) {
    for (const [size, width, height] of [
        ["wide", 1440, 900],
        ["narrow", 390, 844],
    ]) {
        test(`every state of the editor is accessible, ${theme}, ${size}`, async ({ app, page, complaints }) => {
            // Many times axe over the whole page.
            await page.setViewportSize({ width, height });
            const payload = new PayloadPage(page);
            await app.open("/sandbox");
            await setTheme(page, theme);
            await payload.seeEditor();
            const parts = page.getByRole("tablist", { name: "Parts of this screen" });
            const show = (part) => (size === "narrow" ? parts.getByRole("tab", { name: part }).click() : null);
            const look = (name) => expectAccessible(page, `editor-${name}-${theme}-${size}`);
            await payload.seeSettled();
            await look("first");
            await show("Variables");
            await page.getByLabel("Search variables").fill("nothing of the kind");
            await look("variables-none");
            await page.getByLabel("Search variables").fill("");
            await look("variables");
            await page.getByRole("tab", { name: "Event", exact: true }).click();
            await page.locator("#sandbox-event").fill("{");
            await look("event-problem");
            await page.getByRole("tab", { name: "Profile", exact: true }).click();
            await look("profile");
            await page.getByRole("tab", { name: "Variables", exact: true }).last().click();
            await show("Edit");
            await payload.write(PLANTED);
            await payload.seeSettled();
            await look("problems-marked");
            await show("Problems");
            await look("problems");
            await show("Output");
            await look("output-none");
            await show("Edit");
            await payload.write('{"sku": "{{ event.Items.0.SKU }}", "n": "{{ event|lookup:\'$value\' }}"}');
            await payload.seeSettled();
            await page.keyboard.press("Control+Home");
            for (let n = 0; n < 14; n += 1) await page.keyboard.press("ArrowRight");
            await look("caret-help");
            await show("Output");
            await look("output");
            await page.getByRole("tab", { name: "Difference" }).click();
            await look("difference-none");
            await page.getByLabel("Compare with").selectOption({ index: 2 });
            await expect(page.locator("pre.difference")).toBeVisible();
            await look("difference");
            await show("Problems");
            await payload.harsh.getByRole("button", { name: "Try harsh data" }).click();
            await expect(payload.harsh.getByRole("listitem").first()).toBeVisible({ timeout: 30_000 });
            await expect(payload.harsh.getByRole("button", { name: "Try again" })).toBeVisible({ timeout: 60_000 });
            await look("harsh");
            await show("Edit");
            await payload.content.focus();
            await page.keyboard.press("Control+a");
            await page.keyboard.press("Delete");
            await payload.seeSettled();
            await look("empty");
            await page.keyboard.type("ev");
            await expect(payload.suggestions).toBeVisible();
            await look("suggestions");
            await page.keyboard.press("Escape");
            await page.keyboard.press("Control+f");
            await look("search");
            await page.keyboard.press("Escape");
            await page.getByRole("button", { name: "Share…" }).click();
            await look("share");
            await page.keyboard.press("Escape");
            await app.open();
            await setTheme(page, theme);
            await page.getByRole("link", { name: "Open editor" }).click();
            await payload.seeEditor();
            await payload.seeSettled();
            await look("webhook");
            expect(complaints).toEqual([]);
        });
    }
}
