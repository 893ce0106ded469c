//! A large flow from far: blocks and strokes, a few elements for thousands of cards.
//!
//! In: the layout and the view. Out: one drawing.
//! Invariant: its cost does not grow with each move; the paths are made once a layout.

use leptos::prelude::*;

use crate::ui::builder::Selection;
use crate::ui::builder::canvas::desk::{Desk, use_desk};
use crate::ui::builder::canvas::lines::is_taken;
use crate::view_model::board::{block_path, line_path};

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
    pub fn new(desk: Desk) -> Self {
        Self {
            blocks: Memo::new(move |_| desk.board.with(|board| board.blocks_path())),
            strokes: Memo::new(move |_| desk.board.with(|board| board.strokes_path())),
            selected: Memo::new(move |_| {
                let node_id = match desk.builder.selection.get() {
                    Selection::Nothing => return String::new(),
                    Selection::Trigger => None,
                    Selection::Node { node_id } => Some(node_id),
                };
                desk.board
                    .with(|board| board.card(node_id.as_ref()).map(|card| block_path(card.corner)).unwrap_or_default())
            }),
            lit: Memo::new(move |_| {
                desk.builder.lit.with(|lit| {
                    let Some(lit) = lit else { return String::new() };
                    desk.board.with(|board| {
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

/// The flow as blocks.
#[component]
pub fn FarLayer(
    /// Whether the view is far enough.
    is_far: Memo<bool>,
) -> AnyView {
    let desk = use_desk();
    let show = move || {
        is_far.get().then(|| {
            let paths = FarPaths::new(desk);
            // At the zoom that it was drawn for the drawing only moves; another zoom draws it anew.
            let zoom = Memo::new(move |_| desk.view.with(|view| view.zoom));
            let size = Memo::new(move |_| {
                let zoom = zoom.get();
                desk.board.with(|board| {
                    let bounds = board.bounds;
                    (bounds, (bounds.right - bounds.left) * zoom, (bounds.bottom - bounds.top) * zoom)
                })
            });
            let place = move || {
                let (bounds, ..) = size.get();
                let (x, y) = desk.view.with(|view| {
                    let at = view.to_screen(crate::domain::flow::layout::Point { x: bounds.left, y: bounds.top });
                    (at.x, at.y)
                });
                format!("translate({x}px,{y}px)")
            };
            view! {
                <svg
                    class="canvas-far"
                    aria-hidden="true"
                    focusable="false"
                    width=move || size.get().1
                    height=move || size.get().2
                    viewBox=move || view_box(&size.get().0)
                    style:transform=place
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
pub fn view_box(bounds: &crate::view_model::viewport::Area) -> String {
    format!("{} {} {} {}", bounds.left, bounds.top, bounds.right - bounds.left, bounds.bottom - bounds.top)
}
