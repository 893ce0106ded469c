//! The bridge to Klaviyo's Flows API: flows go out as the body of *Create Flow* and come in as answers of *Get Flow*.
//!
//! In: a flow of ours, or JSON of theirs. Out: the other, with a report of what does not carry over.
//! Invariant: what Hookwright does not know is kept as it came, and goes out again just so, as long as nobody changed it.
//!
//! <https://developers.klaviyo.com/en/reference/flows_api_overview>
//!
//! The rule behind the invariant: an imported flow remembers its definition. On the way out every part that still reads as
//! the remembered one goes out as that one; only what was changed is written anew.

pub mod action;
pub mod condition;
pub mod curl;
pub mod export;
pub mod import;
pub mod trigger;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// The API's revision that bodies are written for.
pub const REVISION: &str = "2026-07-15";

/// What kind of thing an id of the account stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum IdKind {
    Metric,
    List,
    Segment,
}

impl IdKind {
    /// The word for it, as in keys and placeholders.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Metric => "metric",
            Self::List => "list",
            Self::Segment => "segment",
        }
    }
}

/// Names of ours and ids of the account, both ways.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ids {
    by_name: BTreeMap<(IdKind, String), String>,
}

impl Ids {
    /// Says which id a name has.
    pub fn set(&mut self, kind: IdKind, name: &str, id: &str) {
        self.by_name.insert((kind, name.to_owned()), id.to_owned());
    }

    /// The id of a name; the name's own text is no id.
    pub fn id_of(&self, kind: IdKind, name: &str) -> Option<&str> {
        self.by_name.get(&(kind, name.to_owned())).map(String::as_str).filter(|id| !id.trim().is_empty())
    }

    /// The name of an id; an id without a name is called by itself.
    pub fn name_of(&self, kind: IdKind, id: &str) -> String {
        let found = self.by_name.iter().find(|((own_kind, _), own_id)| *own_kind == kind && own_id.as_str() == id);
        found.map_or_else(|| id.to_owned(), |((_, name), _)| name.clone())
    }

    fn from_value(value: Option<&Value>) -> Self {
        let mut ids = Self::default();
        for (key, id) in value.and_then(Value::as_object).into_iter().flatten() {
            let kinds = [IdKind::Metric, IdKind::List, IdKind::Segment];
            let split = key.split_once(':');
            let kind = kinds.into_iter().find(|kind| split.is_some_and(|(word, _)| word == kind.word()));
            if let (Some(kind), Some((_, name)), Some(id)) = (kind, split, id.as_str()) {
                ids.set(kind, name, id);
            }
        }
        ids
    }

    fn to_value(&self) -> Value {
        let pairs = self.by_name.iter();
        Value::Object(
            pairs.map(|((kind, name), id)| (format!("{}:{name}", kind.word()), Value::String(id.clone()))).collect(),
        )
    }
}

/// What an imported flow remembers: the definition as it came, and what its ids are called here.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Origin {
    pub definition: Map<String, Value>,
    pub ids: Ids,
}

impl Origin {
    /// The memory of a flow; empty for one made here.
    pub fn of(kept: Option<&Value>) -> Self {
        let definition = kept.and_then(|kept| kept.get("definition")).and_then(Value::as_object);
        let ids = Ids::from_value(kept.and_then(|kept| kept.get("ids")));
        Self { definition: definition.cloned().unwrap_or_default(), ids }
    }

    /// As the flow keeps it.
    pub fn to_value(&self) -> Value {
        let mut map = Map::new();
        map.insert("definition".to_owned(), Value::Object(self.definition.clone()));
        map.insert("ids".to_owned(), self.ids.to_value());
        Value::Object(map)
    }

    fn trigger(&self) -> Option<&Value> {
        self.definition.get("triggers")?.as_array()?.first()
    }

    fn action(&self, id: &str) -> Option<&Value> {
        self.definition.get("actions")?.as_array()?.iter().find(|action| action_id(action) == Some(id))
    }
}

/// `id` when read, `temporary_id` when created.
pub(crate) fn action_id(action: &Value) -> Option<&str> {
    ["id", "temporary_id"].into_iter().find_map(|name| action.get(name)?.as_str())
}

pub(crate) fn text_of<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str)
}

/// An object from pairs.
pub(crate) fn object(pairs: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    Value::Object(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

pub(crate) fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}
