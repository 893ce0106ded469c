//! Keeps the list of attempts on their way, which is on disk before a request leaves.
//!
//! In: attempts that start. Out: one row with every start; the deliveries of slow ones, which then say so themselves.
//! Invariant: the list holds every attempt on its way. One that has ended may stand in it until the next start: its delivery
//! counts it by then.

use std::collections::BTreeSet;

use crate::domain::delivery::lifecycle;
use crate::domain::delivery::state::{Delivery, OpenAttempt};
use crate::domain::id::DeliveryId;
use crate::domain::time::Timestamp;
use crate::runtime::deliver::Sender;
use crate::runtime::deliver::landing::Landed;
use crate::runtime::deliver::turn::Turn;
use crate::runtime::ports::World;
use crate::storage::record::Stored;
use crate::storage::record::load::{self, BrokenRow, Revised};
use crate::storage::record::open::{OPEN_KEY, OpenAttempts};
use crate::storage::{Batch, Row, Store, StoreError, StoreName, Write};

/// An attempt that takes longer shows in its delivery's own row. Most take less, and are written once: when they end.
const TELL_AFTER_MILLIS: i64 = 250;

/// A delivery whose attempt is on its way.
pub(super) struct OnItsWay {
    /// As it lies on disk.
    pub stored: Revised<Delivery>,
    /// As it is.
    pub started: Delivery,
    pub open: OpenAttempt,
}

impl OnItsWay {
    /// The delivery as it is, with the revision that a write of it has to check.
    pub fn known(&self) -> Revised<Delivery> {
        Revised { revision: self.stored.revision, value: self.started.clone() }
    }

    /// When the delivery's row has to say that it is on its way; `None` once it does.
    fn tell_at(&self) -> Option<Timestamp> {
        let is_told = OpenAttempt::of(&self.stored.value).is_some();
        (!is_told).then(|| self.open.started_at.plus_millis(TELL_AFTER_MILLIS))
    }
}

impl<S: Store + 'static, W: World + 'static> Sender<S, W> {
    /// Adds the list with the attempts that start.
    pub(super) fn add_open_attempts(&self, started: &[OnItsWay], batch: &mut Batch) {
        if started.is_empty() {
            return;
        }
        let attempts = self.on_their_way.values().chain(started).map(|way| way.open.clone()).collect();
        // Only the newest sender writes it, and nobody asks for its revision.
        batch.writes.push(Write::Set(Row { revision: 1, ..OpenAttempts { attempts }.to_row() }));
    }

    /// When the next delivery has to say that it is on its way.
    pub(super) fn next_tell_at(&self) -> Option<Timestamp> {
        self.on_their_way.values().filter_map(OnItsWay::tell_at).min()
    }

    /// Deliveries whose attempts take long say that they are on their way; those that have landed say more.
    pub(super) fn tell_slow(&self, landings: &[Landed], turn: &mut Turn) {
        let now = self.world.now();
        let slow = self.on_their_way.values().filter(|way| way.tell_at().is_some_and(|at| at <= now));
        let mut slow = slow.peekable();
        if slow.peek().is_none() {
            return;
        }
        let landed: BTreeSet<&DeliveryId> = landings.iter().map(|landed| &landed.open.delivery_id).collect();
        for way in slow.filter(|way| !landed.contains(&way.open.delivery_id)) {
            turn.change(&way.stored, way.started.clone());
        }
    }

    /// Closes what stands in the list and is not on its way here: its sender ended in the middle of it.
    pub(super) async fn close_listed_attempts(&mut self) -> Result<(), StoreError> {
        let Some(row) = self.store.get(StoreName::Meta, OPEN_KEY).await? else { return Ok(()) };
        let listed = match OpenAttempts::from_row(&row) {
            Ok(list) => list.attempts,
            Err(error) => return self.close_whatever_was_due(BrokenRow { row, error }).await,
        };
        let cut_off: Vec<OpenAttempt> =
            listed.into_iter().filter(|open| !self.on_their_way.contains_key(&open.delivery_id)).collect();
        let ids: Vec<DeliveryId> = cut_off.iter().map(|open| open.delivery_id.clone()).collect();
        for delivery in self.load_deliveries(&ids).await? {
            if let Some(open) = cut_off.iter().find(|open| open.delivery_id == delivery.value.id) {
                self.cut_off(&delivery, open).await?;
            }
        }
        Ok(())
    }

    /// Nobody knows what was on its way: everything that was due may have been.
    async fn close_whatever_was_due(&mut self, broken: BrokenRow) -> Result<(), StoreError> {
        let now = self.world.now();
        for delivery_id in self.due_on_disk(now).await? {
            let Some(delivery) = self.load_delivery(&delivery_id).await? else { continue };
            let started = lifecycle::start_due(&delivery.value, now);
            if let Some(open) = started.and_then(|(started, _)| OpenAttempt::of(&started)) {
                self.cut_off(&delivery, &open).await?;
            }
        }
        match load::set_aside(&broken) {
            Some(batch) => self.store.commit(batch).await.map(|_| ()),
            None => Ok(()),
        }
    }
}
