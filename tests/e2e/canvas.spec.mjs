// The builder's canvas, by mouse, by keyboard alone and by touch.

import { expect, test } from "./fixtures.mjs";
import { CanvasPage } from "./pages/canvas.mjs";

const BUILT = ["Placed Order", "Wait 1 hour", "Trigger split", "Yes: A", "No: B"];

test.use({ viewport: { width: 1440, height: 900 } });

/** Sets the split's condition: the value of the event is over 100. */
async function askForValueOver100(canvas) {
    const { inspector } = canvas;
    await inspector.getByRole("button", { name: "Add a condition" }).click();
    await inspector.getByLabel("Property of condition 1 in group 1").fill("$value");
    await inspector.getByLabel("Comparison of condition 1 in group 1").selectOption("greater-than");
    await inspector.getByLabel("Value of condition 1 in group 1").fill("100");
}

test("a flow is built by mouse, undone and redone over a reload, and its journey goes both ways", async ({
    app,
    page,
    complaints,
}) => {
    const canvas = new CanvasPage(page);
    await canvas.startBlank(app);
    await canvas.card(/^Trigger:/).click();
    await canvas.inspector.getByRole("radio", { name: /^Placed Order/ }).check();
    await canvas.plus("below the trigger").click();
    await canvas.choose("Time delay");
    await expect(canvas.card("Wait 1 hour")).toBeFocused();
    await canvas.plus("below “Wait 1 hour”").click();
    await canvas.choose("Trigger split");
    await askForValueOver100(canvas);
    for (const [branch, name] of [
        ["Yes", "A"],
        ["No", "B"],
    ]) {
        await canvas.plus(`at ${branch} of “Trigger split”`).click();
        await canvas.choose("Webhook");
        await canvas.inspector.getByLabel("Name", { exact: true }).fill(name);
    }
    await expect.poll(() => canvas.cards()).toEqual(BUILT);

    // Each branch of the journey.
    await canvas.evidence.getByRole("tab", { name: "Journey" }).click();
    const way = canvas.evidence.getByRole("list", { name: "The way" });
    const choices = canvas.evidence.getByLabel("Event", { exact: true });
    const branches = new Set();
    // Events of other kinds do not enter.
    const placed = choices.locator("option").filter({ hasText: /^Placed Order/ });
    await expect.poll(() => placed.count()).toBeGreaterThan(1);
    for (const option of await placed.allTextContents()) {
        await choices.selectOption({ label: option });
        const text = await way.textContent();
        if (text.includes("Goes to Yes")) branches.add("Yes");
        if (text.includes("Goes to No")) branches.add("No");
    }
    expect([...branches].sort()).toEqual(["No", "Yes"]);

    // All of it is undone, redone over a reload, and undone again.
    await page.locator("#canvas").press("Escape");
    await page.mouse.click(640, 700);
    let n = 0;
    while ((await canvas.cards()).length > 1 || n === 0) {
        await page.keyboard.press("ControlOrMeta+z");
        n += 1;
        expect(n).toBeLessThan(30);
    }
    await expect(page.getByText("Working copy kept")).toBeVisible();
    await page.reload();
    await expect(canvas.card(/^Trigger:/)).toBeVisible();
    await canvas.card(/^Trigger:/).click();
    const redo = async () => {
        await page.keyboard.press("ControlOrMeta+Shift+z");
        return canvas.cards();
    };
    await expect.poll(redo, { intervals: [100] }).toEqual(BUILT);
    await expect(page.getByText("Working copy kept")).toBeVisible();
    await page.reload();
    await expect(canvas.card(/^Trigger:/)).toBeVisible();
    await expect.poll(() => canvas.cards()).toEqual(BUILT);
    expect(complaints).toEqual([]);
});

test("the same flow is built by keyboard alone", async ({ app, page }) => {
    const canvas = new CanvasPage(page);
    await canvas.startBlank(app);
    await canvas.card(/^Trigger:/).focus();
    await page.keyboard.press("Enter");
    await canvas.inspector.getByRole("radio", { name: /^Placed Order/ }).press("Space");
    await canvas.card(/^Trigger:/).focus();
    await page.keyboard.press("a");
    await page.keyboard.type("delay");
    await page.keyboard.press("Enter");
    await expect(canvas.card("Wait 1 hour")).toBeFocused();
    await page.keyboard.press("a");
    await page.keyboard.type("trigger");
    await page.keyboard.press("Enter");
    await expect(canvas.card(/^Trigger split/)).toBeFocused();
    await page.keyboard.press("a");
    await page.keyboard.press("Enter");
    await expect(canvas.card(/^Yes: Webhook Draft/)).toBeFocused();
    // Another one below, moved to No by the menu.
    await page.keyboard.press("a");
    await page.keyboard.type("web");
    await page.keyboard.press("Enter");
    await expect(canvas.card(/^Yes: Webhook: Webhook 2/)).toBeFocused();
    await page.keyboard.press("Shift+F10");
    await page.keyboard.type("no branch");
    await page.keyboard.press("Enter");
    await expect(canvas.card(/^No: Webhook: Webhook 2/)).toBeFocused();
    await expect
        .poll(() => canvas.cards())
        .toEqual(["Placed Order", "Wait 1 hour", "Trigger split", "Yes: Webhook", "No: Webhook 2"]);
    // The arrows walk, and the split flips.
    await page.keyboard.press("ArrowLeft");
    await expect(canvas.card(/^Trigger split/)).toBeFocused();
    await page.keyboard.press("f");
    await page.keyboard.press("ArrowRight");
    await expect(canvas.card(/^Yes: Webhook: Webhook 2/)).toBeFocused();
    await page.keyboard.press("ArrowRight");
    await expect(canvas.card(/^No: Webhook Draft/)).toBeFocused();
    await page.keyboard.press("Home");
    await expect(canvas.card(/^Trigger:/)).toBeFocused();
    await page.keyboard.press("ControlOrMeta+z");
    await expect(canvas.card(/^No: Webhook: Webhook 2/)).toBeVisible();
});

test("cards go from the palette to a marked place, and a drag that is broken off changes nothing", async ({
    app,
    page,
}) => {
    const canvas = new CanvasPage(page);
    await canvas.startBlank(app);
    await page.mouse.click(640, 700);
    // The hint comes with the counters and moves what stands below it.
    const hint = page.getByRole("list", { name: "First steps" });
    await expect(hint).toBeVisible();
    const from = await canvas.middle(page.getByRole("button", { name: /^Time delay/ }));
    const to = await canvas.middle(canvas.plus("below the trigger"));
    await canvas.drag(from, to, { drop: false });
    await expect(page.locator(".slot--aimed")).toHaveCount(1);
    await page.keyboard.press("Escape");
    await page.mouse.up();
    await expect(canvas.tree.getByRole("treeitem")).toHaveCount(1);
    await canvas.drag(from, { x: to.x, y: 30 });
    await expect(canvas.tree.getByRole("treeitem")).toHaveCount(1);
    await canvas.drag(from, to, { drop: false });
    await page.reload();
    await expect(canvas.card(/^Trigger:/)).toBeVisible();
    await expect(canvas.tree.getByRole("treeitem")).toHaveCount(1);
    await page.mouse.up();
    await page.mouse.click(640, 700);
    await expect(hint).toBeVisible();
    await canvas.drag(
        await canvas.middle(page.getByRole("button", { name: /^Time delay/ })),
        await canvas.middle(canvas.plus("below the trigger")),
    );
    await expect(canvas.card("Wait 1 hour")).toBeVisible();
    // Without a drag: a press takes it up, another one puts it down.
    await page.mouse.click(640, 700);
    await page.getByRole("button", { name: /^Note/ }).click();
    await canvas.plus("below “Wait 1 hour”").click();
    await expect(canvas.card(/^Note/)).toBeVisible();
    await expect.poll(() => canvas.cards()).toEqual(["No trigger yet", "Wait 1 hour", "Empty note"]);
});

test("cards are dragged, moved, copied, pasted, cut and deleted", async ({ app, page, context }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const canvas = new CanvasPage(page);
    await canvas.startBlank(app);
    for (const kind of ["Webhook", "Time delay", "Note"]) {
        await canvas.card(/^Trigger:/).focus();
        await page.keyboard.press("a");
        await canvas.choose(kind);
    }
    await expect.poll(() => canvas.cards()).toEqual(["No trigger yet", "Empty note", "Wait 1 hour", "Webhook"]);
    await canvas.drag(await canvas.middle(canvas.card(/^Note/)), await canvas.middle(canvas.plus("below “Webhook”")));
    await expect.poll(() => canvas.cards()).toEqual(["No trigger yet", "Wait 1 hour", "Webhook", "Empty note"]);
    await expect(canvas.card(/^Note/)).toBeFocused();
    await page.keyboard.press("Alt+ArrowUp");
    await expect.poll(() => canvas.cards()).toEqual(["No trigger yet", "Wait 1 hour", "Empty note", "Webhook"]);
    await canvas.card("Wait 1 hour").focus();
    await page.keyboard.press("ControlOrMeta+c");
    // The browser takes its time to put it there.
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain("hookwright-cards");
    await canvas.card(/^Webhook/).focus();
    await page.keyboard.press("ControlOrMeta+v");
    await expect
        .poll(() => canvas.cards())
        .toEqual(["No trigger yet", "Wait 1 hour", "Empty note", "Webhook", "Wait 1 hour"]);
    await page.keyboard.press("Delete");
    await expect(canvas.tree.getByRole("treeitem")).toHaveCount(4);
    await expect(canvas.card(/^Webhook/)).toBeFocused();
    await page.keyboard.press("ControlOrMeta+x");
    await expect(canvas.tree.getByRole("treeitem")).toHaveCount(3);
    // What is not ours is refused in words, and changes nothing.
    await page.evaluate(() => navigator.clipboard.writeText('{"some":"thing"}'));
    await page.keyboard.press("ControlOrMeta+v");
    await expect(page.locator(".notices")).toContainText("Nothing was pasted: the clipboard holds no cards");
    await expect(canvas.tree.getByRole("treeitem")).toHaveCount(3);
    // Moving without a drag: the menu's Move…, and a press on a marked place.
    await canvas.card("Wait 1 hour").click({ button: "right" });
    await canvas.choose("Move…");
    await canvas.plus("below “Empty note”").click();
    await expect.poll(() => canvas.cards()).toEqual(["No trigger yet", "Empty note", "Wait 1 hour"]);
});

test("deleting a split asks which branch stays", async ({ app, page }) => {
    const canvas = new CanvasPage(page);
    await canvas.startBlank(app);
    await canvas.card(/^Trigger:/).focus();
    await page.keyboard.press("a");
    await canvas.choose("Conditional split");
    for (const [branch, kind] of [
        ["Yes", "Webhook"],
        ["No", "Note"],
    ]) {
        await canvas.plus(`at ${branch} of “Conditional split”`).click();
        await canvas.choose(kind);
        await expect(canvas.card(new RegExp(`^${branch}: ${kind}`))).toBeFocused();
    }
    await canvas.card(/^Conditional split/).focus();
    await page.keyboard.press("Delete");
    await expect(canvas.menu).toContainText("which branch stays");
    await canvas.choose("Keep what is below No");
    await expect.poll(() => canvas.cards()).toEqual(["No trigger yet", "Empty note"]);
    await expect(canvas.card(/^Note/)).toBeFocused();
    await page.keyboard.press("ControlOrMeta+z");
    await expect(canvas.tree.getByRole("treeitem")).toHaveCount(4);
});

test("typing in a field has the field's own undo", async ({ app, page }) => {
    const canvas = new CanvasPage(page);
    await app.open();
    const name = canvas.inspector.getByLabel("Name", { exact: true });
    await name.click();
    await page.keyboard.press("End");
    await page.keyboard.type("XY");
    await page.keyboard.press("ControlOrMeta+z");
    await expect(name).not.toHaveValue(/XY/);
    await expect(canvas.card("Order to ERP")).toBeVisible();
});

test("the view pans, zooms and fits, and a card is found", async ({ app, page }) => {
    const canvas = new CanvasPage(page);
    await app.open("/flows");
    await page.getByRole("button", { name: "New flow" }).click();
    await page.getByRole("button", { name: /^Abandoned cart/ }).click();
    await expect(canvas.card(/^Trigger:/)).toBeVisible();
    const percent = page.locator(".canvas-percent");
    const left = async () => (await canvas.card(/^Trigger:/).boundingBox()).x;
    await percent.click();
    await expect(percent).toHaveText("100 %");
    const before = await left();
    await canvas.drag({ x: 600, y: 720 }, { x: 700, y: 740 });
    expect((await left()) - before).toBeGreaterThan(80);
    await page.mouse.wheel(60, 0);
    await expect.poll(left).toBeLessThan(before + 80);
    await page.keyboard.down("Control");
    await page.mouse.wheel(0, 300);
    await page.keyboard.up("Control");
    await expect(percent).not.toHaveText("100 %");
    await page.mouse.click(560, 700);
    await page.keyboard.press("0");
    await expect(percent).toHaveText("100 %");
    await expect(page.locator(".minimap")).toBeVisible();
    await page.keyboard.press("1");
    await expect(page.locator(".minimap")).toHaveCount(0);
    await page.keyboard.press("/");
    await page.keyboard.type("small");
    await page.keyboard.press("Enter");
    await expect(canvas.card("Small cart")).toBeFocused();
    await page.keyboard.press("ControlOrMeta+k");
    await page.keyboard.type("show prob");
    await page.keyboard.press("Enter");
    await expect(canvas.evidence.getByRole("tab", { name: "Problems" })).toHaveAttribute("aria-selected", "true");
});

test.describe("by touch", () => {
    test.use({ hasTouch: true, viewport: { width: 390, height: 844 } });

    test("a finger pans, a long press carries, + adds", async ({ app, page }) => {
        const canvas = new CanvasPage(page);
        await canvas.startBlank(app);
        await page.getByRole("tab", { name: "Flow", exact: true }).tap();
        await expect(canvas.card(/^Trigger:/)).toBeVisible();
        await canvas.plus("below the trigger").tap();
        await canvas.menu.getByRole("option", { name: "Time delay" }).tap();
        await page.getByRole("tab", { name: "Flow", exact: true }).tap();
        await canvas.plus("below the trigger").tap();
        await canvas.menu.getByRole("option", { name: "Note" }).tap();
        await page.getByRole("tab", { name: "Flow", exact: true }).tap();
        await expect.poll(() => canvas.cards()).toEqual(["No trigger yet", "Empty note", "Wait 1 hour"]);
        await page.getByRole("button", { name: "Undo" }).tap();
        await expect(canvas.card(/^Note/)).toHaveCount(0);
        await page.getByRole("button", { name: "Redo" }).tap();
        await expect(canvas.card(/^Note/)).toBeVisible();
        const touch = await page.context().newCDPSession(page);
        const send = (type, points) => touch.send("Input.dispatchTouchEvent", { type, touchPoints: points });
        // A swipe over a card pans.
        const before = await canvas.middle(canvas.card(/^Note/));
        // One after the other and none waited for: a finger that rests meanwhile would take the card up.
        await Promise.all([
            send("touchStart", [before]),
            send("touchMove", [{ x: before.x, y: before.y - 30 }]),
            send("touchMove", [{ x: before.x, y: before.y - 60 }]),
            send("touchEnd", []),
        ]);
        await expect.poll(async () => before.y - (await canvas.middle(canvas.card(/^Note/))).y).toBeGreaterThan(30);
        // A finger that rests takes the card up.
        const from = await canvas.middle(canvas.card(/^Note/));
        const to = await canvas.middle(canvas.plus("below “Wait 1 hour”"));
        await send("touchStart", [from]);
        await expect(page.locator(".canvas-ghost")).toBeVisible();
        await send("touchMove", [{ x: to.x, y: to.y - 6 }]);
        await send("touchMove", [to]);
        await expect(page.locator(".slot--aimed")).toHaveCount(1);
        await send("touchEnd", []);
        await expect.poll(() => canvas.cards()).toEqual(["No trigger yet", "Wait 1 hour", "Empty note"]);
    });
});

test("two tabs edit one flow, and nothing is overwritten silently", async ({ app, page, context }) => {
    const canvas = new CanvasPage(page);
    await app.open();
    await expect(canvas.card("Order to ERP")).toBeVisible();
    const other = await context.newPage();
    await other.goto(page.url());
    const others = new CanvasPage(other);
    await expect(others.card("Order to ERP")).toBeVisible();
    // An idle tab takes the change in, and says so.
    await others.card(/^Trigger:/).focus();
    await other.keyboard.press("a");
    await others.choose("Note");
    await expect(canvas.card(/^Note/)).toBeVisible();
    await expect(page.locator(".notices")).toContainText("Another tab changed this flow");
    // What the other tab did can be undone here, once its steps are read, too.
    await expect(page.getByRole("button", { name: "Undo", exact: true })).toBeEnabled();
    await canvas.card(/^Trigger:/).focus();
    await page.keyboard.press("ControlOrMeta+z");
    await expect(canvas.card(/^Note/)).toHaveCount(0);
    await expect(others.card(/^Note/)).toHaveCount(0);
});
