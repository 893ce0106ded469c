//! Undo and redo of a flow, as the differences between its versions.
//!
//! In: each next flow, with a key that folds typing into one step. Out: the flow as it is now, and what to write down.
//! Invariant: keeps at most `MAX_STEPS` steps back; a step holds only what it changed, so that a hundred of them stay small.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::domain::flow::model::{Flow, Node};
use crate::domain::id::NodeId;

/// How many steps back are kept.
pub const MAX_STEPS: usize = 100;

/// What turns one flow into another: its head without cards, the cards that differ, and those that are gone.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowPatch {
    /// Name, trigger, filters and all else but the cards; `None` where they stay.
    pub head: Option<Flow>,
    pub nodes: BTreeMap<NodeId, Node>,
    pub removed: Vec<NodeId>,
}

impl FlowPatch {
    /// The difference.
    pub fn between(from: &Flow, to: &Flow) -> Self {
        let mut patch = Self { head: None, nodes: BTreeMap::new(), removed: Vec::new() };
        if !is_same_head(from, to) {
            patch.head = Some(head_of(to));
        }
        for (node_id, node) in &to.nodes {
            if from.nodes.get(node_id) != Some(node) {
                patch.nodes.insert(node_id.clone(), node.clone());
            }
        }
        patch.removed.extend(from.nodes.keys().filter(|node_id| !to.nodes.contains_key(*node_id)).cloned());
        patch
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.head.is_none() && self.nodes.is_empty() && self.removed.is_empty()
    }

    /// The flow after the change.
    pub fn apply(&self, flow: &Flow) -> Flow {
        let mut nodes = flow.nodes.clone();
        for node_id in &self.removed {
            nodes.remove(node_id);
        }
        nodes.extend(self.nodes.iter().map(|(node_id, node)| (node_id.clone(), node.clone())));
        let mut after = self.head.clone().unwrap_or_else(|| head_of(flow));
        after.nodes = nodes;
        after
    }
}

fn head_of(flow: &Flow) -> Flow {
    Flow {
        id: flow.id.clone(),
        name: flow.name.clone(),
        trigger: flow.trigger.clone(),
        trigger_filter: flow.trigger_filter.clone(),
        profile_filter: flow.profile_filter.clone(),
        reentry: flow.reentry,
        entry: flow.entry.clone(),
        nodes: BTreeMap::new(),
        klaviyo: flow.klaviyo.clone(),
    }
}

fn is_same_head(one: &Flow, other: &Flow) -> bool {
    one.id == other.id
        && one.name == other.name
        && one.trigger == other.trigger
        && one.trigger_filter == other.trigger_filter
        && one.profile_filter == other.profile_filter
        && one.reentry == other.reentry
        && one.entry == other.entry
        && one.klaviyo == other.klaviyo
}

/// One step, both ways.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowStep {
    pub back: FlowPatch,
    pub forth: FlowPatch,
}

/// Which steps there are: `first..done` can be undone, `done..end` done again. Numbers are never used twice for other steps at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StepMarks {
    pub first: u32,
    pub done: u32,
    pub end: u32,
}

/// What changed of the kept steps.
#[derive(Debug, Clone, PartialEq)]
pub struct StepWrite {
    pub marks: StepMarks,
    pub put: Option<(u32, FlowStep)>,
    pub dropped: Vec<u32>,
}

/// A flow with its past and its undone future.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowHistory {
    present: Arc<Flow>,
    /// Oldest first.
    past: VecDeque<FlowStep>,
    /// The next to be done again last.
    future: Vec<FlowStep>,
    /// The number of the oldest step.
    first: u32,
    /// The key under which the newest step was recorded, while more of the same may be folded into it.
    fold_key: Option<String>,
}

impl FlowHistory {
    /// Starts without a past.
    pub const fn of(present: Arc<Flow>) -> Self {
        Self { present, past: VecDeque::new(), future: Vec::new(), first: 0, fold_key: None }
    }

    /// Takes up steps that were kept, oldest first. `None` if they are not those that the marks name.
    pub fn restore(present: Arc<Flow>, marks: StepMarks, steps: Vec<FlowStep>) -> Option<Self> {
        let n_past = marks.done.checked_sub(marks.first)? as usize;
        let n_future = marks.end.checked_sub(marks.done)? as usize;
        if steps.len() != n_past + n_future {
            return None;
        }
        let mut past: VecDeque<FlowStep> = steps.into();
        let future = past.split_off(n_past).into_iter().rev().collect();
        Some(Self { present, past, future, first: marks.first, fold_key: None })
    }

    /// The flow as it is now.
    pub const fn present(&self) -> &Arc<Flow> {
        &self.present
    }

    /// How many steps can be undone.
    pub fn n_undoable(&self) -> usize {
        self.past.len()
    }

    /// How many steps can be done again.
    pub const fn n_redoable(&self) -> usize {
        self.future.len()
    }

    /// Which steps there are.
    pub fn marks(&self) -> StepMarks {
        let done = self.first.saturating_add(u32::try_from(self.past.len()).unwrap_or(u32::MAX));
        let end = done.saturating_add(u32::try_from(self.future.len()).unwrap_or(u32::MAX));
        StepMarks { first: self.first, done, end }
    }

    /// Makes `next` the present. With the same `fold_key` as the step before, both are undone together.
    ///
    /// A flow equal to the present one is no step.
    pub fn record(&mut self, next: Arc<Flow>, fold_key: Option<&str>) -> Option<StepWrite> {
        let forth = FlowPatch::between(&self.present, &next);
        if forth.is_empty() {
            return None;
        }
        let back = FlowPatch::between(&next, &self.present);
        let before = self.marks();
        let mut dropped: Vec<u32> = (before.done..before.end).collect();
        self.future.clear();
        let is_folded = fold_key.is_some() && self.fold_key.as_deref() == fold_key && !self.past.is_empty();
        self.fold_key = fold_key.map(str::to_owned);
        let folded = if is_folded { self.past.pop_back() } else { None };
        let step = match folded {
            Some(folded) => {
                // From where the first of the folded began to where the last of them ends.
                let start = folded.back.apply(&self.present);
                FlowStep { back: FlowPatch::between(&next, &start), forth: FlowPatch::between(&start, &next) }
            }
            None => FlowStep { back, forth },
        };
        self.present = next;
        self.past.push_back(step.clone());
        if self.past.len() > MAX_STEPS {
            self.past.pop_front();
            dropped.push(self.first);
            self.first = self.first.saturating_add(1);
        }
        let marks = self.marks();
        Some(StepWrite { marks, put: Some((marks.done.saturating_sub(1), step)), dropped })
    }

    /// Ends the folding, as when a field is left or a drag ends: the next `record` is a step of its own.
    pub fn seal(&mut self) {
        self.fold_key = None;
    }

    /// Goes one step back, if there is one.
    pub fn undo(&mut self) -> Option<StepWrite> {
        let step = self.past.pop_back()?;
        self.present = Arc::new(step.back.apply(&self.present));
        self.future.push(step);
        self.fold_key = None;
        Some(StepWrite { marks: self.marks(), put: None, dropped: Vec::new() })
    }

    /// Goes one step forward again, if there is one.
    pub fn redo(&mut self) -> Option<StepWrite> {
        let step = self.future.pop()?;
        self.present = Arc::new(step.forth.apply(&self.present));
        self.past.push_back(step);
        self.fold_key = None;
        Some(StepWrite { marks: self.marks(), put: None, dropped: Vec::new() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::FlowId;

    fn named(name: &str) -> Flow {
        Flow::blank(FlowId::new("f"), name)
    }

    fn record(history: &mut FlowHistory, name: &str, fold_key: Option<&str>) -> Option<StepWrite> {
        history.record(Arc::new(named(name)), fold_key)
    }

    fn history(names: &[(&str, Option<&str>)]) -> FlowHistory {
        let mut history = FlowHistory::of(Arc::new(named("0")));
        for (name, fold_key) in names {
            record(&mut history, name, *fold_key);
        }
        history
    }

    /// Every name the history can go to, oldest first.
    fn names(history: &FlowHistory) -> Vec<String> {
        let mut history = history.clone();
        while history.undo().is_some() {}
        let mut names = vec![history.present().name.clone()];
        while history.redo().is_some() {
            names.push(history.present().name.clone());
        }
        names
    }

    #[test]
    fn a_new_step_drops_what_was_undone() {
        let mut history = history(&[("1", None), ("2", None)]);
        history.undo();
        let write = record(&mut history, "3", None).unwrap();
        assert_eq!(names(&history), ["0", "1", "3"]);
        assert_eq!((write.dropped, write.marks), (vec![1], StepMarks { first: 0, done: 2, end: 2 }));
    }

    #[test]
    fn typing_folds_by_key_until_it_is_sealed() {
        let mut history = history(&[("1", Some("name")), ("2", Some("name")), ("3", Some("url")), ("4", Some("name"))]);
        assert_eq!(names(&history), ["0", "2", "3", "4"]);
        history.seal();
        record(&mut history, "5", Some("name"));
        assert_eq!(names(&history), ["0", "2", "3", "4", "5"]);
        history.undo();
        record(&mut history, "6", Some("name"));
        assert_eq!(names(&history), ["0", "2", "3", "4", "6"]);
    }

    #[test]
    fn an_equal_flow_is_no_step() {
        let mut history = history(&[("1", None)]);
        assert_eq!(record(&mut history, "1", None), None);
        assert_eq!(names(&history), ["0", "1"]);
    }

    #[test]
    fn a_hundred_steps_are_kept_and_the_oldest_is_dropped() {
        let mut history = history(&[]);
        for n in 1..=150 {
            let write = record(&mut history, &n.to_string(), None).unwrap();
            assert_eq!(write.dropped, if n > 100 { vec![n - 101] } else { vec![] });
        }
        assert_eq!(history.n_undoable(), MAX_STEPS);
        while history.undo().is_some() {}
        assert_eq!(history.present().name, "50");
    }

    /// What the disk would hold: rows by number, and the marks.
    #[test]
    fn what_was_written_down_is_the_whole_history() {
        let mut history = history(&[]);
        let mut rows: BTreeMap<u32, FlowStep> = BTreeMap::new();
        let mut marks = StepMarks::default();
        for n in 0..400_u32 {
            let write = match n % 7 {
                3 | 4 => history.undo(),
                5 => history.redo(),
                _ => record(&mut history, &n.to_string(), (n % 3 == 0).then_some("name")),
            };
            let Some(write) = write else { continue };
            marks = write.marks;
            for number in write.dropped {
                rows.remove(&number);
            }
            rows.extend(write.put);
            history.seal();
            let steps = rows.range(marks.first..marks.end).map(|(_, step)| step.clone()).collect();
            assert_eq!(FlowHistory::restore(Arc::clone(history.present()), marks, steps), Some(history.clone()), "{n}");
        }
        assert_eq!(rows.len(), (marks.end - marks.first) as usize);
        assert_eq!(FlowHistory::restore(Arc::clone(history.present()), marks, Vec::new()), None);
    }
}
