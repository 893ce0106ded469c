//! Says when something was, is, or will be.
//!
//! In: timestamps, "now", and the zone's offset in minutes. Out: short text.
//! Invariant: reads no clock and knows no zone; both are arguments.

use crate::domain::time::{DAY_MILLIS, HOUR_MILLIS, MINUTE_MILLIS, SECOND_MILLIS, Timestamp, month_name};

/// The time of day, such as `14:03:22`.
pub fn clock_time(at: Timestamp, offset_minutes: i32) -> String {
    shifted(at, offset_minutes).get(11..19).unwrap_or("??:??:??").to_owned()
}

/// The time of day, with the date when it is not today's: `24 Nov 14:03`.
pub fn short_time(at: Timestamp, now: Timestamp, offset_minutes: i32) -> String {
    let text = shifted(at, offset_minutes);
    if text.get(..10) == shifted(now, offset_minutes).get(..10) {
        return clock_time(at, offset_minutes);
    }
    let month = short_month(&text);
    let day = text.get(8..10).unwrap_or("??").trim_start_matches('0');
    format!("{day} {month} {}", text.get(11..16).unwrap_or("??:??"))
}

/// Date with its year, and the time of day, in the reader's zone: `12 Mar 2027, 09:00`.
pub fn dated_time(at: Timestamp, offset_minutes: i32) -> String {
    let text = shifted(at, offset_minutes);
    let month = short_month(&text);
    let part = |range: std::ops::Range<usize>| text.get(range).unwrap_or("?");
    format!("{} {month} {}, {}", part(8..10).trim_start_matches('0'), part(0..4), part(11..16))
}

/// Date and time in UTC, for hovering.
pub fn utc_time(at: Timestamp) -> String {
    let text = at.to_string();
    format!("{} {} UTC", text.get(..10).unwrap_or("?"), text.get(11..19).unwrap_or("?"))
}

/// The zone's name by its offset: `UTC`, `UTC+1`, `UTC-3:30`.
pub fn zone_name(offset_minutes: i32) -> String {
    let sign = if offset_minutes < 0 { '-' } else { '+' };
    let (hours, minutes) = (offset_minutes.abs() / 60, offset_minutes.abs() % 60);
    match (hours, minutes) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, minutes) => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}

/// How far away: `in 8 s`, `now`, `4 min ago`.
pub fn relative(at: Timestamp, now: Timestamp) -> String {
    let millis = at.millis_since(now);
    if millis.abs() < SECOND_MILLIS {
        return "now".to_owned();
    }
    let span = coarse_span(millis.saturating_abs());
    if millis > 0 { format!("in {span}") } else { format!("{span} ago") }
}

/// How long something took: `212 ms`, `1.4 s`, `2 min 5 s`.
pub fn duration(millis: i64) -> String {
    match millis.max(0) {
        millis if millis < SECOND_MILLIS => format!("{millis} ms"),
        millis if millis < 10 * SECOND_MILLIS => {
            format!("{}.{} s", millis / SECOND_MILLIS, millis % SECOND_MILLIS / 100)
        }
        millis => coarse_span(millis),
    }
}

fn coarse_span(millis: i64) -> String {
    let pair = |big: i64, big_unit: &str, small: i64, small_unit: &str| {
        if small == 0 { format!("{big} {big_unit}") } else { format!("{big} {big_unit} {small} {small_unit}") }
    };
    if millis < MINUTE_MILLIS {
        format!("{} s", millis / SECOND_MILLIS)
    } else if millis < 10 * MINUTE_MILLIS {
        pair(millis / MINUTE_MILLIS, "min", millis % MINUTE_MILLIS / SECOND_MILLIS, "s")
    } else if millis < HOUR_MILLIS {
        format!("{} min", millis / MINUTE_MILLIS)
    } else if millis < DAY_MILLIS {
        pair(millis / HOUR_MILLIS, "h", millis % HOUR_MILLIS / MINUTE_MILLIS, "min")
    } else {
        pair(millis / DAY_MILLIS, "d", millis % DAY_MILLIS / HOUR_MILLIS, "h")
    }
}

/// The month of RFC 3339 text, in three letters.
fn short_month(text: &str) -> &'static str {
    let month = text.get(5..7).and_then(|digits| digits.parse().ok()).and_then(month_name);
    month.and_then(|name| name.get(..3)).unwrap_or("?")
}

/// RFC 3339 in UTC of the same reading on the wall.
fn shifted(at: Timestamp, offset_minutes: i32) -> String {
    at.plus_millis(i64::from(offset_minutes) * MINUTE_MILLIS).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).expect("a time")
    }

    #[test]
    fn times_are_told_in_the_zone_of_the_reader() {
        let time = at("2026-11-24T23:30:05Z");
        assert_eq!(clock_time(time, 0), "23:30:05");
        assert_eq!(clock_time(time, 60), "00:30:05");
        assert_eq!(short_time(time, at("2026-11-24T01:00:00Z"), 0), "23:30:05");
        assert_eq!(short_time(time, at("2026-11-24T01:00:00Z"), 60), "25 Nov 00:30");
        assert_eq!(utc_time(time), "2026-11-24 23:30:05 UTC");
    }

    #[test]
    fn zones_are_named_by_their_offset() {
        for (offset, expected) in [(0, "UTC"), (60, "UTC+1"), (-210, "UTC-3:30"), (330, "UTC+5:30")] {
            assert_eq!(zone_name(offset), expected);
        }
    }

    #[test]
    fn spans_are_said_in_two_units_at_most() {
        let now = at("2026-11-24T12:00:00Z");
        for (millis, expected) in [
            (0, "now"),
            (8_900, "in 8 s"),
            (-61_000, "1 min 1 s ago"),
            (25 * MINUTE_MILLIS + 3_000, "in 25 min"),
            (3 * HOUR_MILLIS, "in 3 h"),
            (-26 * HOUR_MILLIS, "1 d 2 h ago"),
        ] {
            assert_eq!(relative(now.plus_millis(millis), now), expected);
        }
        for (millis, expected) in [(212, "212 ms"), (1_449, "1.4 s"), (30_000, "30 s"), (125_000, "2 min 5 s")] {
            assert_eq!(duration(millis), expected);
        }
    }
}
