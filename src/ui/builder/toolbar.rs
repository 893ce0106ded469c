//! The flow's head: its name, what is kept and saved, and the acts on the whole flow.
//!
//! In: the working copy and its keeping. Out: save, fire.
//! Invariant: both states are always said in words.

use leptos::prelude::*;

use crate::runtime::handle::AppCommand;
use crate::ui::builder::fire::FireDialog;
use crate::ui::builder::use_builder;
use crate::ui::flows::{ActionStatusChip, VersionsDialog};
use crate::ui::kit::{Button, ButtonKind, Icon, icon};
use crate::ui::shell::HEADING_ID;
use crate::ui::state::{KeepState, use_app_state};
use crate::ui::words::trouble_words;
use crate::view_model::flow::is_saved;

/// Name, states, acts.
#[component]
pub fn Toolbar() -> AnyView {
    let app_state = use_app_state();
    let builder = use_builder();
    let name = move || builder.flow.with(|flow| flow.as_ref().map(|flow| flow.name.clone()).unwrap_or_default());
    let status =
        Memo::new(move |_| builder.flow.with(|flow| flow.as_ref().map(|flow| flow.status()).unwrap_or_default()));
    let is_saved_now = Memo::new(move |_| {
        let Some(flow) = builder.flow.get() else { return true };
        app_state.documents.with(|documents| is_saved(documents.get(&flow.id), &flow))
    });
    let is_fire_open = RwSignal::new(false);
    let is_versions_open = RwSignal::new(false);
    let save = move |()| app_state.dispatch(AppCommand::SaveFlow { flow_id: builder.flow_id() });
    view! {
        <header class="toolbar">
            <div class="toolbar-where">
                <a class="toolbar-up" href="#/flows">"Flows"</a>
                <span class="toolbar-slash" aria-hidden="true">"/"</span>
                <h1 class="toolbar-name" id=HEADING_ID tabindex="-1">{name}</h1>
                {move || view! { <ActionStatusChip status=status.get() /> }}
            </div>
            <div class="toolbar-state" role="status">
                <KeepWords />
                <span class=move || if is_saved_now.get() { "toolbar-word" } else { "toolbar-word toolbar-word--open" }>
                    {move || if is_saved_now.get() { "Saved" } else { "Changes not saved yet" }}
                </span>
            </div>
            <div class="toolbar-acts">
                <Button label="Versions…" glyph=Icon::Retry on_press=move |()| is_versions_open.set(true) />
                <Button
                    label="Fire event…"
                    glyph=Icon::Play
                    on_press=move |()| is_fire_open.set(true)
                />
                <Button
                    label="Save"
                    kind=ButtonKind::Primary
                    glyph=Icon::Save
                    is_disabled=is_saved_now
                    on_press=save
                />
            </div>
            <VersionsDialog is_open=is_versions_open />
            <FireDialog is_open=is_fire_open is_saved_now=is_saved_now />
        </header>
    }
    .into_any()
}

/// Whether the working copy is on the disk.
#[component]
fn KeepWords() -> AnyView {
    let app_state = use_app_state();
    let builder = use_builder();
    let state = Memo::new(move |_| {
        app_state.keeping.with(|keeping| keeping.get(&builder.flow_id()).cloned().unwrap_or(KeepState::Kept))
    });
    let words = move || match state.get() {
        KeepState::Kept => {
            view! { <span class="toolbar-word">{icon(Icon::Check)}"Working copy kept"</span> }.into_any()
        }
        KeepState::Keeping => view! { <span class="toolbar-word">{icon(Icon::Clock)}"Keeping…"</span> }.into_any(),
        KeepState::NotKept { trouble } => {
            let why = trouble_words(&trouble);
            let hint = why.clone();
            view! {
                <span class="toolbar-word toolbar-word--failed" title=hint>
                    {icon(Icon::Warning)}
                    "Not kept: "
                    {why}
                </span>
            }
            .into_any()
        }
    };
    view! { {words} }.into_any()
}
