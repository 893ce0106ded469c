// The builder in every state, to axe-core and to a screen reader.

import { expect, test } from "./fixtures.mjs";
import { expectAccessible, setTheme } from "./pages/accessible.mjs";
import { CanvasPage } from "./pages/canvas.mjs";

test.use({ viewport: { width: 1440, height: 900 } });

/** The ready flow with a delay, a split and two webhooks. */
async function openCart(app, page) {
    const canvas = new CanvasPage(page);
    await app.open("/flows");
    await page.getByRole("button", { name: "New flow" }).click();
    await page.getByRole("button", { name: /^Abandoned cart/ }).click();
    await expect(canvas.card(/^Trigger:/)).toBeVisible();
    return canvas;
}

const split = (canvas) => canvas.card(/^Trigger split/);

async function openPalette(canvas) {
    await split(canvas).press("ControlOrMeta+k");
    await expect(canvas.menu.getByRole("option").first()).toBeVisible();
}

/** Each state: its name, and how to come to it. What a state consists of is there when its function returns. */
const STATES = {
    "a webhook selected": async () => {},
    "nothing selected": async (canvas) => {
        await canvas.page.locator("#canvas").press("Escape");
        await expect(canvas.inspector.getByRole("heading", { name: "Add a card" })).toBeVisible();
    },
    "a split selected": async (canvas) => {
        await split(canvas).click();
        await expect(canvas.inspector.getByRole("button", { name: "Flip split" })).toBeVisible();
    },
    "a card's menu": async (canvas) => {
        await split(canvas).press("Shift+F10");
        await expect(canvas.menu.getByRole("option", { name: "Flip split" })).toBeVisible();
    },
    "the menu of a +": async (canvas) => {
        await split(canvas).press("a");
        await expect(canvas.menu.getByRole("option", { name: "Time delay" })).toBeVisible();
    },
    "a place being chosen": async (canvas) => {
        await split(canvas).press("m");
        await expect(canvas.page.locator(".slot--aimed")).toBeFocused();
    },
    "a split being deleted": async (canvas) => {
        await split(canvas).press("Delete");
        await expect(canvas.menu).toContainText("which branch stays");
    },
    "the command palette": openPalette,
    "the command palette without a match": async (canvas) => {
        await openPalette(canvas);
        await canvas.page.keyboard.type("nothing of the kind");
        await expect(canvas.menu).toContainText("Nothing matches");
    },
    "the shortcut sheet": async (canvas) => {
        await split(canvas).press("?");
        await expect(canvas.page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
    },
    "a journey": async (canvas) => {
        await canvas.evidence.getByRole("tab", { name: "Journey" }).click();
        await expect(canvas.evidence.getByRole("list", { name: "The way" })).toContainText("Goes to Yes");
    },
    "the list of problems": async (canvas) => {
        await canvas.card("Large cart").click();
        await canvas.inspector.getByLabel("Destination URL").fill("https://ann:secret@erp.example.com/");
        await canvas.evidence.getByRole("tab", { name: "Problems" }).click();
        await expect(canvas.evidence.getByRole("button", { name: /Large cart/ })).toBeVisible();
    },
    "the minimap": async (canvas) => {
        await split(canvas).press("0");
        await expect(canvas.page.locator(".minimap")).toBeVisible();
    },
    "the whole flow far away": async (canvas) => {
        for (let n = 0; n < 6; n += 1) await split(canvas).press("-");
        await expect(canvas.page.locator(".canvas-far")).toBeVisible();
    },
};

for (const [state, arrive] of Object.entries(STATES)) {
    test(`${state} breaks no rule of accessibility, light and dark`, async ({ app, page }) => {
        const canvas = await openCart(app, page);
        await arrive(canvas);
        for (const theme of ["light", "dark"]) {
            await setTheme(page, theme);
            await expectAccessible(page, `builder-${state.replaceAll(" ", "-")}-${theme}`);
        }
    });
}

test("a screen reader finds the flow as a tree", async ({ app, page }) => {
    const canvas = await openCart(app, page);
    await canvas.card("Large cart").click();
    await expect(canvas.tree).toMatchAriaSnapshot(`
        - tree "Cards of the flow":
            - 'treeitem "Trigger: Started Checkout When this event comes in" [level=1]'
            - 'treeitem "Time delay: Wait 1 hour Then goes on +1 h" [level=1]'
            - treeitem "Trigger split $value ≥ 50" [expanded] [level=1]
            - treeitem /Yes. Webhook. Large cart Draft https/ [level=2] [selected]
            - treeitem /No. Webhook. Small cart Draft https/ [level=2]
    `);
    const places = await canvas.tree
        .getByRole("treeitem")
        .evaluateAll((items) => items.map((item) => `${item.ariaLevel} ${item.ariaPosInSet}/${item.ariaSetSize}`));
    expect(places).toEqual(["1 1/3", "1 2/3", "1 3/3", "2 1/1", "2 1/1"]);
});
