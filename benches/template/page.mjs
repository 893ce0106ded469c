// The part of the suite that runs in Chromium: our engine as shipped, nunjucks and LiquidJS, on the same payloads.

import init, { BenchContext, BenchTemplate, render_source } from "/wasm/template-bench.js";
import { Liquid } from "/liquid.mjs";
import { FILTERS } from "/filters.mjs";

const nunjucks = globalThis.nunjucks;
await init({ module_or_path: "/wasm/template-bench_bg.wasm" });

const jinja = new nunjucks.Environment(null, { autoescape: false });
const liquid = new Liquid({ jsTruthy: true });
for (const [name, filter] of Object.entries(FILTERS)) {
    jinja.addFilter(name, filter);
    liquid.registerFilter(name, filter);
}

let nTyped = 1_000_000;

/** The source after one more keystroke: a text that no engine, nor V8's cache of compiled scripts, has seen before. */
function typed(source) {
    nTyped += 1;
    return source + nTyped;
}

/**
 * What each engine does: compiled; from a source that was just changed; and compiled, with a context that comes as JSON
 * text each time.
 */
function engines({ django, jinja: jinjaSource, liquid: liquidSource, json }) {
    const context = JSON.parse(json);
    const ours = new BenchTemplate(django);
    const kept = new BenchContext(json);
    const compiled = nunjucks.compile(jinjaSource, jinja);
    compiled.render(context);
    const parsed = liquid.parse(liquidSource);
    return {
        ours: {
            warm: () => ours.render(kept),
            compile: () => render_source(typed(django), kept),
            once: () => ours.render_json(json),
        },
        origins: { warm: () => ours.render_with_origins(kept) },
        nunjucks: {
            warm: () => compiled.render(context),
            compile: () => nunjucks.compile(typed(jinjaSource), jinja).render(context),
            once: () => compiled.render(JSON.parse(json)),
        },
        liquid: {
            warm: () => liquid.renderSync(parsed, context),
            compile: () => liquid.renderSync(liquid.parse(typed(liquidSource)), context),
            once: () => liquid.renderSync(parsed, JSON.parse(json)),
        },
    };
}

/** Microseconds a call: the lower quartile of short samples, since what else the machine does only ever adds time. */
function micros(call) {
    const SAMPLE_MS = 3;
    const N_SAMPLES = 40;
    const sample = (calls) => {
        const start = performance.now();
        for (let idx = 0; idx < calls; idx += 1) call();
        return performance.now() - start;
    };
    // Warms up until the machine's code is the one that stays, and finds how many calls fill a sample.
    let calls = 1;
    while (Math.min(sample(calls), sample(calls), sample(calls)) < SAMPLE_MS) calls *= 2;
    const samples = Array.from({ length: N_SAMPLES }, () => (sample(calls) * 1000) / calls);
    return samples.sort((a, b) => a - b)[N_SAMPLES / 4];
}

globalThis.outputs = (payload) => {
    const all = engines(payload);
    return { ours: all.ours.warm(), nunjucks: all.nunjucks.warm(), liquid: all.liquid.warm() };
};

globalThis.measure = (payload) => {
    const figures = {};
    for (const [engine, ways] of Object.entries(engines(payload))) {
        for (const [way, call] of Object.entries(ways)) figures[`${engine} ${way}`] = micros(call);
    }
    return figures;
};
globalThis.isReady = true;
