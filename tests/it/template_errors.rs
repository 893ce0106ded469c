//! What is wrong with a template, as a person reads it: every kind of problem, with its place, its sentence and its mend.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use hookwright::domain::payload::{RenderOptions, compile_payload_with, render_payload};
use hookwright::domain::template::catalog::Dialect;
use hookwright::domain::template::problem::{Fix, Severity, TemplateProblem};
use serde_json::Value;

/// Every kind of problem that a template can have.
const KINDS: &[&str] = &[
    "arithmetic",
    "bad-argument",
    "bad-block",
    "bad-condition",
    "bad-else",
    "bad-expression",
    "bad-parent",
    "bad-tag",
    "call",
    "cannot-unpack",
    "constant-spelling",
    "date-of-text",
    "duplicate-block",
    "empty-tag",
    "empty-variable",
    "expression-in-print",
    "extends-loop",
    "extra-argument",
    "foreign-operator",
    "foreign-property",
    "missing-argument",
    "missing-argument-value",
    "missing-filter",
    "missing-variable",
    "needs-lookup",
    "operator-spacing",
    "parentheses",
    "percent-date",
    "private-name",
    "render-error",
    "smart-quotes",
    "space-after-colon",
    "space-in-name",
    "subscript",
    "too-deep",
    "too-large",
    "too-many-filters",
    "too-much-work",
    "two-arguments",
    "unavailable-filter",
    "unavailable-tag",
    "unavailable-variable",
    "unclosed-block",
    "unclosed-tag",
    "unexpected-end",
    "unknown-filter",
    "unknown-library",
    "unknown-tag",
    "unknown-template",
    "unknown-variable",
];

/// A template of `fixtures/errors`; those of Django's dialect say so in their name, and name in the context, under
/// `templates`, what they may include and extend.
struct Fixture {
    name: String,
    source: String,
    templates: Vec<(String, String)>,
    context: Value,
    dialect: Dialect,
}

impl Fixture {
    fn read(path: &Path) -> Self {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(path).expect("a fixture");
        let (context, source) = text.split_once("\n---\n").expect("a context and a template");
        let mut context: Value = serde_json::from_str(context).expect("JSON");
        let templates = context.as_object_mut().expect("an object").remove("templates").unwrap_or_default();
        let templates = templates.as_object().into_iter().flatten();
        let templates = templates.map(|(name, source)| (name.clone(), source.as_str().expect("a source").to_owned()));
        let templates = templates.collect();
        let dialect = if name.starts_with("django_") { Dialect::Django } else { Dialect::Klaviyo };
        Self { name, source: source.to_owned(), templates, context, dialect }
    }

    /// Problems of the template; what is wrong with its output as JSON is another matter.
    fn problems_of(&self, source: &str) -> Vec<TemplateProblem> {
        let options = RenderOptions { dialect: self.dialect, ..RenderOptions::default() };
        let payload = compile_payload_with(source, &self.templates, options);
        let rendered = payload.render(self.context.as_object().expect("an object"));
        rendered.problems.into_iter().filter(|problem| KINDS.contains(&problem.code.as_str())).collect()
    }
}

fn fixtures() -> Vec<Fixture> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures/errors");
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("fixtures").flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths.iter().map(|path| Fixture::read(path)).collect()
}

fn mended(source: &str, fix: &Fix) -> String {
    let mut text = String::new();
    let mut at = 0;
    for (range, put) in &fix.edits {
        text.push_str(&source[at..range.start]);
        text.push_str(put);
        at = range.end;
    }
    text + &source[at..]
}

/// A problem as a log prints it: the sentence, the line with the place marked, and the line as mended.
fn told(problem: &TemplateProblem, source: &str) -> String {
    let severity = match problem.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "hint",
    };
    let mut text = format!("{severity} {}, {}:{}: {}\n", problem.code, problem.line, problem.column, problem.message);
    let excerpt: String = problem.excerpt.chars().take(400).collect();
    let marked = source[problem.range.clone()].chars().take_while(|letter| *letter != '\n').count().max(1);
    let _infallible = writeln!(text, "    {excerpt}\n    {}{}", " ".repeat(problem.column - 1), "^".repeat(marked));
    if let Some(fix) = &problem.fix {
        let after = mended(source, fix);
        let first = fix.edits.first().map_or(0, |(range, _)| range.start);
        let line_start = after[..first].rfind('\n').map_or(0, |at| at + 1);
        let line = after[line_start..].split('\n').next().unwrap_or_default();
        let _infallible = writeln!(text, "  {}:\n    {line}", fix.label);
    }
    text
}

#[test]
fn every_problem_is_told_with_its_place_and_its_mend() {
    for fixture in fixtures() {
        let problems = fixture.problems_of(&fixture.source);
        assert!(!problems.is_empty(), "{} has no problem", fixture.name);
        let text: Vec<String> = problems.iter().map(|problem| told(problem, &fixture.source)).collect();
        insta::assert_snapshot!(format!("errors__{}", fixture.name), text.join("\n"));
    }
}

#[test]
fn every_kind_of_problem_has_a_fixture() {
    let found: BTreeSet<String> = fixtures()
        .iter()
        .flat_map(|fixture| fixture.problems_of(&fixture.source))
        .map(|problem| problem.code)
        .collect();
    let missing: Vec<&str> = KINDS.iter().copied().filter(|kind| !found.contains(*kind)).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

/// A mend that is offered solves what it is offered for: the same problem does not stand there again.
#[test]
fn every_mend_mends() {
    for fixture in fixtures() {
        for problem in fixture.problems_of(&fixture.source) {
            let Some(fix) = &problem.fix else { continue };
            let after = mended(&fixture.source, fix);
            let stays = fixture.problems_of(&after).into_iter().any(|other| {
                other.code == problem.code
                    && other.message == problem.message
                    && other.range.start == problem.range.start
            });
            assert!(!stays, "{}: {} → {after}", fixture.name, told(&problem, &fixture.source));
        }
    }
}

/// The parser goes on after an error: what is wrong further down is told, too.
#[test]
fn all_problems_are_told_at_once() {
    let source =
        "{{ a|uper }}\n{% if a %}{{ a|defualt:1 }}{% endfro %}\n{{ b.$c }}{% endif %}\n{% for x in %}{% endfor %}";
    let rendered = render_payload(source, &serde_json::Map::new(), RenderOptions::default());
    let codes: Vec<(&str, usize)> =
        rendered.problems.iter().map(|problem| (problem.code.as_str(), problem.line)).collect();
    assert_eq!(
        codes,
        [("unknown-filter", 1), ("unknown-filter", 2), ("unexpected-end", 2), ("needs-lookup", 3), ("bad-tag", 4),]
    );
}
