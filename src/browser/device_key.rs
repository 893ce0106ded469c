//! Where the workspace's key is kept when a person asks: a database of its own.
//!
//! In: a key that cannot be extracted. Out: the same key, after a reload.
//! Invariant: what lies here can be used by this browser's pages of this origin, and read by nobody.

use indexed_db_futures::database::Database;
use indexed_db_futures::prelude::*;
use indexed_db_futures::transaction::TransactionMode;
use indexed_db_futures::{Build, KeyRange};
use wasm_bindgen::JsValue;

const NAME: &str = "hookwright-device";
const STORE: &str = "keys";
const KEY: &str = "workspace";

async fn open() -> Result<Database, String> {
    let request = Database::open(NAME)
        .with_version(1_u32)
        .with_on_upgrade_needed(|_event, database| database.create_object_store(STORE).build().map(|_| ()))
        .build()
        .map_err(|error| error.to_string())?;
    request.await.map_err(|error| error.to_string())
}

/// The kept key, if one is.
pub async fn read() -> Result<Option<JsValue>, String> {
    let database = open().await?;
    let read = async || {
        let transaction = database.transaction(STORE).with_mode(TransactionMode::Readonly).build()?;
        let objects = transaction.object_store(STORE)?;
        let found: Option<JsValue> =
            objects.get::<JsValue, JsValue, _>(KeyRange::Only(JsValue::from_str(KEY))).primitive()?.await?;
        Ok::<_, indexed_db_futures::error::Error>(found)
    };
    let found = read().await.map_err(|error| error.to_string());
    database.close();
    found
}

/// Keeps this key, or none.
pub async fn write(key: Option<JsValue>) -> Result<(), String> {
    let database = open().await?;
    let write = async || {
        let transaction = database.transaction(STORE).with_mode(TransactionMode::Readwrite).build()?;
        let objects = transaction.object_store(STORE)?;
        match key {
            Some(key) => drop(objects.put(key).with_key(JsValue::from_str(KEY)).primitive()?.await?),
            None => objects.clear()?.await?,
        }
        transaction.commit().await
    };
    let written = write().await.map_err(|error| error.to_string());
    database.close();
    written
}
