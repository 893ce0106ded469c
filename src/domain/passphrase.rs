//! Makes a key from a passphrase, slowly.
//!
//! In: a passphrase, a salt, how much work to spend. Out: 32 bytes, always the same.
//! Invariant: Argon2id (RFC 9106) with the cost that is stored beside what the key opens, so that a later cost opens old vaults.

use argon2::{Algorithm, Argon2, Params, Version};

/// Shorter ones are refused.
pub const MIN_CHARS: usize = 10;
/// Longer ones would only make the work longer.
pub const MAX_CHARS: usize = 256;
/// Bytes of a key.
const N_KEY_BYTES: usize = 32;

/// How much work a guess costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    pub memory_kib: u32,
    pub n_passes: u32,
}

/// What OWASP asks of Argon2id at least, doubled in passes: a phone has to bear it, too.
pub const TODAY: Cost = Cost { memory_kib: 19_456, n_passes: 4 };

/// More is not spent on a vault from a file, whatever it says.
pub const MAX_COST: Cost = Cost { memory_kib: 262_144, n_passes: 16 };

impl Cost {
    /// Whether this is at most that.
    pub const fn is_within(self, most: Self) -> bool {
        self.memory_kib <= most.memory_kib && self.n_passes <= most.n_passes
    }
}

/// The key; `None` for a cost or salt that the algorithm refuses.
pub fn stretch(passphrase: &str, salt: &[u8], cost: Cost) -> Option<Vec<u8>> {
    let params = Params::new(cost.memory_kib, cost.n_passes, 1, Some(N_KEY_BYTES)).ok()?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut key = vec![0; N_KEY_BYTES];
    argon2.hash_password_into(passphrase.as_bytes(), salt, &mut key).ok()?;
    Some(key)
}

/// Why a passphrase is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PassphraseProblem {
    #[error("use at least 10 characters; several words are easy to keep and hard to guess")]
    TooShort,
    #[error("use at most 256 characters")]
    TooLong,
    #[error("use more than one or two different characters")]
    TooUniform,
}

/// Whether a passphrase may be used.
pub fn check(passphrase: &str) -> Result<(), PassphraseProblem> {
    let n_chars = passphrase.chars().count();
    if n_chars < MIN_CHARS {
        return Err(PassphraseProblem::TooShort);
    }
    if n_chars > MAX_CHARS {
        return Err(PassphraseProblem::TooLong);
    }
    let mut seen: Vec<char> = Vec::new();
    for letter in passphrase.chars() {
        if !seen.contains(&letter) {
            seen.push(letter);
        }
    }
    if seen.len() < 4 { Err(PassphraseProblem::TooUniform) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_words_give_the_same_key_and_others_another() {
        let cheap = Cost { memory_kib: 32, n_passes: 1 };
        let key = stretch("correct horse battery", b"somesaltsomesalt", cheap);
        assert_eq!(key.as_ref().map(Vec::len), Some(32));
        assert_eq!(stretch("correct horse battery", b"somesaltsomesalt", cheap), key);
        assert_ne!(stretch("correct horse batterz", b"somesaltsomesalt", cheap), key);
        assert_ne!(stretch("correct horse battery", b"othersaltothersa", cheap), key);
        assert_eq!(stretch("x", b"short", cheap), None);
    }

    #[test]
    fn weak_passphrases_are_refused() {
        assert_eq!(check("short"), Err(PassphraseProblem::TooShort));
        assert_eq!(check("aaaaaaaaaaaa"), Err(PassphraseProblem::TooUniform));
        assert_eq!(check(&"abcde".repeat(60)), Err(PassphraseProblem::TooLong));
        assert_eq!(check("correct horse"), Ok(()));
    }
}
