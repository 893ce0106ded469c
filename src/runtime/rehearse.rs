//! The rehearsal: plays a saved flow forward, event by event, with a hand-moved clock and the practice receiver's script.
//!
//! In: a flow, a script, who arrives and when. Out: a time line of what would happen, with the requests.
//! Invariant: the same planner, queue, schedule and destinations as the sender's; no store, no network, no real clock. What
//! happens here never mixes with real activity.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use crate::domain::activity::{ActivityEntry, ActivityEvent};
use crate::domain::delivery::destination::Destination;
use crate::domain::delivery::lifecycle;
use crate::domain::delivery::outcome::AttemptOutcome;
use crate::domain::delivery::practice::{self, PracticeScript, PracticeSight};
use crate::domain::delivery::queue::{Limits, Queue};
use crate::domain::delivery::request::destination_of;
use crate::domain::delivery::retry_after::parse_retry_after;
use crate::domain::delivery::state::{Attempt, Delivery, DeliveryStatus, ResponseRecord, SkipReason, StatusKind};
use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::flow::delay::ZoneOffsets;
use crate::domain::flow::model::SavedFlow;
use crate::domain::flow::run::{RunDocument, RunStatus};
use crate::domain::id::{DeliveryId, ProfileId, RunId, sortable_id};
use crate::domain::settings::WorkspaceSettings;
use crate::domain::time::{SECOND_MILLIS, Timestamp};
use crate::runtime::plan::{Plan, Planner};

/// Attempts started in one go; the rest follows in the same moment.
const SLICE: usize = 1_000;

/// Somebody who comes to the flow's trigger.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrival {
    pub at: Timestamp,
    pub event: Option<TriggerEvent>,
    pub profile: Profile,
}

/// What is rehearsed.
pub struct Rehearsal {
    saved: SavedFlow,
    script: PracticeScript,
    settings: WorkspaceSettings,
    zones: Rc<dyn ZoneOffsets>,
    now: Timestamp,
    chance: u64,
    /// In the order they come.
    arrivals: VecDeque<Arrival>,
    profiles: BTreeMap<ProfileId, Profile>,
    entered: BTreeMap<ProfileId, Vec<Timestamp>>,
    waiting_runs: BTreeMap<(Timestamp, RunId), RunDocument>,
    queue: Queue,
    destinations: BTreeMap<String, Destination>,
    deliveries: BTreeMap<DeliveryId, Delivery>,
    attempts: Vec<Attempt>,
    /// By when they are answered.
    on_their_way: BTreeMap<(Timestamp, DeliveryId), (Attempt, PracticeSight)>,
    entries: Vec<ActivityEntry>,
}

/// How a rehearsal stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RehearsalSummary {
    pub n_arrived: usize,
    pub n_refused: usize,
    pub n_attempts: usize,
    pub by_status: BTreeMap<StatusKind, usize>,
    pub n_may_have_arrived: usize,
}

impl Rehearsal {
    /// A rehearsal that starts with the first arrival. The same seed plays the same way.
    pub fn new(
        saved: SavedFlow,
        script: PracticeScript,
        settings: WorkspaceSettings,
        zones: Rc<dyn ZoneOffsets>,
        arrivals: Vec<Arrival>,
        seed: u64,
    ) -> Self {
        let mut arrivals = arrivals;
        arrivals.sort_by_key(|arrival| arrival.at);
        let now = arrivals.first().map_or(Timestamp::from_millis(0), |arrival| arrival.at);
        Self {
            saved,
            script,
            settings,
            zones,
            now,
            chance: seed,
            arrivals: arrivals.into(),
            profiles: BTreeMap::new(),
            entered: BTreeMap::new(),
            waiting_runs: BTreeMap::new(),
            queue: Queue::default(),
            destinations: BTreeMap::new(),
            deliveries: BTreeMap::new(),
            attempts: Vec::new(),
            on_their_way: BTreeMap::new(),
            entries: Vec::new(),
        }
    }

    /// Where the clock stands.
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// Who came in under this id.
    pub fn person(&self, profile_id: &ProfileId) -> Option<&Profile> {
        self.profiles.get(profile_id)
    }

    /// Everything that happened so far, in order.
    pub fn entries(&self) -> &[ActivityEntry] {
        &self.entries
    }

    /// Every delivery as it stands, with its request.
    pub fn deliveries(&self) -> impl Iterator<Item = &Delivery> {
        self.deliveries.values()
    }

    /// A delivery as it stands.
    pub fn delivery(&self, delivery_id: &DeliveryId) -> Option<&Delivery> {
        self.deliveries.get(delivery_id)
    }

    /// Every attempt that has ended, in the order they did.
    pub fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    /// What the receiver does from here on.
    pub fn set_script(&mut self, script: PracticeScript) {
        self.script = script;
    }

    /// When something happens next; `None` at the end.
    pub fn next_at(&self) -> Option<Timestamp> {
        let arrival = self.arrivals.front().map(|arrival| arrival.at);
        let run = self.waiting_runs.keys().next().map(|(at, _)| *at);
        let answer = self.on_their_way.keys().next().map(|(at, _)| *at);
        let start = self.queue.next_start(&self.limits());
        let next = [arrival, run, answer, start].into_iter().flatten().min();
        next.map(|at| at.max(self.now))
    }

    /// Jumps to the next thing that happens and does all of that moment; `false` at the end.
    pub fn step(&mut self) -> bool {
        let Some(at) = self.next_at() else { return false };
        self.now = at;
        self.do_moment();
        true
    }

    /// Plays up to a point in time, or until `max_moments` were played; answers whether the point was reached.
    pub fn play_until(&mut self, until: Timestamp, max_moments: usize) -> bool {
        for _ in 0..max_moments {
            if self.next_at().is_none_or(|at| at > until) {
                self.now = self.now.max(until);
                return true;
            }
            self.step();
        }
        false
    }

    /// The browser is closed until `until`: what comes due in between is late, and is spread out.
    pub fn close_until(&mut self, until: Timestamp) {
        // What is on its way is cut off, as it is when a tab is closed.
        for ((_, delivery_id), (attempt, _)) in std::mem::take(&mut self.on_their_way) {
            self.end(&delivery_id, &attempt, AttemptOutcome::CutOff, None);
        }
        self.now = self.now.max(until);
        let stored = self
            .deliveries
            .values()
            .filter_map(|delivery| Some((lifecycle::due_at(delivery)?, delivery.id.clone(), destination(delivery))));
        let stored = stored.collect();
        self.queue = Queue::default();
        self.queue.push_stored(stored, self.now);
    }

    /// How it stands.
    pub fn summary(&self) -> RehearsalSummary {
        let mut summary = RehearsalSummary { n_attempts: self.attempts.len(), ..RehearsalSummary::default() };
        for delivery in self.deliveries.values() {
            *summary.by_status.entry(StatusKind::of(&delivery.status)).or_default() += 1;
            summary.n_may_have_arrived += usize::from(delivery.may_have_arrived);
        }
        for entry in &self.entries {
            match entry.event {
                ActivityEvent::RunStarted => summary.n_arrived += 1,
                ActivityEvent::EntryRefused { .. } => summary.n_refused += 1,
                _ => {}
            }
        }
        summary
    }

    fn do_moment(&mut self) {
        let now = self.now;
        while let Some(((at, _), _)) = self.on_their_way.first_key_value()
            && *at <= now
        {
            let Some(((_, delivery_id), (attempt, sight))) = self.on_their_way.pop_first() else { break };
            let (outcome, response) = self.outcome(&delivery_id, sight);
            self.end(&delivery_id, &attempt, outcome, response);
        }
        while self.arrivals.front().is_some_and(|arrival| arrival.at <= now) {
            let Some(arrival) = self.arrivals.pop_front() else { break };
            self.arrive(arrival);
        }
        while let Some(((at, _), _)) = self.waiting_runs.first_key_value()
            && *at <= now
        {
            let Some((_, RunDocument { run, event })) = self.waiting_runs.pop_first() else { break };
            let Some(profile) = self.profiles.get(&run.profile_id).cloned() else { continue };
            let flow = self.saved.flow.clone();
            let plan = self.plan(|planner| planner.walk(&flow, &run, event.as_ref(), &profile));
            self.take(plan);
        }
        self.start_due();
    }

    fn arrive(&mut self, arrival: Arrival) {
        let Arrival { event, profile, .. } = arrival;
        self.profiles.insert(profile.id.clone(), profile.clone());
        let entered_before = self.entered.get(&profile.id).cloned().unwrap_or_default();
        let saved = self.saved.clone();
        let plan = self.plan(|planner| planner.fire(&saved, event.as_ref(), &profile, &entered_before));
        if !plan.runs.is_empty() {
            self.entered.entry(profile.id).or_default().push(self.now);
        }
        self.take(plan);
    }

    fn take(&mut self, plan: Plan) {
        for document in plan.runs {
            match document.run.status {
                RunStatus::WaitingUntil { due_at } => {
                    self.waiting_runs.insert((due_at, document.run.id.clone()), document);
                }
                RunStatus::Active | RunStatus::Ended => {}
            }
        }
        self.entries.extend(plan.entries);
        for delivery in plan.deliveries {
            self.follow(delivery);
        }
    }

    fn start_due(&mut self) {
        let now = self.now;
        let due = self.queue.due(now, &self.limits(), SLICE);
        for delivery_id in due {
            let Some(delivery) = self.deliveries.get(&delivery_id).cloned() else { continue };
            if let Some(expired) = lifecycle::expire(&delivery, now) {
                self.tell_status(&expired);
                self.follow(expired);
                continue;
            }
            let Some((started, attempt)) = lifecycle::start_due(&delivery, now) else { continue };
            let Some(request) = &started.request else { continue };
            let reply = practice::reply(&self.script, request, attempt.number);
            let timeout_millis = self.timeout_millis();
            let delay_millis = i64::from(reply.delay_millis);
            let (millis, sight) = if reply.sight == PracticeSight::Silence || delay_millis >= timeout_millis {
                (timeout_millis, PracticeSight::Silence)
            } else {
                (delay_millis, reply.sight)
            };
            self.tell(
                &started,
                ActivityEvent::AttemptStarted {
                    delivery_id: delivery_id.clone(),
                    attempt_number: attempt.number,
                    due_at: attempt.due_at,
                },
            );
            self.queue.mark_started(&delivery_id, destination(&started), now);
            self.on_their_way.insert((now.plus_millis(millis), delivery_id.clone()), (attempt, sight));
            self.deliveries.insert(delivery_id, started);
        }
    }

    fn outcome(&self, delivery_id: &DeliveryId, sight: PracticeSight) -> (AttemptOutcome, Option<ResponseRecord>) {
        match sight {
            PracticeSight::Answered(response) => {
                let retry_after = response.headers.iter().find(|(name, _)| name == "retry-after");
                let retry_after_millis = retry_after.and_then(|(_, value)| parse_retry_after(value, self.now));
                (AttemptOutcome::Answered { status: response.status, retry_after_millis }, Some(response))
            }
            PracticeSight::OpaqueRedirect => (AttemptOutcome::Redirected, None),
            PracticeSight::Silence => (AttemptOutcome::TimedOut { timeout_millis: self.timeout_millis() }, None),
            PracticeSight::NetworkError => {
                let origin = self.deliveries.get(delivery_id).map(destination).unwrap_or_default();
                let has_answered = self.destinations.get(&origin).is_some_and(|known| known.has_answered_readably);
                let outcome = match (practice::answers_probe(&self.script.then.behaviour), has_answered) {
                    (false, _) => AttemptOutcome::Unreachable,
                    (true, true) => AttemptOutcome::Interrupted,
                    (true, false) => AttemptOutcome::Unreadable,
                };
                (outcome, None)
            }
        }
    }

    fn end(
        &mut self,
        delivery_id: &DeliveryId,
        attempt: &Attempt,
        outcome: AttemptOutcome,
        response: Option<ResponseRecord>,
    ) {
        let Some(delivery) = self.deliveries.get(delivery_id).cloned() else { return };
        let jitter = self.roll();
        let finished = lifecycle::finish(&delivery, attempt, outcome.clone(), response, self.now, jitter);
        let Some((finished, ended)) = finished else { return };
        let origin = destination(&finished);
        let known = self.destinations.remove(&origin).unwrap_or_else(|| Destination::new(&origin));
        self.destinations.insert(origin, known.after(&outcome, attempt.number == 1, self.now));
        self.tell(
            &finished,
            ActivityEvent::AttemptFinished { delivery_id: delivery_id.clone(), attempt_number: ended.number, outcome },
        );
        self.tell_status(&finished);
        self.attempts.push(ended);
        self.follow(finished);
    }

    fn follow(&mut self, delivery: Delivery) {
        match lifecycle::due_at(&delivery) {
            Some(due_at) => self.queue.push(delivery.id.clone(), destination(&delivery), due_at),
            None => self.queue.remove(&delivery.id),
        }
        self.deliveries.insert(delivery.id.clone(), delivery);
    }

    fn limits(&self) -> impl Fn(&str) -> Limits {
        let concurrency = self.settings.concurrency_per_destination.max(1);
        let destinations = &self.destinations;
        move |origin| {
            destinations.get(origin).map_or(Limits::concurrency(concurrency), |known| known.limits(concurrency))
        }
    }

    fn timeout_millis(&self) -> i64 {
        i64::from(self.settings.timeout_secs.max(1)) * SECOND_MILLIS
    }

    fn plan(&mut self, make: impl FnOnce(&mut Planner<'_>) -> Plan) -> Plan {
        let now = self.now;
        let mut chance = self.chance;
        let mut next_id = || sortable_id(now, roll(&mut chance));
        let mut planner = Planner { now, settings: &self.settings, zones: &*self.zones, next_id: &mut next_id };
        let plan = make(&mut planner);
        self.chance = chance;
        plan
    }

    fn roll(&mut self) -> u64 {
        roll(&mut self.chance)
    }

    fn tell(&mut self, delivery: &Delivery, event: ActivityEvent) {
        let (flow_id, profile_id) = (delivery.flow_id.clone(), delivery.profile_id.clone());
        self.entries.push(ActivityEntry { at: self.now, flow_id, profile_id, event });
    }

    fn tell_status(&mut self, delivery: &Delivery) {
        let delivery_id = delivery.id.clone();
        let event = match &delivery.status {
            DeliveryStatus::WaitingToRetry { due_at } => ActivityEvent::RetryScheduled { delivery_id, due_at: *due_at },
            DeliveryStatus::Delivered { .. } => ActivityEvent::Delivered { delivery_id },
            DeliveryStatus::Skipped { reason, .. } => ActivityEvent::Skipped { delivery_id, reason: reason.clone() },
            DeliveryStatus::Waiting { .. } | DeliveryStatus::NeedsReview | DeliveryStatus::Sending { .. } => return,
        };
        self.tell(delivery, event);
    }
}

fn destination(delivery: &Delivery) -> String {
    delivery.request.as_ref().map(|request| destination_of(&request.url)).unwrap_or_default()
}

/// Splitmix. <https://prng.di.unimi.it/splitmix64.c>
fn roll(chance: &mut u64) -> u64 {
    *chance = chance.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (*chance ^ (*chance >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// What a bulk run would do, without doing it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DryRun {
    pub n_sent: usize,
    pub n_for_review: usize,
    /// Rendered to something that cannot be sent, or with a destination that may not be used.
    pub n_invalid: usize,
    /// Not let in: by the trigger, a filter, or the re-entry rule.
    pub n_refused: usize,
    /// Let in, and waiting at a delay.
    pub n_delayed: usize,
    /// The first few reasons: which arrival, and why.
    pub problems: Vec<(usize, String)>,
}

/// Reasons that a dry run keeps.
const MAX_PROBLEMS: usize = 20;

/// Takes everybody to the flow's trigger at one moment, a few at a time, and counts what comes of it.
pub struct DryRunner {
    saved: SavedFlow,
    settings: WorkspaceSettings,
    zones: Rc<dyn ZoneOffsets>,
    now: Timestamp,
    entered: BTreeMap<ProfileId, Vec<Timestamp>>,
    n_done: usize,
    result: DryRun,
}

impl DryRunner {
    pub const fn new(
        saved: SavedFlow,
        settings: WorkspaceSettings,
        zones: Rc<dyn ZoneOffsets>,
        now: Timestamp,
    ) -> Self {
        let result =
            DryRun { n_sent: 0, n_for_review: 0, n_invalid: 0, n_refused: 0, n_delayed: 0, problems: Vec::new() };
        Self { saved, settings, zones, now, entered: BTreeMap::new(), n_done: 0, result }
    }

    /// What has come of those that were taken.
    pub const fn result(&self) -> &DryRun {
        &self.result
    }

    /// How many were taken.
    pub const fn n_done(&self) -> usize {
        self.n_done
    }

    /// Takes one more.
    pub fn take(&mut self, arrival: &Arrival) {
        let idx = self.n_done;
        self.n_done += 1;
        let now = self.now;
        let mut n_ids = (idx as u64) << 20;
        let mut next_id = || {
            n_ids += 1;
            sortable_id(now, n_ids)
        };
        let mut planner = Planner { now, settings: &self.settings, zones: &*self.zones, next_id: &mut next_id };
        let Arrival { event, profile, .. } = arrival;
        let before = self.entered.entry(profile.id.clone()).or_default();
        let plan = planner.fire(&self.saved, event.as_ref(), profile, before);
        let result = &mut self.result;
        if plan.runs.is_empty() {
            result.n_refused += 1;
            keep_problem(result, idx, refusal(&plan));
        } else {
            before.push(now);
        }
        let is_delayed = |document: &RunDocument| matches!(document.run.status, RunStatus::WaitingUntil { .. });
        result.n_delayed += usize::from(plan.runs.iter().any(is_delayed));
        for delivery in &plan.deliveries {
            match &delivery.status {
                DeliveryStatus::NeedsReview => result.n_for_review += 1,
                DeliveryStatus::Skipped { reason, .. } => {
                    result.n_invalid += 1;
                    keep_problem(result, idx, skip_reason(reason));
                }
                DeliveryStatus::Waiting { .. }
                | DeliveryStatus::Sending { .. }
                | DeliveryStatus::WaitingToRetry { .. }
                | DeliveryStatus::Delivered { .. } => result.n_sent += 1,
            }
        }
    }
}

fn keep_problem(result: &mut DryRun, idx: usize, problem: Option<String>) {
    if result.problems.len() < MAX_PROBLEMS {
        result.problems.extend(problem.map(|problem| (idx, problem)));
    }
}

fn refusal(plan: &Plan) -> Option<String> {
    plan.entries.iter().find_map(|entry| match &entry.event {
        ActivityEvent::EntryRefused { reason } => Some(reason.clone()),
        _ => None,
    })
}

fn skip_reason(reason: &SkipReason) -> Option<String> {
    match reason {
        SkipReason::PayloadProblem { problem } => Some(problem.message.clone()),
        SkipReason::RequestProblem { message } => Some(message.clone()),
        SkipReason::NotRetryable { .. }
        | SkipReason::RetriesUsedUp { .. }
        | SkipReason::DeadlinePassed { .. }
        | SkipReason::PassedWhileClosed
        | SkipReason::AtMostOnce
        | SkipReason::TestFailed { .. }
        | SkipReason::ResendFailed { .. }
        | SkipReason::Dismissed => None,
    }
}
