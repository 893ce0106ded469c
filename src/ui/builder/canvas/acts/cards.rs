//! Acts on single cards: adding, moving, copying, changing, deleting.
//!
//! In: a card and a command. Out: an edit of the flow.
//! Invariant: a split is never deleted with a branch that nobody chose to give up.

use leptos::prelude::*;

use crate::domain::flow::edit::{FlowEdit, Scope, copy, move_down, move_up};
use crate::domain::flow::model::{ActionStatus, Branch, Flow};
use crate::domain::flow::tree::{Slot, slots_below, slots_of};
use crate::domain::id::{NodeId, short_id};
use crate::ui::builder::Selection;
use crate::ui::builder::canvas::acts::clip::{paste_below, put_on_clipboard};
use crate::ui::builder::canvas::acts::menus::{open, open_add};
use crate::ui::builder::canvas::acts::placing::start_choosing;
use crate::ui::builder::canvas::acts::{edit_flow, flow_of};
use crate::ui::builder::canvas::desk::{Desk, Load};
use crate::ui::builder::canvas::finder::MenuKind;
use crate::ui::shell::go_to;
use crate::view_model::builder_commands::{Command, branch_target, new_card, slot_words, spoken_title};
use crate::view_model::flow::{CardKind, action_status_label};
use crate::view_model::messages::{self, counted};
use crate::view_model::route::Route;

/// Commands of cards below the trigger.
pub fn perform_on(desk: Desk, flow: &Flow, command: Command, node_id: NodeId) {
    let title = spoken_title(flow, Some(&node_id));
    let move_with = |edit: Option<FlowEdit>, words: &str| {
        if let Some(edit) = edit
            && edit_flow(desk, edit)
        {
            desk.say(format!("Moved {title} {words}."));
            desk.go_to(Some(node_id.clone()));
        }
    };
    let to_branch = |branch: Branch| {
        let slot = branch_target(flow, &node_id, branch)?;
        Some(FlowEdit::MoveNode { node_id: node_id.clone(), slot, scope: Scope::Card })
    };
    match command {
        Command::MoveUp => move_with(move_up(flow, &node_id), "up"),
        Command::MoveDown => move_with(move_down(flow, &node_id), "down"),
        Command::MoveToYes => move_with(to_branch(Branch::Yes), "to the Yes branch"),
        Command::MoveToNo => move_with(to_branch(Branch::No), "to the No branch"),
        Command::MoveElsewhere => start_choosing(desk, Load::Card { node_id, scope: Scope::Card }),
        Command::MoveAllElsewhere => start_choosing(desk, Load::Card { node_id, scope: Scope::WithBelow }),
        Command::FlipSplit => flip(desk, node_id, &title),
        Command::Copy | Command::CopyAll | Command::Cut => {
            let scope = if command == Command::CopyAll { Scope::WithBelow } else { Scope::Card };
            let Some(clip) = copy(flow, &node_id, scope) else { return };
            let n = clip.nodes.len();
            put_on_clipboard(desk, clip);
            if command == Command::Cut {
                // A split is copied with all below it, so all of it goes.
                let is_split = flow.nodes.get(&node_id).is_some_and(|node| node.kind.is_split());
                let edit = if is_split {
                    FlowEdit::DeleteWithBelow { node_id: node_id.clone() }
                } else {
                    FlowEdit::DeleteNode { node_id: node_id.clone(), keep: Branch::Yes }
                };
                delete(desk, flow, &node_id, edit, "Cut");
            } else {
                desk.say(format!("Copied {}.", counted(n, "card", "cards")));
            }
        }
        Command::Duplicate => {
            if let Some(clip) = copy(flow, &node_id, Scope::Card) {
                paste_below(desk, flow, Some(&node_id), &clip);
            }
        }
        Command::SetStatus(status) => set_status(desk, node_id, status, &title),
        Command::OpenPayload => go_to(&Route::Payload { flow_id: desk.builder.flow_id(), node_id }),
        Command::Delete => {
            let is_fork = flow.nodes.get(&node_id).is_some_and(|node| node.kind.links().len() > 1);
            if is_fork {
                open(desk, MenuKind::Keep { node_id }, None);
            } else {
                let keep = only_branch(flow, &node_id);
                delete(desk, flow, &node_id, FlowEdit::DeleteNode { node_id: node_id.clone(), keep }, "Deleted");
            }
        }
        Command::DeleteAll => {
            delete(desk, flow, &node_id, FlowEdit::DeleteWithBelow { node_id: node_id.clone() }, "Deleted");
        }
        _ => {}
    }
}

fn flip(desk: Desk, node_id: NodeId, title: &str) {
    if edit_flow(desk, FlowEdit::FlipSplit { node_id: node_id.clone() }) {
        desk.say(messages::flipped(title));
        desk.go_to(Some(node_id));
    }
}

fn set_status(desk: Desk, node_id: NodeId, status: ActionStatus, title: &str) {
    if edit_flow(desk, FlowEdit::SetStatus { node_id: node_id.clone(), status }) {
        let word = action_status_label(status);
        desk.say(format!("{title} is {word} now."));
        desk.go_to(Some(node_id));
    }
}

/// The branch of a split that holds cards, if only one does.
fn only_branch(flow: &Flow, node_id: &NodeId) -> Branch {
    match Slot::branch(node_id, Branch::Yes).link(flow) {
        Some(None) => Branch::No,
        Some(Some(_)) | None => Branch::Yes,
    }
}

/// Deletes a split and keeps one of its branches.
pub fn delete_keeping(desk: Desk, node_id: &NodeId, keep: Branch) {
    if let Some(flow) = flow_of(desk) {
        delete(desk, &flow, node_id, FlowEdit::DeleteNode { node_id: node_id.clone(), keep }, "Deleted");
    }
}

fn delete(desk: Desk, flow: &Flow, node_id: &NodeId, edit: FlowEdit, word: &str) {
    let place = slots_of(flow, node_id).into_iter().next();
    let title = spoken_title(flow, Some(node_id));
    if !edit_flow(desk, edit) {
        return;
    }
    let Some(after) = flow_of(desk) else { return };
    let n_gone = flow.nodes.len() - after.nodes.len().min(flow.nodes.len());
    let others = if n_gone > 1 { format!(" and {} more", n_gone - 1) } else { String::new() };
    desk.say(messages::taken_away(word, &title, &others));
    let is_selected = desk.builder.selection.with_untracked(
        |selection| matches!(selection, Selection::Node { node_id } if !after.nodes.contains_key(node_id)),
    );
    if is_selected {
        desk.builder.selection.set(Selection::Nothing);
    }
    // What stands in its place now, or what it hung from.
    let next = place.as_ref().and_then(|slot| slot.link(&after)).flatten().cloned();
    desk.go_to(next.or_else(|| place.and_then(|slot| slot.owner().cloned())));
}

/// An id that no card has.
pub fn fresh_id(desk: Desk, is_taken: impl Fn(&NodeId) -> bool) -> NodeId {
    loop {
        let node_id = NodeId::new(short_id(desk.page.draw_random()));
        if !is_taken(&node_id) {
            return node_id;
        }
    }
}

/// Asks what to add below a card.
pub fn add_below(desk: Desk, flow: &Flow, node_id: Option<&NodeId>) {
    let slot = slot_below(flow, node_id);
    open_add(desk, slot);
}

/// Where a card goes that is put below another: on top of *Yes* below a split.
pub fn slot_below(flow: &Flow, node_id: Option<&NodeId>) -> Slot {
    let node = node_id.and_then(|node_id| flow.nodes.get(node_id));
    node.and_then(|node| slots_below(node).into_iter().next()).unwrap_or(Slot::Entry)
}

/// Puts a new card into a slot.
pub fn insert(desk: Desk, slot: Slot, kind: CardKind) {
    let Some(flow) = flow_of(desk) else { return };
    let Some(kind_of_node) = new_card(&flow, kind) else { return };
    let node_id = fresh_id(desk, |node_id| flow.nodes.contains_key(node_id));
    let place = slot_words(&flow, &slot);
    if edit_flow(desk, FlowEdit::InsertNode { slot, node_id: node_id.clone(), kind: kind_of_node }) {
        desk.say(format!("{} added {place}.", kind.label()));
        desk.builder.select(Selection::Node { node_id: node_id.clone() });
        desk.go_to(Some(node_id));
    }
}
