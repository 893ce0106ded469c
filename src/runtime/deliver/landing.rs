//! Ends attempts: what came back, and what follows.
//!
//! In: reports of attempts on their way. Out: the delivery and its attempt as they are after it.
//! Invariant: an attempt ends once; a late answer may close it, and never starts anything that a newer sender would.

use crate::domain::activity::ActivityEvent;
use crate::domain::delivery::destination::Destination;
use crate::domain::delivery::lifecycle;
use crate::domain::delivery::outcome::AttemptOutcome;
use crate::domain::delivery::retry_after::parse_retry_after;
use crate::domain::delivery::state::{Attempt, Delivery, ResponseRecord};
use crate::domain::time::SECOND_MILLIS;
use crate::runtime::deliver::{Landed, Sender, delivery_check, destination};
use crate::runtime::ports::{SendReport, World};
use crate::storage::record::Stored;
use crate::storage::record::delivery::attempt_key;
use crate::storage::record::load::Revised;
use crate::storage::{Batch, Check, Store, StoreError, StoreName, Write};

impl<S: Store + 'static, W: World + 'static> Sender<S, W> {
    pub(super) async fn land(&mut self, landed: Landed) -> Result<(), StoreError> {
        self.queue.remove(&landed.delivery_id);
        let now = self.world.now();
        self.load_destination(&landed.destination).await?;
        let has_answered = self.destinations.get(&landed.destination).is_some_and(|known| known.has_answered_readably);
        let (outcome, response) = match landed.report {
            SendReport::Answered(response) => {
                let retry_after_millis = response
                    .headers
                    .iter()
                    .find(|(name, _)| name.eq_ignore_ascii_case("retry-after"))
                    .and_then(|(_, value)| parse_retry_after(value, now));
                (AttemptOutcome::Answered { status: response.status, retry_after_millis }, Some(response))
            }
            SendReport::OpaqueRedirect => (AttemptOutcome::Redirected, None),
            SendReport::TimedOut => {
                let timeout_millis = i64::from(self.settings.timeout_secs.max(1)) * SECOND_MILLIS;
                (AttemptOutcome::TimedOut { timeout_millis }, None)
            }
            // Without a probe the host is taken to be there: the careful reading, since the request may have arrived.
            SendReport::NetworkError { .. } => match (landed.is_host_reachable.unwrap_or(true), has_answered) {
                (false, _) => (AttemptOutcome::Unreachable, None),
                (true, true) => (AttemptOutcome::Interrupted, None),
                (true, false) => (AttemptOutcome::Unreadable, None),
            },
        };
        let Some(delivery) = self.load_delivery(&landed.delivery_id).await? else { return Ok(()) };
        let learned = matches!(outcome, AttemptOutcome::Answered { .. }) && !has_answered;
        self.record_end(&delivery, Some(landed.attempt.revision), &landed.attempt.value, outcome, response).await?;
        if learned {
            self.learn_readable(landed.destination).await?;
        }
        Ok(())
    }

    /// Closes an attempt. Guarded by the attempt's own revision rather than the generation, so that a late answer counts.
    pub(super) async fn record_end(
        &mut self,
        delivery: &Revised<Delivery>,
        attempt_revision: Option<u64>,
        attempt: &Attempt,
        outcome: AttemptOutcome,
        response: Option<ResponseRecord>,
    ) -> Result<(), StoreError> {
        let now = self.world.now();
        let jitter = self.world.next_u64();
        let Some((finished, ended)) =
            lifecycle::finish(&delivery.value, attempt, outcome.clone(), response, now, jitter)
        else {
            return Ok(());
        };
        let mut batch = Batch::default();
        batch.checks.push(delivery_check(delivery));
        if let Some(revision) = attempt_revision {
            let key = attempt_key(&ended.delivery_id, ended.number);
            batch.checks.push(Check::Revision { store: StoreName::Attempts, key, revision });
        }
        let event = ActivityEvent::AttemptFinished {
            delivery_id: ended.delivery_id.clone(),
            attempt_number: ended.number,
            outcome,
        };
        self.log(&finished, event, &mut batch);
        self.log_status(&finished, &mut batch);
        batch.writes.push(Write::Put(ended.to_row()));
        batch.writes.push(Write::Put(finished.to_row()));
        match self.store.commit(batch).await {
            Ok(_) => {
                if let Some(due_at) = lifecycle::due_at(&finished) {
                    self.queue.push(finished.id.clone(), destination(&finished), due_at);
                }
                Ok(())
            }
            // Another sender closed this attempt as cut off while we waited; what it wrote stands.
            Err(StoreError::Conflict { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn load_destination(&mut self, origin: &str) -> Result<(), StoreError> {
        if !self.destinations.contains_key(origin)
            && let Some(known) = self.fetch::<Destination>(origin).await?
        {
            self.destinations.insert(origin.to_owned(), known.value);
        }
        Ok(())
    }

    async fn learn_readable(&mut self, origin: String) -> Result<(), StoreError> {
        let known = Destination { origin: origin.clone(), has_answered_readably: true };
        let mut batch = self.fenced_batch();
        batch.writes.push(Write::Put(known.to_row()));
        self.store.commit(batch).await?;
        self.destinations.insert(origin, known);
        Ok(())
    }
}
