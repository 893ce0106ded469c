//! Copying and pasting.
//!
//! In: cards, or the clipboard's text. Out: a clip, or an edit.
//! Invariant: what is not ours is refused in words; a copy sends nothing until somebody sets it live.

use std::cell::RefCell;
use std::collections::BTreeSet;

use leptos::prelude::*;

use crate::domain::flow::edit::{Clip, FlowEdit};
use crate::domain::flow::model::{ActionStatus, Flow, NodeKind};
use crate::domain::flow::tree::Slot;
use crate::domain::id::NodeId;
use crate::runtime::flow_file::{read_clip, write_clip};
use crate::ui::builder::canvas::acts::cards::{fresh_id, slot_below};
use crate::ui::builder::canvas::acts::{edit_flow, flow_of, select};
use crate::ui::builder::canvas::desk::Desk;
use crate::view_model::builder_commands::slot_words;
use crate::view_model::delivery::Tone;
use crate::view_model::messages::{counted, sentence};

/// Keeps what was copied, for this tab and for others.
pub fn put_on_clipboard(desk: Desk, clip: Clip) {
    let text = write_clip(&clip);
    desk.app_state.clip.set(Some(clip));
    // Where the browser refuses, the cards can still be pasted in this tab.
    let _promise = window().navigator().clipboard().write_text(&text);
}

/// Pastes below a card.
pub fn paste_below(desk: Desk, flow: &Flow, node_id: Option<&NodeId>, clip: &Clip) {
    paste_at(desk, flow, slot_below(flow, node_id), clip);
}

/// Pastes what was copied into a slot.
pub fn paste_into(desk: Desk, slot: Slot) {
    if let (Some(flow), Some(clip)) = (flow_of(desk), desk.app_state.clip.get_untracked()) {
        paste_at(desk, &flow, slot, &clip);
    }
}

fn paste_at(desk: Desk, flow: &Flow, slot: Slot, clip: &Clip) {
    let drawn = RefCell::new(BTreeSet::new());
    let mut clip = clip.with_ids(|| {
        let node_id = fresh_id(desk, |node_id| flow.nodes.contains_key(node_id) || drawn.borrow().contains(node_id));
        drawn.borrow_mut().insert(node_id.clone());
        node_id
    });
    // A copy sends nothing until somebody sets it live.
    for node in clip.nodes.values_mut() {
        if let NodeKind::Webhook { action, .. } = &mut node.kind {
            action.status = ActionStatus::Draft;
        }
    }
    let (entry, n) = (clip.entry.clone(), clip.nodes.len());
    let place = slot_words(flow, &slot);
    if edit_flow(desk, FlowEdit::Paste { slot, clip }) {
        desk.say(format!("Pasted {} {place}.", counted(n, "card", "cards")));
        select(desk, Some(entry.clone()));
        desk.go_to(Some(entry));
    }
}

/// Pastes the clipboard's text below the card with the focus; what is not ours is refused in words.
pub fn paste_text(desk: Desk, text: &str) {
    let Some(flow) = flow_of(desk) else { return };
    match read_clip(text) {
        Ok(clip) => paste_below(desk, &flow, desk.active.get_untracked().as_ref(), &clip),
        Err(problem) => {
            let mut words = "Nothing was pasted: ".to_owned();
            words.push_str(&problem.to_string());
            desk.app_state.notify(Tone::Fail, sentence(&words));
        }
    }
}
