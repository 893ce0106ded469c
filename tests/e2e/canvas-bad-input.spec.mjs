// The builder meets what it cannot expect: cards it does not know, flows too large or wrong throughout, another tab's
// writes, drags that end nowhere.

import { expect, test } from "./fixtures.mjs";
import { expectAccessible, setTheme } from "./pages/accessible.mjs";
import { CanvasPage } from "./pages/canvas.mjs";
import { changeFlow, largeFlow, putFlow, readFlow } from "./pages/large.mjs";

test.use({ viewport: { width: 1440, height: 900 } });

/** Opens the app on a flow that lies in its database. */
async function openStored(app, page, flow) {
    const canvas = new CanvasPage(page);
    await app.open("/flows");
    await putFlow(page, flow);
    await page.goto("about:blank");
    await app.open(`/flows/${flow.id}`);
    await expect(canvas.card(/^Trigger:/)).toBeVisible();
    return canvas;
}

test("a card of an unknown kind is shown, passed over, and still there after an edit", async ({ app, page }) => {
    const { flow } = largeFlow("unknown", 3);
    const kind = { "split-test": { ways: [{ share: 0.5, next: "c2" }], next: "c2", z: null, a: 1 } };
    flow.nodes.c1.kind = kind;
    const canvas = await openStored(app, page, flow);
    const card = canvas.card(/split-test/);
    await expect(card).toContainText("Unknown to this version");
    await card.click();
    await expect(canvas.inspector).toContainText("does not know cards of this kind");
    await expect(canvas.inspector).toContainText('"share": 0.5');
    for (const theme of ["light", "dark"]) {
        await setTheme(page, theme);
        await expectAccessible(page, `unknown-card-${theme}`);
    }
    await canvas.evidence.getByRole("tab", { name: "Journey" }).click();
    await expect(canvas.evidence.getByRole("list", { name: "The way" })).toContainText("Passed over");
    await canvas.card(/^Trigger:/).press("a");
    await canvas.choose("Note");
    await expect(page.getByText("Working copy kept")).toBeVisible();
    await expect.poll(async () => Object.keys((await readFlow(page, flow.id)).working.nodes).length).toBe(4);
    expect((await readFlow(page, flow.id)).working.nodes.c1.kind).toEqual(kind);
    await page.reload();
    await expect(card).toBeVisible();
});

test("three thousand actions open, pan, take an edit and give it back", async ({ app, page }) => {
    const canvas = await openStored(app, page, largeFlow("large", 3000).flow);
    // The tree says how many there are, though only those in sight have an element.
    const first = canvas.card(/Send order 0/);
    await expect(first).toBeVisible();
    const n = await canvas.tree.getByRole("treeitem").count();
    expect(n).toBeLessThan(200);
    const before = await canvas.middle(first);
    await page.mouse.move(before.x - 250, before.y);
    await page.mouse.wheel(0, 700);
    await expect(canvas.card(/Send order 6/)).toBeVisible();
    await first.press("End");
    await expect(canvas.card(/Send order 2999|Wait 1 hour|Trigger split/).last()).toBeVisible();
    await page.keyboard.press("Home");
    await expect(canvas.card(/^Trigger:/)).toBeFocused();
    await page.keyboard.press("a");
    await canvas.choose("Note");
    await expect(canvas.card(/^Note/)).toBeFocused();
    await page.keyboard.press("ControlOrMeta+z");
    await expect(canvas.card(/^Note/)).toHaveCount(0);
    await page.keyboard.press("ControlOrMeta+Shift+z");
    await expect(canvas.card(/^Note/)).toBeVisible();
    await expect(page.getByText("Working copy kept")).toBeVisible();
    await canvas.card(/^Note/).press("1");
    await expect(page.locator(".canvas-far")).toBeVisible();
    const nKept = async () => Object.keys((await readFlow(page, "large")).working.nodes).length;
    await expect.poll(nKept).toBe(3001);
});

test("a flow with every problem at once lists them all, and each leads to its card", async ({
    app,
    page,
    complaints,
}) => {
    const { flow } = largeFlow("wrong", 0);
    const test = { text: { operator: "matches", value: "(" } };
    const groups = (subject, property) => ({ groups: [{ conditions: [{ subject, property, test }] }] });
    const action = {
        name: "",
        status: "live",
        url: "ftp://ann:secret@erp",
        headers: [
            { name: "Host", value: "x" },
            { name: "Bad name", value: "{{ x }}" },
        ],
        payload: "",
        repeat_policy: "at-least-once",
    };
    const never = { value: 0, unit: "hours", until_time: "09:00", weekdays: [], zone: "Mars/Olympus" };
    Object.assign(flow, {
        name: "",
        trigger: { metric: { metric: "Opened Email" } },
        trigger_filter: groups("profile", "email"),
        profile_filter: groups("event", "$value"),
        entry: "a",
        nodes: {
            a: { id: "a", kind: { webhook: { action, next: "b" } } },
            b: { id: "b", kind: { "time-delay": { delay: never, next: "c" } } },
            c: { id: "c", kind: { "trigger-split": { condition: groups("profile", ""), yes: "d", no: "gone" } } },
            d: { id: "d", kind: { "conditional-split": { condition: groups("event", "x"), yes: "e", no: "a" } } },
            e: { id: "e", kind: { foreign: { action_type: "send-email", definition: { a: 1 }, next: "f" } } },
            f: { id: "f", kind: { "warp-drive": { next: null } } },
            lost: { id: "lost", kind: { note: { text: "", next: null } } },
        },
    });
    const canvas = await openStored(app, page, flow);
    await canvas.evidence.getByRole("tab", { name: "Problems" }).click();
    const problems = canvas.evidence.getByRole("list", { name: "Problems of the flow" });
    for (const words of [
        "Opened Email cannot be a trigger",
        "The flow has no name",
        "A trigger filter compares the event",
        "A profile filter compares the profile",
        "a card gone that does not exist",
        "leads back to a card above it",
        "The webhook has no name",
        "The webhook has no payload",
        "Header Host",
        "Header Bad name",
        "The delay has no length",
        "A conditional split compares the profile",
        "send-email and passes it over",
        "warp-drive and passes it over",
        "Nothing leads to this card",
    ]) {
        await expect(problems).toContainText(words);
    }
    const rows = problems.getByRole("button");
    for (let n = 0; n < (await rows.count()); n += 1) await rows.nth(n).press("Enter");
    for (const theme of ["light", "dark"]) {
        await setTheme(page, theme);
        await expectAccessible(page, `every-problem-${theme}`);
    }
    // It can be mended: the loop is cut by deleting the card that leads back.
    await canvas.card(/^Conditional split|Conditional split/).press("Shift+Delete");
    await expect(problems).not.toContainText("leads back to a card above it");
    expect(complaints).toEqual([]);
});

test("two working copies of one flow: the second is told, looks, and chooses", async ({ app, page }) => {
    const { flow } = largeFlow("shared", 2);
    const canvas = await openStored(app, page, flow);
    const banner = page.getByRole("alert").filter({ hasText: "Another tab changed this flow while you were editing" });
    const clash = async (name) => {
        // As a tab writes whose word did not come through.
        await changeFlow(page, flow.id, { name });
        await canvas.card(/^Trigger:/).press("a");
        await canvas.choose("Note");
        await expect(banner).toBeVisible();
        expect((await readFlow(page, flow.id)).working.name).toBe(name);
    };
    await clash("Theirs");
    await expect(page.locator(".toolbar-state")).toContainText("Not kept");
    for (const theme of ["light", "dark"]) {
        await setTheme(page, theme);
        await expectAccessible(page, `clash-${theme}`);
    }
    // What is edited meanwhile is not written either.
    await canvas.card(/^Trigger:/).press("a");
    await canvas.choose("Time delay");
    await banner.getByRole("button", { name: "Look at theirs…" }).click();
    const dialog = page.getByRole("dialog", { name: "What the other tab changed" });
    await expect(dialog).toContainText("Theirs");
    await dialog.getByRole("button", { name: "Keep mine" }).click();
    await expect(banner).toHaveCount(0);
    await expect(page.getByText("Working copy kept")).toBeVisible();
    await expect.poll(async () => Object.keys((await readFlow(page, flow.id)).working.nodes).length).toBe(4);
    // Undo brings theirs back.
    await canvas.card(/^Trigger:/).press("ControlOrMeta+z");
    await expect(page.getByRole("heading", { name: "Theirs", level: 1 })).toBeVisible();
    await expect(canvas.card(/^Note/)).toHaveCount(0);
    await expect.poll(async () => Object.keys((await readFlow(page, flow.id)).working.nodes).length).toBe(2);

    await clash("Theirs again");
    await banner.getByRole("button", { name: "Take theirs" }).click();
    await expect(banner).toHaveCount(0);
    await expect(page.getByRole("heading", { name: "Theirs again", level: 1 })).toBeVisible();
    await expect(canvas.card(/^Note/)).toHaveCount(0);
    await canvas.card(/^Trigger:/).press("ControlOrMeta+z");
    await expect(canvas.card(/^Note/)).toBeVisible();
});

test("what is pasted from elsewhere is refused in words, whatever it is", async ({ app, page, context }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const canvas = await openStored(app, page, largeFlow("paste", 2).flow);
    const cards = JSON.stringify({
        format: "hookwright-cards",
        version: 2,
        flow: { ...largeFlow("x", 2).flow, nodes: {} },
    });
    for (const text of [
        "",
        "plain words",
        '{"some":"thing"}',
        '{"format":"hookwright-cards"}',
        cards,
        "x".repeat(1e6),
    ]) {
        await page.evaluate((text) => navigator.clipboard.writeText(text), text);
        await canvas.card(/^Trigger:/).press("ControlOrMeta+v");
        await expect(page.locator(".notices")).toContainText("Nothing was pasted");
        await page
            .locator(".notices")
            .getByRole("button", { name: /Dismiss|Close/ })
            .first()
            .click();
    }
    await expect(canvas.tree.getByRole("treeitem")).toHaveCount(3);
});

test("a drag that ends outside, or is cancelled, moves no card", async ({ app, page }) => {
    const canvas = await openStored(app, page, largeFlow("drag", 3).flow);
    const before = await canvas.cards();
    const card = canvas.card(/Send order 2/);
    const from = await canvas.middle(card);
    const outside = await canvas.middle(page.getByRole("heading", { level: 1 }));
    await canvas.drag(from, outside);
    await expect.poll(() => canvas.cards()).toEqual(before);
    await expect(page.locator(".canvas-ghost")).toHaveCount(0);
    await canvas.drag(await canvas.middle(card), await canvas.middle(canvas.plus("below the trigger")), {
        drop: false,
    });
    await expect(page.locator(".slot--aimed")).toHaveCount(1);
    await page.keyboard.press("Escape");
    await page.mouse.up();
    await expect.poll(() => canvas.cards()).toEqual(before);
    // The window loses the pointer in mid-drag, as when the system takes it.
    await canvas.drag(await canvas.middle(card), await canvas.middle(canvas.plus("below the trigger")), {
        drop: false,
    });
    await page.evaluate(() => window.dispatchEvent(new PointerEvent("pointercancel", { pointerId: 1 })));
    await expect(page.locator(".canvas-ghost")).toHaveCount(0);
    await page.mouse.up();
    await expect.poll(() => canvas.cards()).toEqual(before);
    // The same drag, let go at the place, does move it.
    await canvas.drag(await canvas.middle(card), await canvas.middle(canvas.plus("below the trigger")));
    await expect.poll(() => canvas.cards()).not.toEqual(before);
});
