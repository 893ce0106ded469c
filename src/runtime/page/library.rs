//! Keeps events, profiles, lists and segments, thousands at a time if need be.
//!
//! In: changes of the library. Out: rows written in slices, and word of each.
//! Invariant: the screen hears of a change only once it is on the disk.

use std::collections::BTreeMap;

use crate::domain::lists::ProfileSets;
use crate::domain::samples;
use crate::runtime::command::SenderCommand;
use crate::runtime::handle::AppEvent;
use crate::runtime::library::{LibraryChange, LibraryCommand, LibraryEvent};
use crate::runtime::page::Page;
use crate::runtime::ports::{Clock, Random};
use crate::storage::record::Stored;
use crate::storage::record::lists::SETS_KEY;
use crate::storage::{Batch, Durability, Row, Store, StoreError, StoreName, Write};

/// Rows written in one transaction.
const SLICE: usize = 250;

/// Marks a database that was given all samples, so that deleting them is final.
const SAMPLES_KEY: &str = "samples";

impl<S: Store, W: Clock + Random> Page<S, W> {
    /// Does what a person asked of the library.
    pub(super) async fn take_library(&mut self, command: LibraryCommand) -> Result<(), StoreError> {
        match command {
            LibraryCommand::Change { change } => self.change_library(change).await,
            LibraryCommand::KeepSets { sets } => self.keep_sets(sets).await,
            LibraryCommand::TakeSamples { text } => self.take_samples(&text).await,
            // The composition root's part, which does not come here.
            LibraryCommand::FetchSamples | LibraryCommand::Read { .. } | LibraryCommand::StopReading => Ok(()),
        }
    }

    /// Whether the database has not been given its samples yet.
    pub async fn wants_samples(&self) -> bool {
        matches!(self.store.get(StoreName::Meta, SAMPLES_KEY).await, Ok(None))
    }

    /// Tells the screen of lists and segments.
    pub(super) async fn load_sets(&mut self) -> Result<(), StoreError> {
        let sets = self.fetch::<ProfileSets>(SETS_KEY).await?.unwrap_or_default();
        self.tell_library(LibraryEvent::SetsChanged { sets });
        Ok(())
    }

    async fn change_library(&mut self, change: LibraryChange) -> Result<(), StoreError> {
        let n_all = change.len();
        let LibraryChange { events, profiles, deleted_events, deleted_profiles } = change;
        let mut n_done = 0;
        // Profiles first: an event never points at somebody who is not there.
        for slice in profiles.chunks(SLICE) {
            self.write(slice.iter().map(|profile| Write::Put(profile.to_row())).collect()).await?;
            self.profiles.extend(slice.iter().map(|profile| (profile.id.clone(), profile.clone())));
            n_done += slice.len();
            self.tell_change(LibraryChange { profiles: slice.to_vec(), ..LibraryChange::default() }, n_done, n_all);
        }
        for slice in events.chunks(SLICE) {
            self.write(slice.iter().map(|event| Write::Put(event.to_row())).collect()).await?;
            self.events.extend(slice.iter().map(|event| (event.id.clone(), event.clone())));
            n_done += slice.len();
            self.tell_change(LibraryChange { events: slice.to_vec(), ..LibraryChange::default() }, n_done, n_all);
        }
        let doomed = |store: StoreName, key: &str| Write::Delete { store, key: key.to_owned() };
        for slice in deleted_events.chunks(SLICE) {
            self.write(slice.iter().map(|event_id| doomed(StoreName::Events, event_id.as_str())).collect()).await?;
            self.events.retain(|event_id, _| !slice.contains(event_id));
            n_done += slice.len();
            let change = LibraryChange { deleted_events: slice.to_vec(), ..LibraryChange::default() };
            self.tell_change(change, n_done, n_all);
        }
        for slice in deleted_profiles.chunks(SLICE) {
            let writes = slice.iter().map(|profile_id| doomed(StoreName::Profiles, profile_id.as_str()));
            self.write(writes.collect()).await?;
            self.profiles.retain(|profile_id, _| !slice.contains(profile_id));
            n_done += slice.len();
            let change = LibraryChange { deleted_profiles: slice.to_vec(), ..LibraryChange::default() };
            self.tell_change(change, n_done, n_all);
        }
        Ok(())
    }

    async fn keep_sets(&mut self, sets: ProfileSets) -> Result<(), StoreError> {
        let before = self.fetch::<ProfileSets>(SETS_KEY).await?.unwrap_or_default();
        self.put(&sets).await?;
        let mut orders = Vec::new();
        for (set, members) in sets.joined_since(&before) {
            let running = self.documents.values().filter_map(|document| document.value.saved.as_ref());
            for saved in running.filter(|saved| set.starts(&saved.flow)) {
                let people = members.iter().filter_map(|member| self.profiles.get(*member));
                orders.extend(people.map(|profile| (saved.flow.id.clone(), profile.clone())));
            }
        }
        self.tell_library(LibraryEvent::SetsChanged { sets });
        let n_flows = orders.iter().map(|(flow_id, _)| flow_id).collect::<std::collections::BTreeSet<_>>().len();
        let n_profiles = orders.iter().map(|(_, profile)| &profile.id).collect::<std::collections::BTreeSet<_>>().len();
        for (flow_id, profile) in orders {
            self.ask_sender(&SenderCommand::FireEvent { flow_id, event: None, profile }).await?;
        }
        if n_flows > 0 {
            self.tell_library(LibraryEvent::Started { n_flows, n_profiles });
        }
        Ok(())
    }

    /// What is there already stays as it is.
    async fn take_samples(&mut self, text: &str) -> Result<(), StoreError> {
        let samples = match samples::read(text) {
            Ok(samples) => samples,
            Err(error) => {
                self.tell_library(LibraryEvent::SamplesMissing { reason: error.to_string() });
                return Ok(());
            }
        };
        let change = LibraryChange {
            events: samples.events.into_iter().filter(|event| !self.events.contains_key(&event.id)).collect(),
            profiles: samples.profiles.into_iter().filter(|person| !self.profiles.contains_key(&person.id)).collect(),
            ..LibraryChange::default()
        };
        self.change_library(change).await?;
        let own = self.fetch::<ProfileSets>(SETS_KEY).await?.unwrap_or_default();
        if own.sets.is_empty() {
            // Who comes in with the samples came from nowhere, and starts nothing.
            let sets = ProfileSets { sets: samples.sets };
            self.put(&sets).await?;
            self.tell_library(LibraryEvent::SetsChanged { sets });
        }
        let mark = Row {
            store: StoreName::Meta,
            key: SAMPLES_KEY.to_owned(),
            revision: 0,
            version: 1,
            json: "true".to_owned(),
            index_keys: BTreeMap::new(),
        };
        self.write(vec![Write::Put(mark)]).await?;
        self.tell_library(LibraryEvent::SamplesTaken);
        Ok(())
    }

    async fn write(&self, writes: Vec<Write>) -> Result<(), StoreError> {
        self.store.commit(Batch { checks: Vec::new(), writes, durability: Durability::Strict }).await.map(|_| ())
    }

    fn tell_change(&self, change: LibraryChange, n_done: usize, n_all: usize) {
        self.tell_library(LibraryEvent::Changed { change });
        if n_all > SLICE {
            self.tell_library(LibraryEvent::Changing { n_done, n_all });
        }
    }

    fn tell_library(&self, event: LibraryEvent) {
        (self.emit)(AppEvent::Library { event });
    }
}
