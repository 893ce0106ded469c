//! The library: events, profiles, lists and segments.
//!
//! In: the library. Out: changes of it, each of which can be undone; imports and exports.
//! Invariant: nothing wrong is kept, and nothing that was typed is lost.

mod editor;
mod export;
mod fields;
mod import;
mod import_preview;
mod list;
mod sets;
pub mod state;
mod undo;

use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;

use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::id::{EventId, ProfileId, short_id};
use crate::domain::member::Permission;
use crate::runtime::handle::AppCommand;
use crate::runtime::library::{LibraryChange, LibraryCommand};
use crate::ui::events::editor::SampleEditor;
use crate::ui::events::export::ExportDialog;
use crate::ui::events::import::{ImportDialog, Importing, read_files};
use crate::ui::events::list::{RowWords, VirtualList};
use crate::ui::events::sets::SetsPanel;
use crate::ui::events::state::{SamplesState, is_refused};
use crate::ui::events::undo::UndoBar;
use crate::ui::kit::{Button, ButtonKind, Choice, EmptyState, Icon, SelectField, Tab, Tabs};
use crate::ui::members::{Gate, use_why_not};
use crate::ui::page::{Page, use_page};
use crate::ui::shell::PageHeader;
use crate::ui::state::{AppState, use_app_state};
use crate::view_model::library::{
    EVENT_ORDERS, LibraryQuery, PROFILE_ORDERS, find_events, find_profiles, full_name, metrics, profile_title, some,
};
use crate::view_model::messages;
use crate::view_model::sample::{event_detail, event_label};

const TABS: [Tab; 3] = [
    Tab { value: "events", label: "Events" },
    Tab { value: "profiles", label: "Profiles" },
    Tab { value: "sets", label: "Lists and segments" },
];

/// What the parts of this screen share.
#[derive(Clone, Copy)]
struct Screen {
    app_state: AppState,
    page: Page,
    /// `events`, `profiles` or `sets`.
    tab: RwSignal<&'static str>,
    query: RwSignal<LibraryQuery>,
    /// The opened event or profile, by its id.
    chosen: RwSignal<Option<String>>,
    importing: Importing,
    is_export_open: RwSignal<bool>,
    /// What shows, in order.
    shown: Memo<Vec<String>>,
}

impl Screen {
    fn is_events(self) -> bool {
        self.tab.get() == "events"
    }

    /// Makes a thing that can be edited, and opens it.
    fn add_new(self) {
        let id = short_id(self.page.draw_random());
        let profile_id =
            self.app_state.profiles.with_untracked(|profiles| profiles.first().map(|first| first.id.clone()));
        let (words, change) = if self.tab.get_untracked() == "events" {
            let event = TriggerEvent {
                id: EventId::new(id.clone()),
                metric: "Placed Order".to_owned(),
                platform: "Custom API".to_owned(),
                profile_id: profile_id.unwrap_or_else(|| ProfileId::new("")),
                occurred_at: self.page.read_clock(),
                properties: serde_json::Map::new(),
            };
            ("Added an event", LibraryChange { events: vec![event], ..LibraryChange::default() })
        } else {
            let profile = Profile {
                id: ProfileId::new(id.clone()),
                email: format!("{}@example.com", id.to_lowercase()),
                first_name: String::new(),
                last_name: String::new(),
                phone_number: String::new(),
                location: serde_json::Map::new(),
                properties: serde_json::Map::new(),
            };
            ("Added a profile", LibraryChange { profiles: vec![profile], ..LibraryChange::default() })
        };
        self.query.update(|query| (query.search, query.metric) = (String::new(), String::new()));
        self.app_state.library.act(self.app_state, words.to_owned(), change);
        self.chosen.set(Some(id));
    }
}

/// Events, profiles, lists and segments.
#[component]
pub fn EventsScreen() -> AnyView {
    let app_state = use_app_state();
    let tab = RwSignal::new("events");
    let query = RwSignal::new(LibraryQuery::default());
    let shown = Memo::new(move |_| {
        let query = query.get();
        app_state.events.with(|events| {
            app_state.profiles.with(|profiles| match tab.get() {
                "events" => find_events(events, profiles, &query),
                _ => find_profiles(events, profiles, &query),
            })
        })
    });
    let screen = Screen {
        app_state,
        page: use_page(),
        tab,
        query,
        chosen: RwSignal::new(None),
        importing: Importing::new(),
        is_export_open: RwSignal::new(false),
        shown,
    };
    Effect::new(move |before: Option<&'static str>| {
        let now = tab.get();
        if before.is_some_and(|before| before != now) {
            screen.chosen.set(None);
            query.set(LibraryQuery::default());
        }
        now
    });
    listen(screen);
    let may_edit = use_why_not(Permission::EditSamples);
    let body = move || {
        if tab.get() == "sets" {
            view! { <Gate needs=Permission::EditSamples><SetsPanel /></Gate> }.into_any()
        } else {
            library_panes(screen)
        }
    };
    view! {
        <PageHeader title="Events">
            <Tabs id="samples" label="Parts of the library" tabs=&TABS chosen=tab />
            <Button label="Import…" glyph=Icon::Import why_not=may_edit on_press=move |()| screen.importing.open() />
            <Button label="Export…" glyph=Icon::Export on_press=move |()| screen.is_export_open.set(true) />
        </PageHeader>
        <div class="library" id="samples-panel" role="tabpanel" aria-labelledby=move || format!("samples-{}", tab.get())>
            {body}
        </div>
        <UndoBar />
        <ImportDialog importing=screen.importing />
        <ExportDialog is_open=screen.is_export_open tab=tab shown=shown />
    }
    .into_any()
}

/// Undo by keyboard outside of fields, and files dropped anywhere.
fn listen(screen: Screen) {
    let keys = window_event_listener(ev::keydown, move |event| {
        let is_in_field = event
            .target()
            .and_then(|target| target.dyn_into::<leptos::web_sys::Element>().ok())
            .is_some_and(|element| {
                matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
                    || element.closest("dialog, .cm-editor").ok().flatten().is_some()
            });
        if is_in_field || !(event.ctrl_key() || event.meta_key()) {
            return;
        }
        match (event.key().to_lowercase().as_str(), event.shift_key()) {
            ("z", false) => screen.app_state.library.undo(screen.app_state),
            ("z", true) | ("y", false) => screen.app_state.library.redo(screen.app_state),
            _ => return,
        }
        event.prevent_default();
    });
    // Both are refused by default, which would open the file in place of the app.
    let over = window_event_listener(ev::dragover, move |event| event.prevent_default());
    let drop = window_event_listener(ev::drop, move |event| {
        event.prevent_default();
        if is_refused(screen.app_state) {
            return;
        }
        if let Some(files) = event.data_transfer().and_then(|transfer| transfer.files()) {
            screen.importing.open();
            read_files(screen.app_state, screen.importing, &files);
        }
    });
    on_cleanup(move || {
        keys.remove();
        over.remove();
        drop.remove();
    });
}

/// The list at the left, the editor at the right.
fn library_panes(screen: Screen) -> AnyView {
    let Screen { app_state, chosen, .. } = screen;
    let is_chosen = Memo::new(move |_| chosen.with(Option::is_some));
    let editor = move || match chosen.get() {
        Some(id) => {
            view! { <Gate needs=Permission::EditSamples><SampleEditor id=id chosen=chosen tab=screen.tab /></Gate> }
                .into_any()
        }
        None => {
            let text = messages::SAMPLE_UNCHOSEN;
            let title = if screen.is_events() { "Choose an event" } else { "Choose a profile" };
            view! { <EmptyState glyph=Icon::Braces title=title text=text /> }.into_any()
        }
    };
    let words = Callback::new(move |id: String| row_words(app_state, screen.is_events(), &id));
    let choose = move |id: String| {
        chosen.set(Some(id));
        request_animation_frame(focus_if_lost);
    };
    let list = move || {
        if screen.shown.with(Vec::is_empty) {
            return nothing_shown(screen);
        }
        let label = if screen.is_events() { "Events" } else { "Profiles" };
        view! { <VirtualList id="library" label=label ids=screen.shown words=words chosen=Signal::from(chosen) on_choose=Callback::new(choose) /> }
            .into_any()
    };
    // Only whether there is something to show: the list itself follows the rest.
    let is_empty = Memo::new(move |_| (screen.shown.with(Vec::is_empty), screen.tab.get()));
    view! {
        <div class=move || if is_chosen.get() { "events events--open" } else { "events" }>
            <div class="events-list">
                {list_head(screen)}
                {move || {
                    // Read, not only tracked: a memo that nothing read yet follows nothing.
                    is_empty.with(|_| ());
                    untrack(list)
                }}
            </div>
            <div class="events-editor">{editor}</div>
        </div>
    }
    .into_any()
}

fn row_words(app_state: AppState, is_events: bool, id: &str) -> RowWords {
    let is_edited = app_state.library.drafts.with(|drafts| drafts.contains_key(id));
    if !is_events {
        return app_state.profiles.with(|profiles| {
            let profile = profiles.iter().find(|profile| profile.id.as_str() == id);
            profile.map_or_else(RowWords::default, |profile| RowWords {
                title: profile_title(profile),
                detail: full_name(profile),
                is_edited,
            })
        });
    }
    app_state.events.with(|events| {
        let event = events.iter().find(|event| event.id.as_str() == id);
        event.map_or_else(RowWords::default, |event| RowWords {
            title: event_label(event),
            detail: app_state.profiles.with(|profiles| event_detail(event, profiles)),
            is_edited,
        })
    })
}

/// Search, filter, order, count, and *New*.
fn list_head(screen: Screen) -> AnyView {
    let Screen { app_state, query, .. } = screen;
    let metric_choices = Signal::derive(move || {
        let all = Choice::new("", "All metrics");
        let each = app_state.events.with(|events| metrics(events));
        std::iter::once(all)
            .chain(each.into_iter().map(|metric| Choice::new(metric.clone(), metric)))
            .collect::<Vec<_>>()
    });
    let order_choices = Signal::derive(move || {
        let orders: &[(&str, &str)] = if screen.is_events() { &EVENT_ORDERS } else { &PROFILE_ORDERS };
        orders.iter().map(|(value, label)| Choice::new(*value, *label)).collect::<Vec<_>>()
    });
    let count = move || {
        let n = screen.shown.with(Vec::len);
        if screen.is_events() { some(n, "event", "events") } else { some(n, "profile", "profiles") }
    };
    let metric = move || {
        screen.is_events().then(|| {
            view! {
                <SelectField
                    id="library-metric"
                    label="Metric"
                    is_label_hidden=true
                    choices=metric_choices
                    value=Signal::derive(move || query.with(|query| query.metric.clone()))
                    on_change=move |metric: String| query.update(|query| query.metric = metric)
                />
            }
        })
    };
    view! {
        <div class="library-head">
            <input
                class="input"
                type="search"
                id="library-search"
                placeholder="Search"
                aria-label="Search"
                prop:value=move || query.with(|query| query.search.clone())
                on:input=move |event| query.update(|query| query.search = event_target_value(&event))
            />
            <div class="library-head-choices">
                {metric}
                <SelectField
                    id="library-order"
                    label="Order"
                    is_label_hidden=true
                    choices=order_choices
                    value=Signal::derive(move || query.with(|query| query.order.clone()))
                    on_change=move |order: String| query.update(|query| query.order = order)
                />
            </div>
            <div class="library-head-foot">
                <p class="muted" role="status">{count}</p>
                <Button
                    label=Signal::derive(move || if screen.is_events() { "New event" } else { "New profile" }.to_owned())
                    kind=ButtonKind::Quiet
                    glyph=Icon::Plus
                    why_not=use_why_not(Permission::EditSamples)
                    on_press=move |()| screen.add_new()
                />
            </div>
        </div>
    }
    .into_any()
}

/// An empty list: nothing found, or nothing there.
fn nothing_shown(screen: Screen) -> AnyView {
    let Screen { app_state, query, .. } = screen;
    if query.with_untracked(|query| !query.search.is_empty() || !query.metric.is_empty()) {
        return view! {
            <EmptyState glyph=Icon::Events title="Nothing found" text=messages::SEARCH_FOUND_NOTHING>
                <Button label="Clear the search" on_press=move |()| query.set(LibraryQuery::default()) />
            </EmptyState>
        }
        .into_any();
    }
    let library = app_state.library;
    let may_edit = use_why_not(Permission::EditSamples);
    let fetch = move |()| {
        library.samples.set(SamplesState::Fetching);
        app_state.dispatch(AppCommand::Library { command: LibraryCommand::FetchSamples });
    };
    view! {
        <EmptyState
            glyph=Icon::Events
            title="Nothing here yet"
            text=messages::SAMPLES_EMPTY
        >
            <Button label="Import…" kind=ButtonKind::Primary glyph=Icon::Import why_not=may_edit on_press=move |()| screen.importing.open() />
            <Button label="Take the samples" on_press=fetch />
        </EmptyState>
        {move || match library.samples.get() {
            SamplesState::Missing { reason } => {
                let words = crate::view_model::messages::samples_missing(&reason);
                Some(view! { <p class="note tone-wait" role="alert">{words}</p> })
            }
            SamplesState::Unknown | SamplesState::Fetching | SamplesState::Taken => None,
        }}
    }
    .into_any()
}

/// On a narrow screen the editor takes the list's place, and the focus with it.
fn focus_if_lost() {
    let is_lost = document().active_element().is_none_or(|element| {
        element.dyn_ref::<leptos::web_sys::HtmlElement>().is_none_or(|element| element.offset_parent().is_none())
    });
    if is_lost {
        crate::ui::kit::tabs::focus_element("sample-heading");
    }
}
