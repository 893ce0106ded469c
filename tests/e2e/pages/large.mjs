// Flows of any size, and how they come into the app's database. Benches use them, too.

/** So many cards stand in a row before the flow splits. */
const RUN = 24;

/**
 * A flow with this many cards, in the stored shape: rows of webhooks and delays, and splits that part what is left.
 * Also what it is made of, for those who draw it otherwise: `links` are `[from, to]`, from null for the trigger.
 */
export function largeFlow(id, nCards) {
    const nodes = {};
    const links = [];
    let made = 0;
    const link = (kind, field, from, to) => {
        if (kind) kind[field] = to;
        links.push([from, to]);
    };
    const grow = (budget, hang) => {
        let left = budget;
        const length = budget <= RUN ? budget : RUN - 1;
        for (let n = 0; n < length; n += 1, left -= 1) hang = addPlain(hang);
        if (left === 0) return;
        const own = `c${made}`;
        made += 1;
        const split = { condition: condition("$value"), yes: null, no: null };
        nodes[own] = { id: own, kind: { "trigger-split": split } };
        hang(own);
        const yes = Math.ceil((left - 1) / 2);
        grow(yes, (to) => link(split, "yes", own, to));
        grow(left - 1 - yes, (to) => link(split, "no", own, to));
    };
    const addPlain = (hang) => {
        const own = `c${made}`;
        const kind = made % 3 === 1 ? { "time-delay": delay() } : { webhook: webhook(made) };
        made += 1;
        nodes[own] = { id: own, kind };
        hang(own);
        const fields = Object.values(kind)[0];
        return (to) => link(fields, "next", own, to);
    };
    grow(nCards, (to) => link(null, null, null, to));
    const flow = {
        id,
        name: `Flow of ${nCards}`,
        trigger: { metric: { metric: "Placed Order" } },
        trigger_filter: { groups: [] },
        profile_filter: { groups: [] },
        reentry: "always",
        entry: nCards > 0 ? "c0" : null,
        nodes,
        klaviyo: null,
    };
    return { flow, links };
}

function condition(property) {
    const test = { number: { operator: "greater-than", value: 100 } };
    return { groups: [{ conditions: [{ subject: "event", property, test }] }] };
}

function delay() {
    return { delay: { value: 1, unit: "hours", until_time: null, weekdays: null, zone: null }, next: null };
}

function webhook(number) {
    const action = {
        name: `Send order ${number}`,
        status: number % 5 === 0 ? "live" : "draft",
        url: "https://practice.hookwright.invalid/orders",
        headers: [{ name: "X-Shop", value: "north" }],
        payload: '{\n  "order": "{{ event.OrderId }}",\n  "email": "{{ person.email }}"\n}\n',
        repeat_policy: "at-least-once",
    };
    return { action, next: null };
}

/** Runs in the page: does something with the row of a flow. `change` makes another row of it; null only reads. */
async function withRow({ flowId, change, put }) {
    const settled = (request) =>
        new Promise((resolve, reject) => {
            request.onsuccess = () => resolve(request.result);
            request.onerror = () => reject(request.error);
        });
    const database = await settled(indexedDB.open("hookwright"));
    try {
        const transaction = database.transaction("flows", "readwrite", { durability: "strict" });
        const complete = new Promise((resolve, reject) => {
            transaction.oncomplete = resolve;
            transaction.onabort = () => reject(transaction.error);
        });
        const store = transaction.objectStore("flows");
        if (put) store.put(put);
        const row = await settled(store.get(flowId));
        const document = row && JSON.parse(row.json);
        if (change) {
            Object.assign(document.working, change);
            store.put({ ...row, rev: row.rev + 1, json: JSON.stringify(document) });
        }
        await complete;
        return document;
    } finally {
        database.close();
    }
}

/** Puts a flow into the database of a page that has started, as its working copy. Shown after the next load. */
export async function putFlow(page, flow) {
    const json = JSON.stringify({ working: flow, saved: null, edited_at: Date.now() });
    await page.evaluate(withRow, { flowId: flow.id, put: { k: flow.id, rev: 1, v: 2, json, i: {} } });
}

/** What the database has of a flow: `{ working, saved, edited_at }`. */
export function readFlow(page, flowId) {
    return page.evaluate(withRow, { flowId });
}

/** Changes the working copy in the database, as another tab would, and tells nobody. */
export function changeFlow(page, flowId, change) {
    return page.evaluate(withRow, { flowId, change });
}
