//! Destinations: who is sent to, how they fare, and the CORS doctor.
//!
//! In: what is known of each destination. Out: limits, pauses, links to its deliveries.
//! Invariant: a change is on the screen when the sender has made it.

mod doctor;

use leptos::prelude::*;

use crate::domain::delivery::destination::Destination;
use crate::domain::delivery::practice::is_practice_url;
use crate::domain::delivery::state::StatusKind;
use crate::domain::member::Permission;
use crate::runtime::handle::{ActivityFilter, AppCommand, PagePlace};
use crate::ui::destinations::doctor::Doctor;
use crate::ui::kit::{Button, ButtonKind, Chip, EmptyState, Icon, Skeleton, TextField, icon};
use crate::ui::members::{Gate, use_why_not};
use crate::ui::page::use_page;
use crate::ui::shell::PageHeader;
use crate::ui::state::{AppState, use_app_state};
use crate::view_model::activity::activity_row;
use crate::view_model::delivery::Tone;
use crate::view_model::destination::{cors_words, health_words, last_words, state_words};
use crate::view_model::messages;
use crate::view_model::route::{ActivityQuery, Route};
use crate::view_model::time::utc_time;

/// Failures that a destination's page shows.
const N_FAILURES: usize = 8;

const fn tone_icon(tone: Tone) -> Icon {
    match tone {
        Tone::Ok => Icon::Delivered,
        Tone::Wait => Icon::Pause,
        Tone::Fail => Icon::Warning,
        Tone::Maybe => Icon::Maybe,
        Tone::Accent | Tone::Neutral => Icon::Clock,
    }
}

/// All destinations that were ever sent to.
#[component]
pub fn DestinationsScreen() -> AnyView {
    let app_state = use_app_state();
    let page = use_page();
    let show = move || {
        let destinations = app_state.destinations.get();
        if destinations.is_empty() {
            return view! {
                <EmptyState
                    glyph=Icon::Sender
                    title="Nothing was sent to anybody yet"
                    text=messages::DESTINATIONS_EMPTY
                >
                    <a class="button" href="#/flows">"Go to flows"</a>
                </EmptyState>
            }
            .into_any();
        }
        let rows = destinations.into_iter().map(|destination| {
            let href = Route::Destination { origin: destination.origin.clone() }.hash();
            let (cors_tone, cors) = cors_words(&destination);
            let health = health_words(&destination);
            let last = last_words(&destination);
            let origin = destination.origin.clone();
            let state = move || {
                let (tone, words) = state_words(&destination, page.now.get());
                view! { <Chip tone=tone glyph=tone_icon(tone) label=words /> }
            };
            view! {
                <li class="destination-row">
                    <a class="destination-link" href=href>{origin}</a>
                    <span class="destination-state">{state}</span>
                    <span><Chip tone=cors_tone glyph=tone_icon(cors_tone) label=cors /></span>
                    <span class="muted">{health}{last.map(|last| ["; last: ", &last].concat())}</span>
                </li>
            }
        });
        view! { <ul class="destination-list">{rows.collect_view()}</ul> }.into_any()
    };
    view! {
        <PageHeader title="Destinations">
            <a class="button" href="#/activity">{icon(Icon::Activity)}<span>"Activity"</span></a>
        </PageHeader>
        <div class="page-body">{show}</div>
    }
    .into_any()
}

/// One destination.
#[component]
pub fn DestinationScreen(
    /// Its scheme, host and port.
    origin: String,
) -> AnyView {
    let app_state = use_app_state();
    let name = StoredValue::new(origin);
    let known = Memo::new(move |_| {
        app_state.destinations.with(|destinations| {
            name.with_value(|name| destinations.iter().find(|destination| destination.origin == *name).cloned())
        })
    });
    let limits = Memo::new(move |_| {
        known.with(|known| known.as_ref().map(|destination| (destination.concurrency, destination.rate_per_minute)))
    });
    let ticket = ask_for_failures(app_state, name);
    let body = move || match known.get() {
        None => view! {
            <EmptyState
                glyph=Icon::Sender
                title="Nothing was sent there yet"
                text=messages::DESTINATION_EMPTY
            >
                <a class="button" href="#/destinations">"All destinations"</a>
            </EmptyState>
        }
        .into_any(),
        Some(destination) => show_destination(app_state, destination),
    };
    view! {
        <PageHeader title=Signal::derive(move || name.get_value())>
            <a class="button" href="#/destinations">{icon(Icon::ArrowLeft)}<span>"All destinations"</span></a>
        </PageHeader>
        <div class="page-body destination">
            {body}
            // Of its own, so that an attempt that ends takes nothing from the person who is typing.
            {move || limits.get().map(|limits| show_limits(app_state, name, limits))}
            <Failures ticket=ticket origin=name />
            {move || {
                let is_practice = name.with_value(|name| is_practice_url(name));
                (!is_practice).then(|| view! { <Doctor ticket=ticket origin=name /> })
            }}
        </div>
    }
    .into_any()
}

/// Its newest skipped deliveries; answered under the ticket.
fn ask_for_failures(app_state: AppState, origin: StoredValue<String>) -> u64 {
    let ticket = app_state.next_number();
    let filter = ActivityFilter {
        status: Some(StatusKind::Skipped),
        text: Some(origin.get_value()),
        limit: N_FAILURES,
        ..ActivityFilter::default()
    };
    app_state.dispatch(AppCommand::ReadActivity { ticket, filter, place: PagePlace::Newest });
    ticket
}

fn show_destination(app_state: AppState, destination: Destination) -> AnyView {
    let page = use_page();
    let origin = StoredValue::new(destination.origin.clone());
    let is_paused = destination.pause.is_some();
    let (cors_tone, cors) = cors_words(&destination);
    let health = destination.health.clone().unwrap_or_default();
    let resume = move |()| app_state.dispatch(AppCommand::ResumeDestination { origin: origin.get_value() });
    let pause = move |()| app_state.dispatch(AppCommand::PauseDestination { origin: origin.get_value() });
    let may_send = use_why_not(Permission::Send);
    let state = {
        let destination = destination.clone();
        move || {
            let (tone, words) = state_words(&destination, page.now.get());
            view! { <Chip tone=tone glyph=tone_icon(tone) label=words /> }
        }
    };
    let moment = move |at: Option<crate::domain::time::Timestamp>| match at {
        None => view! { <dd>"Never"</dd> }.into_any(),
        Some(at) => view! { <dd title=utc_time(at)>{move || page.relative(at)}</dd> }.into_any(),
    };
    view! {
        <section class="settings-part" aria-label="Health">
            <p class="detail-chips">{state}<Chip tone=cors_tone glyph=tone_icon(cors_tone) label=cors /></p>
            {is_paused.then(|| view! { <p class="muted">{messages::DESTINATION_PAUSED_MEANING}</p> })}
            <div class="detail-acts">
                {if is_paused {
                    view! { <Button label="Resume" kind=ButtonKind::Primary glyph=Icon::Play why_not=may_send on_press=resume /> }.into_any()
                } else {
                    view! { <Button label="Pause" glyph=Icon::Pause why_not=may_send on_press=pause /> }.into_any()
                }}
            </div>
            <dl class="facts">
                <dt>"Attempts"</dt>
                <dd>{health.n_attempts}</dd>
                <dt>"Failed"</dt>
                <dd>{health.n_failed}</dd>
                <dt>"Not readable"</dt>
                <dd>{health.n_unreadable}</dd>
                <dt>"Failures in a row"</dt>
                <dd>{health.n_failed_in_row}</dd>
                <dt>"Last success"</dt>
                {moment(health.last_ok_at)}
                <dt>"Last failure"</dt>
                {moment(health.last_failed_at)}
                <dt>"Came back last"</dt>
                <dd>{last_words(&destination)}</dd>
            </dl>
        </section>
    }
    .into_any()
}

/// What may be sent there at once; `kept` are both limits as they hold.
fn show_limits(app_state: AppState, origin: StoredValue<String>, kept: (Option<u32>, Option<u32>)) -> AnyView {
    let (concurrency, rate) = kept;
    let keep = move |concurrency, rate_per_minute| {
        app_state.dispatch(AppCommand::LimitDestination { origin: origin.get_value(), concurrency, rate_per_minute });
    };
    view! {
        <section class="settings-part">
            <h2>"Limits"</h2>
            <Gate needs=Permission::Send>
                {limit("destination-concurrency", "Requests at a time", messages::CONCURRENCY_HINT, 50, concurrency, move |n| {
                    keep(n, rate);
                })}
                {limit("destination-rate", "Requests a minute", messages::RATE_HINT, 60_000, rate, move |n| keep(concurrency, n))}
            </Gate>
        </section>
    }
    .into_any()
}

/// A number that may be left empty, kept when it is right and the field is left.
fn limit(
    id: &'static str,
    label: &'static str,
    hint: &'static str,
    most: u32,
    now: Option<u32>,
    keep: impl Fn(Option<u32>) + Copy + Send + Sync + 'static,
) -> AnyView {
    let text = RwSignal::new(now.map_or(String::new(), |n| n.to_string()));
    let read = move |text: &str| match text.trim() {
        "" => Ok(None),
        text => match text.parse() {
            Ok(n) if (1..=most).contains(&n) => Ok(Some(n)),
            _ => Err(messages::whole_number(1, most)),
        },
    };
    let problem = Memo::new(move |_| text.with(|text| read(text).err()));
    let is_left = RwSignal::new(false);
    let leave = move |_| {
        is_left.set(true);
        if let Ok(n) = text.with_untracked(|text| read(text))
            && n != now
        {
            keep(n);
        }
    };
    let state = Memo::new(move |_| match text.with(|text| read(text)) {
        Ok(n) if n == now && n.is_some() => "Kept",
        Ok(n) if n != now && is_left.get() => "Keeping…",
        _ => "",
    });
    view! {
        <div class="destination-limit" on:change=leave on:input=move |_| is_left.set(false)>
            <TextField id=id label=label hint=hint.to_owned() input_type="number" value=text problem=problem on_input=move |typed: String| text.set(typed) />
            <span class="muted" role="status">{state}</span>
        </div>
    }
    .into_any()
}

#[component]
fn Failures(
    /// Under which they are answered.
    ticket: u64,
    /// Whose.
    origin: StoredValue<String>,
) -> AnyView {
    let app_state = use_app_state();
    let page = use_page();
    let show = move || {
        let found = app_state.work.found.get().filter(|(own, _)| *own == ticket);
        let Some((_, deliveries)) = found else { return view! { <Skeleton n_rows=3 /> }.into_any() };
        if deliveries.is_empty() {
            return view! { <p class="muted">{messages::DESTINATION_NOTHING_SKIPPED}</p> }.into_any();
        }
        let rows = deliveries.iter().map(|delivery| {
            let row = activity_row(delivery);
            let query = ActivityQuery::default();
            let href = Route::Delivery { delivery_id: row.delivery_id, query }.hash();
            view! {
                <li>
                    <a href=href>{row.recipient}</a>
                    " "
                    <span>{row.last_error}</span>
                    " "
                    <time class="muted" title=utc_time(row.updated_at)>{page.short_time(row.updated_at)}</time>
                </li>
            }
        });
        view! { <ul class="destination-failures">{rows.collect_view()}</ul> }.into_any()
    };
    let all = move || {
        let query = ActivityQuery {
            status: Some(StatusKind::Skipped),
            text: Some(origin.get_value()),
            ..ActivityQuery::default()
        };
        Route::Activity { query }.hash()
    };
    view! {
        <section class="settings-part">
            <h2>"Recent failures"</h2>
            {show}
            <p><a href=all>"All skipped deliveries to this destination"</a></p>
        </section>
    }
    .into_any()
}
