// Serves dist/ as three hosts of static files do, and looks whether the app works there: node scripts/site.mjs [folder]
//
// For each host: deep links open as the first thing of all and later, the address without its last slash works where the
// host leads on, a second load works without a network, a missing file is no page, the policy is the same everywhere and
// what it names fits its hash, the app can be installed, nothing is asked of any other host, nothing is complained about.

import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { chromium } from "@playwright/test";
import { chromiumPath, FLAGS } from "./chromium-flags.mjs";
import { CONTENT_TYPES } from "./content-types.mjs";

const root = path.resolve(process.argv[2] ?? "dist");

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

/** Deep links, each with the heading of the page that opens. */
const LINKS = {
    "#/activity?status=delivered": "Activity",
    "#/help/language": "Help",
    "#/members": "Members",
    "#/settings": "Settings",
    "#/flows": "Flows",
    "#/nowhere/at/all": "Page not found",
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
        // Every one of them leads from a folder's name to the folder.
        if (`${pathname}/` === host.base) return response.writeHead(301, { Location: host.base }).end();
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
        response.setHeader(
            "Content-Type",
            host.types?.[extension] ?? CONTENT_TYPES[extension] ?? "application/octet-stream",
        );
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

/** Scripts and styles that the page names without a hash, or with one that their content does not have. */
function unfit(page) {
    return page.evaluate(async () => {
        const named = [...document.querySelectorAll("script[src], link[rel=stylesheet], link[rel=modulepreload]")];
        const checks = named.map(async (element) => {
            const address = element.src || element.href;
            const bytes = await (await fetch(address)).arrayBuffer();
            const [algorithm, hash] = element.integrity.split(/-(.*)/s);
            const size = algorithm.slice(3);
            if (!size) return address;
            const digest = new Uint8Array(await crypto.subtle.digest(`SHA-${size}`, bytes));
            return btoa(String.fromCharCode(...digest)) === hash ? "" : address;
        });
        return (await Promise.all(checks)).filter(Boolean);
    });
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
    const heading = (name) => page.getByRole("heading", { name, level: 1 }).waitFor({ timeout: 15_000 });
    const started = () => page.waitForSelector("#boot", { state: "detached", timeout: 30_000 });
    try {
        // A link that somebody was sent is the first thing this browser ever asks of the host.
        const [[first, title], ...links] = Object.entries(LINKS);
        const response = await page.goto(url + first);
        await started();
        await heading(title);
        const policy = response.headers()["content-security-policy"] ?? "";
        expect(Boolean(policy) === host.readsHeaders, "the policy is not sent as the host would send it");
        const meta = await page.getAttribute('meta[http-equiv="Content-Security-Policy"]', "content");
        const sent = rules.find(({ pattern }) => pattern === "/*").headers["Content-Security-Policy"];
        expect(sent === `${meta}; frame-ancestors 'none'`, "_headers and index.html hold different policies");
        const misfits = await unfit(page);
        expect(misfits.length === 0, `files that do not fit their hash: ${misfits.join(", ")}`);
        for (const [link, title] of links) {
            // Another document each time, as from a mail: not a change of the part behind the #.
            await page.goto("about:blank");
            await page.goto(url + link);
            await started();
            await heading(title);
        }
        if (host.base !== "/") {
            await page.goto(`${url.slice(0, -1)}#/activity`);
            await started();
            await heading("Activity");
            expect(page.url() === `${url}#/activity`, `without its slash it led to ${page.url()}`);
        }
        await page.goto(`${url}#/activity`);
        await heading("Activity");
        await page.evaluate(() => navigator.serviceWorker.ready);
        await page.reload();
        await started();
        // A context of its own counts as a private window, in which nothing is installed.
        const { installabilityErrors } = await (await context.newCDPSession(page)).send("Page.getInstallabilityErrors");
        const obstacles = installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== "in-incognito");
        expect(obstacles.length === 0, `cannot be installed: ${obstacles.join(", ")}`);
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
        await heading("Activity");
        await page.goto("about:blank");
        await page.goto(`${url}#/members`);
        await started();
        await heading("Members");
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
