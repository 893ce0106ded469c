//! Rendering payloads, against minijinja on templates of its own that say the same.
//!
//! In: `benches/templates/*.json`, each `{template, peer, context}`. The context is parsed once, outside of what is
//! timed. Both sides must give the same text before either is timed.

#![allow(clippy::expect_used, clippy::print_stdout, reason = "a bench has nobody to report to but its terminal")]

mod frame;

use std::process::ExitCode;

use hookwright::domain::payload::{RenderOptions, render_payload};
use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Deserialize)]
struct Case {
    template: String,
    peer: String,
    context: Map<String, Value>,
}

const CASES: [(&str, &str); 3] = [
    ("order", include_str!("templates/order.json")),
    ("items", include_str!("templates/items.json")),
    ("conditions", include_str!("templates/conditions.json")),
];

fn main() -> ExitCode {
    let mut suite = frame::Suite::new("template");
    let mut has_difference = false;
    for (name, text) in CASES {
        let case: Case = serde_json::from_str(text).expect("a case is {template, peer, context}");
        let ours = || render_payload(&case.template, &case.context, RenderOptions::default()).output;

        // Each side's own habit: ours renders from source, as the app does; the peer gets the same work.
        let context =
            minijinja::Value::from_pairs(case.context.iter().map(|(key, value)| (key.as_str(), peer_value(value))));
        let peer = || {
            let environment = minijinja::Environment::new();
            environment.render_str(&case.peer, &context)
        };
        let (ours_text, peer_text) = (ours().unwrap_or_default(), peer().expect("the peer's template is right"));
        if ours_text != peer_text {
            let differing = ours_text.lines().zip(peer_text.lines()).find(|(ours, peer)| ours != peer);
            let (ours_line, peer_line) = differing.unwrap_or(("one is longer", "one is longer"));
            println!("  {name:<24}not timed: the two sides differ\n    ours: {ours_line}\n    peer: {peer_line}");
            has_difference = true;
            continue;
        }
        suite.compare(name, ours, "minijinja", peer);
    }
    let status = suite.finish();
    if has_difference { ExitCode::FAILURE } else { status }
}

/// JSON as the peer's own value, built before anything is timed.
fn peer_value(value: &Value) -> minijinja::Value {
    match value {
        Value::Null => minijinja::Value::from(()),
        Value::Bool(flag) => minijinja::Value::from(*flag),
        Value::Number(number) => match number.as_i64() {
            Some(integer) => minijinja::Value::from(integer),
            None => minijinja::Value::from(number.as_f64()),
        },
        Value::String(text) => minijinja::Value::from(text.as_str()),
        Value::Array(values) => values.iter().map(peer_value).collect(),
        Value::Object(entries) => {
            minijinja::Value::from_pairs(entries.iter().map(|(key, value)| (key.as_str(), peer_value(value))))
        }
    }
}
