//! The library as the screens share it: lists and segments, what is being read or written, what can be undone.
//!
//! In: events of the library. Out: signals.
//! Invariant: what was typed and is not kept yet outlives a change of screen.

use std::collections::BTreeMap;

use leptos::prelude::*;

use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::import::{Item, RowProblem};
use crate::domain::lists::ProfileSets;
use crate::domain::member::Permission;
use crate::runtime::handle::AppCommand;
use crate::runtime::library::{LibraryChange, LibraryCommand, LibraryEvent};
use crate::ui::state::AppState;
use crate::view_model::delivery::Tone;
use crate::view_model::library::some;
use crate::view_model::messages;

/// Steps that can be undone.
const MAX_STEPS: usize = 100;

/// Whether the samples of the app are in the library.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum SamplesState {
    #[default]
    Unknown,
    Fetching,
    Taken,
    Missing {
        reason: String,
    },
}

/// A text that is being read, or was.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    pub ticket: u64,
    pub position: usize,
    pub n_bytes: usize,
    pub items: Vec<Item>,
    pub problems: Vec<RowProblem>,
    pub is_done: bool,
    pub failure: Option<String>,
}

/// One act that can be undone.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What was done, such as `Deleted Placed Order, 10023`.
    pub words: String,
    back: LibraryChange,
    forth: LibraryChange,
}

/// The library's signals.
#[derive(Clone, Copy)]
pub struct LibraryState {
    pub sets: RwSignal<ProfileSets>,
    /// How far a long change has come: done, all.
    pub changing: RwSignal<Option<(usize, usize)>>,
    pub samples: RwSignal<SamplesState>,
    pub reading: RwSignal<Reading>,
    /// Done, newest last.
    pub done: RwSignal<Vec<Step>>,
    /// Undone, newest last.
    pub undone: RwSignal<Vec<Step>>,
    /// Texts that were typed and not kept, by the id of what they are about.
    pub drafts: RwSignal<BTreeMap<String, String>>,
}

impl LibraryState {
    pub fn new() -> Self {
        Self {
            sets: RwSignal::default(),
            changing: RwSignal::default(),
            samples: RwSignal::default(),
            reading: RwSignal::default(),
            done: RwSignal::default(),
            undone: RwSignal::default(),
            drafts: RwSignal::default(),
        }
    }

    /// Takes in what became of the library.
    #[inline(never)]
    pub fn apply_event(self, app_state: AppState, event: LibraryEvent) {
        match event {
            LibraryEvent::Changed { change } => self.take_change(app_state, change),
            LibraryEvent::Changing { n_done, n_all } => {
                self.changing.set((n_done < n_all).then_some((n_done, n_all)));
            }
            LibraryEvent::SetsChanged { sets } => self.sets.set(sets),
            LibraryEvent::Started { n_flows, n_profiles } => {
                let text = messages::library_started(n_flows, n_profiles);
                app_state.notify(Tone::Ok, text);
            }
            LibraryEvent::SamplesTaken => self.samples.set(SamplesState::Taken),
            LibraryEvent::SamplesMissing { reason } => self.samples.set(SamplesState::Missing { reason }),
            LibraryEvent::ReadOn { ticket, slice, n_bytes } => self.reading.update(|reading| {
                if reading.ticket == ticket {
                    reading.items.extend(slice.items);
                    reading.problems.extend(slice.problems);
                    (reading.position, reading.n_bytes, reading.is_done) = (slice.position, n_bytes, slice.is_last);
                }
            }),
            LibraryEvent::ReadFailed { ticket, message } => self.reading.update(|reading| {
                if reading.ticket == ticket {
                    (reading.failure, reading.is_done) = (Some(message), true);
                }
            }),
        }
    }

    /// What is on the screen just so already changes nothing there.
    fn take_change(self, app_state: AppState, change: LibraryChange) {
        let LibraryChange { mut events, mut profiles, deleted_events, deleted_profiles } = change;
        app_state.events.with_untracked(|kept| {
            let by_id: BTreeMap<_, _> = kept.iter().map(|event| (&event.id, event)).collect();
            events.retain(|event| by_id.get(&event.id) != Some(&event));
        });
        app_state.profiles.with_untracked(|kept| {
            let by_id: BTreeMap<_, _> = kept.iter().map(|profile| (&profile.id, profile)).collect();
            profiles.retain(|profile| by_id.get(&profile.id) != Some(&profile));
        });
        if !(profiles.is_empty() && deleted_profiles.is_empty()) {
            app_state.profiles.update(|kept| put_profiles(kept, profiles, &deleted_profiles));
        }
        if !(events.is_empty() && deleted_events.is_empty()) {
            app_state.events.update(|kept| put_events(kept, events, &deleted_events));
        }
    }

    /// Does something that can be undone.
    pub fn act(self, app_state: AppState, words: String, forth: LibraryChange) {
        if is_refused(app_state) {
            return;
        }
        let back = opposite(app_state, &forth);
        self.change(app_state, forth.clone());
        self.undone.update(Vec::clear);
        self.done.update(|done| {
            done.push(Step { words, back, forth });
            let n_old = done.len().saturating_sub(MAX_STEPS);
            done.drain(..n_old);
        });
    }

    /// Takes back the last act.
    pub fn undo(self, app_state: AppState) {
        if is_refused(app_state) {
            return;
        }
        if let Some(step) = self.done.try_update(Vec::pop).flatten() {
            self.change(app_state, step.back.clone());
            self.undone.update(|undone| undone.push(step));
        }
    }

    /// Does again what was taken back last.
    pub fn redo(self, app_state: AppState) {
        if is_refused(app_state) {
            return;
        }
        if let Some(step) = self.undone.try_update(Vec::pop).flatten() {
            self.change(app_state, step.forth.clone());
            self.done.update(|done| done.push(step));
        }
    }

    fn change(self, app_state: AppState, change: LibraryChange) {
        self.take_change(app_state, change.clone());
        app_state.dispatch(AppCommand::Library { command: LibraryCommand::Change { change } });
    }
}

impl Default for LibraryState {
    fn default() -> Self {
        Self::new()
    }
}

/// Whether who acts may not change the library; why not is then said.
pub fn is_refused(app_state: AppState) -> bool {
    let words = untrack(|| app_state.members.refusal(Permission::EditSamples));
    let is_refused = words.is_some();
    if let Some(words) = words {
        app_state.notify(Tone::Fail, words);
    }
    is_refused
}

/// What brings the library back to where it stands, after the change.
fn opposite(app_state: AppState, change: &LibraryChange) -> LibraryChange {
    let mut back = LibraryChange::default();
    app_state.events.with_untracked(|events| {
        let by_id: BTreeMap<_, _> = events.iter().map(|event| (&event.id, event)).collect();
        let before = |event_id| by_id.get(event_id).map(|event| TriggerEvent::clone(event));
        for event in &change.events {
            match before(&event.id) {
                Some(event) => back.events.push(event),
                None => back.deleted_events.push(event.id.clone()),
            }
        }
        back.events.extend(change.deleted_events.iter().filter_map(before));
    });
    app_state.profiles.with_untracked(|profiles| {
        let by_id: BTreeMap<_, _> = profiles.iter().map(|profile| (&profile.id, profile)).collect();
        let before = |profile_id| by_id.get(profile_id).map(|profile| Profile::clone(profile));
        for profile in &change.profiles {
            match before(&profile.id) {
                Some(profile) => back.profiles.push(profile),
                None => back.deleted_profiles.push(profile.id.clone()),
            }
        }
        back.profiles.extend(change.deleted_profiles.iter().filter_map(before));
    });
    back
}

fn put_events(kept: &mut Vec<TriggerEvent>, new: Vec<TriggerEvent>, deleted: &[crate::domain::id::EventId]) {
    if new.is_empty() {
        kept.retain(|event| !deleted.contains(&event.id));
        return;
    }
    let mut all: BTreeMap<_, _> = std::mem::take(kept).into_iter().map(|event| (event.id.clone(), event)).collect();
    all.extend(new.into_iter().map(|event| (event.id.clone(), event)));
    kept.extend(all.into_values().filter(|event| !deleted.contains(&event.id)));
}

fn put_profiles(kept: &mut Vec<Profile>, new: Vec<Profile>, deleted: &[crate::domain::id::ProfileId]) {
    let mut all: BTreeMap<_, _> = std::mem::take(kept).into_iter().map(|person| (person.id.clone(), person)).collect();
    all.extend(new.into_iter().map(|person| (person.id.clone(), person)));
    kept.extend(all.into_values().filter(|person| !deleted.contains(&person.id)));
}

/// What was imported, as words for the undo bar.
pub fn imported_words(change: &LibraryChange) -> String {
    let n_profiles = change.profiles.len();
    match (change.events.len(), n_profiles) {
        (0, n) => format!("Imported {}", some(n, "profile", "profiles")),
        (n, _) => format!("Imported {}", some(n, "event", "events")),
    }
}
