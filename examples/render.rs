//! Renders and checks templates from the command line: one JSON request a line in, one JSON answer a line out.
//!
//! In: `{"id", "templates": {"main": "…"}, "name": "main", "context": {…}, "autoescape": true, "string_if_invalid": ""}`.
//! Out: `{"id", "output": "…"}` or `{"id", "error": {"message": "…", "line": 3}}`.
//!
//! `--dialect klaviyo` reads Klaviyo's dialect instead of Django's.
//! `--check` adds `"problems"`: what is wrong with the template, and with the output as JSON, each at its place in the template, with a fix where one is known.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command reads the clock, and speaks on standard output and standard error"
)]

use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::process::ExitCode;
use std::sync::Arc;

use hookwright::domain::payload::{RenderOptions, render_payload};
use hookwright::domain::template::catalog::Dialect;
use hookwright::domain::template::engine::{CompileOptions, Context, RenderSetting, compile_named};
use hookwright::domain::template::library::Library;
use hookwright::domain::template::problem::{Fix, Severity, TemplateProblem};
use hookwright::domain::template::value::json::from_json_with_dates;
use serde_json::{Map, Value, json};

const USAGE: &str = "usage: render [--dialect django|klaviyo] [--check]  (JSON requests on standard input)";

/// What the command line asks for.
#[derive(Debug, Clone, Copy)]
struct Asked {
    dialect: Dialect,
    is_checking: bool,
}

fn asked() -> Option<Asked> {
    let mut asked = Asked { dialect: Dialect::Django, is_checking: false };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--check" => asked.is_checking = true,
            "--dialect" => {
                asked.dialect = match args.next()?.as_str() {
                    "django" => Dialect::Django,
                    "klaviyo" => Dialect::Klaviyo,
                    _ => return None,
                }
            }
            _ => return None,
        }
    }
    Some(asked)
}

fn main() -> std::io::Result<ExitCode> {
    let Some(asked) = asked() else {
        eprintln!("{USAGE}");
        return Ok(ExitCode::from(2));
    };
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let answer = match serde_json::from_str::<Value>(&line) {
            Ok(request) => answer(&request, asked),
            Err(error) => {
                json!({"id": null, "error": {"message": format!("this request is not JSON: {error}"), "line": 1}})
            }
        };
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(ExitCode::SUCCESS)
}

fn text_of(request: &Value, key: &str) -> String {
    request.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn answer(request: &Value, asked: Asked) -> Value {
    let is_autoescape_on = request.get("autoescape").and_then(Value::as_bool).unwrap_or(true);
    let options = CompileOptions {
        dialect: asked.dialect,
        is_autoescape_on,
        text_if_invalid: text_of(request, "string_if_invalid"),
    };
    let templates = request.get("templates").cloned().unwrap_or_default();
    let sources: BTreeMap<String, String> = serde_json::from_value(templates).unwrap_or_default();
    let name = request.get("name").and_then(Value::as_str).unwrap_or("main").to_owned();
    let source = sources.get(&name).cloned();
    let mut answer = Map::new();
    answer.insert("id".to_owned(), request.get("id").cloned().unwrap_or_default());
    match render(sources, &name, request, options) {
        Ok(output) => answer.insert("output".to_owned(), Value::String(output)),
        Err((message, line)) => answer.insert("error".to_owned(), json!({"message": message, "line": line})),
    };
    if asked.is_checking {
        let none = Map::new();
        let context = request.get("context").and_then(Value::as_object).unwrap_or(&none);
        let options = RenderOptions { dialect: asked.dialect, is_autoescape_on, ..RenderOptions::default() };
        let source = source.unwrap_or_default();
        let checked = render_payload(&source, context, options);
        let problems = checked.problems.iter().map(|problem| told(problem, &source)).collect();
        answer.insert("problems".to_owned(), Value::Array(problems));
    }
    Value::Object(answer)
}

fn render(
    sources: BTreeMap<String, String>,
    name: &str,
    request: &Value,
    options: CompileOptions,
) -> Result<String, (String, usize)> {
    let library = Arc::new(Library::new(sources, options.clone()));
    if !library.has(name) {
        return Err((format!("there is no template `{name}`"), 1));
    }
    let template = compile_named(&library, name, &options).map_err(|problems| {
        problems.first().map_or((String::new(), 1), |problem| (problem.message.clone(), problem.line))
    })?;
    let none = Value::Object(Map::new());
    let context = Context::from_value(from_json_with_dates(request.get("context").unwrap_or(&none)));
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let setting = RenderSetting { now_millis: i64::try_from(now.as_millis()).unwrap_or(0), ..RenderSetting::default() };
    let rendered = template.render(&context, &setting).map_err(|problem| (problem.message, problem.line))?;
    Ok(rendered.text)
}

/// A problem as JSON, in lines and columns of the template from 1.
fn told(problem: &TemplateProblem, source: &str) -> Value {
    let severity = if problem.severity == Severity::Error { "error" } else { "warning" };
    json!({
        "severity": severity,
        "kind": problem.code,
        "message": problem.message,
        "line": problem.line,
        "column": problem.column,
        "fix": problem.fix.as_ref().map(|fix| one_edit(fix, source)),
    })
}

/// A fix as one edit: from its first place to its last, with what stands between.
fn one_edit(fix: &Fix, source: &str) -> Value {
    let start = fix.edits.first().map_or(0, |(range, _)| range.start);
    let end = fix.edits.last().map_or(0, |(range, _)| range.end);
    let mut text = String::new();
    let mut at = start;
    for (range, put) in &fix.edits {
        text.push_str(source.get(at..range.start).unwrap_or_default());
        text.push_str(put);
        at = range.end;
    }
    let ((line, column), (end_line, end_column)) = (place_of(source, start), place_of(source, end));
    json!({"line": line, "column": column, "end_line": end_line, "end_column": end_column, "text": text})
}

/// Line and column, in characters, of a byte.
fn place_of(source: &str, at: usize) -> (usize, usize) {
    let before = source.get(..at).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count() + 1, before.get(line_start..).unwrap_or_default().chars().count() + 1)
}
