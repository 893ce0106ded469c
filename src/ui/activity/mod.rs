//! The activity: every delivery, and one of them in detail.
//!
//! In: the log, a page at a time. Out: filters in the address, acts on deliveries.
//! Invariant: the list stays where it is while a delivery is open beside it.

mod acts;
mod charts;
mod counters;
mod detail;
mod edit;
mod filters;
pub mod state;
mod table;
mod timeline;

use leptos::html;
use leptos::prelude::*;

use crate::domain::member::Permission;
use crate::domain::time::DAY_MILLIS;
use crate::runtime::handle::AppCommand;
use crate::ui::activity::acts::ActBar;
use crate::ui::activity::charts::Charts;
use crate::ui::activity::counters::Counters;
use crate::ui::activity::detail::DetailPanel;
use crate::ui::activity::filters::Filters;
use crate::ui::activity::table::DeliveryTable;
use crate::ui::kit::{EmptyState, Here, Icon, icon};
use crate::ui::members::use_why_not;
use crate::ui::page::use_page;
use crate::ui::shell::PageHeader;
use crate::ui::state::use_app_state;
use crate::view_model::log_window::View;
use crate::view_model::route::{ActivityQuery, Route};

/// Below this width there is one column, as in `activity.css`.
const NARROW_PX: f64 = 720.0;

/// The filter that the address names.
pub fn use_query() -> Memo<ActivityQuery> {
    let app_state = use_app_state();
    Memo::new(move |_| match app_state.route.get() {
        Route::Activity { query } | Route::Delivery { query, .. } => query,
        _ => ActivityQuery::default(),
    })
}

/// All deliveries, for whoever may see them.
#[component]
pub fn ActivityScreen() -> AnyView {
    let why_not = use_why_not(Permission::SeeActivity);
    let words = Memo::new(move |_| why_not.get().map(|why_not| why_not.words));
    (move || match words.get() {
        Some(words) => view! {
            <PageHeader title="Activity" />
            <EmptyState glyph=Icon::Activity title="The log is not for every role" text=words />
        }
        .into_any(),
        None => view! { <ActivityLog /> }.into_any(),
    })
    .into_any()
}

#[component]
fn ActivityLog() -> AnyView {
    let app_state = use_app_state();
    let page = use_page();
    let log = app_state.log;
    let query = use_query();
    let is_open = Memo::new(move |_| app_state.route.with(|route| matches!(route, Route::Delivery { .. })));
    let frame = NodeRef::<html::Div>::new();
    let list = NodeRef::<html::Div>::new();
    let here = Here::now();
    let see = move || {
        let (Some(frame), Some(list)) = (frame.get_untracked(), list.get_untracked()) else { return };
        let top_px = f64::from(frame.scroll_top() - list.offset_top());
        log.view.set(View { top_px, height_px: f64::from(frame.client_height()) });
        log.look(app_state);
    };
    let is_narrow = RwSignal::new(is_window_narrow());
    let resized = window_event_listener(leptos::ev::resize, move |_| {
        if is_window_narrow() != is_narrow.get_untracked() {
            is_narrow.set(is_window_narrow());
        }
        see();
    });
    on_cleanup(move || resized.remove());
    // A new filter, or another height of rows: from the start.
    Effect::new(move |_| {
        let (query, is_narrow) = (query.get(), is_narrow.get());
        if let Some(frame) = frame.get_untracked() {
            frame.set_scroll_top(0);
        }
        log.view.set(View { top_px: 0.0, height_px: 900.0 });
        log.open(app_state, &query, is_narrow);
        here.on_frame(see);
    });
    on_cleanup(move || log.close(app_state));
    // Rows came in above: the reader is put where the same rows are now, before the browser draws.
    Effect::new(move |_| {
        let by_px = log.scroll_by.get();
        if by_px != 0.0 {
            log.scroll_by.set(0.0);
            here.on_frame(move || {
                if let Some(frame) = frame.get_untracked() {
                    frame.set_scroll_top(frame.scroll_top() + by_px as i32);
                }
            });
        }
    });
    let expected = Memo::new(move |_| expected_rows(app_state, &query.get()));
    Effect::new(move |_| {
        app_state.activity.track();
        log.look_again(app_state, expected.get());
    });
    let since = page.read_clock().plus_millis(-DAY_MILLIS);
    app_state.dispatch(AppCommand::WatchTotals { since: Some(since) });
    on_cleanup(move || app_state.dispatch(AppCommand::WatchTotals { since: None }));
    view! {
        <div class=move || if is_open.get() { "activity activity--open" } else { "activity" }>
            <div class="activity-list" node_ref=frame on:scroll=move |_| see()>
                <PageHeader title="Activity">
                    <a class="button" href="#/destinations">{icon(Icon::Sender)}<span>"Destinations"</span></a>
                </PageHeader>
                <Counters query=query />
                <Charts />
                <Filters query=query />
                <ActBar query=query expected=expected />
                <div class="log-place" node_ref=list><DeliveryTable query=query expected=expected /></div>
            </div>
            <Show when=move || is_open.get()>
                <DetailPanel query=query />
            </Show>
        </div>
    }
    .into_any()
}

fn is_window_narrow() -> bool {
    window().inner_width().ok().and_then(|width| width.as_f64()).is_some_and(|width| width < NARROW_PX)
}

/// How many deliveries a filter finds, where the running totals know it.
fn expected_rows(app_state: crate::ui::state::AppState, query: &ActivityQuery) -> Option<usize> {
    let ActivityQuery { status, flow_id, node_id, is_maybe_only, recipient, code, from, until, text } = query;
    let is_narrowed = recipient.is_some() || code.is_some() || from.is_some() || until.is_some() || text.is_some();
    if is_narrowed || (*is_maybe_only && status.is_some()) {
        return None;
    }
    if flow_id.is_none() && node_id.is_none() {
        return app_state.activity.with(|activity| {
            let activity = activity.as_ref()?;
            let counts = activity.n_deliveries.iter();
            Some(match (is_maybe_only, *status) {
                (true, _) => activity.n_may_have_arrived,
                (false, kind) => counts.filter(|(own, _)| kind.is_none_or(|kind| kind == *own)).map(|(_, n)| n).sum(),
            })
        });
    }
    app_state.totals.with(|totals| {
        let (nodes, _) = totals.as_ref()?;
        let mut n_rows = 0;
        for tally in nodes {
            let Some((own_flow, own_node)) = tally.as_node() else { continue };
            if flow_id.as_ref().is_some_and(|id| *id != own_flow) || node_id.as_ref().is_some_and(|id| *id != own_node)
            {
                continue;
            }
            n_rows += match (is_maybe_only, *status) {
                (true, _) => tally.n_may_have_arrived(),
                (false, Some(kind)) => tally.n_in(kind),
                (false, None) => tally.n_deliveries(),
            };
        }
        usize::try_from(n_rows).ok()
    })
}
