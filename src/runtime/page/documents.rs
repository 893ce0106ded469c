//! Keeps flows: the working copy as it is edited, and the version that runs.
//!
//! In: a flow as it stands on the screen. Out: a document on disk, or word that the disk does not have it.
//! Invariant: a write checks the revision it started from.

use std::sync::Arc;

use crate::domain::flow::model::{Flow, FlowDocument, SavedFlow};
use crate::domain::flow::steps::StepWrite;
use crate::domain::id::FlowId;
use crate::domain::member::Audited;
use crate::runtime::handle::{AppEvent, StoreTrouble};
use crate::runtime::page::flows::save_writes;
use crate::runtime::page::{Page, trouble};
use crate::runtime::ports::{Clock, Random};
use crate::storage::record::Stored;
use crate::storage::record::load::{self, LoadError, Revised};
use crate::storage::record::steps::{StoredMarks, StoredStep, marks_key, step_key, step_prefix};
use crate::storage::{Batch, Check, Durability, Store, StoreError, StoreName, Write};

impl<S: Store, W: Clock + Random> Page<S, W> {
    pub(super) async fn keep_flow(
        &mut self,
        flow: &Arc<Flow>,
        steps: Option<StepWrite>,
        epoch: u32,
    ) -> Result<(), StoreError> {
        if epoch != self.epochs.get(&flow.id).copied().unwrap_or_default() {
            // It was made before what another tab did was known.
            let trouble = StoreTrouble::ChangedElsewhere;
            (self.emit)(AppEvent::FlowNotKept { flow_id: flow.id.clone(), trouble });
            return Ok(());
        }
        let known = self.documents.get(&flow.id);
        let document = FlowDocument {
            working: Flow::clone(flow),
            saved: known.and_then(|known| known.value.saved.clone()),
            edited_at: self.world.now(),
        };
        let revision = known.map_or(0, |known| known.revision);
        let mut writes = save_writes(&document, None);
        if let Some(StepWrite { marks, put, dropped }) = steps {
            writes.push(Write::Put(
                StoredMarks { flow_id: flow.id.clone(), edited_at: document.edited_at, marks }.to_row(),
            ));
            writes.extend(
                put.map(|(number, step)| Write::Put(StoredStep { flow_id: flow.id.clone(), number, step }.to_row())),
            );
            writes.extend(
                dropped
                    .into_iter()
                    .filter(|number| *number < marks.first || *number >= marks.end)
                    .map(|number| Write::Delete { store: StoreName::Steps, key: step_key(&flow.id, number) }),
            );
        }
        self.write_document(document, writes, revision).await
    }

    /// What can be undone and redone, as it was kept.
    pub(super) async fn read_steps(&mut self, flow_id: FlowId) -> Result<(), StoreError> {
        let edited_at = self.documents.get(&flow_id).map(|known| known.value.edited_at);
        let found = self.fetch::<StoredMarks>(&marks_key(&flow_id)).await?;
        let own = found.filter(|found| Some(found.edited_at) == edited_at);
        let marks = own.map(|found| found.marks).unwrap_or_default();
        let loaded = load::load_prefix::<StoredStep>(&*self.store, &step_prefix(&flow_id)).await?;
        let counted = loaded.values.into_iter().filter(|found| (marks.first..marks.end).contains(&found.value.number));
        let steps = counted.map(|found| found.value.step).collect();
        (self.emit)(AppEvent::StepsRead { flow_id, marks, steps });
        Ok(())
    }

    /// Another tab may have written flows: whatever is not as this page knows it is told.
    pub async fn look_at_flows(&mut self) {
        if let Err(error) = self.try_look_at_flows().await {
            (self.emit)(AppEvent::StorageTroubled { trouble: trouble(&error) });
        }
    }

    async fn try_look_at_flows(&mut self) -> Result<(), StoreError> {
        let found = load::load_all::<FlowDocument>(&*self.store).await?.values;
        let is_there = |flow_id: &FlowId| found.iter().any(|found| found.value.working.id == *flow_id);
        let gone: Vec<FlowId> = self.documents.keys().filter(|flow_id| !is_there(flow_id)).cloned().collect();
        for flow_id in gone {
            self.documents.remove(&flow_id);
            (self.emit)(AppEvent::FlowDeleted { flow_id });
        }
        for found in found {
            let is_known = |known: &Revised<FlowDocument>| known.revision == found.revision;
            if !self.documents.get(&found.value.working.id).is_some_and(is_known) {
                self.take_from_elsewhere(found);
            }
        }
        Ok(())
    }

    fn take_from_elsewhere(&mut self, found: Revised<FlowDocument>) {
        let flow_id = found.value.working.id.clone();
        let epoch = self.epochs.entry(flow_id.clone()).or_default();
        *epoch = epoch.wrapping_add(1);
        let document = Box::new(found.value.clone());
        (self.emit)(AppEvent::FlowChangedElsewhere { document, epoch: *epoch });
        self.documents.insert(flow_id, found);
    }

    pub(super) async fn save_flow(&mut self, flow_id: &FlowId) -> Result<(), StoreError> {
        let Some(known) = self.documents.get(flow_id) else { return Ok(()) };
        let now = self.world.now();
        let version = known.value.saved.as_ref().map_or(1, |saved| saved.version.saturating_add(1));
        let saved = SavedFlow { version, flow: known.value.working.clone(), saved_at: now };
        let document = FlowDocument {
            working: known.value.working.clone(),
            saved: Some(saved.clone()),
            edited_at: known.value.edited_at,
        };
        let revision = known.revision;
        let writes = save_writes(&document, Some(&saved));
        self.write_document(document, writes, revision).await?;
        let version = saved.version.to_string();
        self.note(Audited::FlowSaved, &saved.flow.name, &version).await
    }

    async fn write_document(
        &mut self,
        document: FlowDocument,
        writes: Vec<Write>,
        revision: u64,
    ) -> Result<(), StoreError> {
        let flow_id = document.working.id.clone();
        let key = flow_id.as_str().to_owned();
        let batch = Batch {
            checks: vec![Check::Revision { store: StoreName::Flows, key, revision }],
            writes,
            durability: Durability::Strict,
        };
        match self.store.commit(batch).await {
            Ok(revisions) => {
                (self.poke_pages)();
                let revision = revisions.first().copied().unwrap_or_default();
                self.documents.insert(flow_id, Revised { revision, value: document.clone() });
                (self.emit)(AppEvent::FlowKept { document: Box::new(document) });
            }
            Err(StoreError::Conflict { .. }) => {
                (self.emit)(AppEvent::FlowNotKept {
                    flow_id: flow_id.clone(),
                    trouble: StoreTrouble::ChangedElsewhere,
                });
                match load::load::<FlowDocument>(&*self.store, flow_id.as_str()).await {
                    Ok(Some(found)) => self.take_from_elsewhere(found),
                    Ok(None) => {
                        self.documents.remove(&flow_id);
                    }
                    Err(LoadError::Record(_)) => {}
                    Err(LoadError::Store(error)) => return Err(error),
                }
            }
            Err(error) => (self.emit)(AppEvent::FlowNotKept { flow_id, trouble: trouble(&error) }),
        }
        Ok(())
    }
}
