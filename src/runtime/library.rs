//! The library's line between screens and page: events, profiles, lists and segments, many at a time.
//!
//! In: what a person keeps, deletes, imports. Out: what changed, and how far a long act has come.
//! Invariant: plain values; only what changed travels, since a library may hold thousands.

use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::id::{EventId, ProfileId};
use crate::domain::lists::ProfileSets;

/// What a person did with the library.
#[derive(Debug, Clone, PartialEq)]
pub enum LibraryCommand {
    /// Keeps and deletes, in this order; many are written in slices with word of each.
    Change { change: LibraryChange },
    /// Keeps all lists and segments as they are now. Who came into one starts its flows.
    KeepSets { sets: ProfileSets },
    /// Puts the samples there that are not: the text of the file they lie in.
    TakeSamples { text: String },
    /// Fetches the samples' file, then takes them. The composition root's part.
    FetchSamples,
    /// Reads a text that was dropped, chosen or pasted. The composition root's part.
    Read { order: ReadOrder },
    /// Stops reading.
    StopReading,
}

/// Things to keep and things to delete.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LibraryChange {
    pub events: Vec<TriggerEvent>,
    pub profiles: Vec<Profile>,
    pub deleted_events: Vec<EventId>,
    pub deleted_profiles: Vec<ProfileId>,
}

impl LibraryChange {
    /// How many things it touches.
    pub const fn len(&self) -> usize {
        self.events.len() + self.profiles.len() + self.deleted_events.len() + self.deleted_profiles.len()
    }

    /// Whether it changes nothing.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A text to read.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadOrder {
    /// Answers to an older ticket are dropped.
    pub ticket: u64,
    pub text: String,
    pub defaults: crate::domain::import::Defaults,
}

/// What became of the library.
#[derive(Debug, Clone, PartialEq)]
pub enum LibraryEvent {
    /// This is on the disk now.
    Changed {
        change: LibraryChange,
    },
    /// A long change has come this far.
    Changing {
        n_done: usize,
        n_all: usize,
    },
    SetsChanged {
        sets: ProfileSets,
    },
    /// Profiles came into sets and were sent into flows.
    Started {
        n_flows: usize,
        n_profiles: usize,
    },
    /// The samples are there.
    SamplesTaken,
    /// The samples could not be fetched.
    SamplesMissing {
        reason: String,
    },
    /// A part of the text was read.
    ReadOn {
        ticket: u64,
        slice: crate::domain::import::reader::Slice,
        n_bytes: usize,
    },
    /// The text could not be read on.
    ReadFailed {
        ticket: u64,
        message: String,
    },
}
