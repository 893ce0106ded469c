// The receivers a browser can meet, each on a port of its own.
//
// - trusted: a certificate the browser trusts, CORS, scripted answers
// - redirecting: the same, every answer a 302 to the trusted one
// - slow: the same, and never answers
// - withoutCors: no CORS headers at all, so a POST never leaves the browser
// - unreadable: allows the preflight, then hides its answer: delivered, and not to be read
// - untrusted: a certificate that nobody signed
// - closed: a port where nothing listens

import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { Receiver } from "./receiver.mjs";

/** Starts all of them, with the certificates in `home`. */
export async function startReceivers(home) {
    const [trusted, untrusted] = await Promise.all([certificate(home, "trusted"), certificate(home, "untrusted")]);
    const destination = await Receiver.start({ certificate: trusted });
    const running = {
        trusted: destination,
        redirecting: await Receiver.start({
            certificate: trusted,
            defaultAnswer: { status: 302, headers: { Location: destination.url("/elsewhere") } },
        }),
        slow: await Receiver.start({ certificate: trusted, defaultAnswer: { hangs: true } }),
        withoutCors: await Receiver.start({ certificate: trusted, cors: "none" }),
        unreadable: await Receiver.start({ certificate: trusted, cors: "preflight-only" }),
        untrusted: await Receiver.start({ certificate: untrusted }),
    };
    const closedOrigin = `https://localhost:${await closedPort()}`;
    return {
        ...running,
        closed: { origin: closedOrigin, url: (name = "/") => closedOrigin + name },
        reset: () => Object.values(running).forEach((receiver) => receiver.reset()),
        close: () => Promise.all(Object.values(running).map((receiver) => receiver.close())),
    };
}

async function certificate(home, name) {
    const folder = path.join(home, "certificates");
    const [key, cert] = await Promise.all([
        readFile(path.join(folder, `${name}.key`)),
        readFile(path.join(folder, `${name}.pem`)),
    ]);
    return { key, cert };
}

/** A port that was free a moment ago. */
async function closedPort() {
    const server = createServer();
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address();
    await new Promise((resolve) => server.close(resolve));
    return port;
}
