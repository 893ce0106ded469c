//! What happens when something panics all the same.
//!
//! In: a panic. Out: one message in the console, and a page that offers a backup and a reload.
//! Invariant: the page's own script shows it, since Wasm is dead by then.

use std::panic;

use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// Sets the panic hook of this scope.
pub fn set_hook() {
    panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        let show = Reflect::get(&js_sys::global(), &JsValue::from_str("hookwrightPanic"));
        let shown = show
            .and_then(|show| show.dyn_into::<Function>())
            .and_then(|show| show.call1(&JsValue::UNDEFINED, &JsValue::from_str(&info.to_string())));
        if let Err(error) = shown {
            web_sys::console::error_1(&error);
        }
    }));
}
