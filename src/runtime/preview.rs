//! Previews: one payload at a time in the calculation worker, the newest first.
//!
//! In: requests as fast as somebody types, and answers. Out: what to send to the worker now, and when it has run away.
//! Invariant: at most one request is with the worker; of those that wait only the newest is kept.

use crate::domain::event::{RenderSource, render_context};
use crate::domain::payload::{Origin, RenderOptions, RenderedPayload, render_payload};
use crate::domain::time::Timestamp;
use crate::runtime::handle::PreviewRequest;
use crate::storage::record::event::{ProfileRecord, TriggerEventRecord};
use crate::storage::record::mirror::stored;
use crate::storage::record::outcome::TemplateProblemRecord;
use crate::storage::record::settings::WorkspaceSettingsRecord;

/// How long a preview may take before its worker is ended, in milliseconds.
pub const PATIENCE_MILLIS: i64 = 3_000;

/// The calculation worker's answer.
#[derive(Debug, Clone, PartialEq)]
pub struct PreviewReply {
    pub ticket: u64,
    pub rendered: RenderedPayload,
    pub render_micros: u64,
}

stored! {
    /// A request on its way to the worker.
    struct PreviewRequestRecord for PreviewRequest {
        ticket: u64,
        source: String,
        profile: ProfileRecord,
        event: Option<TriggerEventRecord>,
        settings: WorkspaceSettingsRecord,
        is_profile_only: bool,
    }
}
stored! {
    /// An answer on its way back.
    struct PreviewReplyRecord for PreviewReply { ticket: u64, rendered: RenderedPayloadRecord, render_micros: u64 }
}
stored! {
    struct RenderedPayloadRecord for RenderedPayload {
        output: Option<String>,
        problems: Vec<TemplateProblemRecord>,
        origins: Vec<OriginRecord>,
    }
}
stored! {
    struct OriginRecord for Origin { output: (u64, u64), source: (u64, u64) }
}

/// Renders one preview.
pub fn render_preview(request: &PreviewRequest, now: Timestamp) -> RenderedPayload {
    let source = RenderSource {
        profile: &request.profile,
        event: request.event.as_ref().filter(|_| !request.is_profile_only),
        organization: &request.settings.organization,
    };
    let options = RenderOptions {
        is_profile_only: request.is_profile_only,
        now_millis: now.as_millis(),
        ..RenderOptions::default()
    };
    render_payload(&request.source, &render_context(source), options)
}

/// What is with the worker, and what comes next.
#[derive(Debug, Default)]
pub struct PreviewQueue {
    with_worker: Option<(u64, Timestamp)>,
    next: Option<PreviewRequest>,
}

impl PreviewQueue {
    /// Takes a request; answers what to send to the worker now.
    pub fn push(&mut self, request: PreviewRequest, now: Timestamp) -> Option<PreviewRequest> {
        self.next = Some(request);
        self.pull(now)
    }

    /// The worker answered; answers what to send to it next.
    pub fn finish(&mut self, ticket: u64, now: Timestamp) -> Option<PreviewRequest> {
        if self.with_worker.is_some_and(|(current, _)| current == ticket) {
            self.with_worker = None;
        }
        self.pull(now)
    }

    /// The ticket that the worker has had for too long. It is forgotten: end the worker, start another, then pull.
    pub fn take_stuck(&mut self, now: Timestamp) -> Option<u64> {
        let (ticket, sent_at) = self.with_worker?;
        if now.millis_since(sent_at) < PATIENCE_MILLIS {
            return None;
        }
        self.with_worker = None;
        Some(ticket)
    }

    /// What to send to an idle worker, if anything waits.
    pub fn pull(&mut self, now: Timestamp) -> Option<PreviewRequest> {
        if self.with_worker.is_some() {
            return None;
        }
        let request = self.next.take()?;
        self.with_worker = Some((request.ticket, now));
        Some(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples;
    use crate::domain::settings::WorkspaceSettings;

    fn request(ticket: u64) -> PreviewRequest {
        PreviewRequest {
            ticket,
            source: "{}".to_owned(),
            profile: samples::all().unwrap().profiles.remove(0),
            event: None,
            settings: WorkspaceSettings::default(),
            is_profile_only: true,
        }
    }

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn ticket(request: Option<PreviewRequest>) -> Option<u64> {
        request.map(|request| request.ticket)
    }

    #[test]
    fn while_the_worker_is_busy_only_the_newest_waits() {
        let mut queue = PreviewQueue::default();
        assert_eq!(ticket(queue.push(request(1), at(0))), Some(1));
        assert_eq!(ticket(queue.push(request(2), at(1))), None);
        assert_eq!(ticket(queue.push(request(3), at(2))), None);
        assert_eq!(ticket(queue.finish(1, at(3))), Some(3));
        assert_eq!(ticket(queue.finish(3, at(4))), None);
    }

    #[test]
    fn a_worker_that_runs_away_is_noticed_once() {
        let mut queue = PreviewQueue::default();
        queue.push(request(1), at(0));
        assert_eq!(queue.take_stuck(at(PATIENCE_MILLIS - 1)), None);
        assert_eq!(queue.take_stuck(at(PATIENCE_MILLIS)), Some(1));
        assert_eq!(queue.take_stuck(at(PATIENCE_MILLIS)), None);
        queue.push(request(2), at(PATIENCE_MILLIS));
        // The late answer of the worker that was ended changes nothing.
        assert_eq!(ticket(queue.finish(1, at(PATIENCE_MILLIS))), None);
        assert_eq!(ticket(queue.push(request(3), at(PATIENCE_MILLIS))), None);
    }
}
