//! Integers as Python has them: of any size.
//!
//! In: values, text. Out: `int()` of them, sums, remainders and order.
//! Invariant: what fits 128 bits is small; a big one has no leading zero.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::{Object, ObjectRepr};

use crate::domain::template::value::number::{parse_int, plain_digits};
use crate::domain::template::value::{Number, int_value, number_of, text_of_bytes};

/// Longer integers are not read: Python refuses them, too.
const MAX_DIGITS: usize = 4_300;

/// What Python raises when `int()` cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Raised {
    /// Text, or not a number, that is no integer.
    Value,
    /// Nothing that could be one: `None`, a list.
    Type,
    /// Infinity.
    Overflow,
}

/// An integer of more than 128 bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Big {
    pub is_negative: bool,
    /// Decimal digits, without a sign.
    pub digits: String,
}

impl Object for Big {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&**self, f)
    }
}

impl fmt::Display for Big {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_negative { "-" } else { "" })?;
        f.write_str(&self.digits)
    }
}

/// An integer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Int {
    Small(i128),
    Big(Big),
}

impl fmt::Display for Int {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Small(int) => fmt::Display::fmt(int, f),
            Self::Big(big) => fmt::Display::fmt(big, f),
        }
    }
}

/// The value as a big integer.
pub fn as_big(value: &Value) -> Option<&Big> {
    value.downcast_object_ref::<Big>()
}

/// Python's `int(text)`.
pub fn int_of_text(text: &str) -> Option<Int> {
    if let Some(int) = parse_int(text) {
        return Some(Int::Small(int));
    }
    let plain = plain_digits(text, false)?;
    let digits = plain.trim_start_matches(['+', '-']).trim_start_matches('0');
    let is_number = !digits.is_empty() && digits.len() <= MAX_DIGITS;
    let n_signs = plain.bytes().filter(|byte| !byte.is_ascii_digit()).count();
    (is_number && n_signs <= 1)
        .then(|| Int::Big(Big { is_negative: plain.starts_with('-'), digits: digits.to_owned() }))
}

/// Python's `int(value)`.
pub fn int_of(value: &Value) -> Result<Int, Raised> {
    if let Some(big) = as_big(value) {
        return Ok(Int::Big(big.clone()));
    }
    match number_of(value) {
        Some(Number::Int(int)) => Ok(Int::Small(int)),
        Some(Number::Float(float)) if float.is_nan() => Err(Raised::Value),
        Some(Number::Float(float)) if float.is_infinite() => Err(Raised::Overflow),
        Some(Number::Float(float)) => Ok(Int::of_float(float)),
        None => {
            let text = value.as_str().map(Cow::Borrowed).or_else(|| text_of_bytes(value).map(Cow::Owned));
            int_of_text(&text.ok_or(Raised::Type)?).ok_or(Raised::Value)
        }
    }
}

/// The value, if it is an integer already; booleans count.
pub fn exact_int(value: &Value) -> Option<Int> {
    match number_of(value) {
        Some(Number::Int(int)) => Some(Int::Small(int)),
        Some(Number::Float(_)) => None,
        None => as_big(value).cloned().map(Int::Big),
    }
}

impl Int {
    /// The whole part of a finite float.
    pub fn of_float(float: f64) -> Self {
        if float.abs() < 1e38 {
            return Self::Small(float as i128);
        }
        let digits = format!("{:.0}", float.abs());
        Self::Big(Big { is_negative: float < 0.0, digits })
    }

    pub fn into_value(self) -> Value {
        match self {
            Self::Small(int) => int_value(int),
            Self::Big(big) => Value::from_object(big),
        }
    }

    pub fn is_negative(&self) -> bool {
        match self {
            Self::Small(int) => *int < 0,
            Self::Big(big) => big.is_negative,
        }
    }

    /// The number, or the nearest that 64 bits hold.
    pub fn clamped(&self) -> i64 {
        match self {
            Self::Small(int) => i64::try_from(*int).unwrap_or(if *int < 0 { i64::MIN } else { i64::MAX }),
            Self::Big(big) => {
                if big.is_negative {
                    i64::MIN
                } else {
                    i64::MAX
                }
            }
        }
    }

    /// The number as a length: what is negative is 0.
    pub fn clamped_len(&self) -> usize {
        usize::try_from(self.clamped().max(0)).unwrap_or(usize::MAX)
    }

    /// Python's `float(int)`; infinite where Python raises.
    pub fn as_f64(&self) -> f64 {
        match self {
            Self::Small(int) => *int as f64,
            Self::Big(big) => big.to_string().parse().unwrap_or(f64::INFINITY),
        }
    }

    /// Sign and decimal digits.
    fn parts(&self) -> (bool, String) {
        match self {
            Self::Small(int) => (*int < 0, int.unsigned_abs().to_string()),
            Self::Big(big) => (big.is_negative, big.digits.clone()),
        }
    }

    /// The digits without a sign.
    pub fn digits(&self) -> String {
        self.parts().1
    }

    fn of_parts(is_negative: bool, digits: &str) -> Self {
        let digits = digits.trim_start_matches('0');
        let text = format!("{}{}", if is_negative { "-" } else { "" }, if digits.is_empty() { "0" } else { digits });
        match text.parse() {
            Ok(int) => Self::Small(int),
            Err(_) => Self::Big(Big { is_negative, digits: digits.to_owned() }),
        }
    }

    pub fn plus(&self, other: &Self) -> Self {
        if let (Self::Small(a), Self::Small(b)) = (self, other)
            && let Some(sum) = a.checked_add(*b)
        {
            return Self::Small(sum);
        }
        let ((a_negative, a), (b_negative, b)) = (self.parts(), other.parts());
        if a_negative == b_negative {
            return Self::of_parts(a_negative, &added(&a, &b));
        }
        match digit_order(&a, &b) {
            Ordering::Less => Self::of_parts(b_negative, &subtracted(&b, &a)),
            _ => Self::of_parts(a_negative, &subtracted(&a, &b)),
        }
    }

    /// Whether division leaves nothing; `None` for a division by 0.
    pub fn is_divisible_by(&self, other: &Self) -> Option<bool> {
        if let (Self::Small(a), Self::Small(b)) = (self, other) {
            return if *b == 0 { None } else { Some(a.checked_rem(*b).is_none_or(|rest| rest == 0)) };
        }
        let (a, b) = (self.parts().1, other.parts().1);
        if b == "0" {
            return None;
        }
        let mut rest = String::new();
        for digit in a.chars() {
            rest.push(digit);
            rest = rest.trim_start_matches('0').to_owned();
            while digit_order(&rest, &b).is_ge() {
                rest = subtracted(&rest, &b).trim_start_matches('0').to_owned();
            }
        }
        Some(rest.is_empty())
    }

    /// The digits in another base, without a sign.
    pub fn digits_in(&self, base: u32) -> String {
        if let Self::Small(int) = self {
            let size = int.unsigned_abs();
            return match base {
                16 => format!("{size:x}"),
                8 => format!("{size:o}"),
                _ => format!("{size:b}"),
            };
        }
        let mut digits: Vec<u32> = self.parts().1.bytes().map(|digit| u32::from(digit - b'0')).collect();
        let mut found = Vec::new();
        while !digits.is_empty() {
            let mut rest = 0;
            for digit in &mut digits {
                let value = rest * 10 + *digit;
                *digit = value / base;
                rest = value % base;
            }
            found.extend(char::from_digit(rest, base));
            let n_zeros = digits.iter().take_while(|digit| **digit == 0).count();
            digits.drain(..n_zeros);
        }
        found.into_iter().rev().collect()
    }
}

impl PartialOrd for Int {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Int {
    fn cmp(&self, other: &Self) -> Ordering {
        if let (Self::Small(a), Self::Small(b)) = (self, other) {
            return a.cmp(b);
        }
        let ((a_negative, a), (b_negative, b)) = (self.parts(), other.parts());
        match (a_negative, b_negative) {
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => digit_order(&a, &b),
            (true, true) => digit_order(&b, &a),
        }
    }
}

fn digit_order(a: &str, b: &str) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

fn added(a: &str, b: &str) -> String {
    let (mut a, mut b) = (a.bytes().rev(), b.bytes().rev());
    let mut sum = Vec::new();
    let mut carry = 0;
    loop {
        let (left, right) = (a.next(), b.next());
        if left.is_none() && right.is_none() && carry == 0 {
            break;
        }
        let digit = left.map_or(0, |digit| digit - b'0') + right.map_or(0, |digit| digit - b'0') + carry;
        sum.push(char::from(b'0' + digit % 10));
        carry = digit / 10;
    }
    sum.into_iter().rev().collect()
}

/// `a - b` for `a >= b`.
fn subtracted(a: &str, b: &str) -> String {
    let mut b = b.bytes().rev();
    let mut difference = Vec::new();
    let mut borrow = 0;
    for digit in a.bytes().rev() {
        let right = b.next().map_or(0, |digit| digit - b'0') + borrow;
        let left = digit - b'0';
        borrow = u8::from(left < right);
        difference.push(char::from(b'0' + (left + 10 * borrow - right)));
    }
    difference.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn int(text: &str) -> Int {
        int_of_text(text).unwrap()
    }

    #[test]
    fn integers_of_any_size_add_compare_and_divide() {
        let big = "1234567890123456789012345678901234567890123";
        assert_eq!(int(big).to_string(), big);
        assert_eq!(int(big).plus(&int("-1")).to_string(), "1234567890123456789012345678901234567890122");
        assert_eq!(int(big).plus(&int(&format!("-{big}"))), Int::Small(0));
        assert_eq!(int(&"9".repeat(40)).plus(&int("1")).to_string(), format!("1{}", "0".repeat(40)));
        assert_eq!(int(&format!("1{}", "0".repeat(40))).is_divisible_by(&int("1000")), Some(true));
        assert_eq!(int(big).is_divisible_by(&int("10")), Some(false));
        assert_eq!(int(&format!("1{}", "0".repeat(40))).digits_in(16), "1d6329f1c35ca4bfabb9f5610000000000");
        assert!(int(&format!("-{big}")) < int("5") && int(big) > int("5"));
        assert_eq!(Int::of_float(1e300).to_string().len(), 301);
        assert_eq!(int_of_text("+-5"), None);
        assert_eq!(int_of_text(&format!("+-{big}")), None);
    }
}
