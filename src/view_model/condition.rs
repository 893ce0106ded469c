//! Conditions as a form: operators to choose among, and the fields that an operator needs.
//!
//! In: a test, what a person chose or typed. Out: another test, or nothing where the text cannot be read.
//! Invariant: every operator that the form offers is one that the engine runs, and the other way round.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::flow::condition::{
    Condition, ConditionGroup, ConditionGroups, DateComparison, DateUnit, ListOperator, MONTHS, NumberOperator,
    Subject, Test, TextOperator, read_date,
};
use crate::domain::time::{DAY_MILLIS, Timestamp};

/// An operator in the choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OperatorChoice {
    pub slug: &'static str,
    /// The type of value it is for.
    pub group: &'static str,
    pub label: &'static str,
}

const TEXT: &str = "Text";
const NUMBER: &str = "Number";
const YES_NO: &str = "Yes or no";
const DATE: &str = "Date";
const LIST: &str = "List";
const ANY: &str = "Any type";

const fn operator(slug: &'static str, group: &'static str, label: &'static str) -> OperatorChoice {
    OperatorChoice { slug, group, label }
}

/// Every operator, by the type of value it is for. <https://help.klaviyo.com/hc/en-us/articles/115003885632>
pub const OPERATORS: [OperatorChoice; 49] = [
    operator("equals", TEXT, "is"),
    operator("not-equals", TEXT, "is not"),
    operator("contains", TEXT, "contains"),
    operator("not-contains", TEXT, "does not contain"),
    operator("starts-with", TEXT, "starts with"),
    operator("not-starts-with", TEXT, "does not start with"),
    operator("ends-with", TEXT, "ends with"),
    operator("not-ends-with", TEXT, "does not end with"),
    operator("in", TEXT, "is one of"),
    operator("not-in", TEXT, "is none of"),
    operator("regex", TEXT, "matches the pattern"),
    operator("nregex", TEXT, "does not match the pattern"),
    operator("number-equals", NUMBER, "equals"),
    operator("number-not-equals", NUMBER, "does not equal"),
    operator("greater-than", NUMBER, "is greater than"),
    operator("greater-than-or-equal", NUMBER, "is at least"),
    operator("less-than", NUMBER, "is less than"),
    operator("less-than-or-equal", NUMBER, "is at most"),
    operator("between", NUMBER, "is between"),
    operator("is-true", YES_NO, "is true"),
    operator("is-false", YES_NO, "is false"),
    operator("after", DATE, "is after"),
    operator("before", DATE, "is before"),
    operator("between-static", DATE, "is between the dates"),
    operator("in-the-last", DATE, "is in the last"),
    operator("in-the-next", DATE, "is in the next"),
    operator("at-least", DATE, "is at least so long ago"),
    operator("between-ago", DATE, "is between so long and so long ago"),
    operator("anniversary", DATE, "has its anniversary today"),
    operator("anniversary-month", DATE, "has its anniversary this month"),
    operator("anniversary-last", DATE, "had its anniversary in the last"),
    operator("anniversary-next", DATE, "has its anniversary in the next"),
    operator("calendar-month", DATE, "is in the month of"),
    operator("list-contains", LIST, "contains"),
    operator("list-not-contains", LIST, "does not contain"),
    operator("contains-all", LIST, "contains all of"),
    operator("contains-any", LIST, "contains any of"),
    operator("not-contains-all", LIST, "lacks some of"),
    operator("not-contains-any", LIST, "contains none of"),
    operator("contains-substring", LIST, "has an item with"),
    operator("not-contains-substring", LIST, "has no item with"),
    operator("length-equals", LIST, "has as many items as"),
    operator("length-not-equals", LIST, "has not as many items as"),
    operator("length-greater-than", LIST, "has more items than"),
    operator("length-greater-than-or-equal", LIST, "has at least so many items"),
    operator("length-less-than", LIST, "has fewer items than"),
    operator("length-less-than-or-equal", LIST, "has at most so many items"),
    operator("is-set", ANY, "is set"),
    operator("not-set", ANY, "is not set"),
];

/// The operator of a test.
pub const fn operator_slug(test: &Test) -> &'static str {
    match test {
        Test::Text { operator, .. } => match operator {
            TextOperator::Equals => "equals",
            TextOperator::NotEquals => "not-equals",
            TextOperator::Contains => "contains",
            TextOperator::NotContains => "not-contains",
            TextOperator::StartsWith => "starts-with",
            TextOperator::NotStartsWith => "not-starts-with",
            TextOperator::EndsWith => "ends-with",
            TextOperator::NotEndsWith => "not-ends-with",
            TextOperator::Matches => "regex",
            TextOperator::NotMatches => "nregex",
        },
        Test::TextIn { is_in: true, .. } => "in",
        Test::TextIn { is_in: false, .. } => "not-in",
        Test::Number { operator, .. } => match operator {
            NumberOperator::Equals => "number-equals",
            NumberOperator::NotEquals => "number-not-equals",
            NumberOperator::GreaterThan => "greater-than",
            NumberOperator::GreaterThanOrEqual => "greater-than-or-equal",
            NumberOperator::LessThan => "less-than",
            NumberOperator::LessThanOrEqual => "less-than-or-equal",
        },
        Test::NumberBetween { .. } => "between",
        Test::Boolean { value: true } => "is-true",
        Test::Boolean { value: false } => "is-false",
        Test::ListContains { is_contained: true, .. } => "list-contains",
        Test::ListContains { is_contained: false, .. } => "list-not-contains",
        Test::ListSet { operator, .. } => match operator {
            ListOperator::ContainsAll => "contains-all",
            ListOperator::ContainsAny => "contains-any",
            ListOperator::NotContainsAll => "not-contains-all",
            ListOperator::NotContainsAny => "not-contains-any",
        },
        Test::ListSubstring { is_contained: true, .. } => "contains-substring",
        Test::ListSubstring { is_contained: false, .. } => "not-contains-substring",
        Test::ListLength { operator, .. } => match operator {
            NumberOperator::Equals => "length-equals",
            NumberOperator::NotEquals => "length-not-equals",
            NumberOperator::GreaterThan => "length-greater-than",
            NumberOperator::GreaterThanOrEqual => "length-greater-than-or-equal",
            NumberOperator::LessThan => "length-less-than",
            NumberOperator::LessThanOrEqual => "length-less-than-or-equal",
        },
        Test::Existence { is_set: true } => "is-set",
        Test::Existence { is_set: false } => "not-set",
        Test::Date { comparison } => match comparison {
            DateComparison::After { .. } => "after",
            DateComparison::Before { .. } => "before",
            DateComparison::BetweenStatic { .. } => "between-static",
            DateComparison::InTheLast { .. } => "in-the-last",
            DateComparison::InTheNext { .. } => "in-the-next",
            DateComparison::AtLeast { .. } => "at-least",
            DateComparison::BetweenAgo { .. } => "between-ago",
            DateComparison::Anniversary => "anniversary",
            DateComparison::AnniversaryMonth => "anniversary-month",
            DateComparison::AnniversaryInTheLast { .. } => "anniversary-last",
            DateComparison::AnniversaryInTheNext { .. } => "anniversary-next",
            DateComparison::CalendarMonth { .. } => "calendar-month",
        },
    }
}

/// The test with another operator; values go along where they fit. `now` gives dates to start from.
pub fn with_operator(test: &Test, slug: &str, now: Timestamp) -> Test {
    let (value, values, number) = (text_of(test), texts_of(test), number_of(test));
    let text = |operator| Test::Text { operator, value: value.clone() };
    let compare = |operator| Test::Number { operator, value: number };
    let list = |operator| Test::ListSet { operator, values: values.clone() };
    let length = |operator| Test::ListLength { operator, value: number.clamp(0.0, 1e6) as u32 };
    let (quantity, unit) = span_of(test);
    let (start, end) = dates_of(test, now);
    let date = |comparison| Test::Date { comparison };
    match slug {
        "not-equals" => text(TextOperator::NotEquals),
        "contains" => text(TextOperator::Contains),
        "not-contains" => text(TextOperator::NotContains),
        "starts-with" => text(TextOperator::StartsWith),
        "not-starts-with" => text(TextOperator::NotStartsWith),
        "ends-with" => text(TextOperator::EndsWith),
        "not-ends-with" => text(TextOperator::NotEndsWith),
        "regex" => text(TextOperator::Matches),
        "nregex" => text(TextOperator::NotMatches),
        "in" => Test::TextIn { values, is_in: true },
        "not-in" => Test::TextIn { values, is_in: false },
        "number-equals" => compare(NumberOperator::Equals),
        "number-not-equals" => compare(NumberOperator::NotEquals),
        "greater-than" => compare(NumberOperator::GreaterThan),
        "greater-than-or-equal" => compare(NumberOperator::GreaterThanOrEqual),
        "less-than" => compare(NumberOperator::LessThan),
        "less-than-or-equal" => compare(NumberOperator::LessThanOrEqual),
        "between" => Test::NumberBetween { start: number, end: number.max(100.0) },
        "is-true" => Test::Boolean { value: true },
        "is-false" => Test::Boolean { value: false },
        "after" => date(DateComparison::After { date: start }),
        "before" => date(DateComparison::Before { date: start }),
        "between-static" => date(DateComparison::BetweenStatic { start, end }),
        "in-the-last" => date(DateComparison::InTheLast { quantity, unit }),
        "in-the-next" => date(DateComparison::InTheNext { quantity, unit }),
        "at-least" => date(DateComparison::AtLeast { quantity, unit }),
        "between-ago" => date(DateComparison::BetweenAgo { start: 0, end: quantity, unit }),
        "anniversary" => date(DateComparison::Anniversary),
        "anniversary-month" => date(DateComparison::AnniversaryMonth),
        "anniversary-last" => date(DateComparison::AnniversaryInTheLast { quantity, unit }),
        "anniversary-next" => date(DateComparison::AnniversaryInTheNext { quantity, unit }),
        "calendar-month" => date(DateComparison::CalendarMonth { month: 1 }),
        "list-contains" => Test::ListContains { value, is_contained: true },
        "list-not-contains" => Test::ListContains { value, is_contained: false },
        "contains-all" => list(ListOperator::ContainsAll),
        "contains-any" => list(ListOperator::ContainsAny),
        "not-contains-all" => list(ListOperator::NotContainsAll),
        "not-contains-any" => list(ListOperator::NotContainsAny),
        "contains-substring" => Test::ListSubstring { value, is_contained: true },
        "not-contains-substring" => Test::ListSubstring { value, is_contained: false },
        "length-equals" => length(NumberOperator::Equals),
        "length-not-equals" => length(NumberOperator::NotEquals),
        "length-greater-than" => length(NumberOperator::GreaterThan),
        "length-greater-than-or-equal" => length(NumberOperator::GreaterThanOrEqual),
        "length-less-than" => length(NumberOperator::LessThan),
        "length-less-than-or-equal" => length(NumberOperator::LessThanOrEqual),
        "is-set" => Test::Existence { is_set: true },
        "not-set" => Test::Existence { is_set: false },
        // `equals`, and whatever the page does not offer.
        _ => text(TextOperator::Equals),
    }
}

/// One field of a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueField {
    pub label: &'static str,
    pub kind: FieldKind,
    pub text: String,
}

/// How a field is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    Text,
    /// Several values, one a line.
    Lines,
    Number,
    Count,
    /// `2026-03-01`
    Date,
    /// `day`, `hour` or `week`.
    Unit,
    /// `1` to `12`.
    Month,
}

/// The months, January first.
pub const fn month_names() -> [&'static str; 12] {
    MONTHS
}

/// `For example 129.5`; empty where there is nothing to show.
pub fn sample_text(sample: &Value) -> String {
    let text = match sample {
        Value::String(text) if text.is_empty() => return String::new(),
        other => other.to_string(),
    };
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("For example {}…", text.get(..end).unwrap_or_default()),
        None => format!("For example {text}"),
    }
}

/// The units of a relative date, as values and words.
pub const UNITS: [(&str, &str); 3] = [("hour", "hours"), ("day", "days"), ("week", "weeks")];

/// The fields that a test needs.
pub fn value_fields(test: &Test) -> Vec<ValueField> {
    let field = |label, kind, text: String| ValueField { label, kind, text };
    let span = |quantity: u32, unit: DateUnit| {
        vec![field("How many", FieldKind::Count, quantity.to_string()), unit_field(unit)]
    };
    match test {
        Test::Text { operator: TextOperator::Matches | TextOperator::NotMatches, value } => {
            vec![field("Pattern", FieldKind::Text, value.clone())]
        }
        Test::Text { value, .. } | Test::ListContains { value, .. } | Test::ListSubstring { value, .. } => {
            vec![field("Value", FieldKind::Text, value.clone())]
        }
        Test::TextIn { values, .. } | Test::ListSet { values, .. } => {
            vec![field("Values, one a line", FieldKind::Lines, values.join("\n"))]
        }
        Test::Number { value, .. } => vec![field("Value", FieldKind::Number, value.to_string())],
        Test::NumberBetween { start, end } => {
            vec![field("From", FieldKind::Number, start.to_string()), field("To", FieldKind::Number, end.to_string())]
        }
        Test::ListLength { value, .. } => vec![field("Items", FieldKind::Count, value.to_string())],
        Test::Boolean { .. } | Test::Existence { .. } => Vec::new(),
        Test::Date { comparison } => match *comparison {
            DateComparison::After { date } | DateComparison::Before { date } => {
                vec![field("Date", FieldKind::Date, date_text(date))]
            }
            DateComparison::BetweenStatic { start, end } => {
                vec![field("From", FieldKind::Date, date_text(start)), field("To", FieldKind::Date, date_text(end))]
            }
            DateComparison::InTheLast { quantity, unit }
            | DateComparison::InTheNext { quantity, unit }
            | DateComparison::AtLeast { quantity, unit }
            | DateComparison::AnniversaryInTheLast { quantity, unit }
            | DateComparison::AnniversaryInTheNext { quantity, unit } => span(quantity, unit),
            DateComparison::BetweenAgo { start, end, unit } => vec![
                field("From", FieldKind::Count, start.to_string()),
                field("To", FieldKind::Count, end.to_string()),
                unit_field(unit),
            ],
            DateComparison::Anniversary | DateComparison::AnniversaryMonth => Vec::new(),
            DateComparison::CalendarMonth { month } => vec![field("Month", FieldKind::Month, month.to_string())],
        },
    }
}

/// The test with one of its fields as typed; `None` where the text cannot be read.
pub fn with_field(test: &Test, field_idx: usize, text: &str) -> Option<Test> {
    let mut test = test.clone();
    let is_first = field_idx == 0;
    match &mut test {
        Test::Text { value, .. } | Test::ListContains { value, .. } | Test::ListSubstring { value, .. } => {
            text.clone_into(value);
        }
        Test::TextIn { values, .. } | Test::ListSet { values, .. } => {
            *values = if text.is_empty() { Vec::new() } else { text.lines().map(str::to_owned).collect() };
        }
        Test::Number { value, .. } => *value = read_number(text)?,
        Test::NumberBetween { start, end } => *(if is_first { start } else { end }) = read_number(text)?,
        Test::ListLength { value, .. } => *value = text.trim().parse().ok()?,
        Test::Boolean { .. } | Test::Existence { .. } => {}
        Test::Date { comparison } => match comparison {
            DateComparison::After { date } | DateComparison::Before { date } => *date = read_day(text)?,
            DateComparison::BetweenStatic { start, .. } if is_first => *start = read_day(text)?,
            // The whole of the last day belongs to the range.
            DateComparison::BetweenStatic { end, .. } => *end = read_day(text)?.plus_millis(DAY_MILLIS - 1),
            DateComparison::InTheLast { quantity, unit }
            | DateComparison::InTheNext { quantity, unit }
            | DateComparison::AtLeast { quantity, unit }
            | DateComparison::AnniversaryInTheLast { quantity, unit }
            | DateComparison::AnniversaryInTheNext { quantity, unit } => {
                if is_first {
                    *quantity = text.trim().parse().ok()?;
                } else {
                    *unit = read_unit(text)?;
                }
            }
            DateComparison::BetweenAgo { start, end, unit } => match field_idx {
                0 => *start = text.trim().parse().ok()?,
                1 => *end = text.trim().parse().ok()?,
                _ => *unit = read_unit(text)?,
            },
            DateComparison::Anniversary | DateComparison::AnniversaryMonth => {}
            DateComparison::CalendarMonth { month } => {
                *month = text.parse().ok().filter(|month| (1..=MONTHS.len()).contains(&usize::from(*month)))?;
            }
        },
    }
    Some(test)
}

/// What is asked first of a property whose sample value is this.
pub fn test_for_sample(value: &Value, now: Timestamp) -> Test {
    match value {
        Value::Number(_) => with_operator(&Test::Existence { is_set: true }, "greater-than", now),
        Value::Bool(value) => Test::Boolean { value: *value },
        Value::Array(_) => Test::ListContains { value: String::new(), is_contained: true },
        Value::String(text) if text.len() >= 8 && read_date(value).is_some() => {
            Test::Date { comparison: DateComparison::InTheLast { quantity: 30, unit: DateUnit::Day } }
        }
        Value::String(_) => Test::Text { operator: TextOperator::Equals, value: String::new() },
        Value::Null | Value::Object(_) => Test::Existence { is_set: true },
    }
}

/// A condition nobody has filled in.
pub fn blank_condition(subject: Subject) -> Condition {
    Condition {
        subject,
        property: String::new(),
        test: Test::Text { operator: TextOperator::Equals, value: String::new() },
    }
}

/// One more group, which must hold too.
pub fn with_group(groups: &ConditionGroups, subject: Subject) -> ConditionGroups {
    let mut groups = groups.clone();
    groups.groups.push(ConditionGroup { conditions: vec![blank_condition(subject)] });
    groups
}

/// One more condition in a group, of which one is enough.
pub fn with_alternative(groups: &ConditionGroups, group_idx: usize, subject: Subject) -> ConditionGroups {
    let mut groups = groups.clone();
    if let Some(group) = groups.groups.get_mut(group_idx) {
        group.conditions.push(blank_condition(subject));
    }
    groups
}

/// Without that condition; a group that is left empty goes with it.
pub fn without_condition(groups: &ConditionGroups, group_idx: usize, condition_idx: usize) -> ConditionGroups {
    let mut groups = groups.clone();
    if let Some(group) = groups.groups.get_mut(group_idx)
        && condition_idx < group.conditions.len()
    {
        group.conditions.remove(condition_idx);
    }
    groups.groups.retain(|group| !group.conditions.is_empty());
    groups
}

/// With that condition in the place of the one that stood there.
pub fn with_condition(
    groups: &ConditionGroups,
    (group_idx, condition_idx): (usize, usize),
    condition: Condition,
) -> ConditionGroups {
    let mut groups = groups.clone();
    let group = groups.groups.get_mut(group_idx);
    if let Some(place) = group.and_then(|group| group.conditions.get_mut(condition_idx)) {
        *place = condition;
    }
    groups
}

/// A property that samples have, with one of its values.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownProperty {
    pub name: String,
    pub sample: Value,
}

/// At most so many samples are looked through for names.
const MAX_SAMPLES: usize = 60;

/// The properties of the events of a metric; of all events where none is of it.
pub fn event_properties(events: &[TriggerEvent], metric: Option<&str>) -> Vec<KnownProperty> {
    let is_of = |event: &&TriggerEvent| metric == Some(event.metric.as_str());
    let has_any = events.iter().any(|event| is_of(&event));
    let mut known = BTreeMap::new();
    for event in events.iter().filter(|event| !has_any || is_of(event)).take(MAX_SAMPLES) {
        collect(&event.properties, "", &mut known);
    }
    listed(known)
}

/// The properties of the profiles, those that every profile has first.
pub fn profile_properties(profiles: &[Profile]) -> Vec<KnownProperty> {
    const NATIVE: [&str; 10] = [
        "email",
        "first_name",
        "last_name",
        "phone_number",
        "location.city",
        "location.region",
        "location.country",
        "location.zip",
        "location.timezone",
        "id",
    ];
    let mut known = BTreeMap::new();
    for profile in profiles.iter().take(MAX_SAMPLES) {
        collect(&profile.properties, "", &mut known);
    }
    let native = NATIVE.map(|name| KnownProperty { name: name.to_owned(), sample: Value::String(String::new()) });
    native.into_iter().chain(listed(known)).collect()
}

fn listed(known: BTreeMap<String, Value>) -> Vec<KnownProperty> {
    known.into_iter().map(|(name, sample)| KnownProperty { name, sample }).collect()
}

/// Names, and those of objects inside, by dotted path. The shop's whole object is left out: Klaviyo does not filter on it.
fn collect(properties: &Map<String, Value>, prefix: &str, known: &mut BTreeMap<String, Value>) {
    for (name, value) in properties {
        match value {
            Value::Object(inner) if prefix.is_empty() && name != "$extra" => {
                collect(inner, &format!("{name}."), known);
            }
            Value::Null | Value::Object(_) => {}
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                known.entry(format!("{prefix}{name}")).or_insert_with(|| value.clone());
            }
        }
    }
}

fn read_number(text: &str) -> Option<f64> {
    text.trim().parse::<f64>().ok().filter(|number| number.is_finite())
}

fn read_day(text: &str) -> Option<Timestamp> {
    (text.len() == 10).then(|| read_date(&Value::String(text.to_owned()))).flatten()
}

/// The day in UTC, as a date field has it.
fn date_text(date: Timestamp) -> String {
    date.to_string().chars().take(10).collect()
}

fn unit_field(unit: DateUnit) -> ValueField {
    let text = match unit {
        DateUnit::Hour => "hour",
        DateUnit::Day => "day",
        DateUnit::Week => "week",
    };
    ValueField { label: "Unit", kind: FieldKind::Unit, text: text.to_owned() }
}

fn read_unit(text: &str) -> Option<DateUnit> {
    match text {
        "hour" => Some(DateUnit::Hour),
        "day" => Some(DateUnit::Day),
        "week" => Some(DateUnit::Week),
        _ => None,
    }
}

fn text_of(test: &Test) -> String {
    match test {
        Test::Text { value, .. } | Test::ListContains { value, .. } | Test::ListSubstring { value, .. } => {
            value.clone()
        }
        Test::TextIn { values, .. } | Test::ListSet { values, .. } => values.first().cloned().unwrap_or_default(),
        Test::Number { value, .. } => value.to_string(),
        Test::NumberBetween { .. }
        | Test::Boolean { .. }
        | Test::ListLength { .. }
        | Test::Existence { .. }
        | Test::Date { .. } => String::new(),
    }
}

fn texts_of(test: &Test) -> Vec<String> {
    match test {
        Test::TextIn { values, .. } | Test::ListSet { values, .. } => values.clone(),
        other => Some(text_of(other)).filter(|text| !text.is_empty()).into_iter().collect(),
    }
}

fn number_of(test: &Test) -> f64 {
    match test {
        Test::Number { value, .. } | Test::NumberBetween { start: value, .. } => *value,
        Test::ListLength { value, .. } => f64::from(*value),
        other => read_number(&text_of(other)).unwrap_or(0.0),
    }
}

fn span_of(test: &Test) -> (u32, DateUnit) {
    match test {
        Test::Date {
            comparison:
                DateComparison::InTheLast { quantity, unit }
                | DateComparison::InTheNext { quantity, unit }
                | DateComparison::AtLeast { quantity, unit }
                | DateComparison::AnniversaryInTheLast { quantity, unit }
                | DateComparison::AnniversaryInTheNext { quantity, unit }
                | DateComparison::BetweenAgo { end: quantity, unit, .. },
        } => (*quantity, *unit),
        _ => (30, DateUnit::Day),
    }
}

fn dates_of(test: &Test, now: Timestamp) -> (Timestamp, Timestamp) {
    let midnight = Timestamp::from_millis(now.as_millis() - now.as_millis().rem_euclid(DAY_MILLIS));
    let start = match test {
        Test::Date { comparison: DateComparison::After { date } | DateComparison::Before { date } } => *date,
        Test::Date { comparison: DateComparison::BetweenStatic { start, end } } => return (*start, *end),
        _ => midnight,
    };
    (start, start.plus_millis(30 * DAY_MILLIS - 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples;

    const NOW: Timestamp = Timestamp::from_millis(1_772_366_400_000);

    #[test]
    fn every_operator_gives_a_test_and_is_found_in_it() {
        for choice in OPERATORS {
            let test = with_operator(&blank_condition(Subject::Event).test, choice.slug, NOW);
            assert_eq!(operator_slug(&test), choice.slug, "{choice:?}");
        }
    }

    #[test]
    fn every_field_of_every_operator_can_be_typed() {
        for choice in OPERATORS {
            let test = with_operator(&blank_condition(Subject::Event).test, choice.slug, NOW);
            for (field_idx, field) in value_fields(&test).into_iter().enumerate() {
                let typed = match field.kind {
                    FieldKind::Text => "ten",
                    FieldKind::Lines => "one\ntwo",
                    FieldKind::Number => "-1.5",
                    FieldKind::Count | FieldKind::Month => "7",
                    FieldKind::Date => "2026-04-02",
                    FieldKind::Unit => "week",
                };
                let edited = with_field(&test, field_idx, typed).unwrap();
                assert_eq!(operator_slug(&edited), choice.slug);
                assert_eq!(value_fields(&edited)[field_idx].text, typed, "{choice:?}");
            }
        }
    }

    #[test]
    fn what_cannot_be_read_changes_nothing() {
        for (slug, field_idx, text) in [
            ("greater-than", 0, ""),
            ("greater-than", 0, "ten"),
            ("greater-than", 0, "inf"),
            ("length-equals", 0, "-1"),
            ("after", 0, "2026-13-01"),
            ("in-the-last", 1, "year"),
            ("calendar-month", 0, "13"),
        ] {
            let test = with_operator(&blank_condition(Subject::Event).test, slug, NOW);
            assert_eq!(with_field(&test, field_idx, text), None, "{slug} {text}");
        }
    }

    #[test]
    fn a_value_goes_along_to_another_operator() {
        let test = Test::Text { operator: TextOperator::Equals, value: "12".to_owned() };
        assert_eq!(
            with_operator(&test, "greater-than", NOW),
            Test::Number { operator: NumberOperator::GreaterThan, value: 12.0 }
        );
        assert_eq!(with_operator(&test, "in", NOW), Test::TextIn { values: vec!["12".to_owned()], is_in: true });
    }

    #[test]
    fn groups_grow_and_shrink() {
        let one = with_group(&ConditionGroups::default(), Subject::Event);
        let two = with_group(&with_alternative(&one, 0, Subject::Event), Subject::Event);
        assert_eq!(two.groups.iter().map(|group| group.conditions.len()).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(without_condition(&two, 1, 0).groups.len(), 1);
        assert_eq!(without_condition(&two, 9, 9), two);
    }

    #[test]
    fn names_come_from_the_samples_of_the_metric() {
        let samples = samples::all().unwrap();
        let names = |metric| -> Vec<String> {
            event_properties(&samples.events, metric).into_iter().map(|known| known.name).collect()
        };
        let placed = names(Some("Placed Order"));
        assert!(placed.contains(&"$value".to_owned()) && placed.contains(&"ShippingAddress.City".to_owned()));
        assert!(!placed.contains(&"ReducedPrice".to_owned()));
        assert!(names(Some("Nobody sends this")).contains(&"ReducedPrice".to_owned()));
        assert!(profile_properties(&samples.profiles).iter().any(|known| known.name == "VIP"));
    }

    #[test]
    fn the_first_question_suits_the_sample() {
        use serde_json::json;
        for (value, slug) in [
            (json!(12), "greater-than"),
            (json!(true), "is-true"),
            (json!(["M"]), "list-contains"),
            (json!("2026-02-14"), "in-the-last"),
            (json!("green"), "equals"),
            (json!(null), "is-set"),
        ] {
            assert_eq!(operator_slug(&test_for_sample(&value, NOW)), slug, "{value}");
        }
    }
}
