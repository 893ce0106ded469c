//! *Export…*: events or profiles as a file.
//!
//! In: what shows, or all of it. Out: a download.
//! Invariant: what is exported can be imported again as it was; Klaviyo's bodies leave out ids of ours.

use std::collections::BTreeSet;

use leptos::prelude::*;

use crate::domain::import::export::{ExportForm, extension, media_type, write_events, write_profiles};
use crate::ui::files::use_files;
use crate::ui::kit::{Button, ButtonKind, Choice, Dialog, Icon, SelectField};
use crate::ui::state::{AppState, use_app_state};
use crate::view_model::delivery::Tone;
use crate::view_model::library::some;
use crate::view_model::messages;

/// The dialog.
#[component]
pub fn ExportDialog(
    /// Whether it shows.
    is_open: RwSignal<bool>,
    /// What the screen is about.
    tab: RwSignal<&'static str>,
    /// What shows in the list.
    shown: Memo<Vec<String>>,
) -> AnyView {
    let app_state = use_app_state();
    let files = use_files();
    let what = RwSignal::new("events".to_owned());
    let form = RwSignal::new("json".to_owned());
    Effect::new(move |_| {
        if is_open.get() {
            what.set(if tab.get_untracked() == "profiles" { "profiles" } else { "events" }.to_owned());
        }
    });
    let choices = Signal::derive(move || {
        let n_shown = shown.with(Vec::len);
        let n_events = app_state.events.with(Vec::len);
        let n_profiles = app_state.profiles.with(Vec::len);
        let mut choices = vec![
            Choice::new("events", format!("All {}", some(n_events, "event", "events"))),
            Choice::new("profiles", format!("All {}", some(n_profiles, "profile", "profiles"))),
        ];
        let (n_all, kind) = if tab.get() == "events" { (n_events, "events") } else { (n_profiles, "profiles") };
        if tab.get() != "sets" && n_shown < n_all && n_shown > 0 {
            choices.push(Choice::new("shown", format!("The {n_shown} {kind} found")));
        }
        choices
    });
    let forms = Signal::stored(vec![
        Choice::new("json", "JSON"),
        Choice::new("jsonl", "JSON Lines"),
        Choice::new("csv", "CSV"),
        Choice::new("klaviyo", "Bodies for Klaviyo’s API, one a line"),
    ]);
    let export = move |()| {
        let form = match form.get_untracked().as_str() {
            "jsonl" => ExportForm::JsonLines,
            "csv" => ExportForm::Csv,
            "klaviyo" => ExportForm::KlaviyoBodies,
            _ => ExportForm::Json,
        };
        let is_shown_only = what.with_untracked(|what| what == "shown");
        let is_events =
            if is_shown_only { tab.get_untracked() == "events" } else { what.with_untracked(|what| what == "events") };
        let ids = is_shown_only.then(|| shown.get_untracked().into_iter().collect::<BTreeSet<_>>());
        let (name, text) = write(app_state, is_events, ids.as_ref(), form);
        match files.save(&format!("{name}.{}", extension(form.layout())), media_type(form.layout()), &text) {
            Ok(()) => is_open.set(false),
            Err(reason) => app_state.notify(Tone::Fail, messages::export_failed(&reason)),
        }
    };
    view! {
        <Dialog id="export" title="Export" is_open=is_open on_close=move |()| is_open.set(false)>
            <SelectField id="export-what" label="What" choices=choices value=what on_change=move |chosen: String| what.set(chosen) />
            <SelectField id="export-form" label="As" choices=forms value=form on_change=move |chosen: String| form.set(chosen) />
            <p class="muted">{messages::EXPORT_FORMS}</p>
            <div class="dialog-acts">
                <Button label="Cancel" on_press=move |()| is_open.set(false) />
                <Button label="Export" kind=ButtonKind::Primary glyph=Icon::Export on_press=export />
            </div>
        </Dialog>
    }
    .into_any()
}

fn write(
    app_state: AppState,
    is_events: bool,
    ids: Option<&BTreeSet<String>>,
    form: ExportForm,
) -> (&'static str, String) {
    let is_in = |id: &str| ids.is_none_or(|ids| ids.contains(id));
    app_state.profiles.with_untracked(|profiles| {
        if !is_events {
            let chosen: Vec<_> = profiles.iter().filter(|profile| is_in(profile.id.as_str())).collect();
            return ("hookwright-profiles", write_profiles(&chosen, form));
        }
        app_state.events.with_untracked(|events| {
            let chosen: Vec<_> = events.iter().filter(|event| is_in(event.id.as_str())).collect();
            ("hookwright-events", write_events(&chosen, profiles, form))
        })
    })
}
