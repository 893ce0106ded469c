//! Fetches a file that lies beside the page.
//!
//! In: a file's name. Out: its text, or why it is not there.
//! Invariant: page only; asks nobody but the host the page came from.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{RequestInit, Response};

use crate::browser::scope::{describe, scope};

/// The text of a file.
pub async fn fetch_text(name: &str) -> Result<String, String> {
    let failed = |error: wasm_bindgen::JsValue| describe(&error);
    let promise = scope().fetch(name, &RequestInit::new()).map_err(failed)?;
    let response: Response = JsFuture::from(promise).await.map_err(failed)?.unchecked_into();
    if !response.ok() {
        return Err(format!("the server answered {}", response.status()));
    }
    let text = JsFuture::from(response.text().map_err(failed)?).await.map_err(failed)?;
    text.as_string().ok_or_else(|| "the file holds no text".to_owned())
}
