// The part of the suite that runs in Chromium: our engine as shipped, nunjucks and LiquidJS, on the same payloads.

import init, { BenchContext, BenchTemplate } from "/wasm/template-bench.js";
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

/** What each engine does: once compiled, and from its source. */
function engines({ django, jinja: jinjaSource, liquid: liquidSource, json }) {
    const context = JSON.parse(json);
    const ours = new BenchTemplate(django);
    const kept = new BenchContext(json);
    const compiled = nunjucks.compile(jinjaSource, jinja);
    compiled.render(context);
    const parsed = liquid.parse(liquidSource);
    return {
        ours: { warm: () => ours.render(kept), compile: () => withNew(django, kept) },
        origins: { warm: () => ours.render_with_origins(kept) },
        context: { warm: () => new BenchContext(json).free() },
        nunjucks: {
            warm: () => compiled.render(context),
            compile: () => nunjucks.compile(jinjaSource, jinja).render(context),
        },
        liquid: {
            warm: () => liquid.renderSync(parsed, context),
            compile: () => liquid.renderSync(liquid.parse(liquidSource), context),
        },
    };
}

function withNew(source, context) {
    const template = new BenchTemplate(source);
    const text = template.render(context);
    template.free();
    return text;
}

/** Microseconds a call: the lower quartile of short samples, since what else the machine does only ever adds time. */
function micros(call) {
    const SAMPLE_MS = 4;
    let calls = 0;
    let start = performance.now();
    while (performance.now() - start < SAMPLE_MS) {
        call();
        calls += 1;
    }
    const samples = [];
    for (let round = 0; round < 40; round += 1) {
        start = performance.now();
        for (let idx = 0; idx < calls; idx += 1) call();
        samples.push(((performance.now() - start) * 1000) / calls);
    }
    return samples.sort((a, b) => a - b)[10];
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
