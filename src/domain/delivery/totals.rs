//! Running totals over all deliveries: kept by difference, never counted.
//!
//! In: a delivery before and after a change, attempts that ended. Out: which counters move, and by how much.
//! Invariant: the totals after any changes are what counting all deliveries would give.

use std::collections::BTreeMap;

use crate::domain::delivery::outcome::{AttemptOutcome, Consequence};
use crate::domain::delivery::state::{AttemptEnd, Delivery, DeliveryOrigin, StatusKind};
use crate::domain::id::{FlowId, NodeId, ProfileId};
use crate::domain::time::{HOUR_MILLIS, Timestamp};

/// The tally over everything.
pub const ALL_KEY: &str = "all";
/// What the keys of all webhooks' tallies start with.
pub const NODE_PREFIX: &str = "node/";
/// What the keys of all hours' tallies start with; they sort by time.
pub const HOUR_PREFIX: &str = "hour/";
/// What the keys of all profiles' tallies start with.
pub const PERSON_PREFIX: &str = "who/";

/// Where a tally's counters stand. Statuses come first, in the order of [`StatusKind::ALL`].
const N_STATUSES: usize = StatusKind::ALL.len();
/// Deliveries that may have arrived.
const MAYBE: usize = N_STATUSES;
/// Of the tally over everything: distinct profiles per status.
const SUBSCRIBERS: usize = MAYBE + 1;
/// Of an hour: deliveries made, delivered, skipped; attempts ended, failed, unreadable; then latencies.
const CREATED: usize = 0;
const DELIVERED: usize = 1;
const SKIPPED: usize = 2;
const ATTEMPTS: usize = 3;
const CAUSES: usize = 4;
const LATENCIES: usize = CAUSES + FailureCause::ALL.len();
/// Latencies are counted by powers of two: below 16 ms, below 32 ms, …
const FIRST_LATENCY_BITS: u32 = 4;
const N_LATENCIES: usize = 14;

/// Why an attempt failed, as the charts tell causes apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FailureCause {
    TooManyRequests,
    ServerError,
    OtherStatus,
    TimedOut,
    Unreachable,
    Interrupted,
    Unreadable,
    CutOff,
    Redirected,
}

impl FailureCause {
    pub const ALL: [Self; 9] = [
        Self::TooManyRequests,
        Self::ServerError,
        Self::OtherStatus,
        Self::TimedOut,
        Self::Unreachable,
        Self::Interrupted,
        Self::Unreadable,
        Self::CutOff,
        Self::Redirected,
    ];

    /// The cause of a failure; `None` for a success.
    pub fn of(outcome: &AttemptOutcome) -> Option<Self> {
        if outcome.consequence() == Consequence::Delivered {
            return None;
        }
        Some(match outcome {
            AttemptOutcome::Answered { status: 429, .. } => Self::TooManyRequests,
            AttemptOutcome::Answered { status: 500..=599, .. } => Self::ServerError,
            AttemptOutcome::Answered { .. } => Self::OtherStatus,
            AttemptOutcome::TimedOut { .. } => Self::TimedOut,
            AttemptOutcome::Unreachable => Self::Unreachable,
            AttemptOutcome::Interrupted => Self::Interrupted,
            AttemptOutcome::Unreadable => Self::Unreadable,
            AttemptOutcome::CutOff => Self::CutOff,
            AttemptOutcome::Redirected => Self::Redirected,
        })
    }
}

/// Counters under one key. Those beyond the end are 0.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    pub key: String,
    pub counters: Vec<u64>,
}

impl Tally {
    /// An empty tally.
    pub fn new(key: &str) -> Self {
        Self { key: key.to_owned(), counters: Vec::new() }
    }

    /// Whether it counts nothing.
    pub fn is_empty(&self) -> bool {
        self.counters.iter().all(|counter| *counter == 0)
    }

    fn at(&self, idx: usize) -> u64 {
        self.counters.get(idx).copied().unwrap_or(0)
    }

    fn add(&mut self, idx: usize, change: i64) {
        if self.counters.len() <= idx {
            self.counters.resize(idx + 1, 0);
        }
        if let Some(counter) = self.counters.get_mut(idx) {
            *counter = counter.saturating_add_signed(change);
        }
    }

    /// Deliveries in a status.
    pub fn n_in(&self, kind: StatusKind) -> u64 {
        self.at(kind as usize)
    }

    /// Deliveries in all.
    pub fn n_deliveries(&self) -> u64 {
        StatusKind::ALL.into_iter().map(|kind| self.n_in(kind)).sum()
    }

    /// Deliveries that may have arrived without our knowing.
    pub fn n_may_have_arrived(&self) -> u64 {
        self.at(MAYBE)
    }

    /// Distinct profiles with a delivery in a status; of the tally over everything.
    pub fn n_subscribers(&self, kind: StatusKind) -> u64 {
        self.at(SUBSCRIBERS + kind as usize)
    }

    /// Which webhook's tally it is.
    pub fn as_node(&self) -> Option<(FlowId, NodeId)> {
        let (flow_id, node_id) = self.key.strip_prefix(NODE_PREFIX)?.split_once('/')?;
        Some((FlowId::new(flow_id), NodeId::new(node_id)))
    }

    /// What an hour's tally says.
    pub fn as_hour(&self) -> Option<HourTotals> {
        let (hour, place) = self.key.strip_prefix(HOUR_PREFIX)?.split_once('/')?;
        let (flow_id, node_id) = place.split_once('/')?;
        let causes = FailureCause::ALL.into_iter().enumerate().map(|(idx, cause)| (cause, self.at(CAUSES + idx)));
        Some(HourTotals {
            starts_at: Timestamp::from_millis(hour.parse::<i64>().ok()?.saturating_mul(HOUR_MILLIS)),
            flow_id: FlowId::new(flow_id),
            node_id: NodeId::new(node_id),
            n_created: self.at(CREATED),
            n_delivered: self.at(DELIVERED),
            n_skipped: self.at(SKIPPED),
            n_attempts: self.at(ATTEMPTS),
            failures: causes.filter(|(_, n)| *n > 0).collect(),
            latencies: (0..N_LATENCIES)
                .map(|idx| (1_i64 << (FIRST_LATENCY_BITS as usize + idx), self.at(LATENCIES + idx)))
                .collect(),
        })
    }
}

/// One webhook's hour. Test requests are not in it, but for their attempts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HourTotals {
    pub starts_at: Timestamp,
    pub flow_id: FlowId,
    pub node_id: NodeId,
    pub n_created: u64,
    pub n_delivered: u64,
    pub n_skipped: u64,
    pub n_attempts: u64,
    pub failures: Vec<(FailureCause, u64)>,
    /// Answered attempts by how long they took: below so many milliseconds, and not below the one before. The last takes the rest.
    pub latencies: Vec<(i64, u64)>,
}

/// The key of a webhook's tally.
pub fn node_key(flow_id: &FlowId, node_id: &NodeId) -> String {
    [NODE_PREFIX, flow_id.as_str(), "/", node_id.as_str()].concat()
}

/// What the keys of all tallies of one hour start with.
pub fn hour_prefix(at: Timestamp) -> String {
    let hour = at.as_millis().max(0) / HOUR_MILLIS;
    format!("{HOUR_PREFIX}{hour:09}/")
}

fn hour_key(at: Timestamp, delivery: &Delivery) -> String {
    [&hour_prefix(at), delivery.flow_id.as_str(), "/", delivery.node_id.as_str()].concat()
}

/// The key of a profile's tally.
pub fn person_key(profile_id: &ProfileId) -> String {
    [PERSON_PREFIX, profile_id.as_str()].concat()
}

/// Which counters move, and by how much.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TotalsChange {
    moves: BTreeMap<String, BTreeMap<usize, i64>>,
}

impl TotalsChange {
    fn add(&mut self, key: String, idx: usize, change: i64) {
        *self.moves.entry(key).or_default().entry(idx).or_default() += change;
    }

    /// A delivery was made, changed, or (without `after`) deleted.
    pub fn delivery(&mut self, before: Option<&Delivery>, after: Option<&Delivery>) {
        for (delivery, sign) in [(before, -1), (after, 1)] {
            let Some(delivery) = delivery else { continue };
            let idx = StatusKind::of(&delivery.status) as usize;
            let node = node_key(&delivery.flow_id, &delivery.node_id);
            self.add(ALL_KEY.to_owned(), idx, sign);
            self.add(node.clone(), idx, sign);
            self.add(person_key(&delivery.profile_id), idx, sign);
            if delivery.may_have_arrived {
                self.add(ALL_KEY.to_owned(), MAYBE, sign);
                self.add(node, MAYBE, sign);
            }
        }
        let Some(after) = after.filter(|after| after.origin != DeliveryOrigin::Test) else { return };
        if before.is_none() {
            self.add(hour_key(after.created_at, after), CREATED, 1);
        }
        let kind = StatusKind::of(&after.status);
        if before.is_none_or(|before| StatusKind::of(&before.status) != kind) {
            match kind {
                StatusKind::Delivered => self.add(hour_key(after.updated_at, after), DELIVERED, 1),
                StatusKind::Skipped => self.add(hour_key(after.updated_at, after), SKIPPED, 1),
                StatusKind::Waiting | StatusKind::NeedsReview | StatusKind::Sending | StatusKind::WaitingToRetry => {}
            }
        }
    }

    /// An attempt ended.
    pub fn attempt(&mut self, delivery: &Delivery, started_at: Timestamp, end: &AttemptEnd) {
        let key = hour_key(end.at, delivery);
        self.add(key.clone(), ATTEMPTS, 1);
        if let Some(cause) = FailureCause::of(&end.outcome) {
            self.add(key.clone(), CAUSES + cause as usize, 1);
        }
        if matches!(end.outcome, AttemptOutcome::Answered { .. }) {
            let millis = end.at.millis_since(started_at).max(0).unsigned_abs();
            let n_bits = (u64::BITS - millis.leading_zeros()).saturating_sub(FIRST_LATENCY_BITS) as usize;
            self.add(key, LATENCIES + n_bits.min(N_LATENCIES - 1), 1);
        }
    }

    /// The keys of the tallies that are needed to apply this.
    pub fn keys(&self) -> Vec<String> {
        let mut keys: Vec<String> = self.moves.keys().cloned().collect();
        if !self.moves.is_empty() && !self.moves.contains_key(ALL_KEY) {
            keys.push(ALL_KEY.to_owned());
        }
        keys
    }

    /// The tallies after this change, of those before it; only those that moved.
    pub fn apply(&self, before: impl Fn(&str) -> Option<Tally>) -> Vec<Tally> {
        let tally = |key: &str| before(key).unwrap_or_else(|| Tally::new(key));
        let mut all = tally(ALL_KEY);
        let all_before = all.clone();
        let mut after = Vec::new();
        for (key, moves) in &self.moves {
            if key == ALL_KEY {
                moves.iter().for_each(|(idx, change)| all.add(*idx, *change));
                continue;
            }
            let old = tally(key);
            let mut new = old.clone();
            moves.iter().for_each(|(idx, change)| new.add(*idx, *change));
            if key.starts_with(PERSON_PREFIX) {
                for idx in 0..N_STATUSES {
                    // A profile counts once per status, however many deliveries it has there.
                    let change = i64::from(new.at(idx) > 0) - i64::from(old.at(idx) > 0);
                    all.add(SUBSCRIBERS + idx, change);
                }
            }
            if new != old {
                after.push(new);
            }
        }
        if all != all_before {
            after.push(all);
        }
        after
    }

    /// Whether nothing moves.
    pub fn is_empty(&self) -> bool {
        self.moves.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(outcome: AttemptOutcome, at: i64) -> AttemptEnd {
        AttemptEnd { at: Timestamp::from_millis(at), outcome, response: None }
    }

    fn delivery() -> Delivery {
        use crate::domain::delivery::state::{DeliveryStatus, SkipReason};
        use crate::domain::flow::model::RepeatPolicy;
        use crate::domain::id::DeliveryId;
        let at = Timestamp::from_millis(0);
        Delivery {
            id: DeliveryId::new("d"),
            flow_id: FlowId::new("f"),
            flow_name: String::new(),
            node_id: NodeId::new("n"),
            webhook_name: String::new(),
            run_id: None,
            event_id: None,
            profile_id: ProfileId::new("p"),
            recipient_email: String::new(),
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

    #[test]
    fn latencies_fall_into_powers_of_two() {
        for (millis, bucket) in [(0, 16), (15, 16), (16, 32), (500, 512), (512, 1_024), (10_000_000, 131_072)] {
            let mut change = TotalsChange::default();
            let ok = AttemptOutcome::Answered { status: 200, retry_after_millis: None };
            change.attempt(&delivery(), Timestamp::from_millis(0), &end(ok, millis));
            let tallies = change.apply(|_| None);
            let hour = tallies.iter().find_map(Tally::as_hour).unwrap();
            let filled: Vec<_> = hour.latencies.iter().filter(|(_, n)| *n > 0).collect();
            assert_eq!(filled, [&(bucket, 1)], "{millis}");
            assert_eq!((hour.n_attempts, hour.failures.len()), (1, 0));
        }
    }

    #[test]
    fn causes_are_counted_in_their_hour() {
        let mut change = TotalsChange::default();
        let at = 3 * HOUR_MILLIS + 5;
        change.attempt(&delivery(), Timestamp::from_millis(at), &end(AttemptOutcome::CutOff, at));
        let hour = change.apply(|_| None).iter().find_map(Tally::as_hour).unwrap();
        assert_eq!(hour.starts_at, Timestamp::from_millis(3 * HOUR_MILLIS));
        assert_eq!(hour.failures, [(FailureCause::CutOff, 1)]);
    }
}
