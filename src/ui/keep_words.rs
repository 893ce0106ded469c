//! Whether what was edited is on the disk, in words.
//!
//! In: the state of keeping. Out: an icon and words.
//! Invariant: something that is not kept says why.

use leptos::prelude::*;

use crate::runtime::handle::StoreTrouble;
use crate::ui::kit::{Icon, icon};
use crate::ui::state::{KeepState, use_app_state};
use crate::ui::words::trouble_words;
use crate::view_model::messages;

/// The state; `kept` are the words for all being well.
pub fn keep_words(state: Signal<KeepState>, kept: &'static str) -> AnyView {
    let storage_trouble = use_app_state().storage_trouble;
    let is_in_memory =
        Memo::new(move |_| storage_trouble.with(|trouble| matches!(trouble, Some(StoreTrouble::MemoryOnly { .. }))));
    let words = move || {
        match state.get() {
        KeepState::Kept if is_in_memory.get() => {
            view! { <span class="toolbar-word toolbar-word--open">{icon(Icon::Warning)}{messages::KEPT_IN_WINDOW}</span> }.into_any()
        }
        KeepState::Kept => view! { <span class="toolbar-word">{icon(Icon::Check)}{kept}</span> }.into_any(),
        KeepState::Keeping => view! { <span class="toolbar-word">{icon(Icon::Clock)}"Keeping…"</span> }.into_any(),
        KeepState::NotKept { trouble } => {
            let why = trouble_words(&trouble);
            let hint = why.clone();
            view! {
                <span class="toolbar-word toolbar-word--failed" title=hint>
                    {icon(Icon::Warning)}
                    "Not kept: "
                    {why}
                </span>
            }
            .into_any()
        }
    }
    };
    view! { {words} }.into_any()
}
