//! Reads events and profiles from files and pasted text, and writes them out again.
//!
//! In: bytes or text in any of the known shapes. Out: events and profiles, and a report of the rows that are neither.
//! Invariant: one broken row never costs a good one; nothing is kept here, so what comes in can be looked at first.

pub mod bodies;
pub mod cell;
pub mod csv;
pub mod curl;
pub mod decode;
pub mod export;
pub mod pieces;
pub mod reader;
pub mod resolve;
pub mod shape;

use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::time::Timestamp;

pub use crate::domain::import::reader::Reader;

/// How the text is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// One value, a list of them, or several one after the other.
    Json,
    /// One value a line.
    JsonLines,
    /// A head line, then one row a line.
    Csv,
}

/// What a row of a table is, where the row itself does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowKind {
    Event,
    Profile,
}

/// What stands in for what a row leaves out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defaults {
    /// Of events that name no metric.
    pub metric: String,
    /// Of events without a time.
    pub now: Timestamp,
    /// What table rows are; `None` asks the head line.
    pub row_kind: Option<RowKind>,
}

/// Something that was read.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    Event(FoundEvent),
    Profile(Profile),
}

/// An event as it was read: its id and its profile's id are empty where the text has none.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundEvent {
    pub event: TriggerEvent,
    /// Whom the text says it belongs to.
    pub person: Option<Profile>,
}

/// A row that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// From 1.
    pub line: usize,
    /// One sentence.
    pub message: String,
}
