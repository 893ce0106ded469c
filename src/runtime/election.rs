//! Decides which of several senders leads: by a lock while all is well, by silence when it is not.
//!
//! In: ticks, heartbeats, the lock's grant, how a claim went. Out: when to claim, and when to stand down.
//! Invariant: reads no clock, only counts its own ticks, so a tab that slept does not take its own sleep for another's silence.
//! Safety does not rest here: the store lets only the newest generation start anything.

/// Ticks without a heartbeat after which a sender without the lock takes over. A tick is a second.
pub const SILENCE_TICKS: u32 = 4;
/// The same for the one that holds the lock: it comes first, so that claims do not collide.
pub const SILENCE_TICKS_WITH_LOCK: u32 = 3;

/// One sender's view of the election.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Election {
    has_lock: bool,
    /// The newest generation that is known of; a claim has to follow right after it.
    seen: u64,
    seat: Seat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Seat {
    Standby {
        n_silent: u32,
        /// What the last heartbeat said; `None` before the first.
        heard: Option<Heard>,
    },
    Leading,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Heard {
    has_lock: bool,
}

/// What a leader tells the others once a tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Heartbeat {
    pub generation: u64,
    pub has_lock: bool,
}

/// What to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advice {
    Nothing,
    /// Claim the generation after [`Election::seen`].
    Claim,
    /// A newer sender leads.
    StandDown,
}

impl Election {
    /// A sender that stands by; `seen` is the generation on disk.
    pub const fn new(seen: u64) -> Self {
        Self { has_lock: false, seen, seat: Seat::Standby { n_silent: 0, heard: None } }
    }

    /// The newest generation that is known of.
    pub const fn seen(&self) -> u64 {
        self.seen
    }

    pub const fn is_leading(&self) -> bool {
        matches!(self.seat, Seat::Leading)
    }

    pub const fn has_lock(&self) -> bool {
        self.has_lock
    }

    /// What a leader tells with this tick.
    pub const fn heartbeat(&self) -> Heartbeat {
        Heartbeat { generation: self.seen, has_lock: self.has_lock }
    }

    /// A second of this sender's own time has passed.
    pub fn tick(&mut self) -> Advice {
        match &mut self.seat {
            Seat::Leading => Advice::Nothing,
            Seat::Standby { n_silent, .. } => {
                let patience = if self.has_lock { SILENCE_TICKS_WITH_LOCK } else { SILENCE_TICKS };
                *n_silent = n_silent.saturating_add(1).min(patience);
                if *n_silent >= patience { Advice::Claim } else { Advice::Nothing }
            }
        }
    }

    /// The lock is ours: whoever held it is gone.
    pub fn lock_granted(&mut self) -> Advice {
        self.has_lock = true;
        match self.seat {
            // A leader that leads without the lock is not gone with it.
            Seat::Leading | Seat::Standby { heard: Some(Heard { has_lock: false }), .. } => Advice::Nothing,
            Seat::Standby { heard: None | Some(Heard { has_lock: true }), .. } => Advice::Claim,
        }
    }

    /// A leader is at work.
    pub fn heard(&mut self, heartbeat: Heartbeat) -> Advice {
        if heartbeat.generation < self.seen {
            // One that does not know yet that it has been replaced.
            return Advice::Nothing;
        }
        match &mut self.seat {
            Seat::Leading if heartbeat.generation > self.seen => {
                self.stand_by(heartbeat.generation);
                Advice::StandDown
            }
            Seat::Leading => Advice::Nothing,
            Seat::Standby { n_silent, heard } => {
                *n_silent = 0;
                *heard = Some(Heard { has_lock: heartbeat.has_lock });
                self.seen = heartbeat.generation;
                Advice::Nothing
            }
        }
    }

    /// The claim is on disk: this one leads.
    pub const fn claimed(&mut self, generation: u64) {
        self.seen = generation;
        self.seat = Seat::Leading;
    }

    /// Another was faster, or has replaced this one: `generation` is on disk now.
    pub const fn stand_by(&mut self, generation: u64) {
        self.seen = generation;
        // Whether that one holds the lock is not known: it is not taken for gone before it has been silent.
        self.seat = Seat::Standby { n_silent: 0, heard: Some(Heard { has_lock: false }) };
    }
}
