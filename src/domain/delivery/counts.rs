//! How many deliveries a flow and a webhook made, and what became of them.
//!
//! In: running totals. Out: counts by flow and by card.
//! Invariant: a test request is not counted: nobody's event made it.

use std::collections::BTreeMap;

use crate::domain::delivery::state::StatusKind;
use crate::domain::delivery::totals::{HourTotals, Tally};
use crate::domain::id::{FlowId, NodeId};

/// Deliveries by what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DeliveryCounts {
    pub n_all: u64,
    pub n_delivered: u64,
    /// Skipped, for whatever reason but a person's own.
    pub n_failed: u64,
    pub n_needs_review: u64,
}

/// Counts by flow and by card.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CountsByPlace {
    pub flows: BTreeMap<FlowId, DeliveryCounts>,
    pub nodes: BTreeMap<NodeId, DeliveryCounts>,
}

impl CountsByPlace {
    /// Adds up hours, and the webhooks' own tallies for what still waits for a person.
    pub fn of<'a>(
        hours: impl IntoIterator<Item = &'a HourTotals>,
        webhooks: impl IntoIterator<Item = &'a Tally>,
    ) -> Self {
        let mut counts = Self::default();
        for hour in hours {
            let add = |counts: &mut DeliveryCounts| {
                counts.n_all += hour.n_created;
                counts.n_delivered += hour.n_delivered;
                counts.n_failed += hour.n_skipped;
            };
            add(counts.flows.entry(hour.flow_id.clone()).or_default());
            add(counts.nodes.entry(hour.node_id.clone()).or_default());
        }
        for tally in webhooks {
            let n_needs_review = tally.n_in(StatusKind::NeedsReview);
            let Some((flow_id, node_id)) = tally.as_node().filter(|_| n_needs_review > 0) else { continue };
            counts.flows.entry(flow_id).or_default().n_needs_review += n_needs_review;
            counts.nodes.entry(node_id).or_default().n_needs_review += n_needs_review;
        }
        counts
    }
}
