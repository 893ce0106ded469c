//! Conditions on events and profiles, for filters and splits.
//!
//! In: groups of conditions, and the values of an event and a profile. Out: held or not, and why.
//! Invariant: groups are ANDed and the conditions inside a group ORed, as in Klaviyo.

mod date;
mod evaluate;
mod value;

use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use crate::domain::flow::condition::date::{DateComparison, DateUnit, read_date};
pub use crate::domain::flow::condition::evaluate::{Facts, Reason, Verdict, evaluate};
pub use crate::domain::flow::condition::value::{event_value, profile_value};
pub use crate::domain::pattern::{Pattern, PatternProblem};

/// Filters as Klaviyo has them: every group must hold, and in a group one condition is enough. No group always holds.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ConditionGroups {
    pub groups: Vec<ConditionGroup>,
}

impl ConditionGroups {
    /// One group with one condition.
    pub fn of(condition: Condition) -> Self {
        Self { groups: vec![ConditionGroup { conditions: vec![condition] }] }
    }

    /// All conditions, group by group.
    pub fn conditions(&self) -> impl Iterator<Item = &Condition> {
        self.groups.iter().flat_map(|group| &group.conditions)
    }

    /// Whether anything is compared at all.
    pub fn is_set_up(&self) -> bool {
        self.conditions().any(Condition::is_set_up)
    }
}

/// Conditions of which one must hold.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ConditionGroup {
    pub conditions: Vec<Condition>,
}

/// One comparison of a property with a value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Condition {
    pub subject: Subject,
    /// The property's name, such as `$value`, or a dotted path into it.
    pub property: String,
    pub test: Test,
}

impl Condition {
    /// What is missing or wrong in what the property is compared with; such a condition never holds as meant.
    pub fn flaw(&self) -> Option<ConditionFlaw> {
        let is_blank = |values: &[String]| values.iter().all(|value| value.trim().is_empty());
        match &self.test {
            Test::Text { operator: TextOperator::Matches | TextOperator::NotMatches, value } => {
                Pattern::parse(value).err().map(ConditionFlaw::Pattern)
            }
            Test::Text { operator: TextOperator::Equals | TextOperator::NotEquals, .. } => None,
            Test::Text { value, .. } | Test::ListContains { value, .. } | Test::ListSubstring { value, .. } => {
                value.is_empty().then_some(ConditionFlaw::NoValue)
            }
            Test::TextIn { values, .. } | Test::ListSet { values, .. } => {
                is_blank(values).then_some(ConditionFlaw::NoValue)
            }
            Test::NumberBetween { start, end } => (start > end).then_some(ConditionFlaw::EmptyRange),
            Test::Date { comparison: DateComparison::BetweenStatic { start, end } } => {
                (start > end).then_some(ConditionFlaw::EmptyRange)
            }
            Test::Number { .. }
            | Test::Boolean { .. }
            | Test::ListLength { .. }
            | Test::Existence { .. }
            | Test::Date { .. } => None,
        }
    }

    /// Whether a property was chosen. Conditions without one are left out of the comparison.
    pub fn is_set_up(&self) -> bool {
        !self.property.trim().is_empty()
    }
}

/// Why a condition cannot hold as it was meant.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConditionFlaw {
    #[error("there is nothing to compare with; enter a value")]
    NoValue,
    #[error("the range ends before it starts; swap its ends")]
    EmptyRange,
    #[error("the pattern cannot be read: {0}")]
    Pattern(PatternProblem),
}

/// Whose property is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    Event,
    Profile,
}

/// What is asked of the property. Names are those of Klaviyo's filters (text, number, boolean, list, existence, date).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Test {
    Text {
        operator: TextOperator,
        value: String,
    },
    TextIn {
        values: Vec<String>,
        is_in: bool,
    },
    Number {
        operator: NumberOperator,
        value: f64,
    },
    /// Both ends belong to the range.
    NumberBetween {
        start: f64,
        end: f64,
    },
    Boolean {
        value: bool,
    },
    ListContains {
        value: String,
        is_contained: bool,
    },
    /// Compares the list with several values at once.
    ListSet {
        operator: ListOperator,
        values: Vec<String>,
    },
    /// Whether some item holds the text.
    ListSubstring {
        value: String,
        is_contained: bool,
    },
    ListLength {
        operator: NumberOperator,
        value: u32,
    },
    Existence {
        is_set: bool,
    },
    Date {
        comparison: DateComparison,
    },
}

/// How text is compared. Letters must agree in case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TextOperator {
    Equals,
    NotEquals,
    Contains,
    NotContains,
    StartsWith,
    NotStartsWith,
    EndsWith,
    NotEndsWith,
    /// A regular expression, found anywhere in the text.
    Matches,
    NotMatches,
}

/// How a list is compared with several values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ListOperator {
    ContainsAll,
    ContainsAny,
    NotContainsAll,
    NotContainsAny,
}

/// How numbers are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NumberOperator {
    Equals,
    NotEquals,
    GreaterThan,
    GreaterThanOrEqual,
    LessThan,
    LessThanOrEqual,
}
