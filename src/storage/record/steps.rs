//! How the steps of a flow's history lie on disk: a row a step, and one row that says which of them count.
//!
//! In: steps and marks. Out: rows, and back.
//! Invariant: written in the transaction of the working copy they belong to, so that they always lead to it and from it.

use std::collections::BTreeMap;

use crate::domain::flow::steps as domain;
use crate::domain::id::FlowId;
use crate::domain::time::Timestamp;
use crate::storage::record::flow::{FlowRecord, NodeRecord};
use crate::storage::record::mirror::stored;
use crate::storage::record::{RecordError, Stored, read_row, write_row};
use crate::storage::{Row, StoreName};

/// A step of a flow.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredStep {
    pub flow_id: FlowId,
    pub number: u32,
    pub step: domain::FlowStep,
}

/// Which steps of a flow count.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredMarks {
    pub flow_id: FlowId,
    /// When the working copy was edited that they belong to; steps of another one are of no use.
    pub edited_at: Timestamp,
    pub marks: domain::StepMarks,
}

stored! {
    struct FlowPatchRecord for domain::FlowPatch {
        head: Option<FlowRecord>,
        nodes: BTreeMap<String, NodeRecord>,
        removed: Vec<String>,
    }
}
stored! {
    struct FlowStepRecord for domain::FlowStep { back: FlowPatchRecord, forth: FlowPatchRecord }
}
stored! {
    struct StepMarksRecord for domain::StepMarks { first: u32, done: u32, end: u32 }
}
stored! {
    /// A row of [`StoreName::Steps`].
    struct StoredStepRecord for StoredStep { flow_id: String, number: u32, step: FlowStepRecord }
}
stored! {
    /// A row of [`StoreName::Meta`].
    struct StoredMarksRecord for StoredMarks { flow_id: String, edited_at: i64, marks: StepMarksRecord }
}

/// The key of a step; keys of one flow sort by their number.
pub fn step_key(flow_id: &FlowId, number: u32) -> String {
    format!("{}{number:010}", step_prefix(flow_id))
}

/// What the keys of all steps of a flow begin with.
pub fn step_prefix(flow_id: &FlowId) -> String {
    let mut prefix = flow_id.as_str().to_owned();
    prefix.push('/');
    prefix
}

/// The key of a flow's marks.
pub fn marks_key(flow_id: &FlowId) -> String {
    let mut key = "steps/".to_owned();
    key.push_str(flow_id.as_str());
    key
}

impl Stored for StoredStep {
    const STORE: StoreName = StoreName::Steps;
    const VERSION: u32 = 1;

    fn to_row(&self) -> Row {
        write_row::<Self, StoredStepRecord>(self, step_key(&self.flow_id, self.number), [])
    }

    fn from_row(row: &Row) -> Result<Self, RecordError> {
        read_row::<Self, StoredStepRecord>(row)
    }
}

impl Stored for StoredMarks {
    const STORE: StoreName = StoreName::Meta;
    const VERSION: u32 = 1;

    fn to_row(&self) -> Row {
        write_row::<Self, StoredMarksRecord>(self, marks_key(&self.flow_id), [])
    }

    fn from_row(row: &Row) -> Result<Self, RecordError> {
        read_row::<Self, StoredMarksRecord>(row)
    }
}
