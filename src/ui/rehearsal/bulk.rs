//! *Bulk run* and *Stream*: the same arrivals, for real, through the saved flow.
//!
//! In: arrivals. Out: a dry run's counts, then events for the sender, with progress, pause and cancel.
//! Invariant: nothing is sent before a dry run has said what would be.

use std::time::Duration;

use leptos::prelude::*;

use crate::domain::event::TriggerEvent;
use crate::domain::id::{EventId, short_id};
use crate::domain::member::Permission;
use crate::runtime::handle::{AppCommand, WorkOrder};
use crate::runtime::rehearse::{DryRun, DryRunner};
use crate::ui::kit::{Button, ButtonKind, Choice, Icon, SelectField};
use crate::ui::members::use_why_not;
use crate::ui::page::{Page, use_page};
use crate::ui::rehearsal::Stage;
use crate::ui::state::use_app_state;
use crate::ui::work::Firing;
use crate::view_model::messages::{self, DryRunCounts};
use crate::view_model::route::{ActivityQuery, Route};

/// How long a dry run works before the browser may draw, in milliseconds.
const SLICE_MILLIS: i64 = 10;

/// Dry run, send, progress; and the stream.
#[component]
pub fn BulkRun(
    /// What is played.
    stage: Stage,
) -> AnyView {
    let app_state = use_app_state();
    let page = use_page();
    let tried = RwSignal::new(None::<(usize, DryRun)>);
    let runner = StoredValue::new_local(None::<DryRunner>);
    Effect::new(move |_| {
        stage.arrivals.track();
        runner.set_value(None);
        tried.set(None);
    });
    on_cleanup(move || drop(runner.try_update_value(Option::take)));
    let saved = move || {
        app_state
            .documents
            .with(|documents| documents.get(&stage.flow_id()).and_then(|document| document.saved.clone()))
    };
    let is_saved = Memo::new(move |_| saved().is_some());
    let n_arrivals = Memo::new(move |_| stage.arrivals.with(Vec::len));
    let cannot_try = Signal::derive(move || !is_saved.get() || n_arrivals.get() == 0);
    let try_it = move |()| {
        let Some(saved) = saved() else { return };
        let settings = app_state.settings.get_untracked();
        runner.set_value(Some(DryRunner::new(saved, settings, page.zones(), page.read_clock())));
        Trial { page, stage, runner, tried }.go_on();
    };
    let send = move |()| {
        let arrivals = stage.arrivals.get_untracked();
        let arrivals = arrivals.into_iter().map(|arrival| (arrival.event, arrival.profile)).collect();
        let order = WorkOrder::FireMany { flow_id: stage.flow_id(), arrivals };
        app_state.dispatch(AppCommand::Work { order });
    };
    let may_send = use_why_not(Permission::Send);
    let outcome = move || {
        let (n_tried, result) = tried.get()?;
        let problems = result.problems.iter().map(|(idx, problem)| {
            view! { <li>{messages::arrival_problem(idx + 1, problem)}</li> }
        });
        let problems = problems.collect_view();
        let n_all = n_arrivals.get();
        let is_done = n_tried >= n_all;
        Some(view! {
            <p role="status">{messages::dry_run(n_tried, n_all, &counts(&result))}</p>
            <ul class="rehearsal-problems">{problems}</ul>
            {(!is_done).then(|| view! {
                <progress aria-label="Dry run" max=n_all.to_string() prop:value=n_tried.to_string()></progress>
            })}
            {is_done.then(|| view! {
                <Button label=messages::send_for_real(n_all) kind=ButtonKind::Danger glyph=Icon::Send why_not=may_send on_press=send />
            })}
        })
    };
    let progress = move || {
        let Firing { n_fired, n_all, is_paused } = app_state.work.firing.get()?;
        let is_done = n_fired >= n_all;
        let order = move |order: WorkOrder| app_state.dispatch(AppCommand::Work { order });
        let log =
            Route::Activity { query: ActivityQuery { flow_id: Some(stage.flow_id()), ..ActivityQuery::default() } };
        Some(view! {
            <p role="status">{messages::fired(n_fired, n_all, is_paused)}" "<a href=log.hash()>"See Activity"</a></p>
            {(!is_done).then(|| view! {
                <progress aria-label="Bulk run" max=n_all.to_string() prop:value=n_fired.to_string()></progress>
                <div class="rehearsal-acts">
                    <Button
                        label=if is_paused { "Go on" } else { "Pause the run" }.to_owned()
                        on_press=move |()| order(WorkOrder::PauseFiring { is_paused: !is_paused })
                    />
                    <Button label="Cancel the run" kind=ButtonKind::Danger on_press=move |()| order(WorkOrder::StopFiring) />
                </div>
            })}
        })
    };
    view! {
        <details class="rehearsal-bulk">
            <summary>"Bulk run, for real"</summary>
            <p class="muted">{messages::BULK_RUN_MEANING}</p>
            <Show when=move || !is_saved.get()><p class="note tone-wait"><span>{messages::ONLY_SAVED_RUNS}</span></p></Show>
            <Button label="Dry run" glyph=Icon::Eye is_disabled=cannot_try on_press=try_it />
            {outcome}
            {progress}
            <Stream stage=stage is_saved=is_saved />
        </details>
    }
    .into_any()
}

/// A dry run under way.
#[derive(Clone, Copy)]
struct Trial {
    page: Page,
    stage: Stage,
    runner: StoredValue<Option<DryRunner>, LocalStorage>,
    tried: RwSignal<Option<(usize, DryRun)>>,
}

impl Trial {
    /// Takes a slice of the arrivals, lets the browser draw, and goes on until all are taken or nobody wants to know.
    fn go_on(self) {
        let since = self.page.read_clock();
        let so_far = self.runner.try_update_value(|runner| {
            let runner = runner.as_mut()?;
            self.stage.arrivals.with_untracked(|arrivals| {
                for arrival in arrivals.iter().skip(runner.n_done()) {
                    runner.take(arrival);
                    if self.page.read_clock().millis_since(since).abs() >= SLICE_MILLIS {
                        break;
                    }
                }
                Some((runner.n_done(), runner.result().clone(), runner.n_done() >= arrivals.len()))
            })
        });
        let Some((n_tried, result, is_done)) = so_far.flatten() else { return };
        self.tried.set(Some((n_tried, result)));
        if !is_done {
            set_timeout(move || self.go_on(), Duration::ZERO);
        }
    }
}

const fn counts(result: &DryRun) -> DryRunCounts {
    let DryRun { n_sent, n_for_review, n_invalid, n_refused, n_delayed, .. } = *result;
    DryRunCounts { n_sent, n_for_review, n_invalid, n_refused, n_delayed }
}

/// Sample events at a chosen rate, varied by chance.
#[component]
fn Stream(
    /// Whose arrivals are the samples.
    stage: Stage,
    /// Whether the flow can run.
    is_saved: Memo<bool>,
) -> AnyView {
    let app_state = use_app_state();
    let page = use_page();
    let rate = RwSignal::new("1000".to_owned());
    let n_sent = RwSignal::new(0_usize);
    let ticker = StoredValue::new(None::<leptos::prelude::IntervalHandle>);
    let is_on = RwSignal::new(false);
    let stop = move || {
        if let Some(ticker) = ticker.try_update_value(Option::take).flatten() {
            ticker.clear();
        }
        is_on.set(false);
    };
    on_cleanup(stop);
    let fire = move || {
        let n = n_sent.get_untracked();
        let arrival = stage.arrivals.with_untracked(|arrivals| arrivals.get(n % arrivals.len().max(1)).cloned());
        let Some(arrival) = arrival else { return stop() };
        // Each is an event of its own.
        let id = EventId::new(short_id(page.draw_random()));
        let event = arrival.event.map(|event| TriggerEvent { id, ..event });
        let order = WorkOrder::FireMany { flow_id: stage.flow_id(), arrivals: vec![(event, arrival.profile)] };
        app_state.dispatch(AppCommand::Work { order });
        n_sent.set(n + 1);
    };
    let start = move |()| {
        let millis: u64 = rate.get_untracked().parse().unwrap_or(1_000);
        n_sent.set(0);
        let handle = set_interval_with_handle(fire, Duration::from_millis(millis));
        is_on.set(handle.is_ok());
        ticker.set_value(handle.ok());
    };
    let rates =
        vec![Choice::new("100", "10 a second"), Choice::new("1000", "1 a second"), Choice::new("6000", "10 a minute")];
    let may_send = use_why_not(Permission::Send);
    // A session may end under a stream.
    Effect::new(move |_| {
        if may_send.with(Option::is_some) {
            stop();
        }
    });
    let cannot_start = Signal::derive(move || !is_saved.get() || stage.arrivals.with(Vec::is_empty));
    view! {
        <h3>"Stream"</h3>
        <p class="muted">{messages::STREAM_MEANING}</p>
        <SelectField id="stream-rate" label="How often" choices=rates value=rate on_change=move |millis: String| rate.set(millis) />
        {move || {
            if is_on.get() {
                view! {
                    <p role="status">{move || messages::streamed(n_sent.get())}</p>
                    <Button label="Stop the stream" glyph=Icon::Pause on_press=move |()| stop() />
                }
                .into_any()
            } else {
                view! { <Button label="Start the stream" glyph=Icon::Play why_not=may_send is_disabled=cannot_start on_press=start /> }.into_any()
            }
        }}
    }
    .into_any()
}
