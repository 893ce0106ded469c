// The code editor: CodeMirror behind one small interface, in a shadow root so that `style-src 'self'` holds.
//
// In: text, problems, what to insert; from the page's callbacks completions and help. Out: text, caret, hover, fixes asked for.
// Positions are UTF-16 units, as everywhere in JavaScript. It knows nothing of payloads: every rule lives in Rust.

import {
    acceptCompletion,
    autocompletion,
    closeBrackets,
    closeBracketsKeymap,
    completionKeymap,
    moveCompletionSelection,
    nextSnippetField,
    prevSnippetField,
    snippet,
    snippetKeymap,
    startCompletion,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import {
    bracketMatching,
    codeFolding,
    foldGutter,
    foldKeymap,
    foldService,
    indentOnInput,
    indentService,
    syntaxHighlighting,
} from "@codemirror/language";
import { forEachDiagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import {
    Compartment,
    EditorSelection,
    EditorState,
    Prec,
    StateEffect,
    StateField,
    Transaction,
} from "@codemirror/state";
import {
    Decoration,
    EditorView,
    crosshairCursor,
    drawSelection,
    dropCursor,
    highlightActiveLine,
    highlightActiveLineGutter,
    highlightSpecialChars,
    hoverTooltip,
    keymap,
    lineNumbers,
    placeholder,
    rectangularSelection,
} from "@codemirror/view";
import { foldRange, highlighter, indentOf, isInJsonText, jsonDjango } from "./language.mjs";
import { theme } from "./theme.mjs";

const setOrigin = StateEffect.define();
const originMark = Decoration.mark({ class: "cm-origin" });

/** The piece of template that made the piece of output under the pointer. */
const originField = StateField.define({
    create: () => Decoration.none,
    update(marks, transaction) {
        let next = marks.map(transaction.changes);
        for (const effect of transaction.effects) {
            if (!effect.is(setOrigin)) continue;
            const { from, to } = effect.value ?? {};
            next = to > from ? Decoration.set([originMark.range(from, to)]) : Decoration.none;
        }
        return next;
    },
    provide: (field) => EditorView.decorations.from(field),
});

/**
 * The browser draws one caret and one selection itself; only several are drawn by CodeMirror, which measures them anew
 * at every keystroke.
 */
function severalSelections() {
    const drawn = new Compartment();
    const drawing = drawSelection();
    return [
        drawn.of([]),
        EditorState.transactionExtender.of(({ startState, newSelection }) => {
            const isDrawn = newSelection.ranges.length > 1;
            if (isDrawn === startState.selection.ranges.length > 1) return null;
            return { effects: drawn.reconfigure(isDrawn ? drawing : []) };
        }),
    ];
}

const setAsked = StateEffect.define();

/** Whether suggestions were asked for; typing on in the same word narrows them down. */
const askedField = StateField.define({
    create: () => false,
    update(isAsked, transaction) {
        if (transaction.effects.some((effect) => effect.is(setAsked))) return true;
        if (!isAsked || !transaction.docChanged) return isAsked && !transaction.selection;
        let isWord = true;
        transaction.changes.iterChanges((fromA, toA, fromB, toB, inserted) => {
            isWord &&= /^[\w$.]*$/.test(inserted.toString());
        });
        return isWord;
    },
});

function askForCompletion(view) {
    view.dispatch({ effects: setAsked.of(null) });
    return startCompletion(view);
}

/** Suggests, but not inside a JSON text, where they must be asked for: most keystrokes there then cost nothing. */
function suggestions(callbacks) {
    const data = [{ autocomplete: completionSource(callbacks) }];
    return [
        askedField,
        EditorState.languageData.of((state, pos) => (state.field(askedField) || !isInJsonText(state, pos) ? data : [])),
        autocompletion({
            defaultKeymap: false,
            icons: false,
            closeOnBlur: true,
            interactionDelay: 0,
            activateOnTypingDelay: 20,
            maxRenderedOptions: 12,
        }),
        Prec.highest(
            keymap.of([
                { key: "Ctrl-Space", run: askForCompletion },
                { mac: "Alt-`", run: askForCompletion },
                { mac: "Alt-i", run: askForCompletion },
                ...completionKeymap,
            ]),
        ),
    ];
}

/** The editor's own words, as the rest of the app writes them. */
const PHRASES = {
    next: "Next",
    previous: "Previous",
    all: "Select all",
    "match case": "Match case",
    regexp: "Pattern",
    "by word": "Whole words",
    replace: "Replace",
    "replace all": "Replace all",
};

/** Help as elements; what stands between backticks is code. Text only, never markup. */
function helpElement(title, lines) {
    const box = document.createElement("div");
    box.className = "help";
    for (const line of [title, ...lines]) {
        if (!line) continue;
        const paragraph = box.appendChild(document.createElement("p"));
        line.split("`").forEach((piece, index) => {
            if (index % 2) paragraph.appendChild(document.createElement("code")).textContent = piece;
            else paragraph.append(piece);
        });
    }
    return box;
}

function completionSource(callbacks) {
    return (context) => {
        if (context.state.readOnly) return null;
        const found = callbacks.complete(context.state.doc.toString(), context.pos, context.explicit);
        if (!found) return null;
        return {
            from: found.from,
            validFor: /^[\w$]*$/,
            options: found.items.map((item, index) => ({
                label: item.label,
                detail: item.detail,
                type: item.kind,
                // Our order is by closeness; theirs by the alphabet.
                boost: -Math.min(99, index),
                info: item.info ? () => helpElement(item.kind, item.info.split("\n")) : undefined,
                apply(view, completion, from, to) {
                    const start = item.replaceFrom < 0 ? from : item.replaceFrom;
                    if (item.insert.includes("${")) snippet(item.insert)(view, completion, start, to);
                    else {
                        view.dispatch({
                            changes: { from: start, to, insert: item.insert },
                            selection: { anchor: start + item.insert.length },
                            userEvent: "input.complete",
                        });
                    }
                },
            })),
        };
    };
}

/** Whether problems stand in the editor already: those put in last, where the text has moved them since. */
function areShown(state, shown, found) {
    if (shown.length !== found.length) return false;
    const places = new Map();
    forEachDiagnostic(state, (problem, from, to) => places.set(problem, `${from} ${to}`));
    return found.every((next, index) => {
        const before = shown[index];
        return (
            places.get(before) === `${next.from} ${next.to}` &&
            before.severity === next.severity &&
            before.message === next.message &&
            before.actions?.[0].name === next.actions?.[0].name
        );
    });
}

/** Rich text is pasted as its plain text, which CodeMirror does by itself; a file is pasted as what it holds. */
function filePaste(callbacks) {
    const take = (event, view) => {
        const file = (event.clipboardData ?? event.dataTransfer)?.files?.[0];
        if (!file) return false;
        event.preventDefault();
        if (view.state.readOnly) return true;
        if (file.size > 5_000_000 || /^(image|audio|video)\//.test(file.type)) {
            callbacks.refuse(file.name);
            return true;
        }
        file.text().then((text) => {
            if (text.includes("\0")) callbacks.refuse(file.name);
            else view.dispatch(view.state.replaceSelection(text), { userEvent: "input.paste", scrollIntoView: true });
        });
        return true;
    };
    return EditorView.domEventHandlers({ paste: take, drop: take });
}

/** Long text that comes in at once, by dictation or a script: as one change, not through the page's own editing. */
const longInput = EditorView.domEventHandlers({
    beforeinput(event, view) {
        if (event.inputType !== "insertText" || (event.data?.length ?? 0) < 1_000) return false;
        event.preventDefault();
        if (view.state.readOnly) return true;
        view.dispatch(view.state.replaceSelection(event.data), { userEvent: "input.paste", scrollIntoView: true });
        return true;
    },
});

/** The list of suggestions shows a window of them and has nothing to scroll: the wheel moves the choice instead. */
function moveByWheel(root, view) {
    const turn = (event) => {
        if (!event.target.closest?.(".cm-tooltip-autocomplete > ul") || !event.deltaY) return;
        event.preventDefault();
        moveCompletionSelection(event.deltaY > 0)(view);
    };
    root.addEventListener("wheel", turn, { passive: false });
    return () => root.removeEventListener("wheel", turn);
}

/**
 * Puts an editor into `host`.
 *
 * callbacks: change(text), caret(at), hover(at or -1), complete(text, at, isAsked), help(text, at), fix(number),
 * refuse(fileName), command(name)
 */
export function mount(host, text, label, description, callbacks) {
    const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
    root.replaceChildren();
    let isQuiet = false;
    const lock = new Compartment();
    /** Nothing can be changed while there is a reason; text can still be chosen and copied. */
    const locked = (reason) => [
        EditorState.readOnly.of(reason !== ""),
        EditorView.editorAttributes.of({ class: reason === "" ? "" : "cm-locked" }),
        EditorView.contentAttributes.of({ "aria-description": reason === "" ? description : reason }),
    ];
    const command = (name) => () => {
        callbacks.command(name);
        return true;
    };
    const snippetKeys = [
        { key: "Mod-Enter", run: nextSnippetField },
        { key: "Shift-Mod-Enter", run: prevSnippetField },
    ];
    const view = new EditorView({
        parent: root,
        root,
        state: EditorState.create({
            doc: text,
            extensions: [
                lineNumbers(),
                lintGutter(),
                foldGutter(),
                codeFolding(),
                foldService.of(foldRange),
                indentService.of(indentOf),
                jsonDjango,
                syntaxHighlighting(highlighter),
                history(),
                severalSelections(),
                dropCursor(),
                EditorState.allowMultipleSelections.of(true),
                EditorState.tabSize.of(2),
                indentOnInput(),
                bracketMatching(),
                closeBrackets(),
                rectangularSelection(),
                crosshairCursor(),
                highlightActiveLine(),
                highlightActiveLineGutter(),
                highlightSpecialChars(),
                highlightSelectionMatches(),
                search({ top: false }),
                EditorState.phrases.of(PHRASES),
                placeholder("Type { or press Ctrl+Space for suggestions"),
                originField,
                snippetKeymap.of(snippetKeys),
                suggestions(callbacks),
                hoverTooltip((view, pos) => {
                    const help = callbacks.help(view.state.doc.toString(), pos);
                    if (!help) return null;
                    return {
                        pos: help.from,
                        end: help.to,
                        create: () => ({ dom: helpElement(help.title, help.lines) }),
                    };
                }),
                // Tab is left alone: it leaves the editor, as everywhere on the page.
                keymap.of([
                    { key: "Mod-Shift-f", run: command("format"), preventDefault: true },
                    { key: "Alt-Shift-f", run: command("format"), preventDefault: true },
                    { key: "Mod-.", run: command("fix"), preventDefault: true },
                    { key: "Mod-Enter", run: acceptCompletion },
                    ...closeBracketsKeymap,
                    ...defaultKeymap,
                    ...searchKeymap,
                    ...historyKeymap,
                    ...foldKeymap,
                    ...lintKeymap,
                ]),
                lock.of(locked("")),
                filePaste(callbacks),
                longInput,
                EditorView.contentAttributes.of({
                    "aria-label": label,
                    spellcheck: "false",
                    autocapitalize: "off",
                    autocorrect: "off",
                }),
                EditorView.lineWrapping,
                EditorView.domEventHandlers({
                    mousemove: (event, view) => {
                        callbacks.hover(view.posAtCoords({ x: event.clientX, y: event.clientY }) ?? -1);
                    },
                    mouseleave: () => {
                        callbacks.hover(-1);
                    },
                }),
                EditorView.updateListener.of((update) => {
                    if (update.docChanged && !isQuiet) callbacks.change(update.state.doc.toString());
                    if (update.selectionSet || update.docChanged) callbacks.caret(update.state.selection.main.head);
                }),
                theme,
            ],
        }),
    });

    const leaveWheel = moveByWheel(root, view);
    /** The problems put in last. */
    let shown = [];

    /** Runs without telling the page of it. */
    const quietly = (act) => {
        isQuiet = true;
        try {
            act();
        } finally {
            isQuiet = false;
        }
    };

    return {
        /** Takes another text, changing only the part that differs, so that caret and folds stay. */
        setText(next, isHistoryKept) {
            const before = view.state.doc.toString();
            if (before === next) return;
            let start = 0;
            const most = Math.min(before.length, next.length);
            while (start < most && before.charCodeAt(start) === next.charCodeAt(start)) start += 1;
            let end = 0;
            while (
                end < most - start &&
                before.charCodeAt(before.length - 1 - end) === next.charCodeAt(next.length - 1 - end)
            ) {
                end += 1;
            }
            quietly(() =>
                view.dispatch({
                    changes: { from: start, to: before.length - end, insert: next.slice(start, next.length - end) },
                    annotations: isHistoryKept ? [] : [Transaction.addToHistory.of(false)],
                }),
            );
        },
        /** Edits, as `[from, to, insert, …]`; they can be undone. */
        edit(edits) {
            const changes = [];
            for (let index = 0; index + 2 < edits.length; index += 3) {
                changes.push({ from: edits[index], to: edits[index + 1], insert: edits[index + 2] });
            }
            view.dispatch({ changes, userEvent: "input", scrollIntoView: true });
        },
        /** Writes at the caret; `${…}` marks places to fill in. */
        insert(template) {
            const { from, to } = view.state.selection.main;
            if (template.includes("${")) snippet(template)(view, null, from, to);
            else view.dispatch(view.state.replaceSelection(template), { userEvent: "input", scrollIntoView: true });
            view.focus();
        },
        select(from, to) {
            const length = view.state.doc.length;
            view.dispatch({
                selection: EditorSelection.single(Math.min(from, length), Math.min(to, length)),
                effects: EditorView.scrollIntoView(Math.min(from, length), { y: "center" }),
            });
            view.focus();
        },
        /** Problems as `[from, to, severity, message, fix label or "", …]`; the number of a fix is its place. */
        setProblems(problems) {
            const length = view.state.doc.length;
            const found = [];
            for (let index = 0; index + 4 < problems.length; index += 5) {
                const [from, to, severity, message, fix] = problems.slice(index, index + 5);
                const number = index / 5;
                found.push({
                    from: Math.min(from, length),
                    to: Math.min(to, length),
                    severity,
                    message,
                    actions: fix ? [{ name: fix, apply: () => callbacks.fix(number) }] : undefined,
                });
            }
            // Marks move with the text by themselves: most keystrokes change nothing else of them.
            if (areShown(view.state, shown, found)) return;
            shown = found;
            view.dispatch(setDiagnostics(view.state, found));
        },
        showOrigin(from, to, isScrolled) {
            const length = view.state.doc.length;
            const effects = [setOrigin.of({ from: Math.min(from, length), to: Math.min(to, length) })];
            if (isScrolled) effects.push(EditorView.scrollIntoView(Math.min(from, length), { y: "nearest" }));
            view.dispatch({ effects });
        },
        /** Locks the text for a reason, or opens it again by an empty one. */
        setLock: (reason) => view.dispatch({ effects: lock.reconfigure(locked(reason)) }),
        focus: () => view.focus(),
        destroy() {
            leaveWheel();
            view.destroy();
        },
    };
}
