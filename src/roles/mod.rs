//! The three roles of the one Wasm module, wired.
//!
//! In: adapters. Out: a page, a sender or a calculation worker at work.
//! Invariant: wiring only.

pub mod calculation;
pub mod library;
pub mod page;
pub mod sender;
pub mod world;

/// The channel on which all tabs and workers poke each other.
pub const CHANNEL: &str = "hookwright";
/// The inbox has something.
pub const POKE: &str = "poke";
/// The sender wrote something.
pub const CHANGED: &str = "changed";
/// A sender's words to its own page.
pub const STANDING_BY: &str = "standing-by";
pub const LEADING: &str = "leading";
/// Followed by a reason.
pub const TROUBLED: &str = "troubled:";

/// Before a context for the calculation worker, and before a job.
pub const CONTEXT_MARK: char = 'C';
pub const JOB_MARK: char = 'J';

/// Logs what could not be said to another role.
pub fn said(result: Result<(), String>) {
    if let Err(message) = result {
        hookwright::browser::console::log_failure(&message);
    }
}
