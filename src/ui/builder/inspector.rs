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
use crate::ui::builder::canvas::{Act, Load, card_icon, press_palette, use_desk};
use crate::ui::builder::panels::{FlowPanel, SidePanel};
use crate::ui::builder::{Builder, Selection, use_builder};
use crate::ui::kit::{Icon, icon, large_icon};
use crate::ui::members::Gate;
use crate::ui::screens::{ShownPanel, ShownSide};
use crate::view_model::builder_commands::NEW_CARDS;
use crate::view_model::flow::action_status_label;
use crate::view_model::messages::{self, sentence};

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

/// The form that shows: how many there were before, and what it was made for.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Form {
    turn: u32,
    subject: Subject,
}

/// Settings of what is selected.
#[component]
pub fn Inspector() -> AnyView {
    let builder = use_builder();
    let subject = Memo::new(move |_| {
        let selection = builder.selection.get();
        builder.flow.with(|flow| flow.as_deref().map_or(Subject::Palette, |flow| subject_of(flow, selection)))
    });
    let is_touched = StoredValue::new(false);
    let form = Memo::new(move |before: Option<&Form>| {
        let subject = subject.get();
        let is_kept = |form: &&Form| match (&form.subject, &subject) {
            // Where nothing was typed, what shows is what the card says, and so is what another card says.
            (Subject::Delay { .. }, Subject::Delay { .. }) => !is_touched.get_value(),
            (_, _) => false,
        };
        before.filter(is_kept).cloned().unwrap_or_else(|| {
            is_touched.set_value(false);
            Form { turn: before.map_or(0, |before| before.turn.wrapping_add(1)), subject }
        })
    });
    let delay_id = Memo::new(move |before: Option<&NodeId>| match (subject.get(), before) {
        (Subject::Delay { node_id }, _) => node_id,
        (_, before) => before.cloned().unwrap_or_else(|| NodeId::new("")),
    });
    let edit = Permission::EditFlows;
    let show = move || match form.get().subject {
        Subject::Palette => view! { <Gate needs=edit><Palette /></Gate> }.into_any(),
        Subject::Trigger => view! { <Gate needs=edit><ShownPanel panel=FlowPanel::Trigger /></Gate> }.into_any(),
        // It has gates of its own: trying it out takes less than editing it.
        Subject::Webhook { node_id } => view! { <ShownSide panel=SidePanel::Webhook { node_id } /> }.into_any(),
        Subject::Delay { .. } => {
            view! { <Gate needs=edit><ShownPanel panel=FlowPanel::Delay { node_id: delay_id } /></Gate> }.into_any()
        }
        Subject::Split { node_id, compared } => {
            view! { <Gate needs=edit><ShownPanel panel=FlowPanel::Split { node_id, subject: compared } /></Gate> }
                .into_any()
        }
        Subject::Note { node_id } => {
            view! { <Gate needs=Permission::EditWords><ShownPanel panel=FlowPanel::Note { node_id } /></Gate> }
                .into_any()
        }
        Subject::Foreign { node_id } => view! { <ShownPanel panel=FlowPanel::Foreign { node_id } /> }.into_any(),
    };
    view! { <div id=INSPECTOR_ID tabindex="-1" class="inspector-frame" on:focusout=move |_| builder.seal() on:input=move |_| is_touched.set_value(true) on:change=move |_| is_touched.set_value(true)>{show}</div> }.into_any()
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
pub fn field_problems(builder: Builder, node_id: Option<Signal<NodeId>>, field: FlowField) -> AnyView {
    let found = Memo::new(move |_| {
        let node_id = node_id.map(|node_id| node_id.get());
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
        (0, _) => messages::NO_WEBHOOK.to_owned(),
        (_, Some(status)) => messages::all_webhooks_are(action_status_label(status)),
        (_, None) => messages::WEBHOOKS_DIFFER.to_owned(),
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
                    on:click=move |_| desk.ask(Act::Pick { kind })
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
            <p class="muted">{messages::PALETTE_MEANING}</p>
            <ul class="palette">{rows.collect_view()}</ul>
        </div>
    }
    .into_any()
}
