//! C's date formats, which Klaviyo's `today` takes.
//!
//! In: a moment and a format such as `%Y-%m-%d`. Out: text.
//! Invariant: English; an unknown sign prints as it stands.

use crate::domain::template::filters::date_format::{DAYS, name_at, short};
use crate::domain::template::value::moment::{Civil, Moment};
use crate::domain::time::MONTHS;

/// Prints a moment.
pub fn format(moment: &Moment, pattern: &str) -> String {
    let Civil { year, month, day } = moment.civil();
    let (hour, minute, second) = (moment.hour(), moment.minute(), moment.second());
    let hour12 = if hour % 12 == 0 { 12 } else { hour % 12 };
    let mut out = String::new();
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            out.push(letter);
            continue;
        }
        let mut sign = letters.next();
        let is_bare = sign == Some('-');
        if is_bare {
            sign = letters.next();
        }
        let two = |number: i64| if is_bare { number.to_string() } else { format!("{number:02}") };
        out.push_str(&match sign {
            Some('Y') => year.to_string(),
            Some('y') => two(year % 100),
            Some('m') => two(month),
            Some('d') => two(day),
            Some('e') => format!("{day:2}"),
            Some('H') => two(hour),
            Some('I') => two(hour12),
            Some('M') => two(minute),
            Some('S') => two(second),
            Some('f') => format!("{:06}", moment.microsecond()),
            Some('p') => if hour > 11 { "PM" } else { "AM" }.to_owned(),
            Some('A') => name_at(&DAYS, moment.weekday(), 0).to_owned(),
            Some('a') => short(name_at(&DAYS, moment.weekday(), 0)).to_owned(),
            Some('B') => name_at(&MONTHS, month, 1).to_owned(),
            Some('b' | 'h') => short(name_at(&MONTHS, month, 1)).to_owned(),
            Some('j') if is_bare => moment.day_of_year().to_string(),
            Some('j') => format!("{:03}", moment.day_of_year()),
            Some('w') => ((moment.weekday() + 1) % 7).to_string(),
            Some('u') => (moment.weekday() + 1).to_string(),
            Some('V') => two(moment.iso_week().1),
            Some('F') => format!("{year}-{month:02}-{day:02}"),
            Some('T') => format!("{hour:02}:{minute:02}:{second:02}"),
            Some('D') => format!("{month:02}/{day:02}/{:02}", year % 100),
            Some('s') => moment.total_micros().div_euclid(1_000_000).to_string(),
            Some('z') => moment.offset_text(),
            Some('Z') => moment.zone_name(),
            Some('%') => "%".to_owned(),
            Some(other) => format!("%{other}"),
            None => "%".to_owned(),
        });
    }
    out
}
