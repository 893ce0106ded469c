//! Chips: a status as icon, word and colour together.
//!
//! In: a tone, an icon, a word. Out: a small mark.
//! Invariant: never colour alone.

use leptos::prelude::*;

use crate::domain::delivery::state::StatusKind;
use crate::ui::kit::icon::{Icon, icon};
use crate::view_model::delivery::{Tone, status_label, status_tone};

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
pub const fn status_icon(status: StatusKind) -> Icon {
    match status {
        StatusKind::Delivered => Icon::Delivered,
        StatusKind::Sending => Icon::Send,
        StatusKind::Waiting => Icon::Clock,
        StatusKind::WaitingToRetry => Icon::Retry,
        StatusKind::NeedsReview => Icon::Eye,
        StatusKind::Skipped => Icon::Skipped,
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
    status: StatusKind,
) -> AnyView {
    view! { <Chip tone=status_tone(status) glyph=status_icon(status) label=status_label(status) /> }.into_any()
}
