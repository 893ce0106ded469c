//! Keeps the running totals: reads the few that a turn moves, and makes them anew where they are missing.
//!
//! In: what a turn changes. Out: tallies in the same batch.
//! Invariant: a total is written only while the one over everything stands where it was read, and every change moves that
//! one on: so two senders cannot lose each other's counts, nor a delivery's change.

use std::collections::BTreeMap;

use crate::domain::delivery::state::{Attempt, Delivery};
use crate::domain::delivery::totals::{ALL_KEY, PERSON_PREFIX, Tally, TotalsChange};
use crate::runtime::deliver::Sender;
use crate::runtime::ports::World;
use crate::storage::record::Stored;
use crate::storage::record::generation::generation_check;
use crate::storage::record::load::{self, Revised};
use crate::storage::{Batch, Check, Direction, Durability, Order, Query, Row, Store, StoreError, StoreName, Write};

/// Tallies kept in memory: most are of single profiles.
const MAX_TALLIES: usize = 20_000;
/// Up to so many profiles' tallies are read together at the start; where there are more, each is read when it is needed.
const MAX_PEOPLE: usize = 10_000;
/// Deliveries read at a time when totals are made anew.
const COUNT_SLICE: usize = 500;
/// Attempts read at a time.
const ATTEMPT_SLICE: usize = 1_000;
/// Tallies written at a time.
const WRITE_SLICE: usize = 1_000;

/// The tallies in memory, as they lie on disk.
#[derive(Default)]
pub(super) struct Tallies {
    known: BTreeMap<String, Revised<Tally>>,
    /// Whether a profile without a tally in memory has none on disk either.
    has_all_people: bool,
}

impl Tallies {
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    pub fn get(&self, key: &str) -> Option<&Revised<Tally>> {
        self.known.get(key)
    }

    pub fn insert(&mut self, tally: Revised<Tally>) {
        self.known.insert(tally.value.key.clone(), tally);
    }

    /// Takes in a row; one that cannot be read counts as nothing, and is written over.
    fn insert_row(&mut self, key: String, row: Option<&Row>) {
        let value = row.and_then(|row| Tally::from_row(row).ok()).unwrap_or_else(|| Tally::new(&key));
        let revision = row.map_or(0, |row| row.revision);
        self.known.insert(key, Revised { revision, value });
    }

    /// Which of these have to be read. Makes room for them: only these are kept then.
    fn unread(&mut self, keys: &[String]) -> Vec<String> {
        if self.known.len() > MAX_TALLIES {
            self.known.retain(|key, _| keys.contains(key));
            self.has_all_people = false;
        }
        let is_absent = |key: &str| self.has_all_people && key.starts_with(PERSON_PREFIX);
        keys.iter().filter(|key| !self.known.contains_key(*key) && !is_absent(key)).cloned().collect()
    }
}

impl<S: Store + 'static, W: World + 'static> Sender<S, W> {
    /// Reads the tallies of all profiles, if they are not too many: then no turn has to wait for those of its profiles.
    pub(super) async fn load_people(&mut self) -> Result<(), StoreError> {
        let by = Order::Key { prefix: PERSON_PREFIX.to_owned(), after: None };
        let query = Query { store: StoreName::Totals, by, direction: Direction::Ascending, limit: MAX_PEOPLE + 1 };
        let rows = self.store.query(query).await?;
        if rows.len() > MAX_PEOPLE {
            return Ok(());
        }
        for row in rows {
            self.tallies.insert_row(row.key.clone(), Some(&row));
        }
        self.tallies.has_all_people = true;
        Ok(())
    }

    /// Adds the tallies that `change` moves to the batch; answers them in the order of their rows.
    pub(super) async fn add_totals(
        &mut self,
        change: &TotalsChange,
        batch: &mut Batch,
    ) -> Result<Vec<Tally>, StoreError> {
        let keys = change.keys();
        let unknown = self.tallies.unread(&keys);
        if !unknown.is_empty() {
            let rows = self.store.get_many(StoreName::Totals, &unknown).await?;
            for (key, row) in unknown.into_iter().zip(rows) {
                self.tallies.insert_row(key, row.as_ref());
            }
        }
        // Somebody took the totals away, as a restore does, so that all is counted anew: what is written now is counted then.
        if !change.is_empty() && self.tallies.get(ALL_KEY).is_none_or(|all| all.revision == 0) {
            self.tallies.clear();
            self.is_alone = false;
            batch.checks.push(Check::Revision { store: StoreName::Totals, key: ALL_KEY.to_owned(), revision: 0 });
            return Ok(Vec::new());
        }
        let mut tallies = change.apply(|key| self.tallies.get(key).map(|known| known.value.clone()));
        // Whoever changes a delivery moves this one on, also where no counter moves: so others see that somebody did.
        if !change.is_empty() && tallies.iter().all(|tally| tally.key != ALL_KEY) {
            tallies.extend(self.tallies.get(ALL_KEY).map(|known| known.value.clone()));
        }
        for tally in &tallies {
            let revision = self.tallies.get(&tally.key).map_or(0, |known| known.revision);
            let row = Row { revision: revision + 1, ..tally.to_row() };
            if tally.key == ALL_KEY || !self.is_alone {
                batch.checks.push(Check::Revision { store: StoreName::Totals, key: tally.key.clone(), revision });
            }
            batch.writes.push(Write::Set(row));
        }
        Ok(tallies)
    }

    /// Counts everything once where there are no totals yet: in a database from before them, or after a restore.
    pub(super) async fn make_totals_if_missing(&mut self) -> Result<(), StoreError> {
        if self.store.get(StoreName::Totals, ALL_KEY).await?.is_some() {
            return Ok(());
        }
        // What is left of older totals would be added to.
        let writes = vec![Write::DeleteRange { store: StoreName::Totals, from: String::new(), to: "~".to_owned() }];
        let checks = vec![generation_check(self.generation)];
        self.store.commit(Batch { checks, writes, durability: Durability::Strict }).await?;
        let tallies = count_all(&*self.store).await?;
        let (mut rest, last): (Vec<Tally>, Vec<Tally>) = tallies.into_values().partition(|tally| tally.key != ALL_KEY);
        // The tally over everything comes last: without it, all is made anew.
        rest.extend(if last.is_empty() { vec![Tally::new(ALL_KEY)] } else { last });
        for slice in rest.chunks(WRITE_SLICE) {
            let writes = slice.iter().map(|tally| Write::Put(tally.to_row())).collect();
            let checks = vec![generation_check(self.generation)];
            self.store.commit(Batch { checks, writes, durability: Durability::Strict }).await?;
        }
        Ok(())
    }
}

/// Counts all deliveries and attempts: what the running totals have to say.
pub async fn count_all(store: &impl Store) -> Result<BTreeMap<String, Tally>, StoreError> {
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    let mut after = None;
    loop {
        let by = Order::Key { prefix: String::new(), after: after.take() };
        let query = Query { store: StoreName::Deliveries, by, direction: Direction::Ascending, limit: COUNT_SLICE };
        let rows = store.query(query).await?;
        after = rows.last().map(|row| row.key.clone());
        if rows.is_empty() {
            return Ok(tallies);
        }
        let mut change = TotalsChange::default();
        let deliveries: Vec<Delivery> =
            load::read_rows::<Delivery>(rows).values.into_iter().map(|delivery| delivery.value).collect();
        for delivery in &deliveries {
            change.delivery(None, Some(delivery));
        }
        add_attempts(store, &deliveries, &mut change).await?;
        for tally in change.apply(|key| tallies.get(key).cloned()) {
            tallies.insert(tally.key.clone(), tally);
        }
    }
}

/// Adds the attempts of deliveries that follow each other, read together: their keys stand in the same order.
async fn add_attempts(
    store: &impl Store,
    deliveries: &[Delivery],
    change: &mut TotalsChange,
) -> Result<(), StoreError> {
    let (Some(first), Some(last)) = (deliveries.first(), deliveries.last()) else { return Ok(()) };
    let by_id: BTreeMap<_, _> = deliveries.iter().map(|delivery| (&delivery.id, delivery)).collect();
    let end = [last.id.as_str(), "/~"].concat();
    let mut after = first.id.as_str().to_owned();
    loop {
        let by = Order::Key { prefix: String::new(), after: Some(after) };
        let query = Query { store: StoreName::Attempts, by, direction: Direction::Ascending, limit: ATTEMPT_SLICE };
        let rows = store.query(query).await?;
        let next = rows.last().filter(|_| rows.len() >= ATTEMPT_SLICE).map(|row| row.key.clone());
        for attempt in load::read_rows::<Attempt>(rows).values {
            if let (Some(delivery), Some(end)) = (by_id.get(&attempt.value.delivery_id), &attempt.value.end) {
                change.attempt(delivery, attempt.value.started_at, end);
            }
        }
        match next {
            Some(key) if key < end => after = key,
            Some(_) | None => return Ok(()),
        }
    }
}
