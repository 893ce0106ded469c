//! Keeps flows: the working copy as it is edited, and the version that runs.
//!
//! In: a flow as it stands on the screen. Out: a document on disk, or word that the disk does not have it.
//! Invariant: a write checks the revision it started from.

use std::sync::Arc;

use crate::domain::flow::model::{Flow, FlowDocument, SavedFlow};
use crate::domain::id::FlowId;
use crate::runtime::handle::AppEvent;
use crate::runtime::page::flows::save_writes;
use crate::runtime::page::{Page, trouble};
use crate::runtime::ports::{Clock, Random};
use crate::storage::record::load::Revised;
use crate::storage::{Batch, Check, Durability, Store, StoreError, StoreName};

impl<S: Store, W: Clock + Random> Page<S, W> {
    pub(super) async fn keep_flow(&mut self, flow: &Arc<Flow>) -> Result<(), StoreError> {
        let known = self.documents.get(&flow.id);
        let document = FlowDocument {
            working: Flow::clone(flow),
            saved: known.and_then(|known| known.value.saved.clone()),
            edited_at: self.world.now(),
        };
        let revision = known.map_or(0, |known| known.revision);
        self.write_document(document, None, revision).await
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
        self.write_document(document, Some(&saved), revision).await
    }

    async fn write_document(
        &mut self,
        document: FlowDocument,
        version: Option<&SavedFlow>,
        revision: u64,
    ) -> Result<(), StoreError> {
        let flow_id = document.working.id.clone();
        let key = flow_id.as_str().to_owned();
        let batch = Batch {
            checks: vec![Check::Revision { store: StoreName::Flows, key, revision }],
            writes: save_writes(&document, version),
            durability: Durability::Strict,
        };
        match self.store.commit(batch).await {
            Ok(revisions) => {
                let revision = revisions.first().copied().unwrap_or_default();
                self.documents.insert(flow_id, Revised { revision, value: document.clone() });
                (self.emit)(AppEvent::FlowKept { document: Box::new(document) });
            }
            Err(error) => (self.emit)(AppEvent::FlowNotKept { flow_id, trouble: trouble(&error) }),
        }
        Ok(())
    }
}
