//! Answers template cases line by line, for the conformance corpus.
//!
//! In: one JSON request a line. Out: one JSON answer a line, the output or the error.
//! Run: `python3 score.py django.jsonl target/debug/examples/conformance`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command for measuring may fail"
)]

use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::sync::Arc;

use hookwright::domain::template::engine::{CompileOptions, Context, RenderSetting, compile_named};
use hookwright::domain::template::library::Library;
use hookwright::domain::template::value::dict::Dict;
use hookwright::domain::template::value::json::from_json;
use hookwright::domain::template::value::list::{Form, List};
use hookwright::domain::template::value::moment::Moment;
use minijinja::Value;
use serde_json::json;

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let Ok(request) = serde_json::from_str::<serde_json::Value>(&line?) else { continue };
        let id = request["id"].clone();
        let answer = match render(&request) {
            Ok(output) => json!({ "id": id, "output": output }),
            Err((message, line)) => json!({ "id": id, "error": { "message": message, "line": line } }),
        };
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn render(request: &serde_json::Value) -> Result<String, (String, usize)> {
    let text = |key: &str| request[key].as_str().unwrap_or_default().to_owned();
    let options = CompileOptions {
        is_autoescape_on: request["autoescape"].as_bool().unwrap_or(true),
        text_if_invalid: text("string_if_invalid"),
        ..CompileOptions::default()
    };
    let sources: BTreeMap<String, String> = serde_json::from_value(request["templates"].clone()).unwrap_or_default();
    let library = Arc::new(Library::new(sources, options.clone()));
    let template = compile_named(&library, &text("name"), &options).map_err(|problems| {
        problems.first().map_or((String::new(), 1), |problem| (problem.message.clone(), problem.line))
    })?;
    let context = Context::from_value(dated(&request["context"]));
    // The corpus compares its dates with a fixed moment in the past, and prints the year only.
    let setting = RenderSetting { now_millis: 1_790_000_000_000, ..RenderSetting::default() };
    let rendered = template.render(&context, &setting).map_err(|problem| (problem.message, problem.line))?;
    Ok(rendered.text)
}

/// JSON as values, with the corpus' dates.
fn dated(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Object(object) => {
            let date = object.get("$datetime").or_else(|| object.get("$date")).and_then(|text| text.as_str());
            if let Some(moment) = date.and_then(Moment::parse) {
                return Value::from_object(moment);
            }
            Value::from_object(Dict::new(
                object.iter().map(|(key, value)| (Arc::from(key.as_str()), dated(value))).collect(),
            ))
        }
        serde_json::Value::Array(items) => Value::from_object(List::new(items.iter().map(dated).collect(), Form::List)),
        _ => from_json(json),
    }
}
