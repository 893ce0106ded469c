//! Files: what a person chooses or drops, and what the app hands out.
//!
//! In: a file, or a text. Out: bytes, or a download.
//! Invariant: the composition root does both; nothing here touches the disk or the network.

use std::rc::Rc;

use leptos::prelude::*;
use leptos::web_sys::File;

use crate::runtime::ports::FilePieces;

/// Takes a file's bytes, or why they could not be read.
pub type TakeBytes = Box<dyn FnOnce(Result<Vec<u8>, String>)>;

/// Hands out a text: a file's name, its media type, the text.
pub type SaveText = Rc<dyn Fn(&str, &str, &str) -> Result<(), String>>;

/// Begins a file that comes in pieces.
pub type SavePieces = Rc<dyn Fn() -> Rc<dyn FilePieces>>;

/// Takes a text, or why it did not come.
pub type TakeText = Box<dyn FnOnce(Result<String, String>)>;

/// The names of a kind that the browser knows.
pub type KnownNames = Rc<dyn Fn(&str) -> Vec<String>>;

/// What the composition root gives in.
#[derive(Clone)]
pub struct FileServices {
    pub read: Rc<dyn Fn(File, TakeBytes)>,
    /// Fetches a file that lies beside the page.
    pub fetch: Rc<dyn Fn(&'static str, TakeText)>,
    pub save: SaveText,
    pub save_pieces: SavePieces,
    /// Time zones and currencies.
    pub known_names: KnownNames,
}

/// The services, for every screen.
#[derive(Clone, Copy)]
pub struct Files(StoredValue<FileServices, LocalStorage>);

impl Files {
    pub fn new(services: FileServices) -> Self {
        Self(StoredValue::new_local(services))
    }

    /// Reads a file.
    pub fn read(self, file: File, take: TakeBytes) {
        self.0.with_value(|services| (services.read)(file, take));
    }

    /// Fetches a file that lies beside the page.
    pub fn fetch(self, name: &'static str, take: TakeText) {
        self.0.with_value(|services| (services.fetch)(name, take));
    }

    /// Hands a text out as a file.
    pub fn save(self, file_name: &str, media_type: &str, text: &str) -> Result<(), String> {
        self.0.with_value(|services| (services.save)(file_name, media_type, text))
    }

    /// Begins a file that comes in pieces.
    pub fn save_pieces(self) -> Rc<dyn FilePieces> {
        self.0.with_value(|services| (services.save_pieces)())
    }

    /// The names of a kind that the browser knows: `timeZone` or `currency`.
    pub fn known_names(self, kind: &str) -> Vec<String> {
        self.0.with_value(|services| (services.known_names)(kind))
    }
}

/// The services.
pub fn use_files() -> Files {
    expect_context()
}
