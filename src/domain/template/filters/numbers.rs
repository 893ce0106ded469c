//! Filters on numbers.
//!
//! In: numbers, or text that holds one. Out: numbers or text, as Django computes them.
//! Invariant: what is not a number gives what Django gives, mostly an empty text.

use minijinja::value::ValueKind;
use minijinja::{Error, Value};

use crate::domain::template::filters::{Call, fail};
use crate::domain::template::value::list::{Form, List};
use crate::domain::template::value::number::{Decimal, group_thousands, to_float, to_int};
use crate::domain::template::value::{Number, as_list, int_value, number_of, print, safe};

pub fn add(call: &Call<'_>) -> Result<Value, Error> {
    let (value, arg) = (call.value, call.arg().unwrap_or(&Value::UNDEFINED));
    if let (Some(a), Some(b)) = (to_int(value), to_int(arg))
        && let Some(sum) = a.checked_add(b)
    {
        return Ok(int_value(sum));
    }
    if let (Some(a), Some(b)) = (value.as_str(), arg.as_str()) {
        let joined = format!("{a}{b}");
        return Ok(if value.is_safe() && arg.is_safe() { safe(joined) } else { Value::from(joined) });
    }
    if let (Some(a), Some(b)) = (as_list(value), as_list(arg))
        && a.form == b.form
        && matches!(a.form, Form::List | Form::Tuple)
    {
        crate::domain::template::filters::check_len(a.items.len() + b.items.len())?;
        return Ok(Value::from_object(List::new(a.items.iter().chain(&b.items).cloned().collect(), a.form)));
    }
    if let (Some(a), Some(b)) = (number_of(value), number_of(arg)) {
        return Ok(match (a, b) {
            (Number::Int(a), Number::Int(b)) => a.checked_add(b).map_or_else(|| Value::from(""), int_value),
            _ => Value::from(a.as_f64() + b.as_f64()),
        });
    }
    Ok(Value::from(""))
}

pub fn divisibleby(call: &Call<'_>) -> Result<Value, Error> {
    let int = |value: &Value| to_int(value).ok_or_else(|| fail("`divisibleby` needs whole numbers"));
    let (value, by) = (int(call.value)?, int(call.arg().unwrap_or(&Value::UNDEFINED))?);
    match value.checked_rem(by) {
        Some(rest) => Ok(Value::from(rest == 0)),
        None => Err(fail("`divisibleby` cannot divide by 0")),
    }
}

pub fn get_digit(call: &Call<'_>) -> Result<Value, Error> {
    let arg = call.arg().and_then(to_int);
    let (Some(arg), Some(value)) = (arg, to_int(call.value)) else { return Ok(call.value.clone()) };
    if arg < 1 {
        return Ok(int_value(value));
    }
    let digits = value.to_string();
    let digit =
        usize::try_from(arg).ok().and_then(|arg| digits.len().checked_sub(arg)).and_then(|at| digits.chars().nth(at));
    match digit {
        Some(digit) => digit.to_digit(10).map(Value::from).ok_or_else(|| fail("`get_digit` met a sign")),
        None => Ok(Value::from(0)),
    }
}

pub fn floatformat(call: &Call<'_>) -> Result<Value, Error> {
    if let Some(text) = call.arg().and_then(|arg| plain_fixed(call.value, arg)) {
        return Ok(safe(text));
    }
    let mut arg = call.arg().map_or_else(|| "-1".to_owned(), |arg| print::to_str(arg).into_owned());
    let has_letter = |arg: &str, letter: char| arg.ends_with(letter);
    let mut is_grouped = false;
    let mut is_plain = false;
    if has_letter(&arg, 'g') || has_letter(&arg, 'u') {
        is_plain = arg.contains('u');
        is_grouped = arg.contains('g');
        arg = arg.trim_end_matches(['g', 'u']).to_owned();
        if arg.is_empty() {
            arg = "-1".to_owned();
        }
    }
    let is_grouped = is_grouped && !is_plain;
    let text = print::to_str(call.value);
    let arg_value = call.arg().filter(|arg| arg.as_str().is_none()).cloned().unwrap_or_else(|| Value::from(arg));
    let decimal = Decimal::parse(&text).or_else(|| match to_float(call.value) {
        Some(float) if float.is_finite() => Decimal::parse(&print::float_repr(float)),
        _ => None,
    });
    let Some(decimal) = decimal else {
        let is_infinite = to_float(call.value).is_some_and(|float| !float.is_finite());
        return Ok(if is_infinite { call.value.clone() } else { Value::from("") });
    };
    let Some(places) = to_int(&arg_value) else { return Ok(Value::from(text.into_owned())) };
    let places = i64::try_from(places).unwrap_or(i64::MAX);
    // Django leaves numbers of more than 200 digits as they are.
    let exponent = decimal.point.saturating_sub(i64::try_from(decimal.digits.len()).unwrap_or(0));
    if places.unsigned_abs() > 1_000 || exponent.unsigned_abs() as usize + decimal.digits.len() > 200 {
        return Ok(call.value.clone());
    }
    Ok(safe(fixed(&decimal, places, is_grouped)))
}

/// What `floatformat` mostly meets: a number of usual size, and how many decimals it shall have.
fn plain_fixed(value: &Value, arg: &Value) -> Option<String> {
    if value.kind() != ValueKind::Number || !arg.is_integer() {
        return None;
    }
    let places = arg.as_usize().filter(|places| *places <= 9)?;
    let mut text = if value.is_integer() {
        let mut text = String::with_capacity(24);
        print::write_int(&mut text, i64::try_from(value.clone()).ok()?).ok()?;
        text
    } else {
        let float = f64::try_from(value.clone()).ok().filter(|float| (1e-4..1e15).contains(&float.abs()))?;
        float.to_string()
    };
    let whole_len = text.find('.').unwrap_or(text.len());
    if text.len() == whole_len {
        if places > 0 {
            text.push('.');
            text.extend(std::iter::repeat_n('0', places));
        }
        return Some(text);
    }
    let n_decimals = text.len() - whole_len - 1;
    if n_decimals <= places {
        text.extend(std::iter::repeat_n('0', places - n_decimals));
        return Some(text);
    }
    let kept = if places == 0 { whole_len } else { whole_len + 1 + places };
    let cut = if places == 0 { whole_len + 1 } else { kept };
    let is_up = text.as_bytes().get(cut).is_some_and(|digit| *digit >= b'5');
    text.truncate(kept);
    // A carry is rare past the last digits, and what rounds to a negative zero loses its sign.
    let mut digits = text.into_bytes();
    let mut is_carried = is_up;
    for digit in digits.iter_mut().rev().filter(|digit| digit.is_ascii_digit()) {
        if !is_carried {
            break;
        }
        is_carried = *digit == b'9';
        *digit = if is_carried { b'0' } else { *digit + 1 };
    }
    if is_carried {
        let at = usize::from(digits.first() == Some(&b'-'));
        digits.insert(at, b'1');
    }
    if digits.first() == Some(&b'-') && digits.iter().all(|digit| matches!(digit, b'-' | b'.' | b'0')) {
        digits.remove(0);
    }
    String::from_utf8(digits).ok()
}

/// A decimal with `places` decimals; negative: none if they would all be zero.
pub fn fixed(decimal: &Decimal, places: i64, is_grouped: bool) -> String {
    let n_decimals =
        if places <= 0 && decimal.is_whole() { 0 } else { usize::try_from(places.unsigned_abs()).unwrap_or(0) };
    let (whole, decimals) = decimal.rounded(n_decimals);
    let is_zero = whole.bytes().chain(decimals.bytes()).all(|digit| digit == b'0');
    let sign = if decimal.is_negative && !is_zero { "-" } else { "" };
    let whole = if is_grouped { group_thousands(&whole) } else { whole };
    let point = if decimals.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{decimals}")
}

pub fn filesizeformat(call: &Call<'_>) -> Result<Value, Error> {
    const NBSP: char = '\u{a0}';
    let bytes = match number_of(call.value) {
        Some(Number::Float(float)) if !float.is_finite() => None,
        Some(_) => to_int(call.value),
        None => call.value.as_str().and_then(crate::domain::template::value::number::parse_int),
    };
    let Some(bytes) = bytes else { return Ok(safe(format!("0{NBSP}bytes"))) };
    let sign = if bytes < 0 { "-" } else { "" };
    let size = bytes.unsigned_abs();
    let text = if size < 1024 {
        format!("{size}{NBSP}byte{}", if size == 1 { "" } else { "s" })
    } else {
        let units = ["KB", "MB", "GB", "TB", "PB"];
        let mut scale = 1024.0;
        let mut unit = "KB";
        for next in units {
            unit = next;
            if (size as f64) < scale * 1024.0 || next == "PB" {
                break;
            }
            scale *= 1024.0;
        }
        let scaled = Decimal::parse(&print::float_repr(size as f64 / scale));
        format!("{}{NBSP}{unit}", scaled.map(|scaled| fixed(&scaled, 1, false)).unwrap_or_default())
    };
    Ok(safe(format!("{sign}{text}")))
}

pub fn pluralize(call: &Call<'_>) -> Result<Value, Error> {
    let arg = call.arg().map_or_else(|| "s".to_owned(), |arg| print::to_str(arg).into_owned());
    let arg = if arg.contains(',') { arg } else { format!(",{arg}") };
    let parts: Vec<&str> = arg.split(',').collect();
    let [singular, plural] = parts.as_slice() else { return Ok(Value::from("")) };
    let len = || crate::domain::template::value::len_of(call.value).filter(|_| call.value.as_str().is_none());
    let is_one = to_float(call.value).map(|float| float == 1.0).or_else(|| len().map(|len| len == 1));
    Ok(match is_one {
        Some(true) => Value::from(*singular),
        Some(false) => Value::from(*plural),
        None => Value::from(""),
    })
}

pub fn yesno(call: &Call<'_>) -> Result<Value, Error> {
    let arg = call.arg().map_or_else(|| "yes,no,maybe".to_owned(), |arg| print::to_str(arg).into_owned());
    let parts: Vec<&str> = arg.split(',').collect();
    let (yes, no, maybe) = match parts.as_slice() {
        [yes, no] => (*yes, *no, *no),
        [yes, no, maybe] => (*yes, *no, *maybe),
        _ => return Ok(call.value.clone()),
    };
    Ok(Value::from(match call.value.kind() {
        ValueKind::None => maybe,
        _ if call.value.is_true() => yes,
        _ => no,
    }))
}
