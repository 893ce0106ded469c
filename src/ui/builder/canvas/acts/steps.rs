//! Undo and redo.
//!
//! In: which of them. Out: another working copy.
//! Invariant: focus and selection never stay on a card that is gone.

use leptos::prelude::*;

use crate::ui::builder::Selection;
use crate::ui::builder::canvas::desk::{Desk, has_focus};
use crate::view_model::messages::counted;

/// Takes the last step back, or does it again.
pub fn step(desk: Desk, is_undo: bool) {
    let flow_id = desk.builder.flow_id();
    let is_done = if is_undo { desk.app_state.undo(&flow_id) } else { desk.app_state.redo(&flow_id) };
    let (n_undoable, n_redoable) = desk.app_state.n_steps(&flow_id);
    let word = if is_undo { "undo" } else { "redo" };
    if !is_done {
        desk.say(format!("Nothing to {word}."));
        return;
    }
    let n_left = if is_undo { n_undoable } else { n_redoable };
    desk.say(format!(
        "{}: {} left to {word}.",
        if is_undo { "Undone" } else { "Redone" },
        counted(n_left, "step", "steps")
    ));
    let is_gone =
        desk.active.with_untracked(|active| desk.board.with_untracked(|board| board.card(active.as_ref()).is_none()));
    if is_gone {
        desk.active.set(None);
    }
    let is_unselected = desk.builder.selection.with_untracked(|selection| match selection {
        Selection::Node { node_id } => desk.board.with_untracked(|board| board.card(Some(node_id)).is_none()),
        Selection::Nothing | Selection::Trigger => false,
    });
    if is_unselected {
        desk.builder.selection.set(Selection::Nothing);
    }
    if has_focus() || is_gone {
        desk.go_to(desk.active.get_untracked());
    }
}
