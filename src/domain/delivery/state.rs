//! Where a delivery stands.
//!
//! In: what happened. Out: one status of a closed set, with its reason.
//! Invariant: a status that cannot have a due time has no place for one.

use serde::{Deserialize, Serialize};

use crate::domain::delivery::outcome::AttemptOutcome;
use crate::domain::delivery::request::RenderedRequest;
use crate::domain::flow::model::RepeatPolicy;
use crate::domain::id::{DeliveryId, EventId, FlowId, NodeId, ProfileId, RunId};
use crate::domain::template::problem::TemplateProblem;
use crate::domain::time::Timestamp;

/// One profile's webhook.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    pub id: DeliveryId,
    pub flow_id: FlowId,
    pub flow_name: String,
    pub node_id: NodeId,
    pub webhook_name: String,
    /// `None` for a test request.
    pub run_id: Option<RunId>,
    pub event_id: Option<EventId>,
    pub profile_id: ProfileId,
    pub recipient_email: String,
    pub origin: DeliveryOrigin,
    pub repeat_policy: RepeatPolicy,
    pub created_at: Timestamp,
    /// `None` when the payload could not be rendered.
    pub request: Option<RenderedRequest>,
    pub status: DeliveryStatus,
    /// Attempts made so far, the first included.
    pub n_attempts: u32,
    /// Of these, the ones of the schedule: the first attempt and its retries, without those a person asked for.
    pub n_scheduled_attempts: u32,
    /// When the first attempt started: the 24 hours count from here.
    pub first_attempt_at: Option<Timestamp>,
    pub last_outcome: Option<AttemptOutcome>,
    /// Whether any attempt may have arrived without our knowing.
    pub may_have_arrived: bool,
    pub updated_at: Timestamp,
}

/// Why a delivery exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryOrigin {
    /// A profile reached a live webhook.
    Flow,
    /// *Send test request*: one attempt, no schedule.
    Test,
    /// *Edit and resend*, from an older delivery.
    EditOf { delivery_id: DeliveryId },
}

/// A closed set; the names on the screen are *Waiting, Needs review, Sending, Waiting to Retry, Delivered, Skipped*.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryStatus {
    Waiting {
        reason: WaitReason,
        due_at: Timestamp,
    },
    NeedsReview,
    Sending {
        attempt_number: u32,
        started_at: Timestamp,
        due_at: Timestamp,
        kind: AttemptKind,
        resume_at: Option<Timestamp>,
    },
    WaitingToRetry {
        due_at: Timestamp,
    },
    Delivered {
        at: Timestamp,
    },
    Skipped {
        reason: SkipReason,
        at: Timestamp,
    },
}

/// A delivery's status without its details.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StatusKind {
    Waiting,
    NeedsReview,
    Sending,
    WaitingToRetry,
    Delivered,
    Skipped,
}

impl StatusKind {
    /// All, in the order that totals are kept in.
    pub const ALL: [Self; 6] =
        [Self::Waiting, Self::NeedsReview, Self::Sending, Self::WaitingToRetry, Self::Delivered, Self::Skipped];

    /// The kind of a status.
    pub const fn of(status: &DeliveryStatus) -> Self {
        match status {
            DeliveryStatus::Waiting { .. } => Self::Waiting,
            DeliveryStatus::NeedsReview => Self::NeedsReview,
            DeliveryStatus::Sending { .. } => Self::Sending,
            DeliveryStatus::WaitingToRetry { .. } => Self::WaitingToRetry,
            DeliveryStatus::Delivered { .. } => Self::Delivered,
            DeliveryStatus::Skipped { .. } => Self::Skipped,
        }
    }

    /// The name on disk and in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::NeedsReview => "needs-review",
            Self::Sending => "sending",
            Self::WaitingToRetry => "waiting-to-retry",
            Self::Delivered => "delivered",
            Self::Skipped => "skipped",
        }
    }

    /// Reads such a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether nothing more happens by itself.
    pub const fn is_final(self) -> bool {
        match self {
            Self::Delivered | Self::Skipped => true,
            Self::Waiting | Self::NeedsReview | Self::Sending | Self::WaitingToRetry => false,
        }
    }
}

/// Whether an attempt belongs to the schedule or was asked for by a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AttemptKind {
    Scheduled,
    Manual,
}

/// What a *Waiting* delivery waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WaitReason {
    /// Its turn.
    Turn,
    Network,
    PausedDestination,
    LockedSecrets,
    /// Its turn for one more attempt that a person asked for.
    Resend,
}

/// Why a delivery was given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SkipReason {
    /// This outcome is never retried.
    NotRetryable { outcome: AttemptOutcome },
    /// All 17 retries were used.
    RetriesUsedUp { outcome: AttemptOutcome },
    /// The next retry would come after the 24 hours.
    DeadlinePassed { outcome: AttemptOutcome },
    /// The 24 hours passed while the browser was closed or offline.
    PassedWhileClosed,
    /// Its fate is unknown and the webhook is set to at most once.
    AtMostOnce,
    /// A test request makes one attempt.
    TestFailed { outcome: AttemptOutcome },
    /// A person asked for one more attempt, which starts no schedule.
    ResendFailed { outcome: AttemptOutcome },
    /// The payload could not be rendered, or is not JSON.
    PayloadProblem { problem: TemplateProblem },
    /// The destination or a header may not be used.
    RequestProblem { message: String },
    /// A person closed it.
    Dismissed,
}

/// One request of a delivery. Recorded before it is sent, and again when it ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    pub delivery_id: DeliveryId,
    /// From 1.
    pub number: u32,
    pub kind: AttemptKind,
    pub due_at: Timestamp,
    pub started_at: Timestamp,
    /// `None` while it is on its way.
    pub end: Option<AttemptEnd>,
}

/// An attempt on its way: what has to be known of it before its request leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenAttempt {
    pub delivery_id: DeliveryId,
    /// From 1.
    pub number: u32,
    pub kind: AttemptKind,
    pub due_at: Timestamp,
    pub started_at: Timestamp,
    /// When the schedule goes on, if this attempt is not one of it.
    pub resume_at: Option<Timestamp>,
}

impl OpenAttempt {
    /// The attempt that a delivery's status says is on its way.
    pub fn of(delivery: &Delivery) -> Option<Self> {
        match delivery.status {
            DeliveryStatus::Sending { attempt_number, started_at, due_at, kind, resume_at } => Some(Self {
                delivery_id: delivery.id.clone(),
                number: attempt_number,
                kind,
                due_at,
                started_at,
                resume_at,
            }),
            DeliveryStatus::Waiting { .. }
            | DeliveryStatus::NeedsReview
            | DeliveryStatus::WaitingToRetry { .. }
            | DeliveryStatus::Delivered { .. }
            | DeliveryStatus::Skipped { .. } => None,
        }
    }

    /// The attempt as the log shows it.
    pub fn attempt(&self) -> Attempt {
        Attempt {
            delivery_id: self.delivery_id.clone(),
            number: self.number,
            kind: self.kind,
            due_at: self.due_at,
            started_at: self.started_at,
            end: None,
        }
    }
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttemptEnd {
    pub at: Timestamp,
    pub outcome: AttemptOutcome,
    pub response: Option<ResponseRecord>,
}

/// What could be read of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResponseRecord {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    /// The first 64 KiB; `None` when it failed to arrive.
    pub body: Option<String>,
    pub is_body_cut: bool,
}
