//! The activity log: what happened to each delivery, as a closed set of entries.
//!
//! In: deliveries as they change. Out: entries, and filters over them.
//! Invariant: append-only; an entry is never changed after it was written.

use serde::{Deserialize, Serialize};

use crate::domain::delivery::outcome::AttemptOutcome;
use crate::domain::delivery::state::{Attempt, Delivery, SkipReason, StatusKind};
use crate::domain::id::{DeliveryId, FlowId, NodeId, ProfileId};
use crate::domain::time::Timestamp;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActivityEntry {
    pub at: Timestamp,
    pub flow_id: FlowId,
    pub profile_id: ProfileId,
    pub event: ActivityEvent,
}

/// What happened, in the past tense.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActivityEvent {
    RunStarted,
    /// The trigger fired and the flow did not take the profile in.
    EntryRefused {
        reason: String,
    },
    /// A card was passed over.
    NodePassedOver {
        node_id: NodeId,
        reason: String,
    },
    DelayStarted {
        node_id: NodeId,
        until: Timestamp,
    },
    BranchTaken {
        node_id: NodeId,
        is_yes: bool,
        reason: String,
    },
    DeliveryQueued {
        delivery_id: DeliveryId,
        node_id: NodeId,
    },
    AttemptStarted {
        delivery_id: DeliveryId,
        attempt_number: u32,
        due_at: Timestamp,
    },
    AttemptFinished {
        delivery_id: DeliveryId,
        attempt_number: u32,
        outcome: AttemptOutcome,
    },
    RetryScheduled {
        delivery_id: DeliveryId,
        due_at: Timestamp,
    },
    Delivered {
        delivery_id: DeliveryId,
    },
    Skipped {
        delivery_id: DeliveryId,
        reason: SkipReason,
    },
    RunEnded,
    /// *Edit and resend* made another delivery of this one.
    EditedInto {
        delivery_id: DeliveryId,
        into: DeliveryId,
    },
}

/// Which deliveries to show: the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ActivityFilter {
    pub status: Option<StatusKind>,
    pub flow_id: Option<FlowId>,
    pub node_id: Option<NodeId>,
    /// Only those that may have arrived.
    pub is_maybe_only: bool,
    /// The recipient's email, in full.
    pub recipient: Option<String>,
    /// The status code of the last answer.
    pub code: Option<u16>,
    /// Made at this time or later.
    pub from: Option<Timestamp>,
    /// Made at this time or earlier.
    pub until: Option<Timestamp>,
    /// Found in the recipient, the names, the request, or an answer; large and small letters are the same.
    pub text: Option<String>,
    /// At most this many.
    pub limit: usize,
}

impl ActivityFilter {
    /// Whether a delivery passes all but the search for text.
    pub fn admits(&self, delivery: &Delivery) -> bool {
        self.status.is_none_or(|status| status == StatusKind::of(&delivery.status))
            && self.flow_id.as_ref().is_none_or(|flow_id| *flow_id == delivery.flow_id)
            && self.node_id.as_ref().is_none_or(|node_id| *node_id == delivery.node_id)
            && (!self.is_maybe_only || delivery.may_have_arrived)
            && self.recipient.as_ref().is_none_or(|recipient| *recipient == delivery.recipient_email)
            && self.code.is_none_or(|code| last_code(delivery) == Some(code))
            && self.from.is_none_or(|from| delivery.created_at >= from)
            && self.until.is_none_or(|until| delivery.created_at <= until)
    }

    /// Whether the text that is searched for, if any, stands in a delivery or one of its attempts.
    pub fn finds(&self, delivery: &Delivery, attempts: &[Attempt]) -> bool {
        let Some(text) = &self.text else { return true };
        let text = text.to_lowercase();
        let has = |place: &str| place.to_lowercase().contains(&text);
        let request = delivery.request.as_ref();
        has(&delivery.recipient_email)
            || has(&delivery.webhook_name)
            || has(&delivery.flow_name)
            || request.is_some_and(|request| has(&request.url) || has(&request.body))
            || last_code(delivery).is_some_and(|code| code.to_string() == text)
            || attempts.iter().filter_map(|attempt| attempt.end.as_ref()?.response.as_ref()?.body.as_deref()).any(has)
    }
}

fn last_code(delivery: &Delivery) -> Option<u16> {
    match delivery.last_outcome {
        Some(AttemptOutcome::Answered { status, .. }) => Some(status),
        Some(
            AttemptOutcome::TimedOut { .. }
            | AttemptOutcome::Unreachable
            | AttemptOutcome::Interrupted
            | AttemptOutcome::Unreadable
            | AttemptOutcome::CutOff
            | AttemptOutcome::Redirected,
        )
        | None => None,
    }
}
