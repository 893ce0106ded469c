//! The list of flows.
//!
//! In: the documents. Out: a link to each, new flows, copies, deletions.
//! Invariant: a deletion asks first, since it cannot be undone yet.

use leptos::prelude::*;

use crate::domain::flow::model::{ActionStatus, Flow, FlowDocument, Node, NodeKind, Trigger, WebhookAction};
use crate::domain::id::{FlowId, NodeId, short_id};
use crate::runtime::handle::AppCommand;
use crate::ui::kit::{Button, ButtonKind, Chip, Dialog, EmptyState, Icon, IconButton};
use crate::ui::page::{Page, use_page};
use crate::ui::shell::{PageHeader, go_to};
use crate::ui::state::{AppState, use_app_state};
use crate::view_model::delivery::Tone;
use crate::view_model::flow::{action_status_label, flow_line, is_saved};
use crate::view_model::route::Route;

/// A flow's or an action's status.
#[component]
pub fn ActionStatusChip(
    /// Which.
    status: ActionStatus,
) -> AnyView {
    let (tone, glyph) = match status {
        ActionStatus::Draft => (Tone::Neutral, Icon::Pause),
        ActionStatus::Manual => (Tone::Accent, Icon::Eye),
        ActionStatus::Live => (Tone::Ok, Icon::Sender),
    };
    view! { <Chip tone=tone glyph=glyph label=action_status_label(status) /> }.into_any()
}

/// All flows.
#[component]
pub fn FlowsScreen() -> AnyView {
    let app_state = use_app_state();
    let page = use_page();
    let search = RwSignal::new(String::new());
    let doomed = RwSignal::new(None::<FlowId>);
    let shown = Memo::new(move |_| {
        let needle = search.get().trim().to_lowercase();
        app_state.working.with(|working| {
            let matching = working.values().filter(|flow| flow.name.to_lowercase().contains(&needle));
            matching.map(|flow| flow.id.clone()).collect::<Vec<_>>()
        })
    });
    let n_flows = Memo::new(move |_| app_state.working.with(|working| working.len()));
    let add = move |()| add_flow(app_state, page);
    let list = move || {
        if n_flows.get() == 0 {
            return view! {
                <EmptyState glyph=Icon::Workflow title="No flows yet" text="A flow sends a request when an event comes in.">
                    <Button label="New flow" kind=ButtonKind::Primary glyph=Icon::Plus on_press=add />
                </EmptyState>
            }
            .into_any();
        }
        if shown.with(Vec::is_empty) {
            return view! { <EmptyState glyph=Icon::Workflow title="No flow has this name" text="Change or clear the search." /> }
                .into_any();
        }
        view! {
            <ul class="flows">
                <For each=move || shown.get() key=Clone::clone let:flow_id>{show_flow(app_state, page, flow_id, doomed)}</For>
            </ul>
        }
        .into_any()
    };
    view! {
        <PageHeader title="Flows">
            <input
                class="input"
                type="search"
                placeholder="Search flows"
                aria-label="Search flows"
                prop:value=search
                on:input=move |event| search.set(event_target_value(&event))
            />
            <Button label="New flow" kind=ButtonKind::Primary glyph=Icon::Plus on_press=add />
        </PageHeader>
        <div class="page-body">{list}</div>
        <DeleteDialog doomed=doomed />
    }
    .into_any()
}

fn show_flow(app_state: AppState, page: Page, flow_id: FlowId, doomed: RwSignal<Option<FlowId>>) -> AnyView {
    let key = flow_id.clone();
    let document = Memo::new(move |_| app_state.documents.with(|documents| documents.get(&key).cloned()));
    let flow = Memo::new({
        let flow_id = flow_id.clone();
        move |_| app_state.flow(&flow_id)
    });
    let href = Route::Flow { flow_id: flow_id.clone() }.hash();
    let name = move || flow.get().map(|flow| flow.name.clone()).unwrap_or_default();
    let line = move || flow.get().map(|flow| flow_line(&flow)).unwrap_or_default();
    let status = move || flow.get().map(|flow| view! { <ActionStatusChip status=flow.status() /> });
    let edited = move || {
        let document = document.get()?;
        let is_saved = flow.get().is_some_and(|flow| is_saved(Some(&document), &flow));
        let word = if is_saved { "Saved" } else { "Changes not saved yet" };
        Some(format!("{word}, edited {}", page.short_time(document.edited_at)))
    };
    let copy = move |()| {
        let Some(flow) = flow.get_untracked() else { return };
        copy_flow(app_state, page, &flow);
    };
    view! {
        <li class="flow-row">
            <div class="flow-row-words">
                <a class="flow-row-name" href=href>{name}</a>
                <p class="muted">{line}</p>
            </div>
            <div class="flow-row-status">{status}</div>
            <p class="flow-row-edited muted">{edited}</p>
            <div class="flow-row-acts">
                <IconButton label=Signal::derive(move || format!("Duplicate {}", name())) glyph=Icon::Copy on_press=copy />
                <IconButton
                    label=Signal::derive(move || format!("Delete {}…", name()))
                    glyph=Icon::Delete
                    on_press=move |()| doomed.set(Some(flow_id.clone()))
                />
            </div>
        </li>
    }
    .into_any()
}

#[component]
fn DeleteDialog(
    /// The flow to delete, once it was asked for.
    doomed: RwSignal<Option<FlowId>>,
) -> AnyView {
    let app_state = use_app_state();
    let is_open = Signal::derive(move || doomed.with(Option::is_some));
    let name = move || {
        doomed.get().and_then(|flow_id| app_state.flow(&flow_id)).map(|flow| flow.name.clone()).unwrap_or_default()
    };
    let delete = move |()| {
        if let Some(flow_id) = doomed.get_untracked() {
            app_state.dispatch(AppCommand::DeleteFlow { flow_id });
        }
        doomed.set(None);
    };
    view! {
        <Dialog id="delete-flow" title="Delete this flow" is_open=is_open on_close=move |()| doomed.set(None)>
            <p>{move || format!("{} stops running and cannot be brought back. Its activity stays.", name())}</p>
            <div class="dialog-acts">
                <Button label="Cancel" on_press=move |()| doomed.set(None) />
                <Button label="Delete flow" kind=ButtonKind::Danger glyph=Icon::Delete on_press=delete />
            </div>
        </Dialog>
    }
    .into_any()
}

/// *Placed Order* → a blank webhook, as a draft.
fn add_flow(app_state: AppState, page: Page) {
    let node_id = NodeId::new(short_id(page.draw_random()));
    let mut flow = Flow::blank(FlowId::new(short_id(page.draw_random())), "New flow");
    flow.trigger = Trigger::Metric { metric: "Placed Order".to_owned() };
    flow.entry = Some(node_id.clone());
    let kind = NodeKind::Webhook { action: WebhookAction::blank("New webhook"), next: None };
    flow.nodes.insert(node_id.clone(), Node { id: node_id, kind });
    open_new(app_state, page, flow);
}

/// A copy sends nothing until somebody sets it live.
fn copy_flow(app_state: AppState, page: Page, flow: &Flow) {
    let mut copy = flow.clone();
    copy.id = FlowId::new(short_id(page.draw_random()));
    copy.name = format!("{} (copy)", flow.name);
    for node in copy.nodes.values_mut() {
        if let NodeKind::Webhook { action, .. } = &mut node.kind {
            action.status = ActionStatus::Draft;
        }
    }
    open_new(app_state, page, copy);
}

fn open_new(app_state: AppState, page: Page, flow: Flow) {
    let route = Route::Flow { flow_id: flow.id.clone() };
    let document = FlowDocument { working: flow.clone(), saved: None, edited_at: page.read_clock() };
    app_state.documents.update(|documents| drop(documents.insert(flow.id.clone(), document)));
    app_state.keep_flow(flow);
    go_to(&route);
}
