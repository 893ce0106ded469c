//! What happened, as events.
//!
//! In: nothing. Out: plain values that a screen hears.
//! Invariant: in the past tense; an event asks for nothing.

use crate::domain::delivery::destination::Destination;
use crate::domain::delivery::practice::PracticeScript;
use crate::domain::delivery::state::Delivery;
use crate::domain::delivery::totals::{HourTotals, Tally};
use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::flow::model::FlowDocument;
use crate::domain::flow::steps::{FlowStep, StepMarks};
use crate::domain::id::{DeliveryId, FlowId};
use crate::domain::member::Refusal;
use crate::domain::settings::WorkspaceSettings;
use crate::runtime::handle::{
    ActivityPage, DeliveryDetail, FlowsNews, LogPlace, MembersNews, SenderState, StoreTrouble, WorkNews,
};
use crate::runtime::library::LibraryEvent;
use crate::runtime::preview::{Lane, PreviewReply};

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum AppEvent {
    /// Something became of members, session, vault or secrets.
    Members {
        news: MembersNews,
    },
    /// Who acts may not do what was asked.
    NotAllowed {
        refusal: Refusal,
    },
    /// Something became of the library of events and profiles.
    Library {
        event: LibraryEvent,
    },
    WorkspaceLoaded {
        workspace: Box<Workspace>,
    },
    /// The working copy or the saved version on disk is this now.
    FlowKept {
        document: Box<FlowDocument>,
    },
    /// The disk does not have it; what is on the screen is all there is.
    FlowNotKept {
        flow_id: FlowId,
        trouble: StoreTrouble,
    },
    /// Another tab changed it: this is what lies on the disk now.
    FlowChangedElsewhere {
        document: Box<FlowDocument>,
        epoch: u32,
    },
    /// What can be undone and redone of the working copy on disk.
    StepsRead {
        flow_id: FlowId,
        marks: StepMarks,
        steps: Vec<FlowStep>,
    },
    FlowDeleted {
        flow_id: FlowId,
    },
    /// For the list of flows and the versions.
    Flows {
        news: FlowsNews,
    },
    EventsChanged {
        events: Vec<TriggerEvent>,
    },
    ProfilesChanged {
        profiles: Vec<Profile>,
    },
    /// The settings on disk are these now.
    SettingsKept {
        settings: WorkspaceSettings,
    },
    /// New settings were not kept: these hold.
    SettingsNotKept {
        settings: WorkspaceSettings,
        trouble: StoreTrouble,
    },
    PreviewRendered {
        reply: Box<PreviewReply>,
    },
    /// The template ran away; the worker was ended and started again.
    PreviewFailed {
        lane: Lane,
        ticket: u64,
        message: String,
    },
    ActivityChanged {
        activity: ActivityPage,
    },
    /// One page of the list, the newest first.
    ActivityRead {
        ticket: u64,
        deliveries: Vec<Delivery>,
        /// The last delivery looked at: where to go on. Fewer deliveries than asked for, and no end, means: ask again from here.
        next: Option<LogPlace>,
        is_end: bool,
    },
    /// More of a search.
    ActivityFound {
        ticket: u64,
        deliveries: Vec<Delivery>,
        n_looked_at: usize,
        is_done: bool,
    },
    /// Of something long.
    Work {
        news: WorkNews,
    },
    TotalsChanged {
        /// One a webhook; its key is that of [`crate::domain::delivery::totals::node_key`].
        nodes: Vec<Tally>,
        hours: Vec<HourTotals>,
    },
    DestinationsChanged {
        destinations: Vec<Destination>,
    },
    DeliveryChanged {
        detail: Option<Box<DeliveryDetail>>,
    },
    /// The delivery to watch is not there: it was removed, or never was.
    DeliveryMissing {
        delivery_id: DeliveryId,
    },
    /// The test request has become this delivery; watch it to see it end.
    TestStarted {
        delivery_id: DeliveryId,
    },
    /// Something asked for could not be done.
    CommandRefused {
        refusal: CommandRefusal,
    },
    SenderChanged {
        state: SenderState,
    },
    StorageTroubled {
        trouble: StoreTrouble,
    },
}

/// Why a command was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommandRefusal {
    /// There is no webhook or no profile.
    NothingToSend,
    /// The flow was never saved, so nothing of it runs.
    NotSaved,
}

/// What the page keeps of the disk.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Workspace {
    pub documents: Vec<FlowDocument>,
    pub events: Vec<TriggerEvent>,
    pub profiles: Vec<Profile>,
    pub settings: WorkspaceSettings,
    pub practice_script: PracticeScript,
    /// Rows that could not be read; they are kept aside as they were.
    pub n_set_aside: usize,
}
