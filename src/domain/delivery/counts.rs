//! How many deliveries a flow and a webhook made, and what became of them.
//!
//! In: deliveries. Out: counts by flow and by card.
//! Invariant: a test request is not counted: nobody's event made it.

use std::collections::BTreeMap;

use crate::domain::delivery::state::{Delivery, DeliveryOrigin, DeliveryStatus};
use crate::domain::id::{FlowId, NodeId};

/// Deliveries by what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DeliveryCounts {
    pub n_all: u32,
    pub n_delivered: u32,
    /// Skipped, for whatever reason but a person's own.
    pub n_failed: u32,
    pub n_needs_review: u32,
}

/// Counts by flow and by card.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CountsByPlace {
    pub flows: BTreeMap<FlowId, DeliveryCounts>,
    pub nodes: BTreeMap<NodeId, DeliveryCounts>,
}

impl CountsByPlace {
    /// Counts deliveries.
    pub fn of<'a>(deliveries: impl IntoIterator<Item = &'a Delivery>) -> Self {
        let mut counts = Self::default();
        for delivery in deliveries {
            if delivery.origin == DeliveryOrigin::Test {
                continue;
            }
            counts.flows.entry(delivery.flow_id.clone()).or_default().add(&delivery.status);
            counts.nodes.entry(delivery.node_id.clone()).or_default().add(&delivery.status);
        }
        counts
    }
}

impl DeliveryCounts {
    fn add(&mut self, status: &DeliveryStatus) {
        self.n_all += 1;
        match status {
            DeliveryStatus::Delivered { .. } => self.n_delivered += 1,
            DeliveryStatus::Skipped { .. } => self.n_failed += 1,
            DeliveryStatus::NeedsReview => self.n_needs_review += 1,
            DeliveryStatus::Waiting { .. } | DeliveryStatus::Sending { .. } | DeliveryStatus::WaitingToRetry { .. } => {
            }
        }
    }
}
