//! The flow as a value: trigger, cards, and how they hang together.
//!
//! In: what a person built or imported. Out: a tree that can be shown, checked, run and stored.
//! Invariant: only a split has branches; every other card has at most one next card.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::domain::flow::condition::ConditionGroups;
use crate::domain::id::{FlowId, NodeId};
use crate::domain::time::Timestamp;

pub use crate::domain::flow::date_trigger::{DateOffset, DateSchedule, Recurrence};
pub use crate::domain::flow::delay::{DelayUnit, TimeDelay};

/// A trigger and the cards below it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Flow {
    pub id: FlowId,
    pub name: String,
    pub trigger: Trigger,
    /// Checked once, when an event comes in.
    pub trigger_filter: ConditionGroups,
    /// Checked on entry and again before each action.
    pub profile_filter: ConditionGroups,
    pub reentry: Reentry,
    /// The first card; `None` for a flow with nothing below its trigger.
    pub entry: Option<NodeId>,
    pub nodes: BTreeMap<NodeId, Node>,
    /// What a flow that was imported from Klaviyo remembers of its definition; `domain::klaviyo` reads it.
    pub klaviyo: Option<Value>,
}

impl Flow {
    /// A flow with nothing chosen.
    pub fn blank(flow_id: FlowId, name: impl Into<String>) -> Self {
        Self {
            id: flow_id,
            name: name.into(),
            trigger: Trigger::Unset,
            trigger_filter: ConditionGroups::default(),
            profile_filter: ConditionGroups::default(),
            reentry: Reentry::Always,
            entry: None,
            nodes: BTreeMap::new(),
            klaviyo: None,
        }
    }

    /// The flow's status is that of its furthest action: live if any is live, else manual if any is manual.
    pub fn status(&self) -> ActionStatus {
        self.webhooks().map(|(_, action)| action.status).max().unwrap_or_default()
    }

    /// Sets every action to draft: a copy sends nothing until somebody sets it live.
    pub fn set_all_draft(&mut self) {
        for node in self.nodes.values_mut() {
            match &mut node.kind {
                NodeKind::Webhook { action, .. } => action.status = ActionStatus::Draft,
                NodeKind::TimeDelay { .. }
                | NodeKind::TriggerSplit { .. }
                | NodeKind::ConditionalSplit { .. }
                | NodeKind::Foreign { .. }
                | NodeKind::Unknown { .. }
                | NodeKind::Note { .. } => {}
            }
        }
    }

    /// The webhook actions, in the order of their ids.
    pub fn webhooks(&self) -> impl Iterator<Item = (&NodeId, &WebhookAction)> {
        self.nodes.values().filter_map(|node| Some((&node.id, node.kind.webhook()?)))
    }
}

/// A flow as it is kept: the *working copy* that is edited, and the last *saved* version, which is what runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FlowDocument {
    pub working: Flow,
    pub saved: Option<SavedFlow>,
    pub edited_at: Timestamp,
}

/// A version of a flow. Each *Save* makes one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SavedFlow {
    /// Counts the saves, from 1.
    pub version: u32,
    pub flow: Flow,
    pub saved_at: Timestamp,
}

/// What starts the flow.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trigger {
    /// Nothing chosen yet: the flow cannot run.
    #[default]
    Unset,
    /// A metric, such as `Placed Order`, by its name.
    Metric {
        metric: String,
    },
    PriceDrop,
    /// *Subscribed to List*.
    List {
        list: String,
    },
    /// *Added to Segment*.
    Segment {
        segment: String,
    },
    /// A date in the profile, on or before which the flow starts.
    DateProperty {
        property: String,
        schedule: DateSchedule,
    },
}

impl Trigger {
    /// Whether templates may read `event.*`: only metric and price-drop triggers bring an event.
    pub const fn has_event(&self) -> bool {
        match self {
            Self::Metric { .. } | Self::PriceDrop => true,
            Self::Unset | Self::List { .. } | Self::Segment { .. } | Self::DateProperty { .. } => false,
        }
    }

    /// The metric of the events that start the flow, that of price drops included.
    pub fn event_metric(&self) -> Option<&str> {
        match self {
            Self::PriceDrop => Some(crate::domain::flow::engine::PRICE_DROP_METRIC),
            Self::Unset
            | Self::Metric { .. }
            | Self::List { .. }
            | Self::Segment { .. }
            | Self::DateProperty { .. } => self.metric(),
        }
    }

    /// The metric that starts the flow, if one does.
    pub fn metric(&self) -> Option<&str> {
        match self {
            Self::Metric { metric } => Some(metric),
            Self::Unset | Self::PriceDrop | Self::List { .. } | Self::Segment { .. } | Self::DateProperty { .. } => {
                None
            }
        }
    }
}

/// Whether a profile that has been through the flow may enter again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reentry {
    #[default]
    Always,
    Never,
    AfterHours {
        hours: u32,
    },
}

/// One card and where it leads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Node {
    pub id: NodeId,
    pub kind: NodeKind,
}

/// What a card does, with its links.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NodeKind {
    Webhook {
        action: WebhookAction,
        next: Option<NodeId>,
    },
    TimeDelay {
        delay: TimeDelay,
        next: Option<NodeId>,
    },
    /// Splits on the triggering event.
    TriggerSplit {
        condition: ConditionGroups,
        yes: Option<NodeId>,
        no: Option<NodeId>,
    },
    /// Splits on the profile.
    ConditionalSplit {
        condition: ConditionGroups,
        yes: Option<NodeId>,
        no: Option<NodeId>,
    },
    /// A card of Klaviyo's that Hookwright keeps and passes over.
    Foreign {
        action_type: String,
        definition: Value,
        next: Option<NodeId>,
    },
    /// A card of a kind that this version does not know, as a newer one may have written it: kept word for word, shown,
    /// and passed over.
    Unknown {
        /// The kind's name.
        name: String,
        /// All it holds; its own `next` counts no more once the card was moved.
        fields: Map<String, Value>,
        next: Option<NodeId>,
    },
    /// Words for whoever reads the flow; profiles pass it unseen.
    Note {
        text: String,
        next: Option<NodeId>,
    },
}

/// One side of a split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Branch {
    Yes,
    No,
}

impl NodeKind {
    /// A note.
    pub fn note(text: impl Into<String>) -> Self {
        Self::Note { text: text.into(), next: None }
    }

    /// The action of a webhook; `None` for every other card.
    pub const fn webhook(&self) -> Option<&WebhookAction> {
        match self {
            Self::Webhook { action, .. } => Some(action),
            Self::TimeDelay { .. }
            | Self::TriggerSplit { .. }
            | Self::ConditionalSplit { .. }
            | Self::Foreign { .. }
            | Self::Unknown { .. }
            | Self::Note { .. } => None,
        }
    }

    /// Whether the card is a webhook that is manual or live.
    pub fn is_action(&self) -> bool {
        self.webhook().is_some_and(|action| match action.status {
            ActionStatus::Draft => false,
            ActionStatus::Manual | ActionStatus::Live => true,
        })
    }

    /// The text of a note; `None` for every other card.
    pub fn note_text(&self) -> Option<&str> {
        match self {
            Self::Note { text, .. } => Some(text),
            Self::Webhook { .. }
            | Self::TimeDelay { .. }
            | Self::TriggerSplit { .. }
            | Self::ConditionalSplit { .. }
            | Self::Foreign { .. }
            | Self::Unknown { .. } => None,
        }
    }

    /// Whether the card has branches.
    pub const fn is_split(&self) -> bool {
        match self {
            Self::TriggerSplit { .. } | Self::ConditionalSplit { .. } => true,
            Self::Webhook { .. }
            | Self::TimeDelay { .. }
            | Self::Foreign { .. }
            | Self::Unknown { .. }
            | Self::Note { .. } => false,
        }
    }

    /// The cards this one leads to: *Yes* before *No*.
    pub fn links(&self) -> Vec<&NodeId> {
        match self {
            Self::Webhook { next, .. }
            | Self::TimeDelay { next, .. }
            | Self::Foreign { next, .. }
            | Self::Unknown { next, .. }
            | Self::Note { next, .. } => next.iter().collect(),
            Self::TriggerSplit { yes, no, .. } | Self::ConditionalSplit { yes, no, .. } => {
                yes.iter().chain(no.iter()).collect()
            }
        }
    }
}

/// How far an action has come. Draft is passed over, manual waits in *Needs review*, live runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActionStatus {
    #[default]
    Draft,
    Manual,
    Live,
}

/// The webhook action: where the request goes and what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookAction {
    pub name: String,
    pub status: ActionStatus,
    /// The *Destination URL* as typed; checked by `delivery::request`.
    pub url: String,
    pub headers: Vec<HeaderRow>,
    /// JSON with Django's template language in it.
    pub payload: String,
    pub repeat_policy: RepeatPolicy,
}

impl WebhookAction {
    /// A draft with a name and nothing else.
    pub fn blank(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            status: ActionStatus::Draft,
            url: String::new(),
            headers: Vec::new(),
            payload: String::new(),
            repeat_policy: RepeatPolicy::default(),
        }
    }

    /// Whether there is somewhere to send to and something to send.
    pub fn is_set_up(&self) -> bool {
        !self.url.trim().is_empty() && !self.payload.trim().is_empty()
    }
}

/// One header as a person typed it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct HeaderRow {
    pub name: String,
    pub value: String,
}

/// What happens to an attempt whose fate is unknown because its sender ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RepeatPolicy {
    /// Send again: the receiver may see a request twice.
    #[default]
    AtLeastOnce,
    /// Never send again: the receiver may miss a request.
    AtMostOnce,
}
