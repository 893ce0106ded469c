// Hostile text in every field, file, answer, name and link runs nothing and breaks nothing.

import { expect, test } from "./fixtures.mjs";
import { CORPUS } from "./hostile/corpus.mjs";
import { FlowPage } from "./pages/flow.mjs";
import { MembersPage } from "./pages/members.mjs";

/** What ran, what the policy stopped, what asked, and what went elsewhere. */
async function listen(page) {
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

function unharmed(seen) {
    expect(seen).toEqual({ hits: 0, violations: [], dialogs: 0, elsewhere: [], errors: [] });
}

test("the corpus has its size", () => {
    expect(new Set(CORPUS).size).toBeGreaterThanOrEqual(200);
});

test("the listeners hear what they are there for", async ({ app, page }) => {
    const seen = await listen(page);
    await app.open();
    await page.evaluate(() => {
        const style = document.createElement("style");
        style.textContent = "body { background: url(https://evil.invalid/x) }";
        document.head.append(style);
    });
    await expect.poll(() => seen.violations.length).toBeGreaterThan(0);
    // Trusted Types refuse a handler before the policy for scripts has to.
    const planted = page.evaluate(() => document.body.setAttribute("onclick", "hit()"));
    await expect(planted).rejects.toThrow(/TrustedScript/);
    expect(seen.hits).toBe(0);
});

test("no field of a flow, a member or the settings runs what is typed into it", async ({ app, page }) => {
    test.setTimeout(240_000);
    const seen = await listen(page);
    const flow = new FlowPage(page);
    await app.open();
    await page.getByRole("button", { name: "Add header" }).click();
    const fields = [
        page.getByLabel("Name", { exact: true }),
        flow.destination,
        page.getByLabel(/^Name of header/).last(),
        page.getByLabel(/^Value of header/).last(),
        flow.payload,
    ];
    for (const text of CORPUS) for (const field of fields) await field.fill(text);
    await page.getByRole("link", { name: "Settings" }).first().click();
    for (const text of CORPUS) {
        for (const name of ["organization-name", "organization-url", "organization-address", "timeout"]) {
            await page.locator(`#${name}`).fill(text);
        }
    }
    const members = new MembersPage(page);
    await members.open();
    await members.session.getByRole("button", { name: "Name and email…" }).click();
    for (const text of CORPUS) {
        await page.locator("#member-name").fill(text);
        await page.locator("#member-email").fill(text);
    }
    await page.locator("#member-name").fill(CORPUS[1]);
    await page.locator("#member-email").fill("ann@example.com");
    await page.getByRole("button", { name: "Keep", exact: true }).click();
    await expect(members.session).toContainText(CORPUS[1]);
    await expect(members.audit).toContainText(CORPUS[1]);
    unharmed(seen);
});

test("hostile events, answers, addresses and links run nothing", async ({ app, page, receivers }) => {
    test.setTimeout(240_000);
    const seen = await listen(page);
    const flow = new FlowPage(page);
    await app.open();
    // Everything at once in what a receiver answers ...
    const printable = CORPUS.filter((text) => /^[\x20-\x7e]*$/.test(text));
    const headers = Object.fromEntries(printable.slice(0, 60).map((text, idx) => [`x-evil-${idx}`, text]));
    receivers.trusted.script("/evil", [{ status: 400, headers, body: CORPUS.join("\n") }]);
    await flow.sendTo(receivers.trusted.url(`/evil`));
    await flow.payload.fill(`{"all": ${JSON.stringify(CORPUS.join(" ")).replaceAll("{", "(").replaceAll("}", ")")}}`);
    await flow.sendTest();
    await expect(flow.testResult).toContainText("400");
    await page.getByRole("link", { name: "Activity" }).first().click();
    await page.locator("tbody tr").first().getByRole("link").first().click();
    for (const summary of await page.locator(".shell-main summary").all()) await summary.click();
    // ... in addresses ...
    for (const text of CORPUS) {
        await page.evaluate((text) => {
            location.hash = `#/sandbox?s=${text}`;
        }, text);
        await page.evaluate((text) => {
            location.hash = `#/${text}`;
        }, text);
    }
    await page.evaluate(() => {
        location.hash = "#/flows";
    });
    await expect(page.getByRole("heading", { name: "Flows", level: 1 })).toBeVisible();
    unharmed(seen);
});

test("hostile events that are imported show as text", async ({ app, page }) => {
    test.setTimeout(120_000);
    const seen = await listen(page);
    await app.open("/events");
    const events = CORPUS.map((text, idx) => ({
        metric: idx % 2 ? text.slice(0, 200) : "Placed Order",
        email: `p${idx}@example.com`,
        properties: { [text.slice(0, 100)]: text, list: [text, { deep: text }] },
    }));
    await page
        .getByRole("button", { name: /^Import/ })
        .first()
        .click();
    await page
        .getByRole("dialog")
        .locator("input[type=file]")
        .setInputFiles({
            name: '"><img src=x onerror=hit()>.json',
            mimeType: "application/json",
            buffer: Buffer.from(JSON.stringify(events)),
        });
    await expect(page.getByText(/onerror=hit/).first()).toBeVisible();
    unharmed(seen);
});
