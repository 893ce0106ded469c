//! The flow as cards joined by lines, from the trigger down to the ends, on a canvas that pans and zooms.
//!
//! In: the working copy and its problems. Out: what is selected, and edits.
//! Invariant: only what is in sight is drawn in full; the card with the focus is always there, with its place in the tree.

mod acts;
mod card;
mod controls;
mod desk;
mod dom;
mod far;
mod finder;
mod follow;
mod gestures;
mod lines;
mod sheet;
mod slots;
mod tree;

use std::sync::atomic::AtomicBool;

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::{ev, html};

use crate::domain::flow::layout::Point;
use crate::domain::id::NodeId;
use crate::ui::builder::Selection;
use crate::ui::builder::canvas::controls::Controls;
use crate::ui::builder::canvas::far::FarLayer;
use crate::ui::builder::canvas::gestures::Ghost;
use crate::ui::builder::canvas::lines::line_strokes;
use crate::ui::builder::panels::FlowPanel;
use crate::ui::kit::{FirstLater, Here};
use crate::ui::screens::{PanelOnce, panel_once};
use crate::view_model::board::Walk;
use crate::view_model::builder_commands::{Command, KeyPress, canvas_command, page_command};
use crate::view_model::viewport::Area;

pub use acts::{Act, do_act, perform};
pub use card::card_icon;
pub use desk::{CANVAS_ID, Desk, Load, use_desk};
pub use finder::Finder;
pub use gestures::press_palette;
pub use sheet::ShortcutSheet;

/// Whether the controls were shown before.
static KNOWS_CONTROLS: AtomicBool = AtomicBool::new(false);
/// Whether what stands on the lines was.
static KNOWS_SLOTS: AtomicBool = AtomicBool::new(false);

/// The flow.
#[component]
pub fn Canvas() -> AnyView {
    let desk = use_desk();
    gestures::listen(desk);
    measure(desk);
    listen_to_keys(desk);
    follow::follow_view(desk);
    let tree = NodeRef::<html::Div>::new();
    tree::draw_tree(desk, tree);
    let class = move || {
        let mut class = "canvas".to_owned();
        if desk.is_far.get() {
            class.push_str(" canvas--far");
        }
        if desk.placing.with(Option::is_some) {
            class.push_str(" canvas--placing");
        }
        if desk.builder.lit.with(Option::is_some) {
            class.push_str(" canvas--lit");
        }
        if desk.why_not.with(Option::is_some) {
            class.push_str(" canvas--locked");
        }
        class
    };
    view! {
        <div
            class=class
            id=CANVAS_ID
            tabindex="-1"
            node_ref=desk.root
            on:pointerdown=move |event| gestures::press(desk, &event)
            on:wheel=move |event| gestures::wheel(desk, &event)
            on:keydown=move |event| on_keydown(desk, &event)
            on:contextmenu=move |event| acts::open_menu_at(desk, &event)
        >
            <div class="canvas-slide" node_ref=desk.slide>
            <div class="canvas-world" node_ref=desk.world>
                <FarLayer />
                {line_strokes(desk)}
                <div
                    role="tree"
                    class="canvas-tree"
                    aria-label="Cards of the flow"
                    node_ref=tree
                    on:focusin=move |event| follow_focus(desk, &event)
                    on:click=move |event| press_in_tree(desk, &event)
                ></div>
                <FirstLater is_known=&KNOWS_SLOTS>{on_the_lines(desk)}</FirstLater>
            </div>
            </div>
            <Ghost />
        </div>
        <FirstLater is_known=&KNOWS_CONTROLS><Controls /></FirstLater>
        {finder_once(desk)}
        <PanelOnce panel=FlowPanel::Shortcuts is_open=desk.is_sheet_open />
        <p class="visually-hidden" role="status">{move || desk.said()}</p>
    }
    .into_any()
}

/// What stands on the lines, over them and the cards.
fn on_the_lines(desk: Desk) -> AnyView {
    let (slots, marks) = (NodeRef::<html::Div>::new(), NodeRef::<html::Div>::new());
    slots::draw_slots(desk, slots);
    slots::draw_marks(desk, marks);
    view! {
        <div class="canvas-marks" node_ref=marks></div>
        <div class="canvas-slots" node_ref=slots on:click=move |event| slots::press_among_slots(desk, &event)></div>
    }
    .into_any()
}

/// The card that got the focus, by whatever way, is where the keyboard is. It comes into sight, unless a pointer gave the
/// focus: then nothing may move under it.
fn follow_focus(desk: Desk, event: &ev::FocusEvent) {
    let Some(node_id) = card_of_event(event) else { return };
    let element = event.target().and_then(|target| target.dyn_into::<leptos::web_sys::Element>().ok());
    if element.is_some_and(|element| element.matches(":focus-visible").unwrap_or(false)) {
        desk.reveal(node_id.as_ref());
    }
    if desk.active.with_untracked(|active| *active != node_id) {
        desk.active.set(node_id);
    }
}

/// The card that an event is about.
fn card_of_event(event: &leptos::web_sys::Event) -> Option<Option<NodeId>> {
    let element = event.target()?.dyn_into::<leptos::web_sys::Element>().ok()?;
    let card = element.closest(".card").ok()??;
    let id = card.id();
    let name = id.strip_prefix("card-")?;
    Some((name != "trigger").then(|| NodeId::new(name)))
}

/// A press on a card's menu, or one on a card that no pointer made, as a screen reader makes it.
fn press_in_tree(desk: Desk, event: &ev::MouseEvent) {
    let Some(node_id) = card_of_event(event) else { return };
    let element = event.target().and_then(|target| target.dyn_into::<leptos::web_sys::Element>().ok());
    if let Some(button) = element.and_then(|element| element.closest(".card-menu").ok().flatten()) {
        let area = button.get_bounding_client_rect();
        acts::open_menu(desk, node_id, Some(Point { x: area.left(), y: area.bottom() + 4.0 }));
    } else if event.detail() == 0 {
        acts::select(desk, node_id.clone());
        desk.builder.select(node_id.map_or(Selection::Trigger, |node_id| Selection::Node { node_id }));
    }
}

/// Whether typing goes into a field, which has its own undo and its own keys.
fn is_typing(event: &leptos::web_sys::Event) -> bool {
    let element = event.target().and_then(|target| target.dyn_into::<leptos::web_sys::Element>().ok());
    let closest =
        element.and_then(|element| element.closest("input, textarea, select, [contenteditable], .editor-host").ok());
    closest.flatten().is_some()
}

fn press_of<'a>(event: &ev::KeyboardEvent, key: &'a str) -> KeyPress<'a> {
    KeyPress {
        key,
        is_command: event.ctrl_key() || event.meta_key(),
        is_shift: event.shift_key(),
        is_alt: event.alt_key(),
    }
}

/// The keys of the page, and paste, which comes as an event of its own.
fn listen_to_keys(desk: Desk) {
    let keys = window_event_listener(ev::keydown, move |event| {
        if event.default_prevented() {
            return;
        }
        let key = event.key();
        let Some(command) = page_command(press_of(&event, &key)) else { return };
        let is_own_undo = matches!(command, Command::Undo | Command::Redo) && is_typing(&event);
        if is_own_undo || is_in_dialog(&event) {
            return;
        }
        event.prevent_default();
        acts::perform(desk, command, desk.target());
    });
    let pastes = window_event_listener(ev::paste, move |event| {
        if is_typing(&event) || !desk::has_focus() {
            return;
        }
        event.prevent_default();
        let text = event.clipboard_data().and_then(|data| data.get_data("text/plain").ok());
        desk.ask(Act::PasteText { text: text.unwrap_or_default() });
    });
    on_cleanup(move || {
        keys.remove();
        pastes.remove();
    });
}

fn is_in_dialog(event: &leptos::web_sys::Event) -> bool {
    let element = event.target().and_then(|target| target.dyn_into::<leptos::web_sys::Element>().ok());
    element.and_then(|element| element.closest("dialog").ok()).flatten().is_some()
}

/// The keys of the canvas.
fn on_keydown(desk: Desk, event: &ev::KeyboardEvent) {
    let key = event.key();
    let press = press_of(event, &key);
    let is_on_button = event
        .target()
        .and_then(|target| target.dyn_into::<leptos::web_sys::Element>().ok())
        .is_some_and(|element| element.tag_name() == "BUTTON");
    if is_on_button && matches!(key.as_str(), "Enter" | " ") {
        return;
    }
    let is_placing = desk.placing.with_untracked(Option::is_some);
    let is_plain = !press.is_command && !press.is_alt && !press.is_shift;
    let walk = match key.as_str() {
        "ArrowDown" => Some(Walk::Next),
        "ArrowUp" => Some(Walk::Previous),
        "ArrowRight" => Some(Walk::Into),
        "ArrowLeft" => Some(Walk::Out),
        "Home" => Some(Walk::First),
        "End" => Some(Walk::Last),
        _ => None,
    };
    if let Some(walk) = walk.filter(|_| is_plain) {
        event.prevent_default();
        if is_placing {
            desk.ask(Act::WalkSlots { walk });
        } else {
            desk.walk(walk);
        }
        return;
    }
    if key == " " && is_plain && !is_placing {
        event.prevent_default();
        acts::select(desk, desk.active.get_untracked());
        return;
    }
    let Some(command) = canvas_command(press) else { return };
    event.prevent_default();
    acts::perform(desk, command, Some(desk.active.get_untracked()));
}

/// Keeps the size of the canvas, and shows the flow when there is one for the first time.
fn measure(desk: Desk) {
    let here = Here::now();
    let read = move || {
        let Some(root) = desk.root.get_untracked() else { return };
        let (width, height) = (f64::from(root.client_width()), f64::from(root.client_height()));
        let view = desk.view.get_untracked();
        if width < 1.0 || height < 1.0 || (view.width, view.height) == (width, height) {
            return;
        }
        let bounds = desk.bounds();
        if view.width < 1.0 {
            let view = crate::view_model::viewport::Viewport { width, height, ..view }.opened(&bounds);
            let active = desk.active.get_untracked();
            let corner = desk.board.with_untracked(|board| board.card(active.as_ref()).map(|card| card.corner));
            desk.view.set(corner.map_or(view, |corner| view.revealing(&Area::of_card(corner))));
        } else {
            desk.view.set(view.resized(width, height));
        }
    };
    Effect::new(move |_| {
        desk.root.track();
        // A narrow screen shows the canvas only while its tab is chosen.
        desk.builder.pane.track();
        here.on_frame(read);
    });
    let listener = window_event_listener(ev::resize, move |_| read());
    on_cleanup(move || listener.remove());
}

/// The menus, whose code comes with the first of them.
fn finder_once(desk: Desk) -> AnyView {
    let is_open = Signal::derive(move || desk.menu.with(Option::is_some));
    panel_once(FlowPanel::Finder, is_open, move || desk.menu.set(None))
}
