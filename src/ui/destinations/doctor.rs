//! The CORS doctor: explains an answer that could not be read, and says what the receiver has to change.
//!
//! In: the destination, its newest failure. Out: texts to copy.
//! Invariant: explains; it sends nothing.

use leptos::prelude::*;

use crate::runtime::handle::{AppCommand, WorkOrder};
use crate::ui::kit::{Choice, SelectField, help_link};
use crate::ui::state::use_app_state;
use crate::view_model::cors::CorsCase;
use crate::view_model::destination::is_local;
use crate::view_model::messages;

/// What the browser asks, what has to be answered, and settings that do.
#[component]
pub fn Doctor(
    /// Under which the newest failures are answered.
    ticket: u64,
    /// The destination.
    origin: StoredValue<String>,
) -> AnyView {
    let app_state = use_app_state();
    let app_origin = StoredValue::new(window().location().origin().unwrap_or_default());
    let case = Memo::new(move |_| {
        app_state.work.found.with(|found| {
            let deliveries = found.as_ref().filter(|(own, _)| *own == ticket).map(|(_, deliveries)| deliveries);
            let request = deliveries.and_then(|found| found.iter().find_map(|delivery| delivery.request.as_ref()));
            CorsCase::new(&app_origin.get_value(), &origin.get_value(), request)
        })
    });
    let is_here = origin.with_value(|origin| is_local(origin));
    if is_here {
        app_state.dispatch(AppCommand::Work { order: WorkOrder::LookAtLocalNetwork });
    }
    let local = move || {
        let state = app_state.work.local_network.get()?;
        Some(view! { <p class="note tone-wait"><span>{messages::local_network(state.as_deref())}</span></p> })
    };
    let server = RwSignal::new("nginx".to_owned());
    let servers: Vec<_> = case.get_untracked().settings().iter().map(|(name, _)| Choice::new(*name, *name)).collect();
    let settings = move || {
        let chosen = server.get();
        case.with(CorsCase::settings).into_iter().find(|(name, _)| *name == chosen).map(|(_, text)| text)
    };
    let part = move |title: &'static str, text: fn(&CorsCase) -> String| {
        view! {
            <h3>{title}</h3>
            <pre class="code-block" tabindex="0" role="region" aria-label=title>{move || case.with(text)}</pre>
        }
    };
    view! {
        <section class="settings-part doctor">
            <h2>"CORS doctor"</h2>
            <p>{messages::DOCTOR_MEANING}</p>
            {help_link("cors", "CORS, made simple")}
            {is_here.then_some(local)}
            {part("The browser asks first", CorsCase::preflight)}
            {part("The receiver answers 200 or 204, with", CorsCase::preflight_answer)}
            {part("And the answer to the POST carries", CorsCase::answer)}
            <SelectField id="doctor-server" label="Ready settings for" choices=servers value=server on_change=move |name: String| server.set(name) />
            <pre class="code-block" tabindex="0" role="region" aria-label="Settings">{settings}</pre>
            <p class="muted">{messages::DOCTOR_ORIGIN}</p>
        </section>
    }
    .into_any()
}
