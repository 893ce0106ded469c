//! Does what a command says: edits the flow, moves the focus, and says what happened.
//!
//! In: commands, choices of a menu, presses. Out: edits.
//! Invariant: after every act the focus stands on the card that the act was about, or on what took its place.

use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;

use crate::domain::flow::edit::{Clip, FlowEdit, Scope, copy, move_down, move_up};
use crate::domain::flow::layout::Point;
use crate::domain::flow::model::{ActionStatus, Branch, Flow, NodeKind};
use crate::domain::flow::tree::{Slot, slots_below, slots_of};
use crate::domain::id::{NodeId, short_id};
use crate::runtime::flow_file::{read_clip, write_clip};
use crate::runtime::handle::AppCommand;
use crate::ui::builder::Selection;
use crate::ui::builder::canvas::desk::{CANVAS_ID, DETAIL_ZOOM, Desk, Load, Placing, card_element_id, has_focus};
use crate::ui::builder::canvas::finder::{MenuKind, MenuState};
use crate::ui::builder::canvas::lines::slot_element_id;
use crate::ui::builder::inspector::INSPECTOR_ID;
use crate::ui::kit::tabs::focus_element;
use crate::ui::shell::go_to;
use crate::view_model::board::Walk;
use crate::view_model::builder_commands::{Command, branch_target, is_possible, new_card, slot_words, spoken_title};
use crate::view_model::delivery::Tone;
use crate::view_model::flow::CardKind;
use crate::view_model::messages::{counted, sentence};
use crate::view_model::route::Route;
use crate::view_model::viewport::{Area, ZOOM_STEP};

/// The flow as it stands.
fn flow_of(desk: Desk) -> Option<std::sync::Arc<Flow>> {
    desk.builder.flow.get_untracked()
}

/// Does a command. `target` is the card it is about: `Some(None)` is the trigger.
pub fn perform(desk: Desk, command: Command, target: Option<Option<NodeId>>) {
    let Some(flow) = flow_of(desk) else { return };
    let node_id = target.clone().flatten();
    if !is_possible(&flow, node_id.as_ref(), target.is_some(), command) {
        desk.say("That cannot be done here.");
        return;
    }
    match command {
        Command::Undo | Command::Redo => step(desk, command == Command::Undo),
        Command::Save => desk.app_state.dispatch(AppCommand::SaveFlow { flow_id: desk.builder.flow_id() }),
        Command::FindCard => open(desk, MenuKind::Find, None),
        Command::Palette => open(desk, MenuKind::Palette, None),
        Command::Shortcuts => desk.is_sheet_open.set(true),
        Command::ZoomIn => desk.look(|view, bounds| view.zoomed_by(ZOOM_STEP, bounds)),
        Command::ZoomOut => desk.look(|view, bounds| view.zoomed_by(1.0 / ZOOM_STEP, bounds)),
        Command::ZoomLife => desk.look(|view, bounds| view.zoomed(1.0, view.middle(), bounds)),
        Command::ZoomFit => desk.look(|view, bounds| view.fitted(bounds)),
        Command::ShowPreview => show_evidence(desk, "preview"),
        Command::ShowJourney => show_evidence(desk, "journey"),
        Command::ShowProblems => show_evidence(desk, "problems"),
        Command::Deselect => deselect(desk),
        Command::AddBelow => add_below(desk, &flow, node_id.as_ref()),
        Command::OpenSettings => {
            select(desk, node_id);
            request_animation_frame(|| focus_element(INSPECTOR_ID));
        }
        Command::OpenMenu => open_menu(desk, node_id, None),
        Command::Paste => match desk.app_state.clip.get_untracked() {
            Some(clip) => paste_below(desk, &flow, node_id.as_ref(), &clip),
            None => desk.app_state.notify(Tone::Wait, "Nothing was copied yet. Copy a card first.".to_owned()),
        },
        _ => {
            if let Some(node_id) = node_id {
                perform_on(desk, &flow, command, node_id);
            }
        }
    }
}

/// Commands of cards below the trigger.
fn perform_on(desk: Desk, flow: &Flow, command: Command, node_id: NodeId) {
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
        Command::MoveElsewhere => start_placing(desk, Load::Card { node_id, scope: Scope::Card }, false),
        Command::MoveAllElsewhere => start_placing(desk, Load::Card { node_id, scope: Scope::WithBelow }, false),
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
        desk.say(format!("Flipped {title}: Yes and No are swapped."));
        desk.go_to(Some(node_id));
    }
}

fn set_status(desk: Desk, node_id: NodeId, status: ActionStatus, title: &str) {
    if edit_flow(desk, FlowEdit::SetStatus { node_id: node_id.clone(), status }) {
        let word = crate::view_model::flow::action_status_label(status);
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
    desk.say(format!("{word} {title}{others}. Undo brings it back."));
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

fn edit_flow(desk: Desk, edit: FlowEdit) -> bool {
    desk.app_state.edit_flow(&desk.builder.flow_id(), edit)
}

fn step(desk: Desk, is_undo: bool) {
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

fn show_evidence(desk: Desk, tab: &'static str) {
    desk.builder.evidence_tab.set(tab);
    desk.builder.pane.set("preview");
    request_animation_frame(move || focus_element(&format!("evidence-{tab}")));
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

// ---- adding and placing

fn fresh_id(desk: Desk, is_taken: impl Fn(&NodeId) -> bool) -> NodeId {
    loop {
        let node_id = NodeId::new(short_id(desk.page.draw_random()));
        if !is_taken(&node_id) {
            return node_id;
        }
    }
}

fn add_below(desk: Desk, flow: &Flow, node_id: Option<&NodeId>) {
    let slot = slot_below(flow, node_id);
    open_add(desk, slot, None);
}

/// Where a card goes that is put below another: on top of *Yes* below a split.
fn slot_below(flow: &Flow, node_id: Option<&NodeId>) -> Slot {
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

/// A card of the palette was pressed; pressed again, it is put back.
pub fn pick_from_palette(desk: Desk, kind: CardKind) {
    let load = Load::New { kind };
    let is_armed = desk.placing.with_untracked(|placing| placing.as_ref().is_some_and(|placing| placing.load == load));
    if is_armed {
        desk.placing.set(None);
        desk.say("Cancelled. Nothing was added.");
    } else {
        start_placing(desk, load, false);
    }
}

/// Takes something up: the places that can take it are marked.
pub fn start_placing(desk: Desk, load: Load, is_dragged: bool) {
    let Some(flow) = flow_of(desk) else { return };
    let moved = match &load {
        Load::New { .. } => None,
        Load::Card { node_id, scope } => Some((node_id, *scope)),
    };
    let open = desk.board.with_untracked(|board| board.open_slots(&flow, moved));
    if !open.contains(&true) {
        desk.say("There is no other place for it.");
        return;
    }
    let what = match &load {
        Load::New { kind } => kind.label().to_owned(),
        Load::Card { node_id, .. } => spoken_title(&flow, Some(node_id)),
    };
    desk.placing.set(Some(Placing { load, is_dragged, open: std::sync::Arc::new(open), aim: None }));
    if is_dragged {
        desk.say(format!("Carrying {what}. Let it go at a marked place, or press Escape."));
        return;
    }
    desk.say(format!("Choose a place for {what}: arrow keys, then Enter. Escape cancels."));
    desk.builder.pane.set("flow");
    // The first place below where the keyboard is.
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
    request_animation_frame(move || focus_element(&slot_element_id(&slot)));
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

/// Puts down what is carried.
pub fn put_down(desk: Desk, slot: Slot) {
    let Some(placing) = desk.placing.get_untracked() else { return };
    desk.placing.set(None);
    let Some(flow) = flow_of(desk) else { return };
    match placing.load {
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

/// Lets go of what is carried; nothing has changed.
pub fn cancel_placing(desk: Desk) {
    let Some(placing) = desk.placing.get_untracked() else { return };
    desk.placing.set(None);
    match placing.load {
        Load::New { .. } => {
            desk.say("Cancelled. Nothing was added.");
            if !placing.is_dragged {
                request_animation_frame(|| focus_element(CANVAS_ID));
            }
        }
        Load::Card { node_id, .. } => {
            desk.say("Cancelled. Nothing was moved.");
            desk.go_to(Some(node_id));
        }
    }
}

/// A press on the + of a line, or on a marked place.
pub fn press_slot(desk: Desk, slot: Slot, event: Option<&ev::MouseEvent>) {
    if desk.placing.with_untracked(Option::is_some) {
        put_down(desk, slot);
    } else {
        open_add(desk, slot, event.and_then(place_of));
    }
}

// ---- copying

fn put_on_clipboard(desk: Desk, clip: Clip) {
    let text = write_clip(&clip);
    desk.app_state.clip.set(Some(clip));
    // Where the browser refuses, the cards can still be pasted in this tab.
    let _promise = window().navigator().clipboard().write_text(&text);
}

fn paste_below(desk: Desk, flow: &Flow, node_id: Option<&NodeId>, clip: &Clip) {
    paste_at(desk, flow, slot_below(flow, node_id), clip);
}

/// Pastes what was copied into a slot.
pub fn paste_into(desk: Desk, slot: Slot) {
    if let (Some(flow), Some(clip)) = (flow_of(desk), desk.app_state.clip.get_untracked()) {
        paste_at(desk, &flow, slot, &clip);
    }
}

fn paste_at(desk: Desk, flow: &Flow, slot: Slot, clip: &Clip) {
    let drawn = std::cell::RefCell::new(std::collections::BTreeSet::new());
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

// ---- menus

fn open(desk: Desk, kind: MenuKind, at: Option<Point>) {
    desk.menu.set(Some(MenuState { kind, at }));
}

/// Right below the element that was pressed.
fn place_of(event: &ev::MouseEvent) -> Option<Point> {
    let element = event.current_target()?.dyn_into::<leptos::web_sys::Element>().ok()?;
    let area = element.get_bounding_client_rect();
    Some(Point { x: area.left(), y: area.bottom() + 4.0 })
}

fn place_of_element(element_id: &str) -> Option<Point> {
    let area = document().get_element_by_id(element_id)?.get_bounding_client_rect();
    Some(Point { x: area.left(), y: area.bottom() + 4.0 })
}

fn open_add(desk: Desk, slot: Slot, at: Option<Point>) {
    let at = at.or_else(|| place_of_element(&slot_element_id(&slot)));
    open(desk, MenuKind::Add { slot }, at);
}

/// Opens a card's menu.
pub fn open_menu(desk: Desk, node_id: Option<NodeId>, event: Option<&ev::MouseEvent>) {
    let at = event.and_then(place_of).or_else(|| place_of_element(&card_element_id(node_id.as_ref())));
    desk.active.set(node_id.clone());
    open(desk, MenuKind::Card { node_id }, at);
}

/// The right button opens the menu of the card under the pointer.
pub fn open_menu_at(desk: Desk, event: &ev::MouseEvent) {
    let Some(root) = desk.root.get_untracked() else { return };
    let area = root.get_bounding_client_rect();
    let at = Point { x: f64::from(event.client_x()), y: f64::from(event.client_y()) };
    let point = desk.view.get_untracked().to_canvas(Point { x: at.x - area.left(), y: at.y - area.top() });
    let found = desk.board.with_untracked(|board| board.card_at(point).map(|card| card.node_id.clone()));
    event.prevent_default();
    if let Some(node_id) = found {
        desk.active.set(node_id.clone());
        open(desk, MenuKind::Card { node_id }, Some(at));
    }
}

/// A press that no pointer made, as a screen reader makes it.
pub fn press_by_name(desk: Desk, event: &ev::MouseEvent) {
    if event.detail() != 0 {
        return;
    }
    if let Some(node_id) = super::card_of_event(event) {
        select(desk, node_id.clone());
        desk.builder.select(node_id.map_or(Selection::Trigger, |node_id| Selection::Node { node_id }));
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
