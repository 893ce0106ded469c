//! The inbox on disk: what pages asked of the sender.
//!
//! In: commands as text. Out: rows that the sender deletes when it has done them.
//! Invariant: an entry lives for moments; one that a newer version wrote stays until that version reads it.

use crate::domain::id::CommandId;
use crate::storage::record::mirror::stored;
use crate::storage::record::{RecordError, Stored, read_row, write_row};
use crate::storage::{Row, StoreName};

/// A command under the id it was given; ids sort by the time they were asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxText {
    pub command_id: CommandId,
    /// The command's JSON, which the runtime owns.
    pub text: String,
}

stored! {
    /// A row of [`StoreName::Inbox`].
    struct InboxRecord for InboxText { command_id: String, text: String }
}

impl Stored for InboxText {
    const STORE: StoreName = StoreName::Inbox;
    const VERSION: u32 = 1;

    fn to_row(&self) -> Row {
        write_row::<Self, InboxRecord>(self, self.command_id.as_str().to_owned(), [])
    }

    fn from_row(row: &Row) -> Result<Self, RecordError> {
        read_row::<Self, InboxRecord>(row)
    }
}
