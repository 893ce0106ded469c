//! How values print: Python's `str` and `repr`, and Django's output of floats.
//!
//! In: a value. Out: the text Python would print.
//! Invariant: recursion is bounded by the depth that conversion allows.

use std::borrow::Cow;
use std::fmt::{self, Write};

use minijinja::Value;
use minijinja::value::ValueKind;

use crate::domain::template::filters::html::escape;
use crate::domain::template::value::dict::Dict;
use crate::domain::template::value::list::{Form, List};
use crate::domain::template::value::{as_dict, as_list, as_moment};

/// Python's `str(value)`.
pub fn to_str(value: &Value) -> Cow<'_, str> {
    if let Some(text) = value.as_str() {
        return Cow::Borrowed(text);
    }
    let mut text = String::new();
    let _infallible = write_str(&mut text, value);
    Cow::Owned(text)
}

/// Python's `repr(value)`.
pub fn to_repr(value: &Value) -> String {
    let mut text = String::new();
    let _infallible = write_repr(&mut text, value);
    text
}

/// Writes Python's `str(value)`.
pub fn write_str(out: &mut dyn Write, value: &Value) -> fmt::Result {
    match value.as_str() {
        Some(text) => out.write_str(text),
        None => match as_moment(value) {
            Some(moment) => out.write_str(&moment.to_str()),
            None => write_repr(out, value),
        },
    }
}

/// What `{{ value }}` prints before escaping: as `str`, but floats without an exponent and dates in words.
///
/// <https://docs.djangoproject.com/en/5.2/topics/i18n/formatting/>
pub fn to_output(value: &Value) -> Cow<'_, str> {
    match value.kind() {
        ValueKind::String => to_str(value),
        ValueKind::Undefined => Cow::Borrowed(""),
        ValueKind::Number if !value.is_integer() => {
            Cow::Owned(f64::try_from(value.clone()).map(float_output).unwrap_or_default())
        }
        _ => match as_moment(value) {
            Some(moment) => Cow::Owned(moment.to_output()),
            None => to_str(value),
        },
    }
}

/// Writes what `{{ value }}` prints, escaped for HTML where the place asks for it and the value is not safe.
pub fn write_output(out: &mut dyn Write, value: &Value, is_escaping: bool) -> fmt::Result {
    if let Some(text) = value.as_str() {
        let is_plain = !is_escaping || value.is_safe();
        return if is_plain { out.write_str(text) } else { out.write_str(&escape(text)) };
    }
    match value.kind() {
        ValueKind::Undefined => Ok(()),
        ValueKind::Number if value.is_integer() => match value.as_i64() {
            Some(int) => write_int(out, int),
            None => out.write_str(&to_output(value)),
        },
        ValueKind::Number => out.write_str(&to_output(value)),
        _ if is_escaping => out.write_str(&escape(&to_output(value))),
        _ => out.write_str(&to_output(value)),
    }
}

/// Writes an integer without the formatting machinery.
pub fn write_int(out: &mut dyn Write, int: i64) -> fmt::Result {
    let mut buffer = [b'0'; 20];
    let mut rest = int.unsigned_abs();
    let mut start = buffer.len();
    for (at, digit) in buffer.iter_mut().enumerate().rev() {
        *digit = b'0' + (rest % 10) as u8;
        start = at;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if int < 0 {
        out.write_char('-')?;
    }
    out.write_str(buffer.get(start..).and_then(|digits| std::str::from_utf8(digits).ok()).unwrap_or_default())
}

/// Writes Python's `repr(value)`.
pub fn write_repr(out: &mut dyn Write, value: &Value) -> fmt::Result {
    if let Some(list) = as_list(value) {
        return write_list(out, list);
    }
    if let Some(dict) = as_dict(value) {
        return write_dict(out, dict);
    }
    if let Some(moment) = as_moment(value) {
        return out.write_str(&moment.to_repr());
    }
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => out.write_str("None"),
        ValueKind::Bool => out.write_str(if value.is_true() { "True" } else { "False" }),
        ValueKind::String => write_str_repr(out, value.as_str().unwrap_or_default()),
        ValueKind::Number if value.is_integer() => {
            write!(out, "{}", i128::try_from(value.clone()).unwrap_or_default())
        }
        ValueKind::Number => out.write_str(&float_repr(f64::try_from(value.clone()).unwrap_or_default())),
        _ => write!(out, "{value}"),
    }
}

/// Writes a list, tuple or dict view as Python's `repr` does.
pub fn write_list(out: &mut dyn Write, list: &List) -> fmt::Result {
    if list.form == Form::Bytes {
        return write_bytes(out, list);
    }
    let (open, close) = match list.form {
        Form::List => ("[", "]"),
        Form::Tuple | Form::Group | Form::IsoCalendar | Form::StructTime => ("(", ")"),
        Form::Keys | Form::Values | Form::Items | Form::Bytes => ("([", "])"),
    };
    if !matches!(list.form, Form::List | Form::Tuple) {
        out.write_str(list.form.name())?;
    }
    out.write_str(open)?;
    let mut fields = list.form.fields().iter();
    for (idx, item) in list.items.iter().enumerate() {
        if idx > 0 {
            out.write_str(", ")?;
        }
        if let Some(field) = fields.next() {
            out.write_str(field)?;
            out.write_char('=')?;
        }
        write_repr(out, item)?;
    }
    if list.form == Form::Tuple && list.items.len() == 1 {
        out.write_char(',')?;
    }
    out.write_str(close)
}

/// Writes bytes as Python's `repr` does.
fn write_bytes(out: &mut dyn Write, list: &List) -> fmt::Result {
    let bytes = || list.items.iter().filter_map(|item| item.as_i64()).filter_map(|byte| u8::try_from(byte).ok());
    let quote = if bytes().any(|byte| byte == b'\'') && !bytes().any(|byte| byte == b'"') { '"' } else { '\'' };
    out.write_char('b')?;
    out.write_char(quote)?;
    for byte in bytes() {
        match byte {
            b'\\' => out.write_str("\\\\")?,
            b'\n' => out.write_str("\\n")?,
            b'\r' => out.write_str("\\r")?,
            b'\t' => out.write_str("\\t")?,
            _ if char::from(byte) == quote => write!(out, "\\{quote}")?,
            b' '..=b'~' => out.write_char(char::from(byte))?,
            _ => write!(out, "\\x{byte:02x}")?,
        }
    }
    out.write_char(quote)
}

/// Writes a dict as Python's `repr` does.
pub fn write_dict(out: &mut dyn Write, dict: &Dict) -> fmt::Result {
    out.write_char('{')?;
    for (idx, (key, value)) in dict.entries().iter().enumerate() {
        if idx > 0 {
            out.write_str(", ")?;
        }
        write_str_repr(out, key)?;
        out.write_str(": ")?;
        write_repr(out, value)?;
    }
    out.write_char('}')
}

/// Writes text as Python's `repr` does.
pub fn write_str_repr(out: &mut dyn Write, text: &str) -> fmt::Result {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    out.write_char(quote)?;
    for letter in text.chars() {
        match letter {
            '\\' => out.write_str("\\\\")?,
            '\n' => out.write_str("\\n")?,
            '\r' => out.write_str("\\r")?,
            '\t' => out.write_str("\\t")?,
            _ if letter == quote => write!(out, "\\{letter}")?,
            _ if is_printable(letter) => out.write_char(letter)?,
            _ => match u32::from(letter) {
                code @ ..=0xff => write!(out, "\\x{code:02x}")?,
                code @ ..=0xffff => write!(out, "\\u{code:04x}")?,
                code => write!(out, "\\U{code:08x}")?,
            },
        }
    }
    out.write_char(quote)
}

/// Whether Python's `repr` prints the character as it is.
pub fn is_printable(letter: char) -> bool {
    let code = u32::from(letter);
    if (0x20..0x7f).contains(&code) {
        return true;
    }
    !(letter.is_control()
        || (letter.is_whitespace() && letter != ' ')
        || matches!(code,
            0xad | 0x600..=0x605 | 0x61c | 0x6dd | 0x70f | 0x890 | 0x891 | 0x8e2 | 0x180e | 0x200b..=0x200f | 0x202a..=0x202e
            | 0x2060..=0x206f | 0xe000..=0xf8ff | 0xfeff | 0xfff0..=0xfffb | 0xfffe..=0xffff
            | 0x110bd | 0x110cd | 0x13430..=0x1343f | 0x1bca0..=0x1bca3 | 0x1d173..=0x1d17a | 0xe0000..=0xe00ff | 0xe01f0..))
}

/// Python's `repr` of a float.
pub fn float_repr(float: f64) -> String {
    if float.is_nan() {
        return "nan".to_owned();
    }
    if float.is_infinite() {
        return if float > 0.0 { "inf".to_owned() } else { "-inf".to_owned() };
    }
    let size = float.abs();
    if size == 0.0 || (1e-4..1e16).contains(&size) {
        let plain = float.to_string();
        return match plain.split_once('.') {
            Some((_, decimals)) if plain.len() > 15 => to_even(float, format!("{float:.*}", decimals.len()), plain),
            Some(_) => plain,
            None => format!("{plain}.0"),
        };
    }
    let scientific = format!("{float:e}");
    let n_decimals = scientific.split_once('.').map_or(0, |(_, rest)| rest.find('e').unwrap_or(0));
    let scientific = to_even(float, format!("{float:.n_decimals$e}"), scientific);
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.unsigned_abs())
}

/// Of two shortest texts that lie equally near to a float, which have 15 digits at least, Python takes the one whose last
/// digit is even.
fn to_even(float: f64, even: String, shortest: String) -> String {
    if even.parse() == Ok(float) { even } else { shortest }
}

/// What Django prints for a float: `repr`, with the exponent written out.
pub fn float_output(float: f64) -> String {
    let repr = float_repr(float);
    if !repr.contains('e') {
        return repr;
    }
    let Some((mantissa, exponent)) = repr.split_once('e') else { return repr };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let n_digits = i32::try_from(mantissa.chars().filter(char::is_ascii_digit).count()).unwrap_or(0);
    let n_decimals = mantissa.split_once('.').map_or(0, |(_, decimals)| i32::try_from(decimals.len()).unwrap_or(0));
    // Django prints what has more than 200 digits in scientific notation.
    if (exponent - n_decimals).abs() + n_digits > 200 {
        return repr;
    }
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let sign = if float < 0.0 { "-" } else { "" };
    let zeros = |n: i32| "0".repeat(usize::try_from(n).unwrap_or(0));
    match exponent < 0 {
        true => format!("{sign}0.{}{digits}", zeros(-exponent - 1)),
        false => format!("{sign}{digits}{}", zeros(exponent - n_decimals)),
    }
}
