//! Compares dates: with fixed ones, and with the present.
//!
//! In: a property's value, a comparison, the time. Out: a point in time, held or not, words for the comparison.
//! Invariant: a date without an offset is read as UTC; what cannot be read as a date is no date.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::flow::calendar::Date;
use crate::domain::time::{DAY_MILLIS, HOUR_MILLIS, SECOND_MILLIS, Timestamp, month_name};

/// What is asked of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateComparison {
    After {
        date: Timestamp,
    },
    Before {
        date: Timestamp,
    },
    /// Both ends belong to the range.
    BetweenStatic {
        start: Timestamp,
        end: Timestamp,
    },
    InTheLast {
        quantity: u32,
        unit: DateUnit,
    },
    InTheNext {
        quantity: u32,
        unit: DateUnit,
    },
    /// At least that long ago.
    AtLeast {
        quantity: u32,
        unit: DateUnit,
    },
    /// Between so long and so long ago; both ends belong to the range, in either order.
    BetweenAgo {
        start: u32,
        end: u32,
        unit: DateUnit,
    },
    /// Today is the date's day and month.
    Anniversary,
    /// This month is the date's month.
    AnniversaryMonth,
    /// The day and month of the date came round within that time; today counts.
    AnniversaryInTheLast {
        quantity: u32,
        unit: DateUnit,
    },
    /// The day and month of the date come round within that time; today counts.
    AnniversaryInTheNext {
        quantity: u32,
        unit: DateUnit,
    },
    /// The date lies in that month of any year, from 1 to 12.
    CalendarMonth {
        month: u8,
    },
}

/// The unit of a relative date, by Klaviyo's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateUnit {
    Hour,
    Day,
    Week,
}

impl DateUnit {
    const fn millis(self) -> i64 {
        match self {
            Self::Hour => HOUR_MILLIS,
            Self::Day => DAY_MILLIS,
            Self::Week => 7 * DAY_MILLIS,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Hour => "hours",
            Self::Day => "days",
            Self::Week => "weeks",
        }
    }
}

impl DateComparison {
    /// Whether `date` meets the comparison at the time `now`.
    pub fn is_met_by(self, date: Timestamp, now: Timestamp) -> bool {
        match self {
            Self::After { date: bound } => date > bound,
            Self::Before { date: bound } => date < bound,
            Self::BetweenStatic { start, end } => start <= date && date <= end,
            Self::InTheLast { quantity, unit } => {
                date <= now && now.millis_since(date) <= i64::from(quantity) * unit.millis()
            }
            Self::InTheNext { quantity, unit } => {
                date >= now && date.millis_since(now) <= i64::from(quantity) * unit.millis()
            }
            Self::AtLeast { quantity, unit } => now.millis_since(date) >= span(quantity, unit),
            Self::BetweenAgo { start, end, unit } => {
                let age = now.millis_since(date);
                span(start.min(end), unit) <= age && age <= span(start.max(end), unit)
            }
            Self::Anniversary => round(day_of(date), day_of(now).year) == day_of(now),
            Self::AnniversaryMonth => day_of(date).month == day_of(now).month,
            Self::AnniversaryInTheLast { quantity, unit } => {
                let (date, today) = (day_of(date), day_of(now));
                let last = [0, 1].map(|n| round(date, today.year - n)).into_iter().find(|round| *round <= today);
                last.is_some_and(|last| now.millis_since(midnight(last)) <= span(quantity, unit).max(DAY_MILLIS - 1))
            }
            Self::AnniversaryInTheNext { quantity, unit } => {
                let (date, today) = (day_of(date), day_of(now));
                let next = [0, 1].map(|n| round(date, today.year + n)).into_iter().find(|round| *round >= today);
                next.is_some_and(|next| midnight(next).millis_since(now) <= span(quantity, unit))
            }
            Self::CalendarMonth { month } => day_of(date).month == month,
        }
    }
}

fn span(quantity: u32, unit: DateUnit) -> i64 {
    i64::from(quantity) * unit.millis()
}

/// The day of a point in time, in UTC.
fn day_of(at: Timestamp) -> Date {
    Date::of_days(at.as_millis().div_euclid(DAY_MILLIS))
}

fn midnight(date: Date) -> Timestamp {
    Timestamp::from_millis(date.days().saturating_mul(DAY_MILLIS))
}

fn round(date: Date, year: i64) -> Date {
    date.in_year(year)
}

/// Says the comparison in words, such as `in the last 3 days`.
impl fmt::Display for DateComparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::After { date } => write!(f, "after {date}"),
            Self::Before { date } => write!(f, "before {date}"),
            Self::BetweenStatic { start, end } => write!(f, "between {start} and {end}"),
            Self::InTheLast { quantity, unit } => write!(f, "in the last {quantity} {}", unit.word()),
            Self::InTheNext { quantity, unit } => write!(f, "in the next {quantity} {}", unit.word()),
            Self::AtLeast { quantity, unit } => write!(f, "at least {quantity} {} ago", unit.word()),
            Self::BetweenAgo { start, end, unit } => write!(f, "between {start} and {end} {} ago", unit.word()),
            Self::Anniversary => write!(f, "anniversary is today"),
            Self::AnniversaryMonth => write!(f, "anniversary is this month"),
            Self::AnniversaryInTheLast { quantity, unit } => {
                write!(f, "anniversary in the last {quantity} {}", unit.word())
            }
            Self::AnniversaryInTheNext { quantity, unit } => {
                write!(f, "anniversary in the next {quantity} {}", unit.word())
            }
            Self::CalendarMonth { month } => write!(f, "in {}", month_name(usize::from(*month)).unwrap_or("no month")),
        }
    }
}

/// Reads the dates Klaviyo accepts for properties: ISO 8601 with or without time and offset, `MM/DD/YYYY`, and Unix seconds.
pub fn read_date(value: &Value) -> Option<Timestamp> {
    match value {
        Value::String(text) => read_text(text.trim()),
        Value::Number(number) => {
            let millis = number.as_f64()? * SECOND_MILLIS as f64;
            // Beyond the year 9999 it is no date but some other number.
            (millis.abs() < 253_402_300_800_000.0).then(|| Timestamp::from_millis(millis as i64))
        }
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn read_text(text: &str) -> Option<Timestamp> {
    if let Some(timestamp) = Timestamp::parse(text) {
        return Some(timestamp);
    }
    let civil = text.parse::<jiff::civil::DateTime>().ok().or_else(|| read_us_text(text))?;
    let timestamp = jiff::tz::Offset::UTC.to_timestamp(civil).ok()?;
    Some(Timestamp::from_millis(timestamp.as_millisecond()))
}

fn read_us_text(text: &str) -> Option<jiff::civil::DateTime> {
    let (date, time) = text.split_once(' ').unwrap_or((text, "00:00"));
    let [month, day, year] = numbers(date, '/')?[..] else { return None };
    let year = if year < 100 { year + 2_000 } else { year };
    let (hour, minute, second) = match numbers(time, ':')?[..] {
        [hour, minute] => (hour, minute, 0),
        [hour, minute, second] => (hour, minute, second),
        _ => return None,
    };
    jiff::civil::DateTime::new(
        year,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
        i8::try_from(hour).ok()?,
        i8::try_from(minute).ok()?,
        i8::try_from(second).ok()?,
        0,
    )
    .ok()
}

fn numbers(text: &str, separator: char) -> Option<Vec<i16>> {
    text.split(separator).map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_documented_date_texts_are_read() {
        let noon = Timestamp::parse("2016-02-26T12:00:00Z");
        for value in [
            json!("2016-02-26T12:00:00Z"),
            json!("2016-02-26T07:00:00-05:00"),
            json!("2016-02-26 12:00:00"),
            json!("2016-02-26T12:00:00.000"),
            json!("02/26/2016 12:00"),
            json!("02/26/16 12:00:00"),
            json!(1_456_488_000),
        ] {
            assert_eq!(read_date(&value), noon, "{value}");
        }
        assert_eq!(read_date(&json!("2016-02-26")), Timestamp::parse("2016-02-26T00:00:00Z"));
        for value in [json!("yesterday"), json!(""), json!("13/45/2016"), json!(1e300), json!(null), json!(true)] {
            assert_eq!(read_date(&value), None, "{value}");
        }
    }

    #[test]
    fn anniversaries_come_round() {
        let date = |text: &str| Timestamp::parse(&format!("{text}T00:00:00Z")).unwrap();
        let days = |quantity| (quantity, DateUnit::Day);
        let last = |(quantity, unit)| DateComparison::AnniversaryInTheLast { quantity, unit };
        let next = |(quantity, unit)| DateComparison::AnniversaryInTheNext { quantity, unit };
        let between = |start, end| DateComparison::BetweenAgo { start, end, unit: DateUnit::Week };
        for (comparison, born, today, expected) in [
            (DateComparison::Anniversary, "1988-03-12", "2026-03-12", true),
            (DateComparison::Anniversary, "1988-03-12", "2026-03-13", false),
            (DateComparison::Anniversary, "2024-02-29", "2026-02-28", true),
            (DateComparison::Anniversary, "2024-02-29", "2028-02-28", false),
            (DateComparison::AnniversaryMonth, "1988-03-12", "2026-03-31", true),
            (DateComparison::AnniversaryMonth, "1988-03-12", "2026-04-01", false),
            (DateComparison::CalendarMonth { month: 3 }, "1988-03-12", "2026-11-01", true),
            (DateComparison::CalendarMonth { month: 4 }, "1988-03-12", "2026-04-01", false),
            (last(days(7)), "1988-03-12", "2026-03-12", true),
            (last(days(7)), "1988-03-12", "2026-03-18", true),
            (last(days(7)), "1988-03-12", "2026-03-20", false),
            (last(days(7)), "1988-12-30", "2026-01-02", true),
            (last(days(7)), "1988-03-12", "2026-03-11", false),
            (next(days(7)), "1988-03-12", "2026-03-12", true),
            (next(days(7)), "1988-03-12", "2026-03-05", true),
            (next(days(7)), "1988-03-12", "2026-03-04", false),
            (next(days(7)), "1988-01-02", "2025-12-30", true),
            (between(1, 2), "2026-03-01", "2026-03-10", true),
            (between(2, 1), "2026-03-01", "2026-03-15", true),
            (between(1, 2), "2026-03-01", "2026-03-16", false),
            (between(1, 2), "2026-03-01", "2026-03-07", false),
        ] {
            assert_eq!(comparison.is_met_by(date(born), date(today)), expected, "{comparison} {born} {today}");
        }
    }

    #[test]
    fn relative_dates_count_from_now() {
        let now = Timestamp::from_millis(100 * DAY_MILLIS);
        let three_days = |comparison: fn(u32, DateUnit) -> DateComparison| comparison(3, DateUnit::Day);
        let in_the_last = three_days(|quantity, unit| DateComparison::InTheLast { quantity, unit });
        let in_the_next = three_days(|quantity, unit| DateComparison::InTheNext { quantity, unit });
        let at_least = three_days(|quantity, unit| DateComparison::AtLeast { quantity, unit });
        for (days_later, expected) in [
            (-4, [false, false, true]),
            (-3, [true, false, true]),
            (-1, [true, false, false]),
            (1, [false, true, false]),
            (4, [false, false, false]),
        ] {
            let date = now.plus_millis(days_later * DAY_MILLIS);
            let found = [in_the_last, in_the_next, at_least].map(|comparison| comparison.is_met_by(date, now));
            assert_eq!(found, expected, "{days_later}");
        }
    }
}
