//! Sample events, profiles and the first flow: what the app has before anybody gave it anything.
//!
//! In: nothing. Out: realistic values in the shapes of five platforms, and a flow that is ready to send.
//! Invariant: ids never change, since stored documents refer to them; addresses are all under example.com or the practice receiver.

pub mod first_flow;

use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::id::EventId;

pub use crate::domain::samples::first_flow::{first_flow, order_to_erp_payload};

/// One file a platform. <https://help.klaviyo.com/hc/en-us/articles/115002779071>
const EVENT_FILES: [&str; 5] = [
    include_str!("custom_api.json"),
    include_str!("shopify.json"),
    include_str!("woocommerce.json"),
    include_str!("magento2.json"),
    include_str!("bigcommerce.json"),
];

const PROFILE_FILE: &str = include_str!("profiles.json");

/// The event a first visitor sees: order 10023, of the custom API.
const DEFAULT_EVENT: &str = "capi-placed-10023";

/// Sample events and the profiles they belong to.
#[derive(Debug, Clone, PartialEq)]
pub struct Samples {
    /// The default event first, then by platform.
    pub events: Vec<TriggerEvent>,
    pub profiles: Vec<Profile>,
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

/// Every sample. Reading them cannot fail while the files are those that were tested.
pub fn all() -> Result<Samples, serde_json::Error> {
    let mut events = Vec::new();
    for file in EVENT_FILES {
        events.append(&mut serde_json::from_str(file)?);
    }
    Ok(Samples { events, profiles: serde_json::from_str(PROFILE_FILE)? })
}
