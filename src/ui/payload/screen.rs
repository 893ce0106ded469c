//! The payload of one webhook, on a screen of its own.
//!
//! In: a flow's id and a webhook's. Out: edits of the working copy.
//! Invariant: what is edited here is what the builder shows; there is one working copy.

use leptos::prelude::*;

use crate::domain::delivery::request::freeze_request;
use crate::domain::event::TriggerEvent;
use crate::domain::flow::model::{Flow, WebhookAction};
use crate::domain::id::{EventId, FlowId, NodeId};
use crate::domain::member::Permission;
use crate::runtime::preview::Reading;
use crate::ui::builder::chosen_event;
use crate::ui::kit::{Button, ButtonKind, EmptyState, Icon, SelectField};
use crate::ui::members::use_why_not;
use crate::ui::page::use_page;
use crate::ui::payload::event_select_choices;
use crate::ui::payload::panes::{WorkbenchPanes, format_button, reading_controls};
use crate::ui::payload::person::profile_select;
use crate::ui::payload::share::ShareButton;
use crate::ui::payload::snippets::{last_good_snippets, variables_or_snippets};
use crate::ui::payload::workbench::{PreviewInputs, Workbench};
use crate::ui::sandbox::keep;
use crate::ui::shell::{PageHeader, go_to};
use crate::ui::state::{AppState, use_app_state};
use crate::view_model::messages;
use crate::view_model::route::Route;
use crate::view_model::sample::{event_text, profile_text};
use crate::view_model::sandbox::sandbox_snippets;
use crate::view_model::share::Shared;

/// The webhook, if it is there.
fn webhook<'a>(flow: &'a Flow, node_id: &NodeId) -> Option<&'a WebhookAction> {
    flow.nodes.get(node_id)?.kind.webhook()
}

/// One webhook's payload.
#[component]
pub fn PayloadScreen(
    /// Whose.
    flow_id: FlowId,
    /// Which webhook.
    node_id: NodeId,
) -> AnyView {
    let app_state = use_app_state();
    let back = StoredValue::new(Route::Flow { flow_id: flow_id.clone() }.hash());
    let (flow_id, node_id) = (StoredValue::new(flow_id), StoredValue::new(node_id));
    let flow = Memo::new(move |_| flow_id.with_value(|flow_id| app_state.flow(flow_id)));
    let action = Memo::new(move |_| {
        flow.with(|flow| flow.as_ref().and_then(|flow| node_id.with_value(|node_id| webhook(flow, node_id).cloned())))
    });
    let is_there = Memo::new(move |_| action.with(Option::is_some));
    let reading = RwSignal::new(Reading::default());
    let event = Memo::new(move |_| {
        let flow = flow.get()?;
        flow.trigger.has_event().then(|| chosen_event(app_state, &flow)).flatten()
    });
    let has_event = Memo::new(move |_| flow.with(|flow| flow.as_ref().is_some_and(|flow| flow.trigger.has_event())));
    let profile = Memo::new(move |_| event.with(|event| app_state.previewed_person(event.as_ref())));
    // The snippets are the sandbox's own: one set, whichever editor is open.
    app_state.sandbox.restore(use_page());
    let snippets = app_state.sandbox.snippets;
    let snippets_typed = Memo::new(move |_| snippets.with(|text| sandbox_snippets(text)));
    let is_django = Signal::derive(move || reading.get().is_django);
    keep(app_state);
    let inputs = PreviewInputs {
        source: Memo::new(move |_| {
            action.with(|action| action.as_ref().map(|a| a.payload.clone()).unwrap_or_default())
        })
        .into(),
        event: event.into(),
        profile: profile.into(),
        is_profile_only: Signal::derive(move || !has_event.get()),
        reading: reading.into(),
        snippets: last_good_snippets(snippets_typed, is_django),
    };
    let request = Signal::derive(move || {
        let action = action.get().unwrap_or_else(|| WebhookAction::blank(""));
        freeze_request(&action, &flow_id.get_value(), String::new())
    });
    let on_edit = Callback::new(move |text: String| {
        let (flow_id, node_id) = (flow_id.get_value(), node_id.get_value());
        let _is_done = app_state.edit_webhook(&flow_id, &node_id, |action| action.payload = text);
    });
    let workbench =
        Workbench::new(app_state, inputs, request, on_edit, Callback::new(move |chosen| reading.set(chosen)))
            .with_why_not(use_why_not(Permission::EditFlows));
    provide_context(workbench);
    let title = Signal::derive(move || {
        action.with(|action| format!("Payload of {}", action.as_ref().map_or("webhook", |action| &action.name)))
    });
    let show = move || {
        if !is_there.get() {
            return view! {
                <PageHeader title="Payload" />
                <EmptyState glyph=Icon::Braces title="This webhook is not here" text=messages::WEBHOOK_NOT_HERE>
                    <a class="button" href="#/flows">"Go to flows"</a>
                </EmptyState>
            }
            .into_any();
        }
        let data = move || variables_or_snippets(snippets, snippets_typed, is_django);
        let events = move || has_event.get().then(|| event_select(app_state, flow, event));
        view! {
            <PageHeader title=title>
                {events}
                {profile_select(app_state, "payload-profile", event, profile)}
                {reading_controls(workbench)}
                {format_button(workbench)}
                <Button
                    label="Open in Sandbox"
                    kind=ButtonKind::Secondary
                    on_press=move |()| {
                        app_state.sandbox.open(Shared { snippets: snippets.get_untracked(), ..shared(workbench) });
                        go_to(&Route::Sandbox { link: None });
                    }
                />
                <ShareButton shared=Callback::new(move |()| shared(workbench)) />
                <a class="button" href=back.get_value()>"Back to the flow"</a>
            </PageHeader>
            <WorkbenchPanes data=data />
        }
        .into_any()
    };
    view! { <div class="payload-screen">{show}</div> }.into_any()
}

fn event_select(
    app_state: AppState,
    flow: Memo<Option<std::sync::Arc<Flow>>>,
    event: Memo<Option<TriggerEvent>>,
) -> AnyView {
    let trigger = Memo::new(move |_| flow.with(|flow| flow.as_ref().map(|flow| flow.trigger.clone())));
    let choices = Signal::derive(move || trigger.with(|trigger| event_select_choices(app_state, trigger.as_ref())));
    let value = Signal::derive(move || {
        event.with(|event| event.as_ref().map(|event| event.id.to_string()).unwrap_or_default())
    });
    let choose = move |event_id: String| app_state.chosen_event.set(Some(EventId::new(event_id)));
    view! { <SelectField id="payload-event" label="Event" choices=choices value=value on_change=choose /> }.into_any()
}

/// What a link to this payload carries.
pub fn shared(workbench: Workbench) -> Shared {
    let reading = workbench.inputs.reading.get_untracked();
    Shared {
        template: workbench.source(),
        event: workbench
            .inputs
            .event
            .with_untracked(|event| event.as_ref().map_or_else(|| "{}".to_owned(), event_text)),
        profile: workbench
            .inputs
            .profile
            .with_untracked(|profile| profile.as_ref().map(profile_text).unwrap_or_default()),
        snippets: if reading.is_django { workbench.app_state.sandbox.snippets.get_untracked() } else { String::new() },
        is_django: reading.is_django,
        is_autoescape_on: reading.is_autoescape_on,
    }
}
