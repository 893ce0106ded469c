//! How running totals lie on disk: counters under a key.
//!
//! In: tallies. Out: rows, and back.
//! Invariant: a counter's place never changes; new ones are added at the end of their group's list.

use crate::domain::delivery::totals::Tally;
use crate::storage::record::mirror::stored;
use crate::storage::record::{RecordError, Stored, read_row, write_row};
use crate::storage::{Row, StoreName};

stored! {
    /// A row of [`StoreName::Totals`].
    struct TallyRecord for Tally { key: String, counters: Vec<u64> }
}

impl Stored for Tally {
    const STORE: StoreName = StoreName::Totals;
    const VERSION: u32 = 1;

    fn to_row(&self) -> Row {
        write_row::<Self, TallyRecord>(self, self.key.clone(), [])
    }

    fn from_row(row: &Row) -> Result<Self, RecordError> {
        read_row::<Self, TallyRecord>(row)
    }
}
