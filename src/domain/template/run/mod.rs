//! What a rendering keeps: scopes, loops, cycles, time and chance.
//!
//! In: a context and render options. Out: the object that lowered templates find as `_c`.
//! Invariant: one rendering's state is never seen by another; the names are never locked over another template's rendering.

pub mod eval;
pub mod forloop;
pub mod functions;
pub mod program;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use minijinja::Value;
use minijinja::value::{Object, ObjectRepr};

use crate::domain::template::library::Library;
use crate::domain::template::run::program::{Key, Run};
use crate::domain::template::value::compare::{self, is_one_object};
use crate::domain::template::value::dict::Dict;
use crate::domain::template::value::methods;
use crate::domain::template::value::moment::Moment;

/// Limits, time and chance of one rendering.
#[derive(Debug, Clone)]
pub struct Setting {
    pub now: Moment,
    /// The same moment in the account's time zone.
    pub here: Moment,
    pub seed: u64,
    /// The currency for `currency_format`, such as `USD`.
    pub currency: String,
    /// What calling a method without the argument it needs gives.
    pub text_if_invalid: String,
    pub max_loops: u64,
    pub max_output: usize,
}

/// A name and its value in a scope.
type Entry = (Arc<str>, Value);

/// A run that was written: its number, and the length of each print.
pub type RunLens = (usize, Vec<usize>);

/// The names that are set, and what tags remember.
#[derive(Default)]
pub struct Frames {
    entries: Vec<Entry>,
    /// Where each scope begins in `entries`, and whether what lies below is hidden.
    scopes: Vec<(usize, bool)>,
    /// Where what can be seen begins.
    visible: usize,
    /// Names of the context that were set anew, below all scopes.
    n_below: usize,
    is_isolated: bool,
    nodes: BTreeMap<usize, NodeState>,
    n_loops: u64,
    n_includes: usize,
    /// Which include the rendering is in, so that one template included twice remembers apart.
    site: usize,
}

/// What a node remembers between its renderings.
#[derive(Debug, Clone)]
pub enum NodeState {
    Cycle(usize),
    Changed(Vec<Value>),
}

/// The state of one rendering, and the context lowered templates look names up in.
pub struct Scopes {
    frames: Mutex<Frames>,
    root: Option<Arc<Dict>>,
    random: AtomicU64,
    /// Whether a method that changes its value was called.
    has_changed: AtomicBool,
    raised: Mutex<Option<String>>,
    /// What was read and made since fuel was last burned, in bytes.
    unpaid: AtomicUsize,
    /// Lists and dicts that a method changed, and what they are now.
    changed: Mutex<Vec<(Value, Value)>>,
    /// For each run that was written: its number, and how long what it prints is. Kept only if somebody asks.
    runs: Option<Mutex<Vec<RunLens>>>,
    /// The piece of a run that failed.
    failed: Mutex<Option<Range<usize>>>,
    pub setting: Setting,
    pub library: Option<Arc<Library>>,
}

impl fmt::Debug for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("scopes")
    }
}

impl Frames {
    /// Opens a scope; an isolated one hides everything below, the context too.
    pub fn push(&mut self, is_isolated: bool) {
        let start = self.entries.len();
        self.scopes.push((start, is_isolated));
        if is_isolated {
            (self.visible, self.is_isolated) = (start, true);
        }
    }

    /// Closes the innermost scope.
    pub fn pop(&mut self) {
        if let Some((start, was_isolated)) = self.scopes.pop() {
            self.entries.truncate(start);
            if was_isolated {
                let outer = self.scopes.iter().rev().find(|(_, is_isolated)| *is_isolated);
                (self.visible, self.is_isolated) = (outer.map_or(0, |(start, _)| *start), outer.is_some());
            }
        }
    }

    /// Where a name stands in the innermost scope; it is set to nothing if it is new.
    pub fn slot(&mut self, name: &Arc<str>) -> usize {
        let start = self.scopes.last().map_or(0, |(start, _)| *start);
        let found = self.entries.iter().skip(start).position(|(other, _)| **other == **name);
        if let Some(at) = found {
            return (start + at).wrapping_sub(self.n_below);
        }
        self.entries.push((name.clone(), Value::UNDEFINED));
        (self.entries.len() - 1).wrapping_sub(self.n_below)
    }

    /// Sets what stands in a slot.
    pub fn set_slot(&mut self, slot: usize, value: Value) {
        if let Some((_, old)) = self.entries.get_mut(slot.wrapping_add(self.n_below)) {
            *old = value;
        }
    }

    /// Sets a name in the innermost scope.
    pub fn set(&mut self, name: &Arc<str>, value: Value) {
        let slot = self.slot(name);
        self.set_slot(slot, value);
    }

    /// Sets a name where it is already set, in the scopes or the context `root`, else in the innermost scope.
    pub fn set_upward(&mut self, name: &Arc<str>, value: Value, root: Option<&Dict>) {
        if let Some((_, slot)) = self.entries.iter_mut().rev().find(|(other, _)| **other == **name) {
            *slot = value;
            return;
        }
        let is_in_root = !self.is_isolated && root.is_some_and(|root| root.get(name).is_some());
        if is_in_root && !self.scopes.is_empty() {
            // The context is not changed: what hides its value stands below all scopes.
            self.entries.insert(0, (name.clone(), value));
            self.scopes.iter_mut().for_each(|(start, _)| *start += 1);
            self.n_below += 1;
            return;
        }
        self.set(name, value);
    }

    /// How many names are set; for `keep_first`, wherever they have moved.
    pub fn mark(&self) -> usize {
        self.entries.len().wrapping_sub(self.n_below)
    }

    /// Forgets the names that were set after the mark.
    pub fn keep_first(&mut self, mark: usize) {
        self.entries.truncate(mark.wrapping_add(self.n_below));
    }

    /// The value of a name, in the scopes or the context `root`.
    pub fn get<'a>(&'a self, key: &Key, root: Option<&'a Dict>) -> Option<&'a Value> {
        let visible = self.entries.get(self.visible..).unwrap_or_default();
        if let Some((_, value)) = visible.iter().rev().find(|(other, _)| **other == *key.text) {
            return Some(value);
        }
        if self.is_isolated { None } else { key.find(root?) }
    }

    /// Counts one turn of a loop; whether there may be another.
    pub fn count_loop(&mut self, max_loops: u64) -> bool {
        self.n_loops += 1;
        self.n_loops <= max_loops
    }

    /// Enters (`true`) or leaves an included template; the depth after.
    pub fn include_depth(&mut self, is_entered: bool) -> usize {
        self.n_includes = if is_entered { self.n_includes + 1 } else { self.n_includes.saturating_sub(1) };
        self.n_includes
    }

    /// Enters an include; gives what `leave_site` takes.
    pub fn enter_site(&mut self, site: usize) -> (usize, BTreeMap<usize, NodeState>) {
        let outer = self.site;
        self.site = outer.wrapping_mul(1_000).wrapping_add(site);
        (outer, std::mem::take(&mut self.nodes))
    }

    /// Leaves an include.
    pub fn leave_site(&mut self, outer: (usize, BTreeMap<usize, NodeState>)) {
        (self.site, self.nodes) = outer;
    }

    /// A node's number, apart for each include.
    pub fn site_id(&self, id: usize) -> usize {
        self.site.wrapping_mul(100_000).wrapping_add(id)
    }

    /// What nodes remember.
    pub fn nodes(&mut self) -> &mut BTreeMap<usize, NodeState> {
        &mut self.nodes
    }
}

impl Scopes {
    /// A fresh rendering of `root`, a dict.
    pub fn new(root: Value, setting: Setting, library: Option<Arc<Library>>) -> Self {
        let random = AtomicU64::new(setting.seed | 1);
        let root = root.downcast_object();
        let (has_changed, changed) = (AtomicBool::new(false), Mutex::default());
        let (raised, unpaid) = (Mutex::default(), AtomicUsize::new(0));
        let (runs, failed) = (None, Mutex::default());
        let frames = Mutex::default();
        Self { frames, root, random, has_changed, raised, unpaid, changed, runs, failed, setting, library }
    }

    /// As it is, and noting how long what runs print is.
    pub fn noting_runs(self) -> Self {
        Self { runs: Some(Mutex::default()), ..self }
    }

    /// Where to note the lengths of a run's prints, if somebody asks.
    fn lens_of(&self, run: &Run, frames: &Frames) -> Option<Vec<usize>> {
        let is_asked = self.runs.is_some() && !run.is_captured && frames.n_includes == 0;
        is_asked.then(|| Vec::with_capacity(run.pieces.len()))
    }

    /// Notes a run that was written.
    fn note(&self, id: usize, lens: Vec<usize>) {
        if let Some(runs) = &self.runs {
            runs.lock().unwrap_or_else(PoisonError::into_inner).push((id, lens));
        }
    }

    /// The runs that were noted, in the order in which they were written.
    pub fn take_runs(&self) -> Vec<RunLens> {
        let taken =
            |runs: &Mutex<Vec<RunLens>>| std::mem::take(&mut *runs.lock().unwrap_or_else(PoisonError::into_inner));
        self.runs.as_ref().map(taken).unwrap_or_default()
    }

    /// Notes the place of a piece that failed.
    fn fail_at(&self, place: Range<usize>) {
        *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(place);
    }

    /// The piece that failed, which is forgotten.
    pub fn take_failed(&self) -> Option<Range<usize>> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Forgets which piece failed.
    pub fn forget_failed(&self) {
        *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Calls a method that changes its value: from then on this rendering sees what is left of it.
    /// What Python would raise is kept for `take_raised`.
    pub fn change(&self, value: &Value, name: &str) -> Option<Value> {
        let Some(change) = methods::change(value, name) else {
            let message = format!("`{name}` cannot be called on this value: Python refuses it too");
            *self.raised.lock().unwrap_or_else(PoisonError::into_inner) = Some(message);
            self.has_changed.store(true, Ordering::Relaxed);
            return None;
        };
        if let Some(left) = change.left {
            // What was before is kept beside it.
            self.pay(compare::shallow_weight(&left).saturating_mul(4));
            self.changed.lock().unwrap_or_else(PoisonError::into_inner).push((value.clone(), left));
            self.has_changed.store(true, Ordering::Relaxed);
        }
        Some(change.result)
    }

    /// Whether a method changed any value.
    #[inline]
    pub fn has_changed(&self) -> bool {
        self.has_changed.load(Ordering::Relaxed)
    }

    /// Notes work that minijinja does not see, in bytes read and made; fuel is burned for it when the expression ends.
    pub fn pay(&self, n_bytes: usize) {
        self.unpaid.store(self.unpaid.load(Ordering::Relaxed).saturating_add(n_bytes), Ordering::Relaxed);
    }

    /// What is unpaid, which then is paid.
    #[inline]
    fn take_unpaid(&self) -> usize {
        let unpaid = self.unpaid.load(Ordering::Relaxed);
        if unpaid > 0 {
            self.unpaid.store(0, Ordering::Relaxed);
        }
        unpaid
    }

    /// What a method raised since this was last asked.
    pub fn take_raised(&self) -> Option<String> {
        if !self.has_changed() {
            return None;
        }
        self.raised.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// What a value has become, if a method changed it.
    pub fn changed(&self, value: &Value) -> Option<Value> {
        let changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        self.pay(changed.len());
        let mut found: Option<&Value> = None;
        for (old, new) in changed.iter() {
            if is_one_object(old, found.unwrap_or(value)) {
                found = Some(new);
            }
        }
        found.cloned()
    }

    /// The names, for reading or changing.
    pub fn frames(&self) -> MutexGuard<'_, Frames> {
        self.frames.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The context.
    #[inline]
    pub fn root_dict(&self) -> Option<&Dict> {
        self.root.as_deref()
    }

    /// The next number of the rendering's own sequence of chance, below `end`.
    pub fn random_below(&self, end: usize) -> usize {
        let mut random = self.random.load(Ordering::Relaxed);
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        self.random.store(random, Ordering::Relaxed);
        let end = u64::try_from(end.max(1)).unwrap_or(1);
        usize::try_from((random >> 16) % end).unwrap_or(0)
    }
}

impl Object for Scopes {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        (key == "_c").then(|| Value::from_dyn_object(self.clone()))
    }
}
