//! The library's work beside the page: imports are read in a worker of their own, samples are fetched.
//!
//! In: commands of the library. Out: events for the screen, and commands for the page's queue.
//! Invariant: a worker that reads is ended when it has read or is not wanted any more.

use std::cell::RefCell;
use std::rc::Rc;

use hookwright::browser::asset::fetch_text;
use hookwright::browser::role::Role;
use hookwright::browser::worker_link::{WorkerLink, WorkerMessage};
use hookwright::domain::samples::SAMPLES_FILE;
use hookwright::runtime::handle::{AppCommand, AppEvent};
use hookwright::runtime::library::{LibraryCommand, LibraryEvent, ReadOrder};
use hookwright::runtime::reading::{order_text, read_reply};
use hookwright::ui::EventSink;
use wasm_bindgen_futures::spawn_local;

/// Reads and fetches.
pub struct LibraryDesk {
    sink: EventSink,
    /// Passes a command on to the page's queue.
    pass_on: Box<dyn Fn(AppCommand)>,
    /// Dropping it ends the worker.
    worker: RefCell<Option<WorkerLink>>,
}

impl LibraryDesk {
    pub fn new(sink: EventSink, pass_on: impl Fn(AppCommand) + 'static) -> Rc<Self> {
        Rc::new(Self { sink, pass_on: Box::new(pass_on), worker: RefCell::new(None) })
    }

    /// Does what is its part; gives back what is not.
    pub fn take(self: &Rc<Self>, command: AppCommand) -> Option<AppCommand> {
        match command {
            AppCommand::Library { command: LibraryCommand::Read { order } } => self.read(&order),
            AppCommand::Library { command: LibraryCommand::StopReading } => drop(self.worker.borrow_mut().take()),
            AppCommand::Library { command: LibraryCommand::FetchSamples } => self.fetch_samples(),
            command => return Some(command),
        }
        None
    }

    /// Fetches the samples and has them taken.
    pub fn fetch_samples(self: &Rc<Self>) {
        let desk = Rc::clone(self);
        spawn_local(async move {
            match fetch_text(SAMPLES_FILE).await {
                Ok(text) => {
                    (desk.pass_on)(AppCommand::Library { command: LibraryCommand::TakeSamples { text } });
                }
                Err(reason) => desk.tell(LibraryEvent::SamplesMissing { reason }),
            }
        });
    }

    fn read(self: &Rc<Self>, order: &ReadOrder) {
        let ticket = order.ticket;
        let desk = Rc::clone(self);
        let name = Role::Calculation.worker_name().unwrap_or_default();
        let spawned = WorkerLink::spawn(name, move |message| desk.hear(ticket, message));
        let posted = spawned.and_then(|link| link.post(&order_text(order)).map(|()| link));
        match posted {
            Ok(link) => *self.worker.borrow_mut() = Some(link),
            Err(message) => self.tell(LibraryEvent::ReadFailed { ticket, message }),
        }
    }

    fn hear(self: &Rc<Self>, ticket: u64, message: WorkerMessage) {
        match message {
            WorkerMessage::Text(text) => {
                let Some((ticket, slice, n_bytes)) = read_reply(&text) else { return };
                let is_last = slice.is_last;
                self.tell(LibraryEvent::ReadOn { ticket, slice, n_bytes });
                if is_last {
                    self.end_worker();
                }
            }
            WorkerMessage::Failed { message } => {
                self.tell(LibraryEvent::ReadFailed { ticket, message });
                self.end_worker();
            }
        }
    }

    /// In a turn of its own: the link that hears may not be dropped while it hears.
    fn end_worker(self: &Rc<Self>) {
        let worker = self.worker.borrow_mut().take();
        spawn_local(async move { drop(worker) });
    }

    fn tell(&self, event: LibraryEvent) {
        (self.sink)(AppEvent::Library { event });
    }
}
