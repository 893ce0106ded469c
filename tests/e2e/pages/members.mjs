// Members: setting up two-step authentication, signing in and out, locking.

import { createHmac } from "node:crypto";
import { expect } from "@playwright/test";

export const PASSPHRASE = "correct horse battery staple";

/** What an authenticator app shows for a key, `steps` half minutes from now. */
export function code(key, steps = 0) {
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits = "";
    for (const letter of key.replaceAll(" ", "")) bits += letters.indexOf(letter).toString(2).padStart(5, "0");
    const bytes = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
    const mac = createHmac("sha1", bytes).update(counter).digest();
    const offset = mac.at(-1) & 15;
    return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

export class MembersPage {
    constructor(page) {
        this.page = page;
        this.dialog = page.locator("#member-form-title").locator("xpath=ancestor::dialog");
        this.session = page.getByRole("region", { name: "Session" });
        this.secrets = page.getByRole("region", { name: "Secrets" });
        this.audit = page.getByRole("list", { name: "Audit list" });
        this.key = "";
        this.codes = [];
        /** Codes are taken once: each sign-in uses that of a later step. */
        this.nSteps = 0;
    }

    async open() {
        await this.page.getByRole("link", { name: "Members" }).first().click();
        await expect(this.page.getByRole("heading", { name: "Members", level: 1 })).toBeVisible();
    }

    /** Fills the form that is open. */
    async fillSetUp({ keeps = false } = {}) {
        await expect(this.page.getByRole("heading", { name: "Set up two-step authentication" })).toBeVisible();
        await this.page.getByLabel("New passphrase").fill(PASSPHRASE);
        await this.page.getByLabel("The same again").fill(PASSPHRASE);
        this.key = await this.page.locator(".member-key-text").textContent();
        await this.page.getByLabel("Code from the app").fill(code(this.key));
        if (keeps) await this.page.getByLabel(/Keep secrets unlocked/).check();
        await this.page.getByRole("button", { name: "Turn on" }).click();
        await expect(this.page.getByRole("heading", { name: "Recovery codes" })).toBeVisible();
        this.codes = await this.page.locator(".member-codes code").allTextContents();
        expect(this.codes).toHaveLength(10);
        await this.page.getByRole("button", { name: "I have kept them" }).click();
        await expect(this.page.getByRole("heading", { name: "Recovery codes" })).toHaveCount(0);
    }

    async setUp(options) {
        await this.open();
        await this.session.getByRole("button", { name: "Set up two-step authentication…" }).click();
        await this.fillSetUp(options);
    }

    async signIn({ passphrase = PASSPHRASE, typed } = {}) {
        await this.page.getByRole("button", { name: "Sign in…" }).first().click();
        await this.page.getByLabel("Passphrase of this workspace").fill(passphrase);
        await this.page.getByLabel("Code", { exact: true }).fill(typed ?? code(this.key, 1));
        await this.page.getByRole("button", { name: "Sign in", exact: true }).click();
    }

    /** Adds a member who has no authenticator yet. */
    async add(name, role) {
        await this.page.getByRole("button", { name: "Add member…" }).click();
        await this.page.locator("#member-name").fill(name);
        await this.page.locator("#member-email").fill(`${name.toLowerCase().replaceAll(" ", ".")}@example.com`);
        await this.page.locator("#member-role").selectOption(role);
        await this.page.getByRole("button", { name: "Add member", exact: true }).click();
        await expect(this.page.getByLabel(`Role of ${name}`)).toHaveValue(role);
    }

    /** Signs in as another member, from the members' page. */
    async become(label, typed = "") {
        await this.page
            .getByRole("button", { name: /^Sign in( as another)?…$/ })
            .first()
            .click();
        await this.page.locator("#sign-in-member").selectOption({ label });
        await this.page.getByLabel("Passphrase of this workspace").fill(PASSPHRASE);
        await this.page.getByLabel("Code", { exact: true }).fill(typed);
        await this.page.getByRole("button", { name: "Sign in", exact: true }).click();
        await expect(this.session).toContainText(label.replace(" (", ", ").replace(")", ""));
    }

    async unlock(passphrase = PASSPHRASE) {
        await this.secrets.getByRole("button", { name: "Unlock…" }).click();
        await this.page.getByLabel("Passphrase of this workspace").fill(passphrase);
        await this.page.getByRole("button", { name: "Unlock", exact: true }).click();
    }

    async lock() {
        await this.secrets.getByRole("button", { name: "Lock now" }).click();
        await expect(this.secrets).toContainText("Locked");
    }
}

/** Saves a flow that is live to a real destination, setting up two-step authentication on the way. */
export async function saveWithTwoStep(page) {
    const members = new MembersPage(page);
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await members.fillSetUp();
    await expect(page.getByText("Saved", { exact: true })).toBeVisible();
    return members;
}

/** Adds a header and keeps its value as a secret. */
export async function addSecret(page, name, value) {
    const kept = page.locator(".secret-mask");
    const nBefore = await kept.count();
    await page.getByRole("button", { name: "Add header" }).click();
    await page
        .getByLabel(/^Name of header/)
        .last()
        .fill(name);
    await page
        .getByRole("button", { name: /^Keep the value of header/ })
        .last()
        .click();
    await page
        .getByLabel(/^Secret value of header/)
        .last()
        .fill(value);
    await page.getByRole("button", { name: "Keep secret" }).click();
    await expect(kept).toHaveCount(nBefore + 1);
}
