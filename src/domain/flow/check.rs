//! Finds what is wrong with a flow, all of it, each at its place.
//!
//! In: a flow. Out: problems, tied to a card and a field.
//! Invariant: never changes the flow, and terminates on any links. What a URL or a header may be is for `delivery::request` to say.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::delivery::request::{check_headers, check_url};
use crate::domain::flow::condition::{ConditionGroups, Subject};
use crate::domain::flow::model::{
    ActionStatus, DelayUnit, Flow, HeaderRow, Node, NodeKind, TimeDelay, Trigger, WebhookAction,
};
use crate::domain::flow::tree::reach;
use crate::domain::id::NodeId;

/// One thing wrong with a flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowProblem {
    /// `None` for the flow as a whole.
    pub node_id: Option<NodeId>,
    pub field: FlowField,
    pub severity: FlowSeverity,
    /// What is wrong and what to do, in one sentence.
    pub message: String,
}

/// How bad a problem is. Klaviyo shows the two as red and yellow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FlowSeverity {
    /// The flow or the card cannot work.
    CannotWork,
    /// The card is passed over until it is set up.
    PassedOver,
}

/// The field that a problem is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FlowField {
    Name,
    Trigger,
    TriggerFilter,
    ProfileFilter,
    Actions,
    Links,
    Url,
    Headers,
    Payload,
    Delay,
    Condition,
}

/// What a webhook's own problems are about.
const WEBHOOK_FIELDS: [FlowField; 4] = [FlowField::Name, FlowField::Url, FlowField::Headers, FlowField::Payload];

/// A metric that starts no flow, with the reason and the usual way round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnsupportedTrigger {
    pub name: &'static str,
    pub reason: &'static str,
    pub way_round: &'static str,
}

/// The triggers that are shown disabled.
pub const UNSUPPORTED_TRIGGERS: [UnsupportedTrigger; 6] = [
    UnsupportedTrigger {
        name: "Unsubscribed from List",
        reason: "leaving a list starts no flow",
        way_round: "make a segment of people who left and use Added to Segment",
    },
    UnsupportedTrigger { name: "Opened Email", reason: EMAIL_REASON, way_round: EMAIL_WAY_ROUND },
    UnsupportedTrigger { name: "Clicked Email", reason: EMAIL_REASON, way_round: EMAIL_WAY_ROUND },
    UnsupportedTrigger { name: "Received Email", reason: EMAIL_REASON, way_round: EMAIL_WAY_ROUND },
    UnsupportedTrigger { name: "Bounced Email", reason: EMAIL_REASON, way_round: EMAIL_WAY_ROUND },
    UnsupportedTrigger {
        name: "Profile Property Changed",
        reason: "a changed profile starts no flow",
        way_round: "make a segment of the new value and use Added to Segment",
    },
];

/// The metrics that shops send and that can start a flow, for the choice of a trigger. Any other metric can too.
pub const USUAL_METRICS: [&str; 3] = ["Placed Order", "Started Checkout", "Viewed Product"];

const EMAIL_REASON: &str = "email engagement starts no flow";
const EMAIL_WAY_ROUND: &str = "make a segment of engaged people and use Added to Segment";

/// Everything wrong with the flow: the flow's own problems first, then card by card from top to bottom.
pub fn check(flow: &Flow) -> Vec<FlowProblem> {
    check_after(flow, &Earlier::default())
}

/// A flow that was checked, and what was found.
#[derive(Default)]
pub struct Earlier<'a> {
    flow: Option<&'a Flow>,
    of_webhooks: BTreeMap<&'a NodeId, Vec<&'a FlowProblem>>,
    /// Cards that may not have been looked at, since nothing led to them.
    astray: BTreeSet<&'a NodeId>,
}

impl<'a> Earlier<'a> {
    /// Of a flow, all that [`check`] found wrong with it.
    pub fn new(flow: &'a Flow, problems: &'a [FlowProblem]) -> Self {
        let mut earlier = Self { flow: Some(flow), ..Self::default() };
        for problem in problems {
            let Some(node_id) = &problem.node_id else { continue };
            if problem.field == FlowField::Links {
                earlier.astray.insert(node_id);
            } else if WEBHOOK_FIELDS.contains(&problem.field) {
                earlier.of_webhooks.entry(node_id).or_default().push(problem);
            }
        }
        earlier
    }

    /// What is wrong with a webhook by itself, if it was the same then.
    fn of_webhook(&self, node: &Node) -> Option<&[&'a FlowProblem]> {
        let before = self.flow?.nodes.get(&node.id)?.kind.webhook()?;
        let is_same = node.kind.webhook() == Some(before) && !self.astray.contains(&node.id);
        is_same.then(|| self.of_webhooks.get(&node.id).map(Vec::as_slice).unwrap_or_default())
    }
}

/// As [`check`], of a flow that an edit made of an earlier one: webhooks that are the same are not looked at again, since
/// what their URL and headers may be takes the most time.
pub fn check_after(flow: &Flow, earlier: &Earlier<'_>) -> Vec<FlowProblem> {
    let mut problems = Problems { node_id: None, found: Vec::new() };
    check_trigger(flow, &mut problems);
    check_filters(flow, &mut problems);
    if flow.name.trim().is_empty() {
        problems.passed_over(FlowField::Name, "The flow has no name; give it one to find it again");
    }
    if flow.webhooks().next().is_none() {
        problems.cannot_work(FlowField::Actions, "The flow has no webhook; add one below the trigger");
    }
    if flow.entry.as_ref().is_some_and(|entry| !flow.nodes.contains_key(entry)) {
        problems.cannot_work(FlowField::Links, "The trigger leads to a card that does not exist");
    }
    let circular = circular_links(flow);
    let reached = reach(flow, flow.entry.as_ref());
    let reached_ids: BTreeSet<&NodeId> = reached.iter().map(|node| &node.id).collect();
    let ahead = Ahead::of(flow, &reached);
    for node in &reached {
        problems.node_id = Some(node.id.clone());
        check_links(flow, node, &circular, &mut problems);
        match earlier.of_webhook(node) {
            Some(found) => problems.found.extend(found.iter().copied().cloned()),
            None => check_node(flow, node, &ahead, &mut problems),
        }
    }
    for node_id in flow.nodes.keys().filter(|node_id| !reached_ids.contains(node_id)) {
        problems.node_id = Some(node_id.clone());
        problems.passed_over(FlowField::Links, "Nothing leads to this card; move it below the trigger or delete it");
    }
    problems.found
}

/// What comes after each card, found in one pass: a delay of thousands must not look at all the others.
struct Ahead<'a> {
    /// Whether any action of the flow is manual or live.
    has_started: bool,
    /// The cards that are such an action, or lead to one.
    with_action: BTreeSet<&'a NodeId>,
}

impl<'a> Ahead<'a> {
    fn of(flow: &Flow, reached: &[&'a Node]) -> Self {
        let mut with_action = BTreeSet::new();
        // From the bottom up: once is enough for a tree, and branches that meet again take another round.
        loop {
            let n_before = with_action.len();
            for node in reached.iter().rev() {
                if node.kind.is_action() || node.kind.links().iter().any(|next| with_action.contains(*next)) {
                    with_action.insert(&node.id);
                }
            }
            if with_action.len() == n_before {
                break;
            }
        }
        Self { has_started: flow.status() != ActionStatus::Draft, with_action }
    }
}

struct Problems {
    /// The card that is looked at.
    node_id: Option<NodeId>,
    found: Vec<FlowProblem>,
}

impl Problems {
    fn cannot_work(&mut self, field: FlowField, message: impl Into<String>) {
        self.push(field, FlowSeverity::CannotWork, message.into());
    }

    fn passed_over(&mut self, field: FlowField, message: impl Into<String>) {
        self.push(field, FlowSeverity::PassedOver, message.into());
    }

    fn push(&mut self, field: FlowField, severity: FlowSeverity, message: String) {
        self.found.push(FlowProblem { node_id: self.node_id.clone(), field, severity, message });
    }
}

fn check_trigger(flow: &Flow, problems: &mut Problems) {
    let (chosen, what) = match &flow.trigger {
        Trigger::Unset => ("", "a trigger"),
        Trigger::PriceDrop => return,
        Trigger::Metric { metric } => (metric.as_str(), "the metric that starts the flow"),
        Trigger::List { list } => (list.as_str(), "the list that starts the flow"),
        Trigger::Segment { segment } => (segment.as_str(), "the segment that starts the flow"),
        Trigger::DateProperty { property, .. } => (property.as_str(), "the date property that starts the flow"),
    };
    if chosen.trim().is_empty() {
        problems.cannot_work(FlowField::Trigger, format!("Nothing starts the flow; choose {what}"));
    }
    let unsupported = flow.trigger.metric().and_then(|metric| {
        UNSUPPORTED_TRIGGERS.iter().find(|unsupported| unsupported.name.eq_ignore_ascii_case(metric.trim()))
    });
    if let Some(UnsupportedTrigger { name, reason, way_round }) = unsupported {
        problems.cannot_work(FlowField::Trigger, format!("{name} cannot be a trigger: {reason}; {way_round}"));
    }
}

fn check_filters(flow: &Flow, problems: &mut Problems) {
    if !flow.trigger.has_event() && flow.trigger_filter.is_set_up() {
        let message = "This trigger brings no event, so the trigger filter is never checked; use the profile filter";
        problems.passed_over(FlowField::TriggerFilter, message);
    } else if has_subject(&flow.trigger_filter, Subject::Profile) {
        let message = "A trigger filter compares the event; move conditions on the profile to the profile filter";
        problems.cannot_work(FlowField::TriggerFilter, message);
    }
    if has_subject(&flow.profile_filter, Subject::Event) {
        let message = "A profile filter compares the profile; move conditions on the event to the trigger filter";
        problems.cannot_work(FlowField::ProfileFilter, message);
    }
    for (condition, field) in
        [(&flow.trigger_filter, FlowField::TriggerFilter), (&flow.profile_filter, FlowField::ProfileFilter)]
    {
        check_conditions(condition, field, problems);
    }
}

fn has_subject(groups: &ConditionGroups, subject: Subject) -> bool {
    groups.conditions().any(|condition| condition.is_set_up() && condition.subject == subject)
}

fn check_conditions(groups: &ConditionGroups, field: FlowField, problems: &mut Problems) {
    if groups.conditions().any(|condition| !condition.is_set_up()) {
        problems.passed_over(field, "A condition has no property and is left out; choose one or delete the condition");
    }
    for condition in groups.conditions().filter(|condition| condition.is_set_up()) {
        if let Some(flaw) = condition.flaw() {
            problems
                .cannot_work(field, format!("The condition on {} cannot hold as meant: {flaw}", condition.property));
        }
    }
}

/// The links that lead back to a card above: pairs of the card with the link and the card it leads to.
fn circular_links(flow: &Flow) -> BTreeSet<(&NodeId, &NodeId)> {
    enum Visit<'a> {
        Enter(&'a Node),
        Leave(&'a NodeId),
    }
    let (mut open, mut seen, mut circular) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut stack: Vec<Visit<'_>> = Vec::new();
    stack.extend(flow.entry.as_ref().and_then(|entry| flow.nodes.get(entry)).map(Visit::Enter));
    while let Some(visit) = stack.pop() {
        match visit {
            Visit::Leave(node_id) => {
                open.remove(node_id);
            }
            Visit::Enter(node) => {
                if !seen.insert(&node.id) {
                    continue;
                }
                open.insert(&node.id);
                stack.push(Visit::Leave(&node.id));
                for next in node.kind.links() {
                    if open.contains(next) {
                        circular.insert((&node.id, next));
                    }
                    stack.extend(flow.nodes.get(next).map(Visit::Enter));
                }
            }
        }
    }
    circular
}

fn check_links(flow: &Flow, node: &Node, circular: &BTreeSet<(&NodeId, &NodeId)>, problems: &mut Problems) {
    for next in node.kind.links() {
        if !flow.nodes.contains_key(next) {
            problems.cannot_work(FlowField::Links, format!("This card leads to a card {next} that does not exist"));
        } else if circular.contains(&(&node.id, next)) {
            problems.cannot_work(FlowField::Links, "This card leads back to a card above it; a flow only goes down");
        }
    }
}

fn check_node(flow: &Flow, node: &Node, ahead: &Ahead<'_>, problems: &mut Problems) {
    match &node.kind {
        NodeKind::Webhook { action, .. } => check_webhook(action, problems),
        NodeKind::TimeDelay { delay, next } => {
            check_delay(delay, problems);
            let has_action = next.as_ref().is_some_and(|next| ahead.with_action.contains(next));
            if ahead.has_started && !has_action {
                let message = "No live or manual action comes after this delay, so profiles leave the flow here";
                problems.passed_over(FlowField::Delay, message);
            }
        }
        NodeKind::TriggerSplit { condition, .. } => {
            if !flow.trigger.has_event() {
                let message = "This trigger brings no event to split on; use a conditional split";
                problems.cannot_work(FlowField::Condition, message);
            } else if has_subject(condition, Subject::Profile) {
                let message = "A trigger split compares the event; use a conditional split for the profile";
                problems.cannot_work(FlowField::Condition, message);
            }
            check_split(condition, problems);
        }
        NodeKind::ConditionalSplit { condition, .. } => {
            if has_subject(condition, Subject::Event) {
                let message = "A conditional split compares the profile; use a trigger split for the event";
                problems.cannot_work(FlowField::Condition, message);
            }
            check_split(condition, problems);
        }
        NodeKind::Foreign { action_type: name, .. } | NodeKind::Unknown { name, .. } => {
            let message = format!("Hookwright keeps this card of the type {name} and passes it over");
            problems.passed_over(FlowField::Actions, message);
        }
        NodeKind::Note { .. } => {}
    }
}

fn check_webhook(action: &WebhookAction, problems: &mut Problems) {
    if action.name.trim().is_empty() {
        problems.passed_over(FlowField::Name, "The webhook has no name; give it one to find it in the activity log");
    }
    if action.url.trim().is_empty() {
        let message = "The webhook has no destination and is passed over; enter a URL that begins with https://";
        problems.passed_over(FlowField::Url, message);
    }
    if action.payload.trim().is_empty() {
        problems.passed_over(FlowField::Payload, "The webhook has no payload and is passed over; enter JSON to send");
    }
    if let (false, Err(problem)) = (action.url.trim().is_empty(), check_url(&action.url)) {
        problems.cannot_work(FlowField::Url, capitalized(&problem));
    }
    let is_blank = |row: &HeaderRow| row.name.trim().is_empty() && row.value.is_empty();
    for (row, problem) in action.headers.iter().zip(check_headers(&action.headers)) {
        if let Some(problem) = problem.filter(|_| !is_blank(row)) {
            let name = if row.name.trim().is_empty() { "without a name" } else { row.name.trim() };
            problems.cannot_work(FlowField::Headers, format!("Header {name}: {problem}"));
        }
    }
}

fn capitalized(phrase: &impl ToString) -> String {
    let phrase = phrase.to_string();
    let mut chars = phrase.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn check_delay(delay: &TimeDelay, problems: &mut Problems) {
    if !delay.is_set_up() {
        problems.passed_over(FlowField::Delay, "The delay has no length and is passed over; enter how long to wait");
    }
    let counts_days = match delay.unit {
        DelayUnit::Minutes | DelayUnit::Hours => false,
        DelayUnit::Days => true,
    };
    if !counts_days && (delay.until_time.is_some() || delay.weekdays.is_some()) {
        let message = "A time of day and weekdays work with days only and are ignored; count the delay in days";
        problems.passed_over(FlowField::Delay, message);
    }
    if delay.weekdays.as_ref().is_some_and(BTreeSet::is_empty) {
        problems.passed_over(FlowField::Delay, "No weekday is chosen, so every day is allowed; choose at least one");
    }
}

fn check_split(condition: &ConditionGroups, problems: &mut Problems) {
    if condition.is_set_up() {
        check_conditions(condition, FlowField::Condition, problems);
    } else {
        let message = "The split compares nothing, so everyone goes to Yes; choose a property";
        problems.passed_over(FlowField::Condition, message);
    }
}
