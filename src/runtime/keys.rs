//! The port to the workspace's key: what encrypts, opens and authenticates, and never shows the key itself.
//!
//! In: a passphrase, plain bytes, sealed text. Out: sealed text, plain bytes, authentication codes.
//! Invariant: the workspace's key is held by whoever implements this and by nobody else; without it everything says `Locked`.

use std::future::Future;
use std::pin::Pin;

use thiserror::Error;

use crate::domain::passphrase::Cost;
use crate::domain::secret::Sealed;

/// An answer that may take a while. Boxed: these are rare, and one shape for all keeps the download small.
pub type Later<T> = Pin<Box<dyn Future<Output = Result<T, KeysError>>>>;

/// Why something could not be sealed, opened or made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeysError {
    /// The workspace's key is not at hand.
    #[error("the secrets are locked")]
    Locked,
    /// The key does not fit, or what was sealed was changed since.
    #[error("it does not open")]
    Wrong,
    #[error("{reason}")]
    Failed { reason: String },
}

/// Which hash an authentication code is made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MacHash {
    /// One-time codes only, where HMAC-SHA-1 is the standard and sound.
    Sha1,
    Sha256,
}

/// The workspace's key and what can be done with it.
pub trait Keys {
    /// Fresh random bytes.
    fn random_bytes(&self, n_bytes: usize) -> Vec<u8>;
    /// The key of a passphrase: Argon2id, off the page.
    fn stretch(&self, passphrase: &str, salt: &[u8], cost: Cost) -> Later<Vec<u8>>;
    /// Makes a fresh workspace key, holds it, and answers it under the key of a passphrase.
    fn make(&self, passphrase_key: &[u8]) -> Later<Sealed>;
    /// Opens the workspace's key, holds it, and gives it to the other tabs and their senders.
    fn unlock(&self, passphrase_key: &[u8], wrapped: &Sealed) -> Later<()>;
    /// The same workspace key under another passphrase: nothing else has to be encrypted anew.
    fn rewrap(&self, before: &[u8], wrapped: &Sealed, after: &[u8]) -> Later<Sealed>;
    /// Whether the workspace's key is at hand.
    fn is_open(&self) -> bool;
    /// Forgets the workspace's key, in every tab and on the device.
    fn lock(&self);
    /// Keeps the workspace's key on the device, where it can be used and not be read, or forgets it there.
    fn keep_on_device(&self, is_kept: bool) -> Later<()>;
    /// Whether it is kept on the device.
    fn is_on_device(&self) -> bool;
    /// Encrypts under the workspace's key, bound to what it is about.
    fn seal(&self, about: &str, plain: &[u8]) -> Later<Sealed>;
    /// Decrypts what was sealed about the same thing.
    fn open(&self, about: &str, sealed: &Sealed) -> Later<Vec<u8>>;
    /// Decrypts what was sealed under the key that is wrapped here, and holds neither.
    fn open_under(&self, passphrase_key: &[u8], wrapped: &Sealed, about: &str, sealed: &Sealed) -> Later<Vec<u8>>;
    /// An authentication code by a key given in, not by the workspace's.
    fn mac(&self, hash: MacHash, key: &[u8], message: &[u8]) -> Later<Vec<u8>>;
    /// Tells the other tabs who is signed in, and that members or secrets changed.
    fn tell(&self, session: Option<&str>);
}

/// Bytes in hex.
pub fn to_hex(bytes: &[u8]) -> String {
    let digit = |digit: u8| char::from_digit(u32::from(digit), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// The bytes of hex.
pub fn from_hex(hex: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> =
        hex.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect::<Option<_>>()?;
    let pairs = digits.chunks_exact(2);
    let is_even = pairs.remainder().is_empty();
    let bytes = pairs.map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect();
    is_even.then_some(bytes)
}

/// Whether two texts are the same, in a time that does not tell where they differ.
pub fn is_same(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.bytes().zip(other.bytes()).fold(0, |seen, (a, b)| seen | (a ^ b)) == 0
}

/// What the calculation worker is asked to stretch. Begins with [`STRETCH_MARK`].
pub fn stretch_order(passphrase: &str, salt: &[u8], cost: Cost) -> String {
    let mut text = String::from(STRETCH_MARK);
    for part in [cost.memory_kib.to_string(), cost.n_passes.to_string(), to_hex(salt)] {
        text.push_str(&part);
        text.push(' ');
    }
    text.push_str(passphrase);
    text
}

/// Before an order to stretch a passphrase.
pub const STRETCH_MARK: char = 'K';

/// The answer to such an order: the key in hex, or nothing if the cost is refused; `None` for other text.
pub fn stretch_as_ordered(text: &str) -> Option<String> {
    let mut parts = text.strip_prefix(STRETCH_MARK)?.splitn(4, ' ');
    let memory_kib = parts.next()?.parse().ok()?;
    let n_passes = parts.next()?.parse().ok()?;
    let salt = from_hex(parts.next()?)?;
    let key = crate::domain::passphrase::stretch(parts.next()?, &salt, Cost { memory_kib, n_passes });
    Some(key.map(|key| to_hex(&key)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_and_orders_survive_the_way() {
        assert_eq!(from_hex(&to_hex(&[0, 1, 0xab, 255])), Some(vec![0, 1, 0xab, 255]));
        assert_eq!(from_hex("0"), None);
        assert_eq!(from_hex("zz"), None);
        let cost = Cost { memory_kib: 32, n_passes: 1 };
        let order = stretch_order("two words, and more", b"somesaltsomesalt", cost);
        let key = crate::domain::passphrase::stretch("two words, and more", b"somesaltsomesalt", cost);
        assert_eq!(stretch_as_ordered(&order), key.map(|key| to_hex(&key)));
        assert_eq!(stretch_as_ordered("J{}"), None);
    }

    #[test]
    fn texts_are_compared_whole() {
        assert!(is_same("123456", "123456"));
        assert!(!is_same("123456", "123457"));
        assert!(!is_same("123456", "12345"));
    }
}
