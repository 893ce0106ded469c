//! Flows as files: the gallery's, and one a person saved or was given.
//!
//! In: text. Out: flows, or why the text is no flow; and a flow as text.
//! Invariant: a file has the stored shape and its version, so that what reads old rows reads old files.

use serde_json::{Value, json};
use thiserror::Error;

use crate::domain::flow::edit::Clip;
use crate::domain::flow::model::{Flow, FlowDocument};
use crate::domain::flow::tree::is_tree;
use crate::domain::id::{EventId, FlowId};
use crate::domain::time::Timestamp;
use crate::storage::record::{RecordError, Stored};
use crate::storage::{Row, StoreName};

/// The gallery's file, beside the page.
pub const GALLERY_FILE: &str = "gallery.json";

/// What marks a file of ours.
const FORMAT: &str = "hookwright-flow";
/// What marks copied cards.
const CLIP_FORMAT: &str = "hookwright-cards";

/// A ready flow.
#[derive(Debug, Clone, PartialEq)]
pub struct GalleryFlow {
    pub title: String,
    pub summary: String,
    /// What starts it, in a word.
    pub trigger: String,
    /// The sample to preview it with, where its trigger brings an event.
    pub event_id: Option<EventId>,
    /// Without an id of its own, and all draft.
    pub flow: Flow,
}

/// Why a text is no flow.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FlowFileProblem {
    #[error("the file is not JSON: {reason}")]
    NotJson { reason: String },
    #[error("the file holds no flow of Hookwright’s")]
    NoFlow,
    #[error("the clipboard holds no cards of Hookwright’s")]
    NoCards,
    #[error("the file was written by a newer version of Hookwright; reload to get it")]
    TooNew,
    #[error("the flow in the file cannot be read: {reason}")]
    Unreadable { reason: String },
}

/// Reads the gallery. A payload may stand there as a list of its lines.
pub fn read_gallery(text: &str) -> Result<Vec<GalleryFlow>, FlowFileProblem> {
    let mut gallery = parse(text)?;
    let version = version_of(&gallery)?;
    let flows = gallery.get_mut("flows").and_then(Value::as_array_mut).ok_or(FlowFileProblem::NoFlow)?;
    flows
        .iter_mut()
        .map(|entry| {
            let word = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            let (title, summary, trigger, event) = (word("title"), word("summary"), word("trigger"), word("event"));
            let mut flow = entry.get_mut("flow").map(Value::take).ok_or(FlowFileProblem::NoFlow)?;
            join_payloads(&mut flow);
            let event_id = (!event.is_empty()).then(|| EventId::new(event));
            Ok(GalleryFlow { title, summary, trigger, event_id, flow: read_flow(flow, version)? })
        })
        .collect()
}

/// Reads a flow that [`write_flow_file`] wrote.
pub fn read_flow_file(text: &str) -> Result<Flow, FlowFileProblem> {
    let mut file = parse(text)?;
    if file.get("format").and_then(Value::as_str) != Some(FORMAT) {
        return Err(FlowFileProblem::NoFlow);
    }
    let version = version_of(&file)?;
    let flow = file.get_mut("flow").map(Value::take).ok_or(FlowFileProblem::NoFlow)?;
    read_flow(flow, version)
}

/// Copied cards as text, for the clipboard: a flow without a trigger.
pub fn write_clip(clip: &Clip) -> String {
    let mut flow = Flow::blank(FlowId::new("clip"), "");
    flow.entry = Some(clip.entry.clone());
    flow.nodes.clone_from(&clip.nodes);
    write_marked(&flow, CLIP_FORMAT)
}

/// Reads what [`write_clip`] wrote, or a whole flow's file. Cards that do not hang together are refused.
pub fn read_clip(text: &str) -> Result<Clip, FlowFileProblem> {
    let mut file: Value = serde_json::from_str(text).map_err(|_| FlowFileProblem::NoCards)?;
    if !matches!(file.get("format").and_then(Value::as_str), Some(FORMAT | CLIP_FORMAT)) {
        return Err(FlowFileProblem::NoCards);
    }
    let version = version_of(&file)?;
    let flow = file.get_mut("flow").map(Value::take).ok_or(FlowFileProblem::NoCards)?;
    let flow = read_flow(flow, version)?;
    match flow.entry.clone() {
        Some(entry) if is_tree(&flow) => Ok(Clip { entry, nodes: flow.nodes }),
        Some(_) | None => Err(FlowFileProblem::NoCards),
    }
}

/// A flow as a file.
pub fn write_flow_file(flow: &Flow) -> String {
    write_marked(flow, FORMAT)
}

fn write_marked(flow: &Flow, format: &str) -> String {
    let document = FlowDocument { working: flow.clone(), saved: None, edited_at: Timestamp::from_millis(0) };
    // What was just written can be read again.
    let mut stored: Value = serde_json::from_str(&document.to_row().json).unwrap_or_default();
    let flow = stored.get_mut("working").map(Value::take).unwrap_or_default();
    let file = json!({"format": format, "version": FlowDocument::VERSION, "flow": flow});
    serde_json::to_string_pretty(&file).unwrap_or_default()
}

fn parse(text: &str) -> Result<Value, FlowFileProblem> {
    serde_json::from_str(text).map_err(|error| FlowFileProblem::NotJson { reason: error.to_string() })
}

fn version_of(file: &Value) -> Result<u32, FlowFileProblem> {
    let version = file.get("version").and_then(Value::as_u64).and_then(|version| u32::try_from(version).ok());
    version.ok_or(FlowFileProblem::NoFlow)
}

fn read_flow(flow: Value, version: u32) -> Result<Flow, FlowFileProblem> {
    let document = json!({"working": flow, "saved": null, "edited_at": 0});
    let row = Row {
        store: StoreName::Flows,
        key: String::new(),
        revision: 0,
        version,
        json: document.to_string(),
        index_keys: std::collections::BTreeMap::new(),
    };
    match FlowDocument::from_row(&row) {
        Ok(document) => Ok(document.working),
        Err(RecordError::TooNew { .. }) => Err(FlowFileProblem::TooNew),
        Err(RecordError::Unreadable { reason, .. }) => Err(FlowFileProblem::Unreadable { reason }),
    }
}

fn join_payloads(flow: &mut Value) {
    let nodes = flow.get_mut("nodes").and_then(Value::as_object_mut);
    for node in nodes.into_iter().flat_map(|nodes| nodes.values_mut()) {
        let Some(payload) = node.pointer_mut("/kind/webhook/action/payload") else { continue };
        if let Value::Array(lines) = payload {
            let lines: Vec<&str> = lines.iter().filter_map(Value::as_str).collect();
            *payload = Value::String(lines.join("\n"));
        }
    }
}

/// The flow under another id, which sends nothing until somebody sets it live.
pub fn as_new(flow: Flow, flow_id: FlowId) -> Flow {
    let mut flow = Flow { id: flow_id, ..flow };
    flow.set_all_draft();
    flow
}
