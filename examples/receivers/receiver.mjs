// A webhook receiver to start from, in Node without packages: answers the browser's preflight, checks the signature,
// forgets nothing it has seen twice, and prints what arrives.
//
//     node receiver.mjs --key key.pem --cert cert.pem [--port 8443] [--signing-key whsec_…]
//
// Without --key and --cert it speaks plain HTTP, which Hookwright sends test requests to, and Klaviyo nothing.
// It listens on this machine only.

import { createHmac, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { parseArgs } from "node:util";

/** How far a signed time may be off, in seconds. <https://github.com/standard-webhooks/standard-webhooks> */
const TOLERANCE_SECS = 5 * 60;
const MAX_BODY_BYTES = 1024 * 1024;

const { values: options } = parseArgs({
    options: {
        key: { type: "string" },
        cert: { type: "string" },
        port: { type: "string", default: "8443" },
        "signing-key": { type: "string" },
    },
});
const isSecure = options.key !== undefined && options.cert !== undefined;
const seen = new Set();

const server = isSecure
    ? https.createServer({ key: readFileSync(options.key), cert: readFileSync(options.cert) }, receive)
    : http.createServer(receive);
server.listen(Number(options.port), "127.0.0.1", () => {
    console.log(`listening on ${isSecure ? "https" : "http"}://localhost:${server.address().port}/`);
});

async function receive(request, response) {
    // A browser shows the answer to a page only if the receiver says it may; a server-to-server sender does not care.
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Access-Control-Expose-Headers", "Retry-After");
    if (request.method === "OPTIONS") {
        // What the page wants to send: its own headers have to be named, `*` does not cover Authorization.
        response.setHeader("Access-Control-Allow-Methods", "POST");
        response.setHeader("Access-Control-Allow-Headers", request.headers["access-control-request-headers"] ?? "*");
        response.setHeader("Access-Control-Max-Age", "7200");
        return response.writeHead(204).end();
    }
    if (request.method !== "POST") return answer(response, 405, "send a POST");

    const body = await readBody(request);
    if (body === null) return answer(response, 413, `more than ${MAX_BODY_BYTES} bytes`);
    if (options["signing-key"]) {
        const problem = signatureProblem(request.headers, body, options["signing-key"]);
        if (problem) return answer(response, 401, problem);
    }
    let data;
    try {
        data = JSON.parse(body);
    } catch (error) {
        return answer(response, 400, `not JSON: ${error.message}`);
    }
    // Retries carry the same id: do the work once. Without a signature, take something unique from the body instead.
    const id = request.headers["webhook-id"];
    if (id !== undefined && seen.has(id)) return answer(response, 200, "seen before");
    if (id !== undefined) seen.add(id);

    console.log(`${new Date().toISOString()} flow ${request.headers["x-klaviyo-flow-id"] ?? "unknown"}`);
    console.log(JSON.stringify(data, null, 2));
    // Answer soon, and do long work afterwards: a slow answer is a retry. 429 and 503 ask for one.
    return answer(response, 200, "received");
}

function answer(response, status, message) {
    console.log(`${status} ${message}`);
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify({ message }));
}

/** The body as text, or null when it is too long. */
async function readBody(request) {
    const chunks = [];
    let size = 0;
    for await (const chunk of request) {
        size += chunk.length;
        if (size > MAX_BODY_BYTES) return null;
        chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString("utf8");
}

/** What is wrong with a request's signature (Standard Webhooks v1), or null. */
function signatureProblem(headers, body, signingKey) {
    const id = headers["webhook-id"];
    const timestamp = headers["webhook-timestamp"];
    const signatures = headers["webhook-signature"];
    if (!id || !timestamp || !signatures) return "no signature";
    const age = Date.now() / 1000 - Number(timestamp);
    if (!(Math.abs(age) <= TOLERANCE_SECS)) return "the signed time is too far off";
    const key = Buffer.from(signingKey.replace(/^whsec_/, ""), "base64");
    const expected = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest();
    // While a key is being changed there are two signatures, with a space between them.
    const matches = signatures.split(" ").some((signature) => {
        const given = Buffer.from(signature.replace(/^v1,/, ""), "base64");
        return signature.startsWith("v1,") && given.length === expected.length && timingSafeEqual(given, expected);
    });
    return matches ? null : "the signature is not this key's";
}
