//! What the runtime needs of the outside world.
//!
//! In: nothing. Out: traits, each with one thing it does.
//! Invariant: no policy here; an adapter does what it is told and reports what it saw.
#![expect(async_fn_in_trait, reason = "one thread, in the browser and in tests: no future needs to be Send")]

use std::rc::Rc;

use crate::domain::delivery::request::RenderedRequest;
use crate::domain::delivery::state::ResponseRecord;
use crate::domain::flow::delay::ZoneOffsets;
use crate::domain::time::Timestamp;
use crate::runtime::keys::Keys;

/// Tells the time.
pub trait Clock {
    fn now(&self) -> Timestamp;
}

/// Draws random numbers.
pub trait Random {
    fn next_u64(&self) -> u64;
}

/// Sends a request.
pub trait HttpClient {
    /// Sends one POST: no credentials, no cache, no referrer, no redirect followed. Reads at most the first 64 KiB of the body.
    /// `attempt_number` is for receivers that play a script; it never goes over the wire.
    async fn send(&self, request: &RenderedRequest, attempt_number: u32, timeout_millis: i64) -> SendReport;
    /// Whether the host of `url` answers a bare `HEAD` of its root, sent without CORS and without credentials.
    async fn probe(&self, url: &str) -> bool;
    /// Whether the browser believes it is online.
    fn is_online(&self) -> bool;
    /// The workspace's key, for the secrets of a request; `None` where there is none, and nothing secret is sent.
    fn keys(&self) -> Option<Rc<dyn Keys>> {
        None
    }
}

/// Knows time zones.
pub trait Zones {
    fn zones(&self) -> &dyn ZoneOffsets;
}

/// Everything the sender needs of the outside world.
pub trait World: Clock + Random + HttpClient + Zones {}

impl<T: Clock + Random + HttpClient + Zones> World for T {}

/// What could be seen of a sent request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendReport {
    Answered(ResponseRecord),
    /// The browser hid a redirect from us.
    OpaqueRedirect,
    /// No answer within the timeout.
    TimedOut,
    /// The bare `TypeError` that stands for every other failure.
    NetworkError {
        message: String,
    },
}

/// Waits.
pub trait Timers {
    /// Comes back after `millis`, or later.
    async fn sleep(&self, millis: i64);
}

/// Elects one sender among all tabs.
pub trait Leader {
    /// Comes back once this is the one sender; it stays so until the sender ends.
    async fn acquire(&self);
}

/// A file that is handed to the person piece by piece.
pub trait FilePieces {
    /// Adds to its end.
    fn push(&self, text: &str) -> Result<(), String>;
    /// Hands it out under a name, as media of a type.
    fn save(&self, file_name: &str, media_type: &str) -> Result<(), String>;
}
