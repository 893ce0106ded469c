//! The calculation worker: renders previews.
//!
//! In: preview requests as JSON text. Out: replies as JSON text.
//! Invariant: keeps nothing; it may be ended at any time.

use std::cell::RefCell;
use std::rc::Rc;

use hookwright::browser::clock::{BrowserClock, monotonic_micros};
use hookwright::browser::worker_link::PageLink;
use hookwright::runtime::handle::PreviewRequest;
use hookwright::runtime::ports::Clock;
use hookwright::runtime::preview::{PreviewReply, PreviewReplyRecord, PreviewRequestRecord, render_preview};
use hookwright::storage::record::mirror::{JsonText, read_text};

use crate::roles::said;

/// Hears the page and answers, for as long as the worker lives.
pub fn start() {
    let link: Rc<RefCell<Option<PageLink>>> = Rc::default();
    let waiting: Rc<RefCell<Vec<String>>> = Rc::default();
    let taken_over = PageLink::take_over({
        let (link, waiting) = (Rc::clone(&link), Rc::clone(&waiting));
        move |text| match &*link.borrow() {
            Some(link) => answer(link, &text),
            // Heard while the line is still being taken over.
            None => waiting.borrow_mut().push(text),
        }
    });
    *link.borrow_mut() = taken_over;
    if let Some(link) = &*link.borrow() {
        for text in waiting.take() {
            answer(link, &text);
        }
    }
    // The line is the worker's life.
    std::mem::forget(link);
}

fn answer(link: &PageLink, text: &str) {
    let Ok(request) = read_text::<PreviewRequest, PreviewRequestRecord>(text) else { return };
    let started = monotonic_micros();
    let rendered = render_preview(&request, BrowserClock.now());
    let render_micros = monotonic_micros().saturating_sub(started);
    let reply = PreviewReply { ticket: request.ticket, rendered, render_micros };
    said(link.post(&JsonText::of::<_, PreviewReplyRecord>(&reply)));
}
