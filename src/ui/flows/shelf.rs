//! What the screens know of flows as a collection: counts, versions, and flows that were deleted.
//!
//! In: news of the runtime. Out: signals, and the way to bring a flow back.
//! Invariant: a deleted flow is kept here until the tab is closed.

use std::collections::BTreeMap;

use leptos::prelude::*;

use crate::domain::delivery::counts::CountsByPlace;
use crate::domain::flow::model::SavedFlow;
use crate::domain::id::FlowId;
use crate::runtime::flow_file::GalleryFlow;
use crate::runtime::handle::{AppCommand, DeletedFlow, FlowsNews, FlowsOrder};
use crate::ui::state::AppState;
use crate::view_model::delivery::Tone;
use crate::view_model::messages;

/// Counts, versions, deleted flows.
#[derive(Clone, Copy, Default)]
pub struct FlowsShelf {
    /// Of the last 24 hours.
    pub counts: RwSignal<CountsByPlace>,
    /// The newest first; of the flows that were asked for.
    pub versions: RwSignal<BTreeMap<FlowId, Vec<SavedFlow>>>,
    /// The ready flows, once they are there, or why not.
    pub gallery: RwSignal<Option<Result<Vec<GalleryFlow>, String>>>,
    deleted: RwSignal<BTreeMap<FlowId, DeletedFlow>>,
}

impl AppState {
    #[inline(never)]
    pub(in crate::ui) fn take_flows_news(self, news: FlowsNews) {
        match news {
            FlowsNews::Versions { flow_id, versions } => {
                self.shelf.versions.update(|known| drop(known.insert(flow_id, versions)));
            }
            FlowsNews::Deleted { deleted } => {
                let flow = &deleted.document.working;
                let flow_id = flow.id.clone();
                let text = messages::flow_deleted(&flow.name);
                self.notify_with(Tone::Neutral, text, Some(flow_id.clone()));
                self.shelf.deleted.update(|known| drop(known.insert(flow_id, *deleted)));
            }
            FlowsNews::Gallery { flows } => self.shelf.gallery.set(Some(flows)),
            FlowsNews::Counts { counts } => {
                if self.shelf.counts.with_untracked(|known| *known != counts) {
                    self.shelf.counts.set(counts);
                }
            }
        }
    }

    /// Puts a deleted flow back as it was, versions and all.
    pub fn restore_flow(self, flow_id: &FlowId) {
        let mut found = None;
        self.shelf.deleted.update(|known| found = known.remove(flow_id));
        if let Some(deleted) = found {
            let order = FlowsOrder::Restore { deleted: Box::new(deleted) };
            self.dispatch(AppCommand::Flows { order });
        }
    }
}
