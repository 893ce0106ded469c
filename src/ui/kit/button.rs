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

/// Why a control cannot be used by who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhyNot {
    /// The reason, in a sentence.
    pub words: String,
    /// The id of an element with the same words, for assistive technology.
    pub note_id: &'static str,
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
    /// Why who acts may not press it.
    #[prop(optional, into)]
    why_not: Signal<Option<WhyNot>>,
    /// Runs when pressed.
    #[prop(into)]
    on_press: Callback<()>,
) -> AnyView {
    view! {
        <button
            type="button"
            class=kind.class()
            title=move || why_not.with(|why_not| why_not.as_ref().map(|why_not| why_not.words.clone()))
            aria-describedby=move || why_not.with(|why_not| why_not.as_ref().map(|why_not| why_not.note_id))
            prop:disabled=move || is_disabled.get() || why_not.with(Option::is_some)
            on:click=move |_| on_press.run(())
        >
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
    /// Why who acts may not press it.
    #[prop(optional, into)]
    why_not: Signal<Option<WhyNot>>,
    /// Runs when pressed.
    #[prop(into)]
    on_press: Callback<()>,
) -> AnyView {
    let title = move || match why_not.get() {
        Some(why_not) => [&label.get(), ": ", &why_not.words].concat(),
        None => label.get(),
    };
    view! {
        <button
            type="button"
            class="icon-button"
            aria-label=label
            title=title
            aria-describedby=move || why_not.with(|why_not| why_not.as_ref().map(|why_not| why_not.note_id))
            prop:disabled=move || is_disabled.get() || why_not.with(Option::is_some)
            on:click=move |_| on_press.run(())
        >
            {icon(glyph)}
        </button>
    }
    .into_any()
}
