// The suite `canvas`: the builder's canvas in the app as it is built for release, against React Flow from npm, which
// draws the same flow with cards of the same markup, in its two modes; the better one counts for each figure.
//
// Of flows of 100, 500, 1,000 and 3,000 actions: how long until the flow is painted once its page is there, how long the
// main thread works a frame while the flow is panned and a card is dragged at life size, and panned zoomed to fit, and how
// long for an edit: from the key that duplicates a card to the frame that shows the copy, with its settings. React Flow's
// edit puts a node into a line and lays the tree out anew with dagre, as its documentation shows. "An edit until the page is
// done" goes on to the last change of the page that the edit brings, our small map and the word about keeping included; the
// style, layout and paint of the frames in between are not in it.
//
// Work is the processor's time of the page's main thread, so that other programs on the machine are not in it.
//
// node benches/canvas.mjs [--sizes 100,500] [--rounds 3]   (HOOKWRIGHT_BENCH_DIST names another build than dist/)
// make bench SUITE=canvas SIZES=100,500                      the same; a run without sizes measures all

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "@playwright/test";
import { build } from "esbuild";
import { chromiumPath, FLAGS } from "../scripts/chromium-flags.mjs";
import { serve } from "../scripts/serve.mjs";
import { largeFlow, putFlow } from "../tests/e2e/pages/large.mjs";
import { dragFrames, groundPlace, untilNewCard, untilNothingChanges, watchPaint } from "./canvas/drive.mjs";
import { serveBench } from "./frame/chromium.mjs";
import { median, Suite } from "./frame/suite.mjs";

const root = path.resolve(import.meta.dirname, "..");
const { values } = parseArgs({
    options: {
        sizes: { type: "string", default: process.env.SIZES || "100,500,1000,3000" },
        rounds: { type: "string", default: "3" },
        // The report's, which comes after.
        "write-readme": { type: "boolean" },
    },
});
const SIZES = values.sizes.split(",").map(Number);
const N_ROUNDS = Number(values.rounds);
const N_FRAMES = 60;
const N_WARMUP_EDITS = 2;
const N_EDITS = 7;
/** What the console's stamps of an edit say. */
const STAMPS = { begins: "edit begins", changed: "page changed" };
/** So long without a change the page is what an edit made it, in milliseconds. */
const SETTLED = 600;
/** What the browser does for its frames, by the names of its trace; inside a script it is the script's. */
const FRAME_WORK = ["UpdateLayoutTree", "Layout", "PrePaint", "Paint", "Layerize", "Commit"];
const SCRIPT_WORK = ["FunctionCall", "RunMicrotasks", "EvaluateScript"];
/** What an edit of 1,000 actions may take, in milliseconds. */
const EDIT_BAR = 50;
const VIEWPORT = { width: 1440, height: 900 };

/** Runs one of the functions of drive.mjs in the page. */
const run = (page, act, argument) => page.evaluate(`(${act})(${JSON.stringify(argument)})`);

/** The main thread's own time so far, in milliseconds. */
async function threadTime(client) {
    const { metrics } = await client.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "ThreadTime").value * 1000;
}

/** What the main thread works while something is done. */
async function workOf(client, act) {
    const before = await threadTime(client);
    await act();
    return (await threadTime(client)) - before;
}

/** One page with one flow: its figures by name. `shape` says how to find things and how to do the acts. */
async function measure(page, shape) {
    const client = await page.context().newCDPSession(page);
    await client.send("Performance.enable");
    const figures = { ...(await shape.open(page)) };
    const { selector, card } = shape;
    const drag = async (from, { dx, dy, turn }) => {
        const argument = { ...from, dx, dy, turn, nFrames: N_FRAMES };
        const work = await workOf(client, () => run(page, dragFrames, argument));
        await page.waitForTimeout(300);
        return work / N_FRAMES;
    };
    const ground = async () => ({ selector: shape.ground, ...(await run(page, groundPlace, { selector, card })) });
    await shape.goToLast(page);
    figures.pan = await drag(await ground(), { dx: 12, dy: 6, turn: N_FRAMES / 2 });
    await shape.goToLast(page);
    figures.drag = await drag(await shape.lastCard(page), { dx: -6, dy: -4, turn: N_FRAMES / 2 });
    await shape.fit(page);
    figures.fitted = await drag(await ground(), { dx: 3, dy: 2, turn: N_FRAMES / 2 });
    await shape.goToLast(page);
    const painted = [];
    await page
        .context()
        .browser()
        .startTracing(page, { categories: ["devtools.timeline"] });
    for (let n = 0; n < N_WARMUP_EDITS + N_EDITS; n += 1) {
        const act = await shape.prepareEdit(page);
        painted.push(await workOf(client, () => run(page, untilNewCard, { card, act, ...STAMPS })));
        await run(page, untilNothingChanges, { millis: SETTLED });
    }
    const done = workUntilDone(await page.context().browser().stopTracing());
    if (done.length !== painted.length) throw new Error(`${done.length} of ${painted.length} edits are in the trace`);
    figures.edit = median(painted.slice(N_WARMUP_EDITS));
    figures.done = median(done.slice(N_WARMUP_EDITS));
    return figures;
}

/**
 * What the main thread worked from the beginning of each edit to the last change of the page that it brought, by the stamps in a
 * trace, without the style, layout and paint of the frames in between.
 */
function workUntilDone(trace) {
    const events = JSON.parse(trace).traceEvents;
    const stamps = events.filter(({ name }) => name === "TimeStamp");
    const edits = [];
    for (const { tts, args } of stamps) {
        if (args.data.message === STAMPS.begins) edits.push({ begun: tts, done: tts });
        if (args.data.message === STAMPS.changed && edits.length > 0) edits.at(-1).done = tts;
    }
    const ofThread = events.filter(
        ({ pid, tid, ph }) => ph === "X" && pid === stamps[0]?.pid && tid === stamps[0]?.tid,
    );
    const scripts = ofThread.filter(({ name }) => SCRIPT_WORK.includes(name));
    const isInScript = ({ tts }) => scripts.some((script) => script.tts <= tts && tts < script.tts + script.tdur);
    const frames = outermost(ofThread.filter((event) => FRAME_WORK.includes(event.name) && !isInScript(event)));
    return edits.map(({ begun, done }) => {
        const between = frames.filter(({ tts, tdur }) => begun <= tts && tts + tdur <= done);
        return (done - begun - between.reduce((sum, { tdur }) => sum + tdur, 0)) / 1000;
    });
}

/** Without what lies in another: layout has styles of its own. */
function outermost(events) {
    const found = [];
    for (const event of events.toSorted((one, other) => one.tts - other.tts || other.tdur - one.tdur)) {
        const last = found.at(-1);
        if (!last || event.tts >= last.tts + last.tdur) found.push(event);
    }
    return found;
}

const middleOf = async (page, locator) => {
    const { x, y, width, height } = await page.locator(locator).boundingBox();
    return { selector: locator, x: x + width / 2 - 30, y: y + height / 2 };
};

/** Our app, with a flow that lies in its database. */
function ours(site, nCards) {
    const flowId = `large${nCards}`;
    const canvas = (page) => page.locator("#canvas");
    const paint = { selector: ".builder-canvas", card: ".card", atLeast: 5 };
    const lastCard = '.card[tabindex="0"]';
    return {
        selector: "#canvas",
        ground: "#canvas",
        card: ".card",
        async open(page) {
            await page.goto(`${site.url}#/flows`);
            await page.locator("table.flows").waitFor();
            await putFlow(page, largeFlow(flowId, nCards).flow);
            await page.addInitScript(`(${watchPaint})(${JSON.stringify(paint)})`);
            await page.goto("about:blank");
            await page.goto(`${site.url}#/flows/${flowId}`);
            const cold = await page.evaluate("painted");
            await page.goto("about:blank");
            await page.goto(`${site.url}#/flows`);
            await page.locator("table.flows tbody tr").first().waitFor();
            await page.waitForTimeout(1000);
            const start = await page.evaluate((flowId) => {
                location.hash = `#/flows/${flowId}`;
                return performance.now();
            }, flowId);
            const painted = await page.evaluate("painted");
            await page.evaluate(() => {
                const key = { key: "d", ctrlKey: true, bubbles: true, cancelable: true };
                const duplicate = () => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", key));
                window.benchActs = { duplicate };
            });
            return { cold, open: painted - start };
        },
        async goToLast(page) {
            await canvas(page).press("0");
            await canvas(page).press("End");
            await page.waitForTimeout(300);
        },
        lastCard: (page) => middleOf(page, lastCard),
        async fit(page) {
            await canvas(page).press("1");
            await page.waitForTimeout(300);
        },
        async prepareEdit(page) {
            // A delay: its settings, which open with the copy, are those of no request.
            while (!(await page.locator(lastCard).textContent()).includes("Wait")) {
                await page.locator(lastCard).press("ArrowUp");
                await page.waitForTimeout(100);
            }
            return "duplicate";
        },
    };
}

/** React Flow in one of its modes. */
function peer(site, nCards, mode) {
    const card = ".react-flow__node";
    const last = `c${nCards - 1}`;
    const paint = { selector: "#root", card, atLeast: 5 };
    return {
        selector: ".react-flow",
        ground: ".react-flow__pane",
        card,
        async open(page) {
            await page.addInitScript(`(${watchPaint})(${JSON.stringify(paint)})`);
            await page.goto(`${site.url}/peer.html?n=${nCards}&mode=${mode}`);
            const cold = await page.evaluate("painted");
            const start = await page.evaluate("startedAt");
            await page.evaluate((last) => {
                let below = last;
                window.benchActs = { insert: () => (below = window.insertBelow(below)) };
            }, last);
            return { cold, open: cold - start };
        },
        async goToLast(page) {
            await page.evaluate((last) => {
                const { x, y } = window.flow.getNode(last).position;
                window.flow.setCenter(x + 140, y - 200, { zoom: 1 });
            }, last);
            await page.waitForTimeout(300);
        },
        lastCard: (page) => middleOf(page, `${card}[data-id="${last}"]`),
        async fit(page) {
            await page.evaluate(() => window.flow.fitView({ padding: 0.05 }));
            await page.waitForTimeout(300);
        },
        prepareEdit: async () => "insert",
    };
}

/** Bundles the peer's page. */
async function bundlePeer() {
    const folder = path.join(root, "target/bench/canvas-peer");
    mkdirSync(folder, { recursive: true });
    await build({
        entryPoints: [path.join(root, "benches/canvas/peer.mjs")],
        outfile: path.join(folder, "peer.js"),
        bundle: true,
        minify: true,
        format: "esm",
        define: { "process.env.NODE_ENV": '"production"' },
        logLevel: "warning",
    });
    const files = {
        "/peer.js": path.join(folder, "peer.js"),
        "/peer.html": path.join(root, "benches/canvas/peer.html"),
        "/peer.css": path.join(root, "benches/canvas/peer.css"),
        "/react-flow.css": path.join(root, "node_modules/@xyflow/react/dist/style.css"),
    };
    return serveBench({ folders: [], files });
}

/** The median of each figure over fresh browsers. */
async function rounds(shape) {
    const found = [];
    for (let n = 0; n < N_ROUNDS; n += 1) {
        const browser = await chromium.launch({ executablePath: chromiumPath(), args: FLAGS });
        try {
            const page = await browser.newPage({ viewport: VIEWPORT });
            page.on("pageerror", (error) => console.error(error.message));
            found.push(await measure(page, shape));
        } finally {
            await browser.close();
        }
    }
    const names = Object.keys(found[0]);
    return Object.fromEntries(names.map((name) => [name, median(found.map((figures) => figures[name]))]));
}

/** The bounds of the sizes that are measured: what was left out on purpose is not missing. */
function mustsOf(sizes) {
    const { canvas } = JSON.parse(readFileSync(path.join(root, "benches/must.json"), "utf8"));
    const isMeasured = (name) => sizes.some((size) => name.endsWith(` ${size.toLocaleString("en")}`));
    return Object.fromEntries(Object.entries(canvas).filter(([name]) => isMeasured(name)));
}

const dist = process.env.HOOKWRIGHT_BENCH_DIST;
if (!dist) execFileSync(path.join(root, "scripts/build.sh"), ["release", "if-changed"], { stdio: "inherit" });
const suite = new Suite("canvas", mustsOf(SIZES));
const site = await serve({ root: path.resolve(root, dist ?? "dist") });
const peerSite = await bundlePeer();
try {
    console.log(`suite canvas: the app against React Flow, medians of ${N_ROUNDS} rounds`);
    for (const nCards of SIZES) {
        const own = await rounds(ours(site, nCards));
        const all = await rounds(peer(peerSite, nCards, "all"));
        const visible = await rounds(peer(peerSite, nCards, "visible"));
        const note = (figure, title) => {
            const isVisible = visible[figure] < all[figure];
            const name = `${title}, ${nCards.toLocaleString("en")}`;
            const peerName = isVisible ? "React Flow, visible only" : "React Flow";
            suite.note({ name, unit: "ms", ours: own[figure], peer: Math.min(visible[figure], all[figure]), peerName });
        };
        note("open", "opened and painted");
        note("cold", "painted after a first visit");
        note("pan", "panning, a frame");
        note("drag", "dragging, a frame");
        note("fitted", "panning zoomed to fit, a frame");
        note("edit", "an edit");
        note("done", "an edit until the page is done");
        if (nCards === 1000) {
            suite.note({ name: "an edit of 1,000", unit: "ms", ours: own.edit, peer: EDIT_BAR, peerName: "allowed" });
        }
    }
    process.exitCode = suite.finish();
} finally {
    await site.close();
    await peerSite.close();
}
