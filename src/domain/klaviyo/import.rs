//! Reads a flow of Klaviyo's.
//!
//! In: an answer of *Get Flow*, a body of *Create Flow*, or a bare definition. Out: a flow, and what to know of it.
//! Invariant: nothing is lost; what Hookwright does not run is kept, shown and passed over.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use thiserror::Error;

use crate::domain::flow::model::{ActionStatus, Flow, Node, NodeKind, Trigger};
use crate::domain::id::{FlowId, NodeId};
use crate::domain::klaviyo::action::read_action;
use crate::domain::klaviyo::condition::{is_kept, read_groups};
use crate::domain::klaviyo::trigger::{read_reentry, read_trigger};
use crate::domain::klaviyo::{IdKind, Ids, Origin, action_id, text_of};

/// Branches that rejoin are written out one below each other, up to this many cards.
const MAX_CARDS: usize = 1_000;

/// What stands between the id of a card and the number of its copy.
pub const COPY_MARK: char = '~';

/// Why a text is no flow.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ImportError {
    #[error("this is not JSON: {reason}")]
    NotJson { reason: String },
    #[error("the answer has no definition; ask for it with additional-fields[flow]=definition")]
    NoDefinition,
    #[error("this is no flow of Klaviyo’s: it has no triggers and actions")]
    NoFlow,
    #[error("the flow’s branches rejoin so often that it would have more than {MAX_CARDS} cards")]
    TooManyCards,
}

/// A flow that came in.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    pub flow: Flow,
    /// A sentence each.
    pub notes: Vec<String>,
    /// Ids that have no name here yet; they are called by themselves until they get one.
    pub unnamed: Vec<(IdKind, String)>,
}

/// Reads a flow. Nothing of it runs before somebody has saved it here.
pub fn import_flow(json: &str, flow_id: FlowId, ids: &Ids) -> Result<Imported, ImportError> {
    let value: Value =
        serde_json::from_str(json).map_err(|error| ImportError::NotJson { reason: error.to_string() })?;
    let attributes = value.pointer("/data/attributes").or_else(|| value.get("attributes"));
    let (name, definition) = match attributes {
        Some(attributes) => (
            text_of(attributes, "name"),
            attributes.get("definition").filter(|definition| !definition.is_null()).ok_or(ImportError::NoDefinition)?,
        ),
        None => (text_of(&value, "name"), &value),
    };
    let definition = definition.as_object().filter(|map| map.contains_key("triggers") && map.contains_key("actions"));
    let definition = definition.ok_or(ImportError::NoFlow)?.clone();
    let origin = Origin { definition, ids: ids.clone() };
    let mut flow = Flow::blank(flow_id, name.unwrap_or("Flow from Klaviyo"));
    let mut notes = Vec::new();
    if let Some(trigger) = origin.trigger() {
        (flow.trigger, flow.trigger_filter) = read_trigger(trigger, ids);
        if flow.trigger == Trigger::Unset {
            let kind = text_of(trigger, "type").unwrap_or("unknown").to_owned();
            notes.push(format!(
                "The trigger ({kind}) is kept, and starts nothing here. Choose another to run the flow."
            ));
        }
    }
    flow.profile_filter = read_groups(origin.definition.get("profile_filter"));
    flow.reentry = read_reentry(origin.definition.get("reentry_criteria"));
    let mut builder = Builder::new(&origin.definition);
    flow.entry = match origin.definition.get("entry_action_id").and_then(Value::as_str) {
        Some(entry) => builder.place(entry)?,
        None => None,
    };
    flow.nodes = std::mem::take(&mut builder.nodes);
    notes.append(&mut builder.notes(&flow));
    if flow_conditions(&flow).any(is_kept) {
        notes.push("Some conditions ask for more than one property of the profile or the event. They are kept and count as not met.".to_owned());
    }
    if flow.webhooks().any(|(_, action)| action.status == ActionStatus::Live) {
        notes.push("Its webhooks are live in Klaviyo.".to_owned());
    }
    let unnamed = unnamed_ids(&origin);
    flow.klaviyo = Some(origin.to_value());
    Ok(Imported { flow, notes, unnamed })
}

fn flow_conditions(flow: &Flow) -> impl Iterator<Item = &crate::domain::flow::condition::Condition> {
    let of_nodes = flow.nodes.values().filter_map(|node| match &node.kind {
        NodeKind::TriggerSplit { condition, .. } | NodeKind::ConditionalSplit { condition, .. } => Some(condition),
        NodeKind::Webhook { .. }
        | NodeKind::TimeDelay { .. }
        | NodeKind::Foreign { .. }
        | NodeKind::Unknown { .. }
        | NodeKind::Note { .. } => None,
    });
    [&flow.trigger_filter, &flow.profile_filter].into_iter().chain(of_nodes).flat_map(|groups| groups.conditions())
}

fn unnamed_ids(origin: &Origin) -> Vec<(IdKind, String)> {
    let Some(trigger) = origin.trigger() else { return Vec::new() };
    let kind = match text_of(trigger, "type") {
        Some("metric") => IdKind::Metric,
        Some("list") => IdKind::List,
        Some("segment") => IdKind::Segment,
        _ => return Vec::new(),
    };
    let id = text_of(trigger, "id").unwrap_or_default();
    if id.is_empty() || origin.ids.name_of(kind, id) != id { Vec::new() } else { vec![(kind, id.to_owned())] }
}

/// The actions that the definition's entry leads to.
pub fn reached_ids(definition: &Map<String, Value>) -> BTreeSet<&str> {
    let actions = definition.get("actions").and_then(Value::as_array);
    let by_id: BTreeMap<&str, &Value> =
        actions.into_iter().flatten().filter_map(|action| Some((action_id(action)?, action))).collect();
    let mut reached = BTreeSet::new();
    let mut open: Vec<&str> = definition.get("entry_action_id").and_then(Value::as_str).into_iter().collect();
    while let Some(id) = open.pop() {
        if let Some((&id, &action)) = by_id.get_key_value(id)
            && reached.insert(id)
        {
            open.extend(targets(action));
        }
    }
    reached
}

/// The ids an action leads to: one, two of a split, or those of branches Hookwright does not know.
fn targets(action: &Value) -> Vec<&str> {
    let links = action.get("links").and_then(Value::as_object);
    let named = ["next_if_true", "next_if_false", "next"].into_iter().filter_map(|name| links?.get(name)?.as_str());
    let branches = action.pointer("/data/branches").and_then(Value::as_array);
    let of_branches = branches.into_iter().flatten().filter_map(|branch| branch.pointer("/links/next")?.as_str());
    named.chain(of_branches).collect()
}

/// Whether the action has branches that Hookwright does not walk.
fn has_unknown_branches(action: &Value) -> bool {
    let is_split = matches!(text_of(action, "type"), Some("conditional-split" | "trigger-split"));
    let has_branches = action.pointer("/data/branches").is_some();
    let has_two = action.get("links").and_then(|links| links.get("next_if_true")).is_some();
    !is_split && (has_branches || has_two)
}

/// Places actions as cards of a tree.
struct Builder<'a> {
    actions: BTreeMap<&'a str, &'a Value>,
    nodes: BTreeMap<NodeId, Node>,
    n_copies: BTreeMap<&'a str, usize>,
    /// On the way from the entry to the action that is placed.
    path: Vec<&'a str>,
    seen: BTreeSet<&'a str>,
    has_circle: bool,
}

impl<'a> Builder<'a> {
    fn new(definition: &'a Map<String, Value>) -> Self {
        let actions = definition.get("actions").and_then(Value::as_array);
        let actions = actions.into_iter().flatten().filter_map(|action| Some((action_id(action)?, action)));
        Self {
            actions: actions.collect(),
            nodes: BTreeMap::new(),
            n_copies: BTreeMap::new(),
            path: Vec::new(),
            seen: BTreeSet::new(),
            has_circle: false,
        }
    }

    /// Places an action and all below it; the second time as a copy, since a card has one place.
    fn place(&mut self, id: &str) -> Result<Option<NodeId>, ImportError> {
        let Some((&id, &action)) = self.actions.get_key_value(id) else { return Ok(None) };
        if self.path.contains(&id) {
            self.has_circle = true;
            return Ok(None);
        }
        if self.nodes.len() >= MAX_CARDS {
            return Err(ImportError::TooManyCards);
        }
        let n_copies = self.n_copies.entry(id).or_insert(0);
        *n_copies += 1;
        let node_id = if *n_copies == 1 { NodeId::new(id) } else { NodeId::new(format!("{id}{COPY_MARK}{n_copies}")) };
        self.seen.insert(id);
        let mut kind = if has_unknown_branches(action) {
            read_action(action, self.everything_below(action))
        } else {
            read_action(action, Vec::new())
        };
        // Held here so that a card below that leads back finds it.
        self.nodes.insert(node_id.clone(), Node { id: node_id.clone(), kind: kind.clone() });
        self.path.push(id);
        let link = |name: &str| action.get("links").and_then(|links| links.get(name)).and_then(Value::as_str);
        match &mut kind {
            NodeKind::TriggerSplit { yes, no, .. } | NodeKind::ConditionalSplit { yes, no, .. } => {
                *yes = self.place_link(link("next_if_true"))?;
                *no = self.place_link(link("next_if_false"))?;
            }
            NodeKind::Webhook { next, .. } | NodeKind::TimeDelay { next, .. } | NodeKind::Note { next, .. } => {
                *next = self.place_link(link("next"))?;
            }
            NodeKind::Foreign { next, .. } | NodeKind::Unknown { next, .. } => {
                if !has_unknown_branches(action) {
                    *next = self.place_link(link("next"))?;
                }
            }
        }
        self.path.pop();
        self.nodes.insert(node_id.clone(), Node { id: node_id.clone(), kind });
        Ok(Some(node_id))
    }

    fn place_link(&mut self, id: Option<&str>) -> Result<Option<NodeId>, ImportError> {
        id.map_or(Ok(None), |id| self.place(id))
    }

    /// The actions under an action's branches, in the order of the definition.
    fn everything_below(&mut self, action: &'a Value) -> Vec<Value> {
        let mut reached = BTreeSet::new();
        let mut open = targets(action);
        while let Some(id) = open.pop() {
            if let Some((&id, &below)) = self.actions.get_key_value(id)
                && reached.insert(id)
            {
                self.seen.insert(id);
                open.extend(targets(below));
            }
        }
        reached.into_iter().filter_map(|id| self.actions.get(id).map(|action| Value::clone(action))).collect()
    }

    fn notes(&self, flow: &Flow) -> Vec<String> {
        let mut notes = Vec::new();
        let foreign: BTreeSet<&str> = flow
            .nodes
            .values()
            .filter_map(|node| match &node.kind {
                NodeKind::Foreign { action_type, .. } => Some(action_type.as_str()),
                _ => None,
            })
            .collect();
        if !foreign.is_empty() {
            let names: Vec<&str> = foreign.into_iter().collect();
            notes.push(format!("Kept and passed over: {}.", names.join(", ")));
        }
        let is_holding = |node: &Node| matches!(&node.kind, NodeKind::Foreign { definition, .. } if definition.get("below").is_some());
        if flow.nodes.values().any(is_holding) {
            notes.push(
                "A split of a kind Hookwright does not walk holds the cards below it; profiles leave the flow there."
                    .to_owned(),
            );
        }
        if self.n_copies.values().any(|n_copies| *n_copies > 1) {
            notes.push(
                "Branches that rejoin are written out below each of them. Unchanged, they rejoin again on export."
                    .to_owned(),
            );
        }
        if self.has_circle {
            notes.push("A link that leads back up was cut.".to_owned());
        }
        if self.actions.len() > self.seen.len() {
            notes.push("Actions that nothing leads to are kept with the definition and not shown.".to_owned());
        }
        notes
    }
}
