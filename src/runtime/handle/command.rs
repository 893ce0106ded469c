//! What a person did, as commands.
//!
//! In: nothing. Out: plain values that a screen sends.
//! Invariant: a command says what is wanted, never how.

use std::sync::Arc;

use crate::domain::delivery::practice::PracticeScript;
use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::flow::model::Flow;
use crate::domain::flow::steps::StepWrite;
use crate::domain::id::{DeliveryId, EventId, FlowId, NodeId, ProfileId};
use crate::domain::settings::WorkspaceSettings;
use crate::domain::time::Timestamp;
use crate::runtime::handle::{ActivityFilter, BulkAct, BulkScope, FlowsOrder, MembersOrder, PagePlace, WorkOrder};
use crate::runtime::library::LibraryCommand;
use crate::runtime::preview::PreviewRequest;

/// What a person did.
#[derive(Debug, Clone, PartialEq)]
pub enum AppCommand {
    /// Something with members, the passphrase or secrets.
    Members {
        order: MembersOrder,
    },
    /// Something with the library of events and profiles.
    Library {
        command: LibraryCommand,
    },
    /// Keeps the working copy.
    KeepFlow {
        flow: Arc<Flow>,
        /// What changed of the steps that can be undone; kept in the same transaction.
        steps: Option<StepWrite>,
        /// How often a change from elsewhere was taken in; a working copy that does not know the last one is refused.
        epoch: u32,
    },
    /// The steps that can be undone and redone; answered by [`crate::runtime::handle::AppEvent::StepsRead`].
    ReadSteps {
        flow_id: FlowId,
    },
    /// Makes the working copy the version that runs.
    SaveFlow {
        flow_id: FlowId,
    },
    DeleteFlow {
        flow_id: FlowId,
    },
    /// For the list of flows and the versions.
    Flows {
        order: FlowsOrder,
    },
    KeepEvent {
        event: TriggerEvent,
    },
    DeleteEvent {
        event_id: EventId,
    },
    KeepProfile {
        profile: Profile,
    },
    KeepSettings {
        settings: WorkspaceSettings,
    },
    KeepPracticeScript {
        script: PracticeScript,
    },
    /// Renders a payload in the calculation worker; an answer with an older ticket is dropped.
    RenderPreview {
        request: PreviewRequest,
    },
    /// *Send test request*: the working copy's webhook, for this event, at once.
    SendTest {
        flow: Arc<Flow>,
        node_id: NodeId,
        event_id: Option<EventId>,
        profile_id: ProfileId,
    },
    /// Fires an event at the saved flow.
    FireEvent {
        flow_id: FlowId,
        event_id: Option<EventId>,
        profile_id: ProfileId,
    },
    /// One more attempt of the same delivery; starts no schedule.
    Resend {
        delivery_id: DeliveryId,
    },
    Dismiss {
        delivery_id: DeliveryId,
    },
    /// Sends what waits in *Needs review*.
    Approve {
        delivery_id: DeliveryId,
    },
    /// The same act on many deliveries.
    ActOnMany {
        act: BulkAct,
        scope: BulkScope,
    },
    /// *Edit and resend*: answered by [`crate::runtime::handle::AppEvent::TestStarted`] with the new delivery's id.
    EditAndResend {
        delivery_id: DeliveryId,
        url: String,
        headers: Vec<(String, String)>,
        body: String,
    },
    LimitDestination {
        origin: String,
        concurrency: Option<u32>,
        rate_per_minute: Option<u32>,
    },
    PauseDestination {
        origin: String,
    },
    ResumeDestination {
        origin: String,
    },
    /// *Forget this person*, everywhere.
    ForgetPerson {
        profile_id: ProfileId,
        /// As a delivery of theirs names them: the library may not know them any more.
        email: String,
    },
    /// Reads one page of the list; answered by `ActivityRead` with the same ticket.
    ReadActivity {
        ticket: u64,
        filter: ActivityFilter,
        place: PagePlace,
    },
    /// Searches the whole list; answered by `ActivityFound` again and again. A newer search ends an older one.
    SearchActivity {
        ticket: u64,
        filter: ActivityFilter,
    },
    StopSearch,
    /// Something long.
    Work {
        order: WorkOrder,
    },
    /// Shows the counters per webhook, and per hour from this time on, now and whenever they change; `None` ends it.
    WatchTotals {
        since: Option<Timestamp>,
    },
    /// Shows this much of the activity, now and whenever it changes.
    WatchActivity {
        filter: ActivityFilter,
    },
    /// Shows one delivery with its attempts, now and whenever it changes; `None` closes it.
    WatchDelivery {
        delivery_id: Option<DeliveryId>,
    },
}
