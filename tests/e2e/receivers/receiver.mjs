// One HTTPS server on loopback that answers as a test scripts it, and remembers what it was asked.
//
// An answer is { status, headers, retryAfter, body, delayMillis, hangs, resets }: all optional, 200 and `{}` otherwise.
// A script is used up from its front; its last answer stays.

import { createServer } from "node:https";

const PREFLIGHT = "Access-Control-Request-Method";

export class Receiver {
    #server;
    #cors;
    #defaultAnswer;
    #scripts = new Map();
    #seen = [];

    /**
     * @param certificate `{ key, cert }`
     * @param cors `"full"`, `"preflight-only"` (the answer to the POST cannot be read) or `"none"`
     * @param defaultAnswer what paths without a script answer
     */
    static async start({ certificate, cors = "full", defaultAnswer = {} }) {
        const receiver = new Receiver();
        receiver.#cors = cors;
        receiver.#defaultAnswer = defaultAnswer;
        receiver.#server = createServer(certificate, (request, response) => {
            receiver.#receive(request, response).catch(() => response.destroy());
        });
        // A client that refuses our certificate is what some tests are about.
        receiver.#server.on("tlsClientError", () => {});
        await new Promise((resolve) => receiver.#server.listen(0, "127.0.0.1", resolve));
        return receiver;
    }

    get origin() {
        return `https://localhost:${this.#server.address().port}`;
    }

    url(path = "/") {
        return this.origin + path;
    }

    /** Says what the next requests to `path` get, in order. */
    script(path, answers) {
        this.#scripts.set(path, [...answers]);
    }

    /** What arrived at `path`, preflights apart: `{ method, path, headers, body, atMillis }`, oldest first. */
    requests(path) {
        return this.#seen.filter((request) => request.path === path && request.method !== "OPTIONS");
    }

    preflights(path) {
        return this.#seen.filter((request) => request.path === path && request.method === "OPTIONS");
    }

    /** Everything that arrived, preflights and probes included. */
    all() {
        return [...this.#seen];
    }

    reset() {
        this.#scripts.clear();
        this.#seen = [];
    }

    async close() {
        this.#server.closeAllConnections();
        await new Promise((resolve) => this.#server.close(resolve));
    }

    async #receive(request, response) {
        const path = request.url;
        const seen = { method: request.method, path, headers: request.headers, body: "", atMillis: Date.now() };
        const chunks = [];
        for await (const chunk of request) chunks.push(chunk);
        seen.body = Buffer.concat(chunks).toString("utf8");
        this.#seen.push(seen);

        const isPreflight = request.method === "OPTIONS" && PREFLIGHT.toLowerCase() in request.headers;
        if (isPreflight) {
            if (this.#cors !== "none") this.#allow(request, response);
            response.writeHead(204).end();
            return;
        }

        const answer = this.#nextAnswer(path);
        if (answer.hangs) return;
        if (answer.delayMillis) await new Promise((resolve) => setTimeout(resolve, answer.delayMillis));
        if (answer.resets) {
            request.socket.destroy();
            return;
        }
        if (this.#cors === "full") this.#allow(request, response);
        if (answer.retryAfter !== undefined) response.setHeader("Retry-After", String(answer.retryAfter));
        for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
        if (!response.hasHeader("Content-Type")) response.setHeader("Content-Type", "application/json");
        response.writeHead(answer.status ?? 200).end(request.method === "HEAD" ? "" : (answer.body ?? "{}"));
    }

    #nextAnswer(path) {
        const script = this.#scripts.get(path);
        if (!script || script.length === 0) return this.#defaultAnswer;
        return script.length > 1 ? script.shift() : script[0];
    }

    #allow(request, response) {
        response.setHeader("Access-Control-Allow-Origin", request.headers.origin ?? "*");
        response.setHeader("Access-Control-Allow-Methods", "POST, GET, HEAD");
        response.setHeader("Access-Control-Allow-Headers", request.headers["access-control-request-headers"] ?? "*");
        response.setHeader("Access-Control-Expose-Headers", "Retry-After");
        response.setHeader("Access-Control-Max-Age", "600");
        response.setHeader("Vary", "Origin");
    }
}
