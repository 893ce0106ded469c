//! Triggers and re-entry, both ways.
//!
//! In: a trigger of ours or of theirs. Out: the other.
//! Invariant: a trigger Hookwright does not have reads as none chosen; the flow remembers it.

use serde_json::Value;

use crate::domain::flow::condition::ConditionGroups;
use crate::domain::flow::delay::TimeOfDay;
use crate::domain::flow::model::{DateOffset, DateSchedule, Recurrence, Reentry, Trigger};
use crate::domain::klaviyo::condition::{EventIds, read_groups, write_groups};
use crate::domain::klaviyo::{IdKind, Ids, object, text, text_of};

/// Reads a trigger with its filter.
pub fn read_trigger(value: &Value, ids: &Ids) -> (Trigger, ConditionGroups) {
    let id = text_of(value, "id").unwrap_or_default();
    let filter = read_groups(value.get("trigger_filter"));
    let trigger = match text_of(value, "type") {
        Some("metric") => Trigger::Metric { metric: ids.name_of(IdKind::Metric, id) },
        Some("list") => Trigger::List { list: ids.name_of(IdKind::List, id) },
        Some("segment") => Trigger::Segment { segment: ids.name_of(IdKind::Segment, id) },
        Some("price-drop") => Trigger::PriceDrop,
        Some("date") if text_of(value, "date_field_type") == Some("profile-property") => {
            match (text_of(value, "date_profile_property"), read_schedule(value)) {
                (Some(property), Some(schedule)) => Trigger::DateProperty { property: property.to_owned(), schedule },
                _ => Trigger::Unset,
            }
        }
        _ => Trigger::Unset,
    };
    match trigger {
        Trigger::Unset => (Trigger::Unset, ConditionGroups::default()),
        trigger => (trigger, filter),
    }
}

const OFFSETS: [(&str, DateOffset); 3] =
    [("days", DateOffset::Days), ("weeks", DateOffset::Weeks), ("months", DateOffset::Months)];
const RECURRENCES: [(&str, Recurrence); 4] = [
    ("never", Recurrence::Never),
    ("weekly", Recurrence::Weekly),
    ("monthly", Recurrence::Monthly),
    ("annually", Recurrence::Annually),
];

fn read_schedule(value: &Value) -> Option<DateSchedule> {
    let named = |name: &str, default: &'static str| text_of(value, name).unwrap_or(default).to_owned();
    let unit = named("timedelta_unit_before_date", "weeks");
    let recurrence = named("recurrence_frequency", "monthly");
    Some(DateSchedule {
        before: u32::try_from(value.get("timedelta_value_before_date")?.as_u64()?).ok()?,
        unit: OFFSETS.iter().find(|(name, _)| *name == unit)?.1,
        recurrence: RECURRENCES.iter().find(|(name, _)| *name == recurrence)?.1,
        time: TimeOfDay::parse(text_of(value, "trigger_time")?)?,
        zone: text_of(value, "timezone").filter(|zone| *zone != "profile").map(str::to_owned),
    })
}

/// Writes a trigger with its filter; `id` is the account's, or a placeholder.
pub fn write_trigger(
    trigger: &Trigger,
    filter: &ConditionGroups,
    id: &str,
    remembered: Option<&Value>,
) -> Option<Value> {
    let remembered_filter = remembered.and_then(|trigger| trigger.get("trigger_filter"));
    let groups = |kind: &'static str, metric_id: Option<&str>| {
        write_groups(filter, remembered_filter, EventIds { kind, metric_id })
    };
    Some(match trigger {
        Trigger::Unset => return None,
        Trigger::Metric { .. } => object([
            ("type", text("metric")),
            ("id", text(id)),
            ("trigger_filter", groups("metric-property", Some(id))),
        ]),
        Trigger::List { .. } => object([("type", text("list")), ("id", text(id))]),
        Trigger::Segment { .. } => object([("type", text("segment")), ("id", text(id))]),
        // What Hookwright does not ask for is Klaviyo's default, or the least that counts as a drop.
        Trigger::PriceDrop => object([
            ("type", text("price-drop")),
            ("trigger_filter", groups("price-drop-property", None)),
            ("price_drop_amount_value", Value::from(1)),
            ("price_drop_amount_unit", text("percent")),
            ("audience", Value::Array(vec![text("checkout-started"), text("viewed")])),
            ("timeframe_days", Value::from(30)),
            ("currency_type", text("usd")),
        ]),
        Trigger::DateProperty { property, schedule } => object([
            ("type", text("date")),
            ("date_field_type", text("profile-property")),
            ("date_profile_property", text(property)),
            ("timedelta_unit_before_date", text(OFFSETS.iter().find(|(_, unit)| *unit == schedule.unit)?.0)),
            ("timedelta_value_before_date", Value::from(schedule.before)),
            (
                "recurrence_frequency",
                text(RECURRENCES.iter().find(|(_, recurrence)| *recurrence == schedule.recurrence)?.0),
            ),
            ("timezone", text(schedule.zone.as_deref().unwrap_or("profile"))),
            ("trigger_time", Value::String(format!("{}:00", schedule.time))),
        ]),
    })
}

/// Reads the re-entry rule; without one a profile may enter whenever it likes.
pub fn read_reentry(value: Option<&Value>) -> Reentry {
    let Some(duration) = value.and_then(|value| value.get("duration")?.as_u64()) else { return Reentry::Always };
    let hours = |hours: u64| Reentry::AfterHours { hours: u32::try_from(duration * hours).unwrap_or(u32::MAX) };
    match value.and_then(|value| text_of(value, "unit")) {
        Some("hour") => hours(1),
        Some("day") => hours(24),
        Some("week") => hours(7 * 24),
        _ if duration == 0 => Reentry::Always,
        _ => Reentry::Never,
    }
}

/// Writes the re-entry rule.
pub fn write_reentry(reentry: Reentry) -> Value {
    let (duration, unit) = match reentry {
        Reentry::Always => (0, "alltime"),
        Reentry::Never => (1, "alltime"),
        Reentry::AfterHours { hours } if hours > 0 && hours % 24 == 0 => (hours / 24, "day"),
        Reentry::AfterHours { hours } => (hours, "hour"),
    };
    object([("duration", Value::from(duration)), ("unit", text(unit))])
}
