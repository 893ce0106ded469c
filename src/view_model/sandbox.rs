//! The sandbox: a template, an event, a person and snippets as text, with nothing to set up.
//!
//! In: what was typed, or a link. Out: what to render with, or what is wrong with the text.
//! Invariant: what was typed is kept as it is, right or wrong.

use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::id::{EventId, ProfileId};
use crate::domain::payload::PAYLOAD_NAME;
use crate::domain::samples;
use crate::domain::time::Timestamp;
use crate::view_model::json_text::{JsonProblem, parse_object};
use crate::view_model::sample::{event_text, profile_from_text, profile_text};
use crate::view_model::share::Shared;

/// What a first visitor finds.
pub fn first_sandbox() -> Shared {
    let samples = samples::first();
    let event = samples.default_event();
    let profile = event.and_then(|event| samples.profile_of(event));
    Shared {
        template: samples::order_to_erp_payload().to_owned(),
        event: event.map(event_text).unwrap_or_default(),
        profile: profile.map(profile_text).unwrap_or_default(),
        snippets: String::new(),
        is_django: false,
        is_autoescape_on: false,
    }
}

/// Templates that the payload may include and extend, each a name and a source.
pub type Snippets = Vec<(String, String)>;

/// The line before a snippet.
const SNIPPET_MARK: &str = "===";

/// The snippets that the text says, each a name and a source: a line `=== name` stands before each.
pub fn sandbox_snippets(text: &str) -> Result<Snippets, JsonProblem> {
    let problem = |line: usize, message: String| Err(JsonProblem { line, column: 1, message });
    let mut snippets = Snippets::new();
    for (line_idx, line) in text.lines().enumerate() {
        if let Some(name) = line.strip_prefix(SNIPPET_MARK) {
            let name = name.trim();
            if name.is_empty() {
                return problem(line_idx + 1, "The snippet needs a name, as in === greeting.".to_owned());
            }
            if name == PAYLOAD_NAME || snippets.iter().any(|(taken, _)| taken == name) {
                return problem(line_idx + 1, format!("The name {name} is taken."));
            }
            snippets.push((name.to_owned(), String::new()));
        } else if let Some((_, source)) = snippets.last_mut() {
            source.push_str(line);
            source.push('\n');
        } else if !line.trim().is_empty() {
            return problem(line_idx + 1, "A line such as === greeting names the snippet that follows.".to_owned());
        }
    }
    for (_, source) in &mut snippets {
        // The break before the next name is not the snippet's.
        source.pop();
    }
    Ok(snippets)
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
        let shared = first_sandbox();
        assert!(sandbox_event(&shared.event).is_ok_and(|event| !event.properties.is_empty()));
        assert!(sandbox_profile(&shared.profile).is_ok_and(|profile| profile.email.contains('@')));
    }

    #[test]
    fn snippets_are_told_apart_by_the_lines_before_them() {
        let own = |name: &str, source: &str| (name.to_owned(), source.to_owned());
        let text = "\n=== who\n{{ email }}\n\n===  list/item \n{{ item }},\n=== empty\n";
        let expected = vec![own("who", "{{ email }}\n"), own("list/item", "{{ item }},"), own("empty", "")];
        assert_eq!(sandbox_snippets(text), Ok(expected));
        assert_eq!(sandbox_snippets(""), Ok(Vec::new()));
        for (text, line) in [("{{ email }}", 1), ("\n===", 2), ("=== a\n=== a", 2), ("=== payload", 1)] {
            assert_eq!(sandbox_snippets(text).map_err(|problem| problem.line), Err(line), "{text}");
        }
    }

    #[test]
    fn wrong_json_is_told_at_its_line() {
        assert_eq!(sandbox_event("{\n\"a\": }").map_err(|problem| problem.line), Err(2));
    }
}
