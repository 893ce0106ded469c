//! Events and profiles as choices, and as JSON in a form.
//!
//! In: events and profiles. Out: labels, order, and JSON text; and back, with problems by field.
//! Invariant: what a form does not show is kept as it was.

use serde_json::{Map, Value};

use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::flow::model::Trigger;
use crate::domain::id::{EventId, ProfileId};
use crate::view_model::json_text::{JsonProblem, parse_object, pretty_value};

/// An event in a list or a choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventChoice {
    pub event_id: EventId,
    /// `Placed Order, 10023`.
    pub label: String,
    /// `Shopify, ann@example.com`.
    pub detail: String,
    /// Whether this metric starts the flow.
    pub is_match: bool,
}

/// The events for a flow's preview: those of its metric first.
pub fn event_choices(events: &[TriggerEvent], profiles: &[Profile], trigger: &Trigger) -> Vec<EventChoice> {
    let mut choices: Vec<_> = events
        .iter()
        .map(|event| EventChoice {
            event_id: event.id.clone(),
            label: event_label(event),
            detail: event_detail(event, profiles),
            is_match: trigger.metric() == Some(event.metric.as_str()),
        })
        .collect();
    choices.sort_by_key(|choice| !choice.is_match);
    choices
}

/// The metric, with the order's number or the product's name if there is one.
pub fn event_label(event: &TriggerEvent) -> String {
    const TELLING: [&str; 9] = [
        "OrderId",
        "OrderNumber",
        "order_number",
        "OrderID",
        "$event_id",
        "ProductName",
        "Product Name",
        "Name",
        "$value",
    ];
    let telling = TELLING.iter().find_map(|name| match event.properties.get(*name) {
        Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    });
    match telling {
        Some(telling) => format!("{}, {telling}", event.metric),
        None => event.metric.clone(),
    }
}

/// Platform and person.
pub fn event_detail(event: &TriggerEvent, profiles: &[Profile]) -> String {
    match profiles.iter().find(|profile| profile.id == event.profile_id) {
        Some(profile) => format!("{}, {}", event.platform, profile.email),
        None => format!("{}, profile missing", event.platform),
    }
}

/// A person who was chosen for previews, and the event beside which that was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChosenPerson {
    pub profile_id: ProfileId,
    /// `None` where the trigger brings no event. Another event brings its own person.
    pub event_id: Option<EventId>,
}

/// For whom a preview is made: who was chosen beside this event, else whom the event belongs to, else the first there is.
pub fn previewed_person<'a>(
    profiles: &'a [Profile],
    event: Option<&TriggerEvent>,
    chosen: Option<&ChosenPerson>,
) -> Option<&'a Profile> {
    let find = |profile_id: &ProfileId| profiles.iter().find(|profile| profile.id == *profile_id);
    let chosen = chosen.filter(|chosen| chosen.event_id.as_ref() == event.map(|event| &event.id));
    chosen.and_then(|chosen| find(&chosen.profile_id)).or_else(|| find(&event?.profile_id)).or(profiles.first())
}

/// An event's properties as text.
pub fn event_text(event: &TriggerEvent) -> String {
    pretty_value(&event.properties)
}

/// The event with its properties as `text` says.
pub fn event_from_text(event: &TriggerEvent, text: &str) -> Result<TriggerEvent, JsonProblem> {
    Ok(TriggerEvent { properties: parse_object(text)?, ..event.clone() })
}

const NATIVE: [&str; 4] = ["email", "first_name", "last_name", "phone_number"];

/// A profile as text, by Klaviyo's names.
pub fn profile_text(profile: &Profile) -> String {
    let mut map = Map::new();
    let values = [&profile.email, &profile.first_name, &profile.last_name, &profile.phone_number];
    for (name, value) in NATIVE.into_iter().zip(values) {
        map.insert(name.to_owned(), Value::String(value.clone()));
    }
    map.insert("location".to_owned(), Value::Object(profile.location.clone()));
    map.insert("properties".to_owned(), Value::Object(profile.properties.clone()));
    pretty_value(&map)
}

/// The profile that `text` describes; its id stays.
pub fn profile_from_text(profile: &Profile, text: &str) -> Result<Profile, JsonProblem> {
    let mut map = parse_object(text)?;
    let mut native = |name: &str| match map.remove(name) {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::String(value)) => Ok(value),
        Some(_) => Err(named_problem(text, name, "must be text in double quotes")),
    };
    let (email, first_name, last_name, phone_number) =
        (native("email")?, native("first_name")?, native("last_name")?, native("phone_number")?);
    let mut object = |name: &str| match map.remove(name) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(value)) => Ok(value),
        Some(_) => Err(named_problem(text, name, "must be an object in { }")),
    };
    let (location, properties) = (object("location")?, object("properties")?);
    let is_known_by_phone = email.is_empty() && !phone_number.is_empty();
    if !email.contains('@') && !is_known_by_phone {
        return Err(named_problem(text, "email", "must be an email address"));
    }
    if let Some(name) = map.keys().next() {
        return Err(named_problem(text, name, "is not known here; put your own names under \"properties\""));
    }
    Ok(Profile { id: profile.id.clone(), email, first_name, last_name, phone_number, location, properties })
}

/// A problem with one name, at the line where the name first stands.
fn named_problem(text: &str, name: &str, what: &str) -> JsonProblem {
    let quoted = format!("\"{name}\"");
    let place = text.lines().enumerate().find_map(|(line_idx, line)| line.find(&quoted).map(|at| (line_idx, line, at)));
    let (line, column) = match place {
        Some((line_idx, line, at)) => (line_idx + 1, line.get(..at).map_or(0, |before| before.chars().count()) + 1),
        None => (1, 1),
    };
    JsonProblem { line, column, message: format!("{quoted} {what}.") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;

    fn profile() -> Profile {
        Profile {
            id: ProfileId::new("p1"),
            email: "ann@example.com".to_owned(),
            first_name: "Ann".to_owned(),
            last_name: "Lee".to_owned(),
            phone_number: String::new(),
            location: Map::new(),
            properties: Map::new(),
        }
    }

    fn event(id: &str, metric: &str, properties: &str) -> TriggerEvent {
        TriggerEvent {
            id: EventId::new(id),
            metric: metric.to_owned(),
            platform: "Shopify".to_owned(),
            profile_id: ProfileId::new("p1"),
            occurred_at: Timestamp::from_millis(0),
            properties: parse_object(properties).expect("JSON"),
        }
    }

    #[test]
    fn a_profile_survives_its_text() {
        assert_eq!(profile_from_text(&profile(), &profile_text(&profile())), Ok(profile()));
    }

    #[test]
    fn a_wrong_profile_is_refused_at_its_line() {
        for (text, line, part) in [
            ("{\n\"email\": 5}", 2, "text"),
            ("{\n\n\"email\": \"ann\"}", 3, "address"),
            ("{\"email\": \"a@b\",\n\"shoe_size\": 5}", 2, "properties"),
        ] {
            let problem = profile_from_text(&profile(), text).expect_err("a problem");
            assert_eq!(problem.line, line, "{text}");
            assert!(problem.message.contains(part), "{}", problem.message);
        }
    }

    #[test]
    fn a_chosen_person_holds_for_the_event_beside_which_they_were_chosen() {
        let person = |id: &str| Profile { id: ProfileId::new(id), ..profile() };
        let profiles = [person("p0"), person("p1"), person("p2")];
        let (first, second) = (event("a", "Placed Order", "{}"), event("b", "Placed Order", "{}"));
        let chosen = |event_id: Option<&str>| ChosenPerson {
            profile_id: ProfileId::new("p2"),
            event_id: event_id.map(EventId::new),
        };
        let check = |event: Option<&TriggerEvent>, chosen: Option<ChosenPerson>, expected: &str| {
            let found = previewed_person(&profiles, event, chosen.as_ref());
            assert_eq!(found.map(|profile| profile.id.as_str()), Some(expected));
        };
        check(Some(&first), None, "p1");
        check(Some(&first), Some(chosen(Some("a"))), "p2");
        check(Some(&second), Some(chosen(Some("a"))), "p1");
        check(Some(&first), Some(chosen(None)), "p1");
        check(None, None, "p0");
        check(None, Some(chosen(None)), "p2");
        check(None, Some(chosen(Some("a"))), "p0");
        let gone = ChosenPerson { profile_id: ProfileId::new("gone"), event_id: Some(EventId::new("a")) };
        check(Some(&first), Some(gone), "p1");
    }

    #[test]
    fn events_of_the_flows_metric_come_first() {
        let events = [event("a", "Viewed Product", "{}"), event("b", "Placed Order", "{\"OrderId\": \"10023\"}")];
        let trigger = Trigger::Metric { metric: "Placed Order".to_owned() };
        let choices = event_choices(&events, &[profile()], &trigger);
        let labels: Vec<_> = choices.iter().map(|choice| choice.label.as_str()).collect();
        assert_eq!(labels, ["Placed Order, 10023", "Viewed Product"]);
        assert_eq!(choices.first().map(|choice| choice.detail.as_str()), Some("Shopify, ann@example.com"));
    }
}
