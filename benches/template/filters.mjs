// Django's filters as somebody would write them in JavaScript for these payloads alone.

const HTML = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;" };
const words = (text) => text.split(/\s+/).filter(Boolean);

export const FILTERS = {
    upper: (text) => text.toUpperCase(),
    lower: (text) => text.toLowerCase(),
    title: (text) => text.toLowerCase().replace(/\p{L}+/gu, (word) => word[0].toUpperCase() + word.slice(1)),
    capfirst: (text) => text.charAt(0).toUpperCase() + text.slice(1),
    urlencode: (text) => encodeURIComponent(text).replaceAll("%2F", "/"),
    join: (list, between) => list.join(between),
    length: (value) => value.length,
    first: (list) => list[0],
    head: (text, count) => text.slice(0, count),
    // Half up in decimal, which toFixed alone is not.
    floatformat: (number, places) => Number(Math.round(`${number}e${places}`) + `e-${places}`).toFixed(places),
    truncatechars: (text, most) => (text.length <= most ? text : text.slice(0, most - 1) + "…"),
    truncatewords(text, most) {
        const all = words(text);
        return all.length <= most ? all.join(" ") : all.slice(0, most).join(" ") + " …";
    },
    striptags: (text) => text.replace(/<[^>]*>/g, ""),
    force_escape: (text) => text.replace(/[&<>"']/g, (sign) => HTML[sign]),
    wordcount: (text) => words(text).length,
    pluralize: (count) => (count === 1 ? "" : "s"),
    yesno: (flag, yes, no) => (flag ? yes : no),
    default_if_none: (value, instead) => value ?? instead,
    center(text, width) {
        const room = Math.max(0, width - text.length);
        const left = Math.floor(room / 2) + (room & width & 1);
        return " ".repeat(left) + text + " ".repeat(room - left);
    },
};
