//! Ends attempts: what came back, and what follows.
//!
//! In: reports of attempts on their way. Out: the delivery and its attempt as they are after it.
//! Invariant: an attempt ends once; a late answer may close it, and never starts anything.

use crate::domain::activity::ActivityEvent;
use crate::domain::delivery::lifecycle;
use crate::domain::delivery::outcome::AttemptOutcome;
use crate::domain::delivery::practice::is_practice_url;
use crate::domain::delivery::retry_after::parse_retry_after;
use crate::domain::delivery::state::{Delivery, OpenAttempt, ResponseRecord};
use crate::domain::time::Timestamp;
use crate::runtime::deliver::Sender;
use crate::runtime::deliver::turn::{Ended, Turn};
use crate::runtime::ports::{SendReport, World};
use crate::storage::record::load::Revised;
use crate::storage::{Store, StoreError};

/// An attempt that has come back.
pub(super) struct Landed {
    pub open: OpenAttempt,
    pub destination: String,
    pub report: SendReport,
    /// What a probe said after a network error; `None` if none was made.
    pub is_host_reachable: Option<bool>,
    /// Whether the browser went offline in the middle of it.
    pub went_offline: bool,
    pub timeout_millis: i64,
    pub at: Timestamp,
}

impl Landed {
    /// Whether the host is there. Without a probe it is taken to be: the careful reading, since the request may have arrived.
    fn found_host(&self) -> bool {
        self.is_host_reachable.unwrap_or(true)
    }
}

impl<S: Store + 'static, W: World + 'static> Sender<S, W> {
    /// Adds the end of an attempt to the turn; `stored` is what lies on disk.
    pub(super) fn end(&mut self, landed: &Landed, stored: &Revised<Delivery>, turn: &mut Turn) {
        let (outcome, response) = self.outcome(landed);
        let is_unspent = self.hear_of_network(landed, &outcome);
        // Another sender closed this attempt as cut off while we waited; what it wrote stands.
        let Some(started) = lifecycle::on_its_way(&stored.value, &landed.open) else { return };
        let attempt = landed.open.attempt();
        let unspent =
            if is_unspent { lifecycle::finish_unspent(&started, &attempt, &outcome, landed.at) } else { None };
        let jitter = self.world.next_u64();
        let finished =
            unspent.or_else(|| lifecycle::finish(&started, &attempt, outcome.clone(), response, landed.at, jitter));
        let Some((finished, ended)) = finished else { return };
        self.log_status(&finished, &mut turn.batch);
        turn.end(stored, finished, &ended);
        let is_first = landed.open.number == 1;
        // What the browser's own network did says nothing of the receiver.
        if !is_unspent {
            turn.ended.push(Ended { origin: landed.destination.clone(), outcome, is_first });
        }
    }

    /// Records what has arrived attempt by attempt, so that one which somebody else has closed holds up no other.
    pub(super) async fn land_one_by_one(&mut self) -> Result<(), StoreError> {
        while let Some(landed) = self.backlog.pop() {
            let delivery_id = landed.open.delivery_id.clone();
            let loaded = self.fetch::<Delivery>(delivery_id.as_str()).await;
            let delivery = match loaded {
                Ok(delivery) => delivery,
                Err(error) => {
                    self.backlog.push(landed);
                    return Err(error);
                }
            };
            let mut turn = Turn::default();
            if let Some(delivery) = &delivery {
                self.end(&landed, delivery, &mut turn);
            }
            let is_closed = turn.is_empty();
            if !is_closed {
                match self.commit(turn).await {
                    Ok(()) | Err(StoreError::Conflict { .. }) => {}
                    Err(error) => {
                        self.backlog.push(landed);
                        return Err(error);
                    }
                }
            }
            self.on_their_way.remove(&delivery_id);
            // Recorded before, as by a write of ours that succeeded unheard: what it wrote goes on from there.
            if is_closed && let Some(delivery) = delivery {
                self.follow(delivery);
            }
        }
        Ok(())
    }

    fn outcome(&self, landed: &Landed) -> (AttemptOutcome, Option<ResponseRecord>) {
        match &landed.report {
            SendReport::Answered(response) => {
                let retry_after_millis = response
                    .headers
                    .iter()
                    .find(|(name, _)| name.eq_ignore_ascii_case("retry-after"))
                    .and_then(|(_, value)| parse_retry_after(value, landed.at));
                (AttemptOutcome::Answered { status: response.status, retry_after_millis }, Some(response.clone()))
            }
            SendReport::OpaqueRedirect => (AttemptOutcome::Redirected, None),
            SendReport::TimedOut => (AttemptOutcome::TimedOut { timeout_millis: landed.timeout_millis }, None),
            // It had left, and nobody knows how far it came.
            SendReport::NetworkError { .. } if landed.went_offline => (AttemptOutcome::Interrupted, None),
            SendReport::NetworkError { .. } => {
                let has_answered = self.has_answered_readably(&landed.destination);
                let outcome = match (landed.found_host(), has_answered) {
                    // It was there a moment ago, and may have broken down over this very request.
                    (false, _) if self.network.was_heard_of(&landed.destination, landed.at) => {
                        AttemptOutcome::Interrupted
                    }
                    (false, _) => AttemptOutcome::Unreachable,
                    (true, true) => AttemptOutcome::Interrupted,
                    (true, false) => AttemptOutcome::Unreadable,
                };
                (outcome, None)
            }
        }
    }

    /// What an outcome tells of the network; whether the attempt met none, and so is not spent.
    fn hear_of_network(&mut self, landed: &Landed, outcome: &AttemptOutcome) -> bool {
        if is_practice_url(&landed.destination) {
            return false;
        }
        if landed.went_offline {
            return true;
        }
        if !landed.found_host() {
            return !self.world.is_online() || self.network.fell_silent(&landed.destination, landed.at);
        }
        match outcome {
            AttemptOutcome::Answered { .. }
            | AttemptOutcome::Redirected
            | AttemptOutcome::Interrupted
            | AttemptOutcome::Unreadable => {
                self.network.heard_of(&landed.destination, landed.at);
                false
            }
            // Silence within the timeout tells nothing of the network.
            AttemptOutcome::TimedOut { .. } | AttemptOutcome::Unreachable | AttemptOutcome::CutOff => false,
        }
    }

    /// Closes an attempt whose sender ended in the middle of it.
    pub(super) async fn cut_off(&mut self, stored: &Revised<Delivery>, open: &OpenAttempt) -> Result<(), StoreError> {
        let (now, jitter) = (self.world.now(), self.world.next_u64());
        let Some(started) = lifecycle::on_its_way(&stored.value, open) else { return Ok(()) };
        let finished = lifecycle::finish(&started, &open.attempt(), AttemptOutcome::CutOff, None, now, jitter);
        let Some((finished, ended)) = finished else { return Ok(()) };
        let mut turn = Turn::fenced(self.generation);
        self.log(
            &finished,
            ActivityEvent::AttemptFinished {
                delivery_id: ended.delivery_id.clone(),
                attempt_number: ended.number,
                outcome: AttemptOutcome::CutOff,
            },
            &mut turn.batch,
        );
        self.log_status(&finished, &mut turn.batch);
        turn.end(stored, finished, &ended);
        match self.commit(turn).await {
            // A late answer of the older sender closed it in between: that is the better record.
            Err(StoreError::Conflict { store: crate::storage::StoreName::Deliveries, .. }) => Ok(()),
            other => other,
        }
    }
}
