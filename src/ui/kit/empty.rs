//! What is drawn where there is nothing yet: empty states and skeletons.
//!
//! In: what is missing and what to do. Out: a quiet block.
//! Invariant: an empty state always says what to do; a skeleton shows only after 300 ms.

use leptos::prelude::*;

use crate::ui::kit::icon::{Icon, large_icon};

/// Nothing here, and what to do about it.
#[component]
pub fn EmptyState(
    /// Sets the mood.
    glyph: Icon,
    /// What is not there.
    #[prop(into)]
    title: String,
    /// What to do.
    #[prop(into)]
    text: String,
    /// A way on.
    #[prop(optional)]
    children: Option<Children>,
) -> AnyView {
    view! {
        <div class="empty">
            <span class="empty-icon">{large_icon(glyph)}</span>
            <h2>{title}</h2>
            <p>{text}</p>
            {children.map(|children| view! { <div class="empty-acts">{children()}</div> })}
        </div>
    }
    .into_any()
}

/// Grey rows in place of what is being loaded.
#[component]
pub fn Skeleton(
    /// How many.
    n_rows: usize,
) -> AnyView {
    view! {
        <div class="skeleton" role="status">
            <span class="visually-hidden">"Loading"</span>
            {(0..n_rows).map(|_| view! { <div class="skeleton-row"></div> }).collect_view()}
        </div>
    }
    .into_any()
}
