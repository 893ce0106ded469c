//! A large flow from far: blocks and strokes, a few elements for thousands of cards.
//!
//! In: the layout. Out: one drawing.
//! Invariant: its cost does not grow with each move; the paths are made once a layout.

use std::sync::Arc;

use leptos::prelude::*;

use crate::domain::flow::layout::Point;
use crate::ui::builder::Selection;
use crate::ui::builder::canvas::desk::{Desk, inset_of, use_desk};
use crate::ui::builder::canvas::lines::is_taken;
use crate::view_model::board::{Board, block_path, line_path};
use crate::view_model::viewport::Area;

/// The paths of a flow that is seen from far, for the canvas and the minimap.
#[derive(Clone, Copy)]
pub struct FarPaths {
    pub blocks: Memo<String>,
    pub strokes: Memo<String>,
    pub selected: Memo<String>,
    pub lit: Memo<String>,
}

impl FarPaths {
    /// Made when first drawn.
    pub fn new(desk: Desk, board: Signal<Arc<Board>>) -> Self {
        Self {
            blocks: Memo::new(move |_| board.with(|board| board.blocks_path())),
            strokes: Memo::new(move |_| board.with(|board| board.strokes_path())),
            selected: Memo::new(move |_| {
                let node_id = match desk.builder.selection.get() {
                    Selection::Nothing => return String::new(),
                    Selection::Trigger => None,
                    Selection::Node { node_id } => Some(node_id),
                };
                board.with(|board| board.card(node_id.as_ref()).map(|card| block_path(card.corner)).unwrap_or_default())
            }),
            lit: Memo::new(move |_| {
                desk.builder.lit.with(|lit| {
                    let Some(lit) = lit else { return String::new() };
                    board.with(|board| {
                        let mut path = String::new();
                        for line in board.lines.iter().filter(|line| is_taken(lit, &line.slot)) {
                            path.push_str(&line_path(line));
                        }
                        path
                    })
                })
            }),
        }
    }
}

/// The flow as blocks, in the world: with it they are moved.
#[component]
pub fn FarLayer() -> AnyView {
    let desk = use_desk();
    let show = move || {
        desk.is_far.get().then(|| {
            let paths = FarPaths::new(desk, desk.board.into());
            let bounds = Memo::new(move |_| desk.board.with(|board| board.bounds));
            view! {
                <svg
                    class="canvas-far"
                    aria-hidden="true"
                    focusable="false"
                    width=move || bounds.with(|bounds| bounds.right - bounds.left)
                    height=move || bounds.with(|bounds| bounds.bottom - bounds.top)
                    viewBox=move || bounds.with(view_box)
                    style:inset=move || bounds.with(|bounds| inset_of(Point { x: bounds.left, y: bounds.top }))
                >
                    <path class="far-strokes" d=paths.strokes></path>
                    <path class="far-lit" d=paths.lit></path>
                    <path class="far-blocks" d=paths.blocks></path>
                    <path class="far-selected" d=paths.selected></path>
                </svg>
            }
            .into_any()
        })
    };
    view! { {show} }.into_any()
}

/// The bounds of a flow as an SVG has them.
pub fn view_box(bounds: &Area) -> String {
    format!("{} {} {} {}", bounds.left, bounds.top, bounds.right - bounds.left, bounds.bottom - bounds.top)
}
