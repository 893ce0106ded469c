//! Tells what a JSON value is: an event or a profile, in our own shape or one of Klaviyo's.
//!
//! In: a value. Out: the events and profiles it holds, or why it is neither.
//! Invariant: a property is never dropped; what has no place of its own stays under its own name.
//!
//! Klaviyo's shapes: <https://developers.klaviyo.com/en/reference/create_event>, `get_event`, `get_profile`, and the
//! older track call with `customer_properties`.

use serde_json::{Map, Value};

use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::id::{EventId, ProfileId};
use crate::domain::import::bodies::BESIDE;
use crate::domain::import::{Defaults, FoundEvent, Item};
use crate::domain::time::Timestamp;

/// Where an event comes from, when it does not say.
pub const DEFAULT_PLATFORM: &str = "Custom API";

/// Everything the value holds. Parts that cannot be read are said; the rest is there all the same.
pub fn read(value: Value, defaults: &Defaults) -> (Vec<Item>, Vec<String>) {
    let mut found = (Vec::new(), Vec::new());
    read_into(value, defaults, &mut found);
    found
}

type Found = (Vec<Item>, Vec<String>);

fn read_into(value: Value, defaults: &Defaults, found: &mut Found) {
    let result = match value {
        Value::Array(values) => {
            for value in values {
                read_into(value, defaults, found);
            }
            return;
        }
        Value::Object(map) => read_object(map, defaults, found),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            Err("This is neither an event nor a profile: expected an object in { }.".to_owned())
        }
    };
    if let Err(message) = result {
        found.1.push(message);
    }
}

fn read_object(mut map: Map<String, Value>, defaults: &Defaults, found: &mut Found) -> Result<(), String> {
    // `data` of an API: one resource or many, with what they refer to in `included`.
    if let Some(data) = map.get("data").filter(|data| is_resource(data)).cloned() {
        let included = Included::of(map.remove("included"));
        let resources = match data {
            Value::Array(resources) => resources,
            resource => vec![resource],
        };
        for resource in resources {
            match read_resource(resource, &included, defaults) {
                Ok(item) => found.0.push(item),
                Err(message) => found.1.push(message),
            }
        }
        return Ok(());
    }
    // Our own export, and the sample file: two lists.
    if map.get("events").is_some_and(Value::is_array) || map.get("profiles").is_some_and(Value::is_array) {
        for name in ["profiles", "events"] {
            if let Some(values) = map.remove(name) {
                read_into(values, defaults, found);
            }
        }
        return Ok(());
    }
    if is_resource(&Value::Object(map.clone())) {
        found.0.push(read_resource(Value::Object(map), &Included::default(), defaults)?);
        return Ok(());
    }
    let item = if map.contains_key("metric") || map.contains_key("event") || map.contains_key("event_name") {
        Item::Event(read_own_event(map, defaults)?)
    } else if is_profile(&map) {
        Item::Profile(read_profile(map, None)?)
    } else {
        let person = person_in(&map);
        let event = blank_event(defaults, map);
        Item::Event(FoundEvent { event, person })
    };
    found.0.push(item);
    Ok(())
}

fn is_resource(value: &Value) -> bool {
    let is_one = |value: &Value| value.get("type").is_some_and(Value::is_string) && value.get("attributes").is_some();
    match value {
        Value::Array(values) => values.iter().all(is_one) && !values.is_empty(),
        value => is_one(value),
    }
}

/// A bare object with an address and nothing that speaks of an event.
fn is_profile(map: &Map<String, Value>) -> bool {
    const OF_EVENTS: [&str; 6] = ["$value", "value", "properties_of_event", "OrderId", "Items", "items"];
    let has_address =
        ["email", "phone_number", "$email"].iter().any(|name| map.get(*name).is_some_and(Value::is_string));
    has_address && !OF_EVENTS.iter().any(|name| map.contains_key(*name))
}

/// What the resources of one answer refer to.
#[derive(Default)]
struct Included(Vec<Value>);

impl Included {
    fn of(value: Option<Value>) -> Self {
        match value {
            Some(Value::Array(values)) => Self(values),
            _ => Self::default(),
        }
    }

    fn find(&self, kind: &str, id: &str) -> Option<&Value> {
        self.0.iter().find(|value| text_at(value, "/type") == Some(kind) && text_at(value, "/id") == Some(id))
    }
}

fn text_at<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str)
}

fn read_resource(resource: Value, included: &Included, defaults: &Defaults) -> Result<Item, String> {
    let kind = text_at(&resource, "/type").unwrap_or_default().to_owned();
    match kind.as_str() {
        "event" => Ok(Item::Event(read_klaviyo_event(&resource, included, defaults))),
        "profile" => Ok(Item::Profile(read_klaviyo_profile(&resource)?)),
        "flow" => Err("This is a flow: import it in the list of flows.".to_owned()),
        kind => Err(format!("A {kind} is neither an event nor a profile.")),
    }
}

/// Create Event has metric and profile inside of its attributes, Get Event beside them.
fn read_klaviyo_event(resource: &Value, included: &Included, defaults: &Defaults) -> FoundEvent {
    let attributes = resource.get("attributes").cloned().unwrap_or_default();
    let related = |name: &str| {
        let inside = attributes.get(name).and_then(|inside| inside.get("data"));
        let beside = resource.pointer(&format!("/relationships/{name}/data"));
        let data = inside.or(beside)?;
        if data.get("attributes").is_some() {
            return Some(data);
        }
        included.find(name, text_at(data, "/id")?).or(Some(data))
    };
    let metric = related("metric");
    let metric_name = metric.and_then(|metric| text_at(metric, "/attributes/name"));
    let platform = metric.and_then(|metric| {
        text_at(metric, "/attributes/integration/name").or_else(|| text_at(metric, "/attributes/service"))
    });
    let properties = ["event_properties", "properties"].into_iter().find_map(|name| attributes.get(name)?.as_object());
    let mut properties = properties.cloned().unwrap_or_default();
    for (name, property) in BESIDE {
        if let Some(value) = attributes.get(name).filter(|value| !value.is_null()) {
            properties.entry(property).or_insert_with(|| value.clone());
        }
    }
    let time = ["datetime", "time", "timestamp"].into_iter().find_map(|name| read_time(attributes.get(name)?));
    let person = related("profile");
    FoundEvent {
        event: TriggerEvent {
            id: EventId::new(text_at(resource, "/id").unwrap_or_default()),
            metric: metric_name.unwrap_or(&defaults.metric).to_owned(),
            platform: platform.unwrap_or(DEFAULT_PLATFORM).to_owned(),
            profile_id: ProfileId::new(person.and_then(|person| text_at(person, "/id")).unwrap_or_default()),
            occurred_at: time.unwrap_or(defaults.now),
            properties,
        },
        person: person.and_then(|person| read_klaviyo_profile(person).ok()),
    }
}

fn read_klaviyo_profile(resource: &Value) -> Result<Profile, String> {
    let attributes = resource.get("attributes").and_then(Value::as_object).cloned().unwrap_or_default();
    read_profile(attributes, text_at(resource, "/id"))
}

/// Our own shape, the older track call, and anything alike that names its metric.
fn read_own_event(mut map: Map<String, Value>, defaults: &Defaults) -> Result<FoundEvent, String> {
    let mut take_text = |names: &[&str]| {
        names.iter().find_map(|name| match map.get(*name) {
            Some(Value::String(_)) => match map.shift_remove(*name) {
                Some(Value::String(text)) => Some(text),
                _ => None,
            },
            _ => None,
        })
    };
    let metric = take_text(&["metric", "event", "event_name"]).unwrap_or_else(|| defaults.metric.clone());
    let platform = take_text(&["platform", "service"]).unwrap_or_else(|| DEFAULT_PLATFORM.to_owned());
    let id = take_text(&["id", "uuid"]).unwrap_or_default();
    let profile_id = take_text(&["profile_id"]).unwrap_or_default();
    let occurred_at = ["occurred_at", "datetime", "time", "timestamp"].into_iter().find_map(|name| {
        let time = read_time(map.get(name)?)?;
        map.shift_remove(name);
        Some(time)
    });
    let person = ["profile", "customer_properties"].into_iter().find_map(|name| match map.get(name) {
        Some(Value::Object(_)) => match map.shift_remove(name) {
            Some(Value::Object(person)) => Some(person),
            _ => None,
        },
        _ => None,
    });
    let properties = ["properties", "event_properties"].into_iter().find(|name| map.contains_key(*name));
    let properties = match properties.and_then(|name| map.shift_remove(name)) {
        Some(Value::Object(properties)) => properties,
        Some(_) => return Err("The event’s properties must be an object in { }.".to_owned()),
        None => std::mem::take(&mut map),
    };
    let person = match person {
        Some(person) => read_profile(person, None).ok(),
        None => person_in(&map).or_else(|| person_in(&properties)),
    };
    let event = TriggerEvent {
        id: EventId::new(id),
        metric,
        platform,
        profile_id: ProfileId::new(profile_id),
        occurred_at: occurred_at.unwrap_or(defaults.now),
        properties,
    };
    Ok(FoundEvent { event, person })
}

fn blank_event(defaults: &Defaults, properties: Map<String, Value>) -> TriggerEvent {
    TriggerEvent {
        id: EventId::new(""),
        metric: defaults.metric.clone(),
        platform: DEFAULT_PLATFORM.to_owned(),
        profile_id: ProfileId::new(""),
        occurred_at: ["time", "timestamp", "created_at"]
            .into_iter()
            .find_map(|name| read_time(properties.get(name)?))
            .unwrap_or(defaults.now),
        properties,
    }
}

/// A person named by a bare address among other properties.
fn person_in(map: &Map<String, Value>) -> Option<Profile> {
    let email = map.get("email").and_then(Value::as_str).filter(|email| email.contains('@'))?;
    let mut person = Map::new();
    person.insert("email".to_owned(), Value::String(email.to_owned()));
    read_profile(person, None).ok()
}

const NATIVE: [&str; 4] = ["email", "first_name", "last_name", "phone_number"];
const OF_LOCATION: [&str; 9] =
    ["address1", "address2", "city", "country", "latitude", "longitude", "region", "zip", "timezone"];

/// A profile by Klaviyo's names, with or without a leading `$`.
pub fn read_profile(mut map: Map<String, Value>, id: Option<&str>) -> Result<Profile, String> {
    let mut native = NATIVE.map(|name| {
        let value = map.shift_remove(name).or_else(|| map.shift_remove(&format!("${name}")));
        match value {
            Some(Value::String(text)) => text,
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        }
    });
    let mut location = match map.shift_remove("location") {
        Some(Value::Object(location)) => location,
        _ => Map::new(),
    };
    for name in OF_LOCATION {
        if let Some(value) = map.shift_remove(&format!("${name}")).filter(|_| !location.contains_key(name)) {
            location.insert(name.to_owned(), value);
        }
    }
    let own_id = match map.shift_remove("id").or_else(|| map.shift_remove("$id")) {
        Some(Value::String(text)) => text,
        _ => String::new(),
    };
    let mut properties = match map.shift_remove("properties") {
        Some(Value::Object(properties)) => properties,
        _ => Map::new(),
    };
    // What Klaviyo keeps beside the properties, such as `title`, is read in templates as `person.title`.
    for (name, value) in map {
        if !value.is_null() && !properties.contains_key(&name) {
            properties.insert(name, value);
        }
    }
    location.retain(|_, value| !value.is_null());
    let [email, first_name, last_name, phone_number] = native.each_mut().map(std::mem::take);
    if email.is_empty() && phone_number.is_empty() {
        return Err("The profile has neither an email address nor a phone number.".to_owned());
    }
    if !email.is_empty() && !email.contains('@') {
        return Err(format!("\u{201c}{email}\u{201d} is not an email address."));
    }
    let id = ProfileId::new(id.map_or(own_id, str::to_owned));
    Ok(Profile { id, email, first_name, last_name, phone_number, location, properties })
}

/// Seconds or milliseconds since 1970, or a date in text. A date without an offset is read as UTC.
pub fn read_time(value: &Value) -> Option<Timestamp> {
    match value {
        Value::Number(number) => {
            let number = number.as_f64()?;
            // Seconds of a year beyond 5000 are milliseconds of our time.
            let millis = if number.abs() < 1e11 { number * 1_000.0 } else { number };
            (millis.abs() < 2.5e14).then_some(Timestamp::from_millis(millis as i64))
        }
        Value::String(text) => {
            let text = text.trim();
            if let Ok(number) = text.parse::<f64>() {
                return serde_json::Number::from_f64(number).and_then(|number| read_time(&Value::Number(number)));
            }
            let dated = if text.len() == 10 { format!("{text}T00:00:00") } else { text.replacen(' ', "T", 1) };
            Timestamp::parse(text)
                .or_else(|| Timestamp::parse(&dated))
                .or_else(|| Timestamp::parse(&format!("{dated}Z")))
        }
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// An event in our own shape, as exports and workers have it.
pub fn event_value(event: &TriggerEvent, person: Option<&Profile>) -> Value {
    let mut map = Map::new();
    for (name, text) in [
        ("id", event.id.as_str()),
        ("metric", &event.metric),
        ("platform", &event.platform),
        ("profile_id", event.profile_id.as_str()),
    ] {
        if !text.is_empty() {
            map.insert(name.to_owned(), Value::String(text.to_owned()));
        }
    }
    map.insert("occurred_at".to_owned(), Value::String(event.occurred_at.to_string()));
    if let Some(person) = person {
        map.insert("profile".to_owned(), profile_value(person));
    }
    map.insert("properties".to_owned(), Value::Object(event.properties.clone()));
    Value::Object(map)
}

/// A profile in our own shape.
pub fn profile_value(profile: &Profile) -> Value {
    let mut map = Map::new();
    for (name, text) in [
        ("id", profile.id.as_str()),
        ("email", &profile.email),
        ("first_name", &profile.first_name),
        ("last_name", &profile.last_name),
        ("phone_number", &profile.phone_number),
    ] {
        if !text.is_empty() {
            map.insert(name.to_owned(), Value::String(text.to_owned()));
        }
    }
    map.insert("location".to_owned(), Value::Object(profile.location.clone()));
    map.insert("properties".to_owned(), Value::Object(profile.properties.clone()));
    Value::Object(map)
}
