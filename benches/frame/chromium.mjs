// Runs Chromium on one page, without any driver, until that page reports: a driver that watches the network makes each
// request cost nearly twice as much. A page reports by posting JSON to /report of its own origin.

import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { readFile, rm } from "node:fs/promises";
import { chromiumPath, FLAGS } from "../../scripts/chromium-flags.mjs";

const TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
};

/** Serves folders and single files, the first that has it; answers `{ url, reports, close }`. */
export async function serveBench({ folders, files = {} }) {
    const waiting = [];
    const reports = { next: () => new Promise((resolve) => waiting.push(resolve)) };
    const server = createServer((request, response) => {
        answer(request, response).catch((error) => response.writeHead(500).end(String(error)));
    });
    const answer = async (request, response) => {
        const { pathname } = new URL(request.url, "http://bench");
        if (pathname === "/report") {
            const chunks = [];
            for await (const chunk of request) chunks.push(chunk);
            waiting.shift()?.(JSON.parse(Buffer.concat(chunks).toString("utf8")));
            return response.writeHead(204).end();
        }
        const name = pathname === "/" ? "/index.html" : pathname;
        const places = files[name] ? [files[name]] : folders.map((folder) => path.join(folder, path.normalize(name)));
        for (const place of places) {
            const body = await readFile(place).catch(() => null);
            if (body === null) continue;
            const type = TYPES[path.extname(place)] ?? "application/octet-stream";
            return response.writeHead(200, { "Content-Type": type, "Cache-Control": "no-store" }).end(body);
        }
        response.writeHead(404).end();
    };
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const close = () => {
        server.closeAllConnections();
        return new Promise((resolve) => server.close(resolve));
    };
    return { url: `http://127.0.0.1:${server.address().port}`, reports, close };
}

/** Opens a page in a Chromium of its own, with a home that may trust more authorities; answers how to end it. */
export async function openAlone(url, home = null) {
    const profile = mkdtempSync(path.join(tmpdir(), "hookwright-bench-"));
    const args = ["--headless=new", ...FLAGS, `--user-data-dir=${profile}`, "--remote-debugging-port=0", url];
    const env = { ...process.env, ...(home && { HOME: home }) };
    const child = spawn(chromiumPath(), args, { env, stdio: "ignore" });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    return {
        close: async () => {
            child.kill();
            await ended;
            // Its other processes write a little longer.
            await rm(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
        },
    };
}
