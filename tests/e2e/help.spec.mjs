// Help inside: found by topic, by search and from where the question comes up; examples that run.

import { expect, test } from "./fixtures.mjs";
import { expectAccessible, setTheme } from "./pages/accessible.mjs";

test("a filter is looked up, tried with other data, and a mistake is told in its place", async ({ app, page }) => {
    await app.open("/help");
    await page.getByLabel("Search help").fill("floatformat");
    await page.getByRole("navigation", { name: "Topics" }).getByRole("link", { name: "Template language" }).click();
    await expect(page.getByRole("heading", { name: "Template language", level: 2 })).toBeFocused();
    const result = page.getByRole("status", { name: "Result" });
    await expect(result).toContainText("4.50");
    await page.getByRole("textbox", { name: "Event, as JSON" }).fill('{"price": 1234.5678}');
    await expect(result).toContainText("1234.57");
    await page
        .getByRole("textbox", { name: "Template" })
        .fill("{{ event.price|floatformat:1 }} {{ event.price|floatfromat }}");
    await expect(result).toContainText("floatfromat");
    await page.getByRole("textbox", { name: "Event, as JSON" }).fill("{");
    await expect(page.locator(".help-live")).toContainText("Line 1");
});

test("every example of a group opens in its turn by keyboard, one at a time", async ({ app, page }) => {
    await app.open("/help/language?find=base64");
    const heads = page.locator(".help-entry-head");
    await expect(heads).toHaveCount(4);
    for (const [name, output] of [
        ["base64_encode", "R3LDvG5lciBUZWU="],
        ["base64_decode", "Tea"],
    ]) {
        const head = page.getByRole("button", { name: new RegExp(`^${name}`) });
        await head.focus();
        await page.keyboard.press("Enter");
        await expect(head).toHaveAttribute("aria-expanded", "true");
        await expect(page.getByRole("status", { name: "Result" })).toHaveCount(1);
        await expect(page.getByRole("status", { name: "Result" })).toContainText(output);
    }
});

test("screens lead to the topic that answers their question, and back", async ({ app, page }) => {
    await app.open("/settings");
    await page.getByRole("link", { name: "Limits of a browser that sends" }).click();
    await expect(page.getByRole("heading", { name: "Limits of a browser that sends" })).toBeVisible();
    await page.goBack();
    await expect(page.getByRole("heading", { name: "Settings", level: 1 })).toBeVisible();
    await app.open("/sandbox");
    await page.getByRole("link", { name: "Template language" }).click();
    await expect(page.getByRole("heading", { name: "Template language", level: 2 })).toBeVisible();
    await app.open("/help/nothing");
    await expect(page.getByText("There is no such topic")).toBeVisible();
});

test("without its file the help says so, and tries again", async ({ app, page }) => {
    await page.route("**/help.json*", (route) => route.abort());
    await app.open("/help");
    await expect(page.getByText("The help did not arrive")).toBeVisible();
    await page.unroute("**/help.json*");
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(page.getByRole("heading", { name: "Before you start" })).toBeVisible();
});

for (const [theme, width] of [
    ["light", 1440],
    ["dark", 390],
]) {
    test(`help breaks no rule of accessibility: ${theme}, ${width} px`, async ({ app, page }) => {
        await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
        await app.open("/help");
        await expect(page.getByRole("link", { name: "Keyboard" })).toBeVisible();
        await setTheme(page, theme);
        await expectAccessible(page, `help-${theme}-${width}`);
        for (const topic of ["start", "language?find=for", "retries", "statuses", "cors", "shortcuts"]) {
            await app.open(`/help/${topic}`);
            await expect(page.locator(".help-topic")).toBeVisible();
            await expectAccessible(page, `help-${topic.replace(/\W.*/, "")}-${theme}-${width}`);
        }
    });
}
