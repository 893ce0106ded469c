//! The words of rehearsals, dry runs and runs of many events.
//!
//! In: counts. Out: sentences.
//! Invariant: what would happen is never said as if it had.

use crate::view_model::messages::{counted, sentence};
use crate::view_model::time::duration;

pub const REHEARSAL_MEANING: &str = "Every destination is answered by the practice receiver’s script here, and nothing \
     leaves this page. Delays, retries and limits are those of the real sender; its schedule is Hookwright’s, since \
     Klaviyo publishes no intervals.";

pub const REHEARSAL_EMPTY: &str = "Press Play, or Next event to go one by one.";

pub const REHEARSAL_NO_REQUEST: &str = "The first request appears here as it would be sent.";

/// How long until something happens.
pub fn next_happens(millis: i64) -> String {
    if millis <= 0 {
        "The next event is now.".to_owned()
    } else {
        format!("The next event is in {}.", duration(millis))
    }
}

/// What a rehearsal came to.
pub fn rehearsed(n_arrived: usize, n_refused: usize, n_attempts: usize, n_may_have_arrived: usize) -> String {
    let arrived = counted(n_arrived, "profile came in", "profiles came in");
    let attempts = counted(n_attempts, "attempt", "attempts");
    let rest = told([(n_refused, "not let in"), (n_may_have_arrived, "may have arrived")]);
    format!("{arrived}, {attempts}{rest}")
}

/// `, 3 not let in`: what there is, after what is always said.
fn told<const N: usize>(parts: [(usize, &str); N]) -> String {
    let there = parts.iter().filter(|(n, _)| *n > 0);
    there.map(|(n, words)| format!(", {n} {words}")).collect()
}

/// All events that could start the flow.
pub fn all_that_fit(n: usize) -> String {
    match n {
        0 => "No event fits the trigger".to_owned(),
        1 => "The one event that fits".to_owned(),
        n => format!("All {n} events that fit"),
    }
}

/// How far a file was read.
pub fn file_read(n_items: usize, n_problems: usize, is_done: bool) -> String {
    let items = counted(n_items, "entry read", "entries read");
    match (is_done, n_problems) {
        (false, _) => format!("Reading: {items}"),
        (true, 0) => format!("{items}."),
        (true, n) => format!("{items}, {n} could not be read."),
    }
}

pub const BULK_RUN_MEANING: &str = "The same arrivals go through the saved flow and are really sent. Try it dry first. What \
     was handed to the sender is kept; what was not is gone if this tab closes.";

pub const STREAM_MEANING: &str = "Fires the same arrivals one after another, round and round, through the saved flow.";

/// What a dry run came to.
pub fn dry_run(n_tried: usize, n_all: usize, result: &DryRunCounts) -> String {
    let DryRunCounts { n_sent, n_for_review, n_invalid, n_refused, n_delayed } = *result;
    let of = if n_tried < n_all { format!("Of the first {n_tried}: ") } else { String::new() };
    let rest = told([
        (n_for_review, "would wait for review"),
        (n_invalid, "cannot be sent"),
        (n_refused, "not let in"),
        (n_delayed, "would wait at a delay"),
    ]);
    format!("{of}{n_sent} would be sent{rest}.")
}

/// What a dry run counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DryRunCounts {
    pub n_sent: usize,
    pub n_for_review: usize,
    pub n_invalid: usize,
    pub n_refused: usize,
    pub n_delayed: usize,
}

/// Why one of many would not be sent.
pub fn arrival_problem(number: usize, problem: &str) -> String {
    format!("Number {number}: {}", sentence(&problem))
}

/// The button that sends for real.
pub fn send_for_real(n: usize) -> String {
    format!("Send {} for real", counted(n, "event", "events"))
}

/// How far a bulk run has come.
pub fn fired(n_fired: usize, n_all: usize, is_paused: bool) -> String {
    let so_far = format!("{n_fired} of {} given to the sender", counted(n_all, "event", "events"));
    if is_paused { format!("Paused: {so_far}.") } else { format!("{so_far}.") }
}

/// How many a stream fired.
pub fn streamed(n: usize) -> String {
    format!("{} fired.", counted(n, "event", "events"))
}

pub const ALL_LIVE_MEANING: &str = "A draft would be passed over, and a manual one would wait for you.";
