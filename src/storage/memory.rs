//! A store in memory, for tests and for browsers that refuse storage.
//!
//! In: batches. Out: rows.
//! Invariant: answers exactly as the store in the browser does; one conformance suite holds both to it.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use crate::storage::{
    Batch, Check, Direction, IndexKey, Order, Query, Row, Store, StoreError, StoreName, Write, compare_text,
};

/// Rows in maps, ordered as IndexedDB orders them.
#[derive(Debug, Default)]
pub struct MemoryStore {
    tables: RefCell<BTreeMap<StoreName, Table>>,
}

#[derive(Debug, Default)]
struct Table {
    rows: BTreeMap<Key, Row>,
    indexes: BTreeMap<&'static str, BTreeSet<(IndexKey, Key)>>,
}

/// A row's key, ordered by UTF-16 code units.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Key(String);

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        compare_text(&self.0, &other.0)
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Table {
    fn revision(&self, key: &str) -> u64 {
        self.rows.get(&Key(key.to_owned())).map_or(0, |row| row.revision)
    }

    fn insert(&mut self, row: Row) {
        let key = Key(row.key.clone());
        self.remove(&key);
        for (name, index_key) in &row.index_keys {
            self.indexes.entry(name).or_default().insert((index_key.clone(), key.clone()));
        }
        self.rows.insert(key, row);
    }

    fn remove(&mut self, key: &Key) {
        let Some(row) = self.rows.remove(key) else { return };
        for (name, index_key) in row.index_keys {
            if let Some(index) = self.indexes.get_mut(name) {
                index.remove(&(index_key, key.clone()));
            }
        }
    }

    fn remove_range(&mut self, from: &str, to: &str) {
        let (from, to) = (Key(from.to_owned()), Key(to.to_owned()));
        if from > to {
            return;
        }
        let keys: Vec<Key> = self.rows.range(from..=to).map(|(key, _)| key.clone()).collect();
        for key in &keys {
            self.remove(key);
        }
    }

    fn query(&self, query: &Query) -> Vec<Row> {
        let limit = query.limit;
        match &query.by {
            Order::Key { prefix, after } => {
                let start = Bound::Included(Key(prefix.clone()));
                let has_prefix = |(key, _): &(&Key, &Row)| key.0.starts_with(prefix.as_str());
                let is_after = |(key, _): &(&Key, &Row)| match (after, query.direction) {
                    (None, _) => true,
                    (Some(after), direction) => direction.is_beyond(&key.0, after),
                };
                let cloned = |(_, row): (&Key, &Row)| row.clone();
                match query.direction {
                    Direction::Ascending => {
                        let start = match after {
                            Some(after) if compare_text(after, prefix).is_ge() => Bound::Excluded(Key(after.clone())),
                            Some(_) | None => start,
                        };
                        let found = self.rows.range((start, Bound::Unbounded)).take_while(has_prefix);
                        found.filter(is_after).take(limit).map(cloned).collect()
                    }
                    Direction::Descending => {
                        let end = match after {
                            Some(after) => Bound::Excluded(Key(after.clone())),
                            None => Bound::Unbounded,
                        };
                        if matches!(&end, Bound::Excluded(end) if compare_text(&end.0, prefix).is_le()) {
                            return Vec::new();
                        }
                        let mut found: Vec<Row> = Vec::new();
                        for pair in self.rows.range((start, end)).rev() {
                            if has_prefix(&pair) && found.len() < limit {
                                found.push(pair.1.clone());
                            }
                        }
                        found
                    }
                }
            }
            Order::Index { name, from, to, .. } => {
                let Some(index) = self.indexes.get(name) else { return Vec::new() };
                let is_within = |(key, _): &&(IndexKey, Key)| {
                    from.as_ref().is_none_or(|from| key >= from) && to.as_ref().is_none_or(|to| key <= to)
                };
                let start = match from {
                    Some(from) => Bound::Included((from.clone(), Key(String::new()))),
                    None => Bound::Unbounded,
                };
                let row = |(_, key): &(IndexKey, Key)| self.rows.get(key).cloned();
                let goes_on_from = query.goes_on_from();
                let is_beyond = |(index_key, key): &&(IndexKey, Key)| {
                    goes_on_from
                        .is_none_or(|(start, after)| index_key != start || query.direction.is_beyond(&key.0, after))
                };
                match query.direction {
                    Direction::Ascending => {
                        let found = index.range((start, Bound::Unbounded)).take_while(is_within);
                        found.filter(is_beyond).take(limit).filter_map(row).collect()
                    }
                    Direction::Descending => {
                        let end = match to {
                            // The first key after everything that equals `to`.
                            Some(to) => {
                                let mut end = to.clone();
                                end.push(crate::storage::IndexPart::Number(i64::MIN));
                                Bound::Excluded((end, Key(String::new())))
                            }
                            None => Bound::Unbounded,
                        };
                        if from.as_ref().zip(to.as_ref()).is_some_and(|(from, to)| from > to) {
                            return Vec::new();
                        }
                        let found = index.range((start, end)).rev().filter(is_within);
                        found.filter(is_beyond).take(limit).filter_map(row).collect()
                    }
                }
            }
        }
    }
}

impl Store for MemoryStore {
    async fn get(&self, store: StoreName, key: &str) -> Result<Option<Row>, StoreError> {
        let tables = self.tables.borrow();
        Ok(tables.get(&store).and_then(|table| table.rows.get(&Key(key.to_owned()))).cloned())
    }

    async fn get_many(&self, store: StoreName, keys: &[String]) -> Result<Vec<Option<Row>>, StoreError> {
        let tables = self.tables.borrow();
        let table = tables.get(&store);
        Ok(keys.iter().map(|key| table.and_then(|table| table.rows.get(&Key(key.clone()))).cloned()).collect())
    }

    async fn query(&self, query: Query) -> Result<Vec<Row>, StoreError> {
        Ok(self.tables.borrow().get(&query.store).map_or_else(Vec::new, |table| table.query(&query)))
    }

    async fn commit(&self, batch: Batch) -> Result<Vec<u64>, StoreError> {
        let mut tables = self.tables.borrow_mut();
        let revision_of = |tables: &BTreeMap<StoreName, Table>, store: StoreName, key: &str| {
            tables.get(&store).map_or(0, |table| table.revision(key))
        };
        let added = batch.writes.iter().filter_map(|write| match write {
            Write::Add(row) => Some((row.store, &row.key, 0)),
            Write::Put(_) | Write::Set(_) | Write::Delete { .. } | Write::DeleteRange { .. } => None,
        });
        let checked = batch.checks.iter().map(|check| match check {
            Check::Revision { store, key, revision } => (*store, key, *revision),
        });
        for (store, key, expected) in checked.chain(added) {
            let found = revision_of(&tables, store, key);
            if found != expected {
                return Err(StoreError::Conflict { store, key: key.clone(), expected, found });
            }
        }
        let mut revisions = Vec::new();
        for write in batch.writes {
            match write {
                Write::Put(mut row) | Write::Add(mut row) => {
                    let table = tables.entry(row.store).or_default();
                    row.revision = table.revision(&row.key) + 1;
                    revisions.push(row.revision);
                    table.insert(row);
                }
                Write::Set(row) => {
                    revisions.push(row.revision);
                    tables.entry(row.store).or_default().insert(row);
                }
                Write::Delete { store, key } => {
                    tables.entry(store).or_default().remove(&Key(key));
                }
                Write::DeleteRange { store, from, to } => {
                    tables.entry(store).or_default().remove_range(&from, &to);
                }
            }
        }
        Ok(revisions)
    }
}
