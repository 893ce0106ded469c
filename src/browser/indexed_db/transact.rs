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
use indexed_db_futures::primitive::TryToJs;
use indexed_db_futures::transaction::{Transaction, TransactionDurability, TransactionMode, TransactionOptions};
use js_sys::{Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::IdbTransaction;

use crate::browser::indexed_db::error::{from_exception, from_request};
use crate::browser::indexed_db::row::{self, StoredRow};
use crate::storage::{
    Batch, Check, Direction, Durability, IndexKey, Order, Query, Row, StoreError, StoreName, Write, compare_text,
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
        let keys: Vec<_> = keys.iter().map(|key| (&objects, key.as_str())).collect();
        let found = read_values(&keys).await?;
        Ok(found.into_iter().map(|value| value.map(|value| row::from_stored(store, &value))).collect())
    };
    read().await.map_err(from_request)
}

/// What is stored under these keys. Requests of one transaction are answered in the order they are made, and one that
/// fails takes all with it, so only the last is waited for: listening to each costs more than reading it.
async fn read_values(keys: &[(&ObjectStore<'_>, &str)]) -> indexed_db_futures::Result<Vec<Option<JsValue>>> {
    let Some(((last_store, last_key), others)) = keys.split_last() else { return Ok(Vec::new()) };
    let mut requests = Vec::with_capacity(others.len());
    for (objects, key) in others {
        requests.push(objects.as_sys().get(&JsValue::from_str(key))?);
    }
    let last_key = KeyRange::Only(JsValue::from_str(last_key));
    let last = last_store.get::<JsValue, JsValue, _>(last_key).primitive()?.await?;
    let mut found = Vec::with_capacity(keys.len());
    for request in requests {
        found.push(Some(request.result()?).filter(|value| !value.is_undefined()));
    }
    found.push(last);
    Ok(found)
}

/// The rows a query asks for.
pub async fn query(database: &Database, query: &Query) -> Result<Vec<Row>, StoreError> {
    // A limit of 0 would mean no limit to IndexedDB.
    if query.limit == 0 {
        return Ok(Vec::new());
    }
    let read = async || {
        let name = query.store.as_str();
        let transaction = database.transaction(name).with_mode(TransactionMode::Readonly).build()?;
        let objects = transaction.object_store(name)?;
        let mut values = match (&query.by, query.goes_on_from()) {
            (Order::Index { name, .. }, Some(place)) => read_on(&objects, name, query, place).await?,
            (Order::Index { .. } | Order::Key { .. }, _) => Vec::new(),
        };
        let rest = Query { limit: query.limit - values.len(), ..query.clone() };
        if let Some(range) = row::key_range(&rest).filter(|_| rest.limit > 0) {
            values.extend(match &rest.by {
                Order::Key { .. } => read_objects(&objects, &rest, range).await?,
                Order::Index { name, .. } => read_index(&objects, name, &rest, range).await?,
            });
        }
        Ok(values)
    };
    let values: Vec<JsValue> = read().await.map_err(from_request)?;
    Ok(values.iter().map(|value| row::from_stored(query.store, value)).collect())
}

/// Reads in one go by `getAll`; downwards that takes a newer browser, and in others rows come one by one.
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
            Direction::Descending if reads_backwards($source.as_sys()) => {
                let options = backwards(&$range, $query.limit)?;
                // A key that is no range is passed on as it is.
                $source
                    .get_all::<JsValue>()
                    .with_query::<JsValue, _>(KeyRange::Only(options))
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

/// Whether `getAll` takes a direction: it does where there is `getAllRecords`, which came with it.
/// <https://w3c.github.io/IndexedDB/#dom-idbobjectstore-getallrecords>
fn reads_backwards(source: &JsValue) -> bool {
    Reflect::has(source, &JsValue::from_str("getAllRecords")).unwrap_or(false)
}

fn backwards(range: &KeyRange<JsValue>, limit: usize) -> indexed_db_futures::Result<JsValue> {
    let options = Object::new();
    for (name, value) in [
        ("query", range.try_to_js()?),
        ("count", JsValue::from_f64(limit as f64)),
        ("direction", JsValue::from_str("prev")),
    ] {
        Reflect::set(&options, &JsValue::from_str(name), &value)?;
    }
    Ok(options.into())
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

/// The rows of the index key where a walk goes on. They are told by their keys first: a range begins at an index key, and
/// many rows may have the same.
async fn read_on(
    objects: &ObjectStore<'_>,
    name: &str,
    query: &Query,
    (start, after): (&IndexKey, &str),
) -> indexed_db_futures::Result<Vec<JsValue>> {
    let index = objects.index(name)?;
    let start = KeyRange::Only(row::key_to_js(start));
    let same = index.get_all_keys::<JsValue>().with_query::<JsValue, _>(start).primitive()?.await?;
    let mut keys = Vec::new();
    for key in same {
        keys.extend(key?.as_string().filter(|key| query.direction.is_beyond(key, after)));
    }
    if query.direction == Direction::Descending {
        keys.reverse();
    }
    keys.truncate(query.limit);
    let places: Vec<_> = keys.iter().map(|key| (objects, key.as_str())).collect();
    Ok(read_values(&places).await?.into_iter().flatten().collect())
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
    let rows = batch.writes.iter().filter_map(|write| match write {
        Write::Put(row) | Write::Add(row) | Write::Set(row) => Some(row),
        Write::Delete { .. } | Write::DeleteRange { .. } => None,
    });
    let stored = row::to_stored(rows).map_err(|error| from_request(error.into()))?;
    let transaction = begin(database, &names.iter().copied().collect::<Vec<_>>(), batch)?;
    let stores = stores_of(&transaction, &names).map_err(from_request)?;
    let mut revisions = stored_revisions(&stores, &keys).await.map_err(from_request)?;
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
    let written = write(&stores, &batch.writes, stored, &mut revisions).map_err(from_request)?;
    drop(stores);
    let handle: IdbTransaction = transaction.as_sys().unchecked_ref::<IdbTransaction>().clone();
    match transaction.commit().await {
        Ok(()) => Ok(written),
        // The transaction knows better why it was aborted, such as a full disk at the last moment.
        Err(error) => Err(handle.error().map_or_else(|| from_request(error), |exception| from_exception(&exception))),
    }
}

/// The object stores of a transaction, each asked for once.
type Stores<'a> = BTreeMap<&'a str, ObjectStore<'a>>;

fn stores_of<'a>(
    transaction: &'a Transaction<'_>,
    names: &BTreeSet<&'a str>,
) -> indexed_db_futures::Result<Stores<'a>> {
    names.iter().map(|name| Ok((*name, transaction.object_store(name)?))).collect()
}

fn store_of<'a>(stores: &'a Stores<'_>, name: StoreName) -> indexed_db_futures::Result<&'a ObjectStore<'a>> {
    // All stores of a batch are among those of its transaction.
    stores.get(name.as_str()).ok_or_else(|| JsValue::from_str("a store is missing").into())
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
    stores: &Stores<'_>,
    keys: &BTreeSet<(StoreName, &'a str)>,
) -> indexed_db_futures::Result<BTreeMap<(StoreName, &'a str), u64>> {
    let mut places = Vec::with_capacity(keys.len());
    for (store, key) in keys {
        places.push((store_of(stores, *store)?, *key));
    }
    let found = read_values(&places).await?;
    let found = keys.iter().zip(found);
    Ok(found.filter_map(|(place, value)| Some((*place, row::revision(&value?)))).collect())
}

/// Asks for every write. None is waited for: one that fails aborts the transaction, and `commit` says why.
fn write<'a>(
    stores: &Stores<'_>,
    writes: &'a [Write],
    stored: Vec<StoredRow>,
    revisions: &mut BTreeMap<(StoreName, &'a str), u64>,
) -> indexed_db_futures::Result<Vec<u64>> {
    let mut written = Vec::new();
    let mut stored = stored.into_iter();
    for write in writes {
        match write {
            Write::Put(row) => {
                let revision = revisions.entry((row.store, row.key.as_str())).or_insert(0);
                *revision += 1;
                written.push(*revision);
                if let Some(stored) = stored.next() {
                    row::set_revision(&stored, *revision);
                    store_of(stores, row.store)?.as_sys().put(&stored)?;
                }
            }
            Write::Add(row) => {
                revisions.insert((row.store, row.key.as_str()), 1);
                written.push(1);
                if let Some(stored) = stored.next() {
                    store_of(stores, row.store)?.as_sys().add(&stored)?;
                }
            }
            Write::Set(row) => {
                revisions.insert((row.store, row.key.as_str()), row.revision);
                written.push(row.revision);
                if let Some(stored) = stored.next() {
                    row::set_revision(&stored, row.revision);
                    store_of(stores, row.store)?.as_sys().put(&stored)?;
                }
            }
            Write::DeleteRange { store, from, to } => {
                revisions.retain(|(name, key), _| {
                    name != store || compare_text(key, from).is_lt() || compare_text(key, to).is_gt()
                });
                // Bounds the wrong way round hold nothing, and IndexedDB refuses them.
                if compare_text(from, to).is_le() {
                    let range = KeyRange::Bound(JsValue::from_str(from), false, JsValue::from_str(to), false);
                    store_of(stores, *store)?.delete::<JsValue, _>(range).primitive()?;
                }
            }
            Write::Delete { store, key } => {
                revisions.remove(&(*store, key.as_str()));
                store_of(stores, *store)?.as_sys().delete(&JsValue::from_str(key))?;
            }
        }
    }
    Ok(written)
}
