//! A part of a screen that comes in a task of its own.
//!
//! In: the part. Out: the same, a moment later.
//! Invariant: what stands before it is there first, and the page answers in between; nothing that comes later moves it.

use std::time::Duration;

use leptos::prelude::*;

/// Comes after what stands before it was put on the screen.
#[component]
pub fn Later(
    /// The part.
    children: ChildrenFn,
) -> AnyView {
    let is_due = RwSignal::new(false);
    set_timeout(
        move || {
            // A screen that is gone by then takes nothing any more.
            is_due.try_set(true);
        },
        Duration::ZERO,
    );
    (move || is_due.get().then(|| children())).into_any()
}
