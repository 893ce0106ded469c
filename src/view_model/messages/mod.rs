//! Every sentence said to a person: what happened, what it means for their data, what they can do.
//!
//! In: outcomes, reasons, troubles, counts and names. Out: sentences, one file a subject.
//! Invariant: no machine's phrase reaches the screen without a sentence of ours around it.

mod activity;
mod builder;
mod delivery;
mod destinations;
mod events;
mod flows;
mod members;
mod payload;
mod rehearsal;
mod settings;
mod shell;
mod storage;

use std::fmt::Display;

pub use self::activity::*;
pub use self::builder::*;
pub use self::delivery::*;
pub use self::destinations::*;
pub use self::events::*;
pub use self::flows::*;
pub use self::members::*;
pub use self::payload::*;
pub use self::rehearsal::*;
pub use self::settings::*;
pub use self::shell::*;
pub use self::storage::*;

/// Turns a lower-case phrase without a full stop, as our errors are, into a sentence for the screen.
pub fn sentence(phrase: &impl Display) -> String {
    let phrase = phrase.to_string();
    let mut chars = phrase.chars();
    let Some(first) = chars.next() else { return String::new() };
    let mut text: String = first.to_uppercase().collect();
    text.push_str(chars.as_str());
    if !text.ends_with(['.', '?', '…']) {
        text.push('.');
    }
    text
}

/// `1 delivery`, `2 deliveries`.
pub fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// `1,234,567`.
pub fn thousands(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (idx, digit) in digits.chars().enumerate() {
        if idx > 0 && (digits.len() - idx).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_becomes_a_sentence() {
        assert_eq!(sentence(&"the header has no name"), "The header has no name.");
        assert_eq!(sentence(&"Done."), "Done.");
        assert_eq!(sentence(&"did you mean this?"), "Did you mean this?");
        assert_eq!(sentence(&""), "");
    }

    #[test]
    fn large_numbers_are_grouped() {
        for (n, expected) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(thousands(n), expected);
        }
    }
}
