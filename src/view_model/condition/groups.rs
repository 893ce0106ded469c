//! Groups of conditions: all groups must hold, in each one condition is enough.
//!
//! In: the groups and a change. Out: the groups with it.
//! Invariant: no group is empty.

use crate::domain::flow::condition::{Condition, ConditionGroup, ConditionGroups, Subject, Test, TextOperator};

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_grow_and_shrink() {
        let one = with_group(&ConditionGroups::default(), Subject::Event);
        let two = with_group(&with_alternative(&one, 0, Subject::Event), Subject::Event);
        assert_eq!(two.groups.iter().map(|group| group.conditions.len()).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(without_condition(&two, 1, 0).groups.len(), 1);
        assert_eq!(without_condition(&two, 9, 9), two);
    }
}
