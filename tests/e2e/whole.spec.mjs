// The whole way of a newcomer: a ready flow, its payload, a day of retries rehearsed, live, failing, delivered, and into
// Klaviyo. Once by mouse, once by keyboard alone.

import { readFile } from "node:fs/promises";
import { expect, test } from "./fixtures.mjs";
import { code, PASSPHRASE } from "./pages/members.mjs";
import { PayloadPage } from "./pages/payload.mjs";

const NAME = "Order to fulfilment";

/** Acts with the mouse; only texts are typed. */
function mouse() {
    return {
        press: (locator) => locator.click(),
        fill: (locator, text) => locator.fill(text),
        check: (locator) => locator.locator("xpath=ancestor::label").click(),
        openCard: (card) => card.click(),
    };
}

/** Acts with the keyboard alone: what Tab does not reach cannot be used. */
function keyboard(page) {
    const reach = async (locator) => {
        await expect(locator).toBeVisible();
        await expect(locator).toBeEnabled();
        const hasFocus = () => locator.evaluate((element) => element === document.activeElement);
        for (let n = 0; n < 200; n += 1) {
            if (await hasFocus()) {
                // A heading may be about to take the focus.
                await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
                if (await hasFocus()) return;
            }
            await page.keyboard.press("Tab");
        }
        throw new Error(`Tab does not reach ${locator}`);
    };
    return {
        press: async (locator) => {
            await reach(locator);
            await page.keyboard.press("Enter");
        },
        fill: async (locator, text) => {
            await reach(locator);
            await page.keyboard.press("ControlOrMeta+a");
            await page.keyboard.insertText(text);
        },
        // Tab reaches the radio button of a group that is checked; arrows go on from there.
        check: async (locator) => {
            const name = await locator.getAttribute("name");
            await reach(page.locator(`input[name="${name}"]:checked`));
            for (let n = 0; n < 5 && !(await locator.isChecked()); n += 1) await page.keyboard.press("ArrowRight");
        },
        openCard: async (card) => {
            const tree = page.getByRole("tree", { name: "Cards of the flow" });
            await reach(tree.locator('[role="treeitem"][tabindex="0"]'));
            for (let n = 0; n < 10; n += 1) {
                if (await card.evaluate((element) => element === document.activeElement)) break;
                await page.keyboard.press("ArrowDown");
            }
            await page.keyboard.press("Enter");
        },
    };
}

for (const [means, handOf] of [
    ["by mouse", mouse],
    ["by keyboard alone", keyboard],
]) {
    test(`from the first visit to a delivered webhook and into Klaviyo, ${means}`, async ({ app, page, receivers }) => {
        test.setTimeout(300_000);
        const hand = handOf(page);
        const button = (name, options = {}) => page.getByRole("button", { name, exact: true, ...options });
        const place = (name) => page.getByRole("navigation", { name: "Main" }).getByRole("link", { name, exact: true });
        // Long enough to be seen on a slow machine.
        receivers.trusted.script("/fulfil", [{ status: 503, retryAfter: 20 }, { status: 200 }]);

        await app.open();
        await hand.press(place("Flows"));
        await hand.press(button("New flow"));
        await hand.press(page.getByRole("button", { name: new RegExp(`^${NAME}`) }));
        await expect(page.getByRole("heading", { name: NAME, level: 1 })).toBeVisible();
        const card = page.getByRole("treeitem", { name: /Webhook/ }).first();
        await hand.openCard(card);

        // The payload, with completion; then what harsh data finds is mended.
        await hand.press(page.getByRole("link", { name: "Open editor" }));
        const payload = new PayloadPage(page);
        await payload.seeEditor();
        await payload.write('{"order": "{{ event.');
        await payload.complete("Ord", "OrderId");
        await page.keyboard.insertText('}}"}');
        await expect(payload.output).toContainText('"order": "10023"');
        await page.keyboard.press("Escape");
        await hand.press(payload.harsh.getByRole("button", { name: "Try harsh data" }));
        await expect(payload.harsh.getByRole("listitem").first()).toContainText("event.OrderId", { timeout: 30_000 });
        await payload.write('{"order": "{{ event.OrderId|escapejs }}"}');
        await page.keyboard.press("Escape");
        await hand.press(payload.harsh.getByRole("button", { name: "Try again" }));
        await expect(payload.harsh.getByRole("status")).toContainText("None of", { timeout: 30_000 });
        await hand.press(page.getByRole("link", { name: "Back to the flow" }));

        // A rehearsal with the practice receiver.
        await hand.press(page.getByRole("link", { name: "Rehearse" }));
        await expect(page.getByRole("heading", { name: `Rehearse ${NAME}`, level: 1 })).toBeVisible();
        await hand.press(button("Next event"));
        await hand.press(button("Next event"));
        await expect(page.locator(".rehearsal-counts")).toContainText("1Delivered");
        await page.goBack();

        // Live, to a real receiver, which asks for two-step authentication.
        await hand.openCard(card);
        await hand.fill(page.getByLabel("Destination URL"), receivers.trusted.url("/fulfil"));
        await hand.check(page.getByRole("radio", { name: "Live" }));
        await hand.press(button("Save"));
        await expect(page.getByRole("heading", { name: "Set up two-step authentication" })).toBeVisible();
        await hand.fill(page.getByLabel("New passphrase"), PASSPHRASE);
        await hand.fill(page.getByLabel("The same again"), PASSPHRASE);
        const key = await page.locator(".member-key-text").textContent();
        await hand.fill(page.getByLabel("Code from the app"), code(key));
        await hand.press(button("Turn on"));
        await expect(page.getByRole("heading", { name: "Recovery codes" })).toBeVisible();
        await hand.press(button("I have kept them"));
        await expect(page.getByText("Saved", { exact: true })).toBeVisible();

        // Fired, failed, retried, delivered.
        await hand.press(button("Fire event…"));
        await hand.press(page.getByRole("dialog").getByRole("button", { name: "Fire event", exact: true }));
        await hand.press(place("Activity"));
        await expect(page.locator("tbody tr")).toContainText("Waiting to Retry");
        await expect(page.locator("tbody tr")).toContainText("Delivered", { timeout: 60_000 });
        expect(receivers.trusted.requests("/fulfil").map(({ body }) => body)).toEqual([
            '{"order": "10023"}',
            '{"order": "10023"}',
        ]);

        // And on to Klaviyo.
        await hand.press(place("Flows"));
        await hand.press(button(`Export ${NAME} to Klaviyo…`));
        const dialog = page.getByRole("dialog", { name: "Export to Klaviyo" });
        await hand.fill(dialog.getByLabel("Id in your Klaviyo account"), "UxQk4R");
        const download = page.waitForEvent("download");
        await hand.press(dialog.getByRole("button", { name: "Save the body" }));
        const body = JSON.parse(await readFile(await (await download).path(), "utf8"));
        const actions = body.data.attributes.definition.actions;
        expect(actions.map(({ type, data }) => [type, data.message.url])).toEqual([
            ["send-webhook", receivers.trusted.url("/fulfil")],
        ]);
    });
}
