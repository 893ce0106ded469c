//! The payload's evidence: what would be sent for an event, and what is wrong with it.
//!
//! In: the previewed webhook, an event, a profile. Out: the request as it would go out, and problems with fixes.
//! Invariant: the last good preview stays while the next is on its way, so that nothing jumps.

mod output;
mod problems;

use leptos::prelude::*;

use crate::domain::delivery::request::freeze_request;
use crate::domain::id::EventId;
use crate::runtime::handle::{AppCommand, PreviewRequest};
use crate::ui::builder::{Builder, use_builder};
use crate::ui::kit::{Choice, EmptyState, Icon, SelectField, Tab, Tabs, icon};
pub use crate::ui::payload::output::show_body;
use crate::ui::payload::output::show_json;
use crate::ui::payload::problems::Problems;
use crate::ui::state::{AppState, use_app_state};
use crate::view_model::json_text::pretty_text;
use crate::view_model::preview::{PreviewFacts, preview_facts};
use crate::view_model::sample::event_choices;

const BODY_TABS: [Tab; 2] = [Tab { value: "pretty", label: "Pretty" }, Tab { value: "raw", label: "Raw" }];

/// Asks for a new preview whenever something it depends on changes.
pub fn request_previews(app_state: AppState, builder: Builder) {
    let source =
        Memo::new(move |_| builder.webhook.with(|webhook| webhook.as_ref().map(|(_, action)| action.payload.clone())));
    let is_profile_only =
        Memo::new(move |_| builder.flow.with(|flow| flow.as_ref().is_none_or(|flow| !flow.trigger.has_event())));
    Effect::new(move |_| {
        let (Some(source), Some(profile)) = (source.get(), builder.profile.get()) else { return };
        let ticket = app_state.preview.with_untracked(|preview| preview.ticket) + 1;
        app_state.preview.update(|preview| preview.ticket = ticket);
        let request = PreviewRequest {
            ticket,
            source,
            profile,
            event: builder.event.get(),
            settings: app_state.settings.get(),
            is_profile_only: is_profile_only.get(),
        };
        app_state.dispatch(AppCommand::RenderPreview { request });
    });
}

/// Takes another event for previews and tests.
pub fn choose_event(app_state: AppState, builder: Builder, event_id: String) {
    app_state.chosen_event.set(Some(EventId::new(event_id)));
    builder.steps.update(|steps| steps.is_event_picked = true);
}

/// The events to choose among, those of the flow's metric first.
pub fn event_select_choices(app_state: AppState, builder: Builder) -> Vec<Choice> {
    let Some(flow) = builder.flow.get() else { return Vec::new() };
    let profiles = app_state.profiles.get();
    app_state.events.with(|events| {
        event_choices(events, &profiles, &flow.trigger)
            .into_iter()
            .map(|choice| Choice::new(choice.event_id.to_string(), format!("{} ({})", choice.label, choice.detail)))
            .collect()
    })
}

/// The right panel.
#[component]
pub fn Evidence() -> AnyView {
    let app_state = use_app_state();
    let builder = use_builder();
    let has_webhook = Memo::new(move |_| builder.webhook.with(Option::is_some));
    let has_event =
        Memo::new(move |_| builder.flow.with(|flow| flow.as_ref().is_some_and(|flow| flow.trigger.has_event())));
    let body_tab = RwSignal::new("pretty");
    view! {
        <Show
            when=move || has_webhook.get()
            fallback=|| {
                view! { <EmptyState glyph=Icon::Eye title="Nothing to preview" text="This flow has no webhook yet." /> }
            }
        >
            <div class="evidence">
                <h2 class="visually-hidden">"Preview"</h2>
                <Show
                    when=move || has_event.get()
                    fallback=|| view! { <p class="muted">"This trigger brings no event: the payload reads the profile only."</p> }
                >
                    <SelectField
                        id="preview-event"
                        label="Event"
                        choices=Signal::derive(move || event_select_choices(app_state, builder))
                        value=Signal::derive(move || {
                            builder.event.with(|event| event.as_ref().map(|event| event.id.to_string()).unwrap_or_default())
                        })
                        on_change=move |event_id: String| choose_event(app_state, builder, event_id)
                    />
                </Show>
                <RequestHead />
                <div class="evidence-body-head">
                    <Tabs id="body" label="How the body shows" tabs=&BODY_TABS chosen=body_tab />
                    <Facts />
                </div>
                <div class="evidence-body" id="body-panel" role="tabpanel" tabindex="0" aria-label="Body">
                    <Body body_tab=body_tab />
                </div>
                <Problems />
            </div>
        </Show>
    }
    .into_any()
}

/// The request line and the headers.
#[component]
fn RequestHead() -> AnyView {
    let builder = use_builder();
    let request = Memo::new(move |_| {
        let (_, action) = builder.webhook.get()?;
        Some(freeze_request(&action, &builder.flow_id(), String::new()))
    });
    view! {
        <div class="request-head">
            {move || {
                request
                    .get()
                    .map(|request| {
                        view! {
                            <p class="request-line"><strong>"POST"</strong>" "{request.url}</p>
                            <ul>
                                {request
                                    .headers
                                    .into_iter()
                                    .map(|(name, value)| {
                                        view! { <li><span class="request-header">{name}":"</span>" "{value}</li> }
                                    })
                                    .collect_view()}
                            </ul>
                        }
                    })
            }}
        </div>
    }
    .into_any()
}

/// Size, verdict, time.
#[component]
fn Facts() -> AnyView {
    let app_state = use_app_state();
    let facts = Memo::new(move |_| {
        app_state.preview.with(|preview| {
            preview.rendered.as_ref().map(|rendered| preview_facts(&rendered.payload, rendered.render_micros))
        })
    });
    let show = move || {
        facts.get().map(|PreviewFacts { size, verdict, is_sendable, took }| {
            let (glyph, class) = if is_sendable {
                (Icon::Delivered, "facts-verdict ink-ok")
            } else {
                (Icon::Warning, "facts-verdict ink-fail")
            };
            view! {
                <span class=class>{icon(glyph)}{verdict}</span>
                <span>{size}</span>
                <span>{took}</span>
            }
        })
    };
    view! { <p class="facts-line" role="status">{show}</p> }.into_any()
}

#[component]
fn Body(
    /// `pretty` or `raw`.
    body_tab: RwSignal<&'static str>,
) -> AnyView {
    let app_state = use_app_state();
    let output = Memo::new(move |_| {
        app_state.preview.with(|preview| preview.rendered.as_ref().and_then(|rendered| rendered.payload.output.clone()))
    });
    let is_refused = Memo::new(move |_| app_state.preview.with(|preview| preview.rendered.is_some()));
    let failure = Memo::new(move |_| app_state.preview.with(|preview| preview.failure.clone()));
    let show = move || {
        match (failure.get(), output.get()) {
        (Some(message), _) => {
            view! {
                <p class="note tone-fail">
                    {icon(Icon::Warning)}
                    <span>{format!("The preview was ended: {message} Nothing is lost; shorten a loop and it renders again.")}</span>
                </p>
            }
            .into_any()
        }
        (None, Some(output)) => {
            let text = if body_tab.get() == "pretty" { pretty_text(&output) } else { output };
            show_json(&text)
        }
        (None, None) => {
            let words = if is_refused.get() {
                "The payload does not render. The problems say where."
            } else {
                "Nothing rendered yet."
            };
            view! { <p class="muted">{words}</p> }.into_any()
        }
    }
    };
    view! { {show} }.into_any()
}
