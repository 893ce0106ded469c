//! Filters on numbers.
//!
//! In: numbers, or text that holds one. Out: numbers or text, as Django computes them.
//! Invariant: what is not a number gives what Django gives, mostly an empty text.

use minijinja::value::ValueKind;
use minijinja::{Error, Value};

use crate::domain::template::filters::{Call, fail};
use crate::domain::template::value::big::{Int, Raised, int_of, int_of_text};
use crate::domain::template::value::compare::ITEM;
use crate::domain::template::value::list::{Form, List};
use crate::domain::template::value::number::{Decimal, group_thousands, to_float};
use crate::domain::template::value::{as_list, is_space, len_of, number_of, print, safe, text_of_bytes};

pub fn add(call: &Call<'_>) -> Result<Value, Error> {
    let (value, arg) = (call.value, call.arg().unwrap_or(&Value::UNDEFINED));
    match int_of(value).and_then(|value| int_of(arg).map(|arg| value.plus(&arg))) {
        Ok(sum) => return Ok(sum.into_value()),
        Err(Raised::Overflow) => return Err(fail("`add` cannot add infinity")),
        Err(Raised::Value | Raised::Type) => {}
    }
    if let (Some(a), Some(b)) = (value.as_str(), arg.as_str()) {
        let joined = format!("{a}{b}");
        return Ok(if value.is_safe() && arg.is_safe() { safe(joined) } else { Value::from(joined) });
    }
    if let (Some(a), Some(b)) = (as_list(value), as_list(arg)) {
        let is_tuple = |list: &List| list.form.is_tuple();
        let form = match () {
            () if a.form == Form::List && b.form == Form::List => Some(Form::List),
            () if is_tuple(a) && is_tuple(b) => Some(Form::Tuple),
            () => None,
        };
        if let Some(form) = form {
            crate::domain::template::filters::check_len(a.items.len() + b.items.len())?;
            call.scopes.pay((a.items.len() + b.items.len()).saturating_mul(ITEM));
            return Ok(Value::from_object(List::new(a.items.iter().chain(&b.items).cloned().collect(), form)));
        }
    }
    if let (Some(a), Some(b)) = (number_of(value), number_of(arg)) {
        return Ok(Value::from(a.as_f64() + b.as_f64()));
    }
    Ok(Value::from(""))
}

pub fn divisibleby(call: &Call<'_>) -> Result<Value, Error> {
    let int = |value: &Value| int_of(value).map_err(|_| fail("`divisibleby` needs whole numbers"));
    let (value, by) = (int(call.value)?, int(call.arg().unwrap_or(&Value::UNDEFINED))?);
    let is_divisible = value.is_divisible_by(&by).ok_or_else(|| fail("`divisibleby` cannot divide by 0"))?;
    Ok(Value::from(is_divisible))
}

pub fn get_digit(call: &Call<'_>) -> Result<Value, Error> {
    let read = |value: &Value| match int_of(value) {
        Ok(int) => Ok(Some(int)),
        Err(Raised::Value) => Ok(None),
        Err(Raised::Type | Raised::Overflow) => Err(fail("`get_digit` needs whole numbers")),
    };
    let Some(place) = read(call.arg().unwrap_or(&Value::UNDEFINED))? else { return Ok(call.value.clone()) };
    let Some(int) = read(call.value)? else { return Ok(call.value.clone()) };
    if place < Int::Small(1) {
        return Ok(int.into_value());
    }
    let shown = int.to_string();
    let digit = shown.len().checked_sub(place.clamped_len()).and_then(|at| shown.chars().nth(at));
    match digit {
        Some(digit) => digit.to_digit(10).map(Value::from).ok_or_else(|| fail("`get_digit` met a sign")),
        None => Ok(Value::from(0)),
    }
}

/// The argument of `floatformat`: decimals, and whether thousands are grouped.
fn places_of(call: &Call<'_>) -> Result<Option<(Int, bool)>, Error> {
    let Some(arg) = call.arg() else { return Ok(Some((Int::Small(-1), false))) };
    let Some(text) = arg.as_str() else {
        return match int_of(arg) {
            Ok(places) => Ok(Some((places, false))),
            Err(Raised::Value) => Ok(None),
            Err(Raised::Type | Raised::Overflow) => Err(fail("the argument of `floatformat` must be a number")),
        };
    };
    let (rest, is_grouped) = if let Some(rest) = text.strip_suffix("gu").or_else(|| text.strip_suffix("ug")) {
        (rest, false)
    } else if let Some(rest) = text.strip_suffix('g') {
        (rest, true)
    } else {
        (text.strip_suffix('u').unwrap_or(text), false)
    };
    if rest.is_empty() && rest.len() < text.len() {
        return Ok(Some((Int::Small(-1), is_grouped)));
    }
    Ok(int_of_text(rest).map(|places| (places, is_grouped)))
}

/// More decimals than this are not printed; Django would, and fill the memory.
const MAX_PLACES: i64 = 100_000;

pub fn floatformat(call: &Call<'_>) -> Result<Value, Error> {
    if let Some(text) = call.arg().and_then(|arg| plain_fixed(call.value, arg)) {
        return Ok(safe(text));
    }
    if call.arg().and_then(Value::as_str) == Some("") {
        return Err(fail("the argument of `floatformat` is empty"));
    }
    let text = print::to_str(call.value);
    let lower = text.trim_matches(is_space).trim_start_matches(['+', '-']).to_ascii_lowercase();
    let is_named = matches!(lower.as_str(), "inf" | "infinity" | "nan" | "snan")
        || lower.strip_prefix("snan").or_else(|| lower.strip_prefix("nan")).is_some_and(is_digits);
    let decimal = Decimal::parse(&text).or_else(|| {
        let float = to_float(call.value).filter(|float| float.is_finite())?;
        Decimal::parse(&print::float_repr(float))
    });
    if decimal.is_none() && !is_named {
        return Ok(Value::from(""));
    }
    let places = places_of(call)?;
    let Some(decimal) = decimal else { return Ok(Value::from(text.into_owned())) };
    let Some((places, is_grouped)) = places else { return Ok(Value::from(text.into_owned())) };
    // Django leaves numbers of more than 200 digits as they are.
    if decimal.n_significant() + decimal.exponent().unsigned_abs() > 200 {
        return Ok(Value::from(text.into_owned()));
    }
    let places = places.clamped();
    if places.unsigned_abs() > MAX_PLACES as u64 {
        return Err(fail("`floatformat` prints no more than 100,000 decimals"));
    }
    Ok(safe(fixed(&decimal, places, is_grouped)))
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
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
    const UNITS: [&str; 5] = ["KB", "MB", "GB", "TB", "PB"];
    let bytes = match int_of(call.value) {
        Ok(bytes) => bytes,
        Err(Raised::Overflow) => return Err(fail("`filesizeformat` cannot print infinity")),
        Err(Raised::Value | Raised::Type) => return Ok(Value::from(format!("0{NBSP}bytes"))),
    };
    let sign = if bytes.is_negative() { "-" } else { "" };
    let size = bytes.as_f64().abs();
    if size < 1024.0 {
        let ending = if size == 1.0 { "" } else { "s" };
        return Ok(Value::from(format!("{sign}{}{NBSP}byte{ending}", bytes.digits())));
    }
    let mut scale = 1024.0;
    let mut unit = "KB";
    for next in UNITS {
        unit = next;
        if size < scale * 1024.0 || next == "PB" {
            break;
        }
        scale *= 1024.0;
    }
    let rounded: f64 = format!("{:.1}", size / scale).parse().unwrap_or(f64::INFINITY);
    if !rounded.is_finite() {
        return Err(fail("the number is too large for `filesizeformat`"));
    }
    let repr = print::float_repr(rounded);
    let scaled =
        Decimal::parse(&repr).filter(|scaled| scaled.n_significant() + scaled.exponent().unsigned_abs() <= 200);
    let shown = match scaled {
        Some(scaled) => fixed(&scaled, 1, false),
        // Django cuts the decimals of what Python prints with an exponent.
        None => repr.split_once('e').map_or(repr.clone(), |(digits, exponent)| {
            let point = digits.find('.').unwrap_or(digits.len());
            format!(
                "{}.{}e{exponent}",
                digits.get(..point).unwrap_or(digits),
                digits.get(point + 1..point + 2).unwrap_or("0")
            )
        }),
    };
    Ok(Value::from(format!("{sign}{shown}{NBSP}{unit}")))
}

/// The argument as text, or why it cannot be.
fn text_arg<'a>(call: &Call<'a>, filter: &str) -> Result<&'a str, Error> {
    call.arg().and_then(Value::as_str).ok_or_else(|| fail(format!("the argument of `{filter}` must be text")))
}

pub fn pluralize(call: &Call<'_>) -> Result<Value, Error> {
    let arg = if call.arg().is_some() { text_arg(call, "pluralize")? } else { "s" };
    let parts: Vec<&str> = arg.split(',').collect();
    let (singular, plural) = match parts.as_slice() {
        [plural] => ("", *plural),
        [singular, plural] => (*singular, *plural),
        _ => return Ok(Value::from("")),
    };
    let is_text = || call.value.as_str().is_some() || text_of_bytes(call.value).is_some();
    let len = || if is_text() { None } else { len_of(call.value) };
    let is_one = to_float(call.value).map(|float| float == 1.0).or_else(|| len().map(|len| len == 1));
    Ok(match is_one {
        Some(true) => Value::from(singular),
        Some(false) => Value::from(plural),
        None => Value::from(""),
    })
}

pub fn yesno(call: &Call<'_>) -> Result<Value, Error> {
    let has_words = call.arg().is_some_and(|arg| !arg.is_none());
    let arg = if has_words { text_arg(call, "yesno")? } else { "yes,no,maybe" };
    let parts: Vec<&str> = arg.split(',').collect();
    let (yes, no, maybe) = match parts.as_slice() {
        [] | [_] => return Ok(call.value.clone()),
        [yes, no, maybe] => (*yes, *no, *maybe),
        [yes, no, ..] => (*yes, *no, *no),
    };
    Ok(Value::from(match call.value.kind() {
        ValueKind::None => maybe,
        _ if call.value.is_true() => yes,
        _ => no,
    }))
}
