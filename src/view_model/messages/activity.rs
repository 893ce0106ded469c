//! The words of the activity log: searches, exports, and acts on one delivery or many.
//!
//! In: numbers and names. Out: sentences.
//! Invariant: an act on many says what it leaves alone.

use crate::view_model::messages::{counted, sentence, thousands};

pub const EXPORT_MEANING: &str = "CSV has a row for each delivery. JSON Lines has everything: the request, every attempt \
     and what came back.";

/// Exports.
pub fn export_failed(reason: &str) -> String {
    format!("The file could not be made: {}", sentence(&reason))
}

/// A file was written.
pub fn exported(n_deliveries: usize) -> String {
    format!("{} exported.", counted(n_deliveries, "delivery", "deliveries"))
}

/// A file is being written.
pub fn writing(n_deliveries: usize) -> String {
    format!("Writing: {}", counted(n_deliveries, "delivery", "deliveries"))
}

/// A search, as far as it has come.
pub fn searched(n_looked_at: usize, n_all: usize, n_found: usize, is_done: bool) -> String {
    let found = counted(n_found, "delivery found", "deliveries found");
    if is_done {
        format!("{found} among {}.", thousands(n_looked_at))
    } else {
        format!("Searching: {} of {}, {found}", thousands(n_looked_at), thousands(n_all.max(n_looked_at)))
    }
}

/// Whom an act is for.
pub fn all_found(n: Option<usize>) -> String {
    match n {
        Some(1) => "The delivery that fits".to_owned(),
        Some(n) => format!("All {} deliveries that fit", thousands(n)),
        None => "All deliveries that fit".to_owned(),
    }
}

/// Whom an act is for.
pub fn selected(n: usize) -> String {
    format!("{} selected", counted(n, "delivery", "deliveries"))
}

/// The question before an act on many.
pub fn bulk_title(verb: &str, n: Option<usize>) -> String {
    match n {
        Some(1) => format!("{verb} 1 delivery?"),
        Some(n) => format!("{verb} {} deliveries?", thousands(n)),
        None => format!("{verb} all deliveries that fit?"),
    }
}

/// An act on many was asked for.
pub fn bulk_started(verb: &str, n: Option<usize>) -> String {
    match n {
        Some(n) => format!("{verb}: {} given to the sender.", counted(n, "delivery", "deliveries")),
        None => format!("{verb}: all deliveries that fit given to the sender."),
    }
}

pub const BULK_RESEND_MEANING: &str = "Each delivery that is finished gets one more attempt, in turn. No new schedule \
     starts, and receivers may get an order twice. Those that still wait are left alone.";

pub const BULK_DISMISS_MEANING: &str = "What waits or was skipped is closed for good: nothing more is tried by itself. \
     Delivered ones are left alone. Each can still be resent by hand.";

pub const BULK_APPROVE_MEANING: &str = "Everything that waits in Needs review is sent now. The rest is left alone.";

pub const EDIT_MEANING: &str = "This makes a new delivery, linked to the old one, which stays as it was.";

/// A body that the receiver may not understand.
pub fn not_json(reason: &str) -> String {
    format!("This is not JSON: {reason}. It can be sent all the same.")
}

/// A line without a header.
pub fn no_colon(line: &str) -> String {
    format!("“{line}” has no colon. Write Name: value.")
}

pub const FORGET_MEANING: &str = "Their profile, their events, every delivery to them with its attempts, and every entry \
     of the log about them are deleted here. What receivers got already stays with them. This cannot be undone.";

/// A person is being removed.
pub fn forgetting(email: &str) -> String {
    format!("{email} is being forgotten.")
}

/// The log is empty, or a filter finds nothing.
pub const LOG_EMPTY: &str =
    "Send a test request from a flow, or fire an event. Each delivery appears here with its attempts.";
pub const LOG_NOTHING_FITS: &str = "Choose another status or flow.";
/// A link to a delivery that leads nowhere.
pub const DELIVERY_NOT_HERE: &str = "It was removed, or the link comes from another browser.";
/// A response body was longer than what is kept.
pub const BODY_CUT: &str = "The first 64 KiB are kept.";
/// The last day had nothing to show.
pub const NO_FAILURES: &str = "No attempt failed in the last 24 hours.";
pub const NO_ANSWERS: &str = "Nothing was answered in the last 24 hours.";
