//! One-time codes from the time.
//!
//! In: a time, a message authentication code made of it elsewhere. Out: the code an authenticator app shows.
//! Invariant: computes no hash; a code is taken once, and nothing older after it.
//!
//! RFC 6238 and RFC 4226, with SHA-1, six digits and steps of 30 seconds: what every authenticator app understands.

use crate::domain::time::{SECOND_MILLIS, Timestamp};

/// Bytes of a fresh key: as long as SHA-1's output, as RFC 4226 recommends.
pub const N_KEY_BYTES: usize = 20;
/// Digits of a code.
pub const N_DIGITS: u32 = 6;
const STEP_MILLIS: i64 = 30 * SECOND_MILLIS;
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The number of the step that `now` lies in.
pub fn counter_at(now: Timestamp) -> u64 {
    u64::try_from(now.as_millis().div_euclid(STEP_MILLIS)).unwrap_or_default()
}

/// The steps whose codes are taken at `now`: this one, the one before and the one after, without those used up.
pub fn open_counters(now: Timestamp, last_counter: u64) -> impl Iterator<Item = u64> {
    let counter = counter_at(now);
    (counter.saturating_sub(1)..=counter.saturating_add(1)).filter(move |counter| *counter > last_counter)
}

/// What is authenticated for a step.
pub const fn message(counter: u64) -> [u8; 8] {
    counter.to_be_bytes()
}

/// The code of a step, from the authentication code of its [`message`].
pub fn code(mac: &[u8], n_digits: u32) -> String {
    let offset = usize::from(mac.last().copied().unwrap_or_default() & 0x0f);
    let window = mac.iter().skip(offset).take(4).fold(0_u32, |number, byte| (number << 8) | u32::from(*byte));
    let mut rest = (window & 0x7fff_ffff) % 10_u32.pow(n_digits);
    let mut digits = vec![b'0'; n_digits as usize];
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    digits.into_iter().map(char::from).collect()
}

/// The digits of a code as a person typed it, with or without a space in the middle; `None` if it is no code.
pub fn typed_code(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    (digits.len() == N_DIGITS as usize && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

/// Bytes in the alphabet that authenticator apps read.
pub fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    let (mut bits, mut n_bits) = (0_u32, 0_u32);
    let mut push = |bits: u32| text.push(BASE32.get((bits & 31) as usize).copied().map_or('A', char::from));
    for byte in bytes {
        bits = (bits << 8) | u32::from(*byte);
        n_bits += 8;
        while n_bits >= 5 {
            n_bits -= 5;
            push(bits >> n_bits);
        }
    }
    if n_bits > 0 {
        push(bits << (5 - n_bits));
    }
    text
}

/// What the QR code says. <https://github.com/google/google-authenticator/wiki/Key-Uri-Format>
pub fn key_uri(account: &str, key: &[u8]) -> String {
    let mut label = String::new();
    for byte in account.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte) {
            label.push(char::from(byte));
        } else {
            label.push('%');
            label.push(hex_digit(byte >> 4));
            label.push(hex_digit(byte & 15));
        }
    }
    ["otpauth://totp/Hookwright:", &label, "?secret=", &base32(key), "&issuer=Hookwright"].concat()
}

fn hex_digit(digit: u8) -> char {
    char::from_digit(u32::from(digit), 16).unwrap_or('0').to_ascii_uppercase()
}

/// A recovery code of ten random bytes: sixteen letters in groups of four.
pub fn recovery_code(bytes: &[u8]) -> String {
    let mut text = String::new();
    for (idx, letter) in base32(bytes).chars().take(16).enumerate() {
        if idx > 0 && idx % 4 == 0 {
            text.push('-');
        }
        text.push(letter);
    }
    text
}

/// A recovery code as it is hashed, whatever a person typed between its letters.
pub fn typed_recovery_code(text: &str) -> Option<String> {
    let letters: String =
        text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect();
    (letters.len() == 16).then_some(letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_4226_gives_its_code() {
        let mac = [
            0x1f, 0x86, 0x98, 0x69, 0x0e, 0x02, 0xca, 0x16, 0x61, 0x85, 0x50, 0xef, 0x7f, 0x19, 0xda, 0x8e, 0x94, 0x5b,
            0x55, 0x5a,
        ];
        assert_eq!(code(&mac, 6), "872921");
    }

    #[test]
    fn keys_are_written_as_rfc_4648_does() {
        for (bytes, text) in
            [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("foobar", "MZXW6YTBOI")]
        {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
        assert_eq!(
            key_uri("Ann <ann@example.com>", b"foobar"),
            "otpauth://totp/Hookwright:Ann%20%3Cann@example.com%3E?secret=MZXW6YTBOI&issuer=Hookwright"
        );
    }

    #[test]
    fn a_code_is_open_one_step_early_and_late_and_never_again() {
        let now = Timestamp::from_millis(59_999);
        assert_eq!(open_counters(now, 0).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(open_counters(now, 1).collect::<Vec<_>>(), [2]);
        assert_eq!(open_counters(now, 2).count(), 0);
    }

    #[test]
    fn codes_are_read_however_they_are_typed() {
        assert_eq!(typed_code(" 123 456 ").as_deref(), Some("123456"));
        assert_eq!(typed_code("12345"), None);
        assert_eq!(typed_code("12345a"), None);
        assert_eq!(recovery_code(b"foobarbazq"), "MZXW-6YTB-OJRG-C6TR");
        assert_eq!(typed_recovery_code("mzxw 6ytb ojrg c6tr").as_deref(), Some("MZXW6YTBOJRGC6TR"));
        assert_eq!(typed_recovery_code("mzxw"), None);
    }
}
