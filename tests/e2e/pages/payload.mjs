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

    /** Types the beginning of a word and takes the suggestion of this name. */
    async complete(typed, label) {
        await this.page.keyboard.type(typed, { delay: 15 });
        const wanted = this.suggestions.getByRole("option").filter({ hasText: label }).first();
        await expect(wanted).toBeVisible();
        for (let step = 0; step < 30 && (await wanted.getAttribute("aria-selected")) !== "true"; step += 1) {
            await this.page.keyboard.press("ArrowDown");
        }
        await this.page.keyboard.press("Enter");
        await expect(this.suggestions).toHaveCount(0);
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
