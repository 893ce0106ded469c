// Hostile text in every field, file, answer, name and link runs nothing and breaks nothing.

import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "./fixtures.mjs";
import { CORPUS } from "./hostile/corpus.mjs";
import { PLAIN, hostileCsv, hostileLines, poisoned, takeTurns } from "./hostile/files.mjs";
import { listen, unharmed } from "./hostile/listen.mjs";
import { ActivityPage, refused, seedDeliveries } from "./pages/activity.mjs";
import { FlowPage } from "./pages/flow.mjs";
import { FlowsPage } from "./pages/flows.mjs";
import { LibraryPage } from "./pages/library.mjs";
import { packedLink } from "./pages/link.mjs";
import { MembersPage } from "./pages/members.mjs";
import { PayloadPage } from "./pages/payload.mjs";

const KLAVIYO = path.resolve(import.meta.dirname, "../it/fixtures/klaviyo/splits_that_rejoin.json");

test("the corpus has its size", () => {
    expect(new Set(CORPUS).size).toBeGreaterThanOrEqual(200);
});

test("the listeners hear what they are there for", async ({ app, page }) => {
    page.setDefaultTimeout(20_000);
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

test("a member’s hostile name shows as text wherever it stands", async ({ app, page }) => {
    page.setDefaultTimeout(20_000);
    const seen = await listen(page);
    await app.open();
    const members = new MembersPage(page);
    await members.setUp();
    await page.getByRole("button", { name: "Name and email…" }).click();
    await page.locator("#member-name").fill(CORPUS[1]);
    await page.locator("#member-email").fill("ann@example.com");
    await page.getByRole("button", { name: "Keep", exact: true }).click();
    await expect(members.session).toContainText(CORPUS[1]);
    await expect(members.audit).toContainText(CORPUS[1]);
    await page.getByRole("button", { name: "Sign in as another…" }).click();
    await expect(page.locator("#sign-in-member")).toContainText(CORPUS[1]);
    await unharmed(page, seen);
});

test("hostile events, answers, addresses and links run nothing", async ({ app, page, receivers }) => {
    test.setTimeout(480_000);
    page.setDefaultTimeout(20_000);
    const seen = await listen(page);
    const flow = new FlowPage(page);
    await app.open();
    // Everything at once in what a receiver answers ...
    const printable = CORPUS.filter((text) => /^[\x20-\x7e]*$/.test(text));
    const headers = Object.fromEntries(printable.slice(0, 60).map((text, idx) => [`x-evil-${idx}`, text]));
    headers["Access-Control-Expose-Headers"] = Object.keys(headers).join(", ");
    headers["Content-Type"] = "text/html";
    receivers.trusted.script("/evil", [{ status: 400, headers, retryAfter: CORPUS[1], body: CORPUS.join("\n") }]);
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
    await unharmed(page, seen);
});

/** Looks at everything the app shows of a flow: each card, each part of the evidence, the payload. */
async function lookAtFlow(page) {
    const cards = page.getByRole("tree", { name: "Cards of the flow" }).getByRole("treeitem");
    await expect(cards.first()).toBeVisible();
    for (let n = 0; n < (await cards.count()); n += 1) {
        // Selects it wherever the view is.
        await cards.nth(n).press(" ");
        for (const tab of ["Preview", "Journey", "Problems"]) {
            await page.getByRole("region", { name: "Evidence" }).getByRole("tab", { name: tab }).click();
        }
    }
}

test("hostile files of events show as text, from the import to the request", async ({ app, page }) => {
    test.setTimeout(480_000);
    page.setDefaultTimeout(20_000);
    const seen = await listen(page);
    const library = new LibraryPage(page);
    await app.open("/events");
    await library.seeSamples();
    for (const [extension, text] of Object.entries({
        csv: hostileCsv(),
        jsonl: hostileLines(),
        json: JSON.stringify(CORPUS),
        txt: PLAIN.join("\n"),
        bin: CORPUS.join("\n"),
    })) {
        await library.openImport();
        await library.chooseFile(`"><img src=x onerror=hit()>.${extension}`, text);
        await expect(library.dialog.getByText(/onerror=hit/).first()).toBeVisible();
        const take = library.dialog.getByRole("button", { name: /^Import \d/ });
        const another = library.dialog.getByRole("button", { name: "Choose another" });
        const refusal = library.dialog.getByRole("alert").filter({ hasText: /./ });
        await expect(take.or(another).or(refusal).first()).toBeVisible();
        if ((await take.count()) > 0 && (await take.isEnabled())) await take.click();
        else await page.keyboard.press("Escape");
        await expect(library.dialog).toBeHidden();
    }
    for (const text of ["onerror", "p42@example.com", "p7@example.com"]) {
        await library.search.fill(text);
        await library.list.getByRole("option").first().click();
        await expect(library.json).toHaveValue(/hit|\w/);
    }
    await page.getByRole("link", { name: /^Preview in/ }).click();
    await lookAtFlow(page);
    await page.getByRole("link", { name: "Rehearse" }).click();
    await page.getByLabel("Or a file of events").setInputFiles({
        name: `${CORPUS[9]}.jsonl`.replaceAll("/", ""),
        mimeType: "text/plain",
        buffer: Buffer.from(hostileLines()),
    });
    await expect(page.getByText(/entries read/)).toBeVisible();
    await page.getByLabel("Jump").selectOption("end");
    await unharmed(page, seen);
});

test("hostile flows, of ours and of Klaviyo’s, show as text, and so does their backup elsewhere", async ({
    app,
    browser,
    page,
    site,
}) => {
    test.setTimeout(480_000);
    page.setDefaultTimeout(20_000);
    const seen = await listen(page);
    const flows = new FlowsPage(page);
    await app.open("/flows");
    await flows.startReady("Abandoned cart to retargeting");
    await page.getByRole("link", { name: "Flows" }).first().click();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export Abandoned cart to retargeting", exact: true }).click();
    const own = JSON.parse(await readFile(await (await download).path(), "utf8"));
    const klaviyo = JSON.parse(await readFile(KLAVIYO, "utf8"));
    const files = [0, 70, 140, 210].flatMap((from) => [
        poisoned(own, ["name", "url", "payload", "text", "property", "metric"], takeTurns(from)),
        poisoned(klaviyo, ["name", "url", "body", "property", "field", "status"], takeTurns(from)),
    ]);
    for (const file of files) {
        await page.getByRole("link", { name: "Flows" }).first().click();
        await page.getByRole("button", { name: "New flow", exact: true }).click();
        const name = '"><img src=x onerror=hit()>.json';
        const buffer = Buffer.from(JSON.stringify(file));
        await page.getByLabel("From a file…").setInputFiles({ name, mimeType: "application/json", buffer });
        const opened = page.getByRole("treeitem").first();
        const refusal = page.getByRole("dialog").getByRole("alert").filter({ hasText: /./ });
        await expect(opened.or(refusal)).toBeVisible();
        if (await opened.isVisible()) await lookAtFlow(page);
        else await page.keyboard.press("Escape");
    }
    // What is no flow at all is refused with its name.
    await page.getByRole("link", { name: "Flows" }).first().click();
    for (const text of CORPUS.slice(0, 20)) {
        await page.getByRole("button", { name: "New flow", exact: true }).click();
        const file = {
            name: "x.json",
            mimeType: "application/json",
            buffer: Buffer.from(JSON.stringify({ [text]: text })),
        };
        await page.getByLabel("From a file…").setInputFiles(file);
        await expect(page.getByRole("dialog").getByRole("alert")).not.toBeEmpty();
        await page.keyboard.press("Escape");
    }
    const links = await page.locator(".flow-name").all();
    expect(links.length).toBeGreaterThan(4);
    await page.getByRole("link", { name: "Settings" }).first().click();
    const made = page.waitForEvent("download");
    await page.getByRole("button", { name: "Make a backup" }).click();
    const backup = await (await made).path();
    const context = await browser.newContext();
    const other = await context.newPage();
    const heard = await listen(other);
    await other.goto(`${site.url}#/settings`);
    for (const text of CORPUS.slice(0, 20)) {
        const file = { name: `${text.replaceAll("/", "")}.backup`, mimeType: "text/plain", buffer: Buffer.from(text) };
        await other.getByLabel("Restore from a backup").setInputFiles(file);
        await expect(other.getByRole("alert")).toBeVisible();
    }
    await other.getByLabel("Restore from a backup").setInputFiles(backup);
    await other.getByRole("button", { name: "Restore", exact: true }).click();
    await expect(other.getByText("The backup is restored.")).toBeVisible();
    await other.goto(`${site.url}#/flows`);
    await other.locator(".flow-name").last().click();
    await lookAtFlow(other);
    await unharmed(other, heard);
    await context.close();
    await unharmed(page, seen);
});

test("hostile links to the sandbox, whole or not, run nothing", async ({ app, page }) => {
    test.setTimeout(480_000);
    page.setDefaultTimeout(20_000);
    const seen = await listen(page);
    const payload = new PayloadPage(page);
    await app.open("/sandbox");
    await payload.seeEditor();
    const go = (letters) =>
        page.evaluate((letters) => {
            location.hash = `#/sandbox?s=${letters}`;
        }, letters);
    for (const text of CORPUS) {
        const event = JSON.stringify({ [text]: text, list: [text] });
        await go(packedLink({ t: `{"a": ${JSON.stringify(text)}}`, e: event, p: event, d: false, a: false }));
    }
    await expect.poll(() => payload.text()).toContain("a");
    for (const text of CORPUS) await go(packedLink({ t: text, e: text, p: text, s: text, d: true, a: true }));
    await expect.poll(() => payload.text()).toContain(CORPUS.at(-1).slice(0, 10));
    for (const tab of ["Event", "Profile", "Snippets", "Variables"]) {
        await page.getByRole("tab", { name: tab, exact: true }).click();
    }
    await unharmed(page, seen);
});

test("hostile rows of the log show as text, in the list, in their detail and in charts", async ({ app, page }) => {
    page.setDefaultTimeout(20_000);
    const seen = await listen(page);
    const activity = new ActivityPage(page);
    await activity.open(app);
    await seedDeliveries(page, CORPUS.length, (n) => ({
        email: CORPUS[n],
        profile: CORPUS[n],
        url: CORPUS[n],
        body: CORPUS[n],
        node: `node${n % 7}`,
        names: CORPUS[n],
        ...(n % 2 ? refused(Date.now() - n) : {}),
    }));
    await expect(activity.who).toHaveText(`All ${CORPUS.length} deliveries that fit`);
    for (let part = 0; part <= 1; part += 0.1) await activity.scrollTo(part);
    await activity.scrollTo(0);
    for (let n = 0; n < 12; n += 1) {
        await activity.rows.nth(n).getByRole("link").first().click();
        await expect(activity.detail).toBeVisible();
        for (const summary of await activity.detail.locator("summary").all()) await summary.click();
    }
    await page.getByRole("link", { name: "Flows" }).first().click();
    await page.evaluate(() => {
        location.hash = "#/destinations";
    });
    await unharmed(page, seen);
});

test("hostile text pasted on the canvas, and left behind in the browser’s storage, runs nothing", async ({
    app,
    page,
}) => {
    page.setDefaultTimeout(20_000);
    const seen = await listen(page);
    await app.open();
    await page.getByRole("treeitem").last().focus();
    const clip = (text) => JSON.stringify({ format: "hookwright-cards", version: 1, flow: { name: text, nodes: {} } });
    await page.evaluate(
        (texts) => {
            for (const text of texts) {
                const clipboardData = new DataTransfer();
                clipboardData.setData("text/plain", text);
                clipboardData.setData("text/html", text);
                document.activeElement.dispatchEvent(
                    new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }),
                );
            }
        },
        [...CORPUS, ...CORPUS.map(clip)],
    );
    await expect(page.locator(".notices")).toContainText("Nothing was pasted");
    // What an extension or an older version may have left there.
    for (const text of CORPUS.filter((_, n) => n % 40 === 1)) {
        await page.evaluate((text) => {
            const names = Object.keys(localStorage);
            for (const name of [...names, "theme", "hookwright-theme"]) localStorage.setItem(name, text);
        }, text);
        await page.reload();
        await app.seeStarted();
    }
    await unharmed(page, seen);
});
