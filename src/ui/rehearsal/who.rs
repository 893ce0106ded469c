//! Who arrives: one event, all that fit the trigger, or a file.
//!
//! In: the library, a file. Out: arrivals.
//! Invariant: a file that is only rehearsed does not come into the library.

use leptos::prelude::*;

use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::flow::model::Trigger;
use crate::domain::import::Defaults;
use crate::domain::import::decode::decode;
use crate::domain::import::resolve::{Library, resolve};
use crate::domain::time::Timestamp;
use crate::runtime::handle::AppCommand;
use crate::runtime::library::{LibraryCommand, ReadOrder};
use crate::runtime::rehearse::Arrival;
use crate::ui::builder::chosen_event;
use crate::ui::events::state::Reading;
use crate::ui::files::use_files;
use crate::ui::kit::{Choice, SelectField};
use crate::ui::page::use_page;
use crate::ui::rehearsal::Stage;
use crate::ui::state::{AppState, use_app_state};
use crate::view_model::messages;
use crate::view_model::sample::event_label;

/// Events that the list of choices shows.
const MAX_CHOICES: usize = 200;

/// The choice, and how far apart they come.
#[component]
pub fn WhoArrives(
    /// What is played.
    stage: Stage,
) -> AnyView {
    let app_state = use_app_state();
    let page = use_page();
    let files = use_files();
    let begin = page.read_clock();
    let chosen = RwSignal::new("first".to_owned());
    let gap = RwSignal::new("1000".to_owned());
    let file = RwSignal::new(None::<(u64, String)>);
    let problem = RwSignal::new(None::<String>);
    let fitting = Memo::new(move |_| fitting_events(app_state, stage));
    let choices = Signal::derive(move || {
        let events = fitting.get();
        let mut choices = vec![Choice::new("all", messages::all_that_fit(events.len()))];
        for event in events.iter().take(MAX_CHOICES) {
            choices.push(Choice::new(event.id.to_string(), event_label(event)));
        }
        if let Some((_, name)) = file.get() {
            choices.push(Choice::new("file", name));
        }
        choices
    });
    let value = Signal::derive(move || match chosen.get().as_str() {
        // The one that the previews show.
        "first" => {
            let flow = app_state.flow(&stage.flow_id());
            let event = flow.and_then(|flow| chosen_event(app_state, &flow));
            event.map_or("all".to_owned(), |event| event.id.to_string())
        }
        chosen => chosen.to_owned(),
    });
    let read = Memo::new(move |_| {
        let (ticket, _) = file.get()?;
        app_state.library.reading.with(|reading| (reading.ticket == ticket && reading.is_done).then_some(ticket))
    });
    Effect::new(move |_| {
        let gap_millis: i64 = gap.get().parse().unwrap_or(1_000);
        let value = value.get();
        let people = app_state.profiles.get();
        let events: Vec<(Option<TriggerEvent>, Profile)> = match value.as_str() {
            "all" => fitting.with(|events| with_people(events, &people)),
            "file" if read.get().is_none() => Vec::new(),
            "file" => from_file(app_state, begin),
            id => fitting.with(|events| {
                let one: Vec<_> = events.iter().filter(|event| event.id.as_str() == id).cloned().collect();
                with_people(&one, &people)
            }),
        };
        let is_profile_only = app_state.flow(&stage.flow_id()).is_some_and(|flow| !flow.trigger.has_event());
        let events = if is_profile_only && value != "file" {
            people.into_iter().map(|profile| (None, profile)).collect()
        } else {
            events
        };
        let arrivals = (0_i64..).zip(events).map(|(n, (event, profile))| {
            let at = begin.plus_millis(n * gap_millis);
            Arrival { at, event: event.map(|event| TriggerEvent { occurred_at: at, ..event }), profile }
        });
        let arrivals: Vec<_> = arrivals.collect();
        // Samples that come meanwhile and change nothing here leave what is played as it is.
        if stage.arrivals.with_untracked(|before| *before != arrivals) {
            stage.arrivals.set(arrivals);
        }
    });
    let take_file = move |event: leptos::ev::Event| {
        let input: leptos::web_sys::HtmlInputElement = event_target(&event);
        let Some(chosen_file) = input.files().and_then(|files| files.get(0)) else { return };
        let name = chosen_file.name();
        files.read(
            chosen_file,
            Box::new(move |bytes| match bytes {
                Err(reason) => problem.set(Some(messages::sentence(&reason))),
                Ok(bytes) => {
                    let text = match decode(&bytes) {
                        Ok((text, _)) => text,
                        Err(reason) => return problem.set(Some(messages::sentence(&reason))),
                    };
                    problem.set(None);
                    let ticket = app_state.library.reading.with_untracked(|reading| reading.ticket) + 1;
                    app_state.library.reading.set(Reading { ticket, n_bytes: text.len(), ..Reading::default() });
                    let metric = metric_of(app_state, stage).unwrap_or_default();
                    let defaults = Defaults { metric, now: begin, row_kind: None };
                    let order = ReadOrder { ticket, text, defaults };
                    app_state.dispatch(AppCommand::Library { command: LibraryCommand::Read { order } });
                    file.set(Some((ticket, name)));
                    chosen.set("file".to_owned());
                }
            }),
        );
    };
    let reading_words = move || {
        let (ticket, _) = file.get()?;
        app_state.library.reading.with(|reading| {
            let is_ours = reading.ticket == ticket;
            is_ours.then(|| messages::file_read(reading.items.len(), reading.problems.len(), reading.is_done))
        })
    };
    let gaps = vec![
        Choice::new("0", "All at once"),
        Choice::new("10", "10 ms apart"),
        Choice::new("1000", "1 second apart"),
        Choice::new("60000", "1 minute apart"),
        Choice::new("3600000", "1 hour apart"),
    ];
    view! {
        <section class="rehearsal-who">
            <SelectField id="rehearsal-who" label="Who arrives" choices=choices value=value on_change=move |id: String| chosen.set(id) />
            <div class="field">
                <label class="field-label" for="rehearsal-file">"Or a file of events"</label>
                <input class="input" id="rehearsal-file" type="file" accept=".json,.jsonl,.ndjson,.csv,.txt" on:change=take_file />
                {move || problem.get().map(|problem| view! { <p class="field-problem">{problem}</p> })}
                {move || reading_words().map(|words| view! { <p class="field-hint" role="status">{words}</p> })}
            </div>
            <SelectField id="rehearsal-gap" label="How far apart" choices=gaps value=gap on_change=move |millis: String| gap.set(millis) />
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=stage.is_all_live
                    on:change=move |_| stage.is_all_live.update(|is_live| *is_live = !*is_live)
                />
                <span>
                    "Take every webhook for live"
                    <span class="field-hint">{messages::ALL_LIVE_MEANING}</span>
                </span>
            </label>
        </section>
    }
    .into_any()
}

fn metric_of(app_state: AppState, stage: Stage) -> Option<String> {
    match &app_state.flow(&stage.flow_id())?.trigger {
        Trigger::Metric { metric, .. } => Some(metric.clone()),
        _ => None,
    }
}

/// The library's events that could start the flow; all of them where the trigger names no metric.
fn fitting_events(app_state: AppState, stage: Stage) -> Vec<TriggerEvent> {
    let metric = app_state.working.with(|_| metric_of(app_state, stage));
    app_state.events.with(|events| {
        let fits = |event: &&TriggerEvent| metric.as_ref().is_none_or(|metric| event.metric == *metric);
        events.iter().filter(fits).cloned().collect()
    })
}

fn with_people(events: &[TriggerEvent], people: &[Profile]) -> Vec<(Option<TriggerEvent>, Profile)> {
    let person = |event: &TriggerEvent| people.iter().find(|person| person.id == event.profile_id).cloned();
    events.iter().filter_map(|event| Some((Some(event.clone()), person(event)?))).collect()
}

fn from_file(app_state: AppState, now: Timestamp) -> Vec<(Option<TriggerEvent>, Profile)> {
    let library = Library { events: &[], profiles: &[] };
    let resolved = app_state.library.reading.with_untracked(|reading| resolve(&reading.items, library, None, now, 7));
    let by_id: std::collections::BTreeMap<_, _> = resolved.profiles.iter().map(|person| (&person.id, person)).collect();
    let mut arrivals = Vec::new();
    for event in resolved.events {
        if let Some(person) = by_id.get(&event.profile_id) {
            arrivals.push((Some(event), Profile::clone(person)));
        }
    }
    arrivals
}
