//! The four parts of a payload editor: variables, text, output, problems. One at a time on a narrow screen.
//!
//! In: the workbench, and what else stands at the left. Out: the screen's body.
//! Invariant: parts keep their place; a hidden one keeps its state.

use leptos::prelude::*;

use crate::runtime::preview::Reading;
use crate::ui::kit::{Button, ButtonKind, Choice, Icon, SelectField, Tab, Tabs, icon};
use crate::ui::payload::editor::{EditPane, format_payload};
use crate::ui::payload::harsh::HarshData;
use crate::ui::payload::output_pane::OutputPane;
use crate::ui::payload::problems::Problems;
use crate::ui::payload::variables::VariablesPane;
use crate::ui::payload::workbench::{Workbench, use_workbench};
use crate::view_model::messages;

const PANES: [Tab; 4] = [
    Tab { value: "edit", label: "Edit" },
    Tab { value: "variables", label: "Variables" },
    Tab { value: "output", label: "Output" },
    Tab { value: "problems", label: "Problems" },
];

/// The editor's body.
#[component]
pub fn WorkbenchPanes(
    /// Stands at the left in place of the variables, if it gives something.
    #[prop(optional, into)]
    data: Option<ViewFn>,
) -> AnyView {
    let workbench = use_workbench();
    let left = match data {
        Some(data) => data.run(),
        None => view! { <VariablesPane /> }.into_any(),
    };
    let is_fine = Memo::new(move |_| workbench.problems.with(Vec::is_empty));
    let n_problems = Memo::new(move |_| workbench.problems.with(Vec::len));
    view! {
        <div class="workbench-tabs">
            <Tabs id="workbench" label="Parts of this screen" tabs=&PANES chosen=workbench.pane counted=("problems", n_problems) />
        </div>
        <div class="workbench" id="workbench-panel" data-pane=move || workbench.pane.get()>
            <section class="workbench-variables" aria-label="Variables">{left}</section>
            <section class="workbench-edit" aria-label="Payload"><EditPane /></section>
            <section
                class="workbench-output"
                aria-label="Output"
                aria-busy=move || workbench.app_state.is_preview_due.get().to_string()
            >
                <OutputPane />
            </section>
            <section class="workbench-problems" aria-label="Problems">
                {move || {
                    is_fine.get().then(|| view! { <p class="workbench-fine">{icon(Icon::Check)}"No problems"</p> })
                }}
                <Problems
                    problems=workbench.problems
                    why_not=workbench.why_not
                    on_jump=move |range| workbench.jump(&range)
                    on_fix=move |fix| workbench.mend(&fix)
                />
                <HarshData />
            </section>
        </div>
    }
    .into_any()
}

/// Whose language it is, and whether values are escaped for HTML.
pub fn reading_controls(workbench: Workbench) -> AnyView {
    let reading = workbench.inputs.reading;
    let choices = Signal::stored(vec![Choice::new("klaviyo", "Klaviyo"), Choice::new("django", "Django 5.2")]);
    let value = Signal::derive(move || if reading.get().is_django { "django" } else { "klaviyo" }.to_owned());
    let choose = move |value: String| {
        workbench.on_reading.run(Reading { is_django: value == "django", ..reading.get_untracked() });
    };
    let escape = move |event| {
        let is_autoescape_on = event_target_checked(&event);
        workbench.on_reading.run(Reading { is_autoescape_on, ..reading.get_untracked() });
    };
    view! {
        <SelectField id="dialect" label="Dialect" choices=choices value=value on_change=choose />
        <label class="check workbench-escape" title=messages::ESCAPE_HINT>
            <input type="checkbox" prop:checked=move || reading.get().is_autoescape_on on:change=escape />
            <span>"Escape HTML"<span class="workbench-escape-note">"Klaviyo does not document it"</span></span>
        </label>
    }
    .into_any()
}

/// *Format*.
pub fn format_button(workbench: Workbench) -> AnyView {
    view! { <Button label="Format" kind=ButtonKind::Secondary glyph=Icon::Braces why_not=workbench.why_not on_press=move |()| format_payload(workbench) /> }
        .into_any()
}
