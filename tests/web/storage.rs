//! The store in IndexedDB, each test on a database of its own.

use std::cell::Cell;
use std::rc::Rc;

use hookwright::browser::indexed_db::{IndexedDbStore, delete_database};
use hookwright::domain::event::Profile;
use hookwright::domain::id::ProfileId;
use hookwright::domain::time::Timestamp;
use hookwright::storage::record::Stored;
use hookwright::storage::record::generation::{Generation, generation_check};
use hookwright::storage::record::load::{load_all, set_aside};
use hookwright::storage::{Batch, Check, Row, Store, StoreError, StoreName, Write};
use js_sys::{Function, Promise};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::conformance;

/// A database nobody has used: tests of one page share their databases, and so do runs in one browser.
pub fn fresh_name() -> String {
    thread_local!(static N_MADE: Cell<u32> = const { Cell::new(0) });
    let n_made = N_MADE.with(|n_made| n_made.replace(n_made.get() + 1));
    format!("test-{n_made}-{}", js_sys::Math::random())
}

/// Runs the body of an `async` function of JavaScript, for what only foreign code would do to a database.
async fn run_script(database: &str, body: &str) -> f64 {
    let settled = "const settled = (r) => new Promise((ok, no) => { r.onsuccess = () => ok(r.result); r.onerror = () => no(r.error); });";
    let source = format!("{settled} return (async () => {{ {body} }})();");
    let promise = Function::new_with_args("name", &source).call1(&js_sys::global(), &database.into()).unwrap();
    JsFuture::from(promise.unchecked_into::<Promise>()).await.unwrap().as_f64().unwrap_or(0.0)
}

fn profile(id: &str) -> Profile {
    Profile {
        id: ProfileId::new(id),
        email: format!("{id}@example.com"),
        first_name: "Sam".to_owned(),
        last_name: "Lee".to_owned(),
        phone_number: String::new(),
        location: serde_json::Map::new(),
        properties: serde_json::Map::new(),
    }
}

fn puts(rows: impl IntoIterator<Item = Row>) -> Batch {
    Batch { writes: rows.into_iter().map(Write::Put).collect(), ..Batch::default() }
}

#[wasm_bindgen_test]
async fn indexed_db_conforms() {
    conformance::run_all(async || IndexedDbStore::open_as(&fresh_name(), 1).await.unwrap()).await;
}

#[wasm_bindgen_test]
async fn rows_survive_closing_and_opening() {
    let name = fresh_name();
    let store = IndexedDbStore::open_as(&name, 1).await.unwrap();
    store.commit(puts([profile("p1").to_row()])).await.unwrap();
    drop(store);
    let store = IndexedDbStore::open_as(&name, 1).await.unwrap();
    assert_eq!(load_all::<Profile>(&store).await.unwrap().values[0].value, profile("p1"));
    // A closed connection is opened again by the next operation, and that is no healing.
    store.close();
    assert_eq!(store.commit(puts([profile("p1").to_row()])).await.unwrap(), [2]);
    assert_eq!(store.n_healed(), 0);
    drop(store);
    delete_database(&name).await.unwrap();
    let store = IndexedDbStore::open_as(&name, 1).await.unwrap();
    assert!(load_all::<Profile>(&store).await.unwrap().values.is_empty());
}

#[wasm_bindgen_test]
async fn an_upgrade_keeps_rows_and_adds_missing_stores() {
    let name = fresh_name();
    // A database of an older shape: one store, one row, no more.
    run_script(
        &name,
        r#"
        const request = indexedDB.open(name, 1);
        request.onupgradeneeded = () => request.result.createObjectStore("profiles", { keyPath: "k" });
        const database = await settled(request);
        const profiles = database.transaction("profiles", "readwrite").objectStore("profiles");
        await settled(profiles.put({ k: "old", rev: 3, v: 1, json: "{}", i: {} }));
        database.close();"#,
    )
    .await;
    let store = IndexedDbStore::open_as(&name, 2).await.unwrap();
    let found = store.get(StoreName::Profiles, "old").await.unwrap().unwrap();
    assert_eq!((found.revision, found.version, found.json.as_str()), (3, 1, "{}"));
    let generation = Generation { claimed_at: Timestamp::from_millis(1) };
    assert_eq!(store.commit(puts([generation.to_row()])).await.unwrap(), [1]);
}

#[wasm_bindgen_test]
async fn an_upgrade_closes_the_older_tab_which_then_says_it_is_too_old() {
    let name = fresh_name();
    let old = IndexedDbStore::open_as(&name, 1).await.unwrap();
    old.commit(puts([profile("p1").to_row()])).await.unwrap();
    let new = IndexedDbStore::open_as(&name, 4).await.unwrap();
    assert_eq!(load_all::<Profile>(&new).await.unwrap().values.len(), 1);
    let too_new = StoreError::TooNew { found: 4, known: 1 };
    assert_eq!(old.get(StoreName::Profiles, "p1").await, Err(too_new.clone()));
    assert_eq!(IndexedDbStore::open_as(&name, 1).await.err(), Some(too_new));
}

#[wasm_bindgen_test]
async fn a_tab_that_does_not_close_blocks_the_upgrade_until_it_does() {
    let name = fresh_name();
    run_script(&name, "globalThis.stubborn = await settled(indexedDB.open(name, 1));").await;
    assert_eq!(IndexedDbStore::open_as(&name, 2).await.err(), Some(StoreError::UpgradeBlocked));
    run_script(&name, "globalThis.stubborn.close();").await;
    // The blocked upgrade went on in the background, and made the stores.
    let store = IndexedDbStore::open_as(&name, 2).await.unwrap();
    assert_eq!(store.commit(puts([profile("p1").to_row()])).await.unwrap(), [1]);
}

#[wasm_bindgen_test]
async fn a_foreign_object_is_set_aside_and_the_rest_loads() {
    let name = fresh_name();
    let store = IndexedDbStore::open_as(&name, 1).await.unwrap();
    store.commit(puts([profile("p1").to_row(), profile("p3").to_row()])).await.unwrap();
    run_script(
        &name,
        r#"
        const database = await settled(indexedDB.open(name));
        const profiles = database.transaction("profiles", "readwrite").objectStore("profiles");
        await settled(profiles.put({ k: "p2", json: { not: "text" }, i: 7 }));
        database.close();"#,
    )
    .await;
    let loaded = load_all::<Profile>(&store).await.unwrap();
    assert_eq!((loaded.values.len(), loaded.broken.len()), (2, 1));
    store.commit(set_aside(&loaded.broken[0]).unwrap()).await.unwrap();
    let kept = store.get(StoreName::SetAside, "profiles/p2").await.unwrap().unwrap();
    assert_eq!(kept.json, r#"{"k":"p2","json":{"not":"text"},"i":7}"#);
    assert!(load_all::<Profile>(&store).await.unwrap().broken.is_empty());
}

#[wasm_bindgen_test]
async fn of_two_connections_with_one_revision_one_writes() {
    let name = fresh_name();
    let (one, other) =
        (IndexedDbStore::open_as(&name, 1).await.unwrap(), IndexedDbStore::open_as(&name, 1).await.unwrap());
    let check = |revision| Check::Revision { store: StoreName::Profiles, key: "p1".to_owned(), revision };
    let write = |revision| Batch { checks: vec![check(revision)], ..puts([profile("p1").to_row()]) };
    for revision in 0..20 {
        let (first, second) = futures_util::join!(one.commit(write(revision)), other.commit(write(revision)));
        let n_written = [&first, &second].iter().filter(|result| result.is_ok()).count();
        assert_eq!(n_written, 1, "{first:?} {second:?}");
        let lost = if first.is_ok() { second } else { first };
        let (store, key) = (StoreName::Profiles, "p1".to_owned());
        assert_eq!(lost, Err(StoreError::Conflict { store, key, expected: revision, found: revision + 1 }));
    }
}

#[wasm_bindgen_test]
async fn a_newer_claim_fences_the_older_sender() {
    let name = fresh_name();
    let old = IndexedDbStore::open_as(&name, 1).await.unwrap();
    let new = IndexedDbStore::open_as(&name, 1).await.unwrap();
    let claim = || puts([Generation { claimed_at: Timestamp::from_millis(1) }.to_row()]);
    let old_generation = old.commit(claim()).await.unwrap()[0];
    let guarded = |generation| Batch { checks: vec![generation_check(generation)], ..puts([profile("p").to_row()]) };
    assert_eq!(old.commit(guarded(old_generation)).await, Ok(vec![1]));
    let new_generation = new.commit(claim()).await.unwrap()[0];
    assert!(matches!(old.commit(guarded(old_generation)).await, Err(StoreError::Conflict { .. })));
    assert_eq!(new.commit(guarded(new_generation)).await, Ok(vec![2]));
}

#[wasm_bindgen_test]
async fn many_operations_at_once_open_one_connection_and_all_succeed() {
    let store = Rc::new(IndexedDbStore::open_as(&fresh_name(), 1).await.unwrap());
    store.close();
    let commits = (0..50).map(|n| {
        let store = Rc::clone(&store);
        async move { store.commit(puts([profile(&format!("p{n:02}")).to_row()])).await }
    });
    for result in futures_util::future::join_all(commits).await {
        assert_eq!(result, Ok(vec![1]));
    }
    assert_eq!(load_all::<Profile>(&*store).await.unwrap().values.len(), 50);
    assert_eq!(store.n_healed(), 0);
}

#[wasm_bindgen_test]
async fn a_write_that_fails_takes_the_whole_batch_with_it() {
    let name = fresh_name();
    // Our own indexes are never unique, so a foreign one has to make a write fail after it was asked for.
    run_script(
        &name,
        r#"
        const request = indexedDB.open(name, 1);
        request.onupgradeneeded = () => {
            const profiles = request.result.createObjectStore("profiles", { keyPath: "k" });
            profiles.createIndex("email", "i.email", { unique: true });
        };
        (await settled(request)).close();"#,
    )
    .await;
    let store = IndexedDbStore::open_as(&name, 2).await.unwrap();
    let rows = [profile("p1").to_row(), Row { key: "p2".to_owned(), ..profile("p1").to_row() }];
    let result = store.commit(puts(rows)).await;
    assert!(
        matches!(&result, Err(StoreError::Failed { reason }) if reason.starts_with("ConstraintError: ")),
        "{result:?}"
    );
    assert_eq!(store.get(StoreName::Profiles, "p1").await, Ok(None));
    assert_eq!(store.commit(puts([profile("p1").to_row()])).await, Ok(vec![1]));
}

/// Makes the next `n_times` calls of a method throw, as a browser does whose storage has died or is full.
async fn break_method(method: &str, exception: &str, n_times: u32) {
    let (object, name) = method.rsplit_once('.').unwrap();
    let script = format!(
        r#"
        const original = {object}.{name};
        let rest = {n_times};
        globalThis.mendMethod = () => {{ {object}.{name} = original; }};
        {object}.{name} = function (...given) {{
            if (rest-- > 0) throw new DOMException("made for a test", "{exception}");
            return original.apply(this, given);
        }};"#
    );
    run_script("", &script).await;
}

async fn mend_method() {
    run_script("", "globalThis.mendMethod();").await;
}

#[wasm_bindgen_test]
async fn a_lost_connection_is_opened_again_three_times_at_most() {
    let store = IndexedDbStore::open_as(&fresh_name(), 1).await.unwrap();
    break_method("IDBDatabase.prototype.transaction", "InvalidStateError", 1).await;
    assert_eq!(store.commit(puts([profile("p1").to_row()])).await, Ok(vec![1]));
    assert_eq!(store.n_healed(), 1);
    mend_method().await;
    break_method("IDBDatabase.prototype.transaction", "UnknownError", 4).await;
    let result = store.get(StoreName::Profiles, "p1").await;
    let reason = "UnknownError: made for a test".to_owned();
    assert_eq!(result, Err(StoreError::Disconnected { reason }));
    assert_eq!(store.n_healed(), 1);
    assert!(store.get(StoreName::Profiles, "p1").await.unwrap().is_some());
    mend_method().await;
}

#[wasm_bindgen_test]
async fn a_full_disk_writes_nothing_of_the_batch() {
    let store = IndexedDbStore::open_as(&fresh_name(), 1).await.unwrap();
    store.commit(puts([profile("p1").to_row()])).await.unwrap();
    let delete = Write::Delete { store: StoreName::Profiles, key: "p1".to_owned() };
    let batch = Batch { writes: vec![delete, Write::Put(profile("p2").to_row())], ..Batch::default() };
    break_method("IDBObjectStore.prototype.put", "QuotaExceededError", 1).await;
    let result = store.commit(batch).await;
    mend_method().await;
    assert_eq!(result, Err(StoreError::QuotaExceeded { reason: "QuotaExceededError: made for a test".to_owned() }));
    assert!(store.get(StoreName::Profiles, "p1").await.unwrap().is_some());
    assert!(store.get(StoreName::Profiles, "p2").await.unwrap().is_none());
}

#[wasm_bindgen_test]
async fn a_browser_that_refuses_says_so() {
    break_method("IDBFactory.prototype.open", "SecurityError", 1).await;
    let error = IndexedDbStore::open_as(&fresh_name(), 1).await.err();
    mend_method().await;
    assert!(matches!(error, Some(StoreError::Refused { .. })), "{error:?}");
}
