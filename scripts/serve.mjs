// Serves a folder of static files on the loopback address, with the types a browser insists on.
//
// node scripts/serve.mjs [--root dist] [--port 8080] [--base /sub/path/] [--what "the release build"]
// Tests import `serve` and take any free port with `port: 0`.

import { createReadStream } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { CONTENT_TYPES } from "./content-types.mjs";

/** Starts serving; resolves once the port is open, to `{ url, close }`. */
export async function serve({ root, port = 0, base = "/" }) {
    const folder = await realpath(root);
    const prefix = `/${base}/`.replaceAll(/\/+/g, "/");
    const server = createServer((request, response) => {
        answer(folder, prefix, request, response).catch((error) => {
            console.error(error);
            refuse(response, 500, "The server failed; its terminal says why.");
        });
    });
    await new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen(port, "127.0.0.1", resolve);
    });
    const close = () => {
        server.closeAllConnections();
        return new Promise((resolve) => server.close(resolve));
    };
    return { url: `http://127.0.0.1:${server.address().port}${prefix}`, close };
}

async function answer(folder, prefix, request, response) {
    if (request.method !== "GET" && request.method !== "HEAD") {
        response.setHeader("Allow", "GET, HEAD");
        return refuse(response, 405, "Only GET and HEAD are served.");
    }
    const file = await findFile(folder, prefix, request.url);
    if (!file) return refuse(response, 404, "No such file.");
    // A tag from time and size lets a reload cost a 304 instead of the whole download.
    const tag = `"${file.size.toString(16)}-${Math.round(file.mtimeMs).toString(16)}"`;
    response.setHeader("Cache-Control", "no-cache");
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("ETag", tag);
    if (request.headers["if-none-match"] === tag) {
        response.writeHead(304).end();
        return;
    }
    response.writeHead(200, {
        "Content-Type": CONTENT_TYPES[path.extname(file.name).toLowerCase()] ?? "application/octet-stream",
        "Content-Length": file.size,
    });
    if (request.method === "HEAD") {
        response.end();
        return;
    }
    createReadStream(file.name)
        .on("error", () => response.destroy())
        .pipe(response);
}

/** The file a request names, or null when there is none inside `folder`. */
async function findFile(folder, prefix, url) {
    let pathname;
    try {
        // Decoded before it is resolved: an encoded `..` is a `..`.
        pathname = decodeURIComponent(url.split(/[?#]/, 1)[0]);
    } catch {
        return null;
    }
    if (!pathname.startsWith(prefix) || pathname.includes("\0")) return null;
    let name = path.join(folder, pathname.slice(prefix.length));
    if (pathname.endsWith("/")) name = path.join(name, "index.html");
    try {
        const real = await realpath(name);
        if (!real.startsWith(folder + path.sep)) return null;
        const found = await stat(real);
        return found.isFile() ? { name: real, size: found.size, mtimeMs: found.mtimeMs } : null;
    } catch {
        return null;
    }
}

function refuse(response, status, sentence) {
    if (response.headersSent) {
        response.destroy();
        return;
    }
    response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" }).end(`${sentence}\n`);
}

async function main() {
    const { values } = parseArgs({
        options: {
            root: { type: "string", default: "dist" },
            port: { type: "string", default: "8080" },
            base: { type: "string", default: "/" },
            what: { type: "string", default: "" },
        },
    });
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65535) {
        console.error(`error: ${values.port} is not a port: give a number from 0 to 65535`);
        process.exit(1);
    }
    try {
        const { url } = await serve({ root: values.root, port, base: values.base });
        console.log(`Serving ${values.what || values.root} at ${url} (Ctrl+C ends it)`);
    } catch (error) {
        if (error.code === "EADDRINUSE") {
            console.error(`error: port ${port} is taken. Choose another: make run PORT=${port + 1}`);
        } else if (error.code === "EACCES") {
            console.error(`error: port ${port} is not open to you. Choose one above 1023: make run PORT=8080`);
        } else {
            console.error(`error: ${error.message}`);
        }
        process.exit(1);
    }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
