//! Lines between cards, and what stands on them: +, end marks, *Yes* and *No*, marked places.
//!
//! In: which slots are in sight. Out: strokes and buttons.
//! Invariant: one path for all lines in sight, one more for those a journey takes.

use leptos::prelude::*;

use crate::domain::flow::layout::{LineFoot, PlacedLine, Point};
use crate::domain::flow::model::{Branch, Flow};
use crate::domain::flow::tree::Slot;
use crate::ui::builder::canvas::acts;
use crate::ui::builder::canvas::desk::{Desk, inset_of};
use crate::ui::kit::{Icon, icon};
use crate::view_model::board::{branch_label, end_mark, line_path};
use crate::view_model::builder_commands::slot_words;
use crate::view_model::journey::JourneyView;

/// The lines in sight.
pub fn line_strokes(desk: Desk, slots: Memo<Vec<Slot>>) -> AnyView {
    let path = move |is_wanted: &dyn Fn(&PlacedLine) -> bool| {
        desk.board.with(|board| {
            slots.with(|slots| {
                let lines = slots.iter().filter_map(|slot| board.line(slot)).filter(|line| is_wanted(line));
                lines.fold(String::new(), |mut path, line| {
                    path.push_str(&line_path(line));
                    path
                })
            })
        })
    };
    let all = move || path(&|_| true);
    let lit = move || {
        desk.builder.lit.with(|lit| lit.as_ref().map(|lit| path(&|line| is_taken(lit, &line.slot))).unwrap_or_default())
    };
    view! {
        <svg class="canvas-lines" aria-hidden="true" focusable="false" width="1" height="1">
            <path class="canvas-line" d=all></path>
            <path class="canvas-line canvas-line--lit" d=lit></path>
        </svg>
    }
    .into_any()
}

/// Whether a journey goes along a line.
pub fn is_taken(lit: &JourneyView, slot: &Slot) -> bool {
    match slot {
        Slot::Entry => lit.is_entered,
        Slot::Below { node_id } => lit.passage(node_id).is_some(),
        Slot::Branch { node_id, branch } => lit.branch(node_id) == Some(*branch),
    }
}

/// What stands on one line.
pub fn show_slot(desk: Desk, slot: Slot) -> AnyView {
    let branch = match &slot {
        Slot::Branch { branch, .. } => Some(*branch),
        Slot::Entry | Slot::Below { .. } => None,
    };
    let slot = StoredValue::new(slot);
    let line = Memo::new(move |_| desk.board.with(|board| slot.with_value(|slot| board.line(slot).cloned())));
    let is_near =
        Memo::new(move |_| desk.active.with(|active| slot.with_value(|slot| slot.owner() == active.as_ref())));
    let is_open = Memo::new(move |_| {
        desk.placing.with(|placing| {
            let placing = placing.as_ref()?;
            desk.board.with(|board| {
                let place = slot.with_value(|slot| board.lines.iter().position(|line| line.slot == *slot))?;
                placing.open.get(place).copied()
            })
        })
    });
    let is_aimed = Memo::new(move |_| {
        desk.placing.with(|placing| {
            placing.as_ref().is_some_and(|placing| slot.with_value(|slot| placing.aim.as_ref() == Some(slot)))
        })
    });
    let class = move || match (is_open.get(), is_aimed.get()) {
        (None, _) => "slot",
        (Some(false), _) => "slot slot--shut",
        (Some(true), false) => "slot slot--open",
        (Some(true), true) => "slot slot--open slot--aimed",
    };
    let label = move || {
        let place = desk.builder.of_flow(|flow: &Flow| slot.with_value(|slot| slot_words(flow, slot)));
        let mut label = if is_open.get().is_some() { "Put here: ".to_owned() } else { "Add a card ".to_owned() };
        label.push_str(&place);
        label
    };
    let is_end = Memo::new(move |_| line.with(|line| line.as_ref().is_some_and(|line| line.foot == LineFoot::End)));
    let joins = Memo::new(move |_| {
        line.with(|line| match line.as_ref().map(|line| &line.foot) {
            Some(LineFoot::Joins { node_id }) => Some(node_id.clone()),
            Some(LineFoot::Card { .. } | LineFoot::End) | None => None,
        })
    });
    let at = move |read: fn(&PlacedLine) -> Point| {
        line.with(|line| line.as_ref().map(|line| inset_of(read(line))).unwrap_or_default())
    };
    view! {
        <button
            type="button"
            class=class
            id=slot.with_value(slot_element_id)
            aria-label=label
            aria-haspopup=move || is_open.get().is_none().then_some("dialog")
            prop:disabled=move || is_open.get() == Some(false)
            tabindex=move || if is_near.get() || is_aimed.get() { "0" } else { "-1" }
            style:inset=move || at(|line| line.plus)
            on:click=move |event| acts::press_slot(desk, slot.get_value(), Some(&event))
        >
            {icon(Icon::Plus)}
        </button>
        {branch.map(|branch| {
            let (class, word) = match branch {
                Branch::Yes => ("branch-word branch-word--yes", "Yes"),
                Branch::No => ("branch-word", "No"),
            };
            view! { <span class=class aria-hidden="true" style:inset=move || at(branch_label)><span>{word}</span></span> }
        })}
        {move || {
            let words = match (is_end.get(), joins.get()) {
                (true, _) => "End".to_owned(),
                (false, Some(node_id)) => {
                    let mut words = "Goes on at ".to_owned();
                    words.push_str(&desk.builder.of_flow(|flow| crate::view_model::flow::node_title(flow, &node_id)));
                    words
                }
                (false, None) => return None,
            };
            Some(view! { <span class="end-mark" aria-hidden="true" style:inset=move || at(end_mark)><span>{words}</span></span> })
        }}
    }
    .into_any()
}

/// The id of a slot's button.
pub fn slot_element_id(slot: &Slot) -> String {
    let (name, node_id) = match slot {
        Slot::Entry => return "slot-entry".to_owned(),
        Slot::Below { node_id } => ("slot-below-", node_id),
        Slot::Branch { node_id, branch: Branch::Yes } => ("slot-yes-", node_id),
        Slot::Branch { node_id, branch: Branch::No } => ("slot-no-", node_id),
    };
    let mut id = name.to_owned();
    id.push_str(node_id.as_str());
    id
}
