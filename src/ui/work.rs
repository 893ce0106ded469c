//! Long work as the screens see it: bulk runs, backups, storage, and single pages that a screen asked for.
//!
//! In: news of the runtime. Out: signals.
//! Invariant: what came of something stays until the next of its kind.

use leptos::prelude::*;

use crate::domain::delivery::state::Delivery;
use crate::runtime::handle::{RestoreNews, StorageNews, WorkNews};
use crate::ui::state::AppState;
use crate::view_model::delivery::Tone;
use crate::view_model::messages;

/// How far a bulk run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Firing {
    pub n_fired: usize,
    pub n_all: usize,
    pub is_paused: bool,
}

/// The signals.
#[derive(Clone, Copy)]
pub struct WorkState {
    pub firing: RwSignal<Option<Firing>>,
    /// A backup's text that has to be handed out.
    pub backup: RwSignal<Option<String>>,
    pub plan: RwSignal<Option<RestoreNews>>,
    /// Rows restored, of how many, while that is under way.
    pub restoring: RwSignal<Option<(usize, usize)>>,
    pub refusal: RwSignal<Option<String>>,
    pub storage: RwSignal<Option<StorageNews>>,
    /// What the browser says of reaching machines nearby; `None` within where it does not say.
    pub local_network: RwSignal<Option<Option<String>>>,
    /// Deliveries that a screen asked for by this ticket.
    pub found: RwSignal<Option<(u64, Vec<Delivery>)>>,
}

impl WorkState {
    pub fn new() -> Self {
        Self {
            firing: RwSignal::default(),
            backup: RwSignal::default(),
            plan: RwSignal::default(),
            restoring: RwSignal::default(),
            refusal: RwSignal::default(),
            storage: RwSignal::default(),
            local_network: RwSignal::default(),
            found: RwSignal::default(),
        }
    }

    /// Takes in what became of long work.
    #[inline(never)]
    pub fn take(self, app_state: AppState, news: WorkNews) {
        match news {
            WorkNews::Firing { n_fired, n_all, is_paused } => {
                self.firing.set(Some(Firing { n_fired, n_all, is_paused }));
            }
            WorkNews::BackupMade { text } => self.backup.set(Some(text)),
            WorkNews::RestorePlanned { plan } => {
                self.refusal.set(None);
                self.plan.set(Some(plan));
            }
            WorkNews::Restoring { n_done, n_all } => self.restoring.set((n_all > 0).then_some((n_done, n_all))),
            WorkNews::Restored => {
                self.restoring.set(None);
                self.plan.set(None);
                app_state.notify(Tone::Ok, messages::RESTORED.to_owned());
            }
            WorkNews::BackupRefused { reason } => {
                self.restoring.set(None);
                // A plan stays: another passphrase may be tried.
                self.refusal.set(Some(messages::sentence(&reason)));
            }
            WorkNews::StorageSeen { health } => self.storage.set(Some(health)),
            WorkNews::LocalNetworkSeen { state } => self.local_network.set(Some(state)),
            // The log has taken these.
            WorkNews::Exported { .. } | WorkNews::Track { .. } => {}
        }
    }
}

impl Default for WorkState {
    fn default() -> Self {
        Self::new()
    }
}
