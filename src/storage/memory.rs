//! A store in memory, for tests and for browsers that refuse storage.
//!
//! In: batches. Out: rows.
//! Invariant: answers exactly as the store in the browser does; one conformance suite holds both to it.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::storage::{Batch, Check, Direction, Order, Query, Row, Store, StoreError, StoreName, Write, compare_text};

/// Rows in a map.
#[derive(Debug, Default)]
pub struct MemoryStore {
    rows: RefCell<BTreeMap<(StoreName, String), Row>>,
}

impl MemoryStore {
    fn stored_revision(&self, store: StoreName, key: &str) -> u64 {
        self.rows.borrow().get(&(store, key.to_owned())).map_or(0, |row| row.revision)
    }
}

impl Store for MemoryStore {
    async fn get(&self, store: StoreName, key: &str) -> Result<Option<Row>, StoreError> {
        Ok(self.rows.borrow().get(&(store, key.to_owned())).cloned())
    }

    async fn query(&self, query: Query) -> Result<Vec<Row>, StoreError> {
        let rows = self.rows.borrow();
        let mut found: Vec<&Row> = rows.values().filter(|row| row.store == query.store).collect();
        match &query.by {
            Order::Key { prefix, after } => {
                found.retain(|row| row.key.starts_with(prefix.as_str()));
                if let Some(after) = after {
                    match query.direction {
                        Direction::Ascending => found.retain(|row| compare_text(&row.key, after).is_gt()),
                        Direction::Descending => found.retain(|row| compare_text(&row.key, after).is_lt()),
                    }
                }
                found.sort_by(|a, b| compare_text(&a.key, &b.key));
            }
            Order::Index { name, from, to } => {
                found.retain(|row| {
                    row.index_keys.get(name).is_some_and(|key| {
                        from.as_ref().is_none_or(|from| key >= from) && to.as_ref().is_none_or(|to| key <= to)
                    })
                });
                found.sort_by(|a, b| {
                    a.index_keys.get(name).cmp(&b.index_keys.get(name)).then_with(|| compare_text(&a.key, &b.key))
                });
            }
        }
        if query.direction == Direction::Descending {
            found.reverse();
        }
        Ok(found.into_iter().take(query.limit).cloned().collect())
    }

    async fn commit(&self, batch: Batch) -> Result<Vec<u64>, StoreError> {
        for check in &batch.checks {
            match check {
                Check::Revision { store, key, revision } => {
                    let found = self.stored_revision(*store, key);
                    if found != *revision {
                        let (store, key, expected) = (*store, key.clone(), *revision);
                        return Err(StoreError::Conflict { store, key, expected, found });
                    }
                }
            }
        }
        let mut revisions = Vec::new();
        for write in batch.writes {
            match write {
                Write::Put(mut row) => {
                    row.revision = self.stored_revision(row.store, &row.key) + 1;
                    revisions.push(row.revision);
                    self.rows.borrow_mut().insert((row.store, row.key.clone()), row);
                }
                Write::Delete { store, key } => {
                    self.rows.borrow_mut().remove(&(store, key));
                }
            }
        }
        Ok(revisions)
    }
}
