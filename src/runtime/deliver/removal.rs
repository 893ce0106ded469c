//! Removes what is old, or somebody's: deliveries with their attempts, runs and log entries.
//!
//! In: how long to keep, or a person. Out: one transaction a slice.
//! Invariant: what is not finished is not pruned; totals follow in the same transaction.

use crate::domain::delivery::state::{Delivery, StatusKind};
use crate::domain::event::Profile;
use crate::domain::flow::run::RunDocument;
use crate::domain::id::{ProfileId, sortable_id};
use crate::domain::time::DAY_MILLIS;
use crate::runtime::command::SenderCommand;
use crate::runtime::deliver::turn::Turn;
use crate::runtime::deliver::{RETENTION_PAUSE_MILLIS, SLICE, Sender};
use crate::runtime::ports::World;
use crate::storage::record::activity::LoggedEntry;
use crate::storage::record::delivery::attempt_prefix;
use crate::storage::record::load;
use crate::storage::{Direction, IndexPart, Order, Query, Row, Store, StoreError, StoreName, Write};

/// Deliveries pruned in one transaction.
const PRUNE_SLICE: usize = 500;
/// Log entries looked at in one slice when a person is forgotten.
const LOG_SLICE: usize = 5_000;

impl<S: Store + 'static, W: World + 'static> Sender<S, W> {
    /// Prunes one slice of what is older than the settings keep, now and then.
    pub(super) async fn prune_if_due(&mut self) -> Result<bool, StoreError> {
        let now = self.world.now();
        let Some(days) = self.settings.retention_days else { return Ok(false) };
        if self.next_retention_at.is_some_and(|at| at > now) {
            return Ok(false);
        }
        let cutoff = sortable_id(now.plus_millis(-i64::from(days.max(1)) * DAY_MILLIS), 0);
        let has_pruned = self.prune_slice(&cutoff).await?;
        if !has_pruned {
            self.next_retention_at = Some(now.plus_millis(RETENTION_PAUSE_MILLIS));
        }
        Ok(has_pruned)
    }

    /// Deletes the oldest finished deliveries before `cutoff`, in whole ranges; answers whether there were any.
    async fn prune_slice(&mut self, cutoff: &str) -> Result<bool, StoreError> {
        let mut after: Option<String> = None;
        loop {
            let by = Order::Key { prefix: String::new(), after: after.clone() };
            let query = Query { store: StoreName::Deliveries, by, direction: Direction::Ascending, limit: PRUNE_SLICE };
            let rows = self.store.query(query).await?;
            let Some(last) = rows.last().map(|row| row.key.clone()) else { return Ok(false) };
            let mut turn = Turn::fenced(self.generation);
            // One that was finished may be on its way once more.
            for range in finished_ranges(rows, cutoff, &|delivery| self.on_their_way.contains_key(&delivery.id)) {
                if let (Some(first), Some(last)) = (range.first(), range.last()) {
                    let (from, to) = (first.id.as_str().to_owned(), last.id.as_str().to_owned());
                    let attempts_end = [&attempt_prefix(&last.id), "~"].concat();
                    turn.batch.writes.extend([
                        Write::DeleteRange { store: StoreName::Attempts, from: from.clone(), to: attempts_end },
                        Write::DeleteRange { store: StoreName::Deliveries, from, to },
                    ]);
                }
                range.iter().for_each(|delivery| turn.remove(delivery));
            }
            if !turn.is_empty() {
                let (from, to) = (String::new(), cutoff.to_owned());
                turn.batch.writes.push(Write::DeleteRange { store: StoreName::Activity, from, to });
                self.commit(turn).await?;
                return Ok(true);
            }
            // Nothing finished among these: they wait for a person, and what comes after them may be finished.
            if last.as_str() >= cutoff {
                return Ok(false);
            }
            after = Some(last);
        }
    }

    /// Deletes one slice of what is known of a person; answers the command while there is more.
    pub(super) async fn forget_slice(
        &mut self,
        profile_id: ProfileId,
        email: String,
        turn: &mut Turn,
    ) -> Result<Option<SenderCommand>, StoreError> {
        let deliveries = load::read_rows::<Delivery>(self.of_recipient(&email).await?).values;
        let deliveries: Vec<_> = deliveries.into_iter().filter(|found| found.value.profile_id == profile_id).collect();
        let n_writes = turn.batch.writes.len();
        for delivery in &deliveries {
            let id = &delivery.value.id;
            if self.on_their_way.contains_key(id) {
                // Its answer is waited for; the next slice finds it ended.
                continue;
            }
            let prefix = attempt_prefix(id);
            let to = [&prefix, "~"].concat();
            turn.batch.checks.push(crate::runtime::deliver::delivery_check(delivery));
            turn.batch.writes.extend([
                Write::DeleteRange { store: StoreName::Attempts, from: prefix, to },
                Write::Delete { store: StoreName::Deliveries, key: id.as_str().to_owned() },
            ]);
            turn.remove(&delivery.value);
            self.queue.remove(id);
            self.deliveries.remove(id);
        }
        if turn.batch.writes.len() > n_writes || !deliveries.is_empty() {
            return Ok(Some(SenderCommand::ForgetPerson { profile_id, email }));
        }
        self.forget_runs_and_entries(&profile_id, turn).await?;
        turn.batch.writes.push(Write::Delete {
            store: <Profile as crate::storage::record::Stored>::STORE,
            key: profile_id.as_str().to_owned(),
        });
        Ok(None)
    }

    async fn of_recipient(&self, email: &str) -> Result<Vec<Row>, StoreError> {
        let bound = |at: i64| Some(vec![IndexPart::Text(email.to_owned()), IndexPart::Number(at)]);
        let by = Order::Index { name: "recipient", from: bound(i64::MIN), to: bound(i64::MAX), after: None };
        self.store
            .query(Query { store: StoreName::Deliveries, by, direction: Direction::Ascending, limit: SLICE })
            .await
    }

    async fn forget_runs_and_entries(&self, profile_id: &ProfileId, turn: &mut Turn) -> Result<(), StoreError> {
        for (store, is_theirs) in [
            (StoreName::Runs, is_run_of as fn(&Row, &ProfileId) -> bool),
            (StoreName::Activity, is_entry_of as fn(&Row, &ProfileId) -> bool),
        ] {
            let mut after = None;
            loop {
                let by = Order::Key { prefix: String::new(), after: after.take() };
                let rows =
                    self.store.query(Query { store, by, direction: Direction::Ascending, limit: LOG_SLICE }).await?;
                let theirs = rows.iter().filter(|row| is_theirs(row, profile_id));
                turn.batch.writes.extend(theirs.map(|row| Write::Delete { store, key: row.key.clone() }));
                match rows.last() {
                    Some(last) if rows.len() >= LOG_SLICE => after = Some(last.key.clone()),
                    Some(_) | None => break,
                }
            }
        }
        Ok(())
    }
}

fn is_run_of(row: &Row, profile_id: &ProfileId) -> bool {
    use crate::storage::record::Stored;
    RunDocument::from_row(row).is_ok_and(|found| found.run.profile_id == *profile_id)
}

fn is_entry_of(row: &Row, profile_id: &ProfileId) -> bool {
    use crate::storage::record::Stored;
    LoggedEntry::from_row(row).is_ok_and(|found| found.entry.profile_id == *profile_id)
}

/// Finished deliveries that stand side by side before `cutoff`: each list can go as one range of keys.
fn finished_ranges(rows: Vec<Row>, cutoff: &str, is_in_use: &dyn Fn(&Delivery) -> bool) -> Vec<Vec<Delivery>> {
    let mut ranges: Vec<Vec<Delivery>> = vec![Vec::new()];
    for row in rows {
        let is_old = row.key.as_str() < cutoff;
        let read = load::read_rows::<Delivery>(vec![row]).values.into_iter().next();
        let finished = read.map(|found| found.value).filter(|delivery| StatusKind::of(&delivery.status).is_final());
        match finished {
            Some(delivery) if is_old && !is_in_use(&delivery) => {
                if let Some(range) = ranges.last_mut() {
                    range.push(delivery);
                }
            }
            // Also around a row that cannot be read: it is kept.
            Some(_) | None => ranges.push(Vec::new()),
        }
    }
    ranges.retain(|range| !range.is_empty());
    ranges
}
