//! Whether there is a network at all, and whether a host was there a moment ago, judged by who answers.
//!
//! In: hosts that did not answer, hosts that did, the time. Out: whether the network is away, and when to look again.
//! Invariant: one dead host is that host's trouble; only several at once, with nobody answering, are the network's.

use std::collections::BTreeMap;

use crate::domain::time::{MINUTE_MILLIS, SECOND_MILLIS, Timestamp};

/// Hosts that fail within this time fail at once.
const AT_ONCE_MILLIS: i64 = MINUTE_MILLIS;
/// A host that was heard of within this time was there when a request left for it, whatever it does now.
const LATELY_MILLIS: i64 = MINUTE_MILLIS;
/// So many hosts that fail at once are the network's doing.
const N_HOSTS: usize = 2;
/// How long to wait before the first look whether it is back; doubled with each look.
const FIRST_LOOK_MILLIS: i64 = 5 * SECOND_MILLIS;
/// The longest such wait.
const MAX_LOOK_MILLIS: i64 = MINUTE_MILLIS;

/// What the hosts told of the network.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Network {
    /// Hosts that did not answer, since anyone last answered.
    silent: BTreeMap<String, Timestamp>,
    /// When each host last answered anything, readable or not.
    heard: BTreeMap<String, Timestamp>,
    look: Option<Look>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Look {
    at: Timestamp,
    n_looks: u32,
}

impl Network {
    /// A host answered: it is there, and so is the network.
    pub fn heard_of(&mut self, origin: &str, now: Timestamp) {
        self.heard.insert(origin.to_owned(), now);
        self.answered();
    }

    /// Whether a host was there a moment ago: what was sent to it since may have arrived, even if it is silent now.
    pub fn was_heard_of(&self, origin: &str, now: Timestamp) -> bool {
        self.heard.get(origin).is_some_and(|at| now.millis_since(*at).abs() <= LATELY_MILLIS)
    }

    /// Someone answered: the network is there.
    pub fn answered(&mut self) {
        self.silent.clear();
        self.look = None;
    }

    /// A host did not answer, and neither did a probe of it; answers whether that is the network's doing.
    pub fn fell_silent(&mut self, origin: &str, now: Timestamp) -> bool {
        self.silent.retain(|_, at| now.millis_since(*at).abs() <= AT_ONCE_MILLIS);
        self.silent.insert(origin.to_owned(), now);
        if self.look.is_none() && self.silent.len() >= N_HOSTS {
            self.look = Some(Look { at: now.plus_millis(FIRST_LOOK_MILLIS), n_looks: 0 });
        }
        self.is_away()
    }

    /// Whether nothing should be sent.
    pub const fn is_away(&self) -> bool {
        self.look.is_some()
    }

    /// When to probe again; `None` while the network is there.
    pub fn look_at(&self) -> Option<Timestamp> {
        self.look.map(|look| look.at)
    }

    /// Nobody answered a probe at `now` either.
    pub fn looked_in_vain(&mut self, now: Timestamp) {
        if let Some(look) = &mut self.look {
            look.n_looks = look.n_looks.saturating_add(1);
            let wait_millis = (FIRST_LOOK_MILLIS << look.n_looks.min(10)).min(MAX_LOOK_MILLIS);
            look.at = now.plus_millis(wait_millis);
        }
    }

    /// The hosts to probe.
    pub fn silent_hosts(&self) -> impl Iterator<Item = &str> {
        self.silent.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_millis(secs * SECOND_MILLIS)
    }

    #[test]
    fn one_dead_host_is_its_own_trouble() {
        let mut network = Network::default();
        for secs in 0..100 {
            assert!(!network.fell_silent("https://a.example", at(secs)));
        }
    }

    #[test]
    fn two_silent_hosts_are_the_network_until_one_answers() {
        let mut network = Network::default();
        network.fell_silent("https://a.example", at(0));
        assert!(network.fell_silent("https://b.example", at(10)));
        assert_eq!(network.look_at(), Some(at(15)));
        network.looked_in_vain(at(15));
        assert_eq!(network.look_at(), Some(at(25)));
        network.answered();
        assert_eq!((network.is_away(), network.silent_hosts().count()), (false, 0));
    }

    #[test]
    fn a_host_is_remembered_for_a_minute() {
        let mut network = Network::default();
        assert!(!network.was_heard_of("https://a.example", at(0)));
        network.heard_of("https://a.example", at(0));
        network.fell_silent("https://a.example", at(59));
        assert!(network.was_heard_of("https://a.example", at(60)));
        assert!(!network.was_heard_of("https://a.example", at(61)));
        assert!(!network.was_heard_of("https://b.example", at(1)));
    }

    #[test]
    fn an_answer_in_between_clears_the_network() {
        let mut network = Network::default();
        network.fell_silent("https://a.example", at(0));
        network.answered();
        assert!(!network.fell_silent("https://b.example", at(1)));
        assert!(!network.fell_silent("https://b.example", at(100)));
        assert!(!network.fell_silent("https://a.example", at(200)), "a minute apart is not at once");
    }
}
