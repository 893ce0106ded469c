// The flow's page: the webhook's settings at the left, its preview at the right.

import { expect } from "@playwright/test";

export class FlowPage {
    constructor(page) {
        this.page = page;
        this.destination = page.getByLabel("Destination URL");
        this.payload = page.locator("#webhook-payload");
        this.evidence = page.locator(".evidence");
        this.testResult = page.locator(".test-result");
    }

    async sendTo(url) {
        await this.destination.fill(url);
    }

    async sendTest() {
        await this.page.getByRole("button", { name: "Send test request" }).click();
    }

    async save() {
        await this.page.getByRole("button", { name: "Save", exact: true }).click();
        await expect(this.page.getByText("Saved", { exact: true })).toBeVisible();
    }

    async fireEvent() {
        await this.page.getByRole("button", { name: "Fire event…" }).click();
        await this.page.getByRole("dialog").getByRole("button", { name: "Fire event" }).click();
    }
}
