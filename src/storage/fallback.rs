//! The browser's store, or memory where the browser refuses to keep anything.
//!
//! In: one of two stores. Out: one store.
//! Invariant: chosen once, at the start.

use crate::storage::memory::MemoryStore;
use crate::storage::{Batch, Query, Row, Store, StoreError, StoreName};

/// One of two places to keep rows.
pub enum KeptOrMemory<S> {
    Kept(S),
    Memory(MemoryStore),
}

impl<S: Store> Store for KeptOrMemory<S> {
    async fn get(&self, store: StoreName, key: &str) -> Result<Option<Row>, StoreError> {
        match self {
            Self::Kept(kept) => kept.get(store, key).await,
            Self::Memory(memory) => memory.get(store, key).await,
        }
    }

    async fn get_many(&self, store: StoreName, keys: &[String]) -> Result<Vec<Option<Row>>, StoreError> {
        match self {
            Self::Kept(kept) => kept.get_many(store, keys).await,
            Self::Memory(memory) => memory.get_many(store, keys).await,
        }
    }

    async fn query(&self, query: Query) -> Result<Vec<Row>, StoreError> {
        match self {
            Self::Kept(kept) => kept.query(query).await,
            Self::Memory(memory) => memory.query(query).await,
        }
    }

    async fn commit(&self, batch: Batch) -> Result<Vec<u64>, StoreError> {
        match self {
            Self::Kept(kept) => kept.commit(batch).await,
            Self::Memory(memory) => memory.commit(batch).await,
        }
    }
}
