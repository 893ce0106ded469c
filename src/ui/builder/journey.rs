//! Which way somebody would go, and who would enter at all.
//!
//! In: the working copy, an event, a profile. Out: lines with reasons, and the path lit on the canvas.
//! Invariant: works on drafts, sends nothing.

use leptos::prelude::*;

use crate::domain::flow::journey::{Traveller, preview_entry, preview_journey};
use crate::domain::flow::model::{Flow, Trigger};
use crate::ui::builder::{Selection, use_builder};
use crate::ui::kit::{Icon, icon, tone_class};
use crate::ui::page::use_page;
use crate::ui::payload::event_select;
use crate::ui::payload::person::profile_select;
use crate::ui::state::use_app_state;
use crate::view_model::journey::{JourneyLine, JourneyView, ReasonLine, TrialLine};
use crate::view_model::messages;
use crate::view_model::sample::{event_detail, event_label};

/// So many of the newest events or profiles are tried at the trigger.
const N_TRIALS: usize = 10;

/// Journey and trigger preview.
#[component]
pub fn JourneyPanel() -> AnyView {
    let app_state = use_app_state();
    let builder = use_builder();
    let page = use_page();
    let profile = builder.profile;
    let journey = Memo::new(move |_| {
        let (flow, profile) = (builder.flow.get()?, profile.get()?);
        let event = builder.event.get();
        let now = page.read_clock();
        let time_zone = app_state.settings.with(|settings| settings.time_zone.clone());
        let zones = page.zones();
        let traveller =
            Traveller { event: event.as_ref(), profile: &profile, now, time_zone: &time_zone, zones: &*zones };
        Some(JourneyView::of(&flow, &preview_journey(&flow, traveller), now))
    });
    Effect::new(move |_| builder.lit.set(journey.get()));
    on_cleanup(move || builder.lit.set(None));
    let has_event = Memo::new(move |_| builder.of_flow(|flow| flow.trigger.has_event()));
    view! {
        <div class="journey">
            <h2 class="visually-hidden">"Journey"</h2>
            <Show when=move || has_event.get()>
                {event_select(app_state, builder, "journey-event")}
            </Show>
            {profile_select(app_state, "journey-profile", builder.event, profile)}
            <div role="status">{move || journey.get().map(show_head)}</div>
            {move || journey.get().map(|journey| show_lines(builder, journey.lines))}
            <Trials />
        </div>
    }
    .into_any()
}

fn show_head(journey: JourneyView) -> AnyView {
    let (glyph, tone) = if journey.is_entered { (Icon::Delivered, "tone-ok") } else { (Icon::Skipped, "tone-wait") };
    view! {
        <p class=format!("note {tone}")>{icon(glyph)}<span>{journey.headline}</span></p>
        {show_reasons(journey.reasons)}
        {journey.caveat.map(|caveat| view! { <p class="note tone-neutral">{icon(Icon::Info)}<span>{caveat}</span></p> })}
    }
    .into_any()
}

fn show_lines(builder: crate::ui::builder::Builder, lines: Vec<JourneyLine>) -> AnyView {
    if lines.is_empty() {
        return ().into_any();
    }
    let rows = lines.into_iter().map(|line| {
        let JourneyLine { node_id, title, when, outcome, tone, reasons } = line;
        view! {
            <li class=format!("journey-step {}", tone_class(tone))>
                <p class="journey-head">
                    <button
                        type="button"
                        class="link-button"
                        on:click=move |_| builder.select(Selection::Node { node_id: node_id.clone() })
                    >
                        {title}
                    </button>
                    <span class="journey-when">{when}</span>
                </p>
                <p class="journey-outcome">{outcome}</p>
                {show_reasons(reasons)}
            </li>
        }
    });
    view! { <ol class="journey-steps" aria-label="The way">{rows.collect_view()}</ol> }.into_any()
}

fn show_reasons(reasons: Vec<ReasonLine>) -> AnyView {
    if reasons.is_empty() {
        return ().into_any();
    }
    let rows = reasons.into_iter().map(|reason| {
        let (class, glyph, word) = if reason.is_held {
            ("reason ink-ok", Icon::Check, "Holds: ")
        } else {
            ("reason ink-fail", Icon::Close, "Does not hold: ")
        };
        view! {
            <li class=class>
                {icon(glyph)}
                <span><span class="visually-hidden">{word}</span>{reason.text}</span>
            </li>
        }
    });
    view! { <ul class="reasons">{rows.collect_view()}</ul> }.into_any()
}

/// The newest events, or the profiles, against trigger and filters.
#[component]
fn Trials() -> AnyView {
    let app_state = use_app_state();
    let builder = use_builder();
    let page = use_page();
    let trials = Memo::new(move |_| {
        let Some(flow) = builder.flow.get() else { return Vec::new() };
        let now = page.read_clock();
        let time_zone = app_state.settings.with(|settings| settings.time_zone.clone());
        let zones = page.zones();
        app_state.profiles.with(|profiles| {
            if flow.trigger.has_event() {
                return app_state.events.with(|events| {
                    let mut own: Vec<_> = events
                        .iter()
                        .filter(|event| flow.trigger.event_metric() == Some(event.metric.as_str()))
                        .collect();
                    own.sort_by_key(|event| std::cmp::Reverse(event.occurred_at));
                    own.into_iter()
                        .take(N_TRIALS)
                        .filter_map(|event| {
                            let profile = profiles.iter().find(|profile| profile.id == event.profile_id)?;
                            let traveller =
                                Traveller { event: Some(event), profile, now, time_zone: &time_zone, zones: &*zones };
                            let outcome = preview_entry(&flow, traveller, &[]);
                            Some(TrialLine::of(event_label(event), event_detail(event, profiles), &outcome))
                        })
                        .collect()
                });
            }
            profiles
                .iter()
                .take(N_TRIALS)
                .map(|profile| {
                    let traveller = Traveller { event: None, profile, now, time_zone: &time_zone, zones: &*zones };
                    let outcome = preview_entry(&flow, traveller, &[]);
                    let detail = next_start(&flow, profile, page, &time_zone);
                    TrialLine::of(profile.email.clone(), detail, &outcome)
                })
                .collect()
        })
    });
    let is_event = move || builder.of_flow(|flow| flow.trigger.has_event());
    let show = move || {
        let trials = trials.get();
        if trials.is_empty() {
            return view! { <p class="muted">{messages::TRIALS_EMPTY}</p> }.into_any();
        }
        let rows = trials.into_iter().map(|trial| {
            let (class, glyph) =
                if trial.is_entered { ("trial ink-ok", Icon::Check) } else { ("trial ink-fail", Icon::Close) };
            view! {
                <li class=class>
                    {icon(glyph)}
                    <div>
                        <p class="trial-label">{trial.label}<span class="muted">" "{trial.detail}</span></p>
                        <p>{trial.headline}</p>
                        {show_reasons(trial.reasons)}
                    </div>
                </li>
            }
        });
        view! { <ul class="trials" aria-label="Trials of the trigger">{rows.collect_view()}</ul> }.into_any()
    };
    view! {
        <section class="journey-trials">
            <h3>"Who would enter"</h3>
            <p class="field-hint">
                {move || {
                    if is_event() {
                        messages::TRIALS_OF_EVENTS
                    } else {
                        messages::TRIALS_OF_PROFILES
                    }
                }}
            </p>
            {show}
        </section>
    }
    .into_any()
}

/// When a date would start the flow next, in words.
fn next_start(
    flow: &Flow,
    profile: &crate::domain::event::Profile,
    page: crate::ui::page::Page,
    time_zone: &str,
) -> String {
    let Trigger::DateProperty { property, schedule } = &flow.trigger else { return String::new() };
    let Some(date) = crate::domain::flow::date_trigger::date_of(profile, property) else { return String::new() };
    let of_profile = profile.location.get("timezone").and_then(|zone| zone.as_str());
    let zone = schedule.zone.as_deref().or(of_profile).unwrap_or(time_zone);
    match schedule.next_start(date, page.read_clock(), zone, &*page.zones()) {
        Some(start) => format!("next on {}", page.long_date(start)),
        None => "the date is over".to_owned(),
    }
}
