//! Text fields: label, control, hint, and a problem in its place.
//!
//! In: a value, and what is wrong with it. Out: what a person types.
//! Invariant: label, hint and problem are tied to the control for assistive technology.

use leptos::prelude::*;

use crate::ui::kit::icon::{Icon, icon};

/// The line under a control: the problem if there is one, else the hint.
pub fn field_note(field_id: &'static str, hint: Signal<String>, problem: Signal<Option<String>>) -> AnyView {
    view! {
        <div class="field-note" id=format!("{field_id}-note")>
            {move || match problem.get() {
                Some(problem) => {
                    view! { <p class="field-problem">{icon(Icon::Warning)}<span>{problem}</span></p> }.into_any()
                }
                None => {
                    let hint = hint.get();
                    (!hint.is_empty()).then(|| view! { <p class="field-hint">{hint}</p> }).into_any()
                }
            }}
        </div>
    }
    .into_any()
}

/// A single line of text.
#[component]
pub fn TextField(
    /// Ties label and notes to the control; unique on the page.
    id: &'static str,
    /// What is asked for.
    label: &'static str,
    /// What stands in the field.
    #[prop(into)]
    value: Signal<String>,
    /// Runs at every change, or once the field is left if it `waits`.
    #[prop(into)]
    on_input: Callback<String>,
    /// Whether a half-typed value is none yet.
    #[prop(optional)]
    waits: bool,
    /// Help that always shows.
    #[prop(optional, into)]
    hint: Signal<String>,
    /// What is wrong with the value.
    #[prop(optional, into)]
    problem: Signal<Option<String>>,
    /// An example.
    #[prop(optional)]
    placeholder: &'static str,
    /// `text`, `number`, `url` …
    #[prop(default = "text")]
    input_type: &'static str,
    /// Whether it is code, in the code font.
    #[prop(optional)]
    is_code: bool,
    /// Names to complete from.
    #[prop(optional, into)]
    offered: Option<Signal<Vec<String>>>,
) -> AnyView {
    view! {
        <div class="field">
            <label class="field-label" for=id>{label}</label>
            <input
                class=if is_code { "input input--code" } else { "input" }
                id=id
                type=input_type
                list=offered.map(|_| format!("{id}-offered"))
                placeholder=placeholder
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                aria-describedby=format!("{id}-note")
                aria-invalid=move || problem.with(Option::is_some).then_some("true")
                prop:value=value
                on:input=move |event| {
                    if !waits {
                        on_input.run(event_target_value(&event));
                    }
                }
                on:change=move |event| {
                    if waits {
                        on_input.run(event_target_value(&event));
                    }
                }
            />
            {offered.map(|names| view! { <datalist id=format!("{id}-offered")>{move || names.get().into_iter().map(option).collect_view()}</datalist> })}
            {field_note(id, hint, problem)}
        </div>
    }
    .into_any()
}

fn option(name: String) -> AnyView {
    view! { <option value=name></option> }.into_any()
}
