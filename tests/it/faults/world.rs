//! A world of receivers that misbehave by a seed, a clock that is moved by hand, and a store that dies on command.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use futures_channel::oneshot;
use hookwright::domain::delivery::request::{RenderedRequest, destination_of};
use hookwright::domain::delivery::state::ResponseRecord;
use hookwright::domain::flow::delay::{UtcOnly, ZoneOffsets};
use hookwright::domain::time::{DAY_MILLIS, SECOND_MILLIS, Timestamp};
use hookwright::runtime::ports::{Clock, HttpClient, Random, SendReport, Zones};
use hookwright::storage::memory::MemoryStore;
use hookwright::storage::{Batch, Query, Row, Store, StoreError, StoreName};

/// Splitmix: small, and the same everywhere. <https://prng.di.unimi.it/splitmix64.c>
#[derive(Debug)]
pub struct Dice(Cell<u64>);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(Cell::new(seed))
    }

    pub fn roll(&self) -> u64 {
        self.0.set(self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15));
        let mut z = self.0.get();
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&self, n: u64) -> u64 {
        self.roll() % n
    }

    /// True in about `percent` of a hundred rolls.
    pub fn percent(&self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// How a host behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    Well,
    /// Thirty in a hundred fail, with all sorts of `Retry-After`.
    Shaky,
    /// Never answers some, resets others; most of those arrive.
    Lossy,
    /// Not there for some of the time.
    Flickering,
    /// Takes everything and lets nobody read its answers.
    NoCors,
    Redirects,
    Refuses,
    /// Another status each time, with an endless body.
    Alternating,
    Dead,
}

pub const MANNERS: [Manner; 9] = [
    Manner::Well,
    Manner::Shaky,
    Manner::Lossy,
    Manner::Flickering,
    Manner::NoCors,
    Manner::Redirects,
    Manner::Refuses,
    Manner::Alternating,
    Manner::Dead,
];

/// A request as a receiver saw it.
#[derive(Debug, Clone)]
pub struct Seen {
    pub body: String,
    pub attempt_number: u32,
    /// What the sender could read of the answer, if it was still there to read it.
    pub status: Option<u16>,
}

struct Pending {
    report: SendReport,
    reply: oneshot::Sender<SendReport>,
    host: String,
}

/// The world outside.
pub struct SimWorld {
    pub now: Cell<Timestamp>,
    pub dice: Dice,
    pub is_online: Cell<bool>,
    /// Whether receivers behave from now on.
    pub is_kind: Cell<bool>,
    /// The whole network is down, though the browser believes it is online.
    pub is_silent: Cell<bool>,
    pub seen: RefCell<Vec<Seen>>,
    pending: RefCell<BTreeMap<(Timestamp, u64), Pending>>,
    n_sent: Cell<u64>,
    pub max_at_once: Cell<usize>,
}

impl SimWorld {
    pub fn new(seed: u64) -> Rc<Self> {
        Rc::new(Self {
            now: Cell::new(Timestamp::from_millis(1_772_366_400_000)),
            dice: Dice::new(seed),
            is_online: Cell::new(true),
            is_kind: Cell::new(false),
            is_silent: Cell::new(false),
            seen: RefCell::default(),
            pending: RefCell::default(),
            n_sent: Cell::new(0),
            max_at_once: Cell::new(0),
        })
    }

    /// Gives the answers whose time has come. A clock that was set back holds up none.
    pub fn deliver_answers(&self, until: Timestamp) {
        let later = self.pending.borrow_mut().split_off(&(until.plus_millis(1), 0));
        let due = std::mem::replace(&mut *self.pending.borrow_mut(), later);
        for pending in due.into_values() {
            // A sender that is gone hears nothing.
            drop(pending.reply.send(pending.report));
        }
    }

    pub fn next_answer(&self) -> Option<Timestamp> {
        self.pending.borrow().keys().next().map(|(at, _)| *at)
    }

    /// The clock is set by somebody; answers on their way take as long as before.
    pub fn jump(&self, millis: i64) {
        self.now.set(self.now.get().plus_millis(millis));
        let pending = std::mem::take(&mut *self.pending.borrow_mut());
        *self.pending.borrow_mut() =
            pending.into_iter().map(|((at, n), pending)| ((at.plus_millis(millis), n), pending)).collect();
    }

    /// The browser goes online, or offline: then what is on its way is lost, and much of it has arrived.
    pub fn set_online(&self, is_online: bool) {
        self.is_online.set(is_online);
        if is_online {
            return;
        }
        let now = self.now.get();
        let pending = std::mem::take(&mut *self.pending.borrow_mut());
        let lost = |pending: Pending| Pending {
            report: SendReport::NetworkError { message: "Failed to fetch".to_owned() },
            ..pending
        };
        *self.pending.borrow_mut() = pending.into_iter().map(|((_, n), pending)| ((now, n), lost(pending))).collect();
    }

    /// What a sender that ended leaves behind: its requests are given up.
    pub fn drop_connections(&self) {
        self.pending.borrow_mut().retain(|_, pending| !pending.reply.is_canceled());
    }

    pub fn manner(&self, url: &str) -> Manner {
        let host = destination_of(url);
        let number: usize = host.trim_start_matches("https://h").split('.').next().unwrap().parse().unwrap();
        MANNERS[number % MANNERS.len()]
    }

    fn is_dark(&self, manner: Manner) -> bool {
        let is_away = match manner {
            Manner::Dead => true,
            // Off for ten minutes of every thirty.
            Manner::Flickering => self.now.get().as_millis() / (600 * SECOND_MILLIS) % 3 == 0,
            _ => false,
        };
        is_away && !self.is_kind.get()
    }

    /// What this attempt comes to: whether it arrives, what the sender sees, and after how long.
    fn play(&self, request: &RenderedRequest, timeout_millis: i64) -> (bool, SendReport, i64) {
        let manner = self.manner(&request.url);
        let dice = &self.dice;
        let lost = || SendReport::NetworkError { message: "Failed to fetch".to_owned() };
        let quick = i64::try_from(dice.below(900)).unwrap() + 20;
        if self.is_silent.get() || !self.is_online.get() || self.is_dark(manner) {
            return (false, lost(), quick);
        }
        if self.is_kind.get() {
            return (true, answer(200, None), quick);
        }
        match manner {
            Manner::Well | Manner::Flickering | Manner::Dead => (true, answer(200, None), quick),
            Manner::Shaky if dice.percent(30) => {
                let status = [429, 500, 502, 503, 504][usize::try_from(dice.below(5)).unwrap()];
                let retry_after = [
                    None,
                    Some("7"),
                    Some("soon"),
                    Some("-3"),
                    Some("Sun, 06 Nov 1994 08:49:37 GMT"),
                    Some("99999999999999999999"),
                ];
                let retry_after = retry_after[usize::try_from(dice.below(6)).unwrap()];
                (true, answer(status, retry_after), quick)
            }
            Manner::Shaky => (true, answer(200, None), quick),
            Manner::Lossy => match dice.below(10) {
                0 => (dice.percent(70), SendReport::TimedOut, timeout_millis),
                1 => (dice.percent(70), lost(), quick),
                2 => (true, answer(200, None), timeout_millis - 1),
                _ => (true, answer(200, None), quick),
            },
            Manner::NoCors => (true, lost(), quick),
            Manner::Redirects => (true, SendReport::OpaqueRedirect, quick),
            Manner::Refuses => {
                (true, answer([400, 401, 404, 410, 422][usize::try_from(dice.below(5)).unwrap()], None), quick)
            }
            Manner::Alternating => {
                let status = [200, 503, 404, 429][usize::try_from(dice.below(4)).unwrap()];
                let SendReport::Answered(response) = answer(status, Some("0")) else { unreachable!() };
                (true, SendReport::Answered(ResponseRecord { is_body_cut: true, ..response }), quick)
            }
        }
    }
}

fn answer(status: u16, retry_after: Option<&str>) -> SendReport {
    let headers = retry_after.map(|value| ("Retry-After".to_owned(), value.to_owned())).into_iter().collect();
    SendReport::Answered(ResponseRecord { status, headers, body: Some("{}".to_owned()), is_body_cut: false })
}

impl Clock for SimWorld {
    fn now(&self) -> Timestamp {
        self.now.get()
    }
}

impl Random for SimWorld {
    fn next_u64(&self) -> u64 {
        self.dice.roll()
    }
}

impl Zones for SimWorld {
    fn zones(&self) -> &dyn ZoneOffsets {
        &UtcOnly
    }
}

impl HttpClient for SimWorld {
    async fn send(&self, request: &RenderedRequest, attempt_number: u32, timeout_millis: i64) -> SendReport {
        let (arrives, report, millis) = self.play(request, timeout_millis);
        if arrives {
            let status = match &report {
                SendReport::Answered(response) => Some(response.status),
                SendReport::OpaqueRedirect | SendReport::TimedOut | SendReport::NetworkError { .. } => None,
            };
            self.seen.borrow_mut().push(Seen { body: request.body.clone(), attempt_number, status });
        }
        let (reply, answered) = oneshot::channel();
        let n_sent = self.n_sent.get() + 1;
        self.n_sent.set(n_sent);
        let host = destination_of(&request.url);
        self.drop_connections();
        self.pending
            .borrow_mut()
            .insert((self.now.get().plus_millis(millis), n_sent), Pending { report, reply, host: host.clone() });
        let n_at_once = self.pending.borrow().values().filter(|pending| pending.host == host).count();
        self.max_at_once.set(self.max_at_once.get().max(n_at_once));
        answered.await.unwrap_or(SendReport::TimedOut)
    }

    async fn probe(&self, url: &str) -> bool {
        !self.is_silent.get() && self.is_online.get() && !self.is_dark(self.manner(url))
    }

    fn is_online(&self) -> bool {
        self.is_online.get()
    }
}

/// What goes wrong with a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mishap {
    /// The sender ends before the write reaches the disk.
    EndsBefore,
    /// The sender ends after it did, without hearing of it.
    EndsAfter,
    /// The disk is full.
    Quota,
    /// The connection is lost before the write …
    LostBefore,
    /// … or after it, unheard.
    LostAfter,
}

/// A store that dies on command.
pub struct FaultyStore {
    pub inner: MemoryStore,
    /// After so many commits, this happens.
    pub next: Cell<Option<(u64, Mishap)>>,
    pub n_mishaps: Cell<u64>,
}

impl FaultyStore {
    pub fn new() -> Rc<Self> {
        Rc::new(Self { inner: MemoryStore::default(), next: Cell::new(None), n_mishaps: Cell::new(0) })
    }
}

impl Store for FaultyStore {
    async fn get(&self, store: StoreName, key: &str) -> Result<Option<Row>, StoreError> {
        self.inner.get(store, key).await
    }

    async fn get_many(&self, store: StoreName, keys: &[String]) -> Result<Vec<Option<Row>>, StoreError> {
        self.inner.get_many(store, keys).await
    }

    async fn query(&self, query: Query) -> Result<Vec<Row>, StoreError> {
        self.inner.query(query).await
    }

    async fn commit(&self, batch: Batch) -> Result<Vec<u64>, StoreError> {
        match self.next.get() {
            None => self.inner.commit(batch).await,
            Some((n, mishap)) if n > 0 => {
                self.next.set(Some((n - 1, mishap)));
                self.inner.commit(batch).await
            }
            Some((_, mishap)) => {
                self.next.set(None);
                self.n_mishaps.set(self.n_mishaps.get() + 1);
                let lost = || StoreError::Disconnected { reason: "made for a test".to_owned() };
                match mishap {
                    Mishap::EndsBefore => std::future::pending().await,
                    Mishap::EndsAfter => {
                        drop(self.inner.commit(batch).await);
                        std::future::pending().await
                    }
                    Mishap::Quota => Err(StoreError::QuotaExceeded { reason: "made for a test".to_owned() }),
                    Mishap::LostBefore => Err(lost()),
                    Mishap::LostAfter => {
                        drop(self.inner.commit(batch).await);
                        Err(lost())
                    }
                }
            }
        }
    }
}

/// A day and an hour, for whatever waits.
pub const LONG_MILLIS: i64 = DAY_MILLIS + 3_600 * SECOND_MILLIS;
