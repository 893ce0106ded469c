//! A dialog: the platform's own, with its focus trap and its Escape.
//!
//! In: whether it is open. Out: that it was closed.
//! Invariant: focus goes back to where it came from, which the platform sees to.

use leptos::html;
use leptos::prelude::*;

use crate::ui::kit::button::IconButton;
use crate::ui::kit::icon::Icon;

/// A modal dialog with a title.
#[component]
pub fn Dialog(
    /// Ties the title to the dialog; unique on the page.
    id: &'static str,
    /// What it is about.
    #[prop(into)]
    title: Signal<String>,
    /// Whether it needs room for two columns.
    #[prop(optional)]
    is_wide: bool,
    /// Whether it shows.
    #[prop(into)]
    is_open: Signal<bool>,
    /// Runs when it was closed, by whatever way.
    #[prop(into)]
    on_close: Callback<()>,
    /// What stands in it; built each time it opens.
    children: ChildrenFn,
) -> AnyView {
    let element = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let is_open = is_open.get();
        let Some(dialog) = element.get() else { return };
        if is_open && !dialog.open() {
            if dialog.show_modal().is_err() {
                leptos::logging::warn!("the dialog {id} could not be shown");
            }
        } else if !is_open && dialog.open() {
            dialog.close();
        }
    });
    view! {
        <dialog node_ref=element class=if is_wide { "dialog dialog--wide" } else { "dialog" } aria-labelledby=format!("{id}-title") on:close=move |_| on_close.run(())>
            <header class="dialog-head">
                <h2 id=format!("{id}-title")>{title}</h2>
                <IconButton label="Close" glyph=Icon::Close on_press=on_close />
            </header>
            {move || is_open.get().then(|| view! { <div class="dialog-body">{children()}</div> })}
        </dialog>
    }
    .into_any()
}
