//! How the workspace's settings lie on disk: one row.
//!
//! In: settings. Out: a row, and back.
//! Invariant: nothing secret lies here.

use crate::domain::settings as domain;
use crate::storage::record::mirror::stored;
use crate::storage::record::{RecordError, Stored, read_row, write_row};
use crate::storage::{Row, StoreName};

/// The key of the one row that holds [`domain::WorkspaceSettings`].
pub const WORKSPACE_KEY: &str = "workspace";

stored! {
    struct OrganizationRecord for domain::Organization { name: String, url: String, full_address: String }
}
stored! {
    /// A row of [`StoreName::Settings`].
    struct WorkspaceSettingsRecord for domain::WorkspaceSettings {
        organization: OrganizationRecord,
        time_zone: String,
        currency: String,
        timeout_secs: u32,
        concurrency_per_destination: u32,
        is_host_probe_enabled: bool,
    }
}

impl Stored for domain::WorkspaceSettings {
    const STORE: StoreName = StoreName::Settings;
    const VERSION: u32 = 1;

    fn to_row(&self) -> Row {
        write_row::<Self, WorkspaceSettingsRecord>(self, WORKSPACE_KEY.to_owned(), [])
    }

    fn from_row(row: &Row) -> Result<Self, RecordError> {
        read_row::<Self, WorkspaceSettingsRecord>(row)
    }
}
