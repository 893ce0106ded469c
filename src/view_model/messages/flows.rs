//! The words of the list of flows: versions, deletion, the gallery and the bridge to Klaviyo.
//!
//! In: names and numbers. Out: sentences.
//! Invariant: says what runs and what does not.

use crate::view_model::messages::sentence;

/// The bridge to Klaviyo.
pub const KLAVIYO_EXPORT: &str = "This is the body of Klaviyo’s Create Flow, and a command that sends it. The command \
     reads your private key from KLAVIYO_PRIVATE_KEY in your own shell; it has no place in a browser.";

/// An id that was not filled in.
pub const KLAVIYO_PLACEHOLDER: &str = "Without it the body holds a placeholder.";

pub fn klaviyo_id_hint(kind: &str, name: &str) -> String {
    format!("Klaviyo knows the {kind} {name} by an id of your account. You find it in the address of its page there.")
}

/// An export that leaves nothing behind.
pub const KLAVIYO_ALL_CARRIED: &str = "All of it carries over.";

/// The list of flows.
pub const FLOWS_EMPTY: &str = "A flow sends a request when an event comes in.";
pub const GALLERY_MEANING: &str = "Each comes as a draft with the practice receiver as its destination, and with a \
     payload that renders for the samples.";
pub fn gallery_missing(reason: &str) -> String {
    format!("The ready flows could not be fetched: {}", sentence(&reason))
}
pub fn file_not_saved(reason: &str) -> String {
    format!("The file could not be saved: {}", sentence(&reason))
}
pub const FLOW_WITHOUT_NAME: &str = "The flow has no name.";
pub const FLOW_NAME_MISSING: &str = "A flow needs a name to be found again.";

/// A flow was deleted.
pub fn flow_deleted(name: &str) -> String {
    format!("{name} was deleted and runs no more. Its activity stays.")
}

/// Versions.
pub const VERSIONS_EMPTY: &str = "Every save makes a version. Until the first one nothing runs.";
pub const VERSION_OLDEST: &str = "This is the oldest version there is.";
pub fn version_restored(version: u32) -> String {
    format!("Version {version} is the working copy again. Undo brings yours back; Save makes it run.")
}
