//! A text that the preview reads besides the payload: the event, the profile, snippets.
//!
//! In: the text and what is wrong with it. Out: what is typed.
//! Invariant: a problem says its place; what was right last stays in force.

use leptos::prelude::*;

use crate::ui::kit::large_text::{LARGE_BYTES, plain_area};
use crate::ui::kit::{CodeArea, Icon, icon};
use crate::view_model::delivery::Tone;
use crate::view_model::json_text::JsonProblem;
use crate::view_model::messages;

/// What is asked for in an area of the data pane.
pub struct DataArea {
    pub id: &'static str,
    pub label: &'static str,
    /// Shows while nothing is wrong.
    pub hint: &'static str,
}

pub fn data_area(area: DataArea, text: RwSignal<String>, problem: Signal<Option<JsonProblem>>) -> AnyView {
    let DataArea { id, label, hint } = area;
    let value: Signal<String> = text.into();
    let on_input = Callback::new(move |typed: String| text.set(typed));
    let marked = Signal::derive(move || problem.with(|p| p.iter().map(|p| (p.line, Tone::Fail)).collect::<Vec<_>>()));
    let note = move || match problem.get() {
        Some(JsonProblem { line, column, message }) => view! {
            <p class="field-problem">
                {icon(Icon::Warning)}
                <span>{messages::data_problem(line, column, &message)}</span>
            </p>
        }
        .into_any(),
        None => view! { <p class="field-hint">{hint}</p> }.into_any(),
    };
    let is_large = Memo::new(move |_| value.with(|text| text.len() > LARGE_BYTES));
    let area = move || {
        if is_large.get() {
            return plain_area(id, label, value, on_input);
        }
        view! { <CodeArea id=id label=label value=value on_input=on_input marked_lines=marked /> }.into_any()
    };
    view! {
        <div class="sandbox-json">
            {area}
            <div id=format!("{id}-note") role="status">{note}</div>
        </div>
    }
    .into_any()
}
