//! The last act on the library, and the way back.
//!
//! In: what was done. Out: undo, redo.
//! Invariant: says what it will undo before it does.

use leptos::prelude::*;

use crate::domain::member::Permission;
use crate::ui::kit::{Button, ButtonKind, Icon};
use crate::ui::members::use_why_not;
use crate::ui::state::use_app_state;

/// One line at the screen's foot; none while nothing was done.
#[component]
pub fn UndoBar() -> AnyView {
    let app_state = use_app_state();
    let library = app_state.library;
    let last = Memo::new(move |_| library.done.with(|done| done.last().map(|step| step.words.clone())));
    let next = Memo::new(move |_| library.undone.with(|undone| undone.last().map(|step| step.words.clone())));
    let progress = move || {
        let (n_done, n_all) = library.changing.get()?;
        Some(view! {
            <progress class="library-progress" aria-label="Keeping" max=n_all.to_string() prop:value=n_done.to_string()></progress>
        })
    };
    let words = move || match (last.get(), next.get()) {
        (Some(last), _) => format!("{last}."),
        (None, Some(next)) => format!("Undone: {next}."),
        (None, None) => String::new(),
    };
    let may_edit = use_why_not(Permission::EditSamples);
    let is_shown = Memo::new(move |_| last.get().is_some() || next.get().is_some());
    view! {
        <div class="undo-bar" class:undo-bar--empty=move || !is_shown.get()>
            <p role="status">{words}</p>
            {progress}
            <Show when=move || is_shown.get()>
                <Button
                    label="Undo"
                    kind=ButtonKind::Quiet
                    glyph=Icon::Undo
                    why_not=may_edit
                    is_disabled=Signal::derive(move || last.with(Option::is_none))
                    on_press=move |()| library.undo(app_state)
                />
                <Button
                    label="Redo"
                    kind=ButtonKind::Quiet
                    glyph=Icon::Redo
                    why_not=may_edit
                    is_disabled=Signal::derive(move || next.with(Option::is_none))
                    on_press=move |()| library.redo(app_state)
                />
            </Show>
        </div>
    }
    .into_any()
}
