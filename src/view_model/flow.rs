//! The flow as cards on the screen.
//!
//! In: a flow and its problems. Out: a tree of cards with titles, details and badges.
//! Invariant: ends on any links, circular ones too; a card is shown where it is met first.

use std::collections::BTreeSet;

use crate::domain::flow::check::{FlowProblem, FlowSeverity};
use crate::domain::flow::condition::{
    Condition, ConditionGroup, ConditionGroups, ListOperator, NumberOperator, Subject, Test, TextOperator,
};
use crate::domain::flow::delay::Weekday;
use crate::domain::flow::model::{
    ActionStatus, DateOffset, DateSchedule, DelayUnit, Flow, FlowDocument, NodeKind, Recurrence, TimeDelay, Trigger,
};
use crate::domain::id::NodeId;
use crate::view_model::messages::counted;

/// What kind of card it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardKind {
    Trigger,
    Webhook,
    TimeDelay,
    TriggerSplit,
    ConditionalSplit,
    Foreign,
    Note,
}

impl CardKind {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Trigger => "Trigger",
            Self::Webhook => "Webhook",
            Self::TimeDelay => "Time delay",
            Self::TriggerSplit => "Trigger split",
            Self::ConditionalSplit => "Conditional split",
            Self::Foreign => "Not run here",
            Self::Note => "Note",
        }
    }
}

/// One card.
#[derive(Debug, Clone, PartialEq)]
pub struct CardView {
    /// `None` for the trigger.
    pub node_id: Option<NodeId>,
    pub kind: CardKind,
    pub title: String,
    pub detail: String,
    pub status: Option<ActionStatus>,
    /// The worst problem, if there is one.
    pub badge: Option<FlowSeverity>,
    pub n_problems: usize,
    /// `+1 h`
    pub time_hint: Option<String>,
}

/// A piece of the flow, from top to bottom.
#[derive(Debug, Clone, PartialEq)]
pub enum FlowPiece {
    Card(CardView),
    Branches { yes: Vec<FlowPiece>, no: Vec<FlowPiece> },
    End,
}

/// The trigger's card.
pub fn trigger_card(flow: &Flow, problems: &[FlowProblem]) -> CardView {
    let (title, detail) = match &flow.trigger {
        Trigger::Unset => ("No trigger yet".to_owned(), "Choose what starts this flow".to_owned()),
        Trigger::Metric { metric } => (metric.clone(), "When this event comes in".to_owned()),
        Trigger::PriceDrop => ("Price drop".to_owned(), "When a viewed product gets cheaper".to_owned()),
        Trigger::List { list } => (format!("Subscribed to {list}"), "When a profile joins the list".to_owned()),
        Trigger::Segment { segment } => (format!("Added to {segment}"), "When a profile enters the segment".to_owned()),
        Trigger::DateProperty { property, schedule } => (format!("Date {property}"), schedule_line(schedule)),
    };
    let detail = if flow.trigger_filter.is_set_up() {
        format!("If {}", condition_summary(&flow.trigger_filter))
    } else {
        detail
    };
    with_badge(
        CardView {
            node_id: None,
            kind: CardKind::Trigger,
            title,
            detail,
            status: None,
            badge: None,
            n_problems: 0,
            time_hint: None,
        },
        problems,
    )
}

/// The cards below the trigger.
pub fn flow_pieces(flow: &Flow, problems: &[FlowProblem]) -> Vec<FlowPiece> {
    let mut seen = BTreeSet::new();
    branch_pieces(flow, problems, flow.entry.as_ref(), &mut seen)
}

/// One branch. The recursion ends since every split is entered once.
fn branch_pieces<'a>(
    flow: &'a Flow,
    problems: &[FlowProblem],
    start: Option<&'a NodeId>,
    seen: &mut BTreeSet<&'a NodeId>,
) -> Vec<FlowPiece> {
    let mut pieces = Vec::new();
    let mut next = start;
    while let Some(node) = next.and_then(|node_id| flow.nodes.get(node_id)) {
        if !seen.insert(&node.id) {
            break;
        }
        pieces.push(FlowPiece::Card(with_badge(node_card(&node.id, &node.kind), problems)));
        match &node.kind {
            NodeKind::Webhook { next: below, .. }
            | NodeKind::TimeDelay { next: below, .. }
            | NodeKind::Foreign { next: below, .. }
            | NodeKind::Unknown { next: below, .. }
            | NodeKind::Note { next: below, .. } => next = below.as_ref(),
            NodeKind::TriggerSplit { yes, no, .. } | NodeKind::ConditionalSplit { yes, no, .. } => {
                let yes = branch_pieces(flow, problems, yes.as_ref(), seen);
                let no = branch_pieces(flow, problems, no.as_ref(), seen);
                pieces.push(FlowPiece::Branches { yes, no });
                return pieces;
            }
        }
    }
    pieces.push(FlowPiece::End);
    pieces
}

fn node_card(node_id: &NodeId, kind: &NodeKind) -> CardView {
    let (card_kind, title, detail, status, time_hint) = match kind {
        NodeKind::Webhook { action, .. } => {
            let detail = if action.url.trim().is_empty() { "No destination yet" } else { action.url.trim() };
            (CardKind::Webhook, named(&action.name, "Unnamed webhook"), detail.to_owned(), Some(action.status), None)
        }
        NodeKind::TimeDelay { delay, .. } => {
            (CardKind::TimeDelay, delay_title(delay), delay_detail(delay), None, Some(delay_hint(delay)))
        }
        NodeKind::TriggerSplit { condition, .. } => {
            (CardKind::TriggerSplit, "Trigger split".to_owned(), condition_summary(condition), None, None)
        }
        NodeKind::ConditionalSplit { condition, .. } => {
            (CardKind::ConditionalSplit, "Conditional split".to_owned(), condition_summary(condition), None, None)
        }
        NodeKind::Unknown { name, .. } => {
            (CardKind::Foreign, name.clone(), "Unknown to this version; passed over".to_owned(), None, None)
        }
        NodeKind::Foreign { action_type, .. } => {
            (CardKind::Foreign, action_type.clone(), "Kept from Klaviyo and passed over".to_owned(), None, None)
        }
        NodeKind::Note { text, .. } => {
            let first = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("Empty note");
            (CardKind::Note, first.to_owned(), "For whoever reads this flow".to_owned(), None, None)
        }
    };
    CardView {
        node_id: Some(node_id.clone()),
        kind: card_kind,
        title,
        detail,
        status,
        badge: None,
        n_problems: 0,
        time_hint,
    }
}

/// A card of the canvas, the trigger for none, with its worst problem and how many there are.
pub fn card_view(flow: &Flow, node_id: Option<&NodeId>, mark: Option<(FlowSeverity, usize)>) -> Option<CardView> {
    let card = match node_id {
        None => trigger_card(flow, &[]),
        Some(node_id) => node_card(node_id, &flow.nodes.get(node_id)?.kind),
    };
    let (badge, n_problems) = mark.map_or((None, 0), |(severity, n)| (Some(severity), n));
    Some(CardView { badge, n_problems, ..card })
}

/// A name, or what stands for one that is missing.
pub fn named(name: &str, otherwise: &str) -> String {
    if name.trim().is_empty() { otherwise } else { name }.to_owned()
}

/// What a card is called; its id where it is gone.
pub fn node_title(flow: &Flow, node_id: &NodeId) -> String {
    flow.nodes.get(node_id).map_or_else(|| node_id.to_string(), |node| node_card(node_id, &node.kind).title)
}

fn with_badge(card: CardView, problems: &[FlowProblem]) -> CardView {
    let own = || problems.iter().filter(|problem| problem.node_id == card.node_id);
    let (badge, n_problems) = (own().map(|problem| problem.severity).min(), own().count());
    CardView { badge, n_problems, ..card }
}

/// When a date starts the flow, in one line.
pub fn schedule_line(schedule: &DateSchedule) -> String {
    let (one, many) = match schedule.unit {
        DateOffset::Days => ("day", "days"),
        DateOffset::Weeks => ("week", "weeks"),
        DateOffset::Months => ("month", "months"),
    };
    let when = match schedule.before {
        0 => "On the day".to_owned(),
        n => format!("{} before", counted(n as usize, one, many)),
    };
    let often = match schedule.recurrence {
        Recurrence::Never => "once",
        Recurrence::Weekly => "every week",
        Recurrence::Monthly => "every month",
        Recurrence::Annually => "every year",
    };
    format!("{when}, {often}, at {}", schedule.time)
}

fn delay_unit(delay: &TimeDelay) -> &'static str {
    match (delay.unit, delay.value) {
        (DelayUnit::Minutes, 1) => "minute",
        (DelayUnit::Minutes, _) => "minutes",
        (DelayUnit::Hours, 1) => "hour",
        (DelayUnit::Hours, _) => "hours",
        (DelayUnit::Days, 1) => "day",
        (DelayUnit::Days, _) => "days",
    }
}

fn delay_title(delay: &TimeDelay) -> String {
    format!("Wait {} {}", delay.value, delay_unit(delay))
}

fn delay_detail(delay: &TimeDelay) -> String {
    match (delay.until_time, delay.weekdays.as_ref().is_some_and(|days| !days.is_empty())) {
        (Some(time), true) => format!("Then until {time}, on chosen days"),
        (Some(time), false) => format!("Then until {time}"),
        (None, true) => "Ends on chosen days".to_owned(),
        (None, false) => "Then goes on".to_owned(),
    }
}

fn delay_hint(delay: &TimeDelay) -> String {
    let unit = match delay.unit {
        DelayUnit::Minutes => "min",
        DelayUnit::Hours => "h",
        DelayUnit::Days => "d",
    };
    format!("+{} {unit}", delay.value)
}

/// Conditions in full, with their ANDs and ORs; empty without any.
pub fn conditions_in_full(groups: &ConditionGroups) -> String {
    let of_group = |group: &ConditionGroup| {
        let lines: Vec<String> =
            group.conditions.iter().filter(|condition| condition.is_set_up()).map(condition_line).collect();
        lines.join(" or ")
    };
    let groups: Vec<String> = groups.groups.iter().map(of_group).filter(|text| !text.is_empty()).collect();
    match groups.len() {
        0 | 1 => groups.concat(),
        _ => format!("({})", groups.join(") and (")),
    }
}

/// A delay with its time of day, days and zone.
pub fn delay_in_full(delay: &TimeDelay) -> String {
    let mut text = delay_title(delay);
    if let Some(time) = delay.until_time {
        text.push_str(&format!(", then until {time}"));
    }
    if let Some(days) = delay.weekdays.as_ref().filter(|days| !days.is_empty()) {
        let names: Vec<&str> = days.iter().map(|day| weekday_name(*day)).collect();
        text.push_str(&format!(", on {}", names.join(", ")));
    }
    if let Some(zone) = &delay.zone {
        text.push_str(&format!(", in {zone}"));
    }
    text
}

/// A day of the week.
pub const fn weekday_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

/// What starts a flow, with the schedule of a date.
pub fn trigger_title(flow: &Flow) -> String {
    let title = trigger_card(flow, &[]).title;
    match &flow.trigger {
        Trigger::DateProperty { schedule, .. } => format!("{title}, {}", schedule_line(schedule)),
        Trigger::Unset
        | Trigger::Metric { .. }
        | Trigger::PriceDrop
        | Trigger::List { .. }
        | Trigger::Segment { .. } => title,
    }
}

/// The kind of a card.
pub const fn node_kind(kind: &NodeKind) -> CardKind {
    match kind {
        NodeKind::Webhook { .. } => CardKind::Webhook,
        NodeKind::TimeDelay { .. } => CardKind::TimeDelay,
        NodeKind::TriggerSplit { .. } => CardKind::TriggerSplit,
        NodeKind::ConditionalSplit { .. } => CardKind::ConditionalSplit,
        NodeKind::Foreign { .. } | NodeKind::Unknown { .. } => CardKind::Foreign,
        NodeKind::Note { .. } => CardKind::Note,
    }
}

/// Conditions in one line: the first, and how many more.
pub fn condition_summary(groups: &ConditionGroups) -> String {
    let mut conditions = groups.conditions().filter(|condition| condition.is_set_up());
    let Some(first) = conditions.next() else { return "No condition yet".to_owned() };
    match conditions.count() {
        0 => condition_line(first),
        n => format!("{} and {n} more", condition_line(first)),
    }
}

fn condition_line(condition: &Condition) -> String {
    let subject = match condition.subject {
        Subject::Event => "",
        Subject::Profile => "profile ",
    };
    format!("{subject}{} {}", condition.property, test_words(&condition.test))
}

fn test_words(test: &Test) -> String {
    match test {
        Test::Text { operator, value } => format!("{} “{value}”", text_words(*operator)),
        Test::TextIn { values, is_in } => {
            format!("{} {}", if *is_in { "is one of" } else { "is none of" }, values.join(", "))
        }
        Test::Number { operator, value } => format!("{} {value}", number_words(*operator)),
        Test::NumberBetween { start, end } => format!("is between {start} and {end}"),
        Test::Boolean { value } => format!("is {value}"),
        Test::ListContains { value, is_contained: true } => format!("contains “{value}”"),
        Test::ListContains { value, is_contained: false } => format!("does not contain “{value}”"),
        Test::ListSet { operator, values } => format!("{} {}", list_words(*operator), values.join(", ")),
        Test::ListSubstring { value, is_contained: true } => format!("has an item with “{value}”"),
        Test::ListSubstring { value, is_contained: false } => format!("has no item with “{value}”"),
        Test::ListLength { operator, value } => format!("has a length {} {value}", number_words(*operator)),
        Test::Existence { is_set: true } => "is set".to_owned(),
        Test::Existence { is_set: false } => "is not set".to_owned(),
        Test::Date { comparison } => comparison.to_string(),
    }
}

const fn text_words(operator: TextOperator) -> &'static str {
    match operator {
        TextOperator::Equals => "is",
        TextOperator::NotEquals => "is not",
        TextOperator::Contains => "contains",
        TextOperator::NotContains => "does not contain",
        TextOperator::StartsWith => "starts with",
        TextOperator::NotStartsWith => "does not start with",
        TextOperator::EndsWith => "ends with",
        TextOperator::NotEndsWith => "does not end with",
        TextOperator::Matches => "matches",
        TextOperator::NotMatches => "does not match",
    }
}

const fn list_words(operator: ListOperator) -> &'static str {
    match operator {
        ListOperator::ContainsAll => "contains all of",
        ListOperator::ContainsAny => "contains any of",
        ListOperator::NotContainsAll => "lacks some of",
        ListOperator::NotContainsAny => "contains none of",
    }
}

const fn number_words(operator: NumberOperator) -> &'static str {
    match operator {
        NumberOperator::Equals => "=",
        NumberOperator::NotEquals => "≠",
        NumberOperator::GreaterThan => ">",
        NumberOperator::GreaterThanOrEqual => "≥",
        NumberOperator::LessThan => "<",
        NumberOperator::LessThanOrEqual => "≤",
    }
}

/// The word for an action's status.
pub const fn action_status_label(status: ActionStatus) -> &'static str {
    match status {
        ActionStatus::Draft => "Draft",
        ActionStatus::Manual => "Manual",
        ActionStatus::Live => "Live",
    }
}

/// What an action's status means.
pub const fn action_status_meaning(status: ActionStatus) -> &'static str {
    match status {
        ActionStatus::Draft => "Profiles pass over it and nothing is sent.",
        ActionStatus::Manual => "Each request waits in Needs review until a person sends it.",
        ActionStatus::Live => "Each request is sent by itself.",
    }
}

/// Whether what runs is what is on the screen.
pub fn is_saved(document: Option<&FlowDocument>, working: &Flow) -> bool {
    document.and_then(|document| document.saved.as_ref()).is_some_and(|saved| saved.flow == *working)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::flow::model::{Node, WebhookAction};
    use crate::domain::id::FlowId;

    fn webhook(id: &str, next: Option<&str>) -> Node {
        Node {
            id: NodeId::new(id),
            kind: NodeKind::Webhook { action: WebhookAction::blank(id), next: next.map(NodeId::new) },
        }
    }

    fn split(id: &str, yes: Option<&str>, no: Option<&str>) -> Node {
        Node {
            id: NodeId::new(id),
            kind: NodeKind::TriggerSplit {
                condition: ConditionGroups::of(Condition {
                    subject: Subject::Event,
                    property: "$value".to_owned(),
                    test: Test::Number { operator: NumberOperator::GreaterThan, value: 100.0 },
                }),
                yes: yes.map(NodeId::new),
                no: no.map(NodeId::new),
            },
        }
    }

    fn flow(entry: &str, nodes: Vec<Node>) -> Flow {
        let mut flow = Flow::blank(FlowId::new("f"), "f");
        flow.entry = Some(NodeId::new(entry));
        flow.nodes = nodes.into_iter().map(|node| (node.id.clone(), node)).collect();
        flow
    }

    fn outline(pieces: &[FlowPiece]) -> String {
        let words: Vec<_> = pieces
            .iter()
            .map(|piece| match piece {
                FlowPiece::Card(card) => card.node_id.as_ref().map(ToString::to_string).unwrap_or_default(),
                FlowPiece::Branches { yes, no } => format!("({} | {})", outline(yes), outline(no)),
                FlowPiece::End => "end".to_owned(),
            })
            .collect();
        words.join(" ")
    }

    #[test]
    fn branches_stand_side_by_side_and_each_ends() {
        let flow = flow("a", vec![webhook("a", Some("s")), split("s", Some("y"), None), webhook("y", None)]);
        assert_eq!(outline(&flow_pieces(&flow, &[])), "a s (y end | end)");
    }

    #[test]
    fn a_circle_ends() {
        let flow = flow("a", vec![webhook("a", Some("b")), webhook("b", Some("a"))]);
        assert_eq!(outline(&flow_pieces(&flow, &[])), "a b end");
    }

    #[test]
    fn a_split_says_its_condition() {
        let flow = flow("s", vec![split("s", None, None)]);
        let pieces = flow_pieces(&flow, &[]);
        assert!(matches!(pieces.first(), Some(FlowPiece::Card(card)) if card.detail == "$value > 100"), "{pieces:?}");
    }

    #[test]
    fn the_worst_problem_is_the_badge() {
        let problem = |severity| FlowProblem {
            node_id: Some(NodeId::new("a")),
            field: crate::domain::flow::check::FlowField::Url,
            severity,
            message: String::new(),
        };
        let problems = [problem(FlowSeverity::PassedOver), problem(FlowSeverity::CannotWork)];
        let flow = flow("a", vec![webhook("a", None)]);
        let pieces = flow_pieces(&flow, &problems);
        let Some(FlowPiece::Card(card)) = pieces.first() else { panic!("no card") };
        assert_eq!((card.badge, card.n_problems), (Some(FlowSeverity::CannotWork), 2));
    }
}
