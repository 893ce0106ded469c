//! The sender: does what pages ask, moves runs on, sends what is due, and records all of it.
//!
//! In: a store, the outside world. Out: attempts made, each recorded before it is sent and again when it ends.
//! Invariant: writes only while its generation is the newest; a late answer may still close the attempt it belongs to.

mod attempts;
mod commands;
mod entries;
mod landing;
mod pending;
mod runs;

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use futures_util::FutureExt;
use futures_util::stream::{FuturesUnordered, StreamExt};

use crate::domain::delivery::destination::Destination;
use crate::domain::delivery::queue::Queue;
use crate::domain::delivery::request::destination_of;
use crate::domain::delivery::state::{Attempt, Delivery};
use crate::domain::id::DeliveryId;
use crate::domain::settings::WorkspaceSettings;
use crate::domain::time::Timestamp;
use crate::runtime::ports::{SendReport, World};
use crate::storage::record::Stored;
use crate::storage::record::generation::{Generation, generation_check};
use crate::storage::record::load::{self, LoadError, Revised};
use crate::storage::record::settings::WORKSPACE_KEY;
use crate::storage::{Batch, Check, Durability, Store, StoreError, StoreName, Write};

/// Commands, runs or deliveries taken in one step.
const SLICE: usize = 100;

/// An attempt on its way, and how it went.
type InFlight = Pin<Box<dyn Future<Output = Landed>>>;

/// The one sender.
pub struct Sender<S, W> {
    store: Rc<S>,
    world: Rc<W>,
    generation: u64,
    queue: Queue,
    settings: WorkspaceSettings,
    destinations: BTreeMap<String, Destination>,
    in_flight: FuturesUnordered<InFlight>,
    n_entries: u64,
    /// When the next waiting run is due.
    next_run_at: Option<Timestamp>,
}

struct Landed {
    delivery_id: DeliveryId,
    attempt: Revised<Attempt>,
    destination: String,
    report: SendReport,
    /// What a probe said after a network error; `None` if none was made.
    is_host_reachable: Option<bool>,
}

/// What one step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Whether anything was written, so that pages look again.
    pub has_changed: bool,
    /// When to look again at the latest; `None` for not before somebody asks.
    pub wake_at: Option<Timestamp>,
}

impl<S: Store + 'static, W: World + 'static> Sender<S, W> {
    /// Becomes the newest sender, and takes up what an older one left.
    pub async fn start(store: Rc<S>, world: Rc<W>) -> Result<Self, StoreError> {
        let claim = Generation { claimed_at: world.now() };
        let revisions = store
            .commit(Batch {
                checks: Vec::new(),
                writes: vec![Write::Put(claim.to_row())],
                durability: Durability::Strict,
            })
            .await?;
        let mut sender = Self {
            store,
            world,
            generation: revisions.first().copied().unwrap_or_default(),
            queue: Queue::default(),
            settings: WorkspaceSettings::default(),
            destinations: BTreeMap::new(),
            in_flight: FuturesUnordered::new(),
            n_entries: 0,
            next_run_at: None,
        };
        sender.close_cut_off_attempts().await?;
        sender.load_queue().await?;
        Ok(sender)
    }

    /// Does everything that can be done now without waiting for an answer.
    pub async fn step(&mut self) -> Result<Step, StoreError> {
        let mut has_changed = false;
        self.load_settings().await?;
        has_changed |= self.take_commands().await?;
        has_changed |= self.move_due_runs().await?;
        has_changed |= self.start_due_attempts().await?;
        while let Some(Some(landed)) = self.in_flight.next().now_or_never() {
            self.land(landed).await?;
            has_changed = true;
        }
        if has_changed {
            has_changed |= self.start_due_attempts().await?;
        }
        let wake_at = match (self.queue.next_start(), self.next_run_at) {
            (Some(delivery_at), Some(run_at)) => Some(delivery_at.min(run_at)),
            (delivery_at, run_at) => delivery_at.or(run_at),
        };
        Ok(Step { has_changed, wake_at })
    }

    /// Waits for the next answer and records it; comes back at once with `false` if nothing is on its way.
    pub async fn land_next(&mut self) -> Result<bool, StoreError> {
        match self.in_flight.next().await {
            Some(landed) => {
                self.land(landed).await?;
                Ok(true)
            }
            None => Ok(false),
        }
    }

    /// Whether any attempt is on its way.
    pub fn is_sending(&self) -> bool {
        !self.in_flight.is_empty()
    }

    async fn load_settings(&mut self) -> Result<(), StoreError> {
        if let Some(settings) = self.fetch::<WorkspaceSettings>(WORKSPACE_KEY).await? {
            self.settings = settings.value;
        }
        Ok(())
    }

    async fn load_delivery(&self, delivery_id: &DeliveryId) -> Result<Option<Revised<Delivery>>, StoreError> {
        self.fetch(delivery_id.as_str()).await
    }

    /// The value under `key`; one that cannot be read counts as none, and stays as it is for the page to report.
    async fn fetch<T: Stored>(&self, key: &str) -> Result<Option<Revised<T>>, StoreError> {
        match load::load::<T>(&*self.store, key).await {
            Ok(found) => Ok(found),
            Err(LoadError::Record(_)) => Ok(None),
            Err(LoadError::Store(error)) => Err(error),
        }
    }

    fn fenced_batch(&self) -> Batch {
        Batch { checks: vec![generation_check(self.generation)], writes: Vec::new(), durability: Durability::Strict }
    }
}

fn delivery_check(delivery: &Revised<Delivery>) -> Check {
    Check::Revision {
        store: StoreName::Deliveries,
        key: delivery.value.id.as_str().to_owned(),
        revision: delivery.revision,
    }
}

fn destination(delivery: &Delivery) -> String {
    delivery.request.as_ref().map(|request| destination_of(&request.url)).unwrap_or_default()
}
