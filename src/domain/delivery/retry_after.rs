//! Reads the header `Retry-After`.
//!
//! In: its text and the time of the answer. Out: how long to wait, in milliseconds.
//! Invariant: nonsense is nothing, never an error. <https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3>

use std::time::UNIX_EPOCH;

use crate::domain::time::{SECOND_MILLIS, Timestamp};

/// Milliseconds from `now` until the receiver wants to be asked again: whole seconds, or any of the three HTTP date forms.
pub fn parse_retry_after(text: &str, now: Timestamp) -> Option<i64> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number too long to read is a very long wait.
        let secs: i64 = text.parse().unwrap_or(i64::MAX);
        return Some(secs.saturating_mul(SECOND_MILLIS));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    let millis = i64::try_from(date.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()?;
    Some(Timestamp::from_millis(millis).millis_since(now).max(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_all_three_date_forms_are_read() {
        let now = Timestamp::parse("1994-11-06T08:49:07Z").unwrap();
        for (text, expected) in [
            ("30", Some(30_000)),
            (" 0 ", Some(0)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(30_000)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(30_000)),
            ("Sun Nov  6 08:49:37 1994", Some(30_000)),
            ("Sun, 06 Nov 1994 08:48:37 GMT", Some(0)),
            ("99999999999999999999", Some(i64::MAX)),
            ("-5", None),
            ("1.5", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(parse_retry_after(text, now), expected, "{text:?}");
        }
    }
}
