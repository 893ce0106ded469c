// Serves the app from a cache of exactly one version.
//
// The build writes FILES (address and SHA-256 of each) and VERSION. A file that does not fit its hash is not kept, and
// the whole version with it, so a half-updated host never gives a mixed app.
// Only GET requests for these files are answered here. Webhooks, and everything else, go their own way.

const VERSION = "__VERSION__";
const FILES = ["__FILES__"];

const PREFIX = "hookwright-app-";
const NAME = PREFIX + VERSION;
const scope = new URL(self.registration.scope);

self.addEventListener("install", (event) => event.waitUntil(fill()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
self.addEventListener("message", (event) => {
    if (event.data?.kind === "take-over") self.skipWaiting();
});
self.addEventListener("fetch", (event) => {
    const { request } = event;
    const url = new URL(request.url);
    if (request.method !== "GET" || url.origin !== scope.origin || !url.pathname.startsWith(scope.pathname)) return;
    const name = url.pathname.slice(scope.pathname.length) || "index.html";
    if (!FILES.some(([file]) => file === name)) return;
    event.respondWith(answer(request, name));
});

async function fill() {
    const cache = await caches.open(NAME);
    await Promise.all(
        FILES.map(async ([name, hash]) => {
            const address = new URL(name, scope);
            const kept = await keptBefore(address, hash);
            if (kept) return cache.put(address, kept);
            await cache.put(address, await download(address, name, hash));
        }),
    );
}

/** The page has just loaded most files: what the browser still holds of them is not downloaded again. */
async function download(address, name, hash) {
    const options = { integrity: `sha256-${hash}`, credentials: "omit" };
    // Under a name with a hash there is one content only. Anything else the host is asked about.
    const isFixed = /-[0-9a-f]{16}(_bg)?\.\w+$/.test(name);
    const response = await fetch(address, { ...options, cache: isFixed ? "default" : "no-cache" }).catch(() =>
        // What was held was damaged, or the host answers with something old.
        fetch(address, { ...options, cache: "reload" }),
    );
    if (!response.ok) throw new Error(`${response.status} for ${name}`);
    return response;
}

/** The same file of an earlier version: an update downloads only what changed. */
async function keptBefore(address, hash) {
    for (const name of await caches.keys()) {
        if (!name.startsWith(PREFIX) || name === NAME) continue;
        const response = await (await caches.open(name)).match(address);
        if (!response) continue;
        const bytes = await response.clone().arrayBuffer();
        const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
        if (btoa(String.fromCharCode(...digest)) === hash) return response;
    }
    return null;
}

async function answer(request, name) {
    const kept = await (await caches.open(NAME)).match(new URL(name, scope));
    if (!kept) return fetch(request);
    // A host that adds a redirect to index.html leaves a mark that a navigation refuses.
    return kept.redirected ? new Response(kept.body, { headers: kept.headers }) : kept;
}

/** The page that was there first is served from here from now on: a part it opens later needs no network. */
async function takeOver() {
    await clear();
    await self.clients.claim();
}

async function clear() {
    for (const name of await caches.keys()) {
        if (name.startsWith(PREFIX) && name !== NAME) await caches.delete(name);
    }
}
