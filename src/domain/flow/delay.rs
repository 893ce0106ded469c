//! Time delays: how long a profile waits, and until when.
//!
//! In: a delay as set, the time, a way to ask a time zone for its offset. Out: when the wait is over.
//! Invariant: knows no time zones of its own and reads no clock; the answer is never before the time given.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::time::{DAY_MILLIS, HOUR_MILLIS, MINUTE_MILLIS, SECOND_MILLIS, Timestamp};

/// How long a profile waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeDelay {
    pub value: u32,
    pub unit: DelayUnit,
    /// Wait on until this time of day; only with days, which are then calendar days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_time: Option<TimeOfDay>,
    /// The days on which the wait may end; only with days. `None` and the empty set allow all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weekdays: Option<BTreeSet<Weekday>>,
    /// The zone of `until_time` and `weekdays`, by its IANA name; `None` is the profile's own, else the workspace's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
}

impl Default for TimeDelay {
    fn default() -> Self {
        Self::of(1, DelayUnit::Days)
    }
}

impl TimeDelay {
    /// A plain wait.
    pub const fn of(value: u32, unit: DelayUnit) -> Self {
        Self { value, unit, until_time: None, weekdays: None, zone: None }
    }

    /// The plain length of the wait.
    pub fn millis(&self) -> i64 {
        i64::from(self.value) * self.unit.millis()
    }

    /// Whether there is anything to wait for.
    pub fn is_set_up(&self) -> bool {
        self.value > 0 || (self.unit == DelayUnit::Days && (self.until_time.is_some() || self.weekdays().is_some()))
    }

    /// When a wait that begins at `now` is over, with `zone` as the zone to count days in.
    ///
    /// Without a time of day, N days are N × 24 hours. With one, days are calendar days of the zone, and the wait ends at
    /// that time. A day that is not allowed moves the end to the next allowed day, at the same time of day.
    pub fn due_at(&self, now: Timestamp, zone: &str, zones: &dyn ZoneOffsets) -> Timestamp {
        let plain = now.plus_millis(self.millis());
        if self.unit != DelayUnit::Days || (self.until_time.is_none() && self.weekdays().is_none()) {
            return plain;
        }
        let local_now = local_millis(now, zone, zones);
        let start = match self.until_time {
            None => local_millis(plain, zone, zones),
            Some(time) => {
                let today = local_now.saturating_sub(local_now.rem_euclid(DAY_MILLIS));
                let end = today.saturating_add(self.millis()).saturating_add(time.millis());
                if end <= local_now { end.saturating_add(DAY_MILLIS) } else { end }
            }
        };
        let local = (0..7)
            .map(|n_days| start.saturating_add(n_days * DAY_MILLIS))
            .find(|local| self.weekdays().is_none_or(|days| days.contains(&weekday_of(*local))))
            .unwrap_or(start);
        at_local(local, zone, zones).max(now)
    }

    fn weekdays(&self) -> Option<&BTreeSet<Weekday>> {
        self.weekdays.as_ref().filter(|days| !days.is_empty())
    }
}

/// The unit of a time delay, by Klaviyo's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DelayUnit {
    Minutes,
    Hours,
    Days,
}

impl DelayUnit {
    /// One of this unit, in milliseconds.
    pub const fn millis(self) -> i64 {
        match self {
            Self::Minutes => MINUTE_MILLIS,
            Self::Hours => HOUR_MILLIS,
            Self::Days => DAY_MILLIS,
        }
    }
}

/// A day of the week, Monday first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    /// Monday to Sunday.
    pub const ALL: [Self; 7] =
        [Self::Monday, Self::Tuesday, Self::Wednesday, Self::Thursday, Self::Friday, Self::Saturday, Self::Sunday];
}

/// A time of day, to the minute. Written as `09:30`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeOfDay {
    minutes: u16,
}

impl TimeOfDay {
    /// Nine in the morning.
    pub const MORNING: Self = Self { minutes: 9 * 60 };

    /// `None` unless it is a time between 00:00 and 23:59.
    pub const fn new(hour: u8, minute: u8) -> Option<Self> {
        if hour < 24 && minute < 60 { Some(Self { minutes: hour as u16 * 60 + minute as u16 }) } else { None }
    }

    /// Reads `9:30`, `09:30` or `09:30:00`; seconds are dropped.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(':');
        let (hour, minute) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        match (parts.next().map(str::parse::<u8>), parts.next()) {
            (None | Some(Ok(0..=59)), None) => Self::new(hour, minute),
            _ => None,
        }
    }

    /// Milliseconds since midnight.
    pub fn millis(self) -> i64 {
        i64::from(self.minutes) * MINUTE_MILLIS
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.minutes / 60, self.minutes % 60)
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> Self {
        time.to_string()
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or_else(|| format!("`{text}` is no time of day"))
    }
}

/// Knows how far zones are ahead of UTC; the browser's `Intl` does, the domain does not.
pub trait ZoneOffsets {
    /// Seconds that `zone` is ahead of UTC at that time; `None` for a zone that is not known.
    fn offset_secs(&self, zone: &str, at: Timestamp) -> Option<i32>;
}

/// Treats every zone as UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UtcOnly;

impl ZoneOffsets for UtcOnly {
    fn offset_secs(&self, _zone: &str, _at: Timestamp) -> Option<i32> {
        Some(0)
    }
}

fn offset_millis(at: Timestamp, zone: &str, zones: &dyn ZoneOffsets) -> i64 {
    // An unknown zone is taken for UTC: a wait that ends some hours off is better than one that never ends.
    i64::from(zones.offset_secs(zone, at).unwrap_or(0)) * SECOND_MILLIS
}

/// What the zone's clocks show at that time, as milliseconds since 1970 by those clocks.
pub fn local_millis(at: Timestamp, zone: &str, zones: &dyn ZoneOffsets) -> i64 {
    at.as_millis().saturating_add(offset_millis(at, zone, zones))
}

/// The point at which the zone's clocks show `local`; in the gap of a clock change, the point just after it.
pub fn at_local(local: i64, zone: &str, zones: &dyn ZoneOffsets) -> Timestamp {
    let guess = Timestamp::from_millis(local);
    let first = guess.plus_millis(-offset_millis(guess, zone, zones));
    guess.plus_millis(-offset_millis(first, zone, zones))
}

fn weekday_of(local: i64) -> Weekday {
    // 1970-01-01 was a Thursday, three days after a Monday.
    let days = local.div_euclid(DAY_MILLIS).saturating_add(3).rem_euclid(7);
    match days {
        0 => Weekday::Monday,
        1 => Weekday::Tuesday,
        2 => Weekday::Wednesday,
        3 => Weekday::Thursday,
        4 => Weekday::Friday,
        5 => Weekday::Saturday,
        _ => Weekday::Sunday,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Berlin in 2026: summer time from 29 March, 01:00 UTC.
    struct Berlin;

    impl ZoneOffsets for Berlin {
        fn offset_secs(&self, zone: &str, at: Timestamp) -> Option<i32> {
            let is_summer = Timestamp::parse("2026-03-29T01:00:00Z").is_some_and(|change| at >= change);
            (zone == "Europe/Berlin").then_some(if is_summer { 7_200 } else { 3_600 })
        }
    }

    #[track_caller]
    fn check(delay: &TimeDelay, zone: &str, now: &str, expected: &str) {
        let now = Timestamp::parse(now).unwrap();
        assert_eq!(delay.due_at(now, zone, &Berlin), Timestamp::parse(expected).unwrap(), "{delay:?}");
    }

    fn days(value: u32, until_time: Option<&str>, weekdays: &[Weekday]) -> TimeDelay {
        TimeDelay {
            until_time: until_time.and_then(TimeOfDay::parse),
            weekdays: Some(weekdays.iter().copied().collect()),
            ..TimeDelay::of(value, DelayUnit::Days)
        }
    }

    #[test]
    fn a_plain_wait_is_that_long() {
        check(&TimeDelay::of(90, DelayUnit::Minutes), "UTC", "2026-03-02T23:00:00Z", "2026-03-03T00:30:00Z");
        check(&TimeDelay::of(1, DelayUnit::Hours), "UTC", "2026-03-02T23:00:00Z", "2026-03-03T00:00:00Z");
        // Twenty-four hours, over the clock change too.
        check(&days(1, None, &[]), "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z");
    }

    #[test]
    fn a_time_of_day_counts_calendar_days_in_the_zone() {
        check(&days(1, Some("09:30"), &[]), "Europe/Berlin", "2026-03-02T22:00:00Z", "2026-03-03T08:30:00Z");
        // 23:30 UTC is already the next day in Berlin.
        check(&days(1, Some("09:30"), &[]), "Europe/Berlin", "2026-03-02T23:30:00Z", "2026-03-04T08:30:00Z");
        check(&days(1, Some("09:30"), &[]), "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T07:30:00Z");
        check(&days(0, Some("09:30"), &[]), "UTC", "2026-03-02T08:00:00Z", "2026-03-02T09:30:00Z");
        check(&days(0, Some("09:30"), &[]), "UTC", "2026-03-02T10:00:00Z", "2026-03-03T09:30:00Z");
        check(&days(1, Some("09:30"), &[]), "Mars/Olympus", "2026-03-02T10:00:00Z", "2026-03-03T09:30:00Z");
    }

    #[test]
    fn the_wait_ends_on_an_allowed_day() {
        // 2026-03-06 is a Friday.
        let weekend_off = [Weekday::Monday, Weekday::Tuesday, Weekday::Friday];
        check(&days(1, None, &weekend_off), "UTC", "2026-03-06T10:00:00Z", "2026-03-09T10:00:00Z");
        check(&days(1, Some("08:00"), &weekend_off), "UTC", "2026-03-06T10:00:00Z", "2026-03-09T08:00:00Z");
        check(&days(3, Some("08:00"), &[Weekday::Friday]), "UTC", "2026-03-06T10:00:00Z", "2026-03-13T08:00:00Z");
    }

    #[test]
    fn a_time_in_the_gap_of_a_clock_change_exists_nearby() {
        check(&days(1, Some("02:30"), &[]), "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:30:00Z");
    }

    #[test]
    fn a_stored_delay_without_the_later_fields_reads() {
        let delay: TimeDelay = serde_json::from_str(r#"{"value":1,"unit":"hours"}"#).unwrap();
        assert_eq!(delay, TimeDelay::of(1, DelayUnit::Hours));
        assert_eq!(serde_json::to_string(&delay).unwrap(), r#"{"value":1,"unit":"hours"}"#);
        assert_eq!(serde_json::to_string(&TimeOfDay::parse("9:05")).unwrap(), r#""09:05""#);
        assert_eq!(TimeOfDay::parse("24:00"), None);
    }

    #[test]
    fn far_times_do_not_overflow() {
        let delay = days(u32::MAX, Some("09:30"), &[Weekday::Monday]);
        let end_of_time = Timestamp::from_millis(i64::MAX);
        assert_eq!(delay.due_at(end_of_time, "UTC", &Berlin), end_of_time);
    }
}
