// Adds up what the suites reported; the last line is the sum. Fails when a test failed or a suite ran no test.
//
// node scripts/totals.mjs FOLDER SUITE…   reads FOLDER/SUITE.log, and FOLDER/e2e.json for Playwright

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The sum of cargo's `test result:` lines. */
export function countCargo(log) {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    for (const [, passed, failed, ignored] of log.matchAll(
        /^test result: .*?(\d+) passed; (\d+) failed; (\d+) ignored/gm,
    )) {
        counts.passed += Number(passed);
        counts.failed += Number(failed);
        counts.skipped += Number(ignored);
    }
    return counts;
}

/** What Playwright's JSON report counts; a test that passed only when repeated counts as failed. */
export function countPlaywright(report) {
    const { expected, unexpected, flaky, skipped } = report.stats;
    return { passed: expected, failed: unexpected + flaky, skipped };
}

function count(folder, suite) {
    if (suite === "e2e") {
        const file = path.join(folder, "e2e.json");
        return existsSync(file)
            ? countPlaywright(JSON.parse(readFileSync(file, "utf8")))
            : { passed: 0, failed: 0, skipped: 0 };
    }
    return countCargo(readFileSync(path.join(folder, `${suite}.log`), "utf8"));
}

function main([folder, ...suites]) {
    const sum = { passed: 0, failed: 0, skipped: 0 };
    const problems = [];
    console.log("");
    for (const suite of suites) {
        const counts = count(folder, suite);
        const hasFailed = existsSync(path.join(folder, `${suite}.failed`));
        // A suite that could not be built or started counts as one failure.
        if (hasFailed && counts.failed === 0) {
            counts.failed = 1;
            problems.push(`suite ${suite} did not run to its end`);
        }
        if (counts.passed + counts.failed === 0) {
            counts.failed = 1;
            problems.push(`suite ${suite} ran no test`);
        }
        console.log(`suite ${suite}: ${sentence(counts)}`);
        for (const key of Object.keys(sum)) sum[key] += counts[key];
    }
    for (const problem of problems) console.log(`error: ${problem}`);
    console.log(sentence(sum));
    process.exitCode = sum.failed > 0 ? 1 : 0;
}

function sentence({ passed, failed, skipped }) {
    return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.slice(2));
