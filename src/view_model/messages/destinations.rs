//! The words of destinations: their limits, pauses, and what a browser may read of an answer.
//!
//! In: states and numbers. Out: sentences.
//! Invariant: what cannot be read is never said to have failed.

pub const DESTINATION_PAUSED_MEANING: &str = "Nothing is sent there meanwhile, and no attempt is spent. What comes due \
     waits, and is sent when the pause ends.";

pub const CONCURRENCY_HINT: &str = "Empty for the number in Settings.";

pub const RATE_HINT: &str = "Empty for no limit.";

/// A number outside its bounds.
pub fn whole_number(least: u32, most: u32) -> String {
    format!("Enter a whole number from {least} to {most}, or nothing.")
}

pub const DOCTOR_MEANING: &str = "A browser lets a page read an answer only where the receiver says so. Without that the \
     request may still have arrived, and nobody here can tell. These are the words the receiver has to say.";

pub const DOCTOR_ORIGIN: &str = "Allow the origin this app is served from, not every origin. Without Retry-After among \
     the exposed headers the app cannot read how long to wait.";

/// What the browser says of reaching machines nearby.
pub fn local_network(state: Option<&str>) -> String {
    match state {
        Some("granted") => "This host is on this machine or its network, and the browser lets this app reach it.",
        Some("denied") => {
            "This host is on this machine or its network, and the browser was told to keep this app away from it. Allow \
             local network access in the site’s settings, beside the address."
        }
        Some(_) => {
            "This host is on this machine or its network. The browser asks for leave at the first request; answer it in \
             this tab."
        }
        None => {
            "This host is on this machine or its network. This browser does not say whether it lets pages reach it; newer \
             ones ask at the first request."
        }
    }
    .to_owned()
}

/// Hints at the destination's field.
pub const URL_PRACTICE: &str = "Answered inside the app by the practice receiver. Nothing leaves this browser.";

pub const URL_PRIVATE: &str =
    "This host is private: the browser may ask for permission, and Klaviyo itself could not reach it.";

/// No destination is known yet, or nothing of this one.
pub const DESTINATIONS_EMPTY: &str =
    "Each scheme, host and port that a webhook sends to gets a page here, with its health and its limits.";
pub const DESTINATION_EMPTY: &str = "Health, limits and failures are shown once the first attempt has ended.";
pub const DESTINATION_NOTHING_SKIPPED: &str = "No delivery to this destination was skipped.";
