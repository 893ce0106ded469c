//! The time zone of a delay or a date: the profile's own, or one by its name.
//!
//! In: the zone as it stands. Out: another.
//! Invariant: a zone that the browser does not know is said so, and counts as UTC.

use leptos::prelude::*;

use crate::ui::kit::TextField;
use crate::ui::page::use_page;
use crate::ui::state::use_app_state;
use crate::view_model::messages;

/// Names to complete from; every other IANA name works as well.
const COMMON: [&str; 18] = [
    "UTC",
    "Europe/London",
    "Europe/Paris",
    "Europe/Berlin",
    "Europe/Rome",
    "Europe/Istanbul",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "Asia/Dubai",
    "Asia/Kolkata",
    "Asia/Singapore",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Pacific/Auckland",
];

/// A choice between the profile's zone and a named one.
#[component]
pub fn TimeZoneField(
    /// Ties its parts together; unique on the page.
    id: &'static str,
    /// `None` is the profile's own.
    zone: Signal<Option<String>>,
    /// Runs when another is chosen.
    #[prop(into)]
    on_edit: Callback<Option<String>>,
) -> AnyView {
    let app_state = use_app_state();
    let page = use_page();
    let own = move || {
        format!(
            "The profile’s own, else the workspace’s ({})",
            app_state.settings.with(|settings| settings.time_zone.clone())
        )
    };
    let fixed = move || zone.with(Option::is_some);
    let problem = Signal::derive(move || {
        let zone = zone.get()?;
        let is_known = page.zones().offset_secs(&zone, page.read_clock()).is_some();
        (!is_known).then(|| messages::TIME_ZONE_AS_UTC.to_owned())
    });
    view! {
        <fieldset class="field">
            <legend class="field-label">"Time zone"</legend>
            <label class="option">
                <input type="radio" name=id prop:checked=move || !fixed() on:change=move |_| on_edit.run(None) />
                <span>{own}</span>
            </label>
            <label class="option">
                <input
                    type="radio"
                    name=id
                    prop:checked=fixed
                    on:change=move |_| on_edit.run(Some(app_state.settings.with_untracked(|settings| settings.time_zone.clone())))
                />
                <span>"One for everybody"</span>
            </label>
            <Show when=fixed>
                <TextField
                    id=id
                    label="Zone"
                    placeholder="Europe/Berlin"
                    offered=Signal::stored(COMMON.map(str::to_owned).to_vec())
                    value=Signal::derive(move || zone.get().unwrap_or_default())
                    problem=problem
                    on_input=move |zone: String| on_edit.run(Some(zone))
                />
            </Show>
        </fieldset>
    }
    .into_any()
}
