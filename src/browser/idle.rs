//! Waits until the page has nothing more urgent to do.
//!
//! In: nothing. Out: a future that comes back in an idle moment; whether the person wants to save data.
//! Invariant: comes back after two seconds at the latest, and soon where the browser knows no idle moments.

use futures_channel::oneshot;
use js_sys::{Function, Object, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

use crate::browser::timers::sleep;

const MAX_WAIT_MILLIS: u32 = 2_000;
/// Where there is no `requestIdleCallback`: after the first screen has been drawn.
const BLIND_WAIT_MILLIS: i64 = 300;

/// Comes back in an idle moment of the page.
pub async fn idle() {
    let global = js_sys::global();
    let request = Reflect::get(&global, &"requestIdleCallback".into()).ok();
    let Some(request) = request.and_then(|found| found.dyn_into::<Function>().ok()) else {
        return sleep(BLIND_WAIT_MILLIS).await;
    };
    let (sender, receiver) = oneshot::channel::<()>();
    let callback = Closure::once(move || drop(sender));
    let options = Object::new();
    let is_asked = Reflect::set(&options, &"timeout".into(), &MAX_WAIT_MILLIS.into()).is_ok()
        && request.call2(&global, callback.as_ref(), &options).is_ok();
    if !is_asked {
        return sleep(BLIND_WAIT_MILLIS).await;
    }
    match receiver.await {
        // Going away is all the sender does.
        Ok(()) | Err(oneshot::Canceled) => {}
    }
}

/// Whether the person asked the browser to save data.
pub fn saves_data() -> bool {
    let field = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).unwrap_or_default();
    let connection = field(&field(&js_sys::global(), "navigator"), "connection");
    connection.is_object() && field(&connection, "saveData").is_truthy()
}
