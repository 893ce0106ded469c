//! Sample events and profiles, so that there is something to send from the first minute on.
//!
//! In: the text of `public/samples.json`. Out: events, profiles, lists and segments; and the first visit's order, which needs no network.
//! Invariant: every sample is invented; no address leads to a real person or shop.

pub mod first_flow;

use serde_json::Value;

use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::id::{EventId, ProfileId};
use crate::domain::import::{Defaults, Item, shape};
use crate::domain::lists::{ProfileSet, SetKind};
use crate::domain::time::Timestamp;

pub use crate::domain::samples::first_flow::{first_flow, order_to_erp_payload};

/// Where the app finds the other samples, beside its page: one file for all platforms and triggers.
pub const SAMPLES_FILE: &str = "samples.json";

/// The event a first visitor sees: order 10023, of the custom API.
const DEFAULT_EVENT: &str = "capi-placed-10023";

/// Sample events, the profiles they belong to, and the sets these are in.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Samples {
    pub events: Vec<TriggerEvent>,
    pub profiles: Vec<Profile>,
    /// For flows that start from a list or a segment.
    pub sets: Vec<ProfileSet>,
}

impl Samples {
    /// The event to show before one was chosen: *Placed Order* 10023.
    pub fn default_event(&self) -> Option<&TriggerEvent> {
        self.events.iter().find(|event| event.id == default_event_id())
    }

    /// Whom an event belongs to.
    pub fn profile_of(&self, event: &TriggerEvent) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.id == event.profile_id)
    }
}

/// The id of the event to show before one was chosen.
pub fn default_event_id() -> EventId {
    EventId::new(DEFAULT_EVENT)
}

/// Order 10023 and who made it.
pub fn first() -> Samples {
    // The file is tested to be readable; without it the library would start empty, and nothing else would be wrong.
    read(include_str!("first_order.json")).unwrap_or_default()
}

/// The samples in a text such as `public/samples.json`.
pub fn read(text: &str) -> Result<Samples, serde_json::Error> {
    let defaults = Defaults { metric: String::new(), now: Timestamp::from_millis(0), row_kind: None };
    let text: Value = serde_json::from_str(text)?;
    let sets = text.get("sets").and_then(Value::as_array);
    let sets = sets.into_iter().flatten().filter_map(read_set).collect();
    let (items, _) = shape::read(text, &defaults);
    let mut samples = Samples { sets, ..Samples::default() };
    for item in items {
        match item {
            Item::Event(found) => samples.events.push(found.event),
            Item::Profile(profile) => samples.profiles.push(profile),
        }
    }
    Ok(samples)
}

fn read_set(set: &Value) -> Option<ProfileSet> {
    let kind = if set.get("kind")?.as_str()? == "segment" { SetKind::Segment } else { SetKind::List };
    let members = set.get("members")?.as_array()?.iter().filter_map(|id| id.as_str().map(ProfileId::new)).collect();
    Some(ProfileSet { kind, name: set.get("name")?.as_str()?.to_owned(), members })
}

/// Every sample, for what runs natively; the app fetches the same file.
#[cfg(not(target_arch = "wasm32"))]
pub fn all() -> Result<Samples, serde_json::Error> {
    read(include_str!("../../../public/samples.json"))
}
