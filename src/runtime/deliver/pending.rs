//! Takes up what an older sender left: attempts that were cut off, deliveries that wait.
//!
//! In: what lies on disk at the start. Out: a full queue.
//! Invariant: an attempt found open was cut off; its request may have arrived.

use crate::domain::delivery::lifecycle;
use crate::domain::delivery::outcome::AttemptOutcome;
use crate::domain::delivery::state::{Attempt, AttemptKind, Delivery, DeliveryStatus};
use crate::runtime::deliver::{SLICE, Sender, destination};
use crate::runtime::ports::World;
use crate::storage::record::delivery::attempt_key;
use crate::storage::record::load::{self, Revised};
use crate::storage::{Direction, IndexPart, Order, Query, Row, Store, StoreError, StoreName};

/// Pending deliveries that are taken up on start.
const MAX_PENDING: usize = 1_000_000;

impl<S: Store + 'static, W: World + 'static> Sender<S, W> {
    /// Attempts that were recorded and never ended: their sender was. Their requests may have arrived.
    pub(super) async fn close_cut_off_attempts(&mut self) -> Result<(), StoreError> {
        loop {
            let bound = |created| Some(vec![IndexPart::Text("sending".to_owned()), IndexPart::Number(created)]);
            let by = Order::Index { name: "status", from: bound(i64::MIN), to: bound(i64::MAX) };
            let query = Query { store: StoreName::Deliveries, by, direction: Direction::Ascending, limit: SLICE };
            let rows = self.store.query(query).await?;
            let deliveries = load::read_rows::<Delivery>(rows);
            if deliveries.values.is_empty() {
                return Ok(());
            }
            for delivery in deliveries.values {
                let DeliveryStatus::Sending { attempt_number, .. } = delivery.value.status else { continue };
                let key = attempt_key(&delivery.value.id, attempt_number);
                let attempt = match self.fetch::<Attempt>(&key).await? {
                    Some(attempt) => attempt.value,
                    None => unrecorded_attempt(&delivery.value, attempt_number),
                };
                self.record_end(&delivery, None, &attempt, AttemptOutcome::CutOff, None).await?;
            }
        }
    }

    pub(super) async fn load_queue(&mut self) -> Result<(), StoreError> {
        let rows = self.query_due(StoreName::Deliveries, MAX_PENDING).await?;
        let stored = load::read_rows::<Delivery>(rows)
            .values
            .into_iter()
            .filter_map(|Revised { value, .. }| {
                Some((lifecycle::due_at(&value)?, value.id.clone(), destination(&value)))
            })
            .collect();
        self.queue.push_stored(stored, self.world.now());
        Ok(())
    }

    pub(super) async fn query_due(&self, store: StoreName, limit: usize) -> Result<Vec<Row>, StoreError> {
        let by = Order::Index { name: "due", from: None, to: None };
        self.store.query(Query { store, by, direction: Direction::Ascending, limit }).await
    }
}

/// Stands in for an attempt whose own row is gone.
fn unrecorded_attempt(delivery: &Delivery, number: u32) -> Attempt {
    let (kind, due_at, started_at) = match delivery.status {
        DeliveryStatus::Sending { kind, due_at, started_at, .. } => (kind, due_at, started_at),
        DeliveryStatus::Waiting { .. }
        | DeliveryStatus::NeedsReview
        | DeliveryStatus::WaitingToRetry { .. }
        | DeliveryStatus::Delivered { .. }
        | DeliveryStatus::Skipped { .. } => (AttemptKind::Scheduled, delivery.updated_at, delivery.updated_at),
    };
    Attempt { delivery_id: delivery.id.clone(), number, kind, due_at, started_at, end: None }
}
