//! One delivery: where it stands, what can be done, what was sent, and every attempt.
//!
//! In: the opened delivery as it changes. Out: resend, dismiss, send.
//! Invariant: shows the request as it was frozen, not as the flow says today.

use leptos::prelude::*;

use crate::domain::delivery::request::{RenderedRequest, destination_of};
use crate::domain::delivery::state::{Delivery, DeliveryOrigin, DeliveryStatus, SkipReason, StatusKind, WaitReason};
use crate::domain::id::DeliveryId;
use crate::domain::member::Permission;
use crate::domain::secret::masked;
use crate::runtime::handle::AppCommand;
use crate::ui::activity::edit::{EditDialog, ForgetDialog};
use crate::ui::activity::timeline::Timeline;
use crate::ui::kit::{
    Button, ButtonKind, Chip, EmptyState, Icon, Skeleton, StatusChip, help_link, icon, sentence_with_code,
};
use crate::ui::members::{Form, use_members, use_why_not};
use crate::ui::page::{Page, use_page};
use crate::ui::payload::show_body;
use crate::ui::shell::DETAIL_HEADING_ID;
use crate::ui::state::{AppState, use_app_state};
use crate::view_model::delivery::{DeliveryActs, Tone, acts, next_attempt_at};
use crate::view_model::messages;
use crate::view_model::preview::byte_size;
use crate::view_model::route::{ActivityQuery, Route};
use crate::view_model::time::utc_time;

/// The opened delivery, beside the list or in its place.
#[component]
pub fn DetailPanel(
    /// The list's filter, to go back to.
    query: Memo<ActivityQuery>,
) -> AnyView {
    let app_state = use_app_state();
    let page = use_page();
    let opened_id = Memo::new(move |_| match app_state.route.get() {
        Route::Delivery { delivery_id, .. } => Some(delivery_id),
        _ => None,
    });
    // It takes a moment until it is read; one that the list shows is surely there.
    let is_listed = Memo::new(move |_| {
        let opened_id = opened_id.get();
        let is_missing = app_state.missing_delivery.with(|missing| *missing == opened_id);
        !is_missing
    });
    let delivery = Memo::new(move |_| {
        app_state
            .opened
            .with(|opened| opened.as_ref().map(|opened| opened.delivery.clone()))
            .filter(|delivery| Some(&delivery.id) == opened_id.get().as_ref())
    });
    let is_there = Memo::new(move |_| delivery.with(Option::is_some));
    let recipient = move || {
        delivery.with(|delivery| {
            delivery.as_ref().map_or("Delivery".to_owned(), |delivery| delivery.recipient_email.clone())
        })
    };
    let body = move || {
        match (is_there.get(), is_listed.get()) {
        (true, _) => view! {
            {move || delivery.get().map(|delivery| show_state(app_state, page, delivery))}
            <Timeline />
            {move || delivery.with(|delivery| delivery.as_ref().and_then(|delivery| delivery.request.clone())).map(show_request)}
        }
        .into_any(),
        (false, true) => view! { <Skeleton n_rows=5 /> }.into_any(),
        (false, false) => view! {
            <EmptyState
                glyph=Icon::Activity
                title="This delivery is not here"
                text=messages::DELIVERY_NOT_HERE
            />
        }
        .into_any(),
    }
    };
    view! {
        <section class="detail" aria-labelledby=DETAIL_HEADING_ID>
            <header class="detail-head">
                <a class="icon-button detail-back" href=move || Route::Activity { query: query.get() }.hash() aria-label="Close the delivery" title="Close the delivery">
                    <span class="detail-back-wide">{icon(Icon::Close)}</span>
                    <span class="detail-back-narrow">{icon(Icon::ArrowLeft)}</span>
                </a>
                <h2 id=DETAIL_HEADING_ID tabindex="-1">{recipient}</h2>
            </header>
            {body}
        </section>
    }
    .into_any()
}

fn show_state(app_state: AppState, page: Page, delivery: Delivery) -> AnyView {
    let members = use_members();
    let is_locked = matches!(delivery.status, DeliveryStatus::Waiting { reason: WaitReason::LockedSecrets, .. });
    let next_at = next_attempt_at(&delivery).filter(|_| !is_locked);
    let created_at = delivery.created_at;
    let flow_href = Route::Flow { flow_id: delivery.flow_id.clone() }.hash();
    let origin = delivery.request.as_ref().map(|request| destination_of(&request.url));
    let destination = origin.map(|origin| {
        let href = Route::Destination { origin: origin.clone() }.hash();
        view! { <dt>"Destination"</dt><dd><a href=href>{origin}</a></dd> }
    });
    let original = match &delivery.origin {
        DeliveryOrigin::EditOf { delivery_id } => Some(delivery_id.clone()),
        DeliveryOrigin::Flow | DeliveryOrigin::Test => None,
    };
    let original = original.map(|delivery_id| {
        let href = Route::Delivery { delivery_id: delivery_id.clone(), query: ActivityQuery::default() }.hash();
        view! { <dt>"Edited from"</dt><dd><a href=href><code>{delivery_id.to_string()}</code></a></dd> }
    });
    view! {
        <div class="detail-state">
            <p class="detail-chips">
                <StatusChip status=StatusKind::of(&delivery.status) />
                {delivery.may_have_arrived.then(|| view! { <Chip tone=Tone::Maybe glyph=Icon::Maybe label=messages::MAY_HAVE_ARRIVED /> })}
                {next_at.map(|at| view! { <span title=utc_time(at)>"Next attempt "{move || page.relative(at)}</span> })}
            </p>
            <p>{messages::status_meaning(&delivery.status)}</p>
            {is_locked.then(|| view! { <p><Button label="Unlock…" kind=ButtonKind::Primary glyph=Icon::Lock on_press=move |()| members.open(app_state, Form::Unlock) /></p> })}
            {matches!(delivery.status, DeliveryStatus::WaitingToRetry { .. })
                .then(|| help_link("retries", "How retries work"))}
            {delivery.may_have_arrived.then(|| view! { <p class="muted">{messages::MAY_HAVE_ARRIVED_MEANING}</p> })}
            {why(&delivery)}
            {show_acts(app_state, &delivery)}
            <dl class="facts">
                <dt>"Webhook"</dt>
                <dd><a href=flow_href>{delivery.webhook_name.clone()}</a></dd>
                <dt>"Flow"</dt>
                <dd>{delivery.flow_name.clone()}</dd>
                {destination}
                {original}
                <dt>"Made"</dt>
                <dd title=utc_time(created_at)>{move || page.short_time(created_at)}</dd>
                <dt>"Delivery"</dt>
                <dd><code>{delivery.id.to_string()}</code></dd>
            </dl>
        </div>
    }
    .into_any()
}

/// *Why*: leads to the place that has to be mended.
fn why(delivery: &Delivery) -> Option<AnyView> {
    let DeliveryStatus::Skipped { reason, .. } = &delivery.status else { return None };
    let (words, link) = match reason {
        SkipReason::PayloadProblem { problem } => (
            format!("Line {}, column {}: {}", problem.line, problem.column, messages::sentence(&problem.message)),
            "Open the payload",
        ),
        SkipReason::RequestProblem { message } => (messages::sentence(message), "Open the webhook"),
        SkipReason::NotRetryable { .. }
        | SkipReason::RetriesUsedUp { .. }
        | SkipReason::DeadlinePassed { .. }
        | SkipReason::PassedWhileClosed
        | SkipReason::AtMostOnce
        | SkipReason::TestFailed { .. }
        | SkipReason::ResendFailed { .. }
        | SkipReason::Dismissed => return None,
    };
    let href = Route::Flow { flow_id: delivery.flow_id.clone() }.hash();
    Some(
        view! {
            <div class="note tone-fail">
                {icon(Icon::Warning)}
                <span><strong>"Why: "</strong>{sentence_with_code(&words)}" "<a href=href>{link}</a></span>
            </div>
        }
        .into_any(),
    )
}

fn show_acts(app_state: AppState, delivery: &Delivery) -> AnyView {
    let DeliveryActs { can_resend, can_dismiss, can_approve } = acts(delivery);
    let act = |delivery_id: &DeliveryId, command: fn(DeliveryId) -> AppCommand| {
        let delivery_id = delivery_id.clone();
        move |()| app_state.dispatch(command(delivery_id.clone()))
    };
    let approve = act(&delivery.id, |delivery_id| AppCommand::Approve { delivery_id });
    let resend = act(&delivery.id, |delivery_id| AppCommand::Resend { delivery_id });
    let dismiss = act(&delivery.id, |delivery_id| AppCommand::Dismiss { delivery_id });
    let may_send = use_why_not(Permission::Send);
    let (is_edit_open, is_forget_open) = (RwSignal::new(false), RwSignal::new(false));
    let has_request = delivery.request.is_some();
    view! {
        <div class="detail-acts">
            {can_approve.then(|| view! { <Button label="Send it" kind=ButtonKind::Primary glyph=Icon::Send why_not=may_send on_press=approve /> })}
            {can_resend.then(|| view! { <Button label="Resend" glyph=Icon::Retry why_not=may_send on_press=resend /> })}
            {has_request.then(|| view! { <Button label="Edit and resend…" glyph=Icon::Pencil why_not=may_send on_press=move |()| is_edit_open.set(true) /> })}
            {can_dismiss.then(|| view! { <Button label="Dismiss" kind=ButtonKind::Quiet glyph=Icon::Close why_not=may_send on_press=dismiss /> })}
            <Button label="Forget this person…" kind=ButtonKind::Quiet glyph=Icon::Delete why_not=use_why_not(Permission::ForgetPerson) on_press=move |()| is_forget_open.set(true) />
        </div>
        <EditDialog delivery=delivery.clone() is_open=is_edit_open />
        <ForgetDialog delivery=delivery.clone() is_open=is_forget_open />
    }
    .into_any()
}

fn show_request(request: RenderedRequest) -> AnyView {
    let size = byte_size(request.body.len());
    view! {
        <section class="detail-part">
            <h3>"Request"</h3>
            <div class="request-head">
                <p class="request-line"><strong>"POST"</strong>" "{request.url}</p>
                <ul>
                    {request
                        .headers
                        .into_iter()
                        .map(|(name, value)| (name, masked(&value).to_owned()))
                        .map(|(name, value)| view! { <li><span class="request-header">{name}":"</span>" "{value}</li> })
                        .collect_view()}
                </ul>
            </div>
            <details>
                <summary>{format!("Body, {size}")}</summary>
                {show_body(&request.body)}
            </details>
        </section>
    }
    .into_any()
}
