//! Faults that must be survived: senders that end at any moment, clocks that are set, networks that come and go, disks
//! that fill up. Random, seeded, and printed; `make soak` plays more of them.

mod world;

use std::collections::BTreeMap;
use std::rc::Rc;

use futures_util::FutureExt;
use hookwright::domain::delivery::outcome::AttemptOutcome;
use hookwright::domain::delivery::retry::{MAX_RETRIES, RETRY_WINDOW_MILLIS};
use hookwright::domain::delivery::state::{
    Attempt, AttemptKind, Delivery, DeliveryOrigin, DeliveryStatus, SkipReason, StatusKind,
};
use hookwright::domain::delivery::totals::Tally;
use hookwright::domain::flow::model::RepeatPolicy;
use hookwright::domain::id::{CommandId, DeliveryId, FlowId, NodeId, ProfileId, sortable_id};
use hookwright::domain::time::{HOUR_MILLIS, SECOND_MILLIS, Timestamp};
use hookwright::runtime::command::SenderCommand;
use hookwright::runtime::deliver::{Sender, count_all, is_fenced};
use hookwright::runtime::ports::Random;
use hookwright::storage::record::Stored;
use hookwright::storage::record::inbox::InboxText;
use hookwright::storage::record::load::load_all;
use hookwright::storage::{Batch, Durability, Row, Store, StoreError, StoreName, Write};

use self::world::{FaultyStore, LONG_MILLIS, MANNERS, Mishap, SimWorld};

/// How much goes wrong.
#[derive(Debug, Clone, Copy)]
struct Weather {
    n_deliveries: usize,
    n_kills: usize,
    /// Of a hundred turns, so many bring a fault other than a kill.
    fault_percent: u64,
    /// Hosts of these manners take part.
    n_manners: usize,
}

/// What one run came to.
#[derive(Debug, Default)]
struct Figures {
    n_deliveries: usize,
    n_attempts: usize,
    n_seen: usize,
    n_kills: usize,
    n_faults: u64,
    n_delivered: usize,
    n_skipped: usize,
    n_marked: usize,
    n_twice: usize,
    n_unknowable: u64,
}

struct Run {
    store: Rc<FaultyStore>,
    world: Rc<SimWorld>,
    sender: Option<Sender<FaultyStore, SimWorld>>,
    figures: Figures,
    rubbish: Vec<String>,
    n_manners: usize,
}

fn now<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("nothing to wait for")
}

impl Run {
    fn new(seed: u64, weather: Weather) -> Self {
        let (store, world) = (FaultyStore::new(), SimWorld::new(seed));
        let mut run = Self {
            store,
            world,
            sender: None,
            figures: Figures::default(),
            rubbish: Vec::new(),
            n_manners: weather.n_manners,
        };
        // All are made by *Edit and resend* of one that a person closed: the shortest way to many real deliveries.
        let original = original(run.world.now.get());
        now(run.store.inner.commit(put(original.to_row()))).unwrap();
        for n in 0..weather.n_deliveries {
            let host = n % (2 * weather.n_manners);
            let host = host % weather.n_manners + host / weather.n_manners * MANNERS.len();
            let command = SenderCommand::EditAndResend {
                delivery_id: DeliveryId::new(sortable_id(run.world.now.get(), run.world.next_u64())),
                original_id: original.id.clone(),
                url: format!("https://h{host}.example/orders"),
                headers: Vec::new(),
                body: format!("{n}"),
            };
            let text = command.to_text();
            let entry = InboxText { command_id: CommandId::new(format!("{n:06}")), text };
            now(run.store.inner.commit(put(entry.to_row()))).unwrap();
        }
        run.figures.n_deliveries = weather.n_deliveries;
        run
    }

    /// A sender is there: the old one, or a new one.
    fn ensure_sender(&mut self) {
        while self.sender.is_none() {
            let started = Sender::start(Rc::clone(&self.store), Rc::clone(&self.world)).now_or_never();
            // It may end while it starts, or meet a full disk: then the next one tries.
            self.sender = started.and_then(Result::ok);
        }
    }

    fn kill(&mut self) {
        self.sender = None;
        self.world.drop_connections();
        self.figures.n_kills += 1;
    }

    /// One turn of the sender; answers when it wants to be woken.
    fn step(&mut self) -> Option<Timestamp> {
        self.ensure_sender();
        for _ in 0..10_000 {
            let Some(sender) = &mut self.sender else { return None };
            match sender.step().now_or_never() {
                None => {
                    self.kill();
                    return None;
                }
                Some(Err(error)) if is_fenced(&error) => {
                    self.kill();
                    return None;
                }
                Some(Err(_)) => {
                    let Some(sender) = &mut self.sender else { return None };
                    if sender.recover().now_or_never().is_none() {
                        self.kill();
                    }
                    return None;
                }
                Some(Ok(step)) if step.has_changed => {}
                Some(Ok(step)) => return step.wake_at,
            }
        }
        panic!("the sender never comes to rest")
    }

    /// Lets time pass to the next thing that happens, or a little.
    fn pass(&mut self, wake_at: Option<Timestamp>) {
        let now = self.world.now.get();
        let next = [wake_at, self.world.next_answer()].into_iter().flatten().min();
        let next = next.unwrap_or(now.plus_millis(SECOND_MILLIS)).max(now.plus_millis(1));
        self.world.now.set(next);
        self.world.deliver_answers(next);
    }

    fn something_goes_wrong(&mut self) {
        let (world, store) = (Rc::clone(&self.world), Rc::clone(&self.store));
        let dice = &world.dice;
        self.figures.n_faults += 1;
        match dice.below(8) {
            0 => world.set_online(!world.is_online.get()),
            1 => world.is_silent.set(!world.is_silent.get()),
            2 => world.jump(i64::try_from(dice.below(2 * HOUR_MILLIS.unsigned_abs())).unwrap() - HOUR_MILLIS),
            3 => store.next.set(Some((dice.below(4), Mishap::Quota))),
            4 => store.next.set(Some((dice.below(4), Mishap::LostBefore))),
            5 => store.next.set(Some((dice.below(4), Mishap::LostAfter))),
            6 => store.next.set(Some((dice.below(4), Mishap::EndsBefore))),
            _ => store.next.set(Some((dice.below(4), Mishap::EndsAfter))),
        }
    }

    fn play(&mut self, weather: Weather) {
        let dice = |run: &Self, n: u64| run.world.dice.below(n);
        let mut n_kills_left = weather.n_kills;
        let mut n_turns = 0;
        while n_kills_left > 0 || n_turns < 200 {
            n_turns += 1;
            if dice(self, 100) < weather.fault_percent {
                self.something_goes_wrong();
            }
            if n_kills_left > 0 && dice(self, 3) == 0 {
                self.kill();
                n_kills_left -= 1;
            }
            let wake_at = self.step();
            self.pass(wake_at);
        }
        self.calm_down();
    }

    /// The weather clears, and everything that waits has more than a day to end.
    fn calm_down(&mut self) {
        self.store.next.set(None);
        self.world.is_online.set(true);
        self.world.is_silent.set(false);
        // Of two manners, even the shaky one lets everything through in the end.
        self.world.is_kind.set(self.n_manners > 2);
        let end = self.world.now.get().plus_millis(3 * LONG_MILLIS);
        while self.world.now.get() < end {
            let wake_at = self.step();
            if wake_at.is_none() && self.world.next_answer().is_none() && self.sender.is_some() {
                return;
            }
            self.pass(wake_at);
        }
    }

    /// Everything that has to hold, whatever went wrong.
    fn check(mut self) -> Figures {
        let deliveries = now(load_all::<Delivery>(&*self.store)).unwrap().values;
        let attempts = now(load_all::<Attempt>(&*self.store)).unwrap().values;
        let mut by_delivery: BTreeMap<String, Vec<Attempt>> = BTreeMap::new();
        for attempt in attempts {
            by_delivery.entry(attempt.value.delivery_id.as_str().to_owned()).or_default().push(attempt.value);
        }
        let mut seen: BTreeMap<String, Vec<(u32, Option<u16>)>> = BTreeMap::new();
        for request in self.world.seen.borrow().iter() {
            seen.entry(request.body.clone()).or_default().push((request.attempt_number, request.status));
        }
        let mut bodies = 0;
        for Delivery { id, request, status, may_have_arrived, first_attempt_at, n_attempts, .. } in
            deliveries.into_iter().map(|found| found.value).filter(|delivery| delivery.id.as_str() != "original")
        {
            bodies += 1;
            let body = request.unwrap().body;
            let attempts = by_delivery.remove(id.as_str()).unwrap_or_default();
            let own_seen = seen.remove(&body).unwrap_or_default();
            match &status {
                DeliveryStatus::Delivered { .. } => self.figures.n_delivered += 1,
                DeliveryStatus::Skipped { .. } => self.figures.n_skipped += 1,
                other => panic!("{body} is left {other:?} after {attempts:?}"),
            }
            assert_eq!(n_attempts as usize, attempts.len(), "{body}: every attempt is recorded");
            for (number, status) in &own_seen {
                let attempt = attempts.iter().find(|attempt| attempt.number == *number);
                let end = attempt.unwrap_or_else(|| panic!("{body}: attempt {number} was sent and is not recorded"));
                let outcome = &end.end.as_ref().unwrap().outcome;
                if let AttemptOutcome::Answered { status: recorded, .. } = outcome {
                    assert_eq!(Some(*recorded), *status, "{body}: attempt {number}");
                } else if *outcome == AttemptOutcome::Unreachable && !may_have_arrived {
                    // The network fell silent between its arrival and the probe, and the sender had not heard of the host before.
                    self.figures.n_unknowable += 1;
                } else {
                    let is_known = *outcome == AttemptOutcome::Redirected;
                    assert!(may_have_arrived || is_known, "{body}: attempt {number} arrived unmarked as {outcome:?}");
                }
            }
            for attempt in &attempts {
                let outcome = &attempt.end.as_ref().unwrap().outcome;
                if matches!(outcome, AttemptOutcome::Answered { .. }) {
                    let n_requests = own_seen.iter().filter(|(number, _)| *number == attempt.number).count();
                    assert_eq!(n_requests, 1, "{body}: a status that nobody sent, or one sent twice");
                }
            }
            let n_successes = own_seen.iter().filter(|(_, status)| *status == Some(200)).count();
            if n_successes > 1 {
                self.figures.n_twice += 1;
                assert!(may_have_arrived, "{body}: taken twice and not marked");
            }
            let scheduled = attempts.iter().filter(|attempt| attempt.kind == AttemptKind::Scheduled);
            let spent = scheduled.filter(|attempt| first_attempt_at.is_some_and(|first| attempt.started_at >= first));
            for attempt in spent.clone() {
                let span = attempt.started_at.millis_since(first_attempt_at.unwrap());
                assert!(span <= RETRY_WINDOW_MILLIS, "{body}: {span}");
            }
            self.figures.n_marked += usize::from(may_have_arrived);
            self.figures.n_attempts += attempts.len();
            self.figures.n_seen += own_seen.len();
        }
        assert_eq!(bodies + self.rubbish.len(), self.figures.n_deliveries, "a delivery is lost");
        assert!(!self.rubbish.is_empty() || seen.is_empty(), "requests of no delivery: {seen:?}");
        assert!(self.world.max_at_once.get() <= 6, "{} at once", self.world.max_at_once.get());
        self.check_totals();
        self.figures.n_faults += self.store.n_mishaps.get();
        self.figures
    }

    /// Running totals say what counting everything says, but for hours, in which a status may have come and gone.
    fn check_totals(&self) {
        let is_counted = |tally: &Tally| !tally.key.starts_with("hour/") && !tally.is_empty();
        let trimmed = |tally: Tally| {
            let mut tally = tally;
            while tally.counters.last() == Some(&0) {
                tally.counters.pop();
            }
            tally
        };
        let kept = now(load_all::<Tally>(&*self.store)).unwrap().values.into_iter().map(|found| found.value);
        let kept: Vec<Tally> = kept.filter(is_counted).map(trimmed).collect();
        let counted = now(count_all(&*self.store)).unwrap().into_values();
        let counted: Vec<Tally> = counted.filter(is_counted).map(trimmed).collect();
        assert_eq!(kept, counted);
    }
}

fn put(row: Row) -> Batch {
    Batch { writes: vec![Write::Put(row)], durability: Durability::Strict, ..Batch::default() }
}

fn original(at: Timestamp) -> Delivery {
    Delivery {
        id: DeliveryId::new("original"),
        flow_id: FlowId::new("Xy12Ab"),
        flow_name: "Order to ERP".to_owned(),
        node_id: NodeId::new("n1"),
        webhook_name: "Order to ERP".to_owned(),
        run_id: None,
        event_id: None,
        profile_id: ProfileId::new("p1"),
        recipient_email: "ann@example.com".to_owned(),
        origin: DeliveryOrigin::Flow,
        repeat_policy: RepeatPolicy::AtLeastOnce,
        created_at: at,
        request: None,
        status: DeliveryStatus::Skipped { reason: SkipReason::Dismissed, at },
        n_attempts: 0,
        n_scheduled_attempts: 0,
        first_attempt_at: None,
        last_outcome: None,
        may_have_arrived: false,
        updated_at: at,
    }
}

fn survive(seed: u64, weather: Weather) -> Figures {
    let mut run = Run::new(seed, weather);
    run.play(weather);
    let figures = run.check();
    eprintln!("seed {seed}: {figures:?}, lost 0, unexplained duplicates 0");
    figures
}

/// Seconds to go on with new seeds; 0 in the quick suite.
#[allow(clippy::disallowed_methods, reason = "how long to soak is the caller's to say")]
fn soak_secs() -> u64 {
    std::env::var("HOOKWRIGHT_SOAK").ok().and_then(|secs| secs.parse().ok()).unwrap_or(0)
}

/// Plays seeds from `first` on: `n_quick` of them, and in a soak as many as fit.
#[allow(clippy::disallowed_methods, reason = "a soak is measured in real time")]
fn play_seeds(first: u64, n_quick: u64, weather: Weather) {
    let started = std::time::Instant::now();
    let mut seed = first;
    let mut sum = Figures::default();
    while seed < first + n_quick || started.elapsed().as_secs() < soak_secs() {
        sum.add(&survive(seed, weather));
        seed += 1;
    }
    sum.print(&format!("seeds {first} to {}", seed - 1));
}

impl Figures {
    fn add(&mut self, other: &Self) {
        self.n_deliveries += other.n_deliveries;
        self.n_attempts += other.n_attempts;
        self.n_seen += other.n_seen;
        self.n_kills += other.n_kills;
        self.n_faults += other.n_faults;
        self.n_delivered += other.n_delivered;
        self.n_skipped += other.n_skipped;
        self.n_marked += other.n_marked;
        self.n_twice += other.n_twice;
        self.n_unknowable += other.n_unknowable;
    }

    /// A table. That nothing is lost and no copy is unexplained was asserted for each seed before it came here.
    fn print(&self, title: &str) {
        let rows = [
            ("senders killed", self.n_kills as u64),
            ("other faults injected", self.n_faults),
            ("deliveries", self.n_deliveries as u64),
            ("attempts recorded", self.n_attempts as u64),
            ("requests the receivers saw", self.n_seen as u64),
            ("delivered", self.n_delivered as u64),
            ("skipped with their reason", self.n_skipped as u64),
            ("marked as may have arrived", self.n_marked as u64),
            ("arrived more than once, all of them marked", self.n_twice as u64),
            ("arrived as the network left a host not heard of before", self.n_unknowable),
            ("lost", 0),
            ("unexplained duplicates", 0),
        ];
        let lines: String = rows.iter().map(|(name, n)| format!("\n  {name:<57}{n:>10}")).collect();
        // In one go: other tests print, too.
        eprintln!("{title}{lines}");
    }
}

#[test]
fn a_sender_killed_two_hundred_times_loses_and_doubles_nothing() {
    play_seeds(1, 1, Weather { n_deliveries: 150, n_kills: 200, fault_percent: 0, n_manners: 9 });
}

#[test]
fn clocks_networks_and_disks_that_fail_lose_nothing() {
    play_seeds(1_000, 4, Weather { n_deliveries: 80, n_kills: 20, fault_percent: 20, n_manners: 9 });
}

#[test]
fn many_deliveries_with_failures_all_end() {
    let n_deliveries = if soak_secs() > 0 { 10_000 } else { 1_000 };
    play_seeds(2_000, 1, Weather { n_deliveries, n_kills: 3, fault_percent: 1, n_manners: 2 });
}

#[test]
fn a_record_overwritten_with_rubbish_is_set_aside_and_the_rest_goes_on() {
    let weather = Weather { n_deliveries: 30, n_kills: 0, fault_percent: 0, n_manners: 2 };
    let mut run = Run::new(3_000, weather);
    let wake_at = run.step();
    run.pass(wake_at);
    run.step();
    let pending = now(load_all::<Delivery>(&*run.store)).unwrap().values;
    let victims = pending.into_iter().filter(|found| !StatusKind::of(&found.value.status).is_final()).take(2);
    for victim in victims {
        let row = Row { json: "{\"rubbish\":".to_owned(), ..victim.value.to_row() };
        now(run.store.inner.commit(put(row))).unwrap();
        run.rubbish.push(victim.value.id.as_str().to_owned());
    }
    assert_eq!(run.rubbish.len(), 2);
    run.kill();
    run.calm_down();
    for id in run.rubbish.clone() {
        let kept = now(run.store.get(StoreName::SetAside, &format!("deliveries/{id}"))).unwrap();
        assert!(kept.is_some(), "{id} is not kept");
    }
    run.check();
}

#[test]
fn answers_that_are_recorded_unheard_leave_their_deliveries_in_line() {
    let weather = Weather { n_deliveries: 18, n_kills: 0, fault_percent: 0, n_manners: 9 };
    let mut run = Run::new(6_000, weather);
    for _ in 0..60 {
        run.store.next.set(Some((0, Mishap::LostAfter)));
        let wake_at = run.step();
        run.pass(wake_at);
    }
    run.calm_down();
    run.check();
}

#[test]
fn a_late_answer_of_a_replaced_sender_still_counts() {
    let weather = Weather { n_deliveries: 5, n_kills: 0, fault_percent: 0, n_manners: 1 };
    let mut run = Run::new(4_000, weather);
    run.step();
    let mut old = run.sender.take().unwrap();
    // The new sender has claimed, and closes what it finds open; the old one's answers come after that.
    run.ensure_sender();
    let answered_at = run.world.now.get().plus_millis(2_000);
    run.world.now.set(answered_at);
    run.world.deliver_answers(answered_at);
    now(old.settle()).unwrap();
    let fenced = now(old.step());
    assert!(matches!(&fenced, Err(StoreError::Conflict { .. })) || !fenced.unwrap().has_changed);
    drop(old);
    run.calm_down();
    run.check();
}

#[test]
fn no_schedule_has_more_than_seventeen_retries() {
    let weather = Weather { n_deliveries: 4, n_kills: 0, fault_percent: 0, n_manners: 9 };
    let mut run = Run::new(5_000, weather);
    let end = run.world.now.get().plus_millis(LONG_MILLIS);
    while run.world.now.get() < end {
        let wake_at = run.step();
        run.pass(wake_at);
    }
    for delivery in now(load_all::<Delivery>(&*run.store)).unwrap().values {
        assert!(delivery.value.n_scheduled_attempts <= MAX_RETRIES + 1);
    }
}
