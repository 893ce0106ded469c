//! The filter bar, and the search through all that was sent and answered.
//!
//! In: the filter that the address names. Out: another address.
//! Invariant: the address holds the whole filter, so that a link shows the same list.

use leptos::prelude::*;

use crate::domain::delivery::state::StatusKind;
use crate::domain::flow::model::NodeKind;
use crate::domain::id::{FlowId, NodeId};
use crate::domain::time::{MINUTE_MILLIS, Timestamp};
use crate::ui::kit::{Button, ButtonKind, Choice, Icon, SelectField, icon};
use crate::ui::page::{Page, use_page};
use crate::ui::shell::go_to;
use crate::ui::state::use_app_state;
use crate::view_model::delivery::{STATUSES, status_label};
use crate::view_model::messages;
use crate::view_model::route::{ActivityQuery, Route};

type Write = fn(&mut ActivityQuery, &str, Page);
type Read = fn(&ActivityQuery, Page) -> String;

/// Everything that narrows the list.
#[component]
pub fn Filters(
    /// The filter that the address names.
    query: Memo<ActivityQuery>,
) -> AnyView {
    let app_state = use_app_state();
    let page = use_page();
    let change = move |write: Write, text: &str| {
        let mut changed = query.get_untracked();
        write(&mut changed, text.trim(), page);
        if changed != query.get_untracked() {
            go_to(&Route::Activity { query: changed });
        }
    };
    let statuses: Vec<_> = std::iter::once(Choice::new("", "Every status"))
        .chain(STATUSES.into_iter().map(|status| Choice::new(status.name(), status_label(status))))
        .collect();
    let flows = Signal::derive(move || {
        app_state.working.with(|working| {
            let own = working.values().map(|flow| Choice::new(flow.id.to_string(), flow.name.clone()));
            std::iter::once(Choice::new("", "Every flow")).chain(own).collect::<Vec<_>>()
        })
    });
    let webhooks = Signal::derive(move || {
        let flow_id = query.get().flow_id;
        let mut choices = vec![Choice::new("", "Every webhook")];
        app_state.working.with(|working| {
            for flow in working.values().filter(|flow| flow_id.as_ref().is_none_or(|id| *id == flow.id)) {
                for (node_id, node) in &flow.nodes {
                    if let NodeKind::Webhook { action, .. } = &node.kind {
                        let name = if flow_id.is_some() {
                            action.name.clone()
                        } else {
                            [&action.name, " · ", &flow.name].concat()
                        };
                        choices.push(Choice::new(node_id.to_string(), name));
                    }
                }
            }
        });
        choices
    });
    let is_filtered = Memo::new(move |_| query.get() != ActivityQuery::default());
    let has_more = Memo::new(move |_| {
        query.with(|query| {
            query.recipient.is_some() || query.code.is_some() || query.from.is_some() || query.until.is_some()
        })
    });
    let is_more_open = RwSignal::new(has_more.get_untracked());
    let text = move || query.with(|query| query.text.clone().unwrap_or_default());
    view! {
        <div class="filters" role="search" aria-label="Filter the activity">
            <div class="filters-row">
                <span class="filter-text">
                    {icon(Icon::Search)}
                    <input
                        class="input"
                        type="search"
                        id="filter-text"
                        aria-label="Search recipients, requests and answers"
                        placeholder="Search recipients, requests and answers"
                        autocomplete="off"
                        prop:value=text
                        on:change=move |event| {
                            change(|query, text, _| query.text = some(text), &event_target_value(&event));
                        }
                    />
                </span>
                <SelectField
                    id="filter-status"
                    label="Status"
                    is_label_hidden=true
                    choices=statuses
                    value=Signal::derive(move || query.get().status.map_or(String::new(), |status| status.name().to_owned()))
                    on_change=move |slug: String| change(|query, slug, _| query.status = StatusKind::from_name(slug), &slug)
                />
                <SelectField
                    id="filter-flow"
                    label="Flow"
                    is_label_hidden=true
                    choices=flows
                    value=Signal::derive(move || query.get().flow_id.map_or(String::new(), |flow_id| flow_id.to_string()))
                    on_change=move |flow_id: String| {
                        change(
                            |query, flow_id, _| {
                                query.flow_id = some(flow_id).map(FlowId::new);
                                query.node_id = None;
                            },
                            &flow_id,
                        );
                    }
                />
                <SelectField
                    id="filter-webhook"
                    label="Webhook"
                    is_label_hidden=true
                    choices=webhooks
                    value=Signal::derive(move || query.get().node_id.map_or(String::new(), |node_id| node_id.to_string()))
                    on_change=move |node_id: String| {
                        change(|query, node_id, _| query.node_id = some(node_id).map(NodeId::new), &node_id);
                    }
                />
                <button
                    type="button"
                    class="button button--quiet"
                    aria-expanded=move || is_more_open.get().to_string()
                    aria-controls="filters-more"
                    on:click=move |_| is_more_open.update(|is_open| *is_open = !*is_open)
                >
                    {icon(Icon::ChevronDown)}
                    <span>"More filters"</span>
                </button>
                <Show when=move || is_filtered.get()>
                    <Button
                        label="Clear filters"
                        kind=ButtonKind::Quiet
                        glyph=Icon::Close
                        on_press=move |()| go_to(&Route::Activity { query: ActivityQuery::default() })
                    />
                </Show>
            </div>
            <div class="filters-row filters-more" id="filters-more" hidden=move || !is_more_open.get()>
                {field("filter-recipient", "Recipient", "email", query, change, |query, _| query.recipient.clone().unwrap_or_default(), |query, text, _| query.recipient = some(text))}
                {field("filter-code", "Status code", "number", query, change, |query, _| query.code.map_or(String::new(), |code| code.to_string()), |query, text, _| query.code = text.parse().ok())}
                {field("filter-from", "From", "datetime-local", query, change, |query, page| local(query.from, page), |query, text, page| query.from = moment(text, page))}
                {field("filter-until", "Until", "datetime-local", query, change, |query, page| local(query.until, page), |query, text, page| query.until = moment(text, page))}
            </div>
            <SearchWords />
        </div>
    }
    .into_any()
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn field(
    id: &'static str,
    label: &'static str,
    input_type: &'static str,
    query: Memo<ActivityQuery>,
    change: impl Fn(Write, &str) + Copy + 'static,
    read: Read,
    write: Write,
) -> AnyView {
    let page = use_page();
    view! {
        <div class="field">
            <label class="field-label" for=id>{label}</label>
            <input
                class="input"
                id=id
                type=input_type
                autocomplete="off"
                prop:value=move || query.with(|query| read(query, page))
                on:change=move |event| change(write, &event_target_value(&event))
            />
        </div>
    }
    .into_any()
}

/// A time as the browser's own field has it: in the reader's zone, to the minute.
fn local(at: Option<Timestamp>, page: Page) -> String {
    let Some(at) = at else { return String::new() };
    let shifted = at.plus_millis(i64::from(page.offset_minutes(at)) * MINUTE_MILLIS).to_string();
    shifted.get(..16).unwrap_or_default().to_owned()
}

fn moment(text: &str, page: Page) -> Option<Timestamp> {
    let in_utc = Timestamp::parse(&[text.get(..16)?, ":00Z"].concat())?;
    // The offset of the wall's own moment; an hour of summer time is not worth more.
    Some(in_utc.plus_millis(-i64::from(page.offset_minutes(in_utc)) * MINUTE_MILLIS))
}

/// How far a search has come, and a way to end it.
#[component]
fn SearchWords() -> AnyView {
    let app_state = use_app_state();
    let log = app_state.log;
    let words = move || {
        let search = log.search.get()?;
        let n_all = app_state.activity.with(|activity| {
            activity.as_ref().map_or(0, |activity| activity.n_deliveries.iter().map(|(_, n)| n).sum::<usize>())
        });
        let text = messages::searched(search.n_looked_at, n_all, search.n_found, search.is_done);
        let bar = (!search.is_done).then(|| {
            view! {
                <progress aria-label="Searched" max=n_all.max(1).to_string() prop:value=search.n_looked_at.to_string()></progress>
                <Button label="Stop" kind=ButtonKind::Quiet on_press=move |()| log.stop_search(app_state) />
            }
        });
        Some(view! { <span>{text}</span>{bar} })
    };
    view! { <p class="filters-words" role="status">{words}</p> }.into_any()
}
