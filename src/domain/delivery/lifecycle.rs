//! How a delivery goes from one status to the next.
//!
//! In: a delivery, what happened, the time, a random number. Out: the delivery after it, and its attempt.
//! Invariant: an attempt starts only from a status that waits or was given up, and ends only if it is the one on its way.

use crate::domain::delivery::outcome::{AttemptOutcome, Consequence};
use crate::domain::delivery::retry::{self, NextStep, Progress};
use crate::domain::delivery::state::{
    Attempt, AttemptEnd, AttemptKind, Delivery, DeliveryOrigin, DeliveryStatus, OpenAttempt, ResponseRecord,
    SkipReason, WaitReason,
};
use crate::domain::flow::model::RepeatPolicy;
use crate::domain::time::Timestamp;

/// Starts the attempt of the schedule that is due; `None` if none is.
pub fn start_due(delivery: &Delivery, now: Timestamp) -> Option<(Delivery, Attempt)> {
    match delivery.status {
        DeliveryStatus::Waiting { reason, due_at } if due_at <= now => {
            let kind = if reason == WaitReason::Resend { AttemptKind::Manual } else { AttemptKind::Scheduled };
            Some(start(delivery, kind, due_at, None, now))
        }
        DeliveryStatus::WaitingToRetry { due_at } if due_at <= now => {
            Some(start(delivery, AttemptKind::Scheduled, due_at, None, now))
        }
        DeliveryStatus::Waiting { .. }
        | DeliveryStatus::WaitingToRetry { .. }
        | DeliveryStatus::NeedsReview
        | DeliveryStatus::Sending { .. }
        | DeliveryStatus::Delivered { .. }
        | DeliveryStatus::Skipped { .. } => None,
    }
}

/// Starts one more attempt because a person asked for it; a planned retry stays planned. `None` while one is on its way, or without a request.
pub fn start_manual(delivery: &Delivery, now: Timestamp) -> Option<(Delivery, Attempt)> {
    delivery.request.as_ref()?;
    match delivery.status {
        DeliveryStatus::Sending { .. } => None,
        DeliveryStatus::WaitingToRetry { due_at } => Some(start(delivery, AttemptKind::Manual, now, Some(due_at), now)),
        DeliveryStatus::Waiting { reason: WaitReason::Resend, .. } => {
            Some(start(delivery, AttemptKind::Manual, now, None, now))
        }
        // A retry that is held back stays planned, too.
        DeliveryStatus::Waiting { due_at, .. } if delivery.n_scheduled_attempts > 0 => {
            Some(start(delivery, AttemptKind::Manual, now, Some(due_at), now))
        }
        DeliveryStatus::Waiting { .. } | DeliveryStatus::NeedsReview => {
            Some(start(delivery, AttemptKind::Scheduled, now, None, now))
        }
        DeliveryStatus::Delivered { .. } | DeliveryStatus::Skipped { .. } => {
            Some(start(delivery, AttemptKind::Manual, now, None, now))
        }
    }
}

fn start(
    delivery: &Delivery,
    kind: AttemptKind,
    due_at: Timestamp,
    resume_at: Option<Timestamp>,
    now: Timestamp,
) -> (Delivery, Attempt) {
    let number = delivery.n_attempts.saturating_add(1);
    let attempt = Attempt { delivery_id: delivery.id.clone(), number, kind, due_at, started_at: now, end: None };
    let mut started = delivery.clone();
    started.status = DeliveryStatus::Sending { attempt_number: number, started_at: now, due_at, kind, resume_at };
    started.n_attempts = number;
    if kind == AttemptKind::Scheduled {
        started.n_scheduled_attempts = delivery.n_scheduled_attempts.saturating_add(1);
        started.first_attempt_at = delivery.first_attempt_at.or(Some(now));
    }
    started.updated_at = now;
    (started, attempt)
}

/// The delivery as it is while `open` is on its way, of the delivery as it lies on disk, which may not say so yet. `None` if
/// the attempt has ended, or the delivery is another.
pub fn on_its_way(stored: &Delivery, open: &OpenAttempt) -> Option<Delivery> {
    if stored.id != open.delivery_id {
        return None;
    }
    match OpenAttempt::of(stored) {
        Some(told) => (told.number == open.number).then(|| stored.clone()),
        None if stored.n_attempts.saturating_add(1) == open.number => {
            Some(start(stored, open.kind, open.due_at, open.resume_at, open.started_at).0)
        }
        None => None,
    }
}

/// Ends the attempt on its way. `None` if `attempt` is not the one on its way, or has ended.
pub fn finish(
    delivery: &Delivery,
    attempt: &Attempt,
    outcome: AttemptOutcome,
    response: Option<ResponseRecord>,
    now: Timestamp,
    jitter: u64,
) -> Option<(Delivery, Attempt)> {
    let DeliveryStatus::Sending { attempt_number, kind, resume_at, .. } = delivery.status else { return None };
    if attempt.end.is_some() || attempt.number != attempt_number || attempt.delivery_id != delivery.id {
        return None;
    }
    let mut finished = delivery.clone();
    finished.may_have_arrived |= outcome.may_have_arrived();
    finished.status = match outcome.consequence() {
        Consequence::Delivered => DeliveryStatus::Delivered { at: now },
        Consequence::Retry | Consequence::Skip => match kind {
            AttemptKind::Scheduled => status_after_failure(delivery, &outcome, now, jitter),
            // One that may have arrived ends the schedule, too, where nothing may arrive twice.
            AttemptKind::Manual if outcome.may_have_arrived() && delivery.repeat_policy == RepeatPolicy::AtMostOnce => {
                DeliveryStatus::Skipped { reason: SkipReason::AtMostOnce, at: now }
            }
            AttemptKind::Manual => match resume_at {
                Some(due_at) => DeliveryStatus::WaitingToRetry { due_at },
                None => {
                    DeliveryStatus::Skipped { reason: SkipReason::ResendFailed { outcome: outcome.clone() }, at: now }
                }
            },
        },
    };
    finished.last_outcome = Some(outcome.clone());
    finished.updated_at = now;
    let ended = Attempt { end: Some(AttemptEnd { at: now, outcome, response }), ..attempt.clone() };
    Some((finished, ended))
}

fn status_after_failure(delivery: &Delivery, outcome: &AttemptOutcome, now: Timestamp, jitter: u64) -> DeliveryStatus {
    let skipped = |reason| DeliveryStatus::Skipped { reason, at: now };
    match delivery.origin {
        DeliveryOrigin::Test => return skipped(SkipReason::TestFailed { outcome: outcome.clone() }),
        DeliveryOrigin::Flow | DeliveryOrigin::EditOf { .. } => {}
    }
    if outcome.consequence() == Consequence::Skip {
        return skipped(SkipReason::NotRetryable { outcome: outcome.clone() });
    }
    if outcome.may_have_arrived() && delivery.repeat_policy == RepeatPolicy::AtMostOnce {
        return skipped(SkipReason::AtMostOnce);
    }
    let progress = Progress {
        n_scheduled_attempts: delivery.n_scheduled_attempts,
        first_attempt_at: delivery.first_attempt_at.unwrap_or(now),
    };
    match retry::next_step(progress, outcome, now, jitter) {
        NextStep::RetryAt(due_at) => DeliveryStatus::WaitingToRetry { due_at },
        NextStep::UsedUp => skipped(SkipReason::RetriesUsedUp { outcome: outcome.clone() }),
        NextStep::TooLate => skipped(SkipReason::DeadlinePassed { outcome: outcome.clone() }),
    }
}

/// Ends an attempt that the network left: it counts as never made, and waits for the network. `None` as for [`finish`], for
/// an attempt that a person asked for, which simply fails, and for one that may have arrived where nothing may arrive twice.
pub fn finish_unspent(
    delivery: &Delivery,
    attempt: &Attempt,
    outcome: &AttemptOutcome,
    now: Timestamp,
) -> Option<(Delivery, Attempt)> {
    if outcome.may_have_arrived() && delivery.repeat_policy == RepeatPolicy::AtMostOnce {
        return None;
    }
    let (finished, ended) = finish(delivery, attempt, outcome.clone(), None, now, 0)?;
    if ended.kind == AttemptKind::Manual || delivery.origin == DeliveryOrigin::Test {
        return None;
    }
    let n_scheduled_attempts = delivery.n_scheduled_attempts.saturating_sub(1);
    let waiting = Delivery {
        status: DeliveryStatus::Waiting { reason: WaitReason::Network, due_at: attempt.due_at },
        n_scheduled_attempts,
        first_attempt_at: delivery.first_attempt_at.filter(|_| n_scheduled_attempts > 0),
        ..finished
    };
    Some((waiting, ended))
}

/// Says of a delivery that is due what it is held back by; `None` if it says so already, or is not held back by it.
pub fn hold(delivery: &Delivery, reason: WaitReason, now: Timestamp) -> Option<Delivery> {
    match delivery.status {
        // What a person asked for stays what it is.
        DeliveryStatus::Waiting { reason: WaitReason::Resend, .. } => None,
        DeliveryStatus::Waiting { reason: before, .. } if before == reason => None,
        DeliveryStatus::Waiting { due_at, .. } | DeliveryStatus::WaitingToRetry { due_at } if due_at <= now => {
            Some(Delivery { status: DeliveryStatus::Waiting { reason, due_at }, updated_at: now, ..delivery.clone() })
        }
        DeliveryStatus::Waiting { .. }
        | DeliveryStatus::WaitingToRetry { .. }
        | DeliveryStatus::NeedsReview
        | DeliveryStatus::Sending { .. }
        | DeliveryStatus::Delivered { .. }
        | DeliveryStatus::Skipped { .. } => None,
    }
}

/// Puts a finished delivery in line for one more attempt, as *Resend all* does; `None` if it is not finished, or has no request.
pub fn resend_in_turn(delivery: &Delivery, now: Timestamp) -> Option<Delivery> {
    delivery.request.as_ref()?;
    match delivery.status {
        DeliveryStatus::Delivered { .. } | DeliveryStatus::Skipped { .. } => Some(Delivery {
            status: DeliveryStatus::Waiting { reason: WaitReason::Resend, due_at: now },
            updated_at: now,
            ..delivery.clone()
        }),
        DeliveryStatus::Waiting { .. }
        | DeliveryStatus::WaitingToRetry { .. }
        | DeliveryStatus::NeedsReview
        | DeliveryStatus::Sending { .. } => None,
    }
}

/// Gives up a retry whose 24 hours passed before it could be sent; `None` if there is still time.
pub fn expire(delivery: &Delivery, now: Timestamp) -> Option<Delivery> {
    let first_attempt_at = delivery.first_attempt_at?;
    match delivery.status {
        // One more attempt that a person asked for is bound to no schedule.
        DeliveryStatus::Waiting { reason: WaitReason::Resend, .. } => None,
        DeliveryStatus::WaitingToRetry { .. } | DeliveryStatus::Waiting { .. }
            if now > retry::deadline(first_attempt_at) =>
        {
            Some(Delivery {
                status: DeliveryStatus::Skipped { reason: SkipReason::PassedWhileClosed, at: now },
                updated_at: now,
                ..delivery.clone()
            })
        }
        DeliveryStatus::WaitingToRetry { .. }
        | DeliveryStatus::Waiting { .. }
        | DeliveryStatus::NeedsReview
        | DeliveryStatus::Sending { .. }
        | DeliveryStatus::Delivered { .. }
        | DeliveryStatus::Skipped { .. } => None,
    }
}

/// Closes a delivery for good; `None` while an attempt is on its way, or when it is done already.
pub fn dismiss(delivery: &Delivery, now: Timestamp) -> Option<Delivery> {
    match delivery.status {
        DeliveryStatus::Sending { .. } | DeliveryStatus::Delivered { .. } => None,
        DeliveryStatus::Waiting { .. }
        | DeliveryStatus::NeedsReview
        | DeliveryStatus::WaitingToRetry { .. }
        | DeliveryStatus::Skipped { .. } => Some(Delivery {
            status: DeliveryStatus::Skipped { reason: SkipReason::Dismissed, at: now },
            updated_at: now,
            ..delivery.clone()
        }),
    }
}

/// Lets a delivery that waits for a person go out; `None` if it does not wait for one.
pub fn approve(delivery: &Delivery, now: Timestamp) -> Option<Delivery> {
    match delivery.status {
        DeliveryStatus::NeedsReview => Some(Delivery {
            status: DeliveryStatus::Waiting { reason: WaitReason::Turn, due_at: now },
            updated_at: now,
            ..delivery.clone()
        }),
        DeliveryStatus::Waiting { .. }
        | DeliveryStatus::WaitingToRetry { .. }
        | DeliveryStatus::Sending { .. }
        | DeliveryStatus::Delivered { .. }
        | DeliveryStatus::Skipped { .. } => None,
    }
}

/// When a delivery next wants to be looked at.
pub const fn due_at(delivery: &Delivery) -> Option<Timestamp> {
    match delivery.status {
        DeliveryStatus::Waiting { due_at, .. } | DeliveryStatus::WaitingToRetry { due_at } => Some(due_at),
        DeliveryStatus::NeedsReview
        | DeliveryStatus::Sending { .. }
        | DeliveryStatus::Delivered { .. }
        | DeliveryStatus::Skipped { .. } => None,
    }
}
