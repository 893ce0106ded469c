//! The flow engine: who is taken in, where a run goes, and what it asks for.

use hookwright::domain::event::{Profile, TriggerEvent};
use hookwright::domain::flow::condition::{Condition, ConditionGroups, NumberOperator, Subject, Test, TextOperator};
use hookwright::domain::flow::delay::{DelayUnit, TimeDelay, UtcOnly};
use hookwright::domain::flow::engine::{Arrival, Circumstances, advance, enter};
use hookwright::domain::flow::model::{ActionStatus, Branch, Flow, Node, NodeKind, Reentry, Trigger, WebhookAction};
use hookwright::domain::flow::run::{Effect, EndReason, Entry, PassReason, Refusal, Run, RunStatus};
use hookwright::domain::id::{FlowId, NodeId, RunId};
use hookwright::domain::samples::{self, Samples};
use hookwright::domain::time::{HOUR_MILLIS, MINUTE_MILLIS, Timestamp};

pub fn link(node_id: &str) -> Option<NodeId> {
    (!node_id.is_empty()).then(|| NodeId::new(node_id))
}

pub fn webhook(status: ActionStatus, next: &str) -> NodeKind {
    let action = WebhookAction {
        status,
        url: "https://erp.example.com/orders".to_owned(),
        payload: "{}".to_owned(),
        ..WebhookAction::blank("Order to ERP")
    };
    NodeKind::Webhook { action, next: link(next) }
}

pub fn wait(value: u32, unit: DelayUnit, next: &str) -> NodeKind {
    NodeKind::TimeDelay { delay: TimeDelay::of(value, unit), next: link(next) }
}

pub fn value_over(value: f64) -> ConditionGroups {
    ConditionGroups::of(Condition {
        subject: Subject::Event,
        property: "$value".to_owned(),
        test: Test::Number { operator: NumberOperator::GreaterThan, value },
    })
}

pub fn flow_of(nodes: Vec<(&str, NodeKind)>) -> Flow {
    let mut flow = Flow::blank(FlowId::new("Xy12Ab"), "Order to ERP");
    flow.trigger = Trigger::Metric { metric: "Placed Order".to_owned() };
    flow.entry = nodes.first().map(|(node_id, _)| NodeId::new(*node_id));
    for (node_id, kind) in nodes {
        let id = NodeId::new(node_id);
        flow.nodes.insert(id.clone(), Node { id, kind });
    }
    flow
}

/// Placed Order → wait 1 hour → value over 100 → Yes: a, No: b.
pub fn split_flow() -> Flow {
    flow_of(vec![
        ("wait", wait(1, DelayUnit::Hours, "split")),
        ("split", NodeKind::TriggerSplit { condition: value_over(100.0), yes: link("a"), no: link("b") }),
        ("a", webhook(ActionStatus::Live, "")),
        ("b", webhook(ActionStatus::Live, "")),
    ])
}

struct Stage {
    samples: Samples,
    event: TriggerEvent,
    profile: Profile,
}

impl Stage {
    fn new(event_id: &str) -> Self {
        let samples = samples::all().unwrap();
        let event = samples.events.iter().find(|event| event.id.as_str() == event_id).unwrap().clone();
        let profile = samples.profile_of(&event).unwrap().clone();
        Self { samples, event, profile }
    }

    fn enter_again(&self, flow: &Flow, entered_before: &[Timestamp], now: Timestamp) -> Entry {
        let run_id = RunId::new("run-1");
        let event = flow.trigger.has_event().then_some(&self.event);
        let profile = &self.profile;
        enter(flow, Arrival { run_id: &run_id, flow_version: Some(1), event, profile, entered_before, now })
    }

    fn refusal(&self, flow: &Flow) -> Refusal {
        match self.enter_again(flow, &[], self.event.occurred_at) {
            Entry::Accepted { run } => panic!("accepted: {run:?}"),
            Entry::Refused { refusal } => refusal,
        }
    }

    fn run(&self, flow: &Flow) -> Run {
        match self.enter_again(flow, &[], self.event.occurred_at) {
            Entry::Accepted { run } => run,
            Entry::Refused { refusal } => panic!("refused: {refusal}"),
        }
    }

    fn advance(&self, flow: &Flow, run: &Run, minutes_later: i64) -> (Run, Vec<String>) {
        let circumstances = Circumstances {
            event: Some(&self.event),
            profile: &self.profile,
            now: self.event.occurred_at.plus_millis(minutes_later * MINUTE_MILLIS),
            time_zone: "UTC",
            zones: &UtcOnly,
        };
        let (run, effects) = advance(flow, run, circumstances);
        (run, effects.iter().map(|effect| self.describe(effect)).collect())
    }

    fn describe(&self, effect: &Effect) -> String {
        match effect {
            Effect::Deliver { node_id, is_for_review: false, .. } => format!("deliver {node_id}"),
            Effect::Deliver { node_id, is_for_review: true, .. } => format!("review {node_id}"),
            Effect::WaitUntil { node_id, due_at } => {
                format!("wait {node_id} {} min", due_at.millis_since(self.event.occurred_at) / MINUTE_MILLIS)
            }
            Effect::PassedOver { node_id, reason } => format!("pass {node_id}: {reason}"),
            Effect::BranchTaken { node_id, branch, verdict } => {
                let branch = match branch {
                    Branch::Yes => "yes",
                    Branch::No => "no",
                };
                format!("{node_id} {branch}: {}", verdict.summary())
            }
            Effect::Ended { reason } => format!("end: {reason}"),
        }
    }
}

const END: &str = "end: the end of the flow was reached";

/// Plays a flow from its entry without waiting and compares all that happens.
#[track_caller]
fn check(flow: &Flow, expected: &[&str]) {
    let stage = Stage::new("capi-placed-10023");
    let (run, effects) = stage.advance(flow, &stage.run(flow), 0);
    assert_eq!(effects, expected);
    assert!(run.status != RunStatus::Ended || run.position.is_none());
}

#[test]
fn wait_an_hour_then_split_on_the_value() {
    for (event_id, split, webhook) in [
        ("capi-placed-10023", "split yes: $value is 129.5; asked: greater than 100", "deliver a"),
        ("capi-placed-10024", "split no: $value is 18; asked: greater than 100", "deliver b"),
    ] {
        let stage = Stage::new(event_id);
        let flow = split_flow();
        let run = stage.run(&flow);
        assert_eq!(run.event_id.as_ref(), Some(&stage.event.id));
        let (run, effects) = stage.advance(&flow, &run, 0);
        assert_eq!(effects, ["wait wait 60 min"]);
        let due_at = stage.event.occurred_at.plus_millis(HOUR_MILLIS);
        assert_eq!(run.status, RunStatus::WaitingUntil { due_at });

        let (same, effects) = stage.advance(&flow, &run, 59);
        assert_eq!((&same, effects.len()), (&run, 0));

        let (run, effects) = stage.advance(&flow, &run, 60);
        assert_eq!(effects, [split, webhook, END]);
        assert_eq!((run.status, run.position.as_ref()), (RunStatus::Ended, None));

        let (_, effects) = stage.advance(&flow, &run, 90);
        assert!(effects.is_empty());
    }
}

#[test]
fn drafts_are_passed_over_and_manual_actions_wait_for_review() {
    let flow = flow_of(vec![
        ("a", webhook(ActionStatus::Draft, "b")),
        ("b", webhook(ActionStatus::Manual, "c")),
        ("c", webhook(ActionStatus::Live, "")),
    ]);
    check(&flow, &["pass a: it is a draft", "review b", "deliver c", END]);
}

#[test]
fn cards_that_are_not_set_up_or_not_ours_are_passed_over() {
    let foreign = NodeKind::Foreign {
        action_type: "send-email".to_owned(),
        definition: serde_json::Value::Null,
        next: link("newer"),
    };
    let newer =
        NodeKind::Unknown { name: "split-test".to_owned(), fields: serde_json::Map::new(), next: link("split") };
    let split = NodeKind::TriggerSplit { condition: ConditionGroups::default(), yes: link("b"), no: link("c") };
    let empty = NodeKind::Webhook {
        action: WebhookAction { status: ActionStatus::Live, ..WebhookAction::blank("") },
        next: link("d"),
    };
    let flow = flow_of(vec![
        ("a", foreign),
        ("newer", newer),
        ("split", split),
        ("b", empty),
        ("c", webhook(ActionStatus::Live, "")),
        ("d", wait(0, DelayUnit::Days, "e")),
        ("e", webhook(ActionStatus::Live, "")),
    ]);
    check(
        &flow,
        &[
            "pass a: Hookwright does not run cards of the type send-email",
            "pass newer: Hookwright does not run cards of the type split-test",
            "pass split: it is not set up",
            "pass b: it is not set up",
            "pass d: it is not set up",
            "deliver e",
            END,
        ],
    );
}

#[test]
fn a_delay_with_no_action_after_it_ends_the_run() {
    let flow = flow_of(vec![
        ("a", webhook(ActionStatus::Live, "d")),
        ("d", wait(3, DelayUnit::Days, "b")),
        ("b", webhook(ActionStatus::Draft, "")),
    ]);
    let nothing = "no live or manual action";
    check(&flow, &["deliver a", &format!("pass d: {nothing} comes after it"), &format!("end: {nothing} lies ahead")]);
}

#[test]
fn the_profile_filter_is_checked_again_before_each_action() {
    let mut flow = flow_of(vec![("d", wait(1, DelayUnit::Hours, "a")), ("a", webhook(ActionStatus::Live, ""))]);
    flow.profile_filter = ConditionGroups::of(Condition {
        subject: Subject::Profile,
        property: "City".to_owned(),
        test: Test::Text { operator: TextOperator::Equals, value: "Boston".to_owned() },
    });
    let mut stage = Stage::new("capi-placed-10023");
    let (run, _) = stage.advance(&flow, &stage.run(&flow), 0);
    stage.profile.location.insert("city".to_owned(), "Salem".into());
    let (_, effects) = stage.advance(&flow, &run, 60);
    let reason = "pass a: the profile filter does not hold: City is \"Salem\"; asked: equals \"Boston\"";
    assert_eq!(effects, [reason, END]);
    assert!(matches!(stage.refusal(&flow), Refusal::ProfileFilter { .. }));
}

#[test]
fn cards_are_read_from_the_version_current_when_they_are_reached() {
    let stage = Stage::new("capi-placed-10023");
    let (run, _) = stage.advance(&split_flow(), &stage.run(&split_flow()), 0);

    // Editing a delay moves nobody who already waits; a card put below it is met.
    let edited = flow_of(vec![("wait", wait(9, DelayUnit::Days, "new")), ("new", webhook(ActionStatus::Live, ""))]);
    assert_eq!(stage.advance(&edited, &run, 60).1, ["deliver new", END]);

    let emptied = flow_of(vec![("a", webhook(ActionStatus::Live, ""))]);
    let (run, effects) = stage.advance(&emptied, &run, 60);
    assert_eq!(effects, ["end: the card wait is no longer in the flow"]);
    assert_eq!(run.status, RunStatus::Ended);
}

#[test]
fn a_card_reached_twice_is_not_run_twice() {
    let stage = Stage::new("capi-placed-10023");
    let before = flow_of(vec![
        ("a", webhook(ActionStatus::Live, "d")),
        ("d", wait(1, DelayUnit::Hours, "b")),
        ("b", webhook(ActionStatus::Live, "")),
    ]);
    let (run, _) = stage.advance(&before, &stage.run(&before), 0);
    // Meanwhile somebody moves the first action below the delay.
    let after = flow_of(vec![
        ("d", wait(1, DelayUnit::Hours, "a")),
        ("a", webhook(ActionStatus::Live, "b")),
        ("b", webhook(ActionStatus::Live, "")),
    ]);
    let (_, effects) = stage.advance(&after, &run, 60);
    assert_eq!(effects, ["pass a: this profile was here before", "deliver b", END]);
}

#[test]
fn a_flow_that_leads_in_a_circle_ends() {
    let flow = flow_of(vec![("a", webhook(ActionStatus::Live, "b")), ("b", webhook(ActionStatus::Live, "a"))]);
    check(&flow, &["deliver a", "deliver b", "end: the flow leads back to the card a"]);

    let flow = flow_of(vec![("d", wait(1, DelayUnit::Hours, "a")), ("a", webhook(ActionStatus::Live, "d"))]);
    let stage = Stage::new("capi-placed-10023");
    let (run, _) = stage.advance(&flow, &stage.run(&flow), 0);
    let (run, effects) = stage.advance(&flow, &run, 60);
    assert_eq!(run.status, RunStatus::Ended);
    assert_eq!(effects.first().map(String::as_str), Some("deliver a"));
    assert_eq!(effects.iter().filter(|effect| effect.starts_with("deliver")).count(), 1);
}

#[test]
fn a_dangling_link_ends_the_run() {
    let flow = flow_of(vec![("a", webhook(ActionStatus::Live, "gone"))]);
    check(&flow, &["deliver a", "end: the card gone is no longer in the flow"]);
}

#[test]
fn refusals() {
    let stage = Stage::new("capi-placed-10023");
    let mut flow = split_flow();
    flow.trigger = Trigger::Unset;
    assert_eq!(stage.refusal(&flow), Refusal::NoTrigger);
    flow.trigger = Trigger::Metric { metric: "Viewed Product".to_owned() };
    assert!(matches!(stage.refusal(&flow), Refusal::OtherTrigger { .. }));
    assert_eq!(stage.refusal(&flow_of(vec![])), Refusal::NoAction);
    assert_eq!(stage.refusal(&flow_of(vec![("a", webhook(ActionStatus::Draft, ""))])), Refusal::EveryActionDraft);
    let mut flow = split_flow();
    flow.trigger_filter = value_over(500.0);
    assert_eq!(
        stage.refusal(&flow).to_string(),
        "the trigger filter does not hold: $value is 129.5; asked: greater than 500"
    );
    // List flows bring no event, and their trigger filter means nothing.
    flow.trigger = Trigger::List { list: "Newsletter".to_owned() };
    assert_eq!(stage.run(&flow).event_id, None);
    assert_eq!(stage.samples.profiles.len(), 7);
}

#[test]
fn an_old_event_starts_nothing_unless_the_first_delay_is_longer() {
    let stage = Stage::new("capi-placed-10023");
    for (delay_hours, age_hours, is_accepted) in [(1, 4, true), (1, 5, false), (6, 5, true), (6, 7, false)] {
        let flow =
            flow_of(vec![("d", wait(delay_hours, DelayUnit::Hours, "a")), ("a", webhook(ActionStatus::Live, ""))]);
        let now = stage.event.occurred_at.plus_millis(age_hours * HOUR_MILLIS);
        let entry = stage.enter_again(&flow, &[], now);
        assert_eq!(matches!(entry, Entry::Accepted { .. }), is_accepted, "{delay_hours} {age_hours}");
    }
}

#[test]
fn reentry() {
    let stage = Stage::new("capi-placed-10023");
    let now = stage.event.occurred_at;
    let hours_ago = |hours: i64| now.plus_millis(-hours * HOUR_MILLIS);
    for (reentry, entered_before, is_accepted) in [
        (Reentry::Never, vec![], true),
        (Reentry::Never, vec![hours_ago(9_000)], false),
        (Reentry::Always, vec![hours_ago(0)], true),
        (Reentry::AfterHours { hours: 24 }, vec![hours_ago(24), hours_ago(50)], true),
        (Reentry::AfterHours { hours: 24 }, vec![hours_ago(50), hours_ago(23)], false),
    ] {
        let flow = Flow { reentry, ..split_flow() };
        let entry = stage.enter_again(&flow, &entered_before, now);
        assert_eq!(matches!(entry, Entry::Accepted { .. }), is_accepted, "{reentry:?} {entered_before:?}");
    }
}

#[test]
fn runs_and_effects_survive_the_way_between_roles() {
    let stage = Stage::new("capi-placed-10023");
    let (run, _) = stage.advance(&split_flow(), &stage.run(&split_flow()), 0);
    let json = serde_json::to_string(&run).unwrap();
    assert_eq!(
        json,
        r#"{"id":"run-1","flow_id":"Xy12Ab","flow_version":1,"profile_id":"01HPROFANN","event_id":"capi-placed-10023","position":"wait","status":{"waiting-until":{"due_at":1772370000000}},"visited":["wait"],"entered_at":1772366400000}"#
    );
    assert_eq!(serde_json::from_str::<Run>(&json).unwrap(), run);
    let effect = Effect::PassedOver { node_id: NodeId::new("a"), reason: PassReason::Draft };
    let json = serde_json::to_string(&effect).unwrap();
    assert_eq!(serde_json::from_str::<Effect>(&json).unwrap(), effect);
    assert_eq!(EndReason::ReachedEnd.to_string(), "the end of the flow was reached");
}

#[test]
fn samples_are_whole() {
    let samples = samples::all().unwrap();
    let mut ids: Vec<_> = samples.events.iter().map(|event| event.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), samples.events.len());
    for event in &samples.events {
        assert!(samples.profile_of(event).is_some(), "{}", event.id);
    }
    for platform in ["Custom API", "Shopify", "WooCommerce", "Magento 2", "BigCommerce"] {
        for metric in ["Placed Order", "Started Checkout", "Viewed Product"] {
            let has = samples.events.iter().any(|event| event.platform == platform && event.metric == metric);
            assert!(has, "{platform} {metric}");
        }
    }
    assert_eq!(samples.default_event().unwrap().properties["OrderId"], "10023");
}

#[test]
fn the_first_flow_delivers_the_default_event() {
    check(&samples::first_flow(), &["deliver hK7pQd", END]);
}
