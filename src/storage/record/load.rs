//! Reads all rows of a kind, without letting one broken row stop the rest.
//!
//! In: a store. Out: the values that can be read, and what could not be, with the reason.
//! Invariant: a row that cannot be read is kept as it was, under another name.

use std::collections::BTreeMap;

use thiserror::Error;

use crate::storage::record::{RecordError, Stored};
use crate::storage::{Batch, Check, Direction, Durability, Order, Query, Row, Store, StoreError, StoreName, Write};

/// Rows read from the store at a time.
const SLICE: usize = 500;

/// A value, and the revision that a later write of it checks.
#[derive(Debug, Clone, PartialEq)]
pub struct Revised<T> {
    pub revision: u64,
    pub value: T,
}

/// What loading a kind of rows gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded<T> {
    /// In the order of their keys.
    pub values: Vec<Revised<T>>,
    pub broken: Vec<BrokenRow>,
}

/// A row that could not be read, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct BrokenRow {
    pub row: Row,
    pub error: RecordError,
}

/// Why a value could not be loaded.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LoadError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Record(#[from] RecordError),
}

/// The value under `key`, if there is one.
pub async fn load<T: Stored>(store: &impl Store, key: &str) -> Result<Option<Revised<T>>, LoadError> {
    match store.get(T::STORE, key).await? {
        Some(row) => Ok(Some(Revised { revision: row.revision, value: T::from_row(&row)? })),
        None => Ok(None),
    }
}

/// Every value of a kind, and every row that could not be read.
pub async fn load_all<T: Stored>(store: &impl Store) -> Result<Loaded<T>, StoreError> {
    load_prefix(store, "").await
}

/// Every value of a kind whose key starts with `prefix`, and every such row that could not be read.
pub async fn load_prefix<T: Stored>(store: &impl Store, prefix: &str) -> Result<Loaded<T>, StoreError> {
    let mut loaded = Loaded { values: Vec::new(), broken: Vec::new() };
    let mut after = None;
    loop {
        let query = Query {
            store: T::STORE,
            by: Order::Key { prefix: prefix.to_owned(), after },
            direction: Direction::Ascending,
            limit: SLICE,
        };
        let rows = store.query(query).await?;
        let is_last = rows.len() < SLICE;
        after = rows.last().map(|row| row.key.clone());
        sort_out(rows, &mut loaded);
        if is_last {
            return Ok(loaded);
        }
    }
}

/// Reads rows that a query gave.
pub fn read_rows<T: Stored>(rows: Vec<Row>) -> Loaded<T> {
    let mut loaded = Loaded { values: Vec::new(), broken: Vec::new() };
    sort_out(rows, &mut loaded);
    loaded
}

/// Moves a row that cannot be read out of the way, as it was; rows of a newer version stay where they are (`None`).
pub fn set_aside(broken: &BrokenRow) -> Option<Batch> {
    match broken.error {
        RecordError::TooNew { .. } => None,
        RecordError::Unreadable { .. } => {
            let BrokenRow { row, .. } = broken;
            let kept = Row {
                store: StoreName::SetAside,
                key: format!("{}/{}", row.store.as_str(), row.key),
                index_keys: BTreeMap::new(),
                ..row.clone()
            };
            Some(Batch {
                checks: vec![Check::Revision { store: row.store, key: row.key.clone(), revision: row.revision }],
                writes: vec![Write::Put(kept), Write::Delete { store: row.store, key: row.key.clone() }],
                durability: Durability::Strict,
            })
        }
    }
}

fn sort_out<T: Stored>(rows: Vec<Row>, loaded: &mut Loaded<T>) {
    for row in rows {
        match T::from_row(&row) {
            Ok(value) => loaded.values.push(Revised { revision: row.revision, value }),
            Err(error) => loaded.broken.push(BrokenRow { row, error }),
        }
    }
}
