//! Flows as a collection: the list, new ones, names, versions.
//!
//! In: the documents. Out: a link to each, new flows, copies, deletions.
//! Invariant: nothing made here sends anything until somebody sets it live and saves it.

mod list;
mod new_flow;
mod rename;
mod shelf;
mod versions;

use leptos::prelude::*;

use crate::domain::flow::model::{ActionStatus, Flow};
use crate::domain::id::{FlowId, short_id};
use crate::domain::member::Permission;
use crate::ui::flows::list::{FlowTable, fresh_document};
use crate::ui::flows::new_flow::NewFlowDialog;
use crate::ui::flows::rename::RenameDialog;
use crate::ui::kit::{Button, ButtonKind, Chip, EmptyState, Icon};
use crate::ui::members::use_why_not;
use crate::ui::page::Page;
use crate::ui::shell::{PageHeader, go_to};
use crate::ui::state::{AppState, use_app_state};
use crate::view_model::delivery::Tone;
use crate::view_model::flow::action_status_label;
use crate::view_model::messages;
use crate::view_model::route::Route;

pub use crate::ui::flows::rename::Naming;
pub use crate::ui::flows::shelf::FlowsShelf;
pub use crate::ui::flows::versions::{VersionsDialog, show_changes};

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
    let search = RwSignal::new(String::new());
    let naming = RwSignal::new(None::<Naming>);
    let has_flows = Memo::new(move |_| app_state.working.with(|working| !working.is_empty()));
    let is_new_open = RwSignal::new(false);
    let may_edit = use_why_not(Permission::EditFlows);
    let add = move |()| is_new_open.set(true);
    let list = move || {
        if has_flows.get() {
            return view! { <FlowTable search=search naming=naming /> }.into_any();
        }
        view! {
            <EmptyState glyph=Icon::Workflow title="No flows yet" text=messages::FLOWS_EMPTY>
                <Button label="New flow" kind=ButtonKind::Primary glyph=Icon::Plus why_not=may_edit on_press=add />
            </EmptyState>
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
            <Button label="New flow" kind=ButtonKind::Primary glyph=Icon::Plus why_not=may_edit on_press=add />
        </PageHeader>
        <div class="page-body">{list}</div>
        <RenameDialog naming=naming />
        <NewFlowDialog is_open=is_new_open />
    }
    .into_any()
}

/// A flow with nothing in it.
fn add_flow(app_state: AppState, page: Page) {
    open_new(app_state, page, Flow::blank(FlowId::new(short_id(page.draw_random())), "New flow"));
}

/// Keeps a new flow and goes there.
fn open_new(app_state: AppState, page: Page, flow: Flow) {
    if let Some(words) = untrack(|| app_state.members.refusal(Permission::EditFlows)) {
        return app_state.notify(Tone::Fail, words);
    }
    let route = Route::Flow { flow_id: flow.id.clone() };
    let document = fresh_document(&flow, page);
    app_state.documents.update(|documents| drop(documents.insert(flow.id.clone(), document)));
    app_state.keep_flow(flow);
    go_to(&route);
}
