//! The left panel: the selected card's settings, or what can be added when nothing is selected.
//!
//! In: the selection. Out: a form.
//! Invariant: a change inside a card is no change of subject, so that no field loses its focus.

use leptos::prelude::*;

use crate::domain::flow::check::{FlowField, FlowSeverity};
use crate::domain::flow::condition::Subject as Compared;
use crate::domain::flow::edit::FlowEdit;
use crate::domain::flow::model::{ActionStatus, Flow, NodeKind};
use crate::domain::id::NodeId;
use crate::domain::member::Permission;
use crate::ui::builder::canvas::{Load, card_icon, pick_from_palette, press_palette, use_desk};
use crate::ui::builder::cards::{ForeignPanel, NoteForm, SplitForm};
use crate::ui::builder::delay::DelayForm;
use crate::ui::builder::trigger::TriggerPanel;
use crate::ui::builder::webhook::WebhookForm;
use crate::ui::builder::{Builder, Selection, use_builder};
use crate::ui::kit::{Icon, icon, large_icon};
use crate::ui::members::Gate;
use crate::view_model::builder_commands::NEW_CARDS;
use crate::view_model::flow::action_status_label;
use crate::view_model::messages::sentence;

/// What the panel is about.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Subject {
    Palette,
    Trigger,
    Webhook { node_id: NodeId },
    Delay { node_id: NodeId },
    Split { node_id: NodeId, compared: Compared },
    Note { node_id: NodeId },
    Foreign { node_id: NodeId },
}

/// Settings of what is selected.
#[component]
pub fn Inspector() -> AnyView {
    let builder = use_builder();
    let subject = Memo::new(move |_| {
        let selection = builder.selection.get();
        builder.flow.with(|flow| flow.as_deref().map_or(Subject::Palette, |flow| subject_of(flow, selection)))
    });
    let edit = Permission::EditFlows;
    let show = move || match subject.get() {
        Subject::Palette => view! { <Gate needs=edit><Palette /></Gate> }.into_any(),
        Subject::Trigger => view! { <Gate needs=edit><TriggerPanel /></Gate> }.into_any(),
        // It has gates of its own: trying it out takes less than editing it.
        Subject::Webhook { node_id } => view! { <WebhookForm node_id=node_id /> }.into_any(),
        Subject::Delay { node_id } => view! { <Gate needs=edit><DelayForm node_id=node_id /></Gate> }.into_any(),
        Subject::Split { node_id, compared } => {
            view! { <Gate needs=edit><SplitForm node_id=node_id subject=compared /></Gate> }.into_any()
        }
        Subject::Note { node_id } => {
            view! { <Gate needs=Permission::EditWords><NoteForm node_id=node_id /></Gate> }.into_any()
        }
        Subject::Foreign { node_id } => view! { <ForeignPanel node_id=node_id /> }.into_any(),
    };
    view! { <div id=INSPECTOR_ID tabindex="-1" class="inspector-frame" on:focusout=move |_| builder.seal()>{show}</div> }.into_any()
}

/// The panel itself, to move the focus to.
pub const INSPECTOR_ID: &str = "inspector";

fn subject_of(flow: &Flow, selection: Selection) -> Subject {
    match selection {
        Selection::Nothing => Subject::Palette,
        Selection::Trigger => Subject::Trigger,
        Selection::Node { node_id } => match flow.nodes.get(&node_id).map(|node| &node.kind) {
            None => Subject::Palette,
            Some(NodeKind::Webhook { .. }) => Subject::Webhook { node_id },
            Some(NodeKind::TimeDelay { .. }) => Subject::Delay { node_id },
            Some(NodeKind::TriggerSplit { .. }) => Subject::Split { node_id, compared: Compared::Event },
            Some(NodeKind::ConditionalSplit { .. }) => Subject::Split { node_id, compared: Compared::Profile },
            Some(NodeKind::Note { .. }) => Subject::Note { node_id },
            Some(NodeKind::Foreign { .. } | NodeKind::Unknown { .. }) => Subject::Foreign { node_id },
        },
    }
}

/// What is wrong with a field of a card, or of the flow where there is no card.
pub fn field_problems(builder: Builder, node_id: Option<StoredValue<NodeId>>, field: FlowField) -> AnyView {
    let found = Memo::new(move |_| {
        let node_id = node_id.map(|node_id| node_id.get_value());
        builder.problems.with(|problems| {
            let own = problems.iter().filter(|problem| problem.field == field && problem.node_id == node_id);
            own.map(|problem| (problem.severity == FlowSeverity::CannotWork, sentence(&problem.message)))
                .collect::<Vec<_>>()
        })
    });
    let show = move || {
        let rows = found.get().into_iter().map(|(is_red, message)| {
            let class = if is_red { "note tone-fail" } else { "note tone-wait" };
            view! { <p class=class>{icon(Icon::Warning)}<span>{message}</span></p> }
        });
        rows.collect_view()
    };
    view! { <div class="field-problems">{show}</div> }.into_any()
}

/// One control for the status of all actions.
pub fn status_of_all(builder: Builder) -> AnyView {
    let statuses = Memo::new(move |_| {
        builder.of_flow(|flow| flow.webhooks().map(|(_, action)| action.status).collect::<Vec<_>>())
    });
    let common = Memo::new(move |_| {
        statuses
            .with(|statuses| statuses.first().copied().filter(|first| statuses.iter().all(|status| status == first)))
    });
    let hint = move || match (statuses.with(Vec::len), common.get()) {
        (0, _) => "There is no webhook yet.".to_owned(),
        (_, Some(status)) => format!("All webhooks are {}.", action_status_label(status).to_lowercase()),
        (_, None) => "The webhooks differ; a choice here sets all of them.".to_owned(),
    };
    let segments = [ActionStatus::Draft, ActionStatus::Manual, ActionStatus::Live].map(|choice| {
        view! {
            <label class="segment">
                <input
                    type="radio"
                    name="all-statuses"
                    class="visually-hidden"
                    prop:checked=move || common.get() == Some(choice)
                    prop:disabled=move || statuses.with(Vec::is_empty)
                    on:change=move |_| builder.edit(FlowEdit::SetAllStatuses { status: choice })
                />
                <span>{action_status_label(choice)}</span>
            </label>
        }
    });
    view! {
        <fieldset class="field">
            <legend class="field-label">"Status of all webhooks"</legend>
            <div class="segments">{segments.collect_view()}</div>
            <p class="field-hint">{hint}</p>
        </fieldset>
    }
    .into_any()
}

/// What can be added: pressed, a place is chosen; dragged, it goes where it is let go.
#[component]
fn Palette() -> AnyView {
    let desk = use_desk();
    let rows = NEW_CARDS.map(|(kind, text)| {
        let is_armed = move || {
            desk.placing.with(|placing| placing.as_ref().is_some_and(|placing| placing.load == Load::New { kind }))
        };
        view! {
            <li>
                <button
                    type="button"
                    class="palette-card"
                    aria-pressed=move || is_armed().to_string()
                    on:pointerdown=move |event| press_palette(desk, &event, kind)
                    on:click=move |_| pick_from_palette(desk, kind)
                >
                    <span class="card-icon">{large_icon(card_icon(kind))}</span>
                    <span class="card-words"><span class="card-title">{kind.label()}</span><span class="card-detail">{text}</span></span>
                </button>
            </li>
        }
        .into_any()
    });
    view! {
        <div class="inspector">
            <h2>"Add a card"</h2>
            <p class="muted">"Drag a card to a place in the flow, or press it and choose the place. Select a card of the flow to see its settings here."</p>
            <ul class="palette">{rows.collect_view()}</ul>
        </div>
    }
    .into_any()
}
