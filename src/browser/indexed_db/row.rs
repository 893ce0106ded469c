//! Rows and keys as IndexedDB holds them.
//!
//! In: rows, keys, bounds. Out: plain objects `{k, rev, v, json, i}` and key ranges, and rows back.
//! Invariant: an object that is no row of ours becomes a row that cannot be read, and stops nothing.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use indexed_db_futures::KeyRange;
use js_sys::{Array, JSON, JsString, Object, Reflect};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use crate::storage::{Direction, IndexKey, IndexPart, Order, Query, Row, StoreName};

/// Where the key stands in a stored object.
pub const KEY_PATH: &str = "k";

#[wasm_bindgen]
extern "C" {
    /// A row as IndexedDB holds it.
    #[wasm_bindgen(extends = Object)]
    pub type StoredRow;

    #[wasm_bindgen(method, getter, structural)]
    fn k(this: &StoredRow) -> JsValue;
    #[wasm_bindgen(method, getter, structural)]
    fn rev(this: &StoredRow) -> JsValue;
    #[wasm_bindgen(method, setter, structural)]
    fn set_rev(this: &StoredRow, revision: f64);
    #[wasm_bindgen(method, getter, structural)]
    fn v(this: &StoredRow) -> JsValue;
    #[wasm_bindgen(method, getter, structural)]
    fn json(this: &StoredRow) -> JsValue;
    #[wasm_bindgen(method, getter, structural)]
    fn i(this: &StoredRow) -> JsValue;
}

/// Where an index finds its key in a stored object. A key path takes identifiers only, so `-` becomes `_`.
pub fn index_key_path(index: &str) -> String {
    format!("i.{}", index_property(index))
}

fn index_property(index: &str) -> String {
    index.replace('-', "_")
}

/// What is stored of a row, its revision being that of a new one.
struct Stored<'a>(&'a Row);

struct StoredIndexKeys<'a>(&'a Row);

struct StoredKey<'a>(&'a [IndexPart]);

impl Serialize for Stored<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(row) = self;
        let mut map = serializer.serialize_map(Some(5))?;
        map.serialize_entry("k", &row.key)?;
        map.serialize_entry("v", &row.version)?;
        map.serialize_entry("json", &row.json)?;
        map.serialize_entry("i", &StoredIndexKeys(row))?;
        map.serialize_entry("rev", &1)?;
        map.end()
    }
}

impl Serialize for StoredIndexKeys<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.index_keys.iter().map(|(name, key)| (index_property(name), StoredKey(key))))
    }
}

impl Serialize for StoredKey<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut parts = serializer.serialize_seq(Some(self.0.len()))?;
        for part in self.0 {
            match part {
                IndexPart::Number(number) => parts.serialize_element(number)?,
                IndexPart::Text(text) => parts.serialize_element(text)?,
            }
        }
        parts.end()
    }
}

/// The objects that are stored for rows, with the revision of new ones. They are made by one call out of one text: a call
/// for each of their parts costs more than all else of writing them.
pub fn to_stored<'a>(rows: impl Iterator<Item = &'a Row>) -> Result<Vec<StoredRow>, JsValue> {
    let rows: Vec<_> = rows.map(Stored).collect();
    let text = serde_json::to_string(&rows).map_err(|error| JsValue::from_str(&error.to_string()))?;
    let objects: Array = JSON::parse(&text)?.unchecked_into();
    Ok(objects.iter().map(JsCast::unchecked_into).collect())
}

/// Writes the revision into an object that is about to be stored.
pub fn set_revision(stored: &StoredRow, revision: u64) {
    stored.set_rev(revision as f64);
}

/// The revision of a stored object; 1 for one that is no row of ours.
pub fn revision(stored: &JsValue) -> u64 {
    stored.unchecked_ref::<StoredRow>().rev().as_f64().map_or(1, |revision| revision as u64)
}

/// The row of a stored object. What is no row of ours gets version 0, which nothing can read, and keeps all it holds.
pub fn from_stored(store: StoreName, value: &JsValue) -> Row {
    let stored: &StoredRow = value.unchecked_ref();
    let key = stored.k().as_string().unwrap_or_default();
    let version = stored.v().as_f64().map(|version| version as u32);
    let (version, json) = match (version, stored.json().as_string()) {
        (Some(version), Some(json)) => (version, json),
        _ => (0, JSON::stringify(value).map(String::from).unwrap_or_default()),
    };
    Row { store, key, revision: revision(value), version, json, index_keys: index_keys(store, stored) }
}

fn index_keys(store: StoreName, stored: &StoredRow) -> BTreeMap<&'static str, IndexKey> {
    let index_keys = stored.i();
    let mut found = BTreeMap::new();
    for name in store.indexes() {
        if let Ok(value) = Reflect::get(&index_keys, &JsValue::from_str(&index_property(name)))
            && let Some(key) = key_from_js(&value)
        {
            found.insert(*name, key);
        }
    }
    found
}

/// A key of an index.
pub fn key_to_js(key: &[IndexPart]) -> JsValue {
    let parts = Array::new();
    for part in key {
        parts.push(&match part {
            IndexPart::Number(number) => JsValue::from_f64(*number as f64),
            IndexPart::Text(text) => JsValue::from_str(text),
        });
    }
    parts.into()
}

fn key_from_js(value: &JsValue) -> Option<IndexKey> {
    let parts: &Array = value.dyn_ref()?;
    parts
        .iter()
        .map(|part| match part.as_f64() {
            Some(number) => Some(IndexPart::Number(number as i64)),
            None => part.as_string().map(IndexPart::Text),
        })
        .collect()
}

/// The range of keys a query asks for; `None` when no key can lie in it. The key where a walk through an index goes on is
/// outside.
pub fn key_range(query: &Query) -> Option<KeyRange<JsValue>> {
    match &query.by {
        Order::Key { prefix, after } => text_range(prefix, after.as_deref(), query.direction),
        Order::Index { from, to, .. } => {
            let (is_from_open, is_to_open) = match (query.goes_on_from(), query.direction) {
                (None, _) => (false, false),
                (Some(_), Direction::Ascending) => (true, false),
                (Some(_), Direction::Descending) => (false, true),
            };
            // Every key of an index is a list, and the empty list is the smallest.
            let from = from.clone().unwrap_or_default();
            match to {
                None => Some(KeyRange::LowerBound(key_to_js(&from), is_from_open)),
                Some(to) if *to < from || (*to == from && (is_from_open || is_to_open)) => None,
                Some(to) => Some(KeyRange::Bound(key_to_js(&from), is_from_open, key_to_js(to), is_to_open)),
            }
        }
    }
}

fn text_range(prefix: &str, after: Option<&str>, direction: Direction) -> Option<KeyRange<JsValue>> {
    let prefix: Vec<u16> = prefix.encode_utf16().collect();
    let after: Option<Vec<u16>> = after.map(|after| after.encode_utf16().collect());
    let mut lower = (prefix.clone(), false);
    // The end of the prefix is itself outside.
    let mut upper = end_of_prefix(prefix);
    match (direction, after) {
        (Direction::Ascending, Some(after)) if after >= lower.0 => lower = (after, true),
        (Direction::Descending, Some(after)) if upper.as_ref().is_none_or(|upper| after < *upper) => {
            upper = Some(after);
        }
        (Direction::Ascending | Direction::Descending, _) => {}
    }
    let (lower, is_lower_open) = lower;
    match upper {
        None => Some(KeyRange::LowerBound(text_to_js(&lower), is_lower_open)),
        Some(upper) => match lower.cmp(&upper) {
            Ordering::Less => Some(KeyRange::Bound(text_to_js(&lower), is_lower_open, text_to_js(&upper), true)),
            Ordering::Equal | Ordering::Greater => None,
        },
    }
}

/// The smallest text after everything that starts with `prefix`; `None` when nothing comes after it.
fn end_of_prefix(prefix: Vec<u16>) -> Option<Vec<u16>> {
    let mut end = prefix;
    while let Some(last) = end.pop() {
        if let Some(next) = last.checked_add(1) {
            end.push(next);
            return Some(end);
        }
    }
    None
}

fn text_to_js(units: &[u16]) -> JsValue {
    // Unit by unit: the end of a prefix may be half a surrogate pair, which Rust's own text cannot hold.
    JsString::from_char_code(units).into()
}
