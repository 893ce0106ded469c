// Hostile text typed into every field of the app runs nothing and breaks nothing.

import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "./fixtures.mjs";
import { CORPUS } from "./hostile/corpus.mjs";
import { listen, unharmed } from "./hostile/listen.mjs";
import { STATES } from "./hostile/states.mjs";
import { sweep } from "./hostile/sweep.mjs";
import { PayloadPage } from "./pages/payload.mjs";

for (const [name, { open, except, fields }] of Object.entries(STATES)) {
    test(`hostile text in ${name}`, async ({ app, page }) => {
        page.setDefaultTimeout(20_000);
        const seen = await listen(page);
        await open({ app, page });
        expect(await sweep(page, { except })).toEqual(expect.arrayContaining(fields));
        await unharmed(page, seen);
    });
}

/** Fields that take numbers, times or files only, and the one that another spec sweeps. */
const NO_TEXT = [
    ...["practice-failures", "practice-percent", "failure-status", "failure-delay", "then-status", "then-delay"],
    ...["date-time", "delay-time", "import-file", "rehearsal-file", "restore-file", "share-link"],
    // Swept where a backup with members is restored (members-backup.spec.mjs), and where the editor fails (editor.spec.mjs).
    ...["backup-passphrase", "payload-text"],
];

test("every field of the source is swept", async () => {
    const root = path.resolve(import.meta.dirname, "../../src/ui");
    const files = (await readdir(root, { recursive: true })).filter((file) => file.endsWith(".rs"));
    const texts = await Promise.all(files.map((file) => readFile(path.join(root, file), "utf8")));
    const tags = texts.flatMap(
        (text) => text.match(/<(?:TextField|CodeArea|TimeZoneField|input|textarea)\b[^>]*?id="[^"]+"/gs) ?? [],
    );
    const ids = tags.map((tag) => tag.match(/id="([^"]+)"/)[1]);
    expect(ids.length).toBeGreaterThan(20);
    const swept = new Set([...Object.values(STATES).flatMap(({ fields }) => fields), ...NO_TEXT]);
    expect([...new Set(ids)].filter((id) => !swept.has(id))).toEqual([]);
});

test("hostile text typed and pasted into the code editor, also as a file", async ({ app, page }) => {
    test.setTimeout(480_000);
    const seen = await listen(page);
    await app.open("/sandbox");
    const payload = new PayloadPage(page);
    await payload.seeEditor();
    for (const text of CORPUS) await payload.write(text);
    // The text is one thing, its files another: each with a name out of the corpus, as text and as a picture.
    await page.evaluate((corpus) => {
        const content = document.querySelector(".editor-host").shadowRoot.querySelector(".cm-content");
        for (const text of corpus) {
            for (const type of ["text/plain", "image/png"]) {
                const clipboardData = new DataTransfer();
                clipboardData.items.add(new File([text], text, { type }));
                content.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
            }
        }
    }, CORPUS);
    await expect(page.locator(".notices")).toContainText("so it was not pasted");
    await unharmed(page, seen);
});
