//! The lines between cards.
//!
//! In: which lines are in sight. Out: strokes.
//! Invariant: one path for all lines in sight, one more for those a journey takes.

use leptos::prelude::*;

use crate::domain::flow::layout::PlacedLine;
use crate::domain::flow::tree::Slot;
use crate::ui::builder::canvas::desk::Desk;
use crate::view_model::board::push_line_path;
use crate::view_model::journey::JourneyView;

/// The lines in sight.
pub fn line_strokes(desk: Desk) -> AnyView {
    let path = move |is_wanted: &dyn Fn(&PlacedLine) -> bool| {
        let mut path = String::new();
        if !desk.is_far.get() {
            let window = desk.window.get();
            desk.board.with(|board| {
                let places = board.lines_in(&window);
                let lines = places.into_iter().filter_map(|place| board.lines.get(place));
                lines.filter(|line| is_wanted(line)).for_each(|line| push_line_path(&mut path, line));
            });
        }
        path
    };
    let all = move || path(&|_| true);
    let lit = move || {
        desk.builder.lit.with(|lit| lit.as_ref().map(|lit| path(&|line| is_taken(lit, &line.slot))).unwrap_or_default())
    };
    view! {
        <svg class="canvas-lines" aria-hidden="true" focusable="false" width="1" height="1">
            <path class="canvas-line" d=all></path>
            <path class="canvas-line canvas-line--lit" d=lit></path>
        </svg>
    }
    .into_any()
}

/// Whether a journey goes along a line.
pub fn is_taken(lit: &JourneyView, slot: &Slot) -> bool {
    match slot {
        Slot::Entry => lit.is_entered,
        Slot::Below { node_id } => lit.passage(node_id).is_some(),
        Slot::Branch { node_id, branch } => lit.branch(node_id) == Some(*branch),
    }
}
