//! Variables as completions.
//!
//! In: a scope, or a value. Out: items with their current values, written as Django needs them.
//! Invariant: a name with spaces, `$` or `-` is written with `lookup`, and so is every step after it.

use serde_json::Value;

use crate::view_model::completion::{CompletionItem, ItemKind};
use crate::view_model::template_scope::{Scope, is_plain_name, short_value, type_word};

/// A longer list would not be read.
const MAX_ITEMS: usize = 200;
/// Items of a list that are offered by number.
const MAX_NUMBERED: usize = 10;
/// How deep variables are offered between tags.
const MAX_DEPTH: usize = 4;

fn variable(label: String, insert: String, value: Option<&Value>) -> CompletionItem {
    CompletionItem {
        kind: ItemKind::Variable,
        label,
        detail: value.map(short_value).unwrap_or_default(),
        info: value.map(|value| type_word(value).to_owned()).unwrap_or_default(),
        insert,
        replace_from: None,
    }
}

/// Names at the root.
pub fn roots(scope: &Scope<'_>) -> Vec<CompletionItem> {
    let mut items: Vec<_> = scope
        .roots()
        .into_iter()
        .filter(|(name, _)| is_plain_name(name))
        .map(|(name, value)| variable(name.to_owned(), name.to_owned(), value))
        .collect();
    if scope.open.iter().any(|open| open == "for") {
        for (label, doc) in [
            ("forloop.last", "True in the last turn of the loop."),
            ("forloop.first", "True in the first turn of the loop."),
            ("forloop.counter", "The turn, from 1."),
        ] {
            let item = variable(label.to_owned(), label.to_owned(), None);
            items.push(CompletionItem { info: doc.to_owned(), ..item });
        }
    }
    items
}

/// What can follow the dot at `dot`.
pub fn members(value: &Value, dot: usize) -> Vec<CompletionItem> {
    match value {
        Value::Object(object) => object
            .iter()
            .take(MAX_ITEMS)
            .map(|(key, value)| {
                if is_plain_name(key) {
                    variable(key.clone(), key.clone(), Some(value))
                } else {
                    let item = variable(key.clone(), format!("|lookup:{}", quoted(key)), Some(value));
                    CompletionItem { replace_from: Some(dot), ..item }
                }
            })
            .collect(),
        Value::Array(items) => items
            .iter()
            .take(MAX_NUMBERED)
            .enumerate()
            .map(|(item_idx, value)| variable(item_idx.to_string(), item_idx.to_string(), Some(value)))
            .collect(),
        _ => Vec::new(),
    }
}

/// The keys of a value, each written by `write`.
pub fn keys_for_lookup(value: &Value, write: impl Fn(&str) -> String) -> Vec<CompletionItem> {
    match value {
        Value::Object(object) => object
            .iter()
            .filter(|(key, _)| !key.contains(['\'', '"']))
            .take(MAX_ITEMS)
            .map(|(key, value)| variable(key.clone(), write(key), Some(value)))
            .collect(),
        Value::Array(items) => items
            .iter()
            .take(MAX_NUMBERED)
            .enumerate()
            .map(|(item_idx, value)| variable(item_idx.to_string(), write(&item_idx.to_string()), Some(value)))
            .collect(),
        _ => Vec::new(),
    }
}

fn quoted(key: &str) -> String {
    if key.contains('\'') { format!("\"{key}\"") } else { format!("'{key}'") }
}

/// The expression for a member of `parent`.
pub fn member_expr(parent: &str, key: &str) -> String {
    let is_index = !key.is_empty() && key.chars().all(|c| c.is_ascii_digit());
    if !parent.contains('|') && (is_plain_name(key) || is_index) {
        format!("{parent}.{key}")
    } else {
        format!("{parent}|lookup:{}", quoted(key))
    }
}

/// A whole tag that prints the value as JSON needs it at this place; a list becomes a loop.
pub fn printing_tag(expr: &str, value: &Value, is_in_string: bool) -> String {
    match value {
        _ if is_in_string => format!("{{{{ {expr} }}}}"),
        Value::String(_) | Value::Null => format!("\"{{{{ {expr} }}}}\""),
        Value::Bool(_) => format!("{{{{ {expr}|lower }}}}"),
        Value::Number(_) => format!("{{{{ {expr} }}}}"),
        Value::Array(_) | Value::Object(_) => {
            format!("[{{% for item in {expr} %}}${{}}{{% if not forloop.last %}},{{% endif %}}{{% endfor %}}]")
        }
    }
}

/// Variables with values, for a place between tags: those of loops around it first.
pub fn text_variables(scope: &Scope<'_>, is_in_string: bool) -> Vec<CompletionItem> {
    let mut leaves = Vec::new();
    for (name, value) in scope.roots() {
        if let Some(value) = value {
            collect_leaves(name.to_owned(), value, 1, &mut leaves);
        }
    }
    leaves
        .into_iter()
        .take(MAX_ITEMS)
        .map(|(expr, value)| {
            let insert = printing_tag(&expr, value, is_in_string);
            variable(expr, insert, Some(value))
        })
        .collect()
}

fn collect_leaves<'a>(expr: String, value: &'a Value, depth: usize, leaves: &mut Vec<(String, &'a Value)>) {
    if leaves.len() >= MAX_ITEMS {
        return;
    }
    match value {
        Value::Object(object) if depth < MAX_DEPTH => {
            for (key, inner) in object.iter().filter(|(key, _)| !key.contains('"')) {
                collect_leaves(member_expr(&expr, key), inner, depth + 1, leaves);
            }
        }
        Value::Object(_) => {}
        _ => leaves.push((expr, value)),
    }
}
