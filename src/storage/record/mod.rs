//! Stored types: one for each kind of row, with its own serde shape and version.
//!
//! In: domain values. Out: rows, and back.
//! Invariant: a stored shape never changes without a migration in the same commit.

pub mod activity;
pub mod condition;
pub mod delivery;
pub mod destination;
pub mod event;
pub mod flow;
pub mod generation;
pub mod inbox;
pub mod lists;
pub mod load;
pub mod member;
pub mod mirror;
pub mod open;
pub mod outcome;
pub mod run;
pub mod secret;
pub mod settings;
pub mod steps;
pub mod totals;

use thiserror::Error;

use crate::storage::migrate::{MIGRATIONS, migrate};
use crate::storage::record::mirror::{JsonText, Mirror};
use crate::storage::{IndexKey, Row, StoreName};

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

/// The row of a domain value whose stored type is `R`.
pub fn write_row<D, R>(domain: &D, key: String, index_keys: impl IntoIterator<Item = (&'static str, IndexKey)>) -> Row
where
    D: Stored,
    R: Mirror<D>,
{
    Row {
        store: D::STORE,
        key,
        revision: 0,
        version: D::VERSION,
        json: JsonText::of::<D, R>(domain),
        index_keys: index_keys.into_iter().collect(),
    }
}

/// The domain value of a row whose stored type is `R`, in today's shape.
pub fn read_row<D, R>(row: &Row) -> Result<D, RecordError>
where
    D: Stored,
    R: Mirror<D>,
{
    let unreadable = |reason: String| RecordError::Unreadable { store: row.store, key: row.key.clone(), reason };
    if row.version > D::VERSION {
        return Err(RecordError::TooNew {
            store: row.store,
            key: row.key.clone(),
            found: row.version,
            known: D::VERSION,
        });
    }
    if row.store != D::STORE {
        return Err(unreadable(format!("it lies in {:?}", row.store)));
    }
    let json = serde_json::from_str(&row.json).map_err(|error| unreadable(error.to_string()))?;
    let json =
        migrate(MIGRATIONS, D::STORE, row.version, D::VERSION, json).map_err(|error| unreadable(error.to_string()))?;
    R::read(json).map_err(|misfit| unreadable(misfit.to_string()))
}
