// The activity page: counters, filters, the list, one delivery in detail.

import { expect } from "@playwright/test";
import { readStores } from "./kept.mjs";
import { deliveryRow } from "./rows.mjs";

export { refused } from "./rows.mjs";

export class ActivityPage {
    constructor(page) {
        this.page = page;
        this.table = page.getByRole("table", { name: "Deliveries" });
        this.rows = this.table.locator("tbody tr");
        this.list = page.locator(".activity-list");
        this.detail = page.locator(".detail");
        this.who = page.locator(".act-bar-who");
        this.search = page.getByRole("searchbox", { name: "Search recipients, requests and answers" });
    }

    async open(app, query = "") {
        await app.open(`/activity${query}`);
    }

    row(text) {
        return this.rows.filter({ hasText: text });
    }

    async act(name) {
        await this.page
            .locator(".act-bar")
            .getByRole("button", { name: `${name}…`, exact: true })
            .click();
    }

    async confirm(name) {
        const dialog = this.page.getByRole("dialog");
        await dialog.getByRole("button", { name, exact: true }).click();
        await expect(dialog).toHaveCount(0);
    }

    async scrollTo(part) {
        await this.list.evaluate(
            (list, part) => list.scrollTo(0, (list.scrollHeight - list.clientHeight) * part),
            part,
        );
    }
}

/**
 * Writes deliveries straight into the database, as the sender would have, and loads the page anew, so that the sender
 * counts them: `make(n)` gives what differs.
 */
export async function seedDeliveries(page, n, make = () => ({})) {
    // The database is made, and whoever sends has counted what is in it.
    await expect(page.locator(".nav-sender").first()).toContainText("tab sends");
    const isCounted = async () => JSON.parse(await readStores(page, ["totals"])).totals.some(({ k }) => k === "all");
    await expect.poll(isCounted).toBe(true);
    const rows = Array.from({ length: n }, (_, number) => deliveryRow(number, make(number)));
    await page.evaluate(putRows, { rows });
    await page.reload();
}

/** Runs in the page: puts rows, and makes the sender count anew. */
async function putRows({ rows }) {
    const database = await new Promise((resolve, reject) => {
        const request = indexedDB.open("hookwright");
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
    const transaction = database.transaction(["deliveries", "totals"], "readwrite");
    const store = transaction.objectStore("deliveries");
    for (const row of rows) store.put(row);
    transaction.objectStore("totals").clear();
    await new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error);
    });
    database.close();
}
