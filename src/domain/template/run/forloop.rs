//! Loops: the names they bind and the `forloop` they keep.
//!
//! In: what to loop over and the names. Out: an iterator that sets the scope at each turn.
//! Invariant: the loop's scope is closed when its items end; the turns of all loops are counted.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, ErrorKind, Value};

use crate::domain::template::run::Scopes;
use crate::domain::template::value::print::write_str_repr;
use crate::domain::template::value::{items_of, len_of, list};

/// The variable `forloop`.
pub struct ForLoop {
    at: AtomicUsize,
    n_items: usize,
    parent: Value,
    /// What `ifchanged` tags in the loop last saw.
    pub changed: Mutex<Vec<(usize, Vec<Value>)>>,
}

impl fmt::Debug for ForLoop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("forloop")
    }
}

impl Object for ForLoop {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        let at = self.at.load(Ordering::Relaxed);
        let left = self.n_items.saturating_sub(at);
        Some(match key {
            "counter" => Value::from(at + 1),
            "counter0" => Value::from(at),
            "revcounter" => Value::from(left),
            "revcounter0" => Value::from(left.saturating_sub(1)),
            "first" => Value::from(at == 0),
            "last" => Value::from(left == 1),
            "length" => Value::from(self.n_items),
            "parentloop" => self.parent.clone(),
            _ => return None,
        })
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for name in ["parentloop", "counter0", "counter", "revcounter", "revcounter0", "first", "last"] {
            if name != "parentloop" {
                f.write_str(", ")?;
            }
            write_str_repr(f, name)?;
            let value = self.get_value_by_str(name).unwrap_or_default();
            write!(f, ": {}", if value.is_undefined() { "{}".to_owned() } else { value.to_string() })?;
        }
        f.write_str("}")
    }
}

/// A loop about to run.
#[derive(Debug)]
pub struct Turns {
    scopes: Arc<Scopes>,
    items: Vec<Value>,
    names: Vec<Arc<str>>,
}

impl Turns {
    /// Prepares a loop; an error if the value cannot be looped over.
    pub fn new(scopes: Arc<Scopes>, value: &Value, is_reversed: bool, names: Vec<Arc<str>>) -> Result<Self, Error> {
        let mut items = if value.is_none() || value.is_undefined() {
            Vec::new()
        } else {
            items_of(value)
                .ok_or_else(|| {
                    let kind = crate::domain::template::value::type_name(value);
                    Error::new(
                        ErrorKind::InvalidOperation,
                        format!("`for` cannot loop over this value: it is a {kind}"),
                    )
                })?
                .into_owned()
        };
        if is_reversed {
            items.reverse();
        }
        Ok(Self { scopes, items, names })
    }
}

impl Object for Turns {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Iterable
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        if self.items.is_empty() {
            return Enumerator::Empty;
        }
        let parent = self.scopes.get("forloop").unwrap_or_else(|| list(Vec::new()));
        let parent = if crate::domain::template::value::as_list(&parent).is_some() {
            Value::from_object(crate::domain::template::value::dict::Dict::new(Vec::new()))
        } else {
            parent
        };
        let forloop =
            Arc::new(ForLoop { at: AtomicUsize::new(0), n_items: self.items.len(), parent, changed: Mutex::default() });
        self.scopes.push(false);
        self.scopes.set("forloop", Value::from_dyn_object(forloop.clone()));
        let turns = self.clone();
        let mut at = 0;
        Enumerator::Iter(Box::new(std::iter::from_fn(move || {
            let Some(item) = turns.items.get(at) else {
                if at == turns.items.len() {
                    turns.scopes.pop();
                    at += 1;
                }
                return None;
            };
            forloop.at.store(at, Ordering::Relaxed);
            at += 1;
            Some(match turns.turn(item) {
                Ok(()) => Value::from(()),
                Err(error) => Value::from(error),
            })
        })))
    }
}

impl Turns {
    fn turn(&self, item: &Value) -> Result<(), Error> {
        if !self.scopes.count_loop() {
            let message = format!("the loops turn more than {} times in all", self.scopes.setting.max_loops);
            return Err(Error::new(ErrorKind::OutOfFuel, message));
        }
        if let [name] = self.names.as_slice() {
            self.scopes.set(name, item.clone());
            return Ok(());
        }
        let n_found = len_of(item).unwrap_or(1);
        let parts = items_of(item).filter(|parts| parts.len() == self.names.len()).ok_or_else(|| {
            let message = format!("the loop takes {} values a turn, and this item has {n_found}", self.names.len());
            Error::new(ErrorKind::CannotUnpack, message)
        })?;
        for (name, part) in self.names.iter().zip(parts.iter()) {
            self.scopes.set(name, part.clone());
        }
        Ok(())
    }
}

impl ForLoop {
    /// Whether the values differ from those `id` last saw; remembers them.
    pub fn is_changed(&self, id: usize, values: &[Value]) -> bool {
        let mut changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |old: &[Value]| {
            old.len() == values.len()
                && old.iter().zip(values).all(|(a, b)| crate::domain::template::value::compare::is_equal(a, b))
        };
        match changed.iter_mut().find(|(other, _)| *other == id) {
            Some((_, old)) if same(old) => false,
            Some((_, old)) => {
                *old = values.to_vec();
                true
            }
            None => {
                changed.push((id, values.to_vec()));
                true
            }
        }
    }
}
