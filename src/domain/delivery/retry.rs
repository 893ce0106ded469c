//! Decides when a failed delivery is tried again.
//!
//! In: attempts so far, the first one's time, the last outcome, the time, a random number. Out: retry at a time, or give up.
//! Invariant: reads no clock and never sleeps, so every schedule can be tested exactly. Klaviyo publishes "up to 17 retries
//! in 24 hours, exponentially"; the intervals are Hookwright's own.

use crate::domain::delivery::outcome::AttemptOutcome;
use crate::domain::time::{DAY_MILLIS, HOUR_MILLIS, MINUTE_MILLIS, SECOND_MILLIS, Timestamp};

/// Retries after the first attempt.
pub const MAX_RETRIES: u32 = 17;
/// How long after the first attempt a retry may still start.
pub const RETRY_WINDOW_MILLIS: i64 = DAY_MILLIS;
/// The delay before the first retry, before jitter.
pub const FIRST_DELAY_MILLIS: i64 = 10 * SECOND_MILLIS;
/// The longest delay, before jitter; also the most that `Retry-After` is obeyed.
pub const MAX_DELAY_MILLIS: i64 = 3 * HOUR_MILLIS;
/// Jitter shortens a delay by up to this part of it, in thousandths.
const MAX_JITTER_THOUSANDTHS: i64 = 100;
/// A retry that `Retry-After` pushes to the end of the window is planned this much before it.
const END_MARGIN_MILLIS: i64 = MINUTE_MILLIS;

/// What follows a retryable outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextStep {
    RetryAt(Timestamp),
    /// All retries were used.
    UsedUp,
    /// The next retry would come after the 24 hours.
    TooLate,
}

/// How far the schedule has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The first attempt and its retries so far; from 1.
    pub n_scheduled_attempts: u32,
    pub first_attempt_at: Timestamp,
}

/// The delay before retry `retry_number` (from 1): `min(10 s × 2^(n−1), 3 h)`, shortened by 0–10 % as `jitter` says.
pub fn delay_before_retry(retry_number: u32, jitter: u64) -> i64 {
    let n_doublings = retry_number.saturating_sub(1).min(20);
    let full = (FIRST_DELAY_MILLIS << n_doublings).min(MAX_DELAY_MILLIS);
    let cut_thousandths = i64::try_from(jitter % 1_000).unwrap_or(0) * MAX_JITTER_THOUSANDTHS / 1_000;
    full - full * cut_thousandths / 1_000
}

/// When the schedule's last moment is.
pub const fn deadline(first_attempt_at: Timestamp) -> Timestamp {
    first_attempt_at.plus_millis(RETRY_WINDOW_MILLIS)
}

/// What follows a failed attempt that ended at `now` and may be retried.
pub fn next_step(progress: Progress, outcome: &AttemptOutcome, now: Timestamp, jitter: u64) -> NextStep {
    let n_retries = progress.n_scheduled_attempts.saturating_sub(1);
    if n_retries >= MAX_RETRIES {
        return NextStep::UsedUp;
    }
    let deadline = deadline(progress.first_attempt_at);
    let planned = now.plus_millis(delay_before_retry(n_retries + 1, jitter));
    if planned > deadline {
        return NextStep::TooLate;
    }
    let asked = match outcome {
        AttemptOutcome::Answered { retry_after_millis: Some(millis), .. } => {
            let asked = now.plus_millis((*millis).clamp(0, MAX_DELAY_MILLIS));
            asked.min(deadline.plus_millis(-END_MARGIN_MILLIS))
        }
        AttemptOutcome::Answered { retry_after_millis: None, .. }
        | AttemptOutcome::TimedOut { .. }
        | AttemptOutcome::Unreachable
        | AttemptOutcome::Interrupted
        | AttemptOutcome::Unreadable
        | AttemptOutcome::CutOff
        | AttemptOutcome::Redirected => planned,
    };
    NextStep::RetryAt(planned.max(asked))
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_millis(1_772_366_400_000);

    fn failed(retry_after_millis: Option<i64>) -> AttemptOutcome {
        AttemptOutcome::Answered { status: 503, retry_after_millis }
    }

    fn progress(n_scheduled_attempts: u32) -> Progress {
        Progress { n_scheduled_attempts, first_attempt_at: START }
    }

    #[test]
    fn delays_double_from_ten_seconds_to_three_hours() {
        let secs: Vec<_> = (1..=17).map(|n| delay_before_retry(n, 0) / SECOND_MILLIS).collect();
        let expected =
            [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120, 10240, 10800, 10800, 10800, 10800, 10800, 10800];
        assert_eq!(secs, expected);
        assert!(secs.iter().sum::<i64>() < 24 * 3_600, "all 17 fit");
    }

    #[test]
    fn jitter_shortens_by_at_most_a_tenth() {
        assert_eq!(delay_before_retry(1, 999), 9_010);
        for jitter in 0..1_000 {
            let delay = delay_before_retry(5, jitter);
            assert!((144_000..=160_000).contains(&delay), "{jitter}: {delay}");
        }
    }

    #[test]
    fn undisturbed_all_seventeen_are_made_and_no_more() {
        let mut now = START;
        for n_attempts in 1..=MAX_RETRIES {
            let step = next_step(progress(n_attempts), &failed(None), now, 0);
            let NextStep::RetryAt(due) = step else { panic!("attempt {n_attempts}: {step:?}") };
            assert!(due > now && due <= deadline(START));
            now = due;
        }
        assert_eq!(next_step(progress(18), &failed(None), now, 0), NextStep::UsedUp);
    }

    #[test]
    fn retry_after_lengthens_and_never_shortens() {
        for (asked, expected_secs) in [(0, 10), (5_000, 10), (30_000, 30), (4 * HOUR_MILLIS, 3 * 3_600)] {
            assert_eq!(
                next_step(progress(1), &failed(Some(asked)), START, 0),
                NextStep::RetryAt(START.plus_millis(expected_secs * SECOND_MILLIS)),
                "{asked}"
            );
        }
    }

    #[test]
    fn nothing_is_planned_past_the_day() {
        let late = START.plus_millis(RETRY_WINDOW_MILLIS - HOUR_MILLIS);
        assert_eq!(next_step(progress(12), &failed(None), late, 0), NextStep::TooLate);
        let NextStep::RetryAt(due) = next_step(progress(1), &failed(Some(3 * HOUR_MILLIS)), late, 0) else {
            panic!("one more fits")
        };
        assert!(due < deadline(START));
    }
}
