//! The activity: every delivery, and one of them in detail.
//!
//! In: the newest page of deliveries. Out: filters in the address, acts on deliveries.
//! Invariant: the list stays where it is while a delivery is open beside it.

mod counters;
mod detail;
mod table;
mod timeline;

use leptos::prelude::*;

use crate::domain::id::FlowId;
use crate::ui::activity::counters::Counters;
use crate::ui::activity::detail::DetailPanel;
use crate::ui::activity::table::DeliveryTable;
use crate::ui::kit::{Button, ButtonKind, Choice, Icon, SelectField};
use crate::ui::shell::{PageHeader, go_to};
use crate::ui::state::use_app_state;
use crate::view_model::delivery::StatusTag;
use crate::view_model::route::{ActivityQuery, Route};

/// The filter that the address names.
pub fn use_query() -> Memo<ActivityQuery> {
    let app_state = use_app_state();
    Memo::new(move |_| match app_state.route.get() {
        Route::Activity { query } | Route::Delivery { query, .. } => query,
        _ => ActivityQuery::default(),
    })
}

/// All deliveries.
#[component]
pub fn ActivityScreen() -> AnyView {
    let app_state = use_app_state();
    let query = use_query();
    let is_open = Memo::new(move |_| app_state.route.with(|route| matches!(route, Route::Delivery { .. })));
    view! {
        <div class=move || if is_open.get() { "activity activity--open" } else { "activity" }>
            <div class="activity-list">
                <PageHeader title="Activity" />
                <Counters query=query />
                <Filters query=query />
                <DeliveryTable query=query />
            </div>
            <Show when=move || is_open.get()>
                <DetailPanel query=query />
            </Show>
        </div>
    }
    .into_any()
}

#[component]
fn Filters(
    /// The filter that the address names.
    query: Memo<ActivityQuery>,
) -> AnyView {
    let app_state = use_app_state();
    let statuses: Vec<_> = std::iter::once(Choice::new("", "Every status"))
        .chain(StatusTag::ALL.into_iter().map(|tag| Choice::new(tag.slug(), tag.label())))
        .collect();
    let flows = Signal::derive(move || {
        app_state.working.with(|working| {
            let own = working.values().map(|flow| Choice::new(flow.id.to_string(), flow.name.clone()));
            std::iter::once(Choice::new("", "Every flow")).chain(own).collect::<Vec<_>>()
        })
    });
    let go = move |query: ActivityQuery| go_to(&Route::Activity { query });
    let is_filtered = Memo::new(move |_| query.get() != ActivityQuery::default());
    view! {
        <div class="filters" role="search" aria-label="Filter the activity">
            <SelectField
                id="filter-status"
                label="Status"
                is_label_hidden=true
                choices=statuses
                value=Signal::derive(move || query.get().status.map_or(String::new(), |tag| tag.slug().to_owned()))
                on_change=move |slug: String| go(ActivityQuery { status: StatusTag::from_slug(&slug), ..query.get_untracked() })
            />
            <SelectField
                id="filter-flow"
                label="Flow"
                is_label_hidden=true
                choices=flows
                value=Signal::derive(move || query.get().flow_id.map_or(String::new(), |flow_id| flow_id.to_string()))
                on_change=move |flow_id: String| {
                    let flow_id = (!flow_id.is_empty()).then(|| FlowId::new(flow_id));
                    go(ActivityQuery { flow_id, ..query.get_untracked() });
                }
            />
            {move || {
                query.get().node_id.map(|_| view! { <span class="filter-note">"One webhook only"</span> })
            }}
            <Show when=move || is_filtered.get()>
                <Button
                    label="Clear filters"
                    kind=ButtonKind::Quiet
                    glyph=Icon::Close
                    on_press=move |()| go(ActivityQuery::default())
                />
            </Show>
        </div>
    }
    .into_any()
}
