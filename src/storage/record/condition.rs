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
        TextIn { values: Vec<String>, is_in: bool },
        Number { operator: NumberOperatorRecord, value: f64 },
        NumberBetween { start: f64, end: f64 },
        Boolean { value: bool },
        ListContains { value: String, is_contained: bool },
        ListSet { operator: ListOperatorRecord, values: Vec<String> },
        ListSubstring { value: String, is_contained: bool },
        ListLength { operator: NumberOperatorRecord, value: u32 },
        Existence { is_set: bool },
        Date { comparison: DateComparisonRecord },
    }
}
stored! {
    enum DateComparisonRecord for domain::DateComparison {
        After { date: i64 },
        Before { date: i64 },
        BetweenStatic { start: i64, end: i64 },
        InTheLast { quantity: u32, unit: DateUnitRecord },
        InTheNext { quantity: u32, unit: DateUnitRecord },
        AtLeast { quantity: u32, unit: DateUnitRecord },
        BetweenAgo { start: u32, end: u32, unit: DateUnitRecord },
        Anniversary,
        AnniversaryMonth,
        AnniversaryInTheLast { quantity: u32, unit: DateUnitRecord },
        AnniversaryInTheNext { quantity: u32, unit: DateUnitRecord },
        CalendarMonth { month: u8 },
    }
}
stored! {
    names DateUnitRecord for domain::DateUnit { Hour, Day, Week }
}
stored! {
    names TextOperatorRecord for domain::TextOperator {
        Equals, NotEquals, Contains, NotContains, StartsWith, NotStartsWith, EndsWith, NotEndsWith,
        Matches, NotMatches,
    }
}
stored! {
    names ListOperatorRecord for domain::ListOperator { ContainsAll, ContainsAny, NotContainsAll, NotContainsAny }
}
stored! {
    names NumberOperatorRecord for domain::NumberOperator {
        Equals, NotEquals, GreaterThan, GreaterThanOrEqual, LessThan, LessThanOrEqual,
    }
}
