//! The operators of conditions, as a choice.
//!
//! In: a test and another operator. Out: a test with that operator; values go along where they fit.
//! Invariant: the choice has each operator of the engine once.

use crate::domain::flow::condition::{DateComparison, DateUnit, ListOperator, NumberOperator, Test, TextOperator};
use crate::domain::time::{DAY_MILLIS, Timestamp};
use crate::view_model::condition::fields::read_number;

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
    use crate::domain::flow::condition::Subject;
    use crate::view_model::condition::blank_condition;

    const NOW: Timestamp = Timestamp::from_millis(1_772_366_400_000);

    #[test]
    fn every_operator_gives_a_test_and_is_found_in_it() {
        for choice in OPERATORS {
            let test = with_operator(&blank_condition(Subject::Event).test, choice.slug, NOW);
            assert_eq!(operator_slug(&test), choice.slug, "{choice:?}");
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
}
