//! What a rendering keeps: scopes, loops, cycles, time and chance.
//!
//! In: a context and render options. Out: the object that lowered templates find as `_c`.
//! Invariant: one rendering's state is never seen by another; locks are never held over a call out.

pub mod forloop;
pub mod functions;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use minijinja::Value;
use minijinja::value::{Object, ObjectRepr};

use crate::domain::template::library::Library;
use crate::domain::template::value::moment::Moment;

/// Limits, time and chance of one rendering.
#[derive(Debug, Clone)]
pub struct Setting {
    pub now: Moment,
    pub seed: u64,
    /// The currency for `currency_format`, such as `USD`.
    pub currency: String,
    pub max_loops: u64,
    pub max_output: usize,
}

/// A name and its value in a scope.
type Entry = (Arc<str>, Value);

#[derive(Default)]
struct State {
    entries: Vec<Entry>,
    /// Where each scope begins in `entries`, and whether what lies below is hidden.
    scopes: Vec<(usize, bool)>,
    nodes: BTreeMap<usize, NodeState>,
    n_loops: u64,
    n_includes: usize,
    random: u64,
    /// Which include the rendering is in, so that one template included twice remembers apart.
    site: usize,
}

/// What a node remembers between its renderings.
#[derive(Debug, Clone)]
pub enum NodeState {
    Cycle(usize),
    Changed(Vec<Value>),
    Groups(Vec<(Value, Vec<Value>)>),
}

/// The state of one rendering, and the context lowered templates look names up in.
pub struct Scopes {
    state: Mutex<State>,
    root: Value,
    pub setting: Setting,
    pub library: Option<Arc<Library>>,
}

impl fmt::Debug for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("scopes")
    }
}

impl Scopes {
    /// A fresh rendering of `root`, a dict.
    pub fn new(root: Value, setting: Setting, library: Option<Arc<Library>>) -> Self {
        let state = State { random: setting.seed | 1, ..State::default() };
        Self { state: Mutex::new(state), root, setting, library }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a scope; an isolated one hides everything below, the context too.
    pub fn push(&self, is_isolated: bool) {
        let mut state = self.state();
        let start = state.entries.len();
        state.scopes.push((start, is_isolated));
    }

    /// Closes the innermost scope.
    pub fn pop(&self) {
        let mut state = self.state();
        if let Some((start, _)) = state.scopes.pop() {
            let closed = state.entries.split_off(start);
            drop(state);
            drop(closed);
        }
    }

    /// Sets a name in the innermost scope.
    pub fn set(&self, name: &str, value: Value) {
        let mut state = self.state();
        let start = state.scopes.last().map_or(0, |(start, _)| *start);
        let old = match state.entries.iter_mut().skip(start).find(|(other, _)| **other == *name) {
            Some((_, slot)) => std::mem::replace(slot, value),
            None => {
                state.entries.push((Arc::from(name), value));
                return;
            }
        };
        drop(state);
        drop(old);
    }

    /// Sets a name where it is already set, else in the innermost scope.
    pub fn set_upward(&self, name: &str, value: Value) {
        let mut state = self.state();
        let found = state.entries.iter_mut().rev().find(|(other, _)| **other == *name);
        if let Some((_, slot)) = found {
            *slot = value;
            return;
        }
        drop(state);
        self.set(name, value);
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<Value> {
        let state = self.state();
        if !state.entries.is_empty() || !state.scopes.is_empty() {
            let hidden = state.scopes.iter().rev().find(|(_, is_isolated)| *is_isolated).map(|(start, _)| *start);
            let visible = state.entries.get(hidden.unwrap_or(0)..).unwrap_or_default();
            if let Some((_, value)) = visible.iter().rev().find(|(other, _)| **other == *name) {
                return Some(value.clone());
            }
            if hidden.is_some() {
                return None;
            }
        }
        drop(state);
        self.root.as_object()?.get_value_by_str(name)
    }

    /// Counts one turn of a loop; whether there may be another.
    pub fn count_loop(&self) -> bool {
        let mut state = self.state();
        state.n_loops += 1;
        state.n_loops <= self.setting.max_loops
    }

    /// Enters (`true`) or leaves an included template; the depth after.
    pub fn include_depth(&self, is_entered: bool) -> usize {
        let mut state = self.state();
        state.n_includes = if is_entered { state.n_includes + 1 } else { state.n_includes.saturating_sub(1) };
        state.n_includes
    }

    /// Enters an include; gives what `leave_site` takes.
    pub fn enter_site(&self, site: usize) -> usize {
        let mut state = self.state();
        let outer = state.site;
        state.site = outer.wrapping_mul(1_000).wrapping_add(site);
        outer
    }

    /// Leaves an include.
    pub fn leave_site(&self, outer: usize) {
        self.state().site = outer;
    }

    /// A node's number, apart for each include.
    pub fn site_id(&self, id: usize) -> usize {
        self.state().site.wrapping_mul(100_000).wrapping_add(id)
    }

    /// Takes what nodes remember, for an included template that starts anew.
    pub fn swap_nodes(&self, nodes: BTreeMap<usize, NodeState>) -> BTreeMap<usize, NodeState> {
        std::mem::replace(&mut self.state().nodes, nodes)
    }

    /// Changes what a node remembers.
    pub fn with_node<T>(&self, id: usize, change: impl FnOnce(&mut BTreeMap<usize, NodeState>, usize) -> T) -> T {
        change(&mut self.state().nodes, id)
    }

    /// The next number of the rendering's own sequence of chance, below `end`.
    pub fn random_below(&self, end: usize) -> usize {
        let mut state = self.state();
        state.random ^= state.random << 13;
        state.random ^= state.random >> 7;
        state.random ^= state.random << 17;
        let end = u64::try_from(end.max(1)).unwrap_or(1);
        usize::try_from((state.random >> 16) % end).unwrap_or(0)
    }
}

impl Object for Scopes {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        if key == "_c" { Some(Value::from_dyn_object(self.clone())) } else { self.get(key) }
    }
}
