//! The page's side: keeps documents, passes orders to the sender, and shows what changed.
//!
//! In: commands of a screen, and word that something changed. Out: events for the screen.
//! Invariant: a write checks the revision it started from; only the newest working copy of a flow is written.

mod access;
mod audit;
mod backup;
mod documents;
mod flows;
mod library;
mod loading;
mod members;
mod orders;
mod secrets;
mod watching;
mod work;

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::rc::Rc;

use crate::domain::delivery::destination::Destination;
use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::flow::model::FlowDocument;
use crate::domain::id::{DeliveryId, EventId, FlowId, MemberId, ProfileId, sortable_id};
use crate::domain::member::{AuditEntry, Refusal};
use crate::domain::settings::WorkspaceSettings;
use crate::domain::time::Timestamp;
use crate::runtime::command::SenderCommand;
use crate::runtime::handle::{ActivityFilter, AppCommand, AppEvent, MembersNews, StoreTrouble};
use crate::runtime::log::LogScan;
pub use crate::runtime::page::access::{has_live_destination, permission_to_edit};
use crate::runtime::page::members::Staff;
use crate::runtime::page::watching::Search;
use crate::runtime::page::work::Work;
use crate::runtime::ports::{Clock, Random};
use crate::storage::record::Stored;
use crate::storage::record::load::{self, LoadError, Revised};
use crate::storage::{Batch, Direction, Durability, Store, StoreError, StoreName, Write};

/// What the page keeps between commands.
pub struct Page<S, W> {
    store: Rc<S>,
    world: Rc<W>,
    emit: Rc<dyn Fn(AppEvent)>,
    /// Tells the sender, in whichever tab, that the inbox has something.
    poke_sender: Rc<dyn Fn()>,
    /// Tells the pages of other tabs that a flow was written.
    poke_pages: Rc<dyn Fn()>,
    documents: BTreeMap<FlowId, Revised<FlowDocument>>,
    /// How often each flow was taken in from elsewhere.
    epochs: BTreeMap<FlowId, u32>,
    events: BTreeMap<EventId, TriggerEvent>,
    profiles: BTreeMap<ProfileId, Profile>,
    watched_filter: Option<ActivityFilter>,
    watched_delivery: Option<DeliveryId>,
    is_counting: bool,
    watched_totals_since: Option<Timestamp>,
    destinations: Vec<Destination>,
    settings: WorkspaceSettings,
    /// The newest line of the audit list about settings.
    noted_settings: Option<AuditEntry>,
    search: Option<Search>,
    work: Work,
    /// Deliveries that were made here to try something out: whoever may do that sees what came of it.
    own_tests: BTreeSet<DeliveryId>,
    /// Who works here, and who acts now.
    staff: Staff,
}

impl<S: Store, W: Clock + Random> Page<S, W> {
    /// A page over this store.
    pub fn new(store: Rc<S>, world: Rc<W>, emit: Rc<dyn Fn(AppEvent)>, poke_sender: Rc<dyn Fn()>) -> Self {
        let now = world.now();
        let staff = Staff::new(MemberId::new(sortable_id(now, world.next_u64())), now);
        Self {
            store,
            world,
            emit,
            poke_sender,
            poke_pages: Rc::new(|| {}),
            documents: BTreeMap::new(),
            epochs: BTreeMap::new(),
            events: BTreeMap::new(),
            profiles: BTreeMap::new(),
            watched_filter: None,
            watched_delivery: None,
            is_counting: false,
            watched_totals_since: None,
            destinations: Vec::new(),
            settings: WorkspaceSettings::default(),
            noted_settings: None,
            search: None,
            work: Work::default(),
            own_tests: BTreeSet::new(),
            staff,
        }
    }

    /// The same page, from now on telling these.
    pub fn joined(self, emit: Rc<dyn Fn(AppEvent)>, poke_sender: Rc<dyn Fn()>, poke_pages: Rc<dyn Fn()>) -> Self {
        Self { emit, poke_sender, poke_pages, ..self }
    }

    /// Loads everything.
    pub async fn load(&mut self) {
        self.load_workspace().await;
        self.load_members_and_sets().await;
    }

    /// Loads what the first screen shows, and puts the first flow and its event into an empty database.
    pub async fn load_workspace(&mut self) {
        match self.try_load().await {
            Ok(workspace) => (self.emit)(AppEvent::WorkspaceLoaded { workspace: Box::new(workspace) }),
            Err(error) => self.tell_trouble(&error),
        }
    }

    /// Loads who works here, and the lists and segments.
    pub async fn load_members_and_sets(&mut self) {
        if let Err(error) = self.load_sets().await {
            self.tell_trouble(&error);
        }
        if let Err(error) = self.load_members().await {
            self.tell_trouble(&error);
        }
        self.check_seal().await;
        self.show_members().await;
    }

    /// Does what a person asked.
    pub async fn take(&mut self, command: AppCommand) {
        if let Err(error) = self.try_take(command).await {
            self.tell_trouble(&error);
        }
    }

    async fn try_take(&mut self, command: AppCommand) -> Result<(), StoreError> {
        if let Some(refusal) = self.refusal(&command) {
            self.refuse(&command, refusal);
            return Ok(());
        }
        let line = self.line_of(&command).await?;
        self.do_command(command).await?;
        match line {
            Some((act, subject, detail)) => self.note(act, &subject, &detail).await,
            None => Ok(()),
        }
    }

    /// What a command comes to. Each is a function of its own: a browser compiles a function as a whole when it is first
    /// called, and all of them in one would keep the first screen waiting.
    fn do_command(&mut self, command: AppCommand) -> Doing<'_> {
        match command {
            AppCommand::KeepFlow { flow, steps, epoch } => {
                doing(async move { self.keep_flow(&flow, steps, epoch).await })
            }
            AppCommand::ReadSteps { flow_id } => doing(self.read_steps(flow_id)),
            AppCommand::Members { order } => doing(self.take_members(order)),
            AppCommand::SaveFlow { flow_id } => doing(async move { self.save_flow(&flow_id).await }),
            AppCommand::DeleteFlow { flow_id } => doing(self.delete_flow(flow_id)),
            AppCommand::Flows { order } => doing(self.take_flows(order)),
            AppCommand::KeepEvent { event } => doing(self.keep_event(event)),
            AppCommand::DeleteEvent { event_id } => doing(self.delete_event(event_id)),
            AppCommand::KeepProfile { profile } => doing(self.keep_profile(profile)),
            AppCommand::KeepSettings { settings } => doing(self.keep_settings(settings)),
            AppCommand::KeepPracticeScript { script } => doing(async move { self.put(&script).await }),
            AppCommand::Library { command } => doing(self.take_library(command)),
            // The calculation worker's part, which does not come here.
            AppCommand::RenderPreview { .. } => doing(std::future::ready(Ok(()))),
            AppCommand::SendTest { flow, node_id, event_id, profile_id } => {
                doing(async move { self.send_test(&flow, &node_id, event_id.as_ref(), &profile_id).await })
            }
            AppCommand::FireEvent { flow_id, event_id, profile_id } => {
                doing(async move { self.fire_event(flow_id, event_id.as_ref(), &profile_id).await })
            }
            AppCommand::Resend { delivery_id } => self.asking(SenderCommand::Resend { delivery_id }),
            AppCommand::Dismiss { delivery_id } => self.asking(SenderCommand::Dismiss { delivery_id }),
            AppCommand::Approve { delivery_id } => self.asking(SenderCommand::Approve { delivery_id }),
            AppCommand::ActOnMany { act, scope } => doing(self.act_on_many(act, scope)),
            AppCommand::EditAndResend { delivery_id, url, headers, body } => {
                doing(self.edit_and_resend(delivery_id, url, headers, body))
            }
            AppCommand::LimitDestination { origin, concurrency, rate_per_minute } => {
                self.asking(SenderCommand::LimitDestination { origin, concurrency, rate_per_minute })
            }
            AppCommand::PauseDestination { origin } => self.asking(SenderCommand::PauseDestination { origin }),
            AppCommand::ResumeDestination { origin } => self.asking(SenderCommand::ResumeDestination { origin }),
            AppCommand::ForgetPerson { profile_id, email } => doing(self.forget_person(profile_id, email)),
            AppCommand::Work { order } => doing(self.take_work(order)),
            AppCommand::ReadActivity { ticket, filter, place } => doing(self.read_activity(ticket, filter, place)),
            AppCommand::SearchActivity { ticket, filter } => {
                self.search = Some(Search { ticket, scan: LogScan::new(filter, Direction::Descending, None) });
                doing(std::future::ready(Ok(())))
            }
            AppCommand::StopSearch => {
                self.search = None;
                doing(std::future::ready(Ok(())))
            }
            AppCommand::WatchTotals { since } => {
                self.watched_totals_since = since;
                doing(self.show_totals())
            }
            AppCommand::WatchActivity { filter } => {
                self.watched_filter = Some(filter);
                doing(self.show_activity())
            }
            AppCommand::WatchDelivery { delivery_id } => {
                self.watched_delivery = delivery_id;
                doing(self.show_delivery())
            }
        }
    }

    fn asking(&self, command: SenderCommand) -> Doing<'_> {
        doing(async move { self.ask_sender(&command).await })
    }

    async fn keep_event(&mut self, event: TriggerEvent) -> Result<(), StoreError> {
        self.put(&event).await?;
        self.events.insert(event.id.clone(), event);
        self.tell_events();
        Ok(())
    }

    async fn delete_event(&mut self, event_id: EventId) -> Result<(), StoreError> {
        self.delete(StoreName::Events, event_id.as_str()).await?;
        self.events.remove(&event_id);
        self.tell_events();
        Ok(())
    }

    async fn keep_profile(&mut self, profile: Profile) -> Result<(), StoreError> {
        self.put(&profile).await?;
        self.profiles.insert(profile.id.clone(), profile);
        (self.emit)(AppEvent::ProfilesChanged { profiles: self.profiles.values().cloned().collect() });
        Ok(())
    }

    async fn keep_settings(&mut self, settings: WorkspaceSettings) -> Result<(), StoreError> {
        if let Err(error) = self.put(&settings).await {
            (self.emit)(AppEvent::SettingsNotKept { settings: self.settings.clone(), trouble: trouble(&error) });
            return Err(error);
        }
        let before = std::mem::replace(&mut self.settings, settings.clone());
        (self.emit)(AppEvent::SettingsKept { settings: settings.clone() });
        self.note_settings(&before, &settings).await
    }

    fn refuse(&self, command: &AppCommand, refusal: Refusal) {
        match command {
            AppCommand::SaveFlow { flow_id } if refusal == Refusal::NeedsTwoStep => {
                return self.tell_members(MembersNews::TwoStepWanted { flow_id: flow_id.clone() });
            }
            AppCommand::KeepFlow { flow, .. } => {
                let trouble = StoreTrouble::NotAllowed { refusal };
                (self.emit)(AppEvent::FlowNotKept { flow_id: flow.id.clone(), trouble });
            }
            // The screen shows what was typed at once: it has to show what holds again.
            AppCommand::KeepSettings { .. } => {
                let trouble = StoreTrouble::NotAllowed { refusal };
                (self.emit)(AppEvent::SettingsNotKept { settings: self.settings.clone(), trouble });
            }
            _ => {}
        }
        (self.emit)(AppEvent::NotAllowed { refusal });
    }

    /// The sender, in this tab or another, wrote something.
    pub async fn refresh(&mut self) {
        let shown = self.try_refresh().await;
        if let Err(error) = shown {
            self.tell_trouble(&error);
        }
    }

    /// After a change of who acts: what they may not see makes way for nothing, and what they may see again comes back.
    async fn look_as_allowed(&mut self) -> Result<(), StoreError> {
        let may_look = self.may_look();
        if std::mem::replace(&mut self.staff.could_look, may_look) == may_look {
            return Ok(());
        }
        if !may_look {
            self.search = None;
        }
        self.try_refresh().await
    }

    async fn try_refresh(&mut self) -> Result<(), StoreError> {
        self.show_activity().await?;
        self.show_delivery().await?;
        self.show_counts().await?;
        self.show_totals().await?;
        self.show_destinations().await
    }

    pub(super) async fn fetch<T: Stored>(&self, key: &str) -> Result<Option<T>, StoreError> {
        match load::load::<T>(&*self.store, key).await {
            Ok(found) => Ok(found.map(|found| found.value)),
            Err(LoadError::Record(_)) => Ok(None),
            Err(LoadError::Store(error)) => Err(error),
        }
    }

    fn fresh_id(&self) -> String {
        sortable_id(self.world.now(), self.world.next_u64())
    }

    pub(super) async fn put<T: Stored>(&self, value: &T) -> Result<(), StoreError> {
        let writes = vec![Write::Put(value.to_row())];
        self.store.commit(Batch { checks: Vec::new(), writes, durability: Durability::Strict }).await.map(|_| ())
    }

    pub(super) async fn delete(&self, store: StoreName, key: &str) -> Result<(), StoreError> {
        let writes = vec![Write::Delete { store, key: key.to_owned() }];
        self.store.commit(Batch { checks: Vec::new(), writes, durability: Durability::Strict }).await.map(|_| ())
    }

    fn tell_events(&self) {
        (self.emit)(AppEvent::EventsChanged { events: self.events.values().cloned().collect() });
    }

    fn tell_trouble(&self, error: &StoreError) {
        (self.emit)(AppEvent::StorageTroubled { trouble: trouble(error) });
    }
}

/// What is done for a command.
type Doing<'a> = Pin<Box<dyn Future<Output = Result<(), StoreError>> + 'a>>;

/// Keeps what it is given a function of its own.
#[inline(never)]
fn doing<'a>(what: impl Future<Output = Result<(), StoreError>> + 'a) -> Doing<'a> {
    Box::pin(what)
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
