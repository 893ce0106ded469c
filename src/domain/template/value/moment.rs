//! Dates and times, proleptic Gregorian.
//!
//! In: ISO text, or parts. Out: Python's `date`, `datetime` and `time` as template values.
//! Invariant: every moment is a real calendar date; reads no clock.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::{Object, ObjectRepr};

use crate::domain::template::filters::date_format;
use crate::domain::template::value::list::{Form, List};
use crate::domain::time::MONTHS;

/// Which of Python's types it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Date,
    /// Without an offset.
    Naive,
    /// With an offset.
    Aware,
    /// A time of day without a date.
    Time,
}

/// A date, or a date with a time of day.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    pub kind: Kind,
    /// Days since 1970-01-01, where it is.
    pub days: i64,
    /// Microseconds since midnight, where it is.
    pub micros: i64,
    /// Seconds east of UTC.
    pub offset: i64,
}

impl PartialEq for Moment {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.total_micros() == other.total_micros()
    }
}

/// Microseconds of one day.
pub const DAY_MICROS: i64 = 86_400_000_000;

/// Year, month and day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Civil {
    pub year: i64,
    pub month: i64,
    pub day: i64,
}

/// Days from 1970-01-01 to a date.
pub fn days_of(civil: Civil) -> i64 {
    let year = if civil.month <= 2 { civil.year - 1 } else { civil.year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((civil.month + 9) % 12) + 2) / 5 + civil.day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The date so many days after 1970-01-01.
pub fn civil_of(days: i64) -> Civil {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    Civil { year, month, day }
}

/// Whether the year has 366 days.
pub fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Days of a month.
pub fn month_len(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

impl Moment {
    /// A moment from milliseconds since 1970 in UTC.
    pub fn from_millis(millis: i64) -> Self {
        let micros = millis.saturating_mul(1000);
        Self {
            kind: Kind::Aware,
            days: micros.div_euclid(DAY_MICROS),
            micros: micros.rem_euclid(DAY_MICROS),
            offset: 0,
        }
    }

    /// Reads ISO 8601: a date, or a date and a time with or without an offset.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let civil =
            Civil { year: digits(text.get(..4)?)?, month: digits(text.get(5..7)?)?, day: digits(text.get(8..10)?)? };
        if text.get(4..5)? != "-" || text.get(7..8)? != "-" {
            return None;
        }
        if civil.year < 1 || !(1..=12).contains(&civil.month) {
            return None;
        }
        if !(1..=month_len(civil.year, civil.month)).contains(&civil.day) {
            return None;
        }
        let days = days_of(civil);
        let rest = text.get(10..)?;
        if rest.is_empty() {
            return Some(Self { kind: Kind::Date, days, micros: 0, offset: 0 });
        }
        let (clock, offset) = split_offset(rest.strip_prefix(['T', 't', ' '])?)?;
        let micros = clock_micros(clock)?;
        let kind = if offset.is_some() { Kind::Aware } else { Kind::Naive };
        Some(Self { kind, days, micros, offset: offset.unwrap_or(0) })
    }

    /// The same moment as clocks so many seconds east of UTC show it.
    pub fn at_offset(self, offset: i64) -> Self {
        if self.kind != Kind::Aware || self.offset == offset {
            return self;
        }
        let total = self.days * DAY_MICROS + self.micros + (offset - self.offset) * 1_000_000;
        Self { days: total.div_euclid(DAY_MICROS), micros: total.rem_euclid(DAY_MICROS), offset, ..self }
    }

    /// The offset as `+0200`.
    pub fn offset_text(self) -> String {
        let minutes = self.offset.abs() / 60;
        format!("{}{:02}{:02}", if self.offset < 0 { '-' } else { '+' }, minutes / 60, minutes % 60)
    }

    /// What the zone is called: zones have no names here, but for UTC.
    pub fn zone_name(self) -> String {
        let text = if self.offset == 0 { String::new() } else { self.offset_text() };
        let (hours, minutes) = text.split_at_checked(3).unwrap_or_default();
        format!("UTC{hours}{}{minutes}", if minutes.is_empty() { "" } else { ":" })
    }

    /// The same moment in UTC, where Django's filters and output show it.
    pub fn utc(self) -> Self {
        self.at_offset(0)
    }

    pub fn civil(self) -> Civil {
        civil_of(self.days)
    }

    pub fn has_time(self) -> bool {
        self.kind != Kind::Date
    }

    pub fn has_date(self) -> bool {
        self.kind != Kind::Time
    }

    pub fn hour(self) -> i64 {
        self.micros / 3_600_000_000
    }

    pub fn minute(self) -> i64 {
        self.micros / 60_000_000 % 60
    }

    pub fn second(self) -> i64 {
        self.micros / 1_000_000 % 60
    }

    pub fn microsecond(self) -> i64 {
        self.micros % 1_000_000
    }

    /// Monday is 0.
    pub fn weekday(self) -> i64 {
        (self.days + 3).rem_euclid(7)
    }

    /// Microseconds since 1970.
    pub fn total_micros(self) -> i64 {
        self.days.saturating_mul(DAY_MICROS).saturating_add(self.micros).saturating_sub(self.offset * 1_000_000)
    }

    /// The same moment a number of days later, kept within the years 1 to 9999.
    pub fn plus_days(self, days: i64) -> Self {
        Self { days: self.days.saturating_add(days).clamp(-719_162, 2_932_896), ..self }
    }

    /// ISO year and week.
    pub fn iso_week(self) -> (i64, i64) {
        let thursday = self.days - self.weekday() + 3;
        let year = civil_of(thursday).year;
        let week = (thursday - days_of(Civil { year, month: 1, day: 1 })) / 7 + 1;
        (year, week)
    }

    /// Day of the year, from 1.
    pub fn day_of_year(self) -> i64 {
        self.days - days_of(Civil { year: self.civil().year, month: 1, day: 1 }) + 1
    }

    /// Python's `a < b`; a date and a datetime, or naive and aware, have no order.
    pub fn order(&self, other: &Self) -> Option<Ordering> {
        (self.kind == other.kind).then(|| self.total_micros().cmp(&other.total_micros()))
    }

    pub fn type_name(&self) -> &'static str {
        match self.kind {
            Kind::Date => "datetime.date",
            Kind::Naive | Kind::Aware => "datetime.datetime",
            Kind::Time => "datetime.time",
        }
    }

    /// ISO 8601, as Python's `isoformat`.
    pub fn iso(&self, separator: char) -> String {
        let Civil { year, month, day } = self.civil();
        let mut text = if self.has_date() { format!("{year:04}-{month:02}-{day:02}") } else { String::new() };
        if self.has_time() {
            if self.has_date() {
                text.push(separator);
            }
            text.push_str(&format!("{:02}:{:02}:{:02}", self.hour(), self.minute(), self.second()));
            if self.microsecond() != 0 {
                text.push_str(&format!(".{:06}", self.microsecond()));
            }
        }
        if self.kind == Kind::Aware {
            let size = self.offset.abs();
            let sign = if self.offset < 0 { '-' } else { '+' };
            text.push_str(&format!("{sign}{:02}:{:02}", size / 3600, size / 60 % 60));
            if size % 60 != 0 {
                text.push_str(&format!(":{:02}", size % 60));
            }
        }
        text
    }

    /// As Django's JSON has it: milliseconds, and `Z` for UTC.
    pub fn to_json(&self) -> String {
        let mut text = self.iso('T');
        if self.has_time() && self.microsecond() != 0 {
            let dot = text.find('.').unwrap_or(text.len());
            let (head, tail) = (text.get(..dot + 4), text.get(dot + 7..));
            text = format!("{}{}", head.unwrap_or_default(), tail.unwrap_or_default());
        }
        match text.strip_suffix("+00:00") {
            Some(utc) => format!("{utc}Z"),
            None => text,
        }
    }

    /// Python's `str`.
    pub fn to_str(&self) -> String {
        self.iso(' ')
    }

    /// What `{{ value }}` prints: Django's `DATE_FORMAT` or `DATETIME_FORMAT`.
    pub fn to_output(&self) -> String {
        let pattern = match self.kind {
            Kind::Date => "N j, Y",
            Kind::Naive | Kind::Aware => "N j, Y, P",
            Kind::Time => "P",
        };
        date_format::format(&self.utc(), pattern).unwrap_or_default()
    }

    /// Python's `repr`.
    pub fn to_repr(&self) -> String {
        let Civil { year, month, day } = self.civil();
        if !self.has_time() {
            return format!("datetime.date({year}, {month}, {day})");
        }
        let date = if self.has_date() { format!("datetime({year}, {month}, {day}, ") } else { "time(".to_owned() };
        let mut text = format!("datetime.{date}{}, {}", self.hour(), self.minute());
        if self.second() != 0 || self.microsecond() != 0 {
            text.push_str(&format!(", {}", self.second()));
        }
        if self.microsecond() != 0 {
            text.push_str(&format!(", {}", self.microsecond()));
        }
        if self.kind == Kind::Aware {
            text.push_str(", tzinfo=datetime.timezone");
            match self.offset {
                0 => text.push_str(".utc"),
                1.. => text.push_str(&format!("(datetime.timedelta(seconds={}))", self.offset)),
                _ => text.push_str(&format!("(datetime.timedelta(days=-1, seconds={}))", self.offset + 86_400)),
            }
        }
        text.push(')');
        text
    }

    /// What a lookup on it finds.
    pub fn attribute(&self, name: &str) -> Option<Value> {
        if self.has_date()
            && let Some(found) = self.date_attribute(name)
        {
            return Some(found);
        }
        if !self.has_time() {
            return None;
        }
        Some(match name {
            "hour" => Value::from(self.hour()),
            "minute" => Value::from(self.minute()),
            "second" => Value::from(self.second()),
            "microsecond" => Value::from(self.microsecond()),
            "fold" => Value::from(0),
            "isoformat" => Value::from(self.iso('T')),
            "astimezone" if self.has_date() => Value::from_object(Self { kind: Kind::Aware, ..self.utc() }),
            "tzname" | "tzinfo" | "dst" | "utcoffset" if self.kind != Kind::Aware => Value::from(()),
            "dst" => Value::from(()),
            "utcoffset" => {
                let (day, secs) = (if self.offset < 0 { "-1 day, " } else { "" }, self.offset.rem_euclid(86_400));
                Value::from(format!("{day}{}:{:02}:{:02}", secs / 3_600, secs / 60 % 60, secs % 60))
            }
            "tzname" | "tzinfo" => Value::from(self.zone_name()),
            "date" if self.has_date() => Value::from_object(Self { kind: Kind::Date, micros: 0, offset: 0, ..*self }),
            "time" if self.has_date() => Value::from_object(Self { kind: Kind::Time, days: 0, offset: 0, ..*self }),
            "timestamp" if self.has_date() => Value::from(self.total_micros() as f64 / 1e6),
            _ => return None,
        })
    }

    /// Python's `timetuple`; `is_dst` is 0 for UTC and -1 for what nobody knows.
    fn time_tuple(&self, is_dst: i64) -> Value {
        let Civil { year, month, day } = self.civil();
        let (hour, minute, second) = (self.hour(), self.minute(), self.second());
        let items = [year, month, day, hour, minute, second, self.weekday(), self.day_of_year(), is_dst];
        Value::from_object(List::new(items.map(Value::from).into(), Form::StructTime))
    }

    fn date_attribute(&self, name: &str) -> Option<Value> {
        let civil = self.civil();
        Some(match name {
            "year" => Value::from(civil.year),
            "month" => Value::from(civil.month),
            "day" => Value::from(civil.day),
            "weekday" => Value::from(self.weekday()),
            "isoweekday" => Value::from(self.weekday() + 1),
            "isoformat" => Value::from(self.iso('T')),
            "toordinal" => Value::from(self.days + 719_163),
            "replace" => Value::from_object(*self),
            "isocalendar" => {
                let (year, week) = self.iso_week();
                let items = [year, week, self.weekday() + 1].map(Value::from).into();
                Value::from_object(List::new(items, Form::IsoCalendar))
            }
            "timetuple" => self.time_tuple(-1),
            "utctimetuple" if self.has_time() => self.utc().time_tuple(0),
            "resolution" => Value::from(if self.has_time() { "0:00:00.000001" } else { "1 day, 0:00:00" }),
            "min" | "max" => {
                let kind = if self.has_time() { Kind::Naive } else { Kind::Date };
                let (days, micros) = if name == "min" { (-719_162, 0) } else { (2_932_896, DAY_MICROS - 1) };
                Value::from_object(Self { kind, days, micros: if self.has_time() { micros } else { 0 }, offset: 0 })
            }
            "ctime" => {
                let day = date_format::short(date_format::name_at(&date_format::DAYS, self.weekday(), 0));
                let month = date_format::short(date_format::name_at(&MONTHS, civil.month, 1));
                let (hour, minute, second) = (self.hour(), self.minute(), self.second());
                Value::from(format!(
                    "{day} {month} {:2} {hour:02}:{minute:02}:{second:02} {:04}",
                    civil.day, civil.year
                ))
            }
            _ => return None,
        })
    }
}

impl Object for Moment {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_str())
    }
}

fn digits(text: &str) -> Option<i64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// The time of day, and the offset in seconds if there is one.
fn split_offset(text: &str) -> Option<(&str, Option<i64>)> {
    if let Some(clock) = text.strip_suffix(['Z', 'z']) {
        return Some((clock.trim_end(), Some(0)));
    }
    let Some(at) = text.rfind(['+', '-']) else { return Some((text, None)) };
    let (clock, offset) = text.split_at_checked(at)?;
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    let plain: String = offset.chars().skip(1).filter(|letter| *letter != ':').collect();
    let hours = digits(plain.get(..2)?)?;
    let minutes = plain.get(2..4).map_or(Some(0), digits)?;
    Some((clock.trim_end(), Some(sign * (hours * 3600 + minutes * 60))))
}

/// Microseconds since midnight of `HH:MM[:SS[.ffffff]]`.
fn clock_micros(clock: &str) -> Option<i64> {
    let (whole, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let mut parts = whole.split(':');
    let hour = digits(parts.next()?)?;
    let minute = parts.next().map_or(Some(0), digits)?;
    let second = parts.next().map_or(Some(0), digits)?;
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let padded: String = fraction.chars().chain("000000".chars()).take(6).collect();
    Some(((hour * 60 + minute) * 60 + second) * 1_000_000 + digits(&padded)?)
}
