//! The delivery queue: what to send now, and when to look again.
//!
//! In: deliveries with a due time, attempts that started and ended, limits, the time. Out: the ids to send now, in the order they were due.
//! Invariant: a push/pull machine that never sends and never sleeps; no destination has more attempts on their way than it may.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::id::DeliveryId;
use crate::domain::time::Timestamp;

/// Deliveries that came due while nobody sent are spread over at most this long.
const SPREAD_MILLIS: i64 = 60_000;
/// ... and are at least this far apart, if there are few.
const SPREAD_STEP_MILLIS: i64 = 250;

/// What one destination may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Attempts on their way at a time.
    pub concurrency: u32,
    /// The least time between two starts; 0 for no limit.
    pub min_gap_millis: i64,
    /// Nothing starts before this; `None` for never closed.
    pub closed_until: Option<Timestamp>,
}

impl Limits {
    /// So many at a time, as fast as they come.
    pub const fn concurrency(concurrency: u32) -> Self {
        Self { concurrency, min_gap_millis: 0, closed_until: None }
    }

    const fn is_closed(&self, now: Timestamp) -> bool {
        match self.closed_until {
            Some(until) => until.as_millis() > now.as_millis(),
            None => false,
        }
    }
}

/// What waits, and what is on its way.
#[derive(Debug, Default)]
pub struct Queue {
    lanes: BTreeMap<String, Lane>,
    tickets: BTreeMap<DeliveryId, Ticket>,
}

/// What waits for one destination.
#[derive(Debug, Default)]
struct Lane {
    /// By the time they may start; a late one may start later than it was due.
    waiting: BTreeSet<(Timestamp, DeliveryId)>,
    n_on_their_way: u32,
    last_start_at: Option<Timestamp>,
}

#[derive(Debug, Clone)]
struct Ticket {
    start_at: Timestamp,
    destination: String,
    place: Place,
    /// Whether it is known on disk that it is held back.
    is_held: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Waiting,
    OnItsWay,
}

impl Lane {
    fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.n_on_their_way == 0
    }

    /// How many may start at `now`.
    fn n_free(&self, limits: &Limits, now: Timestamp) -> usize {
        // A destination that was closed is tried by one attempt before the rest follow.
        let concurrency = if limits.closed_until.is_some() { 1 } else { limits.concurrency.max(1) };
        let n_free = concurrency.saturating_sub(self.n_on_their_way);
        let n_free = match limits.min_gap_millis {
            0 => n_free,
            _ if self.free_at(limits) > now => 0,
            _ => n_free.min(1),
        };
        usize::try_from(n_free).unwrap_or(usize::MAX)
    }

    fn free_at(&self, limits: &Limits) -> Timestamp {
        match self.last_start_at {
            Some(at) => at.plus_millis(limits.min_gap_millis),
            None => Timestamp::from_millis(i64::MIN),
        }
    }
}

impl Queue {
    /// Puts a delivery in line, or moves it to another time.
    pub fn push(&mut self, delivery_id: DeliveryId, destination: String, start_at: Timestamp) {
        self.remove(&delivery_id);
        let lane = self.lanes.entry(destination.clone()).or_default();
        lane.waiting.insert((start_at, delivery_id.clone()));
        self.tickets.insert(delivery_id, Ticket { start_at, destination, place: Place::Waiting, is_held: false });
    }

    /// Puts deliveries in line that were stored; those already due at `now` are spread out, the longest due first.
    pub fn push_stored(&mut self, mut stored: Vec<(Timestamp, DeliveryId, String)>, now: Timestamp) {
        stored.sort();
        let n_late = stored.iter().filter(|(due_at, ..)| *due_at < now).count();
        let n_late = i64::try_from(n_late).unwrap_or(i64::MAX).max(1);
        let step_millis = SPREAD_STEP_MILLIS.min(SPREAD_MILLIS / n_late);
        let mut late_start = now;
        for (due_at, delivery_id, destination) in stored {
            let start_at = if due_at < now {
                let start_at = late_start;
                late_start = late_start.plus_millis(step_millis);
                start_at
            } else {
                due_at
            };
            self.push(delivery_id, destination, start_at);
        }
    }

    /// The deliveries to send now, each destination within its limits, the longest due first.
    pub fn due(&self, now: Timestamp, limits: &dyn Fn(&str) -> Limits, limit: usize) -> Vec<DeliveryId> {
        let mut found: Vec<&(Timestamp, DeliveryId)> = Vec::new();
        for (destination, lane) in &self.lanes {
            let has_due = lane.waiting.first().is_some_and(|(start_at, _)| *start_at <= now);
            if !has_due {
                continue;
            }
            let limits = limits(destination);
            if limits.is_closed(now) {
                continue;
            }
            let n_free = lane.n_free(&limits, now).min(limit);
            found.extend(lane.waiting.iter().take_while(|(start_at, _)| *start_at <= now).take(n_free));
        }
        found.sort();
        found.into_iter().take(limit).map(|(_, delivery_id)| delivery_id.clone()).collect()
    }

    /// The deliveries that are due at `now` and may not start, because their destination is shut; each is named once.
    pub fn take_held(&mut self, now: Timestamp, is_shut: &dyn Fn(&str) -> bool, limit: usize) -> Vec<DeliveryId> {
        let shut = self.lanes.iter().filter(|(destination, _)| is_shut(destination));
        let held: Vec<DeliveryId> = shut
            .flat_map(|(_, lane)| lane.waiting.iter().take_while(|(start_at, _)| *start_at <= now))
            .filter(|(_, delivery_id)| self.tickets.get(delivery_id).is_some_and(|ticket| !ticket.is_held))
            .take(limit)
            .map(|(_, delivery_id)| delivery_id.clone())
            .collect();
        for delivery_id in &held {
            if let Some(ticket) = self.tickets.get_mut(delivery_id) {
                ticket.is_held = true;
            }
        }
        held
    }

    /// Marks a delivery as on its way.
    pub fn mark_started(&mut self, delivery_id: &DeliveryId, destination: String, now: Timestamp) {
        self.remove(delivery_id);
        let lane = self.lanes.entry(destination.clone()).or_default();
        lane.n_on_their_way += 1;
        lane.last_start_at = Some(now);
        let ticket = Ticket { start_at: now, destination, place: Place::OnItsWay, is_held: false };
        self.tickets.insert(delivery_id.clone(), ticket);
    }

    /// Takes a delivery out: it ended, or it is no longer wanted.
    pub fn remove(&mut self, delivery_id: &DeliveryId) {
        let Some(ticket) = self.tickets.remove(delivery_id) else { return };
        let Some(lane) = self.lanes.get_mut(&ticket.destination) else { return };
        match ticket.place {
            Place::OnItsWay => lane.n_on_their_way = lane.n_on_their_way.saturating_sub(1),
            Place::Waiting => drop(lane.waiting.remove(&(ticket.start_at, delivery_id.clone()))),
        }
        // A lane remembers its last start only while it has something to do; a rate is kept while there is a line.
        if lane.is_idle() && lane.last_start_at.is_none() {
            self.lanes.remove(&ticket.destination);
        }
    }

    /// When something may start that nothing but time holds back; `None` with nothing in line.
    pub fn next_start(&self, limits: &dyn Fn(&str) -> Limits) -> Option<Timestamp> {
        let lanes = self.lanes.iter().filter_map(|(destination, lane)| {
            let (start_at, _) = lane.waiting.first()?;
            let limits = limits(destination);
            let concurrency = if limits.closed_until.is_some() { 1 } else { limits.concurrency.max(1) };
            if lane.n_on_their_way >= concurrency {
                // An answer makes room, and an answer wakes.
                return None;
            }
            let start_at = if limits.min_gap_millis == 0 { *start_at } else { lane.free_at(&limits).max(*start_at) };
            Some(limits.closed_until.map_or(start_at, |until| until.max(start_at)))
        });
        lanes.min()
    }

    /// Attempts on their way.
    pub fn n_on_their_way(&self) -> u32 {
        self.lanes.values().map(|lane| lane.n_on_their_way).sum()
    }

    /// The destinations that something waits for, or is on its way to.
    pub fn destinations(&self) -> impl Iterator<Item = &str> {
        self.lanes.iter().filter(|(_, lane)| !lane.is_idle()).map(|(destination, _)| destination.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn id(text: &str) -> DeliveryId {
        DeliveryId::new(text)
    }

    fn texts(ids: &[DeliveryId]) -> Vec<&str> {
        ids.iter().map(DeliveryId::as_str).collect()
    }

    fn six(_destination: &str) -> Limits {
        Limits::concurrency(6)
    }

    #[test]
    fn deliveries_come_in_the_order_they_are_due() {
        let mut queue = Queue::default();
        for (name, due) in [("c", 30), ("a", 10), ("b", 20)] {
            queue.push(id(name), "x".to_owned(), at(due));
        }
        assert_eq!(texts(&queue.due(at(20), &six, 10)), ["a", "b"]);
        assert_eq!(queue.next_start(&six), Some(at(10)));
    }

    #[test]
    fn a_busy_destination_does_not_hold_up_another() {
        let two = |_: &str| Limits::concurrency(2);
        let mut queue = Queue::default();
        for (name, destination) in [("a", "x"), ("b", "x"), ("c", "x"), ("d", "y")] {
            queue.push(id(name), destination.to_owned(), at(0));
        }
        assert_eq!(texts(&queue.due(at(0), &two, 10)), ["a", "b", "d"]);
        queue.mark_started(&id("a"), "x".to_owned(), at(0));
        assert_eq!(texts(&queue.due(at(0), &two, 10)), ["b", "d"]);
        queue.mark_started(&id("b"), "x".to_owned(), at(0));
        assert_eq!(texts(&queue.due(at(0), &two, 10)), ["d"]);
        queue.remove(&id("a"));
        assert_eq!(texts(&queue.due(at(0), &two, 10)), ["c", "d"]);
        assert_eq!(queue.n_on_their_way(), 1);
    }

    #[test]
    fn a_rate_lets_one_start_at_a_time() {
        let slow = |_: &str| Limits { min_gap_millis: 500, ..Limits::concurrency(6) };
        let mut queue = Queue::default();
        for name in ["a", "b"] {
            queue.push(id(name), "x".to_owned(), at(0));
        }
        assert_eq!(texts(&queue.due(at(0), &slow, 10)), ["a"]);
        queue.mark_started(&id("a"), "x".to_owned(), at(0));
        assert_eq!(texts(&queue.due(at(499), &slow, 10)), Vec::<&str>::new());
        assert_eq!(queue.next_start(&slow), Some(at(500)));
        queue.remove(&id("a"));
        assert_eq!(texts(&queue.due(at(499), &slow, 10)), Vec::<&str>::new(), "the rate outlives the attempt");
        assert_eq!(texts(&queue.due(at(500), &slow, 10)), ["b"]);
    }

    #[test]
    fn a_closed_destination_opens_by_one_attempt() {
        let closed = |_: &str| Limits { closed_until: Some(at(1_000)), ..Limits::concurrency(6) };
        let mut queue = Queue::default();
        for name in ["a", "b"] {
            queue.push(id(name), "x".to_owned(), at(0));
        }
        assert_eq!(texts(&queue.due(at(999), &closed, 10)), Vec::<&str>::new());
        assert_eq!(queue.next_start(&closed), Some(at(1_000)));
        assert_eq!(texts(&queue.due(at(1_000), &closed, 10)), ["a"]);
        assert_eq!(texts(&queue.take_held(at(999), &|_| true, 10)), ["a", "b"]);
        assert_eq!(texts(&queue.take_held(at(999), &|_| true, 10)), Vec::<&str>::new());
        queue.mark_started(&id("a"), "x".to_owned(), at(1_000));
        assert_eq!(texts(&queue.due(at(1_000), &closed, 10)), Vec::<&str>::new(), "the rest waits for its answer");
    }

    #[test]
    fn pushing_again_moves_a_delivery_rather_than_doubling_it() {
        let mut queue = Queue::default();
        queue.push(id("a"), "x".to_owned(), at(0));
        queue.push(id("a"), "x".to_owned(), at(50));
        assert_eq!(texts(&queue.due(at(20), &six, 10)), Vec::<&str>::new());
        assert_eq!(texts(&queue.due(at(50), &six, 10)), ["a"]);
    }

    #[test]
    fn what_came_due_while_closed_is_spread_out() {
        let all = |_: &str| Limits::concurrency(10_000);
        let mut queue = Queue::default();
        let stored = (0..1_000).map(|n| (at(n), id(&format!("{n:04}")), "x".to_owned())).collect();
        queue.push_stored(stored, at(1_000_000));
        assert_eq!(queue.due(at(1_000_000), &all, 10_000).len(), 1);
        assert_eq!(queue.due(at(1_030_000), &all, 10_000).len(), 501);
        assert_eq!(queue.due(at(1_060_000), &all, 10_000).len(), 1_000);
    }
}
