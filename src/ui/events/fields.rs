//! What an event is besides its properties: metric, platform, person, time.
//!
//! In: an event. Out: the event with one field changed, each change one step to undo.
//! Invariant: a field that cannot be read keeps what was typed and says why.

use leptos::prelude::*;

use crate::domain::event::TriggerEvent;
use crate::domain::import::shape::read_time;
use crate::runtime::library::LibraryChange;
use crate::ui::kit::TextField;
use crate::ui::state::{AppState, use_app_state};
use crate::view_model::library::{metrics, profile_title};
use crate::view_model::messages;
use crate::view_model::sample::event_label;

/// People offered while typing.
const MAX_PEOPLE: usize = 200;

const PLATFORMS: [&str; 5] = ["Custom API", "Shopify", "WooCommerce", "Magento 2", "BigCommerce"];

/// One field: its id, its label, how it is read and written.
struct Field {
    id: &'static str,
    label: &'static str,
    read: fn(AppState, &TriggerEvent) -> String,
    write: fn(AppState, &mut TriggerEvent, &str) -> Result<(), &'static str>,
    offered: fn(AppState) -> Vec<String>,
}

const FIELDS: [Field; 4] = [
    Field {
        id: "event-metric",
        label: "Metric",
        read: |_, event| event.metric.clone(),
        write: |_, event, text| {
            event.metric = text.to_owned();
            if text.is_empty() { Err(messages::METRIC_MISSING) } else { Ok(()) }
        },
        offered: |app_state| app_state.events.with(|events| metrics(events)),
    },
    Field {
        id: "event-platform",
        label: "Platform",
        read: |_, event| event.platform.clone(),
        write: |_, event, text| {
            event.platform = text.to_owned();
            Ok(())
        },
        offered: |_| PLATFORMS.map(str::to_owned).to_vec(),
    },
    Field {
        id: "event-profile",
        label: "Profile",
        read: |app_state, event| {
            app_state.profiles.with(|profiles| {
                let person = profiles.iter().find(|profile| profile.id == event.profile_id);
                person.map(profile_title).unwrap_or_default()
            })
        },
        write: |app_state, event, text| {
            let found = app_state.profiles.with_untracked(|profiles| {
                let person = profiles.iter().find(|profile| profile_title(profile).eq_ignore_ascii_case(text));
                person.map(|person| person.id.clone())
            });
            event.profile_id = found.ok_or(messages::NO_SUCH_PROFILE)?;
            Ok(())
        },
        offered: |app_state| {
            app_state.profiles.with(|profiles| profiles.iter().take(MAX_PEOPLE).map(profile_title).collect())
        },
    },
    Field {
        id: "event-time",
        label: "Time",
        // Whole seconds, as nearly all are, without their fraction.
        read: |_, event| event.occurred_at.to_string().replace(".000Z", "Z"),
        write: |_, event, text| {
            let time = read_time(&serde_json::Value::String(text.to_owned()));
            event.occurred_at = time.ok_or(messages::TIME_UNREADABLE)?;
            Ok(())
        },
        offered: |_| Vec::new(),
    },
];

/// The fields side by side.
#[component]
pub fn EventFields(
    /// The event as it is kept.
    event: Memo<Option<TriggerEvent>>,
) -> AnyView {
    view! { <div class="event-fields">{FIELDS.into_iter().map(|field| show_field(field, event)).collect_view()}</div> }
        .into_any()
}

fn show_field(field: Field, event: Memo<Option<TriggerEvent>>) -> AnyView {
    let app_state = use_app_state();
    let Field { id, label, read, write, offered } = field;
    // What was typed, as long as it cannot be kept.
    let refused = RwSignal::new(None::<(String, &'static str)>);
    let event_id = Memo::new(move |_| event.with(|event| event.as_ref().map(|event| event.id.clone())));
    Effect::new(move |_| {
        event_id.with(|_| ());
        refused.set(None);
    });
    let value = Signal::derive(move || match refused.get() {
        Some((text, _)) => text,
        None => event.with(|event| event.as_ref().map(|event| read(app_state, event)).unwrap_or_default()),
    });
    let on_change = move |text: String| {
        let Some(before) = event.get_untracked() else { return };
        let mut changed = before.clone();
        match write(app_state, &mut changed, text.trim()) {
            Err(problem) => refused.set(Some((text, problem))),
            Ok(()) => {
                refused.set(None);
                if changed != before {
                    let words = format!("Changed {} of {}", label.to_lowercase(), event_label(&before));
                    let change = LibraryChange { events: vec![changed], ..LibraryChange::default() };
                    app_state.library.act(app_state, words, change);
                }
            }
        }
    };
    let problem = Signal::derive(move || refused.get().map(|(_, problem)| problem.to_owned()));
    let offered = Signal::derive(move || offered(app_state));
    view! { <TextField id=id label=label value=value problem=problem offered=offered waits=true on_input=on_change /> }
        .into_any()
}
