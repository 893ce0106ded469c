//! Sentences with pieces of code in them, between backticks.
//!
//! In: a sentence. Out: the same with the code set as code.
//! Invariant: a lone backtick loses nothing but itself.

use leptos::prelude::*;

/// A sentence; what stands between backticks is code.
pub fn sentence_with_code(sentence: &str) -> AnyView {
    sentence
        .split('`')
        .enumerate()
        .map(|(piece_idx, piece)| {
            let piece = piece.to_owned();
            if piece_idx % 2 == 1 { view! { <code>{piece}</code> }.into_any() } else { piece.into_any() }
        })
        .collect_view()
        .into_any()
}
