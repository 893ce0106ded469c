//! Actions, both ways.
//!
//! In: a card of ours or an action of theirs, without its links. Out: the other.
//! Invariant: an action Hookwright does not run is kept whole.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::domain::flow::delay::{DelayUnit, TimeDelay, TimeOfDay, Weekday};
use crate::domain::flow::model::{ActionStatus, HeaderRow, NodeKind, RepeatPolicy, Trigger, WebhookAction};
use crate::domain::klaviyo::condition::{EventIds, read_groups, write_groups};
use crate::domain::klaviyo::{object, text, text_of};

/// The action types of the API's description; others may come, and are kept alike.
pub const ACTION_TYPES: [&str; 20] = [
    "send-email",
    "send-sms",
    "send-mobile-push",
    "send-whatsapp",
    "send-webhook",
    "send-internal-alert",
    "time-delay",
    "conditional-split",
    "trigger-split",
    "multi-branch-split",
    "action-output-split",
    "update-profile",
    "list-update",
    "target-date",
    "countdown-delay",
    "back-in-stock-delay",
    "ab-test",
    "content-experiment",
    "internal-service",
    "code",
];

const UNITS: [(&str, DelayUnit); 3] =
    [("minutes", DelayUnit::Minutes), ("hours", DelayUnit::Hours), ("days", DelayUnit::Days)];
const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

/// Reads an action, with no links yet. `below` is what hangs under an action whose branches Hookwright does not know.
pub fn read_action(action: &Value, below: Vec<Value>) -> NodeKind {
    let data = action.get("data").cloned().unwrap_or_default();
    let read = match text_of(action, "type") {
        Some("send-webhook") => Some(NodeKind::Webhook { action: read_webhook(&data), next: None }),
        Some("time-delay") => read_delay(&data).map(|delay| NodeKind::TimeDelay { delay, next: None }),
        Some("trigger-split") => {
            let condition = read_groups(data.get("trigger_filter"));
            Some(NodeKind::TriggerSplit { condition, yes: None, no: None })
        }
        Some("conditional-split") => {
            let condition = read_groups(data.get("profile_filter"));
            Some(NodeKind::ConditionalSplit { condition, yes: None, no: None })
        }
        _ => None,
    };
    read.unwrap_or_else(|| {
        let action_type = text_of(action, "type").unwrap_or("unsupported").to_owned();
        let definition = if below.is_empty() {
            action.clone()
        } else {
            object([("action", action.clone()), ("below", Value::Array(below))])
        };
        NodeKind::Foreign { action_type, definition, next: None }
    })
}

/// The action kept in a foreign card, and what hangs under its branches.
pub fn kept_action(definition: &Value) -> (&Value, &[Value]) {
    match (definition.get("action"), definition.get("below").and_then(Value::as_array)) {
        (Some(action), Some(below)) => (action, below),
        _ => (definition, &[]),
    }
}

fn read_webhook(data: &Value) -> WebhookAction {
    let message = data.get("message").cloned().unwrap_or_default();
    let headers = message.get("headers").and_then(Value::as_object);
    let header = |(name, value): (&String, &Value)| HeaderRow {
        name: name.clone(),
        value: value.as_str().map_or_else(|| value.to_string(), str::to_owned),
    };
    WebhookAction {
        name: text_of(&message, "name").unwrap_or("Webhook").to_owned(),
        status: match text_of(data, "status") {
            Some("live") => ActionStatus::Live,
            Some("manual") => ActionStatus::Manual,
            _ => ActionStatus::Draft,
        },
        url: text_of(&message, "url").unwrap_or_default().to_owned(),
        headers: headers.into_iter().flatten().map(header).collect(),
        payload: text_of(&message, "body").unwrap_or_default().to_owned(),
        repeat_policy: RepeatPolicy::default(),
    }
}

fn read_delay(data: &Value) -> Option<TimeDelay> {
    let unit = text_of(data, "unit").unwrap_or("days");
    let weekdays = match data.get("delay_until_weekdays") {
        None | Some(Value::Null) => None,
        Some(days) => {
            let day = |day: &Value| Some(WEEKDAYS.iter().find(|(name, _)| Some(*name) == day.as_str())?.1);
            Some(days.as_array()?.iter().map(day).collect::<Option<BTreeSet<_>>>()?)
        }
    };
    let until_time = match text_of(data, "delay_until_time") {
        None => None,
        Some(time) => Some(TimeOfDay::parse(time)?),
    };
    Some(TimeDelay {
        value: u32::try_from(data.get("value")?.as_u64()?).ok()?,
        unit: UNITS.iter().find(|(name, _)| *name == unit)?.1,
        until_time,
        weekdays,
        zone: text_of(data, "timezone").filter(|zone| *zone != "profile").map(str::to_owned),
    })
}

/// What writing an action needs to know of the flow.
#[derive(Debug, Clone, Copy)]
pub struct FlowFacts<'a> {
    pub trigger: &'a Trigger,
    /// The account's id of what starts the flow, or a placeholder.
    pub trigger_id: &'a str,
}

/// The type and the data of a card. What the remembered action has and Hookwright does not know is kept.
pub fn write_data(kind: &NodeKind, facts: FlowFacts<'_>, remembered: Option<&Value>) -> (&'static str, Value) {
    let remembered = remembered.and_then(|action| action.get("data"));
    let filter = |name: &str| remembered.and_then(|data| data.get(name));
    let event = EventIds {
        kind: if *facts.trigger == Trigger::PriceDrop { "price-drop-property" } else { "metric-property" },
        metric_id: facts.trigger.metric().map(|_| facts.trigger_id),
    };
    let (action_type, data) = match kind {
        NodeKind::Webhook { action, .. } => ("send-webhook", write_webhook(action, filter("message"))),
        NodeKind::TimeDelay { delay, .. } => ("time-delay", write_delay(delay)),
        NodeKind::TriggerSplit { condition, .. } => {
            let trigger_type = if *facts.trigger == Trigger::PriceDrop { "price-drop" } else { "metric" };
            let data = object([
                ("trigger_filter", write_groups(condition, filter("trigger_filter"), event)),
                ("trigger_id", text(facts.trigger_id)),
                ("trigger_type", text(trigger_type)),
            ]);
            ("trigger-split", data)
        }
        NodeKind::ConditionalSplit { condition, .. } => {
            let data = object([("profile_filter", write_groups(condition, filter("profile_filter"), event))]);
            ("conditional-split", data)
        }
        NodeKind::Foreign { .. } | NodeKind::Unknown { .. } | NodeKind::Note { .. } => ("", Value::Null),
    };
    (action_type, over(remembered, data))
}

/// The remembered object with the new fields over it.
fn over(remembered: Option<&Value>, data: Value) -> Value {
    match (remembered, data) {
        (Some(Value::Object(before)), Value::Object(data)) => {
            let mut merged = before.clone();
            merged.extend(data);
            Value::Object(merged)
        }
        (_, data) => data,
    }
}

fn write_webhook(action: &WebhookAction, remembered: Option<&Value>) -> Value {
    let status = match action.status {
        ActionStatus::Draft => "draft",
        ActionStatus::Manual => "manual",
        ActionStatus::Live => "live",
    };
    let named = action.headers.iter().filter(|header| !header.name.trim().is_empty());
    let headers: Map<String, Value> = named.map(|header| (header.name.clone(), text(&header.value))).collect();
    let message = object([
        ("name", text(&action.name)),
        ("url", text(action.url.trim())),
        ("headers", Value::Object(headers)),
        ("body", text(&action.payload)),
    ]);
    object([("status", text(status)), ("message", over(remembered, message))])
}

fn write_delay(delay: &TimeDelay) -> Value {
    let name = UNITS.iter().find(|(_, unit)| *unit == delay.unit).map_or("days", |(name, _)| name);
    // Klaviyo takes these with days only.
    let of_days = delay.unit == DelayUnit::Days;
    let time = delay.until_time.filter(|_| of_days).map_or(Value::Null, |time| Value::String(format!("{time}:00")));
    let days = delay.weekdays.as_ref().filter(|days| of_days && !days.is_empty()).map_or(Value::Null, |days| {
        let names = WEEKDAYS.iter().filter(|(_, day)| days.contains(day)).map(|(name, _)| text(name));
        Value::Array(names.collect())
    });
    object([
        ("unit", text(name)),
        ("value", Value::from(delay.value)),
        ("timezone", text(delay.zone.as_deref().unwrap_or("profile"))),
        ("delay_until_time", time),
        ("delay_until_weekdays", days),
    ])
}
