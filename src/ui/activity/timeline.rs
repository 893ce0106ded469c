//! The attempts of a delivery, one below the other in time.
//!
//! In: the attempts as they happen. Out: what came back, when, and how long it took.
//! Invariant: an attempt without an end says that it is on its way.

use leptos::prelude::*;

use crate::ui::kit::{Icon, icon, tone_class};
use crate::ui::page::{Page, use_page};
use crate::ui::payload::show_body;
use crate::ui::state::use_app_state;
use crate::view_model::delivery::{AttemptView, Tone, attempt_view};
use crate::view_model::messages;
use crate::view_model::time::utc_time;

/// All attempts of the opened delivery.
#[component]
pub fn Timeline() -> AnyView {
    let app_state = use_app_state();
    let page = use_page();
    let attempts = Memo::new(move |_| {
        app_state.opened.with(|opened| {
            opened
                .as_ref()
                .map(|opened| opened.attempts.iter().map(attempt_view).collect::<Vec<_>>())
                .unwrap_or_default()
        })
    });
    let numbers =
        Memo::new(move |_| attempts.with(|attempts| attempts.iter().map(|attempt| attempt.number).collect::<Vec<_>>()));
    let is_empty = Memo::new(move |_| numbers.with(Vec::is_empty));
    let show = move || {
        if is_empty.get() {
            return view! { <p class="muted">"No attempt was made."</p> }.into_any();
        }
        view! {
            <ol class="timeline">
                <For each=move || numbers.get() key=|number| *number let:number>
                    {one_attempt(page, attempts, number)}
                </For>
            </ol>
        }
        .into_any()
    };
    view! { <section class="detail-part"><h3>"Attempts"</h3>{show}</section> }.into_any()
}

/// One attempt; only its own change draws it anew, so that an answer somebody reads stays open.
fn one_attempt(page: Page, attempts: Memo<Vec<AttemptView>>, number: u32) -> AnyView {
    let attempt =
        Memo::new(move |_| attempts.with(|attempts| attempts.iter().find(|attempt| attempt.number == number).cloned()));
    view! { {move || attempt.get().map(|attempt| show_attempt(page, attempt))} }.into_any()
}

const fn tone_icon(tone: Tone) -> Icon {
    match tone {
        Tone::Ok => Icon::Delivered,
        Tone::Wait => Icon::Retry,
        Tone::Fail => Icon::Skipped,
        Tone::Maybe => Icon::Maybe,
        Tone::Accent => Icon::Send,
        Tone::Neutral => Icon::Clock,
    }
}

fn show_attempt(page: Page, attempt: AttemptView) -> AnyView {
    let AttemptView {
        number,
        tone,
        headline,
        meaning,
        took,
        lateness,
        is_manual,
        started_at,
        response_headers,
        response_body,
        is_body_cut,
        ..
    } = attempt;
    let n_headers = response_headers.len();
    let has_answer = n_headers > 0 || response_body.is_some();
    view! {
        <li class="attempt">
            <span class=format!("attempt-mark {}", tone_class(tone))>{icon(tone_icon(tone))}</span>
            <div class="attempt-words">
                <p class="attempt-head">
                    <span class="visually-hidden">{format!("Attempt {number}: ")}</span>
                    <strong>{headline}</strong>
                    <span class="muted">{took}</span>
                </p>
                <p class="muted">
                    {format!("Attempt {number}, ")}
                    <time title=utc_time(started_at)>{move || page.short_time(started_at)}</time>
                    {is_manual.then_some(", by hand")}
                    {lateness.map(|lateness| format!(", {lateness}"))}
                </p>
                <p>{meaning}</p>
                {has_answer
                    .then(|| {
                        view! {
                            <details>
                                <summary>"Answer"</summary>
                                <ul class="answer-headers">
                                    {response_headers
                                        .into_iter()
                                        .map(|(name, value)| {
                                            view! { <li><span class="request-header">{name}":"</span>" "{value}</li> }
                                        })
                                        .collect_view()}
                                </ul>
                                {response_body.map(|body| show_body(&body))}
                                {is_body_cut.then(|| view! { <p class="muted">{messages::BODY_CUT}</p> })}
                            </details>
                        }
                    })}
            </div>
        </li>
    }
    .into_any()
}
