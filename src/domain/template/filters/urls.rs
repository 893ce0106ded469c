//! Percent-encoding.
//!
//! In: text. Out: text for an address.
//! Invariant: encodes UTF-8 bytes, in capital hexadecimal digits.

use std::borrow::Cow;

use minijinja::{Error, Value};

use crate::domain::template::filters::{Call, fail};
use crate::domain::template::value::{Number, items_of, number_of};

/// Percent-encodes all but letters, digits, `_.-~` and what is in `kept`.
pub fn quote(text: &str, kept: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let digit = |half: u8| char::from(if half < 10 { b'0' + half } else { b'A' + half - 10 });
    for byte in text.bytes() {
        let letter = char::from(byte);
        let is_kept = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'~');
        if is_kept || (byte.is_ascii() && kept.as_bytes().contains(&byte)) {
            out.push(letter);
        } else {
            out.push('%');
            out.push(digit(byte >> 4));
            out.push(digit(byte & 15));
        }
    }
    out
}

/// Decodes percent signs; what is not UTF-8 becomes a replacement character.
pub fn unquote(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.filter(|_| *byte == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(decoded) => {
                bytes.push(decoded);
                rest = after.get(2..).unwrap_or_default();
            }
            None => bytes.push(*byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

pub fn urlencode(call: &Call<'_>) -> Result<Value, Error> {
    if call.text().is_empty() {
        return Ok(Value::from(""));
    }
    let kept = match call.arg().filter(|arg| !arg.is_none()) {
        Some(arg) => kept_signs(arg).ok_or_else(|| fail("the argument of `urlencode` must be text"))?,
        None => Cow::Borrowed("/"),
    };
    Ok(Value::from(quote(&call.text(), &kept)))
}

/// The signs that stay: text, or as Python reads it a list of their numbers.
fn kept_signs(arg: &Value) -> Option<Cow<'_, str>> {
    if let Some(text) = arg.as_str() {
        return Some(Cow::Borrowed(text));
    }
    let mut kept = String::new();
    for item in items_of(arg)?.iter() {
        // What is 128 or more is left out before Python looks whether it is whole.
        match number_of(item)? {
            Number::Int(int) if int < 128 => kept.push(char::from(u8::try_from(int).ok()?)),
            Number::Float(float) if float < 128.0 => return None,
            Number::Int(_) | Number::Float(_) => {}
        }
    }
    Some(Cow::Owned(kept))
}

pub fn iriencode(call: &Call<'_>) -> Result<Value, Error> {
    Ok(Value::from(quote(&call.text(), "/#%[]=:;$&()+,!?*@'~")))
}

pub fn urlencode_plus(call: &Call<'_>) -> Result<Value, Error> {
    Ok(Value::from(quote(&call.text(), " ").replace(' ', "+")))
}

pub fn urldecode(call: &Call<'_>) -> Result<Value, Error> {
    Ok(Value::from(unquote(&call.text())))
}

pub fn urldecode_plus(call: &Call<'_>) -> Result<Value, Error> {
    Ok(Value::from(unquote(&call.text().replace('+', " "))))
}
