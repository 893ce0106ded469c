//! Local lists and segments: small sets of profiles whose membership starts flows.
//!
//! In: sets as a person keeps them, saved flows. Out: who came in, and which flows that starts.
//! Invariant: a set is known by its kind and name, as triggers name it; leaving a set starts nothing.

use std::collections::BTreeSet;

use crate::domain::flow::model::{Flow, Trigger};
use crate::domain::id::ProfileId;

/// What kind of set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SetKind {
    /// Starts flows by *Subscribed to List*.
    List,
    /// Starts flows by *Added to Segment*.
    Segment,
}

/// Profiles that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileSet {
    pub kind: SetKind,
    pub name: String,
    pub members: BTreeSet<ProfileId>,
}

/// All lists and segments.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProfileSets {
    pub sets: Vec<ProfileSet>,
}

impl ProfileSets {
    /// The set of this kind and name.
    pub fn find(&self, kind: SetKind, name: &str) -> Option<&ProfileSet> {
        self.sets.iter().find(|set| set.kind == kind && same_name(&set.name, name))
    }

    /// The sets with this one in place of `replaced`, or as one more.
    pub fn with(&self, set: ProfileSet, replaced: Option<(SetKind, &str)>) -> Self {
        let mut sets = self.clone();
        let place = replaced
            .and_then(|(kind, name)| sets.sets.iter_mut().find(|set| set.kind == kind && same_name(&set.name, name)));
        match place {
            Some(place) => *place = set,
            None => sets.sets.push(set),
        }
        sets
    }

    /// The sets without this one.
    pub fn without(&self, kind: SetKind, name: &str) -> Self {
        let mut sets = self.clone();
        sets.sets.retain(|set| set.kind != kind || !same_name(&set.name, name));
        sets
    }

    /// Who is in a set here and was not in the set of that name in `before`.
    pub fn joined_since<'a>(&'a self, before: &Self) -> Vec<(&'a ProfileSet, Vec<&'a ProfileId>)> {
        let joined = self.sets.iter().map(|set| {
            let earlier = before.find(set.kind, &set.name).map(|set| &set.members);
            let is_new = |member: &&ProfileId| earlier.is_none_or(|earlier| !earlier.contains(*member));
            (set, set.members.iter().filter(is_new).collect::<Vec<_>>())
        });
        joined.filter(|(_, members)| !members.is_empty()).collect()
    }
}

impl ProfileSet {
    /// Whether coming into this set starts the flow.
    pub fn starts(&self, flow: &Flow) -> bool {
        let asked = match (&flow.trigger, self.kind) {
            (Trigger::List { list }, SetKind::List) => list,
            (Trigger::Segment { segment }, SetKind::Segment) => segment,
            _ => return false,
        };
        same_name(asked, &self.name)
    }
}

/// Names are compared as people read them.
pub fn same_name(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::FlowId;

    fn set(kind: SetKind, name: &str, members: &[&str]) -> ProfileSet {
        ProfileSet { kind, name: name.to_owned(), members: members.iter().map(|id| ProfileId::new(*id)).collect() }
    }

    #[test]
    fn only_newcomers_are_named() {
        let before = ProfileSets { sets: vec![set(SetKind::List, "News", &["a", "b"])] };
        let after = before.with(set(SetKind::List, "news ", &["b", "c"]), Some((SetKind::List, "News")));
        let joined = after.joined_since(&before);
        assert_eq!(joined.len(), 1);
        assert_eq!(joined[0].1, [&ProfileId::new("c")]);
        assert!(before.joined_since(&after).iter().all(|(_, members)| *members == [&ProfileId::new("a")]));
    }

    #[test]
    fn a_list_and_a_segment_of_one_name_are_two() {
        let sets = ProfileSets::default().with(set(SetKind::List, "VIP", &["a"]), None);
        assert_eq!(sets.find(SetKind::Segment, "VIP"), None);
        let mut flow = Flow::blank(FlowId::new("f"), "f");
        flow.trigger = Trigger::Segment { segment: "vip".to_owned() };
        assert!(!sets.sets[0].starts(&flow));
        assert!(set(SetKind::Segment, "VIP", &[]).starts(&flow));
        assert_eq!(sets.without(SetKind::List, "vip"), ProfileSets::default());
    }
}
