//! Three steps for a first visitor; they go away by themselves.
//!
//! In: what was done. Out: what to do next.
//! Invariant: shows only while nothing was ever sent.

use leptos::prelude::*;

use crate::ui::builder::use_builder;
use crate::ui::kit::{Icon, icon};
use crate::ui::state::use_app_state;

/// *Pick an event · Edit the payload · Send it*.
#[component]
pub fn StepsHint() -> AnyView {
    let app_state = use_app_state();
    let builder = use_builder();
    let is_first_visit = Memo::new(move |_| {
        app_state.activity.with(|activity| {
            activity.as_ref().is_some_and(|activity| activity.n_subscribers.iter().all(|(_, n)| *n == 0))
        })
    });
    let is_shown = Memo::new(move |_| is_first_visit.get() && !builder.steps.get().is_test_sent);
    let step = move |label: &'static str, is_done: bool| {
        let class = if is_done { "step step--done" } else { "step" };
        view! {
            <li class=class>
                {is_done.then(|| icon(Icon::Check))}
                <span>{label}</span>
                {is_done.then(|| view! { <span class="visually-hidden">" (done)"</span> })}
            </li>
        }
    };
    view! {
        <Show when=move || is_shown.get()>
            <ol class="steps" aria-label="First steps">
                {move || {
                    let done = builder.steps.get();
                    view! {
                        {step("Pick an event", done.is_event_picked)}
                        {step("Edit the payload", done.is_payload_edited)}
                        {step("Send it", done.is_test_sent)}
                    }
                }}
            </ol>
        </Show>
    }
    .into_any()
}
