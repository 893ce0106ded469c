//! Finds the value a condition speaks of.
//!
//! In: a property's name, an event, a profile. Out: the value, or nothing.
//! Invariant: a name that is a key as it stands wins over its reading as a dotted path.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::domain::event::{Profile, TriggerEvent};

/// The event's property, by name or by dotted path; `extra` finds `$extra`.
pub fn event_value<'a>(event: &'a TriggerEvent, property: &str) -> Option<&'a Value> {
    let properties = &event.properties;
    find(properties, property).or_else(|| match property.strip_prefix("extra") {
        Some("") => properties.get("$extra"),
        Some(rest) => walk(properties.get("$extra")?, rest.strip_prefix('.')?),
        None => None,
    })
}

/// The profile's property: a custom one, which shadows a native field, or a native one. Empty native fields are missing.
pub fn profile_value<'a>(profile: &'a Profile, property: &str) -> Option<Cow<'a, Value>> {
    let property = bracketed_name(property).unwrap_or(property);
    if let Some(value) = find(&profile.properties, property) {
        return Some(Cow::Borrowed(value));
    }
    let native = match property {
        "email" => Some(profile.email.as_str()),
        "first_name" => Some(profile.first_name.as_str()),
        "last_name" => Some(profile.last_name.as_str()),
        "phone_number" => Some(profile.phone_number.as_str()),
        "id" | "KlaviyoID" => Some(profile.id.as_str()),
        _ => None,
    };
    if let Some(text) = native {
        return (!text.is_empty()).then(|| Cow::Owned(Value::String(text.to_owned())));
    }
    let in_location = match property {
        "City" => "city",
        "Region" => "region",
        "Country" => "country",
        "Zipcode" => "zip",
        "$timezone" => "timezone",
        _ => property.strip_prefix("location.").unwrap_or(property),
    };
    find(&profile.location, in_location).map(Cow::Borrowed)
}

/// The name inside Klaviyo's `properties['Favorite Color']`.
fn bracketed_name(property: &str) -> Option<&str> {
    let inner = property.strip_prefix("properties[")?.strip_suffix(']')?;
    inner
        .strip_prefix('\'')
        .and_then(|name| name.strip_suffix('\''))
        .or_else(|| inner.strip_prefix('"').and_then(|name| name.strip_suffix('"')))
}

fn find<'a>(properties: &'a Map<String, Value>, property: &str) -> Option<&'a Value> {
    if let Some(value) = properties.get(property) {
        return Some(value);
    }
    let (first, rest) = property.split_once('.')?;
    walk(properties.get(first)?, rest)
}

fn walk<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(value, |value, segment| match value {
        Value::Object(fields) => fields.get(segment),
        Value::Array(items) => items.get(segment.parse::<usize>().ok()?),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    })
}
