//! Python's values on minijinja's: lists, dicts, dates, and how they convert.
//!
//! In: JSON, and what filters make. Out: minijinja values that look up, print and compare as Python's do.
//! Invariant: conversions never panic, and refuse data nested deeper than `MAX_DATA_DEPTH`.

pub mod big;
pub mod compare;
pub mod dict;
pub mod json;
pub mod json_text;
pub mod list;
pub mod lookup;
pub mod methods;
pub mod moment;
pub mod number;
pub mod print;

use std::borrow::Cow;

use minijinja::Value;
use minijinja::value::ValueKind;

use crate::domain::template::value::dict::Dict;
use crate::domain::template::value::list::{Form, List};
use crate::domain::template::value::moment::Moment;

/// How deeply lists and dicts may nest: printing, comparing and dropping them are recursive.
pub const MAX_DATA_DEPTH: u16 = 100;

/// A number, told apart as Python does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    Int(i128),
    Float(f64),
}

impl Number {
    /// The number as a float.
    pub fn as_f64(self) -> f64 {
        match self {
            Self::Int(int) => int as f64,
            Self::Float(float) => float,
        }
    }

    /// The number as a value.
    pub fn into_value(self) -> Value {
        match self {
            Self::Int(int) => int_value(int),
            Self::Float(float) => Value::from(float),
        }
    }
}

/// An integer as the smallest value that holds it.
pub fn int_value(int: i128) -> Value {
    match i64::try_from(int) {
        Ok(int) => Value::from(int),
        Err(_) => Value::from(int),
    }
}

/// The value as a number; booleans count, as in Python.
pub fn number_of(value: &Value) -> Option<Number> {
    match value.kind() {
        ValueKind::Bool => Some(Number::Int(i128::from(value.is_true()))),
        ValueKind::Number if value.is_integer() => i128::try_from(value.clone()).ok().map(Number::Int),
        ValueKind::Number => f64::try_from(value.clone()).ok().map(Number::Float),
        _ => None,
    }
}

/// Whether Python's `str.isspace` and `\s` take the character for white space.
pub fn is_space(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '\u{1c}'..='\u{1f}')
}

/// Python's `text.split()`.
pub fn split_space(text: &str) -> Vec<&str> {
    if !text.is_ascii() {
        return text.split(is_space).filter(|word| !word.is_empty()).collect();
    }
    let mut words = Vec::new();
    let mut start = 0;
    for (at, byte) in text.bytes().chain([b' ']).enumerate() {
        if matches!(byte, b' ' | 0x9..=0xd | 0x1c..=0x1f) {
            if start < at {
                words.extend(text.get(start..at));
            }
            start = at + 1;
        }
    }
    words
}

/// Text marked as safe from escaping.
pub fn safe(text: String) -> Value {
    Value::from_safe_string(text)
}

/// A list.
pub fn list(items: Vec<Value>) -> Value {
    Value::from_object(List::new(items, Form::List))
}

/// The items of a list, tuple or dict view.
pub fn as_list(value: &Value) -> Option<&List> {
    value.downcast_object_ref::<List>()
}

/// The value as a dict.
pub fn as_dict(value: &Value) -> Option<&Dict> {
    value.downcast_object_ref::<Dict>()
}

/// Bytes as the text that Python's `int` and `float` read in them.
pub fn text_of_bytes(value: &Value) -> Option<String> {
    let list = as_list(value).filter(|list| list.form == Form::Bytes)?;
    Some(
        list.items
            .iter()
            .filter_map(Value::as_i64)
            .filter_map(|byte| u8::try_from(byte).ok())
            .map(char::from)
            .collect(),
    )
}

/// The value as a date or time.
pub fn as_moment(value: &Value) -> Option<&Moment> {
    value.downcast_object_ref::<Moment>()
}

/// What iterating over the value gives: items, keys or characters; `None` for what Python cannot iterate over.
pub fn items_of(value: &Value) -> Option<Cow<'_, [Value]>> {
    if let Some(list) = as_list(value) {
        return Some(Cow::Borrowed(&list.items));
    }
    if let Some(dict) = as_dict(value) {
        return Some(Cow::Owned(dict.keys()));
    }
    let text = value.as_str()?;
    let mut buffer = [0; 4];
    Some(Cow::Owned(text.chars().map(|letter| Value::from(&*letter.encode_utf8(&mut buffer))).collect()))
}

/// Python's `len`, or `None` where it has none.
pub fn len_of(value: &Value) -> Option<usize> {
    if let Some(list) = as_list(value) {
        return Some(list.items.len());
    }
    if let Some(dict) = as_dict(value) {
        return Some(dict.len());
    }
    value.as_str().map(|text| text.chars().count())
}

/// How deeply the value nests.
pub fn depth_of(value: &Value) -> u16 {
    if let Some(list) = as_list(value) {
        return list.depth;
    }
    as_dict(value).map_or(0, |dict| dict.depth)
}

/// The name of the value's type, as Python's errors print it.
pub fn type_name(value: &Value) -> &'static str {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => "NoneType",
        ValueKind::Bool => "bool",
        ValueKind::Number if value.is_integer() => "int",
        ValueKind::Number => "float",
        ValueKind::String => "str",
        ValueKind::Map => "dict",
        ValueKind::Seq => as_list(value).map_or("list", |list| list.form.name()),
        _ if big::as_big(value).is_some() => "int",
        _ => as_moment(value).map_or("object", Moment::type_name),
    }
}
