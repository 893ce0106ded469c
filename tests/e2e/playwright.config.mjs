// How the end-to-end tests run: Debian's Chromium, a home that trusts the test authority, no network but loopback.

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { defineConfig } from "@playwright/test";
import { chromiumPath, FLAGS } from "../../scripts/chromium-flags.mjs";

const root = path.resolve(import.meta.dirname, "../..");

// Worker processes read this file too: the first to read it makes the folder, the others inherit its name.
process.env.HOOKWRIGHT_E2E_HOME ??= mkdtempSync(path.join(tmpdir(), "hookwright-e2e-"));

export default defineConfig({
    testDir: ".",
    testMatch: "*.spec.mjs",
    outputDir: path.join(root, "test-results"),
    globalSetup: "./receivers/certificates.mjs",
    // A test that passes only when repeated is a failing test.
    retries: 0,
    // Two cores, and a browser uses more than one.
    workers: Number(process.env.E2E_WORKERS ?? 1),
    forbidOnly: Boolean(process.env.CI),
    // A machine that does other work besides may be several times slower; a test that hangs is still told.
    timeout: 240_000,
    expect: { timeout: 20_000 },
    reporter: [["list"], ["json", { outputFile: path.join(root, "target/test/e2e.json") }]],
    use: {
        browserName: "chromium",
        headless: true,
        // Most tests are about what the host gives; those about offline use allow it.
        serviceWorkers: "block",
        screenshot: "only-on-failure",
        launchOptions: {
            executablePath: chromiumPath(),
            args: FLAGS,
            env: { ...process.env, HOME: process.env.HOOKWRIGHT_E2E_HOME },
        },
    },
});
