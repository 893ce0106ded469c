//! Long work of the page, and what is told of it.
//!
//! In: nothing. Out: plain values both ways.
//! Invariant: long work is done in slices, tells how far it has come, and can be stopped.

use std::collections::BTreeMap;

use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::id::{FlowId, NodeId};
use crate::domain::import::Layout;
use crate::domain::secret::Hidden;
use crate::domain::time::Timestamp;
use crate::runtime::handle::BulkScope;
pub use crate::storage::StoreName;
pub use crate::storage::backup::{KindChange, MAX_BYTES as MAX_BACKUP_BYTES};

/// Something long to do.
#[derive(Debug, Clone, PartialEq)]
pub enum WorkOrder {
    /// Writes deliveries as text, piece by piece; a newer one ends an older one.
    Export {
        ticket: u64,
        scope: BulkScope,
        layout: Layout,
    },
    StopExport,
    /// How all deliveries of a flow or a webhook spread over the hours.
    ReadTrack {
        flow_id: Option<FlowId>,
        node_id: Option<NodeId>,
    },
    /// *Bulk run*: fires at the saved flow for each of these, a slice at a time, as fast as the sender takes them.
    FireMany {
        flow_id: FlowId,
        arrivals: Vec<(Option<TriggerEvent>, Profile)>,
    },
    PauseFiring {
        is_paused: bool,
    },
    /// Those that were fired stay; the rest is forgotten.
    StopFiring,
    /// The whole workspace as one text; members and secrets, encrypted, only if asked for.
    MakeBackup {
        holds_members: bool,
    },
    /// Reads a backup and says what a restore would change.
    ReadBackup {
        text: String,
    },
    /// Does what the plan of the backup read last says. With its passphrase, members and secrets as well.
    Restore {
        passphrase: Option<Hidden>,
    },
    /// Asks the browser how storage fares. The composition root's part.
    LookAtStorage {
        is_persistence_wanted: bool,
    },
    /// Asks the browser whether pages may reach machines nearby. The composition root's part.
    LookAtLocalNetwork,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub enum WorkNews {
    Exported {
        ticket: u64,
        text: String,
        n_deliveries: usize,
        is_done: bool,
    },
    /// Deliveries made in each hour, the oldest first.
    Track {
        hours: Vec<(Timestamp, u64)>,
    },
    /// How far a bulk run has come.
    Firing {
        n_fired: usize,
        n_all: usize,
        is_paused: bool,
    },
    BackupMade {
        text: String,
    },
    RestorePlanned {
        plan: RestoreNews,
    },
    /// How many rows of a backup are restored; none of none where a restore has stopped.
    Restoring {
        n_done: usize,
        n_all: usize,
    },
    Restored,
    /// Nothing was changed.
    BackupRefused {
        reason: String,
    },
    StorageSeen {
        health: StorageNews,
    },
    /// `granted`, `prompt` or `denied`; `None` where the browser knows no such leave.
    LocalNetworkSeen {
        state: Option<String>,
    },
}

/// What a restore would change, for the screen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RestoreNews {
    pub made_at: Option<Timestamp>,
    pub changes: BTreeMap<StoreName, KindChange>,
    pub n_for_review: usize,
    pub n_runs_ended: usize,
    pub members: MembersPlan,
}

/// What a restore would do with the members and secrets of a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MembersPlan {
    /// It holds none.
    #[default]
    None,
    /// They are of this workspace: what is missing here is added.
    Add,
    /// They would take the place of those here, which takes the backup's passphrase.
    Replace {
        /// Secrets kept here, which would go.
        n_secrets_lost: usize,
    },
    /// Only the Owner, with the secrets unlocked, may replace members.
    OwnerOnly,
}

/// How the browser keeps what we store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StorageNews {
    /// Whether there is a database at all.
    pub is_kept: bool,
    /// Whether it is kept when the disk runs full; `None` where the browser does not say.
    pub is_persisted: Option<bool>,
    pub used_bytes: Option<u64>,
    pub quota_bytes: Option<u64>,
    /// Operations that succeeded only because a lost connection was opened again.
    pub n_healed: u32,
}
