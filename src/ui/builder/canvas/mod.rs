//! The flow as cards joined by lines, from the trigger down to the ends, on a canvas that pans and zooms.
//!
//! In: the working copy and its problems. Out: what is selected, and edits.
//! Invariant: only what is in sight is drawn in full; the card with the focus is always there, with its place in the tree.

mod acts;
mod card;
mod controls;
mod desk;
mod far;
mod finder;
mod gestures;
mod lines;
mod sheet;

use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;

use crate::domain::id::NodeId;
use crate::ui::builder::canvas::card::show_card;
use crate::ui::builder::canvas::controls::Controls;
use crate::ui::builder::canvas::desk::{DETAIL_ZOOM, MOUNT_ALL};
use crate::ui::builder::canvas::far::FarLayer;
use crate::ui::builder::canvas::finder::Finder;
use crate::ui::builder::canvas::gestures::Ghost;
use crate::ui::builder::canvas::lines::{line_strokes, show_slot};
use crate::ui::builder::canvas::sheet::ShortcutSheet;
use crate::view_model::board::Walk;
use crate::view_model::builder_commands::{Command, KeyPress, canvas_command, page_command};
use crate::view_model::viewport::Area;

pub use acts::{perform, pick_from_palette};
pub use card::card_icon;
pub use desk::{CANVAS_ID, Desk, Load, use_desk};
pub use gestures::press_palette;

/// The flow.
#[component]
pub fn Canvas() -> AnyView {
    let desk = use_desk();
    gestures::listen(desk);
    measure(desk);
    listen_to_keys(desk);
    let is_far = Memo::new(move |_| desk.view.with(|view| view.zoom < DETAIL_ZOOM));
    let window = Memo::new(move |before: Option<&Area>| match before {
        Some(before) if desk.is_moving.get() => desk.view.with(|view| view.mounted_from(before)),
        Some(_) | None => desk.view.with(|view| view.mounted()),
    });
    let cards = Memo::new(move |_| mounted_cards(desk, is_far.get(), &window.get()));
    let slots = Memo::new(move |_| {
        if is_far.get() {
            return Vec::new();
        }
        let window = window.get();
        desk.board.with(|board| {
            let lines = board.lines_in(&window);
            lines
                .into_iter()
                .filter_map(|line_idx| board.lines.get(line_idx).map(|line| line.slot.clone()))
                .collect::<Vec<_>>()
        })
    });
    // Buttons keep their size while the flow gets smaller.
    Effect::new(move |before: Option<f64>| {
        let shrink = desk.view.with(|view| (1.0 / view.zoom).clamp(1.0, 1.0 / DETAIL_ZOOM));
        if let Some(root) = desk.root.get()
            && before != Some(shrink)
            && leptos::web_sys::HtmlElement::style(&root).set_property("--shrink", &shrink.to_string()).is_err()
        {
            leptos::logging::warn!("the size of the buttons could not be set");
        }
        shrink
    });
    let class = move || {
        let mut class = "canvas".to_owned();
        if is_far.get() {
            class.push_str(" canvas--far");
        }
        if desk.placing.with(Option::is_some) {
            class.push_str(" canvas--placing");
        }
        if desk.builder.lit.with(Option::is_some) {
            class.push_str(" canvas--lit");
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
            <FarLayer is_far=is_far />
            <div
                class=move || if desk.is_moving.get() { "canvas-world canvas-world--moving" } else { "canvas-world" }
                style:transform=move || transform_of(desk)>
                {line_strokes(desk, slots)}
                <div role="tree" class="canvas-tree" aria-label="Cards of the flow" on:focusin=move |event| follow_focus(desk, &event) on:click=move |event| acts::press_by_name(desk, &event)>
                    <For each=move || cards.get() key=|key| key.clone() let:key>
                        {show_card(desk, key)}
                    </For>
                </div>
                <For each=move || slots.get() key=|slot| slot.clone() let:slot>
                    {show_slot(desk, slot)}
                </For>
            </div>
            <Ghost />
        </div>
        <Controls />
        <Finder />
        <ShortcutSheet />
        <p class="visually-hidden" role="status">{move || desk.said()}</p>
    }
    .into_any()
}

fn transform_of(desk: Desk) -> String {
    let view = desk.view.get();
    format!("translate({}px,{}px) scale({})", view.offset.x, view.offset.y, view.zoom)
}

/// The cards that have an element: those in sight, and those next to the focus, so that it can move on.
fn mounted_cards(desk: Desk, is_far: bool, window: &Area) -> Vec<Option<NodeId>> {
    desk.board.with(|board| {
        let key_of = |card_idx: &usize| board.cards.get(*card_idx).map(|card| card.node_id.clone());
        if board.cards.len() <= MOUNT_ALL {
            return board.cards.iter().map(|card| card.node_id.clone()).collect();
        }
        let mut places = if is_far { Vec::new() } else { board.cards_in(window) };
        desk.active.with(|active| {
            if let Some(place) = board.cards.iter().position(|card| card.node_id == *active) {
                places.extend(place.saturating_sub(2)..=(place + 2).min(board.cards.len() - 1));
            }
        });
        places.push(0);
        places.sort_unstable();
        places.dedup();
        places.iter().filter_map(key_of).collect()
    })
}

/// The card that got the focus, by whatever way, is where the keyboard is.
fn follow_focus(desk: Desk, event: &ev::FocusEvent) {
    let Some(node_id) = card_of_event(event) else { return };
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
        acts::paste_text(desk, text.as_deref().unwrap_or_default());
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
            acts::walk_slots(desk, walk);
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
        request_animation_frame(read);
    });
    let listener = window_event_listener(ev::resize, move |_| read());
    on_cleanup(move || listener.remove());
}
