//! Shows the log: the list that a screen watches, and the delivery it has open.
//!
//! In: a filter, an id, and word that something changed. Out: what there is to see of them.
//! Invariant: reads only; the sender writes the log and counts it.

use crate::domain::delivery::destination::Destination;
use crate::domain::delivery::state::{Attempt, Delivery, OpenAttempt};
use crate::domain::delivery::totals::{ALL_KEY, HOUR_PREFIX, HourTotals, NODE_PREFIX, Tally, hour_prefix};
use crate::domain::flow::run::RunDocument;
use crate::domain::time::Timestamp;
use crate::runtime::handle::{ActivityFilter, ActivityPage, AppEvent, DeliveryDetail, PagePlace, StatusKind};
use crate::runtime::log::{LogPlace, LogScan};
use crate::runtime::page::Page;
use crate::runtime::ports::{Clock, Random};
use crate::storage::record::activity::LoggedEntry;
use crate::storage::record::delivery::attempt_prefix;
use crate::storage::record::load;
use crate::storage::{Direction, IndexPart, Order, Query, Store, StoreError, StoreName};

/// Entries of one delivery that are shown.
const MAX_ENTRIES: usize = 1_000;
/// Deliveries looked at for one page before it is shown as far as it came.
const PAGE_BUDGET: usize = 20_000;
/// Deliveries looked at between two words of a search.
const SEARCH_BUDGET: usize = 2_000;
/// Deliveries that one word of a search may bring.
const SEARCH_LIMIT: usize = 100;
/// Hours of totals that are read at a time.
const MAX_HOURS: usize = 50_000;
/// The last moment that a number in the browser can hold exactly.
const MAX_TIME: i64 = 9_007_199_254_740_991;

/// A search that is under way.
pub(super) struct Search {
    pub ticket: u64,
    pub scan: LogScan,
}

impl<S: Store, W: Clock + Random> Page<S, W> {
    pub(super) async fn show_activity(&self) -> Result<(), StoreError> {
        let Some(filter) = self.watched_filter.clone() else { return Ok(()) };
        if !self.may_look() {
            (self.emit)(AppEvent::ActivityChanged { activity: ActivityPage { filter, ..ActivityPage::default() } });
            return Ok(());
        }
        let mut scan = LogScan::new(filter.clone(), Direction::Descending, None);
        let deliveries = scan.next(&*self.store, filter.limit, PAGE_BUDGET).await?;
        let totals = self.fetch::<Tally>(ALL_KEY).await?.unwrap_or_default();
        let n_subscribers = StatusKind::ALL.into_iter().map(|kind| (kind, to_usize(totals.n_subscribers(kind))));
        let n_deliveries = StatusKind::ALL.into_iter().map(|kind| (kind, to_usize(totals.n_in(kind))));
        let activity = ActivityPage {
            filter,
            deliveries,
            n_subscribers: n_subscribers.collect(),
            n_deliveries: n_deliveries.collect(),
            n_may_have_arrived: to_usize(totals.n_may_have_arrived()),
        };
        (self.emit)(AppEvent::ActivityChanged { activity });
        Ok(())
    }

    /// One page of a list, from a place on.
    pub(super) async fn read_activity(
        &self,
        ticket: u64,
        filter: ActivityFilter,
        place: PagePlace,
    ) -> Result<(), StoreError> {
        let limit = filter.limit;
        let (direction, place) = match place {
            PagePlace::Newest => (Direction::Descending, None),
            PagePlace::OlderThan { place } => (Direction::Descending, Some(place)),
            PagePlace::NewerThan { place } => (Direction::Ascending, Some(place)),
            PagePlace::At { at } => (Direction::Descending, Some(LogPlace::after(at))),
        };
        let mut scan = LogScan::new(filter, direction, place);
        let mut deliveries = scan.next(&*self.store, limit, PAGE_BUDGET).await?;
        if direction == Direction::Ascending {
            deliveries.reverse();
        }
        let (next, is_end) = (scan.place().cloned(), scan.is_done());
        (self.emit)(AppEvent::ActivityRead { ticket, deliveries, next, is_end });
        Ok(())
    }

    /// Looks a little further in the search that is under way; answers whether there is more to look at.
    pub(super) async fn search_on(&mut self) -> bool {
        let Some(mut search) = self.search.take() else { return false };
        match search.scan.next(&*self.store, SEARCH_LIMIT, SEARCH_BUDGET).await {
            Ok(deliveries) => {
                let (ticket, is_done) = (search.ticket, search.scan.is_done());
                let n_looked_at = search.scan.n_looked_at();
                (self.emit)(AppEvent::ActivityFound { ticket, deliveries, n_looked_at, is_done });
                if !is_done {
                    self.search = Some(search);
                }
                !is_done
            }
            Err(error) => {
                self.tell_trouble(&error);
                false
            }
        }
    }

    /// The counters of every webhook, and of every hour since `since`.
    pub(super) async fn show_totals(&self) -> Result<(), StoreError> {
        let Some(since) = self.watched_totals_since else { return Ok(()) };
        if !self.may_look() {
            (self.emit)(AppEvent::TotalsChanged { nodes: Vec::new(), hours: Vec::new() });
            return Ok(());
        }
        let nodes = load::load_prefix::<Tally>(&*self.store, NODE_PREFIX).await?.values;
        let hours = self.hours_since(since).await?;
        let nodes = nodes.into_iter().map(|found| found.value).collect();
        (self.emit)(AppEvent::TotalsChanged { nodes, hours });
        Ok(())
    }

    pub(super) async fn hours_since(&self, since: Timestamp) -> Result<Vec<HourTotals>, StoreError> {
        let by = Order::Key { prefix: HOUR_PREFIX.to_owned(), after: Some(hour_prefix(since)) };
        let query = Query { store: StoreName::Totals, by, direction: Direction::Ascending, limit: MAX_HOURS };
        let hours = load::read_rows::<Tally>(self.store.query(query).await?).values;
        Ok(hours.iter().filter_map(|found| found.value.as_hour()).collect())
    }

    /// What is known of each destination, if it is not what was told last.
    pub(super) async fn show_destinations(&mut self) -> Result<(), StoreError> {
        let loaded = load::load_all::<Destination>(&*self.store).await?;
        let destinations: Vec<Destination> = loaded.values.into_iter().map(|found| found.value).collect();
        if destinations != self.destinations {
            self.destinations.clone_from(&destinations);
            (self.emit)(AppEvent::DestinationsChanged { destinations });
        }
        Ok(())
    }

    pub(super) async fn show_delivery(&self) -> Result<(), StoreError> {
        let Some(delivery_id) = &self.watched_delivery else {
            (self.emit)(AppEvent::DeliveryChanged { detail: None });
            return Ok(());
        };
        if !self.may_look() && !self.own_tests.contains(delivery_id) {
            (self.emit)(AppEvent::DeliveryChanged { detail: None });
            return Ok(());
        }
        let Some(delivery) = self.fetch::<Delivery>(delivery_id.as_str()).await? else {
            (self.emit)(AppEvent::DeliveryMissing { delivery_id: delivery_id.clone() });
            return Ok(());
        };
        let loaded = load::load_prefix::<Attempt>(&*self.store, &attempt_prefix(delivery_id)).await?;
        let mut attempts: Vec<Attempt> = loaded.values.into_iter().map(|found| found.value).collect();
        attempts.extend(OpenAttempt::of(&delivery).map(|open| open.attempt()));
        let bound = |at: i64| Some(vec![IndexPart::Text(delivery_id.as_str().to_owned()), IndexPart::Number(at)]);
        let by = Order::Index { name: "delivery", from: bound(0), to: bound(MAX_TIME), after: None };
        let query = Query { store: StoreName::Activity, by, direction: Direction::Ascending, limit: MAX_ENTRIES };
        let entries = load::read_rows::<LoggedEntry>(self.store.query(query).await?);
        let entries = entries.values.into_iter().map(|found| found.value.entry).collect();
        let event = match &delivery.run_id {
            Some(run_id) => self.fetch::<RunDocument>(run_id.as_str()).await?.and_then(|found| found.event),
            None => None,
        };
        let detail = Some(Box::new(DeliveryDetail { delivery, attempts, entries, event }));
        (self.emit)(AppEvent::DeliveryChanged { detail });
        Ok(())
    }
}

fn to_usize(n: u64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}
