//! What the sender knows of a destination: the origin that requests go to.
//!
//! In: what was seen of its answers. Out: plain facts that classify the next failure.
//! Invariant: one value an origin; addresses with the same scheme, host and port share it.

use serde::{Deserialize, Serialize};

use crate::domain::time::Timestamp;

/// What is known of one origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destination {
    /// Scheme, host and port, such as `https://hooks.example.com`.
    pub origin: String,
    /// Whether it ever gave an answer the browser let us read: then CORS is set up there.
    pub has_answered_readably: bool,
    /// Until when nothing is sent to it; `None` while it is not paused.
    pub paused_until: Option<Timestamp>,
    /// Failures since its last success.
    pub n_failures_in_row: u32,
    pub updated_at: Timestamp,
}
