//! Django's date formats.
//!
//! In: a moment and a format. Out: text.
//! Invariant: English, as the corpus; a date refuses formats of the time of day.
//!
//! <https://docs.djangoproject.com/en/5.2/ref/templates/builtins/#date>

use crate::domain::template::value::moment::{Civil, Kind, Moment, is_leap, month_len};

/// English months, from January.
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
/// English days, from Monday.
pub const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// The name at a place that counts from `first`.
pub fn name_at(names: &[&'static str], number: i64, first: i64) -> &'static str {
    usize::try_from(number - first).ok().and_then(|at| names.get(at)).copied().unwrap_or_default()
}

/// The first three letters.
pub fn short(name: &'static str) -> &'static str {
    name.get(..3).unwrap_or(name)
}

/// The format behind the name of one, such as `DATE_FORMAT`.
pub fn named(pattern: &str) -> &str {
    match pattern {
        "DATE_FORMAT" => "N j, Y",
        "DATETIME_FORMAT" => "N j, Y, P",
        "TIME_FORMAT" => "P",
        "YEAR_MONTH_FORMAT" => "F Y",
        "MONTH_DAY_FORMAT" => "F j",
        "SHORT_DATE_FORMAT" => "m/d/Y",
        "SHORT_DATETIME_FORMAT" => "m/d/Y P",
        "FIRST_DAY_OF_WEEK" => "0",
        other => other,
    }
}

/// Prints a moment; an error for a date where the format asks for a time.
pub fn format(moment: &Moment, pattern: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        if letter == '\\' {
            out.extend(letters.next());
            continue;
        }
        if !moment.has_time()
            && "aAefgGhHiIOPsTuZ".contains(letter)
            && letter != 'I'
            && letter != 'O'
            && letter != 'T'
            && letter != 'Z'
        {
            return Err(format!("a date has no time of day, but the format asks for one with `{letter}`"));
        }
        piece(moment, letter, &mut out);
    }
    Ok(out)
}

/// Prints the time of day only; `None` where the format asks for a date, or there is no time.
pub fn format_time(moment: &Moment, pattern: &str) -> Option<String> {
    let mut out = String::new();
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        if letter == '\\' {
            out.extend(letters.next());
        } else if "bcdDEFIjlLmMnNorStUwWyYzT".contains(letter) && letter != 'T' && letter != 'I' {
            return None;
        } else {
            piece(moment, letter, &mut out);
        }
    }
    moment.has_time().then_some(out)
}

fn piece(moment: &Moment, letter: char, out: &mut String) {
    let Civil { year, month, day } = moment.civil();
    let (hour, minute, second) = (moment.hour(), moment.minute(), moment.second());
    let hour12 = if hour % 12 == 0 { 12 } else { hour % 12 };
    let month_name = name_at(&MONTHS, month, 1);
    let day_name = name_at(&DAYS, moment.weekday(), 0);
    let is_aware = moment.kind == Kind::Aware;
    let text = match letter {
        'a' => if hour > 11 { "p.m." } else { "a.m." }.to_owned(),
        'A' => if hour > 11 { "PM" } else { "AM" }.to_owned(),
        'b' => short(month_name).to_lowercase(),
        'c' => moment.iso('T'),
        'd' => format!("{day:02}"),
        'D' => short(day_name).to_owned(),
        'e' => if is_aware { "UTC" } else { "" }.to_owned(),
        'E' | 'F' => month_name.to_owned(),
        'f' if minute == 0 => hour12.to_string(),
        'f' => format!("{hour12}:{minute:02}"),
        'g' => hour12.to_string(),
        'G' => hour.to_string(),
        'h' => format!("{hour12:02}"),
        'H' => format!("{hour:02}"),
        'i' => format!("{minute:02}"),
        'I' => if moment.has_time() { "0" } else { "" }.to_owned(),
        'j' => day.to_string(),
        'l' => day_name.to_owned(),
        'L' => if is_leap(year) { "True" } else { "False" }.to_owned(),
        'm' => format!("{month:02}"),
        'M' => short(month_name).to_owned(),
        'n' => month.to_string(),
        'N' => match month {
            3..=7 => month_name.to_owned(),
            9 => "Sept.".to_owned(),
            _ => format!("{}.", short(month_name)),
        },
        'o' => moment.iso_week().0.to_string(),
        'O' => if moment.has_time() { "+0000" } else { "" }.to_owned(),
        'P' if hour == 0 && minute == 0 => "midnight".to_owned(),
        'P' if hour == 12 && minute == 0 => "noon".to_owned(),
        'P' => {
            let mut text = String::new();
            piece(moment, 'f', &mut text);
            text.push(' ');
            piece(moment, 'a', &mut text);
            text
        }
        'r' => {
            let zone = "+0000";
            format!(
                "{}, {day:02} {} {year} {hour:02}:{minute:02}:{second:02} {zone}",
                short(day_name),
                short(month_name)
            )
        }
        's' => format!("{second:02}"),
        'S' => match day {
            11..=13 => "th",
            _ if day % 10 == 1 => "st",
            _ if day % 10 == 2 => "nd",
            _ if day % 10 == 3 => "rd",
            _ => "th",
        }
        .to_owned(),
        't' => format!("{:02}", month_len(year, month)),
        'T' => if moment.has_time() { "UTC" } else { "" }.to_owned(),
        'u' => format!("{:06}", moment.microsecond()),
        'U' => moment.total_micros().div_euclid(1_000_000).to_string(),
        'w' => ((moment.weekday() + 1) % 7).to_string(),
        'W' => moment.iso_week().1.to_string(),
        'y' => format!("{:02}", year % 100),
        'Y' => format!("{year:04}"),
        'z' => moment.day_of_year().to_string(),
        'Z' => if moment.has_time() { "0" } else { "" }.to_owned(),
        other => other.to_string(),
    };
    out.push_str(&text);
}
