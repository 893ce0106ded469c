// The canvas of a flow: cards, lines, menus.

import { expect } from "@playwright/test";

export class CanvasPage {
    constructor(page) {
        this.page = page;
        this.region = page.getByRole("region", { name: "Flow", exact: true });
        this.tree = page.getByRole("tree", { name: "Cards of the flow" });
        this.inspector = page.getByRole("region", { name: "Settings" });
        this.evidence = page.getByRole("region", { name: "Evidence" });
        this.menu = page.locator("dialog.finder");
        this.said = this.region.getByRole("status");
    }

    /** A card by what its name has in it. */
    card(name) {
        return this.tree.getByRole("treeitem", { name });
    }

    /** The + on a line, or a marked place, by its words: `below “Wait 1 hour”`. */
    plus(place) {
        return this.region.getByRole("button", { name: new RegExp(`(Add a card|Put here:) ${place}`) });
    }

    /** Chooses from the menu that is open. */
    async choose(label) {
        await this.menu.getByRole("option", { name: label }).first().click();
        await expect(this.menu).toHaveCount(0);
        // What was chosen is done once the menu is gone; until then focus and fields are those of before.
        await this.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
    }

    /** The cards in the order in which they are read. */
    async cards() {
        const names = await this.tree.getByRole("treeitem").evaluateAll((items) =>
            items.map((item) => {
                const branch = item.textContent.match(/^(Yes|No): /);
                return (branch ? branch[0] : "") + item.querySelector(".card-title").textContent;
            }),
        );
        return names;
    }

    /** A new blank flow. */
    async startBlank(app) {
        await app.open("/flows");
        await this.page.getByRole("button", { name: "New flow" }).click();
        await this.page.getByRole("button", { name: "Blank flow" }).click();
        await expect(this.page.getByRole("heading", { name: "New flow", level: 1 })).toBeFocused();
    }

    /** The middle of an element, once it stands still: a view is placed a frame after its cards are there. */
    async middle(locator) {
        return locator.evaluate(async (element) => {
            const frame = () => new Promise((done) => requestAnimationFrame(done));
            const look = () => {
                const { x, y, width, height } = element.getBoundingClientRect();
                return { x: x + width / 2, y: y + height / 2 };
            };
            let before = look();
            for (let n = 0; n < 120; n += 1) {
                await frame();
                await frame();
                const now = look();
                if (now.x === before.x && now.y === before.y) break;
                before = now;
            }
            return before;
        });
    }

    /** Drags with the mouse, in steps, as a hand does. */
    async drag(from, to, { drop = true } = {}) {
        await this.page.mouse.move(from.x, from.y);
        await this.page.mouse.down();
        await this.page.mouse.move(from.x + 8, from.y + 8);
        await this.page.mouse.move(to.x, to.y, { steps: 6 });
        if (drop) await this.page.mouse.up();
    }
}
