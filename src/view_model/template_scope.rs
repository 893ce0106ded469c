//! What the names of a template stand for at one place of it.
//!
//! In: source that may be half typed, a place, the context of a rendering. Out: names with values, open blocks, values of expressions.
//! Invariant: answers from the text before the place only, so that it works while somebody types.

use serde_json::{Map, Value};

use crate::domain::template::parse::lexer::{TokenKind, tokenize};

/// Names and open blocks at a place.
#[derive(Debug, Clone)]
pub struct Scope<'a> {
    context: &'a Map<String, Value>,
    /// Given by `for`, `with` and `as`, the innermost last.
    pub names: Vec<Name<'a>>,
    /// Tags that are open, the innermost last.
    pub open: Vec<String>,
}

/// A name that the template gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Name<'a> {
    pub name: String,
    /// An example of what it stands for, where that is known.
    pub value: Option<&'a Value>,
    /// The list that a loop goes through, as it is written.
    pub list: Option<String>,
}

/// What is known at `at`.
pub fn scope_at<'a>(source: &str, at: usize, context: &'a Map<String, Value>) -> Scope<'a> {
    let mut scope = Scope { context, names: Vec::new(), open: Vec::new() };
    let mut depths: Vec<usize> = Vec::new();
    let before = source.get(..at).unwrap_or(source);
    for token in tokenize(before).into_iter().filter(|token| token.kind == TokenKind::Block) {
        let inner = before.get(token.inner).unwrap_or_default();
        let (tag, rest) = inner.split_once(char::is_whitespace).unwrap_or((inner, ""));
        if let Some(name) = tag.strip_prefix("end") {
            if let Some(place) = scope.open.iter().rposition(|open| open == name) {
                scope.open.truncate(place);
                scope.names.truncate(depths.get(place).copied().unwrap_or(0));
                depths.truncate(place);
            }
        } else if is_block(tag) {
            depths.push(scope.names.len());
            scope.open.push(tag.to_owned());
            match tag {
                "for" => scope.enter_loop(rest),
                "with" => scope.enter_with(rest),
                _ => {}
            }
        } else if let Some((_, name)) = rest.rsplit_once(" as ") {
            scope.names.push(Name { name: name.trim().to_owned(), value: None, list: None });
        }
    }
    scope
}

fn is_block(tag: &str) -> bool {
    [
        "if",
        "for",
        "with",
        "comment",
        "verbatim",
        "spaceless",
        "autoescape",
        "ifchanged",
        "filter",
        "block",
        "blocktranslate",
    ]
    .contains(&tag)
}

impl<'a> Scope<'a> {
    fn enter_loop(&mut self, rest: &str) {
        let Some((names, list)) = rest.split_once(" in ") else { return };
        let list = list.trim().trim_end_matches("reversed").trim();
        let names: Vec<&str> = names.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
        let pairs_of = list.strip_suffix(".items").filter(|_| names.len() == 2);
        let mut found = Vec::new();
        match (names.as_slice(), pairs_of) {
            ([_, _], Some(parent)) => {
                let value = match self.resolve(parent) {
                    Some(Value::Object(object)) => object.values().next(),
                    _ => None,
                };
                found.extend([None, value]);
            }
            ([_], _) => {
                found.push(match self.resolve(list) {
                    Some(Value::Array(items)) => items.first(),
                    _ => None,
                });
            }
            _ => found.resize(names.len(), None),
        }
        for (name, value) in names.iter().zip(found) {
            let list = (names.len() == 1).then(|| list.to_owned());
            self.names.push(Name { name: (*name).to_owned(), value, list });
        }
    }

    fn enter_with(&mut self, rest: &str) {
        if let Some((expr, name)) = rest.split_once(" as ") {
            let value = self.resolve(expr.trim());
            self.names.push(Name { name: name.trim().to_owned(), value, list: None });
            return;
        }
        for binding in split_outside_quotes(rest, ' ') {
            if let Some((name, expr)) = binding.split_once('=') {
                let value = self.resolve(expr.trim());
                self.names.push(Name { name: name.trim().to_owned(), value, list: None });
            }
        }
    }

    /// The value of an expression such as `event.Items.0` or `event|lookup:'$value'`, where it is known.
    pub fn resolve(&self, expr: &str) -> Option<&'a Value> {
        let mut parts = split_outside_quotes(expr.trim(), '|').into_iter();
        let mut steps = parts.next()?.trim().split('.');
        let first = steps.next()?;
        let mut value = match self.names.iter().rev().find(|name| name.name == first) {
            Some(name) => name.value?,
            None => self.context.get(first)?,
        };
        for step in steps {
            value = step_into(value, step)?;
        }
        for filter in parts {
            let (name, arg) = filter.split_once(':').unwrap_or((filter, ""));
            let arg = arg.trim_matches(['\'', '"']);
            value = match (name.trim(), value) {
                ("lookup", value) => step_into(value, arg)?,
                ("first", Value::Array(items)) => items.first()?,
                ("last", Value::Array(items)) => items.last()?,
                ("random", Value::Array(items)) => items.first()?,
                (
                    "default" | "default_if_none" | "safe" | "slice" | "dictsort" | "dictsortreversed" | "sort"
                    | "reverse" | "uniq" | "compact" | "list_where" | "dictfilter",
                    value,
                ) => value,
                _ => return None,
            };
        }
        Some(value)
    }

    /// Names at the root: what the template gave, then what the context has. Inner names hide outer ones.
    pub fn roots(&self) -> Vec<(&str, Option<&'a Value>)> {
        let mut roots: Vec<(&str, Option<&'a Value>)> = Vec::new();
        for name in self.names.iter().rev() {
            if !roots.iter().any(|(known, _)| *known == name.name) {
                roots.push((&name.name, name.value));
            }
        }
        for (name, value) in self.context {
            if !roots.iter().any(|(known, _)| *known == name) {
                roots.push((name, Some(value)));
            }
        }
        roots
    }
}

fn step_into<'a>(value: &'a Value, step: &str) -> Option<&'a Value> {
    match value {
        Value::Object(object) => object.get(step),
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        _ => None,
    }
}

/// Splits at a sign that stands outside quotes.
pub fn split_outside_quotes(text: &str, sign: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut quote = None;
    let mut start = 0;
    for (at, letter) in text.char_indices() {
        match (quote, letter) {
            (Some(open), _) if open == letter => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(letter),
            (None, _) if letter == sign => {
                parts.push(text.get(start..at).unwrap_or_default());
                start = at + sign.len_utf8();
            }
            (None, _) => {}
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

/// Whether a name can follow a dot; others need `lookup`.
pub fn is_plain_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A value in a few words: text and numbers as they are, lists and objects by their size.
pub fn short_value(value: &Value) -> String {
    const MAX_CHARS: usize = 40;
    match value {
        Value::Array(items) if items.len() == 1 => "1 item".to_owned(),
        Value::Array(items) => format!("{} items", items.len()),
        Value::Object(object) if object.len() == 1 => "1 field".to_owned(),
        Value::Object(object) => format!("{} fields", object.len()),
        Value::String(text) => {
            let shown: String = text.chars().take(MAX_CHARS).collect();
            let more = if shown.len() < text.len() { "…" } else { "" };
            format!("\"{}{more}\"", shown.replace('\n', "⏎"))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// What kind of value it is, in one word.
pub const fn type_word(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view_model::json_text::parse_object;

    const CONTEXT: &str = r#"{"email": "ann@example.com", "event": {"Items": [{"SKU": "A-1", "Tags": ["x"]}], "$value": 29.5,
        "Ship To": {"City": "Oslo"}}}"#;

    fn check(source: &str, expr: &str, expected: Option<&str>) {
        let context = parse_object(CONTEXT).expect("JSON");
        let scope = scope_at(source, source.len(), &context);
        assert_eq!(scope.resolve(expr).map(Value::to_string).as_deref(), expected, "{source} ▸ {expr}");
    }

    #[test]
    fn expressions_have_the_values_of_the_context() {
        check("", "email", Some("\"ann@example.com\""));
        check("", "event.Items.0.SKU", Some("\"A-1\""));
        check("", "event|lookup:'$value'", Some("29.5"));
        check("", "event|lookup:\"Ship To\"|lookup:'City'|default:'a|b'", Some("\"Oslo\""));
        check("", "event.Items|first", Some(r#"{"SKU":"A-1","Tags":["x"]}"#));
        check("", "event.Nothing.x", None);
        check("", "email|upper", None);
    }

    #[test]
    fn loops_and_with_give_names_until_they_end() {
        check("{% for item in event.Items %}", "item.SKU", Some("\"A-1\""));
        check("{% for item in event.Items %}{% for tag in item.Tags %}", "tag", Some("\"x\""));
        check("{% for item in event.Items %}{% endfor %}", "item", None);
        check("{% for key, value in event.items %}", "value.0.SKU", Some("\"A-1\""));
        check("{% with a=event|lookup:'Ship To' b=email %}{% if a %}", "a.City", Some("\"Oslo\""));
        check("{% with event.Items as list %}", "list.0.SKU", Some("\"A-1\""));
        check("{% for email in event.Items %}", "email.SKU", Some("\"A-1\""));
    }

    #[test]
    fn open_blocks_are_known_and_wrong_ends_are_passed_over() {
        let context = Map::new();
        let scope = scope_at("{% if a %}{% for b in c %}{% endwith %}{{ x ", 40, &context);
        assert_eq!(scope.open, ["if", "for"]);
    }
}
