//! One delivery of the rehearsal: its request and its attempts.
//!
//! In: the chosen delivery. Out: nothing.
//! Invariant: the same request as would be sent for real.

use leptos::prelude::*;

use crate::domain::delivery::state::{Attempt, Delivery, StatusKind};
use crate::runtime::rehearse::Rehearsal;
use crate::ui::kit::{Button, ButtonKind, Icon, StatusChip, tone_class};
use crate::ui::payload::show_body;
use crate::ui::rehearsal::Stage;
use crate::view_model::delivery::attempt_view;
use crate::view_model::messages;
use crate::view_model::rehearsal::clock;

/// The chosen delivery, or the first there is.
#[component]
pub fn Requests(
    /// What is played.
    stage: Stage,
) -> AnyView {
    let chosen = Memo::new(move |_| {
        let opened = stage.opened.get();
        stage.read(|played| found(played, opened.as_ref())).flatten()
    });
    let show = move || match chosen.get() {
        None => view! { <p class="muted">{messages::REHEARSAL_NO_REQUEST}</p> }.into_any(),
        Some((delivery, attempts)) => show_delivery(stage, delivery, &attempts),
    };
    view! { <section class="rehearsal-request" tabindex="0" aria-label="Request"><h2>"Request"</h2>{show}</section> }
        .into_any()
}

fn found(played: &Rehearsal, opened: Option<&crate::domain::id::DeliveryId>) -> Option<(Delivery, Vec<Attempt>)> {
    let delivery = match opened {
        Some(delivery_id) => played.delivery(delivery_id),
        None => played.deliveries().next(),
    }?;
    let own = played.attempts().iter().filter(|attempt| attempt.delivery_id == delivery.id);
    Some((delivery.clone(), own.cloned().collect()))
}

fn show_delivery(stage: Stage, delivery: Delivery, attempts: &[Attempt]) -> AnyView {
    let begin = stage.begin.get_untracked();
    let rows = attempts.iter().map(|attempt| {
        let view = attempt_view(attempt);
        view! {
            <li class=["rehearsal-line ", tone_class(view.tone)].concat()>
                <code>{clock(view.started_at.millis_since(begin))}</code>
                <span class="rehearsal-words">{view.headline}</span>
                <span class="muted">{view.lateness.or(view.took)}</span>
            </li>
        }
    });
    let rows = rows.collect_view();
    let is_opened = stage.opened.with_untracked(Option::is_some);
    let request = delivery.request.map(|request| {
        view! {
            <p class="request-line"><strong>"POST"</strong>" "{request.url.clone()}</p>
            <ul class="answer-headers">
                {request.headers.iter().map(|(name, value)| view! { <li>{[name, ": ", value].concat()}</li> }).collect_view()}
            </ul>
            {show_body(&request.body)}
        }
    });
    view! {
        <p class="detail-chips"><StatusChip status=StatusKind::of(&delivery.status) /><span>{delivery.recipient_email}</span></p>
        <p class="muted">{messages::status_meaning(&delivery.status)}</p>
        <ol class="rehearsal-attempts">{rows}</ol>
        {request}
        {is_opened.then(|| view! { <Button label="Show the first" kind=ButtonKind::Quiet glyph=Icon::Close on_press=move |()| stage.opened.set(None) /> })}
    }
    .into_any()
}
