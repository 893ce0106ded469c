//! Undo and redo of whole values.
//!
//! In: each next value, with a key that folds typing and drags into one step. Out: the present value, and those before and after.
//! Invariant: keeps at most `MAX_STEPS` steps back, and knows nothing of what it keeps.

use std::collections::VecDeque;
use std::sync::Arc;

/// How many steps back are kept.
pub const MAX_STEPS: usize = 100;

/// A value with its past and its undone future.
#[derive(Debug, Clone, PartialEq)]
pub struct History<T> {
    present: Arc<T>,
    /// Oldest first.
    past: VecDeque<Arc<T>>,
    /// The next to be redone last.
    future: Vec<Arc<T>>,
    /// The key under which the present value was recorded, while more of the same may be folded into it.
    fold_key: Option<String>,
}

impl<T: PartialEq> History<T> {
    /// Starts with a value and no past.
    pub fn new(value: T) -> Self {
        Self::of(Arc::new(value))
    }

    /// Starts with a value that others hold too.
    pub const fn of(present: Arc<T>) -> Self {
        Self { present, past: VecDeque::new(), future: Vec::new(), fold_key: None }
    }

    /// Takes up a history that was kept, oldest value first. `None` unless `n_undone` leaves a present value.
    pub fn restore(values: Vec<T>, n_undone: usize) -> Option<Self> {
        let mut values: VecDeque<_> = values.into_iter().map(Arc::new).collect();
        let n_done = values.len().checked_sub(n_undone)?;
        let future = values.split_off(n_done).into_iter().rev().collect();
        let present = values.pop_back()?;
        let n_dropped = values.len().saturating_sub(MAX_STEPS);
        values.drain(..n_dropped);
        Some(Self { present, past: values, future, fold_key: None })
    }

    /// The value as it is now.
    pub const fn present(&self) -> &Arc<T> {
        &self.present
    }

    /// Every value, oldest first: what `restore` takes.
    pub fn values(&self) -> impl Iterator<Item = &Arc<T>> {
        self.past.iter().chain([&self.present]).chain(self.future.iter().rev())
    }

    /// How many steps can be undone.
    pub fn n_undoable(&self) -> usize {
        self.past.len()
    }

    /// How many steps can be redone.
    pub const fn n_redoable(&self) -> usize {
        self.future.len()
    }

    /// Makes `next` the present. With the same `fold_key` as the step before, both are undone together.
    ///
    /// A value equal to the present one is no step.
    pub fn record(&mut self, next: T, fold_key: Option<&str>) {
        self.record_arc(Arc::new(next), fold_key);
    }

    /// The same for a value that others hold too.
    pub fn record_arc(&mut self, next: Arc<T>, fold_key: Option<&str>) {
        if *next == *self.present {
            return;
        }
        let is_folded = fold_key.is_some() && self.fold_key.as_deref() == fold_key;
        let before = std::mem::replace(&mut self.present, next);
        self.future.clear();
        self.fold_key = fold_key.map(str::to_owned);
        if is_folded {
            return;
        }
        self.past.push_back(before);
        if self.past.len() > MAX_STEPS {
            self.past.pop_front();
        }
    }

    /// Ends the folding, as when a field is left or a drag ends: the next `record` is a step of its own.
    pub fn seal(&mut self) {
        self.fold_key = None;
    }

    /// Goes one step back; whether there was one.
    pub fn undo(&mut self) -> bool {
        let Some(before) = self.past.pop_back() else { return false };
        self.future.push(std::mem::replace(&mut self.present, before));
        self.fold_key = None;
        true
    }

    /// Goes one step forward again; whether there was one.
    pub fn redo(&mut self) -> bool {
        let Some(after) = self.future.pop() else { return false };
        self.past.push_back(std::mem::replace(&mut self.present, after));
        self.fold_key = None;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded(steps: &[(i32, Option<&str>)]) -> History<i32> {
        let mut history = History::new(0);
        for (value, fold_key) in steps {
            history.record(*value, *fold_key);
        }
        history
    }

    fn values(history: &History<i32>) -> Vec<i32> {
        history.values().map(|value| **value).collect()
    }

    #[test]
    fn undo_and_redo_go_back_and_forth() {
        let mut history = recorded(&[(1, None), (2, None)]);
        assert!(history.undo() && history.undo() && !history.undo());
        assert_eq!((**history.present(), history.n_redoable()), (0, 2));
        assert!(history.redo() && history.redo() && !history.redo());
        assert_eq!((**history.present(), history.n_undoable()), (2, 2));
    }

    #[test]
    fn a_new_step_drops_what_was_undone() {
        let mut history = recorded(&[(1, None), (2, None)]);
        history.undo();
        history.record(3, None);
        assert_eq!(values(&history), [0, 1, 3]);
        assert_eq!(history.n_redoable(), 0);
    }

    #[test]
    fn typing_folds_by_key_until_it_is_sealed() {
        let mut history = recorded(&[(1, Some("name")), (2, Some("name")), (3, Some("url")), (4, Some("name"))]);
        assert_eq!(values(&history), [0, 2, 3, 4]);
        history.seal();
        history.record(5, Some("name"));
        assert_eq!(values(&history), [0, 2, 3, 4, 5]);
        history.undo();
        history.record(6, Some("name"));
        assert_eq!(values(&history), [0, 2, 3, 4, 6]);
    }

    #[test]
    fn an_equal_value_is_no_step() {
        let history = recorded(&[(1, None), (1, None)]);
        assert_eq!(values(&history), [0, 1]);
    }

    #[test]
    fn a_hundred_steps_are_kept() {
        let steps: Vec<_> = (1..=150).map(|value| (value, None)).collect();
        let mut history = recorded(&steps);
        assert_eq!(history.n_undoable(), MAX_STEPS);
        while history.undo() {}
        assert_eq!(**history.present(), 50);
    }

    #[test]
    fn a_kept_history_is_taken_up() {
        let mut history = recorded(&[(1, None), (2, None), (3, None)]);
        history.undo();
        assert_eq!(History::restore(values(&history), history.n_redoable()), Some(history));
        assert_eq!(History::restore(vec![1], 1), None);
        assert_eq!(History::<i32>::restore(vec![], 0), None);
    }
}
