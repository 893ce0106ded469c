//! Moves profiles through flows.
//!
//! In: a flow, an event, a profile, a run, the time. Out: an entry or a refusal; a moved run with its effects.
//! Invariant: sends nothing, reads no clock, ends after at most one visit of each card, and never panics.
//!
//! Follows Klaviyo's rules: drafts are passed over, manual actions wait for review, the profile filter is checked on entry and
//! before each action. <https://help.klaviyo.com/hc/en-us/articles/360017706091>

use std::collections::BTreeSet;

use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::flow::condition::{Facts, Verdict, evaluate};
use crate::domain::flow::date_trigger::date_of;
use crate::domain::flow::delay::ZoneOffsets;
use crate::domain::flow::model::{
    ActionStatus, Branch, Flow, Node, NodeKind, Reentry, TimeDelay, Trigger, WebhookAction,
};
use crate::domain::flow::run::{Effect, EndReason, Entry, PassReason, Refusal, Run, RunStatus};
use crate::domain::flow::tree::{reach, slots_below};
use crate::domain::id::{NodeId, RunId};
use crate::domain::time::{HOUR_MILLIS, MINUTE_MILLIS, Timestamp};

/// An event synced later than this after it happened starts nothing, unless the flow begins with a longer delay.
pub const MAX_EVENT_AGE_MILLIS: i64 = 4 * HOUR_MILLIS;

/// The metric of events that start a price-drop flow.
pub const PRICE_DROP_METRIC: &str = "Price Drop";

/// A profile at the door of a flow.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    /// The id the run gets if it is accepted.
    pub run_id: &'a RunId,
    pub flow_version: Option<u32>,
    /// `None` for list, segment and date triggers, which bring no event.
    pub event: Option<&'a TriggerEvent>,
    pub profile: &'a Profile,
    /// When this profile entered this flow before, in any order.
    pub entered_before: &'a [Timestamp],
    pub now: Timestamp,
}

/// What a run meets while it is moved.
#[derive(Clone, Copy)]
pub struct Circumstances<'a> {
    /// The triggering event, as it was.
    pub event: Option<&'a TriggerEvent>,
    /// The profile, as it is now.
    pub profile: &'a Profile,
    pub now: Timestamp,
    /// The workspace's time zone, for profiles that have none.
    pub time_zone: &'a str,
    pub zones: &'a dyn ZoneOffsets,
}

/// Takes a profile in, or says why not.
pub fn enter(flow: &Flow, arrival: Arrival<'_>) -> Entry {
    match refusal(flow, arrival) {
        Some(refusal) => Entry::Refused { refusal },
        None => Entry::Accepted {
            run: Run {
                id: arrival.run_id.clone(),
                flow_id: flow.id.clone(),
                flow_version: arrival.flow_version,
                profile_id: arrival.profile.id.clone(),
                event_id: flow.trigger.has_event().then(|| arrival.event.map(|event| event.id.clone())).flatten(),
                position: flow.entry.clone(),
                status: RunStatus::Active,
                visited: BTreeSet::new(),
                entered_at: arrival.now,
            },
        },
    }
}

/// Moves a run as far as it goes now: to a delay that is not over, or to its end.
///
/// `flow` is the version current now. A run that waits until later, or has ended, comes back as it is.
pub fn advance(flow: &Flow, run: &Run, circumstances: Circumstances<'_>) -> (Run, Vec<Effect>) {
    let mut run = run.clone();
    match run.status {
        RunStatus::Ended => return (run, Vec::new()),
        RunStatus::WaitingUntil { due_at } if circumstances.now < due_at => return (run, Vec::new()),
        RunStatus::WaitingUntil { .. } => {
            let delay = run.position.take();
            run.status = RunStatus::Active;
            match delay.as_ref().map(|node_id| (node_id, flow.nodes.get(node_id))) {
                Some((_, Some(node))) => run.position = next_of(node, flow, Branch::Yes),
                Some((node_id, None)) => {
                    let reason = EndReason::CardMissing { node_id: node_id.clone() };
                    run.status = RunStatus::Ended;
                    return (run, vec![Effect::Ended { reason }]);
                }
                None => {}
            }
        }
        RunStatus::Active => {}
    }
    let mut effects = Vec::new();
    let reason = walk(flow, &mut run, circumstances, &mut effects);
    if let Some(reason) = reason {
        run.position = None;
        run.status = RunStatus::Ended;
        effects.push(Effect::Ended { reason });
    }
    (run, effects)
}

/// Walks until the run waits (`None`) or ends.
fn walk(flow: &Flow, run: &mut Run, circumstances: Circumstances<'_>, effects: &mut Vec<Effect>) -> Option<EndReason> {
    let mut walked = BTreeSet::new();
    loop {
        let Some(node_id) = run.position.clone() else { return Some(EndReason::ReachedEnd) };
        let Some(node) = flow.nodes.get(&node_id) else { return Some(EndReason::CardMissing { node_id }) };
        if !walked.insert(&node.id) {
            return Some(EndReason::Circle { node_id });
        }
        let is_first_visit = run.visited.insert(node_id);
        let step = step_at(flow, node, is_first_visit, circumstances);
        match step {
            Step::Do { effect, branch } => {
                effects.extend(effect);
                run.position = next_of(node, flow, branch);
            }
            Step::Wait { due_at } => {
                effects.push(Effect::WaitUntil { node_id: node.id.clone(), due_at });
                run.status = RunStatus::WaitingUntil { due_at };
                return None;
            }
            Step::End { effect, reason } => {
                effects.push(effect);
                return Some(reason);
            }
        }
    }
}

/// What a card does to a run.
enum Step {
    Do { effect: Option<Effect>, branch: Branch },
    Wait { due_at: Timestamp },
    End { effect: Effect, reason: EndReason },
}

fn step_at(flow: &Flow, node: &Node, is_first_visit: bool, circumstances: Circumstances<'_>) -> Step {
    let pass = |reason| Step::Do {
        effect: Some(Effect::PassedOver { node_id: node.id.clone(), reason }),
        branch: Branch::Yes,
    };
    match &node.kind {
        NodeKind::Webhook { .. } | NodeKind::TimeDelay { .. } if !is_first_visit => pass(PassReason::AlreadyRun),
        NodeKind::Webhook { action, .. } => match webhook_effect(flow, node, action, circumstances) {
            Ok(effect) => Step::Do { effect: Some(effect), branch: Branch::Yes },
            Err(reason) => pass(reason),
        },
        NodeKind::TimeDelay { delay, next } => {
            if !has_action_ahead(flow, next.as_ref()) {
                let reason = PassReason::NothingAhead;
                let effect = Effect::PassedOver { node_id: node.id.clone(), reason };
                Step::End { effect, reason: EndReason::NothingAhead }
            } else if delay.is_set_up() {
                Step::Wait { due_at: due_at(delay, circumstances) }
            } else {
                pass(PassReason::NotSetUp)
            }
        }
        // A split that compares nothing is passed over to Yes, where a new split puts everything below it.
        NodeKind::TriggerSplit { condition, .. } | NodeKind::ConditionalSplit { condition, .. }
            if !condition.is_set_up() =>
        {
            pass(PassReason::NotSetUp)
        }
        NodeKind::TriggerSplit { condition, .. } | NodeKind::ConditionalSplit { condition, .. } => {
            let verdict = evaluate(condition, facts(circumstances));
            let branch = if verdict.is_held { Branch::Yes } else { Branch::No };
            let effect = Effect::BranchTaken { node_id: node.id.clone(), branch, verdict };
            Step::Do { effect: Some(effect), branch }
        }
        NodeKind::Foreign { action_type: name, .. } | NodeKind::Unknown { name, .. } => {
            pass(PassReason::Foreign { action_type: name.clone() })
        }
        NodeKind::Note { .. } => Step::Do { effect: None, branch: Branch::Yes },
    }
}

fn webhook_effect(
    flow: &Flow,
    node: &Node,
    action: &WebhookAction,
    circumstances: Circumstances<'_>,
) -> Result<Effect, PassReason> {
    let is_for_review = match action.status {
        ActionStatus::Draft => return Err(PassReason::Draft),
        ActionStatus::Manual => true,
        ActionStatus::Live => false,
    };
    if !action.is_set_up() {
        return Err(PassReason::NotSetUp);
    }
    let verdict = evaluate(&flow.profile_filter, facts(circumstances));
    if !verdict.is_held {
        return Err(PassReason::ProfileFilter { verdict });
    }
    Ok(Effect::Deliver { node_id: node.id.clone(), action: action.clone(), is_for_review })
}

fn due_at(delay: &TimeDelay, circumstances: Circumstances<'_>) -> Timestamp {
    let of_profile = circumstances.profile.location.get("timezone").and_then(|value| value.as_str());
    let zone = delay
        .zone
        .as_deref()
        .or_else(|| of_profile.filter(|zone| circumstances.zones.offset_secs(zone, circumstances.now).is_some()))
        .unwrap_or(circumstances.time_zone);
    delay.due_at(circumstances.now, zone, circumstances.zones)
}

const fn facts(circumstances: Circumstances<'_>) -> Facts<'_> {
    Facts { event: circumstances.event, profile: circumstances.profile, now: circumstances.now }
}

fn next_of(node: &Node, flow: &Flow, branch: Branch) -> Option<NodeId> {
    let slots = slots_below(node);
    let slot = match branch {
        Branch::Yes => slots.first(),
        Branch::No => slots.last(),
    };
    slot.and_then(|slot| slot.link(flow)).flatten().cloned()
}

/// Whether a live or manual action lies at `start` or below.
pub fn has_action_ahead(flow: &Flow, start: Option<&NodeId>) -> bool {
    reach(flow, start).into_iter().any(|node| node.kind.is_action())
}

fn refusal(flow: &Flow, arrival: Arrival<'_>) -> Option<Refusal> {
    trigger_refusal(&flow.trigger, arrival.event)
        .or_else(|| date_refusal(&flow.trigger, arrival.profile))
        .or_else(|| action_refusal(flow))
        .or_else(|| age_refusal(flow, arrival))
        .or_else(|| filter_refusal(flow, arrival))
        .or_else(|| reentry_refusal(flow.reentry, arrival))
}

fn trigger_refusal(trigger: &Trigger, event: Option<&TriggerEvent>) -> Option<Refusal> {
    let expected = match trigger {
        Trigger::Unset => return Some(Refusal::NoTrigger),
        Trigger::Metric { metric } => metric.as_str(),
        Trigger::PriceDrop => PRICE_DROP_METRIC,
        Trigger::List { .. } | Trigger::Segment { .. } | Trigger::DateProperty { .. } => return None,
    };
    let found = event.map(|event| event.metric.as_str());
    (found != Some(expected))
        .then(|| Refusal::OtherTrigger { expected: expected.to_owned(), found: found.unwrap_or("no event").to_owned() })
}

fn date_refusal(trigger: &Trigger, profile: &Profile) -> Option<Refusal> {
    match trigger {
        Trigger::DateProperty { property, .. } if property.trim().is_empty() => Some(Refusal::NoTrigger),
        Trigger::DateProperty { property, .. } if date_of(profile, property).is_none() => {
            Some(Refusal::NoDate { property: property.clone() })
        }
        Trigger::DateProperty { .. }
        | Trigger::Unset
        | Trigger::Metric { .. }
        | Trigger::PriceDrop
        | Trigger::List { .. }
        | Trigger::Segment { .. } => None,
    }
}

fn action_refusal(flow: &Flow) -> Option<Refusal> {
    if has_action_ahead(flow, flow.entry.as_ref()) {
        None
    } else if flow.webhooks().next().is_none() {
        Some(Refusal::NoAction)
    } else {
        Some(Refusal::EveryActionDraft)
    }
}

fn age_refusal(flow: &Flow, arrival: Arrival<'_>) -> Option<Refusal> {
    let event = arrival.event.filter(|_| flow.trigger.has_event())?;
    let age = arrival.now.millis_since(event.occurred_at);
    let limit = MAX_EVENT_AGE_MILLIS.max(first_delay_millis(flow));
    (age > limit)
        .then_some(Refusal::EventTooOld { age_minutes: age / MINUTE_MILLIS, limit_minutes: limit / MINUTE_MILLIS })
}

/// The length of the delay that stands before the first action, along *Yes*; 0 without one.
fn first_delay_millis(flow: &Flow) -> i64 {
    let mut position = flow.entry.clone();
    for _ in 0..flow.nodes.len() {
        let Some(node) = position.as_ref().and_then(|node_id| flow.nodes.get(node_id)) else { return 0 };
        match &node.kind {
            NodeKind::TimeDelay { delay, .. } => return delay.millis(),
            NodeKind::Webhook { .. } => return 0,
            NodeKind::TriggerSplit { .. }
            | NodeKind::ConditionalSplit { .. }
            | NodeKind::Foreign { .. }
            | NodeKind::Unknown { .. }
            | NodeKind::Note { .. } => {
                position = next_of(node, flow, Branch::Yes);
            }
        }
    }
    0
}

fn filter_refusal(flow: &Flow, arrival: Arrival<'_>) -> Option<Refusal> {
    let event = arrival.event.filter(|_| flow.trigger.has_event());
    let facts = Facts { event, profile: arrival.profile, now: arrival.now };
    let verdict_of = |groups| Some(evaluate(groups, facts)).filter(|verdict: &Verdict| !verdict.is_held);
    let trigger_filter = if flow.trigger.has_event() { verdict_of(&flow.trigger_filter) } else { None };
    trigger_filter
        .map(|verdict| Refusal::TriggerFilter { verdict })
        .or_else(|| verdict_of(&flow.profile_filter).map(|verdict| Refusal::ProfileFilter { verdict }))
}

fn reentry_refusal(reentry: Reentry, arrival: Arrival<'_>) -> Option<Refusal> {
    let last = arrival.entered_before.iter().max()?;
    match reentry {
        Reentry::Always => None,
        Reentry::Never => Some(Refusal::NoReentry),
        Reentry::AfterHours { hours } => {
            let from = last.plus_millis(i64::from(hours) * HOUR_MILLIS);
            (arrival.now < from).then_some(Refusal::ReentryLater { from })
        }
    }
}
