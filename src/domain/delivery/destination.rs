//! What is known of a destination, and when it is left alone for a while.
//!
//! In: outcomes, what a person set, the time. Out: its limits, and whether it is paused.
//! Invariant: learning that a destination answers readably is never unlearned.

use crate::domain::delivery::outcome::{AttemptOutcome, Consequence};
use crate::domain::delivery::queue::Limits;
use crate::domain::time::{MINUTE_MILLIS, Timestamp};

/// Failed attempts in a row that pause a destination …
pub const PAUSE_AFTER_FAILURES: u32 = 20;
/// … if they belong to at least so many deliveries: one delivery's own retries pause nothing.
pub const PAUSE_AFTER_DELIVERIES: u32 = 5;
/// How long a paused destination is left alone before one attempt tries it again.
const FIRST_REST_MILLIS: i64 = 5 * MINUTE_MILLIS;
/// The longest such rest; it doubles with each failed try.
const MAX_REST_MILLIS: i64 = 30 * MINUTE_MILLIS;

/// A destination: scheme, host and port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// As [`crate::domain::delivery::request::destination_of`] writes it.
    pub origin: String,
    /// Whether an answer's status could ever be read.
    pub has_answered_readably: bool,
    /// Attempts on their way at a time; `None` for the workspace's number.
    pub concurrency: Option<u32>,
    /// Starts a minute; `None` for no limit.
    pub rate_per_minute: Option<u32>,
    /// `None` while it is sent to.
    pub pause: Option<Pause>,
    /// `None` before its first attempt ended.
    pub health: Option<Health>,
}

/// Why nothing is sent to a destination, and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pause {
    pub at: Timestamp,
    /// When one attempt tries it again; `None` where a person paused it, which only a person ends.
    pub try_at: Option<Timestamp>,
    /// Tries that failed so far.
    pub n_tries: u32,
}

/// How its last attempts fared.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Health {
    pub n_attempts: u64,
    pub n_failed: u64,
    pub n_unreadable: u64,
    /// Failed attempts since the last that did not fail.
    pub n_failed_in_row: u32,
    /// First attempts among them: how many deliveries that is at least.
    pub n_deliveries_in_row: u32,
    pub last_ok_at: Option<Timestamp>,
    pub last_failed_at: Option<Timestamp>,
    pub last_outcome: Option<AttemptOutcome>,
}

impl Destination {
    /// A destination that nothing is known of.
    pub fn new(origin: &str) -> Self {
        Self {
            origin: origin.to_owned(),
            has_answered_readably: false,
            concurrency: None,
            rate_per_minute: None,
            pause: None,
            health: None,
        }
    }

    /// What the queue may send to it; `concurrency` is the workspace's number.
    pub fn limits(&self, concurrency: u32) -> Limits {
        let never = Timestamp::from_millis(i64::MAX);
        Limits {
            concurrency: self.concurrency.unwrap_or(concurrency).max(1),
            min_gap_millis: self.rate_per_minute.map_or(0, |rate| MINUTE_MILLIS / i64::from(rate.max(1))),
            closed_until: self.pause.as_ref().map(|pause| pause.try_at.unwrap_or(never)),
        }
    }

    /// The destination after an attempt ended at `now`; `is_first` for a delivery's first attempt.
    pub fn after(&self, outcome: &AttemptOutcome, is_first: bool, now: Timestamp) -> Self {
        let mut after = self.clone();
        after.has_answered_readably |= matches!(outcome, AttemptOutcome::Answered { .. });
        let health = after.health.get_or_insert_default();
        health.n_attempts += 1;
        health.n_unreadable += u64::from(*outcome == AttemptOutcome::Unreadable);
        health.last_outcome = Some(outcome.clone());
        if is_trouble(outcome) {
            health.n_failed += 1;
            health.n_failed_in_row = health.n_failed_in_row.saturating_add(1);
            health.n_deliveries_in_row = health.n_deliveries_in_row.saturating_add(u32::from(is_first));
            health.last_failed_at = Some(now);
            let is_failing =
                health.n_failed_in_row >= PAUSE_AFTER_FAILURES && health.n_deliveries_in_row >= PAUSE_AFTER_DELIVERIES;
            after.pause = match after.pause.take() {
                Some(Pause { at, try_at: Some(try_at), n_tries }) if try_at <= now => {
                    let n_tries = n_tries.saturating_add(1);
                    Some(Pause { at, try_at: Some(now.plus_millis(rest_millis(n_tries))), n_tries })
                }
                Some(pause) => Some(pause),
                None if is_failing => {
                    Some(Pause { at: now, try_at: Some(now.plus_millis(rest_millis(0))), n_tries: 0 })
                }
                None => None,
            };
        } else {
            health.n_failed_in_row = 0;
            health.n_deliveries_in_row = 0;
            if matches!(outcome, AttemptOutcome::Answered { .. }) {
                health.last_ok_at = Some(now);
            }
            // A person's own pause is a person's to end.
            if after.pause.as_ref().is_some_and(|pause| pause.try_at.is_some()) {
                after.pause = None;
            }
        }
        after
    }

    /// Paused by a person.
    pub fn paused(&self, now: Timestamp) -> Self {
        Self { pause: Some(Pause { at: now, try_at: None, n_tries: 0 }), ..self.clone() }
    }

    /// Sent to again, with its failures forgotten.
    pub fn resumed(&self) -> Self {
        let mut resumed = Self { pause: None, ..self.clone() };
        if let Some(health) = &mut resumed.health {
            health.n_failed_in_row = 0;
            health.n_deliveries_in_row = 0;
        }
        resumed
    }
}

/// Whether the destination itself is in trouble: what would hit the next delivery just as well.
fn is_trouble(outcome: &AttemptOutcome) -> bool {
    match outcome.consequence() {
        // The sender ended; that says nothing of the receiver.
        Consequence::Retry => *outcome != AttemptOutcome::CutOff,
        Consequence::Delivered | Consequence::Skip => false,
    }
}

fn rest_millis(n_tries: u32) -> i64 {
    (FIRST_REST_MILLIS << n_tries.min(10)).min(MAX_REST_MILLIS)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BAD: AttemptOutcome = AttemptOutcome::Answered { status: 503, retry_after_millis: None };
    const GOOD: AttemptOutcome = AttemptOutcome::Answered { status: 200, retry_after_millis: None };

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_millis(minutes * MINUTE_MILLIS)
    }

    fn failing(n_attempts: u32, n_deliveries: u32) -> Destination {
        (0..n_attempts).fold(Destination::new("https://x.example"), |destination, n| {
            destination.after(&BAD, n < n_deliveries, at(0))
        })
    }

    #[test]
    fn many_failures_of_several_deliveries_pause_it() {
        assert_eq!(failing(PAUSE_AFTER_FAILURES - 1, 10).pause, None);
        assert_eq!(failing(40, 1).pause, None, "one delivery's retries pause nothing");
        let pause = failing(PAUSE_AFTER_FAILURES, 5).pause;
        assert_eq!(pause, Some(Pause { at: at(0), try_at: Some(at(5)), n_tries: 0 }));
    }

    #[test]
    fn a_paused_destination_is_tried_ever_more_rarely_until_it_answers() {
        let mut destination = failing(20, 20);
        for (now, next) in [(5, 15), (15, 35), (35, 65), (65, 95)] {
            destination = destination.after(&BAD, false, at(now));
            assert_eq!(destination.pause.as_ref().and_then(|pause| pause.try_at), Some(at(next)));
        }
        assert_eq!(destination.limits(6).closed_until, Some(at(95)));
        let healed = destination.after(&GOOD, false, at(95));
        assert_eq!((healed.pause.clone(), healed.limits(6)), (None, Limits::concurrency(6)));
    }

    #[test]
    fn what_a_person_paused_only_a_person_resumes() {
        let paused = Destination::new("https://x.example").paused(at(0));
        assert_eq!(paused.after(&GOOD, true, at(1)).pause, paused.pause);
        assert_eq!(paused.resumed().pause, None);
    }

    #[test]
    fn a_refusal_is_no_trouble_of_the_destination() {
        let refused = AttemptOutcome::Answered { status: 400, retry_after_millis: None };
        let destination = failing(19, 19).after(&refused, true, at(0)).after(&BAD, true, at(0));
        assert_eq!(destination.pause, None);
    }

    #[test]
    fn a_rate_is_a_least_gap() {
        let destination = Destination { rate_per_minute: Some(120), ..Destination::new("https://x.example") };
        assert_eq!(destination.limits(6).min_gap_millis, 500);
    }
}
