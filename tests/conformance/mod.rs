//! What every store must do, whatever it keeps its rows in.
//!
//! In: a way to make an empty store. Out: a panic that names the case which failed.
//! Invariant: the same cases hold the memory store and IndexedDB to the same answers.

use std::collections::BTreeMap;

use hookwright::storage::{
    Batch, Check, Direction, Durability, IndexKey, IndexPart, Order, Query, Row, Store, StoreError, StoreName, Write,
};

/// Runs every case, each on a store of its own.
pub async fn run_all<S: Store>(make: impl AsyncFn() -> S) {
    a_row_comes_back_as_it_was_put(&make().await).await;
    revisions_count_the_writes_of_a_key(&make().await).await;
    a_batch_may_write_a_key_twice(&make().await).await;
    keys_come_in_order_and_within_bounds(&make().await).await;
    a_prefix_bounds_keys_from_both_sides(&make().await).await;
    index_bounds_are_inclusive(&make().await).await;
    equal_index_keys_are_ordered_by_key(&make().await).await;
    a_walk_goes_on_among_equal_index_keys(&make().await).await;
    a_row_without_a_key_is_not_in_the_index(&make().await).await;
    an_index_follows_its_row(&make().await).await;
    compound_keys_compare_part_by_part(&make().await).await;
    empty_and_inverted_ranges_find_nothing(&make().await).await;
    a_conflict_writes_nothing(&make().await).await;
    a_check_of_zero_means_no_such_row(&make().await).await;
    stores_do_not_see_each_other(&make().await).await;
    text_outside_ascii_is_kept_and_ordered_by_code_unit(&make().await).await;
    large_rows_come_back_whole(&make().await).await;
    a_thousand_rows_are_one_batch(&make().await).await;
    an_empty_batch_is_fine(&make().await).await;
    many_keys_are_read_in_their_order(&make().await).await;
    an_added_row_must_be_new(&make().await).await;
    a_row_is_set_as_it_is(&make().await).await;
    a_range_is_deleted_with_both_its_ends(&make().await).await;
}

fn row(store: StoreName, key: &str, json: &str) -> Row {
    Row { store, key: key.to_owned(), revision: 0, version: 1, json: json.to_owned(), index_keys: BTreeMap::new() }
}

fn delivery(key: &str, index_keys: &[(&'static str, IndexKey)]) -> Row {
    Row { index_keys: index_keys.iter().cloned().collect(), ..row(StoreName::Deliveries, key, "{}") }
}

fn number(number: i64) -> IndexPart {
    IndexPart::Number(number)
}

fn text(text: &str) -> IndexPart {
    IndexPart::Text(text.to_owned())
}

fn puts(rows: impl IntoIterator<Item = Row>) -> Batch {
    Batch { writes: rows.into_iter().map(Write::Put).collect(), ..Batch::default() }
}

fn by_key(store: StoreName, prefix: &str, after: Option<&str>) -> Query {
    Query {
        store,
        by: Order::Key { prefix: prefix.to_owned(), after: after.map(str::to_owned) },
        direction: Direction::Ascending,
        limit: usize::MAX,
    }
}

fn by_index(name: &'static str, from: Option<IndexKey>, to: Option<IndexKey>) -> Query {
    Query {
        store: StoreName::Deliveries,
        by: Order::Index { name, from, to, after: None },
        direction: Direction::Ascending,
        limit: usize::MAX,
    }
}

fn descending(query: Query) -> Query {
    Query { direction: Direction::Descending, ..query }
}

async fn keys(store: &impl Store, query: Query) -> Vec<String> {
    store.query(query).await.unwrap().into_iter().map(|row| row.key).collect()
}

async fn a_row_comes_back_as_it_was_put(store: &impl Store) {
    let mut put = delivery("d1", &[("due", vec![number(5)]), ("status", vec![text("waiting"), number(-7)])]);
    put.version = 3;
    put.json = r#"{"a": [1, null, "x"]}"#.to_owned();
    store.commit(puts([put.clone()])).await.unwrap();
    put.revision = 1;
    assert_eq!(store.get(StoreName::Deliveries, "d1").await.unwrap(), Some(put.clone()));
    assert_eq!(store.query(by_key(StoreName::Deliveries, "", None)).await.unwrap(), [put.clone()]);
    assert_eq!(store.query(by_index("due", None, None)).await.unwrap(), [put.clone()]);
    assert_eq!(store.query(descending(by_index("due", None, None))).await.unwrap(), [put]);
    assert_eq!(store.get(StoreName::Deliveries, "d2").await.unwrap(), None);
}

async fn revisions_count_the_writes_of_a_key(store: &impl Store) {
    let put = row(StoreName::Flows, "f", "{}");
    assert_eq!(store.commit(puts([put.clone()])).await.unwrap(), [1]);
    // The row's own revision is ignored.
    assert_eq!(store.commit(puts([Row { revision: 40, ..put.clone() }])).await.unwrap(), [2]);
    let delete = Write::Delete { store: StoreName::Flows, key: "f".to_owned() };
    let delete = Batch { writes: vec![delete], ..Batch::default() };
    assert_eq!(store.commit(delete.clone()).await.unwrap(), [0_u64; 0]);
    assert_eq!(store.get(StoreName::Flows, "f").await.unwrap(), None);
    assert_eq!(store.commit(delete).await.unwrap(), [0_u64; 0]);
    assert_eq!(store.commit(puts([put])).await.unwrap(), [1]);
}

async fn a_batch_may_write_a_key_twice(store: &impl Store) {
    let first = row(StoreName::Flows, "f", "1");
    let second = row(StoreName::Flows, "f", "2");
    assert_eq!(store.commit(puts([first.clone(), second.clone()])).await.unwrap(), [1, 2]);
    assert_eq!(store.get(StoreName::Flows, "f").await.unwrap().unwrap().json, "2");
    let delete = Write::Delete { store: StoreName::Flows, key: "f".to_owned() };
    let batch = Batch { writes: vec![delete, Write::Put(first)], ..Batch::default() };
    assert_eq!(store.commit(batch).await.unwrap(), [1]);
    assert_eq!(store.get(StoreName::Flows, "f").await.unwrap().unwrap().json, "1");
}

async fn keys_come_in_order_and_within_bounds(store: &impl Store) {
    store.commit(puts(["c", "a", "d", "b"].map(|key| row(StoreName::Inbox, key, "{}")))).await.unwrap();
    let all = by_key(StoreName::Inbox, "", None);
    assert_eq!(keys(store, all.clone()).await, ["a", "b", "c", "d"]);
    assert_eq!(keys(store, descending(all.clone())).await, ["d", "c", "b", "a"]);
    assert_eq!(keys(store, Query { limit: 2, ..all.clone() }).await, ["a", "b"]);
    assert_eq!(keys(store, descending(Query { limit: 3, ..all.clone() })).await, ["d", "c", "b"]);
    assert_eq!(keys(store, Query { limit: 0, ..all.clone() }).await, [""; 0]);
    assert_eq!(keys(store, descending(Query { limit: 0, ..all })).await, [""; 0]);
    let after = by_key(StoreName::Inbox, "", Some("b"));
    assert_eq!(keys(store, after.clone()).await, ["c", "d"]);
    assert_eq!(keys(store, descending(after)).await, ["a"]);
    assert_eq!(keys(store, by_key(StoreName::Inbox, "", Some("bb"))).await, ["c", "d"]);
}

async fn a_prefix_bounds_keys_from_both_sides(store: &impl Store) {
    let all = ["a", "a/", "a/1", "a/2", "a/\u{ffff}", "a/\u{ffff}1", "a/😀", "a0", "b"];
    store.commit(puts(all.map(|key| row(StoreName::Attempts, key, "{}")))).await.unwrap();
    let prefixed = by_key(StoreName::Attempts, "a/", None);
    assert_eq!(keys(store, prefixed.clone()).await, ["a/", "a/1", "a/2", "a/😀", "a/\u{ffff}", "a/\u{ffff}1"]);
    assert_eq!(keys(store, descending(Query { limit: 2, ..prefixed })).await, ["a/\u{ffff}1", "a/\u{ffff}"]);
    assert_eq!(keys(store, by_key(StoreName::Attempts, "a/", Some("a/2"))).await.len(), 3);
    assert_eq!(keys(store, descending(by_key(StoreName::Attempts, "a/", Some("a/2")))).await, ["a/1", "a/"]);
    assert_eq!(keys(store, by_key(StoreName::Attempts, "a/", Some("b"))).await, [""; 0]);
    assert_eq!(keys(store, descending(by_key(StoreName::Attempts, "a/", Some("a")))).await, [""; 0]);
    assert_eq!(keys(store, by_key(StoreName::Attempts, "a/", Some("a"))).await.len(), 6);
    assert_eq!(keys(store, by_key(StoreName::Attempts, "a/\u{ffff}", None)).await, ["a/\u{ffff}", "a/\u{ffff}1"]);
    assert_eq!(keys(store, by_key(StoreName::Attempts, "c", None)).await, [""; 0]);
}

async fn index_bounds_are_inclusive(store: &impl Store) {
    let rows = [10, 20, 30, 40].map(|due| delivery(&format!("d{due}"), &[("due", vec![number(due)])]));
    store.commit(puts(rows)).await.unwrap();
    let some = by_index("due", Some(vec![number(20)]), Some(vec![number(30)]));
    assert_eq!(keys(store, some.clone()).await, ["d20", "d30"]);
    assert_eq!(keys(store, descending(some.clone())).await, ["d30", "d20"]);
    assert_eq!(keys(store, descending(Query { limit: 1, ..some })).await, ["d30"]);
    assert_eq!(keys(store, by_index("due", None, Some(vec![number(20)]))).await, ["d10", "d20"]);
    assert_eq!(keys(store, by_index("due", Some(vec![number(25)]), None)).await, ["d30", "d40"]);
    assert_eq!(keys(store, Query { limit: 1, ..by_index("due", None, None) }).await, ["d10"]);
    assert_eq!(keys(store, by_index("due", Some(vec![number(20)]), Some(vec![number(20)]))).await, ["d20"]);
}

async fn equal_index_keys_are_ordered_by_key(store: &impl Store) {
    let rows = ["b", "c", "a"].map(|key| delivery(key, &[("due", vec![number(1)])]));
    store.commit(puts(rows)).await.unwrap();
    assert_eq!(keys(store, by_index("due", None, None)).await, ["a", "b", "c"]);
    assert_eq!(keys(store, descending(by_index("due", None, None))).await, ["c", "b", "a"]);
}

async fn a_walk_goes_on_among_equal_index_keys(store: &impl Store) {
    let rows = [("a", 1), ("d", 2), ("b", 2), ("c", 2), ("e", 3)];
    store.commit(puts(rows.map(|(key, due)| delivery(key, &[("due", vec![number(due)])])))).await.unwrap();
    let goes_on = |from: Option<i64>, to: Option<i64>, after: &str, limit: usize| {
        let bound = |at: Option<i64>| at.map(|at| vec![number(at)]);
        let by = Order::Index { name: "due", from: bound(from), to: bound(to), after: Some(after.to_owned()) };
        Query { store: StoreName::Deliveries, by, direction: Direction::Ascending, limit }
    };
    assert_eq!(keys(store, goes_on(Some(2), None, "b", 9)).await, ["c", "d", "e"]);
    assert_eq!(keys(store, goes_on(Some(2), None, "b", 1)).await, ["c"]);
    assert_eq!(keys(store, goes_on(Some(2), Some(2), "c", 9)).await, ["d"]);
    assert_eq!(keys(store, goes_on(Some(2), None, "d", 9)).await, ["e"]);
    // A row may be gone by now, and stands where it stood.
    assert_eq!(keys(store, goes_on(Some(2), None, "bb", 9)).await, ["c", "d", "e"]);
    assert_eq!(keys(store, goes_on(None, None, "b", 9)).await, ["a", "b", "c", "d", "e"]);
    assert_eq!(keys(store, descending(goes_on(None, Some(2), "d", 9))).await, ["c", "b", "a"]);
    assert_eq!(keys(store, descending(goes_on(None, Some(2), "c", 1))).await, ["b"]);
    assert_eq!(keys(store, descending(goes_on(Some(2), Some(2), "b", 9))).await, [""; 0]);
    assert_eq!(keys(store, descending(goes_on(None, Some(2), "~", 9))).await, ["d", "c", "b", "a"]);
}

async fn a_row_without_a_key_is_not_in_the_index(store: &impl Store) {
    let rows = [delivery("waits", &[("due", vec![number(1)])]), delivery("done", &[("created", vec![number(1)])])];
    store.commit(puts(rows)).await.unwrap();
    assert_eq!(keys(store, by_index("due", None, None)).await, ["waits"]);
    assert_eq!(keys(store, descending(by_index("due", None, None))).await, ["waits"]);
    assert_eq!(keys(store, by_index("created", None, None)).await, ["done"]);
}

async fn an_index_follows_its_row(store: &impl Store) {
    store.commit(puts([delivery("d", &[("due", vec![number(1)])])])).await.unwrap();
    store.commit(puts([delivery("d", &[("due", vec![number(9)])])])).await.unwrap();
    assert_eq!(keys(store, by_index("due", None, Some(vec![number(5)]))).await, [""; 0]);
    assert_eq!(keys(store, by_index("due", Some(vec![number(5)]), None)).await, ["d"]);
    store.commit(puts([delivery("d", &[])])).await.unwrap();
    assert_eq!(keys(store, by_index("due", None, None)).await, [""; 0]);
    store.commit(puts([delivery("d", &[("due", vec![number(1)])])])).await.unwrap();
    let delete = Write::Delete { store: StoreName::Deliveries, key: "d".to_owned() };
    store.commit(Batch { writes: vec![delete], ..Batch::default() }).await.unwrap();
    assert_eq!(keys(store, by_index("due", None, None)).await, [""; 0]);
}

async fn compound_keys_compare_part_by_part(store: &impl Store) {
    let status = |name: &str, created: i64| [("status", vec![text(name), number(created)])];
    let rows = [
        delivery("1", &status("skipped", 5)),
        delivery("2", &status("delivered", 9)),
        delivery("3", &status("delivered", -1)),
        delivery("4", &status("delivered", 10)),
        delivery("5", &[("status", vec![number(3)])]),
        delivery("6", &[("status", vec![text("delivered")])]),
    ];
    store.commit(puts(rows)).await.unwrap();
    // Numbers sort before text, and a key before its own continuation.
    assert_eq!(keys(store, by_index("status", None, None)).await, ["5", "6", "3", "2", "4", "1"]);
    let delivered = by_index(
        "status",
        Some(vec![text("delivered"), number(i64::MIN)]),
        Some(vec![text("delivered"), number(i64::MAX)]),
    );
    assert_eq!(keys(store, delivered.clone()).await, ["3", "2", "4"]);
    assert_eq!(keys(store, descending(Query { limit: 2, ..delivered })).await, ["4", "2"]);
}

async fn empty_and_inverted_ranges_find_nothing(store: &impl Store) {
    store.commit(puts([delivery("d", &[("due", vec![number(5)])])])).await.unwrap();
    let inverted = by_index("due", Some(vec![number(9)]), Some(vec![number(1)]));
    assert_eq!(keys(store, inverted.clone()).await, [""; 0]);
    assert_eq!(keys(store, descending(inverted)).await, [""; 0]);
    assert_eq!(keys(store, by_index("due", Some(vec![number(6)]), Some(vec![number(7)]))).await, [""; 0]);
    assert_eq!(keys(store, by_key(StoreName::Meta, "", None)).await, [""; 0]);
}

async fn a_conflict_writes_nothing(store: &impl Store) {
    store.commit(puts([row(StoreName::Flows, "f", "old")])).await.unwrap();
    let batch = Batch {
        checks: vec![
            Check::Revision { store: StoreName::Flows, key: "f".to_owned(), revision: 1 },
            Check::Revision { store: StoreName::Meta, key: "generation".to_owned(), revision: 4 },
        ],
        writes: vec![
            Write::Put(row(StoreName::Flows, "f", "new")),
            Write::Put(row(StoreName::Events, "e", "{}")),
            Write::Delete { store: StoreName::Flows, key: "f".to_owned() },
        ],
        durability: Durability::Relaxed,
    };
    let (meta, key) = (StoreName::Meta, "generation".to_owned());
    let expected = StoreError::Conflict { store: meta, key, expected: 4, found: 0 };
    assert_eq!(store.commit(batch.clone()).await, Err(expected));
    assert_eq!(store.get(StoreName::Flows, "f").await.unwrap().unwrap().json, "old");
    assert_eq!(store.get(StoreName::Events, "e").await.unwrap(), None);
    // The store works on, and the same batch happens once its checks hold.
    let claims: Vec<Row> = (0..4).map(|_| row(StoreName::Meta, "generation", "{}")).collect();
    assert_eq!(store.commit(puts(claims)).await.unwrap(), [1, 2, 3, 4]);
    assert_eq!(store.commit(batch).await.unwrap(), [2, 1]);
    assert_eq!(store.get(StoreName::Flows, "f").await.unwrap(), None);
}

async fn a_check_of_zero_means_no_such_row(store: &impl Store) {
    let put = row(StoreName::Flows, "f", "{}");
    let check = Check::Revision { store: StoreName::Flows, key: "f".to_owned(), revision: 0 };
    let batch = Batch { checks: vec![check], ..puts([put]) };
    assert_eq!(store.commit(batch.clone()).await.unwrap(), [1]);
    let key = "f".to_owned();
    let expected = StoreError::Conflict { store: StoreName::Flows, key, expected: 0, found: 1 };
    assert_eq!(store.commit(batch).await, Err(expected));
    // A batch of nothing but checks is a question.
    let check = Check::Revision { store: StoreName::Flows, key: "f".to_owned(), revision: 1 };
    assert_eq!(store.commit(Batch { checks: vec![check], ..Batch::default() }).await.unwrap(), [0_u64; 0]);
}

async fn stores_do_not_see_each_other(store: &impl Store) {
    let rows = StoreName::ALL.map(|name| row(name, "same", name.as_str()));
    store.commit(puts(rows)).await.unwrap();
    for name in StoreName::ALL {
        assert_eq!(store.get(name, "same").await.unwrap().unwrap().json, name.as_str());
        assert_eq!(keys(store, by_key(name, "", None)).await, ["same"]);
        for index in name.indexes() {
            let query = Query { store: name, ..by_index(index, None, None) };
            assert_eq!(keys(store, query).await, [""; 0], "{name:?} {index}");
        }
    }
}

async fn text_outside_ascii_is_kept_and_ordered_by_code_unit(store: &impl Store) {
    let names = ["ä", "日本", "😀", "｡", "", "z", "\u{0}", "a\"b\\c"];
    let rows =
        names.map(|name| Row { json: format!("{name} מימין"), ..delivery(name, &[("flow", vec![text(name)])]) });
    store.commit(puts(rows)).await.unwrap();
    // 😀 is D83D DE00 in UTF-16 and so comes before ｡, FF61, though its code point is larger.
    let ordered = ["", "\u{0}", "a\"b\\c", "z", "ä", "日本", "😀", "｡"];
    assert_eq!(keys(store, by_key(StoreName::Deliveries, "", None)).await, ordered);
    assert_eq!(keys(store, by_index("flow", None, None)).await, ordered);
    assert_eq!(keys(store, by_key(StoreName::Deliveries, "", Some("😀"))).await, ["｡"]);
    for name in names {
        let found = store.get(StoreName::Deliveries, name).await.unwrap().unwrap();
        assert_eq!(found.json, format!("{name} מימין"));
        assert_eq!(found.index_keys["flow"], [text(name)]);
    }
}

async fn large_rows_come_back_whole(store: &impl Store) {
    let json = "0123456789 größer ".repeat(150_000);
    store.commit(puts([row(StoreName::Attempts, "large", &json)])).await.unwrap();
    let found = store.get(StoreName::Attempts, "large").await.unwrap().unwrap();
    assert_eq!(found.json.len(), json.len());
    assert!(found.json == json, "the text changed");
}

async fn a_thousand_rows_are_one_batch(store: &impl Store) {
    let rows = (0..1_000).map(|n| delivery(&format!("d{n:04}"), &[("due", vec![number(1_000 - n)])]));
    let revisions = store.commit(puts(rows.clone())).await.unwrap();
    assert_eq!(revisions, [1; 1_000]);
    let found = keys(store, by_index("due", None, None)).await;
    assert_eq!(found.len(), 1_000);
    assert_eq!((found[0].as_str(), found[999].as_str()), ("d0999", "d0000"));
    let found = keys(store, descending(by_key(StoreName::Deliveries, "", None))).await;
    assert_eq!((found.len(), found[0].as_str()), (1_000, "d0999"));
    let relaxed = Batch { durability: Durability::Relaxed, ..puts(rows) };
    assert_eq!(store.commit(relaxed).await.unwrap(), [2; 1_000]);
}

async fn an_empty_batch_is_fine(store: &impl Store) {
    assert_eq!(store.commit(Batch::default()).await.unwrap(), [0_u64; 0]);
}

async fn many_keys_are_read_in_their_order(store: &impl Store) {
    store.commit(puts(["a", "b", "c"].map(|key| row(StoreName::Meta, key, key)))).await.unwrap();
    let keys = ["c", "missing", "a", "c"].map(str::to_owned);
    let found = store.get_many(StoreName::Meta, &keys).await.unwrap();
    let jsons: Vec<_> = found.iter().map(|row| row.as_ref().map(|row| row.json.as_str())).collect();
    assert_eq!(jsons, [Some("c"), None, Some("a"), Some("c")]);
    assert_eq!(store.get_many(StoreName::Meta, &[]).await, Ok(Vec::new()));
}

async fn an_added_row_must_be_new(store: &impl Store) {
    let add = |key: &str| Write::Add(delivery(key, &[("due", vec![number(1)])]));
    let batch = |writes: Vec<Write>| Batch { writes, ..Batch::default() };
    assert_eq!(store.commit(batch(vec![add("a"), Write::Put(delivery("a", &[]))])).await, Ok(vec![1, 2]));
    assert!(store.commit(batch(vec![add("b"), add("a")])).await.is_err());
    assert_eq!(store.get(StoreName::Deliveries, "b").await, Ok(None), "the whole batch failed");
    assert_eq!(store.commit(batch(vec![add("b")])).await, Ok(vec![1]));
    assert_eq!(keys(store, by_index("due", None, None)).await, ["b"]);
}

async fn a_row_is_set_as_it_is(store: &impl Store) {
    let set = |revision: u64, due: i64| Write::Set(Row { revision, ..delivery("s", &[("due", vec![number(due)])]) });
    let batch = |writes: Vec<Write>| Batch { writes, ..Batch::default() };
    assert_eq!(store.commit(batch(vec![set(7, 1)])).await, Ok(vec![7]));
    assert_eq!(store.get(StoreName::Deliveries, "s").await.unwrap().map(|row| row.revision), Some(7));
    // Whatever stood there; what is put after it counts on from it.
    assert_eq!(store.commit(batch(vec![set(3, 2), Write::Put(delivery("s", &[]))])).await, Ok(vec![3, 4]));
    assert_eq!(keys(store, by_index("due", None, None)).await, [""; 0]);
    let check = Check::Revision { store: StoreName::Deliveries, key: "s".to_owned(), revision: 3 };
    let guarded = Batch { checks: vec![check], ..batch(vec![set(9, 3)]) };
    assert!(matches!(store.commit(guarded).await, Err(StoreError::Conflict { found: 4, .. })));
    assert_eq!(store.get(StoreName::Deliveries, "s").await.unwrap().map(|row| row.revision), Some(4));
}

async fn a_range_is_deleted_with_both_its_ends(store: &impl Store) {
    let rows = ["a", "b", "c", "c/1", "d", "😀"].map(|key| delivery(key, &[("due", vec![number(1)])]));
    store.commit(puts(rows)).await.unwrap();
    store.commit(puts([row(StoreName::Attempts, "b", "{}")])).await.unwrap();
    let delete = |from: &str, to: &str| Batch {
        writes: vec![Write::DeleteRange { store: StoreName::Deliveries, from: from.to_owned(), to: to.to_owned() }],
        ..Batch::default()
    };
    store.commit(delete("b", "c")).await.unwrap();
    assert_eq!(keys(store, by_key(StoreName::Deliveries, "", None)).await, ["a", "c/1", "d", "😀"]);
    assert_eq!(keys(store, by_index("due", None, None)).await, ["a", "c/1", "d", "😀"]);
    assert_eq!(keys(store, by_key(StoreName::Attempts, "", None)).await, ["b"]);
    store.commit(delete("z", "a")).await.unwrap();
    store.commit(delete("c/", "c/\u{ffff}")).await.unwrap();
    assert_eq!(keys(store, by_key(StoreName::Deliveries, "", None)).await, ["a", "d", "😀"]);
    // A row that was deleted counts its writes from the start.
    let again =
        Batch { writes: [delete("a", "a").writes, puts([delivery("a", &[])]).writes].concat(), ..Batch::default() };
    assert_eq!(store.commit(again).await, Ok(vec![1]));
}
