//! Events and profiles as the request bodies of Klaviyo's API.
//!
//! In: an event and its person, or a profile. Out: the body of *Create Event* or *Create Profile*.
//! Invariant: ids of ours stay here, since Klaviyo gives its own; time and amount go where Klaviyo has them.
//!
//! <https://developers.klaviyo.com/en/reference/create_event>, <https://developers.klaviyo.com/en/reference/create_profile>

use serde_json::{Map, Value, json};

use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::import::shape::DEFAULT_PLATFORM;

/// What stands beside the properties in Klaviyo, by its name there and as a property.
pub const BESIDE: [(&str, &str); 3] =
    [("value", "$value"), ("value_currency", "$currency_code"), ("unique_id", "$event_id")];

/// The body of *Create Event*.
pub fn create_event_body(event: &TriggerEvent, person: Option<&Profile>) -> Value {
    let mut properties = event.properties.clone();
    let mut attributes = Map::new();
    attributes.insert("time".to_owned(), json!(event.occurred_at.to_string()));
    for (name, property) in BESIDE {
        // An amount that is no number would be refused there; as a property it is not.
        let fits = |value: &Value| if name == "value" { value.is_number() } else { value.is_string() };
        if properties.get(property).is_some_and(fits)
            && let Some(value) = properties.shift_remove(property)
        {
            attributes.insert(name.to_owned(), value);
        }
    }
    let mut metric = Map::new();
    metric.insert("name".to_owned(), json!(event.metric));
    if event.platform != DEFAULT_PLATFORM {
        metric.insert("service".to_owned(), json!(event.platform));
    }
    attributes.insert("properties".to_owned(), Value::Object(properties));
    attributes.insert("metric".to_owned(), json!({ "data": { "type": "metric", "attributes": metric } }));
    if let Some(person) = person {
        attributes.insert("profile".to_owned(), create_profile_body(person));
    }
    json!({ "data": { "type": "event", "attributes": attributes } })
}

/// The body of *Create Profile*.
pub fn create_profile_body(profile: &Profile) -> Value {
    let mut attributes = Map::new();
    let native = [
        ("email", &profile.email),
        ("phone_number", &profile.phone_number),
        ("first_name", &profile.first_name),
        ("last_name", &profile.last_name),
    ];
    for (name, text) in native.into_iter().filter(|(_, text)| !text.is_empty()) {
        attributes.insert(name.to_owned(), json!(text));
    }
    attributes.insert("location".to_owned(), Value::Object(profile.location.clone()));
    attributes.insert("properties".to_owned(), Value::Object(profile.properties.clone()));
    json!({ "data": { "type": "profile", "attributes": attributes } })
}
