//! Gives a flow another name.
//!
//! In: the flow and its name. Out: one edit.
//! Invariant: an empty name is not taken.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use crate::domain::flow::edit::FlowEdit;
use crate::domain::id::FlowId;
use crate::ui::kit::tabs::focus_element;
use crate::ui::kit::{Button, Dialog, TextField};
use crate::ui::state::use_app_state;
use crate::view_model::messages;

/// The flow that is being renamed, and what was typed so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naming {
    pub flow_id: FlowId,
    pub name: String,
}

/// A field and *Rename*.
#[component]
pub fn RenameDialog(
    /// Open while there is one.
    naming: RwSignal<Option<Naming>>,
) -> AnyView {
    let app_state = use_app_state();
    let is_open = Signal::derive(move || naming.with(Option::is_some));
    // Opened, a dialog focuses its first control, which is its cross; here a name is to be typed.
    Effect::new(move |_| {
        if is_open.get() {
            request_animation_frame(|| focus_element("rename-name"));
        }
    });
    let name = Signal::derive(move || {
        naming.with(|naming| naming.as_ref().map(|naming| naming.name.clone()).unwrap_or_default())
    });
    let problem = Signal::derive(move || {
        name.with(|name| name.trim().is_empty().then(|| messages::FLOW_NAME_MISSING.to_owned()))
    });
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        if problem.with_untracked(Option::is_some) {
            return;
        }
        if let Some(Naming { flow_id, name }) = naming.get_untracked() {
            app_state.edit_flow(&flow_id, FlowEdit::SetName { name: name.trim().to_owned() });
        }
        naming.set(None);
    };
    view! {
        <Dialog id="rename-flow" title="Rename this flow" is_open=is_open on_close=move |()| naming.set(None)>
            <form class="dialog-form" on:submit=on_submit>
                <TextField
                    id="rename-name"
                    label="Name"
                    value=name
                    problem=problem
                    on_input=move |text: String| {
                        naming.update(|naming| {
                            if let Some(naming) = naming {
                                naming.name = text;
                            }
                        });
                    }
                />
                <div class="dialog-acts">
                    <Button label="Cancel" on_press=move |()| naming.set(None) />
                    <button type="submit" class="button button--primary" prop:disabled=move || problem.with(Option::is_some)>
                        "Rename"
                    </button>
                </div>
            </form>
        </Dialog>
    }
    .into_any()
}
