//! Does an act: edits the flow, moves the focus, and says what happened.
//!
//! In: an act. Out: edits.
//! Invariant: after every act the focus stands on the card that the act was about, or on what took its place.

use leptos::prelude::*;

use crate::domain::id::NodeId;
use crate::runtime::handle::AppCommand;
use crate::ui::builder::canvas::acts::{Act, cards, clip, deselect, flow_of, menus, placing, select, steps};
use crate::ui::builder::canvas::desk::Desk;
use crate::ui::builder::canvas::finder::MenuKind;
use crate::ui::builder::inspector::INSPECTOR_ID;
use crate::ui::kit::tabs::focus_soon;
use crate::view_model::builder_commands::{Command, is_possible};
use crate::view_model::delivery::Tone;
use crate::view_model::messages;
use crate::view_model::viewport::ZOOM_STEP;

/// Does it now.
pub fn do_act(desk: Desk, act: Act) {
    if !desk.here.is() {
        // Its code came when the flow was left.
        return;
    }
    match act {
        Act::Run { command, target } => run(desk, command, target),
        Act::PasteText { text } => clip::paste_text(desk, &text),
        Act::Pick { kind } => placing::pick(desk, kind),
        Act::WalkSlots { walk } => placing::walk_slots(desk, walk),
        Act::PutDown { load, slot } => placing::put(desk, load, slot),
    }
}

/// Does a command. `target` is the card it is about: `Some(None)` is the trigger.
fn run(desk: Desk, command: Command, target: Option<Option<NodeId>>) {
    let Some(flow) = flow_of(desk) else { return };
    let node_id = target.clone().flatten();
    if !is_possible(&flow, node_id.as_ref(), target.is_some(), command) {
        desk.say(messages::NOT_POSSIBLE_HERE);
        return;
    }
    if command.is_edit() && desk.is_refused() {
        return;
    }
    match command {
        Command::Undo | Command::Redo => steps::step(desk, command == Command::Undo),
        Command::Save => desk.app_state.dispatch(AppCommand::SaveFlow { flow_id: desk.builder.flow_id() }),
        Command::FindCard => menus::open(desk, MenuKind::Find, None),
        Command::Palette => menus::open(desk, MenuKind::Palette, None),
        Command::Shortcuts => desk.is_sheet_open.set(true),
        Command::ZoomIn => desk.look(|view, bounds| view.zoomed_by(ZOOM_STEP, bounds)),
        Command::ZoomOut => desk.look(|view, bounds| view.zoomed_by(1.0 / ZOOM_STEP, bounds)),
        Command::ZoomLife => desk.look(|view, bounds| view.zoomed(1.0, view.middle(), bounds)),
        Command::ZoomFit => desk.look(|view, bounds| view.fitted(bounds)),
        Command::ShowPreview => show_evidence(desk, "preview"),
        Command::ShowJourney => show_evidence(desk, "journey"),
        Command::ShowProblems => show_evidence(desk, "problems"),
        Command::Deselect => deselect(desk),
        Command::AddBelow => cards::add_below(desk, &flow, node_id.as_ref()),
        Command::OpenSettings => {
            select(desk, node_id);
            desk.builder.pane.set("webhook");
            focus_soon(INSPECTOR_ID.to_owned());
        }
        Command::OpenMenu => menus::open_menu(desk, node_id, None),
        Command::Paste => match desk.app_state.clip.get_untracked() {
            Some(clip) => clip::paste_below(desk, &flow, node_id.as_ref(), &clip),
            None => desk.app_state.notify(Tone::Wait, messages::NOTHING_COPIED.to_owned()),
        },
        _ => {
            if let Some(node_id) = node_id {
                cards::perform_on(desk, &flow, command, node_id);
            }
        }
    }
}

fn show_evidence(desk: Desk, tab: &'static str) {
    desk.builder.evidence_tab.set(tab);
    desk.builder.pane.set("preview");
    focus_soon(format!("evidence-{tab}"));
}
