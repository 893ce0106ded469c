//! The list of deliveries, newest first: only the rows on the screen are in the page.
//!
//! In: what is loaded of the log, where the reader is. Out: a link to each delivery, what is selected.
//! Invariant: a row keeps its element while its delivery changes, so that the focus stays.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::task::{spawn_local, tick};

use crate::domain::id::DeliveryId;
use crate::ui::kit::tabs::focus_element;
use crate::ui::kit::{Chip, EmptyState, Icon, Skeleton, StatusChip};
use crate::ui::page::use_page;
use crate::ui::state::{AppState, use_app_state};
use crate::view_model::delivery::Tone;
use crate::view_model::log_window::LogWindow;
use crate::view_model::messages;
use crate::view_model::route::{ActivityQuery, Route};
use crate::view_model::time::utc_time;

/// The deliveries that the filter lets through.
#[component]
pub fn DeliveryTable(
    /// The filter that the address names.
    query: Memo<ActivityQuery>,
    /// How many there are, where that is known.
    expected: Memo<Option<usize>>,
) -> AnyView {
    let app_state = use_app_state();
    let page = use_page();
    let log = app_state.log;
    let drawn = Memo::new(move |_| log.window.with(|window| window.drawn(log.view.get())));
    let ids = Memo::new(move |_| {
        let drawn = drawn.get();
        log.window.with(|window| {
            let rows = window.rows().get(drawn).unwrap_or_default();
            rows.iter().map(|row| row.delivery_id.clone()).collect::<Vec<_>>()
        })
    });
    let is_there = Memo::new(move |_| log.window.with(LogWindow::is_loaded));
    let is_empty = Memo::new(move |_| log.window.with(|window| window.rows().is_empty()));
    let is_searching =
        Memo::new(move |_| log.search.with(|search| search.as_ref().is_some_and(|search| !search.is_done)));
    let height = move || format!("{}px", log.window.with(LogWindow::height_px));
    let top = Memo::new(move |_| {
        let start = drawn.get().start;
        log.window.with(|window| window.row_top_px(start))
    });
    let is_all_selected = Memo::new(move |_| {
        log.selected.with(|selected| {
            log.window.with(|window| {
                !window.rows().is_empty() && window.rows().iter().all(|row| selected.contains(&row.delivery_id))
            })
        })
    });
    let select_all = move |_| {
        let is_all = is_all_selected.get_untracked();
        log.selected.update(|selected| {
            log.window.with_untracked(|window| {
                for row in window.rows() {
                    if is_all {
                        selected.remove(&row.delivery_id);
                    } else {
                        selected.insert(row.delivery_id.clone());
                    }
                }
            });
        });
    };
    let n_rows = move || expected.get().map_or("-1".to_owned(), |n| (n + 1).to_string());
    let show = move || {
        match (is_there.get(), is_empty.get()) {
            (false, _) => view! { <Skeleton n_rows=8 /> }.into_any(),
            (true, true) if is_searching.get() => view! { <Skeleton n_rows=3 /> }.into_any(),
            (true, true) => empty(&query.get_untracked()),
            (true, false) => view! {
                <div class="log" style:height=height on:keydown=move |event| on_key(app_state, &event)>
                    <table class="table log-table" style:top=move || format!("{}px", top.get()) aria-rowcount=n_rows aria-label="Deliveries">
                        <thead>
                            <tr>
                                <th scope="col" class="table-pick">
                                    <input
                                        type="checkbox"
                                        aria-label="Select all loaded rows"
                                        prop:checked=is_all_selected
                                        on:change=select_all
                                    />
                                </th>
                                <th scope="col" class="table-status">"Status"</th>
                                <th scope="col" class="table-recipient">"Recipient"</th>
                                <th scope="col" class="table-webhook">"Webhook and flow"</th>
                                <th scope="col" class="table-number">"Attempts"</th>
                                <th scope="col" class="table-error">"Last error"</th>
                                <th scope="col" class="table-next">"Next attempt"</th>
                                <th scope="col" class="table-time">{format!("Time ({})", page.zone_name())}</th>
                            </tr>
                        </thead>
                        <tbody>
                            <For each=move || ids.get() key=Clone::clone let:delivery_id>
                                <TableRow delivery_id=delivery_id query=query />
                            </For>
                        </tbody>
                    </table>
                </div>
            }
            .into_any(),
        }
    };
    view! { <div class="page-body log-body">{show}</div> }.into_any()
}

fn empty(query: &ActivityQuery) -> AnyView {
    let is_all = *query == ActivityQuery::default();
    let (title, text, href, label) = if is_all {
        ("Nothing was sent yet", messages::LOG_EMPTY, "#/flows", "Go to flows")
    } else {
        ("No delivery fits the filter", messages::LOG_NOTHING_FITS, "#/activity", "Clear filters")
    };
    view! {
        <EmptyState glyph=Icon::Activity title=title text=text>
            <a class="button" href=href>{label}</a>
        </EmptyState>
    }
    .into_any()
}

/// Arrow keys walk through the rows, Space selects, Enter opens, as the link itself does.
fn on_key(app_state: AppState, event: &KeyboardEvent) {
    let log = app_state.log;
    let key = event.key();
    let is_on_link = event_target::<leptos::web_sys::Element>(event).class_list().contains("table-link");
    if !is_on_link || event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let Some(current) = log.current.get_untracked() else { return };
    if key == " " {
        event.prevent_default();
        return toggle(app_state, &current);
    }
    let view = log.view.get_untracked();
    let target = log.window.with_untracked(|window| {
        let idx = window.idx_of(&current)?;
        let n_screen = ((view.height_px / window.row_px()) as usize).saturating_sub(2).max(1);
        let last = window.rows().len().checked_sub(1)?;
        let idx = match key.as_str() {
            "ArrowDown" => (idx + 1).min(last),
            "ArrowUp" => idx.saturating_sub(1),
            "PageDown" => (idx + n_screen).min(last),
            "PageUp" => idx.saturating_sub(n_screen),
            _ => return None,
        };
        Some((window.rows().get(idx)?.delivery_id.clone(), window.row_top_px(idx), window.row_px()))
    });
    let Some((id, top_px, row_px)) = target else { return };
    event.prevent_default();
    let above = view.top_px.max(0.0) + row_px - top_px;
    let below = top_px + 2.0 * row_px - (view.top_px + view.height_px);
    let by_px = if above > 0.0 { -above } else { below.max(0.0) };
    let frame = event_target::<leptos::web_sys::Element>(event).closest(".activity-list").ok().flatten();
    if by_px != 0.0 {
        log.view.update(|view| view.top_px += by_px);
        log.look(app_state);
    }
    log.current.set(Some(id.clone()));
    // The row has to be in the page before it can take the focus, and has to have it before the next key comes:
    // a frame may be later than that.
    spawn_local(async move {
        tick().await;
        if let Some(frame) = frame {
            frame.set_scroll_top(frame.scroll_top() + by_px as i32);
        }
        focus_element(&link_id(&id));
    });
}

fn link_id(id: &DeliveryId) -> String {
    ["row-", id.as_str()].concat()
}

fn toggle(app_state: AppState, id: &DeliveryId) {
    app_state.log.selected.update(|selected| {
        if !selected.remove(id) {
            selected.insert(id.clone());
        }
    });
}

#[component]
fn TableRow(
    /// Which delivery.
    delivery_id: DeliveryId,
    /// The filter that the address names.
    query: Memo<ActivityQuery>,
) -> AnyView {
    let app_state = use_app_state();
    let page = use_page();
    let log = app_state.log;
    let id = StoredValue::new(delivery_id);
    let row = Memo::new(move |_| id.with_value(|id| log.window.with(|window| window.row(id).cloned())));
    let Some(first) = row.get_untracked() else { return ().into_any() };
    let is_open = Memo::new(move |_| {
        app_state
            .route
            .with(|route| id.with_value(|id| matches!(route, Route::Delivery { delivery_id, .. } if delivery_id == id)))
    });
    let is_selected = Memo::new(move |_| id.with_value(|id| log.selected.with(|selected| selected.contains(id))));
    // One row is in the order of Tab: the one the arrow keys came to, or the first on the screen.
    let is_stop = Memo::new(move |_| {
        id.with_value(|id| match log.current.get() {
            Some(current) if log.window.with(|window| window.idx_of(&current).is_some()) => current == *id,
            Some(_) | None => log.window.with(|window| {
                let view = log.view.get();
                let idx = (((view.top_px - window.row_top_px(0)) / window.row_px()).ceil().max(0.0)) as usize;
                window.rows().get(idx).is_some_and(|row| row.delivery_id == *id)
            }),
        })
    });
    let href = move || Route::Delivery { delivery_id: id.get_value(), query: query.get() }.hash();
    let status = move || {
        row.get().map(|row| {
            let is_maybe = row.may_have_arrived;
            view! {
                <StatusChip status=row.status />
                {is_maybe.then(|| view! { <Chip tone=Tone::Maybe glyph=Icon::Maybe label=messages::MAY_HAVE_ARRIVED /> })}
            }
        })
    };
    let cells = move || {
        let row = row.get()?;
        let (next_at, hint, error) = (row.next_attempt_at, row.last_error.clone(), row.last_error);
        Some(view! {
            <td class="table-number" data-label="Attempts">{row.n_attempts}</td>
            <td class="table-error" title=hint>{error}</td>
            <td class="table-next" data-label="Next">{move || next_at.map(|at| page.relative(at))}</td>
            <td class="table-time"><time title=utc_time(row.updated_at)>{page.short_time(row.updated_at)}</time></td>
        })
    };
    view! {
        <tr class=move || if is_open.get() { "table-row table-row--open" } else { "table-row" } aria-selected=move || is_selected.get().then_some("true")>
            <td class="table-pick">
                <input
                    type="checkbox"
                    aria-label=format!("Select the delivery to {}", first.recipient)
                    prop:checked=is_selected
                    tabindex=move || if is_stop.get() { "0" } else { "-1" }
                    on:change=move |_| id.with_value(|id| toggle(app_state, id))
                />
            </td>
            <td class="table-status">{status}</td>
            <th scope="row" class="table-recipient">
                <a
                    class="table-link"
                    id=id.with_value(link_id)
                    href=href
                    tabindex=move || if is_stop.get() { "0" } else { "-1" }
                    aria-current=move || is_open.get().then_some("true")
                    on:focus=move |_| log.current.set(Some(id.get_value()))
                >
                    {first.recipient.clone()}
                </a>
            </th>
            <td class="table-webhook">
                <span>{first.webhook}</span>
                <span class="muted">{first.flow}{first.is_test.then_some(", test request")}</span>
            </td>
            {cells}
        </tr>
    }
    .into_any()
}
