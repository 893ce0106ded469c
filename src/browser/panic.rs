//! What happens when the app panics: it is said once, in the console and to the person.
//!
//! In: a panic. Out: an error in the console, and a call of `globalThis.hookwrightPanic(message)`.
//! Invariant: runs nothing of the app's own, which cannot be trusted any more.

use std::panic::{PanicHookInfo, set_hook};
use std::sync::atomic::{AtomicBool, Ordering};

use js_sys::{Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::DedicatedWorkerGlobalScope;

/// Whether the person knows already: what follows a first panic is only noise.
static IS_TOLD: AtomicBool = AtomicBool::new(false);

/// Makes panics known from here on.
pub fn install() {
    set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        if !IS_TOLD.swap(true, Ordering::Relaxed) {
            tell(&message(info));
        }
    }));
}

fn message(info: &PanicHookInfo<'_>) -> String {
    let reason = info.payload_as_str().unwrap_or("panicked");
    match info.location() {
        Some(location) => format!("{reason} ({}:{})", location.file(), location.line()),
        None => reason.to_owned(),
    }
}

/// Says that this scope cannot go on: to the person on the page, to the page in a worker.
pub fn tell(message: &str) {
    let global = js_sys::global();
    let hook = Reflect::get(&global, &"hookwrightPanic".into()).ok().and_then(|hook| hook.dyn_into::<Function>().ok());
    // There is nobody left to tell of a failure in here.
    match hook {
        Some(hook) => drop(hook.call1(&JsValue::UNDEFINED, &message.into())),
        None => drop(post_to_page(&global, message)),
    }
}

/// A worker without the hook tells its page itself.
fn post_to_page(global: &Object, message: &str) -> Result<(), JsValue> {
    let Some(scope) = global.dyn_ref::<DedicatedWorkerGlobalScope>() else { return Ok(()) };
    let report = Object::new();
    Reflect::set(&report, &"kind".into(), &"worker-panicked".into())?;
    Reflect::set(&report, &"message".into(), &message.into())?;
    scope.post_message(&report)
}
