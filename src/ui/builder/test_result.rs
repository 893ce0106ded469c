//! What came of the last test request, in its place.
//!
//! In: the test's delivery as it changes. Out: status, outcome, answer.
//! Invariant: stands in a live region, so that it is announced once when it ends.

use leptos::prelude::*;

use crate::domain::delivery::state::{Delivery, DeliveryStatus, StatusKind};
use crate::domain::id::NodeId;
use crate::runtime::handle::DeliveryDetail;
use crate::ui::builder::use_builder;
use crate::ui::kit::{Chip, Icon, StatusChip, icon};
use crate::ui::state::{TestRun, use_app_state};
use crate::view_model::delivery::{Tone, attempt_view};
use crate::view_model::messages;
use crate::view_model::route::{ActivityQuery, Route};

/// The last test of this webhook.
#[component]
pub fn TestResult(
    /// Which webhook.
    node_id: StoredValue<NodeId>,
) -> AnyView {
    let app_state = use_app_state();
    let builder = use_builder();
    let run = Memo::new(move |_| {
        app_state.test_run.get().filter(|run| run.flow_id == builder.flow_id() && run.node_id == node_id.get_value())
    });
    let show = move || match run.get() {
        None => ().into_any(),
        Some(TestRun { detail: None, .. }) => {
            view! { <p class="test-result test-result--pending">{icon(Icon::Send)}"Sending…"</p> }.into_any()
        }
        Some(TestRun { detail: Some(detail), .. }) => show_detail(detail),
    };
    view! { {show} }.into_any()
}

fn show_detail(detail: DeliveryDetail) -> AnyView {
    let DeliveryDetail { delivery, attempts, .. } = detail;
    let status = StatusKind::of(&delivery.status);
    let attempt = attempts.last().map(attempt_view);
    let headline = match (&delivery.status, &attempt) {
        (DeliveryStatus::Skipped { reason, .. }, None) => messages::skip_headline(reason),
        (_, Some(attempt)) => {
            let took = attempt.took.as_deref().unwrap_or("");
            format!("{} {took}", attempt.headline).trim_end().to_owned()
        }
        (_, None) => String::new(),
    };
    let body = attempt.and_then(|attempt| attempt.response_body).filter(|body| !body.is_empty());
    let href = Route::Delivery { delivery_id: delivery.id.clone(), query: ActivityQuery::default() }.hash();
    view! {
        <div class="test-result">
            <p class="test-result-line">
                <StatusChip status=status />
                {delivery.may_have_arrived.then(|| view! { <Chip tone=Tone::Maybe glyph=Icon::Maybe label=messages::MAY_HAVE_ARRIVED /> })}
                <span>{headline}</span>
            </p>
            {meaning(&delivery)}
            {body.map(|body| view! { <details><summary>"Answer"</summary><pre class="code-block">{body}</pre></details> })}
            <a href=href>"See the whole request and answer"</a>
        </div>
    }
    .into_any()
}

fn meaning(delivery: &Delivery) -> Option<impl IntoView + use<>> {
    let is_ended = matches!(delivery.status, DeliveryStatus::Skipped { .. });
    is_ended.then(|| messages::status_meaning(&delivery.status)).map(|text| view! { <p>{text}</p> })
}
