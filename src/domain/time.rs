//! Tells points in time apart and prints them.
//!
//! In: milliseconds since 1970, or RFC 3339 text. Out: `Timestamp`s, and text.
//! Invariant: reads no clock; "now" is always somebody's argument.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One second, in milliseconds.
pub const SECOND_MILLIS: i64 = 1_000;
/// One minute, in milliseconds.
pub const MINUTE_MILLIS: i64 = 60 * SECOND_MILLIS;
/// One hour, in milliseconds.
pub const HOUR_MILLIS: i64 = 60 * MINUTE_MILLIS;
/// Twenty-four hours, in milliseconds.
pub const DAY_MILLIS: i64 = 24 * HOUR_MILLIS;

/// The months' English names, January first.
pub const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The name of a month, from 1 to 12.
pub fn month_name(month: usize) -> Option<&'static str> {
    MONTHS.get(month.checked_sub(1)?).copied()
}

/// A point in time: milliseconds since 1970-01-01T00:00:00 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The point that many milliseconds after 1970 began in UTC.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970 began in UTC.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// The point `millis` later; stays at the end of time rather than wrap round.
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// Milliseconds from `earlier` to this point; negative when `earlier` is later.
    pub const fn millis_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Reads RFC 3339 text, such as `2026-03-01T12:00:00Z`.
    pub fn parse(text: &str) -> Option<Self> {
        let timestamp: jiff::Timestamp = text.parse().ok()?;
        Some(Self(timestamp.as_millisecond()))
    }
}

/// Prints RFC 3339 in UTC with milliseconds, such as `2026-03-01T12:00:00.000Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(timestamp) => write!(f, "{timestamp:.3}"),
            Err(_) => write!(f, "{} ms", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_timestamp_agree() {
        let timestamp = Timestamp::from_millis(1_772_366_400_250);
        assert_eq!(timestamp.to_string(), "2026-03-01T12:00:00.250Z");
        assert_eq!(Timestamp::parse("2026-03-01T13:00:00.25+01:00"), Some(timestamp));
        assert_eq!(Timestamp::parse("yesterday"), None);
    }

    #[test]
    fn the_end_of_time_does_not_wrap() {
        assert_eq!(Timestamp::from_millis(i64::MAX).plus_millis(1), Timestamp::from_millis(i64::MAX));
        assert!(!Timestamp::from_millis(i64::MAX).to_string().is_empty());
    }
}
