//! The page's library: samples, long changes, and lists whose newcomers start flows.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use futures_util::FutureExt;
use hookwright::domain::event::TriggerEvent;
use hookwright::domain::flow::model::{Flow, Trigger};
use hookwright::domain::id::{EventId, ProfileId};
use hookwright::domain::lists::{ProfileSet, ProfileSets, SetKind};
use hookwright::domain::samples;
use hookwright::domain::time::Timestamp;
use hookwright::runtime::handle::{AppCommand, AppEvent};
use hookwright::runtime::library::{LibraryChange, LibraryCommand, LibraryEvent};
use hookwright::runtime::page::Page;
use hookwright::runtime::ports::{Clock, Random};
use hookwright::storage::memory::MemoryStore;
use hookwright::storage::{Direction, Order, Query, Store, StoreName};

struct World(Cell<u64>);

impl Clock for World {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_772_366_400_000)
    }
}

impl Random for World {
    fn next_u64(&self) -> u64 {
        self.0.set(self.0.get() + 1);
        self.0.get()
    }
}

struct Desk {
    store: Rc<MemoryStore>,
    page: Page<MemoryStore, World>,
    heard: Rc<RefCell<Vec<AppEvent>>>,
}

impl Desk {
    fn open(store: Rc<MemoryStore>) -> Self {
        let heard = Rc::new(RefCell::new(Vec::new()));
        let emit = {
            let heard = Rc::clone(&heard);
            Rc::new(move |event| heard.borrow_mut().push(event))
        };
        let world = Rc::new(World(Cell::new(0)));
        let mut page = Page::new(Rc::clone(&store), world, emit, Rc::new(|| {}));
        page.load().now_or_never().unwrap();
        Self { store, page, heard }
    }

    fn take(&mut self, command: AppCommand) {
        self.page.take(command).now_or_never().unwrap();
    }

    fn library(&mut self, command: LibraryCommand) {
        self.take(AppCommand::Library { command });
    }

    fn said(&self) -> Vec<LibraryEvent> {
        let said = self.heard.take();
        said.into_iter()
            .filter_map(|event| match event {
                AppEvent::Library { event } => Some(event),
                _ => None,
            })
            .collect()
    }

    fn count(&self, store: StoreName) -> usize {
        let by = Order::Key { prefix: String::new(), after: None };
        let query = Query { store, by, direction: Direction::Ascending, limit: usize::MAX };
        self.store.query(query).now_or_never().unwrap().unwrap().len()
    }

    fn wants_samples(&self) -> bool {
        self.page.wants_samples().now_or_never().unwrap()
    }
}

fn samples_text() -> String {
    std::fs::read_to_string("public/samples.json").unwrap()
}

#[test]
fn the_samples_come_once_and_change_nothing_that_is_there() {
    let store = Rc::new(MemoryStore::default());
    let mut desk = Desk::open(Rc::clone(&store));
    assert_eq!((desk.count(StoreName::Events), desk.wants_samples()), (1, true));
    let mut edited = samples::first().events.remove(0);
    edited.platform = "Mine".to_owned();
    desk.library(LibraryCommand::Change {
        change: LibraryChange { events: vec![edited.clone()], ..LibraryChange::default() },
    });
    desk.library(LibraryCommand::TakeSamples { text: samples_text() });
    let all = samples::all().unwrap();
    assert_eq!(desk.count(StoreName::Events), all.events.len());
    let said = desk.said();
    assert_eq!(said.last(), Some(&LibraryEvent::SamplesTaken));
    assert!(said.contains(&LibraryEvent::SetsChanged { sets: ProfileSets { sets: all.sets } }));
    assert_eq!(desk.count(StoreName::Inbox), 0, "who comes in with the samples starts nothing");
    desk.library(LibraryCommand::Change {
        change: LibraryChange { deleted_events: vec![EventId::new("woo-cart-1")], ..LibraryChange::default() },
    });
    let desk = Desk::open(store);
    assert!(!desk.wants_samples(), "what was deleted stays deleted");
    let loaded = desk.heard.take().into_iter().find_map(|event| match event {
        AppEvent::WorkspaceLoaded { workspace } => Some(workspace),
        _ => None,
    });
    let events = loaded.unwrap().events;
    assert_eq!(events.len(), all.events.len() - 1);
    assert!(events.contains(&edited));
}

#[test]
fn samples_that_cannot_be_read_are_asked_for_again() {
    let mut desk = Desk::open(Rc::default());
    desk.library(LibraryCommand::TakeSamples { text: "<!doctype html>".to_owned() });
    assert!(matches!(desk.said().last(), Some(LibraryEvent::SamplesMissing { .. })));
    assert!(desk.wants_samples());
}

#[test]
fn a_long_change_tells_how_far_it_is() {
    let mut desk = Desk::open(Rc::default());
    desk.said();
    let first = samples::first().events.remove(0);
    let many = (0..1_000).map(|n| TriggerEvent { id: EventId::new(format!("e{n:04}")), ..first.clone() });
    let change = LibraryChange { events: many.collect(), ..LibraryChange::default() };
    desk.library(LibraryCommand::Change { change });
    let progress: Vec<_> = desk
        .said()
        .into_iter()
        .filter_map(|event| match event {
            LibraryEvent::Changing { n_done, n_all } => Some((n_done, n_all)),
            _ => None,
        })
        .collect();
    assert_eq!(progress, [(250, 1_000), (500, 1_000), (750, 1_000), (1_000, 1_000)]);
    assert_eq!(desk.count(StoreName::Events), 1_001);
}

#[test]
fn who_comes_into_a_list_starts_the_saved_flows_of_its_trigger() {
    let mut desk = Desk::open(Rc::default());
    desk.library(LibraryCommand::TakeSamples { text: samples_text() });
    desk.library(LibraryCommand::KeepSets { sets: ProfileSets::default() });
    for (id, trigger, is_saved) in [
        ("welcome", Trigger::List { list: "newsletter".to_owned() }, true),
        ("unsaved", Trigger::List { list: "Newsletter".to_owned() }, false),
        ("segment", Trigger::Segment { segment: "Newsletter".to_owned() }, true),
    ] {
        let mut flow = Flow::blank(hookwright::domain::id::FlowId::new(id), id);
        flow.trigger = trigger;
        desk.take(AppCommand::KeepFlow { flow: Arc::new(flow.clone()), steps: None, epoch: 0 });
        if is_saved {
            desk.take(AppCommand::SaveFlow { flow_id: flow.id });
        }
    }
    desk.said();
    let set = |ids: &[&str]| ProfileSets {
        sets: vec![ProfileSet {
            kind: SetKind::List,
            name: "Newsletter".to_owned(),
            members: ids.iter().map(|id| ProfileId::new(*id)).collect(),
        }],
    };
    desk.library(LibraryCommand::KeepSets { sets: set(&["01HPROFANN", "01HPROFBEN"]) });
    assert_eq!(desk.said().last(), Some(&LibraryEvent::Started { n_flows: 1, n_profiles: 2 }));
    assert_eq!(desk.count(StoreName::Inbox), 2);
    // Nobody new: neither staying nor leaving starts anything.
    desk.library(LibraryCommand::KeepSets { sets: set(&["01HPROFANN"]) });
    assert_eq!(desk.said(), [LibraryEvent::SetsChanged { sets: set(&["01HPROFANN"]) }]);
    assert_eq!(desk.count(StoreName::Inbox), 2);
}
