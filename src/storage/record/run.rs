//! Runs on disk.
//!
//! In: a run with its event. Out: a row, found by flow and profile, and by its due time while it waits.
//! Invariant: only a waiting run is in the index `due`.

use crate::domain::flow::run as domain;
use crate::storage::record::event::TriggerEventRecord;
use crate::storage::record::mirror::stored;
use crate::storage::record::{RecordError, Stored, read_row, write_row};
use crate::storage::{IndexPart, Row, StoreName};

stored! {
    /// A row of [`StoreName::Runs`].
    struct RunDocumentRecord for domain::RunDocument { run: RunRecord, event: Option<TriggerEventRecord> }
}
stored! {
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

impl Stored for domain::RunDocument {
    const STORE: StoreName = StoreName::Runs;
    const VERSION: u32 = 1;

    fn to_row(&self) -> Row {
        let run = &self.run;
        let mut index_keys = vec![(
            "flow-profile",
            vec![
                IndexPart::Text(run.flow_id.as_str().to_owned()),
                IndexPart::Text(run.profile_id.as_str().to_owned()),
                IndexPart::Number(run.entered_at.as_millis()),
            ],
        )];
        match run.status {
            domain::RunStatus::WaitingUntil { due_at } => {
                index_keys.push(("due", vec![IndexPart::Number(due_at.as_millis())]));
            }
            domain::RunStatus::Active | domain::RunStatus::Ended => {}
        }
        write_row::<Self, RunDocumentRecord>(self, run.id.as_str().to_owned(), index_keys)
    }

    fn from_row(row: &Row) -> Result<Self, RecordError> {
        read_row::<Self, RunDocumentRecord>(row)
    }
}
