//! Harsh data: an event and a profile as they may come one day.
//!
//! In: a profile and an event. Out: variants of them, each with one field changed; and which of them break a payload.
//! Invariant: variants have a fixed order, so that a sweep can go on where it stopped; of a list only the first item is varied.

use serde_json::{Map, Number, Value};

use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::payload::RenderedPayload;
use crate::domain::template::problem::Severity;

/// What is done to a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Harshness {
    Missing,
    Null,
    Empty,
    Quotes,
    Backslash,
    Newline,
    Emoji,
    RightToLeft,
    VeryLong,
    HugeNumber,
    FractionalNumber,
    NumberAsText,
    EmptyList,
    OneElement,
}

use Harshness::{
    Backslash, Emoji, Empty, EmptyList, FractionalNumber, HugeNumber, Missing, Newline, Null, NumberAsText, OneElement,
    Quotes, RightToLeft, VeryLong,
};

impl Harshness {
    /// What the field is then, as in `Name is missing`.
    pub const fn words(self) -> &'static str {
        match self {
            Missing => "is missing",
            Null => "is null",
            Empty => "is empty",
            Quotes => "has quotes",
            Backslash => "has a backslash",
            Newline => "has a line break",
            Emoji => "has emoji",
            RightToLeft => "is written right to left",
            VeryLong => "is very long",
            HugeNumber => "is a huge number",
            FractionalNumber => "is a fractional number",
            NumberAsText => "is a number as text",
            EmptyList => "is an empty list",
            OneElement => "is a list of one",
        }
    }

    const fn of_kind(value: &Value) -> &'static [Self] {
        match value {
            Value::String(_) => {
                &[Missing, Null, Empty, Quotes, Backslash, Newline, Emoji, RightToLeft, VeryLong, NumberAsText]
            }
            Value::Number(_) => &[Missing, Null, Empty, HugeNumber, FractionalNumber, NumberAsText],
            Value::Bool(_) | Value::Null => &[Missing, Null, Empty],
            Value::Array(_) => &[Missing, Null, EmptyList, OneElement],
            Value::Object(_) => &[Missing, Null],
        }
    }

    /// The value instead; `None` takes the field away.
    fn apply(self, value: &Value) -> Option<Value> {
        let text = |text: &str| Some(Value::String(text.to_owned()));
        match self {
            Missing => None,
            Null => Some(Value::Null),
            Empty => text(""),
            Quotes => text("12\" \"Deluxe\" 'x'"),
            Backslash => text("C:\\parts\\x"),
            Newline => text("Line one\nline two\r\n\tthree"),
            Emoji => text("👩🏽‍🚒 ✨"),
            RightToLeft => text("\u{202b}שלום عالم\u{202c}"),
            VeryLong => Some(Value::String("Lorem ipsum dolor sit amet ".repeat(400))),
            HugeNumber => Some(Value::Number(Number::from(9_007_199_254_740_993_i64))),
            FractionalNumber => Number::from_f64(0.1 + 0.2).map(Value::Number),
            NumberAsText => text("29.98"),
            EmptyList => Some(Value::Array(Vec::new())),
            OneElement => Some(Value::Array(value.as_array()?.iter().take(1).cloned().collect())),
        }
    }
}

/// A step to a field.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Key(String),
    First,
}

/// One field changed in one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// As a template would name it, a list's items as `[]`: `event.Items[].Name`.
    pub field: String,
    pub harshness: Harshness,
    is_event: bool,
    path: Vec<Step>,
}

/// More are not tried: an event of some megabytes has no end of fields.
const MAX_VARIANTS: usize = 20_000;

/// Every variant, fields in the order they have.
pub fn variants(profile: &Profile, event: Option<&TriggerEvent>) -> Vec<Variant> {
    let mut found = Vec::new();
    if let Some(event) = event {
        for (key, value) in &event.properties {
            let shown = if key == "$extra" { "extra" } else { key };
            collect(&mut found, true, format!("event.{shown}"), vec![Step::Key(key.clone())], value);
        }
    }
    for (key, value) in &profile_fields(profile) {
        collect(&mut found, false, format!("person.{key}"), vec![Step::Key(key.clone())], value);
    }
    found
}

fn collect(found: &mut Vec<Variant>, is_event: bool, field: String, path: Vec<Step>, value: &Value) {
    for harshness in Harshness::of_kind(value) {
        if found.len() < MAX_VARIANTS {
            found.push(Variant { field: field.clone(), harshness: *harshness, is_event, path: path.clone() });
        }
    }
    match value {
        Value::Object(object) => {
            for (key, inner) in object {
                let path = path.iter().cloned().chain([Step::Key(key.clone())]).collect();
                collect(found, is_event, format!("{field}.{key}"), path, inner);
            }
        }
        Value::Array(items) => {
            if let Some(first) = items.first() {
                let path = path.iter().cloned().chain([Step::First]).collect();
                collect(found, is_event, format!("{field}[]"), path, first);
            }
        }
        _ => {}
    }
}

const NATIVE: [&str; 3] = ["first_name", "last_name", "phone_number"];

/// The fields of a profile that may be anything; the email address is always there.
fn profile_fields(profile: &Profile) -> Map<String, Value> {
    let mut fields = Map::new();
    for (name, value) in NATIVE.into_iter().zip([&profile.first_name, &profile.last_name, &profile.phone_number]) {
        fields.insert(name.to_owned(), Value::String(value.clone()));
    }
    fields.insert("location".to_owned(), Value::Object(profile.location.clone()));
    for (name, value) in &profile.properties {
        fields.insert(name.clone(), value.clone());
    }
    fields
}

/// The profile and the event with the variant's field changed.
pub fn apply(variant: &Variant, profile: &Profile, event: Option<&TriggerEvent>) -> (Profile, Option<TriggerEvent>) {
    let mut profile = profile.clone();
    let mut event = event.cloned();
    match &mut event {
        Some(event) if variant.is_event => change(&mut event.properties, &variant.path, variant.harshness),
        _ => {
            let mut fields = profile_fields(&profile);
            change(&mut fields, &variant.path, variant.harshness);
            put_back(&mut profile, fields);
        }
    }
    (profile, event)
}

fn put_back(profile: &mut Profile, mut fields: Map<String, Value>) {
    // A name of the profile itself is text or nothing.
    let mut native = |name: &str| match fields.remove(name) {
        Some(Value::String(text)) => text,
        _ => String::new(),
    };
    profile.first_name = native("first_name");
    profile.last_name = native("last_name");
    profile.phone_number = native("phone_number");
    profile.location = match fields.remove("location") {
        Some(Value::Object(location)) => location,
        _ => Map::new(),
    };
    profile.properties = fields;
}

fn change(object: &mut Map<String, Value>, path: &[Step], harshness: Harshness) {
    let Some((Step::Key(key), rest)) = path.split_first() else { return };
    if rest.is_empty() {
        match object.get(key).and_then(|value| harshness.apply(value)) {
            Some(value) => drop(object.insert(key.clone(), value)),
            None => drop(object.shift_remove(key)),
        }
    } else if let Some(value) = object.get_mut(key) {
        change_value(value, rest, harshness);
    }
}

fn change_value(value: &mut Value, path: &[Step], harshness: Harshness) {
    match (value, path) {
        (Value::Object(object), path) => change(object, path, harshness),
        (Value::Array(items), [Step::First]) => {
            if let Some(first) = items.first_mut() {
                // An item cannot be missing; it is null then.
                *first = harshness.apply(first).unwrap_or(Value::Null);
            }
        }
        (Value::Array(items), [Step::First, rest @ ..]) => {
            if let Some(first) = items.first_mut() {
                change_value(first, rest, harshness);
            }
        }
        _ => {}
    }
}

/// A variant for which a payload cannot be sent, and the first reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Break {
    pub field: String,
    pub harshness: Harshness,
    /// What is wrong, and where in the template.
    pub message: String,
    pub range: std::ops::Range<usize>,
    pub line: usize,
    pub column: usize,
}

/// Why a variant's rendering cannot be sent; `None` if it can.
pub fn judge(variant: &Variant, rendered: &RenderedPayload) -> Option<Break> {
    let problem = rendered.problems.iter().find(|problem| problem.severity == Severity::Error);
    let (message, range, line, column) = match (problem, &rendered.output) {
        (Some(problem), _) => (problem.message.clone(), problem.range.clone(), problem.line, problem.column),
        (None, None) => ("the payload does not render".to_owned(), 0..0, 1, 1),
        (None, Some(_)) => return None,
    };
    Some(Break { field: variant.field.clone(), harshness: variant.harshness, message, range, line, column })
}
