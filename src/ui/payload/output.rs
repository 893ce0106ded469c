//! JSON in colours.
//!
//! In: text. Out: the same text in coloured pieces.
//! Invariant: very long text stays plain, so that typing stays quick.

use leptos::prelude::*;

use crate::view_model::json_text::{JsonToken, json_tokens, pretty_text};

/// Longer text is not coloured.
const MAX_COLOURED_BYTES: usize = 20_000;

/// A body as it went over the wire: indented if it is JSON.
pub fn show_body(body: &str) -> AnyView {
    show_json(&pretty_text(body))
}

/// Text as a block of code.
pub fn show_json(text: &str) -> AnyView {
    if text.len() > MAX_COLOURED_BYTES {
        return view! { <pre class="code-block">{text.to_owned()}</pre> }.into_any();
    }
    let pieces: Vec<_> = json_tokens(text)
        .into_iter()
        .map(|(token, piece)| {
            let class = match token {
                JsonToken::Key => "code-key",
                JsonToken::Text => "code-text",
                JsonToken::Number => "code-number",
                JsonToken::Literal => "code-literal",
                JsonToken::Other => "code-punctuation",
            };
            view! { <span class=class>{piece.to_owned()}</span> }
        })
        .collect();
    view! { <pre class="code-block">{pieces}</pre> }.into_any()
}
