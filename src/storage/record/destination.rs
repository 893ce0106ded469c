//! How the sender's knowledge of destinations lies on disk.
//!
//! In: what is known of an origin. Out: a row, and back.
//! Invariant: the row's key is the origin, such as `https://hooks.example.com`.

use crate::domain::delivery::destination as domain;
use crate::storage::record::mirror::stored;
use crate::storage::record::outcome::OutcomeRecord;
use crate::storage::record::{RecordError, Stored, read_row, write_row};
use crate::storage::{Row, StoreName};

stored! {
    /// A row of [`StoreName::Destinations`].
    struct DestinationRecord for domain::Destination {
        origin: String,
        has_answered_readably: bool,
        concurrency: Option<u32>,
        rate_per_minute: Option<u32>,
        pause: Option<PauseRecord>,
        health: Option<HealthRecord>,
    }
}
stored! {
    struct PauseRecord for domain::Pause { at: i64, try_at: Option<i64>, n_tries: u32 }
}
stored! {
    struct HealthRecord for domain::Health {
        n_attempts: u64,
        n_failed: u64,
        n_unreadable: u64,
        n_failed_in_row: u32,
        n_deliveries_in_row: u32,
        last_ok_at: Option<i64>,
        last_failed_at: Option<i64>,
        last_outcome: Option<OutcomeRecord>,
    }
}

impl Stored for domain::Destination {
    const STORE: StoreName = StoreName::Destinations;
    const VERSION: u32 = 1;

    fn to_row(&self) -> Row {
        write_row::<Self, DestinationRecord>(self, self.origin.clone(), [])
    }

    fn from_row(row: &Row) -> Result<Self, RecordError> {
        read_row::<Self, DestinationRecord>(row)
    }
}
