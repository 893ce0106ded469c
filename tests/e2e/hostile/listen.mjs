// Hears whether hostile text ran, asked, went elsewhere, or broke the page.

import { expect } from "@playwright/test";

/** What ran, what the policy stopped, what asked, and what went elsewhere; from the next load of the page on. */
export async function listen(page) {
    const seen = { hits: 0, violations: [], dialogs: 0, elsewhere: [], errors: [] };
    await page.exposeFunction("hit", () => {
        seen.hits += 1;
    });
    await page.exposeFunction("sawViolation", (words) => seen.violations.push(words));
    await page.addInitScript(() => {
        addEventListener("securitypolicyviolation", (event) =>
            globalThis.sawViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`),
        );
    });
    page.on("dialog", (dialog) => {
        seen.dialogs += 1;
        dialog.dismiss();
    });
    page.on("request", (request) => {
        if (request.url().includes("evil.invalid")) seen.elsewhere.push(request.url());
    });
    page.on("pageerror", (error) => seen.errors.push(String(error)));
    return seen;
}

/** Nothing was heard, and the app still stands. */
export async function unharmed(page, seen) {
    expect(seen).toEqual({ hits: 0, violations: [], dialogs: 0, elsewhere: [], errors: [] });
    await expect(page.getByRole("dialog", { name: "Hookwright stopped" })).toHaveCount(0);
    await expect(page.getByRole("main")).toBeVisible();
}
