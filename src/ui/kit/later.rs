//! What comes a moment later.
//!
//! In: a part of a screen, or an act. Out: the same, in a task or a frame of its own.
//! Invariant: whatever runs for a part of a screen that is gone by then is left out, since its signals are gone too, and
//! reading one of those ends the app.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::{spawn_local, tick};

/// A part of a screen, for what it asks to be done later.
#[derive(Debug, Clone, Copy)]
pub struct Here {
    token: StoredValue<()>,
}

impl Here {
    /// Of the part that is being made.
    pub fn now() -> Self {
        Self { token: StoredValue::new(()) }
    }

    /// Whether the part is still on the page.
    pub fn is(self) -> bool {
        self.token.try_get_value().is_some()
    }

    /// Runs once what changed is in the page, which is before the next key or press comes, if the part is still there.
    pub fn soon(self, act: impl FnOnce() + 'static) {
        soon(move || {
            if self.is() {
                act();
            }
        });
    }

    /// Runs with the next frame, if the part is still there.
    pub fn on_frame(self, act: impl FnOnce() + 'static) {
        request_animation_frame(move || {
            if self.is() {
                act();
            }
        });
    }
}

/// Runs once what changed is in the page, which is before the next key or press comes: a frame may be later than that.
pub fn soon(act: impl FnOnce() + 'static) {
    spawn_local(async move {
        tick().await;
        act();
    });
}

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

/// As [`Later`] the first time that the page shows it, and at once from then on: a browser compiles code when it first runs,
/// which takes many times as long as running it.
#[component]
pub fn FirstLater(
    /// Whether it was shown before.
    is_known: &'static AtomicBool,
    /// The part.
    children: ChildrenFn,
) -> AnyView {
    if is_known.load(Ordering::Relaxed) {
        return children().into_any();
    }
    view! {
        <Later>
            {
                is_known.store(true, Ordering::Relaxed);
                children()
            }
        </Later>
    }
    .into_any()
}
