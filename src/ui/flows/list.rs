//! The table of flows.
//!
//! In: flows, their documents, counts of deliveries. Out: a link to each, and the acts on it.
//! Invariant: a deletion can be undone, so it does not ask.

use leptos::prelude::*;

use crate::domain::flow::model::FlowDocument;
use crate::domain::id::{FlowId, short_id};
use crate::domain::member::Permission;
use crate::runtime::flow_file::{as_new, write_flow_file};
use crate::runtime::handle::{AppCommand, FlowsOrder};
use crate::ui::files::use_files;
use crate::ui::flows::{ActionStatusChip, Naming, open_new};
use crate::ui::kit::{EmptyState, Icon, IconButton, icon};
use crate::ui::klaviyo::KlaviyoExport;
use crate::ui::members::use_why_not;
use crate::ui::page::{Page, use_page};
use crate::ui::state::{AppState, use_app_state};
use crate::view_model::delivery::Tone;
use crate::view_model::flow_list::file_name;
use crate::view_model::flow_list::{FlowRow, SortKey, Sorting, is_found, sort_rows};
use crate::view_model::messages::{self, counted};
use crate::view_model::route::{ActivityQuery, Route};

const COLUMNS: [(SortKey, &str, &str); 6] = [
    (SortKey::Name, "Name", "flows-name"),
    (SortKey::Trigger, "Trigger", "flows-trigger"),
    (SortKey::Status, "Status", "flows-status"),
    (SortKey::Edited, "Last edit", "flows-edited"),
    (SortKey::Deliveries, "Deliveries, 24 h", "flows-number"),
    (SortKey::Failures, "Failures, 24 h", "flows-number"),
];

/// Stands where a role sees no counts.
const UNSEEN: &str = "–";

/// The flows that match, sorted.
#[component]
pub fn FlowTable(
    /// What was typed.
    search: RwSignal<String>,
    /// The flow that is being renamed.
    naming: RwSignal<Option<Naming>>,
) -> AnyView {
    let app_state = use_app_state();
    let sorting = RwSignal::new(Sorting::default());
    app_state.dispatch(AppCommand::Flows { order: FlowsOrder::WatchCounts });
    let rows = Memo::new(move |_| {
        let needle = search.get();
        let counts = app_state.shelf.counts.get();
        let mut rows: Vec<FlowRow> = app_state.working.with(|working| {
            app_state.documents.with(|documents| {
                let shown = working.values().filter(|flow| is_found(flow, &needle));
                shown
                    .map(|flow| {
                        let counts = counts.flows.get(&flow.id).copied().unwrap_or_default();
                        FlowRow::of(flow, documents.get(&flow.id), counts)
                    })
                    .collect()
            })
        });
        sort_rows(&mut rows, sorting.get());
        rows
    });
    let is_none = Memo::new(move |_| rows.with(Vec::is_empty));
    view! {
        <p class="visually-hidden" role="status">{move || counted(rows.with(Vec::len), "flow", "flows")}</p>
        <Show
            when=move || !is_none.get()
            fallback=|| view! { <EmptyState glyph=Icon::Workflow title="No flow matches" text=messages::SEARCH_FOUND_NOTHING /> }
        >
            <table class="flows">
                <thead>
                    <tr>{COLUMNS.map(|(key, label, class)| show_head(sorting, key, label, class))}<th scope="col"><span class="visually-hidden">"Acts"</span></th></tr>
                </thead>
                <tbody>
                    <For each=move || rows.get() key=|row| row.flow_id.clone() let:row>
                        {show_row(rows, row.flow_id, naming)}
                    </For>
                </tbody>
            </table>
        </Show>
    }
    .into_any()
}

fn show_head(sorting: RwSignal<Sorting>, key: SortKey, label: &'static str, class: &'static str) -> AnyView {
    let order = move || {
        let Sorting { key: sorted, is_descending } = sorting.get();
        match (sorted == key, is_descending) {
            (false, _) => "none",
            (true, true) => "descending",
            (true, false) => "ascending",
        }
    };
    let mark = move || match order() {
        "ascending" => Some(icon(Icon::ArrowUp)),
        "descending" => Some(icon(Icon::ArrowDown)),
        _ => None,
    };
    view! {
        <th scope="col" class=class aria-sort=order>
            <button type="button" class="sort-button" on:click=move |_| sorting.update(|now| *now = now.choose(key))>
                {label}
                {mark}
            </button>
        </th>
    }
    .into_any()
}

fn show_row(rows: Memo<Vec<FlowRow>>, flow_id: FlowId, naming: RwSignal<Option<Naming>>) -> AnyView {
    let app_state = use_app_state();
    let page = use_page();
    let href = Route::Flow { flow_id: flow_id.clone() }.hash();
    let activity =
        Route::Activity { query: ActivityQuery { flow_id: Some(flow_id.clone()), ..ActivityQuery::default() } };
    let key = flow_id.clone();
    let row = Memo::new(move |_| rows.with(|rows| rows.iter().find(|row| row.flow_id == key).cloned()));
    let name = Signal::derive(move || row.with(|row| row.as_ref().map(|row| row.name.clone()).unwrap_or_default()));
    let of_row = move |read: fn(&FlowRow) -> String| row.with(|row| row.as_ref().map(read).unwrap_or_default());
    let may_look = use_why_not(Permission::SeeActivity);
    let edited = move || row.get().map(|row| page.short_time(row.edited_at));
    let saved = move || row.with(|row| row.as_ref().is_none_or(|row| row.is_saved));
    let n_failed = move || row.with(|row| row.as_ref().map_or(0, |row| row.counts.n_failed));
    view! {
        <tr>
            <td class="flows-name"><a class="flow-name" href=href>{name}</a></td>
            <td class="flows-trigger">{move || of_row(|row| row.trigger.clone())}</td>
            <td class="flows-status">
                {move || row.get().map(|row| view! { <ActionStatusChip status=row.status /> })}
            </td>
            <td class="flows-edited">
                <span>{edited}</span>
                <span class=move || if saved() { "flow-saved" } else { "flow-saved flow-saved--open" }>
                    {move || if saved() { "Saved" } else { "Changes not saved yet" }}
                </span>
            </td>
            <td class="flows-number" data-label="Deliveries, 24 h">
                {move || match may_look.get() {
                    Some(_) => view! { <span class="muted">{UNSEEN}</span> }.into_any(),
                    None => {
                        let n_all = of_row(|row| row.counts.n_all.to_string());
                        view! { <a href=activity.hash()>{n_all}</a> }.into_any()
                    }
                }}
            </td>
            <td class="flows-number" data-label="Failures, 24 h">
                <span class=move || if n_failed() == 0 { "muted" } else { "ink-fail" }>
                    {move || if may_look.with(Option::is_some) { UNSEEN.to_owned() } else { n_failed().to_string() }}
                </span>
            </td>
            <td class="flows-acts">{show_acts(app_state, page, flow_id, name, naming)}</td>
        </tr>
    }
    .into_any()
}

fn show_acts(
    app_state: AppState,
    page: Page,
    flow_id: FlowId,
    name: Signal<String>,
    naming: RwSignal<Option<Naming>>,
) -> AnyView {
    let files = use_files();
    let flow_id = StoredValue::new(flow_id);
    let label = move |act: &'static str| Signal::derive(move || format!("{act} {}", name.get()));
    let rename = move |()| {
        naming.set(Some(Naming { flow_id: flow_id.get_value(), name: name.get_untracked() }));
    };
    let copy = move |()| {
        let Some(flow) = flow_id.with_value(|flow_id| app_state.flow(flow_id)) else { return };
        let mut copy = as_new((*flow).clone(), FlowId::new(short_id(page.draw_random())));
        copy.name = format!("{} (copy)", flow.name);
        open_new(app_state, page, copy);
    };
    let export = move |()| {
        let Some(flow) = flow_id.with_value(|flow_id| app_state.flow(flow_id)) else { return };
        let saved = files.save(&file_name(&flow.name), "application/json", &write_flow_file(&flow));
        if let Err(reason) = saved {
            app_state.notify(Tone::Fail, messages::file_not_saved(&reason));
        }
    };
    let may_edit = use_why_not(Permission::EditFlows);
    let delete = move |()| app_state.dispatch(AppCommand::DeleteFlow { flow_id: flow_id.get_value() });
    view! {
        <IconButton label=label("Rename") glyph=Icon::Pencil why_not=use_why_not(Permission::EditWords) on_press=rename />
        <IconButton label=label("Duplicate") glyph=Icon::Copy why_not=may_edit on_press=copy />
        <IconButton label=label("Export") glyph=Icon::Download on_press=export />
        <KlaviyoExport flow_id=flow_id.get_value() name=name />
        <IconButton label=label("Delete") glyph=Icon::Delete why_not=may_edit on_press=delete />
    }
    .into_any()
}

/// A flow that was just made, before the disk has it.
pub fn fresh_document(flow: &crate::domain::flow::model::Flow, page: Page) -> FlowDocument {
    FlowDocument { working: flow.clone(), saved: None, edited_at: page.read_clock() }
}
