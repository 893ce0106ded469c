//! What differs between two versions of a flow, in words.
//!
//! In: an earlier and a later flow. Out: changes, each at its place, with the lines that differ where there are lines.
//! Invariant: flows that are equal give no change, and flows that differ give at least one.

use std::collections::BTreeSet;

use crate::domain::flow::model::{Flow, HeaderRow, NodeKind, Reentry, RepeatPolicy, WebhookAction};
use crate::domain::flow::tree::slots_of;
use crate::domain::id::NodeId;
use crate::view_model::flow::{
    CardKind, action_status_label, conditions_in_full, delay_in_full, node_kind, node_title, trigger_title,
};

/// Longer texts are said to differ without their lines.
const MAX_LINES: usize = 600;

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The card, or the flow itself.
    pub place: String,
    pub what: String,
    /// The text before and after, line by line; empty where `what` says it all.
    pub lines: Vec<DiffLine>,
}

/// A line of a text that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffLine {
    pub kind: LineKind,
    pub text: String,
}

/// Which of the two texts the line stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    Same,
    Removed,
    Added,
}

/// All that differs, from the flow's own settings down.
pub fn flow_changes(before: &Flow, after: &Flow) -> Vec<Change> {
    let mut changes = Changes { place: "Flow".to_owned(), found: Vec::new() };
    changes.compare("Name", &before.name, &after.name);
    changes.compare("Trigger", &trigger_title(before), &trigger_title(after));
    changes.compare(
        "Trigger filters",
        &conditions_in_full(&before.trigger_filter),
        &conditions_in_full(&after.trigger_filter),
    );
    changes.compare(
        "Profile filters",
        &conditions_in_full(&before.profile_filter),
        &conditions_in_full(&after.profile_filter),
    );
    changes.compare("Re-entry", &reentry_words(before.reentry), &reentry_words(after.reentry));
    for (node_id, node) in &before.nodes {
        if !after.nodes.contains_key(node_id) {
            changes.at(before, node_id);
            changes.push(format!("{} was deleted", node_kind(&node.kind).label()), Vec::new());
        }
    }
    for (node_id, node) in &after.nodes {
        changes.at(after, node_id);
        match before.nodes.get(node_id) {
            None => changes.push(format!("{} was added", node_kind(&node.kind).label()), Vec::new()),
            Some(old) => {
                compare_cards(&old.kind, &node.kind, &mut changes);
                if is_moved(before, after, node_id) {
                    changes.push("Stands in another place".to_owned(), Vec::new());
                }
            }
        }
    }
    if changes.found.is_empty() && before != after {
        changes.place = "Flow".to_owned();
        changes.push("Differs in what is not shown here".to_owned(), Vec::new());
    }
    changes.found
}

struct Changes {
    place: String,
    found: Vec<Change>,
}

impl Changes {
    fn at(&mut self, flow: &Flow, node_id: &NodeId) {
        self.place = node_title(flow, node_id);
    }

    fn push(&mut self, what: String, lines: Vec<DiffLine>) {
        self.found.push(Change { place: self.place.clone(), what, lines });
    }

    fn compare(&mut self, field: &str, before: &str, after: &str) {
        if before != after {
            let shown = |text: &str| if text.is_empty() { "nothing".to_owned() } else { format!("“{text}”") };
            self.push(format!("{field}: {} became {}", shown(before), shown(after)), Vec::new());
        }
    }

    fn compare_text(&mut self, field: &str, before: &str, after: &str) {
        if before != after {
            self.push(format!("{field} changed"), diff_lines(before, after));
        }
    }
}

fn compare_cards(before: &NodeKind, after: &NodeKind, changes: &mut Changes) {
    match (before, after) {
        (NodeKind::Webhook { action: before, .. }, NodeKind::Webhook { action: after, .. }) => {
            compare_webhooks(before, after, changes);
        }
        (NodeKind::TimeDelay { delay: before, .. }, NodeKind::TimeDelay { delay: after, .. }) => {
            changes.compare("Delay", &delay_in_full(before), &delay_in_full(after));
        }
        (
            NodeKind::TriggerSplit { condition: before, .. } | NodeKind::ConditionalSplit { condition: before, .. },
            NodeKind::TriggerSplit { condition: after, .. } | NodeKind::ConditionalSplit { condition: after, .. },
        ) => changes.compare("Condition", &conditions_in_full(before), &conditions_in_full(after)),
        (NodeKind::Note { text: before, .. }, NodeKind::Note { text: after, .. }) => {
            changes.compare_text("Text", before, after);
        }
        (NodeKind::Foreign { definition: before, .. }, NodeKind::Foreign { definition: after, .. }) => {
            if before != after {
                changes.push("What it holds changed".to_owned(), Vec::new());
            }
        }
        (NodeKind::Unknown { name: before, .. }, NodeKind::Unknown { name: after, .. }) => {
            changes.compare("Kind", before, after);
        }
        (before, after) => {
            let (before, after): (CardKind, CardKind) = (node_kind(before), node_kind(after));
            changes.compare("Kind", before.label(), after.label());
        }
    }
}

fn compare_webhooks(before: &WebhookAction, after: &WebhookAction, changes: &mut Changes) {
    changes.compare("Name", &before.name, &after.name);
    changes.compare("Status", action_status_label(before.status), action_status_label(after.status));
    changes.compare("Destination URL", &before.url, &after.url);
    // Values stay out of it: they may be secret.
    for row in &before.headers {
        if !after.headers.iter().any(|other| is_same_name(row, other)) {
            changes.push(format!("Header {} was deleted", row.name), Vec::new());
        }
    }
    for row in &after.headers {
        match before.headers.iter().find(|other| is_same_name(row, other)) {
            None => changes.push(format!("Header {} was added", row.name), Vec::new()),
            Some(other) if other != row => changes.push(format!("Header {} has another value", row.name), Vec::new()),
            Some(_) => {}
        }
    }
    changes.compare_text("Payload", &before.payload, &after.payload);
    changes.compare("Delivery", repeat_words(before.repeat_policy), repeat_words(after.repeat_policy));
}

fn is_same_name(one: &HeaderRow, other: &HeaderRow) -> bool {
    one.name.trim().eq_ignore_ascii_case(other.name.trim())
}

const fn repeat_words(policy: RepeatPolicy) -> &'static str {
    match policy {
        RepeatPolicy::AtLeastOnce => "at least once",
        RepeatPolicy::AtMostOnce => "at most once",
    }
}

fn reentry_words(reentry: Reentry) -> String {
    match reentry {
        Reentry::Always => "every time".to_owned(),
        Reentry::Never => "once only".to_owned(),
        Reentry::AfterHours { hours } => format!("again after {hours} hours"),
    }
}

/// Whether a card hangs from another card than before. What only slid down because a card came in between stays put.
fn is_moved(before: &Flow, after: &Flow, node_id: &NodeId) -> bool {
    let owner = |flow: &Flow| {
        slots_of(flow, node_id).into_iter().next().map(|slot| (slot.owner().cloned(), format!("{slot:?}")))
    };
    let (Some((old_owner, old_slot)), Some((new_owner, new_slot))) = (owner(before), owner(after)) else {
        return false;
    };
    let is_known = |flow: &Flow, owner: &Option<NodeId>| owner.as_ref().is_none_or(|id| flow.nodes.contains_key(id));
    old_slot != new_slot && is_known(after, &old_owner) && is_known(before, &new_owner)
}

/// The lines of both texts: what both have, what was taken out, what came in. Long stretches that agree are cut.
fn diff_lines(before: &str, after: &str) -> Vec<DiffLine> {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    if old.len() > MAX_LINES || new.len() > MAX_LINES {
        return Vec::new();
    }
    // The longest common run of lines from each pair of places on.
    let width = new.len() + 1;
    let mut common = vec![0_u32; (old.len() + 1) * width];
    let at = |table: &[u32], i: usize, j: usize| table.get(i * width + j).copied().unwrap_or(0);
    for (i, one) in old.iter().enumerate().rev() {
        for (j, other) in new.iter().enumerate().rev() {
            let longest = if one == other {
                at(&common, i + 1, j + 1) + 1
            } else {
                at(&common, i + 1, j).max(at(&common, i, j + 1))
            };
            if let Some(cell) = common.get_mut(i * width + j) {
                *cell = longest;
            }
        }
    }
    let line = |kind, text: &str| DiffLine { kind, text: text.to_owned() };
    let (mut i, mut j, mut lines) = (0, 0, Vec::new());
    loop {
        match (old.get(i), new.get(j)) {
            (Some(one), Some(other)) if one == other => {
                lines.push(line(LineKind::Same, one));
                (i, j) = (i + 1, j + 1);
            }
            (Some(one), other) if other.is_none() || at(&common, i + 1, j) >= at(&common, i, j + 1) => {
                lines.push(line(LineKind::Removed, one));
                i += 1;
            }
            (_, Some(other)) => {
                lines.push(line(LineKind::Added, other));
                j += 1;
            }
            (_, None) => break,
        }
    }
    near_changes(lines)
}

/// Keeps two lines around each change.
fn near_changes(lines: Vec<DiffLine>) -> Vec<DiffLine> {
    let near: BTreeSet<usize> = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.kind != LineKind::Same)
        .flat_map(|(idx, _)| idx.saturating_sub(2)..=idx + 2)
        .collect();
    let mut kept = Vec::new();
    let mut is_cut = false;
    for (idx, line) in lines.into_iter().enumerate() {
        if near.contains(&idx) {
            kept.push(line);
            is_cut = false;
        } else if !is_cut {
            kept.push(DiffLine { kind: LineKind::Same, text: "…".to_owned() });
            is_cut = true;
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::flow::edit::{FlowEdit, WebhookChange, apply};
    use crate::domain::flow::model::{ActionStatus, TimeDelay};
    use crate::domain::flow::tree::Slot;
    use crate::domain::samples;

    fn told(edits: Vec<FlowEdit>) -> Vec<String> {
        let before = samples::first_flow();
        let after = edits.into_iter().fold(before.clone(), |flow, edit| apply(&flow, edit).unwrap());
        flow_changes(&before, &after).into_iter().map(|change| format!("{}: {}", change.place, change.what)).collect()
    }

    fn webhook() -> NodeId {
        NodeId::new("hK7pQd")
    }

    #[test]
    fn equal_flows_do_not_differ() {
        assert_eq!(told(vec![]), Vec::<String>::new());
    }

    #[test]
    fn each_change_is_said_at_its_place() {
        let delay =
            NodeKind::TimeDelay { delay: TimeDelay::of(1, crate::domain::flow::delay::DelayUnit::Hours), next: None };
        let insert = FlowEdit::InsertNode { slot: Slot::Entry, node_id: NodeId::new("d"), kind: delay };
        let url = WebhookChange::Url("https://erp.example.com/".to_owned());
        let status = ActionStatus::Manual;
        assert_eq!(
            told(vec![
                FlowEdit::SetName { name: "Orders".to_owned() },
                insert,
                FlowEdit::SetWebhook { node_id: webhook(), change: url },
                FlowEdit::SetWebhook { node_id: webhook(), change: WebhookChange::Headers(vec![]) },
                FlowEdit::SetStatus { node_id: webhook(), status },
            ]),
            [
                "Flow: Name: “Order to ERP” became “Orders”",
                "Wait 1 hour: Time delay was added",
                "Order to ERP: Status: “Live” became “Manual”",
                "Order to ERP: Destination URL: “https://practice.hookwright.invalid/orders” became “https://erp.example.com/”",
                "Order to ERP: Header X-Api-Version was deleted",
            ]
        );
        assert_eq!(told(vec![FlowEdit::DeleteWithBelow { node_id: webhook() }]), ["Order to ERP: Webhook was deleted"]);
    }

    #[test]
    fn a_payload_shows_the_lines_that_differ() {
        let (before, after) = ("{\n1\n2\n3\n4\n5\n6\n}", "{\n1\n2\n3\n4\nfive\n6\n}");
        let lines: Vec<String> = diff_lines(before, after)
            .into_iter()
            .map(|line| {
                let mark = match line.kind {
                    LineKind::Same => ' ',
                    LineKind::Removed => '-',
                    LineKind::Added => '+',
                };
                format!("{mark}{}", line.text)
            })
            .collect();
        assert_eq!(lines, [" …", " 3", " 4", "-5", "+five", " 6", " }"]);
    }
}
