//! Chips: a status as icon, word and colour together.
//!
//! In: a tone, an icon, a word. Out: a small mark.
//! Invariant: never colour alone.

use leptos::prelude::*;

use crate::ui::kit::icon::{Icon, icon};
use crate::view_model::delivery::{StatusTag, Tone};

/// The class that carries a tone's colours.
pub const fn tone_class(tone: Tone) -> &'static str {
    match tone {
        Tone::Neutral => "tone-neutral",
        Tone::Accent => "tone-accent",
        Tone::Ok => "tone-ok",
        Tone::Wait => "tone-wait",
        Tone::Fail => "tone-fail",
        Tone::Maybe => "tone-maybe",
    }
}

/// The icon of a delivery's status.
pub const fn status_icon(status: StatusTag) -> Icon {
    match status {
        StatusTag::Delivered => Icon::Delivered,
        StatusTag::Sending => Icon::Send,
        StatusTag::Waiting => Icon::Clock,
        StatusTag::WaitingToRetry => Icon::Retry,
        StatusTag::NeedsReview => Icon::Eye,
        StatusTag::Skipped => Icon::Skipped,
    }
}

/// A word with an icon, in a tone.
#[component]
pub fn Chip(
    /// The colours.
    tone: Tone,
    /// Stands before the word.
    glyph: Icon,
    /// The word.
    #[prop(into)]
    label: String,
) -> AnyView {
    view! { <span class=format!("chip {}", tone_class(tone))>{icon(glyph)}<span>{label}</span></span> }.into_any()
}

/// A delivery's status.
#[component]
pub fn StatusChip(
    /// Which.
    status: StatusTag,
) -> AnyView {
    view! { <Chip tone=status.tone() glyph=status_icon(status) label=status.label() /> }.into_any()
}
