//! The library `humanize`.
//!
//! In: numbers and dates. Out: text for people, in English.
//! Invariant: what is not a number is given back.
//!
//! <https://docs.djangoproject.com/en/5.2/ref/contrib/humanize/>

use minijinja::{Error, Value};

use crate::domain::template::filters::numbers::fixed;
use crate::domain::template::filters::{Call, dates, fail};
use crate::domain::template::value::big::{Int, Raised, int_of, int_of_text};
use crate::domain::template::value::moment::{Kind, Moment};
use crate::domain::template::value::number::{Decimal, digit_value, group_thousands};
use crate::domain::template::value::{Number, as_moment, number_of, print, safe};

pub fn intcomma(call: &Call<'_>) -> Result<Value, Error> {
    let is_localized = call.arg().is_none_or(Value::is_true);
    if is_localized {
        if let Some(Number::Float(float)) = number_of(call.value) {
            return Ok(Value::from(grouped(&print::float_output(float))));
        }
        match int_of(call.value) {
            Ok(int) => return Ok(Value::from(grouped(&int.to_string()))),
            Err(Raised::Overflow) => return Err(fail("`intcomma` cannot print infinity")),
            Err(Raised::Value | Raised::Type) => {}
        }
    }
    let text = print::to_str(call.value);
    let unsigned = text.strip_prefix('-').unwrap_or(&text);
    let len = unsigned.find(|letter| digit_value(letter).is_none()).unwrap_or(unsigned.len());
    let (whole, tail) = unsigned.split_at_checked(len).unwrap_or((unsigned, ""));
    let sign = if text.starts_with('-') { "-" } else { "" };
    Ok(Value::from(format!("{sign}{}{tail}", group_thousands(whole))))
}

/// A number's text with commas between thousands of its whole part.
fn grouped(text: &str) -> String {
    let (sign, unsigned) = text.strip_prefix('-').map_or(("", text), |unsigned| ("-", unsigned));
    let len = unsigned.find('.').unwrap_or(unsigned.len());
    // What Python prints with an exponent has a coefficient of its own.
    let len = len.min(unsigned.find('e').unwrap_or(len));
    let (whole, tail) = unsigned.split_at_checked(len).unwrap_or((unsigned, ""));
    format!("{sign}{}{tail}", group_thousands(whole))
}

const POWERS: [(usize, &str); 11] = [
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
];

/// The value as an integer; `None` for what is given back.
fn whole(call: &Call<'_>, filter: &str) -> Result<Option<Int>, Error> {
    match int_of(call.value) {
        Ok(int) => Ok(Some(int)),
        Err(Raised::Value | Raised::Type) => Ok(None),
        Err(Raised::Overflow) => Err(fail(format!("`{filter}` cannot print infinity"))),
    }
}

pub fn intword(call: &Call<'_>) -> Result<Value, Error> {
    let Some(int) = whole(call, "intword")? else { return Ok(call.value.clone()) };
    let float = int.as_f64();
    if float.abs() < 1e6 {
        return Ok(int.into_value());
    }
    for (exponent, name) in POWERS {
        // A power of ten as its text reads, which is the nearest float.
        let power: f64 = format!("1e{exponent}").parse().unwrap_or(f64::INFINITY);
        let limit = int_of_text(&format!("1{}", "0".repeat(exponent + 3)));
        let size = int_of_text(&int.digits());
        if size < limit {
            let scaled = Decimal::parse(&print::float_repr(float / power));
            let Some(scaled) = scaled.filter(|scaled| scaled.exponent().unsigned_abs() < 180) else { break };
            return Ok(Value::from(format!("{} {name}", fixed(&scaled, 1, false))));
        }
    }
    Ok(int.into_value())
}

pub fn ordinal(call: &Call<'_>) -> Result<Value, Error> {
    let Some(int) = whole(call, "ordinal")? else { return Ok(call.value.clone()) };
    if int.is_negative() {
        return Ok(Value::from(int.to_string()));
    }
    let digits = int.digits();
    let suffix = match digits.as_bytes() {
        [.., b'1', b'1'..=b'3'] => "th",
        [.., b'1'] => "st",
        [.., b'2'] => "nd",
        [.., b'3'] => "rd",
        _ => "th",
    };
    Ok(safe(format!("{digits}{suffix}")))
}

pub fn apnumber(call: &Call<'_>) -> Result<Value, Error> {
    const WORDS: [&str; 9] = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    let Some(int) = whole(call, "apnumber")? else { return Ok(call.value.clone()) };
    let word = usize::try_from(int.clamped().saturating_sub(1)).ok().and_then(|at| WORDS.get(at));
    Ok(word.map_or_else(|| int.into_value(), |word| Value::from(*word)))
}

pub fn naturalday(call: &Call<'_>) -> Result<Value, Error> {
    let moment = as_moment(call.value).filter(|moment| moment.has_date()).map(|moment| moment.utc());
    let Some(moment) = moment else { return Ok(call.value.clone()) };
    let today = call.scopes()?.setting.now;
    let named = match moment.days - today.days {
        0 => "today",
        1 => "tomorrow",
        -1 => "yesterday",
        _ => {
            let date = Value::from_object(Moment { kind: Kind::Date, micros: 0, offset: 0, ..moment });
            return dates::date(&Call { value: &date, ..*call });
        }
    };
    Ok(Value::from(named))
}

pub fn naturaltime(call: &Call<'_>) -> Result<Value, Error> {
    const NBSP: char = '\u{a0}';
    let Some(moment) = as_moment(call.value).filter(|moment| moment.has_date()) else { return Ok(call.value.clone()) };
    if !moment.has_time() {
        return Err(fail("`naturaltime` needs a time of day, and this is a date"));
    }
    let now = call.scopes()?.setting.now;
    let now = Moment { kind: moment.kind, ..now };
    let micros = now.total_micros() - moment.total_micros();
    let is_past = micros > 0;
    let size = micros.abs() / 1_000_000;
    if size == 0 {
        return Ok(Value::from("now"));
    }
    let now = now.at_offset(moment.offset);
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
            // Only a number is kept together with its unit.
            (1, "hour") => "an hour".to_owned(),
            (1, unit) => format!("a {unit}"),
            (count, unit) => format!("{count}{NBSP}{unit}s"),
        }
    };
    Ok(Value::from(if is_past { format!("{span} ago") } else { format!("{span} from now") }))
}
