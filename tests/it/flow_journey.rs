//! Previews of flows: the way somebody would go, and who would enter.

use hookwright::domain::event::{Profile, TriggerEvent};
use hookwright::domain::flow::condition::{Condition, ConditionGroups, Subject, Test, TextOperator};
use hookwright::domain::flow::delay::{DelayUnit, UtcOnly};
use hookwright::domain::flow::journey::{Journey, StepKind, Traveller, preview_entry, preview_journey};
use hookwright::domain::flow::model::{
    ActionStatus, Branch, DateSchedule, Flow, NodeKind, Reentry, Trigger, WebhookAction,
};
use hookwright::domain::flow::run::Refusal;
use hookwright::domain::samples;
use hookwright::domain::time::{DAY_MILLIS, MINUTE_MILLIS, Timestamp};
use proptest::prelude::*;

use crate::flow::{flow_of, link, split_flow, value_over, wait, webhook};

/// Flows of up to six cards whose links lead anywhere: down, back up, to themselves, nowhere.
fn any_flow() -> impl Strategy<Value = Flow> {
    let card = (0..5_u8, 0..8_usize, 0..8_usize, 0..3_u8);
    proptest::collection::vec(card, 0..6).prop_map(|cards| {
        let names = ["a", "b", "c", "d", "e", "f", "gone", ""];
        let kinds = cards.into_iter().enumerate().map(|(idx, (kind, next, other, status))| {
            let status = [ActionStatus::Draft, ActionStatus::Manual, ActionStatus::Live][usize::from(status)];
            let kind = match kind {
                0 => webhook(status, names[next]),
                1 => wait(u32::from(next != 0), DelayUnit::Hours, names[next]),
                2 => NodeKind::TriggerSplit {
                    condition: value_over(100.0),
                    yes: link(names[next]),
                    no: link(names[other]),
                },
                3 => NodeKind::Note { text: String::new(), next: link(names[next]) },
                _ => NodeKind::ConditionalSplit {
                    condition: ConditionGroups::default(),
                    yes: link(names[next]),
                    no: link(names[other]),
                },
            };
            (names[idx], kind)
        });
        flow_of(kinds.collect())
    })
}

proptest! {
    #[test]
    fn a_journey_ends_on_any_links_and_sends_each_webhook_once(flow in any_flow()) {
        let journey = journey(&flow, "capi-placed-10023");
        prop_assert!(journey.refusal.is_some() || journey.end.is_some(), "{journey:?}");
        let mut sent: Vec<_> =
            journey.steps.iter().filter(|step| step.what == StepKind::Sends).map(|step| &step.node_id).collect();
        let n_sent = sent.len();
        sent.sort();
        sent.dedup();
        prop_assert_eq!(sent.len(), n_sent);
        prop_assert!(journey.steps.windows(2).all(|pair| pair[0].at <= pair[1].at));
    }
}

fn sample(event_id: &str) -> (TriggerEvent, Profile) {
    let samples = samples::all().unwrap();
    let event = samples.events.iter().find(|event| event.id.as_str() == event_id).unwrap().clone();
    let profile = samples.profile_of(&event).unwrap().clone();
    (event, profile)
}

/// Long after the sample events.
fn now() -> Timestamp {
    Timestamp::parse("2027-01-01T00:00:00Z").unwrap()
}

fn traveller<'a>(event: &'a TriggerEvent, profile: &'a Profile) -> Traveller<'a> {
    Traveller { event: Some(event), profile, now: now(), time_zone: "UTC", zones: &UtcOnly }
}

fn journey(flow: &Flow, event_id: &str) -> Journey {
    let (event, profile) = sample(event_id);
    preview_journey(flow, traveller(&event, &profile))
}

fn told(journey: &Journey) -> Vec<String> {
    journey
        .steps
        .iter()
        .map(|step| {
            let minutes = step.at.millis_since(now()) / MINUTE_MILLIS;
            let what = match &step.what {
                StepKind::Sends => "sends".to_owned(),
                StepKind::AsksForReview => "asks".to_owned(),
                StepKind::Waits { until } => format!("waits {} min", until.millis_since(step.at) / MINUTE_MILLIS),
                StepKind::TakesBranch { branch, verdict } => {
                    format!("{} since {}", if *branch == Branch::Yes { "yes" } else { "no" }, verdict.summary())
                }
                StepKind::PassedOver { reason } => format!("passed: {reason}"),
            };
            format!("{} +{minutes} {what}", step.node_id)
        })
        .collect()
}

fn draft(flow: Flow) -> Flow {
    let mut flow = flow;
    for node in flow.nodes.values_mut() {
        if let NodeKind::Webhook { action, .. } = &mut node.kind {
            action.status = ActionStatus::Draft;
        }
    }
    flow
}

#[test]
fn the_journey_goes_both_ways_with_the_values_compared() {
    for (event_id, split, end) in [
        ("capi-placed-10023", "split +60 yes since $value is 129.5; asked: greater than 100", "a +60 sends"),
        ("capi-placed-10024", "split +60 no since $value is 18; asked: greater than 100", "b +60 sends"),
    ] {
        let journey = journey(&split_flow(), event_id);
        assert_eq!(told(&journey), ["wait +0 waits 60 min", split, end]);
        assert!(journey.refusal.is_none() && !journey.is_all_draft && journey.end.is_some());
    }
}

#[test]
fn drafts_are_walked_and_said_to_be_passed_over() {
    let journey = journey(&draft(split_flow()), "capi-placed-10023");
    assert!(journey.is_all_draft);
    assert_eq!(told(&journey).last().unwrap(), "a +60 passed: it is a draft");
    assert_eq!(journey.steps.len(), 3);
}

#[test]
fn what_is_not_run_says_why() {
    let foreign = NodeKind::Foreign {
        action_type: "send-email".to_owned(),
        definition: serde_json::Value::Null,
        next: link("note"),
    };
    let action = WebhookAction { status: ActionStatus::Live, ..WebhookAction::blank("New") };
    let blank = NodeKind::Webhook { action, next: link("split") };
    let flow = flow_of(vec![
        ("mail", foreign),
        ("note", NodeKind::Note { text: "Ask first.".to_owned(), next: link("blank") }),
        ("blank", blank),
        ("split", NodeKind::TriggerSplit { condition: ConditionGroups::default(), yes: link("zero"), no: None }),
        ("zero", wait(0, DelayUnit::Days, "a")),
        ("a", webhook(ActionStatus::Manual, "b")),
        ("b", webhook(ActionStatus::Draft, "late")),
        ("late", wait(1, DelayUnit::Days, "")),
    ]);
    let journey = journey(&flow, "capi-placed-10023");
    assert_eq!(
        told(&journey),
        [
            "mail +0 passed: Hookwright does not run cards of the type send-email",
            "blank +0 passed: it is not set up",
            "split +0 passed: it is not set up",
            "zero +0 passed: it is not set up",
            "a +0 asks",
            "b +0 passed: it is a draft",
            "late +0 passed: no live or manual action comes after it",
        ]
    );
}

#[test]
fn filters_are_compared_for_entry_and_again_at_each_action() {
    let mut flow = Flow { trigger_filter: value_over(500.0), ..split_flow() };
    let refused = journey(&flow, "capi-placed-10023");
    assert!(matches!(refused.refusal, Some(Refusal::TriggerFilter { .. })), "{refused:?}");
    assert!(refused.steps.is_empty());
    flow.trigger_filter = ConditionGroups::default();
    flow.profile_filter = ConditionGroups::of(Condition {
        subject: Subject::Profile,
        property: "City".to_owned(),
        test: Test::Text { operator: TextOperator::Equals, value: "Boston".to_owned() },
    });
    assert_eq!(journey(&flow, "capi-placed-10023").refusal, None);
    assert!(matches!(journey(&flow, "capi-placed-10024").refusal, Some(Refusal::ProfileFilter { .. })));
}

#[test]
fn every_trigger_takes_in_what_is_its_own() {
    let metric = |metric: &str| Trigger::Metric { metric: metric.to_owned() };
    let date =
        |property: &str| Trigger::DateProperty { property: property.to_owned(), schedule: DateSchedule::default() };
    let other = "the flow starts with Placed Order, not with Viewed Product";
    for (trigger, event_id, expected) in [
        (metric("Placed Order"), "capi-placed-10023", None),
        (metric("Placed Order"), "shop-viewed-1", Some(other)),
        (metric("Started Checkout"), "woo-checkout-1", None),
        (metric("Viewed Product"), "big-viewed-1", None),
        (metric("Earned Points"), "capi-points-1", None),
        (Trigger::PriceDrop, "capi-price-drop-1", None),
        (Trigger::PriceDrop, "capi-points-1", Some("the flow starts with Price Drop, not with Earned Points")),
        (Trigger::List { list: "Newsletter".to_owned() }, "capi-placed-10023", None),
        (Trigger::Segment { segment: "VIP".to_owned() }, "capi-placed-10023", None),
        (date("Last Order"), "capi-placed-10023", None),
        (date("Birthday"), "capi-placed-10023", Some("the profile has no date in Birthday")),
        (date("email"), "capi-placed-10023", Some("the profile has no date in email")),
        (date(" "), "capi-placed-10023", Some("the flow has no trigger")),
        (Trigger::Unset, "capi-placed-10023", Some("the flow has no trigger")),
    ] {
        let (event, profile) = sample(event_id);
        let flow = Flow { trigger, ..draft(flow_of(vec![("a", webhook(ActionStatus::Live, ""))])) };
        let traveller = Traveller { event: flow.trigger.has_event().then_some(&event), ..traveller(&event, &profile) };
        let refusal = preview_entry(&flow, traveller, &[]).err().map(|refusal| refusal.to_string());
        assert_eq!(refusal.as_deref(), expected, "{:?}", flow.trigger);
    }
}

#[test]
fn a_trial_entry_keeps_to_the_re_entry_rule() {
    let (event, profile) = sample("capi-placed-10023");
    let flow = Flow { reentry: Reentry::AfterHours { hours: 48 }, ..split_flow() };
    let a_day_ago = now().plus_millis(-DAY_MILLIS);
    let refusal = preview_entry(&flow, traveller(&event, &profile), &[a_day_ago]);
    assert_eq!(refusal, Err(Refusal::ReentryLater { from: now().plus_millis(DAY_MILLIS) }));
    assert_eq!(preview_entry(&flow, traveller(&event, &profile), &[]), Ok(()));
}

#[test]
fn a_flow_without_a_webhook_takes_nobody() {
    let flow = flow_of(vec![("d", wait(1, DelayUnit::Hours, ""))]);
    assert_eq!(journey(&flow, "capi-placed-10023").refusal, Some(Refusal::NoAction));
}
