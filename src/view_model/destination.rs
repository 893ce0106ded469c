//! A destination as a screen shows it: whether it is sent to, how it fares, whether its answers can be read.
//!
//! In: what is known of a destination, the time. Out: words and tones.
//! Invariant: a destination that was never heard of is not called unhealthy.

use crate::domain::delivery::destination::Destination;
use crate::domain::delivery::practice::is_practice_url;
use crate::domain::delivery::request::{UrlHint, check_url_for_test};
use crate::domain::time::Timestamp;
use crate::view_model::delivery::Tone;
use crate::view_model::messages::{counted, outcome_headline};
use crate::view_model::time::relative;

/// Whether and how it is sent to.
pub fn state_words(destination: &Destination, now: Timestamp) -> (Tone, String) {
    match &destination.pause {
        None => (Tone::Ok, "Sent to".to_owned()),
        Some(pause) => match pause.try_at {
            None => (Tone::Wait, "Paused by hand".to_owned()),
            Some(at) if at > now => (Tone::Wait, ["Keeps failing, tried again ", &relative(at, now)].concat()),
            Some(_) => (Tone::Wait, "Keeps failing, being tried again".to_owned()),
        },
    }
}

/// Whether its answers can be read: what CORS comes to.
pub fn cors_words(destination: &Destination) -> (Tone, &'static str) {
    let n_unreadable = destination.health.as_ref().map_or(0, |health| health.n_unreadable);
    match (destination.has_answered_readably, n_unreadable) {
        _ if is_practice_url(&destination.origin) => (Tone::Ok, "Answered inside the app"),
        (true, 0) => (Tone::Ok, "Answers can be read"),
        (true, _) => (Tone::Maybe, "Some answers cannot be read"),
        (false, 0) => (Tone::Neutral, "No answer yet"),
        (false, _) => (Tone::Maybe, "No answer could be read"),
    }
}

/// How its attempts fared.
pub fn health_words(destination: &Destination) -> String {
    match &destination.health {
        None => "No attempt has ended yet".to_owned(),
        Some(health) => {
            let n_attempts = usize::try_from(health.n_attempts).unwrap_or(usize::MAX);
            [&counted(n_attempts, "attempt", "attempts"), ", ", &health.n_failed.to_string(), " failed"].concat()
        }
    }
}

/// What came back last.
pub fn last_words(destination: &Destination) -> Option<String> {
    destination.health.as_ref()?.last_outcome.as_ref().map(outcome_headline)
}

/// Whether it is this machine or a private network, for which the browser asks the person.
pub fn is_local(origin: &str) -> bool {
    check_url_for_test(origin) == Ok(Some(UrlHint::PrivateHost))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::delivery::outcome::AttemptOutcome;

    #[test]
    fn a_destination_says_how_it_fares() {
        let now = Timestamp::from_millis(0);
        let fresh = Destination::new("https://x.example");
        assert_eq!(state_words(&fresh, now), (Tone::Ok, "Sent to".to_owned()));
        assert_eq!(cors_words(&fresh).1, "No answer yet");
        let dark = fresh.after(&AttemptOutcome::Unreadable, true, now);
        assert_eq!(cors_words(&dark), (Tone::Maybe, "No answer could be read"));
        assert_eq!(health_words(&dark), "1 attempt, 0 failed");
        assert_eq!(last_words(&dark).as_deref(), Some("Answer not readable"));
        let paused = dark.paused(now);
        assert_eq!(state_words(&paused, now), (Tone::Wait, "Paused by hand".to_owned()));
        let bad = AttemptOutcome::Answered { status: 503, retry_after_millis: None };
        let failing = (0..20).fold(fresh, |known, _| known.after(&bad, true, now));
        assert_eq!(state_words(&failing, now).1, "Keeps failing, tried again in 5 min");
    }

    #[test]
    fn machines_nearby_are_told() {
        assert!(is_local("https://localhost:8443"));
        assert!(is_local("https://192.168.1.4"));
        assert!(!is_local("https://erp.example.com"));
    }
}
