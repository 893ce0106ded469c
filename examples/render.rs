//! Renders and checks templates from the command line: one JSON request a line in, one JSON answer a line out.
//!
//! In: `{"id", "templates": {"main": "…"}, "name": "main", "context": {…}, "autoescape": true, "string_if_invalid": ""}`;
//! only `templates` is needed. In a context, `{"$datetime": "…"}` and `{"$date": "…"}` stand for Python's `datetime` and `date`.
//! Out: `{"id", "output": "…"}` or `{"id", "error": {"message": "…", "line": 3}}`, each line flushed as it is written.
//!
//! - `--dialect klaviyo` reads Klaviyo's dialect instead of Django's.
//! - `--now 2024-05-17T10:30:00Z` renders as if it were that time, so that answers can be compared.
//! - `--check` adds `"problems"`: what is wrong with the template, and with the output as a JSON body. Each has its place in
//!   the *template*, lines and columns (of characters) from 1, and where one is known a fix, as one edit:
//!   `{"severity": "error|warning", "kind", "message", "line", "column", "fix": {"line", "column", "end_line", "end_column", "text"} | null}`.
//!
//! So it checks payloads in a pipeline of your own, here with `jq`, which fails when a payload has an error:
//!
//! ```sh
//! jq -cn --rawfile main payload.json --slurpfile context event.json '{templates: {$main}, context: $context[0]}' |
//!     render --dialect klaviyo --check |
//!     jq -e 'all(.problems[]; .severity != "error")'
//! ```

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

use hookwright::domain::payload::{RenderOptions, compile_payload_in};
use hookwright::domain::template::catalog::Dialect;
use hookwright::domain::template::engine::{CompileOptions, Context, RenderSetting, compile_named};
use hookwright::domain::template::library::Library;
use hookwright::domain::template::problem::{Fix, Severity, TemplateProblem};
use hookwright::domain::template::value::as_dict;
use hookwright::domain::template::value::json_text::read_json_with_dates;
use hookwright::domain::template::value::moment::Moment;
use serde_json::{Map, Value, json};

const USAGE: &str =
    "usage: render [--dialect django|klaviyo] [--now DATE-AND-TIME] [--check]  (JSON requests on standard input)";

/// What the command line asks for.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    pub dialect: Dialect,
    pub is_checking: bool,
    /// `None` is the time it is.
    pub now_millis: Option<i64>,
}

/// Reads the command line; `None` if it cannot be read.
pub fn asked(args: impl Iterator<Item = String>) -> Option<Asked> {
    let mut asked = Asked { dialect: Dialect::Django, is_checking: false, now_millis: None };
    let mut args = args.skip(1);
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
            "--now" => {
                let now = Moment::parse(&args.next()?)?;
                asked.now_millis = Some(now.total_micros().div_euclid(1_000));
            }
            _ => return None,
        }
    }
    Some(asked)
}

fn main() -> std::io::Result<ExitCode> {
    let Some(asked) = asked(std::env::args()) else {
        eprintln!("{USAGE}");
        return Ok(ExitCode::from(2));
    };
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let answer = answer_line(&line, asked);
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(ExitCode::SUCCESS)
}

fn text_of(request: &Value, key: &str) -> String {
    request.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The answer to one line.
pub fn answer_line(line: &str, asked: Asked) -> Value {
    match serde_json::from_str::<Value>(line) {
        Ok(request) => answer(&request, line, asked),
        Err(error) => {
            json!({"id": null, "error": {"message": format!("this request is not JSON: {error}"), "line": 1}})
        }
    }
}

/// Answers a request, which stands in `line`.
fn answer(request: &Value, line: &str, asked: Asked) -> Value {
    let options = CompileOptions {
        dialect: asked.dialect,
        is_autoescape_on: request.get("autoescape").and_then(Value::as_bool).unwrap_or(true),
        text_if_invalid: text_of(request, "string_if_invalid"),
    };
    let templates = request.get("templates").cloned().unwrap_or_default();
    let sources: BTreeMap<String, String> = serde_json::from_value(templates).unwrap_or_default();
    let name = request.get("name").and_then(Value::as_str).unwrap_or("main");
    let none = Map::new();
    let work = Work {
        library: Arc::new(Library::new(sources, options.clone())),
        name,
        context: request.get("context").and_then(Value::as_object).unwrap_or(&none),
        converted: context_of(line),
        options,
        now_millis: asked.now_millis.unwrap_or_else(now_millis),
    };
    let mut answer = Map::new();
    answer.insert("id".to_owned(), request.get("id").cloned().unwrap_or_default());
    match work.render() {
        Ok(output) => answer.insert("output".to_owned(), Value::String(output)),
        Err((message, line)) => answer.insert("error".to_owned(), json!({"message": message, "line": line})),
    };
    if asked.is_checking {
        answer.insert("problems".to_owned(), work.problems());
    }
    Value::Object(answer)
}

/// The context of a request: read from the text itself, where integers have all their digits.
fn context_of(line: &str) -> Context {
    let request = read_json_with_dates(line).unwrap_or_default();
    let context = request.get_attr("context").ok().filter(|context| as_dict(context).is_some());
    context.map_or_else(|| Context::from_json(&Map::new()), Context::from_value)
}

fn now_millis() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_millis()).unwrap_or(0)
}

/// One request, read.
struct Work<'a> {
    library: Arc<Library>,
    name: &'a str,
    context: &'a Map<String, Value>,
    converted: Context,
    options: CompileOptions,
    now_millis: i64,
}

impl Work<'_> {
    fn render(&self) -> Result<String, (String, usize)> {
        if !self.library.has(self.name) {
            return Err((format!("there is no template `{}`", self.name), 1));
        }
        let template = compile_named(&self.library, self.name, &self.options).map_err(|problems| {
            let error = problems.into_iter().find(|problem| problem.severity == Severity::Error);
            error.map_or((String::new(), 1), |problem| (problem.message, problem.line))
        })?;
        let setting = RenderSetting { now_millis: self.now_millis, ..RenderSetting::default() };
        template.render_text(&self.converted, &setting).map_err(|problem| (problem.message, problem.line))
    }

    /// Everything that is wrong with the template, and with its output as a JSON body.
    fn problems(&self) -> Value {
        let options = RenderOptions {
            dialect: self.options.dialect,
            is_autoescape_on: self.options.is_autoescape_on,
            now_millis: self.now_millis,
            ..RenderOptions::default()
        };
        let payload = compile_payload_in(&self.library, self.name, options);
        let checked = payload.render_converted(self.context, &self.converted);
        let source = self.library.source(self.name).unwrap_or_default();
        checked.problems.iter().map(|problem| told(problem, source)).collect()
    }
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
