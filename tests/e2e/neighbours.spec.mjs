// The receivers of examples/receivers, started as a person would start them, and spoken to as a browser and a sender would.

import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import path from "node:path";
import { expect, test } from "./fixtures.mjs";

const folder = path.resolve(import.meta.dirname, "../../examples/receivers");
const KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

const RECEIVERS = [
    { language: "Node", command: ["node", path.join(folder, "receiver.mjs")] },
    { language: "Python", command: ["python3", "-u", path.join(folder, "receiver.py")] },
];

for (const { language, command } of RECEIVERS) {
    test(`the receiver in ${language} answers the preflight, and takes what is signed, once`, async () => {
        const receiver = await start([...command, "--port", "0", "--signing-key", KEY]);
        try {
            const preflight = await fetch(receiver.url, {
                method: "OPTIONS",
                headers: { "Access-Control-Request-Headers": "authorization,content-type,webhook-id" },
            });
            expect(preflight.status).toBe(204);
            expect(preflight.headers.get("Access-Control-Allow-Origin")).toBe("*");
            expect(preflight.headers.get("Access-Control-Allow-Headers")).toContain("authorization");

            const body = JSON.stringify({ order: "10023", name: "Zoë" });
            const now = Math.floor(Date.now() / 1000);
            const signed = (changes = {}) => send(receiver.url, { id: "msg_1", timestamp: now, body, ...changes });
            expect(await signed()).toEqual([200, "received"]);
            expect(await signed()).toEqual([200, "seen before"]);
            expect(await signed({ id: "msg_2", sent: body.replace("10023", "10024") })).toEqual([
                401,
                "the signature is not this key's",
            ]);
            expect(await signed({ id: "msg_3", timestamp: now - 3600 })).toEqual([
                401,
                "the signed time is too far off",
            ]);
            // Two signatures, while a key is being changed.
            expect(await signed({ id: "msg_4", before: "v1,bm90IG91cnM= " })).toEqual([200, "received"]);
            const unsigned = await fetch(receiver.url, { method: "POST", body });
            expect([unsigned.status, (await unsigned.json()).message]).toEqual([401, "no signature"]);
            const [status] = await send(receiver.url, { id: "msg_5", timestamp: now, body: "{,}" });
            expect(status).toBe(400);
        } finally {
            receiver.stop();
        }
    });
}

async function send(url, { id, timestamp, body, sent = body, before = "" }) {
    const key = Buffer.from(KEY.slice("whsec_".length), "base64");
    const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
    const response = await fetch(url, {
        method: "POST",
        headers: {
            "Content-Type": "application/json",
            "webhook-id": id,
            "webhook-timestamp": String(timestamp),
            "webhook-signature": `${before}v1,${signature}`,
        },
        body: sent,
    });
    return [response.status, (await response.json()).message];
}

/** Starts a receiver on a free port; comes back with its address once it says that it listens. */
async function start([program, ...args]) {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
    const url = await new Promise((resolve, reject) => {
        let said = "";
        child.stdout.on("data", (chunk) => {
            said += chunk;
            const found = said.match(/listening on (http:\/\/localhost:\d+\/)/);
            if (found) resolve(found[1].replace("localhost", "127.0.0.1"));
        });
        child.on("exit", (code) => reject(new Error(`the receiver ended with ${code}`)));
    });
    return { url, stop: () => child.kill() };
}
