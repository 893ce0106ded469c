//! The one door for edits of flows: every act of a person comes through here and can be undone.
//!
//! In: `FlowEdit` values. Out: the next working copy, on the screen at once and on its way to the disk.
//! Invariant: no working copy changes without a step in its history; typing in one field is one step.

use std::sync::Arc;

use leptos::prelude::*;

use crate::domain::flow::edit::{FlowEdit, WebhookChange, apply};
use crate::domain::flow::model::{Flow, FlowDocument, NodeKind, WebhookAction};
use crate::domain::flow::steps::{FlowHistory, FlowStep, StepMarks, StepWrite};
use crate::domain::id::{FlowId, NodeId};
use crate::domain::member::Permission;
use crate::runtime::handle::{AppCommand, StoreTrouble};
use crate::runtime::page::permission_to_edit;
use crate::ui::state::{AppState, Clash, KeepState};
use crate::view_model::delivery::Tone;
use crate::view_model::messages;
use crate::view_model::route::Route;

/// From so many cards on a flow is written only when the frame that shows the edit is drawn.
const LARGE: usize = 60;

impl AppState {
    /// Changes a flow. Whether it was possible; if not, why is said to the person.
    pub fn edit_flow(self, flow_id: &FlowId, edit: FlowEdit) -> bool {
        let Some(current) = self.working.with_untracked(|working| working.get(flow_id).cloned()) else { return false };
        let fold_key = edit.fold_key();
        match apply(&current, edit) {
            Ok(flow) => flow == *current || self.keep_step(flow, fold_key.as_deref()),
            Err(error) => {
                self.notify(Tone::Fail, messages::sentence(&error));
                false
            }
        }
    }

    /// Changes a webhook of a flow. Whether it was possible, as [`Self::edit_flow`].
    pub fn edit_webhook(self, flow_id: &FlowId, node_id: &NodeId, change: impl FnOnce(&mut WebhookAction)) -> bool {
        let action = self.working.with_untracked(|working| {
            let node = working.get(flow_id)?.nodes.get(node_id)?;
            let NodeKind::Webhook { action, .. } = &node.kind else { return None };
            Some(action.clone())
        });
        let Some(before) = action else { return false };
        let mut after = before.clone();
        change(&mut after);
        webhook_edits(node_id, &before, after).into_iter().all(|edit| self.edit_flow(flow_id, edit))
    }

    /// Puts a whole flow on the screen, as a step of its own, and asks for it to be kept.
    pub fn keep_flow(self, flow: Flow) {
        self.keep_step(flow, None);
    }

    /// Ends the folding of typing: the next edit is a step of its own. For when a field is left.
    pub fn seal_step(self, flow_id: &FlowId) {
        self.histories.update_untracked(|histories| {
            if let Some(history) = histories.get_mut(flow_id) {
                history.seal();
            }
        });
    }

    /// Takes back the last step; whether there was one.
    pub fn undo(self, flow_id: &FlowId) -> bool {
        self.step(flow_id, FlowHistory::undo)
    }

    /// Does the step again that was taken back last; whether there was one.
    pub fn redo(self, flow_id: &FlowId) -> bool {
        self.step(flow_id, FlowHistory::redo)
    }

    /// How many steps can be undone, and redone.
    pub fn n_steps(self, flow_id: &FlowId) -> (usize, usize) {
        self.histories.with(|histories| {
            histories.get(flow_id).map_or((0, 0), |history| (history.n_undoable(), history.n_redoable()))
        })
    }

    fn step(self, flow_id: &FlowId, go: fn(&mut FlowHistory) -> Option<StepWrite>) -> bool {
        if let Some(words) = untrack(|| self.members.refusal(Permission::EditFlows)) {
            self.notify(Tone::Fail, words);
            return false;
        }
        let mut done = None;
        self.histories.update(|histories| {
            if let Some(history) = histories.get_mut(flow_id) {
                done = go(history).map(|write| (Arc::clone(history.present()), write));
            }
        });
        let Some((flow, write)) = done else { return false };
        self.put_flow(flow, Some(write));
        true
    }

    /// Whether who acts may make this of the flow; if not, why is said.
    fn may_become(self, flow: &Flow) -> bool {
        let before = self.working.with_untracked(|working| working.get(&flow.id).cloned());
        let needed = permission_to_edit(before.as_deref(), flow);
        match untrack(|| self.members.refusal(needed)) {
            Some(words) => {
                self.notify(Tone::Fail, words);
                false
            }
            None => true,
        }
    }

    fn keep_step(self, flow: Flow, fold_key: Option<&str>) -> bool {
        if !self.may_become(&flow) {
            return false;
        }
        let (flow, write) = self.record_step(flow, fold_key);
        self.put_flow(flow, write);
        true
    }

    /// Records what a flow is now, and what it was if nothing is known of it yet.
    pub fn record_step(self, flow: Flow, fold_key: Option<&str>) -> (Arc<Flow>, Option<StepWrite>) {
        let before = self.working.with_untracked(|working| working.get(&flow.id).cloned());
        let flow_id = flow.id.clone();
        let flow = Arc::new(flow);
        let mut write = None;
        self.histories.update(|histories| {
            let history = histories
                .entry(flow_id)
                .or_insert_with(|| FlowHistory::of(before.unwrap_or_else(|| Arc::clone(&flow))));
            write = history.record(Arc::clone(&flow), fold_key);
        });
        (flow, write)
    }

    fn put_flow(self, flow: Arc<Flow>, steps: Option<StepWrite>) {
        self.working.update(|working| {
            working.insert(flow.id.clone(), Arc::clone(&flow));
        });
        // While it is not decided which of two working copies stays, nothing is written over the other.
        if self.clashes.with_untracked(|clashes| clashes.contains_key(&flow.id)) {
            return;
        }
        self.set_keep_state(&flow.id, KeepState::Keeping);
        let epoch = self.epochs.with_value(|epochs| epochs.get(&flow.id).copied().unwrap_or_default());
        let is_large = flow.nodes.len() > LARGE;
        let command = AppCommand::KeepFlow { flow, steps, epoch };
        if is_large {
            self.dispatch_after_frame(command);
        } else {
            self.dispatch(command);
        }
    }

    /// The steps that were kept with the working copy on disk.
    #[inline(never)]
    pub fn take_steps(self, flow_id: &FlowId, marks: StepMarks, steps: Vec<FlowStep>) {
        // What was done since they were asked for counts more.
        let has_own = self.histories.with_untracked(|histories| {
            histories.get(flow_id).is_some_and(|history| history.n_undoable() + history.n_redoable() > 0)
        });
        let present = self.working.with_untracked(|working| working.get(flow_id).cloned());
        if let (false, Some(present)) = (has_own, present)
            && let Some(history) = FlowHistory::restore(present, marks, steps)
        {
            self.histories.update(|histories| {
                histories.insert(flow_id.clone(), history);
            });
        }
    }

    /// Another tab wrote this flow.
    #[inline(never)]
    pub fn take_from_elsewhere(self, document: FlowDocument, epoch: u32) {
        let flow_id = document.working.id.clone();
        let on_screen = self.working.with_untracked(|working| working.get(&flow_id).cloned());
        let on_disk =
            self.documents.with_untracked(|documents| documents.get(&flow_id).map(|document| document.working.clone()));
        let is_same = on_screen.as_deref() == Some(&document.working);
        let has_own = match (&on_screen, &on_disk) {
            (Some(on_screen), Some(on_disk)) => **on_screen != *on_disk,
            (None, _) | (Some(_), None) => false,
        };
        let is_open = self.clashes.with_untracked(|clashes| clashes.contains_key(&flow_id));
        if (has_own || is_open) && !is_same {
            self.clashes.update(|clashes| {
                clashes.insert(flow_id.clone(), Clash { theirs: Arc::new(document.working.clone()), epoch });
            });
            self.set_keep_state(&flow_id, KeepState::NotKept { trouble: StoreTrouble::ChangedElsewhere });
        } else {
            let is_shown =
                self.route.with_untracked(|route| matches!(route, Route::Flow { flow_id: shown } if *shown == flow_id));
            if is_shown && !is_same {
                self.notify(Tone::Wait, messages::CHANGED_IN_OTHER_TAB.to_owned());
            }
            self.accept(Arc::new(document.working.clone()), epoch);
        }
        self.documents.update(|documents| {
            documents.insert(flow_id, document);
        });
    }

    /// Goes on from what another tab wrote, with the steps that were kept there.
    fn accept(self, flow: Arc<Flow>, epoch: u32) {
        let flow_id = flow.id.clone();
        self.epochs.update_value(|epochs| {
            epochs.insert(flow_id.clone(), epoch);
        });
        self.histories.update(|histories| drop(histories.remove(&flow_id)));
        self.working.update(|working| {
            working.insert(flow_id.clone(), flow);
        });
        self.set_keep_state(&flow_id, KeepState::Kept);
        self.dispatch(AppCommand::ReadSteps { flow_id });
    }

    /// Ends a clash: mine goes over theirs, or theirs stays. Either way the other can be had back by undo.
    pub fn settle_clash(self, flow_id: &FlowId, is_mine_kept: bool) {
        let mut clash = None;
        self.clashes.update(|clashes| clash = clashes.remove(flow_id));
        let mine = self.working.with_untracked(|working| working.get(flow_id).cloned());
        let (Some(Clash { theirs, epoch }), Some(mine)) = (clash, mine) else { return };
        self.epochs.update_value(|epochs| {
            epochs.insert(flow_id.clone(), epoch);
        });
        // What was to be undone led to a working copy that is not on disk any more.
        self.histories.update(|histories| {
            histories.insert(flow_id.clone(), FlowHistory::of(Arc::clone(&theirs)));
        });
        self.working.update(|working| {
            working.insert(flow_id.clone(), Arc::clone(&theirs));
        });
        let is_back = self.keep_step(Flow::clone(&mine), None);
        if is_back && !is_mine_kept {
            self.keep_step(Flow::clone(&theirs), None);
        }
    }
}

/// One edit for each field that differs.
fn webhook_edits(node_id: &NodeId, before: &WebhookAction, after: WebhookAction) -> Vec<FlowEdit> {
    let mut edits = Vec::new();
    let mut push = |change| edits.push(FlowEdit::SetWebhook { node_id: node_id.clone(), change });
    if before.name != after.name {
        push(WebhookChange::Name(after.name));
    }
    if before.url != after.url {
        push(WebhookChange::Url(after.url));
    }
    if before.headers != after.headers {
        push(WebhookChange::Headers(after.headers));
    }
    if before.payload != after.payload {
        push(WebhookChange::Payload(after.payload));
    }
    if before.repeat_policy != after.repeat_policy {
        push(WebhookChange::RepeatPolicy(after.repeat_policy));
    }
    if before.status != after.status {
        edits.push(FlowEdit::SetStatus { node_id: node_id.clone(), status: after.status });
    }
    edits
}
