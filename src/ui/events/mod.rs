//! Sample events and profiles, as JSON.
//!
//! In: events and profiles. Out: them as edited, once the JSON is right.
//! Invariant: what is wrong is said at its line; nothing wrong is kept.

use leptos::prelude::*;

use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::id::{EventId, ProfileId, short_id};
use crate::runtime::handle::AppCommand;
use crate::ui::kit::{Button, ButtonKind, CodeArea, EmptyState, Icon, Tab, Tabs, icon};
use crate::ui::page::{Page, use_page};
use crate::ui::shell::PageHeader;
use crate::ui::state::{AppState, use_app_state};
use crate::view_model::delivery::Tone;
use crate::view_model::json_text::JsonProblem;
use crate::view_model::sample::{
    event_detail, event_from_text, event_label, event_text, profile_from_text, profile_text,
};

const TABS: [Tab; 2] = [Tab { value: "events", label: "Events" }, Tab { value: "profiles", label: "Profiles" }];

/// What is open in the editor.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Opened {
    Event { event_id: EventId },
    Profile { profile_id: ProfileId },
}

/// One row of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ListRow {
    opened: Opened,
    key: String,
    title: String,
    detail: String,
}

/// Events and profiles.
#[component]
pub fn EventsScreen() -> AnyView {
    let app_state = use_app_state();
    let tab = RwSignal::new("events");
    let chosen = RwSignal::new(None::<Opened>);
    let rows = Memo::new(move |_| if tab.get() == "events" { event_rows(app_state) } else { profile_rows(app_state) });
    let is_chosen = Memo::new(move |_| chosen.with(Option::is_some));
    let list = move || {
        if rows.with(Vec::is_empty) {
            return view! { <EmptyState glyph=Icon::Events title="Nothing here" text="There are no samples to show." /> }.into_any();
        }
        view! {
            <ul class="samples">
                <For each=move || rows.get() key=|row| (row.key.clone(), row.title.clone(), row.detail.clone()) let:row>
                    {show_row(row, chosen)}
                </For>
            </ul>
        }
        .into_any()
    };
    view! {
        <PageHeader title="Events">
            <Tabs id="samples" label="Events or profiles" tabs=&TABS chosen=tab />
        </PageHeader>
        <div class=move || if is_chosen.get() { "events events--open" } else { "events" }>
            <div class="events-list" id="samples-panel" role="tabpanel">{list}</div>
            <div class="events-editor">
                {move || match chosen.get() {
                    Some(opened) => view! { <SampleEditor opened=opened chosen=chosen /> }.into_any(),
                    None => {
                        view! {
                            <EmptyState
                                glyph=Icon::Braces
                                title="Choose an event or a profile"
                                text="Its JSON opens here. Templates read events as event.… and profiles as person.…"
                            />
                        }
                        .into_any()
                    }
                }}
            </div>
        </div>
    }
    .into_any()
}

fn event_rows(app_state: AppState) -> Vec<ListRow> {
    let profiles = app_state.profiles.get();
    app_state.events.with(|events| {
        events
            .iter()
            .map(|event| ListRow {
                opened: Opened::Event { event_id: event.id.clone() },
                key: event.id.to_string(),
                title: event_label(event),
                detail: event_detail(event, &profiles),
            })
            .collect()
    })
}

fn profile_rows(app_state: AppState) -> Vec<ListRow> {
    app_state.profiles.with(|profiles| {
        profiles
            .iter()
            .map(|profile| ListRow {
                opened: Opened::Profile { profile_id: profile.id.clone() },
                key: profile.id.to_string(),
                title: profile.email.clone(),
                detail: format!("{} {}", profile.first_name, profile.last_name),
            })
            .collect()
    })
}

fn show_row(row: ListRow, chosen: RwSignal<Option<Opened>>) -> AnyView {
    let ListRow { opened, title, detail, .. } = row;
    let own = opened.clone();
    let is_chosen = Memo::new(move |_| chosen.with(|chosen| chosen.as_ref() == Some(&own)));
    view! {
        <li>
            <button
                type="button"
                class="sample"
                aria-pressed=move || is_chosen.get().to_string()
                on:click=move |_| chosen.set(Some(opened.clone()))
            >
                <span class="sample-title">{title}</span>
                <span class="muted">{detail}</span>
            </button>
        </li>
    }
    .into_any()
}

/// What is edited, with its text as it lies on the disk.
#[derive(Clone)]
enum Sample {
    Event(TriggerEvent),
    Profile(Profile),
}

impl Sample {
    fn find(app_state: AppState, opened: &Opened) -> Option<Self> {
        match opened {
            Opened::Event { event_id } => app_state
                .events
                .with_untracked(|events| events.iter().find(|event| event.id == *event_id).cloned())
                .map(Self::Event),
            Opened::Profile { profile_id } => app_state
                .profiles
                .with_untracked(|profiles| profiles.iter().find(|profile| profile.id == *profile_id).cloned())
                .map(Self::Profile),
        }
    }

    fn title(&self) -> String {
        match self {
            Self::Event(event) => event_label(event),
            Self::Profile(profile) => profile.email.clone(),
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

    fn keep(self) -> AppCommand {
        match self {
            Self::Event(event) => AppCommand::KeepEvent { event },
            Self::Profile(profile) => AppCommand::KeepProfile { profile },
        }
    }
}

#[component]
fn SampleEditor(
    /// What is edited.
    opened: Opened,
    /// To close it.
    chosen: RwSignal<Option<Opened>>,
) -> AnyView {
    let app_state = use_app_state();
    let page = use_page();
    let Some(sample) = Sample::find(app_state, &opened) else {
        return view! { <EmptyState glyph=Icon::Braces title="It is not here any more" text="Choose another." /> }
            .into_any();
    };
    let title = sample.title();
    let kept_text = RwSignal::new(sample.text());
    let text = RwSignal::new(sample.text());
    let sample = StoredValue::new(sample);
    let problem = Memo::new(move |_| sample.with_value(|sample| sample.read(&text.get()).err()));
    let is_same = Memo::new(move |_| text.get() == kept_text.get());
    let keep = move |()| {
        if let Ok(edited) = sample.with_value(|sample| sample.read(&text.get_untracked())) {
            app_state.dispatch(edited.keep());
            kept_text.set(text.get_untracked());
        }
    };
    let note = move || {
        match (problem.get(), is_same.get()) {
        (Some(JsonProblem { line, column, message }), _) => view! {
            <p class="field-problem">{icon(Icon::Warning)}<span>{format!("Line {line}, column {column}: {message}")}</span></p>
        }
        .into_any(),
        (None, true) => view! { <p class="field-hint">"Valid JSON, kept."</p> }.into_any(),
        (None, false) => view! { <p class="field-hint">"Valid JSON, not kept yet."</p> }.into_any(),
    }
    };
    view! {
        <div class="sample-editor">
            <header class="sample-editor-head">
                <button type="button" class="icon-button sample-editor-back" aria-label="Back to the list" on:click=move |_| chosen.set(None)>
                    {icon(Icon::ArrowLeft)}
                </button>
                <h2>{title}</h2>
                <SampleActs sample=sample chosen=chosen page=page />
                <Button
                    label="Keep changes"
                    kind=ButtonKind::Primary
                    glyph=Icon::Save
                    is_disabled=Signal::derive(move || is_same.get() || problem.with(Option::is_some))
                    on_press=keep
                />
            </header>
            <div id="sample-text-note" role="status">{note}</div>
            <CodeArea
                id="sample-text"
                label="JSON"
                value=text
                marked_lines=Signal::derive(move || problem.get().map(|problem| vec![(problem.line, Tone::Fail)]).unwrap_or_default())
                on_input=move |edited: String| text.set(edited)
            />
        </div>
    }
    .into_any()
}

/// Duplicate and delete; profiles stay, since deliveries belong to them.
#[component]
fn SampleActs(
    /// What is edited.
    sample: StoredValue<Sample>,
    /// To open the copy.
    chosen: RwSignal<Option<Opened>>,
    /// For a new id.
    page: Page,
) -> AnyView {
    let app_state = use_app_state();
    let Sample::Event(event) = sample.get_value() else { return ().into_any() };
    let event_id = event.id.clone();
    let copy = move |()| {
        let copied = TriggerEvent { id: EventId::new(short_id(page.draw_random())), ..event.clone() };
        let opened = Opened::Event { event_id: copied.id.clone() };
        app_state.events.update(|events| events.push(copied.clone()));
        app_state.dispatch(AppCommand::KeepEvent { event: copied });
        chosen.set(Some(opened));
    };
    let delete = move |()| {
        app_state.dispatch(AppCommand::DeleteEvent { event_id: event_id.clone() });
        chosen.set(None);
    };
    view! {
        <Button label="Duplicate" kind=ButtonKind::Quiet glyph=Icon::Copy on_press=copy />
        <Button label="Delete" kind=ButtonKind::Quiet glyph=Icon::Delete on_press=delete />
    }
    .into_any()
}
