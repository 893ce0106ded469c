//! What stood in the sandbox, kept for the next visit.
//!
//! In: packed text. Out: the same on the next visit.
//! Invariant: page only; a browser that keeps nothing starts the sandbox anew, and nothing else breaks.

const KEY: &str = "hookwright-sandbox";

/// What was kept.
pub fn kept_sandbox() -> Option<String> {
    web_sys::window()?.local_storage().ok()??.get_item(KEY).ok()?
}

/// Keeps it. What is too large for this store is not kept.
pub fn keep_sandbox(packed: &str) {
    let storage = web_sys::window().and_then(|window| window.local_storage().ok().flatten());
    if let Some(Err(error)) = storage.map(|storage| storage.set_item(KEY, packed)) {
        web_sys::console::warn_1(&error);
    }
}
