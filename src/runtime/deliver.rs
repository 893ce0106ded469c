//! The sender: does what pages ask, moves runs on, sends what is due, and records all of it.
//!
//! In: a store, the outside world. Out: attempts made, each recorded before it is sent and again when it ends.
//! Invariant: writes only while its generation is the newest; a late answer may still close the attempt it belongs to.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use futures_util::FutureExt;
use futures_util::stream::{FuturesUnordered, StreamExt};
use serde_json::from_str;

use crate::domain::activity::{ActivityEntry, ActivityEvent};
use crate::domain::delivery::destination::Destination;
use crate::domain::delivery::lifecycle;
use crate::domain::delivery::outcome::AttemptOutcome;
use crate::domain::delivery::queue::Queue;
use crate::domain::delivery::request::{RenderedRequest, destination_of};
use crate::domain::delivery::retry_after::parse_retry_after;
use crate::domain::delivery::state::{Attempt, Delivery, DeliveryStatus, ResponseRecord};
use crate::domain::event::Profile;
use crate::domain::flow::model::FlowDocument;
use crate::domain::flow::run::{RunDocument, RunStatus};
use crate::domain::id::{DeliveryId, sortable_id};
use crate::domain::settings::WorkspaceSettings;
use crate::domain::time::{SECOND_MILLIS, Timestamp};
use crate::runtime::command::SenderCommand;
use crate::runtime::plan::{Plan, Planner, TestOrder};
use crate::runtime::ports::{SendReport, World};
use crate::storage::record::Stored;
use crate::storage::record::activity::LoggedEntry;
use crate::storage::record::delivery::attempt_key;
use crate::storage::record::generation::{Generation, generation_check};
use crate::storage::record::inbox::InboxText;
use crate::storage::record::load::{self, LoadError, Revised};
use crate::storage::record::settings::WORKSPACE_KEY;
use crate::storage::{
    Batch, Check, Direction, Durability, IndexPart, Order, Query, Store, StoreError, StoreName, Write,
};

/// Commands, runs or deliveries taken in one step.
const SLICE: usize = 100;
/// Pending deliveries that are taken up on start.
const MAX_PENDING: usize = 1_000_000;

/// An attempt on its way, and how it went.
type InFlight = Pin<Box<dyn Future<Output = Landed>>>;

/// The one sender.
pub struct Sender<S, W> {
    store: Rc<S>,
    world: Rc<W>,
    generation: u64,
    queue: Queue,
    settings: WorkspaceSettings,
    destinations: BTreeMap<String, Destination>,
    in_flight: FuturesUnordered<InFlight>,
    n_entries: u64,
    /// When the next waiting run is due.
    next_run_at: Option<Timestamp>,
}

struct Landed {
    delivery_id: DeliveryId,
    attempt: Revised<Attempt>,
    destination: String,
    report: SendReport,
    /// What a probe said after a network error; `None` if none was made.
    is_host_reachable: Option<bool>,
}

/// What one step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Whether anything was written, so that pages look again.
    pub has_changed: bool,
    /// When to look again at the latest; `None` for not before somebody asks.
    pub wake_at: Option<Timestamp>,
}

impl<S: Store + 'static, W: World + 'static> Sender<S, W> {
    /// Becomes the newest sender, and takes up what an older one left.
    pub async fn start(store: Rc<S>, world: Rc<W>) -> Result<Self, StoreError> {
        let claim = Generation { claimed_at: world.now() };
        let revisions = store
            .commit(Batch {
                checks: Vec::new(),
                writes: vec![Write::Put(claim.to_row())],
                durability: Durability::Strict,
            })
            .await?;
        let mut sender = Self {
            store,
            world,
            generation: revisions.first().copied().unwrap_or_default(),
            queue: Queue::default(),
            settings: WorkspaceSettings::default(),
            destinations: BTreeMap::new(),
            in_flight: FuturesUnordered::new(),
            n_entries: 0,
            next_run_at: None,
        };
        sender.close_cut_off_attempts().await?;
        sender.load_queue().await?;
        Ok(sender)
    }

    /// Does everything that can be done now without waiting for an answer.
    pub async fn step(&mut self) -> Result<Step, StoreError> {
        let mut has_changed = false;
        self.load_settings().await?;
        has_changed |= self.take_commands().await?;
        has_changed |= self.move_due_runs().await?;
        has_changed |= self.start_due_attempts().await?;
        while let Some(Some(landed)) = self.in_flight.next().now_or_never() {
            self.land(landed).await?;
            has_changed = true;
        }
        if has_changed {
            has_changed |= self.start_due_attempts().await?;
        }
        let wake_at = match (self.queue.next_start(), self.next_run_at) {
            (Some(delivery_at), Some(run_at)) => Some(delivery_at.min(run_at)),
            (delivery_at, run_at) => delivery_at.or(run_at),
        };
        Ok(Step { has_changed, wake_at })
    }

    /// Waits for the next answer and records it; comes back at once with `false` if nothing is on its way.
    pub async fn land_next(&mut self) -> Result<bool, StoreError> {
        match self.in_flight.next().await {
            Some(landed) => {
                self.land(landed).await?;
                Ok(true)
            }
            None => Ok(false),
        }
    }

    /// Whether any attempt is on its way.
    pub fn is_sending(&self) -> bool {
        !self.in_flight.is_empty()
    }

    async fn load_settings(&mut self) -> Result<(), StoreError> {
        if let Some(settings) = self.fetch::<WorkspaceSettings>(WORKSPACE_KEY).await? {
            self.settings = settings.value;
        }
        Ok(())
    }

    /// Attempts that were recorded and never ended: their sender was. Their requests may have arrived.
    async fn close_cut_off_attempts(&mut self) -> Result<(), StoreError> {
        loop {
            let bound = |created| Some(vec![IndexPart::Text("sending".to_owned()), IndexPart::Number(created)]);
            let by = Order::Index { name: "status", from: bound(i64::MIN), to: bound(i64::MAX) };
            let query = Query { store: StoreName::Deliveries, by, direction: Direction::Ascending, limit: SLICE };
            let rows = self.store.query(query).await?;
            let deliveries = load::read_rows::<Delivery>(rows);
            if deliveries.values.is_empty() {
                return Ok(());
            }
            for delivery in deliveries.values {
                let DeliveryStatus::Sending { attempt_number, .. } = delivery.value.status else { continue };
                let key = attempt_key(&delivery.value.id, attempt_number);
                let attempt = match self.fetch::<Attempt>(&key).await? {
                    Some(attempt) => attempt.value,
                    None => unrecorded_attempt(&delivery.value, attempt_number),
                };
                self.record_end(&delivery, None, &attempt, AttemptOutcome::CutOff, None).await?;
            }
        }
    }

    async fn load_queue(&mut self) -> Result<(), StoreError> {
        let rows = self.query_due(StoreName::Deliveries, MAX_PENDING).await?;
        let stored = load::read_rows::<Delivery>(rows)
            .values
            .into_iter()
            .filter_map(|Revised { value, .. }| {
                Some((lifecycle::due_at(&value)?, value.id.clone(), destination(&value)))
            })
            .collect();
        self.queue.push_stored(stored, self.world.now());
        Ok(())
    }

    async fn query_due(&self, store: StoreName, limit: usize) -> Result<Vec<crate::storage::Row>, StoreError> {
        let by = Order::Index { name: "due", from: None, to: None };
        self.store.query(Query { store, by, direction: Direction::Ascending, limit }).await
    }

    async fn take_commands(&mut self) -> Result<bool, StoreError> {
        let by = Order::Key { prefix: String::new(), after: None };
        let query = Query { store: StoreName::Inbox, by, direction: Direction::Ascending, limit: SLICE };
        let rows = self.store.query(query).await?;
        let inbox = load::read_rows::<InboxText>(rows);
        let has_any = !inbox.values.is_empty();
        for entry in inbox.values {
            let mut batch = self.fenced_batch();
            let key = entry.value.command_id.as_str().to_owned();
            batch.checks.push(Check::Revision { store: StoreName::Inbox, key: key.clone(), revision: entry.revision });
            batch.writes.push(Write::Delete { store: StoreName::Inbox, key });
            // A command that cannot be read any more is dropped: the page that wrote it is gone.
            if let Ok(command) = from_str::<SenderCommand>(&entry.value.text) {
                self.plan_command(command, &mut batch).await?;
            }
            self.commit_and_queue(batch).await?;
        }
        for broken in &inbox.broken {
            if let Some(batch) = load::set_aside(broken) {
                self.store.commit(batch).await?;
            }
        }
        Ok(has_any)
    }

    async fn plan_command(&mut self, command: SenderCommand, batch: &mut Batch) -> Result<(), StoreError> {
        match command {
            SenderCommand::FireEvent { flow_id, event, profile } => {
                let document = self.fetch::<FlowDocument>(flow_id.as_str()).await?;
                let Some(document) = document else { return Ok(()) };
                let Some(saved) = document.value.saved else { return Ok(()) };
                let entered_before = self.entries_of(&saved.flow.id, &profile).await?;
                let plan = self.with_planner(|planner| planner.fire(&saved, event.as_ref(), &profile, &entered_before));
                self.add_plan(plan, batch);
            }
            SenderCommand::SendTest {
                delivery_id,
                flow_id,
                flow_name,
                node_id,
                action,
                event,
                profile,
                is_profile_only,
            } => {
                let plan = self.with_planner(|planner| {
                    planner.test(TestOrder {
                        delivery_id,
                        flow_id: &flow_id,
                        flow_name: &flow_name,
                        node_id: &node_id,
                        action: &action,
                        event: event.as_ref(),
                        profile: &profile,
                        is_profile_only,
                    })
                });
                self.add_plan(plan, batch);
            }
            SenderCommand::Resend { delivery_id } => {
                if let Some(delivery) = self.load_delivery(&delivery_id).await? {
                    self.start_attempts(vec![delivery], lifecycle::start_manual, batch);
                }
            }
            SenderCommand::Dismiss { delivery_id } => {
                self.change_delivery(&delivery_id, lifecycle::dismiss, batch).await?
            }
            SenderCommand::Approve { delivery_id } => {
                self.change_delivery(&delivery_id, lifecycle::approve, batch).await?
            }
        }
        Ok(())
    }

    async fn change_delivery(
        &mut self,
        delivery_id: &DeliveryId,
        change: fn(&Delivery, Timestamp) -> Option<Delivery>,
        batch: &mut Batch,
    ) -> Result<(), StoreError> {
        let Some(delivery) = self.load_delivery(delivery_id).await? else { return Ok(()) };
        if let Some(changed) = change(&delivery.value, self.world.now()) {
            batch.checks.push(delivery_check(&delivery));
            self.log_status(&changed, batch);
            batch.writes.push(Write::Put(changed.to_row()));
        }
        Ok(())
    }

    async fn entries_of(
        &self,
        flow_id: &crate::domain::id::FlowId,
        profile: &Profile,
    ) -> Result<Vec<Timestamp>, StoreError> {
        let prefix =
            || vec![IndexPart::Text(flow_id.as_str().to_owned()), IndexPart::Text(profile.id.as_str().to_owned())];
        let mut from = prefix();
        from.push(IndexPart::Number(0));
        let mut to = prefix();
        to.push(IndexPart::Number(self.world.now().as_millis()));
        let by = Order::Index { name: "flow-profile", from: Some(from), to: Some(to) };
        let query = Query { store: StoreName::Runs, by, direction: Direction::Descending, limit: SLICE };
        let runs = load::read_rows::<RunDocument>(self.store.query(query).await?);
        Ok(runs.values.into_iter().map(|run| run.value.run.entered_at).collect())
    }

    /// Moves on the runs whose delay is over.
    async fn move_due_runs(&mut self) -> Result<bool, StoreError> {
        let now = self.world.now();
        let rows = self.query_due(StoreName::Runs, SLICE).await?;
        let mut has_changed = false;
        self.next_run_at = None;
        for run in load::read_rows::<RunDocument>(rows).values {
            let RunStatus::WaitingUntil { due_at } = run.value.run.status else { continue };
            if due_at > now {
                self.next_run_at = Some(due_at);
                break;
            }
            has_changed = true;
            let mut batch = self.fenced_batch();
            let key = run.value.run.id.as_str().to_owned();
            batch.checks.push(Check::Revision { store: StoreName::Runs, key, revision: run.revision });
            let document = self.fetch::<FlowDocument>(run.value.run.flow_id.as_str()).await?;
            let profile = self.fetch::<Profile>(run.value.run.profile_id.as_str()).await?;
            let saved = document.and_then(|document| document.value.saved);
            match (saved, profile) {
                (Some(saved), Some(profile)) => {
                    let RunDocument { run, event } = run.value;
                    let plan =
                        self.with_planner(|planner| planner.walk(&saved.flow, &run, event.as_ref(), &profile.value));
                    self.add_plan(plan, &mut batch);
                }
                // The flow or the person is gone: so is the run.
                (None, _) | (_, None) => {
                    let mut ended = run.value;
                    ended.run.status = RunStatus::Ended;
                    ended.run.position = None;
                    batch.writes.push(Write::Put(ended.to_row()));
                }
            }
            self.commit_and_queue(batch).await?;
        }
        Ok(has_changed)
    }

    /// Records and sends the attempts that are due, if the network is there.
    async fn start_due_attempts(&mut self) -> Result<bool, StoreError> {
        if !self.world.is_online() {
            return Ok(false);
        }
        let now = self.world.now();
        let due = self.queue.due(now, self.settings.concurrency_per_destination.max(1), SLICE);
        let mut batch = self.fenced_batch();
        let mut ready = Vec::new();
        for delivery_id in due {
            let Some(delivery) = self.load_delivery(&delivery_id).await? else {
                self.queue.remove(&delivery_id);
                continue;
            };
            if let Some(expired) = lifecycle::expire(&delivery.value, now) {
                batch.checks.push(delivery_check(&delivery));
                self.log_status(&expired, &mut batch);
                batch.writes.push(Write::Put(expired.to_row()));
                self.queue.remove(&delivery_id);
            } else {
                ready.push(delivery);
            }
        }
        self.start_attempts(ready, lifecycle::start_due, &mut batch);
        if batch.writes.is_empty() {
            return Ok(false);
        }
        self.commit_and_queue(batch).await?;
        Ok(true)
    }

    fn start_attempts(
        &mut self,
        deliveries: Vec<Revised<Delivery>>,
        start: fn(&Delivery, Timestamp) -> Option<(Delivery, Attempt)>,
        batch: &mut Batch,
    ) {
        let now = self.world.now();
        for delivery in deliveries {
            let Some((started, attempt)) = start(&delivery.value, now) else {
                self.queue.remove(&delivery.value.id);
                continue;
            };
            batch.checks.push(delivery_check(&delivery));
            batch.writes.push(Write::Put(started.to_row()));
            batch.writes.push(Write::Put(attempt.to_row()));
            let event = ActivityEvent::AttemptStarted {
                delivery_id: attempt.delivery_id.clone(),
                attempt_number: attempt.number,
                due_at: attempt.due_at,
            };
            self.log(&started, event, batch);
        }
    }

    /// Commits a batch, then queues and sends what it holds. Nothing is sent that is not on disk.
    async fn commit_and_queue(&mut self, batch: Batch) -> Result<(), StoreError> {
        let puts: Vec<crate::storage::Row> = batch
            .writes
            .iter()
            .filter_map(|write| match write {
                Write::Put(row) => Some(row.clone()),
                Write::Delete { .. } => None,
            })
            .collect();
        let revisions = self.store.commit(batch).await?;
        let mut attempts: BTreeMap<DeliveryId, Revised<Attempt>> = BTreeMap::new();
        let mut deliveries = Vec::new();
        for (row, revision) in puts.iter().zip(revisions) {
            match row.store {
                StoreName::Deliveries => deliveries.extend(Delivery::from_row(row)),
                StoreName::Attempts => {
                    if let Ok(value) = Attempt::from_row(row) {
                        attempts.insert(value.delivery_id.clone(), Revised { revision, value });
                    }
                }
                StoreName::Flows
                | StoreName::Events
                | StoreName::Profiles
                | StoreName::Settings
                | StoreName::Inbox
                | StoreName::Runs
                | StoreName::Activity
                | StoreName::Destinations
                | StoreName::Meta
                | StoreName::SetAside => {}
            }
        }
        for delivery in deliveries {
            match (lifecycle::due_at(&delivery), attempts.remove(&delivery.id)) {
                (_, Some(attempt)) => self.send(&delivery, attempt),
                (Some(due_at), None) => self.queue.push(delivery.id.clone(), destination(&delivery), due_at),
                (None, None) => self.queue.remove(&delivery.id),
            }
        }
        Ok(())
    }

    fn send(&mut self, delivery: &Delivery, attempt: Revised<Attempt>) {
        let Some(request) = delivery.request.clone() else { return };
        let destination = destination(delivery);
        self.queue.mark_started(&delivery.id, destination.clone());
        let world = Rc::clone(&self.world);
        let timeout_millis = i64::from(self.settings.timeout_secs.max(1)) * SECOND_MILLIS;
        let is_probe_enabled = self.settings.is_host_probe_enabled;
        let delivery_id = delivery.id.clone();
        self.in_flight.push(Box::pin(async move {
            let report = world.send(&request, attempt.value.number, timeout_millis).await;
            let is_host_reachable = match &report {
                SendReport::NetworkError { .. } if is_probe_enabled => Some(probe(&*world, &request).await),
                SendReport::NetworkError { .. }
                | SendReport::Answered(_)
                | SendReport::OpaqueRedirect
                | SendReport::TimedOut => None,
            };
            Landed { delivery_id, attempt, destination, report, is_host_reachable }
        }));
    }

    async fn land(&mut self, landed: Landed) -> Result<(), StoreError> {
        self.queue.remove(&landed.delivery_id);
        let now = self.world.now();
        self.load_destination(&landed.destination).await?;
        let has_answered = self.destinations.get(&landed.destination).is_some_and(|known| known.has_answered_readably);
        let (outcome, response) = match landed.report {
            SendReport::Answered(response) => {
                let retry_after_millis = response
                    .headers
                    .iter()
                    .find(|(name, _)| name.eq_ignore_ascii_case("retry-after"))
                    .and_then(|(_, value)| parse_retry_after(value, now));
                (AttemptOutcome::Answered { status: response.status, retry_after_millis }, Some(response))
            }
            SendReport::OpaqueRedirect => (AttemptOutcome::Redirected, None),
            SendReport::TimedOut => {
                let timeout_millis = i64::from(self.settings.timeout_secs.max(1)) * SECOND_MILLIS;
                (AttemptOutcome::TimedOut { timeout_millis }, None)
            }
            // Without a probe the host is taken to be there: the careful reading, since the request may have arrived.
            SendReport::NetworkError { .. } => match (landed.is_host_reachable.unwrap_or(true), has_answered) {
                (false, _) => (AttemptOutcome::Unreachable, None),
                (true, true) => (AttemptOutcome::Interrupted, None),
                (true, false) => (AttemptOutcome::Unreadable, None),
            },
        };
        let Some(delivery) = self.load_delivery(&landed.delivery_id).await? else { return Ok(()) };
        let learned = matches!(outcome, AttemptOutcome::Answered { .. }) && !has_answered;
        self.record_end(&delivery, Some(landed.attempt.revision), &landed.attempt.value, outcome, response).await?;
        if learned {
            self.learn_readable(landed.destination).await?;
        }
        Ok(())
    }

    /// Closes an attempt. Guarded by the attempt's own revision rather than the generation, so that a late answer counts.
    async fn record_end(
        &mut self,
        delivery: &Revised<Delivery>,
        attempt_revision: Option<u64>,
        attempt: &Attempt,
        outcome: AttemptOutcome,
        response: Option<ResponseRecord>,
    ) -> Result<(), StoreError> {
        let now = self.world.now();
        let jitter = self.world.next_u64();
        let Some((finished, ended)) =
            lifecycle::finish(&delivery.value, attempt, outcome.clone(), response, now, jitter)
        else {
            return Ok(());
        };
        let mut batch = Batch::default();
        batch.checks.push(delivery_check(delivery));
        if let Some(revision) = attempt_revision {
            let key = attempt_key(&ended.delivery_id, ended.number);
            batch.checks.push(Check::Revision { store: StoreName::Attempts, key, revision });
        }
        let event = ActivityEvent::AttemptFinished {
            delivery_id: ended.delivery_id.clone(),
            attempt_number: ended.number,
            outcome,
        };
        self.log(&finished, event, &mut batch);
        self.log_status(&finished, &mut batch);
        batch.writes.push(Write::Put(ended.to_row()));
        batch.writes.push(Write::Put(finished.to_row()));
        match self.store.commit(batch).await {
            Ok(_) => {
                if let Some(due_at) = lifecycle::due_at(&finished) {
                    self.queue.push(finished.id.clone(), destination(&finished), due_at);
                }
                Ok(())
            }
            // Another sender closed this attempt as cut off while we waited; what it wrote stands.
            Err(StoreError::Conflict { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn load_destination(&mut self, origin: &str) -> Result<(), StoreError> {
        if !self.destinations.contains_key(origin)
            && let Some(known) = self.fetch::<Destination>(origin).await?
        {
            self.destinations.insert(origin.to_owned(), known.value);
        }
        Ok(())
    }

    async fn learn_readable(&mut self, origin: String) -> Result<(), StoreError> {
        let known = Destination { origin: origin.clone(), has_answered_readably: true };
        let mut batch = self.fenced_batch();
        batch.writes.push(Write::Put(known.to_row()));
        self.store.commit(batch).await?;
        self.destinations.insert(origin, known);
        Ok(())
    }

    async fn load_delivery(&self, delivery_id: &DeliveryId) -> Result<Option<Revised<Delivery>>, StoreError> {
        self.fetch(delivery_id.as_str()).await
    }

    /// The value under `key`; one that cannot be read counts as none, and stays as it is for the page to report.
    async fn fetch<T: Stored>(&self, key: &str) -> Result<Option<Revised<T>>, StoreError> {
        match load::load::<T>(&*self.store, key).await {
            Ok(found) => Ok(found),
            Err(LoadError::Record(_)) => Ok(None),
            Err(LoadError::Store(error)) => Err(error),
        }
    }

    fn with_planner(&self, make: impl FnOnce(&mut Planner<'_>) -> Plan) -> Plan {
        let now = self.world.now();
        let mut next_id = || sortable_id(now, self.world.next_u64());
        let mut planner = Planner { now, settings: &self.settings, zones: self.world.zones(), next_id: &mut next_id };
        make(&mut planner)
    }

    fn add_plan(&mut self, plan: Plan, batch: &mut Batch) {
        let Plan { runs, deliveries, entries } = plan;
        batch.writes.extend(runs.iter().map(|run| Write::Put(run.to_row())));
        batch.writes.extend(deliveries.iter().map(|delivery| Write::Put(delivery.to_row())));
        for entry in entries {
            self.push_entry(entry, batch);
        }
    }

    fn fenced_batch(&self) -> Batch {
        Batch { checks: vec![generation_check(self.generation)], writes: Vec::new(), durability: Durability::Strict }
    }

    fn log(&mut self, delivery: &Delivery, event: ActivityEvent, batch: &mut Batch) {
        let entry = ActivityEntry {
            at: self.world.now(),
            flow_id: delivery.flow_id.clone(),
            profile_id: delivery.profile_id.clone(),
            event,
        };
        self.push_entry(entry, batch);
    }

    /// The entry that tells where a delivery stands now, if that is worth one.
    fn log_status(&mut self, delivery: &Delivery, batch: &mut Batch) {
        let delivery_id = delivery.id.clone();
        let event = match &delivery.status {
            DeliveryStatus::WaitingToRetry { due_at } => ActivityEvent::RetryScheduled { delivery_id, due_at: *due_at },
            DeliveryStatus::Delivered { .. } => ActivityEvent::Delivered { delivery_id },
            DeliveryStatus::Skipped { reason, .. } => ActivityEvent::Skipped { delivery_id, reason: reason.clone() },
            DeliveryStatus::Waiting { .. } | DeliveryStatus::NeedsReview | DeliveryStatus::Sending { .. } => return,
        };
        self.log(delivery, event, batch);
    }

    fn push_entry(&mut self, entry: ActivityEntry, batch: &mut Batch) {
        self.n_entries += 1;
        let sequence = (self.generation << 32) | self.n_entries;
        batch.writes.push(Write::Put(LoggedEntry { sequence, entry }.to_row()));
    }
}

fn delivery_check(delivery: &Revised<Delivery>) -> Check {
    Check::Revision {
        store: StoreName::Deliveries,
        key: delivery.value.id.as_str().to_owned(),
        revision: delivery.revision,
    }
}

fn destination(delivery: &Delivery) -> String {
    delivery.request.as_ref().map(|request| destination_of(&request.url)).unwrap_or_default()
}

async fn probe(world: &impl World, request: &RenderedRequest) -> bool {
    world.probe(&request.url).await
}

/// Stands in for an attempt whose own row is gone.
fn unrecorded_attempt(delivery: &Delivery, number: u32) -> Attempt {
    let (kind, due_at, started_at) = match delivery.status {
        DeliveryStatus::Sending { kind, due_at, started_at, .. } => (kind, due_at, started_at),
        DeliveryStatus::Waiting { .. }
        | DeliveryStatus::NeedsReview
        | DeliveryStatus::WaitingToRetry { .. }
        | DeliveryStatus::Delivered { .. }
        | DeliveryStatus::Skipped { .. } => {
            (crate::domain::delivery::state::AttemptKind::Scheduled, delivery.updated_at, delivery.updated_at)
        }
    };
    Attempt { delivery_id: delivery.id.clone(), number, kind, due_at, started_at, end: None }
}
