//! Copies text, and says so.
//!
//! In: text and what it is. Out: the clipboard's content, and a notice.
//! Invariant: a refusal of the browser is told.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;

use crate::ui::state::AppState;
use crate::view_model::delivery::Tone;
use crate::view_model::messages;

/// Copies `text`, which is `what`.
pub fn copy_text(app_state: AppState, text: &str, what: &'static str) {
    let written = window().navigator().clipboard().write_text(text);
    spawn_local(async move {
        let (tone, words) = match JsFuture::from(written).await {
            Ok(_) => (Tone::Ok, format!("{what} copied.")),
            Err(_) => (Tone::Fail, messages::COPY_REFUSED.to_owned()),
        };
        app_state.notify(tone, words);
    });
}
