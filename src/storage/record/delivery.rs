//! How deliveries and their attempts lie on disk.
//!
//! In: deliveries, attempts. Out: rows, and back; the names and keys they are found by.
//! Invariant: `due` holds only deliveries that wait for a time, `maybe` only those that may have arrived.

use crate::domain::delivery::outcome::AttemptOutcome;
use crate::domain::delivery::request::RenderedRequest;
use crate::domain::delivery::state as domain;
use crate::domain::id::DeliveryId;
use crate::storage::record::flow::RepeatPolicyRecord;
use crate::storage::record::mirror::stored;
use crate::storage::record::outcome::{OutcomeRecord, TemplateProblemRecord};
use crate::storage::record::{RecordError, Stored, read_row, write_row};
use crate::storage::{IndexKey, IndexPart, Row, StoreName};

stored! {
    /// A row of [`StoreName::Deliveries`].
    struct DeliveryRecord for domain::Delivery {
        id: String,
        flow_id: String,
        flow_name: String,
        node_id: String,
        webhook_name: String,
        run_id: Option<String>,
        event_id: Option<String>,
        profile_id: String,
        recipient_email: String,
        origin: OriginRecord,
        repeat_policy: RepeatPolicyRecord,
        created_at: i64,
        request: Option<RequestRecord>,
        status: StatusRecord,
        n_attempts: u32,
        n_scheduled_attempts: u32,
        first_attempt_at: Option<i64>,
        last_outcome: Option<OutcomeRecord>,
        may_have_arrived: bool,
        updated_at: i64,
    }
}
stored! {
    enum OriginRecord for domain::DeliveryOrigin { Flow, Test, EditOf { delivery_id: String } }
}
stored! {
    struct RequestRecord for RenderedRequest { url: String, headers: Vec<(String, String)>, body: String }
}
stored! {
    enum StatusRecord for domain::DeliveryStatus {
        Waiting { reason: WaitReasonRecord, due_at: i64 },
        NeedsReview,
        Sending { attempt_number: u32, started_at: i64, due_at: i64, kind: AttemptKindRecord, resume_at: Option<i64> },
        WaitingToRetry { due_at: i64 },
        Delivered { at: i64 },
        Skipped { reason: SkipReasonRecord, at: i64 },
    }
}
stored! {
    names AttemptKindRecord for domain::AttemptKind { Scheduled, Manual }
}
stored! {
    names WaitReasonRecord for domain::WaitReason { Turn, Network, PausedDestination, LockedSecrets, Resend }
}
stored! {
    enum SkipReasonRecord for domain::SkipReason {
        NotRetryable { outcome: OutcomeRecord },
        RetriesUsedUp { outcome: OutcomeRecord },
        DeadlinePassed { outcome: OutcomeRecord },
        PassedWhileClosed,
        AtMostOnce,
        TestFailed { outcome: OutcomeRecord },
        ResendFailed { outcome: OutcomeRecord },
        PayloadProblem { problem: TemplateProblemRecord },
        RequestProblem { message: String },
        Dismissed,
    }
}
stored! {
    /// A row of [`StoreName::Attempts`].
    struct AttemptRecord for domain::Attempt {
        delivery_id: String,
        number: u32,
        kind: AttemptKindRecord,
        due_at: i64,
        started_at: i64,
        end: Option<AttemptEndRecord>,
    }
}
stored! {
    struct AttemptEndRecord for domain::AttemptEnd { at: i64, outcome: OutcomeRecord, response: Option<ResponseRecord> }
}
stored! {
    struct ResponseRecord for domain::ResponseRecord {
        status: u16,
        headers: Vec<(String, String)>,
        body: Option<String>,
        is_body_cut: bool,
    }
}

/// The key of an attempt. The attempts of one delivery share [`attempt_prefix`] and sort by number.
pub fn attempt_key(delivery_id: &DeliveryId, number: u32) -> String {
    format!("{delivery_id}/{number:06}")
}

/// What the keys of all attempts of one delivery start with.
pub fn attempt_prefix(delivery_id: &DeliveryId) -> String {
    format!("{delivery_id}/")
}

fn text(text: &str) -> IndexPart {
    IndexPart::Text(text.to_owned())
}

/// No key holds the id: rows of one key stand in the order of their ids anyway, and each byte of a row costs. Keys of
/// deliveries made by earlier versions end in it, and stand where they should all the same.
fn delivery_index_keys(delivery: &domain::Delivery) -> Vec<(&'static str, IndexKey)> {
    let created = || IndexPart::Number(delivery.created_at.as_millis());
    let mut index_keys = vec![
        ("status", vec![text(domain::StatusKind::of(&delivery.status).name()), created()]),
        ("flow", vec![text(delivery.flow_id.as_str()), created()]),
        ("webhook", vec![text(delivery.node_id.as_str()), created()]),
        ("recipient", vec![text(&delivery.recipient_email), created()]),
    ];
    match &delivery.status {
        domain::DeliveryStatus::Waiting { due_at, .. } | domain::DeliveryStatus::WaitingToRetry { due_at } => {
            index_keys.push(("due", vec![IndexPart::Number(due_at.as_millis())]));
        }
        domain::DeliveryStatus::NeedsReview
        | domain::DeliveryStatus::Sending { .. }
        | domain::DeliveryStatus::Delivered { .. }
        | domain::DeliveryStatus::Skipped { .. } => {}
    }
    if let Some(AttemptOutcome::Answered { status, .. }) = &delivery.last_outcome {
        index_keys.push(("code", vec![IndexPart::Number(i64::from(*status)), created()]));
    }
    if delivery.may_have_arrived {
        index_keys.push(("maybe", vec![created()]));
    }
    index_keys
}

impl Stored for domain::Delivery {
    const STORE: StoreName = StoreName::Deliveries;
    const VERSION: u32 = 1;

    fn to_row(&self) -> Row {
        write_row::<Self, DeliveryRecord>(self, self.id.as_str().to_owned(), delivery_index_keys(self))
    }

    fn from_row(row: &Row) -> Result<Self, RecordError> {
        read_row::<Self, DeliveryRecord>(row)
    }
}

impl Stored for domain::Attempt {
    const STORE: StoreName = StoreName::Attempts;
    const VERSION: u32 = 1;

    fn to_row(&self) -> Row {
        write_row::<Self, AttemptRecord>(self, attempt_key(&self.delivery_id, self.number), [])
    }

    fn from_row(row: &Row) -> Result<Self, RecordError> {
        read_row::<Self, AttemptRecord>(row)
    }
}
