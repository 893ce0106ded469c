//! A time delay's settings: how long, until what time of day, on which days, in whose zone.
//!
//! In: the delay as it stands. Out: the delay as edited.
//! Invariant: says in words what the delay does to somebody who comes now.

use leptos::prelude::*;

use crate::domain::flow::check::FlowField;
use crate::domain::flow::delay::{DelayUnit, TimeDelay, TimeOfDay, Weekday};
use crate::domain::flow::edit::FlowEdit;
use crate::domain::flow::model::NodeKind;
use crate::domain::id::NodeId;
use crate::ui::builder::inspector::field_problems;
use crate::ui::builder::time_zone::TimeZoneField;
use crate::ui::builder::use_builder;
use crate::ui::kit::{Choice, Icon, SelectField, TextField, icon};
use crate::ui::page::use_page;
use crate::ui::state::use_app_state;
use crate::view_model::flow::weekday_name;
use crate::view_model::messages;

/// The settings of one delay.
#[component]
pub fn DelayForm(
    /// Which; another one as long as nothing was typed.
    node_id: Memo<NodeId>,
) -> AnyView {
    let app_state = use_app_state();
    let builder = use_builder();
    let page = use_page();
    let delay = Memo::new(move |_| {
        builder.of_flow(|flow| match node_id.with(|node_id| flow.nodes.get(node_id).map(|node| node.kind.clone())) {
            Some(NodeKind::TimeDelay { delay, .. }) => delay,
            _ => TimeDelay::of(0, DelayUnit::Days),
        })
    });
    let set = move |delay: TimeDelay| builder.edit(FlowEdit::SetDelay { node_id: node_id.get_untracked(), delay });
    let problem = RwSignal::new(None::<String>);
    let on_value = move |text: String| match text.trim().parse::<u32>() {
        Ok(value) if value <= 100_000 => {
            problem.set(None);
            set(TimeDelay { value, ..delay.get_untracked() });
        }
        Ok(_) | Err(_) => {
            problem.set(Some(messages::DELAY_BOUNDS.to_owned()));
        }
    };
    let unit = move || match delay.get().unit {
        DelayUnit::Minutes => "minutes",
        DelayUnit::Hours => "hours",
        DelayUnit::Days => "days",
    };
    let on_unit = move |unit: String| {
        let old = delay.get_untracked();
        let unit = match unit.as_str() {
            "minutes" => DelayUnit::Minutes,
            "hours" => DelayUnit::Hours,
            _ => DelayUnit::Days,
        };
        // A time of day and weekdays go with days only.
        let new = match unit {
            DelayUnit::Days => TimeDelay { unit, ..old },
            DelayUnit::Minutes | DelayUnit::Hours => TimeDelay::of(old.value, unit),
        };
        set(new);
    };
    let is_days = Memo::new(move |_| delay.with(|delay| delay.unit == DelayUnit::Days));
    let has_time = Memo::new(move |_| delay.with(|delay| delay.until_time.is_some()));
    let on_has_time = move |_| {
        let old = delay.get_untracked();
        let until_time = if old.until_time.is_some() { None } else { Some(TimeOfDay::MORNING) };
        set(TimeDelay { until_time, ..old });
    };
    let needs_zone = Memo::new(move |_| {
        delay.with(|delay| delay.until_time.is_some() || delay.weekdays.as_ref().is_some_and(|days| !days.is_empty()))
    });
    let meaning = move || {
        let delay = delay.get();
        if !delay.is_set_up() {
            return messages::DELAY_WITHOUT_LENGTH.to_owned();
        }
        let zone = delay.zone.clone().unwrap_or_else(|| {
            let of_profile = builder.profile.with(|profile| {
                profile.as_ref().and_then(|profile| profile.location.get("timezone")?.as_str().map(str::to_owned))
            });
            of_profile.unwrap_or_else(|| app_state.settings.with(|settings| settings.time_zone.clone()))
        });
        let due_at = delay.due_at(page.now.get(), &zone, &*page.zones());
        let counting = match (delay.unit, delay.until_time, needs_zone.get()) {
            (DelayUnit::Days, Some(_), _) => messages::days_of_calendar(&zone),
            (DelayUnit::Days, None, true) => messages::weekdays_of(&zone),
            (DelayUnit::Days, None, false) => messages::DAY_IS_24_HOURS.to_owned(),
            (DelayUnit::Minutes | DelayUnit::Hours, ..) => String::new(),
        };
        messages::delay_ends(&page.short_time(due_at), &counting)
    };
    view! {
        <div class="inspector">
            <div class="inspector-head"><h2>"Time delay"</h2></div>
            <div class="field-pair">
                <TextField
                    id="delay-value"
                    label="Wait"
                    value=Signal::derive(move || delay.with(|delay| delay.value.to_string()))
                    problem=problem
                    on_input=on_value
                />
                <SelectField
                    id="delay-unit"
                    label="Unit"
                    choices=Signal::stored(vec![
                        Choice::new("minutes", "minutes"),
                        Choice::new("hours", "hours"),
                        Choice::new("days", "days"),
                    ])
                    value=Signal::derive(move || unit().to_owned())
                    on_change=on_unit
                />
            </div>
            <Show when=move || is_days.get()>
                <div class="field">
                    <label class="check">
                        <input type="checkbox" prop:checked=move || has_time.get() on:change=on_has_time />
                        <span>"Then until a time of day"</span>
                    </label>
                    <Show when=move || has_time.get()>
                        <TextField
                            id="delay-time"
                            label="Time of day"
                            input_type="time"
                            value=Signal::derive(move || {
                                delay.with(|delay| delay.until_time.map(|time| time.to_string()).unwrap_or_default())
                            })
                            on_input=move |text: String| {
                                if let Some(time) = TimeOfDay::parse(&text) {
                                    set(TimeDelay { until_time: Some(time), ..delay.get_untracked() });
                                }
                            }
                        />
                    </Show>
                </div>
                {show_weekdays(delay, Callback::new(set))}
                <Show when=move || needs_zone.get()>
                    <TimeZoneField
                        id="delay-zone"
                        zone=Signal::derive(move || delay.with(|delay| delay.zone.clone()))
                        on_edit=move |zone| set(TimeDelay { zone, ..delay.get_untracked() })
                    />
                </Show>
            </Show>
            {field_problems(builder, Some(node_id.into()), FlowField::Delay)}
            <p class="note tone-neutral">{icon(Icon::Info)}<span>{meaning}</span></p>
            <p class="field-hint">
                {messages::DELAY_EDITED}
            </p>
        </div>
    }
    .into_any()
}

fn show_weekdays(delay: Memo<TimeDelay>, set: Callback<TimeDelay>) -> AnyView {
    let is_on = move |day: Weekday| {
        delay.with(|delay| delay.weekdays.as_ref().is_none_or(|days| days.is_empty() || days.contains(&day)))
    };
    let toggle = move |day: Weekday| {
        let old = delay.get_untracked();
        let mut days = old.weekdays.clone().filter(|days| !days.is_empty()).unwrap_or_else(|| Weekday::ALL.into());
        if !days.remove(&day) {
            days.insert(day);
        }
        // All days are no restriction, and none would mean that the wait never ends.
        let weekdays = Some(days).filter(|days| days.len() < Weekday::ALL.len() && !days.is_empty());
        set.run(TimeDelay { weekdays, ..old });
    };
    view! {
        <fieldset class="field">
            <legend class="field-label">"Days on which the wait may end"</legend>
            <div class="weekdays">
                {Weekday::ALL
                    .map(|day| {
                        view! {
                            <label class="weekday">
                                <input
                                    type="checkbox"
                                    class="visually-hidden"
                                    aria-label=weekday_name(day)
                                    prop:checked=move || is_on(day)
                                    on:change=move |_| toggle(day)
                                />
                                <span aria-hidden="true">{weekday_name(day).get(..2)}</span>
                            </label>
                        }
                    })
                    .collect_view()}
            </div>
            <p class="field-hint">{messages::DELAY_WEEKDAYS}</p>
        </fieldset>
    }
    .into_any()
}
