//! The global scope, page or worker: what both have, by one name.
//!
//! In: nothing. Out: the parts of the browser that the other files of this module use.
//! Invariant: works in the page and in workers; nothing here is the page's alone.

use js_sys::{Function, Promise};
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{Crypto, Navigator, RequestInit};

#[wasm_bindgen]
extern "C" {
    /// The page's `Window` or a worker's `DedicatedWorkerGlobalScope`.
    pub type Scope;

    #[wasm_bindgen(method, getter, structural)]
    pub fn crypto(this: &Scope) -> Option<Crypto>;

    /// A worker's navigator has what we use of the page's.
    #[wasm_bindgen(method, getter, structural)]
    pub fn navigator(this: &Scope) -> Navigator;

    /// A worker's name, which is its role; the page's is whatever opened it.
    #[wasm_bindgen(method, getter, structural)]
    pub fn name(this: &Scope) -> JsValue;

    #[wasm_bindgen(method, structural, catch)]
    pub fn fetch(this: &Scope, url: &str, init: &RequestInit) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, structural, js_name = setTimeout)]
    pub fn set_timeout(this: &Scope, callback: &Function, millis: i32) -> JsValue;

    #[wasm_bindgen(method, structural, js_name = clearTimeout)]
    pub fn clear_timeout(this: &Scope, timeout: &JsValue);
}

/// The scope this code runs in.
pub fn scope() -> Scope {
    js_sys::global().unchecked_into()
}

/// An exception in words: its name and message if it has them.
pub fn describe(error: &JsValue) -> String {
    match error.dyn_ref::<js_sys::Error>() {
        Some(error) => format!("{}: {}", String::from(error.name()), String::from(error.message())),
        None => error.as_string().unwrap_or_else(|| format!("{error:?}")),
    }
}
