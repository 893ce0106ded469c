//! The headers of a webhook, one row each.
//!
//! In: the rows as they stand. Out: the rows as edited.
//! Invariant: what the browser or Hookwright sets is refused at its row, with the reason.

use leptos::prelude::*;

use crate::domain::delivery::request::check_headers;
use crate::domain::flow::model::{HeaderRow, WebhookAction};
use crate::domain::secret::HeaderValue;
use crate::ui::builder::panels::FlowPanel;
use crate::ui::kit::{Button, ButtonKind, Icon, IconButton, icon};
use crate::ui::members::SecretPlace;
use crate::ui::screens::ShownPanel;
use crate::view_model::messages;

const COMMON_NAMES: [&str; 8] = [
    "Authorization",
    "Content-Type",
    "Accept",
    "X-Api-Key",
    "X-Api-Version",
    "X-Request-Source",
    "Idempotency-Key",
    "X-Auth-Token",
];

/// Whether a header's value is the signature, which has a place of its own.
pub fn is_signature(value: &str) -> bool {
    matches!(HeaderValue::read(value), HeaderValue::Signature(_))
}

/// Rows of name and value, with add and remove.
#[component]
pub fn HeaderRows(
    /// The action as it stands.
    action: Memo<WebhookAction>,
    /// Runs with all rows after every change.
    #[prop(into)]
    on_edit: Callback<Vec<HeaderRow>>,
) -> AnyView {
    let rows = Memo::new(move |_| action.with(|action| action.headers.clone()));
    let problems = Memo::new(move |_| rows.with(|rows| check_headers(rows)));
    let n_rows = Memo::new(move |_| rows.with(Vec::len));
    let add = move |()| {
        let mut edited = rows.get_untracked();
        edited.push(HeaderRow::default());
        on_edit.run(edited);
    };
    view! {
        <fieldset class="field headers">
            <legend class="field-label">"Headers"</legend>
            <datalist id="header-names">{COMMON_NAMES.map(|name| view! { <option value=name></option> }).collect_view()}</datalist>
            <p class="header-fixed">
                <code>"Content-Type: application/json"</code>
                " and "
                <code>"X-Klaviyo-Flow-ID"</code>
                " are set for you."
            </p>
            // Rows have no ids of their own: their place is their identity.
            <For each=move || 0..n_rows.get() key=|row_idx| *row_idx let:row_idx>
                {show_row(row_idx, action, rows, problems, on_edit)}
            </For>
            <Button label="Add header" kind=ButtonKind::Quiet glyph=Icon::Plus on_press=add />
        </fieldset>
    }
    .into_any()
}

fn show_row(
    row_idx: usize,
    action: Memo<WebhookAction>,
    rows: Memo<Vec<HeaderRow>>,
    problems: Memo<Vec<Option<crate::domain::delivery::request::HeaderProblem>>>,
    on_edit: Callback<Vec<HeaderRow>>,
) -> AnyView {
    let row = Memo::new(move |_| rows.with(|rows| rows.get(row_idx).cloned().unwrap_or_default()));
    let problem = Memo::new(move |_| {
        let is_fresh = row.with(|row| row.name.is_empty() && row.value.is_empty());
        let problem = problems.with(|problems| problems.get(row_idx).copied().flatten());
        problem.filter(|_| !is_fresh).map(|problem| messages::sentence(&problem))
    });
    let edit = move |change: Box<dyn FnOnce(&mut HeaderRow)>| {
        let mut edited = rows.get_untracked();
        if let Some(row) = edited.get_mut(row_idx) {
            change(row);
        }
        on_edit.run(edited);
    };
    let remove = move |()| {
        let edited = rows.get_untracked();
        let kept = edited.into_iter().enumerate().filter(|(idx, _)| *idx != row_idx).map(|(_, row)| row).collect();
        on_edit.run(kept);
    };
    if rows.with_untracked(|rows| rows.get(row_idx).is_some_and(|row| is_signature(&row.value))) {
        // Signing has a place of its own.
        return ().into_any();
    }
    let is_entering = RwSignal::new(false);
    let is_kept = Memo::new(move |_| row.with(|row| HeaderValue::read(&row.value).needs_secrets()));
    let is_secret = Memo::new(move |_| is_entering.get() || is_kept.get());
    let name = Signal::derive(move || row.with(|row| row.name.clone()));
    let value = Signal::derive(move || row.with(|row| row.value.clone()));
    let set_value = move |value: String| edit(Box::new(|row| row.value = value));
    let url = Signal::derive(move || action.with(|action| action.url.clone()));
    let place = StoredValue::new(SecretPlace {
        row_number: row_idx + 1,
        name,
        url,
        value,
        is_entering,
        on_change: Callback::new(set_value),
    });
    let note_id = format!("header-{row_idx}-note");
    let value_note_id = note_id.clone();
    let is_wrong = move || problem.with(Option::is_some).then_some("true");
    view! {
        <div class="header-row">
            <input
                class="input input--code"
                list="header-names"
                placeholder="Name"
                autocomplete="off"
                spellcheck="false"
                aria-label=format!("Name of header {}", row_idx + 1)
                aria-describedby=note_id.clone()
                aria-invalid=is_wrong
                prop:value=move || row.with(|row| row.name.clone())
                on:input=move |event| {
                    let name = event_target_value(&event);
                    edit(Box::new(|row| row.name = name));
                }
            />
            {move || {
                if is_secret.get() {
                    view! { <ShownPanel panel=FlowPanel::Secret { place } /> }.into_any()
                } else {
                    view! {
                        <input
                            class="input input--code"
                            placeholder="Value"
                            autocomplete="off"
                            spellcheck="false"
                            aria-label=format!("Value of header {}", row_idx + 1)
                            aria-describedby=value_note_id.clone()
                            prop:value=value
                            on:input=move |event| set_value(event_target_value(&event))
                        />
                    }
                    .into_any()
                }
            }}
            {move || {
                let enter = move |()| is_entering.set(true);
                let number = row_idx + 1;
                if is_kept.get() {
                    let label = format!("Replace the secret value of header {number}…");
                    view! { <IconButton label=label glyph=Icon::Pencil is_disabled=is_entering on_press=enter /> }.into_any()
                } else {
                    let label = format!("Keep the value of header {number} secret…");
                    view! { <IconButton label=label glyph=Icon::Lock is_disabled=is_entering on_press=enter /> }.into_any()
                }
            }}
            <IconButton label=format!("Remove header {}", row_idx + 1) glyph=Icon::Delete on_press=remove />
            <div class="header-note" id=note_id>
                {move || {
                    problem.get().map(|problem| view! { <p class="field-problem">{icon(Icon::Warning)}<span>{problem}</span></p> })
                }}
            </div>
        </div>
    }
    .into_any()
}
