//! What holds for the whole workspace.
//!
//! In: the settings. Out: the settings as edited, kept at once where they are right.
//! Invariant: a wrong value shows its problem and is not kept.

mod storage;

use leptos::prelude::*;

use crate::domain::member::Permission;
use crate::domain::settings::WorkspaceSettings;
use crate::ui::files::use_files;
use crate::ui::keep_words::keep_words;
use crate::ui::kit::{TextField, help_link};
use crate::ui::members::Gate;
use crate::ui::settings::storage::Storage;
use crate::ui::shell::{PageHeader, SenderState, ThemeSwitch};
use crate::ui::state::use_app_state;
use crate::view_model::messages;

/// The settings.
#[component]
pub fn SettingsScreen() -> AnyView {
    let keeping = use_app_state().settings_keeping;
    view! {
        <PageHeader title="Settings">
            <span class="settings-state">{keep_words(keeping.into(), "Settings kept")}</span>
        </PageHeader>
        <div class="page-body settings">
            <Gate needs=Permission::ChangeSettings>
                <Organization />
                <Sending />
                <Storage />
            </Gate>
            <section class="settings-part">
                <h2>"Look"</h2>
                <ThemeSwitch />
            </section>
        </div>
    }
    .into_any()
}

/// A field whose value goes straight into the settings.
fn setting(
    field: (&'static str, &'static str),
    hint: &'static str,
    read: fn(&WorkspaceSettings) -> String,
    write: fn(&mut WorkspaceSettings, &str) -> Result<(), &'static str>,
) -> AnyView {
    let app_state = use_app_state();
    let (id, label) = field;
    // What was typed, as long as it cannot be kept.
    let refused = RwSignal::new(None::<(String, &'static str)>);
    let value = Signal::derive(move || match refused.get() {
        Some((text, _)) => text,
        None => app_state.settings.with(read),
    });
    let on_input = move |text: String| {
        let mut settings = app_state.settings.get_untracked();
        match write(&mut settings, text.trim()) {
            Err(problem) => refused.set(Some((text, problem))),
            Ok(()) => {
                refused.set(None);
                app_state.keep_settings(settings);
            }
        }
    };
    let problem = Signal::derive(move || refused.get().map(|(_, problem)| problem.to_owned()));
    view! { <TextField id=id label=label hint=hint value=value problem=problem on_input=on_input /> }.into_any()
}

/// A setting that is one of the names the browser knows.
struct OfferedSetting {
    id: &'static str,
    label: &'static str,
    hint: &'static str,
    /// What the browser calls the kind.
    kind: &'static str,
    unknown: &'static str,
    read: fn(&WorkspaceSettings) -> String,
    write: fn(&mut WorkspaceSettings, String),
}

const TIME_ZONE: OfferedSetting = OfferedSetting {
    id: "time-zone",
    label: "Time zone",
    hint: messages::TIME_ZONE_HINT,
    kind: "timeZone",
    unknown: messages::TIME_ZONE_UNKNOWN,
    read: |settings| settings.time_zone.clone(),
    write: |settings, name| settings.time_zone = name,
};

const CURRENCY: OfferedSetting = OfferedSetting {
    id: "currency",
    label: "Currency",
    hint: messages::CURRENCY_HINT,
    kind: "currency",
    unknown: messages::CURRENCY_UNKNOWN,
    read: |settings| settings.currency.clone(),
    write: |settings, name| settings.currency = name,
};

/// A text field that offers names, and takes no other.
fn offered_setting(setting: OfferedSetting) -> AnyView {
    let app_state = use_app_state();
    let OfferedSetting { id, label, hint, kind, unknown, read, write } = setting;
    let names = StoredValue::new(use_files().known_names(kind));
    let refused = RwSignal::new(None::<String>);
    let value = Signal::derive(move || refused.get().unwrap_or_else(|| app_state.settings.with(read)));
    let on_change = move |text: String| {
        let asked = text.trim();
        let known = names.with_value(|names| names.iter().find(|name| name.eq_ignore_ascii_case(asked)).cloned());
        // Where the browser cannot list its names, what was typed is taken.
        let is_taken = (kind == "timeZone" && asked.eq_ignore_ascii_case("UTC"))
            || (names.with_value(Vec::is_empty) && !asked.is_empty());
        let Some(name) = known.or_else(|| is_taken.then(|| asked.to_uppercase())) else {
            return refused.set(Some(text));
        };
        refused.set(None);
        let mut settings = app_state.settings.get_untracked();
        write(&mut settings, name);
        app_state.keep_settings(settings);
    };
    let problem = Signal::derive(move || refused.with(Option::is_some).then(|| unknown.to_owned()));
    let offered = Signal::derive(move || names.get_value());
    view! { <TextField id=id label=label hint=hint.to_owned() value=value problem=problem offered=offered waits=true on_input=on_change /> }
    .into_any()
}

#[component]
fn Organization() -> AnyView {
    view! {
        <section class="settings-part">
            <h2>"Organization"</h2>
            <p class="muted">{messages::ORGANIZATION_HINT}</p>
            {setting(("organization-name", "Name"), "", |settings| settings.organization.name.clone(), |settings, text| {
                settings.organization.name = text.to_owned();
                Ok(())
            })}
            {setting(("organization-url", "Website"), "", |settings| settings.organization.url.clone(), |settings, text| {
                settings.organization.url = text.to_owned();
                Ok(())
            })}
            {setting(
                ("organization-address", "Address"),
                "",
                |settings| settings.organization.full_address.clone(),
                |settings, text| {
                    settings.organization.full_address = text.to_owned();
                    Ok(())
                },
            )}
            {offered_setting(TIME_ZONE)}
            {offered_setting(CURRENCY)}
        </section>
    }
    .into_any()
}

#[component]
fn Sending() -> AnyView {
    let app_state = use_app_state();
    let is_probed = Memo::new(move |_| app_state.settings.with(|settings| settings.is_host_probe_enabled));
    let set_probe = move |_| {
        let mut settings = app_state.settings.get_untracked();
        settings.is_host_probe_enabled = !settings.is_host_probe_enabled;
        app_state.keep_settings(settings);
    };
    view! {
        <section class="settings-part">
            <h2>"Sending"</h2>
            <SenderState />
            <p class="muted">{messages::SENDER_MEANING}</p>
            {help_link("limits", "Limits of a browser that sends")}
            {setting(
                ("timeout", "Timeout, in seconds"),
                messages::TIMEOUT_HINT,
                |settings| settings.timeout_secs.to_string(),
                |settings, text| match text.parse() {
                    Ok(secs @ 1..=300) => {
                        settings.timeout_secs = secs;
                        Ok(())
                    }
                    _ => Err(messages::TIMEOUT_BOUNDS),
                },
            )}
            {setting(
                ("concurrency", "Requests at a time, to one destination"),
                "",
                |settings| settings.concurrency_per_destination.to_string(),
                |settings, text| match text.parse() {
                    Ok(n @ 1..=50) => {
                        settings.concurrency_per_destination = n;
                        Ok(())
                    }
                    _ => Err(messages::CONCURRENCY_BOUNDS),
                },
            )}
            <label class="check">
                <input type="checkbox" prop:checked=is_probed on:change=set_probe />
                <span>
                    "Ask the host whether it is up after a network error"
                    <span class="field-hint">{messages::PROBE_HINT}</span>
                </span>
            </label>
        </section>
    }
    .into_any()
}
