//! The fields of a condition: which an operator needs, and what was typed into them.
//!
//! In: a test, a text. Out: fields, another test.
//! Invariant: what cannot be read changes nothing.

use serde_json::Value;

use crate::domain::flow::condition::{DateComparison, DateUnit, Test, TextOperator, read_date};
use crate::domain::time::{DAY_MILLIS, MONTHS, Timestamp};

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

/// A number as it was typed.
pub(super) fn read_number(text: &str) -> Option<f64> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::flow::condition::Subject;
    use crate::view_model::condition::{OPERATORS, blank_condition, operator_slug, with_operator};

    const NOW: Timestamp = Timestamp::from_millis(1_772_366_400_000);

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
}
