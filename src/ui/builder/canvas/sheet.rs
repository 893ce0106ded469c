//! The sheet of keyboard shortcuts.
//!
//! In: whether it is open. Out: a list.
//! Invariant: made from the commands themselves, so it cannot differ from them.

use leptos::prelude::*;

use crate::ui::builder::canvas::desk::use_desk;
use crate::ui::kit::Dialog;
use crate::view_model::builder_commands::{COMMANDS, WALKING_KEYS};
use crate::view_model::messages;

/// Every key of the builder.
#[component]
pub fn ShortcutSheet() -> AnyView {
    let desk = use_desk();
    let rows = || {
        let commands = COMMANDS.iter().filter(|info| !info.keys.is_empty()).map(|info| (info.keys, info.label));
        WALKING_KEYS
            .iter()
            .copied()
            .chain(commands)
            .map(|(keys, label)| {
                view! { <div class="sheet-row"><dt>{label}</dt><dd><kbd>{keys}</kbd></dd></div> }.into_any()
            })
            .collect_view()
    };
    view! {
        <Dialog id="shortcuts" title="Keyboard shortcuts" is_wide=true is_open=desk.is_sheet_open on_close=move |()| desk.is_sheet_open.set(false)>
            <p class="muted">{messages::SHORTCUTS_MEANING}</p>
            <dl class="sheet">{rows()}</dl>
        </Dialog>
    }
    .into_any()
}
