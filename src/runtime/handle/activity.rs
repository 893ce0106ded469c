//! What a screen may see of the log.
//!
//! In: nothing. Out: filters, pages and details as plain values.
//! Invariant: a page is of the filter it carries.

use crate::domain::activity::ActivityEntry;
use crate::domain::delivery::state::{Attempt, Delivery, DeliveryStatus};
use crate::domain::id::{FlowId, NodeId};

/// Which deliveries to show: the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ActivityFilter {
    pub status: Option<StatusKind>,
    pub flow_id: Option<FlowId>,
    pub node_id: Option<NodeId>,
    /// Only those that may have arrived.
    pub is_maybe_only: bool,
    /// At most this many.
    pub limit: usize,
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
    /// All, in the order they are counted on the screen.
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
}

/// What the activity list shows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ActivityPage {
    pub filter: ActivityFilter,
    pub deliveries: Vec<Delivery>,
    /// Distinct profiles per status, over all deliveries, in the order of [`StatusKind`].
    pub n_subscribers: Vec<(StatusKind, usize)>,
    pub n_may_have_arrived: usize,
}

/// One delivery with all that happened to it.
#[derive(Debug, Clone, PartialEq)]
pub struct DeliveryDetail {
    pub delivery: Delivery,
    pub attempts: Vec<Attempt>,
    pub entries: Vec<ActivityEntry>,
}
