// Every state of the app in which text can be typed, how to get there, and which fields stand there.
//
// A field of the source that is in no state here fails the spec, so that a new one is swept, too.

import { expect } from "@playwright/test";
import { seedDeliveries } from "../pages/activity.mjs";
import { CanvasPage } from "../pages/canvas.mjs";
import { FlowsPage } from "../pages/flows.mjs";
import { MembersPage } from "../pages/members.mjs";

async function openCart(app, page) {
    const flows = new FlowsPage(page);
    await app.open("/flows");
    await flows.startReady("Abandoned cart to retargeting");
    return flows;
}

async function openLibrary(app, page, tab) {
    await app.open("/events");
    await page.getByRole("tab", { name: tab }).click();
    if (tab === "Lists and segments") return;
    await page.getByRole("listbox").getByRole("option").first().click();
    await expect(page.getByLabel("JSON", { exact: true })).toBeVisible();
}

async function openForm(app, page, name) {
    const members = new MembersPage(page);
    await app.open();
    await members.setUp();
    await page.getByRole("button", { name }).first().click();
    await expect(members.dialog).toBeVisible();
}

const FORMS = {
    "Sign in as another…": ["code", "passphrase"],
    "Change passphrase…": ["again-passphrase", "new-passphrase", "passphrase"],
    "Add member…": ["member-email", "member-name"],
    "Name and email…": ["member-email", "member-name"],
    "New recovery codes…": ["code"],
};

export const STATES = {
    "a webhook": {
        async open({ app, page }) {
            await app.open();
            for (let n = 0; n < 2; n += 1) await page.getByRole("button", { name: "Add header" }).click();
            await page
                .getByRole("button", { name: /^Keep the value of header/ })
                .last()
                .click();
        },
        fields: [
            "Name of header n",
            "Value of header n",
            "secret-value-n",
            "webhook-name",
            "webhook-payload",
            "webhook-url",
        ],
    },
    "the practice receiver": {
        async open({ app, page }) {
            await app.open();
            await page.getByText("Practice receiver", { exact: true }).click();
            await page.getByRole("button", { name: "Fails twice, then 200" }).click();
        },
        except: ["webhook-url", "webhook-name", "webhook-payload"],
        fields: ["failure-retry-after", "then-retry-after"],
    },
    "a cURL command": {
        async open({ app, page }) {
            await app.open();
            await page.getByRole("button", { name: "From cURL…" }).click();
        },
        except: ["webhook-url", "webhook-name", "webhook-payload"],
        fields: ["curl-command"],
    },
    "a metric that triggers": {
        async open({ app, page }) {
            const flows = await openCart(app, page);
            await flows.select("Started Checkout");
            await flows.inspector.getByRole("button", { name: "Add a condition" }).first().click();
            await flows.inspector.getByRole("radio", { name: "Again after some time" }).check();
        },
        fields: ["Value of condition n in group n", "flow-name", "reentry-count", "trigger-filter-n-n-property"],
    },
    "a date that triggers": {
        async open({ app, page }) {
            const flows = await openCart(app, page);
            await flows.select("Started Checkout");
            await flows.inspector.getByRole("radio", { name: /^Date property/ }).check();
            await flows.inspector.getByRole("radio", { name: "One for everybody" }).check();
        },
        fields: ["date-before", "date-zone", "flow-name", "trigger-date"],
    },
    "a delay": {
        async open({ app, page }) {
            const flows = await openCart(app, page);
            await flows.select("Wait 1 hour");
            await flows.inspector.getByLabel("Unit").selectOption("days");
            await flows.inspector.getByLabel("Then until a time of day").check();
            await flows.inspector.getByRole("radio", { name: "One for everybody" }).check();
        },
        fields: ["delay-value", "delay-zone"],
    },
    "a split": {
        async open({ app, page }) {
            const flows = await openCart(app, page);
            await flows.select("Trigger split");
            await page.getByRole("button", { name: "Or: add an alternative" }).click();
            await flows.inspector.getByLabel("Property of condition 2 in group 1").fill("ItemNames");
            await page.keyboard.press("Tab");
        },
        fields: ["Value of condition n in group n", "split-n-n-property"],
    },
    "a note": {
        async open({ app, page }) {
            const canvas = new CanvasPage(page);
            await app.open();
            await canvas.tree.getByRole("treeitem").last().focus();
            await page.keyboard.press("a");
            await canvas.choose("Note");
            await expect(page.locator("#note-text")).toBeVisible();
        },
        fields: ["note-text"],
    },
    "a menu of the canvas": {
        async open({ app, page }) {
            await app.open();
            await page.getByRole("treeitem").last().focus();
            await page.keyboard.press("Control+k");
        },
        except: ["webhook-url", "webhook-name", "webhook-payload"],
        fields: ["finder-field"],
    },
    "a payload editor": {
        async open({ app, page }) {
            await app.open();
            await page.getByRole("link", { name: "Open editor" }).click();
            await expect(page.locator(".cm-content")).toBeVisible();
        },
        fields: ["Search variables"],
    },
    "the sandbox’s event": {
        async open({ app, page }) {
            await app.open("/sandbox");
            await page.getByRole("tab", { name: "Event", exact: true }).click();
        },
        fields: ["sandbox-event"],
    },
    "the sandbox’s profile": {
        async open({ app, page }) {
            await app.open("/sandbox");
            await page.getByRole("tab", { name: "Profile", exact: true }).click();
        },
        fields: ["sandbox-profile"],
    },
    "the sandbox’s snippets": {
        async open({ app, page }) {
            await app.open("/sandbox");
            await page.getByLabel("Dialect").selectOption("django");
            await page.getByRole("tab", { name: "Snippets" }).click();
        },
        fields: ["sandbox-snippets"],
    },
    "an event": {
        open: ({ app, page }) => openLibrary(app, page, "Events"),
        fields: ["event-metric", "event-platform", "event-profile", "event-time", "library-search", "sample-text"],
    },
    "a profile": {
        open: ({ app, page }) => openLibrary(app, page, "Profiles"),
        fields: ["sample-text"],
    },
    "a new list": {
        async open({ app, page }) {
            await openLibrary(app, page, "Lists and segments");
        },
        fields: ["add-to-List-Newsletter", "add-to-Segment-VIP-customers", "set-name"],
    },
    "an import": {
        async open({ app, page }) {
            await app.open("/events");
            await page.getByRole("button", { name: "Import…" }).first().click();
        },
        fields: ["import-text"],
    },
    "what an import read": {
        async open({ app, page }) {
            await app.open("/events");
            await page.getByRole("button", { name: "Import…" }).first().click();
            await page.getByLabel("Or paste text").fill("email,OrderId\nann@example.org,1\n");
            await page.getByRole("button", { name: "Read pasted text" }).click();
            await expect(page.locator("#import-metric")).toBeVisible();
        },
        fields: ["import-metric"],
    },
    "the log": {
        async open({ app, page }) {
            await app.open("/activity");
            await seedDeliveries(page, 3);
            await expect(page.locator(".act-bar-who")).toHaveText("All 3 deliveries that fit");
        },
        fields: ["filter-text"],
    },
    "a delivery that is edited": {
        async open({ app, page }) {
            await app.open("/activity");
            await seedDeliveries(page, 3);
            await page.getByRole("table", { name: "Deliveries" }).getByRole("link").first().click();
            await page.getByRole("button", { name: "Edit and resend…" }).click();
        },
        except: ["filter-text"],
        fields: ["edit-body", "edit-headers", "edit-url"],
    },
    "the settings": {
        open: ({ app }) => app.open("/settings"),
        fields: [
            "concurrency",
            "currency",
            "organization-address",
            "organization-name",
            "organization-url",
            "retention",
            "time-zone",
            "timeout",
        ],
    },
    "the first set-up": {
        async open({ app, page }) {
            await app.open("/members");
            await page.getByRole("button", { name: "Set up two-step authentication…" }).first().click();
            await expect(page.locator(".member-key-text")).toBeVisible();
        },
        fields: ["again-passphrase", "confirm-code", "new-passphrase"],
    },
    ...Object.fromEntries(
        Object.entries(FORMS).map(([name, fields]) => [
            `the form “${name}”`,
            { open: ({ app, page }) => openForm(app, page, name), fields },
        ]),
    ),
    "the form “Unlock…”": {
        async open({ app, page }) {
            const members = new MembersPage(page);
            await app.open();
            await members.setUp();
            await members.lock();
            await members.secrets.getByRole("button", { name: "Unlock…" }).click();
        },
        fields: ["passphrase"],
    },
    "the form “Passphrase lost…”": {
        async open({ app, page }) {
            const members = new MembersPage(page);
            await app.open();
            await members.setUp();
            await members.lock();
            await members.secrets.getByRole("button", { name: "Passphrase lost…" }).click();
        },
        fields: ["word"],
    },
    "the list of flows": {
        async open({ app, page }) {
            await app.open("/flows");
            await page.getByRole("button", { name: "Rename Order to ERP" }).click();
        },
        fields: ["Search flows", "rename-name"],
    },
    "an export to Klaviyo": {
        async open({ app, page }) {
            await app.open("/flows");
            await page.getByRole("button", { name: "Export Order to ERP to Klaviyo…" }).click();
        },
        except: ["Search flows"],
        fields: ["klaviyo-id"],
    },
    "the help": {
        open: ({ app }) => app.open("/help"),
        fields: ["help-search"],
    },
    "an example of the help": {
        async open({ app, page }) {
            await app.open("/help/language");
            await page.locator(".help-entry-head:enabled").first().click();
        },
        except: ["help-search", "help-find"],
        fields: ["help-event", "help-template"],
    },
    "the help on the language": {
        open: ({ app }) => app.open("/help/language"),
        except: ["help-search"],
        fields: ["help-find"],
    },
};
