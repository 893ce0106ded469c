//! Django's dotted lookups: dict key, then attribute or method, then list index.
//!
//! In: a value and the names after the dots. Out: what they lead to, or nothing.
//! Invariant: a step that leads nowhere is a missing value, never an error.
//!
//! <https://docs.djangoproject.com/en/5.2/ref/templates/language/#variables>

use minijinja::Value;
use minijinja::value::ValueKind;

use crate::domain::template::value::big::as_big;
use crate::domain::template::value::list::Form;
use crate::domain::template::value::{as_dict, as_list, as_moment, methods, number};

/// What one step after a dot leads to; `None` when it is missing.
pub fn step(value: &Value, name: &str) -> Option<Value> {
    if let Some(dict) = as_dict(value) {
        return match dict.get(name) {
            Some(found) => Some(found.clone()),
            None => match name {
                "items" => Some(dict.view(Form::Items)),
                "keys" => Some(dict.view(Form::Keys)),
                "values" => Some(dict.view(Form::Values)),
                "copy" => Some(value.clone()),
                "update" => Some(Value::from(())),
                _ => None,
            },
        };
    }
    if let Some(list) = as_list(value) {
        if let Some(idx) = list.form.fields().iter().position(|field| *field == name) {
            return list.items.get(idx).cloned();
        }
        if name == "copy" && list.form == Form::List {
            return Some(value.clone());
        }
        if !list.form.is_indexed() {
            return None;
        }
        return index(name, list.items.len()).and_then(|idx| list.items.get(idx).cloned());
    }
    if let Some(text) = value.as_str() {
        if let Some(found) = methods::of_text(text, name) {
            return Some(found);
        }
        let letter = index(name, text.len()).and_then(|idx| text.chars().nth(idx));
        return letter.map(|letter| Value::from(letter.to_string()));
    }
    if let Some(moment) = as_moment(value) {
        return moment.attribute(name);
    }
    if value.is_number() || value.kind() == ValueKind::Bool || as_big(value).is_some() {
        return methods::of_number(value, name);
    }
    value.as_object()?.get_value_by_str(name)
}

/// A list index, as Python's `int` reads it.
fn index(name: &str, len: usize) -> Option<usize> {
    let index = number::parse_int(name)?;
    let index = if index < 0 { index + i128::try_from(len).ok()? } else { index };
    usize::try_from(index).ok()
}
