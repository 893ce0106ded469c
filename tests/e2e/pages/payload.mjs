// A payload editor: the sandbox's, or a webhook's. They are the same.

import { expect } from "@playwright/test";

export class PayloadPage {
    constructor(page) {
        this.page = page;
        this.content = page.getByRole("textbox", { name: "Payload" });
        this.output = page.locator(".output-code");
        this.problems = page.getByRole("list", { name: "Problems" });
        this.verdict = page.locator(".output .facts-verdict");
        this.harsh = page.getByRole("region", { name: "Harsh data" });
        this.suggestions = page.getByRole("listbox");
    }

    /** Waits until the code editor has taken over from the plain field. */
    async seeEditor() {
        await expect(this.page.locator(".cm-content")).toBeVisible();
    }

    /** Replaces the whole text, by keyboard. */
    async write(text) {
        await this.content.focus();
        await this.page.keyboard.press("Control+a");
        await this.page.keyboard.press("Delete");
        // As a paste: typing would close brackets by itself.
        await this.page.keyboard.insertText(text);
    }

    /** Waits for the suggestions of what was typed: older ones stay meanwhile, greyed, and take no key. */
    async seeSuggestions() {
        const list = ".cm-tooltip-autocomplete:not(.cm-tooltip-autocomplete-disabled) > ul";
        await expect(this.page.locator(list)).toBeVisible();
    }

    /** Types the beginning of a word and takes the suggestion of this name, by keyboard. */
    async complete(typed, label) {
        await this.page.keyboard.type(typed, { delay: 15 });
        await this.seeSuggestions();
        const chosen = this.suggestions.locator("[aria-selected=true]");
        await expect(chosen).toBeVisible();
        // The list shows a window of the suggestions, which moves with the choice.
        for (let step = 0; step < 60 && !(await chosen.textContent()).includes(label); step += 1) {
            await this.page.keyboard.press("ArrowDown");
        }
        await expect(chosen).toContainText(label);
        await this.page.keyboard.press("Enter");
        await expect(this.suggestions).toHaveCount(0);
    }

    /** Types the beginning of a word and clicks the suggestion of this name. */
    async clickSuggestion(typed, label) {
        await this.page.keyboard.type(typed, { delay: 15 });
        await this.seeSuggestions();
        const wanted = this.suggestions.getByRole("option").filter({ hasText: label }).first();
        await this.suggestions.hover();
        for (let step = 0; step < 60 && !(await wanted.isVisible()); step += 1) {
            await this.page.mouse.wheel(0, 40);
        }
        await wanted.click();
        await expect(this.suggestions).toHaveCount(0);
    }

    /** The first fix that is offered; gone or another once it is applied. */
    get firstFix() {
        return this.problems.getByRole("button").filter({ hasNotText: "Line" }).first();
    }

    /** Mends problem after problem by what `act` does, until the payload is right. */
    async mendAll(act) {
        for (let n = 0; n < 12; n += 1) {
            // The rendering on the screen is that of the text: only then its problems are read.
            await this.seeSettled();
            if ((await this.verdict.textContent()).includes("Valid JSON") && !(await this.firstFix.isVisible())) return;
            const before = await this.text();
            await act();
            await expect.poll(() => this.text()).not.toBe(before);
        }
    }

    /** Waits until the preview is that of the text. */
    async seeSettled() {
        await expect(this.page.locator(".workbench-output")).toHaveAttribute("aria-busy", "false");
    }

    async text() {
        return this.page.evaluate(() =>
            [...document.querySelector(".editor-host").shadowRoot.querySelectorAll(".cm-line")]
                .map((line) => line.textContent)
                .join("\n"),
        );
    }

    async rendered() {
        return JSON.parse(await this.output.textContent());
    }
}
