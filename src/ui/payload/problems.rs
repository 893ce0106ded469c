//! The problems of a payload, each with its place and, where one is known, its fix.
//!
//! In: the newest preview's problems. Out: that one is to be mended, or shown in its place.
//! Invariant: errors come first; a problem says line and column.

use std::ops::Range;

use leptos::prelude::*;

use crate::domain::template::problem::{Fix, Severity, TemplateProblem};
use crate::ui::kit::{Button, Icon, icon, sentence_with_code};
use crate::view_model::messages;
use crate::view_model::messages::counted;

/// More would not be read.
const MAX_SHOWN: usize = 50;

/// All problems of a payload.
#[component]
pub fn Problems(
    /// In the order they are shown.
    #[prop(into)]
    problems: Signal<Vec<TemplateProblem>>,
    /// Runs when a place is to be shown.
    #[prop(into)]
    on_jump: Callback<Range<usize>>,
    /// Runs when a problem is to be mended.
    #[prop(into)]
    on_fix: Callback<Fix>,
) -> AnyView {
    let show = move || {
        let problems = problems.get();
        let n_more = problems.len().saturating_sub(MAX_SHOWN);
        let more = (n_more > 0).then(|| {
            let words = format!("And {}.", counted(n_more, "more", "more"));
            view! { <li class="muted">{words}</li> }
        });
        (!problems.is_empty()).then(|| {
            let rows = problems
                .into_iter()
                .take(MAX_SHOWN)
                .map(|problem| show_problem(problem, on_jump, on_fix))
                .collect_view();
            view! { <ul class="problems" aria-label="Problems">{rows}{more}</ul> }
        })
    };
    view! { <div role="status">{show}</div> }.into_any()
}

fn show_problem(problem: TemplateProblem, on_jump: Callback<Range<usize>>, on_fix: Callback<Fix>) -> AnyView {
    let (class, word, glyph) = match problem.severity {
        Severity::Error => ("problem tone-fail", "Error", Icon::Skipped),
        Severity::Warning => ("problem tone-wait", "Warning", Icon::Warning),
        Severity::Hint => ("problem tone-neutral", "Hint", Icon::Info),
    };
    let place = format!("Line {}, column {}", problem.line, problem.column);
    let message = messages::sentence(&problem.message);
    let range = problem.range.clone();
    let fix = problem.fix.map(|fix| {
        let label = fix.label.clone();
        view! { <Button label=label on_press=move |()| on_fix.run(fix.clone()) /> }
    });
    view! {
        <li class=class>
            {icon(glyph)}
            <div class="problem-words">
                <p><span class="visually-hidden">{word}": "</span>{sentence_with_code(&message)}</p>
                <button type="button" class="link-button" on:click=move |_| on_jump.run(range.clone())>{place}</button>
                <code class="problem-excerpt">{problem.excerpt.trim().to_owned()}</code>
                {fix}
            </div>
        </li>
    }
    .into_any()
}
