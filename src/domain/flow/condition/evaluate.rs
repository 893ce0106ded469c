//! Decides whether conditions hold, and says why.
//!
//! In: groups of conditions, an event, a profile, the time. Out: a verdict with one reason for each comparison.
//! Invariant: every test is defined for a missing value, and a negative test is the opposite of its positive one.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::flow::condition::date::read_date;
use crate::domain::flow::condition::value::{event_value, profile_value};
use crate::domain::flow::condition::{
    Condition, ConditionGroups, ListOperator, NumberOperator, Pattern, Subject, Test, TextOperator,
};
use crate::domain::time::Timestamp;

/// Longer values are cut in reasons.
const MAX_SHOWN_CHARS: usize = 60;

/// What conditions are held against.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// `None` in list, segment and date flows: every event property is then missing.
    pub event: Option<&'a TriggerEvent>,
    pub profile: &'a Profile,
    pub now: Timestamp,
}

/// Whether the conditions held, and what was compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    pub is_held: bool,
    /// One for each condition, in order.
    pub reasons: Vec<Reason>,
}

/// One comparison and how it went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Which group the condition stands in, from 0.
    pub group_idx: usize,
    pub is_held: bool,
    /// The values compared, such as `$value is 29.98; asked: greater than 100`.
    pub text: String,
}

impl Verdict {
    /// What decided: the reasons that agree with the verdict, joined; empty when nothing was compared.
    pub fn summary(&self) -> String {
        let deciding: Vec<&str> = self
            .reasons
            .iter()
            .filter(|reason| reason.is_held == self.is_held)
            .map(|reason| reason.text.as_str())
            .collect();
        deciding.join(" · ")
    }
}

/// Holds `groups` against the facts: every group must hold, and in a group one condition is enough.
///
/// Conditions without a property are left out; groups and filters without conditions hold.
pub fn evaluate(groups: &ConditionGroups, facts: Facts<'_>) -> Verdict {
    let mut verdict = Verdict { is_held: true, reasons: Vec::new() };
    for (group_idx, group) in groups.groups.iter().enumerate() {
        let mut is_group_held = None;
        for condition in group.conditions.iter().filter(|condition| condition.is_set_up()) {
            let found = find(condition, facts);
            let is_held = is_met(&condition.test, found.as_deref(), facts.now);
            is_group_held = Some(is_group_held.unwrap_or(false) || is_held);
            let text = format!("{}; asked: {}", describe(condition, found.as_deref()), asked(&condition.test));
            verdict.reasons.push(Reason { group_idx, is_held, text });
        }
        verdict.is_held &= is_group_held.unwrap_or(true);
    }
    verdict
}

fn find<'a>(condition: &Condition, facts: Facts<'a>) -> Option<Cow<'a, Value>> {
    let property = condition.property.trim();
    match condition.subject {
        Subject::Event => facts.event.and_then(|event| event_value(event, property)).map(Cow::Borrowed),
        Subject::Profile => profile_value(facts.profile, property),
    }
}

fn is_met(test: &Test, found: Option<&Value>, now: Timestamp) -> bool {
    match test {
        Test::Text { operator, value } => is_text_met(*operator, value, found.and_then(Value::as_str)),
        Test::TextIn { values, is_in } => {
            let text = found.and_then(Value::as_str);
            text.is_some_and(|text| values.iter().any(|value| value == text)) == *is_in
        }
        // Only a number is a number: text such as "20" compares with nothing, as in Klaviyo.
        Test::Number { operator, value } => is_number_met(*operator, *value, found.and_then(Value::as_f64)),
        Test::NumberBetween { start, end } => {
            found.and_then(Value::as_f64).is_some_and(|number| *start <= number && number <= *end)
        }
        Test::Boolean { value } => found.and_then(read_boolean) == Some(*value),
        Test::ListContains { value, is_contained } => {
            let items = found.and_then(Value::as_array);
            items.is_some_and(|items| items.iter().any(|item| is_item(item, value))) == *is_contained
        }
        Test::ListSet { operator, values } => is_list_met(*operator, values, found.and_then(Value::as_array)),
        Test::ListSubstring { value, is_contained } => {
            let items = found.and_then(Value::as_array);
            let holds = |item: &Value| item.as_str().is_some_and(|item| item.contains(value.as_str()));
            items.is_some_and(|items| items.iter().any(holds)) == *is_contained
        }
        Test::ListLength { operator, value } => {
            let n_items = found.and_then(Value::as_array).map(|items| items.len() as f64);
            is_number_met(*operator, f64::from(*value), n_items)
        }
        Test::Existence { is_set } => found.is_some_and(|value| !value.is_null()) == *is_set,
        Test::Date { comparison } => found.and_then(read_date).is_some_and(|date| comparison.is_met_by(date, now)),
    }
}

fn is_text_met(operator: TextOperator, value: &str, found: Option<&str>) -> bool {
    let is = |test: fn(&str, &str) -> bool| found.is_some_and(|found| test(found, value));
    match operator {
        TextOperator::Equals => is(|found, value| found == value),
        TextOperator::NotEquals => !is(|found, value| found == value),
        TextOperator::Contains => is(|found, value| found.contains(value)),
        TextOperator::NotContains => !is(|found, value| found.contains(value)),
        TextOperator::StartsWith => is(|found, value| found.starts_with(value)),
        TextOperator::NotStartsWith => !is(|found, value| found.starts_with(value)),
        TextOperator::EndsWith => is(|found, value| found.ends_with(value)),
        TextOperator::NotEndsWith => !is(|found, value| found.ends_with(value)),
        TextOperator::Matches => is(matches_pattern),
        TextOperator::NotMatches => !is(matches_pattern),
    }
}

/// A pattern that cannot be read matches nothing; the flow's check says why.
fn matches_pattern(found: &str, pattern: &str) -> bool {
    Pattern::parse(pattern).is_ok_and(|pattern| pattern.is_found_in(found))
}

fn is_list_met(operator: ListOperator, values: &[String], found: Option<&Vec<Value>>) -> bool {
    let is_there = |value: &String| found.is_some_and(|items| items.iter().any(|item| is_item(item, value)));
    match operator {
        ListOperator::ContainsAll => values.iter().all(is_there),
        ListOperator::ContainsAny => values.iter().any(is_there),
        ListOperator::NotContainsAll => !values.iter().all(is_there),
        ListOperator::NotContainsAny => !values.iter().any(is_there),
    }
}

fn is_number_met(operator: NumberOperator, value: f64, found: Option<f64>) -> bool {
    match operator {
        NumberOperator::Equals => found == Some(value),
        NumberOperator::NotEquals => found != Some(value),
        NumberOperator::GreaterThan => found.is_some_and(|found| found > value),
        NumberOperator::GreaterThanOrEqual => found.is_some_and(|found| found >= value),
        NumberOperator::LessThan => found.is_some_and(|found| found < value),
        NumberOperator::LessThanOrEqual => found.is_some_and(|found| found <= value),
    }
}

/// The values Klaviyo lists as booleans; anything else, and a missing value, is neither.
fn read_boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::Null => Some(false),
        Value::Number(number) => match number.as_f64() {
            Some(1.0) => Some(true),
            Some(0.0) => Some(false),
            _ => None,
        },
        Value::String(text) => match text.to_lowercase().as_str() {
            "1" | "true" | "t" | "yes" | "y" => Some(true),
            "0" | "false" | "f" | "no" | "n" => Some(false),
            _ => None,
        },
        Value::Array(_) | Value::Object(_) => None,
    }
}

/// A number in a list is found by its text, since the value asked for is always text.
fn is_item(item: &Value, value: &str) -> bool {
    match item {
        Value::String(text) => text == value,
        Value::Number(number) => number.to_string() == value,
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => false,
    }
}

fn describe(condition: &Condition, found: Option<&Value>) -> String {
    let property = condition.property.trim();
    match found {
        None => format!("{property} is missing"),
        Some(Value::Array(items)) => format!("{property} is a list of {}: {}", items.len(), shown(found)),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => {
            format!("{property} is {}", shown(found))
        }
    }
}

fn shown(value: Option<&Value>) -> String {
    let text = value.map(Value::to_string).unwrap_or_default();
    if text.chars().count() <= MAX_SHOWN_CHARS {
        return text;
    }
    text.chars().take(MAX_SHOWN_CHARS).chain(['…']).collect()
}

fn asked(test: &Test) -> String {
    match test {
        Test::Text { operator, value } => {
            let words = match operator {
                TextOperator::Equals => "equals",
                TextOperator::NotEquals => "does not equal",
                TextOperator::Contains => "contains",
                TextOperator::NotContains => "does not contain",
                TextOperator::StartsWith => "starts with",
                TextOperator::NotStartsWith => "does not start with",
                TextOperator::EndsWith => "ends with",
                TextOperator::NotEndsWith => "does not end with",
                TextOperator::Matches => "matches",
                TextOperator::NotMatches => "does not match",
            };
            format!("{words} \"{value}\"")
        }
        Test::TextIn { values, is_in } => {
            format!("{} \"{}\"", if *is_in { "is one of" } else { "is none of" }, values.join("\", \""))
        }
        Test::Number { operator, value } => format!("{} {value}", number_words(*operator)),
        Test::NumberBetween { start, end } => format!("between {start} and {end}"),
        Test::Boolean { value } => format!("is {value}"),
        Test::ListContains { value, is_contained } => {
            format!("{} \"{value}\"", if *is_contained { "list contains" } else { "list does not contain" })
        }
        Test::ListSet { operator, values } => format!("{} \"{}\"", list_words(*operator), values.join("\", \"")),
        Test::ListSubstring { value, is_contained } => {
            format!("{} \"{value}\"", if *is_contained { "an item contains" } else { "no item contains" })
        }
        Test::ListLength { operator, value } => format!("list length {} {value}", number_words(*operator)),
        Test::Existence { is_set: true } => "is set".to_owned(),
        Test::Existence { is_set: false } => "is not set".to_owned(),
        Test::Date { comparison } => comparison.to_string(),
    }
}

const fn list_words(operator: ListOperator) -> &'static str {
    match operator {
        ListOperator::ContainsAll => "list contains all of",
        ListOperator::ContainsAny => "list contains any of",
        ListOperator::NotContainsAll => "list lacks some of",
        ListOperator::NotContainsAny => "list contains none of",
    }
}

const fn number_words(operator: NumberOperator) -> &'static str {
    match operator {
        NumberOperator::Equals => "equal to",
        NumberOperator::NotEquals => "not equal to",
        NumberOperator::GreaterThan => "greater than",
        NumberOperator::GreaterThanOrEqual => "at least",
        NumberOperator::LessThan => "less than",
        NumberOperator::LessThanOrEqual => "at most",
    }
}
