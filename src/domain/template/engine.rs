//! Compiles and renders.
//!
//! In: Django source, then a context for each rendering. Out: a template to keep; text with its origins, or one problem.
//! Invariant: a compiled template is never changed by a rendering, so it can be kept and shared.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use minijinja::{AutoEscape, Environment, Error, ErrorKind, OutputSpanKind, State, Template, Value};
use serde_json::Map;

use crate::domain::template::catalog::Dialect;
use crate::domain::template::library::Library;
use crate::domain::template::lower::Marks;
use crate::domain::template::lower::nodes::{Unit, lower};
use crate::domain::template::parse::ast::{Head, Node, NodeKind};
use crate::domain::template::parse::blocks::{Tree, parse};
use crate::domain::template::problem::{Severity, TemplateProblem};
use crate::domain::template::run::functions;
use crate::domain::template::run::program::{Op, PieceKind, Program};
use crate::domain::template::run::{RunLens, Scopes, Setting};
use crate::domain::template::value::as_dict;
use crate::domain::template::value::json::dict_from_json;
use crate::domain::template::value::json_text::read_json;
use crate::domain::template::value::moment::Moment;

/// Steps of the engine in one rendering, bytes written included.
const MAX_FUEL: u64 = 50_000_000;

/// Templates extend each other no further than this.
const MAX_EXTENDS: usize = 16;

/// What holds when a template is compiled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CompileOptions {
    pub dialect: Dialect,
    /// HTML escaping of values. Off in payloads.
    pub is_autoescape_on: bool,
    /// Printed for a variable that does not exist; `%s` is its name.
    pub text_if_invalid: String,
}

/// What one rendering needs besides its context.
#[derive(Debug, Clone, PartialEq)]
pub struct RenderSetting {
    /// Milliseconds since 1970 in UTC, for `now` and `today`.
    pub now_millis: i64,
    /// For `random` and `lorem`.
    pub seed: u64,
    /// For `currency_format`: a code of ISO 4217.
    pub currency: String,
    /// How far east of UTC `now`, `today` and their kind are told.
    pub offset_secs: i32,
    /// Turns of all loops.
    pub max_loops: u64,
    /// Bytes.
    pub max_output: usize,
}

impl Default for RenderSetting {
    fn default() -> Self {
        Self {
            now_millis: 0,
            seed: 1,
            currency: "USD".to_owned(),
            offset_secs: 0,
            max_loops: 500_000,
            max_output: 8 << 20,
        }
    }
}

/// A context, converted once and rendered with many times.
#[derive(Clone)]
pub struct Context(Value);

impl Context {
    /// Converts a JSON object.
    pub fn from_json(object: &Map<String, serde_json::Value>) -> Self {
        Self(Value::from_object(dict_from_json(object)))
    }

    /// Reads the text of a JSON object, which keeps integers of any size; `None` if it is something else.
    pub fn from_json_text(text: &str) -> Option<Self> {
        let value = read_json(text)?;
        as_dict(&value).is_some().then_some(Self(value))
    }

    /// A context of values made before; `value` must be a dict.
    pub fn from_value(value: Value) -> Self {
        Self(value)
    }

    pub fn value(&self) -> &Value {
        &self.0
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("context")
    }
}

/// Which bytes of the output came from which bytes of the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputPiece {
    pub output: Range<usize>,
    pub source: Range<usize>,
    /// Whether it is the source's own text rather than a value.
    pub is_raw: bool,
}

/// Text with its origins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    pub text: String,
    pub pieces: Vec<OutputPiece>,
}

/// A template to render many times.
pub struct CompiledTemplate {
    environment: Environment<'static>,
    source: String,
    marks: Marks,
    program: Arc<Program>,
    library: Option<Arc<Library>>,
    text_if_invalid: String,
    pub tree: Tree,
}

impl fmt::Debug for CompiledTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CompiledTemplate({} bytes)", self.source.len())
    }
}

/// Compiles a template that stands alone.
pub fn compile(source: &str, options: &CompileOptions) -> Result<CompiledTemplate, Vec<TemplateProblem>> {
    compile_unit(source, "main", options, None, &[])
}

/// Compiles a template of a library.
pub fn compile_named(
    library: &Arc<Library>,
    name: &str,
    options: &CompileOptions,
) -> Result<CompiledTemplate, Vec<TemplateProblem>> {
    let source = library.source(name).unwrap_or_default();
    compile_unit(source, name, options, Some(library), &[])
}

/// Compiles a template; `found` names, in their order, the parents that only a rendering knows, as far as it has found them.
pub fn compile_unit(
    source: &str,
    name: &str,
    options: &CompileOptions,
    library: Option<&Arc<Library>>,
    found: &[String],
) -> Result<CompiledTemplate, Vec<TemplateProblem>> {
    let tree = parse(source, name, options.dialect);
    if tree.problems.iter().any(|problem| problem.severity == Severity::Error) {
        return Err(tree.problems);
    }
    let fail = |code: &str, message: String, span: Range<usize>| {
        vec![TemplateProblem::new(Severity::Error, code, message, source, span)]
    };
    let mut parents: Vec<(&str, String, Tree)> = Vec::new();
    let mut given = found.iter();
    let mut next = parent_of(&tree.nodes, &mut given);
    // What is wrong further up is told where this template leads there.
    let span = next.as_ref().map_or(0..0, |(_, span)| span.clone());
    while let Some((parent_name, _)) = next {
        let Some(parent_source) = library.and_then(|library| library.source(&parent_name)) else {
            let message = format!("there is no template `{parent_name}` to extend");
            return Err(fail("unknown-template", message, span));
        };
        if parents.len() >= MAX_EXTENDS || parents.iter().any(|(_, name, _)| *name == parent_name) {
            return Err(fail("extends-loop", "the templates extend each other in a circle".to_owned(), span));
        }
        let parent_tree = parse(parent_source, &parent_name, options.dialect);
        if let Some(problem) = parent_tree.problems.iter().find(|problem| problem.severity == Severity::Error) {
            let message = format!("in template `{parent_name}`: {}", problem.message);
            return Err(fail("bad-parent", message, span));
        }
        next = parent_of(&parent_tree.nodes, &mut given);
        parents.push((parent_source, parent_name, parent_tree));
    }
    let mut chain = vec![Unit { source, nodes: &tree.nodes, name }];
    chain.extend(parents.iter().map(|(source, name, tree)| Unit { source, nodes: &tree.nodes, name }));
    let lowered = lower(&chain, found, &options.text_if_invalid, options.dialect);
    if let Some((message, span)) = lowered.errors.into_iter().next() {
        return Err(fail("bad-block", message, span));
    }
    let mut environment = Environment::empty();
    environment.set_debug(false);
    environment.set_fuel(Some(MAX_FUEL));
    let is_on = options.is_autoescape_on;
    environment.set_auto_escape_callback(move |_| if is_on { AutoEscape::Html } else { AutoEscape::None });
    let program = Arc::new(lowered.program);
    add_functions(&mut environment, program.clone());
    match environment.add_template_owned("main", lowered.text) {
        Ok(()) => {}
        Err(error) => {
            let span = error.range().map_or(0..0, |range| lowered.marks.source_of(range));
            let message =
                format!("this template is too complicated: {}", error.detail().unwrap_or("it cannot be compiled"));
            return Err(fail("too-complicated", message, span));
        }
    }
    let library = library.cloned();
    let text_if_invalid = options.text_if_invalid.clone();
    Ok(CompiledTemplate {
        environment,
        source: source.to_owned(),
        marks: lowered.marks,
        program,
        library,
        text_if_invalid,
        tree,
    })
}

/// The name of what a template extends: the literal one, or the next that a rendering has found.
fn parent_of(nodes: &[Node], given: &mut std::slice::Iter<'_, String>) -> Option<(String, Range<usize>)> {
    nodes.iter().find_map(|node| match &node.kind {
        NodeKind::Extends { parent } => match &parent.head {
            Head::Text(name) if parent.filters.is_empty() => Some((name.clone(), node.span.clone())),
            _ => given.next().map(|name| (name.clone(), node.span.clone())),
        },
        _ => None,
    })
}

/// Lowered text refers to the program by number: `{{ 7 }}`, `{% if 7|_t %}`, `{% for _ in 7|_for %}`, `{{ _x|_p(7) }}`.
fn add_functions(environment: &mut Environment<'static>, program: Arc<Program>) {
    let shared = program.clone();
    environment.set_formatter(move |out, state, value| functions::write(&shared, out, state, value));
    let shared = program.clone();
    environment.add_filter("_t", move |state: &mut State<'_, '_>, id: &Value| functions::test(&shared, state, id));
    let shared = program.clone();
    environment.add_filter("_for", move |state: &mut State<'_, '_>, id: &Value| functions::turns(&shared, state, id));
    environment.add_filter("_p", move |state: &mut State<'_, '_>, text: &Value, id: &Value| {
        functions::captured(&program, state, text, id)
    });
}

impl CompiledTemplate {
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Renders, and tells where each piece of the output came from.
    pub fn render(&self, context: &Context, setting: &RenderSetting) -> Result<Rendered, Box<TemplateProblem>> {
        let scopes = Arc::new(self.scopes(context, setting).noting_runs());
        let (text, spans) =
            self.run(&scopes, |template, scopes| template.render_with_spans(scopes), |(text, _)| text)?;
        let mut runs = scopes.take_runs().into_iter();
        let mut at = 0;
        let mut pieces = Vec::with_capacity(spans.len());
        for span in &spans {
            let (lowered, output) = (span.source_range(), span.output_range());
            match self.marks.mark_after(&mut at, lowered.start).and_then(|mark| mark.run) {
                Some(id) => self.push_run(id, &mut runs, output, &mut pieces),
                None => {
                    let is_raw = span.kind() == OutputSpanKind::Raw;
                    pieces.push(OutputPiece { output, source: self.marks.source_after(&mut at, lowered), is_raw });
                }
            }
        }
        Ok(Rendered { text, pieces })
    }

    /// What the pieces of the next run of this number wrote; one that wrote nothing has no span.
    fn push_run(
        &self,
        id: usize,
        runs: &mut impl Iterator<Item = RunLens>,
        output: Range<usize>,
        pieces: &mut Vec<OutputPiece>,
    ) {
        let Some(Op::Run(run)) = self.program.0.get(id) else { return };
        let text_len = run.text.len();
        let Some((_, lens)) = runs.find(|(other, lens)| *other == id && text_len + lens.iter().sum::<usize>() > 0)
        else {
            return;
        };
        let mut lens = lens.into_iter();
        let mut start = output.start;
        for piece in &run.pieces {
            let (len, is_raw) = match piece.kind {
                PieceKind::Text { len, is_raw } => (len, is_raw),
                PieceKind::Print(_) => (lens.next().unwrap_or_default(), false),
            };
            if len > 0 {
                pieces.push(OutputPiece { output: start..start + len, source: piece.source.clone(), is_raw });
            }
            start += len;
        }
    }

    /// Renders without telling where the output came from, which costs less.
    pub fn render_text(&self, context: &Context, setting: &RenderSetting) -> Result<String, Box<TemplateProblem>> {
        let scopes = Arc::new(self.scopes(context, setting));
        self.run(&scopes, |template, scopes| template.render(scopes), |text| text)
    }

    fn scopes(&self, context: &Context, setting: &RenderSetting) -> Scopes {
        let now = Moment::from_millis(setting.now_millis);
        let limits = Setting {
            now,
            here: now.at_offset(i64::from(setting.offset_secs)),
            seed: setting.seed,
            currency: setting.currency.clone(),
            text_if_invalid: self.text_if_invalid.clone(),
            max_loops: setting.max_loops,
            max_output: setting.max_output,
        };
        Scopes::new(context.0.clone(), limits, self.library.clone())
    }

    fn run<T>(
        &self,
        scopes: &Arc<Scopes>,
        render: impl Fn(&Template<'_, '_>, Value) -> Result<T, Error>,
        text_of: impl Fn(&T) -> &String,
    ) -> Result<T, Box<TemplateProblem>> {
        let value = Value::from_dyn_object(scopes.clone());
        let template = self.environment.get_template("main").map_err(|error| self.problem(&error, None))?;
        let rendered = render(&template, value).map_err(|error| self.problem(&error, scopes.take_failed()))?;
        let max_output = scopes.setting.max_output;
        if text_of(&rendered).len() > max_output {
            let message = format!("the output is larger than {max_output} bytes");
            let problem = TemplateProblem::new(Severity::Error, "too-large", message, &self.source, 0..0);
            return Err(Box::new(problem));
        }
        Ok(rendered)
    }

    /// Renders inside a running template, with its state.
    pub fn render_nested(&self, scopes: &Arc<Scopes>) -> Result<String, Error> {
        let rendered = self.environment.get_template("main")?.render(Value::from_dyn_object(scopes.clone()));
        // To the running template, the tag that led here has failed.
        rendered.map_err(|error| {
            scopes.forget_failed();
            // A new error has no place: that of the old one is a place in this template, not in the running one.
            let message = error.detail().unwrap_or("the template could not be rendered").to_owned();
            Error::new(error.kind(), message)
        })
    }

    /// What went wrong; `place` is where, if that is known better than minijinja can.
    fn problem(&self, error: &Error, place: Option<Range<usize>>) -> Box<TemplateProblem> {
        let code = match error.kind() {
            ErrorKind::OutOfFuel => "too-much-work",
            ErrorKind::UndefinedError => "missing-argument-value",
            ErrorKind::CannotUnpack => "cannot-unpack",
            _ => "render-error",
        };
        let span = place.or_else(|| error.range().map(|range| self.marks.source_of(range))).unwrap_or(0..0);
        let message = error.detail().unwrap_or("the template could not be rendered").to_owned();
        Box::new(TemplateProblem::new(Severity::Error, code, message, &self.source, span))
    }
}
