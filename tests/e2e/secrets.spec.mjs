// After a whole journey no secret lies in the clear: not in the browser, and not in anything that leaves it.

import { expect, test } from "./fixtures.mjs";
import { ActivityPage } from "./pages/activity.mjs";
import { FlowPage } from "./pages/flow.mjs";
import { copied, downloaded, readEverything, shown } from "./pages/kept.mjs";
import { unpackedLink } from "./pages/link.mjs";
import { PASSPHRASE, addSecret, saveWithTwoStep } from "./pages/members.mjs";
import { PayloadPage } from "./pages/payload.mjs";

const SECRET = "Bearer tok_live_51H8planted";
const BARE = "tok_live_51H8planted";
/** In a header whose name does not say that it is secret. */
const PLAIN_LOOKING = "shop-4711-planted-too";

/** In each way in which a file or an address may hold it. */
function spellings(secret) {
    const base64 = Buffer.from(secret).toString("base64").replaceAll("=", "");
    return [secret, base64.slice(0, -2), encodeURIComponent(secret), Buffer.from(secret).toString("hex")];
}

test("after a whole journey no secret lies anywhere in the clear, nor in what is handed out", async ({
    app,
    context,
    page,
    receivers,
}) => {
    test.setTimeout(300_000);
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const said = [];
    context.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(String(error)));
    const flow = new FlowPage(page);
    // The receiver sends the secrets back, in a header and in its body.
    const echo = {
        headers: { "x-echo": SECRET, "Access-Control-Expose-Headers": "x-echo" },
        body: `you sent ${SECRET} and ${PLAIN_LOOKING}`,
    };
    receivers.trusted.script("/echo", [
        { status: 503, ...echo },
        { status: 400, ...echo },
    ]);
    await app.open();
    await flow.sendTo(receivers.trusted.url("/echo"));
    const members = await saveWithTwoStep(page);
    await addSecret(page, "Authorization", SECRET);
    await addSecret(page, "X-Shop", PLAIN_LOOKING);
    await page.getByRole("button", { name: "Sign requests" }).click();
    const signingKey = await page.locator(".signing-key-text").textContent();
    await page.getByRole("button", { name: "Done" }).click();
    await flow.save();
    await flow.fireEvent();
    await expect.poll(() => receivers.trusted.requests("/echo").length, { timeout: 30_000 }).toBe(2);
    const [first] = receivers.trusted.requests("/echo");
    expect([first.headers.authorization, first.headers["x-shop"]]).toEqual([SECRET, PLAIN_LOOKING]);

    // What is handed out: files, the clipboard, links; and what screens show meanwhile.
    const out = {};
    out.builder = await shown(page);
    await page.getByRole("treeitem").last().focus();
    out.cards = await copied(page, () => page.keyboard.press("Control+c"));
    await page.getByRole("link", { name: "Open editor" }).click();
    const payload = new PayloadPage(page);
    await payload.seeEditor();
    await payload.seeSettled();
    for (const name of ["cURL", "HTTP"]) {
        const button = page.getByRole("group", { name: "Copy the request as" }).getByRole("button", { name });
        out[name] = await copied(page, () => button.click());
    }
    await page.getByRole("button", { name: "Share…" }).click();
    out.link = await page.locator("#share-link").inputValue();
    out.linkUnpacked = unpackedLink(out.link.split("?s=")[1]);
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: "Flows" }).first().click();
    const press = (name) => () => page.getByRole("button", { name, exact: true }).click();
    out.flowFile = await downloaded(page, press("Export Order to ERP"));
    await press("Export Order to ERP to Klaviyo…")();
    out.klaviyo = await downloaded(page, press("Save the body"));
    out.klaviyoCurl = await copied(page, press("Copy as cURL"));
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: "Activity" }).first().click();
    const activity = new ActivityPage(page);
    await page.locator("tbody tr").first().getByRole("link").first().click();
    await expect(page.getByText("you sent ••••••••").first()).toBeAttached();
    out.delivery = await shown(page);
    await page.getByRole("button", { name: "Edit and resend…" }).click();
    await expect(page.locator("#edit-headers")).toBeVisible();
    out.edit = await shown(page);
    await page.keyboard.press("Escape");
    for (const name of ["CSV", "JSON Lines"]) {
        await activity.act("Export");
        const button = page.getByRole("dialog").getByRole("button", { name, exact: true });
        out[`log as ${name}`] = await downloaded(page, () => button.click());
    }
    await page.getByRole("link", { name: "Settings" }).first().click();
    out.backup = await downloaded(page, press("Make a backup"));
    await page.getByLabel(/With members and secrets/).check();
    out.backupWithMembers = await downloaded(page, press("Make a backup"));
    await members.open();
    out.members = await shown(page);
    await members.secrets.getByLabel(/Keep unlocked on this device/).check();
    await expect(members.secrets).toContainText("kept unlocked on this device");
    out.kept = await readEverything(page);
    out.said = said.join("\n");
    await page.reload();
    await expect(members.session).toContainText("Nobody is signed in");
    out.reloaded = await shown(page);

    // Each was really looked at: it holds what belongs into it.
    const marks = {
        builder: "••••",
        cards: "{{secret:",
        cURL: "Authorization",
        HTTP: "Authorization",
        link: "#/sandbox?s=",
        linkUnpacked: "OrderId",
        flowFile: "{{secret:",
        klaviyo: "Authorization",
        klaviyoCurl: "curl",
        delivery: "••••",
        edit: "Authorization",
        "log as CSV": "not-retryable",
        "log as JSON Lines": "not-retryable",
        backup: '"store":"deliveries"',
        backupWithMembers: '"store":"secrets"',
        members: "Authorization",
        kept: "CryptoKey extractable=false",
        reloaded: "Nobody is signed in",
    };
    for (const [name, mark] of Object.entries(marks)) expect(out[name], name).toContain(mark);
    expect(out.kept).toContain("x-echo");
    const planted = [SECRET, BARE, PLAIN_LOOKING, signingKey, signingKey.slice(6), PASSPHRASE];
    const shownOnce = [
        members.key.replaceAll(" ", ""),
        members.key,
        ...members.codes,
        ...members.codes.map((one) => one.replaceAll("-", "")),
    ];
    for (const [name, text] of Object.entries(out)) {
        for (const secret of [...planted, ...shownOnce].flatMap(spellings)) {
            expect(text.includes(secret), `${secret.slice(0, 6)}… lies in the clear: ${name}`).toBe(false);
        }
    }
});
