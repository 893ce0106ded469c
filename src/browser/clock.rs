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

/// Microseconds since this scope began, for durations; 0 where the browser has no such clock.
pub fn monotonic_micros() -> u64 {
    use wasm_bindgen::JsCast;

    js_sys::Reflect::get(&js_sys::global(), &"performance".into())
        .ok()
        .and_then(|performance| performance.dyn_into::<web_sys::Performance>().ok())
        .map_or(0, |performance| (performance.now() * 1_000.0) as u64)
}
