//! Zoom, search and the minimap, on top of the canvas.
//!
//! In: the view. Out: another view.
//! Invariant: the minimap shows only while the flow is larger than the window onto it.

use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;

use crate::domain::flow::layout::Point;
use crate::ui::builder::canvas::acts;
use crate::ui::builder::canvas::desk::{Desk, use_desk};
use crate::ui::builder::canvas::far::{FarPaths, view_box};
use crate::ui::kit::{Icon, IconButton};
use crate::view_model::builder_commands::Command;
use crate::view_model::viewport::Area;

/// Buttons and minimap.
#[component]
pub fn Controls() -> AnyView {
    let desk = use_desk();
    let button = move |label: &'static str, glyph: Icon, command: Command| {
        view! { <IconButton label=label glyph=glyph on_press=move |()| acts::perform(desk, command, desk.target()) /> }
    };
    let percent = Memo::new(move |_| desk.view.with(|view| (view.zoom * 100.0).round().max(1.0) as i64));
    let is_large = Memo::new(move |_| {
        desk.view.with(|view| view.width > 0.0 && desk.board.with(|board| !view.shows_all(&board.bounds)))
    });
    view! {
        <div class="canvas-controls" role="group" aria-label="View">
            {button("Find a card", Icon::Search, Command::FindCard)}
            {button("Command palette", Icon::Command, Command::Palette)}
            <span class="canvas-rule" aria-hidden="true"></span>
            {button("Zoom out", Icon::Minus, Command::ZoomOut)}
            <button
                type="button"
                class="canvas-percent"
                title="Zoom to 100 %"
                on:click=move |_| acts::perform(desk, Command::ZoomLife, None)
            >
                {percent}
                " %"
            </button>
            {button("Zoom in", Icon::Plus, Command::ZoomIn)}
            {button("Fit the flow", Icon::Fit, Command::ZoomFit)}
        </div>
        {move || is_large.get().then(|| minimap(desk))}
    }
    .into_any()
}

fn minimap(desk: Desk) -> AnyView {
    let paths = FarPaths::new(desk);
    let go = move |event: &ev::PointerEvent| {
        let Some(element) =
            event.current_target().and_then(|target| target.dyn_into::<leptos::web_sys::Element>().ok())
        else {
            return;
        };
        let area = element.get_bounding_client_rect();
        let x = (f64::from(event.client_x()) - area.left()) / area.width().max(1.0);
        let y = (f64::from(event.client_y()) - area.top()) / area.height().max(1.0);
        desk.look(|view, bounds| {
            let (width, height) = (bounds.right - bounds.left, bounds.bottom - bounds.top);
            // The drawing keeps its shape inside the element, in its middle.
            let scale = (area.width() / width).min(area.height() / height);
            let from_middle = Point { x: (x - 0.5) * area.width() / scale, y: (y - 0.5) * area.height() / scale };
            let middle = Point {
                x: (bounds.left + bounds.right) / 2.0 + from_middle.x,
                y: (bounds.top + bounds.bottom) / 2.0 + from_middle.y,
            };
            let at = view.to_screen(middle);
            view.panned(Point { x: view.width / 2.0 - at.x, y: view.height / 2.0 - at.y }, bounds)
        });
    };
    let seen = Memo::new(move |_| {
        desk.view.with(|view| {
            desk.board.with(|board| {
                let (seen, bounds) = (view.seen(), board.bounds);
                Area {
                    left: seen.left.max(bounds.left),
                    top: seen.top.max(bounds.top),
                    right: seen.right.min(bounds.right),
                    bottom: seen.bottom.min(bounds.bottom),
                }
            })
        })
    });
    let place = move || {
        let Area { left, top, .. } = seen.get();
        format!("translate({left}px,{top}px)")
    };
    view! {
        // Arrow keys, search and zoom do the same by keyboard.
        <div
            class="minimap"
            aria-hidden="true"
            on:pointerdown=move |event| {
                event.prevent_default();
                go(&event);
            }
            on:pointermove=move |event| {
                if event.buttons() == 1 {
                    go(&event);
                }
            }
        >
            <svg viewBox=move || desk.board.with(|board| view_box(&board.bounds)) focusable="false">
                <path class="far-strokes" d=paths.strokes></path>
                <path class="far-lit" d=paths.lit></path>
                <path class="far-blocks" d=paths.blocks></path>
                <path class="far-selected" d=paths.selected></path>
                <rect
                    class="minimap-window"
                    style:transform=place
                    width=move || seen.with(|area| (area.right - area.left).max(1.0))
                    height=move || seen.with(|area| (area.bottom - area.top).max(1.0))
                ></rect>
            </svg>
        </div>
    }
    .into_any()
}
