// The server behind `make run` gives out what is in its folder, with the right types, and nothing else.

import { request } from "node:http";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "@playwright/test";
import { serve } from "../../scripts/serve.mjs";

let parent, site;

test.beforeAll(async () => {
    parent = await mkdtemp(path.join(tmpdir(), "hookwright-serve-"));
    const root = path.join(parent, "dist");
    await mkdir(root);
    await writeFile(path.join(parent, "secret.txt"), "secret");
    await writeFile(path.join(root, "index.html"), "<!doctype html>");
    await writeFile(path.join(root, "app.wasm"), "wasm");
    await writeFile(path.join(root, "boot.js"), "js");
    await symlink("../secret.txt", path.join(root, "link.txt"));
    site = await serve({ root, base: "/app" });
});

test.afterAll(async () => {
    await site.close();
    await rm(parent, { recursive: true });
});

/** Sends the path as it is written: `fetch` would resolve the dots itself. */
function get(name, { method = "GET", headers = {} } = {}) {
    const { port } = new URL(site.url);
    return new Promise((resolve, reject) => {
        request({ host: "127.0.0.1", port, path: name, method, headers }, (response) => {
            response.resume();
            response.on("end", () => resolve({ status: response.statusCode, headers: response.headers }));
        })
            .on("error", reject)
            .end();
    });
}

test("each file has the type a browser insists on, and is asked for again next time", async () => {
    for (const [name, type] of [
        ["/app/", "text/html; charset=utf-8"],
        ["/app/app.wasm", "application/wasm"],
        ["/app/boot.js?v=1", "text/javascript; charset=utf-8"],
    ]) {
        const { status, headers } = await get(name);
        expect(status, name).toBe(200);
        expect(headers).toMatchObject({ "content-type": type, "cache-control": "no-cache" });
    }
});

test("nothing outside of its folder is given out", async () => {
    for (const name of [
        "/app/../secret.txt",
        "/app/..%2fsecret.txt",
        "/app/%2e%2e/secret.txt",
        "/app//../../secret.txt",
        "/app/link.txt",
        "/app/%00",
        "/app/%",
        "/secret.txt",
        "/",
    ]) {
        expect((await get(name)).status, name).toBe(404);
    }
    expect((await get("/app/", { method: "POST" })).status).toBe(405);
});

test("an unchanged file costs no second download", async () => {
    const { headers } = await get("/app/app.wasm");
    expect((await get("/app/app.wasm", { headers: { "If-None-Match": headers.etag } })).status).toBe(304);
});
