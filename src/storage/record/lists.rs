//! How lists and segments lie on disk: all of them in one row of the settings.
//!
//! In: sets of profiles. Out: a row, and back.
//! Invariant: members are kept by id, in order.

use crate::domain::lists as domain;
use crate::storage::record::mirror::stored;
use crate::storage::record::{RecordError, Stored, read_row, write_row};
use crate::storage::{Row, StoreName};

/// The key of the one row that holds [`domain::ProfileSets`].
pub const SETS_KEY: &str = "lists";

stored! {
    /// A row of [`StoreName::Settings`].
    struct ProfileSetsRecord for domain::ProfileSets { sets: Vec<ProfileSetRecord> }
}
stored! {
    struct ProfileSetRecord for domain::ProfileSet { kind: SetKindRecord, name: String, members: Vec<String> }
}
stored! {
    names SetKindRecord for domain::SetKind { List, Segment }
}

impl Stored for domain::ProfileSets {
    const STORE: StoreName = StoreName::Settings;
    const VERSION: u32 = 1;

    fn to_row(&self) -> Row {
        write_row::<Self, ProfileSetsRecord>(self, SETS_KEY.to_owned(), [])
    }

    fn from_row(row: &Row) -> Result<Self, RecordError> {
        read_row::<Self, ProfileSetsRecord>(row)
    }
}
