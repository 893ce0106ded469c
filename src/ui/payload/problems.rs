//! The problems of the payload, each with its place and, where one is known, its fix.
//!
//! In: the newest preview. Out: edits of the payload, and the caret at the place.
//! Invariant: errors come first; a problem says line and column.

use leptos::prelude::*;

use crate::domain::template::problem::{Severity, TemplateProblem};
use crate::ui::builder::{Builder, use_builder};
use crate::ui::kit::{Button, Icon, icon, sentence_with_code};
use crate::ui::state::{AppState, use_app_state};
use crate::view_model::delivery::Tone;
use crate::view_model::messages;
use crate::view_model::preview::{apply_fix, sorted_problems, utf16_range};

/// All problems of the payload.
#[component]
pub fn Problems() -> AnyView {
    let app_state = use_app_state();
    let builder = use_builder();
    let problems = Memo::new(move |_| {
        app_state.preview.with(|preview| {
            preview.rendered.as_ref().map(|rendered| sorted_problems(&rendered.payload)).unwrap_or_default()
        })
    });
    let show = move || {
        let problems = problems.get();
        (!problems.is_empty()).then(|| {
            let rows = problems.into_iter().map(|problem| show_problem(app_state, builder, problem)).collect_view();
            view! { <ul class="problems" aria-label="Problems">{rows}</ul> }
        })
    };
    view! { <div role="status">{show}</div> }.into_any()
}

fn show_problem(app_state: AppState, builder: Builder, problem: TemplateProblem) -> AnyView {
    let (class, word, glyph) = match problem.severity {
        Severity::Error => ("problem tone-fail", "Error", Icon::Skipped),
        Severity::Warning => ("problem tone-wait", "Warning", Icon::Warning),
        Severity::Hint => ("problem tone-neutral", "Hint", Icon::Info),
    };
    let place = format!("Line {}, column {}", problem.line, problem.column);
    let message = messages::sentence(&problem.message);
    let range = problem.range.clone();
    let jump = move |_| {
        builder.pane.set("webhook");
        let Some(element) = builder.payload_element.get_untracked() else { return };
        let units = utf16_range(&element.value(), &range);
        let moved = element.focus().and_then(|()| element.set_selection_range(units.start, units.end));
        if moved.is_err() {
            leptos::logging::warn!("the caret could not be moved");
        }
    };
    let fix = problem.fix.map(|fix| {
        let label = fix.label.clone();
        let mend = move |()| {
            let Some((node_id, action)) = builder.webhook.get_untracked() else { return };
            match apply_fix(&action.payload, &fix) {
                Some(mended) => app_state.edit_webhook(&builder.flow_id(), &node_id, |action| action.payload = mended),
                None => app_state
                    .notify(Tone::Fail, "The payload has changed since; the fix does not fit any more.".to_owned()),
            }
        };
        view! { <Button label=label on_press=mend /> }
    });
    view! {
        <li class=class>
            {icon(glyph)}
            <div class="problem-words">
                <p><span class="visually-hidden">{word}": "</span>{sentence_with_code(&message)}</p>
                <button type="button" class="link-button" on:click=jump>{place}</button>
                <code class="problem-excerpt">{problem.excerpt.trim().to_owned()}</code>
                {fix}
            </div>
        </li>
    }
    .into_any()
}
