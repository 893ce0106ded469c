//! The trigger's settings: what starts the flow, for whom, and how often.
//!
//! In: the working copy. Out: edits of its trigger, filters and re-entry.
//! Invariant: a trigger that cannot start a flow is shown, disabled, with the reason and the usual way round.

use leptos::prelude::*;

use crate::domain::flow::check::{FlowField, UNSUPPORTED_TRIGGERS, USUAL_METRICS};
use crate::domain::flow::condition::{ConditionGroups, Subject};
use crate::domain::flow::edit::FlowEdit;
use crate::domain::flow::model::{DateSchedule, Flow, Reentry, Trigger};
use crate::domain::lists::SetKind;
use crate::ui::builder::condition_editor::ConditionEditor;
use crate::ui::builder::date_schedule::DateScheduleForm;
use crate::ui::builder::inspector::{field_problems, status_of_all};
use crate::ui::builder::use_builder;
use crate::ui::kit::{Choice, Icon, SelectField, TextField, icon};
use crate::ui::state::use_app_state;
use crate::view_model::messages::{self, sentence};

/// A kind of trigger in the choice; the usual metrics stand there by their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Usual(&'static str),
    OtherMetric,
    PriceDrop,
    List,
    Segment,
    Date,
}

const KINDS: [(Kind, &str, &str); 8] = [
    (Kind::Usual("Placed Order"), "Placed Order", messages::TRIGGER_ORDER),
    (Kind::Usual("Started Checkout"), "Started Checkout", messages::TRIGGER_CHECKOUT),
    (Kind::Usual("Viewed Product"), "Viewed Product", messages::TRIGGER_VIEW),
    (Kind::OtherMetric, "Another metric", messages::TRIGGER_METRIC),
    (Kind::PriceDrop, "Price drop", messages::TRIGGER_PRICE_DROP),
    (Kind::List, "Subscribed to List", messages::TRIGGER_LIST),
    (Kind::Segment, "Added to Segment", messages::TRIGGER_SEGMENT),
    (Kind::Date, "Date property", messages::TRIGGER_DATE),
];

fn kind_of(trigger: &Trigger) -> Option<Kind> {
    match trigger {
        Trigger::Unset => None,
        Trigger::Metric { metric } => {
            Some(USUAL_METRICS.into_iter().find(|usual| usual == metric).map_or(Kind::OtherMetric, Kind::Usual))
        }
        Trigger::PriceDrop => Some(Kind::PriceDrop),
        Trigger::List { .. } => Some(Kind::List),
        Trigger::Segment { .. } => Some(Kind::Segment),
        Trigger::DateProperty { .. } => Some(Kind::Date),
    }
}

fn trigger_of(kind: Kind) -> Trigger {
    match kind {
        Kind::Usual(metric) => Trigger::Metric { metric: metric.to_owned() },
        Kind::OtherMetric => Trigger::Metric { metric: String::new() },
        Kind::PriceDrop => Trigger::PriceDrop,
        Kind::List => Trigger::List { list: String::new() },
        Kind::Segment => Trigger::Segment { segment: String::new() },
        Kind::Date => Trigger::DateProperty { property: String::new(), schedule: DateSchedule::default() },
    }
}

/// The settings of the flow and its trigger.
#[component]
pub fn TriggerPanel() -> AnyView {
    let builder = use_builder();
    let name = Signal::derive(move || builder.of_flow(|flow| flow.name.clone()));
    let problem = Signal::derive(move || {
        name.with(|name| name.trim().is_empty().then(|| messages::FLOW_WITHOUT_NAME.to_owned()))
    });
    let has_event = Memo::new(move |_| builder.of_flow(|flow| flow.trigger.has_event()));
    let trigger_filter = Memo::new(move |_| builder.of_flow(|flow| flow.trigger_filter.clone()));
    let profile_filter = Memo::new(move |_| builder.of_flow(|flow| flow.profile_filter.clone()));
    view! {
        <div class="inspector">
            <div class="inspector-head"><h2>"Trigger"</h2></div>
            <TextField
                id="flow-name"
                label="Flow name"
                value=name
                problem=problem
                on_input=move |name: String| builder.edit(FlowEdit::SetName { name })
            />
            {status_of_all(builder)}
            <TriggerChoice />
            {move || {
                if has_event.get() || trigger_filter.with(ConditionGroups::is_set_up) {
                    view! {
                        <ConditionEditor
                            id="trigger-filter"
                            label="Trigger filters"
                            subject=Subject::Event
                            groups=trigger_filter
                            empty_words=messages::TRIGGER_FILTER_EMPTY
                            node_id=None
                            field=FlowField::TriggerFilter
                            on_edit=move |condition| builder.edit(FlowEdit::SetTriggerFilter { condition })
                        />
                    }
                    .into_any()
                } else if builder.of_flow(|flow| flow.trigger == Trigger::Unset) {
                    ().into_any()
                } else {
                    view! {
                        <p class="note tone-neutral">
                            {icon(Icon::Info)}
                            <span>{messages::TRIGGER_NO_FILTERS}</span>
                        </p>
                    }
                    .into_any()
                }
            }}
            <ConditionEditor
                id="profile-filter"
                label="Profile filters"
                subject=Subject::Profile
                groups=profile_filter
                empty_words=messages::PROFILE_FILTER_EMPTY
                node_id=None
                field=FlowField::ProfileFilter
                on_edit=move |condition| builder.edit(FlowEdit::SetProfileFilter { condition })
            />
            <ReentryChoice />
        </div>
    }
    .into_any()
}

#[component]
fn TriggerChoice() -> AnyView {
    let builder = use_builder();
    let kind = Memo::new(move |_| builder.of_flow(|flow| kind_of(&flow.trigger)));
    let choose = move |chosen: Kind| {
        if kind.get_untracked() != Some(chosen) {
            builder.edit(FlowEdit::SetTrigger { trigger: trigger_of(chosen) });
        }
    };
    view! {
        <fieldset class="field">
            <legend class="field-label">"What starts the flow"</legend>
            <div class="options">
                {KINDS
                    .into_iter()
                    .map(|(choice, label, meaning)| {
                        view! {
                            <label class="option">
                                <input
                                    type="radio"
                                    name="trigger"
                                    prop:checked=move || kind.get() == Some(choice)
                                    on:change=move |_| choose(choice)
                                />
                                <span><strong>{label}</strong><span class="option-meaning">{meaning}</span></span>
                            </label>
                        }
                    })
                    .collect_view()}
            </div>
            {move || kind.get().map(detail_of)}
            {field_problems(builder, None, FlowField::Trigger)}
            <details class="disclosure">
                <summary>"Triggers that cannot start a flow"</summary>
                <div class="options">
                    {UNSUPPORTED_TRIGGERS
                        .into_iter()
                        .map(|trigger| {
                            view! {
                                <label class="option option--off">
                                    <input type="radio" name="trigger" disabled />
                                    <span>
                                        <strong>{trigger.name}</strong>
                                        <span class="option-meaning">
                                            {sentence(&trigger.reason)}" "{sentence(&format!("instead, {}", trigger.way_round))}
                                        </span>
                                    </span>
                                </label>
                            }
                        })
                        .collect_view()}
                </div>
            </details>
        </fieldset>
    }
    .into_any()
}

/// What a kind of trigger still needs to know.
fn detail_of(kind: Kind) -> AnyView {
    match kind {
        Kind::Usual(_) | Kind::PriceDrop => ().into_any(),
        Kind::OtherMetric => named_field("trigger-metric", "Metric", messages::METRIC_HINT, |trigger| match trigger {
            Trigger::Metric { metric } => Some(metric),
            _ => None,
        }),
        Kind::List => named_field("trigger-list", "List", messages::LIST_HINT, |trigger| match trigger {
            Trigger::List { list } => Some(list),
            _ => None,
        }),
        Kind::Segment => named_field("trigger-segment", "Segment", messages::SEGMENT_HINT, |trigger| match trigger {
            Trigger::Segment { segment } => Some(segment),
            _ => None,
        }),
        Kind::Date => view! {
            {named_field("trigger-date", "Date property", messages::DATE_PROPERTY_HINT, |trigger| match trigger {
                Trigger::DateProperty { property, .. } => Some(property),
                _ => None,
            })}
            <DateScheduleForm />
        }
        .into_any(),
    }
}

/// A field for the name inside a trigger.
fn named_field(
    id: &'static str,
    label: &'static str,
    hint: &'static str,
    name_in: fn(&mut Trigger) -> Option<&mut String>,
) -> AnyView {
    let builder = use_builder();
    let names = known_names(id);
    let value = Signal::derive(move || {
        builder.of_flow(|flow| name_in(&mut flow.trigger.clone()).map(|name| name.clone()).unwrap_or_default())
    });
    let on_input = move |text: String| {
        let mut trigger = builder.of_flow_untracked(|flow| flow.trigger.clone());
        if let Some(name) = name_in(&mut trigger) {
            *name = text;
            builder.edit(FlowEdit::SetTrigger { trigger });
        }
    };
    view! { <TextField id=id label=label hint=hint.to_owned() value=value offered=names on_input=on_input /> }
        .into_any()
}

/// Names to complete from: metrics of the events, dates of the profiles, lists, segments.
fn known_names(id: &'static str) -> Memo<Vec<String>> {
    let app_state = use_app_state();
    Memo::new(move |_| match id {
        "trigger-metric" => app_state.events.with(|events| {
            let mut names: Vec<String> = events.iter().map(|event| event.metric.clone()).collect();
            names.sort();
            names.dedup();
            names
        }),
        "trigger-date" => app_state.profiles.with(|profiles| {
            crate::view_model::condition::profile_properties(profiles)
                .into_iter()
                .filter(|known| {
                    crate::domain::flow::condition::read_date(&known.sample).is_some() && known.sample.is_string()
                })
                .map(|known| known.name)
                .collect()
        }),
        _ => {
            let kind = if id == "trigger-list" { SetKind::List } else { SetKind::Segment };
            app_state
                .library
                .sets
                .with(|sets| sets.sets.iter().filter(|set| set.kind == kind).map(|set| set.name.clone()).collect())
        }
    })
}

#[component]
fn ReentryChoice() -> AnyView {
    let builder = use_builder();
    let reentry = Memo::new(move |_| builder.of_flow(|flow| flow.reentry));
    // The unit is the reader's; the flow keeps hours.
    let hours_each = RwSignal::new(reentry.with_untracked(|reentry| match reentry {
        Reentry::AfterHours { hours } if hours % 168 == 0 => 168,
        Reentry::AfterHours { hours } if hours % 24 == 0 => 24,
        Reentry::AfterHours { .. } => 1,
        Reentry::Always | Reentry::Never => 24_u32,
    }));
    let set = move |reentry| builder.edit(FlowEdit::SetReentry { reentry });
    let count = Signal::derive(move || match reentry.get() {
        Reentry::AfterHours { hours } => (hours / hours_each.get().max(1)).to_string(),
        Reentry::Always | Reentry::Never => String::new(),
    });
    let is_chosen = move |kind: u8| match reentry.get() {
        Reentry::Always => kind == 0,
        Reentry::Never => kind == 1,
        Reentry::AfterHours { .. } => kind == 2,
    };
    let options: [(u8, &str, Reentry); 3] = [
        (0, "Every time", Reentry::Always),
        (1, "Once only", Reentry::Never),
        (2, "Again after some time", Reentry::AfterHours { hours: 24 }),
    ];
    let problem = RwSignal::new(None::<String>);
    let on_count = move |text: String| match text.trim().parse::<u32>() {
        Ok(n) if n > 0 => {
            problem.set(None);
            set(Reentry::AfterHours { hours: n.saturating_mul(hours_each.get_untracked()) });
        }
        Ok(_) | Err(_) => problem.set(Some(messages::REENTRY_BOUNDS.to_owned())),
    };
    let on_unit = move |unit: String| {
        let n = match reentry.get_untracked() {
            Reentry::AfterHours { hours } => hours / hours_each.get_untracked().max(1),
            Reentry::Always | Reentry::Never => 1,
        };
        let each = unit.parse::<u32>().unwrap_or(24);
        hours_each.set(each);
        set(Reentry::AfterHours { hours: n.max(1).saturating_mul(each) });
    };
    view! {
        <fieldset class="field">
            <legend class="field-label">"May a profile enter again"</legend>
            <div class="options">
                {options
                    .into_iter()
                    .map(|(kind, label, value)| {
                        view! {
                            <label class="option">
                                <input
                                    type="radio"
                                    name="reentry"
                                    prop:checked=move || is_chosen(kind)
                                    on:change=move |_| set(value)
                                />
                                <span>{label}</span>
                            </label>
                        }
                    })
                    .collect_view()}
            </div>
            <Show when=move || is_chosen(2)>
                <div class="field-pair">
                    <TextField
                        id="reentry-count"
                        label="Time since the last entry"
                        value=count
                        problem=problem
                        on_input=on_count
                    />
                    <SelectField
                        id="reentry-unit"
                        label="Unit"
                        choices=Signal::stored(vec![
                            Choice::new("1", "hours"),
                            Choice::new("24", "days"),
                            Choice::new("168", "weeks"),
                        ])
                        value=Signal::derive(move || hours_each.get().to_string())
                        on_change=on_unit
                    />
                </div>
            </Show>
            <p class="field-hint">
                {move || {
                    let is_joined = builder.of_flow(|flow: &Flow| matches!(flow.trigger, Trigger::List { .. } | Trigger::Segment { .. }));
                    if is_joined { messages::REENTRY_OF_SETS } else { messages::REENTRY_OF_EVENTS }
                }}
            </p>
        </fieldset>
    }
    .into_any()
}
