//! Loads everything, and puts the first flow and the samples into an empty database.
//!
//! In: a store. Out: the workspace; rows that cannot be read are set aside.
//! Invariant: a database is given its samples once, so that deleting them is final.

use std::collections::BTreeMap;

use crate::domain::delivery::practice::PracticeScript;
use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::flow::model::{FlowDocument, SavedFlow};
use crate::domain::samples;
use crate::domain::settings::WorkspaceSettings;
use crate::runtime::handle::Workspace;
use crate::runtime::page::Page;
use crate::runtime::ports::{Clock, Random};
use crate::storage::record::Stored;
use crate::storage::record::load::{self, Loaded, Revised};
use crate::storage::record::settings::{PRACTICE_KEY, WORKSPACE_KEY};
use crate::storage::{Batch, Check, Durability, Row, Store, StoreError, StoreName, Write};

/// Marks a database that was given its first flow and samples.
const SEEDED_KEY: &str = "seeded";

impl<S: Store, W: Clock + Random> Page<S, W> {
    pub(super) async fn try_load(&mut self) -> Result<Workspace, StoreError> {
        let mut n_set_aside = 0;
        let mut documents = self.load_kind::<FlowDocument>(&mut n_set_aside).await?;
        if self.store.get(StoreName::Meta, SEEDED_KEY).await?.is_none() {
            self.seed().await?;
            documents = self.load_kind::<FlowDocument>(&mut n_set_aside).await?;
        }
        let events = self.load_kind::<TriggerEvent>(&mut n_set_aside).await?;
        let profiles = self.load_kind::<Profile>(&mut n_set_aside).await?;
        self.documents = documents.into_iter().map(|document| (document.value.working.id.clone(), document)).collect();
        self.events = events.into_iter().map(|event| (event.value.id.clone(), event.value)).collect();
        self.profiles = profiles.into_iter().map(|profile| (profile.value.id.clone(), profile.value)).collect();
        self.settings = self.fetch::<WorkspaceSettings>(WORKSPACE_KEY).await?.unwrap_or_default();
        Ok(Workspace {
            documents: self.documents.values().map(|document| document.value.clone()).collect(),
            events: self.events.values().cloned().collect(),
            profiles: self.profiles.values().cloned().collect(),
            settings: self.settings.clone(),
            practice_script: self.fetch::<PracticeScript>(PRACTICE_KEY).await?.unwrap_or_default(),
            n_set_aside,
        })
    }

    async fn load_kind<T: Stored>(&self, n_set_aside: &mut usize) -> Result<Vec<Revised<T>>, StoreError> {
        let Loaded { values, broken } = load::load_all::<T>(&*self.store).await?;
        for broken in &broken {
            *n_set_aside += 1;
            if let Some(batch) = load::set_aside(broken) {
                match self.store.commit(batch).await {
                    // Another tab moved it first.
                    Ok(_) | Err(StoreError::Conflict { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(values)
    }

    async fn seed(&self) -> Result<(), StoreError> {
        let now = self.world.now();
        let flow = samples::first_flow();
        let saved = SavedFlow { version: 1, flow: flow.clone(), saved_at: now };
        let version = saved.to_row();
        let document = FlowDocument { working: flow, saved: Some(saved), edited_at: now };
        let mut writes = vec![Write::Put(document.to_row()), Write::Put(version), Write::Put(seeded_row())];
        // The others are fetched once the page stands.
        let samples = samples::first();
        writes.extend(samples.events.iter().map(|event| Write::Put(event.to_row())));
        writes.extend(samples.profiles.iter().map(|profile| Write::Put(profile.to_row())));
        let checks = vec![Check::Revision { store: StoreName::Meta, key: SEEDED_KEY.to_owned(), revision: 0 }];
        match self.store.commit(Batch { checks, writes, durability: Durability::Relaxed }).await {
            // Another tab was first.
            Ok(_) | Err(StoreError::Conflict { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

fn seeded_row() -> Row {
    Row {
        store: StoreName::Meta,
        key: SEEDED_KEY.to_owned(),
        revision: 0,
        version: 1,
        json: "true".to_owned(),
        index_keys: BTreeMap::new(),
    }
}
