// JSON with Django tags as one small language of two colours, for a stream of lines.
//
// A tag lies on one line, as in Django; every sign inside it gets a style, the spaces too, so that its ground is unbroken.

import { StreamLanguage, syntaxTree } from "@codemirror/language";
import { Tag, tagHighlighter } from "@lezer/highlight";

// `tag` and `variable` would mean other things: the stream's own table knows them already.
const tags = Object.fromEntries(
    [
        "key",
        "string",
        "number",
        "literal",
        "punctuation",
        "delimiter",
        "tagWord",
        "name",
        "filter",
        "templateString",
        "space",
        "comment",
    ].map((name) => [name, Tag.define(name)]),
);

export const highlighter = tagHighlighter(
    Object.entries(tags).map(([name, tag]) => ({
        tag,
        class: `t-${name}${["delimiter", "tagWord", "name", "filter", "templateString", "space"].includes(name) ? " t-in" : ""}`,
    })),
);

const CLOSES = { "{{": "}}", "{%": "%}", "{#": "#}" };

/** Whether the tag that opens here is closed on its line. */
function isClosed(stream, open) {
    return stream.string.indexOf(CLOSES[open], stream.pos + 2) >= 0;
}

function inTag(stream, state) {
    const close = CLOSES[state.tag];
    if (stream.match(close)) {
        state.tag = null;
        return "delimiter";
    }
    if (state.tag === "{#") {
        stream.skipTo(close) || stream.skipToEnd();
        return "comment";
    }
    if (stream.eatSpace()) return "space";
    if (stream.match(/^"[^"]*"?/) || stream.match(/^'[^']*'?/)) return "templateString";
    if (stream.match(/^-?\d+(\.\d+)?/)) return "name";
    if (stream.match(/^\|\s*[\w-]+/) || stream.match(/^[|:]/)) return "filter";
    if (stream.match(/^[\w$][\w$-]*/)) {
        const word = stream.current();
        if (state.isFirst) {
            state.isFirst = false;
            return "tagWord";
        }
        const isWord = state.tag === "{%" && /^(in|and|or|not|is|as|with|only|reversed|by)$/.test(word);
        return isWord ? "tagWord" : "name";
    }
    stream.next();
    return "name";
}

const parser = {
    name: "json-django",
    tokenTable: tags,
    startState: () => ({ tag: null, isFirst: false, isText: false, isKey: false }),
    copyState: (state) => ({ ...state }),
    token(stream, state) {
        if (stream.sol()) state.tag = state.isText = null;
        if (state.tag) return inTag(stream, state);
        const open = stream.string.slice(stream.pos, stream.pos + 2);
        if (open in CLOSES && isClosed(stream, open)) {
            stream.match(open);
            state.tag = open;
            state.isFirst = open === "{%";
            return open === "{#" ? "comment" : "delimiter";
        }
        if (state.isText) {
            const style = state.isKey ? "key" : "string";
            if (stream.eat('"')) {
                state.isText = false;
                return style;
            }
            // At least one sign: an opening without its close is text.
            do {
                if (stream.next() === "\\") stream.next();
            } while (!stream.eol() && stream.peek() !== '"' && !stream.match(/^\{[{%#]/, false));
            return style;
        }
        if (stream.eatSpace()) return null;
        if (stream.eat('"')) {
            state.isText = true;
            // What stands before a colon is a key; tags may stand in it.
            state.isKey = /^(?:[^"\\]|\\.)*"\s*:/.test(stream.string.slice(stream.pos));
            return state.isKey ? "key" : "string";
        }
        if (stream.match(/^-?\d[\w.+-]*/)) return "number";
        if (stream.match(/^[A-Za-z]+/)) return "literal";
        if (stream.eat(/[{}[\],:]/)) return "punctuation";
        stream.next();
        return null;
    },
    languageData: { closeBrackets: { brackets: ["{", "[", '"'] } },
};

export const jsonDjango = StreamLanguage.define(parser);

/** Whether a place is inside a JSON text, and not in a tag there. A tag need not be closed yet. */
export function isInJsonText(state, pos) {
    const line = state.doc.lineAt(pos);
    const before = line.text.slice(0, pos - line.from);
    const last = (...signs) => Math.max(...signs.map((sign) => before.lastIndexOf(sign)));
    if (last("{{", "{%") > last("}}", "%}")) return false;
    return ["key", "string"].includes(syntaxTree(state).resolveInner(pos, -1).name);
}

const BLOCKS =
    /\{%\s*(end)?(if|for|with|comment|verbatim|spaceless|autoescape|ifchanged|filter|block)\b(?:(?!%\}).)*%\}|\{\{.*?\}\}|\{#.*?#\}|\{%.*?%\}|"(?:[^"\\\n]|\\.)*"|[{}[\]]/g;

/** How far a line opens (+) or closes (−) brackets and blocks, in order. */
function steps(text) {
    const found = [];
    for (const match of text.matchAll(BLOCKS)) {
        const [sign, end, block] = match;
        if (block) found.push({ at: match.index, length: sign.length, step: end ? -1 : 1 });
        else if (sign === "{" || sign === "[") found.push({ at: match.index, length: 1, step: 1 });
        else if (sign === "}" || sign === "]") found.push({ at: match.index, length: 1, step: -1 });
    }
    return found;
}

/** Of each line's text how deep it goes down and where it ends, from where it begins: a fold looks at many lines. */
const depths = new Map();

function depthOf(text) {
    let depth = depths.get(text);
    if (!depth) {
        depth = { lowest: 0, last: 0 };
        for (const { step } of steps(text)) {
            depth.last += step;
            depth.lowest = Math.min(depth.lowest, depth.last);
        }
        if (depths.size > 20000) depths.clear();
        depths.set(text, depth);
    }
    return depth;
}

/** What a line opens and does not close can be folded, up to where it is closed. */
export function foldRange(state, lineStart) {
    const line = state.doc.lineAt(lineStart);
    const { lowest, last: end } = depthOf(line.text);
    if (end <= lowest) return null;
    let open = 0;
    let from = -1;
    for (const { at, length, step } of steps(line.text)) {
        if (step > 0) {
            if (open === 0) from = line.from + at + length;
            open += 1;
        } else open = Math.max(0, open - 1);
    }
    if (open === 0 || from < 0 || line.number === state.doc.lines) return null;
    const last = Math.min(state.doc.lines, line.number + 20000);
    let number = line.number;
    for (const text of state.doc.iterLines(number + 1, last + 1)) {
        number += 1;
        const depth = depthOf(text);
        if (open + depth.lowest > 0) {
            open += depth.last;
            continue;
        }
        for (const { at, step } of steps(text)) {
            open += step;
            if (open <= 0) return { from: line.to, to: state.doc.line(number).from + at };
        }
    }
    return null;
}

/** The indentation of a new line: that of the one before, one step more after what it opens. */
export function indentOf(context, pos) {
    const line = context.state.doc.lineAt(pos);
    if (line.number === 1) return 0;
    const before = context.lineAt(pos, -1);
    const textBefore = before.from < line.from ? before.text : context.state.doc.line(line.number - 1).text;
    const open = steps(textBefore).reduce((sum, { step }) => Math.max(0, sum + step), 0);
    const base = textBefore.match(/^\s*/)[0].length;
    const after = context.textAfterPos(pos);
    const isClosing = /^\s*([}\]]|\{%\s*(end|else|elif|empty))/.test(after);
    return Math.max(0, base + (open > 0 ? 2 : 0) - (isClosing ? 2 : 0));
}
