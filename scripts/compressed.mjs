// Serves a folder as static hosts do: brotli where the browser takes it, and nothing else changed.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { CONTENT_TYPES } from "./content-types.mjs";

export async function serveCompressed(root) {
    const kept = new Map();
    const server = createServer(async (request, response) => {
        const { pathname } = new URL(request.url, "http://host");
        const name = path.join(root, pathname.endsWith("/") ? `${pathname}index.html` : pathname);
        try {
            const extension = path.extname(name);
            if (!kept.has(name)) {
                const bytes = await readFile(name);
                const quality = { [constants.BROTLI_PARAM_QUALITY]: 9 };
                kept.set(
                    name,
                    extension === ".png"
                        ? { bytes }
                        : { bytes: brotliCompressSync(bytes, { params: quality }), encoding: "br" },
                );
            }
            const { bytes, encoding } = kept.get(name);
            const headers = {
                "Content-Type": CONTENT_TYPES[extension] ?? "application/octet-stream",
                "Cache-Control": "max-age=600",
            };
            response.writeHead(200, encoding ? { ...headers, "Content-Encoding": encoding } : headers).end(bytes);
        } catch {
            response.writeHead(404, { "Content-Type": "text/plain" }).end("not found");
        }
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const close = () => {
        server.closeAllConnections();
        return new Promise((resolve) => server.close(resolve));
    };
    return { url: `http://127.0.0.1:${server.address().port}/`, close };
}
