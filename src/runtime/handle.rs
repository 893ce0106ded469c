//! The page's line to everything behind it: commands go in, events come out.
//!
//! In: what a person did. Out: what happened.
//! Invariant: plain values both ways; a screen never waits for an answer in a handler.

use std::rc::Rc;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::domain::activity::ActivityEntry;
use crate::domain::delivery::practice::PracticeScript;
use crate::domain::delivery::state::{Attempt, Delivery, DeliveryStatus};
use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::flow::model::{Flow, FlowDocument};
use crate::domain::id::{DeliveryId, EventId, FlowId, NodeId, ProfileId};
use crate::domain::payload::RenderedPayload;
use crate::domain::settings::WorkspaceSettings;

/// What a person did.
#[derive(Debug, Clone, PartialEq)]
pub enum AppCommand {
    /// Keeps the working copy. Folded: only the newest of a flow is written.
    KeepFlow {
        flow: Arc<Flow>,
    },
    /// Makes the working copy the version that runs.
    SaveFlow {
        flow_id: FlowId,
    },
    DeleteFlow {
        flow_id: FlowId,
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
    /// Shows this much of the activity, now and whenever it changes.
    WatchActivity {
        filter: ActivityFilter,
    },
    /// Shows one delivery with its attempts, now and whenever it changes; `None` closes it.
    WatchDelivery {
        delivery_id: Option<DeliveryId>,
    },
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum AppEvent {
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
    FlowDeleted {
        flow_id: FlowId,
    },
    EventsChanged {
        events: Vec<TriggerEvent>,
    },
    ProfilesChanged {
        profiles: Vec<Profile>,
    },
    SettingsChanged {
        settings: WorkspaceSettings,
    },
    PracticeScriptChanged {
        script: PracticeScript,
    },
    PreviewRendered {
        ticket: u64,
        rendered: Box<RenderedPayload>,
        render_micros: u64,
    },
    /// The template ran away; the worker was ended and started again.
    PreviewFailed {
        ticket: u64,
        message: String,
    },
    ActivityChanged {
        activity: ActivityPage,
    },
    DeliveryChanged {
        detail: Option<Box<DeliveryDetail>>,
    },
    /// The test request has become this delivery; watch it to see it end.
    TestStarted {
        delivery_id: DeliveryId,
    },
    /// Something asked for could not be done.
    CommandRefused {
        message: String,
    },
    SenderChanged {
        state: SenderState,
    },
    StorageTroubled {
        trouble: StoreTrouble,
    },
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

/// One payload to render.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PreviewRequest {
    /// Counts up; answers carry it.
    pub ticket: u64,
    pub source: String,
    pub profile: Profile,
    /// `None` where the trigger brings no event.
    pub event: Option<TriggerEvent>,
    pub settings: WorkspaceSettings,
    pub is_profile_only: bool,
}

/// Which deliveries to show: the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ActivityFilter {
    pub status: Option<StatusKind>,
    pub flow_id: Option<FlowId>,
    pub node_id: Option<NodeId>,
    /// Only those that may have arrived.
    pub is_maybe_only: bool,
    /// At most this many.
    pub limit: usize,
}

/// A delivery's status without its details.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StatusKind {
    Waiting,
    NeedsReview,
    Sending,
    WaitingToRetry,
    Delivered,
    Skipped,
}

impl StatusKind {
    /// All, in the order they are counted on the screen.
    pub const ALL: [Self; 6] =
        [Self::Waiting, Self::NeedsReview, Self::Sending, Self::WaitingToRetry, Self::Delivered, Self::Skipped];

    /// The kind of a status.
    pub const fn of(status: &DeliveryStatus) -> Self {
        match status {
            DeliveryStatus::Waiting { .. } => Self::Waiting,
            DeliveryStatus::NeedsReview => Self::NeedsReview,
            DeliveryStatus::Sending { .. } => Self::Sending,
            DeliveryStatus::WaitingToRetry { .. } => Self::WaitingToRetry,
            DeliveryStatus::Delivered { .. } => Self::Delivered,
            DeliveryStatus::Skipped { .. } => Self::Skipped,
        }
    }

    /// The name on disk and in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::NeedsReview => "needs-review",
            Self::Sending => "sending",
            Self::WaitingToRetry => "waiting-to-retry",
            Self::Delivered => "delivered",
            Self::Skipped => "skipped",
        }
    }
}

/// What the activity list shows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ActivityPage {
    pub filter: ActivityFilter,
    pub deliveries: Vec<Delivery>,
    /// Distinct profiles per status, over all deliveries, in the order of [`StatusKind`].
    pub n_subscribers: Vec<(StatusKind, usize)>,
    pub n_may_have_arrived: usize,
}

/// One delivery with all that happened to it.
#[derive(Debug, Clone, PartialEq)]
pub struct DeliveryDetail {
    pub delivery: Delivery,
    pub attempts: Vec<Attempt>,
    pub entries: Vec<ActivityEntry>,
}

/// Which tab sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SenderState {
    /// Not known yet.
    #[default]
    Starting,
    ThisTab,
    OtherTab,
    /// The browser is offline: nothing is sent and no attempt is spent.
    Offline,
    /// No sender could be started: nothing is sent from this tab.
    Failed,
}

/// What is wrong with the disk, for words on the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreTrouble {
    /// Storage is refused: everything is kept in memory and gone with the tab.
    MemoryOnly {
        reason: String,
    },
    Full {
        reason: String,
    },
    /// Another tab has an older version open: close it.
    UpgradeBlocked,
    /// Written by a newer version: reload.
    TooNew,
    /// Another tab changed the same document; nothing was overwritten.
    ChangedElsewhere,
    Failed {
        reason: String,
    },
}

/// Sends commands; cheap to copy about.
#[derive(Clone)]
pub struct Handle {
    dispatch: Rc<dyn Fn(AppCommand)>,
}

impl Handle {
    /// A handle that passes every command to `dispatch`.
    pub fn new(dispatch: impl Fn(AppCommand) + 'static) -> Self {
        Self { dispatch: Rc::new(dispatch) }
    }

    /// Asks for something; the answer comes as an [`AppEvent`].
    pub fn dispatch(&self, command: AppCommand) {
        (self.dispatch)(command);
    }
}
