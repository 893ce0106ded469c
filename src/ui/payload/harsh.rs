//! Harsh data: the payload tried against every way its event may come one day.
//!
//! In: the workbench. Out: what breaks it, each with its field and its place in the template.
//! Invariant: runs slice by slice behind previews; a changed payload makes the findings old, and says so.

use leptos::prelude::*;

use crate::domain::member::Permission;
use crate::domain::payload::harsh::Break;
use crate::runtime::handle::AppCommand;
use crate::runtime::preview::{Lane, PreviewContext, PreviewJob, PreviewRequest};
use crate::ui::kit::{Button, ButtonKind, Icon, icon, sentence_with_code};
use crate::ui::members::use_why_not_look;
use crate::ui::payload::workbench::{Workbench, use_workbench};
use crate::view_model::harsh::{HarshRow, harsh_rows, harsh_summary};
use crate::view_model::messages;

/// More rows would not be read.
const MAX_ROWS: usize = 100;

/// How far it has come.
#[derive(Debug, Clone, PartialEq, Default)]
struct Run {
    ticket: u64,
    /// What was tried; another text or event makes the findings old.
    job: Option<(PreviewJob, std::sync::Arc<PreviewContext>)>,
    breaks: Vec<Break>,
    n_tried: usize,
    n_variants: usize,
    is_running: bool,
}

/// The panel.
#[component]
pub fn HarshData() -> AnyView {
    let workbench = use_workbench();
    let run = RwSignal::new(Run::default());
    go_on(workbench, run);
    let is_running = Memo::new(move |_| run.with(|run| run.is_running));
    let was_run = Memo::new(move |_| run.with(|run| run.job.is_some()));
    let is_old = Memo::new(move |_| {
        let (source, reading) = (workbench.inputs.source.get(), workbench.inputs.reading.get());
        let context_id = workbench.context.with(|context| context.as_ref().map(|context| context.id));
        run.with(|run| {
            run.job.as_ref().is_some_and(|(job, context)| {
                job.source != source || job.reading != reading || Some(context.id) != context_id
            })
        })
    });
    let press = move |()| {
        if is_running.get_untracked() {
            run.update(|run| run.is_running = false);
        } else {
            start(workbench, run);
        }
    };
    let label = Signal::derive(move || {
        let label = match (is_running.get(), was_run.get()) {
            (true, _) => "Stop",
            (false, true) => "Try again",
            (false, false) => "Try harsh data",
        };
        label.to_owned()
    });
    view! {
        <section class="harsh" aria-labelledby="harsh-title">
            <header class="harsh-head">
                <h2 id="harsh-title">"Harsh data"</h2>
                <p class="harsh-summary" role="status">{move || show_summary(run, is_old.get())}</p>
                <Button label=label kind=ButtonKind::Secondary why_not=use_why_not_look(Permission::Preview) on_press=press />
            </header>
            {move || {
                is_running
                    .get()
                    .then(|| {
                        view! {
                            <progress
                                class="harsh-progress"
                                aria-label="Variants tried"
                                max=move || run.with(|run| run.n_variants.max(1).to_string())
                                prop:value=move || run.with(|run| run.n_tried.to_string())
                            ></progress>
                        }
                    })
            }}
            {move || show_rows(workbench, run)}
        </section>
    }
    .into_any()
}

fn start(workbench: Workbench, run: RwSignal<Run>) {
    let Some(context) = workbench.context.get_untracked() else { return };
    let ticket = workbench.app_state.next_number();
    let (source, reading) = (workbench.source(), workbench.inputs.reading.get_untracked());
    let job = PreviewJob { lane: Lane::Sweep, ticket, context_id: context.id, source, reading, from: 0 };
    run.set(Run { ticket, job: Some((job.clone(), context.clone())), is_running: true, ..Run::default() });
    workbench.app_state.dispatch(AppCommand::RenderPreview { request: PreviewRequest { context, job } });
}

/// Takes a part in and asks for the next.
fn go_on(workbench: Workbench, run: RwSignal<Run>) {
    let app_state = workbench.app_state;
    app_state.sweep.set(None);
    Effect::new(move |_| {
        let Some((ticket, part)) = app_state.sweep.get() else { return };
        let current = run.get_untracked();
        if !current.is_running || ticket != current.ticket {
            return;
        }
        if part.n_tried <= current.n_tried {
            // Some variant ran away and the worker was ended, or there is nothing to try.
            run.update(|run| run.is_running = false);
            return;
        }
        let is_done = part.n_tried >= part.n_variants;
        run.update(|run| {
            run.breaks.extend(part.breaks);
            run.n_tried = part.n_tried;
            run.n_variants = part.n_variants;
            run.is_running = !is_done;
        });
        if let Some((job, context)) = current.job.filter(|_| !is_done) {
            let job = PreviewJob { from: part.n_tried, ..job };
            app_state.dispatch(AppCommand::RenderPreview { request: PreviewRequest { context, job } });
        }
    });
}

fn show_summary(run: RwSignal<Run>, is_old: bool) -> AnyView {
    run.with(|run| {
        if run.job.is_none() {
            return view! { <span class="muted">{messages::HARSH_MEANING}</span> }.into_any();
        }
        let (glyph, class) = if run.breaks.is_empty() {
            (Icon::Delivered, "facts-verdict ink-ok")
        } else {
            (Icon::Warning, "facts-verdict ink-fail")
        };
        let words = harsh_summary(run.breaks.len(), run.n_tried);
        let note = match (run.is_running, run.n_tried < run.n_variants, is_old) {
            (true, ..) => ", trying…",
            (false, _, true) => ", before the last change",
            (false, true, false) => ", stopped",
            (false, false, false) => "",
        };
        view! { <span class=class>{icon(glyph)}{words}{note}</span> }.into_any()
    })
}

fn show_rows(workbench: Workbench, run: RwSignal<Run>) -> AnyView {
    let rows = run.with(|run| harsh_rows(&run.breaks));
    if rows.is_empty() {
        return ().into_any();
    }
    let n_more = rows.len().saturating_sub(MAX_ROWS);
    let more = (n_more > 0).then(|| view! { <li class="muted">{format!("And {n_more} more.")}</li> });
    let rows = rows.into_iter().take(MAX_ROWS).map(|row| show_row(workbench, row)).collect_view();
    view! { <ul class="harsh-rows" aria-label="What breaks the payload">{rows}{more}</ul> }.into_any()
}

fn show_row(workbench: Workbench, row: HarshRow) -> AnyView {
    let HarshRow { field, when, message, range, place } = row;
    view! {
        <li class="harsh-row">
            <p><code>{field}</code>" "{when}</p>
            <p class="muted">
                <button type="button" class="link-button" on:click=move |_| workbench.jump(&range)>{place}</button>
                " "
                {sentence_with_code(&message)}
            </p>
        </li>
    }
    .into_any()
}
