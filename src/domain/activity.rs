//! The activity log: what happened to each delivery, as a closed set of entries.
//!
//! In: deliveries as they change. Out: entries, and filters over them.
//! Invariant: append-only; an entry is never changed after it was written.

use serde::{Deserialize, Serialize};

use crate::domain::delivery::outcome::AttemptOutcome;
use crate::domain::delivery::state::SkipReason;
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
}
