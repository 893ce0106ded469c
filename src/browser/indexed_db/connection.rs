//! One open connection to the database: opened, upgraded, and closed when another tab needs that.
//!
//! In: a name and a version. Out: an open database that has every store of the schema.
//! Invariant: never stands in the way of another tab's upgrade.

use std::cell::Cell;
use std::future::pending;
use std::pin::pin;
use std::rc::Rc;

use futures_channel::oneshot;
use futures_util::future::{Either, select};
use indexed_db_futures::database::Database;
use indexed_db_futures::internals::SystemRepr;
use indexed_db_futures::{Build, KeyPath};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::spawn_local;

use crate::browser::indexed_db::{error, row};
use crate::browser::timers::sleep;
use crate::storage::{StoreError, StoreName};

/// How long another tab may take to close once it is asked: it finishes its transactions first.
const BLOCKED_PATIENCE_MILLIS: i64 = 2_000;

/// An open database. Closes it when dropped.
pub struct Connection {
    database: Database,
    is_open: Rc<Cell<bool>>,
    _on_version_change: Closure<dyn FnMut()>,
    _on_close: Closure<dyn FnMut()>,
}

impl Connection {
    /// Opens the database, making what is missing. Waits only briefly for tabs that keep an older version open.
    pub async fn open(name: &str, version: u32) -> Result<Self, StoreError> {
        match open_database(name, version).await {
            Ok(database) => Ok(Self::new(database)),
            Err(Failure::NewerVersion) => Err(StoreError::TooNew { found: found_version(name).await?, known: version }),
            Err(Failure::Store(error)) => Err(error),
        }
    }

    /// The open database.
    pub const fn database(&self) -> &Database {
        &self.database
    }

    /// Whether neither another tab's upgrade nor the browser has closed it.
    pub fn is_open(&self) -> bool {
        self.is_open.get()
    }

    fn new(database: Database) -> Self {
        let is_open = Rc::new(Cell::new(true));
        let on_version_change = {
            let (is_open, database) = (Rc::clone(&is_open), database.clone());
            Closure::new(move || {
                is_open.set(false);
                database.as_sys().close();
            })
        };
        let on_close = {
            let is_open = Rc::clone(&is_open);
            Closure::new(move || is_open.set(false))
        };
        database.as_sys().set_onversionchange(Some(on_version_change.as_ref().unchecked_ref()));
        database.as_sys().set_onclose(Some(on_close.as_ref().unchecked_ref()));
        Self { database, is_open, _on_version_change: on_version_change, _on_close: on_close }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.database.as_sys().set_onversionchange(None);
        self.database.as_sys().set_onclose(None);
        self.database.as_sys().close();
    }
}

/// Why a database could not be opened.
enum Failure {
    NewerVersion,
    Store(StoreError),
}

async fn open_database(name: &str, version: u32) -> Result<Database, Failure> {
    let (blocked_sender, blocked) = oneshot::channel::<()>();
    let (opened_sender, opened) = oneshot::channel();
    let request = Database::open(name)
        .with_version(version)
        .with_on_blocked(move |_event| {
            match blocked_sender.send(()) {
                // Nobody listens any more only if the caller was dropped.
                Ok(()) | Err(()) => Ok(()),
            }
        })
        .with_on_upgrade_needed(|_event, database| make_missing_stores(&database))
        .build()
        .map_err(|error| Failure::Store(error::from_open(error)))?;
    // The request outlives a caller who was told that it is blocked: dropped, it would upgrade without making stores.
    spawn_local(async move {
        let result = request.await.map_err(|error| {
            if error::is_newer_version(&error) {
                Failure::NewerVersion
            } else {
                Failure::Store(error::from_open(error))
            }
        });
        if let Err(Ok(unwanted)) = opened_sender.send(result) {
            unwanted.close();
        }
    });
    let given_up = pin!(async {
        match blocked.await {
            Ok(()) => sleep(BLOCKED_PATIENCE_MILLIS).await,
            Err(_) => pending().await,
        }
    });
    match select(opened, given_up).await {
        Either::Left((Ok(result), _)) => result,
        Either::Left((Err(_), _)) => {
            Err(Failure::Store(StoreError::Disconnected { reason: "opening was given up".to_owned() }))
        }
        Either::Right(((), _)) => Err(Failure::Store(StoreError::UpgradeBlocked)),
    }
}

fn make_missing_stores(database: &Database) -> indexed_db_futures::Result<()> {
    let existing: Vec<String> = database.object_store_names().collect();
    for store in StoreName::ALL {
        if existing.iter().any(|name| name == store.as_str()) {
            continue;
        }
        let made = database.create_object_store(store.as_str()).with_key_path(KeyPath::One(row::KEY_PATH)).build()?;
        for index in store.indexes() {
            made.create_index(index, KeyPath::One(row::index_key_path(index).as_str())).build()?;
        }
    }
    Ok(())
}

/// The version that a newer app has left.
async fn found_version(name: &str) -> Result<u32, StoreError> {
    let request = Database::open(name).build().map_err(error::from_open)?;
    let database = request.await.map_err(error::from_open)?;
    let version = database.version();
    database.close();
    Ok(version as u32)
}
