//! The list of deliveries, newest first.
//!
//! In: the newest page. Out: a link to each delivery.
//! Invariant: a row keeps its element while its delivery changes, so that the focus stays.

use std::collections::BTreeMap;
use std::sync::Arc;

use leptos::prelude::*;

use crate::domain::id::DeliveryId;
use crate::ui::kit::{Chip, EmptyState, Icon, Skeleton, StatusChip};
use crate::ui::page::use_page;
use crate::ui::state::use_app_state;
use crate::ui::words::ACTIVITY_LIMIT;
use crate::view_model::activity::{ActivityRow, activity_row};
use crate::view_model::delivery::Tone;
use crate::view_model::messages;
use crate::view_model::route::{ActivityQuery, Route};
use crate::view_model::time::utc_time;

type Rows = Memo<Arc<BTreeMap<DeliveryId, ActivityRow>>>;

/// The deliveries that the filter lets through.
#[component]
pub fn DeliveryTable(
    /// The filter that the address names.
    query: Memo<ActivityQuery>,
) -> AnyView {
    let app_state = use_app_state();
    let page = use_page();
    let rows: Rows = Memo::new(move |_| {
        app_state.activity.with(|activity| {
            let deliveries = activity.iter().flat_map(|activity| &activity.deliveries);
            Arc::new(deliveries.map(|delivery| (delivery.id.clone(), activity_row(delivery))).collect())
        })
    });
    let order = Memo::new(move |_| {
        app_state.activity.with(|activity| {
            activity
                .iter()
                .flat_map(|activity| &activity.deliveries)
                .map(|delivery| delivery.id.clone())
                .collect::<Vec<_>>()
        })
    });
    let is_there = Memo::new(move |_| app_state.activity.with(Option::is_some));
    let is_empty = Memo::new(move |_| order.with(Vec::is_empty));
    let show = move || {
        match (is_there.get(), is_empty.get()) {
        (false, _) => view! { <Skeleton n_rows=8 /> }.into_any(),
        (true, true) => empty(&query.get()),
        (true, false) => view! {
            <div class="table-frame">
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">"Status"</th>
                            <th scope="col">"Recipient"</th>
                            <th scope="col">"Webhook and flow"</th>
                            <th scope="col" class="table-number">"Attempts"</th>
                            <th scope="col">"Last error"</th>
                            <th scope="col">"Next attempt"</th>
                            <th scope="col">{format!("Time ({})", page.zone_name())}</th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=move || order.get() key=Clone::clone let:delivery_id>
                            <TableRow delivery_id=delivery_id rows=rows query=query />
                        </For>
                    </tbody>
                </table>
            </div>
            {move || {
                (order.with(Vec::len) >= ACTIVITY_LIMIT)
                    .then(|| view! { <p class="muted table-end">{format!("The newest {ACTIVITY_LIMIT} are shown.")}</p> })
            }}
        }
        .into_any(),
    }
    };
    view! { <div class="page-body">{show}</div> }.into_any()
}

fn empty(query: &ActivityQuery) -> AnyView {
    if *query == ActivityQuery::default() {
        view! {
            <EmptyState
                glyph=Icon::Activity
                title="Nothing was sent yet"
                text="Send a test request from a flow, or fire an event. Each delivery appears here with its attempts."
            >
                <a class="button" href="#/flows">"Go to flows"</a>
            </EmptyState>
        }
        .into_any()
    } else {
        view! {
            <EmptyState glyph=Icon::Activity title="No delivery fits the filter" text="Choose another status or flow.">
                <a class="button" href="#/activity">"Clear filters"</a>
            </EmptyState>
        }
        .into_any()
    }
}

#[component]
fn TableRow(
    /// Which delivery.
    delivery_id: DeliveryId,
    /// All rows.
    rows: Rows,
    /// The filter that the address names.
    query: Memo<ActivityQuery>,
) -> AnyView {
    let app_state = use_app_state();
    let page = use_page();
    let key = delivery_id.clone();
    let row = Memo::new(move |_| rows.with(|rows| rows.get(&key).cloned()));
    let Some(first) = row.get_untracked() else { return ().into_any() };
    let own_id = delivery_id.clone();
    let is_open = Memo::new(move |_| {
        app_state.route.with(|route| matches!(route, Route::Delivery { delivery_id, .. } if *delivery_id == own_id))
    });
    let href = move || Route::Delivery { delivery_id: delivery_id.clone(), query: query.get() }.hash();
    let status = move || {
        row.get().map(|row| {
            let is_maybe = row.may_have_arrived;
            view! {
                <StatusChip status=row.status />
                {is_maybe.then(|| view! { <Chip tone=Tone::Maybe glyph=Icon::Maybe label=messages::MAY_HAVE_ARRIVED /> })}
            }
        })
    };
    let attempts = move || row.get().map(|row| row.n_attempts);
    let error = move || row.get().and_then(|row| row.last_error).unwrap_or_default();
    let next = move || row.get().and_then(|row| row.next_attempt_at).map(|at| page.relative(at));
    let time = move || {
        row.get().map(|row| view! { <time title=utc_time(row.updated_at)>{page.short_time(row.updated_at)}</time> })
    };
    view! {
        <tr class=move || if is_open.get() { "table-row table-row--open" } else { "table-row" }>
            <td class="table-status">{status}</td>
            <th scope="row" class="table-recipient">
                <a class="table-link" href=href aria-current=move || is_open.get().then_some("true")>{first.recipient}</a>
            </th>
            <td class="table-webhook">
                <span>{first.webhook}</span>
                <span class="muted">{first.flow}{first.is_test.then_some(", test request")}</span>
            </td>
            <td class="table-number" data-label="Attempts">{attempts}</td>
            <td class="table-error">{error}</td>
            <td class="table-next" data-label="Next">{next}</td>
            <td class="table-time">{time}</td>
        </tr>
    }
    .into_any()
}
