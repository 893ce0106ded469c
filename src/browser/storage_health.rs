//! How well the browser keeps what we store.
//!
//! In: nothing. Out: whether it is kept under pressure, and how much room there is.
//! Invariant: a browser that cannot say is no error; what it does not say is `None`.

use js_sys::{Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::StorageManager;

use crate::browser::scope::scope;

/// What the browser says of this origin's storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StorageHealth {
    /// Whether it is kept when the disk runs full.
    pub is_persisted: Option<bool>,
    pub used_bytes: Option<u64>,
    pub quota_bytes: Option<u64>,
}

/// Asks how storage fares.
pub async fn storage_health() -> StorageHealth {
    let Some(storage) = storage_manager() else { return StorageHealth::default() };
    let is_persisted = settle(storage.persisted()).await.and_then(|answer| answer.as_bool());
    let estimate = settle(storage.estimate()).await.unwrap_or(JsValue::UNDEFINED);
    let bytes = |name: &str| {
        let number = Reflect::get(&estimate, &name.into()).ok()?.as_f64()?;
        Some(number as u64)
    };
    StorageHealth { is_persisted, used_bytes: bytes("usage"), quota_bytes: bytes("quota") }
}

/// Asks the browser to keep our storage when the disk runs full; answers whether it will. Page only.
pub async fn ask_to_persist() -> bool {
    match storage_manager() {
        Some(storage) => settle(storage.persist()).await.and_then(|answer| answer.as_bool()).unwrap_or(false),
        None => false,
    }
}

async fn settle(promise: Result<Promise, JsValue>) -> Option<JsValue> {
    JsFuture::from(promise.ok()?).await.ok()
}

fn storage_manager() -> Option<StorageManager> {
    let storage: JsValue = scope().navigator().storage().into();
    if storage.is_undefined() { None } else { Some(storage.unchecked_into()) }
}
