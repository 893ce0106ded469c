//! The page's long work: exports, bulk runs, the track of the log, backups, forgetting.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_util::FutureExt;
use hookwright::domain::activity::ActivityFilter;
use hookwright::domain::delivery::outcome::AttemptOutcome;
use hookwright::domain::delivery::request::RenderedRequest;
use hookwright::domain::delivery::state::{
    Attempt, AttemptEnd, AttemptKind, Delivery, DeliveryOrigin, DeliveryStatus, ResponseRecord, SkipReason, StatusKind,
};
use hookwright::domain::delivery::totals::{Tally, hour_prefix};
use hookwright::domain::flow::model::{FlowDocument, RepeatPolicy, SavedFlow};
use hookwright::domain::id::{DeliveryId, FlowId, NodeId, ProfileId, sortable_id};
use hookwright::domain::import::Layout;
use hookwright::domain::samples;
use hookwright::domain::time::{HOUR_MILLIS, Timestamp};
use hookwright::runtime::command::SenderCommand;
use hookwright::runtime::handle::{AppCommand, AppEvent, BulkScope, PagePlace, WorkNews, WorkOrder};
use hookwright::runtime::page::Page;
use hookwright::runtime::ports::{Clock, Random};
use hookwright::storage::memory::MemoryStore;
use hookwright::storage::record::Stored;
use hookwright::storage::record::inbox::InboxText;
use hookwright::storage::record::load::load_all;
use hookwright::storage::{Batch, Durability, Store, StoreName, Write};

const START: Timestamp = Timestamp::from_millis(1_772_366_400_000);

struct World(Cell<u64>);

impl Clock for World {
    fn now(&self) -> Timestamp {
        START
    }
}

impl Random for World {
    fn next_u64(&self) -> u64 {
        self.0.set(self.0.get() + 1);
        self.0.get()
    }
}

fn now<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("nothing to wait for")
}

struct Desk {
    store: Rc<MemoryStore>,
    page: Page<MemoryStore, World>,
    heard: Rc<RefCell<Vec<AppEvent>>>,
}

impl Desk {
    fn open() -> Self {
        let store = Rc::new(MemoryStore::default());
        let heard = Rc::new(RefCell::new(Vec::new()));
        let emit = {
            let heard = Rc::clone(&heard);
            Rc::new(move |event| heard.borrow_mut().push(event))
        };
        let mut page = Page::new(Rc::clone(&store), Rc::new(World(Cell::new(0))), emit, Rc::new(|| {}));
        now(page.load());
        Self { store, page, heard }
    }

    fn put(&self, value: &impl Stored) {
        let writes = vec![Write::Put(value.to_row())];
        now(self.store.commit(Batch { checks: Vec::new(), writes, durability: Durability::Strict })).unwrap();
    }

    fn order(&mut self, order: WorkOrder) -> Vec<WorkNews> {
        now(self.page.take(AppCommand::Work { order }));
        self.work()
    }

    /// Does what is left to do, and answers what was told.
    fn work(&mut self) -> Vec<WorkNews> {
        while now(self.page.work_on()) {}
        let news = self.heard.take().into_iter().filter_map(|event| match event {
            AppEvent::Work { news } => Some(news),
            _ => None,
        });
        news.collect()
    }

    fn inbox(&self) -> Vec<InboxText> {
        now(load_all::<InboxText>(&*self.store)).unwrap().values.into_iter().map(|found| found.value).collect()
    }
}

fn delivery(n: i64) -> Delivery {
    let at = START.plus_millis(n * 1_000);
    let bad = AttemptOutcome::Answered { status: 400, retry_after_millis: None };
    Delivery {
        id: DeliveryId::new(sortable_id(at, 0)),
        flow_id: FlowId::new("flow"),
        flow_name: "Order, \"big\"".to_owned(),
        node_id: NodeId::new("node"),
        webhook_name: "Send order".to_owned(),
        run_id: None,
        event_id: None,
        profile_id: ProfileId::new("ann"),
        recipient_email: format!("p{n}@example.com"),
        origin: DeliveryOrigin::Flow,
        repeat_policy: RepeatPolicy::AtLeastOnce,
        created_at: at,
        request: Some(RenderedRequest {
            url: "https://erp.example.com/orders".to_owned(),
            headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
            body: format!("{{\"order\":{n}}}"),
        }),
        status: if n % 2 == 0 {
            DeliveryStatus::Delivered { at }
        } else {
            DeliveryStatus::Skipped { reason: SkipReason::NotRetryable { outcome: bad.clone() }, at }
        },
        n_attempts: 1,
        n_scheduled_attempts: 1,
        first_attempt_at: Some(at),
        last_outcome: Some(bad),
        may_have_arrived: false,
        updated_at: at,
    }
}

fn exported(news: &[WorkNews]) -> (String, usize, bool) {
    let mut text = String::new();
    let mut last = (0, false);
    for piece in news {
        if let WorkNews::Exported { text: more, n_deliveries, is_done, .. } = piece {
            text.push_str(more);
            last = (*n_deliveries, *is_done);
        }
    }
    (text, last.0, last.1)
}

#[test]
fn what_a_filter_finds_is_exported_piece_by_piece() {
    let mut desk = Desk::open();
    for n in 0..600 {
        desk.put(&delivery(n));
    }
    let filter = ActivityFilter { status: Some(StatusKind::Skipped), ..ActivityFilter::default() };
    let scope = BulkScope::Found { filter };
    let news = desk.order(WorkOrder::Export { ticket: 1, scope, layout: Layout::Csv });
    assert!(news.len() > 2, "in pieces");
    let (text, n_deliveries, is_done) = exported(&news);
    assert_eq!((n_deliveries, is_done), (300, true));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 301);
    assert!(lines[0].starts_with("id,status,reason,"), "{}", lines[0]);
    assert!(lines[1].contains(",skipped,not-retryable,false,p599@example.com,"), "{}", lines[1]);
    assert!(lines[1].contains("\"Order, \"\"big\"\"\""), "{}", lines[1]);
}

#[test]
fn json_lines_carry_the_request_and_every_attempt() {
    let mut desk = Desk::open();
    let one = delivery(1);
    desk.put(&one);
    desk.put(&delivery(2));
    let response = ResponseRecord {
        status: 400,
        headers: vec![("x".to_owned(), "y".to_owned())],
        body: Some("no\n".to_owned()),
        is_body_cut: false,
    };
    let outcome = AttemptOutcome::Answered { status: 400, retry_after_millis: None };
    desk.put(&Attempt {
        delivery_id: one.id.clone(),
        number: 1,
        kind: AttemptKind::Scheduled,
        due_at: START,
        started_at: START,
        end: Some(AttemptEnd { at: START.plus_millis(7), outcome, response: Some(response) }),
    });
    let scope = BulkScope::Some { delivery_ids: vec![one.id.clone(), DeliveryId::new("gone")] };
    let news = desk.order(WorkOrder::Export { ticket: 1, scope, layout: Layout::JsonLines });
    let (text, n_deliveries, is_done) = exported(&news);
    assert_eq!((n_deliveries, is_done), (1, true));
    let value: serde_json::Value = serde_json::from_str(text.trim()).unwrap();
    assert_eq!(value["request"]["body"], "{\"order\":1}");
    assert_eq!(value["attempts"][0]["outcome"], "400");
    assert_eq!(value["attempts"][0]["response_body"], "no\n");
    assert_eq!(value["next_attempt_at"], serde_json::Value::Null);
}

#[test]
fn the_track_adds_up_the_hours_of_what_it_is_asked_for() {
    let mut desk = Desk::open();
    for (hours, flow, n) in [(0, "flow", 3), (0, "other", 5), (2, "flow", 7)] {
        let at = START.plus_millis(hours * HOUR_MILLIS);
        desk.put(&Tally { key: format!("{}{flow}/node", hour_prefix(at)), counters: vec![n] });
    }
    let mut hours = |flow_id: Option<&str>| {
        let flow_id = flow_id.map(FlowId::new);
        let news = desk.order(WorkOrder::ReadTrack { flow_id, node_id: None });
        match news.as_slice() {
            [WorkNews::Track { hours }] => hours.iter().map(|(_, n)| *n).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(hours(None), [8, 7]);
    assert_eq!(hours(Some("flow")), [3, 7]);
    assert_eq!(hours(Some("none")), [0_u64; 0]);
}

#[test]
fn a_bulk_run_waits_for_the_sender_and_can_be_paused_and_cancelled() {
    let mut desk = Desk::open();
    let flow = samples::first_flow();
    let saved = Some(SavedFlow { version: 1, flow: flow.clone(), saved_at: START });
    desk.put(&FlowDocument { working: flow.clone(), saved, edited_at: START });
    now(desk.page.load());
    let first = samples::first();
    let person = first.profiles[0].clone();
    let event = first.default_event().unwrap().clone();
    let arrivals = vec![(Some(event), person); 250];
    let news = desk.order(WorkOrder::FireMany { flow_id: flow.id.clone(), arrivals });
    // It stops where the sender has enough to do.
    assert_eq!(desk.inbox().len(), 100);
    let far = |news: &[WorkNews]| match news.last() {
        Some(WorkNews::Firing { n_fired, n_all, is_paused }) => (*n_fired, *n_all, *is_paused),
        other => panic!("{other:?}"),
    };
    assert_eq!(far(&news), (100, 250, false));
    let commands = desk.inbox();
    assert!(commands.iter().all(|text| matches!(
        SenderCommand::from_text(&text.text),
        Ok(SenderCommand::FireEvent { event: Some(event), .. }) if event.occurred_at == START
    )));
    assert_eq!(far(&desk.order(WorkOrder::PauseFiring { is_paused: true })), (100, 250, true));
    let range = Write::DeleteRange { store: StoreName::Inbox, from: String::new(), to: "~".to_owned() };
    let empty = || Batch { checks: Vec::new(), writes: vec![range.clone()], durability: Durability::Strict };
    now(desk.store.commit(empty())).unwrap();
    assert_eq!(desk.work(), []);
    assert_eq!(desk.inbox().len(), 0, "it is paused");
    assert_eq!(far(&desk.order(WorkOrder::PauseFiring { is_paused: false })), (200, 250, false));
    now(desk.store.commit(empty())).unwrap();
    assert_eq!(far(&desk.order(WorkOrder::StopFiring)), (200, 200, false));
    assert_eq!((desk.work(), desk.inbox().len()), (Vec::new(), 0));
}

#[test]
fn a_backup_is_planned_before_it_is_restored() {
    let mut desk = Desk::open();
    desk.put(&delivery(1));
    let text = match desk.order(WorkOrder::MakeBackup { holds_members: false }).as_slice() {
        [WorkNews::BackupMade { text }] => text.clone(),
        other => panic!("{other:?}"),
    };
    let refused = desk.order(WorkOrder::ReadBackup { text: "no backup".to_owned() });
    assert!(matches!(refused.as_slice(), [WorkNews::BackupRefused { .. }]), "{refused:?}");
    let mut other = Desk::open();
    match other.order(WorkOrder::ReadBackup { text }).as_slice() {
        [WorkNews::RestorePlanned { plan }] => assert_eq!(plan.changes[&StoreName::Deliveries].n_added, 1),
        news => panic!("{news:?}"),
    }
    let count = |desk: &Desk| now(load_all::<Delivery>(&*desk.store)).unwrap().values.len();
    assert_eq!(count(&other), 0);
    let mut news = other.order(WorkOrder::Restore { passphrase: None });
    assert_eq!(news.pop(), Some(WorkNews::Restored));
    let steps: Vec<WorkNews> = (0..5).map(|n_done| WorkNews::Restoring { n_done, n_all: 5 }).collect();
    assert_eq!(news, steps, "a step a kind of row");
    assert_eq!(count(&other), 1);
    assert_eq!(other.order(WorkOrder::Restore { passphrase: None }), [], "a plan is done once");
}

#[test]
fn somebody_the_library_does_not_know_any_more_is_forgotten_too() {
    let mut desk = Desk::open();
    let (profile_id, email) = (ProfileId::new("gone"), "gone@example.com".to_owned());
    now(desk.page.take(AppCommand::ForgetPerson { profile_id: profile_id.clone(), email: email.clone() }));
    let commands = desk.inbox();
    assert_eq!(
        SenderCommand::from_text(&commands[0].text).ok(),
        Some(SenderCommand::ForgetPerson { profile_id, email })
    );
}

#[test]
fn a_page_of_the_oldest_is_read_from_the_end() {
    let mut desk = Desk::open();
    for n in 0..5 {
        desk.put(&delivery(n));
    }
    let place = hookwright::runtime::handle::LogPlace::after(Timestamp::from_millis(0));
    let filter = ActivityFilter { limit: 2, ..ActivityFilter::default() };
    desk.heard.take();
    now(desk.page.take(AppCommand::ReadActivity { ticket: 3, filter, place: PagePlace::NewerThan { place } }));
    let heard = desk.heard.take();
    match heard.as_slice() {
        [AppEvent::ActivityRead { ticket: 3, deliveries, is_end: false, .. }] => {
            let emails: Vec<_> = deliveries.iter().map(|delivery| delivery.recipient_email.as_str()).collect();
            assert_eq!(emails, ["p1@example.com", "p0@example.com"]);
        }
        other => panic!("{other:?}"),
    }
}
