//! The page's side: keeps documents, passes orders to the sender, and shows what changed.
//!
//! In: commands of a screen, and word that something changed. Out: events for the screen.
//! Invariant: a write checks the revision it started from; only the newest working copy of a flow is written.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use crate::domain::delivery::practice::PracticeScript;
use crate::domain::delivery::state::{Attempt, Delivery};
use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::flow::model::{Flow, FlowDocument, NodeKind, SavedFlow};
use crate::domain::id::{CommandId, DeliveryId, EventId, FlowId, ProfileId, sortable_id};
use crate::domain::samples;
use crate::domain::settings::WorkspaceSettings;
use crate::runtime::command::SenderCommand;
use crate::runtime::handle::{
    ActivityFilter, ActivityPage, AppCommand, AppEvent, DeliveryDetail, StatusKind, StoreTrouble, Workspace,
};
use crate::runtime::ports::{Clock, Random};
use crate::storage::record::Stored;
use crate::storage::record::activity::LoggedEntry;
use crate::storage::record::delivery::attempt_prefix;
use crate::storage::record::inbox::InboxText;
use crate::storage::record::load::{self, LoadError, Loaded, Revised};

use crate::storage::record::settings::{PRACTICE_KEY, WORKSPACE_KEY};
use crate::storage::{
    Batch, Check, Direction, Durability, IndexPart, Order, Query, Store, StoreError, StoreName, Write,
};

/// Rows read at a time for the counters over all deliveries.
const COUNT_SLICE: usize = 100_000;

/// What the page keeps between commands.
pub struct Page<S, W> {
    store: Rc<S>,
    world: Rc<W>,
    emit: Rc<dyn Fn(AppEvent)>,
    /// Tells the sender, in whichever tab, that the inbox has something.
    poke_sender: Rc<dyn Fn()>,
    documents: BTreeMap<FlowId, Revised<FlowDocument>>,
    events: BTreeMap<EventId, TriggerEvent>,
    profiles: BTreeMap<ProfileId, Profile>,
    watched_filter: Option<ActivityFilter>,
    watched_delivery: Option<DeliveryId>,
}

impl<S: Store, W: Clock + Random> Page<S, W> {
    /// A page over this store.
    pub fn new(store: Rc<S>, world: Rc<W>, emit: Rc<dyn Fn(AppEvent)>, poke_sender: Rc<dyn Fn()>) -> Self {
        Self {
            store,
            world,
            emit,
            poke_sender,
            documents: BTreeMap::new(),
            events: BTreeMap::new(),
            profiles: BTreeMap::new(),
            watched_filter: None,
            watched_delivery: None,
        }
    }

    /// Loads everything, and puts the first flow and the samples into an empty database.
    pub async fn load(&mut self) {
        match self.try_load().await {
            Ok(workspace) => (self.emit)(AppEvent::WorkspaceLoaded { workspace: Box::new(workspace) }),
            Err(error) => self.tell_trouble(&error),
        }
    }

    async fn try_load(&mut self) -> Result<Workspace, StoreError> {
        let mut n_set_aside = 0;
        let mut documents = self.load_kind::<FlowDocument>(&mut n_set_aside).await?;
        if self.store.get(StoreName::Meta, SEEDED_KEY).await?.is_none() {
            self.seed().await?;
            documents = self.load_kind::<FlowDocument>(&mut n_set_aside).await?;
        }
        let events = self.load_kind::<TriggerEvent>(&mut n_set_aside).await?;
        let profiles = self.load_kind::<Profile>(&mut n_set_aside).await?;
        self.documents = documents.into_iter().map(|document| (document.value.working.id.clone(), document)).collect();
        self.events = events.into_iter().map(|event| (event.value.id.clone(), event.value)).collect();
        self.profiles = profiles.into_iter().map(|profile| (profile.value.id.clone(), profile.value)).collect();
        Ok(Workspace {
            documents: self.documents.values().map(|document| document.value.clone()).collect(),
            events: self.events.values().cloned().collect(),
            profiles: self.profiles.values().cloned().collect(),
            settings: self.fetch::<WorkspaceSettings>(WORKSPACE_KEY).await?.unwrap_or_default(),
            practice_script: self.fetch::<PracticeScript>(PRACTICE_KEY).await?.unwrap_or_default(),
            n_set_aside,
        })
    }

    async fn load_kind<T: Stored>(&self, n_set_aside: &mut usize) -> Result<Vec<Revised<T>>, StoreError> {
        let Loaded { values, broken } = load::load_all::<T>(&*self.store).await?;
        for broken in &broken {
            *n_set_aside += 1;
            if let Some(batch) = load::set_aside(broken) {
                match self.store.commit(batch).await {
                    // Another tab moved it first.
                    Ok(_) | Err(StoreError::Conflict { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(values)
    }

    async fn fetch<T: Stored>(&self, key: &str) -> Result<Option<T>, StoreError> {
        match load::load::<T>(&*self.store, key).await {
            Ok(found) => Ok(found.map(|found| found.value)),
            Err(LoadError::Record(_)) => Ok(None),
            Err(LoadError::Store(error)) => Err(error),
        }
    }

    async fn seed(&self) -> Result<(), StoreError> {
        let now = self.world.now();
        let flow = samples::first_flow();
        let saved = SavedFlow { version: 1, flow: flow.clone(), saved_at: now };
        let document = FlowDocument { working: flow, saved: Some(saved), edited_at: now };
        let mut writes = vec![Write::Put(document.to_row()), Write::Put(seeded_row())];
        if let Ok(samples) = samples::all() {
            writes.extend(samples.events.iter().map(|event| Write::Put(event.to_row())));
            writes.extend(samples.profiles.iter().map(|profile| Write::Put(profile.to_row())));
        }
        let checks = vec![Check::Revision { store: StoreName::Meta, key: SEEDED_KEY.to_owned(), revision: 0 }];
        match self.store.commit(Batch { checks, writes, durability: Durability::Relaxed }).await {
            // Another tab was first.
            Ok(_) | Err(StoreError::Conflict { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Does what a person asked.
    pub async fn take(&mut self, command: AppCommand) {
        if let Err(error) = self.try_take(command).await {
            self.tell_trouble(&error);
        }
    }

    async fn try_take(&mut self, command: AppCommand) -> Result<(), StoreError> {
        match command {
            AppCommand::KeepFlow { flow } => self.keep_flow(&flow).await,
            AppCommand::SaveFlow { flow_id } => self.save_flow(&flow_id).await,
            AppCommand::DeleteFlow { flow_id } => {
                self.delete(StoreName::Flows, flow_id.as_str()).await?;
                self.documents.remove(&flow_id);
                (self.emit)(AppEvent::FlowDeleted { flow_id });
                Ok(())
            }
            AppCommand::KeepEvent { event } => {
                self.put(&event).await?;
                self.events.insert(event.id.clone(), event);
                self.tell_events();
                Ok(())
            }
            AppCommand::DeleteEvent { event_id } => {
                self.delete(StoreName::Events, event_id.as_str()).await?;
                self.events.remove(&event_id);
                self.tell_events();
                Ok(())
            }
            AppCommand::KeepProfile { profile } => {
                self.put(&profile).await?;
                self.profiles.insert(profile.id.clone(), profile);
                (self.emit)(AppEvent::ProfilesChanged { profiles: self.profiles.values().cloned().collect() });
                Ok(())
            }
            AppCommand::KeepSettings { settings } => {
                self.put(&settings).await?;
                (self.emit)(AppEvent::SettingsChanged { settings });
                Ok(())
            }
            AppCommand::KeepPracticeScript { script } => {
                self.put(&script).await?;
                (self.emit)(AppEvent::PracticeScriptChanged { script });
                Ok(())
            }
            // The calculation worker's part, which does not come here.
            AppCommand::RenderPreview { .. } => Ok(()),
            AppCommand::SendTest { flow, node_id, event_id, profile_id } => {
                self.send_test(&flow, &node_id, event_id.as_ref(), &profile_id).await
            }
            AppCommand::FireEvent { flow_id, event_id, profile_id } => {
                self.fire_event(flow_id, event_id.as_ref(), &profile_id).await
            }
            AppCommand::Resend { delivery_id } => self.ask_sender(&SenderCommand::Resend { delivery_id }).await,
            AppCommand::Dismiss { delivery_id } => self.ask_sender(&SenderCommand::Dismiss { delivery_id }).await,
            AppCommand::Approve { delivery_id } => self.ask_sender(&SenderCommand::Approve { delivery_id }).await,
            AppCommand::WatchActivity { filter } => {
                self.watched_filter = Some(filter);
                self.show_activity().await
            }
            AppCommand::WatchDelivery { delivery_id } => {
                self.watched_delivery = delivery_id;
                self.show_delivery().await
            }
        }
    }

    /// The sender, in this tab or another, wrote something.
    pub async fn refresh(&mut self) {
        let shown = match self.show_activity().await {
            Ok(()) => self.show_delivery().await,
            Err(error) => Err(error),
        };
        if let Err(error) = shown {
            self.tell_trouble(&error);
        }
    }

    async fn keep_flow(&mut self, flow: &Arc<Flow>) -> Result<(), StoreError> {
        let known = self.documents.get(&flow.id);
        let document = FlowDocument {
            working: Flow::clone(flow),
            saved: known.and_then(|known| known.value.saved.clone()),
            edited_at: self.world.now(),
        };
        let revision = known.map_or(0, |known| known.revision);
        self.write_document(document, revision).await
    }

    async fn save_flow(&mut self, flow_id: &FlowId) -> Result<(), StoreError> {
        let Some(known) = self.documents.get(flow_id) else { return Ok(()) };
        let now = self.world.now();
        let version = known.value.saved.as_ref().map_or(1, |saved| saved.version.saturating_add(1));
        let document = FlowDocument {
            working: known.value.working.clone(),
            saved: Some(SavedFlow { version, flow: known.value.working.clone(), saved_at: now }),
            edited_at: now,
        };
        self.write_document(document, known.revision).await
    }

    async fn write_document(&mut self, document: FlowDocument, revision: u64) -> Result<(), StoreError> {
        let flow_id = document.working.id.clone();
        let key = flow_id.as_str().to_owned();
        let batch = Batch {
            checks: vec![Check::Revision { store: StoreName::Flows, key, revision }],
            writes: vec![Write::Put(document.to_row())],
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

    async fn send_test(
        &mut self,
        flow: &Flow,
        node_id: &crate::domain::id::NodeId,
        event_id: Option<&EventId>,
        profile_id: &ProfileId,
    ) -> Result<(), StoreError> {
        let action = flow.nodes.get(node_id).and_then(|node| match &node.kind {
            NodeKind::Webhook { action, .. } => Some(action.clone()),
            NodeKind::TimeDelay { .. }
            | NodeKind::TriggerSplit { .. }
            | NodeKind::ConditionalSplit { .. }
            | NodeKind::Foreign { .. } => None,
        });
        let (Some(action), Some(profile)) = (action, self.profiles.get(profile_id).cloned()) else {
            (self.emit)(AppEvent::CommandRefused { message: NOTHING_TO_SEND.to_owned() });
            return Ok(());
        };
        let delivery_id = DeliveryId::new(self.fresh_id());
        let is_profile_only = !flow.trigger.has_event();
        let event = event_id.filter(|_| !is_profile_only).and_then(|event_id| self.events.get(event_id).cloned());
        self.ask_sender(&SenderCommand::SendTest {
            delivery_id: delivery_id.clone(),
            flow_id: flow.id.clone(),
            flow_name: flow.name.clone(),
            node_id: node_id.clone(),
            action,
            event,
            profile,
            is_profile_only,
        })
        .await?;
        (self.emit)(AppEvent::TestStarted { delivery_id });
        Ok(())
    }

    async fn fire_event(
        &mut self,
        flow_id: FlowId,
        event_id: Option<&EventId>,
        profile_id: &ProfileId,
    ) -> Result<(), StoreError> {
        let is_saved = self.documents.get(&flow_id).is_some_and(|document| document.value.saved.is_some());
        if !is_saved {
            (self.emit)(AppEvent::CommandRefused { message: NOT_SAVED.to_owned() });
            return Ok(());
        }
        let Some(profile) = self.profiles.get(profile_id).cloned() else {
            (self.emit)(AppEvent::CommandRefused { message: NOTHING_TO_SEND.to_owned() });
            return Ok(());
        };
        // It happens now, whatever day the sample is from.
        let event = event_id.and_then(|event_id| self.events.get(event_id)).map(|event| TriggerEvent {
            occurred_at: self.world.now(),
            profile_id: profile.id.clone(),
            ..event.clone()
        });
        self.ask_sender(&SenderCommand::FireEvent { flow_id, event, profile }).await
    }

    async fn ask_sender(&self, command: &SenderCommand) -> Result<(), StoreError> {
        let text = serde_json::to_string(command).map_err(|error| StoreError::Failed { reason: error.to_string() })?;
        self.put(&InboxText { command_id: CommandId::new(self.fresh_id()), text }).await?;
        (self.poke_sender)();
        Ok(())
    }

    fn fresh_id(&self) -> String {
        sortable_id(self.world.now(), self.world.next_u64())
    }

    async fn put<T: Stored>(&self, value: &T) -> Result<(), StoreError> {
        let writes = vec![Write::Put(value.to_row())];
        self.store.commit(Batch { checks: Vec::new(), writes, durability: Durability::Strict }).await.map(|_| ())
    }

    async fn delete(&self, store: StoreName, key: &str) -> Result<(), StoreError> {
        let writes = vec![Write::Delete { store, key: key.to_owned() }];
        self.store.commit(Batch { checks: Vec::new(), writes, durability: Durability::Strict }).await.map(|_| ())
    }

    async fn show_activity(&self) -> Result<(), StoreError> {
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

    async fn show_delivery(&self) -> Result<(), StoreError> {
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

    fn tell_events(&self) {
        (self.emit)(AppEvent::EventsChanged { events: self.events.values().cloned().collect() });
    }

    fn tell_trouble(&self, error: &StoreError) {
        (self.emit)(AppEvent::StorageTroubled { trouble: trouble(error) });
    }
}

/// Marks a database that was given its first flow and samples, so that deleting them is final.
const SEEDED_KEY: &str = "seeded";
/// The last moment that a number in the browser can hold exactly.
const MAX_TIME: i64 = 9_007_199_254_740_991;
const NOTHING_TO_SEND: &str = "Choose a webhook and a profile first.";
const NOT_SAVED: &str = "Save the flow first: what runs is its last saved version.";

fn seeded_row() -> crate::storage::Row {
    crate::storage::Row {
        store: StoreName::Meta,
        key: SEEDED_KEY.to_owned(),
        revision: 0,
        version: 1,
        json: "true".to_owned(),
        index_keys: BTreeMap::new(),
    }
}

/// A store's error in the words a screen knows.
pub fn trouble(error: &StoreError) -> StoreTrouble {
    match error {
        StoreError::Conflict { .. } => StoreTrouble::ChangedElsewhere,
        StoreError::Refused { reason } => StoreTrouble::MemoryOnly { reason: reason.clone() },
        StoreError::QuotaExceeded { reason } => StoreTrouble::Full { reason: reason.clone() },
        StoreError::UpgradeBlocked => StoreTrouble::UpgradeBlocked,
        StoreError::TooNew { .. } => StoreTrouble::TooNew,
        StoreError::Disconnected { reason } | StoreError::Failed { reason } => {
            StoreTrouble::Failed { reason: reason.clone() }
        }
    }
}
