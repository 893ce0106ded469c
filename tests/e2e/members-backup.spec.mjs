// A backup with members and secrets: sealed, restored under its own passphrase only, refused with the reason otherwise.

import { open, writeFile } from "node:fs/promises";
import { expect, test } from "./fixtures.mjs";
import { sweep } from "./hostile/sweep.mjs";
import { expectAccessible, setTheme } from "./pages/accessible.mjs";
import { FlowPage } from "./pages/flow.mjs";
import { downloaded, readStores } from "./pages/kept.mjs";
import { LibraryPage } from "./pages/library.mjs";
import { MembersPage, PASSPHRASE, addSecret, code, saveWithTwoStep } from "./pages/members.mjs";

const SECRET = "Bearer tok_live_backup";
/** What a restore writes to. The sender's own rows change by themselves. */
const STORES = ["flows", "versions", "events", "profiles", "settings", "deliveries", "members", "secrets", "audit"];

/** A workspace with a member, a live webhook and its secret; its backup, and who may sign in. */
async function makeBackup({ app, page, receivers }) {
    const flow = new FlowPage(page);
    await app.open();
    await flow.sendTo(receivers.trusted.url("/orders"));
    const members = await saveWithTwoStep(page);
    await addSecret(page, "Authorization", SECRET);
    await flow.save();
    await members.open();
    await page.getByRole("button", { name: "Add member…" }).click();
    await page.locator("#member-name").fill("Ann");
    await page.locator("#member-email").fill("ann@example.com");
    await page.getByRole("button", { name: "Add member", exact: true }).click();
    await expect(page.getByLabel("Role of Ann")).toHaveValue("Manager");
    await page.getByRole("link", { name: "Settings" }).first().click();
    await page.getByLabel(/With members and secrets/).check();
    const text = await downloaded(page, () => page.getByRole("button", { name: "Make a backup" }).click());
    return { members, text };
}

/** The file with a head that fits its lines, as somebody who knows the format would write it. */
function withSum(text) {
    const cut = text.indexOf("\n");
    const head = JSON.parse(text.slice(0, cut));
    const lines = text.slice(cut + 1);
    let sum = 0xcbf29ce484222325n;
    for (const byte of Buffer.from(lines)) sum = ((sum ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
    head.sum = sum.toString(16).padStart(16, "0");
    head.rows = lines.trimEnd().split("\n").length;
    return `${JSON.stringify(head)}\n${lines}`;
}

const choose = (page, name, text) =>
    page.getByLabel("Restore from a backup").setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(text) });

test("members and secrets come back in another browser, under the backup’s passphrase only", async ({
    app,
    browser,
    page,
    receivers,
    site,
}) => {
    receivers.trusted.script("/orders", [{ status: 200 }]);
    const { members, text } = await makeBackup({ app, page, receivers });
    expect(text).not.toContain(SECRET);
    const context = await browser.newContext();
    const other = await context.newPage();
    await other.goto(`${site.url}#/settings`);
    await choose(other, "workspace.backup", text);
    await expect(other.locator(".restore-plan")).toContainText("The backup of");
    const takes = other.getByLabel("Also its members and secrets, in place of those here");
    await takes.check();
    const restore = other.getByRole("button", { name: "Restore", exact: true });
    await expect(restore).toBeDisabled();
    for (const [theme, width] of [
        ["light", 1440],
        ["dark", 390],
    ]) {
        await other.setViewportSize({ width, height: 900 });
        await setTheme(other, theme);
        await other.locator(".restore-plan").scrollIntoViewIfNeeded();
        await expectAccessible(other, `restore-members-${theme}-${width}`);
    }
    await other.setViewportSize({ width: 1440, height: 900 });
    expect(await sweep(other, { only: ["backup-passphrase"] })).toEqual(["backup-passphrase"]);

    // A wrong passphrase: refused with the reason, nothing changed, and another can be tried.
    const before = await readStores(other, STORES);
    await other.getByLabel("Passphrase of the backup").fill("not the passphrase");
    await restore.click();
    await expect(other.getByRole("alert")).toContainText("The passphrase is not that of the backup");
    expect((await readStores(other, STORES)) === before, "nothing has changed").toBe(true);
    await other.getByLabel("Passphrase of the backup").fill(PASSPHRASE);
    await restore.click();
    await expect(other.getByText("The backup is restored.")).toBeVisible();

    const there = new MembersPage(other);
    await there.open();
    await expect(there.session).toContainText("Nobody is signed in");
    await expect(other.getByRole("table").first()).toContainText("Ann");
    there.key = members.key;
    await there.signIn({ typed: code(members.key, 1) });
    await expect(there.session).toContainText("Owner, Owner");
    await expect(there.secrets).toContainText("Authorization");
    await other.getByRole("link", { name: "Flows" }).first().click();
    await other.getByRole("link", { name: "Order to ERP" }).first().click();
    await new FlowPage(other).fireEvent();
    await expect.poll(() => receivers.trusted.requests("/orders").length).toBe(1);
    expect(receivers.trusted.requests("/orders")[0].headers.authorization).toBe(SECRET);
    await context.close();
});

test("a file that is cut, changed, forged, too new, too large or no backup is refused and changes nothing", async ({
    app,
    browser,
    page,
    receivers,
    site,
}, info) => {
    test.setTimeout(300_000);
    const { text } = await makeBackup({ app, page, receivers });
    expect(withSum(text) === text, "the sum is that of the app").toBe(true);
    const promoted = text.replace('\\"role\\":\\"manager\\"', '\\"role\\":\\"owner\\"');
    expect(promoted === text).toBe(false);
    const [head] = text.split("\n");
    const refused = {
        "cut.backup": [text.slice(0, text.length / 2), "The backup ends in the middle"],
        "changed.backup": [promoted, "The backup was changed since it was made, or arrived damaged"],
        "newer.backup": [text.replace(/"format":\d+/, '"format":99'), "newer version of Hookwright"],
        "unsealed.backup": [text.replace(/,"seal":"[0-9a-f]+"/, ""), /cannot be read|changed since it was made/],
        "flow.json": ['{"format":"hookwright-flow"}', "The file is no backup of Hookwright"],
        "picture.png": [Buffer.from([0x89, 0x50, 0xff, 0xfe, 0]), "The file is no text, so it is no backup"],
        "empty.backup": ["", "The file is no backup of Hookwright"],
    };
    expect(head).toMatch(/"format":\d+/);
    for (const name of ["newer.backup", "unsealed.backup"]) expect(refused[name][0] === text).toBe(false);
    const large = info.outputPath("large.backup");
    const file = await open(large, "w");
    await file.truncate(513 * 1024 * 1024);
    await file.close();

    const look = async (at) => {
        await at.getByLabel("Restore from a backup").waitFor();
        const before = await readStores(at, STORES);
        for (const [name, [content, reason]] of Object.entries(refused)) {
            await choose(at, name, content);
            await expect(at.getByRole("alert"), name).toContainText(reason);
            await expect(at.locator(".restore-plan"), name).toHaveCount(0);
        }
        await at.getByLabel("Restore from a backup").setInputFiles(large);
        await expect(at.getByRole("alert")).toContainText("The file has 513 MiB, and at most 512 MiB can be restored.");
        expect((await readStores(at, STORES)) === before, "nothing has changed").toBe(true);
        return before;
    };
    // Where the workspace lies already, the key tells at once that a file was forged.
    const before = await look(page);
    await choose(page, "forged.backup", withSum(text.replaceAll("Order to ERP", "Order to EVIL")));
    await expect(page.getByRole("alert")).toContainText("members and secrets in the backup were changed");
    expect((await readStores(page, STORES)) === before, "nothing has changed").toBe(true);

    // Elsewhere its passphrase does, before anything is written.
    const context = await browser.newContext();
    const other = await context.newPage();
    // A new workspace gets its samples first.
    await other.goto(`${site.url}#/events`);
    await new LibraryPage(other).seeSamples();
    await other.goto(`${site.url}#/settings`);
    const untouched = await look(other);
    await choose(other, "forged.backup", withSum(promoted));
    await other.getByLabel("Also its members and secrets, in place of those here").check();
    await other.getByLabel("Passphrase of the backup").fill(PASSPHRASE);
    await other.getByRole("button", { name: "Restore", exact: true }).click();
    await expect(other.getByRole("alert")).toContainText("members and secrets in the backup were changed");
    expect((await readStores(other, STORES)) === untouched, "nothing has changed").toBe(true);
    await context.close();
    await writeFile(large, "");
});
