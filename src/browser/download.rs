//! Hands text to the person as a file.
//!
//! In: a file's name, its type, its text. Out: a download.
//! Invariant: page only; nothing leaves the device.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, BlobPropertyBag, Document, HtmlElement, Url, Window};

use crate::browser::scope::describe;
use crate::browser::timers::sleep;
use crate::runtime::ports::FilePieces;

/// How long the file's source is kept: the download has to have started before it may go.
const KEEP_MILLIS: i64 = 60_000;

/// Saves text under a name; `media_type` is such as `text/csv`.
pub fn save_text(file_name: &str, media_type: &str, text: &str) -> Result<(), String> {
    save(file_name, media_type, text).map_err(|error| describe(&error))
}

/// A file that comes piece by piece: each is handed to the browser at once, so that none fills our own memory.
#[derive(Default)]
pub struct Pieces(Array);

impl FilePieces for Pieces {
    fn push(&self, text: &str) -> Result<(), String> {
        let piece = Blob::new_with_str_sequence(&Array::of1(&text.into())).map_err(|error| describe(&error))?;
        self.0.push(&piece);
        Ok(())
    }

    fn save(&self, file_name: &str, media_type: &str) -> Result<(), String> {
        let options = BlobPropertyBag::new();
        options.set_type(media_type);
        let blob = Blob::new_with_blob_sequence_and_options(&self.0, &options);
        blob.and_then(|blob| save_blob(file_name, &blob)).map_err(|error| describe(&error))
    }
}

fn save(file_name: &str, media_type: &str, text: &str) -> Result<(), JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(media_type);
    save_blob(file_name, &Blob::new_with_str_sequence_and_options(&Array::of1(&text.into()), &options)?)
}

fn save_blob(file_name: &str, blob: &Blob) -> Result<(), JsValue> {
    let document = document().ok_or_else(|| JsValue::from_str("there is no page here to download from"))?;
    let address = Url::create_object_url_with_blob(blob)?;
    let link: HtmlElement = document.create_element("a")?.unchecked_into();
    link.set_attribute("href", &address)?;
    link.set_attribute("download", file_name)?;
    link.click();
    spawn_local(async move {
        sleep(KEEP_MILLIS).await;
        // An address that is gone already needs no revoking.
        drop(Url::revoke_object_url(&address));
    });
    Ok(())
}

fn document() -> Option<Document> {
    js_sys::global().dyn_into::<Window>().ok()?.document()
}
