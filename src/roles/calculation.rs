//! The calculation worker: renders previews, tries harsh data, and reads imports.
//!
//! In: contexts, jobs and imports as text, told apart by how they begin. Out: replies as JSON text.
//! Invariant: keeps the newest contexts and nothing else; it may be ended at any time.

use std::cell::RefCell;
use std::rc::Rc;

use hookwright::browser::clock::{BrowserClock, monotonic_micros};
use hookwright::browser::worker_link::PageLink;
use hookwright::browser::zones::BrowserZones;
use hookwright::runtime::keys::stretch_as_ordered;
use hookwright::runtime::ports::Clock;
use hookwright::runtime::preview::{
    Here, PreviewContext, PreviewContextRecord, PreviewJob, PreviewJobRecord, PreviewReplyRecord, Workshop,
};
use hookwright::runtime::reading::{read_all, read_order};
use hookwright::storage::record::mirror::{JsonText, read_text};

use crate::roles::{BEGUN, CONTEXT_MARK, JOB_MARK, said};

/// How long harsh data may keep a preview waiting, in microseconds.
const SLICE_MICROS: u64 = 60_000;

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

thread_local! {
    static WORKSHOP: RefCell<Workshop> = RefCell::default();
}

fn answer(link: &PageLink, text: &str) {
    if let Some(order) = read_order(text) {
        return read_all(&order, |reply| said(link.post(&reply)));
    }
    if let Some(key) = stretch_as_ordered(text) {
        return said(link.post(&key));
    }
    if let Some(text) = text.strip_prefix(CONTEXT_MARK) {
        match read_text::<PreviewContext, PreviewContextRecord>(text) {
            Ok(context) => {
                WORKSHOP.with_borrow_mut(|workshop| workshop.keep(context));
                // From here on the time of its job counts; what came before is the browser's.
                said(link.post(BEGUN));
            }
            Err(error) => said(Err(error.to_string())),
        }
        return;
    }
    let Some(Ok(job)) = text.strip_prefix(JOB_MARK).map(read_text::<PreviewJob, PreviewJobRecord>) else { return };
    let started = monotonic_micros();
    let is_over = || monotonic_micros().saturating_sub(started) > SLICE_MICROS;
    let reply = WORKSHOP
        .with_borrow(|workshop| workshop.work(&job, Here { now: BrowserClock.now(), zones: &BrowserZones }, &is_over));
    let Some(mut reply) = reply else { return };
    reply.render_micros = monotonic_micros().saturating_sub(started);
    said(link.post(&JsonText::of::<_, PreviewReplyRecord>(&reply)));
}
