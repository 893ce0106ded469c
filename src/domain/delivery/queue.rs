//! The delivery queue: what to send now, and when to look again.
//!
//! In: deliveries with a due time, attempts that started and ended, the time. Out: the ids to send now, in the order they were due.
//! Invariant: a push/pull machine that never sends and never sleeps; no destination has more attempts on their way than it may.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::id::DeliveryId;
use crate::domain::time::Timestamp;

/// Deliveries that came due while nobody sent are spread over at most this long.
const SPREAD_MILLIS: i64 = 60_000;
/// ... and are at least this far apart, if there are few.
const SPREAD_STEP_MILLIS: i64 = 250;

/// What waits, and what is on its way.
#[derive(Debug, Default)]
pub struct Queue {
    /// By the time they may start; a late one may start later than it was due.
    waiting: BTreeSet<(Timestamp, DeliveryId)>,
    tickets: BTreeMap<DeliveryId, Ticket>,
    n_on_their_way: BTreeMap<String, u32>,
}

#[derive(Debug, Clone)]
struct Ticket {
    start_at: Timestamp,
    destination: String,
    is_on_its_way: bool,
}

impl Queue {
    /// Puts a delivery in line, or moves it to another time.
    pub fn push(&mut self, delivery_id: DeliveryId, destination: String, start_at: Timestamp) {
        self.remove(&delivery_id);
        self.waiting.insert((start_at, delivery_id.clone()));
        self.tickets.insert(delivery_id, Ticket { start_at, destination, is_on_its_way: false });
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

    /// The deliveries to send now, with at most `concurrency` on their way to a destination, those included.
    pub fn due(&self, now: Timestamp, concurrency: u32, limit: usize) -> Vec<DeliveryId> {
        let mut n_more: BTreeMap<&str, u32> = BTreeMap::new();
        let mut found = Vec::new();
        for (start_at, delivery_id) in &self.waiting {
            if *start_at > now || found.len() >= limit {
                break;
            }
            let Some(ticket) = self.tickets.get(delivery_id) else { continue };
            let n_now = self.n_on_their_way.get(&ticket.destination).copied().unwrap_or(0);
            let n_more = n_more.entry(ticket.destination.as_str()).or_default();
            if n_now + *n_more < concurrency {
                *n_more += 1;
                found.push(delivery_id.clone());
            }
        }
        found
    }

    /// Marks a delivery as on its way.
    pub fn mark_started(&mut self, delivery_id: &DeliveryId, destination: String) {
        self.remove(delivery_id);
        *self.n_on_their_way.entry(destination.clone()).or_default() += 1;
        let ticket = Ticket { start_at: Timestamp::from_millis(0), destination, is_on_its_way: true };
        self.tickets.insert(delivery_id.clone(), ticket);
    }

    /// Takes a delivery out: it ended, or it is no longer wanted.
    pub fn remove(&mut self, delivery_id: &DeliveryId) {
        let Some(ticket) = self.tickets.remove(delivery_id) else { return };
        if ticket.is_on_its_way {
            if let Some(n) = self.n_on_their_way.get_mut(&ticket.destination) {
                *n = n.saturating_sub(1);
                if *n == 0 {
                    self.n_on_their_way.remove(&ticket.destination);
                }
            }
        } else {
            self.waiting.remove(&(ticket.start_at, delivery_id.clone()));
        }
    }

    /// When the next delivery may start; `None` with nothing in line.
    pub fn next_start(&self) -> Option<Timestamp> {
        self.waiting.first().map(|(start_at, _)| *start_at)
    }

    /// Attempts on their way.
    pub fn n_on_their_way(&self) -> u32 {
        self.n_on_their_way.values().sum()
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

    #[test]
    fn deliveries_come_in_the_order_they_are_due() {
        let mut queue = Queue::default();
        for (name, due) in [("c", 30), ("a", 10), ("b", 20)] {
            queue.push(id(name), "x".to_owned(), at(due));
        }
        assert_eq!(texts(&queue.due(at(20), 6, 10)), ["a", "b"]);
        assert_eq!(queue.next_start(), Some(at(10)));
    }

    #[test]
    fn a_busy_destination_does_not_hold_up_another() {
        let mut queue = Queue::default();
        for (name, destination) in [("a", "x"), ("b", "x"), ("c", "x"), ("d", "y")] {
            queue.push(id(name), destination.to_owned(), at(0));
        }
        assert_eq!(texts(&queue.due(at(0), 2, 10)), ["a", "b", "d"]);
        queue.mark_started(&id("a"), "x".to_owned());
        assert_eq!(texts(&queue.due(at(0), 2, 10)), ["b", "d"]);
        queue.mark_started(&id("b"), "x".to_owned());
        assert_eq!(texts(&queue.due(at(0), 2, 10)), ["d"]);
        queue.remove(&id("a"));
        assert_eq!(texts(&queue.due(at(0), 2, 10)), ["c", "d"]);
        assert_eq!(queue.n_on_their_way(), 1);
    }

    #[test]
    fn pushing_again_moves_a_delivery_rather_than_doubling_it() {
        let mut queue = Queue::default();
        queue.push(id("a"), "x".to_owned(), at(0));
        queue.push(id("a"), "x".to_owned(), at(50));
        assert_eq!(texts(&queue.due(at(20), 6, 10)), Vec::<&str>::new());
        assert_eq!(texts(&queue.due(at(50), 6, 10)), ["a"]);
    }

    #[test]
    fn what_came_due_while_closed_is_spread_out() {
        let mut queue = Queue::default();
        let stored = (0..1_000).map(|n| (at(n), id(&format!("{n:04}")), "x".to_owned())).collect();
        queue.push_stored(stored, at(1_000_000));
        assert_eq!(queue.due(at(1_000_000), 10_000, 10_000).len(), 1);
        assert_eq!(queue.due(at(1_030_000), 10_000, 10_000).len(), 501);
        assert_eq!(queue.due(at(1_060_000), 10_000, 10_000).len(), 1_000);
    }
}
