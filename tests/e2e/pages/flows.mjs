// The list of flows, and what a flow's panel says beside the canvas.

import { expect } from "@playwright/test";

export class FlowsPage {
    constructor(page) {
        this.page = page;
        this.table = page.locator("table.flows");
        this.search = page.getByRole("searchbox", { name: "Search flows" });
        this.notices = page.locator(".notices");
        this.inspector = page.getByRole("region", { name: "Settings" });
        this.evidence = page.getByRole("region", { name: "Evidence" });
    }

    row(name) {
        return this.table.locator("tbody tr").filter({ hasText: name });
    }

    async names() {
        return this.table.locator("tbody .flow-name").allTextContents();
    }

    /** Opens a flow of the gallery from the list. */
    async startReady(title) {
        await this.page.getByRole("button", { name: "New flow" }).click();
        await this.page.getByRole("button", { name: new RegExp(`^${title}`) }).click();
        await expect(this.page.getByRole("heading", { name: title, level: 1 })).toBeVisible();
    }

    /** Selects a card of the canvas by what stands on it. */
    async select(title) {
        await this.page
            .getByRole("tree", { name: "Cards of the flow" })
            .getByRole("treeitem")
            .filter({ has: this.page.getByText(title, { exact: true }) })
            .first()
            .click();
    }

    async openEvidence(tab) {
        await this.evidence.getByRole("tab", { name: tab }).click();
    }
}
