//! How runs lie on disk.
//!
//! In: runs. Out: rows, and back.
//! Invariant: `due` holds only runs that wait for a time.

use crate::domain::flow::run as domain;
use crate::storage::record::mirror::stored;
use crate::storage::record::{RecordError, Stored, read_row, write_row};
use crate::storage::{IndexPart, Row, StoreName};

stored! {
    /// A row of [`StoreName::Runs`].
    struct RunRecord for domain::Run {
        id: String,
        flow_id: String,
        flow_version: Option<u32>,
        profile_id: String,
        event_id: Option<String>,
        position: Option<String>,
        status: RunStatusRecord,
        visited: Vec<String>,
        entered_at: i64,
    }
}
stored! {
    enum RunStatusRecord for domain::RunStatus { Active, WaitingUntil { due_at: i64 }, Ended }
}

impl Stored for domain::Run {
    const STORE: StoreName = StoreName::Runs;
    const VERSION: u32 = 1;

    fn to_row(&self) -> Row {
        let flow_profile = vec![
            IndexPart::Text(self.flow_id.as_str().to_owned()),
            IndexPart::Text(self.profile_id.as_str().to_owned()),
            IndexPart::Number(self.entered_at.as_millis()),
        ];
        let mut index_keys = vec![("flow-profile", flow_profile)];
        match self.status {
            domain::RunStatus::WaitingUntil { due_at } => {
                index_keys.push(("due", vec![IndexPart::Number(due_at.as_millis())]));
            }
            domain::RunStatus::Active | domain::RunStatus::Ended => {}
        }
        write_row::<Self, RunRecord>(self, self.id.as_str().to_owned(), index_keys)
    }

    fn from_row(row: &Row) -> Result<Self, RecordError> {
        read_row::<Self, RunRecord>(row)
    }
}
