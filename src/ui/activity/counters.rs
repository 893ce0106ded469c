//! Subscribers per status, on top of the list; each a filter.
//!
//! In: the newest page. Out: links.
//! Invariant: a counter keeps its place and its width while its number changes.

use leptos::prelude::*;

use crate::domain::delivery::state::StatusKind;
use crate::ui::kit::{Icon, icon, status_icon, tone_class};
use crate::ui::state::use_app_state;
use crate::view_model::delivery::{STATUSES, Tone, status_label, status_tone};
use crate::view_model::messages;
use crate::view_model::route::{ActivityQuery, Route};

/// The counters.
#[component]
pub fn Counters(
    /// The filter that the address names.
    query: Memo<ActivityQuery>,
) -> AnyView {
    let app_state = use_app_state();
    let count = move |status: StatusKind| {
        app_state.activity.with(|activity| {
            let counts = activity.as_ref().map(|activity| activity.n_subscribers.as_slice()).unwrap_or_default();
            counts.iter().find(|(kind, _)| *kind == status).map_or(0, |(_, n)| *n)
        })
    };
    let n_maybe =
        move || app_state.activity.with(|activity| activity.as_ref().map_or(0, |activity| activity.n_may_have_arrived));
    let counters = STATUSES
        .into_iter()
        .map(|status| {
            let is_on = Memo::new(move |_| query.get().status == Some(status));
            let target = move || {
                let status = (!is_on.get()).then_some(status);
                ActivityQuery { status, ..query.get() }
            };
            counter(
                status_tone(status),
                status_icon(status),
                status_label(status),
                is_on,
                Signal::derive(move || count(status)),
                Signal::derive(target),
            )
        })
        .collect_view();
    let is_maybe_on = Memo::new(move |_| query.get().is_maybe_only);
    let maybe_target = Signal::derive(move || ActivityQuery { is_maybe_only: !is_maybe_on.get(), ..query.get() });
    view! {
        <ul class="counters" aria-label="Subscribers per status">
            {counters}
            {counter(Tone::Maybe, Icon::Maybe, messages::MAY_HAVE_ARRIVED, is_maybe_on, Signal::derive(n_maybe), maybe_target)}
        </ul>
    }
    .into_any()
}

fn counter(
    tone: Tone,
    glyph: Icon,
    label: &'static str,
    is_on: Memo<bool>,
    n_profiles: Signal<usize>,
    target: Signal<ActivityQuery>,
) -> AnyView {
    view! {
        <li>
            <a
                class=format!("counter {}", tone_class(tone))
                href=move || Route::Activity { query: target.get() }.hash()
                aria-current=move || is_on.get().then_some("true")
            >
                <span class="counter-number">{move || n_profiles.get()}</span>
                <span class="counter-label">{icon(glyph)}{label}</span>
            </a>
        </li>
    }
    .into_any()
}
