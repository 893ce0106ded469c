//! The head of a screen: where one is, and what can be done here.
//!
//! In: a title and acts. Out: one line.
//! Invariant: one first-level heading a screen, which can take the focus.

use leptos::prelude::*;

/// The id of every screen's heading.
pub const HEADING_ID: &str = "page-heading";

/// Title at the left, acts at the right.
#[component]
pub fn PageHeader(
    /// The screen's name.
    #[prop(into)]
    title: Signal<String>,
    /// What can be done here.
    #[prop(optional)]
    children: Option<Children>,
) -> AnyView {
    view! {
        <header class="page-header">
            <h1 id=HEADING_ID tabindex="-1">{title}</h1>
            {children.map(|children| view! { <div class="page-header-acts">{children()}</div> })}
        </header>
    }
    .into_any()
}
