//! Problems of flows: each at its card and field, red or yellow.

use hookwright::domain::flow::check::{Earlier, FlowField, FlowSeverity, UNSUPPORTED_TRIGGERS, check, check_after};
use hookwright::domain::flow::condition::{Condition, ConditionGroups, Subject, Test};
use hookwright::domain::flow::delay::{DelayUnit, TimeDelay, TimeOfDay};
use hookwright::domain::flow::model::{ActionStatus, DateSchedule, Flow, HeaderRow, NodeKind, Trigger, WebhookAction};
use hookwright::domain::samples;

use crate::flow::{flow_of, link, split_flow, value_over, wait, webhook};
use FlowField::{
    Actions, Condition as Conditions, Delay, Headers, Links, Name, Payload, ProfileFilter, TriggerFilter, Url,
};
use FlowSeverity::{CannotWork, PassedOver};

#[track_caller]
fn expect(flow: &Flow, expected: &[(&str, FlowField, FlowSeverity)]) {
    let problems = check(flow);
    let found: Vec<_> = problems
        .iter()
        .map(|problem| {
            let node_id = problem.node_id.as_ref().map_or("", |node_id| node_id.as_str());
            (node_id, problem.field, problem.severity)
        })
        .collect();
    assert_eq!(found, expected, "{problems:#?}");
}

fn of_profile() -> ConditionGroups {
    let test = Test::Existence { is_set: true };
    ConditionGroups::of(Condition { subject: Subject::Profile, property: "City".to_owned(), test })
}

#[test]
fn a_sound_flow_has_no_problem() {
    expect(&samples::first_flow(), &[]);
    expect(&split_flow(), &[]);
}

#[test]
fn a_new_flow_lacks_trigger_and_action() {
    let flow = Flow { trigger: Trigger::Unset, name: " ".to_owned(), ..flow_of(vec![]) };
    expect(&flow, &[("", FlowField::Trigger, CannotWork), ("", Name, PassedOver), ("", Actions, CannotWork)]);
}

#[test]
fn triggers_that_cannot_start_a_flow() {
    for unsupported in UNSUPPORTED_TRIGGERS {
        let trigger = Trigger::Metric { metric: unsupported.name.to_lowercase() };
        let flow = Flow { trigger, ..samples::first_flow() };
        expect(&flow, &[("", FlowField::Trigger, CannotWork)]);
        assert!(check(&flow).iter().all(|problem| problem.message.contains(unsupported.way_round)));
    }
    for trigger in [
        Trigger::Metric { metric: String::new() },
        Trigger::List { list: " ".to_owned() },
        Trigger::Segment { segment: String::new() },
        Trigger::DateProperty { property: String::new(), schedule: DateSchedule::default() },
    ] {
        expect(&Flow { trigger, ..samples::first_flow() }, &[("", FlowField::Trigger, CannotWork)]);
    }
}

#[test]
fn event_conditions_need_an_event() {
    let trigger = Trigger::Segment { segment: "VIP".to_owned() };
    let flow = Flow { trigger, trigger_filter: value_over(1.0), profile_filter: value_over(1.0), ..split_flow() };
    expect(
        &flow,
        &[("", TriggerFilter, PassedOver), ("", ProfileFilter, CannotWork), ("split", Conditions, CannotWork)],
    );
}

#[test]
fn each_split_compares_its_own_kind() {
    let flow = flow_of(vec![
        ("t", NodeKind::TriggerSplit { condition: of_profile(), yes: link("c"), no: None }),
        ("c", NodeKind::ConditionalSplit { condition: value_over(1.0), yes: link("e"), no: None }),
        ("e", NodeKind::ConditionalSplit { condition: ConditionGroups::default(), yes: link("a"), no: None }),
        ("a", webhook(ActionStatus::Live, "")),
    ]);
    let flow = Flow { trigger_filter: of_profile(), ..flow };
    expect(
        &flow,
        &[
            ("", TriggerFilter, CannotWork),
            ("t", Conditions, CannotWork),
            ("c", Conditions, CannotWork),
            ("e", Conditions, PassedOver),
        ],
    );
}

#[test]
fn delays() {
    let timed = TimeDelay { until_time: TimeOfDay::new(9, 30), ..TimeDelay::of(1, DelayUnit::Hours) };
    let no_day = TimeDelay { weekdays: Some([].into()), ..TimeDelay::of(1, DelayUnit::Days) };
    let flow = flow_of(vec![
        ("zero", wait(0, DelayUnit::Minutes, "timed")),
        ("timed", NodeKind::TimeDelay { delay: timed, next: link("day") }),
        ("day", NodeKind::TimeDelay { delay: no_day, next: link("a") }),
        ("a", webhook(ActionStatus::Live, "last")),
        ("last", wait(1, DelayUnit::Days, "")),
    ]);
    expect(
        &flow,
        &[
            ("zero", Delay, PassedOver),
            ("timed", Delay, PassedOver),
            ("day", Delay, PassedOver),
            ("last", Delay, PassedOver),
        ],
    );
}

#[test]
fn webhooks() {
    let row = |name: &str, value: &str| HeaderRow { name: name.to_owned(), value: value.to_owned() };
    let headers = vec![row("", ""), row("", "x"), row("X-Key", "1"), row("x-key", "2")];
    let action = WebhookAction { headers, ..WebhookAction::blank("") };
    let flow = flow_of(vec![("a", NodeKind::Webhook { action, next: None })]);
    expect(
        &flow,
        &[
            ("a", Name, PassedOver),
            ("a", Url, PassedOver),
            ("a", Payload, PassedOver),
            ("a", Headers, CannotWork),
            ("a", Headers, CannotWork),
        ],
    );
}

#[test]
fn destinations_and_headers_that_may_not_be_used() {
    let row = |name: &str, value: &str| HeaderRow { name: name.to_owned(), value: value.to_owned() };
    for (url, n_problems) in [
        ("https://erp.example.com/orders", 0),
        ("http://localhost:9000/", 1),
        ("http://erp.example.com/", 1),
        ("https://ann:pw@erp.example.com/", 1),
        ("https://erp.example.com/{{ email }}", 1),
        ("https://a.klaviyo.com/api/profile-subscription-bulk-create-jobs/", 1),
    ] {
        let action = WebhookAction {
            url: url.to_owned(),
            headers: vec![row("Host", "x"), row("X-Name", "{{ email }}")],
            payload: "{}".to_owned(),
            ..WebhookAction::blank("Order")
        };
        let flow = flow_of(vec![("a", NodeKind::Webhook { action, next: None })]);
        let urls = vec![("a", Url, CannotWork); n_problems];
        expect(&flow, &[urls, vec![("a", Headers, CannotWork); 2]].concat());
    }
}

#[test]
fn conditions_that_cannot_hold_as_meant() {
    let empty = Test::TextIn { values: vec![], is_in: true };
    let condition = Condition { subject: Subject::Event, property: "Brand".to_owned(), test: empty };
    let flow = Flow { trigger_filter: ConditionGroups::of(condition), ..split_flow() };
    expect(&flow, &[("", TriggerFilter, CannotWork)]);
}

#[test]
fn links_that_lead_nowhere_back_or_never_here() {
    let flow = flow_of(vec![
        ("s", NodeKind::TriggerSplit { condition: value_over(1.0), yes: link("a"), no: link("b") }),
        ("a", webhook(ActionStatus::Live, "s")),
        ("b", webhook(ActionStatus::Live, "gone")),
        ("lost", webhook(ActionStatus::Live, "")),
    ]);
    expect(&flow, &[("a", Links, CannotWork), ("b", Links, CannotWork), ("lost", Links, PassedOver)]);
    let flow = Flow { entry: link("gone"), ..flow_of(vec![("a", webhook(ActionStatus::Live, ""))]) };
    expect(&flow, &[("", Links, CannotWork), ("a", Links, PassedOver)]);
    // Branches that meet again are sound: Klaviyo allows them.
    let flow = flow_of(vec![
        ("s", NodeKind::TriggerSplit { condition: value_over(1.0), yes: link("a"), no: link("b") }),
        ("a", webhook(ActionStatus::Live, "c")),
        ("b", webhook(ActionStatus::Live, "c")),
        ("c", webhook(ActionStatus::Live, "")),
    ]);
    expect(&flow, &[]);
}

#[test]
fn a_card_that_comes_back_into_the_flow_is_looked_at() {
    let broken = || {
        let action =
            WebhookAction { url: "ftp://x".to_owned(), payload: "{}".to_owned(), ..WebhookAction::blank("Order") };
        ("b", NodeKind::Webhook { action, next: None })
    };
    let astray = flow_of(vec![("a", webhook(ActionStatus::Live, "")), broken()]);
    let found = check(&astray);
    assert_eq!(found.iter().map(|problem| problem.field).collect::<Vec<_>>(), [Links]);
    let joined = flow_of(vec![("a", webhook(ActionStatus::Live, "b")), broken()]);
    let found = check_after(&joined, &Earlier::new(&astray, &found));
    assert_eq!(found, check(&joined));
    assert_eq!(found.iter().map(|problem| problem.field).collect::<Vec<_>>(), [Url]);
    // What is wrong stays so while the card is the same, and goes with a change of it.
    assert_eq!(check_after(&joined, &Earlier::new(&joined, &found)), found);
    let mended = flow_of(vec![("a", webhook(ActionStatus::Live, "b")), ("b", webhook(ActionStatus::Live, ""))]);
    assert_eq!(check_after(&mended, &Earlier::new(&joined, &found)), []);
}
