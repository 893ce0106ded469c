//! One sender among all tabs, by a Web Lock. <https://www.w3.org/TR/web-locks/>
//!
//! In: nothing. Out: the moment this scope became the one.
//! Invariant: the lock is held until the scope ends; the browser gives it on then.

use futures_channel::oneshot;
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::browser::describe;
use crate::runtime::ports::Leader;

/// A lock by its name.
#[derive(Debug, Clone, Copy)]
pub struct LockLeader {
    pub lock_name: &'static str,
}

impl Leader for LockLeader {
    async fn acquire(&self) {
        // Without locks every sender leads, and the generation in the store lets only the newest one start anything.
        let Some((locks, request)) = lock_request() else { return };
        let (sender, receiver) = oneshot::channel::<()>();
        let granted = Closure::once_into_js(move || {
            // The scope may have stopped waiting; then the lock is held for nobody until the scope ends.
            if sender.send(()).is_err() {
                web_sys::console::warn_1(&JsValue::from_str("the sender lock came and nobody waited for it"));
            }
            // Never settles: the lock is held until the scope ends.
            Promise::new(&mut |_, _| {})
        });
        let promise = request
            .call2(&locks, &JsValue::from_str(self.lock_name), &granted)
            .and_then(|promise| promise.dyn_into::<Promise>());
        wasm_bindgen_futures::spawn_local(async move {
            let held = match promise {
                Ok(promise) => JsFuture::from(promise).await,
                Err(error) => Err(error),
            };
            if let Err(error) = held {
                web_sys::console::error_1(&JsValue::from_str(&describe(&error)));
            }
        });
        if receiver.await.is_err() {
            web_sys::console::error_1(&JsValue::from_str("the sender lock was refused"));
        }
    }
}

/// `navigator.locks` and its `request`; web-sys has them only behind an unstable flag.
fn lock_request() -> Option<(JsValue, Function)> {
    let navigator = Reflect::get(&js_sys::global(), &JsValue::from_str("navigator")).ok()?;
    let locks = Reflect::get(&navigator, &JsValue::from_str("locks")).ok()?;
    let request = Reflect::get(&locks, &JsValue::from_str("request")).ok()?.dyn_into().ok()?;
    Some((locks, request))
}
