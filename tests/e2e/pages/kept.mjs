// What the app keeps in the browser, and what it hands out of it.

import { readFile } from "node:fs/promises";

/** Everything this origin keeps in the browser, as text: databases, storage, caches, the address. */
export function readEverything(page) {
    return page.evaluate(async () => {
        const parts = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }), location.href];
        const settled = (request) =>
            new Promise((resolve, reject) => {
                request.onsuccess = () => resolve(request.result);
                request.onerror = () => reject(request.error);
            });
        for (const { name } of await indexedDB.databases()) {
            const database = await settled(indexedDB.open(name));
            for (const store of database.objectStoreNames) {
                const objects = database.transaction(store).objectStore(store);
                const values = await settled(objects.getAll());
                const text = JSON.stringify(values, (_, value) => {
                    if (value instanceof CryptoKey) return `CryptoKey extractable=${value.extractable}`;
                    return value instanceof ArrayBuffer || ArrayBuffer.isView(value)
                        ? new TextDecoder().decode(value)
                        : value;
                });
                parts.push(`${name}/${store}: ${text}`);
            }
            database.close();
        }
        for (const name of await caches.keys()) {
            const cache = await caches.open(name);
            for (const request of await cache.keys())
                parts.push(request.url, await (await cache.match(request)).text());
        }
        return parts.join("\n");
    });
}

/** The rows of these stores, as text. */
export function readStores(page, names) {
    return page.evaluate(async (names) => {
        const settled = (request) =>
            new Promise((resolve, reject) => {
                request.onsuccess = () => resolve(request.result);
                request.onerror = () => reject(request.error);
            });
        const database = await settled(indexedDB.open("hookwright"));
        const rows = {};
        for (const name of names) {
            rows[name] = await settled(database.transaction(name).objectStore(name).getAll());
        }
        database.close();
        return JSON.stringify(rows);
    }, names);
}

/** The text of the file that `act` makes the page hand out. */
export async function downloaded(page, act) {
    const download = page.waitForEvent("download");
    await act();
    return readFile(await (await download).path(), "utf8");
}

/** What `act` puts on the clipboard; the context must let the page read it. */
export async function copied(page, act) {
    const mark = `nothing yet ${Math.random()}`;
    await page.evaluate((mark) => navigator.clipboard.writeText(mark), mark);
    await act();
    await page.waitForFunction(async (mark) => (await navigator.clipboard.readText()) !== mark, mark);
    return page.evaluate(() => navigator.clipboard.readText());
}

/** What the page shows, typed text included. */
export function shown(page) {
    return page.evaluate(() => {
        const roots = [document, ...[...document.querySelectorAll("*")].map((e) => e.shadowRoot).filter(Boolean)];
        const typed = roots.flatMap((root) => [...root.querySelectorAll("input, textarea")].map((f) => f.value));
        const texts = roots.map((root) => (root === document ? root.documentElement : root).innerHTML);
        return [...typed, ...texts].join("\n");
    });
}
