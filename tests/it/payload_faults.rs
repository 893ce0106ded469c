//! Every way in which a template makes broken JSON: named at its place, and mended by the fix that is offered.
//!
//! A fixture: the context (with `options`, if any), the problem's code, the template with the place between `«` and `»`,
//! and the template as the fix leaves it.

use std::fs;
use std::path::Path;

use hookwright::domain::payload::{RenderOptions, RenderedPayload, render_payload};
use hookwright::domain::template::problem::{Fix, Severity};
use serde_json::{Map, Value};

/// The failure modes, each by how the names of its fixtures begin.
const MODES: &[(&str, usize)] = &[
    ("quote_", 4),
    ("backslash_", 3),
    ("newline_", 3),
    ("tab_", 2),
    ("comma_", 5),
    ("empty_loop_", 4),
    ("empty_condition_", 1),
    ("none_", 4),
    ("true_", 2),
    ("false_", 1),
    ("list_", 3),
    ("object_", 1),
    ("number_in_quotes", 3),
    ("number_", 8),
    ("argument_quotes_", 4),
    ("entities_", 4),
    ("date_", 3),
    ("float_", 4),
    ("smart_quotes_", 5),
    ("colon_space_", 3),
    ("case_", 4),
    ("lookup_", 5),
    ("event_in_profile_flow_", 4),
];

struct Fixture {
    context: Map<String, Value>,
    options: RenderOptions,
    code: String,
    /// With its marks.
    marked: String,
    mended: String,
}

fn read(path: &Path) -> Fixture {
    let text = fs::read_to_string(path).unwrap();
    let parts: Vec<&str> = text.trim_end_matches('\n').split("\n---\n").collect();
    let [context, code, marked, mended] = parts[..] else { panic!("{} has not four parts", path.display()) };
    let mut context: Map<String, Value> = serde_json::from_str(context).unwrap();
    let options = context.remove("options").unwrap_or_default();
    let is_on = |name: &str| options.get(name) == Some(&Value::Bool(true));
    let options = RenderOptions {
        is_profile_only: is_on("is_profile_only"),
        is_autoescape_on: is_on("is_autoescape_on"),
        ..RenderOptions::default()
    };
    Fixture { context, options, code: code.to_owned(), marked: marked.to_owned(), mended: mended.to_owned() }
}

fn apply(source: &str, fix: &Fix) -> String {
    let mut mended = source.to_owned();
    for (range, text) in fix.edits.iter().rev() {
        mended.replace_range(range.clone(), text);
    }
    mended
}

fn errors(rendered: &RenderedPayload) -> Vec<&str> {
    let errors = rendered.problems.iter().filter(|problem| problem.severity == Severity::Error);
    errors.map(|problem| problem.message.as_str()).collect()
}

/// What does not hold for a fixture.
fn check(fixture: &Fixture) -> Result<(), String> {
    let source = fixture.marked.replace(['«', '»'], "");
    let rendered = render_payload(&source, &fixture.context, fixture.options.clone());
    let Some(problem) = rendered.problems.iter().find(|problem| problem.code == fixture.code) else {
        return Err(format!("no such problem in {:#?}\n{:?}", rendered.problems, rendered.output));
    };
    let mut marked = source.clone();
    marked.insert(problem.range.end, '»');
    marked.insert(problem.range.start, '«');
    if marked != fixture.marked {
        return Err(format!("the place is {marked}"));
    }
    let Some(fix) = &problem.fix else { return Err(format!("no fix: {}", problem.message)) };
    let mended = apply(&source, fix);
    let again = render_payload(&mended, &fixture.context, fixture.options.clone());
    if again.problems.iter().any(|again| again.code == fixture.code) {
        return Err(format!("the problem is still there after the fix: {mended}\n{:#?}", again.problems));
    }
    let output = again.output.as_deref().unwrap_or_default();
    if serde_json::from_str::<Value>(output).is_err() || !errors(&again).is_empty() {
        return Err(format!("the fix leaves it broken: {mended}\n{output}\n{:#?}", errors(&again)));
    }
    if mended != fixture.mended {
        return Err(format!("the fix gives\n{mended}\n=== {output}"));
    }
    Ok(())
}

#[test]
fn each_failure_is_named_at_its_place_and_mended_by_its_fix() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures/payload");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let names: Vec<String> =
        paths.iter().map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    for (mode, least) in MODES {
        let n_fixtures = names.iter().filter(|name| name.starts_with(mode)).count();
        assert!(n_fixtures >= *least, "{mode} has {n_fixtures} fixtures of {least}");
    }
    assert!(names.iter().all(|name| MODES.iter().any(|(mode, _)| name.starts_with(mode))), "{names:?}");
    let failed: Vec<String> = paths
        .iter()
        .zip(&names)
        .filter_map(|(path, name)| check(&read(path)).err().map(|why| format!("##### {name}\n{why}")))
        .collect();
    assert!(failed.is_empty(), "{} of {} fail\n{}", failed.len(), names.len(), failed.join("\n"));
}
