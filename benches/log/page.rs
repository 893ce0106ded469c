//! The app's own store as a page can call it, compiled as the app is shipped, for the suite `log`.
//!
//! In: how many rows. Out: how long writing them took.

#[cfg(target_arch = "wasm32")]
mod page {
    use std::collections::BTreeMap;

    use hookwright::browser::indexed_db::IndexedDbStore;
    use hookwright::storage::migrate::{MIGRATIONS, database_version};
    use hookwright::storage::{Batch, Durability, IndexPart, Row, Store, StoreName, Write};
    use wasm_bindgen::JsValue;
    use wasm_bindgen::prelude::wasm_bindgen;

    /// The store under a name of its own.
    #[wasm_bindgen]
    pub struct BenchStore(IndexedDbStore);

    #[wasm_bindgen]
    pub async fn open_store(name: String) -> Result<BenchStore, JsValue> {
        let opened = IndexedDbStore::open_as(&name, database_version(MIGRATIONS)).await;
        opened.map(BenchStore).map_err(|error| JsValue::from_str(&error.to_string()))
    }

    #[wasm_bindgen]
    impl BenchStore {
        /// Adds rows of about 400 bytes with three index entries each, all in one transaction.
        pub async fn add_rows(&self, from: u32, n_rows: u32, is_strict: bool) -> Result<(), JsValue> {
            let writes = (from..from + n_rows).map(|number| Write::Add(row(number))).collect();
            let durability = if is_strict { Durability::Strict } else { Durability::Relaxed };
            let batch = Batch { checks: Vec::new(), writes, durability };
            self.0.commit(batch).await.map(|_| ()).map_err(|error| JsValue::from_str(&error.to_string()))
        }
    }

    fn row(number: u32) -> Row {
        let id = format!("{number:023}");
        let status = if number % 10 == 3 { "skipped" } else { "delivered" };
        let email = format!("person{}@example.com", number % 5_000);
        let json = format!(
            "{{\"id\":\"{id}\",\"flow_id\":\"Xa3bQ9\",\"flow_name\":\"Order to ERP\",\"node_id\":\"n2\",\"recipient_email\":\
             \"{email}\",\"created_at\":{number},\"status\":\"{status}\",\"n_attempts\":1,\"note\":\"{}\"}}",
            "x".repeat(200)
        );
        let place = |first: &str| vec![IndexPart::Text(first.to_owned()), IndexPart::Number(i64::from(number))];
        let index_keys =
            BTreeMap::from([("status", place(status)), ("webhook", place("n2")), ("recipient", place(&email))]);
        Row { store: StoreName::Deliveries, key: id, revision: 0, version: 1, json, index_keys }
    }
}
