//! Keeps the sender going: wakes it when something is due, asked for, or answered.
//!
//! In: a store, the world, timers, an election, words of others. Out: a sender that steps, and word of what it did.
//! Invariant: timers only wake; what is due is decided from stored times.

use std::pin::Pin;
use std::rc::Rc;

use futures_channel::mpsc::UnboundedReceiver;
use futures_util::future::{FusedFuture, pending};
use futures_util::{FutureExt, StreamExt, select_biased};

use crate::domain::time::{SECOND_MILLIS, Timestamp};
use crate::runtime::deliver::{Sender, is_fenced};
use crate::runtime::election::{Advice, Election, Heartbeat};
use crate::runtime::ports::{Leader, Timers, World};
use crate::storage::record::generation::GENERATION_KEY;
use crate::storage::{Store, StoreError, StoreName};

/// How often a leader tells that it is at work, and others count its silence.
const TICK_MILLIS: i64 = SECOND_MILLIS;
/// Ticks between two looks at everything. Clocks jump and timers are held back: look again at least this often.
const LOOK_TICKS: u32 = 15;
/// The longest sleep.
const MAX_SLEEP_MILLIS: i64 = 15 * SECOND_MILLIS;
/// The shortest sleep, for what is due and cannot be sent, as while offline.
const MIN_SLEEP_MILLIS: i64 = 200;
/// How long to wait after the store failed.
const AFTER_FAILURE_MILLIS: i64 = 2 * SECOND_MILLIS;
/// How long answers are gathered for one write while many are on their way.
const GATHER_MILLIS: i64 = 20;
/// Pages are told of changes at most this often while they come thick and fast.
const TELL_MILLIS: i64 = 500;

/// What a sender hears of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SenderWord {
    /// The inbox has something, or the network has come or gone.
    Poke,
    /// Another sender is at work.
    Heartbeat(Heartbeat),
}

/// What the sender tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SenderNotice {
    /// This is the one sender now.
    Leading,
    /// Another sender has taken over.
    StandingBy,
    /// This one is at work; told to all others once a second.
    Heartbeat(Heartbeat),
    /// Something was written: look again.
    Changed,
    /// The store failed; it is tried again.
    Troubled(StoreError),
}

/// Runs the sender for ever: stands by until it has to lead, leads until another does.
pub async fn run_sender<S, W, T, L>(
    store: Rc<S>,
    world: Rc<W>,
    (timers, leader): (T, L),
    mut words: UnboundedReceiver<SenderWord>,
    notify: impl Fn(SenderNotice),
) where
    S: Store + 'static,
    W: World + 'static,
    T: Timers,
    L: Leader,
{
    let mut lock = Box::pin(leader.acquire().fuse());
    let mut election = Election::new(seen_generation(&*store, &timers, &notify).await);
    let mut retired: Option<Sender<S, W>> = None;
    loop {
        stand_by(&mut election, &mut retired, &timers, &mut words, lock.as_mut(), &notify).await;
        match Sender::start_after(Rc::clone(&store), Rc::clone(&world), election.seen()).await {
            Ok(sender) => {
                drop(retired.take());
                election.claimed(sender.generation());
                notify(SenderNotice::Leading);
                notify(SenderNotice::Heartbeat(election.heartbeat()));
                let mut sender = sender;
                lead(&mut sender, &mut election, &*world, &timers, (&mut words, lock.as_mut()), &notify).await;
                // What is on its way may still be recorded.
                retired = Some(sender);
                notify(SenderNotice::StandingBy);
            }
            Err(error) if is_fenced(&error) => {}
            Err(error) => {
                notify(SenderNotice::Troubled(error));
                timers.sleep(AFTER_FAILURE_MILLIS).await;
            }
        }
        election.stand_by(seen_generation(&*store, &timers, &notify).await);
    }
}

/// The generation on disk; 0 before the first.
async fn seen_generation(store: &impl Store, timers: &impl Timers, notify: &impl Fn(SenderNotice)) -> u64 {
    loop {
        match store.get(StoreName::Meta, GENERATION_KEY).await {
            Ok(row) => return row.map_or(0, |row| row.revision),
            Err(error) => {
                notify(SenderNotice::Troubled(error));
                timers.sleep(AFTER_FAILURE_MILLIS).await;
            }
        }
    }
}

/// Comes back when it is time to claim.
async fn stand_by<S, W, T>(
    election: &mut Election,
    retired: &mut Option<Sender<S, W>>,
    timers: &T,
    words: &mut UnboundedReceiver<SenderWord>,
    mut lock: Pin<&mut (impl FusedFuture<Output = ()> + ?Sized)>,
    notify: &impl Fn(SenderNotice),
) where
    S: Store + 'static,
    W: World + 'static,
    T: Timers,
{
    let mut tick = sleep(timers, TICK_MILLIS);
    loop {
        let mut landing = Box::pin(landed(retired.as_mut()).fuse());
        let advice = select_biased! {
            word = words.select_next_some() => match word {
                SenderWord::Heartbeat(heartbeat) => election.heard(heartbeat),
                SenderWord::Poke => Advice::Nothing,
            },
            () = lock => election.lock_granted(),
            () = tick.as_mut() => {
                tick = sleep(timers, TICK_MILLIS);
                election.tick()
            }
            () = landing.as_mut() => {
                drop(landing);
                if let Some(sender) = retired {
                    match sender.settle().await {
                        Ok(()) => notify(SenderNotice::Changed),
                        Err(error) => notify(SenderNotice::Troubled(error)),
                    }
                }
                Advice::Nothing
            }
        };
        if advice == Advice::Claim {
            return;
        }
    }
}

async fn landed<S: Store + 'static, W: World + 'static>(sender: Option<&mut Sender<S, W>>) {
    if let Some(sender) = sender
        && sender.land_next().await
    {
        return;
    }
    pending().await
}

/// Sends until another sender has taken over.
async fn lead<S, W, T>(
    sender: &mut Sender<S, W>,
    election: &mut Election,
    world: &W,
    timers: &T,
    (words, mut lock): (&mut UnboundedReceiver<SenderWord>, Pin<&mut (impl FusedFuture<Output = ()> + ?Sized)>),
    notify: &impl Fn(SenderNotice),
) where
    S: Store + 'static,
    W: World + 'static,
    T: Timers,
{
    let mut tick = sleep(timers, TICK_MILLIS);
    let mut n_ticks = 0;
    let mut is_look_wanted = true;
    let mut untold = true;
    let mut told_at = world.now();
    loop {
        gather(sender, timers).await;
        let stepped = if is_look_wanted { sender.step().await } else { sender.step_sending().await };
        let step = match stepped {
            Ok(step) => step,
            Err(error) if is_fenced(&error) => return,
            Err(error) => {
                notify(SenderNotice::Troubled(error));
                if !mend(sender, timers, notify).await {
                    return;
                }
                is_look_wanted = true;
                continue;
            }
        };
        untold |= step.has_changed;
        let now = world.now();
        if untold && (!step.has_changed || now.millis_since(told_at).abs() >= TELL_MILLIS) {
            notify(SenderNotice::Changed);
            (untold, told_at) = (false, now);
        }
        let wake_millis = if step.has_changed { 0 } else { sleep_millis(step.wake_at, now) };
        is_look_wanted &= step.has_changed;
        let mut wake = Box::pin(
            async {
                if wake_millis > 0 {
                    timers.sleep(wake_millis).await;
                }
            }
            .fuse(),
        );
        let mut landing = Box::pin(landed(Some(&mut *sender)).fuse());
        // Heartbeats and words come first, also when there is always something to do.
        let advice = select_biased! {
            () = tick.as_mut() => {
                tick = sleep(timers, TICK_MILLIS);
                notify(SenderNotice::Heartbeat(election.heartbeat()));
                n_ticks += 1;
                is_look_wanted |= n_ticks % LOOK_TICKS == 0;
                Advice::Nothing
            }
            word = words.select_next_some() => match word {
                SenderWord::Heartbeat(heartbeat) => election.heard(heartbeat),
                SenderWord::Poke => {
                    is_look_wanted = true;
                    Advice::Nothing
                }
            },
            () = lock => election.lock_granted(),
            () = landing.as_mut() => Advice::Nothing,
            () = wake.as_mut() => {
                is_look_wanted |= wake_millis > 0;
                Advice::Nothing
            }
        };
        if advice == Advice::StandDown {
            return;
        }
    }
}

/// Waits a little for more answers, where writing them together is worth it: a write costs much the same for one as for ten.
async fn gather<S, W, T>(sender: &mut Sender<S, W>, timers: &T)
where
    S: Store + 'static,
    W: World + 'static,
    T: Timers,
{
    if !sender.is_worth_gathering() {
        return;
    }
    let mut pause = sleep(timers, GATHER_MILLIS);
    while sender.is_worth_gathering() {
        select_biased! {
            () = pause => return,
            _ = Box::pin(sender.land_next().fuse()) => {}
        }
    }
}

/// After the store failed: reads everything again until that succeeds. Answers whether this is still the newest sender.
async fn mend<S, W, T>(sender: &mut Sender<S, W>, timers: &T, notify: &impl Fn(SenderNotice)) -> bool
where
    S: Store + 'static,
    W: World + 'static,
    T: Timers,
{
    loop {
        timers.sleep(AFTER_FAILURE_MILLIS).await;
        match sender.recover().await {
            Ok(()) => return true,
            Err(error) if is_fenced(&error) => return false,
            Err(error) => notify(SenderNotice::Troubled(error)),
        }
    }
}

fn sleep<T: Timers>(timers: &T, millis: i64) -> Pin<Box<impl FusedFuture<Output = ()> + '_>> {
    Box::pin(timers.sleep(millis).fuse())
}

fn sleep_millis(wake_at: Option<Timestamp>, now: Timestamp) -> i64 {
    wake_at.map_or(MAX_SLEEP_MILLIS, |wake_at| wake_at.millis_since(now)).clamp(MIN_SLEEP_MILLIS, MAX_SLEEP_MILLIS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleeps_until_the_next_due_time_within_bounds() {
        let now = Timestamp::from_millis(1_000_000);
        for (wake_at, expected) in [
            (None, MAX_SLEEP_MILLIS),
            (Some(now.plus_millis(5_000)), 5_000),
            (Some(now.plus_millis(3_600_000)), MAX_SLEEP_MILLIS),
            (Some(now.plus_millis(-5_000)), MIN_SLEEP_MILLIS),
        ] {
            assert_eq!(sleep_millis(wake_at, now), expected, "{wake_at:?}");
        }
    }
}
