//! The browser's timers, in the page and in workers.
//!
//! In: a number of milliseconds. Out: a future that comes back after them.
//! Invariant: a dropped sleep leaves no timer behind.

use futures_channel::oneshot;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

use crate::browser::scope::scope;
use crate::runtime::ports::Timers;

/// Above this a timer of the browser's goes off at once, so longer sleeps are made of several.
const MAX_TIMEOUT_MILLIS: i32 = i32::MAX;

/// Sleeps by `setTimeout`.
#[derive(Debug, Clone, Copy, Default)]
pub struct BrowserTimers;

impl Timers for BrowserTimers {
    async fn sleep(&self, millis: i64) {
        sleep(millis).await;
    }
}

/// Comes back after `millis`, or later.
pub async fn sleep(millis: i64) {
    let mut rest = millis.max(0);
    loop {
        let step = i32::try_from(rest).unwrap_or(MAX_TIMEOUT_MILLIS);
        timeout(step).await;
        rest -= i64::from(step);
        if rest <= 0 {
            return;
        }
    }
}

async fn timeout(millis: i32) {
    let (sender, receiver) = oneshot::channel::<()>();
    let callback = Closure::once(move || drop(sender));
    let id = scope().set_timeout(callback.as_ref().unchecked_ref(), millis);
    let _running = Running { id, _callback: callback };
    match receiver.await {
        // Going away is all the sender does.
        Ok(()) | Err(oneshot::Canceled) => {}
    }
}

/// A timer that is cleared when nobody waits for it any more.
struct Running {
    id: JsValue,
    _callback: Closure<dyn FnMut()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        scope().clear_timeout(&self.id);
    }
}
