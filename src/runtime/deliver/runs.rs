//! Moves on the runs whose delay is over.
//!
//! In: runs that are due. Out: where they are now, and what they led to, in one batch each.
//! Invariant: a run whose flow or person is gone ends.

use crate::domain::event::Profile;
use crate::domain::flow::model::FlowDocument;
use crate::domain::flow::run::{RunDocument, RunStatus};
use crate::runtime::deliver::turn::Turn;
use crate::runtime::deliver::{SLICE, Sender};
use crate::runtime::ports::World;
use crate::storage::record::Stored;
use crate::storage::record::load;
use crate::storage::{Check, Store, StoreError, StoreName, Write};

impl<S: Store + 'static, W: World + 'static> Sender<S, W> {
    /// Moves on the runs whose delay is over.
    pub(super) async fn move_due_runs(&mut self) -> Result<bool, StoreError> {
        let now = self.world.now();
        let rows = self.query_due(StoreName::Runs, None, SLICE).await?;
        let mut has_changed = false;
        self.next_run_at = None;
        for run in load::read_rows::<RunDocument>(rows).values {
            let RunStatus::WaitingUntil { due_at } = run.value.run.status else { continue };
            if due_at > now {
                self.next_run_at = Some(due_at);
                break;
            }
            has_changed = true;
            let mut turn = Turn::fenced(self.generation);
            let key = run.value.run.id.as_str().to_owned();
            turn.batch.checks.push(Check::Revision { store: StoreName::Runs, key, revision: run.revision });
            let document = self.fetch::<FlowDocument>(run.value.run.flow_id.as_str()).await?;
            let profile = self.fetch::<Profile>(run.value.run.profile_id.as_str()).await?;
            let saved = document.and_then(|document| document.value.saved);
            match (saved, profile) {
                (Some(saved), Some(profile)) => {
                    let RunDocument { run, event } = run.value;
                    let plan =
                        self.with_planner(|planner| planner.walk(&saved.flow, &run, event.as_ref(), &profile.value));
                    self.add_plan(plan, &mut turn);
                }
                // The flow or the person is gone: so is the run.
                (None, _) | (_, None) => {
                    let mut ended = run.value;
                    ended.run.status = RunStatus::Ended;
                    ended.run.position = None;
                    turn.batch.writes.push(Write::Put(ended.to_row()));
                }
            }
            self.commit(turn).await?;
        }
        Ok(has_changed)
    }
}
