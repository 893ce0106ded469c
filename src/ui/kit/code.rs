//! A plain text area for code, with line numbers. Tab leaves it, as everywhere.
//!
//! In: text, and the lines that have problems. Out: what a person types.
//! Invariant: as high as its text, so that numbers and lines stay side by side; the frame around it scrolls.

use leptos::html;
use leptos::prelude::*;

use crate::ui::kit::chip::tone_class;
use crate::view_model::delivery::Tone;

/// Code that can be edited.
#[component]
pub fn CodeArea(
    /// Ties the label to the control; unique on the page.
    id: &'static str,
    /// What the code is; read by assistive technology.
    label: &'static str,
    /// The text.
    #[prop(into)]
    value: Signal<String>,
    /// Runs at every change.
    #[prop(into)]
    on_input: Callback<String>,
    /// Lines with a problem, from 1, and how bad it is.
    #[prop(optional, into)]
    marked_lines: Signal<Vec<(usize, Tone)>>,
    /// The element, to move the caret from outside.
    #[prop(optional)]
    element: NodeRef<html::Textarea>,
    /// Whether it can be read and not changed.
    #[prop(optional, into)]
    is_read_only: Signal<bool>,
) -> AnyView {
    let n_lines = Memo::new(move |_| value.with(|text| text.split('\n').count()));
    view! {
        <div class="code-area">
            <div class="code-area-numbers" aria-hidden="true">
                {move || {
                    let marked = marked_lines.get();
                    (1..=n_lines.get())
                        .map(|line| {
                            let tone = marked.iter().find(|(marked_line, _)| *marked_line == line);
                            let class = tone.map_or(String::new(), |(_, tone)| {
                                format!("code-area-number--marked {}", tone_class(*tone))
                            });
                            view! { <span class=class>{line}</span> }
                        })
                        .collect_view()
                }}
            </div>
            <textarea
                node_ref=element
                class="code-area-text"
                id=id
                aria-label=label
                aria-describedby=format!("{id}-note")
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                wrap="off"
                rows=move || n_lines.get().to_string()
                prop:value=value
                prop:readOnly=is_read_only
                on:input=move |event| on_input.run(event_target_value(&event))
            ></textarea>
        </div>
    }
    .into_any()
}
