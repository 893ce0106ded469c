//! One delivery as a screen shows it: its status in words, and its attempts as a time line.
//!
//! In: deliveries and attempts. Out: status tags, tones and attempt views.
//! Invariant: the words on the screen are those of the closed set of statuses, and no others.

use crate::domain::delivery::state::{Attempt, AttemptKind, Delivery, DeliveryStatus, StatusKind};
use crate::domain::time::{SECOND_MILLIS, Timestamp};
use crate::view_model::messages;
use crate::view_model::time::duration;

/// How something is coloured; never without an icon and a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Neutral,
    Accent,
    Ok,
    Wait,
    Fail,
    Maybe,
}

/// All statuses, in the order of the counters.
pub const STATUSES: [StatusKind; 6] = [
    StatusKind::Delivered,
    StatusKind::Sending,
    StatusKind::Waiting,
    StatusKind::WaitingToRetry,
    StatusKind::NeedsReview,
    StatusKind::Skipped,
];

/// The word on the screen.
pub const fn status_label(status: StatusKind) -> &'static str {
    match status {
        StatusKind::Delivered => "Delivered",
        StatusKind::Sending => "Sending",
        StatusKind::Waiting => "Waiting",
        StatusKind::WaitingToRetry => "Waiting to Retry",
        StatusKind::NeedsReview => "Needs review",
        StatusKind::Skipped => "Skipped",
    }
}

/// How a status is coloured.
pub const fn status_tone(status: StatusKind) -> Tone {
    match status {
        StatusKind::Delivered => Tone::Ok,
        StatusKind::Sending => Tone::Accent,
        StatusKind::Waiting | StatusKind::WaitingToRetry => Tone::Wait,
        StatusKind::NeedsReview => Tone::Neutral,
        StatusKind::Skipped => Tone::Fail,
    }
}

/// When something more happens to the delivery by itself.
pub const fn next_attempt_at(delivery: &Delivery) -> Option<Timestamp> {
    match &delivery.status {
        DeliveryStatus::Waiting { due_at, .. } | DeliveryStatus::WaitingToRetry { due_at } => Some(*due_at),
        DeliveryStatus::Sending { resume_at, .. } => *resume_at,
        DeliveryStatus::NeedsReview | DeliveryStatus::Delivered { .. } | DeliveryStatus::Skipped { .. } => None,
    }
}

/// What a person may do to a delivery now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeliveryActs {
    pub can_resend: bool,
    pub can_dismiss: bool,
    pub can_approve: bool,
}

/// Which acts make sense for `delivery`.
pub const fn acts(delivery: &Delivery) -> DeliveryActs {
    let has_request = delivery.request.is_some();
    match &delivery.status {
        DeliveryStatus::Waiting { .. } | DeliveryStatus::WaitingToRetry { .. } => {
            DeliveryActs { can_resend: has_request, can_dismiss: true, can_approve: false }
        }
        DeliveryStatus::NeedsReview => DeliveryActs { can_resend: false, can_dismiss: true, can_approve: has_request },
        DeliveryStatus::Sending { .. } => DeliveryActs { can_resend: false, can_dismiss: false, can_approve: false },
        DeliveryStatus::Delivered { .. } => {
            DeliveryActs { can_resend: has_request, can_dismiss: false, can_approve: false }
        }
        DeliveryStatus::Skipped { reason, .. } => DeliveryActs {
            can_resend: has_request,
            can_dismiss: !matches!(reason, crate::domain::delivery::state::SkipReason::Dismissed),
            can_approve: false,
        },
    }
}

/// One attempt on the time line.
#[derive(Debug, Clone, PartialEq)]
pub struct AttemptView {
    pub number: u32,
    pub tone: Tone,
    /// What came back, such as `503 Service Unavailable`.
    pub headline: String,
    /// What it means, for data and for the person.
    pub meaning: String,
    /// `in 212 ms`; `None` while it is on its way.
    pub took: Option<String>,
    /// Said when the attempt started noticeably later than it was due.
    pub lateness: Option<String>,
    pub is_manual: bool,
    pub may_have_arrived: bool,
    pub started_at: Timestamp,
    pub due_at: Timestamp,
    pub response_headers: Vec<(String, String)>,
    pub response_body: Option<String>,
    pub is_body_cut: bool,
}

/// One attempt as the time line shows it.
pub fn attempt_view(attempt: &Attempt) -> AttemptView {
    let late_millis = attempt.started_at.millis_since(attempt.due_at);
    let lateness = (late_millis >= 2 * SECOND_MILLIS).then(|| format!("{} after it was due", duration(late_millis)));
    let (tone, headline, meaning, took, response, may_have_arrived) = match &attempt.end {
        None => (
            Tone::Accent,
            "On its way".to_owned(),
            "The request was sent and no answer has come yet.".to_owned(),
            None,
            None,
            false,
        ),
        Some(end) => (
            messages::outcome_tone(&end.outcome),
            messages::outcome_headline(&end.outcome),
            messages::outcome_meaning(&end.outcome),
            Some(format!("in {}", duration(end.at.millis_since(attempt.started_at)))),
            end.response.as_ref(),
            end.outcome.may_have_arrived(),
        ),
    };
    AttemptView {
        number: attempt.number,
        tone,
        headline,
        meaning,
        took,
        lateness,
        is_manual: attempt.kind == AttemptKind::Manual,
        may_have_arrived,
        started_at: attempt.started_at,
        due_at: attempt.due_at,
        response_headers: response.map(|response| response.headers.clone()).unwrap_or_default(),
        response_body: response.and_then(|response| response.body.clone()),
        is_body_cut: response.is_some_and(|response| response.is_body_cut),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::delivery::outcome::AttemptOutcome;
    use crate::domain::delivery::state::AttemptEnd;
    use crate::domain::id::DeliveryId;

    fn attempt(outcome: Option<AttemptOutcome>, late_millis: i64) -> Attempt {
        let due_at = Timestamp::from_millis(1_000_000);
        let started_at = due_at.plus_millis(late_millis);
        Attempt {
            delivery_id: DeliveryId::new("d"),
            number: 1,
            kind: AttemptKind::Scheduled,
            due_at,
            started_at,
            end: outcome.map(|outcome| AttemptEnd { at: started_at.plus_millis(212), outcome, response: None }),
        }
    }

    #[test]
    fn every_status_is_counted_once_and_found_by_its_name_in_an_address() {
        for status in StatusKind::ALL {
            assert_eq!(STATUSES.into_iter().filter(|counted| *counted == status).count(), 1, "{status:?}");
            assert_eq!(StatusKind::from_name(status.name()), Some(status));
        }
        assert_eq!(StatusKind::from_name("lost"), None);
    }

    #[test]
    fn an_attempt_says_what_came_back_and_how_late_it_was() {
        let outcome = AttemptOutcome::Answered { status: 503, retry_after_millis: None };
        let view = attempt_view(&attempt(Some(outcome), 0));
        assert_eq!(view.headline, "503 Service Unavailable");
        assert_eq!(view.took.as_deref(), Some("in 212 ms"));
        assert_eq!(view.lateness, None);
        let late = attempt_view(&attempt(Some(AttemptOutcome::CutOff), 65_000));
        assert!(late.may_have_arrived);
        assert_eq!(late.lateness.as_deref(), Some("1 min 5 s after it was due"));
    }

    #[test]
    fn an_attempt_without_an_end_is_on_its_way() {
        let view = attempt_view(&attempt(None, 0));
        assert_eq!((view.headline.as_str(), view.took), ("On its way", None));
    }
}
