//! Reads files that a person chose or dropped.
//!
//! In: a file. Out: its bytes, or why not.
//! Invariant: page only; the file is never written to.

use js_sys::Uint8Array;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::File;

use crate::browser::scope::describe;

/// Reads a file, then runs `take`.
pub fn read_bytes(file: File, take: Box<dyn FnOnce(Result<Vec<u8>, String>)>) {
    let promise = file.array_buffer();
    spawn_local(async move {
        let read = JsFuture::from(promise).await;
        take(read.map(|buffer| Uint8Array::new(&buffer).to_vec()).map_err(|error| describe(&error)));
    });
}
