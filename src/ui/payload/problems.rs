//! The problems of a payload, each with its place and, where one is known, its fix.
//!
//! In: the newest preview's problems. Out: that one is to be mended, or shown in its place.
//! Invariant: errors come first; a problem says line and column; while somebody types, only what differs is written.

use std::ops::Range;

use leptos::prelude::*;

use crate::domain::template::problem::{Fix, Severity, TemplateProblem};
use crate::ui::kit::{Button, Icon, WhyNot, icon, sentence_with_code};
use crate::view_model::messages;
use crate::view_model::messages::counted;
use crate::view_model::preview::excerpt_at_place;

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
    /// Why who acts may mend nothing.
    #[prop(optional, into)]
    why_not: Signal<Option<WhyNot>>,
) -> AnyView {
    let n_shown = Memo::new(move |_| problems.with(Vec::len).min(MAX_SHOWN));
    let n_more = Memo::new(move |_| problems.with(Vec::len).saturating_sub(MAX_SHOWN));
    let more = move || {
        let n_more = n_more.get();
        (n_more > 0).then(|| view! { <li class="muted">{format!("And {}.", counted(n_more, "more", "more"))}</li> })
    };
    view! {
        <div role="status">
            <Show when=move || { n_shown.get() > 0 }>
                <ul class="problems" aria-label="Problems">
                    // A row is known by its place: typing moves problems about, and only what differs is written anew.
                    <For each=move || 0..n_shown.get() key=|row_idx| *row_idx let:row_idx>
                        {problem_row(row_idx, problems, why_not, on_jump, on_fix)}
                    </For>
                    {more}
                </ul>
            </Show>
        </div>
    }
    .into_any()
}

fn problem_row(
    row_idx: usize,
    problems: Signal<Vec<TemplateProblem>>,
    why_not: Signal<Option<WhyNot>>,
    on_jump: Callback<Range<usize>>,
    on_fix: Callback<Fix>,
) -> AnyView {
    let problem = Memo::new(move |_| problems.with(|problems| problems.get(row_idx).cloned()));
    // `None` only while the row is on its way out.
    let of = move |read: fn(&TemplateProblem) -> String| problem.with(|p| p.as_ref().map(read).unwrap_or_default());
    let severity = Memo::new(move |_| problem.with(|p| p.as_ref().map_or(Severity::Hint, |problem| problem.severity)));
    let message = Memo::new(move |_| of(|problem| messages::sentence(&problem.message)));
    let fix_label = Memo::new(move |_| problem.with(|p| p.as_ref()?.fix.as_ref().map(|fix| fix.label.clone())));
    let class = move || match severity.get() {
        Severity::Error => "problem tone-fail",
        Severity::Warning => "problem tone-wait",
        Severity::Hint => "problem tone-neutral",
    };
    let (glyph, word) = (
        move || match severity.get() {
            Severity::Error => icon(Icon::Skipped),
            Severity::Warning => icon(Icon::Warning),
            Severity::Hint => icon(Icon::Info),
        },
        move || match severity.get() {
            Severity::Error => "Error: ",
            Severity::Warning => "Warning: ",
            Severity::Hint => "Hint: ",
        },
    );
    let jump = move |_| {
        if let Some(range) = problem.with_untracked(|p| p.as_ref().map(|problem| problem.range.clone())) {
            on_jump.run(range);
        }
    };
    let mend = move |()| {
        if let Some(fix) = problem.with_untracked(|p| p.as_ref().and_then(|problem| problem.fix.clone())) {
            on_fix.run(fix);
        }
    };
    let fix = move || fix_label.get().map(|label| view! { <Button label=label why_not=why_not on_press=mend /> });
    view! {
        <li class=class>
            {glyph}
            <div class="problem-words">
                <p><span class="visually-hidden">{word}</span>{move || sentence_with_code(&message.get())}</p>
                <button type="button" class="link-button" on:click=jump>
                    {move || of(|problem| format!("Line {}, column {}", problem.line, problem.column))}
                </button>
                <code class="problem-excerpt">{move || of(excerpt_at_place)}</code>
                {fix}
            </div>
        </li>
    }
    .into_any()
}
