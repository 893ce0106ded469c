//! What came back of an attempt, and what that means.
//!
//! In: a response, or what the browser could tell of a failure. Out: one outcome, and whether it is retried.
//! Invariant: the status line alone decides; a body that fails to arrive changes nothing.

use serde::{Deserialize, Serialize};

/// The codes Klaviyo retries. <https://developers.klaviyo.com/en/docs/understanding_webhook_status_codes>
pub const RETRYABLE_STATUS_CODES: [u16; 5] = [429, 500, 502, 503, 504];

/// What came back of one attempt: a closed set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AttemptOutcome {
    /// A status line arrived.
    Answered {
        status: u16,
        /// `Retry-After`, in milliseconds from the answer, if it could be read.
        retry_after_millis: Option<i64>,
    },
    /// No answer within the timeout. May have arrived.
    TimedOut { timeout_millis: i64 },
    /// A network error, and the host does not answer a bare probe either: name, port or certificate.
    Unreachable,
    /// A network error while the host answers, and this destination answered readably before; or the host answered within the
    /// last minute and is silent now. May have arrived.
    Interrupted,
    /// A network error while the host answers, and this destination never answered readably: CORS, most likely. May have arrived.
    Unreadable,
    /// The sender ended in mid-attempt. May have arrived.
    CutOff,
    /// The destination redirects, which it may not.
    Redirected,
}

/// What follows from an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consequence {
    Delivered,
    Retry,
    Skip,
}

impl AttemptOutcome {
    /// Whether the delivery is done, tried again, or given up.
    pub fn consequence(&self) -> Consequence {
        match self {
            Self::Answered { status, .. } if (200..300).contains(status) => Consequence::Delivered,
            Self::Answered { status, .. } if RETRYABLE_STATUS_CODES.contains(status) => Consequence::Retry,
            Self::Answered { .. } | Self::Redirected | Self::Unreadable => Consequence::Skip,
            Self::TimedOut { .. } | Self::Unreachable | Self::Interrupted | Self::CutOff => Consequence::Retry,
        }
    }

    /// Whether the receiver may have got the request without our knowing.
    pub const fn may_have_arrived(&self) -> bool {
        match self {
            Self::TimedOut { .. } | Self::Interrupted | Self::Unreadable | Self::CutOff => true,
            Self::Answered { .. } | Self::Unreachable | Self::Redirected => false,
        }
    }
}
