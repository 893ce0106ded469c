//! The activity list: one row per delivery.
//!
//! In: deliveries. Out: rows with words, not codes.
//! Invariant: a row says the same as the delivery's own page.

use crate::domain::delivery::outcome::{AttemptOutcome, Consequence};
use crate::domain::delivery::state::{Delivery, DeliveryOrigin, DeliveryStatus, StatusKind};
use crate::domain::id::DeliveryId;
use crate::domain::time::Timestamp;
use crate::view_model::delivery::next_attempt_at;
use crate::view_model::messages;

/// One delivery in the list.
#[derive(Debug, Clone, PartialEq)]
pub struct ActivityRow {
    pub delivery_id: DeliveryId,
    pub status: StatusKind,
    pub may_have_arrived: bool,
    pub recipient: String,
    pub webhook: String,
    pub flow: String,
    pub is_test: bool,
    pub n_attempts: u32,
    pub last_error: Option<String>,
    pub next_attempt_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// The row that shows `delivery`.
pub fn activity_row(delivery: &Delivery) -> ActivityRow {
    ActivityRow {
        delivery_id: delivery.id.clone(),
        status: StatusKind::of(&delivery.status),
        may_have_arrived: delivery.may_have_arrived,
        recipient: delivery.recipient_email.clone(),
        webhook: delivery.webhook_name.clone(),
        flow: delivery.flow_name.clone(),
        is_test: delivery.origin == DeliveryOrigin::Test,
        n_attempts: delivery.n_attempts,
        last_error: last_error(delivery),
        next_attempt_at: next_attempt_at(delivery),
        created_at: delivery.created_at,
        updated_at: delivery.updated_at,
    }
}

fn last_error(delivery: &Delivery) -> Option<String> {
    if let DeliveryStatus::Skipped { reason, .. } = &delivery.status {
        return Some(messages::skip_headline(reason));
    }
    let is_failure = |outcome: &&AttemptOutcome| outcome.consequence() != Consequence::Delivered;
    delivery.last_outcome.as_ref().filter(is_failure).map(messages::outcome_headline)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::delivery::state::SkipReason;
    use crate::domain::flow::model::RepeatPolicy;
    use crate::domain::id::{FlowId, NodeId, ProfileId};

    fn delivery(status: DeliveryStatus, last_outcome: Option<AttemptOutcome>) -> Delivery {
        let at = Timestamp::from_millis(0);
        Delivery {
            id: DeliveryId::new("d"),
            flow_id: FlowId::new("f"),
            flow_name: "Order to ERP".to_owned(),
            node_id: NodeId::new("n"),
            webhook_name: "Send order".to_owned(),
            run_id: None,
            event_id: None,
            profile_id: ProfileId::new("p"),
            recipient_email: "ann@example.com".to_owned(),
            origin: DeliveryOrigin::Test,
            repeat_policy: RepeatPolicy::AtLeastOnce,
            created_at: at,
            request: None,
            status,
            n_attempts: 1,
            n_scheduled_attempts: 1,
            first_attempt_at: Some(at),
            last_outcome,
            may_have_arrived: false,
            updated_at: at,
        }
    }

    #[test]
    fn a_delivered_row_has_no_error() {
        let ok = AttemptOutcome::Answered { status: 200, retry_after_millis: None };
        let row = activity_row(&delivery(DeliveryStatus::Delivered { at: Timestamp::from_millis(1) }, Some(ok)));
        assert_eq!((row.status, row.last_error, row.next_attempt_at), (StatusKind::Delivered, None, None));
    }

    #[test]
    fn a_retrying_row_says_the_last_error_and_the_next_attempt() {
        let due_at = Timestamp::from_millis(9_000);
        let bad = AttemptOutcome::Answered { status: 503, retry_after_millis: None };
        let row = activity_row(&delivery(DeliveryStatus::WaitingToRetry { due_at }, Some(bad)));
        assert_eq!(row.last_error.as_deref(), Some("503 Service Unavailable"));
        assert_eq!(row.next_attempt_at, Some(due_at));
    }

    #[test]
    fn a_skipped_row_says_why() {
        let status = DeliveryStatus::Skipped { reason: SkipReason::PassedWhileClosed, at: Timestamp::from_millis(1) };
        assert_eq!(activity_row(&delivery(status, None)).last_error.as_deref(), Some("24 h passed while closed"));
    }
}
