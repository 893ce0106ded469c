//! Carrying: the intent to put something somewhere.
//!
//! In: what is taken up, presses on marked places. Out: an act when it is put down.
//! Invariant: until then nothing has changed.

use std::sync::Arc;

use leptos::prelude::*;

use crate::domain::flow::model::Flow;
use crate::domain::flow::tree::Slot;
use crate::ui::builder::canvas::acts::menus::open_add;
use crate::ui::builder::canvas::acts::{Act, flow_of};
use crate::ui::builder::canvas::desk::{CANVAS_ID, Desk, Load, Placing};
use crate::ui::kit::tabs::focus_soon;
use crate::view_model::builder_commands::spoken_title;
use crate::view_model::messages;

/// The pointer takes something up.
pub fn start_carrying(desk: Desk, load: Load) {
    if let Some(what) = take_up(desk, load, true) {
        desk.say(messages::carrying(&what));
    }
}

/// Marks the places that can take something. Gives its name, or nothing where no place can; why not is then said.
pub fn take_up(desk: Desk, load: Load, is_dragged: bool) -> Option<String> {
    if desk.is_refused() {
        return None;
    }
    let flow = flow_of(desk)?;
    let moved = match &load {
        Load::New { .. } => None,
        Load::Card { node_id, scope } => Some((node_id, *scope)),
    };
    let open = desk.board.with_untracked(|board| board.open_slots(&flow, moved));
    if !open.contains(&true) {
        desk.say(messages::NO_OTHER_PLACE);
        return None;
    }
    let what = name_of(&flow, &load);
    desk.placing.set(Some(Placing { load, is_dragged, open: Arc::new(open), aim: None }));
    Some(what)
}

fn name_of(flow: &Flow, load: &Load) -> String {
    match load {
        Load::New { kind } => kind.label().to_owned(),
        Load::Card { node_id, .. } => spoken_title(flow, Some(node_id)),
    }
}

/// Puts down what is carried.
pub fn put_down(desk: Desk, slot: Slot) {
    if let Some(Placing { load, .. }) = desk.placing.get_untracked() {
        desk.placing.set(None);
        desk.ask(Act::PutDown { load, slot });
    }
}

/// Lets go of what is carried; nothing has changed.
pub fn cancel_placing(desk: Desk) {
    let Some(placing) = desk.placing.get_untracked() else { return };
    desk.placing.set(None);
    match placing.load {
        Load::New { .. } => {
            desk.say("Cancelled. Nothing was added.");
            if !placing.is_dragged {
                focus_soon(CANVAS_ID.to_owned());
            }
        }
        Load::Card { node_id, .. } => {
            desk.say("Cancelled. Nothing was moved.");
            desk.go_to(Some(node_id));
        }
    }
}

/// A press on the + of a line, or on a marked place.
pub fn press_slot(desk: Desk, slot: Slot) {
    if desk.placing.with_untracked(Option::is_some) {
        put_down(desk, slot);
    } else {
        open_add(desk, slot);
    }
}
