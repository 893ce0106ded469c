//! The library on the screen: which events and profiles show, in which order, under which words.
//!
//! In: events, profiles, a search, an order. Out: ids in order, rows, choices.
//! Invariant: the same library and query give the same order; ties are settled by id.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::id::ProfileId;
use crate::domain::import::resolve::Resolved;
use crate::domain::import::{Item, RowProblem};
use crate::view_model::messages::{self, counted, thousands};
use crate::view_model::sample::event_label;

/// What shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LibraryQuery {
    /// Every word must be found in the row.
    pub search: String,
    /// Only this metric; empty for all.
    pub metric: String,
    /// One of [`EVENT_ORDERS`] or [`PROFILE_ORDERS`].
    pub order: String,
}

/// How events can be ordered: value and label.
pub const EVENT_ORDERS: [(&str, &str); 5] = [
    ("newest", "Newest first"),
    ("oldest", "Oldest first"),
    ("metric", "Metric"),
    ("platform", "Platform"),
    ("person", "Person"),
];

/// How profiles can be ordered.
pub const PROFILE_ORDERS: [(&str, &str); 3] =
    [("email", "Email address"), ("name", "Name"), ("events", "Most events first")];

/// The ids of the events that show, in order.
pub fn find_events(events: &[TriggerEvent], profiles: &[Profile], query: &LibraryQuery) -> Vec<String> {
    let words = words_of(&query.search);
    let people: BTreeMap<&ProfileId, &Profile> = profiles.iter().map(|profile| (&profile.id, profile)).collect();
    let email = |event: &TriggerEvent| people.get(&event.profile_id).map_or("", |person| person.email.as_str());
    let mut found: Vec<&TriggerEvent> = events
        .iter()
        .filter(|event| query.metric.is_empty() || event.metric == query.metric)
        .filter(|event| {
            words.is_empty()
                || has_words(&format!("{} {} {}", event_label(event), event.platform, email(event)), &words)
        })
        .collect();
    match query.order.as_str() {
        "oldest" => found.sort_by_key(|event| event.occurred_at),
        "metric" => found.sort_by(|one, other| one.metric.cmp(&other.metric)),
        "platform" => found.sort_by(|one, other| one.platform.cmp(&other.platform)),
        "person" => found.sort_by(|one, other| email(one).cmp(email(other))),
        _ => found.sort_by_key(|event| std::cmp::Reverse(event.occurred_at)),
    }
    found.into_iter().map(|event| event.id.to_string()).collect()
}

/// The ids of the profiles that show, in order.
pub fn find_profiles(events: &[TriggerEvent], profiles: &[Profile], query: &LibraryQuery) -> Vec<String> {
    let words = words_of(&query.search);
    let mut found: Vec<&Profile> = profiles
        .iter()
        .filter(|profile| words.is_empty() || has_words(&format!("{} {}", profile.email, full_name(profile)), &words))
        .collect();
    match query.order.as_str() {
        "name" => found.sort_by_key(|profile| full_name(profile).to_lowercase()),
        "events" => {
            let mut n_events: BTreeMap<&ProfileId, usize> = BTreeMap::new();
            for event in events {
                *n_events.entry(&event.profile_id).or_default() += 1;
            }
            found.sort_by_key(|profile| std::cmp::Reverse(n_events.get(&profile.id).copied().unwrap_or_default()));
        }
        _ => found.sort_by(|one, other| one.email.cmp(&other.email)),
    }
    found.into_iter().map(|profile| profile.id.to_string()).collect()
}

/// The metrics there are, each once, in order.
pub fn metrics(events: &[TriggerEvent]) -> Vec<String> {
    let found: BTreeSet<&str> = events.iter().map(|event| event.metric.as_str()).collect();
    found.into_iter().map(str::to_owned).collect()
}

/// First and last name.
pub fn full_name(profile: &Profile) -> String {
    format!("{} {}", profile.first_name, profile.last_name).trim().to_owned()
}

/// What a profile is called in a list: its address, else its number, else its id.
pub fn profile_title(profile: &Profile) -> String {
    let known = [&profile.email, &profile.phone_number].into_iter().find(|text| !text.is_empty());
    known.cloned().unwrap_or_else(|| profile.id.to_string())
}

fn words_of(search: &str) -> Vec<String> {
    search.to_lowercase().split_whitespace().map(str::to_owned).collect()
}

fn has_words(row: &str, words: &[String]) -> bool {
    let row = row.to_lowercase();
    words.iter().all(|word| row.contains(word.as_str()))
}

/// What was read, in one sentence.
pub fn read_words(items: &[Item], problems: &[RowProblem]) -> String {
    let n_events = items.iter().filter(|item| matches!(item, Item::Event(_))).count();
    let parts = [(n_events, "event", "events"), (items.len() - n_events, "profile", "profiles")];
    let parts: Vec<String> =
        parts.into_iter().filter(|(n, ..)| *n > 0).map(|(n, one, many)| some(n, one, many)).collect();
    let found = if parts.is_empty() { "Nothing to import".to_owned() } else { parts.join(" and ") };
    match problems.len() {
        0 if parts.is_empty() => messages::NOTHING_TO_IMPORT.to_owned(),
        0 => format!("{found}."),
        1 => format!("{found}; 1 row is left out."),
        n => format!("{found}; {} rows are left out.", thousands(n)),
    }
}

/// What an import would change, a sentence each.
pub fn change_words(resolved: &Resolved) -> Vec<String> {
    let mut words = Vec::new();
    let n_new = resolved.events.len() - resolved.n_replaced_events;
    let n_new_profiles = resolved.profiles.len() - resolved.n_replaced_profiles;
    let mut say = |n: usize, one: &str, many: &str, rest: &str| {
        if n > 0 {
            words.push(format!("{} {rest}", some(n, one, many)));
        }
    };
    say(n_new, "event", "events", "will be added.");
    say(n_new_profiles, "profile", "profiles", "will be added.");
    say(resolved.n_replaced_events, "event", "events", "of the same id will be replaced.");
    say(resolved.n_replaced_profiles, "profile", "profiles", "of the same id or address will be replaced.");
    say(resolved.n_same, "record", "records", "here already, just the same.");
    words
}

/// `1 event`, `1,024 events`.
pub fn some(n: usize, one: &str, many: &str) -> String {
    if n < 1_000 { counted(n, one, many) } else { format!("{} {many}", thousands(n)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples;

    fn ids(search: &str, metric: &str, order: &str) -> Vec<String> {
        let samples = samples::all().expect("samples");
        let query = LibraryQuery { search: search.to_owned(), metric: metric.to_owned(), order: order.to_owned() };
        find_events(&samples.events, &samples.profiles, &query)
    }

    #[test]
    fn every_word_must_be_found_in_any_order() {
        assert_eq!(ids("10023 placed ANN", "", "newest"), ["capi-placed-10023"]);
        assert_eq!(ids("10023 nobody", "", "newest"), Vec::<String>::new());
        assert_eq!(ids("", "Price Drop", "oldest"), ["capi-price-drop-1", "capi-price-drop-2"]);
        assert_eq!(ids("", "Price Drop", "newest"), ["capi-price-drop-2", "capi-price-drop-1"]);
    }

    #[test]
    fn profiles_are_ordered_by_their_events() {
        let samples = samples::all().expect("samples");
        let query = |order: &str| LibraryQuery { order: order.to_owned(), ..LibraryQuery::default() };
        let found = find_profiles(&samples.events, &samples.profiles, &query("events"));
        assert_eq!(found.last().map(String::as_str), Some("01HPROFGUS"), "Gus has none");
        let found = find_profiles(&samples.events, &samples.profiles, &query("email"));
        assert_eq!(found.first().map(String::as_str), Some("01HPROFANN"));
    }

    #[test]
    fn an_import_says_what_it_changes() {
        let samples = samples::all().expect("samples");
        let resolved = Resolved {
            events: samples.events.clone(),
            n_replaced_events: samples.events.len() - 1,
            n_same: 2,
            ..Resolved::default()
        };
        assert_eq!(
            change_words(&resolved),
            [
                "1 event will be added.".to_owned(),
                format!("{} events of the same id will be replaced.", samples.events.len() - 1),
                "2 records here already, just the same.".to_owned()
            ]
        );
        let problem = RowProblem { line: 1, message: String::new() };
        assert_eq!(read_words(&[], &[problem]), "Nothing to import; 1 row is left out.");
        assert_eq!(read_words(&[], &[]), messages::NOTHING_TO_IMPORT);
    }
}
