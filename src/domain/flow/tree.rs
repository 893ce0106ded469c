//! How the cards of a flow hang together: slots, reach, order.
//!
//! In: a flow. Out: the places where a card can stand, and the cards in reach of one.
//! Invariant: no recursion and every card at most once, so that neither deep nor cyclic flows do harm.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::flow::model::{Branch, Flow, Node, NodeKind};
use crate::domain::id::NodeId;

/// A place where a card can stand: a line, or the open end of a branch.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Slot {
    /// Right below the trigger.
    Entry,
    /// Below a card that is no split.
    Below { node_id: NodeId },
    /// On top of a branch of a split.
    Branch { node_id: NodeId, branch: Branch },
}

impl Slot {
    /// Below that card, if it is no split.
    pub fn below(node_id: &NodeId) -> Self {
        Self::Below { node_id: node_id.clone() }
    }

    /// On top of that branch.
    pub fn branch(node_id: &NodeId, branch: Branch) -> Self {
        Self::Branch { node_id: node_id.clone(), branch }
    }

    /// The card that the slot hangs from.
    pub const fn owner(&self) -> Option<&NodeId> {
        match self {
            Self::Entry => None,
            Self::Below { node_id } | Self::Branch { node_id, .. } => Some(node_id),
        }
    }

    /// What stands in the slot: `None` if there is no such slot, `Some(None)` if it is open.
    pub fn link<'a>(&self, flow: &'a Flow) -> Option<Option<&'a NodeId>> {
        match self {
            Self::Entry => Some(flow.entry.as_ref()),
            Self::Below { node_id } => match &flow.nodes.get(node_id)?.kind {
                NodeKind::Webhook { next, .. }
                | NodeKind::TimeDelay { next, .. }
                | NodeKind::Foreign { next, .. }
                | NodeKind::Unknown { next, .. }
                | NodeKind::Note { next, .. } => Some(next.as_ref()),
                NodeKind::TriggerSplit { .. } | NodeKind::ConditionalSplit { .. } => None,
            },
            Self::Branch { node_id, branch } => match &flow.nodes.get(node_id)?.kind {
                NodeKind::TriggerSplit { yes, no, .. } | NodeKind::ConditionalSplit { yes, no, .. } => match branch {
                    Branch::Yes => Some(yes.as_ref()),
                    Branch::No => Some(no.as_ref()),
                },
                NodeKind::Webhook { .. }
                | NodeKind::TimeDelay { .. }
                | NodeKind::Foreign { .. }
                | NodeKind::Unknown { .. }
                | NodeKind::Note { .. } => None,
            },
        }
    }

    /// The slot's link, to be changed; `None` if there is no such slot.
    pub fn link_mut<'a>(&self, flow: &'a mut Flow) -> Option<&'a mut Option<NodeId>> {
        match self {
            Self::Entry => Some(&mut flow.entry),
            Self::Below { node_id } => match &mut flow.nodes.get_mut(node_id)?.kind {
                NodeKind::Webhook { next, .. }
                | NodeKind::TimeDelay { next, .. }
                | NodeKind::Foreign { next, .. }
                | NodeKind::Unknown { next, .. }
                | NodeKind::Note { next, .. } => Some(next),
                NodeKind::TriggerSplit { .. } | NodeKind::ConditionalSplit { .. } => None,
            },
            Self::Branch { node_id, branch } => match &mut flow.nodes.get_mut(node_id)?.kind {
                NodeKind::TriggerSplit { yes, no, .. } | NodeKind::ConditionalSplit { yes, no, .. } => match branch {
                    Branch::Yes => Some(yes),
                    Branch::No => Some(no),
                },
                NodeKind::Webhook { .. }
                | NodeKind::TimeDelay { .. }
                | NodeKind::Foreign { .. }
                | NodeKind::Unknown { .. }
                | NodeKind::Note { .. } => None,
            },
        }
    }
}

/// The slots that hang from a card: one, or *Yes* and *No*.
pub fn slots_below(node: &Node) -> Vec<Slot> {
    if node.kind.is_split() {
        vec![Slot::branch(&node.id, Branch::Yes), Slot::branch(&node.id, Branch::No)]
    } else {
        vec![Slot::below(&node.id)]
    }
}

/// Where a card stands. Only in imported flows, whose branches may meet again, is it more than one place.
pub fn slots_of(flow: &Flow, node_id: &NodeId) -> Vec<Slot> {
    std::iter::once(Slot::Entry)
        .chain(flow.nodes.values().flat_map(slots_below))
        .filter(|slot| slot.link(flow) == Some(Some(node_id)))
        .collect()
}

/// The cards from `start` on, from top to bottom, *Yes* before *No*: the order in which a person reads them.
pub fn reach<'a>(flow: &'a Flow, start: Option<&NodeId>) -> Vec<&'a Node> {
    let mut seen = BTreeSet::new();
    let mut nodes = Vec::new();
    let mut stack: Vec<&Node> = start.and_then(|node_id| flow.nodes.get(node_id)).into_iter().collect();
    while let Some(node) = stack.pop() {
        if seen.insert(&node.id) {
            nodes.push(node);
            stack.extend(node.kind.links().into_iter().rev().filter_map(|node_id| flow.nodes.get(node_id)));
        }
    }
    nodes
}

/// The open end that the rest of a flow is moved to: down from `start`, along *Yes*.
///
/// `None` if `start` is no card, or the way runs in a circle.
pub fn tail_slot(flow: &Flow, start: &NodeId) -> Option<Slot> {
    let mut node = flow.nodes.get(start)?;
    for _ in 0..=flow.nodes.len() {
        let slot = slots_below(node).into_iter().next()?;
        match slot.link(flow)? {
            None => return Some(slot),
            Some(next) => node = flow.nodes.get(next)?,
        }
    }
    None
}

/// Whether every card stands in exactly one slot, and all hang from the trigger.
pub fn is_tree(flow: &Flow) -> bool {
    let mut linked = BTreeSet::new();
    let every_link = flow.entry.iter().chain(flow.nodes.values().flat_map(|node| node.kind.links()));
    every_link.into_iter().all(|node_id| flow.nodes.contains_key(node_id) && linked.insert(node_id))
        && flow.nodes.iter().all(|(node_id, node)| *node_id == node.id)
        && reach(flow, flow.entry.as_ref()).len() == flow.nodes.len()
}
