//! Shows the log: the list that a screen watches, and the delivery it has open.
//!
//! In: a filter, an id, and word that something changed. Out: what there is to see of them.
//! Invariant: reads only; the sender writes the log.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::delivery::state::{Attempt, Delivery};
use crate::domain::id::ProfileId;
use crate::runtime::handle::{ActivityFilter, ActivityPage, AppEvent, DeliveryDetail, StatusKind};
use crate::runtime::page::Page;
use crate::runtime::ports::{Clock, Random};
use crate::storage::record::activity::LoggedEntry;
use crate::storage::record::delivery::attempt_prefix;
use crate::storage::record::load;
use crate::storage::{Direction, IndexPart, Order, Query, Store, StoreError, StoreName};

/// Rows read at a time for the counters over all deliveries.
const COUNT_SLICE: usize = 100_000;
/// The last moment that a number in the browser can hold exactly.
const MAX_TIME: i64 = 9_007_199_254_740_991;

impl<S: Store, W: Clock + Random> Page<S, W> {
    pub(super) async fn show_activity(&self) -> Result<(), StoreError> {
        let Some(filter) = self.watched_filter.clone() else { return Ok(()) };
        let deliveries = self.query_deliveries(&filter).await?;
        let all = self.deliveries_by("created", Vec::new(), COUNT_SLICE).await?;
        let mut subscribers: BTreeMap<StatusKind, BTreeSet<&ProfileId>> = BTreeMap::new();
        for delivery in &all {
            subscribers.entry(StatusKind::of(&delivery.status)).or_default().insert(&delivery.profile_id);
        }
        let n_subscribers =
            StatusKind::ALL.into_iter().map(|kind| (kind, subscribers.get(&kind).map_or(0, BTreeSet::len))).collect();
        let n_may_have_arrived = all.iter().filter(|delivery| delivery.may_have_arrived).count();
        let activity = ActivityPage { filter, deliveries, n_subscribers, n_may_have_arrived };
        (self.emit)(AppEvent::ActivityChanged { activity });
        Ok(())
    }

    /// Takes the index of the narrowest condition, and the rest by hand.
    async fn query_deliveries(&self, filter: &ActivityFilter) -> Result<Vec<Delivery>, StoreError> {
        let text = |text: &str| vec![IndexPart::Text(text.to_owned())];
        let (index, prefix) = match filter {
            ActivityFilter { node_id: Some(node_id), .. } => ("webhook", text(node_id.as_str())),
            ActivityFilter { is_maybe_only: true, .. } => ("maybe", Vec::new()),
            ActivityFilter { flow_id: Some(flow_id), .. } => ("flow", text(flow_id.as_str())),
            ActivityFilter { status: Some(status), .. } => ("status", text(status.name())),
            ActivityFilter { .. } => ("created", Vec::new()),
        };
        let n_conditions = [filter.status.is_some(), filter.flow_id.is_some(), filter.is_maybe_only]
            .into_iter()
            .filter(|is_set| *is_set)
            .count()
            + usize::from(filter.node_id.is_some());
        let limit = if n_conditions > 1 { COUNT_SLICE } else { filter.limit };
        let mut deliveries = self.deliveries_by(index, prefix, limit).await?;
        deliveries.retain(|delivery| {
            filter.status.is_none_or(|status| status == StatusKind::of(&delivery.status))
                && filter.flow_id.as_ref().is_none_or(|flow_id| *flow_id == delivery.flow_id)
                && filter.node_id.as_ref().is_none_or(|node_id| *node_id == delivery.node_id)
                && (!filter.is_maybe_only || delivery.may_have_arrived)
        });
        deliveries.truncate(filter.limit);
        Ok(deliveries)
    }

    /// The newest deliveries of an index whose keys are `prefix` and the time they were made.
    async fn deliveries_by(
        &self,
        name: &'static str,
        prefix: Vec<IndexPart>,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        let bound = |at: i64| {
            let mut key = prefix.clone();
            key.push(IndexPart::Number(at));
            Some(key)
        };
        let by = Order::Index { name, from: bound(0), to: bound(MAX_TIME) };
        let query = Query { store: StoreName::Deliveries, by, direction: Direction::Descending, limit };
        let loaded = load::read_rows::<Delivery>(self.store.query(query).await?);
        Ok(loaded.values.into_iter().map(|found| found.value).collect())
    }

    pub(super) async fn show_delivery(&self) -> Result<(), StoreError> {
        let Some(delivery_id) = &self.watched_delivery else {
            (self.emit)(AppEvent::DeliveryChanged { detail: None });
            return Ok(());
        };
        let Some(delivery) = self.fetch::<Delivery>(delivery_id.as_str()).await? else { return Ok(()) };
        let attempts = match load::load_prefix::<Attempt>(&*self.store, &attempt_prefix(delivery_id)).await {
            Ok(loaded) => loaded.values.into_iter().map(|found| found.value).collect(),
            Err(error) => return Err(error),
        };
        let bound = |at: i64| Some(vec![IndexPart::Text(delivery_id.as_str().to_owned()), IndexPart::Number(at)]);
        let by = Order::Index { name: "delivery", from: bound(0), to: bound(MAX_TIME) };
        let query = Query { store: StoreName::Activity, by, direction: Direction::Ascending, limit: COUNT_SLICE };
        let entries = load::read_rows::<LoggedEntry>(self.store.query(query).await?);
        let entries = entries.values.into_iter().map(|found| found.value.entry).collect();
        let detail = Some(Box::new(DeliveryDetail { delivery, attempts, entries }));
        (self.emit)(AppEvent::DeliveryChanged { detail });
        Ok(())
    }
}
