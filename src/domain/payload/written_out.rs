//! A list or an object, written out as JSON by a template.
//!
//! In: an expression and what it stands for now. Out: template that prints it as JSON, whatever texts it holds.
//! Invariant: every text is escaped; gives nothing rather than something that is no JSON.

use serde_json::{Map, Value};

use crate::domain::template::parse::hints::with_lookups;

/// Longer templates help nobody.
const MAX_LEN: usize = 4_000;
const MAX_DEPTH: usize = 4;

/// The template, where one is known.
pub fn written_out(expr: &str, value: &Value) -> Option<String> {
    let mut out = String::new();
    write(&mut out, expr, value, 0)?;
    (out.len() <= MAX_LEN).then_some(out)
}

fn write(out: &mut String, expr: &str, value: &Value, depth: usize) -> Option<()> {
    if depth > MAX_DEPTH || out.len() > MAX_LEN {
        return None;
    }
    match value {
        Value::Null => tag(out, "", expr, "|default_if_none:'null'", ""),
        Value::Bool(_) => tag(out, "", expr, "|lower", ""),
        Value::Number(_) => tag(out, "", expr, "", ""),
        Value::String(_) => tag(out, "\"", expr, "|escapejs", "\""),
        Value::Array(items) => list(out, expr, items, depth)?,
        Value::Object(object) => fields(out, expr, object, depth)?,
    }
    Some(())
}

fn tag(out: &mut String, before: &str, expr: &str, filter: &str, after: &str) {
    for piece in [before, "{{ ", expr, filter, " }}", after] {
        out.push_str(piece);
    }
}

fn list(out: &mut String, expr: &str, items: &[Value], depth: usize) -> Option<()> {
    let name = ["item", "part", "piece", "leaf", "last"].get(depth)?;
    for piece in ["[{% for ", name, " in ", expr, " %}"] {
        out.push_str(piece);
    }
    let first = items.first()?;
    if items.iter().all(|item| kind(item) == kind(first)) {
        match (first, common(items)) {
            (Value::Object(_), common) => fields(out, name, &common, depth + 1)?,
            _ => write(out, name, first, depth + 1)?,
        }
    } else if items.iter().all(|item| matches!(item, Value::Null | Value::Bool(_) | Value::Number(_))) {
        tag(out, "", name, "|default_if_none:'null'|lower", "");
    } else {
        return None;
    }
    out.push_str("{% if not forloop.last %},{% endif %}{% endfor %}]");
    Some(())
}

const fn kind(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Number(_) => 2,
        Value::String(_) => 3,
        Value::Array(_) => 4,
        Value::Object(_) => 5,
    }
}

/// The fields that every object of the list has, of one kind in all of them.
fn common(items: &[Value]) -> Map<String, Value> {
    let mut common = items.first().and_then(Value::as_object).cloned().unwrap_or_default();
    common.retain(|key, value| items.iter().all(|item| item.get(key).is_some_and(|other| kind(other) == kind(value))));
    common
}

fn fields(out: &mut String, expr: &str, object: &Map<String, Value>, depth: usize) -> Option<()> {
    out.push('{');
    for (field_idx, (key, value)) in object.iter().enumerate() {
        if field_idx > 0 {
            out.push_str(", ");
        }
        let written = Value::String(key.clone()).to_string();
        if written.contains(['{', '%', '}']) {
            return None;
        }
        out.push_str(&written);
        out.push_str(": ");
        write(out, &member(expr, key)?, value, depth + 1)?;
    }
    out.push('}');
    Some(())
}

fn member(expr: &str, key: &str) -> Option<String> {
    let mut member = expr.to_owned();
    let is_plain = key.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_plain && !expr.contains('|') {
        member.push('.');
        member.push_str(key);
    } else {
        member.push_str(&with_lookups(std::iter::once(key))?);
    }
    Some(member)
}
