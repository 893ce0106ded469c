//! The sandbox: a template, an event and a person as text, with nothing to set up.
//!
//! In: what was typed, or a link. Out: an event and a profile to render with, or what is wrong with the JSON.
//! Invariant: what was typed is kept as it is, right or wrong.

use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::id::{EventId, ProfileId};
use crate::domain::samples;
use crate::domain::time::Timestamp;
use crate::view_model::json_text::{JsonProblem, parse_object};
use crate::view_model::sample::{event_text, profile_from_text, profile_text};
use crate::view_model::share::Shared;

/// What stands in the sandbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sandbox {
    pub shared: Shared,
    /// What stood here before a link was opened.
    pub before: Option<Box<Shared>>,
}

impl Default for Sandbox {
    fn default() -> Self {
        Self { shared: first_sandbox(), before: None }
    }
}

/// What a first visitor finds.
fn first_sandbox() -> Shared {
    let samples = samples::first();
    let event = samples.default_event();
    let profile = event.and_then(|event| samples.profile_of(event));
    Shared {
        template: samples::order_to_erp_payload().to_owned(),
        event: event.map(event_text).unwrap_or_default(),
        profile: profile.map(profile_text).unwrap_or_default(),
        is_django: false,
        is_autoescape_on: false,
    }
}

/// The event that the text says.
pub fn sandbox_event(text: &str) -> Result<TriggerEvent, JsonProblem> {
    Ok(TriggerEvent {
        id: EventId::new("sandbox"),
        metric: "Sandbox".to_owned(),
        platform: "Sandbox".to_owned(),
        profile_id: ProfileId::new("sandbox"),
        occurred_at: Timestamp::from_millis(0),
        properties: parse_object(text)?,
    })
}

/// The person that the text says.
pub fn sandbox_profile(text: &str) -> Result<Profile, JsonProblem> {
    let blank = Profile {
        id: ProfileId::new("sandbox"),
        email: String::new(),
        first_name: String::new(),
        last_name: String::new(),
        phone_number: String::new(),
        location: serde_json::Map::new(),
        properties: serde_json::Map::new(),
    };
    profile_from_text(&blank, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sandbox_is_ready_to_render() {
        let Sandbox { shared, before } = Sandbox::default();
        assert!(sandbox_event(&shared.event).is_ok_and(|event| !event.properties.is_empty()));
        assert!(sandbox_profile(&shared.profile).is_ok_and(|profile| profile.email.contains('@')));
        assert_eq!(before, None);
    }

    #[test]
    fn wrong_json_is_told_at_its_line() {
        assert_eq!(sandbox_event("{\n\"a\": }").map_err(|problem| problem.line), Err(2));
    }
}
