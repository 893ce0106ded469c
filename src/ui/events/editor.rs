//! One event or profile: its fields, its JSON, and what can be done with it.
//!
//! In: an id. Out: changes that can be undone.
//! Invariant: text that is wrong or not kept stays as it was typed, over a change of screen too.

use leptos::prelude::*;

use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::id::{EventId, ProfileId, short_id};
use crate::runtime::library::LibraryChange;
use crate::ui::events::fields::EventFields;
use crate::ui::kit::large_text::{LARGE_BYTES, plain_area, settled};
use crate::ui::kit::tabs::focus_soon;
use crate::ui::kit::{Button, ButtonKind, CodeArea, EmptyState, Icon, icon};
use crate::ui::page::use_page;
use crate::ui::state::{AppState, use_app_state};
use crate::view_model::delivery::Tone;
use crate::view_model::json_text::JsonProblem;
use crate::view_model::library::{full_name, profile_title};
use crate::view_model::messages;
use crate::view_model::route::Route;
use crate::view_model::sample::{event_from_text, event_label, event_text, profile_from_text, profile_text};

/// What is edited.
#[derive(Debug, Clone, PartialEq)]
enum Sample {
    Event(TriggerEvent),
    Profile(Profile),
}

impl Sample {
    fn find(app_state: AppState, id: &str, is_event: bool) -> Option<Self> {
        if is_event {
            let find = |events: &Vec<TriggerEvent>| events.iter().find(|event| event.id.as_str() == id).cloned();
            return app_state.events.with(find).map(Self::Event);
        }
        let find = |profiles: &Vec<Profile>| profiles.iter().find(|profile| profile.id.as_str() == id).cloned();
        app_state.profiles.with(find).map(Self::Profile)
    }

    fn title(&self) -> String {
        match self {
            Self::Event(event) => event_label(event),
            Self::Profile(profile) => match full_name(profile) {
                name if name.is_empty() => profile_title(profile),
                name => format!("{name}, {}", profile_title(profile)),
            },
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Event(event) => event_text(event),
            Self::Profile(profile) => profile_text(profile),
        }
    }

    fn read(&self, text: &str) -> Result<Self, JsonProblem> {
        match self {
            Self::Event(event) => event_from_text(event, text).map(Self::Event),
            Self::Profile(profile) => profile_from_text(profile, text).map(Self::Profile),
        }
    }

    fn kept(self) -> LibraryChange {
        match self {
            Self::Event(event) => LibraryChange { events: vec![event], ..LibraryChange::default() },
            Self::Profile(profile) => LibraryChange { profiles: vec![profile], ..LibraryChange::default() },
        }
    }

    fn deleted(&self) -> LibraryChange {
        match self {
            Self::Event(event) => LibraryChange { deleted_events: vec![event.id.clone()], ..LibraryChange::default() },
            Self::Profile(profile) => {
                LibraryChange { deleted_profiles: vec![profile.id.clone()], ..LibraryChange::default() }
            }
        }
    }

    fn copy(&self, id: &str) -> Self {
        match self {
            Self::Event(event) => Self::Event(TriggerEvent { id: EventId::new(id), ..event.clone() }),
            Self::Profile(profile) => {
                let email = match profile.email.split_once('@') {
                    Some((name, host)) => format!("{name}+copy@{host}"),
                    None => profile.email.clone(),
                };
                Self::Profile(Profile { id: ProfileId::new(id), email, ..profile.clone() })
            }
        }
    }
}

/// The editor of one event or profile.
#[component]
pub fn SampleEditor(
    /// Which.
    id: String,
    /// To close it, or to open a copy.
    chosen: RwSignal<Option<String>>,
    /// Whether it is an event or a profile.
    tab: RwSignal<&'static str>,
) -> AnyView {
    let app_state = use_app_state();
    let library = app_state.library;
    let is_event = tab.get_untracked() == "events";
    let id = StoredValue::new(id);
    let sample = Memo::new(move |_| id.with_value(|id| Sample::find(app_state, id, is_event)));
    let kept_text = Memo::new(move |_| sample.with(|sample| sample.as_ref().map(Sample::text).unwrap_or_default()));
    let text = Memo::new(move |_| {
        let draft = library.drafts.with(|drafts| id.with_value(|id| drafts.get(id).cloned()));
        draft.unwrap_or_else(|| kept_text.get())
    });
    let is_large = Memo::new(move |_| text.with(|text| text.len() > LARGE_BYTES));
    let checked = settled(text.into());
    let problem = Memo::new(move |_| {
        checked.with(|text| sample.with(|sample| sample.as_ref().and_then(|sample| sample.read(text).err())))
    });
    let is_same = Memo::new(move |_| library.drafts.with(|drafts| id.with_value(|id| !drafts.contains_key(id))));
    let forget_draft = move || library.drafts.update(|drafts| drop(id.with_value(|id| drafts.remove(id))));
    let on_input = Callback::new(move |typed: String| {
        if kept_text.with_untracked(|kept| *kept == typed) {
            return forget_draft();
        }
        library.drafts.update(|drafts| drop(drafts.insert(id.get_value(), typed)));
    });
    let keep = move |()| {
        let edited = text.with_untracked(|text| sample.with_untracked(|sample| sample.as_ref()?.read(text).ok()));
        if let Some(edited) = edited {
            library.act(app_state, format!("Changed {}", edited.title()), edited.kept());
            forget_draft();
        }
    };
    let note = move || {
        match (problem.get(), is_same.get()) {
        (Some(JsonProblem { line, column, message }), _) => view! {
            <p class="field-problem">{icon(Icon::Warning)}<span>{messages::json_problem(line, column, &message)}</span></p>
        }
        .into_any(),
        (None, true) => view! { <p class="field-hint">"Valid JSON, kept."</p> }.into_any(),
        (None, false) => view! { <p class="field-hint">{messages::JSON_NOT_KEPT}</p> }.into_any(),
    }
    };
    let marked =
        Signal::derive(move || problem.get().map(|problem| vec![(problem.line, Tone::Fail)]).unwrap_or_default());
    let code = move || {
        if is_large.get() {
            return plain_area("sample-text", "JSON", text.into(), on_input);
        }
        view! { <CodeArea id="sample-text" label="JSON" value=text marked_lines=marked on_input=on_input /> }.into_any()
    };
    let event = Memo::new(move |_| match sample.get() {
        Some(Sample::Event(event)) => Some(event),
        Some(Sample::Profile(_)) | None => None,
    });
    let title = move || sample.with(|sample| sample.as_ref().map(Sample::title).unwrap_or_default());
    let is_there = Memo::new(move |_| sample.with(Option::is_some));
    let body = move || {
        if !is_there.get() {
            return view! { <EmptyState glyph=Icon::Braces title="It is not here any more" text="Undo, or choose another." /> }
                .into_any();
        }
        view! {
            <div class="sample-editor">
                <header class="sample-editor-head">
                    <button
                        type="button"
                        class="icon-button sample-editor-back"
                        aria-label="Back to the list"
                        on:click=move |_| chosen.set(None)
                    >
                        {icon(Icon::ArrowLeft)}
                    </button>
                    <h2 id="sample-heading" tabindex="-1">{title}</h2>
                    {sample_acts(sample, chosen)}
                    <Show when=move || !is_same.get()>
                        <Button label="Revert" kind=ButtonKind::Quiet on_press=move |()| forget_draft() />
                    </Show>
                    <Button
                        label="Keep changes"
                        kind=ButtonKind::Primary
                        glyph=Icon::Save
                        is_disabled=Signal::derive(move || is_same.get() || problem.with(Option::is_some))
                        on_press=keep
                    />
                </header>
                <Show when=move || is_event>
                    <EventFields event=event />
                    {flow_links(app_state, event)}
                </Show>
                <div id="sample-text-note" role="status">{note}</div>
                {code}
            </div>
        }
        .into_any()
    };
    view! { {body} }.into_any()
}

/// Duplicate and delete.
fn sample_acts(sample: Memo<Option<Sample>>, chosen: RwSignal<Option<String>>) -> AnyView {
    let app_state = use_app_state();
    let page = use_page();
    let copy = move |()| {
        let Some(sample) = sample.get_untracked() else { return };
        let id = short_id(page.draw_random());
        let words = format!("Duplicated {}", sample.title());
        app_state.library.act(app_state, words, sample.copy(&id).kept());
        chosen.set(Some(id));
    };
    let delete = move |()| {
        let Some(sample) = sample.get_untracked() else { return };
        chosen.set(None);
        app_state.library.act(app_state, format!("Deleted {}", sample.title()), sample.deleted());
        focus_soon("library".to_owned());
    };
    view! {
        <Button label="Duplicate" kind=ButtonKind::Quiet glyph=Icon::Copy on_press=copy />
        <Button label="Delete" kind=ButtonKind::Quiet glyph=Icon::Delete on_press=delete />
    }
    .into_any()
}

/// The flows in whose previews this event can be looked at: those that start from its metric.
fn flow_links(app_state: AppState, event: Memo<Option<TriggerEvent>>) -> AnyView {
    let flows = Memo::new(move |_| {
        let metric = event.with(|event| event.as_ref().map(|event| event.metric.clone()));
        app_state.working.with(|working| {
            let starting = working.values().filter(|flow| flow.trigger.metric() == metric.as_deref());
            starting.map(|flow| (flow.id.clone(), flow.name.clone())).take(3).collect::<Vec<_>>()
        })
    });
    let choose = move |_| app_state.chosen_event.set(event.with_untracked(|event| Some(event.as_ref()?.id.clone())));
    view! {
        <p class="sample-flows">
            {move || {
                let flows = flows.get();
                if flows.is_empty() {
                    return view! { <span class="muted">{messages::METRIC_STARTS_NOTHING}</span> }.into_any();
                }
                flows
                    .into_iter()
                    .map(|(flow_id, name)| {
                        let href = Route::Flow { flow_id }.hash();
                        view! {
                            <a class="button" href=href on:click=choose>
                                {icon(Icon::Eye)}
                                {format!("Preview in {name}")}
                            </a>
                        }
                    })
                    .collect_view()
                    .into_any()
            }}
        </p>
    }
    .into_any()
}
