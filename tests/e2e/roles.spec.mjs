// What each role may do: at its control, with the reason where it may not.

import { expect, test } from "./fixtures.mjs";
import { expectAccessible, setTheme } from "./pages/accessible.mjs";
import { ActivityPage, seedDeliveries } from "./pages/activity.mjs";
import { FlowPage } from "./pages/flow.mjs";
import { MembersPage, code } from "./pages/members.mjs";
import { PayloadPage } from "./pages/payload.mjs";

const ROLES = [
    "Admin",
    "Manager",
    "Analyst",
    "Campaign Coordinator",
    "Content Creator",
    "Support",
    "Social Media Manager",
];

const press = (page, name) => page.getByRole("link", { name }).first().click();
const button = (page, name) => page.getByRole("button", { name, exact: true }).first();

/** A control for each permission of the table, by its row there, and the way to it from anywhere. */
const CONTROLS = {
    "Create, edit or delete flows and webhooks": async (page) => {
        await press(page, "Flows");
        return button(page, "New flow");
    },
    "Edit names and notes of flows": async (page) => {
        await press(page, "Flows");
        return button(page, "Rename Order to ERP");
    },
    "Preview payloads": async (page) => {
        await press(page, "Flows");
        await press(page, "Order to ERP");
        return button(page, "Send test request");
    },
    "Export the log with its recipients": async (page) => {
        await press(page, "Activity");
        return button(page, "Export…");
    },
    "Send to real destinations, resend or dismiss": async (page) => {
        await press(page, "Flows");
        await press(page, "Order to ERP");
        return button(page, "Fire event…");
    },
    "Change events, profiles and lists": async (page) => {
        await press(page, "Events");
        return button(page, "Import…");
    },
    "Change settings, back up or restore": async (page) => {
        await press(page, "Settings");
        return page.locator("#organization-name");
    },
    "Forget a person": async (page) => {
        await press(page, "Activity");
        await page.locator("tbody tr").first().getByRole("link").first().click();
        return button(page, "Forget this person…");
    },
    "Add, change or remove members": async (page) => {
        await press(page, "Members");
        return button(page, "Add member…");
    },
    "Hand the workspace over or reset two-step authentication": async (page) => {
        await press(page, "Members");
        return button(page, "Reset two-step…");
    },
};
const LOOKS = "See counts and the log";

/** The table as the members' page shows it: for each role the rows it may. */
async function readTable(page) {
    await page.locator("details.members-part summary").click();
    return page.locator(".members-permissions").evaluate((table) => {
        const roles = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent);
        const rows = [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.textContent));
        return Object.fromEntries(
            roles.map((role, at) => [
                role,
                rows.filter((row) => row[at + 1] !== "No").map(([permission]) => permission),
            ]),
        );
    });
}

test("each role can use what the table says, and is told why not at what it does not", async ({ app, page }) => {
    test.setTimeout(480_000);
    await new ActivityPage(page).open(app);
    await seedDeliveries(page, 3);
    const members = new MembersPage(page);
    await members.setUp();
    const may = await readTable(page);
    expect(Object.keys(may).sort()).toEqual(["Owner", ...ROLES].sort());
    for (const role of ROLES) await members.add(`Member ${role}`, role);
    for (const role of ROLES) {
        await members.open();
        await members.become(`Member ${role} (${role})`);
        const reason = new RegExp(`Your role, ${role}, may not`);
        await press(page, "Activity");
        const sees = may[role].includes(LOOKS);
        if (sees) await expect(page.locator(".act-bar-who")).toHaveText("All 3 deliveries that fit");
        else await expect(page.getByRole("main")).toContainText(reason);
        for (const [permission, find] of Object.entries(CONTROLS)) {
            // Where the log is not seen, its controls are not there either; who manages no members sees no acts on them.
            if (!sees && /the log|Forget/.test(permission)) continue;
            if (/^Hand/.test(permission) && !may[role].includes("Add, change or remove members")) continue;
            const control = await find(page);
            if (may[role].includes(permission)) {
                await expect(control, `${role}: ${permission}`).toBeEnabled();
            } else {
                await expect(control, `${role}: ${permission}`).toBeDisabled();
                const described = await control.evaluate((element) => {
                    const own = element.getAttribute("aria-describedby") ?? "";
                    const around = element.closest("fieldset:disabled")?.getAttribute("aria-describedby") ?? "";
                    const ids = `${own} ${around}`.trim().split(/\s+/);
                    const texts = ids.map((id) => document.getElementById(id)?.textContent ?? "");
                    return texts.join(" ");
                });
                expect(described, `${role}: ${permission}`).toMatch(permission.startsWith("Add,") ? /.*/ : reason);
                await expect(page.getByRole("main").or(page.locator("body")).first()).toContainText(reason);
            }
        }
    }
});

test("a payload that may not be edited is shown, locked, and says why; signing in opens it", async ({ app, page }) => {
    const members = new MembersPage(page);
    await app.open();
    await members.setUp();
    await page.reload();
    await press(page, "Flows");
    await press(page, "Order to ERP");
    await press(page, "Open editor");
    const payload = new PayloadPage(page);
    await payload.seeEditor();
    const before = await payload.text();
    await expect(page.locator(".workbench-edit .gate-note")).toContainText("Nobody is signed in.");
    await expect(payload.content).toHaveAttribute("aria-readonly", "true");
    await expect(payload.content).toHaveAccessibleDescription(/Nobody is signed in/);
    await expect(button(page, "Format")).toBeDisabled();
    await payload.write("{}");
    await page.keyboard.press("Control+z");
    await page
        .getByRole("treeitem", { name: /OrderId/ })
        .first()
        .click();
    await expect(page.locator(".notices")).toContainText("Nobody is signed in.");
    expect(await payload.text()).toBe(before);
    for (const [theme, width] of [
        ["light", 1440],
        ["dark", 390],
    ]) {
        await page.setViewportSize({ width, height: 900 });
        await setTheme(page, theme);
        await expectAccessible(page, `payload-locked-${theme}-${width}`);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.locator(".workbench-edit").getByRole("button", { name: "Sign in…" }).click();
    await page.getByLabel("Passphrase of this workspace").fill("correct horse battery staple");
    await page.getByLabel("Code", { exact: true }).fill(code(members.key, 1));
    await button(page, "Sign in").click();
    await expect(page.locator(".workbench-edit .gate-note")).toHaveCount(0);
    await payload.write('{"a": 1}');
    await expect(payload.output).toContainText('"a": 1');
});

test("a role without previews sees none, also not in the rehearsal, and is told why", async ({ app, page }) => {
    const members = new MembersPage(page);
    await app.open();
    await members.setUp();
    await members.add("Sue", "Support");
    await members.become("Sue (Support)");
    const words = "Your role, Support, may not preview payloads.";
    await press(page, "Flows");
    await press(page, "Order to ERP");
    await expect(new FlowPage(page).evidence).toContainText(words);
    await expect(page.locator("#body-panel")).toHaveCount(0);
    const evidence = page.getByRole("region", { name: "Evidence" });
    await evidence.getByRole("tab", { name: "Journey" }).click();
    await expect(evidence).toContainText(words);
    await expect(evidence.getByRole("list", { name: "The way" })).toHaveCount(0);
    await press(page, "Open editor");
    await expect(page.locator(".workbench-output")).toContainText(words);
    await expect(button(page, "Try harsh data")).toBeDisabled();
    await page.getByRole("link", { name: "Back to the flow" }).click();
    await press(page, "Rehearse");
    await expect(page.getByRole("main")).toContainText(words);
    await expect(button(page, "Play")).toHaveCount(0);
});

test("a flow that may not be edited shows no way to, on the canvas and in its menus", async ({ app, page }) => {
    const members = new MembersPage(page);
    await app.open();
    await members.setUp();
    await members.add("Ann", "Analyst");
    await members.become("Ann (Analyst)");
    const words = "Your role, Analyst, may not create, edit or delete flows and webhooks.";
    await press(page, "Flows");
    await press(page, "Order to ERP");
    const card = page.getByRole("treeitem").last();
    await card.hover();
    await expect(page.getByRole("button", { name: /^Add a card/ })).toHaveCount(0);
    await card.focus();
    for (const keys of ["a", "Delete", "Control+d", "Alt+ArrowUp"]) {
        await page.keyboard.press(keys);
        await expect(page.getByRole("dialog")).toHaveCount(0);
    }
    await expect(page.locator(".notices").getByText(words).first()).toBeVisible();
    await page.keyboard.press("Shift+F10");
    const menu = page.getByRole("dialog", { name: /^Menu of/ });
    await expect(menu).toContainText(words);
    await expect(menu.getByRole("option", { name: /Delete|Move|Set to|Paste/ })).toHaveCount(0);
    await expect(menu.getByRole("option", { name: /Open payload editor/ })).toHaveCount(1);
    await page.keyboard.press("Escape");
    await expect(button(page, "Undo")).toBeDisabled();
    await press(page, "Sandbox");
    await expect(page.getByLabel("Put into")).toBeDisabled();
});

test("the Owner resets a second step and hands the workspace over, and is an Admin then", async ({ app, page }) => {
    const members = new MembersPage(page);
    await app.open();
    await members.setUp();
    await members.add("Ann", "Admin");
    await members.become("Ann (Admin)");
    // An Admin manages members and is not the Owner.
    await expect(button(page, "Reset two-step…")).toBeDisabled();
    await expect(button(page, "Reset two-step…")).toHaveAccessibleDescription(/may not hand the workspace over/);
    await members.session.getByRole("button", { name: "Set up two-step authentication…" }).click();
    await page.getByLabel("Passphrase of this workspace").fill("correct horse battery staple");
    const key = await page.locator(".member-key-text").textContent();
    await page.getByLabel("Code from the app").fill(code(key));
    await page.getByRole("button", { name: "Turn on" }).click();
    await button(page, "I have kept them").click();
    await members.become("Owner (Owner)", code(members.key, 1));
    await button(page, "Make Owner…").click();
    await page.getByRole("button", { name: "Hand over" }).click();
    await expect(members.session).toContainText("Owner, Admin");
    await expect(members.audit).toContainText("Owner handed the workspace over to Ann");
    await members.become("Ann (Owner)", code(key, 1));
    const row = page.getByRole("row", { name: /^Owner/ });
    await row.getByRole("button", { name: "Reset two-step…" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Reset", exact: true }).click();
    await expect(row).toContainText("Not set up");
    await row.getByRole("button", { name: "Remove Owner…" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove", exact: true }).click();
    await expect(row).toHaveCount(0);
    await expect(members.audit).toContainText("Ann removed Owner");
});
