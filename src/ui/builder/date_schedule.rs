//! When a date in the profile starts the flow.
//!
//! In: the schedule as it stands. Out: the schedule as edited.
//! Invariant: says that nothing is started by the clock here.

use leptos::prelude::*;

use crate::domain::flow::delay::TimeOfDay;
use crate::domain::flow::edit::FlowEdit;
use crate::domain::flow::model::{DateOffset, DateSchedule, Recurrence, Trigger};
use crate::ui::builder::time_zone::TimeZoneField;
use crate::ui::builder::use_builder;
use crate::ui::kit::{Choice, Icon, SelectField, TextField, icon};
use crate::view_model::messages;

/// Offset, recurrence, time of day and zone.
#[component]
pub fn DateScheduleForm() -> AnyView {
    let builder = use_builder();
    let schedule = Memo::new(move |_| {
        builder.of_flow(|flow| match &flow.trigger {
            Trigger::DateProperty { schedule, .. } => schedule.clone(),
            _ => DateSchedule::default(),
        })
    });
    let edit = move |change: &dyn Fn(&mut DateSchedule)| {
        let mut trigger = builder.of_flow_untracked(|flow| flow.trigger.clone());
        if let Trigger::DateProperty { schedule, .. } = &mut trigger {
            change(schedule);
            builder.edit(FlowEdit::SetTrigger { trigger });
        }
    };
    let problem = RwSignal::new(None::<String>);
    let on_before = move |text: String| match text.trim().parse::<u32>() {
        Ok(before) if before <= 1_000 => {
            problem.set(None);
            edit(&|schedule| schedule.before = before);
        }
        Ok(_) | Err(_) => problem.set(Some(messages::DATE_LEAD_BOUNDS.to_owned())),
    };
    let on_zone = move |zone: Option<String>| edit(&|schedule| schedule.zone.clone_from(&zone));
    let unit = move || match schedule.get().unit {
        DateOffset::Days => "days",
        DateOffset::Weeks => "weeks",
        DateOffset::Months => "months",
    };
    let recurrence = move || match schedule.get().recurrence {
        Recurrence::Never => "never",
        Recurrence::Weekly => "weekly",
        Recurrence::Monthly => "monthly",
        Recurrence::Annually => "annually",
    };
    view! {
        <div class="field-pair">
            <TextField
                id="date-before"
                label="How long before the date"
                value=Signal::derive(move || schedule.get().before.to_string())
                problem=problem
                on_input=on_before
            />
            <SelectField
                id="date-unit"
                label="Unit"
                choices=Signal::stored(vec![
                    Choice::new("days", "days"),
                    Choice::new("weeks", "weeks"),
                    Choice::new("months", "months"),
                ])
                value=Signal::derive(move || unit().to_owned())
                on_change=move |unit: String| {
                    let unit = match unit.as_str() {
                        "weeks" => DateOffset::Weeks,
                        "months" => DateOffset::Months,
                        _ => DateOffset::Days,
                    };
                    edit(&|schedule| schedule.unit = unit);
                }
            />
        </div>
        <div class="field-pair">
            <SelectField
                id="date-recurrence"
                label="How often"
                choices=Signal::stored(vec![
                    Choice::new("annually", "Every year"),
                    Choice::new("monthly", "Every month"),
                    Choice::new("weekly", "Every week"),
                    Choice::new("never", "Once"),
                ])
                value=Signal::derive(move || recurrence().to_owned())
                on_change=move |recurrence: String| {
                    let recurrence = match recurrence.as_str() {
                        "monthly" => Recurrence::Monthly,
                        "weekly" => Recurrence::Weekly,
                        "never" => Recurrence::Never,
                        _ => Recurrence::Annually,
                    };
                    edit(&|schedule| schedule.recurrence = recurrence);
                }
            />
            <TextField
                id="date-time"
                label="Time of day"
                input_type="time"
                value=Signal::derive(move || schedule.get().time.to_string())
                on_input=move |text: String| {
                    if let Some(time) = TimeOfDay::parse(&text) {
                        edit(&|schedule| schedule.time = time);
                    }
                }
            />
        </div>
        <TimeZoneField
            id="date-zone"
            zone=Signal::derive(move || schedule.get().zone)
            on_edit=on_zone
        />
        <p class="note tone-neutral">
            {icon(Icon::Info)}
            <span>
                {messages::DATE_TRIGGER_LIMIT}
            </span>
        </p>
    }
    .into_any()
}
