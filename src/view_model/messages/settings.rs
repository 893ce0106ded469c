//! The words of settings.
//!
//! In: nothing. Out: sentences.
//! Invariant: a bound is said as numbers.

pub const TIME_ZONE_HINT: &str = "Dates in templates and delays until a time of day use it.";
pub const TIME_ZONE_UNKNOWN: &str = "This browser knows no such time zone. Enter UTC or a name such as Europe/Berlin.";
pub const CURRENCY_HINT: &str = "Three letters, as in EUR. currency_format prints amounts in it.";
pub const CURRENCY_UNKNOWN: &str = "This browser knows no such currency. Enter three letters, as in EUR.";
pub const ORGANIZATION_HINT: &str = "Templates read these as organization.name and so on.";
pub const TIMEOUT_HINT: &str = "How long an attempt waits for an answer.";
pub const TIMEOUT_BOUNDS: &str = "Enter a whole number from 1 to 300.";
pub const CONCURRENCY_BOUNDS: &str = "Enter a whole number from 1 to 50.";
pub const RETENTION_BOUNDS: &str = "Enter a whole number from 1 to 3650, or nothing.";
pub const PROBE_HINT: &str = "One bare HEAD of its root tells an unreachable host from an unreadable answer.";
