//! The flow's head: its name, what is kept and saved, and the acts on the whole flow.
//!
//! In: the working copy and its keeping. Out: save, fire.
//! Invariant: both states are always said in words.

use leptos::prelude::*;

use crate::domain::member::Permission;
use crate::runtime::handle::AppCommand;
use crate::ui::builder::canvas::{perform, use_desk};
use crate::ui::builder::panels::FlowPanel;
use crate::ui::builder::{Builder, use_builder};
use crate::ui::flows::ActionStatusChip;
use crate::ui::keep_words::keep_words;
use crate::ui::kit::{Button, ButtonKind, Icon, IconButton, icon};
use crate::ui::members::use_why_not;
use crate::ui::screens::PanelOnce;
use crate::ui::shell::HEADING_ID;
use crate::ui::state::{AppState, KeepState, use_app_state};
use crate::view_model::builder_commands::Command;
use crate::view_model::flow::{is_saved, named};
use crate::view_model::route::Route;
use crate::view_model::saving::save_words;

/// Name, states, acts.
#[component]
pub fn Toolbar() -> AnyView {
    let app_state = use_app_state();
    let builder = use_builder();
    let name = move || {
        builder.flow.with(|flow| flow.as_ref().map(|flow| named(&flow.name, "Unnamed flow")).unwrap_or_default())
    };
    let status =
        Memo::new(move |_| builder.flow.with(|flow| flow.as_ref().map(|flow| flow.status()).unwrap_or_default()));
    let is_saved_now = Memo::new(move |_| {
        let Some(flow) = builder.flow.get() else { return true };
        app_state.documents.with(|documents| is_saved(documents.get(&flow.id), &flow))
    });
    say_what_was_saved(app_state, builder);
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
                {step_buttons(app_state, builder)}
                <a class="button" href=move || Route::Rehearsal { flow_id: builder.flow_id() }.hash()>
                    {icon(Icon::Clock)}
                    <span>"Rehearse"</span>
                </a>
                <Button label="Versions…" glyph=Icon::Retry on_press=move |()| is_versions_open.set(true) />
                <Button
                    label="Fire event…"
                    glyph=Icon::Play
                    why_not=use_why_not(Permission::Send)
                    on_press=move |()| is_fire_open.set(true)
                />
                <Button
                    label="Save"
                    kind=ButtonKind::Primary
                    glyph=Icon::Save
                    why_not=use_why_not(Permission::EditFlows)
                    is_disabled=is_saved_now
                    on_press=save
                />
            </div>
            <PanelOnce panel=FlowPanel::Versions { is_open: is_versions_open } is_open=is_versions_open />
            <PanelOnce panel=FlowPanel::Fire { is_open: is_fire_open, is_saved_now } is_open=is_fire_open />
        </header>
    }
    .into_any()
}

/// Undo and redo for whoever has no keyboard.
fn step_buttons(app_state: AppState, builder: Builder) -> AnyView {
    let desk = use_desk();
    let steps = Memo::new(move |_| app_state.n_steps(&builder.flow_id()));
    let may_edit = use_why_not(Permission::EditFlows);
    view! {
        <div class="toolbar-steps" role="group" aria-label="Steps">
            <IconButton
                label="Undo"
                glyph=Icon::Undo
                why_not=may_edit
                is_disabled=Signal::derive(move || steps.get().0 == 0)
                on_press=move |()| perform(desk, Command::Undo, None)
            />
            <IconButton
                label="Redo"
                glyph=Icon::Redo
                why_not=may_edit
                is_disabled=Signal::derive(move || steps.get().1 == 0)
                on_press=move |()| perform(desk, Command::Redo, None)
            />
        </div>
    }
    .into_any()
}

/// Each new version is said once; where something is wrong, the problems come to the front.
fn say_what_was_saved(app_state: AppState, builder: Builder) {
    let saved = Memo::new(move |_| {
        app_state.documents.with(|documents| {
            documents.get(&builder.flow_id()).and_then(|document| document.saved.as_ref()).map(|saved| saved.version)
        })
    });
    Effect::new(move |before: Option<Option<u32>>| {
        let now = saved.get();
        if let (Some(before), Some(version)) = (before, now)
            && before < now
        {
            let problems = builder.problems.get_untracked();
            let words =
                builder.flow.with_untracked(|flow| flow.as_deref().map(|flow| save_words(version, flow, &problems)));
            if let Some((tone, text, shows_problems)) = words {
                app_state.notify(tone, text);
                if shows_problems {
                    builder.evidence_tab.set("problems");
                }
            }
        }
        now
    });
}

/// Whether the working copy is on the disk.
#[component]
fn KeepWords() -> AnyView {
    let app_state = use_app_state();
    let builder = use_builder();
    let state = Memo::new(move |_| {
        app_state.keeping.with(|keeping| keeping.get(&builder.flow_id()).cloned().unwrap_or(KeepState::Kept))
    });
    keep_words(state.into(), "Working copy kept")
}
