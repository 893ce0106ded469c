//! Writes events and profiles as text that can be imported again.
//!
//! In: events, profiles. Out: JSON, JSON Lines, CSV, or bodies of Klaviyo's API.
//! Invariant: what is written is read again as the same events and profiles; Klaviyo's bodies have no ids of ours.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::id::ProfileId;
use crate::domain::import::Layout;
use crate::domain::import::bodies::{create_event_body, create_profile_body};
use crate::domain::import::cell::write_cell;
use crate::domain::import::csv::write_record;
use crate::domain::import::shape::{event_value, profile_value};

/// What a file is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportForm {
    /// One list.
    Json,
    /// One value a line.
    JsonLines,
    /// A head line, then one row a line.
    Csv,
    /// The bodies of Klaviyo's *Create Event* or *Create Profile*, one a line.
    KlaviyoBodies,
}

impl ExportForm {
    /// How the file is laid out.
    pub const fn layout(self) -> Layout {
        match self {
            Self::Json => Layout::Json,
            Self::JsonLines | Self::KlaviyoBodies => Layout::JsonLines,
            Self::Csv => Layout::Csv,
        }
    }
}

/// The ending of a file's name.
pub const fn extension(layout: Layout) -> &'static str {
    match layout {
        Layout::Json => "json",
        Layout::JsonLines => "jsonl",
        Layout::Csv => "csv",
    }
}

/// The media type of a file.
pub const fn media_type(layout: Layout) -> &'static str {
    match layout {
        Layout::Json => "application/json",
        Layout::JsonLines => "application/x-ndjson",
        Layout::Csv => "text/csv",
    }
}

/// Events with the people they belong to.
pub fn write_events(events: &[&TriggerEvent], profiles: &[Profile], form: ExportForm) -> String {
    let people: BTreeMap<&ProfileId, &Profile> = profiles.iter().map(|profile| (&profile.id, profile)).collect();
    let each = |write: fn(&TriggerEvent, Option<&Profile>) -> Value| {
        events.iter().map(|event| write(event, people.get(&event.profile_id).copied())).collect::<Vec<_>>()
    };
    match form {
        ExportForm::Json => write_list(each(event_value)),
        ExportForm::JsonLines => write_lines(&each(event_value)),
        ExportForm::KlaviyoBodies => write_lines(&each(create_event_body)),
        ExportForm::Csv => {
            const FIELDS: [&str; 6] = ["id", "metric", "platform", "occurred_at", "profile_id", "email"];
            let rows = events.iter().map(|event| {
                let email = people.get(&event.profile_id).map(|person| person.email.clone()).unwrap_or_default();
                let fields = vec![
                    event.id.to_string(),
                    event.metric.clone(),
                    event.platform.clone(),
                    event.occurred_at.to_string(),
                    event.profile_id.to_string(),
                    email,
                ];
                (fields, Map::new(), &event.properties)
            });
            write_table(&FIELDS, &rows.collect::<Vec<_>>())
        }
    }
}

/// Profiles.
pub fn write_profiles(profiles: &[&Profile], form: ExportForm) -> String {
    let each = |write: fn(&Profile) -> Value| profiles.iter().map(|profile| write(profile)).collect::<Vec<_>>();
    match form {
        ExportForm::Json => write_list(each(profile_value)),
        ExportForm::JsonLines => write_lines(&each(profile_value)),
        ExportForm::KlaviyoBodies => write_lines(&each(create_profile_body)),
        ExportForm::Csv => {
            const FIELDS: [&str; 5] = ["id", "email", "first_name", "last_name", "phone_number"];
            let rows = profiles.iter().map(|profile| {
                let fields = vec![
                    profile.id.to_string(),
                    profile.email.clone(),
                    profile.first_name.clone(),
                    profile.last_name.clone(),
                    profile.phone_number.clone(),
                ];
                (fields, profile.location.clone(), &profile.properties)
            });
            write_table(&FIELDS, &rows.collect::<Vec<_>>())
        }
    }
}

fn write_list(values: Vec<Value>) -> String {
    serde_json::to_string_pretty(&Value::Array(values)).unwrap_or_default() + "\n"
}

fn write_lines(values: &[Value]) -> String {
    values.iter().map(|value| format!("{value}\n")).collect()
}

type TableRow<'a> = (Vec<String>, Map<String, Value>, &'a Map<String, Value>);

fn write_table(fields: &[&str], rows: &[TableRow<'_>]) -> String {
    let mut places: Vec<&str> = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    for (_, location, properties) in rows {
        add_new(&mut places, location);
        add_new(&mut names, properties);
    }
    let mut out = String::new();
    let heads = fields.iter().map(|field| (*field).to_owned());
    let places_heads = places.iter().map(|name| format!("location.{name}"));
    // Every property says that it is one, or `email` and the like would be read as a field.
    let names_heads = names.iter().map(|name| format!("properties.{name}"));
    write_record(&mut out, heads.chain(places_heads).chain(names_heads));
    for (own, location, properties) in rows {
        let cell = |map: &Map<String, Value>, name: &&str| map.get(*name).map(write_cell).unwrap_or_default();
        // A location is text in every field, so it needs no marks of JSON.
        let place = |name: &&str| match location.get(*name) {
            Some(Value::String(text)) => text.clone(),
            Some(value) => value.to_string(),
            None => String::new(),
        };
        let cells = own.iter().cloned().chain(places.iter().map(place));
        write_record(&mut out, cells.chain(names.iter().map(|name| cell(properties, name))));
    }
    out
}

fn add_new<'a>(names: &mut Vec<&'a str>, map: &'a Map<String, Value>) {
    for name in map.keys() {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
}
