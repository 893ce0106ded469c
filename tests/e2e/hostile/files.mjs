// Files whose every name and text is hostile.

import { CORPUS } from "./corpus.mjs";

/** A text of the corpus for each place; the corpus is gone through in order. */
export function takeTurns(from = 0) {
    let at = from;
    return () => CORPUS[at++ % CORPUS.length];
}

/** The corpus for files of plain text: with a zero byte a file is none and is refused as a whole. */
export const PLAIN = CORPUS.map((text) => text.replaceAll("\0", ""));

/** A cell of a CSV file, quoted. */
const cell = (text) => `"${text.replaceAll('"', '""')}"`;

/** Hostile column names, and a row for each string of the corpus with it in each column. */
export function hostileCsv() {
    const heads = PLAIN.slice(0, 6);
    const rows = PLAIN.map((text, n) => ["Placed Order", `p${n}@example.com`, ...heads.map(() => text)]);
    return [["metric", "email", ...heads], ...rows].map((row) => row.map(cell).join(",")).join("\n");
}

/** One event a line: metric, email, name and properties hostile; some lines hold nothing but the string. */
export function hostileLines() {
    const events = CORPUS.map((text) =>
        JSON.stringify({
            metric: text.slice(0, 200),
            occurred_at: text,
            profile: { email: text, first_name: text, properties: { [text]: text } },
            properties: { [text.slice(0, 100)]: text, $value: text, list: [text, { deep: text }] },
        }),
    );
    return [...events, ...PLAIN].join("\n");
}

/** The same value with each text of a name in `names` made hostile, whatever lies around it. */
export function poisoned(value, names, next = takeTurns()) {
    if (Array.isArray(value)) return value.map((item) => poisoned(item, names, next));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(
        Object.entries(value).map(([name, inner]) => {
            if (names.includes(name) && (typeof inner === "string" || inner === null)) return [name, next()];
            if (name === "headers" && !Array.isArray(inner)) return [name, { [next()]: next(), "X-Own": next() }];
            return [name, poisoned(inner, names, next)];
        }),
    );
}
