//! A model check of the sender's election: every order of ticks, freezes, crashes and lock grants among three tabs.
//!
//! What the store fences is modelled as the store does it: a claim follows right after the generation its tab has seen,
//! and only the newest generation starts anything.

use std::collections::{BTreeSet, VecDeque};

use hookwright::runtime::election::{Advice, Election, Heartbeat};

const N_TABS: usize = 3;
/// Claims after which a branch is not followed further: enough for a takeover of a takeover.
const MAX_GENERATION: u64 = 4;
/// A leader has to be found within so many seconds.
const PATIENCE_TICKS: usize = 5;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Life {
    Awake,
    Frozen,
    Gone,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Tab {
    life: Life,
    election: Election,
    /// Heard while frozen: the newest only, as an older one changes nothing more.
    unheard: Option<Heartbeat>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct World {
    tabs: Vec<Tab>,
    generation: u64,
    /// Tabs that wait for the lock, the holder first.
    lock: Vec<usize>,
}

impl World {
    fn new() -> Self {
        let tab = Tab { life: Life::Awake, election: Election::new(0), unheard: None };
        let mut world = Self { tabs: vec![tab; N_TABS], generation: 0, lock: (0..N_TABS).collect() };
        world.grant_lock();
        world
    }

    /// The browser grants the lock to the first in line; a frozen tab hears of it when it thaws.
    fn grant_lock(&mut self) {
        let Some(holder) = self.lock.first().copied() else { return };
        if self.tabs[holder].life == Life::Awake && !self.tabs[holder].election.has_lock() {
            let advice = self.tabs[holder].election.lock_granted();
            self.follow(holder, advice);
        }
    }

    fn follow(&mut self, tab: usize, advice: Advice) {
        match advice {
            Advice::Nothing => {}
            Advice::Claim => {
                if self.tabs[tab].election.seen() == self.generation {
                    self.generation += 1;
                    self.tabs[tab].election.claimed(self.generation);
                    self.beat(tab);
                } else {
                    self.tabs[tab].election.stand_by(self.generation);
                }
            }
            Advice::StandDown => self.tabs[tab].election.stand_by(self.generation),
        }
    }

    fn beat(&mut self, from: usize) {
        let heartbeat = self.tabs[from].election.heartbeat();
        for to in (0..N_TABS).filter(|to| *to != from) {
            match self.tabs[to].life {
                Life::Awake => {
                    let advice = self.tabs[to].election.heard(heartbeat);
                    self.follow(to, advice);
                }
                Life::Frozen => self.tabs[to].unheard = Some(heartbeat),
                Life::Gone => {}
            }
        }
    }

    /// A second passes for one tab: a leader works, and tells; another counts.
    fn tick(&mut self, tab: usize) {
        if self.tabs[tab].life != Life::Awake {
            return;
        }
        if self.tabs[tab].election.is_leading() {
            if self.tabs[tab].election.seen() == self.generation {
                self.beat(tab);
            } else {
                // Its first write is refused by the fence.
                self.tabs[tab].election.stand_by(self.generation);
            }
        } else {
            let advice = self.tabs[tab].election.tick();
            self.follow(tab, advice);
        }
    }

    fn freeze(&mut self, tab: usize) {
        self.tabs[tab].life = Life::Frozen;
    }

    fn thaw(&mut self, tab: usize) {
        self.tabs[tab].life = Life::Awake;
        if let Some(heartbeat) = self.tabs[tab].unheard.take() {
            let advice = self.tabs[tab].election.heard(heartbeat);
            self.follow(tab, advice);
        }
        self.grant_lock();
    }

    fn end(&mut self, tab: usize) {
        self.tabs[tab].life = Life::Gone;
        self.lock.retain(|waiting| *waiting != tab);
        self.grant_lock();
    }

    fn next(&self) -> Vec<Self> {
        let mut next = Vec::new();
        let mut add = |act: &dyn Fn(&mut Self)| {
            let mut world = self.clone();
            act(&mut world);
            next.push(world);
        };
        for tab in 0..N_TABS {
            match self.tabs[tab].life {
                Life::Awake => {
                    add(&|world| world.tick(tab));
                    add(&|world| world.freeze(tab));
                    add(&|world| world.end(tab));
                }
                Life::Frozen => {
                    add(&|world| world.thaw(tab));
                    add(&|world| world.end(tab));
                }
                Life::Gone => {}
            }
        }
        next
    }

    fn leaders(&self) -> Vec<usize> {
        (0..N_TABS)
            .filter(|tab| {
                let Tab { life, election, .. } = &self.tabs[*tab];
                *life == Life::Awake && election.is_leading() && election.seen() == self.generation
            })
            .collect()
    }

    fn is_anyone_awake(&self) -> bool {
        self.tabs.iter().any(|tab| tab.life == Life::Awake)
    }

    fn tick_all(&mut self, is_backwards: bool) {
        for n in 0..N_TABS {
            self.tick(if is_backwards { N_TABS - 1 - n } else { n });
        }
    }
}

#[test]
fn from_every_state_one_sender_leads_within_five_seconds_and_stays() {
    let mut known = BTreeSet::from([World::new()]);
    let mut rest = VecDeque::from([World::new()]);
    while let Some(world) = rest.pop_front() {
        assert!(world.leaders().len() <= 1, "two lead with the newest generation: {world:?}");
        for is_backwards in [false, true] {
            let mut played = world.clone();
            if !played.is_anyone_awake() {
                continue;
            }
            for _ in 0..PATIENCE_TICKS {
                played.tick_all(is_backwards);
            }
            let leaders = played.leaders();
            assert_eq!(leaders.len(), 1, "nobody leads after {PATIENCE_TICKS} s: {world:?} became {played:?}");
            let generation = played.generation;
            for _ in 0..20 {
                played.tick_all(is_backwards);
            }
            assert_eq!((played.leaders(), played.generation), (leaders, generation), "the lead wanders: {world:?}");
        }
        if world.generation < MAX_GENERATION {
            for next in world.next() {
                if known.insert(next.clone()) {
                    rest.push_back(next);
                }
            }
        }
    }
    assert!(known.len() > 10_000, "only {} states", known.len());
    eprintln!("election: {} states", known.len());
}

#[test]
fn a_closed_leader_is_followed_at_once_and_a_frozen_one_after_four_seconds() {
    let mut world = World::new();
    assert_eq!(world.leaders(), [0]);
    world.tick_all(false);
    let mut closed = world.clone();
    closed.end(0);
    assert_eq!(closed.leaders(), [1], "the lock is granted to the next");
    world.freeze(0);
    for _ in 0..2 {
        world.tick_all(false);
        assert_eq!(world.leaders(), [0_usize; 0]);
    }
    world.tick_all(false);
    world.tick_all(false);
    assert_eq!(world.leaders().len(), 1);
    world.thaw(0);
    world.tick_all(false);
    assert_eq!(world.leaders().len(), 1, "the thawed one stands down");
    assert_ne!(world.leaders(), [0]);
}
