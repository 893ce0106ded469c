//! The outside world: one file for each port.
//!
//! In: what the runtime asks. Out: what the browser did.
//! Invariant: no policy of any kind.
#![expect(clippy::disallowed_methods, reason = "this module is the browser boundary")]

pub mod broadcast;
pub mod clock;
pub mod fetch;
pub mod leader;
pub mod panic;
pub mod random;
pub mod role;
pub mod timers;
pub mod worker_link;
pub mod zones;

use wasm_bindgen::{JsCast, JsValue};

/// An exception as text: its name and message.
fn describe(exception: &JsValue) -> String {
    match exception.dyn_ref::<js_sys::Error>() {
        Some(error) => format!("{}: {}", String::from(error.name()), String::from(error.message())),
        None => exception.as_string().unwrap_or_else(|| format!("{exception:?}")),
    }
}
