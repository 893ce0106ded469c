//! The live preview: what would be sent, how big it is, and what is wrong with it.
//!
//! In: a rendered payload and its source. Out: facts, and edits that mend problems.
//! Invariant: positions given to the screen are UTF-16 units, as text areas count; all others are bytes.

use std::ops::Range;

use crate::domain::payload::RenderedPayload;
use crate::domain::template::problem::{Fix, Severity, TemplateProblem};
use crate::view_model::delivery::Tone;
use crate::view_model::messages::counted;
use crate::view_model::time::duration;

/// What the preview's foot says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewFacts {
    /// `412 B`, `1.4 kB`.
    pub size: String,
    /// `Valid JSON`, `2 errors`, `Not rendered`.
    pub verdict: String,
    pub is_sendable: bool,
    /// `0.2 ms`.
    pub took: String,
}

/// Sums up a rendering.
pub fn preview_facts(rendered: &RenderedPayload, render_micros: u64) -> PreviewFacts {
    let n_errors = count(rendered, Severity::Error);
    let n_warnings = count(rendered, Severity::Warning);
    let verdict = match (&rendered.output, n_errors, n_warnings) {
        (_, 1.., _) => counted(n_errors, "error", "errors"),
        (None, ..) => "Not rendered".to_owned(),
        (Some(_), 0, 0) => "Valid JSON".to_owned(),
        (Some(_), 0, n) => format!("Valid JSON, {}", counted(n, "warning", "warnings")),
    };
    PreviewFacts {
        size: byte_size(rendered.output.as_deref().map_or(0, str::len)),
        verdict,
        is_sendable: rendered.sendable().is_some(),
        took: render_time(render_micros),
    }
}

/// `412 B`, `1.4 kB`, `2.0 MB`.
pub fn byte_size(n_bytes: usize) -> String {
    match n_bytes {
        0..1_000 => format!("{n_bytes} B"),
        1_000..1_000_000 => format!("{}.{} kB", n_bytes / 1_000, n_bytes % 1_000 / 100),
        _ => format!("{}.{} MB", n_bytes / 1_000_000, n_bytes % 1_000_000 / 100_000),
    }
}

fn render_time(micros: u64) -> String {
    if micros < 10_000 {
        format!("{}.{} ms", micros / 1_000, micros % 1_000 / 100)
    } else {
        duration(i64::try_from(micros / 1_000).unwrap_or(i64::MAX))
    }
}

fn count(rendered: &RenderedPayload, severity: Severity) -> usize {
    rendered.problems.iter().filter(|problem| problem.severity == severity).count()
}

/// Problems as the list shows them: errors before warnings before hints, each in the order of the source.
pub fn sorted_problems(rendered: &RenderedPayload) -> Vec<TemplateProblem> {
    let mut problems = rendered.problems.clone();
    problems.sort_by_key(|problem| (problem.severity, problem.range.start));
    problems
}

/// The lines to mark beside the source, worst first; hints are not marked.
pub fn marked_lines(rendered: &RenderedPayload) -> Vec<(usize, Tone)> {
    let tone = |problem: &TemplateProblem| match problem.severity {
        Severity::Error => Some((problem.line, Tone::Fail)),
        Severity::Warning => Some((problem.line, Tone::Wait)),
        Severity::Hint => None,
    };
    sorted_problems(rendered).iter().filter_map(tone).collect()
}

/// `source` with `fix` done; edits that do not fit the text any more leave it alone.
pub fn apply_fix(source: &str, fix: &Fix) -> Option<String> {
    let mut mended = String::with_capacity(source.len() + 32);
    let mut at = 0;
    for (range, replacement) in &fix.edits {
        mended.push_str(source.get(at..range.start)?);
        source.get(range.clone())?;
        mended.push_str(replacement);
        at = range.end;
    }
    mended.push_str(source.get(at..)?);
    Some(mended)
}

/// So many characters of a line stand before the place of a problem, where the line is long.
const EXCERPT_LEAD: usize = 16;

/// The line that a problem stands on, so that its place is near the beginning: there is room for little of a line.
pub fn excerpt_at_place(problem: &TemplateProblem) -> String {
    let line = problem.excerpt.trim_end();
    let indent = line.chars().take_while(|c| c.is_whitespace()).count();
    let place = problem.column.saturating_sub(1);
    let n_left_out = place.saturating_sub(EXCERPT_LEAD);
    // A few characters more need no cut.
    if n_left_out <= indent + EXCERPT_LEAD / 2 || place >= line.chars().count() {
        return line.trim_start().to_owned();
    }
    let shown: String = line.chars().skip(n_left_out).collect();
    ["…", shown.trim_start()].concat()
}

/// A byte range as a text area counts it. A range outside the text is pulled inside.
pub fn utf16_range(source: &str, range: &Range<usize>) -> Range<u32> {
    utf16_offset(source, range.start)..utf16_offset(source, range.end.max(range.start))
}

fn utf16_offset(source: &str, n_bytes: usize) -> u32 {
    let units = source.char_indices().take_while(|(at, _)| *at < n_bytes).map(|(_, c)| c.len_utf16()).sum::<usize>();
    u32::try_from(units).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(severity: Severity, start: usize) -> TemplateProblem {
        TemplateProblem {
            severity,
            code: "x".to_owned(),
            message: "x".to_owned(),
            range: start..start + 1,
            line: 1,
            column: start + 1,
            excerpt: String::new(),
            fix: None,
        }
    }

    #[test]
    fn an_excerpt_shows_the_place() {
        let at = |excerpt: &str, column: usize| {
            excerpt_at_place(&TemplateProblem { excerpt: excerpt.to_owned(), column, ..problem(Severity::Error, 0) })
        };
        let long = r#"{"order": "{{ event.OrderId }}", "name": "{{ first_name|uper }}"}"#;
        assert_eq!(at(long, 3), long);
        assert_eq!(at(long, 25), long);
        assert_eq!(at(long, 57), r#"…"{{ first_name|uper }}"}"#);
        assert_eq!(at("            {{ a|uper }}  ", 18), "{{ a|uper }}");
        // The place is behind what the excerpt holds of the line.
        assert_eq!(at("{{ a }}", 500), "{{ a }}");
        assert_eq!(at("", 1), "");
    }

    #[test]
    fn facts_tell_valid_json_from_errors() {
        let mut rendered = RenderedPayload { output: Some("{}".to_owned()), problems: Vec::new(), origins: Vec::new() };
        let facts = preview_facts(&rendered, 249);
        assert_eq!((facts.size.as_str(), facts.verdict.as_str(), facts.took.as_str()), ("2 B", "Valid JSON", "0.2 ms"));
        assert!(facts.is_sendable);
        rendered.problems = vec![problem(Severity::Warning, 4), problem(Severity::Error, 9)];
        let facts = preview_facts(&rendered, 0);
        assert_eq!(facts.verdict, "1 error");
        assert!(!facts.is_sendable);
        let order: Vec<_> = sorted_problems(&rendered).iter().map(|problem| problem.range.start).collect();
        assert_eq!(order, [9, 4]);
        assert_eq!(marked_lines(&rendered), [(1, Tone::Fail), (1, Tone::Wait)]);
    }

    #[test]
    fn a_fix_is_done_in_order_and_never_outside_the_text() {
        let fix = Fix { label: "x".to_owned(), edits: vec![(0..3, "\"".to_owned()), (4..7, "\"".to_owned())] };
        assert_eq!(apply_fix("“a”", &fix).as_deref(), Some("\"a\""));
        assert_eq!(apply_fix("“", &fix), None);
    }

    #[test]
    fn text_areas_count_utf16_units() {
        assert_eq!(utf16_range("a😀b", &(5..6)), 3..4);
        assert_eq!(utf16_range("ab", &(9..12)), 2..2);
    }

    #[test]
    fn sizes_are_said_in_the_unit_that_fits() {
        for (n_bytes, expected) in [(0, "0 B"), (999, "999 B"), (1_449, "1.4 kB"), (2_000_000, "2.0 MB")] {
            assert_eq!(byte_size(n_bytes), expected);
        }
    }
}
