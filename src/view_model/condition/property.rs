//! The properties that a condition can ask about, as the samples have them.
//!
//! In: events and profiles. Out: names with a value each, and what is asked first of such a value.
//! Invariant: looks at some dozens of samples, however many there are.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::flow::condition::{DateComparison, DateUnit, Test, TextOperator, read_date};
use crate::domain::time::Timestamp;
use crate::view_model::condition::with_operator;

/// A property that samples have, with one of its values.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownProperty {
    pub name: String,
    pub sample: Value,
}

/// At most so many samples are looked through for names.
const MAX_SAMPLES: usize = 60;

/// The properties of the events of a metric; of all events where none is of it.
pub fn event_properties(events: &[TriggerEvent], metric: Option<&str>) -> Vec<KnownProperty> {
    let is_of = |event: &&TriggerEvent| metric == Some(event.metric.as_str());
    let has_any = events.iter().any(|event| is_of(&event));
    let mut known = BTreeMap::new();
    for event in events.iter().filter(|event| !has_any || is_of(event)).take(MAX_SAMPLES) {
        collect(&event.properties, "", &mut known);
    }
    listed(known)
}

/// The properties of the profiles, those that every profile has first.
pub fn profile_properties(profiles: &[Profile]) -> Vec<KnownProperty> {
    const NATIVE: [&str; 10] = [
        "email",
        "first_name",
        "last_name",
        "phone_number",
        "location.city",
        "location.region",
        "location.country",
        "location.zip",
        "location.timezone",
        "id",
    ];
    let mut known = BTreeMap::new();
    for profile in profiles.iter().take(MAX_SAMPLES) {
        collect(&profile.properties, "", &mut known);
    }
    let native = NATIVE.map(|name| KnownProperty { name: name.to_owned(), sample: Value::String(String::new()) });
    native.into_iter().chain(listed(known)).collect()
}

fn listed(known: BTreeMap<String, Value>) -> Vec<KnownProperty> {
    known.into_iter().map(|(name, sample)| KnownProperty { name, sample }).collect()
}

/// Names, and those of objects inside, by dotted path. The shop's whole object is left out: Klaviyo does not filter on it.
fn collect(properties: &Map<String, Value>, prefix: &str, known: &mut BTreeMap<String, Value>) {
    for (name, value) in properties {
        match value {
            Value::Object(inner) if prefix.is_empty() && name != "$extra" => {
                collect(inner, &format!("{name}."), known);
            }
            Value::Null | Value::Object(_) => {}
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                known.entry(format!("{prefix}{name}")).or_insert_with(|| value.clone());
            }
        }
    }
}

/// `For example 129.5`; empty where there is nothing to show.
pub fn sample_text(sample: &Value) -> String {
    let text = match sample {
        Value::String(text) if text.is_empty() => return String::new(),
        other => other.to_string(),
    };
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("For example {}…", text.get(..end).unwrap_or_default()),
        None => format!("For example {text}"),
    }
}

/// What is asked first of a property whose sample value is this.
pub fn test_for_sample(value: &Value, now: Timestamp) -> Test {
    match value {
        Value::Number(_) => with_operator(&Test::Existence { is_set: true }, "greater-than", now),
        Value::Bool(value) => Test::Boolean { value: *value },
        Value::Array(_) => Test::ListContains { value: String::new(), is_contained: true },
        Value::String(text) if text.len() >= 8 && read_date(value).is_some() => {
            Test::Date { comparison: DateComparison::InTheLast { quantity: 30, unit: DateUnit::Day } }
        }
        Value::String(_) => Test::Text { operator: TextOperator::Equals, value: String::new() },
        Value::Null | Value::Object(_) => Test::Existence { is_set: true },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples;
    use crate::view_model::condition::operator_slug;

    const NOW: Timestamp = Timestamp::from_millis(1_772_366_400_000);

    #[test]
    fn names_come_from_the_samples_of_the_metric() {
        let samples = samples::all().unwrap();
        let names = |metric| -> Vec<String> {
            event_properties(&samples.events, metric).into_iter().map(|known| known.name).collect()
        };
        let placed = names(Some("Placed Order"));
        assert!(placed.contains(&"$value".to_owned()) && placed.contains(&"ShippingAddress.City".to_owned()));
        assert!(!placed.contains(&"ReducedPrice".to_owned()));
        assert!(names(Some("Nobody sends this")).contains(&"ReducedPrice".to_owned()));
        assert!(profile_properties(&samples.profiles).iter().any(|known| known.name == "VIP"));
    }

    #[test]
    fn the_first_question_suits_the_sample() {
        use serde_json::json;
        for (value, slug) in [
            (json!(12), "greater-than"),
            (json!(true), "is-true"),
            (json!(["M"]), "list-contains"),
            (json!("2026-02-14"), "in-the-last"),
            (json!("green"), "equals"),
            (json!(null), "is-set"),
        ] {
            assert_eq!(operator_slug(&test_for_sample(&value, NOW)), slug, "{value}");
        }
    }
}
