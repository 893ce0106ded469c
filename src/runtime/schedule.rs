//! Keeps the sender going: wakes it when something is due, asked for, or answered.
//!
//! In: a store, the world, timers, an election, pokes. Out: a sender that steps, and word of what it did.
//! Invariant: timers only wake; what is due is decided from stored times.

use std::rc::Rc;

use futures_channel::mpsc::UnboundedReceiver;
use futures_util::future::{Either, select};
use futures_util::{FutureExt, StreamExt, pin_mut};

use crate::domain::time::{SECOND_MILLIS, Timestamp};
use crate::runtime::deliver::Sender;
use crate::runtime::ports::{Leader, Timers, World};
use crate::storage::{Store, StoreError};

/// The longest sleep. Clocks jump and timers are held back: look again at least this often.
const MAX_SLEEP_MILLIS: i64 = 15 * SECOND_MILLIS;
/// The shortest sleep, for what is due and cannot be sent, as while offline.
const MIN_SLEEP_MILLIS: i64 = 200;
/// How long to wait after the store failed.
const AFTER_FAILURE_MILLIS: i64 = 2 * SECOND_MILLIS;

/// What the sender tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SenderNotice {
    /// This is the one sender now.
    Leading,
    /// Something was written: look again.
    Changed,
    /// The store failed; it is tried again.
    Troubled(StoreError),
}

/// Runs the sender for ever: waits for the election, then sends.
pub async fn run_sender<S, W, T, L>(
    store: Rc<S>,
    world: Rc<W>,
    (timers, leader): (T, L),
    mut pokes: UnboundedReceiver<()>,
    notify: impl Fn(SenderNotice),
) where
    S: Store + 'static,
    W: World + 'static,
    T: Timers,
    L: Leader,
{
    leader.acquire().await;
    notify(SenderNotice::Leading);
    loop {
        let started = Sender::start(Rc::clone(&store), Rc::clone(&world)).await;
        let failure = match started {
            Ok(sender) => send_until_failure(sender, &*world, &timers, &mut pokes, &notify).await,
            Err(error) => error,
        };
        notify(SenderNotice::Troubled(failure));
        timers.sleep(AFTER_FAILURE_MILLIS).await;
    }
}

async fn send_until_failure<S, W, T>(
    mut sender: Sender<S, W>,
    world: &W,
    timers: &T,
    pokes: &mut UnboundedReceiver<()>,
    notify: &impl Fn(SenderNotice),
) -> StoreError
where
    S: Store + 'static,
    W: World + 'static,
    T: Timers,
{
    notify(SenderNotice::Changed);
    loop {
        let step = match sender.step().await {
            Ok(step) => step,
            Err(error) => return error,
        };
        if step.has_changed {
            notify(SenderNotice::Changed);
            continue;
        }
        let sleep = timers.sleep(sleep_millis(step.wake_at, world.now())).fuse();
        let poke = pokes.next().fuse();
        pin_mut!(sleep, poke);
        let woken = select(sleep, poke);
        if sender.is_sending() {
            let landing = sender.land_next();
            pin_mut!(landing);
            match select(landing, woken).await {
                Either::Left((Ok(_), _)) => notify(SenderNotice::Changed),
                Either::Left((Err(error), _)) => return error,
                Either::Right(_) => {}
            }
        } else {
            woken.await;
        }
    }
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
