//! What may be sent to whom now: concurrency, rate, pauses, and whether there is a network at all.
//!
//! In: outcomes, settings, the browser's word on being online. Out: limits for the queue, and deliveries that say what they wait for.
//! Invariant: while nothing can be sent no attempt is spent; the practice receiver needs no network.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::domain::delivery::destination::Destination;
use crate::domain::delivery::lifecycle;
use crate::domain::delivery::practice::is_practice_url;
use crate::domain::delivery::queue::Limits;
use crate::domain::delivery::state::WaitReason;
use crate::domain::time::SECOND_MILLIS;
use crate::runtime::deliver::turn::{Ended, Turn};
use crate::runtime::deliver::{Arrival, SLICE, Sender, destination};
use crate::runtime::ports::World;
use crate::storage::record::Stored;
use crate::storage::record::load;
use crate::storage::{Batch, Check, Store, StoreError, StoreName, Write};

/// How soon to look again whether the browser is online.
const OFFLINE_LOOK_MILLIS: i64 = 2 * SECOND_MILLIS;
/// Hosts that are probed at once when several fell silent.
const MAX_PROBED: usize = 6;

impl<S: Store + 'static, W: World + 'static> Sender<S, W> {
    pub(super) async fn load_destinations(&mut self) -> Result<(), StoreError> {
        let loaded = load::load_all::<Destination>(&*self.store).await?;
        self.destinations = loaded.values.into_iter().map(|found| (found.value.origin.clone(), found)).collect();
        Ok(())
    }

    /// What the queue may send to each destination now.
    pub(super) fn limits(&self) -> impl Fn(&str) -> Limits {
        let now = self.world.now();
        let concurrency = self.settings.concurrency_per_destination.max(1);
        let is_cut_off = !self.world.is_online() || self.network.is_away();
        let destinations = &self.destinations;
        move |origin| {
            let limits = destinations
                .get(origin)
                .map_or(Limits::concurrency(concurrency), |known| known.value.limits(concurrency));
            if is_cut_off && !is_practice_url(origin) {
                Limits { closed_until: Some(now.plus_millis(OFFLINE_LOOK_MILLIS)), ..limits }
            } else {
                limits
            }
        }
    }

    /// Deliveries that are due and held back say so.
    pub(super) async fn say_what_is_held(&mut self) -> Result<bool, StoreError> {
        let now = self.world.now();
        let is_cut_off = !self.world.is_online() || self.network.is_away();
        let destinations = &self.destinations;
        let reason_of = |origin: &str| {
            if is_cut_off && !is_practice_url(origin) {
                return Some(WaitReason::Network);
            }
            let known = &destinations.get(origin)?.value;
            let closed_until = known.limits(1).closed_until?;
            (closed_until > now).then_some(WaitReason::PausedDestination)
        };
        let held = self.queue.take_held(now, &|origin| reason_of(origin).is_some(), SLICE);
        if held.is_empty() {
            return Ok(false);
        }
        let deliveries = self.load_deliveries(&held).await?;
        let changed: Vec<_> = deliveries
            .into_iter()
            .filter_map(|delivery| {
                let reason = reason_of(&destination(&delivery.value))?;
                let after = lifecycle::expire(&delivery.value, now);
                let after = after.or_else(|| lifecycle::hold(&delivery.value, reason, now))?;
                Some((delivery, after))
            })
            .collect();
        let mut turn = Turn::fenced(self.generation);
        for (delivery, after) in changed {
            self.log_status(&after, &mut turn.batch);
            turn.change(&delivery, after);
        }
        if turn.is_empty() {
            return Ok(false);
        }
        self.commit(turn).await?;
        Ok(true)
    }

    /// Adds what the ended attempts taught of their destinations; answers them in the order of their rows.
    pub(super) fn add_destinations(&self, set: &[Destination], ended: &[Ended], batch: &mut Batch) -> Vec<Destination> {
        let now = self.world.now();
        let mut after: BTreeMap<&str, Destination> =
            set.iter().map(|destination| (destination.origin.as_str(), destination.clone())).collect();
        for Ended { origin, outcome, is_first } in ended {
            let known = after.remove(origin.as_str());
            let known = known.or_else(|| self.destinations.get(origin).map(|known| known.value.clone()));
            let known = known.unwrap_or_else(|| Destination::new(origin));
            after.insert(origin, known.after(outcome, *is_first, now));
        }
        let after: Vec<Destination> = after.into_values().collect();
        for destination in &after {
            self.put_destination(destination, batch);
        }
        after
    }

    fn put_destination(&self, destination: &Destination, batch: &mut Batch) {
        let key = destination.origin.clone();
        let revision = self.destinations.get(&key).map_or(0, |known| known.revision);
        batch.checks.push(Check::Revision { store: StoreName::Destinations, key, revision });
        batch.writes.push(Write::Put(destination.to_row()));
    }

    /// Changes what a person set for a destination.
    pub(super) fn change_destination(
        &self,
        origin: &str,
        change: &dyn Fn(&Destination) -> Destination,
        turn: &mut Turn,
    ) {
        let known = self.destinations.get(origin).map(|known| known.value.clone());
        turn.set.push(change(&known.unwrap_or_else(|| Destination::new(origin))));
    }

    /// Whether a destination's status could ever be read.
    pub(super) fn has_answered_readably(&self, origin: &str) -> bool {
        self.destinations.get(origin).is_some_and(|known| known.value.has_answered_readably)
    }

    /// Several hosts fell silent at once: looks whether any host answers again.
    pub(super) fn probe_silent_hosts(&mut self) {
        let is_due = self.network.look_at().is_some_and(|at| at <= self.world.now());
        if self.is_probing || !is_due || !self.world.is_online() {
            return;
        }
        let silent = self.network.silent_hosts().chain(self.queue.destinations());
        let mut hosts: Vec<String> = silent.filter(|origin| !is_practice_url(origin)).map(str::to_owned).collect();
        hosts.sort();
        hosts.dedup();
        hosts.truncate(MAX_PROBED);
        self.is_probing = true;
        let world = Rc::clone(&self.world);
        self.in_flight.push(Box::pin(async move {
            let probes = hosts.iter().map(|origin| world.probe(origin));
            let answers = futures_util::future::join_all(probes).await;
            Arrival::Probed { is_answered: answers.contains(&true) }
        }));
    }
}
