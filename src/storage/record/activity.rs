//! How the activity log lies on disk: one row an entry.
//!
//! In: numbered log entries. Out: rows, and back.
//! Invariant: keys sort in the order in which things happened, also within one millisecond.

use crate::domain::activity as domain;
use crate::domain::id::{DeliveryId, sortable_id};
use crate::storage::record::delivery::SkipReasonRecord;
use crate::storage::record::mirror::stored;
use crate::storage::record::outcome::OutcomeRecord;
use crate::storage::record::{RecordError, Stored, read_row, write_row};
use crate::storage::{IndexPart, Row, StoreName};

/// An entry and its place in the log.
#[derive(Debug, Clone, PartialEq)]
pub struct LoggedEntry {
    /// Counts the entries one sender writes; orders those of the same millisecond.
    pub sequence: u64,
    pub entry: domain::ActivityEntry,
}

stored! {
    /// A row of [`StoreName::Activity`].
    struct LoggedEntryRecord for LoggedEntry { sequence: u64, entry: ActivityEntryRecord }
}
stored! {
    struct ActivityEntryRecord for domain::ActivityEntry {
        at: i64,
        flow_id: String,
        profile_id: String,
        event: ActivityEventRecord,
    }
}
stored! {
    enum ActivityEventRecord for domain::ActivityEvent {
        RunStarted,
        EntryRefused { reason: String },
        NodePassedOver { node_id: String, reason: String },
        DelayStarted { node_id: String, until: i64 },
        BranchTaken { node_id: String, is_yes: bool, reason: String },
        DeliveryQueued { delivery_id: String, node_id: String },
        AttemptStarted { delivery_id: String, attempt_number: u32, due_at: i64 },
        AttemptFinished { delivery_id: String, attempt_number: u32, outcome: OutcomeRecord },
        RetryScheduled { delivery_id: String, due_at: i64 },
        Delivered { delivery_id: String },
        Skipped { delivery_id: String, reason: SkipReasonRecord },
        RunEnded,
        EditedInto { delivery_id: String, into: String },
    }
}

/// The delivery an entry is about, if it is about one.
const fn delivery_id(event: &domain::ActivityEvent) -> Option<&DeliveryId> {
    match event {
        domain::ActivityEvent::DeliveryQueued { delivery_id, .. }
        | domain::ActivityEvent::AttemptStarted { delivery_id, .. }
        | domain::ActivityEvent::AttemptFinished { delivery_id, .. }
        | domain::ActivityEvent::RetryScheduled { delivery_id, .. }
        | domain::ActivityEvent::Delivered { delivery_id }
        | domain::ActivityEvent::Skipped { delivery_id, .. }
        | domain::ActivityEvent::EditedInto { delivery_id, .. } => Some(delivery_id),
        domain::ActivityEvent::RunStarted
        | domain::ActivityEvent::EntryRefused { .. }
        | domain::ActivityEvent::NodePassedOver { .. }
        | domain::ActivityEvent::DelayStarted { .. }
        | domain::ActivityEvent::BranchTaken { .. }
        | domain::ActivityEvent::RunEnded => None,
    }
}

impl Stored for LoggedEntry {
    const STORE: StoreName = StoreName::Activity;
    const VERSION: u32 = 1;

    fn to_row(&self) -> Row {
        let at = IndexPart::Number(self.entry.at.as_millis());
        let index_key = delivery_id(&self.entry.event)
            .map(|delivery_id| ("delivery", vec![IndexPart::Text(delivery_id.as_str().to_owned()), at]));
        write_row::<Self, LoggedEntryRecord>(self, sortable_id(self.entry.at, self.sequence), index_key)
    }

    fn from_row(row: &Row) -> Result<Self, RecordError> {
        read_row::<Self, LoggedEntryRecord>(row)
    }
}
