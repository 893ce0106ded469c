// Serves dist/ as three hosts of static files do, and looks whether the app works there: node scripts/site.mjs [folder]
//
// For each host: the app starts, a deep link opens, a second load works without a network, a missing file is no page,
// the policy is the same everywhere, nothing is asked of any other host, nothing is complained about.

import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { chromium } from "@playwright/test";
import { chromiumPath, FLAGS } from "./chromium-flags.mjs";

const root = path.resolve(process.argv[2] ?? "dist");
const TYPES = {
    ".css": "text/css",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
};

/** What each host does that the others do not. */
const HOSTS = {
    "GitHub Pages": { base: "/hookwright/", headers: { "Cache-Control": "max-age=600" }, readsHeaders: false },
    Netlify: { base: "/", headers: { "Cache-Control": "public,max-age=0,must-revalidate" }, readsHeaders: true },
    // Without a 404.html it answers every unknown address with the page.
    "Cloudflare Pages": {
        base: "/",
        headers: { "Cache-Control": "public, max-age=0, must-revalidate" },
        readsHeaders: true,
        fallsBack: true,
        redirectsIndex: true,
    },
    "bare file server": {
        base: "/a/b/",
        headers: {},
        readsHeaders: false,
        types: { ".wasm": "application/octet-stream" },
    },
};

/** The rules of `_headers`: a pattern and its headers. */
function readRules(text) {
    const rules = [];
    for (const line of text.split("\n")) {
        if (!line.trim() || line.startsWith("#")) continue;
        if (!line.startsWith(" ")) rules.push({ pattern: line.trim(), headers: {} });
        else {
            const at = line.indexOf(":");
            rules.at(-1).headers[line.slice(0, at).trim()] = line.slice(at + 1).trim();
        }
    }
    return rules;
}

function matches(pattern, pathname) {
    const parts = pattern.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${parts.join(".*")}$`).test(pathname);
}

async function start(host, rules) {
    const server = createServer(async (request, response) => {
        const { pathname } = new URL(request.url, "http://host");
        if (!pathname.startsWith(host.base)) return response.writeHead(404).end("not found");
        const inside = `/${pathname.slice(host.base.length)}`;
        if (host.redirectsIndex && inside === "/index.html")
            return response.writeHead(308, { Location: host.base }).end();
        let name = path.join(root, decodeURIComponent(inside.endsWith("/") ? `${inside}index.html` : inside));
        let isThere =
            name.startsWith(root) &&
            (await stat(name)
                .then((found) => found.isFile())
                .catch(() => false));
        if (!isThere && host.fallsBack) {
            name = path.join(root, "index.html");
            isThere = true;
        }
        // A host's own settings are not served.
        if (!isThere || (host.readsHeaders && inside === "/_headers")) return response.writeHead(404).end("not found");
        const extension = path.extname(name);
        response.setHeader("Content-Type", host.types?.[extension] ?? TYPES[extension] ?? "application/octet-stream");
        for (const [header, value] of Object.entries(host.headers)) response.setHeader(header, value);
        if (host.readsHeaders) {
            for (const rule of rules.filter((rule) => matches(rule.pattern, inside))) {
                for (const [header, value] of Object.entries(rule.headers)) response.setHeader(header, value);
            }
        }
        createReadStream(name).pipe(response);
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const close = () => {
        server.closeAllConnections();
        return new Promise((resolve) => server.close(resolve));
    };
    return { origin: `http://127.0.0.1:${server.address().port}`, close };
}

async function look(name, host, browser, rules) {
    const faults = [];
    const expect = (holds, words) => {
        if (!holds) faults.push(words);
    };
    const { origin, close } = await start(host, rules);
    const context = await browser.newContext();
    const page = await context.newPage();
    page.on("console", (message) => {
        if (message.type() === "error") faults.push(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => faults.push(`page: ${error}`));
    page.on("request", (request) => {
        const { origin: asked, protocol } = new URL(request.url());
        if (protocol.startsWith("http") && asked !== origin) faults.push(`asked ${request.url()}`);
    });
    const url = origin + host.base;
    const started = () => page.waitForSelector("#boot", { state: "detached", timeout: 30_000 });
    try {
        const response = await page.goto(url);
        await started();
        const policy = response.headers()["content-security-policy"] ?? "";
        expect(Boolean(policy) === host.readsHeaders, "the policy is not sent as the host would send it");
        const meta = await page.getAttribute('meta[http-equiv="Content-Security-Policy"]', "content");
        const sent = rules.find(({ pattern }) => pattern === "/*").headers["Content-Security-Policy"];
        expect(sent === `${meta}; frame-ancestors 'none'`, "_headers and index.html hold different policies");
        await page.goto(`${url}#/activity`);
        await page.getByRole("heading", { name: "Activity", level: 1 }).waitFor();
        await page.evaluate(() => navigator.serviceWorker.ready);
        await page.reload();
        await started();
        const missing = await context.request.get(`${url}no-such-file.js`);
        expect(host.fallsBack || missing.status() === 404, `a missing file answers ${missing.status()}`);
    } catch (error) {
        faults.push(String(error).split("\n")[0]);
    }
    await close();
    try {
        await context.setOffline(true);
        await page.reload();
        await started();
        await page.getByRole("heading", { name: "Activity", level: 1 }).waitFor({ timeout: 10_000 });
    } catch (error) {
        faults.push(`offline: ${String(error).split("\n")[0]}`);
    }
    const real = faults.filter((fault) => !/ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_REFUSED/.test(fault));
    console.log(`${real.length === 0 ? "well " : "FAULT"} ${name} at ${host.base}`);
    for (const fault of real) console.log(`      ${fault}`);
    await context.close();
    return real.length;
}

const rules = readRules(await readFile(path.join(root, "_headers"), "utf8"));
const browser = await chromium.launch({ executablePath: chromiumPath(), args: FLAGS });
let nFaults = 0;
for (const [name, host] of Object.entries(HOSTS)) nFaults += await look(name, host, browser, rules);
await browser.close();
process.exit(nFaults > 0 ? 1 : 0);
