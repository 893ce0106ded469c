//! Takes up what an older sender left: attempts that were cut off, deliveries that wait.
//!
//! In: what lies on disk at the start. Out: a full queue.
//! Invariant: an attempt found open that is not on its way here was cut off; its request may have arrived.

use crate::domain::delivery::lifecycle;
use crate::domain::delivery::queue::Queue;
use crate::domain::delivery::state::{Delivery, OpenAttempt};
use crate::domain::delivery::totals::ALL_KEY;
use crate::domain::id::DeliveryId;
use crate::domain::time::Timestamp;
use crate::runtime::deliver::{MAX_CACHED, Sender, destination};
use crate::runtime::ports::World;
use crate::storage::record::load::{self, Revised};
use crate::storage::{Direction, IndexKey, IndexPart, Order, Query, Row, Store, StoreError, StoreName, Write};

/// Pending deliveries read at a time.
const READ_SLICE: usize = 500;

impl<S: Store + 'static, W: World + 'static> Sender<S, W> {
    pub(super) async fn close_cut_off_attempts(&mut self) -> Result<(), StoreError> {
        let bound = |created| vec![IndexPart::Text("sending".to_owned()), IndexPart::Number(created)];
        let mut start = Start { from: bound(i64::MIN), after: None };
        loop {
            let Start { from, after } = start;
            let by = Order::Index { name: "status", from: Some(from), to: Some(bound(i64::MAX)), after };
            let query = Query { store: StoreName::Deliveries, by, direction: Direction::Ascending, limit: READ_SLICE };
            let rows = self.store.query(query).await?;
            let Some(next) = next_start(&rows, "status", READ_SLICE) else {
                self.close_slice(rows).await?;
                return self.close_listed_attempts().await;
            };
            self.close_slice(rows).await?;
            start = next;
        }
    }

    async fn close_slice(&mut self, rows: Vec<Row>) -> Result<(), StoreError> {
        for delivery in self.readable(rows).await? {
            if let Some(way) = self.on_their_way.get_mut(&delivery.value.id) {
                way.stored = delivery;
            } else if let Some(open) = OpenAttempt::of(&delivery.value) {
                self.cut_off(&delivery, &open).await?;
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
        let mut start = None;
        loop {
            let rows = self.query_due(StoreName::Deliveries, start, READ_SLICE).await?;
            start = next_start(&rows, "due", READ_SLICE);
            for delivery in self.readable(rows).await? {
                let Some(due_at) = lifecycle::due_at(&delivery.value) else { continue };
                let id = delivery.value.id.clone();
                // What is on its way may not say so yet.
                if self.on_their_way.contains_key(&id) {
                    continue;
                }
                stored.push((due_at, id.clone(), destination(&delivery.value)));
                // The first to go out need not be read again.
                if self.deliveries.len() < MAX_CACHED {
                    self.deliveries.insert(id, delivery);
                }
            }
            if start.is_none() {
                break;
            }
        }
        stored.sort();
        let now = self.world.now();
        self.queue.push_stored(stored, now);
        for (delivery_id, way) in &self.on_their_way {
            self.queue.mark_started(delivery_id, destination(&way.started), now);
        }
        Ok(())
    }

    /// What lies on disk and is due by `now`.
    pub(super) async fn due_on_disk(&self, now: Timestamp) -> Result<Vec<DeliveryId>, StoreError> {
        let mut due = Vec::new();
        let mut start = None;
        loop {
            let rows = self.query_due(StoreName::Deliveries, start, READ_SLICE).await?;
            start = next_start(&rows, "due", READ_SLICE);
            let deliveries = load::read_rows::<Delivery>(rows).values;
            let is_due = |delivery: &Delivery| lifecycle::due_at(delivery).is_some_and(|due_at| due_at <= now);
            let n_before = due.len();
            due.extend(deliveries.into_iter().filter(|found| is_due(&found.value)).map(|found| found.value.id));
            if start.is_none() || due.len() == n_before {
                return Ok(due);
            }
        }
    }

    pub(super) async fn query_due(
        &self,
        store: StoreName,
        start: Option<Start>,
        limit: usize,
    ) -> Result<Vec<Row>, StoreError> {
        let (from, after) = start.map_or((None, None), |Start { from, after }| (Some(from), after));
        let by = Order::Index { name: "due", from, to: None, after };
        self.store.query(Query { store, by, direction: Direction::Ascending, limit }).await
    }
}

/// Where a slice of an index starts.
pub(super) struct Start {
    from: IndexKey,
    /// Only beyond this key, of the rows that stand there.
    after: Option<String>,
}

/// Where the next slice starts, if there may be one.
fn next_start(rows: &[Row], index: &str, limit: usize) -> Option<Start> {
    let last = rows.last().filter(|_| rows.len() >= limit)?;
    Some(Start { from: last.index_keys.get(index)?.clone(), after: Some(last.key.clone()) })
}
