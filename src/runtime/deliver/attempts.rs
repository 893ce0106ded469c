//! Starts attempts: records them, then sends.
//!
//! In: deliveries that are due or asked for. Out: attempts on their way.
//! Invariant: nothing is sent that is not on disk.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::domain::activity::ActivityEvent;
use crate::domain::delivery::lifecycle;
use crate::domain::delivery::request::RenderedRequest;
use crate::domain::delivery::state::{Attempt, Delivery};
use crate::domain::id::DeliveryId;
use crate::domain::time::{SECOND_MILLIS, Timestamp};
use crate::runtime::deliver::{Landed, SLICE, Sender, delivery_check, destination};
use crate::runtime::ports::{SendReport, World};
use crate::storage::record::Stored;
use crate::storage::record::load::Revised;
use crate::storage::{Batch, Row, Store, StoreError, StoreName, Write};

impl<S: Store + 'static, W: World + 'static> Sender<S, W> {
    /// Records and sends the attempts that are due, if the network is there.
    pub(super) async fn start_due_attempts(&mut self) -> Result<bool, StoreError> {
        if !self.world.is_online() {
            return Ok(false);
        }
        let now = self.world.now();
        let due = self.queue.due(now, self.settings.concurrency_per_destination.max(1), SLICE);
        let mut batch = self.fenced_batch();
        let mut ready = Vec::new();
        for delivery_id in due {
            let Some(delivery) = self.load_delivery(&delivery_id).await? else {
                self.queue.remove(&delivery_id);
                continue;
            };
            if let Some(expired) = lifecycle::expire(&delivery.value, now) {
                batch.checks.push(delivery_check(&delivery));
                self.log_status(&expired, &mut batch);
                batch.writes.push(Write::Put(expired.to_row()));
                self.queue.remove(&delivery_id);
            } else {
                ready.push(delivery);
            }
        }
        self.start_attempts(ready, lifecycle::start_due, &mut batch);
        if batch.writes.is_empty() {
            return Ok(false);
        }
        self.commit_and_queue(batch).await?;
        Ok(true)
    }

    pub(super) fn start_attempts(
        &mut self,
        deliveries: Vec<Revised<Delivery>>,
        start: fn(&Delivery, Timestamp) -> Option<(Delivery, Attempt)>,
        batch: &mut Batch,
    ) {
        let now = self.world.now();
        for delivery in deliveries {
            let Some((started, attempt)) = start(&delivery.value, now) else {
                self.queue.remove(&delivery.value.id);
                continue;
            };
            batch.checks.push(delivery_check(&delivery));
            batch.writes.push(Write::Put(started.to_row()));
            batch.writes.push(Write::Put(attempt.to_row()));
            let event = ActivityEvent::AttemptStarted {
                delivery_id: attempt.delivery_id.clone(),
                attempt_number: attempt.number,
                due_at: attempt.due_at,
            };
            self.log(&started, event, batch);
        }
    }

    /// Commits a batch, then queues and sends what it holds. Nothing is sent that is not on disk.
    pub(super) async fn commit_and_queue(&mut self, batch: Batch) -> Result<(), StoreError> {
        let puts: Vec<Row> = batch
            .writes
            .iter()
            .filter_map(|write| match write {
                Write::Put(row) => Some(row.clone()),
                Write::Delete { .. } => None,
            })
            .collect();
        let revisions = self.store.commit(batch).await?;
        let mut attempts: BTreeMap<DeliveryId, Revised<Attempt>> = BTreeMap::new();
        let mut deliveries = Vec::new();
        for (row, revision) in puts.iter().zip(revisions) {
            match row.store {
                StoreName::Deliveries => deliveries.extend(Delivery::from_row(row)),
                StoreName::Attempts => {
                    if let Ok(value) = Attempt::from_row(row) {
                        attempts.insert(value.delivery_id.clone(), Revised { revision, value });
                    }
                }
                StoreName::Flows
                | StoreName::Events
                | StoreName::Profiles
                | StoreName::Settings
                | StoreName::Inbox
                | StoreName::Runs
                | StoreName::Activity
                | StoreName::Destinations
                | StoreName::Meta
                | StoreName::SetAside
                | StoreName::Versions => {}
            }
        }
        for delivery in deliveries {
            match (lifecycle::due_at(&delivery), attempts.remove(&delivery.id)) {
                (_, Some(attempt)) => self.send(&delivery, attempt),
                (Some(due_at), None) => self.queue.push(delivery.id.clone(), destination(&delivery), due_at),
                (None, None) => self.queue.remove(&delivery.id),
            }
        }
        Ok(())
    }

    fn send(&mut self, delivery: &Delivery, attempt: Revised<Attempt>) {
        let Some(request) = delivery.request.clone() else { return };
        let destination = destination(delivery);
        self.queue.mark_started(&delivery.id, destination.clone());
        let world = Rc::clone(&self.world);
        let timeout_millis = i64::from(self.settings.timeout_secs.max(1)) * SECOND_MILLIS;
        let is_probe_enabled = self.settings.is_host_probe_enabled;
        let delivery_id = delivery.id.clone();
        self.in_flight.push(Box::pin(async move {
            let report = world.send(&request, attempt.value.number, timeout_millis).await;
            let is_host_reachable = match &report {
                SendReport::NetworkError { .. } if is_probe_enabled => Some(probe(&*world, &request).await),
                SendReport::NetworkError { .. }
                | SendReport::Answered(_)
                | SendReport::OpaqueRedirect
                | SendReport::TimedOut => None,
            };
            Landed { delivery_id, attempt, destination, report, is_host_reachable }
        }));
    }
}

async fn probe(world: &impl World, request: &RenderedRequest) -> bool {
    world.probe(&request.url).await
}
