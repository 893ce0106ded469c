//! Django's date formats.
//!
//! In: a moment and a format. Out: text.
//! Invariant: English, as the corpus; a date refuses formats of the time of day.
//!
//! <https://docs.djangoproject.com/en/5.2/ref/templates/builtins/#date>

use crate::domain::template::value::moment::{Civil, Kind, Moment, is_leap, month_len};
use crate::domain::time::MONTHS;

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
        "NUMBER_GROUPING" => "3",
        "DECIMAL_SEPARATOR" => ".",
        "THOUSAND_SEPARATOR" => ",",
        // Django prints these lists as Python shows them, and takes that for a format.
        "DATE_INPUT_FORMATS" => {
            "['%Y-%m-%d', '%m/%d/%Y', '%m/%d/%y', '%b %d %Y', '%b %d, %Y', '%d %b %Y', '%d %b, %Y', '%B %d %Y', '%B %d, %Y', '%d %B %Y', '%d %B, %Y']"
        }
        "TIME_INPUT_FORMATS" => "['%H:%M:%S', '%H:%M:%S.%f', '%H:%M']",
        "DATETIME_INPUT_FORMATS" => {
            "['%Y-%m-%d %H:%M:%S', '%Y-%m-%d %H:%M:%S.%f', '%Y-%m-%d %H:%M', '%m/%d/%Y %H:%M:%S', '%m/%d/%Y %H:%M:%S.%f', '%m/%d/%Y %H:%M', '%m/%d/%y %H:%M:%S', '%m/%d/%y %H:%M:%S.%f', '%m/%d/%y %H:%M', '%Y-%m-%d']"
        }
        other => other,
    }
}

/// Why a format cannot be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unprintable {
    /// The value has no such part.
    Missing,
    /// A date without a time of day, or something that is no date at all.
    Refused(char),
}

/// Which letters are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Letters {
    Date,
    /// Those of the time of day only.
    Time,
}

const ALL: &str = "aAbcdDeEfFgGhHiIjlLmMnNoOPrsStTUuwWyYzZ";
const OF_TIME: &str = "aAefgGhHiOPsTuZ";

/// Prints a moment, or what is no moment as far as a format allows.
pub fn print(moment: Option<&Moment>, pattern: &str, letters: Letters) -> Result<String, Unprintable> {
    let mut out = String::new();
    let mut before = ' ';
    let mut is_escaped = false;
    for letter in pattern.chars() {
        let is_format = before != '\\' && ALL.contains(letter);
        before = letter;
        if is_format {
            is_escaped = false;
            part(moment, letter, letters, &mut out)?;
        } else if letter == '\\' && !is_escaped {
            is_escaped = true;
        } else {
            if is_escaped && letter == '\n' {
                out.push('\\');
            }
            is_escaped = false;
            out.push(letter);
        }
    }
    if is_escaped {
        out.push('\\');
    }
    Ok(out)
}

fn part(moment: Option<&Moment>, letter: char, letters: Letters, out: &mut String) -> Result<(), Unprintable> {
    let is_of_time = OF_TIME.contains(letter);
    if letters == Letters::Time && !is_of_time {
        return Err(if moment.is_some_and(|moment| !moment.has_time()) && is_of_time {
            Unprintable::Refused(letter)
        } else {
            Unprintable::Missing
        });
    }
    let Some(moment) = moment else {
        return match letter {
            'e' | 'O' | 'T' | 'Z' | 'I' => Ok(()),
            'r' | 'U' => Err(Unprintable::Refused(letter)),
            _ => Err(Unprintable::Missing),
        };
    };
    match moment.kind {
        Kind::Date if is_of_time => return Err(Unprintable::Refused(letter)),
        // Python looks a day further back, where no year is.
        Kind::Date | Kind::Naive if letter == 'U' && moment.days < -719_161 => {
            return Err(Unprintable::Refused(letter));
        }
        Kind::Time if matches!(letter, 'e' | 'O' | 'T' | 'Z' | 'I') => return Ok(()),
        Kind::Time if letter == 'c' => {}
        Kind::Time if matches!(letter, 'r' | 'U') => return Err(Unprintable::Refused(letter)),
        Kind::Time if !is_of_time => return Err(Unprintable::Missing),
        Kind::Date | Kind::Naive | Kind::Aware | Kind::Time => {}
    }
    piece(moment, letter, out);
    Ok(())
}

/// Prints a moment; an error for a date where the format asks for a time.
pub fn format(moment: &Moment, pattern: &str) -> Result<String, String> {
    print(Some(moment), pattern, Letters::Date).map_err(|unprintable| refusal(unprintable, moment.has_date()))
}

/// The sentence for a format that cannot be printed.
pub fn refusal(unprintable: Unprintable, is_date: bool) -> String {
    match unprintable {
        Unprintable::Refused(letter) if is_date => {
            format!("a date has no time of day, but the format asks for one with `{letter}`")
        }
        Unprintable::Refused(letter) => format!("the format’s `{letter}` needs a date, and this value is none"),
        Unprintable::Missing => "the value has no part that the format asks for".to_owned(),
    }
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
        'e' => {
            if is_aware {
                moment.zone_name()
            } else {
                String::new()
            }
        }
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
        'O' => {
            if moment.has_time() {
                moment.offset_text()
            } else {
                String::new()
            }
        }
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
            let zone = moment.offset_text();
            format!(
                "{}, {day:02} {} {year:04} {hour:02}:{minute:02}:{second:02} {zone}",
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
        'T' => {
            if moment.has_time() {
                moment.zone_name()
            } else {
                String::new()
            }
        }
        'u' => format!("{:06}", moment.microsecond()),
        'U' => ((moment.total_micros() as f64 / 1e6) as i64).to_string(),
        'w' => ((moment.weekday() + 1) % 7).to_string(),
        'W' => moment.iso_week().1.to_string(),
        'y' => format!("{:02}", year % 100),
        'Y' => format!("{year:04}"),
        'z' => moment.day_of_year().to_string(),
        'Z' => {
            if moment.has_time() {
                moment.offset.to_string()
            } else {
                String::new()
            }
        }
        other => other.to_string(),
    };
    out.push_str(&text);
}
