//! Secrets from the field they are typed in to the receiver, and nowhere else; signatures as the specification wants them.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use hookwright::domain::delivery::request::RenderedRequest;
use hookwright::domain::delivery::signing;
use hookwright::domain::delivery::state::{Delivery, DeliveryStatus, ResponseRecord, SkipReason, WaitReason};
use hookwright::domain::flow::delay::{UtcOnly, ZoneOffsets};
use hookwright::domain::flow::model::{ActionStatus, HeaderRow, NodeKind};
use hookwright::domain::id::{MemberId, SecretId};
use hookwright::domain::member::Role;
use hookwright::domain::samples;
use hookwright::domain::secret::{Hidden, SecretDocument, SecretKind, secret_reference, signature_reference};
use hookwright::domain::time::{MINUTE_MILLIS, Timestamp};
use hookwright::runtime::deliver::Sender;
use hookwright::runtime::handle::{AppCommand, MembersNews, MembersOrder, MembersRefusal};
use hookwright::runtime::keys::{Keys, MacHash};
use hookwright::runtime::ports::{Clock, HttpClient, Random, SendReport, Zones};
use hookwright::storage::memory::MemoryStore;
use hookwright::storage::record::Stored;
use hookwright::storage::record::load::load_all;
use hookwright::storage::{Batch, Store, Write};

use crate::backup::make_backup;
use crate::keys::{NativeKeys, mac};
use crate::members::{PASSPHRASE, Tab, dump, now};

const ORIGIN: &str = "https://erp.example.com";
const SECRET: &str = "Bearer tok_live_51H8planted";

/// The sender's world: the tab's clock and key, and a receiver that sends everything back.
struct World {
    now: Cell<Timestamp>,
    keys: Rc<NativeKeys>,
    n_random: Cell<u64>,
    statuses: RefCell<Vec<u16>>,
    sent: RefCell<Vec<RenderedRequest>>,
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        self.now.get()
    }
}

impl Random for World {
    fn next_u64(&self) -> u64 {
        self.n_random.set(self.n_random.get() + 1_000);
        self.n_random.get()
    }
}

impl Zones for World {
    fn zones(&self) -> &dyn ZoneOffsets {
        &UtcOnly
    }
}

impl HttpClient for World {
    async fn send(&self, request: &RenderedRequest, _attempt_number: u32, _timeout_millis: i64) -> SendReport {
        self.sent.borrow_mut().push(request.clone());
        let echo = format!("{:?} {}", request.headers, request.body);
        SendReport::Answered(ResponseRecord {
            status: self.statuses.borrow_mut().pop().unwrap_or(200),
            headers: vec![("x-echo".to_owned(), echo.clone())],
            body: Some(echo),
            is_body_cut: false,
        })
    }

    async fn probe(&self, _url: &str) -> bool {
        true
    }

    fn is_online(&self) -> bool {
        true
    }

    fn keys(&self) -> Option<Rc<dyn Keys>> {
        Some(Rc::clone(&self.keys) as Rc<dyn Keys>)
    }
}

/// A tab with its sender.
struct Bench {
    tab: Tab,
    world: Rc<World>,
    sender: Sender<MemoryStore, World>,
}

impl Bench {
    fn new() -> Self {
        let mut tab = Tab::open();
        tab.set_up();
        let world = Rc::new(World {
            now: Cell::new(tab.hands.now.get()),
            keys: Rc::clone(&tab.keys),
            n_random: Cell::new(0),
            statuses: RefCell::default(),
            sent: RefCell::default(),
        });
        let sender = now(Sender::start(Rc::clone(&tab.store), Rc::clone(&world))).unwrap();
        Self { tab, world, sender }
    }

    fn keep(&mut self, kind: SecretKind, value: &str) -> Result<SecretId, MembersRefusal> {
        let (origin, name) = (ORIGIN.to_owned(), "Authorization".to_owned());
        let news =
            self.tab.order(MembersOrder::KeepSecret { ticket: 7, kind, origin, name, value: Hidden::new(value) });
        match news.into_iter().next().unwrap() {
            MembersNews::SecretKept { ticket: 7, secret_id } => Ok(secret_id),
            MembersNews::SecretRefused { ticket: 7, reason } => Err(reason),
            other => panic!("{other:?}"),
        }
    }

    /// Saves the first flow with these headers and this address, live, and fires an event.
    fn fire(&mut self, headers: Vec<(&str, String)>, url: &str) {
        let mut flow = samples::first_flow();
        for node in flow.nodes.values_mut() {
            if let NodeKind::Webhook { action, .. } = &mut node.kind {
                action.status = ActionStatus::Live;
                url.clone_into(&mut action.url);
                action.headers = headers
                    .iter()
                    .map(|(name, value)| HeaderRow { name: (*name).to_owned(), value: value.clone() })
                    .collect();
            }
        }
        let flow_id = flow.id.clone();
        let samples = samples::first();
        let (event_id, profile_id) = (Some(samples.events[0].id.clone()), samples.profiles[0].id.clone());
        self.tab.act(AppCommand::KeepFlow { flow: Arc::new(flow), steps: None, epoch: 0 });
        self.tab.act(AppCommand::SaveFlow { flow_id: flow_id.clone() });
        self.tab.act(AppCommand::FireEvent { flow_id, event_id, profile_id });
        self.settle();
    }

    fn settle(&mut self) {
        for _ in 0..10 {
            now(self.sender.step()).unwrap();
        }
    }

    fn pass(&mut self, millis: i64) {
        self.tab.pass(millis);
        self.world.now.set(self.tab.hands.now.get());
        self.settle();
    }

    fn delivery(&self) -> Delivery {
        now(load_all::<Delivery>(&*self.tab.store)).unwrap().values.pop().unwrap().value
    }

    fn sent_header(&self, idx: usize, name: &str) -> Option<String> {
        let sent = self.world.sent.borrow();
        sent.get(idx)?.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }
}

#[test]
fn a_secret_reaches_its_receiver_and_lies_nowhere_in_the_clear() {
    let mut bench = Bench::new();
    let secret_id = bench.keep(SecretKind::Header, SECRET).unwrap();
    bench.fire(vec![("Authorization", secret_reference(&secret_id))], "https://erp.example.com/orders");
    assert_eq!(bench.sent_header(0, "Authorization").as_deref(), Some(SECRET));
    assert!(matches!(bench.delivery().status, DeliveryStatus::Delivered { .. }));
    // The receiver sent everything back: not even that is kept.
    let disk = dump(&bench.tab.store);
    assert!(disk.contains("x-echo") && disk.contains("••••••••"), "the answer is kept, without the secret");
    for planted in [SECRET, "tok_live_51H8planted", PASSPHRASE] {
        assert!(!disk.contains(planted), "{planted} lies on disk");
    }
    let backup = now(make_backup(&*bench.tab.store, bench.world.now()));
    assert!(!backup.contains("tok_live_51H8planted"));
}

#[test]
fn what_needs_a_locked_secret_waits_for_it_and_goes_on() {
    let mut bench = Bench::new();
    let secret_id = bench.keep(SecretKind::Header, SECRET).unwrap();
    bench.world.statuses.borrow_mut().push(503);
    bench.fire(vec![("Authorization", secret_reference(&secret_id))], "https://erp.example.com/orders");
    assert!(matches!(bench.delivery().status, DeliveryStatus::WaitingToRetry { .. }));
    bench.tab.order(MembersOrder::Lock);
    bench.pass(MINUTE_MILLIS);
    let status = bench.delivery().status;
    assert!(matches!(status, DeliveryStatus::Waiting { reason: WaitReason::LockedSecrets, .. }), "{status:?}");
    assert_eq!(bench.world.sent.borrow().len(), 1);
    assert_eq!(bench.delivery().n_attempts, 1, "no attempt is spent");
    // A sender that starts anew finds it waiting still.
    bench.sender = now(Sender::start(Rc::clone(&bench.tab.store), Rc::clone(&bench.world))).unwrap();
    bench.pass(MINUTE_MILLIS);
    assert_eq!(bench.world.sent.borrow().len(), 1);
    let news = bench.tab.order(MembersOrder::Unlock { passphrase: Hidden::new(PASSPHRASE) });
    assert_eq!(news[0], MembersNews::Done);
    bench.pass(1_000);
    assert_eq!(bench.sent_header(1, "Authorization").as_deref(), Some(SECRET));
    assert!(matches!(bench.delivery().status, DeliveryStatus::Delivered { .. }));
}

#[test]
fn a_secret_goes_only_to_the_host_it_was_entered_for() {
    let mut bench = Bench::new();
    let secret_id = bench.keep(SecretKind::Header, SECRET).unwrap();
    bench.fire(vec![("Authorization", secret_reference(&secret_id))], "https://evil.example.net/orders");
    assert!(bench.world.sent.borrow().is_empty());
    let status = bench.delivery().status;
    let DeliveryStatus::Skipped { reason: SkipReason::RequestProblem { message }, .. } = status else {
        panic!("{status:?}")
    };
    assert!(message.contains("https://erp.example.com and goes nowhere else"), "{message}");

    // Moved to another host on disk, it does not open any more.
    let mut moved = now(load_all::<SecretDocument>(&*bench.tab.store)).unwrap().values.pop().unwrap().value;
    moved.origin = "https://evil.example.net".to_owned();
    now(bench.tab.store.commit(Batch { writes: vec![Write::Put(moved.to_row())], ..Batch::default() })).unwrap();
    bench.fire(vec![("Authorization", secret_reference(&secret_id))], "https://evil.example.net/orders");
    assert!(bench.world.sent.borrow().is_empty());
}

#[test]
fn a_secret_that_is_not_here_is_said() {
    let mut bench = Bench::new();
    bench.fire(vec![("Authorization", "{{secret:elsewhere}}".to_owned())], "https://erp.example.com/orders");
    let status = bench.delivery().status;
    assert!(format!("{status:?}").contains("is not in this browser"), "{status:?}");
}

#[test]
fn bad_secrets_are_refused_and_nothing_is_kept() {
    let mut bench = Bench::new();
    let before = dump(&bench.tab.store);
    for (kind, value) in [
        (SecretKind::Header, ""),
        (SecretKind::Header, "two\nlines"),
        (SecretKind::Header, "日本"),
        (SecretKind::SigningKey, "whsec_c2hvcnQ="),
        (SecretKind::SigningKey, "not base64 at all!"),
    ] {
        assert!(matches!(bench.keep(kind, value), Err(MembersRefusal::Problem { .. })), "{value}");
    }
    assert!(matches!(bench.keep(SecretKind::Header, &"x".repeat(9_000)), Err(MembersRefusal::Problem { .. })));
    assert_eq!(dump(&bench.tab.store), before);
    bench.tab.order(MembersOrder::Lock);
    assert!(matches!(bench.keep(SecretKind::Header, SECRET), Err(MembersRefusal::Role { .. })));

    let mut tab = Tab::open();
    let (origin, name) = (ORIGIN.to_owned(), "Authorization".to_owned());
    let kind = SecretKind::Header;
    let news = tab.order(MembersOrder::KeepSecret { ticket: 1, kind, origin, name, value: Hidden::new(SECRET) });
    assert_eq!(news[0], MembersNews::SecretRefused { ticket: 1, reason: MembersRefusal::NoVault });
}

#[test]
fn a_support_member_keeps_no_secret() {
    let mut bench = Bench::new();
    let (name, email) = ("Ann".to_owned(), "ann@example.com".to_owned());
    bench.tab.order(MembersOrder::Invite { name, email, role: Role::Support });
    let ann: MemberId = bench.tab.view().members[1].id.clone();
    assert_eq!(bench.tab.sign_in(&ann, PASSPHRASE, ""), None);
    assert!(matches!(bench.keep(SecretKind::Header, SECRET), Err(MembersRefusal::Role { .. })));
}

#[test]
fn a_signature_is_made_anew_for_each_attempt_and_by_each_key() {
    let mut bench = Bench::new();
    let keys = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="];
    let ids: Vec<SecretId> = keys.iter().map(|key| bench.keep(SecretKind::SigningKey, key).unwrap()).collect();
    bench.world.statuses.borrow_mut().push(500);
    bench.fire(vec![("webhook-signature", signature_reference(&ids))], "https://erp.example.com/orders");
    bench.pass(MINUTE_MILLIS);
    assert_eq!(bench.world.sent.borrow().len(), 2);
    let id = bench.sent_header(0, "webhook-id").unwrap();
    assert_eq!(id, bench.delivery().id.as_str());
    assert_eq!(bench.sent_header(1, "webhook-id").unwrap(), id, "the id stays over retries");
    let times = [0, 1].map(|idx| bench.sent_header(idx, "webhook-timestamp").unwrap());
    assert_ne!(times[0], times[1]);
    for (idx, time) in times.iter().enumerate() {
        let body = bench.world.sent.borrow()[idx].body.clone();
        let expected: Vec<String> = keys
            .iter()
            .map(|key| {
                let content = format!("{id}.{time}.{body}");
                let mac = mac(MacHash::Sha256, &signing::read_key(key).unwrap(), content.as_bytes());
                format!("v1,{}", signing::to_base64(&mac))
            })
            .collect();
        assert_eq!(bench.sent_header(idx, "webhook-signature").unwrap(), expected.join(" "));
    }
    assert!(!dump(&bench.tab.store).contains("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
}

/// The published example: <https://github.com/standard-webhooks/standard-webhooks> (libraries' tests, `sign`).
#[test]
fn a_signature_is_that_of_the_specification() {
    let key = signing::read_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    let time = signing::time_text(Timestamp::from_millis(1_614_265_330_999));
    let content = signing::signed_content("msg_p5jXN8AQM9LWM0D4loKWxJek", &time, r#"{"test": 2432232314}"#);
    let signature = signing::write_signature(&mac(MacHash::Sha256, &key, content.as_bytes()));
    assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}
