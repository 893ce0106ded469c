//! Filters on dates.
//!
//! In: dates and times. Out: text.
//! Invariant: "now" is the rendering's argument.

use minijinja::{Error, Value};

use crate::domain::template::filters::date_format::{Letters, Unprintable};
use crate::domain::template::filters::{Call, date_format, fail};
use crate::domain::template::value::moment::{Civil, DAY_MICROS, Kind, Moment, days_of, month_len};
use crate::domain::template::value::{as_moment, print};

/// The argument as a format, the default one where it is missing or empty.
fn pattern_of<'a>(call: &Call<'a>, default: &'static str) -> std::borrow::Cow<'a, str> {
    match call.arg().filter(|arg| arg.is_true()) {
        Some(arg) => print::to_str(arg),
        None => default.into(),
    }
}

/// What Django tries when the value has not all that the format asks for: the argument as it stands.
fn second_try(call: &Call<'_>, moment: Option<&Moment>, letters: Letters) -> Result<String, Unprintable> {
    date_format::print(moment, &call.arg().map_or("None".into(), print::to_str), letters)
}

pub fn date(call: &Call<'_>) -> Result<Value, Error> {
    if call.value.is_none() || call.value.as_str() == Some("") {
        return Ok(Value::from(""));
    }
    let moment = as_moment(call.value).map(|moment| moment.utc());
    let pattern = pattern_of(call, "DATE_FORMAT");
    let printed = date_format::print(moment.as_ref(), date_format::named(&pattern), Letters::Date);
    let printed = match printed {
        Err(Unprintable::Missing) => second_try(call, moment.as_ref(), Letters::Date),
        printed => printed,
    };
    match printed {
        Ok(text) => Ok(Value::from(text)),
        Err(Unprintable::Missing) => Ok(Value::from("")),
        Err(refused) => Err(fail(date_format::refusal(refused, moment.is_some()))),
    }
}

pub fn time(call: &Call<'_>) -> Result<Value, Error> {
    if call.value.is_none() || call.value.as_str() == Some("") {
        return Ok(Value::from(""));
    }
    let moment = as_moment(call.value).map(|moment| moment.utc());
    let pattern = pattern_of(call, "TIME_FORMAT");
    let printed = date_format::print(moment.as_ref(), date_format::named(&pattern), Letters::Time)
        .or_else(|_| second_try(call, moment.as_ref(), Letters::Time));
    Ok(Value::from(printed.unwrap_or_default()))
}

pub fn timesince(call: &Call<'_>) -> Result<Value, Error> {
    since(call, false)
}

pub fn timeuntil(call: &Call<'_>) -> Result<Value, Error> {
    since(call, true)
}

fn since(call: &Call<'_>, is_until: bool) -> Result<Value, Error> {
    if !call.value.is_true() {
        return Ok(Value::from(""));
    }
    let Some(moment) = as_moment(call.value).filter(|moment| moment.has_date()) else {
        return Err(fail("`timesince` and `timeuntil` need a date"));
    };
    let moment = as_time(*moment);
    let other = match call.arg().filter(|arg| arg.is_true()) {
        Some(arg) => as_time(
            *as_moment(arg)
                .filter(|moment| moment.has_date())
                .ok_or_else(|| fail("`timesince` and `timeuntil` compare with a date"))?,
        ),
        None => Moment { kind: moment.kind, ..call.scopes()?.setting.now.at_offset(moment.offset) },
    };
    let other = other.at_offset(moment.offset);
    if moment.kind != other.kind {
        return Ok(Value::from(""));
    }
    let (from, to) = if is_until { (other, moment) } else { (moment, other) };
    Ok(Value::from(span_text(from, to)))
}

fn as_time(moment: Moment) -> Moment {
    if moment.has_time() { moment } else { Moment { kind: Kind::Naive, ..moment } }
}

/// The time between two moments in its two largest units, as Django says it.
pub fn span_text(from: Moment, to: Moment) -> String {
    const NBSP: char = '\u{a0}';
    let total = to.total_micros() - from.total_micros();
    if total < 1_000_000 {
        return format!("0{NBSP}minutes");
    }
    let (start, end) = (from.civil(), to.civil());
    let mut n_months = (end.year - start.year) * 12 + end.month - start.month;
    if start.day > end.day || (start.day == end.day && from.micros > to.micros) {
        n_months -= 1;
    }
    let (years, months) = (n_months.div_euclid(12), n_months.rem_euclid(12));
    let pivot = if years != 0 || months != 0 {
        let month0 = start.month - 1 + n_months;
        let (year, month) = (start.year + month0.div_euclid(12), month0.rem_euclid(12) + 1);
        // Django gives February 28 days in every year here.
        let day = start.day.min(if month == 2 { 28 } else { month_len(year, month) });
        days_of(Civil { year, month, day }) * DAY_MICROS + from.micros / 1_000_000 * 1_000_000 - from.offset * 1_000_000
    } else {
        from.total_micros()
    };
    let left = (to.total_micros() - pivot) / 1_000_000;
    let units = [
        (years, "year"),
        (months, "month"),
        (left / 604_800, "week"),
        (left % 604_800 / 86_400, "day"),
        (left % 86_400 / 3_600, "hour"),
        (left % 3_600 / 60, "minute"),
    ];
    let Some(first) = units.iter().position(|(n, _)| *n != 0) else { return format!("0{NBSP}minutes") };
    let shown: Vec<String> = units
        .iter()
        .skip(first)
        .take(2)
        .take_while(|(n, _)| *n != 0)
        .map(|(n, unit)| format!("{n}{NBSP}{unit}{}", if *n == 1 { "" } else { "s" }))
        .collect();
    shown.join(", ")
}
