//! The whole row, from a trigger event to the log, with a hand-moved clock, scripted responses and the memory store.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_util::FutureExt;
use hookwright::domain::activity::ActivityFilter;
use hookwright::domain::delivery::outcome::AttemptOutcome;
use hookwright::domain::delivery::practice::{PracticeAnswer, PracticeBehaviour, PracticeScript, PracticeSight, reply};
use hookwright::domain::delivery::request::RenderedRequest;
use hookwright::domain::delivery::state::{
    Attempt, Delivery, DeliveryOrigin, DeliveryStatus, SkipReason, StatusKind, WaitReason,
};
use hookwright::domain::delivery::totals::{ALL_KEY, Tally};
use hookwright::domain::event::{Profile, TriggerEvent};
use hookwright::domain::flow::delay::{DelayUnit, TimeDelay, UtcOnly, ZoneOffsets};
use hookwright::domain::flow::model::{FlowDocument, Node, NodeKind, RepeatPolicy, SavedFlow};
use hookwright::domain::id::{CommandId, DeliveryId, NodeId, sortable_id};
use hookwright::domain::samples;
use hookwright::domain::settings::WorkspaceSettings;
use hookwright::domain::time::{DAY_MILLIS, HOUR_MILLIS, SECOND_MILLIS, Timestamp};
use hookwright::runtime::command::{BulkAct, BulkScope, SenderCommand};
use hookwright::runtime::deliver::{Sender, is_fenced};
use hookwright::runtime::ports::{Clock, HttpClient, Random, SendReport, Zones};
use hookwright::storage::backup::{Backup, MembersPart};
use hookwright::storage::memory::MemoryStore;
use hookwright::storage::record::Stored;
use hookwright::storage::record::activity::LoggedEntry;
use hookwright::storage::record::inbox::InboxText;
use hookwright::storage::record::load::{load, load_all};
use hookwright::storage::record::open::{OPEN_KEY, OpenAttempts};
use hookwright::storage::{Batch, Direction, Durability, Order, Query, Row, Store, StoreName, Write};

use crate::backup::make_backup;

const START: &str = "2026-03-01T12:00:00Z";

/// A world whose clock stands still until it is moved, and whose only receiver is the practice receiver.
struct FakeWorld {
    now: Cell<Timestamp>,
    script: RefCell<PracticeScript>,
    sent: RefCell<Vec<(RenderedRequest, u32)>>,
    is_online: Cell<bool>,
    n_random: Cell<u64>,
    is_hanging: Cell<bool>,
}

impl FakeWorld {
    fn new(script: PracticeScript) -> Rc<Self> {
        Rc::new(Self {
            now: Cell::new(Timestamp::parse(START).unwrap()),
            script: RefCell::new(script),
            sent: RefCell::new(Vec::new()),
            is_online: Cell::new(true),
            n_random: Cell::new(0),
            is_hanging: Cell::new(false),
        })
    }

    fn pass(&self, millis: i64) {
        self.now.set(self.now.get().plus_millis(millis));
    }
}

impl Clock for FakeWorld {
    fn now(&self) -> Timestamp {
        self.now.get()
    }
}

impl Random for FakeWorld {
    /// Counts up in thousands, so that every jitter is 0.
    fn next_u64(&self) -> u64 {
        self.n_random.set(self.n_random.get() + 1_000);
        self.n_random.get()
    }
}

impl Zones for FakeWorld {
    fn zones(&self) -> &dyn ZoneOffsets {
        &UtcOnly
    }
}

impl HttpClient for FakeWorld {
    async fn send(&self, request: &RenderedRequest, attempt_number: u32, _timeout_millis: i64) -> SendReport {
        self.sent.borrow_mut().push((request.clone(), attempt_number));
        if self.is_hanging.get() {
            std::future::pending::<()>().await;
        }
        match reply(&self.script.borrow(), request, attempt_number).sight {
            PracticeSight::Answered(response) => SendReport::Answered(response),
            PracticeSight::OpaqueRedirect => SendReport::OpaqueRedirect,
            PracticeSight::Silence => SendReport::TimedOut,
            PracticeSight::NetworkError => SendReport::NetworkError { message: "Failed to fetch".to_owned() },
        }
    }

    async fn probe(&self, _url: &str) -> bool {
        self.script.borrow().then.behaviour != PracticeBehaviour::Unreachable
    }

    fn is_online(&self) -> bool {
        self.is_online.get()
    }
}

struct Bench {
    store: Rc<MemoryStore>,
    world: Rc<FakeWorld>,
    sender: Sender<MemoryStore, FakeWorld>,
}

/// Nothing in these tests waits for anything but the store in memory and the fake world.
fn now<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("nothing to wait for")
}

impl Bench {
    fn new(document: &FlowDocument, script: PracticeScript) -> Self {
        let store = Rc::new(MemoryStore::default());
        put(&store, document);
        for profile in samples::all().unwrap().profiles {
            put(&store, &profile);
        }
        let world = FakeWorld::new(script);
        let sender = now(Sender::start(Rc::clone(&store), Rc::clone(&world))).unwrap();
        Self { store, world, sender }
    }

    /// The old sender is gone, in mid-attempt or not; a new one starts.
    fn restart(&mut self) {
        self.sender = now(Sender::start(Rc::clone(&self.store), Rc::clone(&self.world))).unwrap();
    }

    fn ask(&self, command: &SenderCommand) {
        let entry =
            InboxText { command_id: CommandId::new(format!("{:06}", self.world.next_u64())), text: command.to_text() };
        put(&self.store, &entry);
    }

    fn fire(&self, document: &FlowDocument) {
        let (event, profile) = order_and_buyer(self.world.now());
        let flow_id = document.working.id.clone();
        self.ask(&SenderCommand::FireEvent { flow_id, event: Some(event), profile });
    }

    /// Makes so many deliveries like the first, without rendering each.
    fn copy(&self, n_copies: usize) {
        let original = self.only_delivery();
        let request = original.request.unwrap();
        for _ in 0..n_copies {
            self.ask(&SenderCommand::EditAndResend {
                delivery_id: DeliveryId::new(sortable_id(self.world.now(), self.world.next_u64())),
                original_id: original.id.clone(),
                url: request.url.clone(),
                headers: Vec::new(),
                body: request.body.clone(),
            });
        }
    }

    /// Steps until nothing more happens without time passing.
    fn settle(&mut self) -> Option<Timestamp> {
        loop {
            let step = now(self.sender.step()).unwrap();
            let is_settled = self.world.is_hanging.get() || !self.sender.is_sending();
            if !step.has_changed && is_settled {
                return step.wake_at;
            }
        }
    }

    /// Lets time pass from one due time to the next, until nothing waits.
    fn play_to_the_end(&mut self) {
        while let Some(wake_at) = self.settle() {
            self.world.now.set(self.world.now.get().max(wake_at));
        }
    }

    fn deliveries(&self) -> Vec<Delivery> {
        now(load_all::<Delivery>(&*self.store)).unwrap().values.into_iter().map(|found| found.value).collect()
    }

    fn only_delivery(&self) -> Delivery {
        let deliveries = self.deliveries();
        assert_eq!(deliveries.len(), 1, "{deliveries:?}");
        deliveries.into_iter().next().unwrap()
    }

    /// The numbers of the attempts that are listed as on their way.
    fn listed(&self) -> Vec<u32> {
        let list = now(load::<OpenAttempts>(&*self.store, OPEN_KEY)).unwrap();
        list.map_or_else(Vec::new, |list| list.value.attempts.iter().map(|open| open.number).collect())
    }

    fn attempts(&self) -> Vec<Attempt> {
        now(load_all::<Attempt>(&*self.store)).unwrap().values.into_iter().map(|found| found.value).collect()
    }

    fn log(&self) -> String {
        let start = Timestamp::parse(START).unwrap();
        let entries = now(load_all::<LoggedEntry>(&*self.store)).unwrap().values;
        let mut lines: Vec<String> = Vec::new();
        for found in entries {
            let entry = found.value.entry;
            let secs = entry.at.millis_since(start) / SECOND_MILLIS;
            let mut event = serde_json::to_value(&entry.event).unwrap();
            // An event with fields is an object of one: its name and its fields.
            let fields = event.as_object_mut().and_then(|event| event.values_mut().next());
            if let Some(fields) = fields.and_then(|fields| fields.as_object_mut()) {
                for (name, value) in fields.iter_mut() {
                    if name == "due_at" || name == "until" {
                        let at = Timestamp::from_millis(value.as_i64().unwrap());
                        *value = format!("+{} s", at.millis_since(start) / SECOND_MILLIS).into();
                    } else if name == "delivery_id" {
                        *value = "…".into();
                    }
                }
            }
            lines.push(format!("+{secs} s {event}"));
        }
        for attempt in self.attempts() {
            let after = |at: Timestamp| at.millis_since(start) / SECOND_MILLIS;
            let end = attempt.end.as_ref().unwrap();
            let outcome = serde_json::to_string(&end.outcome).unwrap();
            let (number, due, started) = (attempt.number, after(attempt.due_at), after(attempt.started_at));
            lines.push(format!("attempt {number}: due +{due} s, sent +{started} s, {outcome}"));
        }
        lines.join("\n")
    }
}

fn put<T: Stored>(store: &MemoryStore, value: &T) {
    let batch = Batch { writes: vec![Write::Put(value.to_row())], durability: Durability::Strict, ..Batch::default() };
    now(store.commit(batch)).unwrap();
}

fn order_and_buyer(at: Timestamp) -> (TriggerEvent, Profile) {
    let mut event = samples::all().unwrap().default_event().unwrap().clone();
    event.occurred_at = at;
    let profile = samples::all().unwrap().profiles.into_iter().find(|profile| profile.id == event.profile_id).unwrap();
    (event, profile)
}

fn live_document() -> FlowDocument {
    let flow = samples::first_flow::first_flow();
    let at = Timestamp::parse(START).unwrap();
    FlowDocument { working: flow.clone(), saved: Some(SavedFlow { version: 1, flow, saved_at: at }), edited_at: at }
}

/// The same flow with an hour's wait in front of its webhook.
fn delayed_document() -> FlowDocument {
    let mut document = live_document();
    let saved = document.saved.as_mut().unwrap();
    let delay_id = NodeId::new("delay1");
    let kind = NodeKind::TimeDelay { delay: TimeDelay::of(1, DelayUnit::Hours), next: saved.flow.entry.clone() };
    saved.flow.nodes.insert(delay_id.clone(), Node { id: delay_id.clone(), kind });
    saved.flow.entry = Some(delay_id);
    document
}

#[test]
fn an_order_becomes_a_delivered_webhook() {
    let document = live_document();
    let mut bench = Bench::new(&document, PracticeScript::failing_first(2));
    bench.fire(&document);
    bench.play_to_the_end();

    let delivery = bench.only_delivery();
    assert!(matches!(delivery.status, DeliveryStatus::Delivered { .. }), "{:?}", delivery.status);
    assert_eq!(delivery.n_attempts, 3);
    let sent = bench.world.sent.borrow();
    assert!(sent.windows(2).all(|pair| pair[0].0 == pair[1].0), "retries send the same bytes");
    let flow_id = document.working.id.as_str();
    assert!(sent[0].0.headers.iter().any(|(name, value)| name == "X-Klaviyo-Flow-ID" && value == flow_id));
    let body: serde_json::Value = serde_json::from_str(&sent[0].0.body).unwrap();
    assert!(body.is_object());
    insta::assert_snapshot!(bench.log());
}

#[test]
fn a_delay_holds_the_webhook_back_for_an_hour() {
    let document = delayed_document();
    let mut bench = Bench::new(&document, PracticeScript::default());
    bench.fire(&document);
    assert_eq!(bench.settle(), Some(bench.world.now().plus_millis(HOUR_MILLIS)));
    assert_eq!(bench.deliveries(), []);
    // The browser is closed and opened again: the wait is on disk.
    bench.restart();
    bench.world.pass(HOUR_MILLIS);
    bench.settle();
    assert!(matches!(bench.only_delivery().status, DeliveryStatus::Delivered { .. }));
}

#[test]
fn a_receiver_that_never_recovers_gets_seventeen_retries_within_a_day() {
    let document = live_document();
    let script = PracticeScript { then: PracticeAnswer::status(503), ..PracticeScript::default() };
    let mut bench = Bench::new(&document, script);
    bench.fire(&document);
    bench.play_to_the_end();

    let delivery = bench.only_delivery();
    let DeliveryStatus::Skipped { reason: SkipReason::RetriesUsedUp { outcome }, .. } = delivery.status else {
        panic!("{:?}", delivery.status)
    };
    assert_eq!(outcome, AttemptOutcome::Answered { status: 503, retry_after_millis: None });
    let attempts = bench.attempts();
    assert_eq!(attempts.len(), 18);
    let span = attempts[17].started_at.millis_since(attempts[0].started_at);
    assert!(span <= DAY_MILLIS, "{span}");
    assert!(attempts.windows(2).all(|pair| pair[0].started_at < pair[1].started_at));
}

#[test]
fn any_other_status_is_skipped_at_once() {
    for status in [301, 400, 401, 403, 404, 410, 501, 505] {
        let document = live_document();
        let script = PracticeScript { then: PracticeAnswer::status(status), ..PracticeScript::default() };
        let mut bench = Bench::new(&document, script);
        bench.fire(&document);
        bench.play_to_the_end();
        let delivery = bench.only_delivery();
        assert!(
            matches!(delivery.status, DeliveryStatus::Skipped { reason: SkipReason::NotRetryable { .. }, .. }),
            "{status}: {:?}",
            delivery.status
        );
        assert_eq!(delivery.n_attempts, 1, "{status}");
    }
}

#[test]
fn a_sender_that_ends_in_mid_attempt_leaves_a_delivery_that_may_have_arrived() {
    for is_slow in [false, true] {
        let document = live_document();
        let mut bench = Bench::new(&document, PracticeScript::default());
        bench.world.is_hanging.set(true);
        bench.fire(&document);
        bench.settle();
        assert_eq!((bench.listed(), bench.world.sent.borrow().len()), (vec![1], 1), "listed, and sent");
        if is_slow {
            bench.world.now.set(bench.world.now().plus_millis(250));
            bench.settle();
            assert!(matches!(bench.only_delivery().status, DeliveryStatus::Sending { attempt_number: 1, .. }));
        }

        bench.restart();
        let delivery = bench.only_delivery();
        assert!(matches!(delivery.status, DeliveryStatus::WaitingToRetry { .. }), "{:?}", delivery.status);
        assert!(delivery.may_have_arrived);
        assert_eq!(delivery.last_outcome, Some(AttemptOutcome::CutOff));

        bench.world.is_hanging.set(false);
        bench.play_to_the_end();
        let delivery = bench.only_delivery();
        assert!(matches!(delivery.status, DeliveryStatus::Delivered { .. }));
        assert_eq!((delivery.n_attempts, bench.attempts().len()), (2, 2));
    }
}

#[test]
fn a_list_of_attempts_overwritten_with_rubbish_marks_whatever_was_due() {
    let document = live_document();
    let mut bench = Bench::new(&document, PracticeScript::default());
    bench.world.is_hanging.set(true);
    bench.fire(&document);
    bench.settle();
    let rubbish = Row { json: "{rubbish".to_owned(), ..OpenAttempts::default().to_row() };
    now(bench.store.commit(Batch { writes: vec![Write::Put(rubbish)], ..Batch::default() })).unwrap();

    bench.restart();
    let delivery = bench.only_delivery();
    assert_eq!((delivery.may_have_arrived, delivery.n_attempts), (true, 1));
    let key = format!("meta/{OPEN_KEY}");
    assert!(now(bench.store.get(StoreName::SetAside, &key)).unwrap().is_some(), "the rubbish is kept for a look");
}

#[test]
fn what_is_on_its_way_is_neither_dismissed_nor_resent_before_its_row_says_so() {
    let document = live_document();
    let mut bench = Bench::new(&document, PracticeScript::default());
    bench.world.is_hanging.set(true);
    bench.fire(&document);
    bench.settle();
    let delivery_id = bench.only_delivery().id;
    bench.ask(&SenderCommand::Dismiss { delivery_id: delivery_id.clone() });
    bench.ask(&SenderCommand::Resend { delivery_id });
    bench.settle();
    assert!(matches!(bench.only_delivery().status, DeliveryStatus::Waiting { .. }));
    assert_eq!(bench.world.sent.borrow().len(), 1);
}

#[test]
fn at_most_once_is_not_sent_again_after_a_cut() {
    let mut document = live_document();
    for node in document.saved.as_mut().unwrap().flow.nodes.values_mut() {
        if let NodeKind::Webhook { action, .. } = &mut node.kind {
            action.repeat_policy = RepeatPolicy::AtMostOnce;
        }
    }
    let mut bench = Bench::new(&document, PracticeScript::default());
    bench.world.is_hanging.set(true);
    bench.fire(&document);
    bench.settle();
    bench.restart();
    let delivery = bench.only_delivery();
    assert!(matches!(delivery.status, DeliveryStatus::Skipped { reason: SkipReason::AtMostOnce, .. }));
    assert!(delivery.may_have_arrived);
}

#[test]
fn an_older_sender_starts_nothing_once_a_newer_one_has_started() {
    let document = live_document();
    let mut bench = Bench::new(&document, PracticeScript::default());
    let mut newer = now(Sender::start(Rc::clone(&bench.store), Rc::clone(&bench.world))).unwrap();
    bench.fire(&document);
    assert!(now(bench.sender.step()).is_err(), "the older sender is fenced off");
    assert_eq!(bench.world.sent.borrow().len(), 0);
    now(newer.step()).unwrap();
    assert_eq!(bench.world.sent.borrow().len(), 1);
}

/// The same flow with its webhook at a real address.
fn document_to(url: &str) -> FlowDocument {
    let mut document = live_document();
    for node in document.saved.as_mut().unwrap().flow.nodes.values_mut() {
        if let NodeKind::Webhook { action, .. } = &mut node.kind {
            action.url = url.to_owned();
        }
    }
    document
}

#[test]
fn numbers_of_an_event_are_sent_with_all_their_digits() {
    let mut document = live_document();
    for node in document.saved.as_mut().unwrap().flow.nodes.values_mut() {
        if let NodeKind::Webhook { action, .. } = &mut node.kind {
            action.payload =
                r#"{"id": {{ event.Number }}, "sum": {{ event.Number|add:1 }}, "price": {{ event.Price }}}"#.to_owned();
        }
    }
    let mut bench = Bench::new(&document, PracticeScript::default());
    let (mut event, profile) = order_and_buyer(bench.world.now());
    let read = |text| serde_json::from_str::<serde_json::Value>(text).unwrap();
    event.properties.insert("Number".to_owned(), read("123456789012345678901234567890"));
    event.properties.insert("Price".to_owned(), read("29.50"));
    bench.ask(&SenderCommand::FireEvent { flow_id: document.working.id.clone(), event: Some(event), profile });
    bench.settle();
    let body = bench.only_delivery().request.unwrap().body;
    assert_eq!(body, r#"{"id": 123456789012345678901234567890, "sum": 123456789012345678901234567891, "price": 29.5}"#);
}

#[test]
fn while_offline_nothing_is_sent_and_no_attempt_is_spent() {
    let document = document_to("https://erp.example.com/orders");
    let mut bench = Bench::new(&document, PracticeScript::default());
    bench.world.is_online.set(false);
    bench.fire(&document);
    bench.settle();
    let delivery = bench.only_delivery();
    assert_eq!(delivery.n_attempts, 0);
    assert!(
        matches!(delivery.status, DeliveryStatus::Waiting { reason: WaitReason::Network, .. }),
        "{:?}",
        delivery.status
    );
    bench.world.is_online.set(true);
    bench.settle();
    assert!(matches!(bench.only_delivery().status, DeliveryStatus::Delivered { .. }));
}

#[test]
fn the_practice_receiver_needs_no_network() {
    let document = live_document();
    let mut bench = Bench::new(&document, PracticeScript::default());
    bench.world.is_online.set(false);
    bench.fire(&document);
    bench.settle();
    assert!(matches!(bench.only_delivery().status, DeliveryStatus::Delivered { .. }));
}

#[test]
fn a_mark_outlives_the_success_that_follows() {
    let document = live_document();
    let timeout = PracticeAnswer { delay_millis: 0, behaviour: PracticeBehaviour::Timeout };
    let mut bench = Bench::new(&document, PracticeScript { first: vec![timeout], ..PracticeScript::default() });
    bench.fire(&document);
    bench.play_to_the_end();
    let delivery = bench.only_delivery();
    assert!(matches!(delivery.status, DeliveryStatus::Delivered { .. }));
    assert!(delivery.may_have_arrived, "the receiver may have it twice");
}

#[test]
fn an_edited_delivery_is_a_new_one_linked_to_the_old() {
    let document = live_document();
    let script = PracticeScript { then: PracticeAnswer::status(400), ..PracticeScript::default() };
    let mut bench = Bench::new(&document, script);
    bench.fire(&document);
    bench.settle();
    bench.world.script.borrow_mut().then = PracticeAnswer::ok();
    let original = bench.only_delivery();
    bench.ask(&SenderCommand::EditAndResend {
        delivery_id: DeliveryId::new("edited"),
        original_id: original.id.clone(),
        url: original.request.as_ref().unwrap().url.clone(),
        headers: Vec::new(),
        body: "{\"mended\":true}".to_owned(),
    });
    bench.settle();
    let edited = bench.deliveries().into_iter().find(|delivery| delivery.id.as_str() == "edited").unwrap();
    assert!(matches!(edited.status, DeliveryStatus::Delivered { .. }));
    assert_eq!(edited.origin, DeliveryOrigin::EditOf { delivery_id: original.id });
    assert_eq!(bench.world.sent.borrow().last().unwrap().0.body, "{\"mended\":true}");
}

#[test]
fn all_that_a_filter_finds_is_resent_in_turn() {
    let document = live_document();
    let script = PracticeScript { then: PracticeAnswer::status(400), ..PracticeScript::default() };
    let mut bench = Bench::new(&document, script);
    bench.fire(&document);
    bench.settle();
    bench.copy(249);
    bench.settle();
    bench.world.script.borrow_mut().then = PracticeAnswer::ok();
    let filter = ActivityFilter { status: Some(StatusKind::Skipped), ..ActivityFilter::default() };
    bench.ask(&SenderCommand::Bulk { act: BulkAct::Resend, scope: BulkScope::Found { filter }, after: None });
    bench.settle();
    let deliveries = bench.deliveries();
    assert_eq!(deliveries.len(), 250);
    for delivery in deliveries {
        assert!(matches!(delivery.status, DeliveryStatus::Delivered { .. }), "{:?}", delivery.status);
        assert_eq!((delivery.n_attempts, delivery.n_scheduled_attempts), (2, 1));
    }
}

#[test]
fn an_idle_sender_starts_anew_after_a_restore_and_counts_what_came_back() {
    let document = live_document();
    let mut bench = Bench::new(&document, PracticeScript::default());
    bench.fire(&document);
    bench.settle();
    let text = now(make_backup(&*bench.store, bench.world.now()));
    let mut other = Bench::new(&document, PracticeScript::default());
    other.settle();
    now(Backup::read(&text).unwrap().restore(&*other.store, (other.world.now(), MembersPart::Leave), |_, _| {}))
        .unwrap();
    let fenced = now(other.sender.step()).unwrap_err();
    assert!(is_fenced(&fenced), "{fenced}");
    other.restart();
    other.settle();
    let totals = now(load::<Tally>(&*other.store, ALL_KEY)).unwrap().unwrap().value;
    assert_eq!((totals.n_in(StatusKind::Delivered), other.world.sent.borrow().len()), (1, 0));
}

#[test]
fn a_person_is_forgotten_everywhere() {
    let document = live_document();
    let mut bench = Bench::new(&document, PracticeScript::default());
    bench.fire(&document);
    bench.settle();
    let (_, profile) = order_and_buyer(bench.world.now());
    bench.ask(&SenderCommand::ForgetPerson { profile_id: profile.id, email: profile.email.clone() });
    bench.settle();
    assert_eq!((bench.deliveries(), bench.attempts(), bench.log()), (Vec::new(), Vec::new(), String::new()));
    for store in [StoreName::Runs, StoreName::Inbox] {
        let by = Order::Key { prefix: String::new(), after: None };
        let query = Query { store, by, direction: Direction::Ascending, limit: 10 };
        assert_eq!(now(bench.store.query(query)).unwrap(), []);
    }
    let totals = now(load::<Tally>(&*bench.store, ALL_KEY)).unwrap().unwrap().value;
    assert_eq!((totals.n_deliveries(), totals.n_subscribers(StatusKind::Delivered)), (0, 0));
}

#[test]
fn what_is_older_than_the_settings_keep_is_pruned_with_its_counts() {
    let document = live_document();
    let mut bench = Bench::new(&document, PracticeScript::default());
    put(&bench.store, &WorkspaceSettings { retention_days: Some(7), ..WorkspaceSettings::default() });
    bench.fire(&document);
    bench.settle();
    bench.copy(1_199);
    bench.settle();
    bench.world.pass(6 * DAY_MILLIS);
    bench.fire(&document);
    bench.settle();
    assert_eq!(bench.deliveries().len(), 1_201, "nothing is old yet");
    bench.world.pass(2 * DAY_MILLIS);
    bench.settle();
    assert_eq!((bench.deliveries().len(), bench.attempts().len()), (1, 1));
    let totals = now(load::<Tally>(&*bench.store, ALL_KEY)).unwrap().unwrap().value;
    assert_eq!(totals.n_in(StatusKind::Delivered), 1);
}

#[test]
fn a_destination_that_keeps_failing_is_paused_and_tried_now_and_then() {
    let document = live_document();
    let script = PracticeScript { then: PracticeAnswer::status(503), ..PracticeScript::default() };
    let mut bench = Bench::new(&document, script);
    for _ in 0..30 {
        bench.world.pass(10);
        bench.fire(&document);
    }
    bench.settle();
    bench.world.pass(60 * SECOND_MILLIS);
    bench.settle();
    let n_sent = bench.world.sent.borrow().len();
    assert!(n_sent < 60, "{n_sent} sent");
    let held = |bench: &Bench| {
        let is_held = |delivery: &&Delivery| {
            matches!(delivery.status, DeliveryStatus::Waiting { reason: WaitReason::PausedDestination, .. })
        };
        bench.deliveries().iter().filter(is_held).count()
    };
    assert!(held(&bench) > 0);
    // One attempt tries it again; while that fails the rest stays held.
    bench.world.pass(5 * 60 * SECOND_MILLIS);
    bench.settle();
    assert_eq!(bench.world.sent.borrow().len(), n_sent + 1);
    bench.world.script.borrow_mut().then = PracticeAnswer::ok();
    bench.world.pass(10 * 60 * SECOND_MILLIS);
    bench.play_to_the_end();
    assert_eq!(held(&bench), 0);
    assert!(bench.deliveries().iter().all(|delivery| matches!(delivery.status, DeliveryStatus::Delivered { .. })));
}

#[test]
fn what_a_day_closed_over_is_skipped_and_one_click_resends_it() {
    let document = live_document();
    let mut bench = Bench::new(&document, PracticeScript::failing_first(1));
    bench.fire(&document);
    bench.settle();
    bench.world.pass(DAY_MILLIS + HOUR_MILLIS);
    bench.restart();
    bench.settle();
    let delivery = bench.only_delivery();
    let DeliveryStatus::Skipped { reason: SkipReason::PassedWhileClosed, .. } = delivery.status else {
        panic!("{:?}", delivery.status)
    };
    bench.ask(&SenderCommand::Resend { delivery_id: delivery.id });
    bench.settle();
    assert!(matches!(bench.only_delivery().status, DeliveryStatus::Delivered { .. }));
}

#[test]
fn a_failed_manual_resend_does_not_disturb_the_schedule() {
    let document = live_document();
    let script = PracticeScript { then: PracticeAnswer::status(503), ..PracticeScript::default() };
    let mut bench = Bench::new(&document, script);
    bench.fire(&document);
    let due_at = bench.settle().unwrap();
    bench.ask(&SenderCommand::Resend { delivery_id: bench.only_delivery().id });
    assert_eq!(bench.settle(), Some(due_at));
    let delivery = bench.only_delivery();
    assert_eq!((delivery.n_attempts, delivery.n_scheduled_attempts), (2, 1));
}

#[test]
fn a_test_request_makes_one_attempt_and_no_schedule() {
    let document = live_document();
    let script = PracticeScript { then: PracticeAnswer::status(503), ..PracticeScript::default() };
    let mut bench = Bench::new(&document, script);
    let (event, profile) = order_and_buyer(bench.world.now());
    let (node_id, action) = document.working.webhooks().next().unwrap();
    bench.ask(&SenderCommand::SendTest {
        delivery_id: DeliveryId::new("test1"),
        flow_id: document.working.id.clone(),
        flow_name: document.working.name.clone(),
        node_id: node_id.clone(),
        action: action.clone(),
        event: Some(event),
        profile,
        is_profile_only: false,
    });
    assert_eq!(bench.settle(), None);
    let delivery = bench.only_delivery();
    assert_eq!(delivery.id.as_str(), "test1");
    assert!(matches!(delivery.status, DeliveryStatus::Skipped { reason: SkipReason::TestFailed { .. }, .. }));
}

#[test]
fn a_payload_that_is_not_json_is_skipped_before_anything_is_sent() {
    let mut document = live_document();
    for node in document.saved.as_mut().unwrap().flow.nodes.values_mut() {
        if let NodeKind::Webhook { action, .. } = &mut node.kind {
            action.payload = r#"{"order": }"#.to_owned();
        }
    }
    let mut bench = Bench::new(&document, PracticeScript::default());
    bench.fire(&document);
    bench.settle();
    let delivery = bench.only_delivery();
    assert!(
        matches!(delivery.status, DeliveryStatus::Skipped { reason: SkipReason::PayloadProblem { .. }, .. }),
        "{:?}",
        delivery.status
    );
    assert_eq!(bench.world.sent.borrow().len(), 0);
}

#[test]
fn the_failures_of_the_network_are_told_apart() {
    let unreachable = AttemptOutcome::Unreachable;
    for (behaviour, expected) in [
        (PracticeBehaviour::Unreachable, unreachable),
        (PracticeBehaviour::NoCors, AttemptOutcome::Unreadable),
        (PracticeBehaviour::Redirect, AttemptOutcome::Redirected),
        (PracticeBehaviour::Timeout, AttemptOutcome::TimedOut { timeout_millis: 30_000 }),
    ] {
        let document = live_document();
        let then = PracticeAnswer { delay_millis: 0, behaviour };
        let mut bench = Bench::new(&document, PracticeScript { then, ..PracticeScript::default() });
        bench.fire(&document);
        bench.settle();
        assert_eq!(bench.only_delivery().last_outcome, Some(expected));
    }
}

#[test]
fn a_destination_that_answered_before_is_interrupted_rather_than_unreadable() {
    let document = live_document();
    let mut bench = Bench::new(&document, PracticeScript::default());
    bench.fire(&document);
    bench.settle();
    bench.world.script.borrow_mut().then = PracticeAnswer { delay_millis: 0, behaviour: PracticeBehaviour::NoCors };
    bench.world.pass(SECOND_MILLIS);
    bench.fire(&document);
    bench.settle();
    let outcomes: Vec<_> = bench.deliveries().into_iter().map(|delivery| delivery.last_outcome).collect();
    assert_eq!(outcomes[1], Some(AttemptOutcome::Interrupted));
    assert!(now(bench.store.get(StoreName::Inbox, "")).unwrap().is_none());
}

#[test]
fn a_host_that_breaks_down_over_a_request_may_have_got_it() {
    let document = document_to("https://erp.example.com/orders");
    let mut bench = Bench::new(&document, PracticeScript::default());
    bench.fire(&document);
    bench.settle();
    let then = PracticeAnswer { delay_millis: 0, behaviour: PracticeBehaviour::Unreachable };
    bench.world.script.borrow_mut().then = then;
    let waits = [
        (SECOND_MILLIS, (Some(AttemptOutcome::Interrupted), true), "it had answered a second before"),
        (120 * SECOND_MILLIS, (Some(AttemptOutcome::Unreachable), false), "nobody has heard of it for two minutes"),
    ];
    for (millis, end, why) in waits {
        bench.world.pass(millis);
        bench.fire(&document);
        bench.settle();
        let newest = bench.deliveries().pop().unwrap();
        assert_eq!((newest.last_outcome, newest.may_have_arrived), end, "{why}");
    }
}
