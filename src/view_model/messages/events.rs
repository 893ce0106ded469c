//! The words of events, profiles, lists and segments, and of what brings them in.
//!
//! In: names and counts. Out: sentences.
//! Invariant: one bad row is told without blaming the file.

use crate::view_model::messages::{counted, sentence};

/// A profile was looked up by what nobody has.
pub const NO_SUCH_PROFILE: &str = "There is no profile of this address. Add it under Profiles.";

/// Profiles came into lists and segments that start flows.
pub fn library_started(n_flows: usize, n_profiles: usize) -> String {
    let profiles = counted(n_profiles, "profile", "profiles");
    let flows = counted(n_flows, "flow", "flows");
    format!("{profiles} started {flows}. See Activity for what came of it.")
}

/// The samples that come with the app could not be fetched.
pub fn samples_missing(reason: &str) -> String {
    format!("The samples could not be fetched: {} Your own events are untouched.", sentence(&reason))
}

/// Imports.
pub const IMPORT_ENCODING_GUESSED: &str =
    "The file is not UTF-8; it was read as Windows-1252. Look at letters with accents before you import.";

pub const IMPORT_NOTHING_PASTED: &str = "There is no text to read. Paste some, or choose a file.";

pub fn import_one_at_a_time(name: &str, n_others: u32) -> String {
    let others = counted(n_others as usize, "file", "files");
    format!("{name} was read; {others} waits for an import of its own.")
}

pub fn import_too_large(name: &str) -> String {
    format!("{name} is larger than 64 MB. Split it, and import the parts one after the other.")
}

pub fn import_unreadable(name: &str, reason: &str) -> String {
    format!("{name} could not be read: {}", sentence(&reason))
}

pub fn import_stopped(reason: &str) -> String {
    format!("Reading stopped: {} What was read so far is below.", sentence(&reason))
}

pub fn import_progress(percent: u32, n_items: usize) -> String {
    format!("Reading, {percent} %: {} so far.", counted(n_items, "record", "records"))
}

/// Lists and segments.
pub fn set_name_taken(kind: &str) -> String {
    format!("There is a {} of this name already.", kind.to_lowercase())
}

pub fn set_starts(flow_names: &[String]) -> String {
    match flow_names {
        [] => "No saved flow starts from it.".to_owned(),
        names => format!("Adding a profile starts {}.", names.join(", ")),
    }
}

/// What stands in the place of an event or profile.
pub const SAMPLE_UNCHOSEN: &str =
    "Its JSON opens here. Templates read what is in an event as event.name, and in a profile as person.name.";
pub const SAMPLES_EMPTY: &str =
    "Import a file or paste JSON, or take the samples of five platforms that come with the app.";
pub const SEARCH_FOUND_NOTHING: &str = "Change or clear the search.";
pub const METRIC_STARTS_NOTHING: &str = "No flow starts from this metric.";
pub const JSON_NOT_KEPT: &str = "Valid JSON, not kept yet.";
pub const METRIC_MISSING: &str = "Enter the metric’s name, such as Placed Order.";
pub const TIME_UNREADABLE: &str = "Enter a time such as 2026-03-01T12:00:00Z.";

/// A JSON text is wrong, and where.
pub fn json_problem(line: usize, column: usize, message: &str) -> String {
    format!("Line {line}, column {column}: {message}")
}

/// What an import takes and an export gives.
pub const IMPORT_MEANING: &str = "JSON, JSON Lines or CSV: your own events, or answers and bodies of Klaviyo’s Events \
     and Profiles APIs. Nothing is kept before you have seen it.";
pub const EXPORT_FORMS: &str = "Import reads all of them again. Events carry the people they belong to. Klaviyo gives \
     ids of its own, so bodies for its API have none.";

pub const SETS_EMPTY: &str =
    "Make one here, then choose it as the trigger of a flow. Adding a profile starts the flow for that profile.";
pub const SET_HAS_PROFILE: &str = "This profile is in it already.";

/// A list or segment is about to be deleted.
pub fn set_doomed(name: &str) -> String {
    format!("{name} is gone for good; its profiles stay. Flows that name it start for no profile.")
}

/// A text was read, and there is nothing in it.
pub const NOTHING_TO_IMPORT: &str = "Nothing to import: this holds neither an event nor a profile.";
