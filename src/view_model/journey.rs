//! A journey and a trial of the trigger, as the screen shows them.
//!
//! In: a journey with the flow it went through. Out: what is lit on the canvas, and lines in words.
//! Invariant: says why for every card that is passed over and every way that is not taken.

use std::collections::BTreeMap;

use crate::domain::flow::condition::Verdict;
use crate::domain::flow::journey::{Journey, StepKind};
use crate::domain::flow::model::{Branch, Flow};
use crate::domain::flow::run::{PassReason, Refusal};
use crate::domain::id::NodeId;
use crate::domain::time::Timestamp;
use crate::view_model::delivery::Tone;
use crate::view_model::flow::node_title;
use crate::view_model::messages::sentence;
use crate::view_model::time::duration;

/// What a journey does with a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passage {
    /// The card did what it is there for.
    Passed,
    /// The profile went by.
    Skipped,
}

/// A journey, for the canvas to light and for the panel to tell.
#[derive(Debug, Clone, PartialEq)]
pub struct JourneyView {
    /// Whether the profile enters at all.
    pub is_entered: bool,
    /// `None` when all is as it would run; else what the preview pretends.
    pub caveat: Option<&'static str>,
    pub headline: String,
    /// The conditions that refused the profile.
    pub reasons: Vec<ReasonLine>,
    pub lines: Vec<JourneyLine>,
    passages: BTreeMap<NodeId, Passage>,
    branches: BTreeMap<NodeId, Branch>,
}

/// One card on the way, in words.
#[derive(Debug, Clone, PartialEq)]
pub struct JourneyLine {
    pub node_id: NodeId,
    pub title: String,
    /// `at once`, `after 1 h`.
    pub when: String,
    pub outcome: String,
    pub tone: Tone,
    pub reasons: Vec<ReasonLine>,
}

/// One comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReasonLine {
    pub is_held: bool,
    /// `$value is 129.5; asked: greater than 100`
    pub text: String,
}

impl JourneyView {
    /// The journey in words.
    pub fn of(flow: &Flow, journey: &Journey, started_at: Timestamp) -> Self {
        let mut view = Self {
            is_entered: journey.refusal.is_none(),
            caveat: (journey.is_all_draft && journey.refusal.is_none()).then_some(ALL_DRAFT),
            headline: String::new(),
            reasons: Vec::new(),
            lines: Vec::new(),
            passages: BTreeMap::new(),
            branches: BTreeMap::new(),
        };
        if let Some(refusal) = &journey.refusal {
            view.headline = refusal_headline(refusal);
            view.reasons = refusal_reasons(refusal);
            return view;
        }
        let mut n_sent = 0_usize;
        for step in &journey.steps {
            let (outcome, tone, passage, reasons) = match &step.what {
                StepKind::Sends => {
                    n_sent += 1;
                    ("Sends its request".to_owned(), Tone::Ok, Passage::Passed, Vec::new())
                }
                StepKind::AsksForReview => {
                    n_sent += 1;
                    let outcome = "Its request waits in Needs review".to_owned();
                    (outcome, Tone::Wait, Passage::Passed, Vec::new())
                }
                StepKind::Waits { until } => {
                    let outcome = format!("Waits {}", duration(until.millis_since(step.at)));
                    (outcome, Tone::Neutral, Passage::Passed, Vec::new())
                }
                StepKind::TakesBranch { branch, verdict } => {
                    view.branches.insert(step.node_id.clone(), *branch);
                    let outcome = match branch {
                        Branch::Yes => "Goes to Yes",
                        Branch::No => "Goes to No",
                    };
                    (outcome.to_owned(), Tone::Accent, Passage::Passed, reason_lines(verdict))
                }
                StepKind::PassedOver { reason } => {
                    // A split that compares nothing sends everybody to Yes.
                    view.branches.insert(step.node_id.clone(), Branch::Yes);
                    (pass_words(reason), Tone::Neutral, Passage::Skipped, pass_reasons(reason))
                }
            };
            view.passages.insert(step.node_id.clone(), passage);
            view.lines.push(JourneyLine {
                node_id: step.node_id.clone(),
                title: node_title(flow, &step.node_id),
                when: match step.at.millis_since(started_at) {
                    0 => "at once".to_owned(),
                    later => format!("after {}", duration(later)),
                },
                outcome,
                tone,
                reasons,
            });
        }
        let ends = journey.end.as_ref().map(sentence).unwrap_or_default();
        view.headline = match n_sent {
            0 if journey.is_all_draft => "The trigger and its filters let this profile in.".to_owned(),
            0 => format!("Enters, and nothing is sent. {ends}"),
            1 => format!("Enters, and one request is sent. {ends}"),
            n => format!("Enters, and {n} requests are sent. {ends}"),
        };
        view
    }

    /// What happens at a card; `None` where the journey does not come by.
    pub fn passage(&self, node_id: &NodeId) -> Option<Passage> {
        self.passages.get(node_id).copied()
    }

    /// The branch taken at a split.
    pub fn branch(&self, node_id: &NodeId) -> Option<Branch> {
        self.branches.get(node_id).copied()
    }
}

/// Whether a profile enters, and why not.
#[derive(Debug, Clone, PartialEq)]
pub struct TrialLine {
    /// `Placed Order, 10023`, or the profile's address.
    pub label: String,
    pub detail: String,
    pub is_entered: bool,
    pub headline: String,
    pub reasons: Vec<ReasonLine>,
}

impl TrialLine {
    /// A trial in words.
    pub fn of(label: String, detail: String, outcome: &Result<(), Refusal>) -> Self {
        match outcome {
            Ok(()) => Self { label, detail, is_entered: true, headline: "Would enter".to_owned(), reasons: Vec::new() },
            Err(refusal) => Self {
                label,
                detail,
                is_entered: false,
                headline: refusal_headline(refusal),
                reasons: refusal_reasons(refusal),
            },
        }
    }
}

const ALL_DRAFT: &str = "Every action is a draft, so nobody enters yet. This is the way once they are live.";

fn refusal_headline(refusal: &Refusal) -> String {
    match refusal {
        Refusal::TriggerFilter { .. } => "Would not enter: the trigger filter does not hold.".to_owned(),
        Refusal::ProfileFilter { .. } => "Would not enter: the profile filter does not hold.".to_owned(),
        Refusal::NoTrigger
        | Refusal::OtherTrigger { .. }
        | Refusal::NoAction
        | Refusal::EveryActionDraft
        | Refusal::EventTooOld { .. }
        | Refusal::NoDate { .. }
        | Refusal::NoReentry
        | Refusal::ReentryLater { .. } => format!("Would not enter: {refusal}."),
    }
}

fn refusal_reasons(refusal: &Refusal) -> Vec<ReasonLine> {
    match refusal {
        Refusal::TriggerFilter { verdict } | Refusal::ProfileFilter { verdict } => reason_lines(verdict),
        Refusal::NoTrigger
        | Refusal::OtherTrigger { .. }
        | Refusal::NoAction
        | Refusal::EveryActionDraft
        | Refusal::EventTooOld { .. }
        | Refusal::NoDate { .. }
        | Refusal::NoReentry
        | Refusal::ReentryLater { .. } => Vec::new(),
    }
}

fn pass_words(reason: &PassReason) -> String {
    match reason {
        PassReason::ProfileFilter { .. } => "Passed over: the profile filter does not hold".to_owned(),
        PassReason::Draft
        | PassReason::NotSetUp
        | PassReason::AlreadyRun
        | PassReason::NothingAhead
        | PassReason::Foreign { .. } => format!("Passed over: {reason}"),
    }
}

fn pass_reasons(reason: &PassReason) -> Vec<ReasonLine> {
    match reason {
        PassReason::ProfileFilter { verdict } => reason_lines(verdict),
        PassReason::Draft
        | PassReason::NotSetUp
        | PassReason::AlreadyRun
        | PassReason::NothingAhead
        | PassReason::Foreign { .. } => Vec::new(),
    }
}

fn reason_lines(verdict: &Verdict) -> Vec<ReasonLine> {
    verdict.reasons.iter().map(|reason| ReasonLine { is_held: reason.is_held, text: reason.text.clone() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::flow::delay::{DelayUnit, TimeDelay, UtcOnly};
    use crate::domain::flow::journey::{Traveller, preview_journey};
    use crate::domain::flow::model::{ActionStatus, Node, NodeKind};
    use crate::domain::samples;

    fn view(flow: &Flow) -> JourneyView {
        let samples = samples::all().unwrap();
        let event = samples.default_event().unwrap();
        let now = Timestamp::from_millis(0);
        let profile = samples.profile_of(event).unwrap();
        let traveller = Traveller { event: Some(event), profile, now, time_zone: "UTC", zones: &UtcOnly };
        JourneyView::of(flow, &preview_journey(flow, traveller), now)
    }

    #[test]
    fn a_journey_lights_its_cards_and_says_when() {
        let mut flow = samples::first_flow();
        let delay = TimeDelay::of(90, DelayUnit::Minutes);
        let wait = Node { id: NodeId::new("w"), kind: NodeKind::TimeDelay { delay, next: flow.entry.take() } };
        flow.entry = Some(wait.id.clone());
        flow.nodes.insert(wait.id.clone(), wait);
        let told = view(&flow);
        let lines: Vec<_> =
            told.lines.iter().map(|line| format!("{} {} {}", line.title, line.when, line.outcome)).collect();
        assert_eq!(
            lines,
            ["Wait 90 minutes at once Waits 1 h 30 min", "Order to ERP after 1 h 30 min Sends its request"]
        );
        assert_eq!(told.headline, "Enters, and one request is sent. The end of the flow was reached.");
        assert_eq!(told.passage(&NodeId::new("w")), Some(Passage::Passed));
        assert_eq!(told.passage(&NodeId::new("elsewhere")), None);
        assert_eq!(told.caveat, None);
    }

    #[test]
    fn a_draft_flow_says_what_it_pretends() {
        let mut flow = samples::first_flow();
        for node in flow.nodes.values_mut() {
            if let NodeKind::Webhook { action, .. } = &mut node.kind {
                action.status = ActionStatus::Draft;
            }
        }
        let told = view(&flow);
        assert_eq!(told.caveat, Some(ALL_DRAFT));
        assert_eq!(told.lines.first().map(|line| line.outcome.as_str()), Some("Passed over: it is a draft"));
    }
}
