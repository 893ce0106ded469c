//! Loops: the names they bind and the `forloop` they keep.
//!
//! In: what to loop over and the names. Out: an iterator that sets the scope at each turn.
//! Invariant: the loop's scope is closed when its items end; the turns of all loops are counted.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, ErrorKind, Value};

use crate::domain::template::run::Scopes;
use crate::domain::template::run::program::Key;
use crate::domain::template::value::dict::Dict;
use crate::domain::template::value::{as_list, items_of, len_of, type_name};

/// The name `forloop`, to set and to look up.
pub struct ForLoopName {
    pub name: Arc<str>,
    pub key: Key,
}

/// Made once: every loop needs it.
pub static FORLOOP: LazyLock<ForLoopName> =
    LazyLock::new(|| ForLoopName { name: Arc::from("forloop"), key: Key::new("forloop") });

/// What can stand after the dot of `forloop.…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    ParentLoop,
    Counter0,
    Counter,
    RevCounter,
    RevCounter0,
    First,
    Last,
}

impl Part {
    /// All of them, in the order in which Python prints them.
    const ALL: [(&'static str, Self); 7] = [
        ("parentloop", Self::ParentLoop),
        ("counter0", Self::Counter0),
        ("counter", Self::Counter),
        ("revcounter", Self::RevCounter),
        ("revcounter0", Self::RevCounter0),
        ("first", Self::First),
        ("last", Self::Last),
    ];

    /// The part of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(other, _)| *other == name).map(|(_, part)| *part)
    }
}

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

impl ForLoop {
    /// What stands after the dot of `forloop.…`.
    pub fn part(&self, part: Part) -> Value {
        let at = self.at.load(Ordering::Relaxed);
        let left = self.n_items.saturating_sub(at);
        match part {
            Part::Counter => Value::from(at + 1),
            Part::Last => Value::from(left == 1),
            Part::First => Value::from(at == 0),
            Part::Counter0 => Value::from(at),
            Part::RevCounter => Value::from(left),
            Part::RevCounter0 => Value::from(left.saturating_sub(1)),
            Part::ParentLoop => self.parent.clone(),
        }
    }

    /// The loop as the dict that it is to Python.
    pub fn to_dict(&self) -> Value {
        let entries = Part::ALL.iter().map(|(name, part)| {
            let value = self.part(*part);
            let value = match value.downcast_object_ref::<Self>() {
                Some(parent) => parent.to_dict(),
                None if value.is_undefined() => Value::from_object(Dict::new(Vec::new())),
                None => value,
            };
            (Arc::from(*name), value)
        });
        Value::from_object(Dict::new(entries.collect()))
    }

    /// Whether the values differ from those `id` last saw; remembers them.
    pub fn is_changed(&self, id: usize, values: Vec<Value>) -> bool {
        let mut changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |old: &[Value]| {
            old.len() == values.len()
                && old.iter().zip(&values).all(|(a, b)| crate::domain::template::value::compare::is_equal(a, b))
        };
        match changed.iter_mut().find(|(other, _)| *other == id) {
            Some((_, old)) if same(old) => false,
            Some((_, old)) => {
                *old = values;
                true
            }
            None => {
                changed.push((id, values));
                true
            }
        }
    }
}

impl Object for ForLoop {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        Part::of_name(key).map(|part| self.part(part))
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.to_dict())
    }
}

/// What a loop goes over. A list is shared, not copied.
#[derive(Debug)]
pub enum Items {
    List(Value),
    Made(Vec<Value>),
}

impl Items {
    /// What looping over the value gives; an error if it cannot be looped over.
    pub fn of(value: Value) -> Result<Self, Error> {
        if as_list(&value).is_some() {
            return Ok(Self::List(value));
        }
        if value.is_none() || value.is_undefined() {
            return Ok(Self::Made(Vec::new()));
        }
        match items_of(&value) {
            Some(items) => Ok(Self::Made(items.into_owned())),
            None => {
                let message = format!("`for` cannot loop over this value: it is a {}", type_name(&value));
                Err(Error::new(ErrorKind::InvalidOperation, message))
            }
        }
    }

    pub fn as_slice(&self) -> &[Value] {
        match self {
            Self::List(value) => as_list(value).map_or(&[], |list| &list.items),
            Self::Made(items) => items,
        }
    }
}

/// The error when loops turn too often.
pub fn too_many_turns(max_loops: u64) -> Error {
    Error::new(ErrorKind::OutOfFuel, format!("the loops turn more than {max_loops} times in all"))
}

/// A loop about to run.
#[derive(Debug)]
pub struct Turns {
    scopes: Arc<Scopes>,
    items: Items,
    names: Arc<[Arc<str>]>,
    is_reversed: bool,
}

impl Turns {
    /// Prepares a loop.
    pub fn new(scopes: Arc<Scopes>, items: Items, is_reversed: bool, names: Arc<[Arc<str>]>) -> Self {
        Self { scopes, items, names, is_reversed }
    }

    fn turn(&self, item: &Value, slots: &[usize], mark: usize) -> Result<(), Error> {
        let mut frames = self.scopes.frames();
        let max_loops = self.scopes.setting.max_loops;
        if !frames.count_loop(max_loops) {
            return Err(too_many_turns(max_loops));
        }
        if let [slot] = slots {
            frames.set_slot(*slot, item.clone());
            return Ok(());
        }
        // Several names have a scope of their own at each turn.
        frames.keep_first(mark);
        let n_found = len_of(item).unwrap_or(1);
        let parts = items_of(item).filter(|parts| parts.len() == slots.len()).ok_or_else(|| {
            let message = format!("the loop takes {} values a turn, and this item has {n_found}", slots.len());
            Error::new(ErrorKind::CannotUnpack, message)
        })?;
        for (slot, part) in slots.iter().zip(parts.iter()) {
            frames.set_slot(*slot, part.clone());
        }
        Ok(())
    }
}

impl Object for Turns {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Iterable
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        let n_items = self.items.as_slice().len();
        if n_items == 0 {
            return Enumerator::Empty;
        }
        let mut frames = self.scopes.frames();
        let parent = frames.get(&FORLOOP.key, self.scopes.root_dict()).cloned();
        let parent = match parent {
            Some(parent) if as_list(&parent).is_none() => parent,
            _ => Value::from_object(Dict::new(Vec::new())),
        };
        let forloop = Arc::new(ForLoop { at: AtomicUsize::new(0), n_items, parent, changed: Mutex::default() });
        frames.push(false);
        frames.set(&FORLOOP.name, Value::from_dyn_object(forloop.clone()));
        let slots: Vec<usize> = self.names.iter().map(|name| frames.slot(name)).collect();
        let mark = frames.mark();
        drop(frames);
        let turns = self.clone();
        let mut at = 0;
        let mut is_over = false;
        Enumerator::Iter(Box::new(std::iter::from_fn(move || {
            if is_over {
                return None;
            }
            let place = if turns.is_reversed { n_items.wrapping_sub(at + 1) } else { at };
            // A list that a method has changed meanwhile goes on as it is now.
            let changed = match &turns.items {
                Items::List(list) => turns.scopes.changed(list),
                Items::Made(_) => None,
            };
            let items = changed.as_ref().and_then(as_list).map_or(turns.items.as_slice(), |list| &list.items);
            let Some(item) = items.get(place) else {
                turns.scopes.frames().pop();
                is_over = true;
                return None;
            };
            forloop.at.store(at, Ordering::Relaxed);
            at += 1;
            Some(match turns.turn(item, &slots, mark) {
                Ok(()) => Value::from(()),
                Err(error) => Value::from(error),
            })
        })))
    }
}
