//! Previews of a flow, drafts and all: who would enter, and which way somebody would go.
//!
//! In: a flow as it stands in the editor, a profile, an event, the time. Out: a journey card by card, or a refusal.
//! Invariant: runs the engine itself, so that a preview and a run never differ; sends nothing and remembers nothing.

use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::flow::condition::Verdict;
use crate::domain::flow::delay::ZoneOffsets;
use crate::domain::flow::engine::{Arrival, Circumstances, advance, enter};
use crate::domain::flow::model::{ActionStatus, Branch, Flow, NodeKind};
use crate::domain::flow::run::{Effect, EndReason, Entry, PassReason, Refusal, RunStatus};
use crate::domain::id::{NodeId, RunId};
use crate::domain::time::Timestamp;

/// Whose journey, and when it begins.
#[derive(Clone, Copy)]
pub struct Traveller<'a> {
    /// `None` in list, segment and date flows. It is taken as happening at `now`.
    pub event: Option<&'a TriggerEvent>,
    pub profile: &'a Profile,
    pub now: Timestamp,
    /// The workspace's time zone, for profiles that have none.
    pub time_zone: &'a str,
    pub zones: &'a dyn ZoneOffsets,
}

/// Somebody's way through a flow.
#[derive(Debug, Clone, PartialEq)]
pub struct Journey {
    /// Why the profile is not taken in; there are no steps then.
    pub refusal: Option<Refusal>,
    /// Whether nobody enters yet, since every action is a draft. The steps show the way as if they were not.
    pub is_all_draft: bool,
    /// In the order they happen.
    pub steps: Vec<JourneyStep>,
    /// Why the journey is over.
    pub end: Option<EndReason>,
}

/// One card on the way.
#[derive(Debug, Clone, PartialEq)]
pub struct JourneyStep {
    pub node_id: NodeId,
    /// When the profile comes to the card.
    pub at: Timestamp,
    pub what: StepKind,
}

/// What a card does.
#[derive(Debug, Clone, PartialEq)]
pub enum StepKind {
    Sends,
    /// The request waits in *Needs review*.
    AsksForReview,
    Waits {
        until: Timestamp,
    },
    TakesBranch {
        branch: Branch,
        verdict: Verdict,
    },
    PassedOver {
        reason: PassReason,
    },
}

/// The way a profile would go. Where every action is still a draft, the way is shown as if they were live.
pub fn preview_journey(flow: &Flow, traveller: Traveller<'_>) -> Journey {
    let is_all_draft = flow.status() == ActionStatus::Draft;
    let staged = staged(flow);
    let event = staged_event(traveller);
    let mut journey = Journey { refusal: None, is_all_draft, steps: Vec::new(), end: None };
    let mut run = match enter_staged(&staged, event.as_ref(), traveller, &[]) {
        Entry::Accepted { run } => run,
        Entry::Refused { refusal } => return Journey { refusal: Some(refusal), ..journey },
    };
    let mut now = traveller.now;
    // Every delay is waited at once at most, so there are no more rounds than cards.
    for _ in 0..=staged.nodes.len() {
        let circumstances = Circumstances {
            event: event.as_ref().filter(|_| staged.trigger.has_event()),
            profile: traveller.profile,
            now,
            time_zone: traveller.time_zone,
            zones: traveller.zones,
        };
        let (moved, effects) = advance(&staged, &run, circumstances);
        for effect in effects {
            take(effect, flow, now, &mut journey);
        }
        run = moved;
        match run.status {
            RunStatus::WaitingUntil { due_at } => now = due_at,
            RunStatus::Active | RunStatus::Ended => break,
        }
    }
    journey
}

/// Whether a profile would be taken in, by trigger, filters and re-entry. `entered_before` are its earlier entries.
pub fn preview_entry(flow: &Flow, traveller: Traveller<'_>, entered_before: &[Timestamp]) -> Result<(), Refusal> {
    match enter_staged(&staged(flow), staged_event(traveller).as_ref(), traveller, entered_before) {
        Entry::Accepted { .. } => Ok(()),
        Entry::Refused { refusal } => Err(refusal),
    }
}

/// The event happens now: a sample from last month would otherwise be too old to start anything.
fn staged_event(traveller: Traveller<'_>) -> Option<TriggerEvent> {
    traveller.event.map(|event| TriggerEvent { occurred_at: traveller.now, ..event.clone() })
}

fn enter_staged(
    staged: &Flow,
    event: Option<&TriggerEvent>,
    traveller: Traveller<'_>,
    entered_before: &[Timestamp],
) -> Entry {
    let run_id = RunId::new("preview");
    let arrival = Arrival {
        run_id: &run_id,
        flow_version: None,
        event,
        profile: traveller.profile,
        entered_before,
        now: traveller.now,
    };
    enter(staged, arrival)
}

/// A flow that is all draft with every action live, so that there is a way to show; any other as it is.
fn staged(flow: &Flow) -> Flow {
    let mut staged = flow.clone();
    if flow.status() == ActionStatus::Draft {
        for node in staged.nodes.values_mut() {
            if let NodeKind::Webhook { action, .. } = &mut node.kind {
                action.status = ActionStatus::Live;
            }
        }
    }
    staged
}

fn take(effect: Effect, flow: &Flow, now: Timestamp, journey: &mut Journey) {
    let (node_id, what) = match effect {
        Effect::Deliver { node_id, is_for_review, .. } => {
            let what = match (is_draft(flow, &node_id), is_for_review) {
                (true, _) => StepKind::PassedOver { reason: PassReason::Draft },
                (false, true) => StepKind::AsksForReview,
                (false, false) => StepKind::Sends,
            };
            (node_id, what)
        }
        Effect::WaitUntil { node_id, due_at } => (node_id, StepKind::Waits { until: due_at }),
        Effect::PassedOver { node_id, reason } => (node_id, StepKind::PassedOver { reason }),
        Effect::BranchTaken { node_id, branch, verdict } => (node_id, StepKind::TakesBranch { branch, verdict }),
        Effect::Ended { reason } => {
            journey.end = Some(reason);
            return;
        }
    };
    journey.steps.push(JourneyStep { node_id, at: now, what });
}

fn is_draft(flow: &Flow, node_id: &NodeId) -> bool {
    match flow.nodes.get(node_id).map(|node| &node.kind) {
        Some(NodeKind::Webhook { action, .. }) => action.status == ActionStatus::Draft,
        Some(
            NodeKind::TimeDelay { .. }
            | NodeKind::TriggerSplit { .. }
            | NodeKind::ConditionalSplit { .. }
            | NodeKind::Foreign { .. }
            | NodeKind::Unknown { .. }
            | NodeKind::Note { .. },
        )
        | None => false,
    }
}
