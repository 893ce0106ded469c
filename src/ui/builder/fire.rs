//! *Fire event*: sends an event through the saved flow.
//!
//! In: the events there are. Out: one command.
//! Invariant: says that the saved version runs, not what is on the screen.

use leptos::prelude::*;

use crate::runtime::handle::AppCommand;
use crate::ui::builder::use_builder;
use crate::ui::kit::{Button, ButtonKind, Dialog, Icon, icon};
use crate::ui::payload::event_select;
use crate::ui::state::use_app_state;
use crate::view_model::delivery::Tone;
use crate::view_model::messages;
use crate::view_model::sample::event_label;

/// Chooses an event and fires it.
#[component]
pub fn FireDialog(
    /// Whether it shows.
    is_open: RwSignal<bool>,
    /// Whether the saved version is what is on the screen.
    is_saved_now: Memo<bool>,
) -> AnyView {
    let app_state = use_app_state();
    let builder = use_builder();
    let version = Memo::new(move |_| {
        app_state.documents.with(|documents| {
            documents.get(&builder.flow_id()).and_then(|document| document.saved.as_ref()).map(|saved| saved.version)
        })
    });
    let fire = move |()| {
        let Some(profile) = builder.profile.get_untracked() else { return };
        let event = builder.event.get_untracked();
        let what = event.as_ref().map_or("The trigger".to_owned(), event_label);
        app_state.dispatch(AppCommand::FireEvent {
            flow_id: builder.flow_id(),
            event_id: event.map(|event| event.id),
            profile_id: profile.id,
        });
        app_state.notify(Tone::Neutral, messages::fired_for(&what, &profile.email));
        is_open.set(false);
    };
    view! {
        <Dialog id="fire" title="Fire event" is_open=is_open on_close=move |()| is_open.set(false)>
            <p>{messages::FIRE_MEANING}</p>
            <EventChoiceOrNote />
            {move || match (version.get(), is_saved_now.get()) {
                (None, _) => {
                    view! {
                        <p class="note tone-wait">{icon(Icon::Warning)}<span>{messages::ONLY_SAVED_RUNS}</span></p>
                    }
                    .into_any()
                }
                (Some(version), false) => {
                    view! {
                        <p class="note tone-wait">
                            {icon(Icon::Warning)}
                            <span>{messages::fire_version(version, false)}</span>
                        </p>
                    }
                    .into_any()
                }
                (Some(version), true) => view! { <p class="muted">{messages::fire_version(version, true)}</p> }.into_any(),
            }}
            <div class="dialog-acts">
                <Button label="Cancel" on_press=move |()| is_open.set(false) />
                <Button
                    label="Fire event"
                    kind=ButtonKind::Primary
                    glyph=Icon::Play
                    is_disabled=Signal::derive(move || version.get().is_none() || builder.profile.with(Option::is_none))
                    on_press=fire
                />
            </div>
        </Dialog>
    }
    .into_any()
}

#[component]
fn EventChoiceOrNote() -> AnyView {
    let app_state = use_app_state();
    let builder = use_builder();
    let has_event = move || builder.flow.with(|flow| flow.as_ref().is_some_and(|flow| flow.trigger.has_event()));
    view! {
        <Show when=has_event fallback=|| view! { <p class="muted">{messages::TRIGGER_NO_EVENT}</p> }>
            {event_select(app_state, builder, "fire-event")}
        </Show>
    }
    .into_any()
}
