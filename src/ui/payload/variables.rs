//! The event and the profile as a tree: a click writes the right tag at the caret.
//!
//! In: what the template sees. Out: text for the editor.
//! Invariant: one tab stop; arrows move, right opens, left closes, Enter writes, as the ARIA pattern asks.

use std::collections::BTreeSet;

use leptos::attr::custom::custom_attribute;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use crate::ui::kit::tabs::focus_element;
use crate::ui::kit::{Icon, icon};
use crate::ui::payload::workbench::{Workbench, use_workbench};
use crate::view_model::completion::items::printing_tag;
use crate::view_model::completion::place::{Place, place_at};
use crate::view_model::messages;
use crate::view_model::template_scope::scope_at;
use crate::view_model::variables::{VariableRow, VariableTree, expr_in_scope, variable_tree};

/// The left pane.
#[component]
pub fn VariablesPane() -> AnyView {
    let workbench = use_workbench();
    let open = RwSignal::new(BTreeSet::from(["event".to_owned()]));
    let search = RwSignal::new(String::new());
    let current = RwSignal::new(0_usize);
    let tree = Memo::new(move |_| open.with(|open| variable_tree(&workbench.values.get(), open, &search.get())));
    let toggle = move |expr: &str, is_open: bool| {
        open.update(|open| {
            if is_open {
                open.insert(expr.to_owned());
            } else {
                open.remove(expr);
            }
        });
    };
    let move_to = move |row_idx: usize| {
        current.set(row_idx);
        focus_element(&format!("variable-{row_idx}"));
    };
    let on_keydown = move |event: KeyboardEvent| {
        let row_idx = current.get_untracked();
        let n_rows = tree.with_untracked(|tree| tree.rows.len());
        let Some(row) = tree.with_untracked(|tree| tree.rows.get(row_idx).cloned()) else { return };
        match event.key().as_str() {
            "ArrowDown" => move_to((row_idx + 1).min(n_rows.saturating_sub(1))),
            "ArrowUp" => move_to(row_idx.saturating_sub(1)),
            "Home" => move_to(0),
            "End" => move_to(n_rows.saturating_sub(1)),
            "ArrowRight" if row.is_open == Some(false) => toggle(&row.expr, true),
            "ArrowRight" if row.is_open == Some(true) => move_to(row_idx + 1),
            "ArrowLeft" if row.is_open == Some(true) => toggle(&row.expr, false),
            "ArrowLeft" => {
                let parent = tree
                    .with_untracked(|tree| tree.rows.iter().take(row_idx).rposition(|above| above.depth < row.depth));
                move_to(parent.unwrap_or(row_idx));
            }
            "Enter" | " " => write_variable(workbench, &row.expr),
            _ => return,
        }
        event.prevent_default();
    };
    let rows = move || {
        let VariableTree { rows, is_cut } = tree.get();
        let is_empty = rows.is_empty();
        let shown = rows
            .into_iter()
            .enumerate()
            .map(|(row_idx, row)| {
                show_row(
                    workbench,
                    row_idx,
                    row,
                    current,
                    Callback::new(move |(expr, is_open): (String, bool)| toggle(&expr, is_open)),
                )
            })
            .collect_view();
        let note = match (is_empty, is_cut) {
            (true, _) => Some(messages::NO_VARIABLE_FOUND),
            (false, true) => Some(messages::VARIABLES_CUT),
            (false, false) => None,
        };
        view! {
            <ul class="variables-tree" role="tree" aria-label="Variables" on:keydown=on_keydown>{shown}</ul>
            {note.map(|note| view! { <p class="muted variables-note">{note}</p> })}
        }
        .into_any()
    };
    view! {
        <div class="variables">
            <input
                class="input variables-search"
                type="search"
                aria-label="Search variables"
                placeholder="Search variables"
                autocomplete="off"
                spellcheck="false"
                prop:value=search
                on:input=move |event| {
                    current.set(0);
                    search.set(event_target_value(&event));
                }
            />
            {rows}
        </div>
    }
    .into_any()
}

fn show_row(
    workbench: Workbench,
    row_idx: usize,
    row: VariableRow,
    current: RwSignal<usize>,
    on_toggle: Callback<(String, bool)>,
) -> AnyView {
    let VariableRow { expr, name, depth, value, type_word, is_open } = row;
    let toggled = expr.clone();
    let glyph = match is_open {
        Some(true) => Some(Icon::ChevronDown),
        Some(false) => Some(Icon::ChevronRight),
        None => None,
    };
    let toggle = glyph.map(|glyph| {
        let act = move |event: leptos::ev::MouseEvent| {
            event.stop_propagation();
            on_toggle.run((toggled.clone(), is_open == Some(false)));
        };
        view! { <span class="variable-toggle" aria-hidden="true" on:click=act>{icon(glyph)}</span> }
    });
    let hint = expr.clone();
    let click = move |_| {
        current.set(row_idx);
        write_variable(workbench, &expr);
    };
    view! {
        <li
            class=format!("variable variable--depth-{}", depth.min(8))
            role="treeitem"
            id=format!("variable-{row_idx}")
            {..custom_attribute("aria-level", depth.to_string())}
            aria-expanded=is_open.map(|is_open| is_open.to_string())
            title=hint
            tabindex=move || if current.get() == row_idx { "0" } else { "-1" }
            on:click=click
        >
            {toggle}
            <span class="variable-name">{name}</span>
            " "
            <span class="variable-value">{value}</span>
            " "
            <span class="variable-type">{type_word}</span>
        </li>
    }
    .into_any()
}

/// Writes a variable as it is right at the caret.
fn write_variable(workbench: Workbench, expr: &str) {
    let (source, caret) = (workbench.source(), workbench.caret.get_untracked());
    let values = workbench.values.get_untracked();
    let scope = scope_at(&source, caret, &values);
    let here = expr_in_scope(expr, &scope);
    let text = match place_at(&source, caret) {
        Place::Tag { .. } | Place::Comment => here,
        Place::Text { is_in_string } => match scope_at("", 0, &values).resolve(expr) {
            Some(value) => printing_tag(&here, value, is_in_string),
            None => format!("{{{{ {here} }}}}"),
        },
    };
    workbench.insert(&text);
}
