//! Numbers from text, and decimals of any length.
//!
//! In: text or values. Out: Python's `int()` and `float()`, and decimals rounded half up.
//! Invariant: a decimal has at most `MAX_DIGITS` digits.

use minijinja::Value;

use crate::domain::template::value::{Number, number_of};

/// Longer decimals are not computed with.
const MAX_DIGITS: usize = 5_000;

/// Python's `int(value)`; `None` where it raises.
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
        None => parse_float(value.as_str()?),
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
fn plain_digits(text: &str, is_float: bool) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut was_digit = false;
    let mut letters = text.trim().chars().peekable();
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

/// The value of a decimal digit of the common scripts.
pub fn digit_value(letter: char) -> Option<u32> {
    const ZEROS: [u32; 12] = [0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xe50, 0xff10];
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
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
            None => (unsigned, 0),
        };
        let (whole, decimals) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits: Vec<u8> = whole.bytes().chain(decimals.bytes()).collect();
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) || exponent.unsigned_abs() > MAX_DIGITS as u64 {
            return None;
        }
        let point = i64::try_from(whole.len()).ok()?.checked_add(exponent)?;
        (digits.len() <= MAX_DIGITS).then_some(Self { is_negative, digits, point })
    }

    /// How many digits stand after the point.
    pub fn n_decimals(&self) -> i64 {
        i64::try_from(self.digits.len()).unwrap_or(i64::MAX).saturating_sub(self.point)
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
