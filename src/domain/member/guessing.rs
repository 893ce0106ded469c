//! Slows down who guesses passphrases and codes.
//!
//! In: failures, the time. Out: how long nothing more is tried.
//! Invariant: kept on disk by whoever uses it, so that a reload forgives nothing.

use crate::domain::time::{MINUTE_MILLIS, SECOND_MILLIS, Timestamp};

/// Wrong tries that cost nothing: people mistype.
const N_FREE: u32 = 3;
const FIRST_WAIT_MILLIS: i64 = 15 * SECOND_MILLIS;
const MAX_WAIT_MILLIS: i64 = 30 * MINUTE_MILLIS;

/// What is remembered of wrong tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Guard {
    pub n_failures: u32,
    /// The last wrong try.
    pub failed_at: Option<Timestamp>,
}

impl Guard {
    /// How long the next try has to wait; `None` if it may be made.
    pub fn wait_millis(self, now: Timestamp) -> Option<i64> {
        let failed_at = self.failed_at?;
        let n_charged = self.n_failures.checked_sub(N_FREE)?;
        let wait_millis = FIRST_WAIT_MILLIS.saturating_mul(1 << n_charged.min(20)).min(MAX_WAIT_MILLIS);
        // A clock that was set back makes nobody wait longer than the whole wait.
        let passed_millis = now.millis_since(failed_at).max(0);
        (passed_millis < wait_millis).then(|| wait_millis - passed_millis)
    }

    /// After a wrong try.
    pub const fn failed(self, now: Timestamp) -> Self {
        Self { n_failures: self.n_failures.saturating_add(1), failed_at: Some(now) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wrong_try_after_the_third_doubles_the_wait() {
        let now = Timestamp::from_millis(1_000_000);
        let mut guard = Guard::default();
        let mut waits = Vec::new();
        for _ in 0..12 {
            guard = guard.failed(now);
            waits.push(guard.wait_millis(now).unwrap_or(0) / SECOND_MILLIS);
        }
        assert_eq!(waits, [0, 0, 15, 30, 60, 120, 240, 480, 960, 1_800, 1_800, 1_800]);
        assert_eq!(guard.wait_millis(now.plus_millis(MAX_WAIT_MILLIS)), None);
        assert_eq!(guard.wait_millis(now.plus_millis(-5)), Some(MAX_WAIT_MILLIS), "a clock set back shortens nothing");
    }
}
