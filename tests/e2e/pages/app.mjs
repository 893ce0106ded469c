// The app as a whole: opening it and seeing that it is there. One page object for each feature stands beside this file.

import { expect } from "@playwright/test";

export class AppPage {
    constructor(page, url) {
        this.page = page;
        this.url = url;
        this.main = page.getByRole("main");
        this.bootNotice = page.locator("#boot");
        this.panic = page.getByRole("dialog", { name: "Hookwright stopped" });
    }

    /** Opens the app, at a route such as `/activity`, and waits until it has taken the page over. */
    async open(route = "") {
        await this.page.goto(route ? `${this.url}#${route}` : this.url);
        await this.seeStarted();
    }

    async seeStarted() {
        await expect(this.bootNotice).toHaveCount(0);
        await expect(this.main).toBeVisible();
    }

    async seeNotice(title) {
        await expect(this.page.getByRole("heading", { name: title, level: 1 })).toBeVisible();
    }
}
