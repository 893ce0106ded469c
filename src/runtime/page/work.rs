//! Long work: exports, bulk runs, backups. Done a slice at a time, between whatever else is asked.
//!
//! In: orders. Out: pieces, progress, refusals.
//! Invariant: holds one piece at a time; nothing is fired twice.

use std::collections::VecDeque;

use crate::domain::delivery::export;
use crate::domain::delivery::state::{Attempt, Delivery};
use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::id::{CommandId, FlowId, NodeId};
use crate::domain::import::Layout;
use crate::domain::time::Timestamp;
use crate::runtime::command::{BulkScope, SenderCommand};
use crate::runtime::handle::{AppEvent, CommandRefusal, WorkNews, WorkOrder};
use crate::runtime::log::LogScan;
use crate::runtime::page::Page;
use crate::runtime::page::backup::ReadBackup;
use crate::runtime::ports::{Clock, Random};
use crate::storage::record::Stored;
use crate::storage::record::delivery::attempt_prefix;
use crate::storage::record::inbox::InboxText;
use crate::storage::record::load;
use crate::storage::{Batch, Direction, Durability, Order, Query, Store, StoreError, StoreName, Write};

/// Deliveries in one piece of an export.
const EXPORT_SLICE: usize = 250;
/// Deliveries looked at for one piece.
const EXPORT_BUDGET: usize = 2_000;
/// Arrivals put before the sender at a time.
const FIRE_SLICE: usize = 50;
/// So many commands may wait for the sender before more are put there.
const MAX_INBOX: usize = 100;

/// An export that is under way.
pub(super) struct Export {
    ticket: u64,
    source: Source,
    layout: Layout,
    n_deliveries: usize,
}

enum Source {
    Scan(Box<LogScan>),
    Some(VecDeque<String>),
}

/// A bulk run that is under way.
pub(super) struct Firing {
    flow_id: FlowId,
    left: VecDeque<(Option<TriggerEvent>, Profile)>,
    n_all: usize,
    is_paused: bool,
}

/// What is under way.
#[derive(Default)]
pub(super) struct Work {
    export: Option<Export>,
    firing: Option<Firing>,
    /// Read, and waiting for the word to restore it.
    pub backup: Option<ReadBackup>,
}

impl<S: Store, W: Clock + Random> Page<S, W> {
    pub(super) async fn take_work(&mut self, order: WorkOrder) -> Result<(), StoreError> {
        match order {
            WorkOrder::Export { ticket, scope, layout } => {
                let source = match scope {
                    BulkScope::Some { delivery_ids } => {
                        Source::Some(delivery_ids.iter().map(|id| id.as_str().to_owned()).collect())
                    }
                    BulkScope::Found { filter } => {
                        Source::Scan(Box::new(LogScan::new(filter, Direction::Descending, None)))
                    }
                };
                self.work.export = Some(Export { ticket, source, layout, n_deliveries: 0 });
                let text = export::head(layout);
                self.tell_work(WorkNews::Exported { ticket, text, n_deliveries: 0, is_done: false });
            }
            WorkOrder::StopExport => self.work.export = None,
            WorkOrder::ReadTrack { flow_id, node_id } => {
                self.read_track(flow_id.as_ref(), node_id.as_ref()).await?;
            }
            WorkOrder::FireMany { flow_id, arrivals } => {
                let is_saved = self.documents.get(&flow_id).is_some_and(|document| document.value.saved.is_some());
                if !is_saved {
                    (self.emit)(AppEvent::CommandRefused { refusal: CommandRefusal::NotSaved });
                    return Ok(());
                }
                let n_all = arrivals.len();
                self.work.firing = Some(Firing { flow_id, left: arrivals.into(), n_all, is_paused: false });
                self.tell_work(WorkNews::Firing { n_fired: 0, n_all, is_paused: false });
            }
            WorkOrder::PauseFiring { is_paused } => {
                if let Some(firing) = &mut self.work.firing {
                    firing.is_paused = is_paused;
                }
                self.tell_firing();
            }
            WorkOrder::StopFiring => {
                if let Some(firing) = self.work.firing.take() {
                    let n_fired = firing.n_all - firing.left.len();
                    self.tell_work(WorkNews::Firing { n_fired, n_all: n_fired, is_paused: false });
                }
            }
            WorkOrder::MakeBackup { holds_members } => self.make_backup(holds_members).await?,
            WorkOrder::ReadBackup { text } => self.read_backup(&text).await?,
            WorkOrder::Restore { passphrase } => self.restore_backup(passphrase).await?,
            // The composition root asks the browser itself.
            WorkOrder::LookAtStorage { .. } | WorkOrder::LookAtLocalNetwork => {}
        }
        Ok(())
    }

    /// Does one slice of whatever is under way; answers whether there is more to do now.
    pub async fn work_on(&mut self) -> bool {
        let is_searching = self.search_on().await;
        let done = async {
            let is_exporting = self.export_on().await?;
            let is_firing = self.fire_on().await?;
            Ok(is_exporting || is_firing)
        };
        match done.await {
            Ok(is_more) => is_searching || is_more,
            Err(error) => {
                self.work.export = None;
                self.tell_trouble(&error);
                is_searching
            }
        }
    }

    /// Whether something is under way that [`Page::work_on`] would go on with.
    pub fn has_work(&self) -> bool {
        let is_firing = self.work.firing.as_ref().is_some_and(|firing| !firing.is_paused);
        self.search.is_some() || self.work.export.is_some() || is_firing
    }

    async fn export_on(&mut self) -> Result<bool, StoreError> {
        let Some(mut export) = self.work.export.take() else { return Ok(false) };
        let (deliveries, is_done) = match &mut export.source {
            Source::Scan(scan) => {
                let found = scan.next(&*self.store, EXPORT_SLICE, EXPORT_BUDGET).await?;
                (found, scan.is_done())
            }
            Source::Some(ids) => {
                let slice: Vec<String> = ids.drain(..ids.len().min(EXPORT_SLICE)).collect();
                let rows = self.store.get_many(StoreName::Deliveries, &slice).await?;
                let read = load::read_rows::<Delivery>(rows.into_iter().flatten().collect());
                (read.values.into_iter().map(|found| found.value).collect(), ids.is_empty())
            }
        };
        let mut text = String::new();
        for delivery in &deliveries {
            let attempts: Vec<Attempt> = if export.layout == Layout::Csv {
                Vec::new()
            } else {
                let loaded = load::load_prefix::<Attempt>(&*self.store, &attempt_prefix(&delivery.id)).await?;
                loaded.values.into_iter().map(|found| found.value).collect()
            };
            export::write_delivery(&mut text, delivery, &attempts, export.layout);
        }
        export.n_deliveries += deliveries.len();
        let (ticket, n_deliveries) = (export.ticket, export.n_deliveries);
        self.tell_work(WorkNews::Exported { ticket, text, n_deliveries, is_done });
        if !is_done {
            self.work.export = Some(export);
        }
        Ok(!is_done)
    }

    async fn fire_on(&mut self) -> Result<bool, StoreError> {
        let Some(firing) = self.work.firing.as_mut().filter(|firing| !firing.is_paused) else { return Ok(false) };
        let by = Order::Key { prefix: String::new(), after: None };
        let query = Query { store: StoreName::Inbox, by, direction: Direction::Ascending, limit: MAX_INBOX };
        if self.store.query(query).await?.len() >= MAX_INBOX {
            // The sender tells when it has done some; that wakes this, too.
            (self.poke_sender)();
            return Ok(false);
        }
        let slice: Vec<_> = firing.left.drain(..firing.left.len().min(FIRE_SLICE)).collect();
        let (flow_id, is_last) = (firing.flow_id.clone(), firing.left.is_empty());
        let mut writes = Vec::with_capacity(slice.len());
        for (event, profile) in slice {
            let event = event.map(|event| TriggerEvent {
                occurred_at: self.world.now(),
                profile_id: profile.id.clone(),
                ..event
            });
            let text = SenderCommand::FireEvent { flow_id: flow_id.clone(), event, profile }.to_text();
            writes.push(Write::Put(InboxText { command_id: CommandId::new(self.fresh_id()), text }.to_row()));
        }
        self.store.commit(Batch { checks: Vec::new(), writes, durability: Durability::Strict }).await?;
        (self.poke_sender)();
        self.tell_firing();
        if is_last {
            self.work.firing = None;
        }
        Ok(!is_last)
    }

    fn tell_firing(&self) {
        if let Some(firing) = &self.work.firing {
            let n_fired = firing.n_all - firing.left.len();
            self.tell_work(WorkNews::Firing { n_fired, n_all: firing.n_all, is_paused: firing.is_paused });
        }
    }

    async fn read_track(&self, flow_id: Option<&FlowId>, node_id: Option<&NodeId>) -> Result<(), StoreError> {
        let mut hours: Vec<(Timestamp, u64)> = Vec::new();
        for hour in self.hours_since(Timestamp::from_millis(0)).await? {
            let is_wanted =
                flow_id.is_none_or(|id| *id == hour.flow_id) && node_id.is_none_or(|id| *id == hour.node_id);
            if !is_wanted {
                continue;
            }
            match hours.last_mut() {
                Some((at, n)) if *at == hour.starts_at => *n += hour.n_created,
                Some(_) | None => hours.push((hour.starts_at, hour.n_created)),
            }
        }
        self.tell_work(WorkNews::Track { hours });
        Ok(())
    }

    pub(super) fn tell_work(&self, news: WorkNews) {
        (self.emit)(AppEvent::Work { news });
    }
}
