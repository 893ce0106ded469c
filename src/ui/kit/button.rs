//! Buttons.
//!
//! In: a label that says what it does. Out: a press.
//! Invariant: every button has a name, and is at least 24 px in both directions.

use leptos::prelude::*;

use crate::ui::kit::icon::{Icon, icon};

/// How much a button stands out. One primary act a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ButtonKind {
    Primary,
    #[default]
    Secondary,
    Quiet,
    Danger,
}

impl ButtonKind {
    const fn class(self) -> &'static str {
        match self {
            Self::Primary => "button button--primary",
            Self::Secondary => "button",
            Self::Quiet => "button button--quiet",
            Self::Danger => "button button--danger",
        }
    }
}

/// A button with a word on it.
#[component]
pub fn Button(
    /// What it will do.
    #[prop(into)]
    label: Signal<String>,
    /// How much it stands out.
    #[prop(optional)]
    kind: ButtonKind,
    /// Stands before the label.
    #[prop(optional)]
    glyph: Option<Icon>,
    /// Whether it cannot be pressed now.
    #[prop(optional, into)]
    is_disabled: Signal<bool>,
    /// Runs when pressed.
    #[prop(into)]
    on_press: Callback<()>,
) -> AnyView {
    view! {
        <button type="button" class=kind.class() prop:disabled=is_disabled on:click=move |_| on_press.run(())>
            {glyph.map(icon)}
            <span>{label}</span>
        </button>
    }
    .into_any()
}

/// A button with an icon only; the label is its name and its hint.
#[component]
pub fn IconButton(
    /// What it will do.
    #[prop(into)]
    label: Signal<String>,
    /// What is seen.
    glyph: Icon,
    /// Whether it cannot be pressed now.
    #[prop(optional, into)]
    is_disabled: Signal<bool>,
    /// Runs when pressed.
    #[prop(into)]
    on_press: Callback<()>,
) -> AnyView {
    view! {
        <button
            type="button"
            class="icon-button"
            aria-label=label
            title=label
            prop:disabled=is_disabled
            on:click=move |_| on_press.run(())
        >
            {icon(glyph)}
        </button>
    }
    .into_any()
}
