//! Writes what was planned and what happened into a batch.
//!
//! In: plans, deliveries as they change. Out: rows in a batch, with their log entries.
//! Invariant: entries of one sender are numbered in the order in which they happened. What attempts say themselves is not
//! written twice: the log holds what no attempt tells.

use crate::domain::activity::{ActivityEntry, ActivityEvent};
use crate::domain::delivery::state::{Delivery, DeliveryStatus};
use crate::domain::id::sortable_id;
use crate::runtime::deliver::Sender;
use crate::runtime::deliver::turn::Turn;
use crate::runtime::plan::{Plan, Planner};
use crate::runtime::ports::World;
use crate::storage::record::Stored;
use crate::storage::record::activity::LoggedEntry;
use crate::storage::{Batch, Store, Write};

impl<S: Store + 'static, W: World + 'static> Sender<S, W> {
    pub(super) fn with_planner(&self, make: impl FnOnce(&mut Planner<'_>) -> Plan) -> Plan {
        let now = self.world.now();
        let mut next_id = || sortable_id(now, self.world.next_u64());
        let mut planner = Planner { now, settings: &self.settings, zones: self.world.zones(), next_id: &mut next_id };
        make(&mut planner)
    }

    pub(super) fn add_plan(&mut self, plan: Plan, turn: &mut Turn) {
        let Plan { runs, deliveries, entries } = plan;
        turn.batch.writes.extend(runs.iter().map(|run| Write::Put(run.to_row())));
        for delivery in deliveries {
            turn.add(delivery);
        }
        for entry in entries {
            self.push_entry(entry, &mut turn.batch);
        }
    }

    pub(super) fn log(&mut self, delivery: &Delivery, event: ActivityEvent, batch: &mut Batch) {
        let entry = ActivityEntry {
            at: self.world.now(),
            flow_id: delivery.flow_id.clone(),
            profile_id: delivery.profile_id.clone(),
            event,
        };
        self.push_entry(entry, batch);
    }

    /// The entry that tells where a delivery stands now, if that is worth one.
    pub(super) fn log_status(&mut self, delivery: &Delivery, batch: &mut Batch) {
        let delivery_id = delivery.id.clone();
        let event = match &delivery.status {
            DeliveryStatus::Skipped { reason, .. } => ActivityEvent::Skipped { delivery_id, reason: reason.clone() },
            DeliveryStatus::WaitingToRetry { .. }
            | DeliveryStatus::Delivered { .. }
            | DeliveryStatus::Waiting { .. }
            | DeliveryStatus::NeedsReview
            | DeliveryStatus::Sending { .. } => return,
        };
        self.log(delivery, event, batch);
    }

    fn push_entry(&mut self, entry: ActivityEntry, batch: &mut Batch) {
        self.n_entries += 1;
        let sequence = (self.generation << 32) | self.n_entries;
        batch.writes.push(Write::Add(LoggedEntry { sequence, entry }.to_row()));
    }
}
