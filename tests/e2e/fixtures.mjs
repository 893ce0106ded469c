// What every end-to-end test may ask for.
//
// - site: the build that is tested (dist/, or the folder HOOKWRIGHT_E2E_DIST names), served on a port of its own:
//   `site.url`
// - receivers: see receivers/index.mjs; emptied before each test
// - complaints: what the page wrote to its console as an error, content security policy violations included
// - app: the page object of the whole app

import { createServer } from "node:http";
import path from "node:path";
import { expect, test as base } from "@playwright/test";
import { serve } from "../../scripts/serve.mjs";
import { AppPage } from "./pages/app.mjs";
import { startReceivers } from "./receivers/index.mjs";

const dist = path.resolve(import.meta.dirname, "../..", process.env.HOOKWRIGHT_E2E_DIST ?? "dist");

export const test = base.extend({
    site: [
        async ({}, use) => {
            const site = await serve({ root: dist });
            await use(site);
            await site.close();
        },
        { scope: "worker" },
    ],

    allReceivers: [
        async ({}, use) => {
            const receivers = await startReceivers(process.env.HOOKWRIGHT_E2E_HOME);
            await use(receivers);
            await receivers.close();
        },
        { scope: "worker" },
    ],

    receivers: async ({ allReceivers }, use) => {
        allReceivers.reset();
        await use(allReceivers);
    },

    /** The address of an empty page on http://127.0.0.1, without any policy of ours. */
    blankPage: [
        async ({}, use) => {
            const server = createServer((request, response) => {
                response.writeHead(200, { "Content-Type": "text/html" }).end("<!doctype html><title>blank</title>");
            });
            await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
            await use(`http://127.0.0.1:${server.address().port}/`);
            server.closeAllConnections();
            await new Promise((resolve) => server.close(resolve));
        },
        { scope: "worker" },
    ],

    complaints: async ({ page }, use) => {
        const complaints = [];
        page.on("console", (message) => {
            if (message.type() === "error") complaints.push(message.text());
        });
        page.on("pageerror", (error) => complaints.push(String(error)));
        await use(complaints);
    },

    app: async ({ page, site }, use) => {
        await use(new AppPage(page, site.url));
    },
});

export { expect };
