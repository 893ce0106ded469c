//! JSON as template values.
//!
//! In: parsed JSON. Out: values with Python's behaviour.
//! Invariant: what nests too deeply becomes `None` rather than overflow the stack.

use std::sync::Arc;

use minijinja::Value;
use serde_json::Map;

use crate::domain::template::value::big::{Int, int_of_text};
use crate::domain::template::value::dict::Dict;
use crate::domain::template::value::list::{Form, List};
use crate::domain::template::value::{MAX_DATA_DEPTH, as_dict, as_list};

/// The value for a piece of JSON.
pub fn from_json(json: &serde_json::Value) -> Value {
    convert(json, MAX_DATA_DEPTH, None)
}

/// The dict for a JSON object.
pub fn dict_from_json(object: &Map<String, serde_json::Value>) -> Dict {
    entries(object, MAX_DATA_DEPTH, None)
}

/// The items of a list are mostly alike: `like`, the one before, lends its keys.
fn entries(object: &Map<String, serde_json::Value>, room: u16, like: Option<&Dict>) -> Dict {
    let mut entries = Vec::with_capacity(object.len());
    for (idx, (key, value)) in object.iter().enumerate() {
        let before = like.and_then(|like| like.entries().get(idx)).filter(|(other, _)| **other == **key);
        let key = before.map_or_else(|| Arc::from(key.as_str()), |(key, _)| key.clone());
        entries.push((key, convert(value, room, before.map(|(_, value)| value))));
    }
    Dict::new(entries)
}

fn convert(json: &serde_json::Value, room: u16, like: Option<&Value>) -> Value {
    let Some(room) = room.checked_sub(1) else { return Value::from(()) };
    match json {
        serde_json::Value::Null => Value::from(()),
        serde_json::Value::Bool(flag) => Value::from(*flag),
        serde_json::Value::Number(number) => {
            if let Some(int) = number.as_i64() {
                Value::from(int)
            } else if let Some(int) = number.as_u64() {
                Value::from(int)
            } else {
                large_number(&number.to_string())
            }
        }
        serde_json::Value::String(text) => Value::from(text.as_str()),
        serde_json::Value::Array(items) => {
            let mut values: Vec<Value> = Vec::with_capacity(items.len());
            for item in items {
                let before = values.last().or_else(|| like.and_then(as_list).and_then(|list| list.items.last()));
                let value = convert(item, room, before);
                values.push(value);
            }
            Value::from_object(List::new(values, Form::List))
        }
        serde_json::Value::Object(object) => Value::from_object(entries(object, room, like.and_then(as_dict))),
    }
}

/// A number that is no integer of 64 bits.
fn large_number(text: &str) -> Value {
    if text.contains(['.', 'e', 'E']) {
        return Value::from(text.parse::<f64>().unwrap_or(f64::NAN));
    }
    int_of_text(text).map_or(Value::from(()), Int::into_value)
}

/// The JSON for a value, for filters that print it; `None` where JSON has no such thing.
pub fn to_json(value: &Value) -> Option<serde_json::Value> {
    use minijinja::value::ValueKind;
    if let Some(list) = as_list(value) {
        return list.items.iter().map(to_json).collect::<Option<Vec<_>>>().map(serde_json::Value::Array);
    }
    if let Some(dict) = as_dict(value) {
        let mut object = Map::new();
        for (key, value) in dict.entries() {
            object.insert(key.to_string(), to_json(value)?);
        }
        return Some(serde_json::Value::Object(object));
    }
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => Some(serde_json::Value::Null),
        ValueKind::Bool => Some(serde_json::Value::Bool(value.is_true())),
        ValueKind::String => value.as_str().map(|text| serde_json::Value::String(text.to_owned())),
        ValueKind::Number if value.is_integer() => {
            let int = i128::try_from(value.clone()).ok()?;
            serde_json::Number::from_i128(int).map(serde_json::Value::Number)
        }
        ValueKind::Number => {
            serde_json::Number::from_f64(f64::try_from(value.clone()).ok()?).map(serde_json::Value::Number)
        }
        _ => None,
    }
}
