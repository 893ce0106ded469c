//! Edits of a flow, as values.
//!
//! In: a flow and an edit. Out: another flow, or why the edit is impossible.
//! Invariant: a tree stays a tree, and a card is lost only to a delete.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::domain::flow::condition::ConditionGroups;
use crate::domain::flow::model::{
    ActionStatus, Branch, Flow, HeaderRow, Node, NodeKind, Reentry, RepeatPolicy, TimeDelay, Trigger,
};
use crate::domain::flow::tree::{Slot, reach, slots_below, slots_of, tail_slot};
use crate::domain::id::NodeId;

/// One act of a person on a flow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FlowEdit {
    SetName {
        name: String,
    },
    SetTrigger {
        trigger: Trigger,
    },
    SetTriggerFilter {
        condition: ConditionGroups,
    },
    SetProfileFilter {
        condition: ConditionGroups,
    },
    SetReentry {
        reentry: Reentry,
    },
    /// The links of `kind` are ignored. What stands in the slot goes below the card, with a split to *Yes*.
    InsertNode {
        slot: Slot,
        node_id: NodeId,
        kind: NodeKind,
    },
    /// Puts copied cards into a slot; what stands there goes below them, along *Yes*.
    Paste {
        slot: Slot,
        clip: Clip,
    },
    /// Moves a card; a split takes everything below it along.
    MoveNode {
        node_id: NodeId,
        slot: Slot,
        scope: Scope,
    },
    /// Takes a card out; of a split, the branch that is not kept goes with it.
    DeleteNode {
        node_id: NodeId,
        keep: Branch,
    },
    /// Takes a card out with everything below it.
    DeleteWithBelow {
        node_id: NodeId,
    },
    FlipSplit {
        node_id: NodeId,
    },
    SetWebhook {
        node_id: NodeId,
        change: WebhookChange,
    },
    SetStatus {
        node_id: NodeId,
        status: ActionStatus,
    },
    SetAllStatuses {
        status: ActionStatus,
    },
    SetDelay {
        node_id: NodeId,
        delay: TimeDelay,
    },
    SetCondition {
        node_id: NodeId,
        condition: ConditionGroups,
    },
    SetNote {
        node_id: NodeId,
        text: String,
    },
}

/// How much is moved or copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    Card,
    WithBelow,
}

/// A change of one field of a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "field", content = "value", rename_all = "kebab-case")]
pub enum WebhookChange {
    Name(String),
    Url(String),
    Headers(Vec<HeaderRow>),
    Payload(String),
    RepeatPolicy(RepeatPolicy),
}

/// Cards that were copied: a tree without a trigger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Clip {
    pub entry: NodeId,
    pub nodes: BTreeMap<NodeId, Node>,
}

/// Why an edit is impossible.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EditError {
    #[error("there is no card {node_id}")]
    UnknownNode { node_id: NodeId },
    #[error("there is no such place in the flow")]
    UnknownSlot { slot: Slot },
    #[error("the id {node_id} is taken")]
    IdTaken { node_id: NodeId },
    #[error("a card cannot go below itself")]
    SlotInsideMoved { node_id: NodeId },
    #[error("the card {node_id} has no {field}")]
    WrongKind { node_id: NodeId, field: &'static str },
    #[error("the copied cards do not hang together")]
    BrokenClip,
}

impl FlowEdit {
    /// What typing folds under in the history: edits with the same key, one after the other, are one step.
    pub fn fold_key(&self) -> Option<String> {
        match self {
            Self::SetName { .. } => Some("name".to_owned()),
            Self::SetTriggerFilter { .. } => Some("trigger-filter".to_owned()),
            Self::SetProfileFilter { .. } => Some("profile-filter".to_owned()),
            Self::SetDelay { node_id, .. } => Some(format!("delay {node_id}")),
            Self::SetCondition { node_id, .. } => Some(format!("condition {node_id}")),
            Self::SetNote { node_id, .. } => Some(format!("note {node_id}")),
            Self::SetWebhook { node_id, change } => match change {
                WebhookChange::Name(_) => Some(format!("name {node_id}")),
                WebhookChange::Url(_) => Some(format!("url {node_id}")),
                WebhookChange::Headers(_) => Some(format!("headers {node_id}")),
                WebhookChange::Payload(_) => Some(format!("payload {node_id}")),
                WebhookChange::RepeatPolicy(_) => None,
            },
            Self::SetTrigger { .. }
            | Self::SetReentry { .. }
            | Self::InsertNode { .. }
            | Self::Paste { .. }
            | Self::MoveNode { .. }
            | Self::DeleteNode { .. }
            | Self::DeleteWithBelow { .. }
            | Self::FlipSplit { .. }
            | Self::SetStatus { .. }
            | Self::SetAllStatuses { .. } => None,
        }
    }
}

/// The flow after the edit; the one given stays as it is.
pub fn apply(flow: &Flow, edit: FlowEdit) -> Result<Flow, EditError> {
    let mut flow = flow.clone();
    match edit {
        FlowEdit::SetName { name } => flow.name = name,
        FlowEdit::SetTrigger { trigger } => flow.trigger = trigger,
        FlowEdit::SetTriggerFilter { condition } => flow.trigger_filter = condition,
        FlowEdit::SetProfileFilter { condition } => flow.profile_filter = condition,
        FlowEdit::SetReentry { reentry } => flow.reentry = reentry,
        FlowEdit::InsertNode { slot, node_id, kind } => {
            let mut node = Node { id: node_id.clone(), kind };
            clear_links(&mut node.kind);
            let clip = Clip { entry: node_id.clone(), nodes: BTreeMap::from([(node_id, node)]) };
            paste(&mut flow, &slot, clip)?;
        }
        FlowEdit::Paste { slot, clip } => paste(&mut flow, &slot, clip)?,
        FlowEdit::MoveNode { node_id, slot, scope } => move_node(&mut flow, &node_id, &slot, scope)?,
        FlowEdit::DeleteNode { node_id, keep } => delete_node(&mut flow, &node_id, keep)?,
        FlowEdit::DeleteWithBelow { node_id } => {
            known(&flow, &node_id)?;
            relink(&mut flow, &node_id, None);
        }
        FlowEdit::FlipSplit { node_id } => match &mut node_mut(&mut flow, &node_id)?.kind {
            NodeKind::TriggerSplit { yes, no, .. } | NodeKind::ConditionalSplit { yes, no, .. } => {
                std::mem::swap(yes, no);
            }
            NodeKind::Webhook { .. }
            | NodeKind::TimeDelay { .. }
            | NodeKind::Foreign { .. }
            | NodeKind::Unknown { .. }
            | NodeKind::Note { .. } => {
                return Err(EditError::WrongKind { node_id, field: "branches" });
            }
        },
        FlowEdit::SetWebhook { node_id, change } => set_webhook(&mut flow, node_id, change)?,
        FlowEdit::SetStatus { node_id, status } => match &mut node_mut(&mut flow, &node_id)?.kind {
            NodeKind::Webhook { action, .. } => action.status = status,
            NodeKind::TimeDelay { .. }
            | NodeKind::TriggerSplit { .. }
            | NodeKind::ConditionalSplit { .. }
            | NodeKind::Foreign { .. }
            | NodeKind::Unknown { .. }
            | NodeKind::Note { .. } => return Err(EditError::WrongKind { node_id, field: "status" }),
        },
        FlowEdit::SetAllStatuses { status } => {
            for node in flow.nodes.values_mut() {
                match &mut node.kind {
                    NodeKind::Webhook { action, .. } => action.status = status,
                    NodeKind::TimeDelay { .. }
                    | NodeKind::TriggerSplit { .. }
                    | NodeKind::ConditionalSplit { .. }
                    | NodeKind::Foreign { .. }
                    | NodeKind::Unknown { .. }
                    | NodeKind::Note { .. } => {}
                }
            }
        }
        FlowEdit::SetDelay { node_id, delay: new } => match &mut node_mut(&mut flow, &node_id)?.kind {
            NodeKind::TimeDelay { delay, .. } => *delay = new,
            NodeKind::Webhook { .. }
            | NodeKind::TriggerSplit { .. }
            | NodeKind::ConditionalSplit { .. }
            | NodeKind::Foreign { .. }
            | NodeKind::Unknown { .. }
            | NodeKind::Note { .. } => return Err(EditError::WrongKind { node_id, field: "delay" }),
        },
        FlowEdit::SetCondition { node_id, condition: new } => match &mut node_mut(&mut flow, &node_id)?.kind {
            NodeKind::TriggerSplit { condition, .. } | NodeKind::ConditionalSplit { condition, .. } => *condition = new,
            NodeKind::Webhook { .. }
            | NodeKind::TimeDelay { .. }
            | NodeKind::Foreign { .. }
            | NodeKind::Unknown { .. }
            | NodeKind::Note { .. } => {
                return Err(EditError::WrongKind { node_id, field: "condition" });
            }
        },
        FlowEdit::SetNote { node_id, text: new } => match &mut node_mut(&mut flow, &node_id)?.kind {
            NodeKind::Note { text, .. } => *text = new,
            NodeKind::Webhook { .. }
            | NodeKind::TimeDelay { .. }
            | NodeKind::TriggerSplit { .. }
            | NodeKind::ConditionalSplit { .. }
            | NodeKind::Foreign { .. }
            | NodeKind::Unknown { .. } => return Err(EditError::WrongKind { node_id, field: "text" }),
        },
    }
    Ok(flow)
}

/// Copies a card, or a card with everything below it. A split always comes with everything below.
pub fn copy(flow: &Flow, node_id: &NodeId, scope: Scope) -> Option<Clip> {
    let node = flow.nodes.get(node_id)?;
    let mut nodes: BTreeMap<NodeId, Node> = match scope {
        Scope::Card if !node.kind.is_split() => BTreeMap::from([(node_id.clone(), node.clone())]),
        Scope::Card | Scope::WithBelow => {
            reach(flow, Some(node_id)).into_iter().map(|node| (node.id.clone(), node.clone())).collect()
        }
    };
    let ids: BTreeSet<NodeId> = nodes.keys().cloned().collect();
    for node in nodes.values_mut() {
        for link in links_mut(&mut node.kind) {
            if link.as_ref().is_some_and(|next| !ids.contains(next)) {
                *link = None;
            }
        }
    }
    Some(Clip { entry: node_id.clone(), nodes })
}

impl Clip {
    /// The same cards under other ids, as pasting needs them. `fresh_id` is called once a card.
    pub fn with_ids(&self, mut fresh_id: impl FnMut() -> NodeId) -> Self {
        let ids: BTreeMap<&NodeId, NodeId> = self.nodes.keys().map(|node_id| (node_id, fresh_id())).collect();
        let renamed = |node_id: &NodeId| ids.get(node_id).cloned();
        let nodes = self.nodes.iter().filter_map(|(node_id, node)| {
            let mut node = Node { id: renamed(node_id)?, kind: node.kind.clone() };
            for link in links_mut(&mut node.kind) {
                *link = link.as_ref().and_then(renamed);
            }
            Some((node.id.clone(), node))
        });
        Self { entry: renamed(&self.entry).unwrap_or_else(|| self.entry.clone()), nodes: nodes.collect() }
    }
}

/// Moves a card above the one it hangs from. `None` where there is none, and for splits.
pub fn move_up(flow: &Flow, node_id: &NodeId) -> Option<FlowEdit> {
    if flow.nodes.get(node_id)?.kind.is_split() {
        return None;
    }
    let above = slots_of(flow, node_id).into_iter().next()?;
    let slot = slots_of(flow, above.owner()?).into_iter().next()?;
    Some(FlowEdit::MoveNode { node_id: node_id.clone(), slot, scope: Scope::Card })
}

/// Moves a card below the next one; into the *Yes* branch of a split. `None` where there is none, and for splits.
pub fn move_down(flow: &Flow, node_id: &NodeId) -> Option<FlowEdit> {
    let node = flow.nodes.get(node_id)?;
    if node.kind.is_split() {
        return None;
    }
    let next = node.kind.links().first().and_then(|next| flow.nodes.get(*next))?;
    let slot = slots_below(next).into_iter().next()?;
    Some(FlowEdit::MoveNode { node_id: node_id.clone(), slot, scope: Scope::Card })
}

fn paste(flow: &mut Flow, slot: &Slot, clip: Clip) -> Result<(), EditError> {
    if let Some(node_id) = clip.nodes.keys().find(|node_id| flow.nodes.contains_key(*node_id)) {
        return Err(EditError::IdTaken { node_id: node_id.clone() });
    }
    let below = slot.link(flow).ok_or_else(|| EditError::UnknownSlot { slot: slot.clone() })?.cloned();
    let Clip { entry, nodes } = clip;
    flow.nodes.extend(nodes);
    let tail = tail_slot(flow, &entry).ok_or(EditError::BrokenClip)?;
    set_link(flow, &tail, below)?;
    set_link(flow, slot, Some(entry))
}

fn move_node(flow: &mut Flow, node_id: &NodeId, slot: &Slot, scope: Scope) -> Result<(), EditError> {
    let node = known(flow, node_id)?;
    let target = slot.link(flow).ok_or_else(|| EditError::UnknownSlot { slot: slot.clone() })?;
    if target == Some(node_id) {
        return Ok(());
    }
    let is_whole = scope == Scope::WithBelow || node.kind.is_split();
    let moved = if is_whole { reach(flow, Some(node_id)) } else { vec![node] };
    if slot.owner().is_some_and(|owner| moved.iter().any(|node| node.id == *owner)) {
        let is_own_line = !is_whole;
        return if is_own_line { Ok(()) } else { Err(EditError::SlotInsideMoved { node_id: node_id.clone() }) };
    }
    let follower = if is_whole { None } else { node.kind.links().first().map(|next| (*next).clone()) };
    for place in slots_of(flow, node_id) {
        set_link(flow, &place, follower.clone())?;
    }
    if !is_whole {
        set_link(flow, &Slot::below(node_id), None)?;
    }
    let below = slot.link(flow).flatten().cloned();
    let tail = tail_slot(flow, node_id).ok_or(EditError::BrokenClip)?;
    set_link(flow, &tail, below)?;
    set_link(flow, slot, Some(node_id.clone()))
}

fn delete_node(flow: &mut Flow, node_id: &NodeId, keep: Branch) -> Result<(), EditError> {
    let slots = slots_below(known(flow, node_id)?);
    let kept = match keep {
        Branch::Yes => slots.first(),
        Branch::No => slots.last(),
    };
    let follower = kept.and_then(|slot| slot.link(flow)).flatten().cloned();
    relink(flow, node_id, follower);
    Ok(())
}

/// Puts `follower` wherever the card stood, and drops the card with all that hung from it alone.
fn relink(flow: &mut Flow, node_id: &NodeId, follower: Option<NodeId>) {
    let below: Vec<NodeId> = reach(flow, Some(node_id)).into_iter().map(|node| node.id.clone()).collect();
    for place in slots_of(flow, node_id) {
        if let Some(link) = place.link_mut(flow) {
            link.clone_from(&follower);
        }
    }
    let mut kept: BTreeSet<NodeId> = reach(flow, flow.entry.as_ref()).into_iter().map(|node| node.id.clone()).collect();
    kept.extend(reach(flow, follower.as_ref()).into_iter().map(|node| node.id.clone()));
    kept.remove(node_id);
    for dropped in below.into_iter().filter(|below| !kept.contains(below)) {
        flow.nodes.remove(&dropped);
    }
}

fn set_webhook(flow: &mut Flow, node_id: NodeId, change: WebhookChange) -> Result<(), EditError> {
    match &mut node_mut(flow, &node_id)?.kind {
        NodeKind::Webhook { action, .. } => match change {
            WebhookChange::Name(name) => action.name = name,
            WebhookChange::Url(url) => action.url = url,
            WebhookChange::Headers(headers) => action.headers = headers,
            WebhookChange::Payload(payload) => action.payload = payload,
            WebhookChange::RepeatPolicy(repeat_policy) => action.repeat_policy = repeat_policy,
        },
        NodeKind::TimeDelay { .. }
        | NodeKind::TriggerSplit { .. }
        | NodeKind::ConditionalSplit { .. }
        | NodeKind::Foreign { .. }
        | NodeKind::Unknown { .. }
        | NodeKind::Note { .. } => return Err(EditError::WrongKind { node_id, field: "webhook" }),
    }
    Ok(())
}

fn known<'a>(flow: &'a Flow, node_id: &NodeId) -> Result<&'a Node, EditError> {
    flow.nodes.get(node_id).ok_or_else(|| EditError::UnknownNode { node_id: node_id.clone() })
}

fn node_mut<'a>(flow: &'a mut Flow, node_id: &NodeId) -> Result<&'a mut Node, EditError> {
    flow.nodes.get_mut(node_id).ok_or_else(|| EditError::UnknownNode { node_id: node_id.clone() })
}

fn set_link(flow: &mut Flow, slot: &Slot, target: Option<NodeId>) -> Result<(), EditError> {
    *slot.link_mut(flow).ok_or_else(|| EditError::UnknownSlot { slot: slot.clone() })? = target;
    Ok(())
}

fn links_mut(kind: &mut NodeKind) -> Vec<&mut Option<NodeId>> {
    match kind {
        NodeKind::Webhook { next, .. }
        | NodeKind::TimeDelay { next, .. }
        | NodeKind::Foreign { next, .. }
        | NodeKind::Unknown { next, .. }
        | NodeKind::Note { next, .. } => {
            vec![next]
        }
        NodeKind::TriggerSplit { yes, no, .. } | NodeKind::ConditionalSplit { yes, no, .. } => vec![yes, no],
    }
}

fn clear_links(kind: &mut NodeKind) {
    for link in links_mut(kind) {
        *link = None;
    }
}
