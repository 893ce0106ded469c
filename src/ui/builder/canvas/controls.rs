//! Zoom, search and the minimap, on top of the canvas.
//!
//! In: the view. Out: another view.
//! Invariant: the minimap shows only while the flow is larger than the window onto it.

use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;
use leptos::{ev, html};

use crate::domain::flow::layout::Point;
use crate::ui::builder::canvas::acts;
use crate::ui::builder::canvas::desk::{Desk, use_desk};
use crate::ui::builder::canvas::dom::{Slide, set_style};
use crate::ui::builder::canvas::far::{FarPaths, view_box};
use crate::ui::kit::{Icon, IconButton};
use crate::view_model::board::Board;
use crate::view_model::builder_commands::Command;
use crate::view_model::viewport::{SmallMap, Viewport};

/// So long after an edit the minimap shows it.
const LATE: Duration = Duration::from_millis(150);

/// Buttons and minimap.
#[component]
pub fn Controls() -> AnyView {
    let desk = use_desk();
    let button = move |label: &'static str, glyph: Icon, command: Command| {
        view! { <IconButton label=label glyph=glyph on_press=move |()| acts::perform(desk, command, desk.target()) /> }
    };
    let percent = Memo::new(move |_| desk.view.with(|view| (view.zoom * 100.0).round().max(1.0) as i64));
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
        {move || desk.is_large.get().then(|| minimap(desk))}
    }
    .into_any()
}

fn minimap(desk: Desk) -> AnyView {
    let board = late_board(desk);
    let paths = FarPaths::new(desk, board);
    let (ground, frame) = (NodeRef::<html::Div>::new(), NodeRef::<html::Div>::new());
    let screen = Memo::new(move |_| desk.view.with(|view| (view.width, view.height)));
    let map = Memo::new(move |_| {
        let ground = ground.get()?;
        // Small screens have a smaller one.
        screen.track();
        let (width, height) = (f64::from(ground.client_width()), f64::from(ground.client_height()));
        Some(board.with(|board| SmallMap::of(&board.bounds, width, height)))
    });
    let go = move |event: &ev::PointerEvent| {
        let (Some(map), Some(ground)) = (map.get_untracked(), ground.get_untracked()) else { return };
        let area = ground.get_bounding_client_rect();
        let (x, y) = (f64::from(event.client_x()) - area.left(), f64::from(event.client_y()) - area.top());
        let middle = map.to_canvas(Point { x, y });
        desk.look(|view, bounds| {
            let at = view.to_screen(middle);
            view.panned(Point { x: view.width / 2.0 - at.x, y: view.height / 2.0 - at.y }, bounds)
        });
    };
    let mut slide: Option<Slide> = None;
    Effect::new(move |before: Option<Option<(f64, f64)>>| {
        let (Some(map), Some(frame)) = (map.get(), frame.get()) else { return None };
        let seen = map.area(&desk.view.with(Viewport::seen));
        slide.get_or_insert_with(|| Slide::of(&frame)).go(seen.left, seen.top);
        let size = (seen.right - seen.left, seen.bottom - seen.top);
        if before.flatten() != Some(size) {
            set_style(&frame, "width", &format!("{}px", size.0));
            set_style(&frame, "height", &format!("{}px", size.1));
        }
        Some(size)
    });
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
            <div class="minimap-ground" node_ref=ground>
                <svg viewBox=move || board.with(|board| view_box(&board.bounds)) focusable="false">
                    <path class="far-strokes" d=paths.strokes></path>
                    <path class="far-lit" d=paths.lit></path>
                    <path class="far-blocks" d=paths.blocks></path>
                    <path class="far-selected" d=paths.selected></path>
                </svg>
                <div class="minimap-window" node_ref=frame></div>
            </div>
        </div>
    }
    .into_any()
}

/// The flow as the minimap has it: a moment after an edit, whose frame does not wait for it.
fn late_board(desk: Desk) -> Signal<Arc<Board>> {
    let late = RwSignal::new(desk.board.get_untracked());
    Effect::new(move |before: Option<()>| {
        desk.board.track();
        if before.is_some() {
            // The flow may be left by then.
            let take = move || drop(desk.board.try_get_untracked().and_then(|board| late.try_set(board)));
            set_timeout(take, LATE);
        }
    });
    late.into()
}
