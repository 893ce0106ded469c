//! How conditions lie on disk.
//!
//! In: condition groups. Out: their stored shape, and back.
//! Invariant: part of a flow's shape; a change here is a migration of flows.

use crate::domain::flow::condition as domain;
use crate::storage::record::mirror::stored;

stored! {
    struct ConditionGroupsRecord for domain::ConditionGroups { groups: Vec<ConditionGroupRecord> }
}
stored! {
    struct ConditionGroupRecord for domain::ConditionGroup { conditions: Vec<ConditionRecord> }
}
stored! {
    struct ConditionRecord for domain::Condition { subject: SubjectRecord, property: String, test: TestRecord }
}
stored! {
    names SubjectRecord for domain::Subject { Event, Profile }
}
stored! {
    enum TestRecord for domain::Test {
        Text { operator: TextOperatorRecord, value: String },
        Number { operator: NumberOperatorRecord, value: f64 },
        Boolean { value: bool },
        ListContains { value: String, is_contained: bool },
        Existence { is_set: bool },
    }
}
stored! {
    names TextOperatorRecord for domain::TextOperator {
        Equals, NotEquals, Contains, NotContains, StartsWith, NotStartsWith, EndsWith, NotEndsWith,
    }
}
stored! {
    names NumberOperatorRecord for domain::NumberOperator {
        Equals, NotEquals, GreaterThan, GreaterThanOrEqual, LessThan, LessThanOrEqual,
    }
}
