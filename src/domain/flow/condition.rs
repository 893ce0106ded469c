//! Conditions on events and profiles, for filters and splits.
//!
//! In: groups of conditions, and the values of an event and a profile. Out: held or not, and why.
//! Invariant: groups are ANDed and the conditions inside a group ORed, as in Klaviyo.

use serde::{Deserialize, Serialize};

/// Filters as Klaviyo has them: every group must hold, and in a group one condition is enough. No group always holds.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ConditionGroups {
    pub groups: Vec<ConditionGroup>,
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

/// Whose property is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    Event,
    Profile,
}

/// What is asked of the property. Names are those of Klaviyo's filters (text, number, boolean, list, existence).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Test {
    Text { operator: TextOperator, value: String },
    Number { operator: NumberOperator, value: f64 },
    Boolean { value: bool },
    ListContains { value: String, is_contained: bool },
    Existence { is_set: bool },
}

/// How text is compared.
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
