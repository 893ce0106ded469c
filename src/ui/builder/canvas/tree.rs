//! The cards that have an element: those in sight and near it, and those next to the focus.
//!
//! In: the board, the view's window, what is selected, carried and lit. Out: items of the tree, in reading order.
//! Invariant: the card with the focus is always there, and so are its neighbours; a change draws what it changes.

use leptos::html;
use leptos::prelude::*;

use crate::domain::id::NodeId;
use crate::ui::builder::Selection;
use crate::ui::builder::canvas::card::{CardElement, CardFace, CardMarks, CardTemplates};
use crate::ui::builder::canvas::desk::{Desk, Load, MOUNT_ALL, Placing};
use crate::ui::builder::canvas::dom::{HasRoot, Shown};
use crate::view_model::board::{Board, BoardCard};
use crate::view_model::flow::card_view;
use crate::view_model::journey::{JourneyView, Passage};
use crate::view_model::viewport::Area;

/// Keeps the tree's items as they are to be seen.
pub fn draw_tree(desk: Desk, tree: NodeRef<html::Div>) {
    let carried = Memo::new(move |_| {
        desk.placing.with(|placing| match placing {
            Some(Placing { load: Load::Card { node_id, .. }, .. }) => Some(node_id.clone()),
            Some(Placing { load: Load::New { .. }, .. }) | None => None,
        })
    });
    let mut shown: Shown<Option<NodeId>, CardElement> = Shown::default();
    let mut templates = CardTemplates::default();
    Effect::new(move |_| {
        let (Some(tree), Some(flow)) = (tree.get(), desk.builder.flow.get()) else { return };
        let (board, marks) = (desk.board.get(), desk.marks.get());
        let (is_far, window) = (desk.is_far.get(), desk.window.get());
        let (active, selection, carried) = (desk.active.get(), desk.builder.selection.get(), carried.get());
        let places = mounted_places(&board, is_far, &window, active.as_ref());
        let cards: Vec<&BoardCard> = places.iter().filter_map(|place| board.cards.get(*place)).collect();
        desk.builder.lit.with(|lit| {
            let face_of = |card: &BoardCard| {
                let node_id = card.node_id.as_ref();
                Some(CardFace {
                    view: card_view(&flow, node_id, marks.get(&card.node_id).copied())?,
                    branch: card.within.as_ref().map(|(_, branch)| *branch),
                    corner: card.corner,
                    level: card.level,
                    position: card.position,
                    set_size: card.set_size,
                    is_split: card.is_split,
                    marks: CardMarks {
                        is_selected: is_selected(&selection, node_id),
                        is_active: active.as_ref() == node_id,
                        is_carried: carried.is_some() && carried.as_ref() == node_id,
                        passage: lit.as_ref().map(|lit| passage(lit, node_id)),
                    },
                })
            };
            // A card of the board that the flow does not have yet, or any more, is drawn with the next one.
            let faces: Vec<(&Option<NodeId>, CardFace)> =
                cards.into_iter().filter_map(|card| Some((&card.node_id, face_of(card)?))).collect();
            let wanted: Vec<Option<NodeId>> = faces.iter().map(|(key, _)| (*key).clone()).collect();
            let mut made: Vec<(Option<NodeId>, CardElement)> = Vec::new();
            for (key, face) in faces {
                let Some(item) = shown.get_mut(key) else {
                    if let Some(mut item) = CardElement::new(&mut templates, key.as_ref(), face.view.kind) {
                        item.show(face);
                        made.push((key.clone(), item));
                    }
                    continue;
                };
                // Each kind has parts of its own.
                if item.kind() != Some(face.view.kind)
                    && let Some(other) = CardElement::new(&mut templates, key.as_ref(), face.view.kind)
                    && item.root().replace_with_with_node_1(other.root()).is_ok()
                {
                    *item = other;
                }
                item.show(face);
            }
            shown.arrange(&tree, &wanted, made);
        });
    });
}

/// The places in reading order of the cards that have an element.
fn mounted_places(board: &Board, is_far: bool, window: &Area, active: Option<&NodeId>) -> Vec<usize> {
    let n = board.cards.len();
    if n <= MOUNT_ALL {
        return (0..n).collect();
    }
    let mut places = if is_far { Vec::new() } else { board.cards_in(window) };
    if let Some(place) = board.place(active) {
        places.extend(place.saturating_sub(2)..=(place + 2).min(n - 1));
    }
    places.push(0);
    places.sort_unstable();
    places.dedup();
    places
}

fn is_selected(selection: &Selection, node_id: Option<&NodeId>) -> bool {
    match (selection, node_id) {
        (Selection::Trigger, None) => true,
        (Selection::Node { node_id: selected }, Some(node_id)) => selected == node_id,
        (Selection::Nothing | Selection::Trigger, _) | (Selection::Node { .. }, None) => false,
    }
}

fn passage(lit: &JourneyView, node_id: Option<&NodeId>) -> Option<Passage> {
    match node_id {
        None => lit.is_entered.then_some(Passage::Passed),
        Some(node_id) => lit.passage(node_id),
    }
}
