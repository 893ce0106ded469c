//! Choosing a place by press or by keyboard, and putting something there.
//!
//! In: what is to be put somewhere, arrow keys. Out: an aim, and in the end an edit.
//! Invariant: until it is put down nothing has changed.

use leptos::prelude::*;

use crate::domain::flow::edit::FlowEdit;
use crate::domain::flow::tree::Slot;
use crate::ui::builder::canvas::acts::cards::insert;
use crate::ui::builder::canvas::acts::carrying::take_up;
use crate::ui::builder::canvas::acts::{edit_flow, flow_of};
use crate::ui::builder::canvas::desk::{DETAIL_ZOOM, Desk, Load};
use crate::ui::builder::canvas::slots::slot_element_id;
use crate::ui::kit::tabs::focus_soon;
use crate::view_model::board::Walk;
use crate::view_model::builder_commands::{slot_words, spoken_title};
use crate::view_model::flow::CardKind;
use crate::view_model::messages;
use crate::view_model::viewport::Area;

/// A card of the palette was pressed; pressed again, it is put back.
pub fn pick(desk: Desk, kind: CardKind) {
    let load = Load::New { kind };
    let is_armed = desk.placing.with_untracked(|placing| placing.as_ref().is_some_and(|placing| placing.load == load));
    if is_armed {
        desk.placing.set(None);
        desk.say("Cancelled. Nothing was added.");
    } else {
        start_choosing(desk, load);
    }
}

/// Marks the places that can take something, and aims at the first one below where the keyboard is.
pub fn start_choosing(desk: Desk, load: Load) {
    let Some(what) = take_up(desk, load, false) else { return };
    desk.say(messages::placing(&what));
    desk.builder.pane.set("flow");
    let owner = desk.active.get_untracked();
    let first = desk.placing.with_untracked(|placing| {
        let placing = placing.as_ref()?;
        desk.board.with_untracked(|board| {
            let mut open = board.lines.iter().zip(placing.open.iter()).filter(|(_, is_open)| **is_open);
            let first = open.clone().next();
            open.find(|(line, _)| line.slot.owner() == owner.as_ref()).or(first).map(|(line, _)| line.slot.clone())
        })
    });
    if let Some(slot) = first {
        aim_at(desk, slot);
    }
}

/// Aims at a slot, brings it into sight, and moves the focus there.
fn aim_at(desk: Desk, slot: Slot) {
    let plus = desk.board.with_untracked(|board| board.line(&slot).map(|line| line.plus));
    let Some(plus) = plus else { return };
    desk.placing.update(|placing| {
        if let Some(placing) = placing {
            placing.aim = Some(slot.clone());
        }
    });
    desk.look(|view, bounds| {
        let view = if view.zoom < DETAIL_ZOOM { view.zoomed(DETAIL_ZOOM, view.middle(), bounds) } else { view };
        view.revealing(&Area::of(plus, plus).grown(40.0))
    });
    focus_soon(slot_element_id(&slot));
}

/// The next or previous marked place.
pub fn walk_slots(desk: Desk, walk: Walk) {
    let next = desk.placing.with_untracked(|placing| {
        let placing = placing.as_ref()?;
        desk.board.with_untracked(|board| {
            let open: Vec<&Slot> = board
                .lines
                .iter()
                .zip(placing.open.iter())
                .filter(|(_, is_open)| **is_open)
                .map(|(line, _)| &line.slot)
                .collect();
            let now = placing.aim.as_ref().and_then(|aim| open.iter().position(|slot| *slot == aim));
            let last = open.len().saturating_sub(1);
            let next = match (walk, now) {
                (Walk::First, _) | (_, None) => 0,
                (Walk::Last, _) => last,
                (Walk::Next | Walk::Into, Some(now)) => (now + 1).min(last),
                (Walk::Previous | Walk::Out, Some(now)) => now.saturating_sub(1),
            };
            open.get(next).map(|slot| (*slot).clone())
        })
    });
    if let Some(slot) = next {
        aim_at(desk, slot);
    }
}

/// Puts something into a slot.
pub fn put(desk: Desk, load: Load, slot: Slot) {
    let Some(flow) = flow_of(desk) else { return };
    match load {
        Load::New { kind } => insert(desk, slot, kind),
        Load::Card { node_id, scope } => {
            let words = format!("Moved {} {}.", spoken_title(&flow, Some(&node_id)), slot_words(&flow, &slot));
            if edit_flow(desk, FlowEdit::MoveNode { node_id: node_id.clone(), slot, scope }) {
                desk.say(words);
                desk.go_to(Some(node_id));
            }
        }
    }
}
