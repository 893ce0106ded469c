//! The words of a delivery: what came back, why it waits or was given up, and what can be done.
//!
//! In: outcomes, reasons and statuses. Out: sentences.
//! Invariant: what may have arrived is never called a failure.

use crate::domain::delivery::outcome::{AttemptOutcome, Consequence};
use crate::domain::delivery::state::{DeliveryStatus, SkipReason, WaitReason};
use crate::view_model::delivery::Tone;
use crate::view_model::messages::sentence;
use crate::view_model::time::duration;

/// What came back, in a few words.
pub fn outcome_headline(outcome: &AttemptOutcome) -> String {
    match outcome {
        AttemptOutcome::Answered { status, .. } => match reason_phrase(*status) {
            Some(phrase) => format!("{status} {phrase}"),
            None => status.to_string(),
        },
        AttemptOutcome::TimedOut { timeout_millis } => format!("No answer within {}", duration(*timeout_millis)),
        AttemptOutcome::Unreachable => "Unreachable".to_owned(),
        AttemptOutcome::Interrupted => "Interrupted".to_owned(),
        AttemptOutcome::Unreadable => "Answer not readable".to_owned(),
        AttemptOutcome::CutOff => "Cut off".to_owned(),
        AttemptOutcome::Redirected => "Redirected".to_owned(),
    }
}

/// What an outcome means and what a person can do.
pub fn outcome_meaning(outcome: &AttemptOutcome) -> String {
    let next = match outcome {
        AttemptOutcome::Answered { retry_after_millis: Some(millis), .. }
            if outcome.consequence() == Consequence::Retry =>
        {
            return format!("The receiver asks to wait {}. It is tried again after that.", duration(*millis));
        }
        AttemptOutcome::TimedOut { .. } => "It is tried again, so the receiver should expect the same order twice.",
        AttemptOutcome::Interrupted => "It is tried again.",
        AttemptOutcome::Unreadable => "It is not tried again by itself.",
        AttemptOutcome::Answered { .. } if outcome.consequence() == Consequence::Retry => {
            "Such an answer is tried again."
        }
        AttemptOutcome::Answered { .. }
        | AttemptOutcome::Unreachable
        | AttemptOutcome::CutOff
        | AttemptOutcome::Redirected => return outcome_cause(outcome).to_owned(),
    };
    [outcome_cause(outcome), next].join(" ")
}

/// What came back and what a person can do, without what happens next.
fn outcome_cause(outcome: &AttemptOutcome) -> &'static str {
    match outcome {
        AttemptOutcome::Answered { status, .. } => answer_cause(outcome.consequence(), *status),
        AttemptOutcome::TimedOut { .. } => {
            "The receiver may have got the request and been slow to say so: it may have arrived."
        }
        AttemptOutcome::Unreachable => {
            "Nothing answers at this host, so the request probably did not arrive. Check the name, the port and the \
             certificate."
        }
        AttemptOutcome::Interrupted => "The connection broke before the answer. The request may have arrived.",
        AttemptOutcome::Unreadable => {
            "The host is up, but the browser was not allowed to read its answer: most likely it sends no CORS headers. \
             The request may have arrived."
        }
        AttemptOutcome::CutOff => "The tab or the browser ended while the request was on its way. It may have arrived.",
        AttemptOutcome::Redirected => "Destinations may not redirect. Enter the final address as the destination URL.",
    }
}

const fn answer_cause(consequence: Consequence, status: u16) -> &'static str {
    match consequence {
        Consequence::Delivered => "The receiver took it.",
        Consequence::Retry => "The receiver could not take it now.",
        Consequence::Skip => match status {
            401 | 403 => "The receiver does not accept who is asking. Check the authorization header.",
            404 | 410 => "There is nothing at this address. Check the destination URL.",
            400 | 422 => "The receiver understood the request and refused what it says. Check the payload.",
            413 => "The receiver finds the payload too large.",
            415 => "The receiver wants another Content-Type.",
            _ => "The receiver refused it, and this code is not tried again.",
        },
    }
}

/// How an outcome is coloured.
pub fn outcome_tone(outcome: &AttemptOutcome) -> Tone {
    if outcome.may_have_arrived() {
        return Tone::Maybe;
    }
    match outcome.consequence() {
        Consequence::Delivered => Tone::Ok,
        Consequence::Retry => Tone::Wait,
        Consequence::Skip => Tone::Fail,
    }
}

/// Why a delivery was given up, for a table's cell.
pub fn skip_headline(reason: &SkipReason) -> String {
    match reason {
        SkipReason::NotRetryable { outcome }
        | SkipReason::TestFailed { outcome }
        | SkipReason::ResendFailed { outcome } => outcome_headline(outcome),
        SkipReason::RetriesUsedUp { outcome } => format!("All retries used: {}", outcome_headline(outcome)),
        SkipReason::DeadlinePassed { outcome } => format!("24 h passed: {}", outcome_headline(outcome)),
        SkipReason::PassedWhileClosed => "24 h passed while closed".to_owned(),
        SkipReason::AtMostOnce => "Fate unknown, sent at most once".to_owned(),
        SkipReason::PayloadProblem { problem } => {
            format!("Payload, line {}: {}", problem.line, sentence(&problem.message))
        }
        SkipReason::RequestProblem { message } => sentence(message),
        SkipReason::Dismissed => "Dismissed".to_owned(),
    }
}

/// Why a delivery was given up, and what a person can do.
pub fn skip_meaning(reason: &SkipReason) -> String {
    match reason {
        SkipReason::NotRetryable { outcome } => outcome_meaning(outcome),
        SkipReason::RetriesUsedUp { outcome } => {
            format!("All 17 retries failed. {} Resend it once the receiver is well.", outcome_cause(outcome))
        }
        SkipReason::DeadlinePassed { outcome } => {
            format!("The next retry would come more than 24 h after the first attempt. {}", outcome_cause(outcome))
        }
        SkipReason::PassedWhileClosed => {
            "The 24 hours passed while the browser was closed or offline, and nothing is sent then. Resend it now."
                .to_owned()
        }
        SkipReason::AtMostOnce => {
            "Nobody knows whether the last attempt arrived, and this webhook is set to send at most once. Ask the \
             receiver before you resend it."
                .to_owned()
        }
        SkipReason::TestFailed { outcome } => {
            format!("A test request makes one attempt and is not tried again. {}", advice_after_one(outcome))
        }
        SkipReason::ResendFailed { outcome } => {
            format!("It was resent by hand, and a resend starts no new schedule. {}", advice_after_one(outcome))
        }
        SkipReason::PayloadProblem { .. } => {
            "The payload did not become JSON for this event, so nothing was sent. Edit the payload; the event is kept."
                .to_owned()
        }
        SkipReason::RequestProblem { .. } => {
            "The request may not be made like this, so nothing was sent. Correct the webhook’s settings.".to_owned()
        }
        SkipReason::Dismissed => "A person closed this delivery. It can still be resent.".to_owned(),
    }
}

/// What to do about a single attempt: the same outcome, and whether a flow would go on.
fn advice_after_one(outcome: &AttemptOutcome) -> String {
    let cause = outcome_cause(outcome);
    match outcome.consequence() {
        Consequence::Retry => [cause, "A live flow would try it again."].join(" "),
        Consequence::Delivered | Consequence::Skip => cause.to_owned(),
    }
}

/// Where a delivery stands and what happens next, in one sentence.
pub fn status_meaning(status: &DeliveryStatus) -> String {
    match status {
        DeliveryStatus::Waiting { reason, .. } => match reason {
            WaitReason::Resend => "One more attempt is made as soon as its turn comes.",
            WaitReason::Turn => "It is sent as soon as its turn comes.",
            WaitReason::Network => "The browser is offline. It is sent when the network is back; no attempt is spent.",
            WaitReason::PausedDestination => "Its destination is paused. It is sent when the destination is resumed.",
            WaitReason::LockedSecrets => "Its headers hold secrets that are locked. Unlock them to send it.",
        }
        .to_owned(),
        DeliveryStatus::NeedsReview => "The webhook is set to Manual: a person sends it or closes it.".to_owned(),
        DeliveryStatus::Sending { .. } => "The request is on its way.".to_owned(),
        DeliveryStatus::WaitingToRetry { .. } => {
            "The last attempt failed. It is tried again by itself while a tab of Hookwright is open.".to_owned()
        }
        DeliveryStatus::Delivered { .. } => "The receiver took it. Nothing more happens.".to_owned(),
        DeliveryStatus::Skipped { reason, .. } => skip_meaning(reason),
    }
}

/// The mark on a delivery that may have arrived.
pub const MAY_HAVE_ARRIVED: &str = "May have arrived";

/// What that mark means.
pub const MAY_HAVE_ARRIVED_MEANING: &str =
    "An attempt ended without an answer, so the receiver may already have this. Check there before you resend.";

/// The usual name of a status code.
fn reason_phrase(status: u16) -> Option<&'static str> {
    Some(match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Content",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retry_after_is_said() {
        let outcome = AttemptOutcome::Answered { status: 429, retry_after_millis: Some(30_000) };
        assert_eq!(outcome_headline(&outcome), "429 Too Many Requests");
        assert!(outcome_meaning(&outcome).contains("30 s"), "{}", outcome_meaning(&outcome));
    }

    #[test]
    fn what_may_have_arrived_is_never_called_a_failure() {
        for outcome in [
            AttemptOutcome::TimedOut { timeout_millis: 30_000 },
            AttemptOutcome::Interrupted,
            AttemptOutcome::Unreadable,
            AttemptOutcome::CutOff,
        ] {
            assert_eq!(outcome_tone(&outcome), Tone::Maybe, "{outcome:?}");
            let said = skip_meaning(&SkipReason::TestFailed { outcome: outcome.clone() });
            assert!(said.contains("may have arrived"), "{said}");
        }
    }

    #[test]
    fn a_failed_test_does_not_promise_a_retry() {
        let outcome = AttemptOutcome::Answered { status: 503, retry_after_millis: None };
        let said = skip_meaning(&SkipReason::TestFailed { outcome });
        assert!(said.contains("not tried again"), "{said}");
        assert!(!said.contains("It is tried again"), "{said}");
    }
}
