//! One card: what it does, its status, what is wrong with it, and its menu.
//!
//! In: which card. Out: an item of the tree.
//! Invariant: its name says all that is seen on it; its place is set through the style object, as the content policy asks.

use leptos::attr::custom::custom_attribute;
use leptos::prelude::*;

use crate::domain::flow::check::FlowSeverity;
use crate::domain::flow::model::{ActionStatus, Branch};
use crate::domain::id::NodeId;
use crate::ui::builder::Selection;
use crate::ui::builder::canvas::acts;
use crate::ui::builder::canvas::desk::{Desk, card_element_id, inset_of};
use crate::ui::kit::{Icon, icon, large_icon};
use crate::view_model::flow::{CardKind, CardView, action_status_label, card_view};
use crate::view_model::journey::Passage;

/// The icon of a kind.
pub const fn card_icon(kind: CardKind) -> Icon {
    match kind {
        CardKind::Trigger => Icon::Trigger,
        CardKind::Webhook => Icon::Webhook,
        CardKind::TimeDelay => Icon::Clock,
        CardKind::TriggerSplit | CardKind::ConditionalSplit => Icon::Split,
        CardKind::Foreign => Icon::Foreign,
        CardKind::Note => Icon::Note,
    }
}

/// A card of the canvas; the trigger for none.
pub fn show_card(desk: Desk, node_id: Option<NodeId>) -> AnyView {
    let id = StoredValue::new(node_id);
    let face = Memo::new(move |_| {
        desk.builder.flow.with(|flow| {
            let flow = flow.as_deref()?;
            desk.marks
                .with(|marks| id.with_value(|node_id| card_view(flow, node_id.as_ref(), marks.get(node_id).copied())))
        })
    });
    let place = Memo::new(move |_| id.with_value(|node_id| desk.card_of(node_id.as_ref())));
    let is_selected = Memo::new(move |_| {
        desk.builder.selection.with(|selection| {
            id.with_value(|node_id| match (selection, node_id) {
                (Selection::Trigger, None) => true,
                (Selection::Node { node_id: selected }, Some(node_id)) => selected == node_id,
                _ => false,
            })
        })
    });
    let is_active = Memo::new(move |_| desk.active.with(|active| id.with_value(|node_id| node_id == active)));
    let passage = Memo::new(move |_| {
        desk.builder.lit.with(|lit| {
            let lit = lit.as_ref()?;
            Some(id.with_value(|node_id| match node_id {
                None => lit.is_entered.then_some(Passage::Passed),
                Some(node_id) => lit.passage(node_id),
            }))
        })
    });
    let is_carried = Memo::new(move |_| {
        desk.placing.with(|placing| {
            let Some(super::desk::Placing { load: super::desk::Load::Card { node_id, .. }, .. }) = placing else {
                return false;
            };
            id.with_value(|own| own.as_ref() == Some(node_id))
        })
    });
    let class = move || {
        let mut class = face
            .with(|face| match face.as_ref().map(|face| face.kind) {
                Some(CardKind::Note) => "card card--note",
                Some(CardKind::Foreign) => "card card--foreign",
                _ => "card",
            })
            .to_owned();
        if is_selected.get() {
            class.push_str(" card--selected");
        }
        if is_carried.get() {
            class.push_str(" card--carried");
        }
        class.push_str(match passage.get() {
            None => "",
            Some(None) => " card--off",
            Some(Some(Passage::Passed)) => " card--passed",
            Some(Some(Passage::Skipped)) => " card--skipped",
        });
        class
    };
    let of_place = move |read: fn(&crate::view_model::board::BoardCard) -> usize| {
        place.with(|place| place.as_ref().map(read).unwrap_or(1).to_string())
    };
    let branch = Memo::new(move |_| {
        place.with(|place| place.as_ref().and_then(|place| place.within.as_ref().map(|(_, branch)| *branch)))
    });
    let inset = move || place.with(|place| place.as_ref().map(|place| inset_of(place.corner)).unwrap_or_default());
    let is_split = move || place.with(|place| place.as_ref().is_some_and(|place| place.is_split));
    view! {
        <div
            role="treeitem"
            {..custom_attribute("aria-level", move || of_place(|place| place.level))}
            class=class
            id=id.with_value(|node_id| card_element_id(node_id.as_ref()))
            tabindex=move || if is_active.get() { "0" } else { "-1" }
            aria-labelledby=id.with_value(|node_id| face_id(node_id.as_ref()))
            aria-posinset=move || of_place(|place| place.position)
            aria-setsize=move || of_place(|place| place.set_size)
            aria-expanded=move || is_split().then_some("true")
            aria-selected=move || is_selected.get().to_string()
            style:inset=inset
        >
            <span class="card-face" id=id.with_value(|node_id| face_id(node_id.as_ref()))>
                {move || face.get().map(|face| show_face(face, branch.get()))}
            </span>
            <button
                type="button"
                class="card-menu"
                aria-label="Menu"
                aria-haspopup="dialog"
                tabindex=move || if is_active.get() { "0" } else { "-1" }
                on:click=move |event| {
                    event.stop_propagation();
                    acts::open_menu(desk, id.get_value(), Some(&event));
                }
            >
                {icon(Icon::More)}
            </button>
        </div>
    }
    .into_any()
}

fn face_id(node_id: Option<&NodeId>) -> String {
    let mut id = "face-".to_owned();
    id.push_str(node_id.map_or("trigger", NodeId::as_str));
    id
}

/// What stands on a card. What is hidden makes it a sentence for whoever hears it.
fn show_face(face: CardView, branch: Option<Branch>) -> AnyView {
    let CardView { kind, title, detail, status, badge, n_problems, time_hint, .. } = face;
    let status = status.map(|status| {
        let class = match status {
            ActionStatus::Draft => "card-status card-status--draft",
            ActionStatus::Manual => "card-status card-status--manual",
            ActionStatus::Live => "card-status card-status--live",
        };
        view! { <span class=class>{action_status_label(status)}</span> }
    });
    let badge = badge.map(|severity| {
        let class = match severity {
            FlowSeverity::CannotWork => "card-badge tone-fail",
            FlowSeverity::PassedOver => "card-badge tone-wait",
        };
        view! { <span class=class>{icon(Icon::Warning)}{n_problems}<span class="visually-hidden">{if n_problems == 1 { " problem" } else { " problems" }}</span></span> }
    });
    let mut before = match branch {
        Some(Branch::Yes) => "Yes: ",
        Some(Branch::No) => "No: ",
        None => "",
    }
    .to_owned();
    if title != kind.label() {
        before.push_str(kind.label());
        before.push_str(": ");
    }
    view! {
        <span class="visually-hidden">{before}</span>
        <span class=if kind == CardKind::Trigger { "card-icon card-icon--trigger" } else { "card-icon" }>
            {large_icon(card_icon(kind))}
        </span>
        <span class="card-words">
            <span class="card-title">{title}</span>
            <span class="card-line">
                {status}
                <span class="card-detail">{detail}</span>
            </span>
        </span>
        {time_hint.map(|hint| view! { <span class="card-hint">{hint}</span> })}
        {badge}
    }
    .into_any()
}
