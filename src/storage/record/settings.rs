//! How settings lie on disk: one row for the workspace, one for the practice receiver.
//!
//! In: settings, the practice script. Out: rows, and back.
//! Invariant: nothing secret lies here.

use crate::domain::delivery::practice;
use crate::domain::settings as domain;
use crate::storage::record::mirror::stored;
use crate::storage::record::{RecordError, Stored, read_row, write_row};
use crate::storage::{Row, StoreName};

/// The key of the one row that holds [`domain::WorkspaceSettings`].
pub const WORKSPACE_KEY: &str = "workspace";

/// The key of the one row that holds the [`practice::PracticeScript`].
pub const PRACTICE_KEY: &str = "practice";

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
        retention_days: Option<u32>,
    }
}

stored! {
    /// A row of [`StoreName::Settings`].
    struct PracticeScriptRecord for practice::PracticeScript {
        first: Vec<PracticeAnswerRecord>,
        then: PracticeAnswerRecord,
        failure_percent: u8,
        seed: u64,
    }
}
stored! {
    struct PracticeAnswerRecord for practice::PracticeAnswer { delay_millis: u32, behaviour: PracticeBehaviourRecord }
}
stored! {
    enum PracticeBehaviourRecord for practice::PracticeBehaviour {
        Answer { status: u16, retry_after: Option<String>, body: String },
        Timeout,
        Unreachable,
        Redirect,
        NoCors,
    }
}

impl Stored for practice::PracticeScript {
    const STORE: StoreName = StoreName::Settings;
    const VERSION: u32 = 1;

    fn to_row(&self) -> Row {
        write_row::<Self, PracticeScriptRecord>(self, PRACTICE_KEY.to_owned(), [])
    }

    fn from_row(row: &Row) -> Result<Self, RecordError> {
        read_row::<Self, PracticeScriptRecord>(row)
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
