//! Flows as a collection: their versions, deleting and putting back, counts of their deliveries.
//!
//! In: orders of the list and of the versions. Out: news for them.
//! Invariant: a flow and its versions are deleted and put back together, in one batch.

use crate::domain::delivery::counts::CountsByPlace;
use crate::domain::delivery::totals::{NODE_PREFIX, Tally};
use crate::domain::flow::model::{FlowDocument, SavedFlow};
use crate::domain::flow::steps::MAX_STEPS;
use crate::domain::id::FlowId;
use crate::domain::member::Audited;
use crate::domain::time::DAY_MILLIS;
use crate::runtime::handle::{AppEvent, DeletedFlow, FlowsNews, FlowsOrder};
use crate::runtime::page::{Page, trouble};
use crate::runtime::ports::{Clock, Random};
use crate::storage::record::Stored;
use crate::storage::record::flow::version_prefix;
use crate::storage::record::load::{self, Revised};
use crate::storage::record::steps::{marks_key, step_prefix};
use crate::storage::{Batch, Check, Direction, Durability, Order, Query, Store, StoreError, StoreName, Write};

impl<S: Store, W: Clock + Random> Page<S, W> {
    pub(super) async fn take_flows(&mut self, order: FlowsOrder) -> Result<(), StoreError> {
        match order {
            FlowsOrder::ListVersions { flow_id } => {
                let versions = self.versions(&flow_id).await?;
                self.tell_flows(FlowsNews::Versions { flow_id, versions });
                Ok(())
            }
            FlowsOrder::Restore { deleted } => self.restore_flow(*deleted).await,
            // Fetched where the browser is at hand; it does not come here.
            FlowsOrder::FetchGallery => Ok(()),
            FlowsOrder::WatchCounts => {
                self.is_counting = true;
                self.show_counts().await
            }
        }
    }

    pub(super) async fn delete_flow(&mut self, flow_id: FlowId) -> Result<(), StoreError> {
        let versions = self.versions(&flow_id).await?;
        let mut writes = vec![delete(StoreName::Flows, flow_id.as_str().to_owned())];
        writes.extend(versions.iter().map(|version| delete(StoreName::Versions, version.to_row().key)));
        let steps = self.store.query(Query {
            store: StoreName::Steps,
            by: Order::Key { prefix: step_prefix(&flow_id), after: None },
            direction: Direction::Ascending,
            limit: 2 * MAX_STEPS,
        });
        writes.extend(steps.await?.into_iter().map(|row| delete(StoreName::Steps, row.key)));
        writes.push(delete(StoreName::Meta, marks_key(&flow_id)));
        self.store.commit(Batch { checks: Vec::new(), writes, durability: Durability::Strict }).await?;
        (self.poke_pages)();
        if let Some(Revised { value: document, .. }) = self.documents.remove(&flow_id) {
            self.note(Audited::FlowDeleted, &document.working.name, "").await?;
            let deleted = Box::new(DeletedFlow { document, versions });
            self.tell_flows(FlowsNews::Deleted { deleted });
        }
        (self.emit)(AppEvent::FlowDeleted { flow_id });
        Ok(())
    }

    async fn restore_flow(&mut self, deleted: DeletedFlow) -> Result<(), StoreError> {
        let DeletedFlow { document, versions } = deleted;
        let flow_id = document.working.id.clone();
        let mut writes = vec![Write::Put(document.to_row())];
        writes.extend(versions.iter().map(|version| Write::Put(version.to_row())));
        let checks = vec![Check::Revision { store: StoreName::Flows, key: flow_id.as_str().to_owned(), revision: 0 }];
        match self.store.commit(Batch { checks, writes, durability: Durability::Strict }).await {
            Ok(revisions) => {
                let revision = revisions.first().copied().unwrap_or_default();
                self.documents.insert(flow_id, Revised { revision, value: document.clone() });
                (self.emit)(AppEvent::FlowKept { document: Box::new(document) });
            }
            Err(error) => (self.emit)(AppEvent::FlowNotKept { flow_id, trouble: trouble(&error) }),
        }
        Ok(())
    }

    /// The newest first. A version saved before versions were kept stands in the document alone.
    async fn versions(&self, flow_id: &FlowId) -> Result<Vec<SavedFlow>, StoreError> {
        let loaded = load::load_prefix::<SavedFlow>(&*self.store, &version_prefix(flow_id)).await?;
        let mut versions: Vec<SavedFlow> = loaded.values.into_iter().map(|found| found.value).collect();
        let saved = self.documents.get(flow_id).and_then(|known| known.value.saved.as_ref());
        if let Some(saved) = saved.filter(|saved| versions.iter().all(|version| version.version != saved.version)) {
            versions.push(saved.clone());
        }
        versions.sort_by_key(|version| std::cmp::Reverse(version.version));
        Ok(versions)
    }

    pub(super) async fn show_counts(&self) -> Result<(), StoreError> {
        if !self.is_counting {
            return Ok(());
        }
        if !self.may_look() {
            self.tell_flows(FlowsNews::Counts { counts: CountsByPlace::default() });
            return Ok(());
        }
        let hours = self.hours_since(self.world.now().plus_millis(-DAY_MILLIS)).await?;
        let webhooks = load::load_prefix::<Tally>(&*self.store, NODE_PREFIX).await?.values;
        let counts = CountsByPlace::of(&hours, webhooks.iter().map(|found| &found.value));
        self.tell_flows(FlowsNews::Counts { counts });
        Ok(())
    }

    fn tell_flows(&self, news: FlowsNews) {
        (self.emit)(AppEvent::Flows { news });
    }
}

fn delete(store: StoreName, key: String) -> Write {
    Write::Delete { store, key }
}

/// What a save writes: the document, and its new version beside it.
pub(super) fn save_writes(document: &FlowDocument, version: Option<&SavedFlow>) -> Vec<Write> {
    let mut writes = vec![Write::Put(document.to_row())];
    writes.extend(version.map(|version| Write::Put(version.to_row())));
    writes
}
