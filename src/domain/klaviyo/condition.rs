//! Conditions, both ways.
//!
//! In: condition groups of ours or of theirs. Out: the other.
//! Invariant: a condition that Hookwright cannot check is kept whole inside of the property's name and counts as not met.

use serde_json::{Map, Number, Value};

use crate::domain::flow::condition::{
    Condition, ConditionGroup, ConditionGroups, DateComparison, DateUnit, ListOperator, NumberOperator, Subject, Test,
    TextOperator,
};
use crate::domain::klaviyo::{object, text, text_of};
use crate::domain::time::Timestamp;

/// What the property's name of a condition begins with that is kept and not checked; its definition follows.
pub const KEPT: &str = "klaviyo:";

/// Names that stand for themselves; every other is a property of the profile's own.
const NATIVE: [&str; 10] = [
    "email",
    "phone_number",
    "first_name",
    "last_name",
    "organization",
    "title",
    "locale",
    "external_id",
    "image",
    "id",
];

const TEXT: [(&str, TextOperator); 10] = [
    ("equals", TextOperator::Equals),
    ("not-equals", TextOperator::NotEquals),
    ("contains", TextOperator::Contains),
    ("not-contains", TextOperator::NotContains),
    ("starts-with", TextOperator::StartsWith),
    ("not-starts-with", TextOperator::NotStartsWith),
    ("ends-with", TextOperator::EndsWith),
    ("not-ends-with", TextOperator::NotEndsWith),
    ("regex", TextOperator::Matches),
    ("nregex", TextOperator::NotMatches),
];

const NUMBER: [(&str, NumberOperator); 6] = [
    ("equals", NumberOperator::Equals),
    ("not-equals", NumberOperator::NotEquals),
    ("greater-than", NumberOperator::GreaterThan),
    ("greater-than-or-equal", NumberOperator::GreaterThanOrEqual),
    ("less-than", NumberOperator::LessThan),
    ("less-than-or-equal", NumberOperator::LessThanOrEqual),
];

const LIST: [(&str, ListOperator); 4] = [
    ("contains-all", ListOperator::ContainsAll),
    ("contains-any", ListOperator::ContainsAny),
    ("not-contains-all", ListOperator::NotContainsAll),
    ("not-contains-any", ListOperator::NotContainsAny),
];

const UNITS: [(&str, DateUnit); 3] = [("day", DateUnit::Day), ("hour", DateUnit::Hour), ("week", DateUnit::Week)];

fn find<T: Copy>(table: &[(&str, T)], name: Option<&str>) -> Option<T> {
    table.iter().find(|(own, _)| Some(*own) == name).map(|(_, value)| *value)
}

fn name_of<T: Copy + PartialEq>(table: &[(&'static str, T)], value: T) -> &'static str {
    table.iter().find(|(_, own)| *own == value).map_or("", |(name, _)| name)
}

/// Reads condition groups; `null` is no condition at all.
pub fn read_groups(value: Option<&Value>) -> ConditionGroups {
    let list = |value: Option<&Value>, name: &str| {
        value.and_then(|value| value.get(name)).and_then(Value::as_array).cloned().unwrap_or_default()
    };
    let groups = list(value, "condition_groups").into_iter().map(|group| ConditionGroup {
        conditions: list(Some(&group), "conditions").iter().map(read_condition).collect(),
    });
    ConditionGroups { groups: groups.collect() }
}

/// Writes condition groups. A condition that still reads as one of `remembered` goes out as that one.
pub fn write_groups(groups: &ConditionGroups, remembered: Option<&Value>, event: EventIds<'_>) -> Value {
    let earlier = read_groups(remembered);
    if let Some(remembered) = remembered
        && earlier == *groups
    {
        return remembered.clone();
    }
    if !groups.is_set_up() {
        return Value::Null;
    }
    let originals = all_conditions(remembered);
    let write = |condition: &Condition| {
        let original = originals.iter().find(|original| read_condition(original) == *condition);
        original.cloned().unwrap_or_else(|| write_condition(condition, event))
    };
    let groups = groups.groups.iter().filter_map(|group| {
        let conditions: Vec<Value> =
            group.conditions.iter().filter(|condition| condition.is_set_up()).map(write).collect();
        (!conditions.is_empty()).then(|| object([("conditions", Value::Array(conditions))]))
    });
    object([("condition_groups", Value::Array(groups.collect()))])
}

fn all_conditions(groups: Option<&Value>) -> Vec<Value> {
    let groups = groups.and_then(|groups| groups.get("condition_groups")).and_then(Value::as_array);
    let conditions = groups.into_iter().flatten().filter_map(|group| group.get("conditions")?.as_array());
    conditions.flatten().cloned().collect()
}

/// What a condition on the event is written with.
#[derive(Debug, Clone, Copy)]
pub struct EventIds<'a> {
    /// `metric-property` or `price-drop-property`.
    pub kind: &'static str,
    /// The metric's id, or the placeholder for it.
    pub metric_id: Option<&'a str>,
}

/// Whether the condition is kept without being checked.
pub fn is_kept(condition: &Condition) -> bool {
    condition.property.starts_with(KEPT)
}

fn read_condition(value: &Value) -> Condition {
    let known = match text_of(value, "type") {
        Some("profile-property") => text_of(value, "property").map(|property| (Subject::Profile, property)),
        Some("metric-property" | "price-drop-property") => text_of(value, "field").map(|field| (Subject::Event, field)),
        _ => None,
    };
    let read = known.and_then(|(subject, property)| {
        let test = read_filter(value.get("filter")?)?;
        (!property.is_empty()).then(|| Condition { subject, property: property.to_owned(), test })
    });
    read.unwrap_or_else(|| {
        let is_of_event = text_of(value, "type")
            .is_some_and(|kind| matches!(kind, "metric-property" | "price-drop-property" | "low-inventory-property"));
        let subject = if is_of_event { Subject::Event } else { Subject::Profile };
        // No property has such a name, so that the condition is never met: nobody gets in by what was not checked.
        Condition { subject, property: format!("{KEPT}{value}"), test: Test::Existence { is_set: true } }
    })
}

fn write_condition(condition: &Condition, event: EventIds<'_>) -> Value {
    if let Some(kept) = condition.property.strip_prefix(KEPT)
        && let Ok(value) = serde_json::from_str(kept)
    {
        return value;
    }
    let property = condition.property.trim();
    let filter = write_filter(&condition.test);
    match condition.subject {
        Subject::Event => object([
            ("type", text(event.kind)),
            ("metric_id", event.metric_id.map_or(Value::Null, text)),
            ("field", text(property)),
            ("filter", filter),
        ]),
        Subject::Profile => {
            let is_native =
                NATIVE.contains(&property) || property.starts_with("properties[") || property.starts_with("location");
            let name = if is_native { property.to_owned() } else { format!("properties['{property}']") };
            object([("type", text("profile-property")), ("property", text(&name)), ("filter", filter)])
        }
    }
}

fn read_filter(filter: &Value) -> Option<Test> {
    let operator = text_of(filter, "operator");
    let value = || filter.get("value");
    let texts = || value()?.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>();
    let count = || u32::try_from(value()?.as_u64()?).ok();
    match text_of(filter, "type")? {
        "string" => match operator? {
            name @ ("in" | "not-in") => Some(Test::TextIn { values: texts()?, is_in: name == "in" }),
            name => Some(Test::Text { operator: find(&TEXT, Some(name))?, value: value()?.as_str()?.to_owned() }),
        },
        "numeric" if operator == Some("between") => {
            Some(Test::NumberBetween { start: filter.get("start")?.as_f64()?, end: filter.get("end")?.as_f64()? })
        }
        "numeric" => Some(Test::Number { operator: find(&NUMBER, operator)?, value: value()?.as_f64()? }),
        "boolean" if operator == Some("equals") => Some(Test::Boolean { value: value()?.as_bool()? }),
        "existence" => match operator? {
            "is-set" => Some(Test::Existence { is_set: true }),
            "not-set" => Some(Test::Existence { is_set: false }),
            _ => None,
        },
        "list" => match operator? {
            name @ ("contains" | "not-contains") => {
                let value = match value()? {
                    Value::String(text) => text.clone(),
                    Value::Number(number) => number.to_string(),
                    _ => return None,
                };
                Some(Test::ListContains { value, is_contained: name == "contains" })
            }
            name @ ("contains-substring" | "not-contains-substring") => Some(Test::ListSubstring {
                value: value()?.as_str()?.to_owned(),
                is_contained: name == "contains-substring",
            }),
            name => match name.strip_prefix("length-") {
                Some(rest) => Some(Test::ListLength { operator: find(&NUMBER, Some(rest))?, value: count()? }),
                None => Some(Test::ListSet { operator: find(&LIST, Some(name))?, values: texts()? }),
            },
        },
        "date" => read_date_filter(filter, operator?).map(|comparison| Test::Date { comparison }),
        _ => None,
    }
}

fn read_date_filter(filter: &Value, operator: &str) -> Option<DateComparison> {
    let date = |name: &str| {
        let text = text_of(filter, name)?;
        Timestamp::parse(text)
            .or_else(|| Timestamp::parse(&format!("{text}T00:00:00Z")))
            .or_else(|| Timestamp::parse(&format!("{text}Z")))
    };
    let number = |name: &str| u32::try_from(filter.get(name)?.as_u64()?).ok();
    let unit = || find(&UNITS, text_of(filter, "unit"));
    Some(match operator {
        "after" => DateComparison::After { date: date("date")? },
        "before" => DateComparison::Before { date: date("date")? },
        "between-static" => DateComparison::BetweenStatic { start: date("start")?, end: date("end")? },
        "in-the-last" => DateComparison::InTheLast { quantity: number("quantity")?, unit: unit()? },
        "in-the-next" => DateComparison::InTheNext { quantity: number("quantity")?, unit: unit()? },
        "at-least" => DateComparison::AtLeast { quantity: number("quantity")?, unit: unit()? },
        "between" => DateComparison::BetweenAgo { start: number("start")?, end: number("end")?, unit: unit()? },
        "anniversary-last" => DateComparison::AnniversaryInTheLast { quantity: number("quantity")?, unit: unit()? },
        "anniversary-next" => DateComparison::AnniversaryInTheNext { quantity: number("quantity")?, unit: unit()? },
        "anniversary" => DateComparison::Anniversary,
        "anniversary-month" => DateComparison::AnniversaryMonth,
        "calendar-month" => DateComparison::CalendarMonth { month: u8::try_from(number("value")?).ok()? },
        _ => return None,
    })
}

fn write_filter(test: &Test) -> Value {
    let filter = |kind: &str, operator: &str, value: Value| {
        object([("type", text(kind)), ("operator", text(operator)), ("value", value)])
    };
    let texts = |values: &[String]| Value::Array(values.iter().map(|value| text(value)).collect());
    match test {
        Test::Text { operator, value } => filter("string", name_of(&TEXT, *operator), text(value)),
        Test::TextIn { values, is_in } => filter("string", if *is_in { "in" } else { "not-in" }, texts(values)),
        Test::Number { operator, value } => filter("numeric", name_of(&NUMBER, *operator), number(*value)),
        Test::NumberBetween { start, end } => object([
            ("type", text("numeric")),
            ("operator", text("between")),
            ("start", number(*start)),
            ("end", number(*end)),
        ]),
        Test::Boolean { value } => filter("boolean", "equals", Value::Bool(*value)),
        Test::ListContains { value, is_contained } => {
            filter("list", if *is_contained { "contains" } else { "not-contains" }, text(value))
        }
        Test::ListSet { operator, values } => filter("list", name_of(&LIST, *operator), texts(values)),
        Test::ListSubstring { value, is_contained } => {
            filter("list", if *is_contained { "contains-substring" } else { "not-contains-substring" }, text(value))
        }
        Test::ListLength { operator, value } => {
            filter("list", &format!("length-{}", name_of(&NUMBER, *operator)), Value::from(*value))
        }
        Test::Existence { is_set } => {
            object([("type", text("existence")), ("operator", text(if *is_set { "is-set" } else { "not-set" }))])
        }
        Test::Date { comparison } => write_date_filter(*comparison),
    }
}

/// Whole numbers without a fraction, as the API's examples have them.
fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 9e15 {
        return Value::from(value as i64);
    }
    Number::from_f64(value).map_or(Value::Null, Value::Number)
}

fn write_date_filter(comparison: DateComparison) -> Value {
    let mut map = Map::new();
    let mut put = |name: &str, value: Value| drop(map.insert(name.to_owned(), value));
    put("type", text("date"));
    let relative = |operator: &'static str, quantity: u32, unit: DateUnit| {
        vec![("operator", text(operator)), ("unit", text(name_of(&UNITS, unit))), ("quantity", Value::from(quantity))]
    };
    let date = |date: Timestamp| Value::String(date.to_string());
    let fields = match comparison {
        DateComparison::After { date: at } => vec![("operator", text("after")), ("date", date(at))],
        DateComparison::Before { date: at } => vec![("operator", text("before")), ("date", date(at))],
        DateComparison::BetweenStatic { start, end } => {
            vec![("operator", text("between-static")), ("start", date(start)), ("end", date(end))]
        }
        DateComparison::InTheLast { quantity, unit } => relative("in-the-last", quantity, unit),
        DateComparison::InTheNext { quantity, unit } => relative("in-the-next", quantity, unit),
        DateComparison::AtLeast { quantity, unit } => relative("at-least", quantity, unit),
        DateComparison::AnniversaryInTheLast { quantity, unit } => relative("anniversary-last", quantity, unit),
        DateComparison::AnniversaryInTheNext { quantity, unit } => relative("anniversary-next", quantity, unit),
        DateComparison::BetweenAgo { start, end, unit } => vec![
            ("operator", text("between")),
            ("start", Value::from(start)),
            ("end", Value::from(end)),
            ("unit", text(name_of(&UNITS, unit))),
        ],
        DateComparison::Anniversary => vec![("operator", text("anniversary"))],
        DateComparison::AnniversaryMonth => vec![("operator", text("anniversary-month"))],
        DateComparison::CalendarMonth { month } => {
            vec![("operator", text("calendar-month")), ("value", Value::from(month))]
        }
    };
    for (name, value) in fields {
        put(name, value);
    }
    Value::Object(map)
}
