//! The sender: does what pages ask, moves runs on, sends what is due, and records all of it.
//!
//! In: a store, the outside world. Out: attempts made, each recorded before it is sent and again when it ends.
//! Invariant: starts something only while its generation is the newest; a late answer may still close the attempt it belongs to.

mod attempts;
mod bulk;
mod commands;
mod destinations;
mod entries;
mod landing;
mod open;
mod pending;
mod removal;
mod runs;
mod sealed;
mod totals;
mod turn;

pub use crate::runtime::deliver::totals::count_all;

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use futures_util::FutureExt;
use futures_util::stream::{FuturesUnordered, StreamExt};

use crate::domain::delivery::destination::Destination;
use crate::domain::delivery::network::Network;
use crate::domain::delivery::queue::Queue;
use crate::domain::delivery::request::destination_of;
use crate::domain::delivery::state::Delivery;
use crate::domain::delivery::totals::{ALL_KEY, Tally};
use crate::domain::id::DeliveryId;
use crate::domain::settings::WorkspaceSettings;
use crate::domain::time::{MINUTE_MILLIS, Timestamp};
use crate::runtime::deliver::landing::Landed;
use crate::runtime::deliver::open::OnItsWay;
use crate::runtime::deliver::sealed::Filled;
use crate::runtime::deliver::totals::Tallies;
use crate::runtime::ports::World;
use crate::storage::record::Stored;
use crate::storage::record::generation::{GENERATION_KEY, Generation, generation_check};
use crate::storage::record::load::{self, LoadError, Revised};
use crate::storage::record::settings::WORKSPACE_KEY;
use crate::storage::{Batch, Check, Durability, Store, StoreError, StoreName, Write};

/// Commands, runs or deliveries taken in one step.
const SLICE: usize = 100;
/// Deliveries kept in memory between their changes.
const MAX_CACHED: usize = 10_000;
/// From so many attempts on their way on, answers are written a quarter of them at a time.
const MANY_ON_THEIR_WAY: usize = 12;
/// How often old deliveries are looked for.
const RETENTION_PAUSE_MILLIS: i64 = MINUTE_MILLIS;

/// What an attempt or a probe on its way comes back with.
type InFlight = Pin<Box<dyn Future<Output = Arrival>>>;

enum Arrival {
    Landed(Box<Landed>),
    /// Whether any of the hosts that fell silent answers again.
    Probed {
        is_answered: bool,
    },
}

/// The one sender.
pub struct Sender<S, W> {
    store: Rc<S>,
    world: Rc<W>,
    generation: u64,
    queue: Queue,
    settings: WorkspaceSettings,
    destinations: BTreeMap<String, Revised<Destination>>,
    network: Network,
    is_probing: bool,
    in_flight: FuturesUnordered<InFlight>,
    on_their_way: BTreeMap<DeliveryId, OnItsWay>,
    /// Arrived, and not yet on disk.
    backlog: Vec<Landed>,
    deliveries: BTreeMap<DeliveryId, Revised<Delivery>>,
    tallies: Tallies,
    /// Whether nobody else has written since everything was read: then the total over everything, which every change moves
    /// on, is the one row that has to be looked at. A late answer of an older sender ends it until the next recovery.
    is_alone: bool,
    n_entries: u64,
    /// Requests with their secrets, between the decision to send and the sending.
    filled: BTreeMap<DeliveryId, Filled>,
    /// Deliveries that are due and wait for the secrets.
    locked: BTreeSet<DeliveryId>,
    /// When the next waiting run is due.
    next_run_at: Option<Timestamp>,
    next_retention_at: Option<Timestamp>,
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
        Self::claim(store, world, None).await
    }

    /// Becomes the newest sender if the newest generation is still `seen`: of several that try, one succeeds.
    pub async fn start_after(store: Rc<S>, world: Rc<W>, seen: u64) -> Result<Self, StoreError> {
        Self::claim(store, world, Some(seen)).await
    }

    async fn claim(store: Rc<S>, world: Rc<W>, seen: Option<u64>) -> Result<Self, StoreError> {
        let claim = Generation { claimed_at: world.now() };
        let checks = seen.map(generation_check).into_iter().collect();
        let writes = vec![Write::Put(claim.to_row())];
        let revisions = store.commit(Batch { checks, writes, durability: Durability::Strict }).await?;
        let mut sender = Self {
            store,
            world,
            generation: revisions.first().copied().unwrap_or_default(),
            queue: Queue::default(),
            settings: WorkspaceSettings::default(),
            destinations: BTreeMap::new(),
            network: Network::default(),
            is_probing: false,
            in_flight: FuturesUnordered::new(),
            on_their_way: BTreeMap::new(),
            backlog: Vec::new(),
            deliveries: BTreeMap::new(),
            tallies: Tallies::default(),
            is_alone: false,
            n_entries: 0,
            filled: BTreeMap::new(),
            locked: BTreeSet::new(),
            next_run_at: None,
            next_retention_at: None,
        };
        sender.recover().await?;
        Ok(sender)
    }

    /// Reads everything again: at the start, and after the store failed, when what is on disk is not certain.
    pub async fn recover(&mut self) -> Result<(), StoreError> {
        self.deliveries.clear();
        self.tallies.clear();
        self.is_alone = false;
        self.filled.clear();
        self.locked.clear();
        self.load_settings().await?;
        self.load_destinations().await?;
        self.make_totals_if_missing().await?;
        // Read before the deliveries are, so that a change of any of them in between is seen. What is still on its way was
        // read earlier.
        if let Some(all) = self.fetch::<Tally>(ALL_KEY).await? {
            self.is_alone = self.in_flight.is_empty() && self.backlog.is_empty();
            self.tallies.insert(all);
            if self.is_alone {
                self.load_people().await?;
            }
        }
        self.close_cut_off_attempts().await?;
        self.load_queue().await
    }

    /// The generation this sender claimed.
    pub const fn generation(&self) -> u64 {
        self.generation
    }

    /// Does everything that can be done now without waiting for an answer.
    pub async fn step(&mut self) -> Result<Step, StoreError> {
        self.check_generation().await?;
        self.load_settings().await?;
        let mut has_changed = self.take_commands().await?;
        has_changed |= self.move_due_runs().await?;
        self.take_up_locked().await?;
        has_changed |= self.say_what_is_held().await?;
        self.probe_silent_hosts();
        has_changed |= self.prune_if_due().await?;
        let step = self.step_sending().await?;
        Ok(Step { has_changed: has_changed || step.has_changed, ..step })
    }

    /// Records what arrived and starts what is due, without looking for anything new to do.
    pub async fn step_sending(&mut self) -> Result<Step, StoreError> {
        while let Some(Some(arrival)) = self.in_flight.next().now_or_never() {
            self.take_in(arrival);
        }
        let has_changed = self.turn().await?;
        // A request goes out when its future is first looked at.
        while let Some(Some(arrival)) = self.in_flight.next().now_or_never() {
            self.take_in(arrival);
        }
        let has_changed = has_changed || !self.backlog.is_empty();
        let limits = self.limits();
        let wake_at = [self.queue.next_start(&limits), self.next_run_at, self.network.look_at(), self.next_tell_at()];
        Ok(Step { has_changed, wake_at: wake_at.into_iter().flatten().min() })
    }

    /// Waits for the next answer; comes back at once with `false` if nothing is on its way. The next step records it.
    pub async fn land_next(&mut self) -> bool {
        match self.in_flight.next().await {
            Some(arrival) => {
                self.take_in(arrival);
                true
            }
            None => false,
        }
    }

    /// Whether something has arrived, and more is about to that could be written with it.
    pub fn is_worth_gathering(&self) -> bool {
        let n_on_their_way = self.on_their_way.len();
        n_on_their_way >= MANY_ON_THEIR_WAY && !self.backlog.is_empty() && self.backlog.len() < n_on_their_way / 4
    }

    /// Records what arrived, and starts nothing: for a sender that a newer one has replaced.
    pub async fn settle(&mut self) -> Result<(), StoreError> {
        while let Some(Some(arrival)) = self.in_flight.next().now_or_never() {
            self.take_in(arrival);
        }
        self.land_one_by_one().await
    }

    /// Whether any attempt or probe is on its way.
    pub fn is_sending(&self) -> bool {
        !self.in_flight.is_empty()
    }

    fn take_in(&mut self, arrival: Arrival) {
        match arrival {
            Arrival::Landed(landed) => self.backlog.push(*landed),
            Arrival::Probed { is_answered } => {
                self.is_probing = false;
                if is_answered {
                    self.network.answered();
                } else {
                    self.network.looked_in_vain(self.world.now());
                }
            }
        }
    }

    /// An idle sender writes nothing, and would not meet the fence: a restore wants it to start anew all the same.
    async fn check_generation(&self) -> Result<(), StoreError> {
        let row = self.store.get(StoreName::Meta, GENERATION_KEY).await?;
        let (expected, found) = (self.generation, row.map_or(0, |row| row.revision));
        if found == expected {
            return Ok(());
        }
        Err(StoreError::Conflict { store: StoreName::Meta, key: GENERATION_KEY.to_owned(), expected, found })
    }

    async fn load_settings(&mut self) -> Result<(), StoreError> {
        if let Some(settings) = self.fetch::<WorkspaceSettings>(WORKSPACE_KEY).await? {
            self.settings = settings.value;
        }
        Ok(())
    }

    /// A delivery as it is; what this sender did last is known.
    async fn load_delivery(&self, delivery_id: &DeliveryId) -> Result<Option<Revised<Delivery>>, StoreError> {
        match self.known(delivery_id) {
            Some(known) => Ok(Some(known)),
            None => self.fetch(delivery_id.as_str()).await,
        }
    }

    /// A delivery that is kept in memory.
    fn known(&self, delivery_id: &DeliveryId) -> Option<Revised<Delivery>> {
        let on_its_way = self.on_their_way.get(delivery_id).map(OnItsWay::known);
        on_its_way.or_else(|| self.deliveries.get(delivery_id).cloned())
    }

    async fn load_deliveries(&self, delivery_ids: &[DeliveryId]) -> Result<Vec<Revised<Delivery>>, StoreError> {
        let unknown: Vec<String> = delivery_ids
            .iter()
            .filter(|id| !self.on_their_way.contains_key(id) && !self.deliveries.contains_key(id))
            .map(|delivery_id| delivery_id.as_str().to_owned())
            .collect();
        let rows = self.store.get_many(StoreName::Deliveries, &unknown).await?;
        let read = load::read_rows::<Delivery>(rows.into_iter().flatten().collect());
        let mut read: BTreeMap<DeliveryId, Revised<Delivery>> =
            read.values.into_iter().map(|delivery| (delivery.value.id.clone(), delivery)).collect();
        let found = delivery_ids.iter().filter_map(|id| self.known(id).or_else(|| read.remove(id)));
        Ok(found.collect())
    }

    /// The value under `key`; one that cannot be read counts as none, and stays as it is for the page to report.
    async fn fetch<T: Stored>(&self, key: &str) -> Result<Option<Revised<T>>, StoreError> {
        match load::load::<T>(&*self.store, key).await {
            Ok(found) => Ok(found),
            Err(LoadError::Record(_)) => Ok(None),
            Err(LoadError::Store(error)) => Err(error),
        }
    }
}

/// Whether a newer sender has taken over.
pub fn is_fenced(error: &StoreError) -> bool {
    matches!(error, StoreError::Conflict { store: StoreName::Meta, key, .. } if key == GENERATION_KEY)
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
