//! The left panel: the selected card's settings, or what can be added when nothing is selected.
//!
//! In: the selection. Out: a form, or words.
//! Invariant: only webhooks are edited here so far; other cards say what they do.

use leptos::prelude::*;

use crate::domain::flow::edit::FlowEdit;
use crate::domain::flow::model::{Flow, NodeKind};
use crate::domain::id::NodeId;
use crate::ui::builder::webhook::WebhookForm;
use crate::ui::builder::{Selection, use_builder};
use crate::ui::kit::{Icon, TextField, icon, large_icon};
use crate::ui::state::use_app_state;
use crate::view_model::flow::{CardKind, CardView, FlowPiece, condition_summary, flow_pieces, trigger_card};

/// What the panel shows; a change inside a card is no change of subject, so that no field loses its focus.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Subject {
    Palette,
    Trigger,
    Webhook { node_id: NodeId },
    Other { node_id: NodeId },
}

/// Settings of what is selected.
#[component]
pub fn Inspector() -> AnyView {
    let builder = use_builder();
    let subject = Memo::new(move |_| {
        let selection = builder.selection.get();
        builder.flow.with(|flow| flow.as_deref().map_or(Subject::Palette, |flow| subject_of(flow, selection)))
    });
    let show = move || match subject.get() {
        Subject::Palette => view! { <Palette /> }.into_any(),
        Subject::Trigger => view! { <TriggerPanel /> }.into_any(),
        Subject::Webhook { node_id } => view! { <WebhookForm node_id=node_id /> }.into_any(),
        Subject::Other { node_id } => view! { <CardPanel node_id=node_id /> }.into_any(),
    };
    view! { {show} }.into_any()
}

fn subject_of(flow: &Flow, selection: Selection) -> Subject {
    match selection {
        Selection::Nothing => Subject::Palette,
        Selection::Trigger => Subject::Trigger,
        Selection::Node { node_id } => match flow.nodes.get(&node_id).map(|node| &node.kind) {
            None => Subject::Palette,
            Some(NodeKind::Webhook { .. }) => Subject::Webhook { node_id },
            Some(
                NodeKind::TimeDelay { .. }
                | NodeKind::TriggerSplit { .. }
                | NodeKind::ConditionalSplit { .. }
                | NodeKind::Foreign { .. }
                | NodeKind::Note { .. },
            ) => Subject::Other { node_id },
        },
    }
}

#[component]
fn Palette() -> AnyView {
    let cards = [
        (Icon::Webhook, "Webhook", "Sends a request to your system"),
        (Icon::Clock, "Time delay", "Lets time pass"),
        (Icon::Split, "Trigger split", "Two ways, by the event"),
        (Icon::Split, "Conditional split", "Two ways, by the profile"),
    ];
    view! {
        <div class="inspector">
            <h2>"Cards"</h2>
            <p class="muted">"Select a card of the flow to see its settings here. Adding cards comes with the next version."</p>
            <ul class="palette">
                {cards
                    .into_iter()
                    .map(|(glyph, title, text)| {
                        view! {
                            <li class="palette-card">
                                {large_icon(glyph)}
                                <span><strong>{title}</strong><span class="muted">{text}</span></span>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </div>
    }
    .into_any()
}

#[component]
fn TriggerPanel() -> AnyView {
    let app_state = use_app_state();
    let builder = use_builder();
    let card = Memo::new(move |_| builder.flow.with(|flow| flow.as_deref().map(|flow| trigger_card(flow, &[]))));
    let filter = move || {
        builder.flow.with(|flow| {
            let flow = flow.as_deref()?;
            let is_set_up = flow.profile_filter.is_set_up();
            Some(if is_set_up { condition_summary(&flow.profile_filter) } else { "Everybody".to_owned() })
        })
    };
    let name = Signal::derive(move || {
        builder.flow.with(|flow| flow.as_ref().map(|flow| flow.name.clone()).unwrap_or_default())
    });
    let problem =
        Signal::derive(move || name.with(|name| name.trim().is_empty().then(|| "The flow has no name.".to_owned())));
    view! {
        <div class="inspector">
            <TextField
                id="flow-name"
                label="Flow name"
                value=name
                problem=problem
                on_input=move |name: String| {
                    app_state.edit_flow(&builder.flow_id(), FlowEdit::SetName { name });
                }
            />
            {move || card.get().map(show_facts)}
            <dl class="facts">
                <dt>"Profiles that may enter"</dt>
                <dd>{filter}</dd>
            </dl>
        </div>
    }
    .into_any()
}

#[component]
fn CardPanel(
    /// Which card.
    node_id: NodeId,
) -> AnyView {
    let builder = use_builder();
    let card = Memo::new(move |_| {
        builder.flow.with(|flow| find_card(&flow_pieces(flow.as_deref()?, &builder.problems.get()), &node_id))
    });
    view! { <div class="inspector">{move || card.get().map(show_facts)}</div> }.into_any()
}

fn find_card(pieces: &[FlowPiece], node_id: &NodeId) -> Option<CardView> {
    pieces.iter().find_map(|piece| match piece {
        FlowPiece::Card(card) => (card.node_id.as_ref() == Some(node_id)).then(|| card.clone()),
        FlowPiece::Branches { yes, no } => find_card(yes, node_id).or_else(|| find_card(no, node_id)),
        FlowPiece::End => None,
    })
}

fn show_facts(card: CardView) -> AnyView {
    let what = match card.kind {
        CardKind::Trigger => "Starts the flow for the profile that the event belongs to.",
        CardKind::Webhook => "Sends a request.",
        CardKind::TimeDelay => "The profile waits here. The time it is due is kept, so a reload changes nothing.",
        CardKind::TriggerSplit => "The event decides: profiles for whom it holds go on at Yes, the others at No.",
        CardKind::ConditionalSplit => "The profile decides: those for whom it holds go on at Yes, the others at No.",
        CardKind::Note => "Profiles pass a note unseen.",
        CardKind::Foreign => "Hookwright keeps this card of Klaviyo's and passes it over.",
    };
    view! {
        <div class="card-facts">
            <h2>{card.title}</h2>
            <p class="muted">{card.kind.label()}</p>
            <p>{card.detail}</p>
            <p class="note tone-neutral">{icon(Icon::Info)}<span>{what}</span></p>
        </div>
    }
    .into_any()
}
