// The hand-written loop, in a worker: record strictly before, send, record after, all writes grouped; and bare `fetch`.
// It keeps what it must to take up again after a crash: each delivery with its status, found by status and due time,
// and each attempt.

const CONCURRENCY = 32;

self.onmessage = async ({ data: { url, n, body, isBare } }) => {
    const database = isBare ? null : await open();
    const deliveries = Array.from({ length: n }, (_, number) => delivery(number, url, body));
    if (database) for (let from = 0; from < n; from += 1000) await seed(database, deliveries.slice(from, from + 1000));
    const write = database && groupedWrites(database);
    const since = performance.now();
    let next = 0;
    const sendAll = async () => {
        while (next < n) {
            const delivery = deliveries[next];
            next += 1;
            await sendOne(delivery, write);
        }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, sendAll));
    self.postMessage({ millis: performance.now() - since });
};

function delivery(number, url, body) {
    const id = String(number).padStart(9, "0");
    return { id, url, body, status: "waiting", due: Date.now(), email: `p${number}@example.com`, n_attempts: 0 };
}

async function sendOne(delivery, write) {
    const started = Date.now();
    Object.assign(delivery, { status: "sending", due: 0, n_attempts: 1 });
    await write?.([["deliveries", delivery]]);
    const response = await fetch(delivery.url, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Klaviyo-Flow-ID": "Xy12Ab" },
        body: delivery.body,
        credentials: "omit",
        cache: "no-store",
        referrerPolicy: "no-referrer",
        redirect: "manual",
    });
    const answer = await response.text();
    delivery.status = response.ok ? "delivered" : "failed";
    const attempt = { id: `${delivery.id}/1`, started, ended: Date.now(), status: response.status, answer };
    await write?.([
        ["deliveries", delivery],
        ["attempts", attempt],
    ]);
}

/** While one strict transaction is under way, what comes in is gathered for the next. */
function groupedWrites(database) {
    let waiting = [];
    let isBusy = false;
    const writeOn = async () => {
        isBusy = true;
        while (waiting.length > 0) {
            const group = waiting;
            waiting = [];
            const transaction = database.transaction(["deliveries", "attempts"], "readwrite", { durability: "strict" });
            for (const { rows } of group) for (const [store, row] of rows) transaction.objectStore(store).put(row);
            await finished(transaction);
            for (const { resolve } of group) resolve();
        }
        isBusy = false;
    };
    return (rows) =>
        new Promise((resolve) => {
            waiting.push({ rows, resolve });
            if (!isBusy) writeOn();
        });
}

function open() {
    return new Promise((resolve, reject) => {
        const request = indexedDB.open("loop", 1);
        request.onupgradeneeded = () => {
            const deliveries = request.result.createObjectStore("deliveries", { keyPath: "id" });
            deliveries.createIndex("status", ["status", "id"]);
            deliveries.createIndex("due", ["due", "id"]);
            request.result.createObjectStore("attempts", { keyPath: "id" });
        };
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
}

function seed(database, rows) {
    const transaction = database.transaction("deliveries", "readwrite");
    for (const row of rows) transaction.objectStore("deliveries").put(row);
    return finished(transaction);
}

function finished(transaction) {
    return new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error);
    });
}
