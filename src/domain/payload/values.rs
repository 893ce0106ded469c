//! Values that do not fit into JSON where the template prints them.
//!
//! In: a printed value, its output and what stands around it. Out: a problem with its mend.
//! Invariant: speaks of one value only; faults between values are found elsewhere.

use std::ops::Range;

use serde_json::Value;

use crate::domain::payload::json::{escape_len, is_scalar};
use crate::domain::payload::lints::whole_float;
use crate::domain::payload::written_out::written_out;
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
    /// What the context has for it, where no filter changes that.
    pub value: Option<&'a Value>,
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

    /// Takes a filter that escapes for HTML away, or escapes for JSON before HTML is thought of.
    fn without_entities(&self) -> Fix {
        let is_escape = |name: &str| matches!(name, "escape" | "force_escape" | "escape_once");
        let found = self.expr.filters.iter().find(|filter| is_escape(&filter.name));
        let bar = found.and_then(|filter| Some((filter, self.source.get(..filter.name_span.start)?.rfind('|')?)));
        match bar {
            Some((filter, bar)) => {
                let span = bar..filter.arg.as_ref().map_or(filter.name_span.end, |(_, span)| span.end);
                let end = self.expr.span.end;
                // At the end: what follows would change the escapes.
                let edits = vec![(span, String::new()), (end..end, "|escapejs".to_owned())];
                Fix { label: "Use escapejs instead".to_owned(), edits }
            }
            None => self.with_filter("escapejs"),
        }
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
        let has_entity = |text: &str| {
            let text = text.to_ascii_lowercase();
            ["&amp;", "&lt;", "&gt;", "&quot;", "&#x27;", "&#39;"].iter().any(|entity| text.contains(entity))
        };
        // What the data itself holds is not the template's doing.
        let is_of_data = self.text.contains('&') && self.value.and_then(Value::as_str).is_some_and(has_entity);
        if self.text.contains('&') && has_entity(self.text) && !is_of_data {
            let message = format!("the value of `{}` prints HTML entities into JSON", self.name());
            return Some(self.problem(Severity::Warning, "html-entity", message, Some(self.without_entities())));
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
        if text.starts_with('"') {
            return None;
        }
        if is_scalar(text) {
            return self.lint_number(text);
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

    /// Numbers that JSON allows and receivers read otherwise.
    fn lint_number(&self, text: &str) -> Option<TemplateProblem> {
        let digits = text.trim_start_matches('-');
        if digits.ends_with(".0") && !self.expr.filters.iter().any(|filter| filter.name == "floatformat") {
            return Some(whole_float(self.source, self.name(), self.expr.span.end, self.span.clone()));
        }
        // Whole numbers beyond 2^53 are rounded by all who read numbers as JavaScript does.
        let is_beyond = digits.parse::<u128>().map_or(digits.len() > 38, |number| number > 1 << 53);
        if !is_beyond || digits.contains(['.', 'e', 'E']) {
            return None;
        }
        let name = self.name();
        let message =
            format!("`{name}` has more digits than most receivers keep of a number; as text it arrives whole");
        let fix = Fix {
            label: "Send it as text".to_owned(),
            edits: vec![
                (self.span.start..self.span.start, "\"".to_owned()),
                (self.span.end..self.span.end, "\"".to_owned()),
            ],
        };
        Some(self.problem(Severity::Warning, "big-number", message, Some(fix)))
    }

    /// A loop that prints a list as JSON, or an object's fields.
    fn loop_fix(&self, text: &str) -> Option<Fix> {
        if let Some(written) = self.value.and_then(|value| written_out(self.name(), value)) {
            return Some(Fix { label: "Write it out as JSON".to_owned(), edits: vec![(self.span.clone(), written)] });
        }
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

/// Whether a value can stand inside a JSON text.
pub fn fits_in_text(text: &str) -> bool {
    first_fault(text).is_none()
}

/// Whether a value can stand where JSON wants one.
pub fn fits_as_value(text: &str) -> bool {
    let text = text.trim();
    is_scalar(text)
        || text.starts_with('"')
        || text.starts_with(['[', '{']) && crate::domain::payload::json::find_fault(text).is_none()
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
