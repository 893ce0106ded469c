//! The browser's clock.
//!
//! In: nothing. Out: the time.
//! Invariant: milliseconds of the wall clock; it may jump when somebody sets it.

use crate::domain::time::Timestamp;
use crate::runtime::ports::Clock;

/// Tells the browser's time.
#[derive(Debug, Clone, Copy, Default)]
pub struct BrowserClock;

impl Clock for BrowserClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(js_sys::Date::now() as i64)
    }
}
