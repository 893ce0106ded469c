// Holds what the database says of deliveries against what a receiver saw.

import { expect } from "@playwright/test";

/** Random numbers from 0 to 1, the same for the same seed. */
export function dice(seed) {
    let state = seed;
    return () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
}

/**
 * Waits until nothing is pending, then answers how it went, of what `seen()` says a receiver saw by then:
 *
 * - lost: delivered by our account and never seen, or left without a status that says why
 * - unexplained: seen more often than attempts were recorded, or more than once without the mark *may have arrived*
 *
 * `nResends` of the requests may be copies that Chromium sent by itself on a connection that was reset.
 */
export async function settle(page, seen, { nResends = 0, timeout = 180_000 } = {}) {
    await expect.poll(() => page.evaluate(countOpen), { timeout }).toBe(0);
    const { deliveries, attempts } = await page.evaluate(readLog);
    const byBody = new Map();
    for (const { body } of seen()) byBody.set(body, (byBody.get(body) ?? 0) + 1);
    const figures = { deliveries: deliveries.length, requests: 0, marked: 0, twice: 0, lost: 0, unexplained: 0 };
    for (const delivery of deliveries) {
        const nSeen = byBody.get(delivery.request.body) ?? 0;
        const nRecorded = attempts.filter(({ delivery_id }) => delivery_id === delivery.id).length;
        const isDelivered = typeof delivery.status === "object" && "delivered" in delivery.status;
        figures.requests += nSeen;
        figures.marked += Number(delivery.may_have_arrived);
        figures.twice += Number(nSeen > 1);
        figures.lost += Number(isDelivered ? nSeen === 0 : !delivery.may_have_arrived);
        figures.unexplained += Number(nSeen > nRecorded || (nSeen > 1 && !delivery.may_have_arrived));
    }
    figures.unexplained = Math.max(0, figures.unexplained - nResends);
    return figures;
}

/** Runs in the page: how many deliveries wait or are on their way. */
export async function countOpen() {
    const database = await new Promise((resolve) => {
        const request = indexedDB.open("hookwright");
        request.onsuccess = () => resolve(request.result);
    });
    const rows = await new Promise((resolve) => {
        const request = database.transaction("deliveries").objectStore("deliveries").getAll();
        request.onsuccess = () => resolve(request.result);
    });
    database.close();
    const isOpen = ({ status }) =>
        typeof status === "object" && ["sending", "waiting", "waiting-to-retry"].some((name) => name in status);
    return rows.filter(({ json }) => isOpen(JSON.parse(json))).length;
}

/** Runs in the page: every delivery and every attempt. */
export async function readLog() {
    const database = await new Promise((resolve) => {
        const request = indexedDB.open("hookwright");
        request.onsuccess = () => resolve(request.result);
    });
    const all = (store) =>
        new Promise((resolve) => {
            const request = database.transaction(store).objectStore(store).getAll();
            request.onsuccess = () => resolve(request.result.map(({ json }) => JSON.parse(json)));
        });
    const log = { deliveries: await all("deliveries"), attempts: await all("attempts") };
    database.close();
    return log;
}
