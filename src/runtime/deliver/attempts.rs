//! Takes a turn: records what arrived, starts what is due, and sends it.
//!
//! In: answers, deliveries that are due. Out: attempts on their way.
//! Invariant: what ended and what starts go to disk in one transaction; the fence guards only what starts.

use std::rc::Rc;

use crate::domain::delivery::lifecycle;
use crate::domain::delivery::practice::is_practice_url;
use crate::domain::delivery::state::{Attempt, Delivery};
use crate::domain::time::{SECOND_MILLIS, Timestamp};
use crate::runtime::deliver::landing::Landed;
use crate::runtime::deliver::open::OnItsWay;
use crate::runtime::deliver::sealed::redacted;
use crate::runtime::deliver::turn::Turn;
use crate::runtime::deliver::{Arrival, SLICE, Sender, destination};
use crate::runtime::ports::{SendReport, World};
use crate::storage::record::load::Revised;
use crate::storage::{Store, StoreError};

impl<S: Store + 'static, W: World + 'static> Sender<S, W> {
    /// Records what arrived and starts what is due, together.
    pub(super) async fn turn(&mut self) -> Result<bool, StoreError> {
        let mut turn = Turn::default();
        let landings = std::mem::take(&mut self.backlog);
        for landed in &landings {
            self.queue.remove(&landed.open.delivery_id);
            if let Some(stored) = self.on_their_way.get(&landed.open.delivery_id).map(|way| way.stored.clone()) {
                self.end(landed, &stored, &mut turn);
            }
        }
        let n_ended = turn.batch.writes.len();
        self.tell_slow(&landings, &mut turn);
        if let Err(error) = self.start_due(&mut turn).await {
            self.backlog = landings;
            return Err(error);
        }
        if turn.batch.writes.len() > n_ended || turn.has_starts() {
            turn.fence(self.generation);
        }
        if turn.is_empty() {
            self.forget_landed(&landings);
            return Ok(false);
        }
        match self.commit(turn).await {
            Ok(()) => {
                self.forget_landed(&landings);
                Ok(true)
            }
            // Somebody else changed one of them: what ended is recorded one by one, and the rest in the next turn.
            Err(error @ StoreError::Conflict { .. }) => {
                self.backlog = landings;
                self.land_one_by_one().await?;
                if crate::runtime::deliver::is_fenced(&error) { Err(error) } else { Ok(true) }
            }
            Err(error) => {
                self.backlog = landings;
                Err(error)
            }
        }
    }

    fn forget_landed(&mut self, landings: &[Landed]) {
        for landed in landings {
            self.on_their_way.remove(&landed.open.delivery_id);
        }
    }

    async fn start_due(&mut self, turn: &mut Turn) -> Result<(), StoreError> {
        let now = self.world.now();
        let due = self.queue.due(now, &self.limits(), SLICE);
        if due.is_empty() {
            return Ok(());
        }
        let deliveries = self.load_deliveries(&due).await?;
        for delivery_id in &due {
            if !deliveries.iter().any(|delivery| delivery.value.id == *delivery_id) {
                self.queue.remove(delivery_id);
            }
        }
        let is_being_tried =
            |origin: &str| self.destinations.get(origin).is_some_and(|known| known.value.pause.is_some());
        // What a try of a paused destination came to is known with this turn, and decides about the next.
        let tried: Vec<&str> =
            turn.ended.iter().map(|ended| ended.origin.as_str()).filter(|origin| is_being_tried(origin)).collect();
        let deliveries: Vec<_> =
            deliveries.into_iter().filter(|found| !tried.contains(&destination(&found.value).as_str())).collect();
        for delivery in &deliveries {
            if let Some(expired) = lifecycle::expire(&delivery.value, now) {
                self.log_status(&expired, &mut turn.batch);
                turn.change(delivery, expired);
            } else if self.is_ready(delivery, turn).await? {
                self.start_attempt(delivery, lifecycle::start_due, turn);
            }
        }
        Ok(())
    }

    pub(super) fn start_attempt(
        &mut self,
        delivery: &Revised<Delivery>,
        start: fn(&Delivery, Timestamp) -> Option<(Delivery, Attempt)>,
        turn: &mut Turn,
    ) {
        match start(&delivery.value, self.world.now()) {
            Some((started, _)) => turn.start(delivery, started),
            None if self.on_their_way.contains_key(&delivery.value.id) => {}
            None => self.queue.remove(&delivery.value.id),
        }
    }

    /// Sends an attempt that is on disk.
    pub(super) fn send(&mut self, way: OnItsWay) {
        let open = way.open.clone();
        let filled = self.filled.remove(&open.delivery_id);
        self.deliveries.remove(&open.delivery_id);
        let Some(request) = way.started.request.clone() else { return };
        let (request, values) = match filled {
            Some(filled) => (filled.request, filled.values),
            None => (request, Vec::new()),
        };
        let destination = destination(&way.started);
        self.queue.mark_started(&open.delivery_id, destination.clone(), self.world.now());
        self.on_their_way.insert(open.delivery_id.clone(), way);
        let world = Rc::clone(&self.world);
        let timeout_millis = i64::from(self.settings.timeout_secs.max(1)) * SECOND_MILLIS;
        let is_probe_enabled = self.settings.is_host_probe_enabled;
        self.in_flight.push(Box::pin(async move {
            let report = redacted(world.send(&request, open.number, timeout_millis).await, &values);
            let is_lost = matches!(report, SendReport::NetworkError { .. });
            let is_offline = || is_lost && !world.is_online() && !is_practice_url(&destination);
            let is_host_reachable = match &report {
                SendReport::NetworkError { .. } if is_probe_enabled && !is_offline() => {
                    Some(world.probe(&request.url).await)
                }
                SendReport::NetworkError { .. }
                | SendReport::Answered(_)
                | SendReport::OpaqueRedirect
                | SendReport::TimedOut => None,
            };
            // Also while it was probed: then the probe told nothing of the host.
            let went_offline = is_host_reachable != Some(true) && is_offline();
            let at = world.now();
            Arrival::Landed(Box::new(Landed {
                open,
                destination,
                report,
                is_host_reachable,
                went_offline,
                timeout_millis,
                at,
            }))
        }));
    }
}
