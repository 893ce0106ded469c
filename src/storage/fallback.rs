//! The browser's store, or another where the browser refuses to keep anything.
//!
//! In: one of two stores. Out: one store.
//! Invariant: chosen once, at the start; the code of the other comes only when it is chosen.

use std::pin::Pin;
use std::rc::Rc;

use crate::storage::{Batch, Query, Row, Store, StoreError, StoreName};

/// An answer of a store behind a pointer.
type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + 'a>>;

/// A store behind a pointer: whoever holds it needs none of its code.
pub trait BoxedStore {
    /// As [`Store::get`].
    fn boxed_get<'a>(&'a self, store: StoreName, key: &'a str) -> Answer<'a, Option<Row>>;
    /// As [`Store::get_many`].
    fn boxed_get_many<'a>(&'a self, store: StoreName, keys: &'a [String]) -> Answer<'a, Vec<Option<Row>>>;
    /// As [`Store::query`].
    fn boxed_query(&self, query: Query) -> Answer<'_, Vec<Row>>;
    /// As [`Store::commit`].
    fn boxed_commit(&self, batch: Batch) -> Answer<'_, Vec<u64>>;
}

impl<S: Store> BoxedStore for S {
    fn boxed_get<'a>(&'a self, store: StoreName, key: &'a str) -> Answer<'a, Option<Row>> {
        Box::pin(self.get(store, key))
    }

    fn boxed_get_many<'a>(&'a self, store: StoreName, keys: &'a [String]) -> Answer<'a, Vec<Option<Row>>> {
        Box::pin(self.get_many(store, keys))
    }

    fn boxed_query(&self, query: Query) -> Answer<'_, Vec<Row>> {
        Box::pin(self.query(query))
    }

    fn boxed_commit(&self, batch: Batch) -> Answer<'_, Vec<u64>> {
        Box::pin(self.commit(batch))
    }
}

/// One of two places to keep rows.
pub enum KeptOrMemory<S> {
    Kept(S),
    Memory(Rc<dyn BoxedStore>),
}

impl<S: Store> Store for KeptOrMemory<S> {
    async fn get(&self, store: StoreName, key: &str) -> Result<Option<Row>, StoreError> {
        match self {
            Self::Kept(kept) => kept.get(store, key).await,
            Self::Memory(memory) => memory.boxed_get(store, key).await,
        }
    }

    async fn get_many(&self, store: StoreName, keys: &[String]) -> Result<Vec<Option<Row>>, StoreError> {
        match self {
            Self::Kept(kept) => kept.get_many(store, keys).await,
            Self::Memory(memory) => memory.boxed_get_many(store, keys).await,
        }
    }

    async fn query(&self, query: Query) -> Result<Vec<Row>, StoreError> {
        match self {
            Self::Kept(kept) => kept.query(query).await,
            Self::Memory(memory) => memory.boxed_query(query).await,
        }
    }

    async fn commit(&self, batch: Batch) -> Result<Vec<u64>, StoreError> {
        match self {
            Self::Kept(kept) => kept.commit(batch).await,
            Self::Memory(memory) => memory.boxed_commit(batch).await,
        }
    }
}
