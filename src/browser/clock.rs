//! The clock: `Date.now()` for points in time, `performance.now()` for durations.
//!
//! In: nothing. Out: times.
//! Invariant: the only place of the project that asks what time it is.

use js_sys::{Date, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use crate::domain::time::Timestamp;
use crate::runtime::ports::Clock;

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct BrowserClock;

impl Clock for BrowserClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(Date::now() as i64)
    }
}

/// Microseconds since the scope began; works on pages and in workers.
pub fn monotonic_micros() -> u64 {
    let performance = Reflect::get(&js_sys::global(), &JsValue::from_str("performance"));
    performance
        .ok()
        .and_then(|performance| performance.dyn_into::<web_sys::Performance>().ok())
        .map_or(0, |performance| (performance.now() * 1_000.0) as u64)
}
