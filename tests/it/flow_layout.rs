//! The tree's geometry: nothing overlaps, little moves, and depth does no harm.

use hookwright::domain::flow::check::check as problems_of;
use hookwright::domain::flow::condition::ConditionGroups;
use hookwright::domain::flow::delay::DelayUnit;
use hookwright::domain::flow::edit::{FlowEdit, Scope, apply, copy};
use hookwright::domain::flow::layout::{CARD_HEIGHT, CARD_WIDTH, Layout, LineFoot, Point, layout};
use hookwright::domain::flow::model::{ActionStatus, Branch, Flow, Node, NodeKind};
use hookwright::domain::flow::tree::{Slot, is_tree, reach, slots_below, slots_of};
use hookwright::domain::id::NodeId;
use proptest::prelude::*;

use crate::flow::{flow_of, link, split_flow, wait, webhook};
use crate::flow_edit::{Act, edit_for};

fn corner(layout: &Layout, node_id: &str) -> Point {
    layout.cards.iter().find(|card| card.node_id.as_str() == node_id).unwrap().corner
}

fn split(yes: &str, no: &str) -> NodeKind {
    NodeKind::TriggerSplit { condition: ConditionGroups::default(), yes: link(yes), no: link(no) }
}

#[track_caller]
fn assert_nothing_overlaps(layout: &Layout) {
    let corners: Vec<Point> = layout.cards.iter().map(|card| card.corner).chain([layout.trigger]).collect();
    for (idx, one) in corners.iter().enumerate() {
        for other in &corners[idx + 1..] {
            let is_apart = (one.x - other.x).abs() >= CARD_WIDTH || (one.y - other.y).abs() >= CARD_HEIGHT;
            assert!(is_apart, "{one:?} {other:?}");
        }
        assert!(one.x >= layout.top_left.x && one.x + CARD_WIDTH <= layout.bottom_right.x);
        assert!(one.y >= layout.top_left.y && one.y + CARD_HEIGHT <= layout.bottom_right.y);
    }
}

#[test]
fn yes_stands_left_and_no_right_of_a_split() {
    let layout = layout(&split_flow());
    let (split, yes, no) = (corner(&layout, "split"), corner(&layout, "a"), corner(&layout, "b"));
    assert!(yes.x < split.x && split.x < no.x);
    assert_eq!((yes.y, split.x - yes.x), (no.y, no.x - split.x));
    assert_eq!((layout.trigger.x, corner(&layout, "wait").x), (split.x, split.x));
    // One line a slot: below the trigger, the delay and both actions, and two below the split.
    assert_eq!(layout.lines.len(), 6);
    assert_eq!(layout.lines.iter().filter(|line| line.foot == LineFoot::End).count(), 2);
    assert_nothing_overlaps(&layout);
}

#[test]
fn an_empty_flow_has_one_place_to_put_a_card() {
    let layout = layout(&flow_of(vec![]));
    assert_eq!(layout.cards, []);
    assert_eq!(
        layout.lines.iter().map(|line| (&line.slot, &line.foot)).collect::<Vec<_>>(),
        [(&Slot::Entry, &LineFoot::End)]
    );
}

#[test]
fn nested_splits_do_not_overlap() {
    let mut flow = flow_of(vec![]);
    let mut slots = vec![Slot::Entry];
    for n in 0..40 {
        let slot = slots.remove(n * 7 % slots.len());
        let node_id = NodeId::new(format!("s{n}"));
        slots.push(Slot::branch(&node_id, Branch::Yes));
        slots.push(Slot::branch(&node_id, Branch::No));
        flow = apply(&flow, FlowEdit::InsertNode { slot, node_id, kind: split("", "") }).unwrap();
    }
    assert_nothing_overlaps(&layout(&flow));
}

#[test]
fn a_card_put_below_a_branch_moves_nothing_else() {
    let before = layout(&split_flow());
    let slot = Slot::below(&NodeId::new("a"));
    let kind = webhook(ActionStatus::Draft, "");
    let after = layout(&apply(&split_flow(), FlowEdit::InsertNode { slot, node_id: NodeId::new("n"), kind }).unwrap());
    for card in &before.cards {
        assert_eq!(corner(&after, card.node_id.as_str()), card.corner, "{}", card.node_id);
    }
}

#[test]
fn branches_that_meet_again_and_circles_are_drawn_once() {
    let flow = flow_of(vec![
        ("s", split("a", "b")),
        ("a", webhook(ActionStatus::Live, "c")),
        ("b", webhook(ActionStatus::Live, "c")),
        ("c", webhook(ActionStatus::Live, "s")),
    ]);
    let layout = layout(&flow);
    assert_eq!(layout.cards.len(), 4);
    let joins: Vec<_> = layout
        .lines
        .iter()
        .filter_map(|line| match &line.foot {
            LineFoot::Joins { node_id } => Some((line.slot.owner().unwrap().as_str(), node_id.as_str())),
            LineFoot::Card { .. } | LineFoot::End => None,
        })
        .collect();
    assert_eq!(joins, [("c", "s"), ("b", "c")]);
    assert_nothing_overlaps(&layout);
}

/// 3,000 cards below one another; every tenth is a split whose *No* branch is empty.
fn deep_flow() -> Flow {
    let mut flow = flow_of(vec![]);
    for n in 0..3_000 {
        let next = if n == 2_999 { String::new() } else { format!("n{}", n + 1) };
        let kind = if n % 10 == 9 { split(&next, "") } else { wait(1, DelayUnit::Hours, &next) };
        let id = NodeId::new(format!("n{n}"));
        flow.nodes.insert(id.clone(), Node { id, kind });
    }
    flow.entry = link("n0");
    flow
}

#[test]
fn three_thousand_cards_deep_is_no_harm() {
    let flow = deep_flow();
    assert!(is_tree(&flow));
    assert_eq!(layout(&flow).cards.len(), 3_000);
    assert!(!problems_of(&flow).is_empty());
    let clip = copy(&flow, &NodeId::new("n1500"), Scope::WithBelow).unwrap();
    assert_eq!(clip.nodes.len(), 1_500);
    let edited = apply(&flow, FlowEdit::DeleteWithBelow { node_id: NodeId::new("n1500") }).unwrap();
    assert_eq!(edited.nodes.len(), 1_500);
}

/// The cards from each card on, with what they lead to: the same text, the same subtree.
fn subtree(flow: &Flow, node_id: &NodeId) -> String {
    let links =
        |node: &Node| slots_below(node).iter().map(|slot| slot.link(flow).flatten().cloned()).collect::<Vec<_>>();
    reach(flow, Some(node_id)).into_iter().map(|node| format!("{}{:?};", node.id, links(node))).collect()
}

/// The cards above a card, the trigger's slot first, with which of them are splits.
fn way_to(flow: &Flow, node_id: &NodeId) -> Vec<(NodeId, bool)> {
    let mut way = Vec::new();
    let mut at = node_id.clone();
    while let Some(owner) = slots_of(flow, &at).first().and_then(|slot| slot.owner().cloned()) {
        way.push((owner.clone(), flow.nodes[&owner].kind.is_split()));
        at = owner;
    }
    way
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn an_edit_moves_only_what_must_move(acts in prop::collection::vec(any::<Act>(), 1..40)) {
        let mut flow = split_flow();
        for (n, act) in acts.into_iter().enumerate() {
            let Ok(edited) = apply(&flow, edit_for(&flow, act, n)) else { continue };
            if edited.nodes.len() > 60 {
                break;
            }
            let (before, after) = (layout(&flow), layout(&edited));
            assert_nothing_overlaps(&after);
            prop_assert_eq!(before.trigger, after.trigger);
            let n_splits = |flow: &Flow| flow.nodes.values().filter(|node| node.kind.is_split()).count();
            let is_split_moved = act.0 % 8 == 2 || act.0 % 8 == 3 || n_splits(&flow) != n_splits(&edited) || act.0 % 8 == 5;
            for card in &before.cards {
                if !edited.nodes.contains_key(&card.node_id) {
                    continue;
                }
                let now = corner(&after, card.node_id.as_str());
                // As many cards above, as many splits among them: the same height.
                let (way, new_way) = (way_to(&flow, &card.node_id), way_to(&edited, &card.node_id));
                if way == new_way {
                    prop_assert_eq!(card.corner.y, now.y, "{} moved up or down", card.node_id);
                    if !is_split_moved {
                        prop_assert_eq!(card.corner.x, now.x, "{} moved aside", card.node_id);
                    }
                }
                // What hangs together as before moves as one piece.
                if subtree(&flow, &card.node_id) == subtree(&edited, &card.node_id) {
                    for below in reach(&flow, Some(&card.node_id)) {
                        let (then, later) = (corner(&before, below.id.as_str()), corner(&after, below.id.as_str()));
                        prop_assert_eq!((then.x - card.corner.x, then.y - card.corner.y), (later.x - now.x, later.y - now.y));
                    }
                }
            }
            flow = edited;
        }
    }
}
