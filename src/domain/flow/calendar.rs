//! Days of the calendar: which date a day is, and which day a date.
//!
//! In: days since 1970-01-01, or year, month and day. Out: the other.
//! Invariant: Gregorian at all times; a day that a month lacks is taken as the month's last.

/// A day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    pub year: i64,
    /// From 1 to 12.
    pub month: u8,
    /// From 1 to 31.
    pub day: u8,
}

impl Date {
    /// The date that many days after 1970-01-01.
    pub fn of_days(days: i64) -> Self {
        // Counts from 1 March of the year 0, so that the leap day comes last. Far beyond the year 9999 nothing overflows.
        let shifted = days.clamp(-4_000_000_000, 4_000_000_000) + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Self { year, month: month as u8, day: day as u8 }
    }

    /// Days from 1970-01-01 to this date.
    pub fn days(self) -> i64 {
        let (month, day) = (i64::from(self.month), i64::from(self.day));
        let year = if month <= 2 { self.year - 1 } else { self.year };
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * 146_097 + day_of_era - 719_468
    }

    /// The same day in another year; 29 February becomes the 28th where there is none.
    pub fn in_year(self, year: i64) -> Self {
        Self { year, month: self.month, day: self.day.min(days_in(year, self.month)) }
    }

    /// The date `months` later, or earlier when negative; a day that the month lacks becomes its last.
    pub fn plus_months(self, months: i64) -> Self {
        let count = self.year * 12 + i64::from(self.month) - 1 + months;
        let (year, month) = (count.div_euclid(12), count.rem_euclid(12) as u8 + 1);
        Self { year, month, day: self.day.min(days_in(year, month)) }
    }
}

const fn days_in(year: i64, month: u8) -> u8 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(year: i64, month: u8, day: u8) -> Date {
        Date { year, month, day }
    }

    #[test]
    fn days_and_dates_agree() {
        for (days, expected) in [
            (0, date(1970, 1, 1)),
            (-1, date(1969, 12, 31)),
            (59, date(1970, 3, 1)),
            (11_016, date(2000, 2, 29)),
            (20_513, date(2026, 3, 1)),
            (-719_468, date(0, 3, 1)),
        ] {
            assert_eq!(Date::of_days(days), expected);
            assert_eq!(expected.days(), days, "{expected:?}");
        }
        for days in (-800_000..800_000).step_by(97) {
            assert_eq!(Date::of_days(days).days(), days);
        }
    }

    #[test]
    fn a_day_that_a_month_lacks_is_its_last() {
        assert_eq!(date(2024, 2, 29).in_year(2025), date(2025, 2, 28));
        assert_eq!(date(2024, 2, 29).in_year(2028), date(2028, 2, 29));
        assert_eq!(date(2026, 3, 31).plus_months(-1), date(2026, 2, 28));
        assert_eq!(date(2026, 1, 31).plus_months(13), date(2027, 2, 28));
        assert_eq!(date(2026, 1, 15).plus_months(-2), date(2025, 11, 15));
    }
}
