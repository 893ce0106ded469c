//! The calculation worker: renders previews.
//!
//! In: preview requests as JSON text. Out: replies as JSON text.
//! Invariant: keeps nothing; it may be ended at any time.

use hookwright::browser::clock::monotonic_micros;
use hookwright::browser::worker_link::{hear_page, say_to_page};
use hookwright::runtime::handle::PreviewRequest;
use hookwright::runtime::preview::{PreviewReply, render_preview};

/// Hears the page and answers.
pub fn start() {
    hear_page(|text| {
        let Ok(request) = serde_json::from_str::<PreviewRequest>(&text) else { return };
        let started = monotonic_micros();
        let rendered = render_preview(&request);
        let render_micros = monotonic_micros().saturating_sub(started);
        let reply = PreviewReply { ticket: request.ticket, rendered, render_micros };
        if let Ok(text) = serde_json::to_string(&reply) {
            say_to_page(&text);
        }
    });
}
