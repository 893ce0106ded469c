//! Values that do not fit into JSON where the template prints them.
//!
//! In: a printed value, its output and what stands around it. Out: a problem with its mend.
//! Invariant: speaks of one value only; faults between values are found elsewhere.

use std::ops::Range;

use crate::domain::payload::json::{escape_len, is_scalar};
use crate::domain::template::parse::ast::Expr;
use crate::domain::template::problem::{Fix, Severity, TemplateProblem};

/// A value that was printed.
#[derive(Debug, Clone)]
pub struct Printed<'a> {
    pub source: &'a str,
    pub expr: &'a Expr,
    /// The whole tag.
    pub span: Range<usize>,
    pub text: &'a str,
}

impl Printed<'_> {
    fn problem(&self, severity: Severity, code: &str, message: String, fix: Option<Fix>) -> TemplateProblem {
        TemplateProblem::new(severity, code, message, self.source, self.span.clone()).with_fix(fix)
    }

    fn name(&self) -> &str {
        self.source.get(self.expr.span.clone()).unwrap_or_default()
    }

    /// An edit that adds a filter at the end.
    pub fn with_filter(&self, filter: &str) -> Fix {
        let end = self.expr.span.end;
        Fix { label: format!("Add {filter}"), edits: vec![(end..end, format!("|{filter}"))] }
    }

    /// What is wrong with the value inside quotes.
    pub fn check_in_text(&self) -> Option<TemplateProblem> {
        let (code, what) = match first_fault(self.text) {
            Some(fault) => fault,
            None => return self.lint_in_text(),
        };
        let message =
            format!("the value of `{}` has {what}, which ends or breaks the JSON text around it", self.name());
        // Escaping HTML comes first in some templates; `escapejs` must see the value itself.
        Some(self.problem(Severity::Error, code, message, Some(self.with_filter("escapejs"))))
    }

    fn lint_in_text(&self) -> Option<TemplateProblem> {
        let is_escaped = self.expr.filters.last().is_some_and(|filter| filter.name == "escapejs");
        if self.text.contains('\\') && !is_escaped {
            let message =
                format!("the value of `{}` has a backslash, which JSON reads as the start of an escape", self.name());
            let fix = self.with_filter("escapejs");
            return Some(self.problem(Severity::Warning, "backslash-in-value", message, Some(fix)));
        }
        if self.text == "None" {
            let message = format!("`{}` has no value, and prints the word `None`", self.name());
            let fix = self.with_filter("default_if_none:''");
            return Some(self.problem(Severity::Warning, "none-in-text", message, Some(fix)));
        }
        if is_python_container(self.text) {
            let message = format!("`{}` is a list or object, and prints as Python writes it", self.name());
            let fix = self.text.starts_with('[').then(|| self.with_filter("join:', '"));
            return Some(self.problem(Severity::Warning, "python-in-text", message, fix));
        }
        let has_entity =
            ["&amp;", "&lt;", "&gt;", "&quot;", "&#x27;", "&#39;"].iter().any(|entity| self.text.contains(entity));
        if has_entity {
            let message = format!("the value of `{}` prints HTML entities into JSON", self.name());
            return Some(self.problem(Severity::Warning, "html-entity", message, Some(self.with_filter("safe"))));
        }
        None
    }

    /// What is wrong with the value where JSON wants a value.
    pub fn check_as_value(&self) -> Option<TemplateProblem> {
        let text = self.text.trim();
        if text.is_empty() {
            let message = format!("`{}` prints nothing, and JSON needs a value here", self.name());
            let fix = self.with_filter("default:'null'");
            return Some(self.problem(Severity::Error, "empty-value", message, Some(fix)));
        }
        if is_scalar(text) || text.starts_with('"') {
            return None;
        }
        let error =
            |code: &str, message: String, fix: Option<Fix>| Some(self.problem(Severity::Error, code, message, fix));
        match text {
            "None" => {
                let message = format!("`{}` has no value and prints `None`; JSON writes `null`", self.name());
                return error("none-in-json", message, Some(self.with_filter("default_if_none:'null'")));
            }
            "True" | "False" => {
                let message = format!("`{}` prints `{text}`; JSON writes `{}`", self.name(), text.to_lowercase());
                return error("boolean-in-json", message, Some(self.with_filter("lower")));
            }
            "nan" | "inf" | "-inf" | "NaN" => {
                let message = format!("`{}` prints `{text}`, and JSON has no such number", self.name());
                return error("number-in-json", message, None);
            }
            _ => {}
        }
        if is_python_container(text) {
            let message =
                format!("`{}` is a list or object, and prints as Python writes it, which is not JSON", self.name());
            return error("python-in-json", message, self.loop_fix(text));
        }
        if text.starts_with(['[', '{']) && crate::domain::payload::json::find_fault(text).is_none() {
            return None;
        }
        let escape = if first_fault(text).is_some() { "|escapejs" } else { "" };
        let fix = Fix {
            label: "Put quotes around".to_owned(),
            edits: vec![
                (self.span.start..self.span.start, "\"".to_owned()),
                (self.expr.span.end..self.expr.span.end, escape.to_owned()),
                (self.span.end..self.span.end, "\"".to_owned()),
            ],
        };
        let shown: String = text.chars().take(40).collect();
        let message = format!("`{}` prints `{shown}`, which is text and needs quotes in JSON", self.name());
        error("unquoted-text", message, Some(fix))
    }

    /// A loop that prints a list as JSON, for lists of texts and numbers.
    fn loop_fix(&self, text: &str) -> Option<Fix> {
        let inner = text.strip_prefix('[')?.strip_suffix(']')?;
        if inner.contains(['[', '{']) {
            return None;
        }
        let item = if inner.contains(['\'', '"']) {
            "\"{{ item|escapejs }}\""
        } else if inner.contains("True") || inner.contains("False") || inner.contains("None") {
            "{{ item|default_if_none:'null'|lower }}"
        } else {
            "{{ item }}"
        };
        let list = self.name();
        let looped =
            format!("[{{% for item in {list} %}}{item}{{% if not forloop.last %}},{{% endif %}}{{% endfor %}}]");
        Some(Fix { label: "Print it with a loop".to_owned(), edits: vec![(self.span.clone(), looped)] })
    }
}

fn is_python_container(text: &str) -> bool {
    let is_closed = (text.starts_with('[') && text.ends_with(']')) || (text.starts_with('{') && text.ends_with('}'));
    let is_words = ["'", "True", "False", "None"].iter().any(|word| text.contains(word));
    is_closed && is_words
}

/// What of a value cannot stand in a JSON text.
fn first_fault(text: &str) -> Option<(&'static str, &'static str)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return Some(("quote-in-value", "a quote")),
            b'\n' | b'\r' => return Some(("newline-in-value", "a line break")),
            b'\\' => {
                let len = escape_len(bytes.get(at..).unwrap_or_default());
                if len == 0 {
                    return Some(("backslash-in-value", "a backslash"));
                }
                at += len;
                continue;
            }
            0..=0x1f => return Some(("control-in-value", "a tab or control character")),
            _ => {}
        }
        at += 1;
    }
    None
}
