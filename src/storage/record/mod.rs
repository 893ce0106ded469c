//! Stored types: one for each kind of row, with its own serde shape and version.
//!
//! In: domain values. Out: rows, and back.
//! Invariant: a stored shape never changes without a migration in the same commit.

use thiserror::Error;

use crate::storage::{Row, StoreName};

/// Why a row could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RecordError {
    #[error("{store:?} {key} has version {found}, newer than {known}")]
    TooNew { store: StoreName, key: String, found: u32, known: u32 },
    #[error("{store:?} {key} cannot be read: {reason}")]
    Unreadable { store: StoreName, key: String, reason: String },
}

/// A domain value that has a place on disk.
pub trait Stored: Sized {
    /// Where it lies.
    const STORE: StoreName;
    /// The version of its JSON.
    const VERSION: u32;
    /// The row it becomes; its revision is 0.
    fn to_row(&self) -> Row;
    /// The value a row holds, migrated from whatever version it was written in.
    fn from_row(row: &Row) -> Result<Self, RecordError>;
}
