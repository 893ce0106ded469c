// The receivers behave as a browser meets them in the world: what Hookwright concludes rests on this table.

import { expect, test } from "./fixtures.mjs";

/** What a page sees of a POST as Hookwright sends it, and of the bare probe it sends after a failure. */
async function send(page, url, { cache = "no-store", timeoutMillis = 30_000 } = {}) {
    return page.evaluate(
        async ([url, cache, timeoutMillis]) => {
            const outcome = await fetch(url, {
                method: "POST",
                headers: { "Content-Type": "application/json", "X-Klaviyo-Flow-ID": "Xy12Ab" },
                body: '{"order":10023}',
                redirect: "manual",
                credentials: "omit",
                cache,
                signal: AbortSignal.timeout(timeoutMillis),
            }).then(
                (response) => ({
                    type: response.type,
                    status: response.status,
                    retryAfter: response.headers.get("Retry-After"),
                }),
                (error) => ({ error: error.name }),
            );
            const probe = await fetch(new URL("/", url), { method: "HEAD", mode: "no-cors", credentials: "omit" }).then(
                (response) => response.type,
                (error) => error.name,
            );
            return { ...outcome, probe };
        },
        [url, cache, timeoutMillis],
    );
}

const methods = (receiver) => receiver.all().map((request) => request.method);

test.beforeEach(async ({ page, blankPage }) => {
    await page.goto(blankPage);
});

test("a script of answers is used up in order, and its last one stays", async ({ page, receivers }) => {
    const { trusted } = receivers;
    trusted.script("/orders", [{ status: 503 }, { status: 429, retryAfter: 30 }, { status: 200 }]);
    const seen = [];
    for (let attempt = 0; attempt < 4; attempt += 1) seen.push(await send(page, trusted.url("/orders")));
    expect(seen.map(({ status }) => status)).toEqual([503, 429, 200, 200]);
    expect(seen.map(({ retryAfter }) => retryAfter)).toEqual([null, "30", null, null]);
    expect(trusted.requests("/orders")).toHaveLength(4);
    const [first] = trusted.requests("/orders");
    expect(first.headers).toMatchObject({ "content-type": "application/json", "x-klaviyo-flow-id": "Xy12Ab" });
    expect(first.body).toBe('{"order":10023}');
});

test("a preflight is remembered, except for a request that bypasses the cache", async ({ page, receivers }) => {
    const { trusted } = receivers;
    for (let attempt = 0; attempt < 3; attempt += 1) await send(page, trusted.url("/default"), { cache: "default" });
    for (let attempt = 0; attempt < 3; attempt += 1) await send(page, trusted.url("/no-store"));
    expect(trusted.preflights("/default")).toHaveLength(1);
    expect(trusted.preflights("/no-store")).toHaveLength(3);
});

test("a redirect is seen as one, and not followed", async ({ page, receivers }) => {
    expect(await send(page, receivers.redirecting.url("/orders"))).toMatchObject({
        type: "opaqueredirect",
        status: 0,
    });
    expect(methods(receivers.trusted)).not.toContain("POST");
});

test("without CORS headers the POST never leaves, and the probe does", async ({ page, receivers }) => {
    const { withoutCors } = receivers;
    expect(await send(page, withoutCors.url("/orders"))).toEqual({ error: "TypeError", probe: "opaque" });
    expect(methods(withoutCors)).toEqual(["OPTIONS", "HEAD"]);
});

test("an answer that hides itself was delivered all the same", async ({ page, receivers }) => {
    const { unreadable } = receivers;
    expect(await send(page, unreadable.url("/orders"))).toEqual({ error: "TypeError", probe: "opaque" });
    expect(methods(unreadable)).toEqual(["OPTIONS", "POST", "HEAD"]);
});

test("a certificate nobody signed looks like a closed port", async ({ page, receivers }) => {
    const unreachable = { error: "TypeError", probe: "TypeError" };
    expect(await send(page, receivers.untrusted.url("/orders"))).toEqual(unreachable);
    expect(await send(page, receivers.closed.url("/orders"))).toEqual(unreachable);
    expect(receivers.untrusted.all()).toEqual([]);
});

test("a receiver that never answers has the request nevertheless", async ({ page, receivers }) => {
    receivers.slow.script("/", [{ status: 200 }]);
    const outcome = await send(page, receivers.slow.url("/orders"), { timeoutMillis: 8_000 });
    expect(outcome).toMatchObject({ error: "TimeoutError" });
    expect(receivers.slow.requests("/orders")).toHaveLength(1);
});
