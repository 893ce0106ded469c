//! One turn of the sender: changes that are written together, and what follows once they are on disk.
//!
//! In: deliveries as they change, attempts as they start and end. Out: one transaction, with the totals it moves.
//! Invariant: totals and destinations change in the transaction of what they count, or not at all.

use std::pin::pin;
use std::rc::Rc;

use futures_util::stream::StreamExt;
use futures_util::{FutureExt, select_biased};

use crate::domain::delivery::destination::Destination;
use crate::domain::delivery::lifecycle;
use crate::domain::delivery::outcome::AttemptOutcome;
use crate::domain::delivery::state::{Attempt, Delivery, OpenAttempt, StatusKind};
use crate::domain::delivery::totals::{ALL_KEY, TotalsChange};
use crate::runtime::deliver::open::OnItsWay;
use crate::runtime::deliver::{MAX_CACHED, Sender, delivery_check, destination};
use crate::runtime::ports::World;
use crate::storage::record::Stored;
use crate::storage::record::generation::generation_check;
use crate::storage::record::load::Revised;
use crate::storage::{Batch, Check, Row, Store, StoreError, StoreName, Write};

/// How often a turn is tried again because somebody else moved a total.
const MAX_TRIES: u32 = 8;

/// Changes that belong together.
#[derive(Default)]
pub(super) struct Turn {
    pub batch: Batch,
    totals: TotalsChange,
    /// Deliveries as they are after this turn; a later one of the same id is the newer.
    changed: Vec<Delivery>,
    /// Attempts that start; their deliveries are not written before they end, or take long.
    started: Vec<OnItsWay>,
    /// How the deliveries that are written, or started, stand on disk.
    guards: Vec<Check>,
    /// Destinations, and how their attempts ended.
    pub(super) ended: Vec<Ended>,
    /// Destinations as a person set them.
    pub(super) set: Vec<Destination>,
}

/// How an attempt ended, as its destination sees it.
pub(super) struct Ended {
    pub origin: String,
    pub outcome: AttemptOutcome,
    pub is_first: bool,
}

impl Turn {
    /// A turn that only the newest sender may take.
    pub fn fenced(generation: u64) -> Self {
        let mut turn = Self::default();
        turn.fence(generation);
        turn
    }

    pub fn fence(&mut self, generation: u64) {
        self.batch.checks.push(generation_check(generation));
    }

    pub fn is_empty(&self) -> bool {
        self.batch.writes.is_empty() && self.set.is_empty() && self.started.is_empty()
    }

    /// A delivery that is new.
    pub fn add(&mut self, delivery: Delivery) {
        self.totals.delivery(None, Some(&delivery));
        self.batch.writes.push(Write::Add(delivery.to_row()));
        self.changed.push(delivery);
    }

    /// A delivery that changes; nobody else may have changed it since.
    pub fn change(&mut self, before: &Revised<Delivery>, after: Delivery) {
        self.totals.delivery(Some(&before.value), Some(&after));
        self.guards.push(delivery_check(before));
        self.batch.writes.push(Write::Set(Row { revision: before.revision + 1, ..after.to_row() }));
        self.changed.push(after);
    }

    /// A delivery that goes away.
    pub fn remove(&mut self, before: &Delivery) {
        self.totals.delivery(Some(before), None);
    }

    /// An attempt that starts: it is listed on disk before it is sent.
    pub fn start(&mut self, stored: &Revised<Delivery>, started: Delivery) {
        if let Some(open) = OpenAttempt::of(&started) {
            self.guards.push(delivery_check(stored));
            self.started.push(OnItsWay { stored: stored.clone(), started, open });
        }
    }

    /// Whether any attempt starts.
    pub fn has_starts(&self) -> bool {
        !self.started.is_empty()
    }

    /// An attempt that ended.
    pub fn end(&mut self, before: &Revised<Delivery>, after: Delivery, ended: &Attempt) {
        if let Some(end) = &ended.end {
            self.totals.attempt(&after, ended.started_at, end);
        }
        // Nobody asks for an attempt's revision.
        self.batch.writes.push(Write::Set(Row { revision: 1, ..ended.to_row() }));
        self.change(before, after);
    }
}

impl<S: Store + 'static, W: World + 'static> Sender<S, W> {
    /// Writes a turn, then queues and sends what it holds. Nothing is sent that is not on disk.
    pub(super) async fn commit(&mut self, turn: Turn) -> Result<(), StoreError> {
        let mut n_tries = 0;
        let (stores, revisions, sealed) = loop {
            let mut batch = turn.batch.clone();
            // A sender that is alone trusts that everything stands where it was read.
            if !self.is_alone {
                batch.checks.extend(turn.guards.iter().cloned());
            }
            let tallies = self.add_totals(&turn.totals, &mut batch).await?;
            let destinations = self.add_destinations(&turn.set, &turn.ended, &mut batch);
            if turn.has_starts() && self.is_alone && turn.totals.is_empty() {
                // Nothing that is counted changes, and still nobody else may have changed anything.
                let revision = self.tallies.get(ALL_KEY).map_or(0, |all| all.revision);
                batch.checks.push(Check::Revision { store: StoreName::Totals, key: ALL_KEY.to_owned(), revision });
            }
            self.add_open_attempts(&turn.started, &mut batch);
            let stores: Vec<StoreName> = batch.writes.iter().filter_map(written_store).collect();
            match self.write(batch).await {
                Ok(revisions) => break (stores, revisions, (tallies, destinations)),
                // A late answer of an older sender moved a total in between: read it again.
                Err(StoreError::Conflict { store: StoreName::Totals, .. }) if n_tries < MAX_TRIES => {
                    self.is_alone = false;
                    self.tallies.clear();
                }
                Err(StoreError::Conflict { store: StoreName::Destinations, .. }) if n_tries < MAX_TRIES => {
                    self.load_destinations().await?;
                }
                Err(error) => {
                    for delivery in turn.changed.iter().chain(turn.started.iter().map(|way| &way.started)) {
                        self.deliveries.remove(&delivery.id);
                    }
                    return Err(error);
                }
            }
            n_tries += 1;
        };
        let mut changed = turn.changed.into_iter();
        let mut known: Vec<Revised<Delivery>> = Vec::new();
        let (mut tallies, mut destinations) = (sealed.0.into_iter(), sealed.1.into_iter());
        // Values stand in the order of their rows.
        for (store, revision) in stores.into_iter().zip(revisions) {
            match store {
                StoreName::Deliveries => known.extend(changed.next().map(|value| Revised { revision, value })),
                StoreName::Totals => {
                    if let Some(value) = tallies.next() {
                        self.tallies.insert(Revised { revision, value });
                    }
                }
                StoreName::Destinations => {
                    if let Some(value) = destinations.next() {
                        self.destinations.insert(value.origin.clone(), Revised { revision, value });
                    }
                }
                StoreName::Flows
                | StoreName::Events
                | StoreName::Profiles
                | StoreName::Settings
                | StoreName::Inbox
                | StoreName::Runs
                | StoreName::Attempts
                | StoreName::Activity
                | StoreName::Meta
                | StoreName::Members
                | StoreName::Secrets
                | StoreName::Audit
                | StoreName::SetAside
                | StoreName::Versions
                | StoreName::Steps => {}
            }
        }
        for delivery in known {
            self.follow(delivery);
        }
        for way in turn.started {
            self.send(way);
        }
        Ok(())
    }

    /// Writes a batch. What is on its way goes on meanwhile: an answer takes several steps to be read, and would wait for the
    /// disk at each of them.
    async fn write(&mut self, batch: Batch) -> Result<Vec<u64>, StoreError> {
        let store = Rc::clone(&self.store);
        let mut writing = pin!(store.commit(batch).fuse());
        let mut arrived = Vec::new();
        let result = loop {
            select_biased! {
                result = writing.as_mut() => break result,
                arrival = self.in_flight.select_next_some() => arrived.push(arrival),
            }
        };
        for arrival in arrived {
            self.take_in(arrival);
        }
        result
    }

    /// Puts a delivery where its status belongs: in line, or out of it.
    pub(super) fn follow(&mut self, delivery: Revised<Delivery>) {
        let delivery_id = delivery.value.id.clone();
        if let Some(way) = self.on_their_way.get_mut(&delivery_id)
            && OpenAttempt::of(&delivery.value).is_some_and(|told| told.number == way.open.number)
        {
            way.stored = delivery;
            return;
        }
        let is_locked = self.locked.contains(&delivery_id);
        match lifecycle::due_at(&delivery.value) {
            // It comes back in line when the secrets are unlocked.
            Some(_) if is_locked => self.queue.remove(&delivery_id),
            Some(due_at) => self.queue.push(delivery_id.clone(), destination(&delivery.value), due_at),
            None => {
                self.queue.remove(&delivery_id);
                self.locked.remove(&delivery_id);
            }
        }
        let is_final = StatusKind::of(&delivery.value.status).is_final();
        if is_final || (self.deliveries.len() >= MAX_CACHED && !self.deliveries.contains_key(&delivery_id)) {
            self.deliveries.remove(&delivery_id);
        } else {
            self.deliveries.insert(delivery_id, delivery);
        }
    }
}

/// The store of a row whose revision a commit answers.
const fn written_store(write: &Write) -> Option<StoreName> {
    match write {
        Write::Put(row) | Write::Add(row) | Write::Set(row) => Some(row.store),
        Write::Delete { .. } | Write::DeleteRange { .. } => None,
    }
}
