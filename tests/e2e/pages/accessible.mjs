// Accessibility: axe-core's rules of WCAG 2.2 AA over the page as it stands.

import path from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect } from "@playwright/test";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** Expects no violation. With HOOKWRIGHT_SHOTS set to a folder, a picture of the state is put there. */
export async function expectAccessible(page, name) {
    if (process.env.HOOKWRIGHT_SHOTS) {
        await page.screenshot({ path: path.join(process.env.HOOKWRIGHT_SHOTS, `${name}.png`) });
    }
    await endTransitions(page);
    const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
    expect(found, name).toEqual([]);
}

/**
 * Colours on their way from one state to another are neither's. They are put to their end and not waited for: in a part of the
 * page that the browser does not lay out they never get there.
 */
async function endTransitions(page) {
    await page.evaluate(async () => {
        const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
        await frame();
        for (const animation of document.getAnimations()) if (animation instanceof CSSTransition) animation.finish();
        await frame();
    });
}

/** Sets the theme as the switch would, wherever the switch is. */
export async function setTheme(page, theme) {
    await page.evaluate((theme) => document.documentElement.setAttribute("data-theme", theme), theme);
    await endTransitions(page);
}
