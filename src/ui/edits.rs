//! The one door for edits of flows: every act of a person comes through here and can be undone.
//!
//! In: `FlowEdit` values. Out: the next working copy, on the screen at once and on its way to the disk.
//! Invariant: no working copy changes without a step in its history; typing in one field is one step.

use std::sync::Arc;

use leptos::prelude::*;

use crate::domain::flow::edit::{FlowEdit, WebhookChange, apply};
use crate::domain::flow::model::{Flow, NodeKind, WebhookAction};
use crate::domain::history::History;
use crate::domain::id::{FlowId, NodeId};
use crate::runtime::handle::AppCommand;
use crate::ui::state::{AppState, KeepState};
use crate::view_model::delivery::Tone;
use crate::view_model::messages;

impl AppState {
    /// Changes a flow. Whether it was possible; if not, why is said to the person.
    pub fn edit_flow(self, flow_id: &FlowId, edit: FlowEdit) -> bool {
        let Some(current) = self.working.with_untracked(|working| working.get(flow_id).cloned()) else { return false };
        let fold_key = edit.fold_key();
        match apply(&current, edit) {
            Ok(flow) => {
                if flow != *current {
                    self.keep_step(flow, fold_key.as_deref());
                }
                true
            }
            Err(error) => {
                self.notify(Tone::Fail, messages::sentence(&error));
                false
            }
        }
    }

    /// Changes a webhook of a flow.
    pub fn edit_webhook(self, flow_id: &FlowId, node_id: &NodeId, change: impl FnOnce(&mut WebhookAction)) {
        let action = self.working.with_untracked(|working| {
            let node = working.get(flow_id)?.nodes.get(node_id)?;
            let NodeKind::Webhook { action, .. } = &node.kind else { return None };
            Some(action.clone())
        });
        let Some(before) = action else { return };
        let mut after = before.clone();
        change(&mut after);
        for edit in webhook_edits(node_id, &before, after) {
            self.edit_flow(flow_id, edit);
        }
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
        self.step(flow_id, History::undo)
    }

    /// Does the step again that was taken back last; whether there was one.
    pub fn redo(self, flow_id: &FlowId) -> bool {
        self.step(flow_id, History::redo)
    }

    /// How many steps can be undone, and redone.
    pub fn n_steps(self, flow_id: &FlowId) -> (usize, usize) {
        self.histories.with(|histories| {
            histories.get(flow_id).map_or((0, 0), |history| (history.n_undoable(), history.n_redoable()))
        })
    }

    fn step(self, flow_id: &FlowId, go: fn(&mut History<Flow>) -> bool) -> bool {
        let mut present = None;
        self.histories.update(|histories| {
            if let Some(history) = histories.get_mut(flow_id)
                && go(history)
            {
                present = Some(Arc::clone(history.present()));
            }
        });
        let Some(flow) = present else { return false };
        self.put_flow(flow);
        true
    }

    fn keep_step(self, flow: Flow, fold_key: Option<&str>) {
        self.put_flow(self.record_step(flow, fold_key));
    }

    /// Records what a flow is now, and what it was if nothing is known of it yet.
    pub fn record_step(self, flow: Flow, fold_key: Option<&str>) -> Arc<Flow> {
        let before = self.working.with_untracked(|working| working.get(&flow.id).cloned());
        let flow_id = flow.id.clone();
        let flow = Arc::new(flow);
        self.histories.update(|histories| {
            let history =
                histories.entry(flow_id).or_insert_with(|| History::of(before.unwrap_or_else(|| Arc::clone(&flow))));
            history.record_arc(Arc::clone(&flow), fold_key);
        });
        flow
    }

    fn put_flow(self, flow: Arc<Flow>) {
        self.working.update(|working| {
            working.insert(flow.id.clone(), Arc::clone(&flow));
        });
        self.set_keep_state(&flow.id, KeepState::Keeping);
        self.dispatch(AppCommand::KeepFlow { flow });
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
