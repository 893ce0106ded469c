//! Python's dicts with text keys, in the order they were given.
//!
//! In: keys and values. Out: a value that templates look keys up in, loop over and print.
//! Invariant: a key occurs once; the last value given for it wins.

use std::fmt;
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::{Enumerator, Object, ObjectRepr};

use crate::domain::template::value::list::{Form, List};
use crate::domain::template::value::{depth_of, print};

/// Up to this many keys are found by comparing each.
const MAX_SCANNED: usize = 24;

/// A dict.
pub struct Dict {
    entries: Vec<(Arc<str>, Value)>,
    /// Positions of the entries, in the order of their keys; empty for a small dict.
    sorted: Vec<u32>,
    pub depth: u16,
}

impl Dict {
    /// A dict of these entries.
    pub fn new(given: Vec<(Arc<str>, Value)>) -> Self {
        let depth = given.iter().map(|(_, value)| depth_of(value)).max().unwrap_or(0).saturating_add(1);
        let mut dict = Self { entries: given, sorted: Vec::new(), depth };
        if dict.entries.len() > MAX_SCANNED {
            dict.sort();
        }
        dict
    }

    /// A dict of entries in which a key may occur more than once.
    pub fn of_given(mut given: Vec<(Arc<str>, Value)>) -> Self {
        let mut at = 0;
        if given.len() <= MAX_SCANNED {
            while at < given.len() {
                let (before, rest) = given.split_at_mut(at);
                let same = rest.first_mut().and_then(|(key, value)| {
                    let (_, old) = before.iter_mut().find(|(other, _)| other == key)?;
                    *old = std::mem::take(value);
                    Some(())
                });
                match same {
                    Some(()) => drop(given.remove(at)),
                    None => at += 1,
                }
            }
            return Self::new(given);
        }
        let mut dict = Self::new(given);
        let is_double = |pair: &[u32]| matches!(pair, [a, b] if dict.key_at(*a) == dict.key_at(*b));
        if dict.sorted.windows(2).any(is_double) {
            // Sorting is stable: of equal keys the first comes first, the last has the value.
            let mut values: Vec<Option<Value>> = vec![None; dict.entries.len()];
            let mut sorted = dict.sorted.iter().peekable();
            while let Some(first) = sorted.next() {
                let mut last = first;
                while let Some(next) = sorted.next_if(|next| dict.key_at(**next) == dict.key_at(*first)) {
                    last = next;
                }
                let value = dict.entries.get(*last as usize).map(|(_, value)| value.clone());
                if let Some(slot) = values.get_mut(*first as usize) {
                    *slot = value;
                }
            }
            let kept = dict.entries.into_iter().zip(values).filter_map(|((key, _), value)| Some((key, value?)));
            dict = Self::new(kept.collect());
        }
        dict
    }

    fn sort(&mut self) {
        let mut sorted: Vec<u32> = (0..u32::try_from(self.entries.len()).unwrap_or(u32::MAX)).collect();
        sorted.sort_by(|a, b| self.key_at(*a).cmp(self.key_at(*b)));
        self.sorted = sorted;
    }

    fn key_at(&self, position: u32) -> &str {
        self.entries.get(position as usize).map_or("", |(key, _)| key)
    }

    /// The value of a key and its position; `hint` is where it may stand.
    #[inline]
    pub fn find(&self, key: &str, hint: usize) -> Option<(&Value, usize)> {
        match self.entries.get(hint) {
            Some((name, value)) if **name == *key => Some((value, hint)),
            _ => self.search(key),
        }
    }

    fn search(&self, key: &str) -> Option<(&Value, usize)> {
        let at = if self.sorted.is_empty() {
            self.entries.iter().rposition(|(name, _)| **name == *key)?
        } else {
            let found = self.sorted.binary_search_by(|position| self.key_at(*position).cmp(key)).ok()?;
            *self.sorted.get(found)? as usize
        };
        self.entries.get(at).map(|(_, value)| (value, at))
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.find(key, usize::MAX).map(|(value, _)| value)
    }

    /// The entries in order.
    pub fn entries(&self) -> &[(Arc<str>, Value)] {
        &self.entries
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The keys as values.
    pub fn keys(&self) -> Vec<Value> {
        self.entries.iter().map(|(key, _)| Value::from(key.clone())).collect()
    }

    /// Python's `items()`, `keys()` and `values()`.
    pub fn view(&self, form: Form) -> Value {
        let items = match form {
            Form::Items => self
                .entries
                .iter()
                .map(|(key, value)| {
                    Value::from_object(List::new(vec![Value::from(key.clone()), value.clone()], Form::Tuple))
                })
                .collect(),
            Form::Values => self.entries.iter().map(|(_, value)| value.clone()).collect(),
            _ => self.keys(),
        };
        Value::from_object(List::new(items, form))
    }
}

impl fmt::Debug for Dict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "dict({})", self.entries.len())
    }
}

impl Object for Dict {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get(key.as_str()?).cloned()
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        self.get(key).cloned()
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.keys())
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.entries.len())
    }

    fn is_true(self: &Arc<Self>) -> bool {
        !self.entries.is_empty()
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        print::write_dict(f, self)
    }
}
