//! Trigger events and profiles: what a template may read.
//!
//! In: JSON from a form, an import or a sample. Out: `TriggerEvent`, `Profile`, and the context a template sees.
//! Invariant: property order is kept as it was given.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::domain::id::{EventId, ProfileId};
use crate::domain::settings::Organization;
use crate::domain::time::Timestamp;

/// Something a person did in the shop, such as *Placed Order*.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TriggerEvent {
    pub id: EventId,
    /// The metric's name, such as `Placed Order`.
    pub metric: String,
    /// Where it came from, such as `Shopify`.
    pub platform: String,
    pub profile_id: ProfileId,
    pub occurred_at: Timestamp,
    /// Read as `event.*`; a property `$extra` is read as `event.extra`.
    pub properties: Map<String, Value>,
}

/// A person, with everything templates may read of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    pub id: ProfileId,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    pub phone_number: String,
    /// Address, city, region, country, zip and time zone, by Klaviyo's names.
    pub location: Map<String, Value>,
    /// Custom properties; one with a native field's name shadows it.
    pub properties: Map<String, Value>,
}

/// What one rendering reads: the person, and the event if the trigger gives one.
#[derive(Debug, Clone, Copy)]
pub struct RenderSource<'a> {
    pub profile: &'a Profile,
    /// `None` for list, segment and date triggers.
    pub event: Option<&'a TriggerEvent>,
    pub organization: &'a Organization,
}

/// The context a template sees, by Klaviyo's names: `event`, `person`, `organization`, and the bare profile tags.
///
/// <https://help.klaviyo.com/hc/en-us/articles/4408802648731>
pub fn render_context(source: RenderSource<'_>) -> Map<String, Value> {
    let RenderSource { profile, event, organization } = source;
    let mut context = Map::new();
    for (name, value) in
        [("email", &profile.email), ("first_name", &profile.first_name), ("last_name", &profile.last_name)]
    {
        context.insert(name.to_owned(), Value::String(value.clone()));
    }
    context.insert("full_name".to_owned(), Value::String(full_name(profile)));
    context.insert("person".to_owned(), Value::Object(person(profile)));
    if let Some(event) = event {
        context.insert("event".to_owned(), Value::Object(event_properties(event)));
    }
    let mut organization_values = Map::new();
    organization_values.insert("name".to_owned(), Value::String(organization.name.clone()));
    organization_values.insert("url".to_owned(), Value::String(organization.url.clone()));
    organization_values.insert("full_address".to_owned(), Value::String(organization.full_address.clone()));
    context.insert("organization".to_owned(), Value::Object(organization_values));
    context
}

fn full_name(profile: &Profile) -> String {
    format!("{} {}", profile.first_name, profile.last_name).trim().to_owned()
}

fn person(profile: &Profile) -> Map<String, Value> {
    let mut person = Map::new();
    for (name, value) in [
        ("email", profile.email.as_str()),
        ("first_name", profile.first_name.as_str()),
        ("last_name", profile.last_name.as_str()),
        ("full_name", full_name(profile).as_str()),
        ("phone_number", profile.phone_number.as_str()),
        ("id", profile.id.as_str()),
        ("KlaviyoID", profile.id.as_str()),
    ] {
        person.insert(name.to_owned(), Value::String(value.to_owned()));
    }
    for (native, shown) in
        [("city", "City"), ("region", "Region"), ("country", "Country"), ("zip", "Zipcode"), ("timezone", "$timezone")]
    {
        if let Some(value) = profile.location.get(native) {
            person.insert(shown.to_owned(), value.clone());
        }
    }
    person.insert("location".to_owned(), Value::Object(profile.location.clone()));
    for (name, value) in &profile.properties {
        person.insert(name.clone(), value.clone());
    }
    person
}

fn event_properties(event: &TriggerEvent) -> Map<String, Value> {
    event
        .properties
        .iter()
        .map(|(name, value)| {
            let shown = if name == "$extra" { "extra" } else { name.as_str() };
            (shown.to_owned(), value.clone())
        })
        .collect()
}
