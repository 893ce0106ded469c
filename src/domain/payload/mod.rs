//! JSON text with template logic: rendered, checked, located.
//!
//! In: a payload's source and what it may read. Out: the rendered text with its problems, each at its place in the source.
//! Invariant: a problem of the output is reported where the template caused it.

pub mod faults;
pub mod harsh;
pub mod json;
pub mod lints;
pub mod places;
pub mod values;
pub mod written_out;

use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::domain::template::catalog::Dialect;
use crate::domain::template::check::{Checked, check_variables};
use crate::domain::template::engine::{
    CompileOptions, CompiledTemplate, Context, RenderSetting, compile, compile_named,
};
use crate::domain::template::library::Library;
use crate::domain::template::problem::{Severity, TemplateProblem};

/// What rendering a payload gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenderedPayload {
    /// The text that would be sent; `None` when the template could not be rendered at all.
    pub output: Option<String>,
    /// Template errors, JSON errors of the output and lints, in the order of the source.
    pub problems: Vec<TemplateProblem>,
    /// Which range of the output (bytes) came from which range of the source (bytes).
    pub origins: Vec<Origin>,
}

impl RenderedPayload {
    /// The output, if it may be sent: it rendered, and it is JSON.
    pub fn sendable(&self) -> Option<&str> {
        let has_error = self.problems.iter().any(|problem| problem.severity == Severity::Error);
        if has_error { None } else { self.output.as_deref() }
    }
}

/// A piece of output and the piece of template that made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    pub output: Range<usize>,
    pub source: Range<usize>,
}

/// How to render.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderOptions {
    /// HTML escaping of values. Off in payloads.
    pub is_autoescape_on: bool,
    /// Whether the trigger brings no event; then `event.*` is a located problem.
    pub is_profile_only: bool,
    pub dialect: Dialect,
    /// Milliseconds since 1970 in UTC, for `now` and `today`.
    pub now_millis: i64,
    /// How far east of UTC the account is, for the same.
    pub offset_secs: i32,
    /// The account's currency, a code of ISO 4217, for `currency_format`.
    pub currency: String,
}

impl Default for RenderOptions {
    fn default() -> Self {
        Self {
            is_autoescape_on: false,
            is_profile_only: false,
            dialect: Dialect::Klaviyo,
            now_millis: 0,
            offset_secs: 0,
            currency: "USD".to_owned(),
        }
    }
}

/// A payload that was read once, to render many times.
#[derive(Debug)]
pub struct CompiledPayload {
    template: Result<CompiledTemplate, Vec<TemplateProblem>>,
    source: String,
    options: RenderOptions,
}

impl RenderOptions {
    fn for_compiling(&self) -> CompileOptions {
        CompileOptions {
            dialect: self.dialect,
            is_autoescape_on: self.is_autoescape_on,
            text_if_invalid: String::new(),
        }
    }
}

/// Reads a payload.
pub fn compile_payload(source: &str, options: RenderOptions) -> CompiledPayload {
    CompiledPayload { template: compile(source, &options.for_compiling()), source: source.to_owned(), options }
}

/// The payload's own name among the templates that it may include and extend.
pub const PAYLOAD_NAME: &str = "payload";

/// Reads a payload that may include and extend snippets, each a name and a source.
pub fn compile_payload_with(source: &str, snippets: &[(String, String)], options: RenderOptions) -> CompiledPayload {
    let own = (PAYLOAD_NAME.to_owned(), source.to_owned());
    let sources = snippets.iter().cloned().chain([own]).collect();
    let library = Arc::new(Library::new(sources, options.for_compiling()));
    compile_payload_in(&library, PAYLOAD_NAME, options)
}

/// Reads a payload that may include and extend other templates of a library.
pub fn compile_payload_in(library: &Arc<Library>, name: &str, options: RenderOptions) -> CompiledPayload {
    let source = library.source(name).unwrap_or_default().to_owned();
    CompiledPayload { template: compile_named(library, name, &options.for_compiling()), source, options }
}

impl CompiledPayload {
    /// Renders and checks that the output is JSON.
    pub fn render(&self, context: &Map<String, Value>) -> RenderedPayload {
        self.render_converted(context, &Context::from_json(context))
    }

    /// As `render`, with a context that was converted before.
    pub fn render_converted(&self, context: &Map<String, Value>, converted: &Context) -> RenderedPayload {
        let template = match &self.template {
            Ok(template) => template,
            Err(problems) => {
                return RenderedPayload { output: None, problems: in_order(problems.clone()), origins: Vec::new() };
            }
        };
        let mut problems = template.tree.problems.clone();
        let mut found = check_variables(&Checked {
            source: &self.source,
            nodes: &template.tree.nodes,
            context,
            is_profile_only: self.options.is_profile_only,
            dialect: self.options.dialect,
        });
        lints::add_lints(&self.source, &template.tree.nodes, self.options.dialect, &mut found);
        problems.append(&mut found.problems);
        let setting = RenderSetting {
            now_millis: self.options.now_millis,
            offset_secs: self.options.offset_secs,
            currency: self.options.currency.clone(),
            ..RenderSetting::default()
        };
        match template.render(converted, &setting) {
            Ok(rendered) => {
                problems.extend(faults::json_problems(&self.source, &template.tree.nodes, &rendered, &found.printed));
                let origins = rendered
                    .pieces
                    .into_iter()
                    .map(|piece| Origin { output: piece.output, source: piece.source })
                    .collect();
                RenderedPayload { output: Some(rendered.text), problems: in_order(problems), origins }
            }
            Err(problem) => {
                problems.push(*problem);
                RenderedPayload { output: None, problems: in_order(problems), origins: Vec::new() }
            }
        }
    }
}

fn in_order(mut problems: Vec<TemplateProblem>) -> Vec<TemplateProblem> {
    problems.sort_by_key(|problem| (problem.range.start, problem.severity));
    problems.dedup_by(|b, a| a.code == b.code && a.range == b.range);
    problems
}

/// Renders `source` against `context` and checks that the output is JSON.
pub fn render_payload(source: &str, context: &Map<String, Value>, options: RenderOptions) -> RenderedPayload {
    compile_payload(source, options).render(context)
}
