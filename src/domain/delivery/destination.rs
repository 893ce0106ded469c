//! What is known of a destination.
//!
//! In: outcomes. Out: whether it ever answered readably, which tells an interruption from a CORS problem.
//! Invariant: learning that a destination answers readably is never unlearned.

use serde::{Deserialize, Serialize};

/// A destination: scheme, host and port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destination {
    /// As [`crate::domain::delivery::request::destination_of`] writes it.
    pub origin: String,
    /// Whether an answer's status could ever be read.
    pub has_answered_readably: bool,
}
