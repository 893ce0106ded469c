//! Takes up what an older sender left: attempts that were cut off, deliveries that wait.
//!
//! In: what lies on disk at the start. Out: a full queue.
//! Invariant: an attempt found open that is not on its way here was cut off; its request may have arrived.

use crate::domain::delivery::lifecycle;
use crate::domain::delivery::queue::Queue;
use crate::domain::delivery::state::{Attempt, Delivery, DeliveryStatus};
use crate::domain::delivery::totals::ALL_KEY;
use crate::runtime::deliver::{Sender, destination};
use crate::runtime::ports::World;
use crate::storage::record::load::{self, Revised};
use crate::storage::{Direction, IndexKey, IndexPart, Order, Query, Row, Store, StoreError, StoreName, Write};

/// Pending deliveries read at a time.
const READ_SLICE: usize = 500;

impl<S: Store + 'static, W: World + 'static> Sender<S, W> {
    pub(super) async fn close_cut_off_attempts(&mut self) -> Result<(), StoreError> {
        let bound = |created| vec![IndexPart::Text("sending".to_owned()), IndexPart::Number(created)];
        let mut from = bound(i64::MIN);
        loop {
            let by = Order::Index { name: "status", from: Some(from.clone()), to: Some(bound(i64::MAX)) };
            let query = Query { store: StoreName::Deliveries, by, direction: Direction::Ascending, limit: READ_SLICE };
            let rows = self.store.query(query).await?;
            let Some(last) = last_key(&rows, "status", READ_SLICE) else {
                return self.close_slice(rows).await;
            };
            self.close_slice(rows).await?;
            from = last;
        }
    }

    async fn close_slice(&mut self, rows: Vec<Row>) -> Result<(), StoreError> {
        for delivery in self.readable(rows).await? {
            if self.on_their_way.contains(&delivery.value.id) {
                self.deliveries.insert(delivery.value.id.clone(), delivery);
            } else if let Some(attempt) = open_attempt(&delivery.value) {
                self.cut_off(&delivery, &attempt).await?;
            }
        }
        Ok(())
    }

    /// The deliveries of these rows; a row that cannot be read is set aside, and everything is counted again without it.
    async fn readable(&mut self, rows: Vec<Row>) -> Result<Vec<Revised<Delivery>>, StoreError> {
        let read = load::read_rows::<Delivery>(rows);
        for broken in &read.broken {
            let Some(mut batch) = load::set_aside(broken) else { continue };
            batch.writes.push(Write::Delete { store: StoreName::Totals, key: ALL_KEY.to_owned() });
            match self.store.commit(batch).await {
                Ok(_) => {
                    self.tallies.clear();
                    self.make_totals_if_missing().await?;
                }
                Err(StoreError::Conflict { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(read.values)
    }

    pub(super) async fn load_queue(&mut self) -> Result<(), StoreError> {
        self.queue = Queue::default();
        let mut stored = Vec::new();
        let mut from: Option<IndexKey> = None;
        loop {
            let rows = self.query_due(StoreName::Deliveries, from.clone(), READ_SLICE).await?;
            from = last_key(&rows, "due", READ_SLICE);
            stored.extend(self.readable(rows).await?.into_iter().filter_map(|Revised { value, .. }| {
                Some((lifecycle::due_at(&value)?, value.id.clone(), destination(&value)))
            }));
            if from.is_none() {
                break;
            }
        }
        stored.sort();
        // The last row of one slice is the first of the next.
        stored.dedup();
        let now = self.world.now();
        self.queue.push_stored(stored, now);
        for delivery_id in self.on_their_way.clone() {
            if let Some(delivery) = self.load_delivery(&delivery_id).await? {
                self.queue.mark_started(&delivery_id, destination(&delivery.value), now);
            }
        }
        Ok(())
    }

    pub(super) async fn query_due(
        &self,
        store: StoreName,
        from: Option<IndexKey>,
        limit: usize,
    ) -> Result<Vec<Row>, StoreError> {
        let by = Order::Index { name: "due", from, to: None };
        self.store.query(Query { store, by, direction: Direction::Ascending, limit }).await
    }
}

/// Where the next slice starts, if there may be one.
fn last_key(rows: &[Row], index: &str, limit: usize) -> Option<IndexKey> {
    let last = rows.last().filter(|_| rows.len() >= limit)?;
    last.index_keys.get(index).cloned()
}

/// The attempt that a delivery's status says is on its way.
pub fn open_attempt(delivery: &Delivery) -> Option<Attempt> {
    match delivery.status {
        DeliveryStatus::Sending { attempt_number, started_at, due_at, kind, .. } => Some(Attempt {
            delivery_id: delivery.id.clone(),
            number: attempt_number,
            kind,
            due_at,
            started_at,
            end: None,
        }),
        DeliveryStatus::Waiting { .. }
        | DeliveryStatus::NeedsReview
        | DeliveryStatus::WaitingToRetry { .. }
        | DeliveryStatus::Delivered { .. }
        | DeliveryStatus::Skipped { .. } => None,
    }
}
