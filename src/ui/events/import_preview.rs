//! What an import would bring: counts, the first items, the rows that are broken.
//!
//! In: what was read. Out: one change of the library.
//! Invariant: says what would be replaced before it is.

use leptos::prelude::*;

use crate::domain::id::ProfileId;
use crate::domain::import::resolve::{Library, Resolved, resolve};
use crate::domain::import::{Item, shape};
use crate::runtime::library::LibraryChange;
use crate::ui::events::import::Importing;
use crate::ui::events::state::imported_words;
use crate::ui::kit::{Button, ButtonKind, Choice, Icon, SelectField, icon};
use crate::ui::page::use_page;
use crate::ui::state::use_app_state;
use crate::view_model::library::{change_words, full_name, profile_title, read_words, some};
use crate::view_model::messages;
use crate::view_model::sample::event_label;

/// Items and problems that are drawn; the rest is counted.
const MAX_SHOWN: usize = 50;
/// Characters of an item's JSON that are drawn.
const MAX_CHARS: usize = 20_000;

/// What would come in, and the button that brings it.
#[component]
pub fn ImportPreview(
    /// What the dialog knows.
    importing: Importing,
) -> AnyView {
    let app_state = use_app_state();
    let page = use_page();
    let reading = app_state.library.reading;
    let first = app_state.profiles.with_untracked(|profiles| profiles.first().map(|profile| profile.id.to_string()));
    let fallback = RwSignal::new(first.unwrap_or_default());
    let (now, seed) = (page.read_clock(), page.draw_random());
    let resolved = Memo::new(move |_| {
        let fallback = Some(fallback.get()).filter(|id| !id.is_empty()).map(ProfileId::new);
        app_state.events.with(|events| {
            app_state.profiles.with(|profiles| {
                let library = Library { events, profiles };
                reading.with(|reading| resolve(&reading.items, library, fallback.as_ref(), now, seed))
            })
        })
    });
    let n_new = Memo::new(move |_| resolved.with(|resolved| resolved.events.len() + resolved.profiles.len()));
    let import = move |()| {
        let Resolved { events, profiles, .. } = resolved.get_untracked();
        let change = LibraryChange { events, profiles, ..LibraryChange::default() };
        app_state.library.act(app_state, imported_words(&change), change);
        importing.start_over(app_state);
        importing.is_open.set(false);
    };
    let label =
        Signal::derive(move || match resolved.with(|resolved| (resolved.events.len(), resolved.profiles.len())) {
            (0, n) => format!("Import {}", some(n, "profile", "profiles")),
            (n, 0) => format!("Import {}", some(n, "event", "events")),
            (n, m) => format!("Import {} and {}", some(n, "event", "events"), some(m, "profile", "profiles")),
        });
    let people = Signal::derive(move || {
        app_state.profiles.with(|profiles| {
            let shown = profiles.iter().take(200);
            shown.map(|profile| Choice::new(profile.id.to_string(), profile_title(profile))).collect::<Vec<_>>()
        })
    });
    let needs_fallback = Memo::new(move |_| resolved.with(|resolved| resolved.n_given_to_fallback));
    view! {
        <div role="status">
            <p class="import-found">{move || reading.with(|reading| read_words(&reading.items, &reading.problems))}</p>
            <ul class="import-changes">
                {move || resolved.with(change_words).into_iter().map(|words| view! { <li>{words}</li> }).collect_view()}
            </ul>
        </div>
        {move || {
            let failure = reading.with(|reading| reading.failure.clone())?;
            Some(view! {
                <p class="note tone-fail" role="alert">{icon(Icon::Warning)}<span>{messages::import_stopped(&failure)}</span></p>
            })
        }}
        {move || {
            (needs_fallback.get() > 0).then(|| {
                view! {
                    <SelectField
                        id="import-person"
                        label="Profile of events that name nobody"
                        choices=people
                        value=fallback
                        on_change=move |id: String| fallback.set(id)
                    />
                }
            })
        }}
        <ProblemList />
        <ItemList />
        <div class="dialog-acts">
            <Button label="Choose another" on_press=move |()| importing.start_over(app_state) />
            <Button
                label=label
                kind=ButtonKind::Primary
                glyph=Icon::Import
                is_disabled=Signal::derive(move || n_new.get() == 0)
                on_press=import
            />
        </div>
    }
    .into_any()
}

/// The rows that could not be read, each at its line.
#[component]
fn ProblemList() -> AnyView {
    let reading = use_app_state().library.reading;
    let list = move || {
        reading.with(|reading| {
            let n = reading.problems.len();
            (n > 0).then(|| {
                let rows = reading.problems.iter().take(MAX_SHOWN);
                let rows = rows.map(|problem| view! { <li><b>{format!("Line {}: ", problem.line)}</b>{problem.message.clone()}</li> });
                let rest = (n > MAX_SHOWN).then(|| view! { <li>{format!("and {} more", messages::thousands(n - MAX_SHOWN))}</li> });
                view! {
                    <section class="import-part" aria-labelledby="import-problems">
                        <h3 id="import-problems">{format!("Left out: {}", some(n, "row", "rows"))}</h3>
                        <ul class="import-problems" tabindex="0" aria-labelledby="import-problems">{rows.collect_view()}{rest}</ul>
                    </section>
                }
            })
        })
    };
    view! { {list} }.into_any()
}

/// The first items, each with its JSON.
#[component]
fn ItemList() -> AnyView {
    let reading = use_app_state().library.reading;
    let list = move || {
        reading.with(|reading| {
            let n = reading.items.len();
            (n > 0).then(|| {
                let rest = (n > MAX_SHOWN).then(|| view! { <li class="muted">{format!("and {} more", messages::thousands(n - MAX_SHOWN))}</li> });
                view! {
                    <section class="import-part" aria-labelledby="import-items">
                        <h3 id="import-items">"What comes in"</h3>
                        <ul class="import-items">{reading.items.iter().take(MAX_SHOWN).map(show_item).collect_view()}{rest}</ul>
                    </section>
                }
            })
        })
    };
    view! { {list} }.into_any()
}

fn show_item(item: &Item) -> AnyView {
    let (title, detail, value) = match item {
        Item::Event(found) => {
            let person = found.person.as_ref().map(profile_title).unwrap_or_default();
            let value = shape::event_value(&found.event, found.person.as_ref());
            (event_label(&found.event), format!("{} {person}", found.event.platform), value)
        }
        Item::Profile(profile) => (profile_title(profile), full_name(profile), shape::profile_value(profile)),
    };
    let is_open = RwSignal::new(false);
    let json = StoredValue::new(value);
    // The JSON is written only for rows that are opened.
    let text = move || {
        is_open.get().then(|| {
            let text = json.with_value(|value| serde_json::to_string_pretty(value).unwrap_or_default());
            text.chars().take(MAX_CHARS).collect::<String>()
        })
    };
    view! {
        <li>
            <details on:toggle=move |_| is_open.update(|is_open| *is_open = !*is_open)>
                <summary><span>{title}</span>" "<span class="muted">{detail}</span></summary>
                <pre class="code-block" tabindex="0">{text}</pre>
            </details>
        </li>
    }
    .into_any()
}
