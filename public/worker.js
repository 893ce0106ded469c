// Starts a role beside the page: imports the app's script and initialises it with the Wasm that the page compiled.
//
// The page's first message is { kind: "boot", role, jsUrl, module }. What comes before the app is ready waits in
// `hookwrightQueue`, as MessageEvents; the app takes over `onmessage` and drains it. The page gets
// { kind: "worker-ready", role } when the app has started, or { kind: "worker-failed", role, message }.

globalThis.hookwrightQueue = [];

/** Called by the app's panic hook, as on the page: here the page must hear of it. */
globalThis.hookwrightPanic = (message) => fail(message);

// A release panics without words: all that is left of it is that the Wasm trapped.
addEventListener("error", ({ error }) => failTrap(error));
addEventListener("unhandledrejection", ({ reason }) => failTrap(reason));

globalThis.onmessage = (event) => {
    if (event.data?.kind === "boot") start(event.data);
    else globalThis.hookwrightQueue.push(event);
};

async function start({ jsUrl, module }) {
    try {
        // As on the page: the parts that the module holds are looked for there.
        globalThis.hookwrightBoot = Object.freeze({ module });
        const app = await import(jsUrl);
        await app.default({ module_or_path: module });
        globalThis.postMessage({ kind: "worker-ready", role: globalThis.name });
    } catch (error) {
        fail(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
    }
}

function failTrap(error) {
    if (error instanceof WebAssembly.RuntimeError) fail(`${error.name}: ${error.message}`);
}

function fail(message) {
    globalThis.postMessage({ kind: "worker-failed", role: globalThis.name, message });
}
