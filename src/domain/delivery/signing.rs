//! Standard Webhooks: what is signed, and how the signature is written.
//!
//! In: a key as a person has it, a delivery's id, a time, a body. Out: bytes to authenticate, headers.
//! Invariant: computes no hash; the id stays the same over all attempts, the time is the attempt's.
//!
//! <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>

use thiserror::Error;

use crate::domain::time::Timestamp;

/// What a key begins with where it is shown.
pub const KEY_PREFIX: &str = "whsec_";
/// Bytes of a key made here; the specification asks for 24 to 64.
pub const N_KEY_BYTES: usize = 32;
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Why a signing key is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KeyProblem {
    #[error("a signing key is whsec_ and base64 of 24 to 64 bytes")]
    Malformed,
}

/// The bytes of a key that a person typed or pasted, with or without its prefix.
pub fn read_key(text: &str) -> Result<Vec<u8>, KeyProblem> {
    let text = text.trim();
    let bytes = from_base64(text.strip_prefix(KEY_PREFIX).unwrap_or(text)).ok_or(KeyProblem::Malformed)?;
    if (24..=64).contains(&bytes.len()) { Ok(bytes) } else { Err(KeyProblem::Malformed) }
}

/// A key as it is shown to the receiver's side.
pub fn write_key(bytes: &[u8]) -> String {
    [KEY_PREFIX, &to_base64(bytes)].concat()
}

/// Seconds since 1970, as the header carries them.
pub fn time_text(at: Timestamp) -> String {
    at.as_millis().div_euclid(1_000).to_string()
}

/// What is authenticated.
pub fn signed_content(id: &str, time: &str, body: &str) -> String {
    [id, ".", time, ".", body].concat()
}

/// One signature, as the header carries it; several stand behind each other with a space between.
pub fn write_signature(mac: &[u8]) -> String {
    ["v1,", &to_base64(mac)].concat()
}

/// Bytes as base64, padded.
pub fn to_base64(bytes: &[u8]) -> String {
    let letter = |bits: u32| ALPHABET.get((bits & 63) as usize).copied().map_or('A', char::from);
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, byte| (bits << 8) | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            text.push(if place <= chunk.len() { letter(bits >> (18 - 6 * place)) } else { '=' });
        }
    }
    text
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut bits, mut n_bits) = (0_u32, 0_u32);
    for letter in text.trim_end_matches('=').bytes() {
        let value = ALPHABET.iter().position(|known| *known == letter)?;
        bits = (bits << 6) | u32::try_from(value).ok()?;
        n_bits += 6;
        if n_bits >= 8 {
            n_bits -= 8;
            bytes.push((bits >> n_bits & 0xff) as u8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_rfc_4648() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(to_base64(bytes.as_bytes()), text);
            assert_eq!(from_base64(text).as_deref(), Some(bytes.as_bytes()));
        }
        assert_eq!(from_base64("Zm9*"), None);
    }

    #[test]
    fn keys_of_the_wrong_length_are_refused() {
        assert_eq!(read_key("whsec_Zm9vYmFy"), Err(KeyProblem::Malformed));
        assert_eq!(read_key(""), Err(KeyProblem::Malformed));
        let bytes = [7; N_KEY_BYTES];
        assert_eq!(read_key(&write_key(&bytes)).as_deref(), Ok(&bytes[..]));
    }
}
