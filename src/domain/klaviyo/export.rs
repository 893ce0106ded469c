//! Writes a flow as the body of *Create Flow*.
//!
//! In: a flow, the account's ids. Out: the body, what does not carry over, and which ids are still missing.
//! Invariant: the body names every action once, and leads nowhere it does not name.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::domain::flow::model::{ActionStatus, Flow, Node, NodeKind, RepeatPolicy, Trigger};
use crate::domain::flow::tree::reach;
use crate::domain::id::NodeId;
use crate::domain::klaviyo::action::{FlowFacts, kept_action, read_action, write_data};
use crate::domain::klaviyo::condition::{EventIds, write_groups};
use crate::domain::klaviyo::import::{COPY_MARK, reached_ids};
use crate::domain::klaviyo::trigger::{read_reentry, read_trigger, write_reentry, write_trigger};
use crate::domain::klaviyo::{IdKind, Ids, Origin, action_id, object, text, text_of};

/// A flow that goes out.
#[derive(Debug, Clone, PartialEq)]
pub struct Export {
    /// `{"data": {"type": "flow", …}}`.
    pub body: Value,
    /// What does not carry over, a sentence each.
    pub notes: Vec<String>,
    /// The name that needs an id of the account, and its id if one is known.
    pub needs: Option<IdNeed>,
}

/// A name of ours that stands for a thing in the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdNeed {
    pub kind: IdKind,
    pub name: String,
    pub id: Option<String>,
}

/// Writes the flow. Ids in `ids` come before those it was imported with.
pub fn export_flow(flow: &Flow, ids: &Ids) -> Export {
    let origin = Origin::of(flow.klaviyo.as_ref());
    let mut notes = Vec::new();
    let needs = need_of(&flow.trigger, ids, &origin);
    let trigger_id = match &needs {
        Some(IdNeed { kind, id: None, .. }) => format!("YOUR_{}_ID", kind.word().to_uppercase()),
        Some(IdNeed { id: Some(id), .. }) => id.clone(),
        None => origin.trigger().and_then(|trigger| text_of(trigger, "id")).unwrap_or_default().to_owned(),
    };
    let facts = FlowFacts { trigger: &flow.trigger, trigger_id: &trigger_id };
    let mut definition = origin.definition.clone();
    let triggers = write_triggers(flow, &origin, ids, &trigger_id, &mut notes);
    definition.insert("triggers".to_owned(), Value::Array(triggers));
    let event = EventIds { kind: "metric-property", metric_id: Some(&trigger_id) };
    let profile_filter = write_groups(&flow.profile_filter, origin.definition.get("profile_filter"), event);
    if !profile_filter.is_null() || origin.definition.is_empty() || definition.contains_key("profile_filter") {
        definition.insert("profile_filter".to_owned(), profile_filter);
    }
    let writer = Writer { flow, origin: &origin, facts };
    definition.insert("actions".to_owned(), Value::Array(writer.actions(&mut notes)));
    definition.insert("entry_action_id".to_owned(), writer.target(flow.entry.as_ref()));
    let remembered = origin.definition.get("reentry_criteria");
    if origin.definition.is_empty() || read_reentry(remembered) != flow.reentry {
        definition.insert("reentry_criteria".to_owned(), write_reentry(flow.reentry));
    }
    note_losses(flow, &mut notes);
    let attributes = object([("name", text(&flow.name)), ("definition", Value::Object(definition))]);
    let body = object([("data", object([("type", text("flow")), ("attributes", attributes)]))]);
    Export { body, notes, needs }
}

fn need_of(trigger: &Trigger, ids: &Ids, origin: &Origin) -> Option<IdNeed> {
    let (kind, name) = match trigger {
        Trigger::Metric { metric } => (IdKind::Metric, metric),
        Trigger::List { list } => (IdKind::List, list),
        Trigger::Segment { segment } => (IdKind::Segment, segment),
        Trigger::Unset | Trigger::PriceDrop | Trigger::DateProperty { .. } => return None,
    };
    // An imported trigger that was never given a name is called by its id.
    let remembered = origin.trigger().filter(|remembered| {
        text_of(remembered, "id") == Some(name) && text_of(remembered, "type") == Some(kind.word())
    });
    let id = ids.id_of(kind, name).or_else(|| origin.ids.id_of(kind, name)).or(remembered.map(|_| name.as_str()));
    Some(IdNeed { kind, name: name.clone(), id: id.map(str::to_owned) })
}

fn write_triggers(flow: &Flow, origin: &Origin, ids: &Ids, trigger_id: &str, notes: &mut Vec<String>) -> Vec<Value> {
    let remembered = origin.trigger();
    let is_same_id = |trigger: &Value| text_of(trigger, "id").is_none_or(|id| id == trigger_id);
    if let Some(remembered) = remembered
        && read_trigger(remembered, &origin.ids) == (flow.trigger.clone(), flow.trigger_filter.clone())
        && (is_same_id(remembered) || *ids == Ids::default())
    {
        return vec![remembered.clone()];
    }
    let written = write_trigger(&flow.trigger, &flow.trigger_filter, trigger_id, remembered);
    if written.is_none() {
        notes.push("The flow has no trigger, and Klaviyo asks for exactly one: choose it first.".to_owned());
    }
    if flow.trigger == Trigger::PriceDrop {
        notes.push("Klaviyo asks how far a price must drop and for whom: 1 %, seen or in a checkout within 30 days, stands in the body. Change it there.".to_owned());
    }
    written.into_iter().collect()
}

struct Writer<'a> {
    flow: &'a Flow,
    origin: &'a Origin,
    facts: FlowFacts<'a>,
}

impl Writer<'_> {
    /// The actions in the order of the definition they came with, new ones below.
    fn actions(&self, notes: &mut Vec<String>) -> Vec<Value> {
        let mut written: Vec<(String, Value)> = Vec::new();
        let mut held = Vec::new();
        for node in reach(self.flow, self.flow.entry.as_ref()) {
            if stays_here(&node.kind) || self.is_merged(&node.id) {
                continue;
            }
            let (action, mut below) = self.action(node);
            written.push((node.id.to_string(), action));
            held.append(&mut below);
        }
        // What hangs under unknown branches, and what nothing led to when it came, goes out as it came.
        let reached = reached_ids(&self.origin.definition);
        let unreached = |action: &&Value| action_id(action).is_some_and(|id| !reached.contains(id));
        held.extend(self.remembered_actions().iter().filter(unreached).map(created));
        let mut names: BTreeSet<String> = written.iter().map(|(id, _)| id.clone()).collect();
        for action in held {
            let id = text_of(&action, "temporary_id").unwrap_or_default().to_owned();
            if names.insert(id.clone()) {
                written.push((id, action));
            }
        }
        let order: BTreeMap<&str, usize> = self
            .remembered_actions()
            .iter()
            .enumerate()
            .filter_map(|(idx, action)| Some((action_id(action)?, idx)))
            .collect();
        written.sort_by_key(|(id, _)| order.get(id.as_str()).copied().unwrap_or(usize::MAX));
        if written.iter().any(|(_, action)| text_of(action, "type") == Some("trigger-split"))
            && !self.flow.trigger.has_event()
        {
            notes.push(
                "A trigger split needs a metric or a price drop as trigger; Klaviyo refuses it with another."
                    .to_owned(),
            );
        }
        written.into_iter().map(|(_, action)| action).collect()
    }

    fn remembered_actions(&self) -> &[Value] {
        self.origin.definition.get("actions").and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// One card, and what it holds below it.
    fn action(&self, node: &Node) -> (Value, Vec<Value>) {
        let remembered = self.origin.action(base_id(&node.id));
        if let NodeKind::Foreign { definition, next, .. } = &node.kind {
            let (kept, below) = kept_action(definition);
            let mut action = created(kept);
            set_field(&mut action, "temporary_id", text(node.id.as_str()));
            if below.is_empty() && (next.is_some() || action.get("links").is_some()) {
                set_links(&mut action, [("next", self.target(next.as_ref()))], false);
            }
            return (action, below.iter().map(created).collect());
        }
        let is_same =
            remembered.is_some_and(|remembered| as_read(&read_action(remembered, Vec::new())) == as_read(&node.kind));
        let mut action = match remembered {
            Some(remembered) if is_same => created(remembered),
            remembered => {
                let (action_type, data) = write_data(&node.kind, self.facts, remembered);
                let mut action = created(&object([("type", text(action_type)), ("data", data)]));
                set_field(&mut action, "temporary_id", text(node.id.as_str()));
                action
            }
        };
        set_field(&mut action, "temporary_id", text(node.id.as_str()));
        match &node.kind {
            NodeKind::Webhook { next, .. } | NodeKind::TimeDelay { next, .. } => {
                set_links(&mut action, [("next", self.target(next.as_ref()))], !is_same);
            }
            NodeKind::TriggerSplit { yes, no, .. } | NodeKind::ConditionalSplit { yes, no, .. } => {
                let links = [("next_if_true", self.target(yes.as_ref())), ("next_if_false", self.target(no.as_ref()))];
                set_links(&mut action, links, !is_same);
            }
            NodeKind::Foreign { .. } | NodeKind::Unknown { .. } | NodeKind::Note { .. } => {}
        }
        (action, Vec::new())
    }

    /// Where a link leads: past what stays here, and to the original of a copy that is still like it.
    fn target(&self, link: Option<&NodeId>) -> Value {
        let mut link = link;
        for _ in 0..=self.flow.nodes.len() {
            let Some(node_id) = link else { return Value::Null };
            match self.flow.nodes.get(node_id).map(|node| &node.kind) {
                None => return Value::Null,
                Some(NodeKind::Note { next, .. } | NodeKind::Unknown { next, .. }) => link = next.as_ref(),
                Some(_) if self.is_merged(node_id) => return text(base_id(node_id)),
                Some(_) => return text(node_id.as_str()),
            }
        }
        Value::Null
    }

    /// Whether the card is a copy below a branch that rejoined, and all below it is still as below the original.
    fn is_merged(&self, node_id: &NodeId) -> bool {
        let base = NodeId::new(base_id(node_id));
        base != *node_id && self.is_alike(Some(node_id), Some(&base), self.flow.nodes.len())
    }

    fn is_alike(&self, one: Option<&NodeId>, other: Option<&NodeId>, n_left: usize) -> bool {
        let (one, other) = match (one, other) {
            (None, None) => return true,
            (Some(one), Some(other)) => (one, other),
            (Some(_), None) | (None, Some(_)) => return false,
        };
        let (Some(first), Some(second)) = (self.flow.nodes.get(one), self.flow.nodes.get(other)) else { return false };
        if n_left == 0 || base_id(one) != base_id(other) || as_read(&first.kind) != as_read(&second.kind) {
            return false;
        }
        let (ours, theirs) = (branches(&first.kind), branches(&second.kind));
        ours.iter().zip(theirs).all(|(one, other)| self.is_alike(*one, other, n_left - 1))
    }
}

fn branches(kind: &NodeKind) -> [Option<&NodeId>; 2] {
    match kind {
        NodeKind::Webhook { next, .. }
        | NodeKind::TimeDelay { next, .. }
        | NodeKind::Foreign { next, .. }
        | NodeKind::Unknown { next, .. }
        | NodeKind::Note { next, .. } => [next.as_ref(), None],
        NodeKind::TriggerSplit { yes, no, .. } | NodeKind::ConditionalSplit { yes, no, .. } => {
            [yes.as_ref(), no.as_ref()]
        }
    }
}

/// Whether Klaviyo has nothing for the card.
const fn stays_here(kind: &NodeKind) -> bool {
    match kind {
        NodeKind::Note { .. } | NodeKind::Unknown { .. } => true,
        NodeKind::Webhook { .. }
        | NodeKind::TimeDelay { .. }
        | NodeKind::TriggerSplit { .. }
        | NodeKind::ConditionalSplit { .. }
        | NodeKind::Foreign { .. } => false,
    }
}

/// The id of the action that a card came from.
fn base_id(node_id: &NodeId) -> &str {
    node_id.as_str().split(COPY_MARK).next().unwrap_or_default()
}

/// The card without its links, to be compared with what was read.
fn as_read(kind: &NodeKind) -> NodeKind {
    let mut kind = kind.clone();
    match &mut kind {
        NodeKind::Webhook { next, .. }
        | NodeKind::TimeDelay { next, .. }
        | NodeKind::Foreign { next, .. }
        | NodeKind::Unknown { next, .. }
        | NodeKind::Note { next, .. } => *next = None,
        NodeKind::TriggerSplit { yes, no, .. } | NodeKind::ConditionalSplit { yes, no, .. } => {
            (*yes, *no) = (None, None)
        }
    }
    kind
}

/// An action as it is created: what is only read is left out, its id is temporary.
pub fn created(action: &Value) -> Value {
    let mut map = Map::new();
    if let Some(id) = action_id(action) {
        map.insert("temporary_id".to_owned(), text(id));
    }
    for (name, value) in
        action.as_object().into_iter().flatten().filter(|(name, _)| *name != "id" && *name != "temporary_id")
    {
        map.insert(name.clone(), value.clone());
    }
    if let Some(Value::Object(message)) = map.get_mut("data").and_then(|data| data.get_mut("message")) {
        message.shift_remove("id");
    }
    Value::Object(map)
}

fn set_field(action: &mut Value, name: &str, value: Value) {
    if let Value::Object(map) = action {
        map.insert(name.to_owned(), value);
    }
}

/// Sets the links; an action that came without any and leads nowhere stays without.
fn set_links<const N: usize>(action: &mut Value, links: [(&'static str, Value); N], is_new: bool) {
    let Value::Object(map) = action else { return };
    if !is_new && !map.contains_key("links") && links.iter().all(|(_, target)| target.is_null()) {
        return;
    }
    let mut merged = match map.get("links") {
        Some(Value::Object(links)) => links.clone(),
        _ => Map::new(),
    };
    for (name, target) in links {
        // A link that was left out and leads nowhere stays out.
        if is_new || !target.is_null() || merged.contains_key(name) {
            merged.insert(name.to_owned(), target);
        }
    }
    map.insert("links".to_owned(), Value::Object(merged));
}

fn note_losses(flow: &Flow, notes: &mut Vec<String>) {
    let has = |is: fn(&NodeKind) -> bool| flow.nodes.values().any(|node| is(&node.kind));
    if has(|kind| matches!(kind, NodeKind::Note { .. })) {
        notes.push("Notes stay here: Klaviyo’s API has no place for them.".to_owned());
    }
    if has(|kind| matches!(kind, NodeKind::Unknown { .. })) {
        notes.push("Cards of a kind that this version does not know stay here.".to_owned());
    }
    if has(|kind| matches!(kind, NodeKind::Webhook { action, .. } if action.repeat_policy == RepeatPolicy::AtMostOnce))
    {
        notes.push("At most once does not carry over: Klaviyo retries as it does.".to_owned());
    }
    if has(
        |kind| matches!(kind, NodeKind::Webhook { action, .. } if action.url.contains("practice.hookwright.invalid")),
    ) {
        notes.push("A webhook still sends to the practice receiver. Give it a real destination first.".to_owned());
    }
    if has(|kind| matches!(kind, NodeKind::Webhook { action, .. } if !action.headers.is_empty())) {
        notes.push("Header values stand in the body as they are. Keep it as safe as the keys in it.".to_owned());
    }
    if has(|kind| matches!(kind, NodeKind::Webhook { action, .. } if action.status != ActionStatus::Draft)) {
        notes.push("Klaviyo makes new flows as drafts, whatever status their actions have.".to_owned());
    }
    if reach(flow, flow.entry.as_ref()).len() < flow.nodes.len() {
        notes.push("Cards that nothing leads to are left out.".to_owned());
    }
}
