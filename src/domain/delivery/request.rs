//! The request as it goes over the wire, and what it may not be.
//!
//! In: a webhook action as typed, a flow, a rendered body. Out: a frozen request, or problems tied to their fields.
//! Invariant: retries send the same bytes.

use serde::{Deserialize, Serialize};

/// A request, frozen when the delivery was first rendered. Always a POST.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenderedRequest {
    pub url: String,
    /// In the order they are sent, with `X-Klaviyo-Flow-ID` and `Content-Type` among them.
    pub headers: Vec<(String, String)>,
    pub body: String,
}
