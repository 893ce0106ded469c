//! A run: one profile's way through one flow, and what happens on it.
//!
//! In: nothing; the engine makes and moves runs. Out: values that are kept, sent between roles and shown.
//! Invariant: a run that has ended has no position.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::domain::event::TriggerEvent;
use crate::domain::flow::condition::Verdict;
use crate::domain::flow::model::{Branch, WebhookAction};
use crate::domain::id::{EventId, FlowId, NodeId, ProfileId, RunId};
use crate::domain::time::Timestamp;

/// One profile's way through one flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    pub id: RunId,
    pub flow_id: FlowId,
    /// The version that was current on entry; cards are read from the version current when they are reached.
    pub flow_version: Option<u32>,
    pub profile_id: ProfileId,
    /// `None` in list, segment and date flows.
    pub event_id: Option<EventId>,
    /// The card that comes next, or the delay that is waited at.
    pub position: Option<NodeId>,
    pub status: RunStatus,
    /// The cards reached so far. A card reached again is not run again.
    pub visited: BTreeSet<NodeId>,
    pub entered_at: Timestamp,
}

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunStatus {
    Active,
    WaitingUntil { due_at: Timestamp },
    Ended,
}

/// Whether a profile was taken into a flow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Entry {
    Accepted { run: Run },
    Refused { refusal: Refusal },
}

/// Why a profile was not taken in. Prints as the reason of an activity entry.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    #[error("the flow has no trigger")]
    NoTrigger,
    #[error("the flow starts with {expected}, not with {found}")]
    OtherTrigger { expected: String, found: String },
    #[error("the flow has no action")]
    NoAction,
    #[error("every action is a draft")]
    EveryActionDraft,
    #[error("the event is {age_minutes} minutes old; more than {limit_minutes} is too old to start a flow")]
    EventTooOld { age_minutes: i64, limit_minutes: i64 },
    #[error("the trigger filter does not hold: {}", verdict.summary())]
    TriggerFilter { verdict: Verdict },
    #[error("the profile filter does not hold: {}", verdict.summary())]
    ProfileFilter { verdict: Verdict },
    #[error("the profile has no date in {property}")]
    NoDate { property: String },
    #[error("the profile was in this flow before and may not enter again")]
    NoReentry,
    #[error("the profile was in this flow and may enter again from {}", .from)]
    ReentryLater { from: Timestamp },
}

/// What follows from moving a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Make a delivery: send it, or put it in *Needs review*.
    Deliver {
        node_id: NodeId,
        action: WebhookAction,
        is_for_review: bool,
    },
    WaitUntil {
        node_id: NodeId,
        due_at: Timestamp,
    },
    PassedOver {
        node_id: NodeId,
        reason: PassReason,
    },
    BranchTaken {
        node_id: NodeId,
        branch: Branch,
        verdict: Verdict,
    },
    Ended {
        reason: EndReason,
    },
}

/// Why a card was passed over. Prints as the reason of an activity entry.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PassReason {
    #[error("it is a draft")]
    Draft,
    #[error("it is not set up")]
    NotSetUp,
    #[error("the profile filter does not hold: {}", verdict.summary())]
    ProfileFilter { verdict: Verdict },
    #[error("this profile was here before")]
    AlreadyRun,
    #[error("no live or manual action comes after it")]
    NothingAhead,
    #[error("Hookwright does not run cards of the type {action_type}")]
    Foreign { action_type: String },
}

/// Why a run ended. Prints as the reason of an activity entry.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndReason {
    #[error("the end of the flow was reached")]
    ReachedEnd,
    #[error("no live or manual action lies ahead")]
    NothingAhead,
    #[error("the card {node_id} is no longer in the flow")]
    CardMissing { node_id: NodeId },
    #[error("the flow leads back to the card {node_id}")]
    Circle { node_id: NodeId },
}

/// A run together with the event it carries: what a resend and a later card render from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunDocument {
    pub run: Run,
    /// The triggering event as it was when it fired; `None` in list, segment and date flows.
    pub event: Option<TriggerEvent>,
}
