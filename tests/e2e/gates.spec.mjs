// Locked, signed out, refused, tampered with: each such state in both themes, wide and narrow, without a barrier.

import { expect, test } from "./fixtures.mjs";
import { expectAccessible, setTheme } from "./pages/accessible.mjs";
import { FlowPage } from "./pages/flow.mjs";
import { MembersPage, addSecret, saveWithTwoStep } from "./pages/members.mjs";

/** Goes to an address of the app by its part behind the #. */
const go = (page, route) =>
    page.evaluate((route) => {
        location.hash = route;
    }, `#${route}`);

/** Makes Ann an Owner behind the app's back. */
function tamper(page) {
    return page.evaluate(async () => {
        const settled = (request) =>
            new Promise((resolve, reject) => {
                request.onsuccess = () => resolve(request.result);
                request.onerror = () => reject(request.error);
            });
        const database = await settled(indexedDB.open("hookwright"));
        const store = database.transaction("members", "readwrite").objectStore("members");
        const rows = await settled(store.getAll());
        const row = rows.find((one) => one.json.includes('"role":"manager"'));
        row.json = row.json.replace('"role":"manager"', '"role":"admin"');
        await settled(store.put(row));
        database.close();
    });
}

for (const [theme, width] of [
    ["light", 1440],
    ["dark", 1440],
    ["light", 390],
    ["dark", 390],
]) {
    const size = { width, height: width === 390 ? 844 : 900 };
    // So high that no field lies half under the panel's foot, which makes it a small target.
    const tall = { width, height: 2_400 };

    test(`secrets, signatures and the forms of members have no barrier: ${theme}, ${width} px`, async ({
        app,
        page,
        receivers,
    }) => {
        const look = (name) => expectAccessible(page, `gate-${name}-${theme}-${width}`);
        await app.open();
        await setTheme(page, theme);
        const members = new MembersPage(page);
        await new FlowPage(page).sendTo(receivers.trusted.url("/orders"));
        await saveWithTwoStep(page);
        await page.getByRole("button", { name: "Add header" }).click();
        await page
            .getByLabel(/^Name of header/)
            .last()
            .fill("Authorization");
        await page
            .getByRole("button", { name: /^Keep the value of header/ })
            .last()
            .click();
        await page.setViewportSize(tall);
        await look("secret-entry");
        await page.getByRole("button", { name: "Cancel", exact: true }).first().click();
        await page.setViewportSize({ width: 1440, height: 900 });
        await addSecret(page, "X-Key", "Bearer planted");
        await page.getByRole("button", { name: "Sign requests" }).click();
        await expect(page.locator(".signing-key-text")).toBeVisible();
        await page.getByText("How the receiver checks it").click();
        await page.setViewportSize(tall);
        await look("signature");
        // Another host: the secret does not go there.
        await new FlowPage(page).sendTo("https://elsewhere.example.com/");
        await look("secret-elsewhere");
        await page.setViewportSize(size);
        await go(page, "/members");
        await members.add("Ann", "Manager");
        for (const [press, name] of [
            ["Add member…", "form-add"],
            ["Sign in as another…", "form-sign-in"],
            ["Change passphrase…", "form-passphrase"],
            ["New recovery codes…", "form-renew"],
            ["Name and email…", "form-name"],
            ["Remove Ann…", "form-remove"],
        ]) {
            await page.getByRole("button", { name: press, exact: true }).first().click();
            await look(name);
            await page.keyboard.press("Escape");
        }
        await members.lock();
        for (const [press, name] of [
            ["Unlock…", "form-unlock"],
            ["Passphrase lost…", "form-lost"],
        ]) {
            await page.getByRole("button", { name: press, exact: true }).first().click();
            await look(name);
            await page.keyboard.press("Escape");
        }
        for (let n = 0; n < 4; n += 1) {
            await members.secrets.getByRole("button", { name: "Unlock…" }).click();
            await page.getByLabel("Passphrase of this workspace").fill(`wrong ${n}`);
            await page.getByRole("button", { name: "Unlock", exact: true }).click();
            await expect(page.getByText(n < 3 ? "The passphrase is wrong." : /Too many wrong tries/)).toBeVisible();
            if (n === 3) await look("form-wait");
            await page.keyboard.press("Escape");
        }
    });

    test(`who is signed out, locked or refused meets no barrier: ${theme}, ${width} px`, async ({
        app,
        page,
        receivers,
    }) => {
        const look = (name) => expectAccessible(page, `gate-${name}-${theme}-${width}`);
        const flow = new FlowPage(page);
        receivers.trusted.script("/orders", [{ status: 503 }]);
        await app.open();
        await flow.sendTo(receivers.trusted.url("/orders"));
        const members = await saveWithTwoStep(page);
        await addSecret(page, "Authorization", "Bearer planted");
        await flow.save();
        await members.open();
        await members.add("Ann", "Manager");
        await members.add("Sue", "Support");
        await page.getByRole("link", { name: "Settings" }).first().click();
        await page.getByLabel(/With members and secrets/).check();
        await page.setViewportSize(size);
        await setTheme(page, theme);
        await page.getByText("Backup and restore").scrollIntoViewIfNeeded();
        await look("backup");
        await page.setViewportSize({ width: 1440, height: 900 });
        await page.getByRole("link", { name: "Flows" }).first().click();
        await page.getByRole("link", { name: "Order to ERP" }).first().click();
        await flow.fireEvent();
        await expect.poll(() => receivers.trusted.requests("/orders").length).toBeGreaterThan(0);
        await members.open();
        await members.lock();
        await page.setViewportSize(size);
        await setTheme(page, theme);
        await look("members-locked");
        await go(page, "/activity");
        await expect(page.locator("tbody tr").first()).toContainText("Waiting", { timeout: 90_000 });
        await page.locator("tbody tr").first().getByRole("link").first().click();
        await expect(page.locator(".detail")).toContainText(/unlock/i, { timeout: 90_000 });
        await look("delivery-locked");
        for (const name of ["Flows", "Events", "Settings"]) {
            await go(page, `/${name.toLowerCase()}`);
            await app.seeNotice(name);
            await look(`signed-out-${name.toLowerCase()}`);
        }
        await go(page, "/flows");
        await page.getByRole("link", { name: "Order to ERP" }).first().click();
        await expect(page.locator(".gate-note").first()).toBeAttached();
        await look("signed-out-builder");
        await page.getByRole("link", { name: "Rehearse" }).click();
        await expect(page.locator(".rehearsal")).toBeVisible();
        await look("signed-out-rehearsal");
        await go(page, "/members");
        await members.become("Sue (Support)");
        await look("support-members");
        for (const name of ["Activity", "Flows"]) {
            await go(page, `/${name.toLowerCase()}`);
            await app.seeNotice(name);
            await look(`support-${name.toLowerCase()}`);
        }
        await page.getByRole("link", { name: "Order to ERP" }).first().click();
        await expect(page.getByRole("treeitem").first()).toBeVisible();
        await look("support-builder");
        await page.evaluate(() => document.querySelector(".inspector a[href*=payload]")?.click());
        await expect(page.locator(".workbench")).toBeVisible();
        await look("support-payload");
        await tamper(page);
        await go(page, "/members");
        await app.seeNotice("Members");
        await page.reload();
        await setTheme(page, theme);
        await members.become("Owner (Owner)", members.codes[0]);
        await expect(page.getByRole("alert").first()).toContainText("was changed outside Hookwright");
        await look("tampered");
        await go(page, "/flows");
        await expect(page.getByRole("button", { name: "New flow", exact: true }).first()).toBeDisabled();
        await go(page, "/members");
        await page.getByRole("button", { name: "Take the list as it is" }).click();
        await expect(members.audit).toContainText("took the changed list of members as it is");
    });
}
