//! Klaviyo's own filters on numbers and text.
//!
//! In: values. Out: what Klaviyo's glossary documents, as far as it is known.
//! Invariant: each filter's evidence stands in the table.

use minijinja::{Error, ErrorKind, Value};

use crate::domain::pattern::Pattern;
use crate::domain::template::filters::numbers::fixed;
use crate::domain::template::filters::{Call, fail, truncate};
use crate::domain::template::value::compare::ITEM;
use crate::domain::template::value::moment::{Kind, Moment};
use crate::domain::template::value::number::{Decimal, to_float, to_int};
use crate::domain::template::value::{Number, as_moment, items_of, list, number_of, print};

fn text(text: impl Into<String>) -> Result<Value, Error> {
    Ok(Value::from(text.into()))
}

fn arg_float(call: &Call<'_>) -> f64 {
    call.arg().and_then(to_float).unwrap_or(0.0)
}

/// A float without the noise of binary arithmetic: 1.1 − 1 is 0.1.
fn tidy(float: f64) -> Value {
    Value::from(format!("{float:.12}").parse::<f64>().unwrap_or(float))
}

fn with_floats(call: &Call<'_>, compute: fn(f64, f64) -> Option<f64>) -> Result<Value, Error> {
    let (Some(a), Some(b)) = (to_float(call.value), call.arg().and_then(to_float)) else { return Ok(Value::from(0.0)) };
    Ok(compute(a, b).map_or_else(|| Value::from(""), tidy))
}

pub fn abs(call: &Call<'_>) -> Result<Value, Error> {
    Ok(match number_of(call.value) {
        Some(Number::Int(int)) => crate::domain::template::value::int_value(int.saturating_abs()),
        Some(Number::Float(float)) => Value::from(float.abs()),
        None => to_float(call.value).map_or_else(|| Value::from(""), |float| Value::from(float.abs())),
    })
}

pub fn at_least(call: &Call<'_>) -> Result<Value, Error> {
    let is_kept = to_float(call.value).unwrap_or(f64::NEG_INFINITY) >= arg_float(call);
    Ok(if is_kept { call.value.clone() } else { call.arg().cloned().unwrap_or_default() })
}

pub fn at_most(call: &Call<'_>) -> Result<Value, Error> {
    let is_kept = to_float(call.value).unwrap_or(f64::INFINITY) <= arg_float(call);
    Ok(if is_kept { call.value.clone() } else { call.arg().cloned().unwrap_or_default() })
}

fn rounded_with(call: &Call<'_>, round: fn(f64) -> f64) -> Result<Value, Error> {
    Ok(to_float(call.value).map_or_else(|| Value::from(""), |float| Value::from(round(float))))
}

pub fn ceil(call: &Call<'_>) -> Result<Value, Error> {
    rounded_with(call, f64::ceil)
}

pub fn floor(call: &Call<'_>) -> Result<Value, Error> {
    rounded_with(call, f64::floor)
}

pub fn round(call: &Call<'_>) -> Result<Value, Error> {
    let places = call.arg().and_then(to_int).unwrap_or(0).clamp(0, 12);
    directed(call, places, f64::round)
}

pub fn round_up(call: &Call<'_>) -> Result<Value, Error> {
    directed(call, call.arg().and_then(to_int).unwrap_or(0).clamp(0, 12), f64::ceil)
}

pub fn round_down(call: &Call<'_>) -> Result<Value, Error> {
    directed(call, call.arg().and_then(to_int).unwrap_or(0).clamp(0, 12), f64::floor)
}

fn directed(call: &Call<'_>, places: i128, round: fn(f64) -> f64) -> Result<Value, Error> {
    let Some(float) = to_float(call.value) else { return Ok(Value::from("")) };
    let scale = 10f64.powi(i32::try_from(places).unwrap_or(0));
    let scaled = format!("{:.9}", float * scale).parse::<f64>().unwrap_or(float * scale);
    Ok(tidy(round(scaled) / scale))
}

pub fn divide(call: &Call<'_>) -> Result<Value, Error> {
    with_floats(call, |a, b| (b != 0.0).then(|| a / b))
}

pub fn multiply(call: &Call<'_>) -> Result<Value, Error> {
    with_floats(call, |a, b| Some(a * b))
}

pub fn floatadd(call: &Call<'_>) -> Result<Value, Error> {
    with_floats(call, |a, b| Some(a + b))
}

pub fn floatsub(call: &Call<'_>) -> Result<Value, Error> {
    with_floats(call, |a, b| Some(a - b))
}

pub fn modulo(call: &Call<'_>) -> Result<Value, Error> {
    with_floats(call, |a, b| (b != 0.0).then(|| a - b * (a / b).floor()))
}

pub fn percentize(call: &Call<'_>) -> Result<Value, Error> {
    let Some(float) = to_float(call.value) else { return Ok(Value::from("")) };
    let places = call.arg().and_then(to_int).unwrap_or(0).clamp(0, 20);
    let decimal = Decimal::parse(&print::to_str(&tidy(float * 100.0)));
    let number = decimal.map(|decimal| decimal.rounded(usize::try_from(places).unwrap_or(0)));
    let sign = if float < 0.0 { "-" } else { "" };
    text(number.map_or_else(String::new, |(whole, decimals)| {
        format!("{sign}{whole}{}{decimals}%", if decimals.is_empty() { "" } else { "." })
    }))
}

fn compared(call: &Call<'_>, test: fn(&f64, &f64) -> bool) -> Result<Value, Error> {
    let (Some(a), Some(b)) = (to_float(call.value), call.arg().and_then(to_float)) else {
        return Ok(Value::from(false));
    };
    Ok(Value::from(test(&a, &b)))
}

pub fn gt(call: &Call<'_>) -> Result<Value, Error> {
    compared(call, f64::gt)
}

pub fn gte(call: &Call<'_>) -> Result<Value, Error> {
    compared(call, f64::ge)
}

pub fn lt(call: &Call<'_>) -> Result<Value, Error> {
    compared(call, f64::lt)
}

pub fn lte(call: &Call<'_>) -> Result<Value, Error> {
    compared(call, f64::le)
}

pub fn append(call: &Call<'_>) -> Result<Value, Error> {
    text(format!("{}{}", call.text(), call.arg_text()))
}

pub fn prepend(call: &Call<'_>) -> Result<Value, Error> {
    text(format!("{}{}", call.arg_text(), call.text()))
}

pub fn concat(call: &Call<'_>) -> Result<Value, Error> {
    if call.value.as_str().is_none()
        && let (Some(a), Some(b)) = (call.items(), call.arg().filter(|arg| arg.as_str().is_none()).and_then(items_of))
    {
        crate::domain::template::filters::check_len(a.len() + b.len())?;
        call.scopes.pay(b.len().saturating_mul(ITEM));
        return Ok(list(a.iter().chain(b.iter()).cloned().collect()));
    }
    append(call)
}

pub fn truncate_filter(call: &Call<'_>) -> Result<Value, Error> {
    let length = call.arg().and_then(to_int).unwrap_or(50);
    text(truncate::cut_chars(&call.text(), usize::try_from(length.max(0)).unwrap_or(usize::MAX)))
}

pub fn strip(call: &Call<'_>) -> Result<Value, Error> {
    text(call.text().trim())
}

pub fn lstrip(call: &Call<'_>) -> Result<Value, Error> {
    text(call.text().trim_start())
}

pub fn rstrip(call: &Call<'_>) -> Result<Value, Error> {
    text(call.text().trim_end())
}

pub fn strip_newlines(call: &Call<'_>) -> Result<Value, Error> {
    text(call.text().replace(['\n', '\r'], ""))
}

/// Replaces `old`, all of them, only the first or only the last.
fn replaced(input: &str, old: &str, new: &str, which: Which) -> Result<Value, Error> {
    if old.is_empty() {
        return text(input);
    }
    let grown = input.len() / old.len() * new.len();
    crate::domain::template::filters::check_len(grown)?;
    text(match which {
        Which::All => input.replace(old, new),
        Which::First => input.replacen(old, new, 1),
        Which::Last => match input.rfind(old) {
            Some(at) => {
                let (head, tail) = input.split_at_checked(at).unwrap_or((input, ""));
                format!("{head}{new}{}", tail.get(old.len()..).unwrap_or_default())
            }
            None => input.to_owned(),
        },
    })
}

#[derive(Clone, Copy)]
enum Which {
    All,
    First,
    Last,
}

pub fn remove(call: &Call<'_>) -> Result<Value, Error> {
    replaced(&call.text(), &call.arg_text(), "", Which::All)
}

pub fn remove_first(call: &Call<'_>) -> Result<Value, Error> {
    replaced(&call.text(), &call.arg_text(), "", Which::First)
}

pub fn remove_last(call: &Call<'_>) -> Result<Value, Error> {
    replaced(&call.text(), &call.arg_text(), "", Which::Last)
}

fn find_replace_with(call: &Call<'_>, which: Which) -> Result<Value, Error> {
    let arg = call.arg_text();
    let (old, new) = arg.split_once('|').unwrap_or((arg.as_ref(), ""));
    replaced(&call.text(), old, new, which)
}

pub fn find_replace(call: &Call<'_>) -> Result<Value, Error> {
    find_replace_with(call, Which::All)
}

pub fn replace_first(call: &Call<'_>) -> Result<Value, Error> {
    find_replace_with(call, Which::First)
}

pub fn replace_last(call: &Call<'_>) -> Result<Value, Error> {
    find_replace_with(call, Which::Last)
}

pub fn split(call: &Call<'_>) -> Result<Value, Error> {
    let (input, separator) = (call.text(), call.arg_text());
    let parts: Vec<Value> = if separator.is_empty() {
        input.split_whitespace().map(Value::from).collect()
    } else {
        input.split(separator.as_ref()).map(Value::from).collect()
    };
    call.scopes.pay(parts.len().saturating_mul(ITEM));
    Ok(list(parts))
}

/// Looks at characters in one `resplit`.
const MAX_TRIES: usize = 4_000_000;

pub fn resplit(call: &Call<'_>) -> Result<Value, Error> {
    let arg = call.arg_text();
    let pattern =
        Pattern::parse(&arg).map_err(|problem| fail(format!("the pattern of `resplit` cannot be read: {problem}")))?;
    let (pieces, n_tries) = pattern
        .split(&call.text(), MAX_TRIES)
        .ok_or_else(|| Error::new(ErrorKind::OutOfFuel, "the pattern of `resplit` takes too long on this text"))?;
    call.scopes.pay(n_tries.saturating_add(pieces.len().saturating_mul(ITEM)));
    Ok(list(pieces.into_iter().map(Value::from).collect()))
}

/// Klaviyo does not publish the addresses of the pictures that stand in; these are nobody's.
pub fn missing_image(call: &Call<'_>) -> Result<Value, Error> {
    stand_in(call, "https://example.com/missing-image.png")
}

pub fn missing_product_image(call: &Call<'_>) -> Result<Value, Error> {
    stand_in(call, "https://example.com/missing-product-image.png")
}

fn stand_in(call: &Call<'_>, address: &str) -> Result<Value, Error> {
    Ok(if call.value.is_true() { call.value.clone() } else { Value::from(address) })
}

pub fn trim_slash(call: &Call<'_>) -> Result<Value, Error> {
    let input = call.text();
    text(input.strip_suffix('/').unwrap_or(&input))
}

fn with_scheme(input: &str, scheme: &str) -> Result<Value, Error> {
    let rest = input.split_once("://").map_or(input, |(_, rest)| rest);
    text(format!("{scheme}://{}", rest.trim_start_matches('/')))
}

pub fn httpize(call: &Call<'_>) -> Result<Value, Error> {
    with_scheme(&call.text(), "http")
}

pub fn httpsize(call: &Call<'_>) -> Result<Value, Error> {
    with_scheme(&call.text(), "https")
}

/// Symbols that stand for one currency in English.
const SYMBOLS: &[(&str, &str)] = &[
    ("USD", "$"),
    ("EUR", "€"),
    ("GBP", "£"),
    ("JPY", "¥"),
    ("AUD", "A$"),
    ("BRL", "R$"),
    ("CAD", "CA$"),
    ("CNY", "CN¥"),
    ("HKD", "HK$"),
    ("ILS", "₪"),
    ("INR", "₹"),
    ("KRW", "₩"),
    ("MXN", "MX$"),
    ("NZD", "NZ$"),
    ("PHP", "₱"),
    ("TWD", "NT$"),
    ("VND", "₫"),
];

/// Currencies without decimals, and with three, by ISO 4217.
const NO_DECIMALS: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
const THREE_DECIMALS: &str = "BHD IQD JOD KWD LYD OMR TND";

/// Symbol and decimals as in English, as `currency_format` prints a number; what is no number is given back.
pub fn currency(value: &Value, code: &str) -> Value {
    let Some(decimal) = to_float(value).and_then(|_| Decimal::parse(&print::to_str(value))) else {
        return value.clone();
    };
    let places = match code {
        _ if NO_DECIMALS.split(' ').any(|other| other == code) => 0,
        _ if THREE_DECIMALS.split(' ').any(|other| other == code) => 3,
        _ => 2,
    };
    let number = fixed(&decimal, places, true);
    let (mut text, number) = match number.strip_prefix('-') {
        Some(number) => ("-".to_owned(), number),
        None => (String::new(), number.as_str()),
    };
    match SYMBOLS.iter().find(|(other, _)| *other == code) {
        Some((_, symbol)) => text.push_str(symbol),
        None => {
            text.push_str(code);
            text.push('\u{a0}');
        }
    }
    text.push_str(number);
    Value::from(text)
}

/// Reads a date of any form that Klaviyo accepts.
fn read_date(value: &Value) -> Option<Moment> {
    if let Some(moment) = as_moment(value) {
        return Some(*moment);
    }
    if let Some(seconds) = to_float(value).filter(|seconds| seconds.abs() < 2e11) {
        return Some(Moment::from_millis((seconds * 1000.0) as i64));
    }
    let input = value.as_str()?;
    if let Some(moment) = Moment::parse(input) {
        return Some(moment);
    }
    let (date, clock) = input.trim().split_once(' ').unwrap_or((input.trim(), ""));
    let mut parts = date.split('/');
    let (month, day, year) = (parts.next()?, parts.next()?, parts.next()?);
    let year = if year.len() == 2 { format!("20{year}") } else { year.to_owned() };
    let clock = if clock.is_empty() { String::new() } else { format!(" {clock}") };
    Moment::parse(&format!("{year}-{month:0>2}-{day:0>2}{clock}"))
}

pub fn format_date_string(call: &Call<'_>) -> Result<Value, Error> {
    Ok(read_date(call.value).map_or_else(|| Value::from(""), Value::from_object))
}

pub fn days_later(call: &Call<'_>) -> Result<Value, Error> {
    let Some(moment) = read_date(call.value) else { return Ok(Value::from("")) };
    let days = call.arg().and_then(to_int).and_then(|days| i64::try_from(days).ok()).unwrap_or(0);
    text(Moment { kind: Kind::Date, micros: 0, ..moment.plus_days(days) }.iso('T'))
}

pub fn weeks_since(call: &Call<'_>) -> Result<Value, Error> {
    let Some(moment) = read_date(call.value) else { return Ok(Value::from("")) };
    let other = match call.arg() {
        Some(arg) => read_date(arg),
        None => Some(call.scopes()?.setting.now),
    };
    Ok(other.map_or_else(|| Value::from(""), |other| Value::from((other.days - moment.days) / 7)))
}
