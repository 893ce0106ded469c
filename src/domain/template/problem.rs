//! Problems that have a place in a template.
//!
//! In: what a lexer, a parser, a rendering or a lint found. Out: one value that an editor can underline and a log can print.
//! Invariant: the range lies inside the source and on character boundaries.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Nothing can be sent.
    Error,
    /// It renders, and is likely not what was meant.
    Warning,
    /// Worth knowing.
    Hint,
}

/// One thing wrong with a template or its output, tied to the template's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateProblem {
    pub severity: Severity,
    /// A stable name for the kind of problem, such as `unknown-filter`.
    pub code: String,
    /// What is wrong and what to do, in one sentence.
    pub message: String,
    /// Bytes of the template's source.
    pub range: Range<usize>,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// The source line it stands on.
    pub excerpt: String,
    pub fix: Option<Fix>,
}

/// A way to mend a problem: edits to the template's source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// What the button says, such as `Use straight quotes`.
    pub label: String,
    /// Ranges of the source and what takes their place, in order and without overlap.
    pub edits: Vec<(Range<usize>, String)>,
}

impl TemplateProblem {
    /// A problem at `range` of `source`; line, column and excerpt follow from the place.
    pub fn new(severity: Severity, code: &str, message: String, source: &str, range: Range<usize>) -> Self {
        let start = floor_boundary(source, range.start);
        let end = floor_boundary(source, range.end).max(start);
        let before = source.get(..start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let rest = source.get(line_start..).unwrap_or_default();
        let line_text = rest.split('\n').next().unwrap_or_default();
        Self {
            severity,
            code: code.to_owned(),
            message,
            range: start..end,
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
            excerpt: line_text.trim_end_matches('\r').chars().take(MAX_EXCERPT_CHARS).collect(),
            fix: None,
        }
    }

    /// The same problem with a way to mend it.
    pub fn with_fix(self, fix: Option<Fix>) -> Self {
        Self { fix, ..self }
    }
}

/// More problems of one kind of search would not be read, and each costs a walk over the source.
pub const MAX_FOUND: usize = 200;

/// A longer line is cut in the excerpt.
const MAX_EXCERPT_CHARS: usize = 400;

fn floor_boundary(source: &str, at: usize) -> usize {
    let mut at = at.min(source.len());
    while !source.is_char_boundary(at) {
        at -= 1;
    }
    at
}
