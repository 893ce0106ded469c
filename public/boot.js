// Starts the app on the page, and says what is wrong when that fails. It stays useful when the Wasm is dead.
//
// In: the addresses of the app's script and Wasm, on this script's own tag.
// Out: `globalThis.hookwrightBoot = { module, jsUrl, spawnWorker(role), loadEditor() }` and `globalThis.hookwrightPanic(message)`.
// The Wasm is downloaded and compiled once; workers get the compiled module.

const DATABASE = "hookwright";
const ROWS_PER_READ = 500;

globalThis.hookwrightPanic = showPanic;
// A release panics without words: all that is left of it is that the Wasm trapped.
addEventListener("error", ({ error }) => showTrap(error));
addEventListener("unhandledrejection", ({ reason }) => showTrap(reason));
await start();

async function start() {
    const boot = document.getElementById("boot");
    if (typeof WebAssembly !== "object") {
        showFailure(
            "This browser cannot run Hookwright",
            "WebAssembly is missing or switched off here. Use a current Chrome, Edge, Firefox or Safari, or allow it in this browser’s security settings.",
        );
        return;
    }
    const { js, wasm, editor } = document.querySelector("script[data-wasm]").dataset;
    const jsUrl = new URL(js, document.baseURI).href;
    const wasmUrl = new URL(wasm, document.baseURI).href;
    let app, module;
    // First the frame: nothing that is downloaded for the app takes the line from it.
    await drawn();
    try {
        [app, module] = await Promise.all([import(jsUrl), compile(wasmUrl)]);
    } catch (error) {
        console.error(error);
        showFailure(
            "Hookwright could not be loaded",
            "A part of the app did not arrive, or arrived damaged. Your flows and your log are untouched. Check the connection, then reload.",
            error,
        );
        return;
    }
    globalThis.hookwrightBoot = Object.freeze({
        module,
        jsUrl,
        spawnWorker: (role) => spawnWorker(role, jsUrl, module),
        /** The code editor, downloaded when it is first asked for. */
        loadEditor: loader(new URL(editor, document.baseURI).href),
    });
    whenAppears("main:not(#boot)", () => boot.remove());
    try {
        await app.default({ module_or_path: module });
    } catch (error) {
        console.error(error);
        if (!document.querySelector("dialog.panic")) {
            showFailure(
                "Hookwright could not start",
                "The app was loaded, and stopped while starting. Your flows and your log are untouched. Reload to try again.",
                error,
            );
        }
    }
}

/** Comes back once the page as it is has been drawn. */
function drawn() {
    const isDrawn = new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    // Nothing is drawn in a tab that is not looked at.
    return Promise.race([isDrawn, new Promise((resolve) => setTimeout(resolve, 250))]);
}

async function compile(url) {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${response.status} for ${url}`);
    if (response.headers.get("Content-Type") === "application/wasm") return WebAssembly.compileStreaming(response);
    // Some hosts do not know the type; streaming would refuse it.
    return WebAssembly.compile(await response.arrayBuffer());
}

/** Whether the sender's own address gave no worker: a host that cannot be reached, while the app is kept here. */
let isSenderKept = false;

function spawnWorker(role, jsUrl, module) {
    const isFromHost = role === "sender" && navigator.onLine && !isSenderKept;
    const script = new URL(isFromHost ? "sender/worker.js" : "worker.js", document.baseURI);
    const worker = new Worker(script, { type: "module", name: role });
    let isReady = false;
    // Registered before anybody else can: what only concerns the start goes no further.
    worker.addEventListener("message", (event) => {
        if (event.data?.kind === "worker-ready") {
            isReady = true;
            event.stopImmediatePropagation();
        } else if (event.data?.kind === "worker-failed") {
            hearFailure(event.data.message);
        }
    });
    worker.addEventListener("error", (event) => hearFailure(event.message ?? "its script did not load"));
    const hearFailure = (message) => {
        if (isReady) return;
        // The app starts a sender that failed again.
        if (isFromHost) isSenderKept = true;
        else showWorkerFailure(role, message);
    };
    worker.postMessage({ kind: "boot", role, jsUrl, module });
    return worker;
}

/** Loads a module once. After a failure under another address: a browser remembers that the first one failed. */
function loader(url) {
    let loaded;
    let nTries = 0;
    return () => {
        loaded ??= import(nTries++ ? `${url}?try=${nTries}` : url).catch((error) => {
            loaded = undefined;
            throw error;
        });
        return loaded;
    };
}

/** Calls back once an element that matches is in the page. */
function whenAppears(selector, callback) {
    const isThere = () => document.querySelector(selector) !== null;
    const observer = new MutationObserver(() => {
        if (!isThere()) return;
        observer.disconnect();
        callback();
    });
    observer.observe(document.body, { childList: true, subtree: true });
}

/** Shows, where the app would have been, why it is not. */
function showFailure(title, sentence, error) {
    const boot = document.getElementById("boot") ?? document.body.appendChild(element("main", { id: "boot" }));
    boot.className = "boot";
    boot.replaceChildren(
        element("h1", {}, title),
        element("p", { role: "alert" }, sentence),
        ...(error ? [element("pre", {}, describe(error))] : []),
        button("Reload", () => location.reload()),
    );
}

function showWorkerFailure(role, message) {
    console.error(`worker ${role} failed to start: ${message}`);
    const consequence =
        role === "sender"
            ? "The part that sends could not start: no request leaves this tab."
            : "The part that calculates could not start: previews and rehearsals do not work in this tab.";
    document.querySelector(".boot-alert")?.remove();
    document.body.prepend(
        element(
            "div",
            { className: "boot-alert", role: "alert" },
            element("p", {}, `${consequence} Your flows and your log are untouched. Reload to try again.`),
            button("Reload", () => location.reload()),
        ),
    );
}

function showTrap(error) {
    if (error instanceof WebAssembly.RuntimeError) showPanic(describe(error));
}

/** A full page, because nothing behind it can be trusted any more. */
function showPanic(message) {
    console.error(message);
    if (document.querySelector("dialog.panic")) return;
    const progress = element("p", { role: "status" });
    const download = button("Download a backup", async () => {
        download.disabled = true;
        progress.textContent = "Reading your data…";
        try {
            const backup = await readBackup();
            if (backup) saveFile(`hookwright-backup-${new Date().toISOString().slice(0, 10)}.json`, backup);
            progress.textContent = backup
                ? "The backup was handed to the browser’s downloads."
                : "This browser holds no data of Hookwright yet.";
        } catch (error) {
            progress.textContent = `The data could not be read: ${describe(error)}. Reload, then try again.`;
        }
        download.disabled = false;
    });
    const dialog = element(
        "dialog",
        { className: "panic" },
        element("h1", { id: "panic-title" }, "Hookwright stopped"),
        element(
            "p",
            {},
            "A mistake in the app made it stop. What was saved is still in this browser; an edit of the last seconds may be lost. A delivery that was under way is marked after the reload.",
        ),
        element("pre", {}, String(message)),
        element(
            "div",
            { className: "panic-acts" },
            download,
            button("Reload", () => location.reload()),
        ),
        progress,
    );
    dialog.setAttribute("aria-labelledby", "panic-title");
    // Escape would uncover an app that no longer answers.
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    document.body.append(dialog);
    dialog.showModal();
}

/** The whole database as one JSON file, or null when there is none. Encrypted values stay encrypted. */
async function readBackup() {
    const known = await indexedDB.databases();
    // Opening a database that does not exist would make an empty one.
    if (!known.some(({ name }) => name === DATABASE)) return null;
    const database = await settled(indexedDB.open(DATABASE));
    try {
        const parts = [
            `{"kind":"hookwright-raw-backup","database_version":${database.version},`,
            `"taken_at":${JSON.stringify(new Date().toISOString())},"stores":{`,
        ];
        for (const [index, name] of [...database.objectStoreNames].entries()) {
            parts.push(`${index > 0 ? "," : ""}\n${JSON.stringify(name)}:[`);
            let isFirst = true;
            for await (const rows of slices(database, name)) {
                for (const row of rows) {
                    parts.push(`${isFirst ? "" : ","}\n${JSON.stringify(row)}`);
                    isFirst = false;
                }
            }
            parts.push("]");
        }
        parts.push("}}\n");
        return new Blob(parts, { type: "application/json" });
    } finally {
        database.close();
    }
}

/** The rows of a store, some hundred at a time: a long log must not be in memory twice. */
async function* slices(database, name) {
    let range = null;
    for (;;) {
        const store = database.transaction(name, "readonly").objectStore(name);
        const [keys, values] = await Promise.all([
            settled(store.getAllKeys(range, ROWS_PER_READ)),
            settled(store.getAll(range, ROWS_PER_READ)),
        ]);
        if (keys.length === 0) return;
        yield keys.map((key, index) => ({ key: portable(key), value: portable(values[index]) }));
        range = IDBKeyRange.lowerBound(keys.at(-1), true);
    }
}

/** What JSON cannot hold, in a form that says what it was. */
function portable(value) {
    if (value instanceof ArrayBuffer) return portable(new Uint8Array(value));
    if (ArrayBuffer.isView(value)) {
        const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
        let text = "";
        for (const byte of bytes) text += String.fromCharCode(byte);
        return { $bytes: btoa(text) };
    }
    if (value instanceof Date) return { $date: value.toISOString() };
    if (value instanceof Map) return { $map: [...value].map(portable) };
    if (Array.isArray(value)) return value.map(portable);
    if (typeof value === "bigint") return { $integer: value.toString() };
    if (value !== null && typeof value === "object") {
        return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, portable(inner)]));
    }
    return value;
}

function settled(request) {
    return new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
        request.onblocked = () => reject(new Error("another tab holds the database; close it"));
    });
}

function saveFile(name, blob) {
    const href = URL.createObjectURL(blob);
    const link = element("a", { href, download: name });
    // Inside the dialog: what lies outside of a modal one cannot be clicked.
    (document.querySelector("dialog.panic") ?? document.body).append(link);
    link.click();
    link.remove();
    // The download has to have started before its source may go.
    setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

function describe(error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

function button(label, act) {
    const made = element("button", { type: "button" }, label);
    made.addEventListener("click", act);
    return made;
}

function element(tag, properties, ...children) {
    const made = document.createElement(tag);
    Object.assign(made, properties);
    made.append(...children);
    return made;
}
