//! What the list of flows and the versions ask for, and what they are told.
//!
//! In: nothing. Out: plain values both ways.
//! Invariant: a deleted flow travels whole, so that it can be put back as it was.

use crate::domain::delivery::counts::CountsByPlace;
use crate::domain::flow::model::{FlowDocument, SavedFlow};
use crate::domain::id::FlowId;
use crate::runtime::flow_file::GalleryFlow;

/// Something to do with flows as a collection.
#[derive(Debug, Clone, PartialEq)]
pub enum FlowsOrder {
    /// Every saved version of a flow.
    ListVersions { flow_id: FlowId },
    /// Puts a deleted flow back.
    Restore { deleted: Box<DeletedFlow> },
    /// Counts the deliveries of the last 24 hours, now and whenever they change.
    WatchCounts,
    /// The ready flows, which lie beside the page. Done before the page's queue.
    FetchGallery,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub enum FlowsNews {
    /// The newest first.
    Versions {
        flow_id: FlowId,
        versions: Vec<SavedFlow>,
    },
    Deleted {
        deleted: Box<DeletedFlow>,
    },
    Counts {
        counts: CountsByPlace,
    },
    /// The ready flows, or why they could not be fetched.
    Gallery {
        flows: Result<Vec<GalleryFlow>, String>,
    },
}

/// A flow that was deleted, with its versions.
#[derive(Debug, Clone, PartialEq)]
pub struct DeletedFlow {
    pub document: FlowDocument,
    pub versions: Vec<SavedFlow>,
}
