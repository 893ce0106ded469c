//! Tabs: one of a few panels shows.
//!
//! In: tabs and the chosen one. Out: another choice, by pointer or arrow keys.
//! Invariant: one tab stop; arrows move among the tabs, as the ARIA pattern asks.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;

use crate::ui::kit::later::soon;

/// One tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tab {
    pub value: &'static str,
    pub label: &'static str,
}

/// A row of tabs. The panel belongs to the caller, with the id `{id}-panel`.
#[component]
pub fn Tabs(
    /// Ties tabs to the panel; unique on the page.
    id: &'static str,
    /// What the tabs choose among.
    label: &'static str,
    /// In the order they are shown.
    tabs: &'static [Tab],
    /// The chosen one's value.
    chosen: RwSignal<&'static str>,
    /// How much there is behind the tab of this value; nothing is said of nothing.
    #[prop(optional)]
    counted: Option<(&'static str, Memo<usize>)>,
) -> AnyView {
    let on_keydown = move |event: KeyboardEvent| {
        let step = match event.key().as_str() {
            "ArrowRight" => 1,
            "ArrowLeft" => tabs.len().saturating_sub(1),
            _ => return,
        };
        event.prevent_default();
        let tab_idx = tabs.iter().position(|tab| tab.value == chosen.get_untracked()).unwrap_or(0);
        let Some(next) = tabs.get((tab_idx + step) % tabs.len().max(1)) else { return };
        chosen.set(next.value);
        focus_element(&format!("{id}-{}", next.value));
    };
    view! {
        <div class="tabs" role="tablist" aria-label=label on:keydown=on_keydown>
            {tabs
                .iter()
                .map(|tab| {
                    let is_chosen = move || chosen.get() == tab.value;
                    let count = move || {
                        let (_, count) = counted.filter(|(value, _)| *value == tab.value)?;
                        let count = count.get();
                        (count > 0).then(|| view! { " "<span class="tab-count">{count}</span> })
                    };
                    view! {
                        <button
                            type="button"
                            role="tab"
                            class="tab"
                            id=format!("{id}-{}", tab.value)
                            aria-controls=format!("{id}-panel")
                            aria-selected=move || is_chosen().to_string()
                            tabindex=move || if is_chosen() { "0" } else { "-1" }
                            on:click=move |_| chosen.set(tab.value)
                        >
                            {tab.label}
                            {count}
                        </button>
                    }
                })
                .collect_view()}
        </div>
    }
    .into_any()
}

/// Moves the focus to the element with this id, if it is on the page.
pub fn focus_element(element_id: &str) {
    let element = document().get_element_by_id(element_id);
    if let Some(element) = element.and_then(|element| element.dyn_into::<leptos::web_sys::HtmlElement>().ok())
        && element.focus().is_err()
    {
        leptos::logging::warn!("the focus could not move to {element_id}");
    }
}

/// Moves the focus there once what changed is in the page.
pub fn focus_soon(element_id: String) {
    soon(move || focus_element(&element_id));
}

/// Leaves the field that has the focus, so that what was typed into it is taken in.
pub fn leave_field() {
    let field = document().active_element();
    if let Some(field) = field.and_then(|field| field.dyn_into::<leptos::web_sys::HtmlElement>().ok())
        && field.blur().is_err()
    {
        leptos::logging::warn!("a field could not be left");
    }
}

/// Whether the focus is on the element with this id.
pub fn is_focused(element_id: &str) -> bool {
    document().active_element().is_some_and(|element| element.id() == element_id)
}

/// Whether nothing on the page has the focus.
pub fn is_focus_nowhere() -> bool {
    let document = document();
    let focused = document.active_element();
    focused.is_none() || focused.as_ref() == document.body().as_deref()
}
