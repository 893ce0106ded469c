//! Names things: one newtype for each kind of id, so that no bare string travels as one.
//!
//! In: random numbers, or text read from storage or Klaviyo. Out: ids that compare, sort and print.
//! Invariant: draws no randomness itself; two ids of different kinds never mix.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::time::Timestamp;

/// Crockford's alphabet: no letter that is easily read as another.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Letters and digits as Klaviyo's own short ids use them.
const SHORT_ALPHABET: &[u8; 56] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes an id that was made elsewhere: read from storage, or from Klaviyo.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// A flow. Travels in the header `X-Klaviyo-Flow-ID`.
    FlowId
}
id! {
    /// A card of a flow: an action, a split, a delay or a note.
    NodeId
}
id! {
    /// A trigger event, real or sample.
    EventId
}
id! {
    /// A profile: the person an event belongs to.
    ProfileId
}
id! {
    /// One profile's way through one flow.
    RunId
}
id! {
    /// One profile's webhook: what is sent, with all its attempts. Sorts by the time it was made.
    DeliveryId
}
id! {
    /// Somebody who works in the workspace.
    MemberId
}
id! {
    /// A secret: a header's value or a signing key.
    SecretId
}
id! {
    /// Something a page asked the sender to do. Sorts by the time it was asked.
    CommandId
}

/// A short id in Klaviyo's manner, six letters and digits, from one random number.
pub fn short_id(random: u64) -> String {
    let mut rest = random;
    let mut text = String::with_capacity(6);
    for _ in 0..6 {
        let idx = (rest % SHORT_ALPHABET.len() as u64) as usize;
        text.push(char::from(SHORT_ALPHABET.get(idx).copied().unwrap_or(b'A')));
        rest /= SHORT_ALPHABET.len() as u64;
    }
    text
}

/// An id that sorts by time: ten characters of the time, then thirteen from a random number (the layout of a ULID, shortened).
pub fn sortable_id(now: Timestamp, random: u64) -> String {
    let mut text = String::with_capacity(23);
    push_base32(&mut text, now.as_millis().max(0).unsigned_abs(), 10);
    push_base32(&mut text, random, 13);
    text
}

fn push_base32(text: &mut String, number: u64, n_chars: u32) {
    for place in (0..n_chars).rev() {
        let idx = (number >> (5 * place).min(63)) & 31;
        text.push(char::from(ALPHABET.get(idx as usize).copied().unwrap_or(b'0')));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sortable_ids_sort_by_time() {
        let early = sortable_id(Timestamp::from_millis(1_700_000_000_000), u64::MAX);
        let late = sortable_id(Timestamp::from_millis(1_700_000_000_001), 0);
        assert!(early < late, "{early} {late}");
        assert_eq!(early.len(), 23);
    }

    #[test]
    fn short_ids_have_six_plain_characters() {
        for random in [0, 1, 55, 56, u64::MAX] {
            let id = short_id(random);
            assert_eq!(id.len(), 6);
            assert!(id.chars().all(|c| c.is_ascii_alphanumeric()), "{id}");
        }
    }
}
