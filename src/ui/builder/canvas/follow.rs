//! The view on its way to the screen.
//!
//! In: the view. Out: where the world stands, and what changes rarely with it: what is mounted, how much detail is drawn.
//! Invariant: a move moves one element; cards are mounted before they come into sight, while the view rests.

use std::time::Duration;

use leptos::prelude::*;

use crate::ui::builder::canvas::desk::{DETAIL_ZOOM, Desk};
use crate::ui::builder::canvas::dom::{Slide, set_style};
use crate::view_model::viewport::Viewport;

/// So long without a change the view rests.
const REST: Duration = Duration::from_millis(150);
/// The first time it leaves the rest of the page time to come.
const FIRST_REST: Duration = Duration::from_secs(1);

/// Moves the world with the view.
pub fn follow_view(desk: Desk) {
    let n_looks = StoredValue::new(0_u32);
    let is_awaited = StoredValue::new(false);
    let mut slide: Option<Slide> = None;
    Effect::new(move |before: Option<Option<Viewport>>| {
        let view = desk.view.get();
        // Elements are asked for only where they are needed: each time costs more than to move them.
        if slide.is_none() {
            slide = desk.slide.get().map(|moved| Slide::of(&moved));
        }
        let slide = slide.as_ref().filter(|_| view.width >= 1.0)?;
        let before = before.flatten();
        if before.is_none_or(|before| before.zoom != view.zoom) {
            let (Some(world), Some(root)) = (desk.world.get(), desk.root.get()) else { return None };
            set(desk.is_far, view.zoom < DETAIL_ZOOM);
            set_style(&world, "transform", &format!("scale({})", view.zoom));
            // Buttons keep their size while the flow gets smaller.
            let shrink = (1.0 / view.zoom).clamp(1.0, 1.0 / DETAIL_ZOOM);
            set_style(&root, "--shrink", &shrink.to_string());
        }
        // Whole pixels, so that what is drawn once stays sharp wherever it is moved.
        slide.go(view.offset.x.round(), view.offset.y.round());
        // From far there are only blocks.
        if !desk.is_far.get_untracked() {
            set(desk.window, view.mounted_from(&desk.window.get_untracked()));
        }
        if !desk.is_moving.get_value() {
            measure_flow(desk);
        }
        n_looks.update_value(|n_looks| *n_looks = n_looks.wrapping_add(1));
        if !is_awaited.get_value() {
            is_awaited.set_value(true);
            await_rest(desk, if before.is_some() { REST } else { FIRST_REST }, n_looks, is_awaited);
        }
        Some(view)
    });
    Effect::new(move |_| {
        desk.board.track();
        measure_flow(desk);
    });
}

/// Sets what is not so yet.
fn set<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|now| *now != value) {
        signal.set(value);
    }
}

fn measure_flow(desk: Desk) {
    let view = desk.view.get_untracked();
    let is_large = view.width > 0.0 && desk.board.with_untracked(|board| !view.shows_all(&board.bounds));
    set(desk.is_large, is_large);
}

/// Once nobody has looked elsewhere for a while, what may come into sight next is mounted.
fn await_rest(desk: Desk, rest: Duration, n_looks: StoredValue<u32>, is_awaited: StoredValue<bool>) {
    let Some(before) = n_looks.try_get_value() else { return };
    let look_again = move || match n_looks.try_get_value() {
        // The flow was left.
        None => {}
        Some(now) if now == before => {
            is_awaited.set_value(false);
            desk.is_moving.set_value(desk.gestures.is_panning());
            measure_flow(desk);
            if !desk.is_far.get_untracked() {
                let window = desk.view.get_untracked().rested(&desk.window.get_untracked());
                set(desk.window, window);
            }
        }
        Some(_) => await_rest(desk, REST, n_looks, is_awaited),
    };
    set_timeout(look_again, rest);
}
