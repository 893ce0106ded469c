//! How outcomes and template problems lie on disk, inside deliveries, attempts and the log.
//!
//! In: outcomes, problems. Out: their stored shape, and back.
//! Invariant: part of three rows' shapes; a change here is a migration of each.

use crate::domain::delivery::outcome::AttemptOutcome;
use crate::domain::template::problem as domain;
use crate::storage::record::mirror::stored;

stored! {
    enum OutcomeRecord for AttemptOutcome {
        Answered { status: u16, retry_after_millis: Option<i64> },
        TimedOut { timeout_millis: i64 },
        Unreachable,
        Interrupted,
        Unreadable,
        CutOff,
        Redirected,
    }
}
stored! {
    names SeverityRecord for domain::Severity { Error, Warning, Hint }
}
stored! {
    struct TemplateProblemRecord for domain::TemplateProblem {
        severity: SeverityRecord,
        code: String,
        message: String,
        range: (u64, u64),
        line: u64,
        column: u64,
        excerpt: String,
        fix: Option<FixRecord>,
    }
}
stored! {
    struct FixRecord for domain::Fix { label: String, edits: Vec<((u64, u64), String)> }
}
