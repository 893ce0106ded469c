// The library's page: events, profiles, lists and segments.

import { expect } from "@playwright/test";
import { readStores } from "./kept.mjs";

export class LibraryPage {
    constructor(page) {
        this.page = page;
        this.search = page.getByLabel("Search", { exact: true });
        this.list = page.getByRole("listbox");
        this.count = page.locator(".library-head-foot [role=status]");
        this.json = page.getByLabel("JSON", { exact: true });
        this.dialog = page.getByRole("dialog", { name: "Import events and profiles" });
    }

    row(title) {
        return this.list.getByRole("option").filter({ hasText: title }).first();
    }

    /** Waits for the samples, which are fetched once the page stands. */
    async seeSamples() {
        await expect(this.count).toHaveText("44 events");
    }

    /** So many events show, and as many are on the disk: the screen is ahead of it. */
    async seeKept(nEvents) {
        await expect(this.count).toHaveText(`${nEvents.toLocaleString("en")} events`);
        await expect.poll(async () => JSON.parse(await readStores(this.page, ["events"])).events.length).toBe(nEvents);
    }

    async openImport() {
        await this.page.getByRole("button", { name: "Import…" }).click();
        await expect(this.dialog).toBeVisible();
    }

    async chooseFile(name, content) {
        const buffer = Buffer.from(content);
        await this.dialog.locator("input[type=file]").setInputFiles({ name, mimeType: "text/plain", buffer });
    }

    /** Drops a file on the page, as from the desktop. */
    async dropFile(name, content) {
        await this.page.evaluate(
            ([name, content]) => {
                const transfer = new DataTransfer();
                transfer.items.add(new File([content], name));
                document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true }));
            },
            [name, content],
        );
    }

    /** Presses Tab until the element has the focus. */
    async tabTo(locator, key = "Tab") {
        for (let presses = 0; presses < 80; presses += 1) {
            if (await locator.evaluate((element) => element === document.activeElement).catch(() => false)) return;
            await this.page.keyboard.press(key);
        }
        throw new Error(`${key} never reached ${locator}`);
    }
}
