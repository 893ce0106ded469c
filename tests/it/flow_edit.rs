//! Edits of flows: a tree stays a tree, and undo gives back what was there.

use std::sync::Arc;

use hookwright::domain::flow::check;
use hookwright::domain::flow::condition::ConditionGroups;
use hookwright::domain::flow::delay::{DelayUnit, TimeDelay};
use hookwright::domain::flow::edit::{EditError, FlowEdit, Scope, WebhookChange, apply, copy, move_down, move_up};
use hookwright::domain::flow::model::{ActionStatus, Branch, Flow, NodeKind, Trigger};
use hookwright::domain::flow::steps::FlowHistory;
use hookwright::domain::flow::tree::{Slot, is_tree, slots_below};
use hookwright::domain::id::NodeId;
use proptest::prelude::*;

use crate::flow::{flow_of, link, split_flow, wait, webhook};

fn id(text: &str) -> NodeId {
    NodeId::new(text)
}

fn split(yes: &str, no: &str) -> NodeKind {
    NodeKind::TriggerSplit { condition: ConditionGroups::default(), yes: link(yes), no: link(no) }
}

/// The shape of a flow: `a b split(yes: c; no: d)`.
fn shape(flow: &Flow) -> String {
    fn from(flow: &Flow, node_id: Option<&NodeId>) -> String {
        let Some(node_id) = node_id else { return String::new() };
        let below = match &flow.nodes[node_id].kind {
            NodeKind::TriggerSplit { yes, no, .. } | NodeKind::ConditionalSplit { yes, no, .. } => {
                let (yes, no) = (from(flow, yes.as_ref()), from(flow, no.as_ref()));
                return format!("{node_id}({yes};{no})");
            }
            NodeKind::Webhook { next, .. }
            | NodeKind::TimeDelay { next, .. }
            | NodeKind::Foreign { next, .. }
            | NodeKind::Unknown { next, .. }
            | NodeKind::Note { next, .. } => from(flow, next.as_ref()),
        };
        format!("{node_id} {below}").trim_end().to_owned()
    }
    from(flow, flow.entry.as_ref())
}

/// `a b s(c;d)`.
fn small() -> Flow {
    flow_of(vec![
        ("a", webhook(ActionStatus::Live, "b")),
        ("b", wait(1, DelayUnit::Hours, "s")),
        ("s", split("c", "d")),
        ("c", webhook(ActionStatus::Draft, "")),
        ("d", webhook(ActionStatus::Draft, "")),
    ])
}

#[track_caller]
fn check(edit: FlowEdit, expected: &str) {
    let flow = apply(&small(), edit).unwrap();
    assert_eq!(shape(&flow), expected);
    assert!(is_tree(&flow));
}

#[test]
fn a_card_goes_between_two_others() {
    for (slot, expected) in [
        (Slot::Entry, "n a b s(c;d)"),
        (Slot::below(&id("a")), "a n b s(c;d)"),
        (Slot::branch(&id("s"), Branch::No), "a b s(c;n d)"),
        (Slot::below(&id("c")), "a b s(c n;d)"),
    ] {
        // Links that come with the card are not believed.
        let kind = webhook(ActionStatus::Draft, "a");
        check(FlowEdit::InsertNode { slot, node_id: id("n"), kind }, expected);
    }
}

#[test]
fn a_split_put_in_takes_everything_below_to_yes() {
    let slot = Slot::below(&id("a"));
    check(FlowEdit::InsertNode { slot, node_id: id("n"), kind: split("", "") }, "a n(b s(c;d);)");
}

#[test]
fn moves() {
    for (node_id, slot, scope, expected) in [
        ("a", Slot::below(&id("b")), Scope::Card, "b a s(c;d)"),
        ("a", Slot::branch(&id("s"), Branch::No), Scope::Card, "b s(c;a d)"),
        ("d", Slot::Entry, Scope::Card, "d a b s(c;)"),
        ("c", Slot::below(&id("d")), Scope::Card, "a b s(;d c)"),
        ("s", Slot::Entry, Scope::Card, "s(c a b;d)"),
        ("b", Slot::Entry, Scope::WithBelow, "b s(c a;d)"),
        ("a", Slot::Entry, Scope::Card, "a b s(c;d)"),
        ("a", Slot::below(&id("a")), Scope::Card, "a b s(c;d)"),
    ] {
        check(FlowEdit::MoveNode { node_id: id(node_id), slot, scope }, expected);
    }
}

#[test]
fn cards_move_up_and_down_by_keyboard() {
    check(move_up(&small(), &id("b")).unwrap(), "b a s(c;d)");
    check(move_up(&small(), &id("d")).unwrap(), "a b d s(c;)");
    check(move_down(&small(), &id("a")).unwrap(), "b a s(c;d)");
    check(move_down(&small(), &id("b")).unwrap(), "a s(b c;d)");
    assert_eq!(move_up(&small(), &id("a")), None);
    assert_eq!(move_up(&small(), &id("s")), None);
    assert_eq!(move_down(&small(), &id("d")), None);
}

#[test]
fn deletes() {
    for (node_id, keep, expected) in [
        ("a", Branch::Yes, "b s(c;d)"),
        ("b", Branch::No, "a s(c;d)"),
        ("s", Branch::Yes, "a b c"),
        ("s", Branch::No, "a b d"),
        ("d", Branch::Yes, "a b s(c;)"),
    ] {
        check(FlowEdit::DeleteNode { node_id: id(node_id), keep }, expected);
    }
    check(FlowEdit::DeleteWithBelow { node_id: id("b") }, "a");
    check(FlowEdit::DeleteWithBelow { node_id: id("a") }, "");
}

#[test]
fn flip_and_paste() {
    check(FlowEdit::FlipSplit { node_id: id("s") }, "a b s(d;c)");
    let mut ids = ["w", "x", "y", "z"].into_iter().map(id);
    let clip = copy(&small(), &id("b"), Scope::WithBelow).unwrap().with_ids(|| ids.next().unwrap());
    assert_eq!(clip.nodes.len(), 4);
    check(FlowEdit::Paste { slot: Slot::below(&id("d")), clip }, "a b s(c;d w z(x;y))");
    let clip = copy(&small(), &id("b"), Scope::Card).unwrap().with_ids(|| id("n"));
    check(FlowEdit::Paste { slot: Slot::Entry, clip }, "n a b s(c;d)");
}

#[test]
fn impossible_edits_say_why() {
    let unknown = || id("gone");
    for (edit, expected) in [
        (FlowEdit::FlipSplit { node_id: unknown() }, EditError::UnknownNode { node_id: unknown() }),
        (FlowEdit::FlipSplit { node_id: id("a") }, EditError::WrongKind { node_id: id("a"), field: "branches" }),
        (
            FlowEdit::MoveNode { node_id: id("b"), slot: Slot::below(&id("c")), scope: Scope::WithBelow },
            EditError::SlotInsideMoved { node_id: id("b") },
        ),
        (
            FlowEdit::InsertNode { slot: Slot::below(&id("s")), node_id: id("n"), kind: split("", "") },
            EditError::UnknownSlot { slot: Slot::below(&id("s")) },
        ),
        (
            FlowEdit::InsertNode { slot: Slot::Entry, node_id: id("a"), kind: split("", "") },
            EditError::IdTaken { node_id: id("a") },
        ),
        (
            FlowEdit::SetDelay { node_id: id("a"), delay: TimeDelay::of(1, DelayUnit::Days) },
            EditError::WrongKind { node_id: id("a"), field: "delay" },
        ),
    ] {
        assert_eq!(apply(&small(), edit.clone()), Err(expected), "{edit:?}");
    }
}

#[test]
fn fields_and_statuses_are_set() {
    let edits = [
        FlowEdit::SetName { name: "Renamed".to_owned() },
        FlowEdit::SetTrigger { trigger: Trigger::PriceDrop },
        FlowEdit::SetAllStatuses { status: ActionStatus::Manual },
        FlowEdit::SetStatus { node_id: id("d"), status: ActionStatus::Live },
        FlowEdit::SetWebhook { node_id: id("a"), change: WebhookChange::Url("https://x.example.com".to_owned()) },
        FlowEdit::SetDelay { node_id: id("b"), delay: TimeDelay::of(2, DelayUnit::Days) },
    ];
    let flow = edits.into_iter().fold(small(), |flow, edit| apply(&flow, edit).unwrap());
    assert_eq!((flow.name.as_str(), &flow.trigger), ("Renamed", &Trigger::PriceDrop));
    let statuses: Vec<_> = flow.webhooks().map(|(_, action)| action.status).collect();
    assert_eq!(statuses, [ActionStatus::Manual, ActionStatus::Manual, ActionStatus::Live]);
    assert_eq!(flow.webhooks().next().unwrap().1.url, "https://x.example.com");
}

/// Numbers that stand for an edit of whatever flow they meet.
pub type Act = (u8, usize, usize, bool);

pub fn edit_for(flow: &Flow, (kind, first, second, flag): Act, n: usize) -> FlowEdit {
    let slots: Vec<Slot> = std::iter::once(Slot::Entry).chain(flow.nodes.values().flat_map(slots_below)).collect();
    let slot = slots[second % slots.len()].clone();
    let nodes: Vec<&NodeId> = flow.nodes.keys().collect();
    let new_id = id(&format!("n{n}"));
    let branch = if flag { Branch::Yes } else { Branch::No };
    let scope = if flag { Scope::Card } else { Scope::WithBelow };
    let Some(node_id) = nodes.get(first % nodes.len().max(1)).map(|node_id| (*node_id).clone()) else {
        return FlowEdit::InsertNode { slot, node_id: new_id, kind: split("", "") };
    };
    match kind % 8 {
        0 => FlowEdit::InsertNode { slot, node_id: new_id, kind: webhook(ActionStatus::Live, "a") },
        1 => FlowEdit::InsertNode { slot, node_id: new_id, kind: split("a", "b") },
        2 | 3 => FlowEdit::MoveNode { node_id, slot, scope },
        4 => FlowEdit::DeleteNode { node_id, keep: branch },
        5 => FlowEdit::FlipSplit { node_id },
        6 => {
            let mut count = 0;
            let fresh = || {
                count += 1;
                id(&format!("n{n}-{count}"))
            };
            FlowEdit::Paste { slot, clip: copy(flow, &node_id, scope).unwrap().with_ids(fresh) }
        }
        _ => move_up(flow, &node_id)
            .or_else(|| move_down(flow, &node_id))
            .unwrap_or(FlowEdit::SetAllStatuses { status: ActionStatus::Live }),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn every_edit_keeps_the_tree_and_can_be_undone(acts in prop::collection::vec(any::<Act>(), 1..40)) {
        let start = split_flow();
        let mut history = FlowHistory::of(Arc::new(start.clone()));
        for (n, act) in acts.into_iter().enumerate() {
            let flow = history.present().clone();
            if flow.nodes.len() > 60 {
                break;
            }
            let edit = edit_for(&flow, act, n);
            let is_delete = matches!(edit, FlowEdit::DeleteNode { .. });
            match apply(&flow, edit.clone()) {
                Ok(edited) => {
                    prop_assert!(is_tree(&edited), "{edit:?} of {} gave {edited:?}", shape(&flow));
                    let kept = flow.nodes.keys().all(|node_id| edited.nodes.contains_key(node_id));
                    prop_assert!(is_delete || kept, "{edit:?} lost a card");
                    let found = check::check(&flow);
                    let found_after = check::check_after(&edited, &check::Earlier::new(&flow, &found));
                    prop_assert_eq!(found_after, check::check(&edited), "{:?}", edit);
                    history.record(Arc::new(edited), edit.fold_key().as_deref());
                }
                Err(EditError::SlotInsideMoved { .. } | EditError::WrongKind { .. }) => {}
                Err(error) => prop_assert!(false, "{edit:?}: {error}"),
            }
        }
        let end = history.present().clone();
        while history.undo().is_some() {}
        prop_assert_eq!(&**history.present(), &start);
        while history.redo().is_some() {}
        prop_assert_eq!(history.present(), &end);
    }
}
