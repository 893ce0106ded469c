// A receiver over HTTP/2 in a process of its own. Started with a folder of certificates; prints its port; on each line
// of its input it prints how many POSTs it answered since the last `reset N`, the first N not counted, and in how many
// milliseconds from the first to the last.

import { readFileSync } from "node:fs";
import { createSecureServer } from "node:http2";
import path from "node:path";
import { createInterface } from "node:readline";

const folder = process.argv[2];
const read = (name) => readFileSync(path.join(folder, name));
const server = createSecureServer({ key: read("trusted.key"), cert: read("trusted.pem"), allowHTTP1: true });
let [nPosts, nUncounted, firstAt, lastAt] = [0, 0, 0, 0];

server.on("stream", (stream, headers) => {
    const cors = {
        "access-control-allow-origin": headers.origin ?? "*",
        "access-control-allow-methods": "POST",
        "access-control-allow-headers": headers["access-control-request-headers"] ?? "*",
        "access-control-max-age": "7200",
    };
    stream.on("error", () => {});
    stream.on("data", () => {});
    stream.on("end", () => {
        if (headers[":method"] === "POST") {
            nPosts += 1;
            if (nPosts > nUncounted) {
                lastAt = performance.now();
                firstAt ||= lastAt;
            }
        }
        if (stream.destroyed) return;
        stream.respond({
            ":status": status(headers),
            "content-type": "application/json",
            ...cors,
        });
        stream.end(headers[":method"] === "POST" ? '{"received":true}' : undefined);
    });
});
function status(headers) {
    if (headers[":method"] === "OPTIONS") return 204;
    return headers[":path"] === "/shaky" && nPosts % 10 < 3 ? 503 : 200;
}

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
createInterface({ input: process.stdin }).on("line", (line) => {
    const reset = /^reset (\d+)$/.exec(line);
    if (reset) [nPosts, nUncounted, firstAt, lastAt] = [0, Number(reset[1]), 0, 0];
    console.log(JSON.stringify({ n: Math.max(0, nPosts - nUncounted), millis: lastAt - firstAt }));
});
