//! Writes deliveries as text for other programs.
//!
//! In: deliveries, their attempts. Out: a line of CSV or of JSON Lines each.
//! Invariant: names are those on disk, not the words of the screen, so that a program can rely on them.

use serde_json::{Map, Value};

use crate::domain::delivery::lifecycle;
use crate::domain::delivery::outcome::AttemptOutcome;
use crate::domain::delivery::state::{
    Attempt, AttemptKind, Delivery, DeliveryOrigin, DeliveryStatus, SkipReason, StatusKind,
};
use crate::domain::import::Layout;
use crate::domain::import::csv::write_record;
use crate::domain::time::Timestamp;

const FIELDS: [&str; 16] = [
    "id",
    "status",
    "reason",
    "may_have_arrived",
    "recipient",
    "profile_id",
    "flow_id",
    "flow",
    "webhook_id",
    "webhook",
    "origin",
    "attempts",
    "last_outcome",
    "next_attempt_at",
    "created_at",
    "updated_at",
];

/// What a file begins with.
pub fn head(layout: Layout) -> String {
    let mut out = String::new();
    if layout == Layout::Csv {
        write_record(&mut out, FIELDS.into_iter().map(str::to_owned));
    }
    out
}

/// Adds one delivery; attempts stand in JSON only.
pub fn write_delivery(out: &mut String, delivery: &Delivery, attempts: &[Attempt], layout: Layout) {
    let values = values(delivery);
    if layout == Layout::Csv {
        return write_record(out, values);
    }
    let mut map = Map::new();
    for (name, value) in FIELDS.into_iter().zip(values) {
        map.insert(name.to_owned(), if value.is_empty() { Value::Null } else { Value::String(value) });
    }
    map.insert("may_have_arrived".to_owned(), Value::Bool(delivery.may_have_arrived));
    map.insert("attempts".to_owned(), Value::Array(attempts.iter().map(attempt_value).collect()));
    let request = delivery.request.as_ref().map_or(Value::Null, |request| {
        let pairs =
            [("url", text(&request.url)), ("headers", headers(&request.headers)), ("body", text(&request.body))];
        object(pairs)
    });
    map.insert("request".to_owned(), request);
    out.push_str(&Value::Object(map).to_string());
    out.push('\n');
}

/// In the order of [`FIELDS`]; what there is none of is empty.
fn values(delivery: &Delivery) -> [String; 16] {
    let reason = match &delivery.status {
        DeliveryStatus::Skipped { reason, .. } => skip_name(reason),
        DeliveryStatus::Waiting { .. }
        | DeliveryStatus::NeedsReview
        | DeliveryStatus::Sending { .. }
        | DeliveryStatus::WaitingToRetry { .. }
        | DeliveryStatus::Delivered { .. } => "",
    };
    let origin = match &delivery.origin {
        DeliveryOrigin::Flow => "flow".to_owned(),
        DeliveryOrigin::Test => "test".to_owned(),
        DeliveryOrigin::EditOf { delivery_id } => ["edit of ", delivery_id.as_str()].concat(),
    };
    [
        delivery.id.to_string(),
        StatusKind::of(&delivery.status).name().to_owned(),
        reason.to_owned(),
        if delivery.may_have_arrived { "true" } else { "false" }.to_owned(),
        delivery.recipient_email.clone(),
        delivery.profile_id.to_string(),
        delivery.flow_id.to_string(),
        delivery.flow_name.clone(),
        delivery.node_id.to_string(),
        delivery.webhook_name.clone(),
        origin,
        delivery.n_attempts.to_string(),
        delivery.last_outcome.as_ref().map(outcome_name).unwrap_or_default(),
        lifecycle::due_at(delivery).map(time).unwrap_or_default(),
        time(delivery.created_at),
        time(delivery.updated_at),
    ]
}

fn attempt_value(attempt: &Attempt) -> Value {
    let end = attempt.end.as_ref();
    let response = end.and_then(|end| end.response.as_ref());
    object([
        ("number", Value::from(attempt.number)),
        ("is_manual", Value::Bool(attempt.kind == AttemptKind::Manual)),
        ("due_at", text(&time(attempt.due_at))),
        ("started_at", text(&time(attempt.started_at))),
        ("ended_at", end.map_or(Value::Null, |end| text(&time(end.at)))),
        ("outcome", end.map_or(Value::Null, |end| text(&outcome_name(&end.outcome)))),
        ("response_headers", response.map_or(Value::Null, |response| headers(&response.headers))),
        ("response_body", response.and_then(|response| response.body.as_deref()).map_or(Value::Null, text)),
    ])
}

fn object<const N: usize>(pairs: [(&str, Value); N]) -> Value {
    let mut map = Map::new();
    for (name, value) in pairs {
        map.insert(name.to_owned(), value);
    }
    Value::Object(map)
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

fn time(at: Timestamp) -> String {
    at.to_string()
}

fn headers(headers: &[(String, String)]) -> Value {
    Value::Array(headers.iter().map(|(name, value)| Value::Array(vec![text(name), text(value)])).collect())
}

/// An outcome in one word: the status code where there was one.
fn outcome_name(outcome: &AttemptOutcome) -> String {
    match outcome {
        AttemptOutcome::Answered { status, .. } => return status.to_string(),
        AttemptOutcome::TimedOut { .. } => "timed-out",
        AttemptOutcome::Unreachable => "unreachable",
        AttemptOutcome::Interrupted => "interrupted",
        AttemptOutcome::Unreadable => "unreadable",
        AttemptOutcome::CutOff => "cut-off",
        AttemptOutcome::Redirected => "redirected",
    }
    .to_owned()
}

const fn skip_name(reason: &SkipReason) -> &'static str {
    match reason {
        SkipReason::NotRetryable { .. } => "not-retryable",
        SkipReason::RetriesUsedUp { .. } => "retries-used-up",
        SkipReason::DeadlinePassed { .. } => "deadline-passed",
        SkipReason::PassedWhileClosed => "passed-while-closed",
        SkipReason::AtMostOnce => "at-most-once",
        SkipReason::TestFailed { .. } => "test-failed",
        SkipReason::ResendFailed { .. } => "resend-failed",
        SkipReason::PayloadProblem { .. } => "payload-problem",
        SkipReason::RequestProblem { .. } => "request-problem",
        SkipReason::Dismissed => "dismissed",
    }
}
