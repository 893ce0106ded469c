//! What lies on disk: rows in stores, and the one trait that reads and writes them.
//!
//! In: batches of checks and writes. Out: rows, or an error that says what a person can do.
//! Invariant: a batch happens as a whole or not at all.

pub mod backup;
pub mod fallback;
pub mod memory;
pub mod migrate;
pub mod record;
pub mod schema;

use std::cmp::Ordering;
use std::collections::BTreeMap;

use thiserror::Error;

pub use crate::storage::schema::StoreName;

/// One stored thing: its text, and what it can be found by.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub store: StoreName,
    pub key: String,
    /// Counts the writes of this key, from 1; what a later write checks.
    pub revision: u64,
    /// The version of the JSON's shape.
    pub version: u32,
    pub json: String,
    /// Where the row stands in each index; a row without an entry is not in that index.
    pub index_keys: BTreeMap<&'static str, IndexKey>,
}

/// A compound key, compared part by part.
pub type IndexKey = Vec<IndexPart>;

/// Numbers sort before text, as in IndexedDB. <https://w3c.github.io/IndexedDB/#key-construct>
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexPart {
    /// Exact up to 2^53 in both directions, as every number of the browser's.
    Number(i64),
    Text(String),
}

impl Ord for IndexPart {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(one), Self::Number(other)) => one.cmp(other),
            (Self::Number(_), Self::Text(_)) => Ordering::Less,
            (Self::Text(_), Self::Number(_)) => Ordering::Greater,
            (Self::Text(one), Self::Text(other)) => compare_text(one, other),
        }
    }
}

impl PartialOrd for IndexPart {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Compares keys as IndexedDB does: by UTF-16 code units, which puts 😀 before ｡.
pub fn compare_text(one: &str, other: &str) -> Ordering {
    if one.is_ascii() && other.is_ascii() {
        return one.cmp(other);
    }
    one.encode_utf16().cmp(other.encode_utf16())
}

/// Which rows, in which order.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    pub store: StoreName,
    pub by: Order,
    pub direction: Direction,
    /// At most this many rows.
    pub limit: usize,
}

/// What rows are ordered and bounded by.
#[derive(Debug, Clone, PartialEq)]
pub enum Order {
    /// By key, from `after` (exclusive, in the query's direction) if given; only keys with `prefix`.
    Key { prefix: String, after: Option<String> },
    /// By an index, and by key where that says the same; `from` and `to` are both inclusive; `None` is unbounded. Of the rows at
    /// the bound where the walk starts, only those beyond `after` in its direction, if given.
    Index { name: &'static str, from: Option<IndexKey>, to: Option<IndexKey>, after: Option<String> },
}

impl Query {
    /// Where a walk through an index goes on: at an index key, beyond a row's key.
    pub fn goes_on_from(&self) -> Option<(&IndexKey, &str)> {
        match (&self.by, self.direction) {
            (Order::Index { from: Some(start), after: Some(after), .. }, Direction::Ascending)
            | (Order::Index { to: Some(start), after: Some(after), .. }, Direction::Descending) => Some((start, after)),
            (Order::Index { .. } | Order::Key { .. }, _) => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Ascending,
    Descending,
}

impl Direction {
    /// Whether a key comes after another one in this direction.
    pub fn is_beyond(self, key: &str, other: &str) -> bool {
        match self {
            Self::Ascending => compare_text(key, other).is_gt(),
            Self::Descending => compare_text(key, other).is_lt(),
        }
    }
}

/// Checks and writes that happen together, in one transaction.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Batch {
    pub checks: Vec<Check>,
    pub writes: Vec<Write>,
    pub durability: Durability,
}

/// What must hold for a batch to happen.
#[derive(Debug, Clone, PartialEq)]
pub enum Check {
    /// The row stands at this revision; 0 means there is no such row.
    Revision { store: StoreName, key: String, revision: u64 },
}

/// One change. The store counts revisions itself.
#[derive(Debug, Clone, PartialEq)]
pub enum Write {
    /// `row.revision` is ignored and set to one more than the stored row's.
    Put(Row),
    /// A row whose key is new; the batch fails if it is not. Cheaper than a put, which has to look first.
    Add(Row),
    /// The row as it is, its revision included, whatever stood there: for a writer that knows what did. The cheapest.
    Set(Row),
    Delete {
        store: StoreName,
        key: String,
    },
    /// Everything from one key to another, both included.
    DeleteRange {
        store: StoreName,
        from: String,
        to: String,
    },
}

/// Whether the disk is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// For what must not be lost.
    #[default]
    Strict,
    /// For what can be made again.
    Relaxed,
}

/// What can go wrong with a store.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StoreError {
    /// A check did not hold: somebody else wrote in between. Nothing was written.
    #[error("{store:?} {key} stands at revision {found}, not {expected}")]
    Conflict { store: StoreName, key: String, expected: u64, found: u64 },
    /// The browser refuses storage, as in some private windows.
    #[error("the browser refuses storage: {reason}")]
    Refused { reason: String },
    #[error("storage is full: {reason}")]
    QuotaExceeded { reason: String },
    /// Another tab holds an older version open.
    #[error("another tab keeps an older version of the database open")]
    UpgradeBlocked,
    /// The database was written by a newer version of the app.
    #[error("the database has version {found}, newer than {known}")]
    TooNew { found: u32, known: u32 },
    #[error("the database connection was lost: {reason}")]
    Disconnected { reason: String },
    #[error("storage failed: {reason}")]
    Failed { reason: String },
}

/// A place that keeps rows. Every implementation passes one conformance suite.
#[expect(async_fn_in_trait, reason = "one thread, in the browser and in tests: no future needs to be Send")]
pub trait Store {
    /// The row with this key.
    async fn get(&self, store: StoreName, key: &str) -> Result<Option<Row>, StoreError>;
    /// The rows with these keys, in their order, read at one moment.
    async fn get_many(&self, store: StoreName, keys: &[String]) -> Result<Vec<Option<Row>>, StoreError>;
    /// Rows in order.
    async fn query(&self, query: Query) -> Result<Vec<Row>, StoreError>;
    /// Does all of the batch, or none of it. Answers the new revision of every row put or added, in order.
    async fn commit(&self, batch: Batch) -> Result<Vec<u64>, StoreError>;
}
