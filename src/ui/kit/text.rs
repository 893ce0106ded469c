//! Sentences with pieces of code in them, between backticks, and links to the help.
//!
//! In: a sentence. Out: the same with the code set as code.
//! Invariant: a lone backtick loses nothing but itself.

use leptos::prelude::*;

use crate::ui::kit::icon::{Icon, icon};

/// Leads to a topic of the help, from where the question comes up.
pub fn help_link(topic: &'static str, words: &'static str) -> AnyView {
    view! { <a class="help-more" href=["#/help/", topic].concat()>{icon(Icon::Help)}<span>{words}</span></a> }
        .into_any()
}

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
