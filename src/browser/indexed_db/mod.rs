//! The store in the browser's IndexedDB.
//!
//! In: batches and queries. Out: rows, or an error with the browser's own name and message for it.
//! Invariant: a batch is one transaction, and no transaction waits for anything but its own requests.

mod connection;
mod error;
mod row;
mod transact;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use indexed_db_futures::database::Database;

use crate::browser::indexed_db::connection::Connection;
use crate::storage::migrate::{MIGRATIONS, database_version};
use crate::storage::schema::DATABASE_NAME;
use crate::storage::{Batch, Query, Row, Store, StoreError, StoreName};

/// How often a lost connection is opened again before an operation gives up.
const MAX_REOPENS: u32 = 3;

/// Rows in one IndexedDB database.
pub struct IndexedDbStore {
    name: String,
    version: u32,
    connection: RefCell<Option<Rc<Connection>>>,
    n_healed: Cell<u32>,
}

impl IndexedDbStore {
    /// Opens the app's database.
    pub async fn open() -> Result<Self, StoreError> {
        Self::open_as(DATABASE_NAME, database_version(MIGRATIONS)).await
    }

    /// Opens a database by name, in this version; makes or upgrades it if it has to.
    pub async fn open_as(name: &str, version: u32) -> Result<Self, StoreError> {
        let store = Self { name: name.to_owned(), version, connection: RefCell::new(None), n_healed: Cell::new(0) };
        store.with_database(async |_| Ok(())).await?;
        Ok(store)
    }

    /// How many operations succeeded only because a lost connection was opened again.
    pub fn n_healed(&self) -> u32 {
        self.n_healed.get()
    }

    /// Closes the connection. The next operation opens it again.
    pub fn close(&self) {
        self.connection.borrow_mut().take();
    }

    /// Does something with the open database, opening it again if the connection was lost.
    async fn with_database<T>(
        &self,
        operation: impl AsyncFn(&Database) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut n_reopens = 0;
        loop {
            let result = match self.connection().await {
                Ok(connection) => {
                    let result = operation(connection.database()).await;
                    if matches!(result, Err(StoreError::Disconnected { .. })) {
                        self.forget(&connection);
                    }
                    result
                }
                Err(error) => Err(error),
            };
            match result {
                Err(StoreError::Disconnected { .. }) if n_reopens < MAX_REOPENS => n_reopens += 1,
                Ok(value) => {
                    if n_reopens > 0 {
                        self.n_healed.set(self.n_healed.get() + 1);
                    }
                    return Ok(value);
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn connection(&self) -> Result<Rc<Connection>, StoreError> {
        if let Some(connection) = self.open_connection() {
            return Ok(connection);
        }
        let opened = Rc::new(Connection::open(&self.name, self.version).await?);
        // Another operation may have opened one in the meantime: then ours is closed again.
        if let Some(connection) = self.open_connection() {
            return Ok(connection);
        }
        self.connection.replace(Some(Rc::clone(&opened)));
        Ok(opened)
    }

    fn open_connection(&self) -> Option<Rc<Connection>> {
        self.connection.borrow().as_ref().filter(|connection| connection.is_open()).cloned()
    }

    fn forget(&self, lost: &Rc<Connection>) {
        let mut connection = self.connection.borrow_mut();
        if connection.as_ref().is_some_and(|current| Rc::ptr_eq(current, lost)) {
            *connection = None;
        }
    }
}

/// Deletes a database with all that is in it.
pub async fn delete_database(name: &str) -> Result<(), StoreError> {
    let request = Database::delete_by_name(name).map_err(error::from_open)?;
    request.await.map_err(error::from_request)
}

impl Store for IndexedDbStore {
    async fn get(&self, store: StoreName, key: &str) -> Result<Option<Row>, StoreError> {
        self.with_database(async |database| transact::get(database, store, key).await).await
    }

    async fn get_many(&self, store: StoreName, keys: &[String]) -> Result<Vec<Option<Row>>, StoreError> {
        self.with_database(async |database| transact::get_many(database, store, keys).await).await
    }

    async fn query(&self, query: Query) -> Result<Vec<Row>, StoreError> {
        self.with_database(async |database| transact::query(database, &query).await).await
    }

    async fn commit(&self, batch: Batch) -> Result<Vec<u64>, StoreError> {
        self.with_database(async |database| transact::commit(database, &batch).await).await
    }
}
