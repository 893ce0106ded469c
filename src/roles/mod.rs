//! The three roles of the one Wasm module, wired.
//!
//! In: adapters. Out: a page, a sender or a calculation worker at work.
//! Invariant: wiring only.

pub mod calculation;
pub mod desk;
pub mod library;
pub mod page;
pub mod parts;
pub mod sender;
pub mod world;

use hookwright::runtime::election::Heartbeat;
use hookwright::runtime::schedule::SenderWord;

/// The channel on which all tabs and workers poke each other.
pub const CHANNEL: &str = "hookwright";
/// The inbox has something.
pub const POKE: &str = "poke";
/// The sender wrote something.
pub const CHANGED: &str = "changed";
/// What a page posts when it wrote a flow.
pub const FLOWS_CHANGED: &str = "flows changed";
/// Followed by a leader's generation, and `+` if it holds the lock.
pub const HEARTBEAT: &str = "heartbeat:";
/// A sender's words to its own page.
pub const STANDING_BY: &str = "standing-by";
pub const LEADING: &str = "leading";
/// Followed by a reason.
pub const TROUBLED: &str = "troubled:";

/// Before a context for the calculation worker, and before a job.
pub const CONTEXT_MARK: char = 'C';
pub const JOB_MARK: char = 'J';
/// What the calculation worker says once it has read a context.
pub const BEGUN: &str = "begun";

/// A heartbeat as it goes over the channel.
pub fn heartbeat_text(heartbeat: Heartbeat) -> String {
    let Heartbeat { generation, has_lock } = heartbeat;
    format!("{HEARTBEAT}{generation}{}", if has_lock { "+" } else { "" })
}

/// What a sender hears in a word on the channel; `None` for words to others.
pub fn sender_word(word: &str) -> Option<SenderWord> {
    if word == POKE {
        return Some(SenderWord::Poke);
    }
    let heartbeat = word.strip_prefix(HEARTBEAT)?;
    let (generation, has_lock) = match heartbeat.strip_suffix('+') {
        Some(generation) => (generation, true),
        None => (heartbeat, false),
    };
    Some(SenderWord::Heartbeat(Heartbeat { generation: generation.parse().ok()?, has_lock }))
}

/// Logs what could not be said to another role.
pub fn said(result: Result<(), String>) {
    if let Err(message) = result {
        hookwright::browser::console::log_failure(&message);
    }
}
