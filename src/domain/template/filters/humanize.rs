//! The library `humanize`.
//!
//! In: numbers and dates. Out: text for people, in English.
//! Invariant: what is not a number is given back.
//!
//! <https://docs.djangoproject.com/en/5.2/ref/contrib/humanize/>

use minijinja::{Error, Value};

use crate::domain::template::filters::numbers::fixed;
use crate::domain::template::filters::{Call, date_format, dates};
use crate::domain::template::value::moment::Kind;
use crate::domain::template::value::number::{Decimal, digit_value, group_thousands, parse_float, to_int};
use crate::domain::template::value::{Number, as_moment, int_value, number_of, print, safe};

pub fn intcomma(call: &Call<'_>) -> Result<Value, Error> {
    let text = match number_of(call.value) {
        Some(Number::Int(int)) => int.to_string(),
        Some(Number::Float(float)) => print::float_output(float),
        None => {
            let text = print::to_str(call.value).into_owned();
            crate::domain::template::value::number::parse_int(&text).map_or(text, |int| int.to_string())
        }
    };
    let digits_start = if text.starts_with('-') { 1 } else { 0 };
    let (sign, rest) = text.split_at_checked(digits_start).unwrap_or(("", &text));
    let whole_len = rest.find(|letter| digit_value(letter).is_none()).unwrap_or(rest.len());
    let (whole, tail) = rest.split_at_checked(whole_len).unwrap_or((rest, ""));
    Ok(Value::from(format!("{sign}{}{tail}", group_thousands(whole))))
}

const POWERS: [(u32, &str); 12] = [
    (6, "million"),
    (9, "billion"),
    (12, "trillion"),
    (15, "quadrillion"),
    (18, "quintillion"),
    (21, "sextillion"),
    (24, "septillion"),
    (27, "octillion"),
    (30, "nonillion"),
    (33, "decillion"),
    (100, "googol"),
    (u32::MAX, ""),
];

pub fn intword(call: &Call<'_>) -> Result<Value, Error> {
    let text = match number_of(call.value) {
        Some(_) => to_int(call.value).map(|int| int.to_string()),
        None => call.value.as_str().map(|text| text.trim().to_owned()),
    };
    let Some(text) = text.filter(|text| {
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    }) else {
        return Ok(call.value.clone());
    };
    let Some(float) = parse_float(&text) else { return Ok(call.value.clone()) };
    let plain = || match text.parse::<i128>() {
        Ok(int) => int_value(int),
        Err(_) => Value::from(text.clone()),
    };
    if float.abs() < 1e6 {
        return Ok(plain());
    }
    for window in POWERS.windows(1) {
        let [(exponent, name)] = window else { break };
        if name.is_empty() {
            break;
        }
        let power = 10f64.powi(i32::try_from(*exponent).unwrap_or(0));
        if float.abs() < power * 1000.0 {
            let Some(scaled) = Decimal::parse(&print::float_repr(float / power)) else { break };
            return Ok(Value::from(format!("{} {name}", fixed(&scaled, 1, false))));
        }
    }
    Ok(plain())
}

pub fn ordinal(call: &Call<'_>) -> Result<Value, Error> {
    let Some(int) = to_int(call.value) else { return Ok(call.value.clone()) };
    if int < 0 {
        return Ok(Value::from(int.to_string()));
    }
    let suffix = match (int % 100, int % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    Ok(safe(format!("{int}{suffix}")))
}

pub fn apnumber(call: &Call<'_>) -> Result<Value, Error> {
    const WORDS: [&str; 9] = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    let Some(int) = to_int(call.value) else { return Ok(call.value.clone()) };
    let word = usize::try_from(int - 1).ok().and_then(|at| WORDS.get(at));
    Ok(word.map_or_else(|| int_value(int), |word| Value::from(*word)))
}

pub fn naturalday(call: &Call<'_>) -> Result<Value, Error> {
    let Some(moment) = as_moment(call.value) else { return Ok(call.value.clone()) };
    let today = call.scopes()?.setting.now;
    let named = match moment.days - today.days {
        0 => "today",
        1 => "tomorrow",
        -1 => "yesterday",
        _ => {
            let pattern = call.arg_text();
            let pattern = if pattern.is_empty() { "DATE_FORMAT" } else { pattern.as_ref() };
            let date = crate::domain::template::value::moment::Moment { kind: Kind::Date, micros: 0, ..*moment };
            return date_format::format(&date, date_format::named(pattern))
                .map(Value::from)
                .map_err(crate::domain::template::filters::fail);
        }
    };
    Ok(Value::from(named))
}

pub fn naturaltime(call: &Call<'_>) -> Result<Value, Error> {
    const NBSP: char = '\u{a0}';
    let Some(moment) = as_moment(call.value).filter(|moment| moment.has_time()) else { return Ok(call.value.clone()) };
    let now = call.scopes()?.setting.now;
    let secs = (now.total_micros() - moment.total_micros()).div_euclid(1_000_000);
    if secs == 0 {
        return Ok(Value::from("now"));
    }
    let is_past = secs > 0;
    let size = secs.abs();
    let span = if size >= 86_400 {
        let (from, to) = if is_past { (*moment, now) } else { (now, *moment) };
        dates::span_text(from, to)
    } else {
        let (count, unit) = match size {
            ..60 => (size, "second"),
            60..3600 => (size / 60, "minute"),
            _ => (size / 3600, "hour"),
        };
        match (count, unit) {
            (1, "hour") => format!("an{NBSP}hour"),
            (1, unit) => format!("a{NBSP}{unit}"),
            (count, unit) => format!("{count}{NBSP}{unit}s"),
        }
    };
    Ok(Value::from(if is_past { format!("{span} ago") } else { format!("{span} from now") }))
}
