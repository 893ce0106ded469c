//! Reads the log a page at a time, by the index that fits the filter best.
//!
//! In: a filter, a place in the list. Out: deliveries from there on, and the place to go on from.
//! Invariant: reads slices by key; never counts, never skips, and never reads more at once than it was allowed.

use std::collections::BTreeMap;

use crate::domain::activity::ActivityFilter;
use crate::domain::delivery::state::{Attempt, Delivery};
use crate::domain::id::{DeliveryId, sortable_id};
use crate::domain::time::Timestamp;
use crate::storage::record::load;
use crate::storage::{Direction, IndexPart, Order, Query, Store, StoreError, StoreName};

/// Deliveries read at a time while a filter leaves some of them out.
const SCAN_SLICE: usize = 250;
/// Attempts read at a time.
const ATTEMPT_SLICE: usize = 2_000;
/// The last moment that a number in the browser can hold exactly.
const MAX_TIME: i64 = 9_007_199_254_740_991;

/// A delivery's place in the list: by the time it was made, then by its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPlace {
    pub created_at: Timestamp,
    pub delivery_id: DeliveryId,
}

impl LogPlace {
    /// Where `delivery` stands.
    pub fn of(delivery: &Delivery) -> Self {
        Self { created_at: delivery.created_at, delivery_id: delivery.id.clone() }
    }

    /// Just after everything that was made at `at`.
    pub fn after(at: Timestamp) -> Self {
        // No id is larger than this text.
        Self { created_at: at, delivery_id: DeliveryId::new("~") }
    }
}

/// A walk through the list.
#[derive(Debug, Clone)]
pub struct LogScan {
    filter: ActivityFilter,
    direction: Direction,
    /// The last delivery looked at; the walk goes on beyond it.
    place: Option<LogPlace>,
    n_looked_at: usize,
    is_done: bool,
}

/// Where to look: an index and what its keys start with, or the order of keys.
enum Path {
    Index(&'static str, Vec<IndexPart>),
    Keys,
}

impl LogScan {
    /// A walk from `place` (exclusive), or from the list's end.
    pub const fn new(filter: ActivityFilter, direction: Direction, place: Option<LogPlace>) -> Self {
        Self { filter, direction, place, n_looked_at: 0, is_done: false }
    }

    /// Whether the walk has come to the end.
    pub const fn is_done(&self) -> bool {
        self.is_done
    }

    /// Deliveries looked at so far, found or not.
    pub const fn n_looked_at(&self) -> usize {
        self.n_looked_at
    }

    /// How far it has come.
    pub const fn place(&self) -> Option<&LogPlace> {
        self.place.as_ref()
    }

    /// The next deliveries that the filter finds: at most `limit`, and at most about `budget` looked at.
    pub async fn next(&mut self, store: &impl Store, limit: usize, budget: usize) -> Result<Vec<Delivery>, StoreError> {
        let mut found = Vec::new();
        let end = self.n_looked_at.saturating_add(budget);
        while !self.is_done && found.len() < limit && self.n_looked_at < end {
            let is_plain = self.is_plain();
            let slice = if is_plain { limit - found.len() } else { SCAN_SLICE };
            let rows = store.query(self.query(slice)).await?;
            self.is_done = rows.len() < slice;
            // Broken ones stay for the page to report.
            let values = load::read_rows::<Delivery>(rows).values;
            let deliveries: Vec<_> = values.into_iter().map(|delivery| delivery.value).collect();
            let attempts = self.attempts(store, &deliveries).await?;
            for delivery in deliveries {
                if found.len() >= limit {
                    // What was read and not looked at is read again.
                    self.is_done = false;
                    break;
                }
                self.n_looked_at += 1;
                self.place = Some(LogPlace::of(&delivery));
                if self.is_past_time(&delivery) {
                    self.is_done = true;
                    break;
                }
                let own = attempts.get(&delivery.id).map(Vec::as_slice).unwrap_or_default();
                if self.filter.admits(&delivery) && self.filter.finds(&delivery, own) {
                    found.push(delivery);
                }
            }
        }
        Ok(found)
    }

    /// Whether the index alone answers the filter.
    fn is_plain(&self) -> bool {
        let filter = &self.filter;
        let n_conditions = [
            filter.status.is_some(),
            filter.flow_id.is_some() && filter.node_id.is_none(),
            filter.node_id.is_some(),
            filter.is_maybe_only,
            filter.recipient.is_some(),
            filter.code.is_some(),
        ];
        filter.text.is_none() && n_conditions.into_iter().filter(|is_set| *is_set).count() <= 1
    }

    /// The narrowest condition's index: few share a recipient, many a status.
    fn path(&self) -> Path {
        let text = |text: &str| vec![IndexPart::Text(text.to_owned())];
        let filter = &self.filter;
        if let Some(recipient) = &filter.recipient {
            Path::Index("recipient", text(recipient))
        } else if filter.is_maybe_only {
            Path::Index("maybe", Vec::new())
        } else if let Some(code) = filter.code {
            Path::Index("code", vec![IndexPart::Number(i64::from(code))])
        } else if let Some(status) = filter.status {
            Path::Index("status", text(status.name()))
        } else if let Some(node_id) = &filter.node_id {
            Path::Index("webhook", text(node_id.as_str()))
        } else if let Some(flow_id) = &filter.flow_id {
            Path::Index("flow", text(flow_id.as_str()))
        } else {
            Path::Keys
        }
    }

    fn query(&self, limit: usize) -> Query {
        let by = match self.path() {
            Path::Index(name, prefix) => {
                let bound = |at: Option<Timestamp>, otherwise: i64| {
                    let mut key = prefix.clone();
                    key.push(IndexPart::Number(at.map_or(otherwise, Timestamp::as_millis)));
                    Some(key)
                };
                let place = self.place.as_ref().map(|place| place.created_at);
                let (from, to) = match self.direction {
                    Direction::Descending => (bound(self.filter.from, 0), bound(place.or(self.filter.until), MAX_TIME)),
                    Direction::Ascending => (bound(place.or(self.filter.from), 0), bound(self.filter.until, MAX_TIME)),
                };
                let after = self.place.as_ref().map(|place| place.delivery_id.as_str().to_owned());
                Order::Index { name, from, to, after }
            }
            Path::Keys => {
                // Ids start with the time they were made.
                let floor = |at: Timestamp| sortable_id(at, 0);
                let place = self.place.as_ref().map(|place| match place.delivery_id.as_str() {
                    "~" => floor(place.created_at.plus_millis(1)),
                    id => id.to_owned(),
                });
                let end = match self.direction {
                    Direction::Descending => self.filter.until.map(|until| floor(until.plus_millis(1))),
                    Direction::Ascending => self.filter.from.map(floor),
                };
                Order::Key { prefix: String::new(), after: place.or(end) }
            }
        };
        Query { store: StoreName::Deliveries, by, direction: self.direction, limit }
    }

    fn is_past_time(&self, delivery: &Delivery) -> bool {
        match self.direction {
            Direction::Descending => self.filter.from.is_some_and(|from| delivery.created_at < from),
            Direction::Ascending => self.filter.until.is_some_and(|until| delivery.created_at > until),
        }
    }

    /// The attempts of these deliveries, where the search looks into them.
    async fn attempts(
        &self,
        store: &impl Store,
        deliveries: &[Delivery],
    ) -> Result<BTreeMap<DeliveryId, Vec<Attempt>>, StoreError> {
        let mut found: BTreeMap<DeliveryId, Vec<Attempt>> = BTreeMap::new();
        if self.filter.text.is_none() {
            return Ok(found);
        }
        // In the order of keys one read gets the attempts of many; elsewhere each delivery is asked for its own.
        if !matches!(self.path(), Path::Keys) {
            for delivery in deliveries {
                let prefix = crate::storage::record::delivery::attempt_prefix(&delivery.id);
                let own = load::load_prefix::<Attempt>(store, &prefix).await?.values;
                found.insert(delivery.id.clone(), own.into_iter().map(|attempt| attempt.value).collect());
            }
            return Ok(found);
        }
        let ids = deliveries.iter().map(|delivery| delivery.id.as_str());
        let (Some(first), Some(last)) = (ids.clone().min(), ids.max()) else { return Ok(found) };
        let end = [last, "/~"].concat();
        let mut after = first.to_owned();
        loop {
            let by = Order::Key { prefix: String::new(), after: Some(after) };
            let query = Query { store: StoreName::Attempts, by, direction: Direction::Ascending, limit: ATTEMPT_SLICE };
            let rows = store.query(query).await?;
            let next = rows.last().filter(|_| rows.len() >= ATTEMPT_SLICE).map(|row| row.key.clone());
            for attempt in load::read_rows::<Attempt>(rows).values {
                found.entry(attempt.value.delivery_id.clone()).or_default().push(attempt.value);
            }
            match next {
                Some(key) if key < end => after = key,
                Some(_) | None => return Ok(found),
            }
        }
    }
}
