//! A choice among few: the platform's own select.
//!
//! In: choices and the chosen value. Out: another value.
//! Invariant: the value on the screen is the one given in, even when a choice is refused.

use leptos::prelude::*;

use crate::ui::kit::button::WhyNot;

/// One choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
}

impl Choice {
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

/// A labelled select.
#[component]
pub fn SelectField(
    /// Ties the label to the control; unique on the page.
    id: &'static str,
    /// What is chosen.
    label: &'static str,
    /// In the order they are shown.
    #[prop(into)]
    choices: Signal<Vec<Choice>>,
    /// The chosen one.
    #[prop(into)]
    value: Signal<String>,
    /// Runs when another is chosen.
    #[prop(into)]
    on_change: Callback<String>,
    /// Whether only assistive technology reads the label.
    #[prop(optional)]
    is_label_hidden: bool,
    /// Why who acts may not choose.
    #[prop(optional, into)]
    why_not: Signal<Option<WhyNot>>,
) -> AnyView {
    // What they are made of changes more often than they do.
    let (choices, value) = (Memo::new(move |_| choices.get()), Memo::new(move |_| value.get()));
    view! {
        <div class="field">
            <label class=if is_label_hidden { "visually-hidden" } else { "field-label" } for=id>{label}</label>
            <select
                class="input select"
                id=id
                title=move || why_not.with(|why_not| why_not.as_ref().map(|why_not| why_not.words.clone()))
                aria-describedby=move || why_not.with(|why_not| why_not.as_ref().map(|why_not| why_not.note_id))
                prop:disabled=move || why_not.with(Option::is_some)
                on:change=move |event| on_change.run(event_target_value(&event))
            >
                {move || {
                    let chosen = value.get();
                    choices
                        .get()
                        .into_iter()
                        .map(|choice| {
                            let is_chosen = choice.value == chosen;
                            view! { <option value=choice.value selected=is_chosen>{choice.label}</option> }
                        })
                        .collect_view()
                }}
            </select>
        </div>
    }
    .into_any()
}
