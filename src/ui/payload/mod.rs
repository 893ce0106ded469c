//! The payload's evidence: what would be sent for an event, and what is wrong with it.
//!
//! In: the previewed webhook, an event, a profile. Out: the request as it would go out, and problems with fixes.
//! Invariant: the last good preview stays while the next is on its way, so that nothing jumps.

pub mod clipboard;
mod code_mirror;
pub mod data_area;
mod editor;
mod harsh;
mod output;
mod output_pane;
pub mod panes;
pub mod person;
mod problems;
mod screen;
pub mod share;
pub mod snippets;
pub mod variables;
pub mod workbench;

use std::sync::atomic::AtomicBool;

use leptos::prelude::*;

use crate::domain::delivery::request::freeze_request;
use crate::domain::flow::model::{Trigger, WebhookAction};
use crate::domain::id::EventId;
use crate::domain::member::Permission;
use crate::domain::template::problem::Fix;
use crate::runtime::preview::Reading;
use crate::ui::builder::{Builder, use_builder};
use crate::ui::kit::{Choice, EmptyState, FirstLater, Icon, SelectField, Tab, Tabs, icon};
use crate::ui::members::{RefusalNote, use_why_not, use_why_not_look};
pub use crate::ui::payload::output::show_body;
use crate::ui::payload::output::show_json;
use crate::ui::payload::output_pane::request_head;
use crate::ui::payload::person::profile_select;
use crate::ui::payload::problems::Problems;
pub use crate::ui::payload::screen::PayloadScreen;
use crate::ui::payload::workbench::PreviewInputs;
use crate::ui::state::{AppState, use_app_state};
use crate::view_model::delivery::Tone;
use crate::view_model::json_text::pretty_text;
use crate::view_model::messages;
use crate::view_model::preview::{PreviewFacts, apply_fix, preview_facts, sorted_problems, utf16_range};
use crate::view_model::sample::event_choices;

const BODY_TABS: [Tab; 2] = [Tab { value: "pretty", label: "Pretty" }, Tab { value: "raw", label: "Raw" }];

/// Asks for a new preview whenever something it depends on changes.
pub fn request_previews(app_state: AppState, builder: Builder) {
    let has_webhook = Memo::new(move |_| builder.webhook.with(Option::is_some));
    let source = Memo::new(move |_| {
        builder.webhook.with(|webhook| webhook.as_ref().map(|(_, action)| action.payload.clone()).unwrap_or_default())
    });
    let is_profile_only =
        Memo::new(move |_| builder.flow.with(|flow| flow.as_ref().is_none_or(|flow| !flow.trigger.has_event())));
    let inputs = PreviewInputs {
        source: source.into(),
        event: builder.event.into(),
        // Without a webhook there is nothing to render, and so nobody to render it for.
        profile: Signal::derive(move || builder.profile.get().filter(|_| has_webhook.get())),
        is_profile_only: is_profile_only.into(),
        reading: Signal::stored(Reading::default()),
        snippets: Signal::stored(Vec::new()),
    };
    inputs.follow(app_state, inputs.context(app_state));
}

/// The choice of an event for previews and tests.
pub fn event_select(app_state: AppState, builder: Builder, id: &'static str) -> AnyView {
    let choose = move |event_id: String| {
        app_state.chosen_event.set(Some(EventId::new(event_id)));
        builder.steps.update(|steps| steps.is_event_picked = true);
    };
    let value = Signal::derive(move || {
        builder.event.with(|event| event.as_ref().map(|event| event.id.to_string()).unwrap_or_default())
    });
    let trigger = Memo::new(move |_| builder.flow.with(|flow| flow.as_ref().map(|flow| flow.trigger.clone())));
    let choices = Signal::derive(move || trigger.with(|trigger| event_select_choices(app_state, trigger.as_ref())));
    view! { <SelectField id=id label="Event" choices=choices value=value on_change=choose /> }.into_any()
}

/// The events to choose among, those of the flow's metric first.
fn event_select_choices(app_state: AppState, trigger: Option<&Trigger>) -> Vec<Choice> {
    let Some(trigger) = trigger else { return Vec::new() };
    let profiles = app_state.profiles.get();
    app_state.events.with(|events| {
        event_choices(events, &profiles, trigger)
            .into_iter()
            .map(|choice| Choice::new(choice.event_id.to_string(), format!("{} ({})", choice.label, choice.detail)))
            .collect()
    })
}

/// Whether the request's body was shown before.
static KNOWS_BODY: AtomicBool = AtomicBool::new(false);

/// The right panel.
#[component]
pub fn Evidence() -> AnyView {
    let app_state = use_app_state();
    let builder = use_builder();
    let has_webhook = Memo::new(move |_| builder.webhook.with(Option::is_some));
    let has_event =
        Memo::new(move |_| builder.flow.with(|flow| flow.as_ref().is_some_and(|flow| flow.trigger.has_event())));
    let body_tab = RwSignal::new("pretty");
    let request = Signal::derive(move || {
        let action = builder.webhook.get().map_or_else(|| WebhookAction::blank(""), |(_, action)| action);
        freeze_request(&action, &builder.flow_id(), String::new())
    });
    let problems = Memo::new(move |_| {
        app_state.preview.with(|preview| {
            preview.rendered.as_ref().map(|rendered| sorted_problems(&rendered.payload)).unwrap_or_default()
        })
    });
    let may_look = use_why_not_look(Permission::Preview);
    let body = move || {
        if may_look.with(Option::is_some) {
            return view! { <RefusalNote why_not=may_look /> }.into_any();
        }
        view! {
            <div class="evidence-body-head">
                <Tabs id="body" label="How the body shows" tabs=&BODY_TABS chosen=body_tab />
                <Facts />
            </div>
            <div class="evidence-body" id="body-panel" role="tabpanel" tabindex="0" aria-label="Body">
                <Body body_tab=body_tab />
            </div>
            <Problems
                problems=problems
                why_not=use_why_not(Permission::EditFlows)
                on_jump=move |range| jump(builder, &range)
                on_fix=move |fix| mend(app_state, builder, &fix)
            />
        }
        .into_any()
    };
    view! {
        <Show
            when=move || has_webhook.get()
            fallback=|| {
                view! { <EmptyState glyph=Icon::Eye title="Nothing to preview" text=messages::NO_WEBHOOK /> }
            }
        >
            <div class="evidence">
                <h2 class="visually-hidden">"Preview"</h2>
                <Show
                    when=move || has_event.get()
                    fallback=move || {
                        view! {
                            <p class="muted">{messages::TRIGGER_NO_EVENT}</p>
                            {profile_select(app_state, "preview-profile", builder.event, builder.profile)}
                        }
                    }
                >
                    {event_select(app_state, builder, "preview-event")}
                </Show>
                {request_head(request)}
                <FirstLater is_known=&KNOWS_BODY>{body}</FirstLater>
            </div>
        </Show>
    }
    .into_any()
}

/// Puts the caret of the payload's text area at a place.
fn jump(builder: Builder, range: &std::ops::Range<usize>) {
    builder.pane.set("webhook");
    let Some(element) = builder.payload_element.get_untracked() else { return };
    let units = utf16_range(&element.value(), range);
    let moved = element.focus().and_then(|()| element.set_selection_range(units.start, units.end));
    if moved.is_err() {
        leptos::logging::warn!("the caret could not be moved");
    }
}

/// Mends a problem of the payload.
fn mend(app_state: AppState, builder: Builder, fix: &Fix) {
    let Some((node_id, action)) = builder.webhook.get_untracked() else { return };
    match apply_fix(&action.payload, fix) {
        Some(mended) => {
            let _is_done = app_state.edit_webhook(&builder.flow_id(), &node_id, |action| action.payload = mended);
        }
        None => {
            app_state.notify(Tone::Fail, messages::FIX_IS_STALE.to_owned());
        }
    }
}

/// Size, verdict, time.
#[component]
pub fn Facts() -> AnyView {
    let app_state = use_app_state();
    let facts = Memo::new(move |_| {
        app_state.preview.with(|preview| {
            preview.rendered.as_ref().map(|rendered| preview_facts(&rendered.payload, rendered.render_micros))
        })
    });
    let of = move |read: fn(&PreviewFacts) -> &String| facts.with(|facts| facts.as_ref().map(read).cloned());
    let verdict = Memo::new(move |_| facts.with(|facts| facts.as_ref().map(|f| (f.is_sendable, f.verdict.clone()))));
    let show_verdict = move || {
        verdict.get().map(|(is_sendable, verdict)| {
            let (glyph, class) = if is_sendable {
                (Icon::Delivered, "facts-verdict ink-ok")
            } else {
                (Icon::Warning, "facts-verdict ink-fail")
            };
            view! { <span class=class>{icon(glyph)}{verdict}</span> }
        })
    };
    // Size and time change with most keystrokes: nobody wants them read out.
    view! {
        <p class="facts-line">
            <span role="status">{show_verdict}</span>
            <span>{move || of(|facts| &facts.size)}</span>
            <span>{move || of(|facts| &facts.took)}</span>
        </p>
    }
    .into_any()
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
    let show = move || match (failure.get(), output.get()) {
        (Some(message), _) => view! {
            <p class="note tone-fail">
                {icon(Icon::Warning)}
                <span>{messages::preview_ended(&message)}</span>
            </p>
        }
        .into_any(),
        (None, Some(output)) => {
            let text = if body_tab.get() == "pretty" { pretty_text(&output) } else { output };
            show_json(&text)
        }
        (None, None) => {
            let words = if is_refused.get() { messages::DOES_NOT_RENDER } else { "Nothing rendered yet." };
            view! { <p class="muted">{words}</p> }.into_any()
        }
    };
    view! { {show} }.into_any()
}
