//! Whether the browser lets pages reach machines nearby.
//!
//! In: nothing. Out: the browser's word.
//! Invariant: a browser that knows no such leave is no error.
//!
//! <https://wicg.github.io/local-network-access/>

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::browser::scope::scope;

/// The names browsers have given it, the newest first.
const NAMES: [&str; 3] = ["loopback-network", "local-network", "local-network-access"];

/// `granted`, `prompt` or `denied`; `None` where the browser knows no such leave.
pub async fn local_network() -> Option<String> {
    for name in NAMES {
        if let Some(state) = ask(name).await {
            return Some(state);
        }
    }
    None
}

async fn ask(name: &str) -> Option<String> {
    let navigator: JsValue = scope().navigator().into();
    let permissions = Reflect::get(&navigator, &"permissions".into()).ok()?;
    let query: Function = Reflect::get(&permissions, &"query".into()).ok()?.dyn_into().ok()?;
    let wanted = Object::new();
    Reflect::set(&wanted, &"name".into(), &name.into()).ok()?;
    let promise: Promise = query.call1(&permissions, &wanted).ok()?.dyn_into().ok()?;
    let status = JsFuture::from(promise).await.ok()?;
    Reflect::get(&status, &"state".into()).ok()?.as_string()
}
