//! Conditions as a form: operators to choose among, the fields that an operator needs, groups, and known properties.
//!
//! In: a test, what a person chose or typed. Out: another test, or nothing where the text cannot be read.
//! Invariant: every operator that the form offers is one that the engine runs, and the other way round.

mod fields;
mod groups;
mod operator;
mod property;

pub use fields::{FieldKind, UNITS, ValueField, value_fields, with_field};
pub use groups::{blank_condition, with_alternative, with_condition, with_group, without_condition};
pub use operator::{OPERATORS, OperatorChoice, operator_slug, with_operator};
pub use property::{KnownProperty, event_properties, profile_properties, sample_text, test_for_sample};
