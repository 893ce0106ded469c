//! The sender's generation: the one row that fences senders.
//!
//! In: a claim to be the sender. Out: a row, and the check that guards what that sender writes.
//! Invariant: the generation is the row's revision, so claiming counts it up and the store itself enforces it.

use crate::domain::time::Timestamp;
use crate::storage::record::mirror::stored;
use crate::storage::record::{RecordError, Stored, read_row, write_row};
use crate::storage::{Check, Row, StoreName};

/// The key of the one row that holds the [`Generation`].
pub const GENERATION_KEY: &str = "generation";

/// A claim to be the one sender. Writing it makes every older claim void.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generation {
    pub claimed_at: Timestamp,
}

stored! {
    /// A row of [`StoreName::Meta`].
    struct GenerationRecord for Generation { claimed_at: i64 }
}

/// Holds while nobody has claimed to be the sender after `generation`, the revision that the claim's commit answered.
pub fn generation_check(generation: u64) -> Check {
    Check::Revision { store: StoreName::Meta, key: GENERATION_KEY.to_owned(), revision: generation }
}

impl Stored for Generation {
    const STORE: StoreName = StoreName::Meta;
    const VERSION: u32 = 1;

    fn to_row(&self) -> Row {
        write_row::<Self, GenerationRecord>(self, GENERATION_KEY.to_owned(), [])
    }

    fn from_row(row: &Row) -> Result<Self, RecordError> {
        read_row::<Self, GenerationRecord>(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_survives_its_row() {
        let generation = Generation { claimed_at: Timestamp::from_millis(5) };
        assert_eq!(generation.to_row().json, r#"{"claimed_at":5}"#);
        assert_eq!(Generation::from_row(&generation.to_row()), Ok(generation.clone()));
    }
}
