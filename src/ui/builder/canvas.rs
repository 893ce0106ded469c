//! The flow as cards joined by lines, from the trigger down to the ends.
//!
//! In: the working copy and its problems. Out: which card is selected.
//! Invariant: a nested list for assistive technology; the arrow keys walk it in reading order.

use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;

use crate::domain::flow::check::FlowSeverity;
use crate::ui::builder::{Builder, Selection, use_builder};
use crate::ui::flows::ActionStatusChip;
use crate::ui::kit::tabs::focus_element;
use crate::ui::kit::{Icon, icon, large_icon};
use crate::view_model::flow::{CardKind, CardView, FlowPiece, flow_pieces, trigger_card};
use crate::view_model::messages::counted;

/// The flow.
#[component]
pub fn Canvas() -> AnyView {
    let builder = use_builder();
    let trigger = Memo::new(move |_| {
        builder.flow.with(|flow| flow.as_deref().map(|flow| trigger_card(flow, &builder.problems.get())))
    });
    let pieces = Memo::new(move |_| {
        builder
            .flow
            .with(|flow| flow.as_deref().map(|flow| flow_pieces(flow, &builder.problems.get())).unwrap_or_default())
    });
    let on_keydown = move |event: KeyboardEvent| {
        let is_down = match event.key().as_str() {
            "ArrowDown" => true,
            "ArrowUp" => false,
            _ => return,
        };
        let mut card_ids = vec![card_element_id(None)];
        pieces.with_untracked(|pieces| collect_card_ids(pieces, &mut card_ids));
        let focused = document().active_element().map(|element| element.id());
        let Some(card_idx) = card_ids.iter().position(|card_id| Some(card_id) == focused.as_ref()) else { return };
        let next_idx = if is_down { card_idx + 1 } else { card_idx.saturating_sub(1) };
        if let Some(card_id) = card_ids.get(next_idx) {
            event.prevent_default();
            focus_element(card_id);
        }
    };
    let frame = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        // The trigger stands in the middle of a flow that is wider than its frame.
        let Some(frame) = frame.get() else { return };
        request_animation_frame(move || {
            if let Some(scroller) = frame.parent_element() {
                scroller.set_scroll_left((scroller.scroll_width() - scroller.client_width()) / 2);
            }
        });
    });
    view! {
        <div class="canvas" node_ref=frame on:keydown=on_keydown>
            <ol class="flow-line" aria-label="Cards of the flow">
                <li>{move || trigger.get().map(|card| show_card(builder, card))}</li>
                {move || show_pieces(builder, pieces.get())}
            </ol>
        </div>
    }
    .into_any()
}

fn card_element_id(node_id: Option<&str>) -> String {
    format!("card-{}", node_id.unwrap_or("trigger"))
}

fn collect_card_ids(pieces: &[FlowPiece], card_ids: &mut Vec<String>) {
    for piece in pieces {
        match piece {
            FlowPiece::Card(card) => {
                card_ids.push(card_element_id(card.node_id.as_ref().map(|node_id| node_id.as_str())));
            }
            FlowPiece::Branches { yes, no } => {
                collect_card_ids(yes, card_ids);
                collect_card_ids(no, card_ids);
            }
            FlowPiece::End => {}
        }
    }
}

fn show_pieces(builder: Builder, pieces: Vec<FlowPiece>) -> AnyView {
    pieces
        .into_iter()
        .map(|piece| match piece {
            FlowPiece::Card(card) => view! { <li class="flow-step">{show_card(builder, card)}</li> }.into_any(),
            FlowPiece::Branches { yes, no } => view! {
                <li class="flow-branches">
                    <div class="flow-branch">
                        <span class="flow-branch-label flow-branch-label--yes">{icon(Icon::Check)}"Yes"</span>
                        <ol class="flow-line" aria-label="Yes">{show_pieces(builder, yes)}</ol>
                    </div>
                    <div class="flow-branch">
                        <span class="flow-branch-label">{icon(Icon::Close)}"No"</span>
                        <ol class="flow-line" aria-label="No">{show_pieces(builder, no)}</ol>
                    </div>
                </li>
            }
            .into_any(),
            FlowPiece::End => view! { <li class="flow-step flow-end"><span>"End"</span></li> }.into_any(),
        })
        .collect_view()
        .into_any()
}

const fn card_icon(kind: CardKind) -> Icon {
    match kind {
        CardKind::Trigger => Icon::Trigger,
        CardKind::Webhook => Icon::Webhook,
        CardKind::TimeDelay => Icon::Clock,
        CardKind::TriggerSplit | CardKind::ConditionalSplit => Icon::Split,
        CardKind::Foreign => Icon::Foreign,
        CardKind::Note => Icon::Note,
    }
}

fn show_card(builder: Builder, card: CardView) -> AnyView {
    let CardView { node_id, kind, title, detail, status, badge, n_problems, time_hint } = card;
    let element_id = card_element_id(node_id.as_ref().map(|node_id| node_id.as_str()));
    let selection = match node_id {
        Some(node_id) => Selection::Node { node_id },
        None => Selection::Trigger,
    };
    let own = selection.clone();
    let is_selected = Memo::new(move |_| builder.selection.with(|selection| *selection == own));
    let badge = badge.map(|severity| {
        let class = match severity {
            FlowSeverity::CannotWork => "card-badge tone-fail",
            FlowSeverity::PassedOver => "card-badge tone-wait",
        };
        view! { <span class=class>{icon(Icon::Warning)}{counted(n_problems, "problem", "problems")}</span> }
    });
    view! {
        <button
            type="button"
            class=move || if is_selected.get() { "card card--selected" } else { "card" }
            id=element_id
            aria-pressed=move || is_selected.get().to_string()
            on:click=move |_| builder.select(selection.clone())
        >
            <span class=if kind == CardKind::Trigger { "card-icon card-icon--trigger" } else { "card-icon" }>
                {large_icon(card_icon(kind))}
            </span>
            <span class="card-words">
                <span class="visually-hidden">{kind.label()}": "</span>
                <span class="card-title">{title}</span>
                <span class="card-detail">{detail}</span>
            </span>
            <span class="card-marks">
                {status.map(|status| view! { <ActionStatusChip status=status /> })}
                {time_hint.map(|hint| view! { <span class="card-hint">{hint}</span> })}
                {badge}
            </span>
        </button>
    }
    .into_any()
}
