//! The memory store, held to what every store must do; and loading around broken rows.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use hookwright::domain::event::Profile;
use hookwright::domain::id::ProfileId;
use hookwright::storage::memory::MemoryStore;
use hookwright::storage::record::load::{load, load_all, set_aside};
use hookwright::storage::record::{RecordError, Stored};
use hookwright::storage::{Batch, Row, Store, StoreError, StoreName, Write};
use serde_json::Map;

use crate::conformance;

/// Runs a future that never really waits.
pub fn run<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the memory store never waits"),
    }
}

fn profile(id: &str) -> Profile {
    Profile {
        id: ProfileId::new(id),
        email: format!("{id}@example.com"),
        first_name: "Sam".to_owned(),
        last_name: "Lee".to_owned(),
        phone_number: String::new(),
        location: Map::new(),
        properties: Map::new(),
    }
}

#[test]
fn the_memory_store_conforms() {
    run(conformance::run_all(async || MemoryStore::default()));
}

#[test]
fn broken_rows_do_not_stop_the_rest_and_are_kept() {
    run(async {
        let store = MemoryStore::default();
        let mut rows: Vec<Row> = (0..1_203).map(|n| profile(&format!("p{n:04}")).to_row()).collect();
        rows[7].json = "{".to_owned();
        rows[600].version = 99;
        rows[700].version = 0;
        let batch = Batch { writes: rows.iter().cloned().map(Write::Put).collect(), ..Batch::default() };
        store.commit(batch).await.unwrap();

        let loaded = load_all::<Profile>(&store).await.unwrap();
        assert_eq!(loaded.values.len(), 1_200);
        assert_eq!(loaded.values[7].value.id, ProfileId::new("p0008"));
        assert_eq!(loaded.broken.len(), 3);
        let key = "p0600".to_owned();
        let too_new = RecordError::TooNew { store: StoreName::Profiles, key, found: 99, known: 1 };
        assert_eq!(loaded.broken[1].error, too_new);

        // What a newer version wrote stays where it is; the others are moved as they are.
        assert_eq!(set_aside(&loaded.broken[1]), None);
        store.commit(set_aside(&loaded.broken[0]).unwrap()).await.unwrap();
        let kept = store.get(StoreName::SetAside, "profiles/p0007").await.unwrap().unwrap();
        assert_eq!((kept.json.as_str(), kept.version), ("{", 1));
        assert_eq!(store.get(StoreName::Profiles, "p0007").await.unwrap(), None);

        // A row that was mended in between is not moved.
        let mended = Batch { writes: vec![Write::Put(profile("p0700").to_row())], ..Batch::default() };
        store.commit(mended).await.unwrap();
        let result = store.commit(set_aside(&loaded.broken[2]).unwrap()).await;
        assert!(matches!(result, Err(StoreError::Conflict { .. })), "{result:?}");
        let mended = load::<Profile>(&store, "p0700").await.unwrap().unwrap();
        assert_eq!((mended.revision, mended.value), (2, profile("p0700")));
    });
}
