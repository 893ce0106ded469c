//! Numbers from text, and decimals of any length.
//!
//! In: text or values. Out: Python's `int()` and `float()`, and decimals rounded half up.
//! Invariant: a decimal has at most `MAX_DIGITS` digits.

use minijinja::Value;

use crate::domain::template::value::big::as_big;
use crate::domain::template::value::{Number, is_space, number_of, text_of_bytes};

/// Longer decimals are not read.
const MAX_DIGITS: usize = 4 << 20;

/// Decimals with their point further away are not computed with.
const MAX_POINT: u64 = 5_000;

/// Python's `int(value)`; `None` where it raises, or gives more than 128 bits.
pub fn to_int(value: &Value) -> Option<i128> {
    match number_of(value) {
        Some(Number::Int(int)) => Some(int),
        Some(Number::Float(float)) => (float.abs() < 1e38).then_some(float as i128),
        None => parse_int(value.as_str()?),
    }
}

/// Python's `float(value)`; `None` where it raises.
pub fn to_float(value: &Value) -> Option<f64> {
    match number_of(value) {
        Some(number) => Some(number.as_f64()),
        None => match as_big(value) {
            Some(big) => big.to_string().parse().ok(),
            None => match value.as_str() {
                Some(text) => parse_float(text),
                None => parse_float(&text_of_bytes(value)?),
            },
        },
    }
}

/// Python's `int(text)`.
pub fn parse_int(text: &str) -> Option<i128> {
    plain_digits(text, false)?.parse().ok()
}

/// Python's `float(text)`.
pub fn parse_float(text: &str) -> Option<f64> {
    let plain = plain_digits(text, true)?;
    let lower = plain.trim_start_matches(['+', '-']).to_ascii_lowercase();
    if matches!(lower.as_str(), "inf" | "infinity" | "nan")
        || lower.starts_with(|c: char| c.is_ascii_digit() || c == '.')
    {
        return plain.parse().ok();
    }
    None
}

/// The text as Python reads it in a number: trimmed, digits of any script as ASCII, underscores between digits dropped.
pub fn plain_digits(text: &str, is_float: bool) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut was_digit = false;
    let mut letters = text.trim_matches(is_space).chars().peekable();
    while let Some(letter) = letters.next() {
        if let Some(digit) = digit_value(letter) {
            plain.push(char::from_digit(digit, 10)?);
            was_digit = true;
            continue;
        }
        if letter == '_' {
            if !was_digit || letters.peek().and_then(|next| digit_value(*next)).is_none() {
                return None;
            }
            was_digit = false;
            continue;
        }
        was_digit = false;
        if !letter.is_ascii() {
            return None;
        }
        plain.push(letter);
    }
    let is_number = is_float || plain.trim_start_matches(['+', '-']).bytes().all(|byte| byte.is_ascii_digit());
    (is_number && !plain.is_empty()).then_some(plain)
}

/// The value of a decimal digit of any script.
pub fn digit_value(letter: char) -> Option<u32> {
    #[rustfmt::skip]
    const ZEROS: [u32; 66] = [
        0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20,
        0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0,
        0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0,
        0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x16a60, 0x16ac0, 0x16b50,
        0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0,
    ];
    if letter.is_ascii() {
        return letter.to_digit(10);
    }
    let code = u32::from(letter);
    ZEROS.iter().find_map(|zero| code.checked_sub(*zero).filter(|digit| *digit < 10))
}

/// A decimal number: `0.digits × 10^point`, or its negative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decimal {
    pub is_negative: bool,
    /// ASCII digits.
    pub digits: Vec<u8>,
    /// How many of the digits stand before the point; may lie outside them.
    pub point: i64,
}

impl Decimal {
    /// Reads what Python's `Decimal` reads, without infinities and NaN.
    pub fn parse(text: &str) -> Option<Self> {
        let plain = plain_digits(text, true)?;
        let (is_negative, unsigned) = match plain.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, plain.strip_prefix('+').unwrap_or(&plain)),
        };
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent_of(exponent)?),
            None => (unsigned, 0),
        };
        let (whole, decimals) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits: Vec<u8> = whole.bytes().chain(decimals.bytes()).collect();
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let point = i64::try_from(whole.len()).ok()?.checked_add(exponent)?;
        (digits.len() <= MAX_DIGITS).then_some(Self { is_negative, digits, point })
    }

    /// Python's exponent: how many zeros follow the digits, or how many digits stand after the point.
    pub fn exponent(&self) -> i64 {
        self.point.saturating_sub(i64::try_from(self.digits.len()).unwrap_or(i64::MAX))
    }

    /// How many digits Python keeps: leading zeros are dropped.
    pub fn n_significant(&self) -> u64 {
        let n_zeros = self.digits.iter().take_while(|digit| **digit == b'0').count();
        (self.digits.len() - n_zeros).max(1) as u64
    }

    pub fn is_zero(&self) -> bool {
        self.digits.iter().all(|digit| *digit == b'0')
    }

    /// Whether it has no decimals other than zeros.
    pub fn is_whole(&self) -> bool {
        let skipped = usize::try_from(self.point.max(0)).unwrap_or(usize::MAX);
        if self.point < 0 {
            return self.is_zero();
        }
        self.digits.iter().skip(skipped).all(|digit| *digit == b'0')
    }

    /// The whole part and exactly `n_decimals` decimals, rounded half up, as text without a sign.
    pub fn rounded(&self, n_decimals: usize) -> (String, String) {
        if self.point.unsigned_abs() > MAX_POINT {
            return ("0".to_owned(), "0".repeat(n_decimals));
        }
        // Work on digits with one leading zero, so that a carry has a place to go.
        let lead = usize::try_from(1 - self.point.min(0)).unwrap_or(1);
        let mut digits = vec![b'0'; lead];
        digits.extend_from_slice(&self.digits);
        let whole_len = usize::try_from(self.point.max(0)).unwrap_or(0).saturating_add(1);
        let kept = whole_len.saturating_add(n_decimals);
        while digits.len() < kept.saturating_add(1) {
            digits.push(b'0');
        }
        let is_up = digits.get(kept).is_some_and(|digit| *digit >= b'5');
        digits.truncate(kept);
        if is_up {
            for digit in digits.iter_mut().rev() {
                if *digit == b'9' {
                    *digit = b'0';
                } else {
                    *digit += 1;
                    break;
                }
            }
        }
        let text: String = digits.into_iter().map(char::from).collect();
        let (whole, decimals) = text.split_at_checked(whole_len).unwrap_or((&text, ""));
        let whole = whole.trim_start_matches('0');
        (if whole.is_empty() { "0".to_owned() } else { whole.to_owned() }, decimals.to_owned())
    }
}

/// An exponent; one that is far too large is as good as a large one.
fn exponent_of(text: &str) -> Option<i64> {
    const FAR: i64 = 1_000_000_000;
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let size = digits.parse::<i64>().unwrap_or(FAR).min(FAR);
    Some(if text.starts_with('-') { -size } else { size })
}

/// The whole part with a comma between thousands.
pub fn group_thousands(whole: &str) -> String {
    let n_digits = whole.chars().count();
    let mut grouped = String::with_capacity(n_digits + n_digits / 3);
    for (idx, digit) in whole.chars().enumerate() {
        if idx > 0 && (n_digits - idx).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
