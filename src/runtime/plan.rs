//! Turns commands and due runs into what is written: deliveries, runs and log entries.
//!
//! In: a command or a run with what it needs, the time, ids. Out: values to write in one batch.
//! Invariant: pure; reads and writes nothing itself.

use crate::domain::activity::{ActivityEntry, ActivityEvent};
use crate::domain::delivery::request::{check_headers, check_url, check_url_for_test, freeze_request};
use crate::domain::delivery::state::{Delivery, DeliveryOrigin, DeliveryStatus, SkipReason, WaitReason};
use crate::domain::event::{Profile, RenderSource, TriggerEvent, render_context};
use crate::domain::flow::engine::{self, Arrival, Circumstances};
use crate::domain::flow::model::{Branch, Flow, SavedFlow, WebhookAction};
use crate::domain::flow::run::{Effect, Entry, Run, RunDocument};
use crate::domain::id::{DeliveryId, EventId, FlowId, NodeId, ProfileId, RunId};
use crate::domain::payload::{RenderOptions, render_payload};
use crate::domain::settings::WorkspaceSettings;
use crate::domain::template::problem::Severity;
use crate::domain::time::Timestamp;

/// What one step leads to.
#[derive(Debug, Default)]
pub struct Plan {
    pub runs: Vec<RunDocument>,
    pub deliveries: Vec<Delivery>,
    pub entries: Vec<ActivityEntry>,
}

/// What every plan needs: the time, the workspace's settings, zones, and fresh ids.
pub struct Planner<'a> {
    pub now: Timestamp,
    pub settings: &'a WorkspaceSettings,
    pub zones: &'a dyn crate::domain::flow::delay::ZoneOffsets,
    /// Makes a fresh sortable id.
    pub next_id: &'a mut dyn FnMut() -> String,
}

/// The webhook, and whom it is for.
struct Order<'a> {
    delivery_id: DeliveryId,
    flow_id: &'a FlowId,
    flow_name: &'a str,
    node_id: &'a NodeId,
    action: &'a WebhookAction,
    run_id: Option<RunId>,
    event: Option<&'a TriggerEvent>,
    profile: &'a Profile,
    origin: DeliveryOrigin,
    is_for_review: bool,
    is_profile_only: bool,
}

/// A test request as asked for.
pub struct TestOrder<'a> {
    pub delivery_id: DeliveryId,
    pub flow_id: &'a FlowId,
    pub flow_name: &'a str,
    pub node_id: &'a NodeId,
    pub action: &'a WebhookAction,
    pub event: Option<&'a TriggerEvent>,
    pub profile: &'a Profile,
    pub is_profile_only: bool,
}

impl Planner<'_> {
    /// A profile arrives at a saved flow.
    pub fn fire(
        &mut self,
        saved: &SavedFlow,
        event: Option<&TriggerEvent>,
        profile: &Profile,
        entered_before: &[Timestamp],
    ) -> Plan {
        let run_id = RunId::new((self.next_id)());
        let arrival = Arrival {
            run_id: &run_id,
            flow_version: Some(saved.version),
            event,
            profile,
            entered_before,
            now: self.now,
        };
        match engine::enter(&saved.flow, arrival) {
            Entry::Refused { refusal } => Plan {
                entries: vec![self.entry(
                    &saved.flow.id,
                    &profile.id,
                    ActivityEvent::EntryRefused { reason: refusal.to_string() },
                )],
                ..Plan::default()
            },
            Entry::Accepted { run } => {
                let started = self.entry(&saved.flow.id, &profile.id, ActivityEvent::RunStarted);
                let mut plan = self.walk(&saved.flow, &run, event, profile);
                plan.entries.insert(0, started);
                plan
            }
        }
    }

    /// A run goes on: at once, or after its delay.
    pub fn walk(&mut self, flow: &Flow, run: &Run, event: Option<&TriggerEvent>, profile: &Profile) -> Plan {
        let circumstances =
            Circumstances { event, profile, now: self.now, time_zone: &self.settings.time_zone, zones: self.zones };
        let (run, effects) = engine::advance(flow, run, circumstances);
        let mut plan = Plan::default();
        for effect in effects {
            let activity_event = match effect {
                Effect::Deliver { node_id, action, is_for_review } => {
                    let delivery_id = DeliveryId::new((self.next_id)());
                    self.deliver(
                        &mut plan,
                        Order {
                            delivery_id,
                            flow_id: &flow.id,
                            flow_name: &flow.name,
                            node_id: &node_id,
                            action: &action,
                            run_id: Some(run.id.clone()),
                            event,
                            profile,
                            origin: DeliveryOrigin::Flow,
                            is_for_review,
                            is_profile_only: !flow.trigger.has_event(),
                        },
                    );
                    continue;
                }
                Effect::WaitUntil { node_id, due_at } => ActivityEvent::DelayStarted { node_id, until: due_at },
                Effect::PassedOver { node_id, reason } => {
                    ActivityEvent::NodePassedOver { node_id, reason: reason.to_string() }
                }
                Effect::BranchTaken { node_id, branch, verdict } => {
                    ActivityEvent::BranchTaken { node_id, is_yes: branch == Branch::Yes, reason: verdict.summary() }
                }
                Effect::Ended { reason: _ } => ActivityEvent::RunEnded,
            };
            plan.entries.push(self.entry(&flow.id, &profile.id, activity_event));
        }
        plan.runs.push(RunDocument { run, event: event.cloned() });
        plan
    }

    /// One attempt of a webhook as it stands in the editor.
    pub fn test(&mut self, order: TestOrder<'_>) -> Plan {
        let mut plan = Plan::default();
        let TestOrder { delivery_id, flow_id, flow_name, node_id, action, event, profile, is_profile_only } = order;
        self.deliver(
            &mut plan,
            Order {
                delivery_id,
                flow_id,
                flow_name,
                node_id,
                action,
                run_id: None,
                event,
                profile,
                origin: DeliveryOrigin::Test,
                is_for_review: false,
                is_profile_only,
            },
        );
        plan
    }

    fn deliver(&mut self, plan: &mut Plan, order: Order<'_>) {
        let context = render_context(RenderSource {
            profile: order.profile,
            event: order.event,
            organization: &self.settings.organization,
        });
        let options = RenderOptions {
            is_profile_only: order.is_profile_only,
            now_millis: self.now.as_millis(),
            offset_secs: self.zones.offset_secs(&self.settings.time_zone, self.now).unwrap_or(0),
            currency: self.settings.currency.clone(),
            ..RenderOptions::default()
        };
        let rendered = render_payload(&order.action.payload, &context, options);
        let (request, status) = match (request_problem(&order), rendered.sendable()) {
            (Some(message), _) => (None, self.skipped(SkipReason::RequestProblem { message })),
            (None, Some(body)) => {
                let request = freeze_request(order.action, order.flow_id, body.to_owned());
                let status = if order.is_for_review {
                    DeliveryStatus::NeedsReview
                } else {
                    DeliveryStatus::Waiting { reason: WaitReason::Turn, due_at: self.now }
                };
                (Some(request), status)
            }
            (None, None) => {
                let problem = rendered.problems.into_iter().find(|problem| problem.severity == Severity::Error);
                let reason = match problem {
                    Some(problem) => SkipReason::PayloadProblem { problem },
                    None => SkipReason::RequestProblem { message: "the payload rendered to nothing".to_owned() },
                };
                (None, self.skipped(reason))
            }
        };
        let delivery_id = order.delivery_id;
        let queued = ActivityEvent::DeliveryQueued { delivery_id: delivery_id.clone(), node_id: order.node_id.clone() };
        plan.entries.push(self.entry(order.flow_id, &order.profile.id, queued));
        if let DeliveryStatus::Skipped { reason, .. } = &status {
            let skipped = ActivityEvent::Skipped { delivery_id: delivery_id.clone(), reason: reason.clone() };
            plan.entries.push(self.entry(order.flow_id, &order.profile.id, skipped));
        }
        plan.deliveries.push(Delivery {
            id: delivery_id,
            flow_id: order.flow_id.clone(),
            flow_name: order.flow_name.to_owned(),
            node_id: order.node_id.clone(),
            webhook_name: order.action.name.clone(),
            run_id: order.run_id,
            event_id: order.event.map(|event| EventId::new(event.id.as_str())),
            profile_id: order.profile.id.clone(),
            recipient_email: order.profile.email.clone(),
            origin: order.origin,
            repeat_policy: order.action.repeat_policy,
            created_at: self.now,
            request,
            status,
            n_attempts: 0,
            n_scheduled_attempts: 0,
            first_attempt_at: None,
            last_outcome: None,
            may_have_arrived: false,
            updated_at: self.now,
        });
    }

    fn skipped(&self, reason: SkipReason) -> DeliveryStatus {
        DeliveryStatus::Skipped { reason, at: self.now }
    }

    fn entry(&self, flow_id: &FlowId, profile_id: &ProfileId, event: ActivityEvent) -> ActivityEntry {
        ActivityEntry { at: self.now, flow_id: flow_id.clone(), profile_id: profile_id.clone(), event }
    }
}

fn request_problem(order: &Order<'_>) -> Option<String> {
    let url_check = match order.origin {
        DeliveryOrigin::Test => check_url_for_test(&order.action.url),
        DeliveryOrigin::Flow | DeliveryOrigin::EditOf { .. } => check_url(&order.action.url),
    };
    if let Err(problem) = url_check {
        return Some(problem.to_string());
    }
    let header_problems = check_headers(&order.action.headers);
    let (row, problem) =
        order.action.headers.iter().zip(header_problems).find_map(|(row, problem)| Some((row, problem?)))?;
    Some(format!("header {}: {problem}", row.name))
}
