//! The *Date property* trigger: when a date in a profile starts the flow.
//!
//! In: a schedule, a profile, the time, a way to ask a time zone for its offset. Out: the next start, or none.
//! Invariant: pure; nothing here is scheduled by the clock. What starts is shown in previews and rehearsed.

use serde::{Deserialize, Serialize};

use crate::domain::event::Profile;
use crate::domain::flow::calendar::Date;
use crate::domain::flow::condition::{profile_value, read_date};
use crate::domain::flow::delay::{TimeOfDay, ZoneOffsets, at_local, local_millis};
use crate::domain::time::{DAY_MILLIS, Timestamp};

/// How long before the date, how often, and at what time of day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateSchedule {
    /// 0 starts on the date itself.
    pub before: u32,
    pub unit: DateOffset,
    pub recurrence: Recurrence,
    pub time: TimeOfDay,
    /// By its IANA name; `None` is the profile's own, else the workspace's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
}

impl Default for DateSchedule {
    fn default() -> Self {
        Self {
            before: 0,
            unit: DateOffset::Days,
            recurrence: Recurrence::Annually,
            time: TimeOfDay::MORNING,
            zone: None,
        }
    }
}

/// The unit of the time before the date, by Klaviyo's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateOffset {
    Days,
    Weeks,
    Months,
}

/// How often the date comes round, by Klaviyo's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recurrence {
    Never,
    Weekly,
    Monthly,
    Annually,
}

/// The date in a profile's property, if it is one.
pub fn date_of(profile: &Profile, property: &str) -> Option<Timestamp> {
    profile_value(profile, property.trim()).and_then(|value| read_date(&value))
}

impl DateSchedule {
    /// The next time, from `now` on, that a profile with this date enters; `None` once a date that does not recur is over.
    pub fn next_start(
        &self,
        date: Timestamp,
        now: Timestamp,
        zone: &str,
        zones: &dyn ZoneOffsets,
    ) -> Option<Timestamp> {
        let first = Date::of_days(date.as_millis().div_euclid(DAY_MILLIS));
        let today = Date::of_days(local_millis(now, zone, zones).div_euclid(DAY_MILLIS));
        // The rounds near today; the start lies at most `before` ahead of its round.
        let near = self.rounds_until(first, today);
        (near.saturating_sub(1)..=near.saturating_add(2))
            .map(|n| self.start(self.round(first, n.max(0)), zone, zones))
            .find(|start| *start >= now)
    }

    /// How many rounds lie between the date and the day on which a start of today would be due.
    fn rounds_until(&self, first: Date, today: Date) -> i64 {
        let ahead = match self.unit {
            DateOffset::Days => Date::of_days(today.days() + i64::from(self.before)),
            DateOffset::Weeks => Date::of_days(today.days() + 7 * i64::from(self.before)),
            DateOffset::Months => today.plus_months(i64::from(self.before)),
        };
        match self.recurrence {
            Recurrence::Never => 0,
            Recurrence::Weekly => (ahead.days() - first.days()).div_euclid(7),
            Recurrence::Monthly => (ahead.year - first.year) * 12 + i64::from(ahead.month) - i64::from(first.month),
            Recurrence::Annually => ahead.year - first.year,
        }
    }

    fn round(&self, first: Date, n: i64) -> Date {
        match self.recurrence {
            Recurrence::Never => first,
            Recurrence::Weekly => Date::of_days(first.days() + 7 * n),
            Recurrence::Monthly => first.plus_months(n),
            Recurrence::Annually => first.in_year(first.year + n),
        }
    }

    fn start(&self, round: Date, zone: &str, zones: &dyn ZoneOffsets) -> Timestamp {
        let before = i64::from(self.before);
        let day = match self.unit {
            DateOffset::Days => round.days() - before,
            DateOffset::Weeks => round.days() - 7 * before,
            DateOffset::Months => round.plus_months(-before).days(),
        };
        at_local(day.saturating_mul(DAY_MILLIS).saturating_add(self.time.millis()), zone, zones)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::flow::delay::UtcOnly;

    #[track_caller]
    fn check(schedule: &DateSchedule, date: &str, now: &str, expected: Option<&str>) {
        let at = |text: &str| Timestamp::parse(text).unwrap();
        let found = schedule.next_start(at(date), at(now), "UTC", &UtcOnly);
        assert_eq!(found, expected.map(at), "{schedule:?} {date} {now}");
    }

    const BIRTHDAY: &str = "1988-03-12T00:00:00Z";

    #[test]
    fn a_birthday_comes_round_every_year() {
        let yearly = DateSchedule::default();
        check(&yearly, BIRTHDAY, "2026-01-01T00:00:00Z", Some("2026-03-12T09:00:00Z"));
        check(&yearly, BIRTHDAY, "2026-03-12T09:00:00Z", Some("2026-03-12T09:00:00Z"));
        check(&yearly, BIRTHDAY, "2026-03-12T09:01:00Z", Some("2027-03-12T09:00:00Z"));
        check(&yearly, "2024-02-29T00:00:00Z", "2026-01-01T00:00:00Z", Some("2026-02-28T09:00:00Z"));
        // A date that is still to come starts on itself, not a year before.
        check(&yearly, "2030-05-01T00:00:00Z", "2026-01-01T00:00:00Z", Some("2030-05-01T09:00:00Z"));
    }

    #[test]
    fn a_start_may_come_before_the_date() {
        let week_before = DateSchedule { before: 1, unit: DateOffset::Weeks, ..DateSchedule::default() };
        check(&week_before, BIRTHDAY, "2026-03-01T00:00:00Z", Some("2026-03-05T09:00:00Z"));
        check(&week_before, BIRTHDAY, "2026-03-06T00:00:00Z", Some("2027-03-05T09:00:00Z"));
        let month_before = DateSchedule { before: 1, unit: DateOffset::Months, ..DateSchedule::default() };
        check(&month_before, "1990-01-10T00:00:00Z", "2026-11-01T00:00:00Z", Some("2026-12-10T09:00:00Z"));
    }

    #[test]
    fn weekly_monthly_and_once() {
        let of = |recurrence| DateSchedule { recurrence, ..DateSchedule::default() };
        check(&of(Recurrence::Weekly), BIRTHDAY, "2026-03-10T00:00:00Z", Some("2026-03-14T09:00:00Z"));
        check(&of(Recurrence::Monthly), "2025-08-31T00:00:00Z", "2026-02-01T00:00:00Z", Some("2026-02-28T09:00:00Z"));
        check(&of(Recurrence::Never), BIRTHDAY, "2026-03-10T00:00:00Z", None);
        check(&of(Recurrence::Never), "2026-04-01T00:00:00Z", "2026-03-10T00:00:00Z", Some("2026-04-01T09:00:00Z"));
    }
}
