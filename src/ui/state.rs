//! What the screens share: one signal for each thing that changes on its own.
//!
//! In: events of the runtime, edits of a person. Out: signals, and commands.
//! Invariant: documents stay plain values; an edit is on the screen at once and on the disk when `FlowKept` says so.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;

use crate::domain::delivery::destination::Destination;
use crate::domain::delivery::practice::PracticeScript;
use crate::domain::delivery::totals::{HourTotals, Tally};
use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::flow::edit::Clip;
use crate::domain::flow::model::{Flow, FlowDocument};
use crate::domain::flow::steps::FlowHistory;
use crate::domain::id::{DeliveryId, EventId, FlowId, NodeId};
use crate::domain::payload::RenderedPayload;
use crate::domain::settings::WorkspaceSettings;
use crate::runtime::handle::{
    ActivityPage, AppCommand, AppEvent, DeliveryDetail, Handle, SenderState, StoreTrouble, Workspace,
};
use crate::runtime::preview::{Lane, PreviewReply, SweepPart};
use crate::ui::activity::state::LogState;
use crate::ui::events::state::LibraryState;
use crate::ui::flows::FlowsShelf;
use crate::ui::members::MembersState;
use crate::ui::sandbox::state::SandboxState;
use crate::ui::shell::go_to;
use crate::ui::words::command_refusal_words;
use crate::ui::work::WorkState;
use crate::view_model::delivery::Tone;
use crate::view_model::members::refusal_words;
use crate::view_model::route::{ActivityQuery, Route};
use crate::view_model::sample::{ChosenPerson, previewed_person};

/// Longer than a frame takes.
const PUT_OFF: Duration = Duration::from_millis(30);

/// Whether what is on the screen is on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeepState {
    Kept,
    Keeping,
    NotKept { trouble: StoreTrouble },
}

/// Two working copies of one flow: the one on the screen, and another tab's on the disk.
#[derive(Debug, Clone, PartialEq)]
pub struct Clash {
    pub theirs: Arc<Flow>,
    pub epoch: u32,
}

/// The newest rendering of the payload on the screen.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PreviewState {
    /// Of the newest request; an older answer is dropped.
    pub ticket: u64,
    /// What was rendered last; it stays while the next one is on its way.
    pub rendered: Option<PreviewResult>,
    /// Why the newest request gave nothing.
    pub failure: Option<String>,
}

/// One rendering.
#[derive(Debug, Clone, PartialEq)]
pub struct PreviewResult {
    pub payload: RenderedPayload,
    pub render_micros: u64,
}

/// The last *Send test request*.
#[derive(Debug, Clone, PartialEq)]
pub struct TestRun {
    pub flow_id: FlowId,
    pub node_id: NodeId,
    /// `None` until the request has become a delivery.
    pub delivery_id: Option<DeliveryId>,
    pub detail: Option<DeliveryDetail>,
}

/// Something said once, in the corner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub number: u32,
    pub tone: Tone,
    pub text: String,
    /// The deleted flow that the notice offers to bring back; it stays until it is closed then.
    pub restores: Option<FlowId>,
}

/// Everything the screens share.
#[derive(Clone, Copy)]
pub struct AppState {
    handle: StoredValue<Option<Handle>, LocalStorage>,
    /// What is asked for once the frame is drawn, or before anything else is asked for.
    put_off: StoredValue<Option<AppCommand>, LocalStorage>,
    pub route: RwSignal<Route>,
    /// Whether a person has gone from one screen to another since the page was opened.
    pub has_moved: StoredValue<bool>,
    pub is_loaded: RwSignal<bool>,
    /// As they lie on the disk.
    pub documents: RwSignal<BTreeMap<FlowId, FlowDocument>>,
    /// As they stand on the screen.
    pub working: RwSignal<BTreeMap<FlowId, Arc<Flow>>>,
    pub keeping: RwSignal<BTreeMap<FlowId, KeepState>>,
    /// What can be undone and redone; `ui::edits` writes it.
    pub histories: RwSignal<BTreeMap<FlowId, FlowHistory>>,
    /// Working copies that another tab changed while this one had changes of its own.
    pub clashes: RwSignal<BTreeMap<FlowId, Clash>>,
    /// How often each flow was taken in from elsewhere.
    pub(super) epochs: StoredValue<BTreeMap<FlowId, u32>>,
    pub events: RwSignal<Vec<TriggerEvent>>,
    pub profiles: RwSignal<Vec<Profile>>,
    pub settings: RwSignal<WorkspaceSettings>,
    pub settings_keeping: RwSignal<KeepState>,
    pub practice_script: RwSignal<PracticeScript>,
    pub n_set_aside: RwSignal<usize>,
    /// The event that previews and tests use, once one was chosen.
    pub chosen_event: RwSignal<Option<EventId>>,
    /// The person that previews and tests are for, once one was chosen.
    pub chosen_person: RwSignal<Option<ChosenPerson>>,
    pub preview: RwSignal<PreviewState>,
    /// Whether the newest preview that was asked for is still on its way.
    pub is_preview_due: RwSignal<bool>,
    /// The same payload for another event.
    pub compared: RwSignal<PreviewState>,
    /// The newest part of harsh data, with its ticket.
    pub sweep: RwSignal<Option<(u64, SweepPart)>>,
    pub sandbox: SandboxState,
    pub test_run: RwSignal<Option<TestRun>>,
    /// `None` until the first answer.
    pub activity: RwSignal<Option<ActivityPage>>,
    pub log: LogState,
    pub work: WorkState,
    /// A delivery that was asked for and is not there.
    pub missing_delivery: RwSignal<Option<DeliveryId>>,
    /// Whether the next delivery that starts is opened: that of *Edit and resend*.
    pub opens_next_delivery: StoredValue<bool>,
    /// What is known of each destination, its pause included.
    pub destinations: RwSignal<Vec<Destination>>,
    /// The counters per webhook and per hour, while they are watched.
    pub totals: RwSignal<Option<(Vec<Tally>, Vec<HourTotals>)>>,
    pub opened: RwSignal<Option<DeliveryDetail>>,
    pub sender: RwSignal<SenderState>,
    pub storage_trouble: RwSignal<Option<StoreTrouble>>,
    pub notices: RwSignal<Vec<Notice>>,
    /// Cards that were copied in this tab.
    pub clip: RwSignal<Option<Clip>>,
    pub shelf: FlowsShelf,
    pub library: LibraryState,
    pub members: MembersState,
    n_notices: StoredValue<u32>,
    n_numbers: StoredValue<u64>,
}

impl AppState {
    pub fn new() -> Self {
        Self {
            handle: StoredValue::new_local(None),
            put_off: StoredValue::new_local(None),
            route: RwSignal::new(Route::Flows),
            has_moved: StoredValue::new(false),
            is_loaded: RwSignal::new(false),
            documents: RwSignal::default(),
            working: RwSignal::default(),
            keeping: RwSignal::default(),
            histories: RwSignal::default(),
            clashes: RwSignal::default(),
            epochs: StoredValue::default(),
            events: RwSignal::default(),
            profiles: RwSignal::default(),
            settings: RwSignal::default(),
            settings_keeping: RwSignal::new(KeepState::Kept),
            practice_script: RwSignal::default(),
            n_set_aside: RwSignal::default(),
            chosen_event: RwSignal::default(),
            chosen_person: RwSignal::default(),
            preview: RwSignal::default(),
            is_preview_due: RwSignal::new(false),
            compared: RwSignal::default(),
            sweep: RwSignal::default(),
            sandbox: SandboxState::new(),
            test_run: RwSignal::default(),
            activity: RwSignal::default(),
            log: LogState::new(),
            work: WorkState::new(),
            missing_delivery: RwSignal::default(),
            opens_next_delivery: StoredValue::new(false),
            destinations: RwSignal::default(),
            totals: RwSignal::default(),
            opened: RwSignal::default(),
            sender: RwSignal::default(),
            storage_trouble: RwSignal::default(),
            notices: RwSignal::default(),
            clip: RwSignal::default(),
            shelf: FlowsShelf::default(),
            library: LibraryState::new(),
            members: MembersState::new(),
            n_notices: StoredValue::new(0),
            n_numbers: StoredValue::new(0),
        }
    }

    /// Sets the line for commands.
    pub fn connect(self, handle: Handle) {
        self.handle.set_value(Some(handle));
    }

    /// Asks the runtime for something once the frame is drawn that is being made, and not later than for anything else.
    pub fn dispatch_after_frame(self, command: AppCommand) {
        self.dispatch_put_off();
        self.put_off.set_value(Some(command));
        // Not by the frame itself: there is none while the tab is hidden.
        set_timeout(move || self.dispatch_put_off(), PUT_OFF);
    }

    fn dispatch_put_off(self) {
        let mut command = None;
        self.put_off.update_value(|put_off| command = put_off.take());
        if let Some(command) = command {
            self.dispatch_now(command);
        }
    }

    /// Asks the runtime for something.
    pub fn dispatch(self, command: AppCommand) {
        self.dispatch_put_off();
        self.dispatch_now(command);
    }

    fn dispatch_now(self, command: AppCommand) {
        let handle = self.handle.with_value(Clone::clone);
        match handle {
            Some(handle) => handle.dispatch(command),
            None => leptos::logging::warn!("a command came before the runtime was there"),
        }
    }

    /// For whom previews and tests with this event are.
    pub fn previewed_person(self, event: Option<&TriggerEvent>) -> Option<Profile> {
        let chosen = self.chosen_person.get();
        self.profiles.with(|profiles| previewed_person(profiles, event, chosen.as_ref()).cloned())
    }

    /// A number that nothing else has: for tickets and contexts.
    pub fn next_number(self) -> u64 {
        let number = self.n_numbers.get_value() + 1;
        self.n_numbers.set_value(number);
        number
    }

    /// Says something once.
    pub fn notify(self, tone: Tone, text: String) {
        self.notify_with(tone, text, None);
    }

    /// Says something once, with a way to bring a deleted flow back.
    pub fn notify_with(self, tone: Tone, text: String, restores: Option<FlowId>) {
        let number = self.n_notices.get_value().wrapping_add(1);
        self.n_notices.set_value(number);
        self.notices.update(|notices| {
            // The same words twice are one notice.
            notices.retain(|notice| notice.text != text);
            notices.push(Notice { number, tone, text, restores });
            let n_old = notices.len().saturating_sub(4);
            notices.drain(..n_old);
        });
    }

    /// Puts settings on the screen, and asks for them to be kept.
    pub fn keep_settings(self, settings: WorkspaceSettings) {
        self.settings.set(settings.clone());
        self.settings_keeping.set(KeepState::Keeping);
        self.dispatch(AppCommand::KeepSettings { settings });
    }

    /// The flow as it stands on the screen.
    pub fn flow(self, flow_id: &FlowId) -> Option<Arc<Flow>> {
        self.working.with(|working| working.get(flow_id).cloned())
    }

    pub(super) fn set_keep_state(self, flow_id: &FlowId, state: KeepState) {
        if self.keeping.with_untracked(|keeping| keeping.get(flow_id) != Some(&state)) {
            self.keeping.update(|keeping| {
                keeping.insert(flow_id.clone(), state);
            });
        }
    }

    /// Takes in what happens before the desk is here: few things, so that the rest can be downloaded later.
    pub fn apply_first(self, event: AppEvent) {
        match event {
            AppEvent::WorkspaceLoaded { workspace } => self.load(*workspace),
            AppEvent::StorageTroubled { trouble } => self.storage_trouble.set(Some(trouble)),
            _ => leptos::logging::warn!("something happened before the desk was there"),
        }
    }

    /// Takes in what happened. What each event leads to stays a function of its own: a browser compiles a function as a
    /// whole when it is first called, and the first event would pay for all of them.
    pub fn apply_event(self, event: AppEvent) {
        let Some(event) = self.log.take(self, event) else { return };
        match event {
            AppEvent::Library { event } => self.library.apply_event(self, event),
            AppEvent::Members { news } => self.members.take(self, news),
            AppEvent::NotAllowed { refusal } => self.notify(Tone::Fail, refusal_words(refusal)),
            AppEvent::WorkspaceLoaded { workspace } => self.load(*workspace),
            AppEvent::FlowKept { document } => self.take_document(*document),
            AppEvent::FlowNotKept { flow_id, trouble } => {
                self.set_keep_state(&flow_id, KeepState::NotKept { trouble });
            }
            AppEvent::FlowChangedElsewhere { document, epoch } => self.take_from_elsewhere(*document, epoch),
            AppEvent::StepsRead { flow_id, marks, steps } => self.take_steps(&flow_id, marks, steps),
            AppEvent::FlowDeleted { flow_id } => {
                self.documents.update(|documents| drop(documents.remove(&flow_id)));
                self.working.update(|working| drop(working.remove(&flow_id)));
            }
            AppEvent::EventsChanged { events } => self.events.set(events),
            AppEvent::ProfilesChanged { profiles } => self.profiles.set(profiles),
            AppEvent::SettingsKept { settings } => {
                // An answer to an edit that others followed says nothing about those.
                if self.settings.with_untracked(|shown| *shown == settings) {
                    self.settings_keeping.set(KeepState::Kept);
                }
            }
            AppEvent::SettingsNotKept { settings, trouble } => {
                // What may not be set goes back; what only could not be written stays on the screen.
                if matches!(trouble, StoreTrouble::NotAllowed { .. }) {
                    self.settings.set(settings);
                    self.settings_keeping.set(KeepState::Kept);
                } else {
                    self.settings_keeping.set(KeepState::NotKept { trouble });
                }
            }
            AppEvent::PreviewRendered { reply } => self.take_reply(*reply),
            AppEvent::PreviewFailed { lane, ticket, message } => match lane {
                Lane::Preview => self.take_preview(self.preview, ticket, Err(message)),
                Lane::Compared => self.take_preview(self.compared, ticket, Err(message)),
                Lane::Sweep => self.sweep.set(Some((ticket, SweepPart::default()))),
            },
            AppEvent::ActivityChanged { activity } => self.activity.set(Some(activity)),
            // The log has taken them.
            AppEvent::ActivityRead { .. } | AppEvent::ActivityFound { .. } => {}
            AppEvent::Work { news } => self.work.take(self, news),
            AppEvent::DeliveryMissing { delivery_id } => self.missing_delivery.set(Some(delivery_id)),
            AppEvent::TotalsChanged { nodes, hours } => self.totals.set(Some((nodes, hours))),
            AppEvent::DestinationsChanged { destinations } => self.destinations.set(destinations),
            AppEvent::DeliveryChanged { detail } => self.take_delivery(detail.map(|detail| *detail)),
            AppEvent::TestStarted { delivery_id } => {
                self.test_run.update(|test_run| {
                    if let Some(test_run) = test_run {
                        test_run.delivery_id = Some(delivery_id.clone());
                    }
                });
                if self.opens_next_delivery.get_value() {
                    self.opens_next_delivery.set_value(false);
                    return go_to(&Route::Delivery { delivery_id, query: ActivityQuery::default() });
                }
                self.dispatch(AppCommand::WatchDelivery { delivery_id: Some(delivery_id) });
            }
            AppEvent::CommandRefused { refusal } => {
                self.test_run.update(|test_run| *test_run = test_run.take().filter(|run| run.delivery_id.is_some()));
                self.notify(Tone::Fail, command_refusal_words(refusal).to_owned());
            }
            AppEvent::Flows { news } => self.take_flows_news(news),
            AppEvent::SenderChanged { state } => self.sender.set(state),
            AppEvent::StorageTroubled { trouble } => self.storage_trouble.set(Some(trouble)),
        }
    }

    #[inline(never)]
    fn load(self, workspace: Workspace) {
        let Workspace { documents, events, profiles, settings, practice_script, n_set_aside } = workspace;
        self.working.set(
            documents
                .iter()
                .map(|document| (document.working.id.clone(), Arc::new(document.working.clone())))
                .collect(),
        );
        self.documents.set(documents.into_iter().map(|document| (document.working.id.clone(), document)).collect());
        self.events.set(events);
        self.profiles.set(profiles);
        self.settings.set(settings);
        self.practice_script.set(practice_script);
        self.n_set_aside.set(n_set_aside);
        self.is_loaded.set(true);
    }

    /// A document as the disk has it now: our own edit has arrived there, or another tab's has.
    #[inline(never)]
    fn take_document(self, document: FlowDocument) {
        let flow_id = document.working.id.clone();
        let on_screen = self.working.with_untracked(|working| working.get(&flow_id).cloned());
        let is_same = on_screen.as_ref().is_some_and(|flow| **flow == document.working);
        let is_keeping = self.keeping.with_untracked(|keeping| keeping.get(&flow_id) == Some(&KeepState::Keeping));
        if is_same {
            self.set_keep_state(&flow_id, KeepState::Kept);
        } else if on_screen.is_none() || !is_keeping {
            // A flow that was put back.
            self.working.update(|working| {
                working.insert(flow_id.clone(), Arc::new(document.working.clone()));
            });
        }
        self.documents.update(|documents| {
            documents.insert(flow_id, document);
        });
    }

    #[inline(never)]
    fn take_reply(self, reply: PreviewReply) {
        let PreviewReply { lane, ticket, rendered, render_micros, sweep } = reply;
        let result = rendered.map(|payload| Ok(PreviewResult { payload, render_micros }));
        match (lane, result) {
            (Lane::Preview, Some(result)) => self.take_preview(self.preview, ticket, result),
            (Lane::Compared, Some(result)) => self.take_preview(self.compared, ticket, result),
            (Lane::Sweep, _) => self.sweep.set(Some((ticket, sweep))),
            (Lane::Preview | Lane::Compared, None) => {}
        }
    }

    fn take_preview(self, of: RwSignal<PreviewState>, ticket: u64, result: Result<PreviewResult, String>) {
        if of.with_untracked(|preview| preview.ticket) != ticket {
            return;
        }
        of.update(|preview| match result {
            Ok(rendered) => {
                preview.rendered = Some(rendered);
                preview.failure = None;
            }
            Err(message) => preview.failure = Some(message),
        });
        if of == self.preview {
            self.is_preview_due.set(false);
        }
    }

    #[inline(never)]
    fn take_delivery(self, detail: Option<DeliveryDetail>) {
        let delivery_id = detail.as_ref().map(|detail| &detail.delivery.id);
        let is_test = delivery_id.is_some()
            && self.test_run.with_untracked(|run| run.as_ref().and_then(|run| run.delivery_id.as_ref()) == delivery_id);
        if is_test {
            self.test_run.update(|run| {
                if let Some(run) = run {
                    run.detail.clone_from(&detail);
                }
            });
        }
        if detail.is_some() {
            self.missing_delivery.set(None);
        }
        self.opened.set(detail);
    }
}

impl Default for AppState {
    fn default() -> Self {
        Self::new()
    }
}

/// What the screens share.
pub fn use_app_state() -> AppState {
    expect_context()
}
