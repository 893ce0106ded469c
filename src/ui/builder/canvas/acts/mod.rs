//! What a person does on the canvas.
//!
//! In: presses, keys, choices of a menu. Out: where the focus is, what is carried; for all else an [`Act`].
//! Invariant: an act's code comes in an idle moment, or with the first one; what a hand carries waits for nothing.

mod cards;
mod carrying;
mod clip;
mod menus;
mod perform;
mod placing;
mod steps;

use std::sync::Arc;

use leptos::prelude::*;

use crate::domain::flow::edit::FlowEdit;
use crate::domain::flow::model::Flow;
use crate::domain::flow::tree::Slot;
use crate::domain::id::NodeId;
use crate::ui::builder::Selection;
use crate::ui::builder::canvas::desk::{DETAIL_ZOOM, Desk, Load};
use crate::view_model::board::Walk;
use crate::view_model::builder_commands::Command;
use crate::view_model::flow::CardKind;

pub use cards::{delete_keeping, insert};
pub use carrying::{cancel_placing, press_slot, put_down, start_carrying};
pub use clip::paste_into;
pub use menus::{open_menu, open_menu_at};
pub use perform::do_act;

/// What is asked for, and done as soon as its code is here.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// `target` is the card that the command is about: `Some(None)` is the trigger.
    Run { command: Command, target: Option<Option<NodeId>> },
    /// Pastes the clipboard's text below the card with the focus.
    PasteText { text: String },
    /// A card of the palette was pressed; pressed again, it is put back.
    Pick { kind: CardKind },
    /// To the next or previous marked place.
    WalkSlots { walk: Walk },
    /// Puts down what was carried or chosen.
    PutDown { load: Load, slot: Slot },
}

/// Runs a command.
pub fn perform(desk: Desk, command: Command, target: Option<Option<NodeId>>) {
    desk.ask(Act::Run { command, target });
}

/// The flow as it stands.
fn flow_of(desk: Desk) -> Option<Arc<Flow>> {
    desk.builder.flow.get_untracked()
}

fn edit_flow(desk: Desk, edit: FlowEdit) -> bool {
    desk.app_state.edit_flow(&desk.builder.flow_id(), edit)
}

/// Breaks off what is being placed; else nothing is selected any more.
pub fn deselect(desk: Desk) {
    if desk.placing.with_untracked(Option::is_some) {
        cancel_placing(desk);
        return;
    }
    if desk.builder.selection.with_untracked(|selection| *selection != Selection::Nothing) {
        desk.builder.selection.set(Selection::Nothing);
        desk.say("Nothing is selected.");
    }
}

/// Selects a card, and stays on the canvas.
pub fn select(desk: Desk, node_id: Option<NodeId>) {
    let selection = node_id.clone().map_or(Selection::Trigger, |node_id| Selection::Node { node_id });
    desk.active.set(node_id);
    if desk.builder.selection.with_untracked(|now| *now != selection) {
        desk.builder.selection.set(selection);
    }
}

/// Goes to a card that was searched.
pub fn go_to_card(desk: Desk, node_id: Option<NodeId>) {
    desk.builder.pane.set("flow");
    let is_far = desk.view.with_untracked(|view| view.zoom < DETAIL_ZOOM);
    if is_far {
        desk.look(|view, bounds| view.zoomed(1.0, view.middle(), bounds));
    }
    select(desk, node_id.clone());
    desk.go_to(node_id);
}
