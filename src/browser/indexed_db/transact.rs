//! Single transactions: a read, a query, a batch.
//!
//! In: an open database. Out: rows and revisions.
//! Invariant: everything is made ready before a transaction opens; inside, only its own requests are waited for.

use std::collections::{BTreeMap, BTreeSet};

use indexed_db_futures::KeyRange;
use indexed_db_futures::cursor::CursorDirection;
use indexed_db_futures::database::Database;
use indexed_db_futures::internals::SystemRepr;
use indexed_db_futures::object_store::ObjectStore;
use indexed_db_futures::prelude::*;
use indexed_db_futures::transaction::{Transaction, TransactionDurability, TransactionMode, TransactionOptions};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::IdbTransaction;

use crate::browser::indexed_db::error::{from_exception, from_request};
use crate::browser::indexed_db::row::{self, StoredRow};
use crate::storage::{
    Batch, Check, Direction, Durability, Order, Query, Row, StoreError, StoreName, Write, compare_text,
};

/// The row with this key.
pub async fn get(database: &Database, store: StoreName, key: &str) -> Result<Option<Row>, StoreError> {
    let read = async || {
        let transaction = database.transaction(store.as_str()).with_mode(TransactionMode::Readonly).build()?;
        let objects = transaction.object_store(store.as_str())?;
        let found: Option<JsValue> =
            objects.get::<JsValue, JsValue, _>(KeyRange::Only(JsValue::from_str(key))).primitive()?.await?;
        Ok(found.map(|value| row::from_stored(store, &value)))
    };
    read().await.map_err(from_request)
}

/// The rows with these keys, in one transaction.
pub async fn get_many(database: &Database, store: StoreName, keys: &[String]) -> Result<Vec<Option<Row>>, StoreError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let read = async || {
        let transaction = database.transaction(store.as_str()).with_mode(TransactionMode::Readonly).build()?;
        let objects = transaction.object_store(store.as_str())?;
        let mut requests = Vec::with_capacity(keys.len());
        for key in keys {
            requests.push(objects.get::<JsValue, JsValue, _>(KeyRange::Only(JsValue::from_str(key))).primitive()?);
        }
        let mut rows = Vec::with_capacity(keys.len());
        for request in requests {
            rows.push(request.await?.map(|value| row::from_stored(store, &value)));
        }
        Ok(rows)
    };
    read().await.map_err(from_request)
}

/// The rows a query asks for.
pub async fn query(database: &Database, query: &Query) -> Result<Vec<Row>, StoreError> {
    // A limit of 0 would mean no limit to IndexedDB.
    let Some(range) = row::key_range(query).filter(|_| query.limit > 0) else { return Ok(Vec::new()) };
    let read = async || {
        let name = query.store.as_str();
        let transaction = database.transaction(name).with_mode(TransactionMode::Readonly).build()?;
        let objects = transaction.object_store(name)?;
        match &query.by {
            Order::Key { .. } => read_objects(&objects, query, range).await,
            Order::Index { name, .. } => read_index(&objects, name, query, range).await,
        }
    };
    let values: Vec<JsValue> = read().await.map_err(from_request)?;
    Ok(values.iter().map(|value| row::from_stored(query.store, value)).collect())
}

/// Reads in slices by `getAll` upwards, and one by one downwards, which `getAll` cannot do in every browser.
macro_rules! read_source {
    ($source:expr, $query:expr, $range:expr) => {
        match $query.direction {
            Direction::Ascending => {
                let limit = u32::try_from($query.limit).unwrap_or(u32::MAX);
                $source
                    .get_all::<JsValue>()
                    .with_query::<JsValue, _>($range)
                    .with_limit(limit)
                    .primitive()?
                    .await?
                    .collect()
            }
            Direction::Descending => {
                let request =
                    $source.open_cursor().with_query::<JsValue, _>($range).with_direction(CursorDirection::Prev);
                let mut values = Vec::new();
                if let Some(mut cursor) = request.primitive()?.await? {
                    while values.len() < $query.limit {
                        match cursor.next_record::<JsValue>().await? {
                            Some(value) => values.push(value),
                            None => break,
                        }
                    }
                }
                Ok(values)
            }
        }
    };
}

async fn read_objects(
    objects: &ObjectStore<'_>,
    query: &Query,
    range: KeyRange<JsValue>,
) -> indexed_db_futures::Result<Vec<JsValue>> {
    read_source!(objects, query, range)
}

async fn read_index(
    objects: &ObjectStore<'_>,
    name: &str,
    query: &Query,
    range: KeyRange<JsValue>,
) -> indexed_db_futures::Result<Vec<JsValue>> {
    let index = objects.index(name)?;
    read_source!(index, query, range)
}

/// Does all of the batch, or none of it.
pub async fn commit(database: &Database, batch: &Batch) -> Result<Vec<u64>, StoreError> {
    let keys = touched_keys(batch);
    let unread = batch.writes.iter().filter_map(|write| match write {
        Write::Add(row) | Write::Set(row) => Some(row.store.as_str()),
        Write::Delete { store, .. } | Write::DeleteRange { store, .. } => Some(store.as_str()),
        Write::Put(_) => None,
    });
    let names: BTreeSet<&str> = keys.iter().map(|(store, _)| store.as_str()).chain(unread).collect();
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let stored = batch.writes.iter().map(to_stored).collect::<Result<Vec<_>, _>>()?;
    let transaction = begin(database, &names.into_iter().collect::<Vec<_>>(), batch)?;
    let mut revisions = stored_revisions(&transaction, &keys).await.map_err(from_request)?;
    // Returning before the transaction is committed aborts it.
    for check in &batch.checks {
        match check {
            Check::Revision { store, key, revision } => {
                let found = revisions.get(&(*store, key.as_str())).copied().unwrap_or(0);
                if found != *revision {
                    let (store, key, expected) = (*store, key.clone(), *revision);
                    return Err(StoreError::Conflict { store, key, expected, found });
                }
            }
        }
    }
    let written = write(&transaction, &batch.writes, &stored, &mut revisions).map_err(from_request)?;
    let handle: IdbTransaction = transaction.as_sys().unchecked_ref::<IdbTransaction>().clone();
    match transaction.commit().await {
        Ok(()) => Ok(written),
        // The transaction knows better why it was aborted, such as a full disk at the last moment.
        Err(error) => Err(handle.error().map_or_else(|| from_request(error), |exception| from_exception(&exception))),
    }
}

fn to_stored(write: &Write) -> Result<Option<StoredRow>, StoreError> {
    match write {
        Write::Put(row) | Write::Add(row) | Write::Set(row) => {
            row::to_stored(row).map(Some).map_err(|error| from_request(error.into()))
        }
        Write::Delete { .. } | Write::DeleteRange { .. } => Ok(None),
    }
}

/// The keys whose revisions are needed, each once.
fn touched_keys(batch: &Batch) -> BTreeSet<(StoreName, &str)> {
    let checked = batch.checks.iter().map(|check| match check {
        Check::Revision { store, key, .. } => (*store, key.as_str()),
    });
    let written = batch.writes.iter().filter_map(|write| match write {
        Write::Put(row) => Some((row.store, row.key.as_str())),
        // A deletion needs no revision, and neither does a row that is new.
        Write::Add(_) | Write::Set(_) | Write::Delete { .. } | Write::DeleteRange { .. } => None,
    });
    checked.chain(written).collect()
}

fn begin<'a>(database: &'a Database, names: &[&str], batch: &Batch) -> Result<Transaction<'a>, StoreError> {
    let durability = match batch.durability {
        Durability::Strict => TransactionDurability::Strict,
        Durability::Relaxed => TransactionDurability::Relaxed,
    };
    let mode = if batch.writes.is_empty() { TransactionMode::Readonly } else { TransactionMode::Readwrite };
    database
        .transaction(names)
        .with_mode(mode)
        .with_options(TransactionOptions::new().with_durability(durability))
        .build()
        .map_err(from_request)
}

async fn stored_revisions<'a>(
    transaction: &Transaction<'_>,
    keys: &BTreeSet<(StoreName, &'a str)>,
) -> indexed_db_futures::Result<BTreeMap<(StoreName, &'a str), u64>> {
    // All are asked for at once and then waited for in order: a thousand waits one by one take far longer.
    let mut requests = Vec::with_capacity(keys.len());
    for (store, key) in keys {
        let objects = transaction.object_store(store.as_str())?;
        requests.push(objects.get::<JsValue, JsValue, _>(KeyRange::Only(JsValue::from_str(key))).primitive()?);
    }
    let mut revisions = BTreeMap::new();
    for (place, request) in keys.iter().zip(requests) {
        if let Some(found) = request.await? {
            revisions.insert(*place, row::revision(&found));
        }
    }
    Ok(revisions)
}

/// Asks for every write. None is waited for: one that fails aborts the transaction, and `commit` says why.
fn write<'a>(
    transaction: &Transaction<'_>,
    writes: &'a [Write],
    stored: &[Option<StoredRow>],
    revisions: &mut BTreeMap<(StoreName, &'a str), u64>,
) -> indexed_db_futures::Result<Vec<u64>> {
    let mut written = Vec::new();
    for (write, stored) in writes.iter().zip(stored) {
        match (write, stored) {
            (Write::Put(row), Some(stored)) => {
                let revision = revisions.entry((row.store, row.key.as_str())).or_insert(0);
                *revision += 1;
                written.push(*revision);
                row::set_revision(stored, *revision);
                let objects = transaction.object_store(row.store.as_str())?;
                let value: &JsValue = stored.as_ref();
                objects.put(value.clone()).primitive()?;
            }
            (Write::Add(row), Some(stored)) => {
                revisions.insert((row.store, row.key.as_str()), 1);
                written.push(1);
                row::set_revision(stored, 1);
                let value: &JsValue = stored.as_ref();
                transaction.object_store(row.store.as_str())?.add(value.clone()).primitive()?;
            }
            (Write::Set(row), Some(stored)) => {
                revisions.insert((row.store, row.key.as_str()), row.revision);
                written.push(row.revision);
                row::set_revision(stored, row.revision);
                let value: &JsValue = stored.as_ref();
                transaction.object_store(row.store.as_str())?.put(value.clone()).primitive()?;
            }
            (Write::Put(_) | Write::Add(_) | Write::Set(_), None) => {}
            (Write::DeleteRange { store, from, to }, _) => {
                revisions.retain(|(name, key), _| {
                    name != store || compare_text(key, from).is_lt() || compare_text(key, to).is_gt()
                });
                // Bounds the wrong way round hold nothing, and IndexedDB refuses them.
                if compare_text(from, to).is_le() {
                    let range = KeyRange::Bound(JsValue::from_str(from), false, JsValue::from_str(to), false);
                    transaction.object_store(store.as_str())?.delete::<JsValue, _>(range).primitive()?;
                }
            }
            (Write::Delete { store, key }, _) => {
                revisions.remove(&(*store, key.as_str()));
                transaction
                    .object_store(store.as_str())?
                    .delete::<JsValue, _>(KeyRange::Only(JsValue::from_str(key)))
                    .primitive()?;
            }
        }
    }
    Ok(written)
}
