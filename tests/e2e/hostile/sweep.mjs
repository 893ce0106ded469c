// Puts every string of the corpus into every field for text that stands on the page.

import { CORPUS } from "./corpus.mjs";

/**
 * Fills the fields as typing and leaving them would, one string after the other, and gives the fields' names: the id, or
 * the label with `n` for each number. Fields of `except` are left alone, and with `only` all others; `wrap` is what is typed, with the string for `%s`.
 */
export function sweep(page, { except = [], only, wrap = "%s" } = {}) {
    return page.evaluate(
        async ({ corpus, except, only, wrap }) => {
            const isText = (field) =>
                field.tagName === "TEXTAREA" || /^(text|search|url|email|password|tel)$/.test(field.type);
            const nameOf = (field) =>
                (field.id || field.getAttribute("aria-label") || field.name || "?").replaceAll(/\d+/g, "n");
            const fields = () =>
                [...document.querySelectorAll("input, textarea")].filter(
                    (field) =>
                        isText(field) &&
                        !field.readOnly &&
                        !field.matches(":disabled") &&
                        field.checkVisibility() &&
                        (only?.includes(nameOf(field)) ?? !except.includes(nameOf(field))),
                );
            const names = new Set();
            for (const text of corpus) {
                const typed = wrap.replaceAll("%s", () => text);
                for (const field of fields()) {
                    if (!field.isConnected) continue;
                    names.add(nameOf(field));
                    field.value = typed;
                    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
                    field.dispatchEvent(new Event("change", { bubbles: true }));
                }
                await new Promise((resolve) => requestAnimationFrame(resolve));
            }
            return [...names].sort();
        },
        { corpus: CORPUS, except, only, wrap },
    );
}
