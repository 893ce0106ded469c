//! How members, the vault and the audit list lie on disk.
//!
//! In: a roster, a vault, what is remembered of wrong tries, lines of the audit list. Out: rows, and back.
//! Invariant: keys and codes lie here under the workspace's key or as keyed hashes only.

use crate::domain::member as domain;
use crate::domain::passphrase::Cost;
use crate::domain::secret::Sealed;
use crate::domain::time::Timestamp;
use crate::storage::record::mirror::{JsonText, stored};
use crate::storage::record::{RecordError, Stored, read_row, write_row};
use crate::storage::{Row, StoreName};

/// The key of the one row that holds the [`domain::Roster`].
pub const ROSTER_KEY: &str = "roster";
/// The key of the one row that holds the [`Vault`].
pub const VAULT_KEY: &str = "vault";
/// The key of the one row that holds the [`domain::Guard`].
pub const GUARD_KEY: &str = "guard";

/// The workspace's key under the key of the passphrase, and how that is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vault {
    /// In hex.
    pub salt: String,
    pub cost: Cost,
    pub wrapped: Sealed,
    pub changed_at: Timestamp,
}

stored! {
    /// A row of [`StoreName::Members`].
    struct RosterRecord for domain::Roster { members: Vec<MemberRecord>, session_minutes: u32, seal: Option<String> }
}
stored! {
    struct MemberRecord for domain::Member {
        id: String,
        name: String,
        email: String,
        role: RoleRecord,
        added_at: i64,
        two_step: Option<TwoStepRecord>,
    }
}
stored! {
    struct TwoStepRecord for domain::TwoStep { key: String, last_counter: u64, recovery: Vec<String>, since: i64 }
}
stored! {
    keys RoleRecord for domain::Role
}
stored! {
    /// A row of [`StoreName::Members`].
    struct VaultRecord for Vault { salt: String, cost: CostRecord, wrapped: String, changed_at: i64 }
}
stored! {
    struct CostRecord for Cost { memory_kib: u32, n_passes: u32 }
}
stored! {
    /// A row of [`StoreName::Members`].
    struct GuardRecord for domain::Guard { n_failures: u32, failed_at: Option<i64> }
}
stored! {
    /// A row of [`StoreName::Audit`].
    struct AuditRecord for domain::AuditEntry {
        id: String,
        at: i64,
        member_id: Option<String>,
        by: String,
        act: AuditedRecord,
        subject: String,
        detail: String,
    }
}
stored! {
    keys AuditedRecord for domain::Audited
}

/// What the seal of a roster is bound to: all of it but the seal itself.
pub fn sealed_text(roster: &domain::Roster) -> String {
    let unsealed = domain::Roster { seal: None, ..roster.clone() };
    JsonText::of::<domain::Roster, RosterRecord>(&unsealed)
}

impl Stored for domain::Roster {
    const STORE: StoreName = StoreName::Members;
    const VERSION: u32 = 1;

    fn to_row(&self) -> Row {
        write_row::<Self, RosterRecord>(self, ROSTER_KEY.to_owned(), [])
    }

    fn from_row(row: &Row) -> Result<Self, RecordError> {
        read_row::<Self, RosterRecord>(row)
    }
}

impl Stored for Vault {
    const STORE: StoreName = StoreName::Members;
    const VERSION: u32 = 1;

    fn to_row(&self) -> Row {
        write_row::<Self, VaultRecord>(self, VAULT_KEY.to_owned(), [])
    }

    fn from_row(row: &Row) -> Result<Self, RecordError> {
        read_row::<Self, VaultRecord>(row)
    }
}

impl Stored for domain::Guard {
    const STORE: StoreName = StoreName::Members;
    const VERSION: u32 = 1;

    fn to_row(&self) -> Row {
        write_row::<Self, GuardRecord>(self, GUARD_KEY.to_owned(), [])
    }

    fn from_row(row: &Row) -> Result<Self, RecordError> {
        read_row::<Self, GuardRecord>(row)
    }
}

impl Stored for domain::AuditEntry {
    const STORE: StoreName = StoreName::Audit;
    const VERSION: u32 = 1;

    fn to_row(&self) -> Row {
        write_row::<Self, AuditRecord>(self, self.id.clone(), [])
    }

    fn from_row(row: &Row) -> Result<Self, RecordError> {
        read_row::<Self, AuditRecord>(row)
    }
}
