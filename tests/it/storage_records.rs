//! Every stored type: its JSON as it lies on disk, what it is found by, and that nothing is lost on the way.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;

use hookwright::domain::activity::{ActivityEntry, ActivityEvent};
use hookwright::domain::delivery::destination::Destination;
use hookwright::domain::delivery::outcome::AttemptOutcome;
use hookwright::domain::delivery::practice::{PracticeAnswer, PracticeBehaviour, PracticeScript};
use hookwright::domain::delivery::request::RenderedRequest;
use hookwright::domain::delivery::state::*;
use hookwright::domain::delivery::totals::Tally;
use hookwright::domain::event::{Profile, TriggerEvent};
use hookwright::domain::flow::condition::*;
use hookwright::domain::flow::delay::{TimeOfDay, Weekday};
use hookwright::domain::flow::edit::{FlowEdit, apply};
use hookwright::domain::flow::model::*;
use hookwright::domain::flow::run::{Run, RunDocument, RunStatus};
use hookwright::domain::flow::steps::{FlowHistory, StepWrite};
use hookwright::domain::id::*;
use hookwright::domain::lists::{ProfileSet, ProfileSets, SetKind};
use hookwright::domain::member::{AuditEntry, Audited, Guard, TwoStep, first_roster};
use hookwright::domain::passphrase::Cost;
use hookwright::domain::secret::{Sealed, SecretDocument, SecretKind};
use hookwright::domain::settings::WorkspaceSettings;
use hookwright::domain::template::problem::{Fix, Severity, TemplateProblem};
use hookwright::domain::time::Timestamp;
use hookwright::storage::record::Stored;
use hookwright::storage::record::activity::LoggedEntry;
use hookwright::storage::record::generation::Generation;
use hookwright::storage::record::inbox::InboxText;
use hookwright::storage::record::member::Vault;
use hookwright::storage::record::steps::{StoredMarks, StoredStep};
use hookwright::storage::{IndexPart, Row};
use serde_json::{Map, Value, json};

/// Checks that the value survives its row, and answers what the snapshot shows.
/// Snapshots JSON, with numbers as they are stored.
macro_rules! assert_stored {
    ($json:expr) => {
        insta::assert_snapshot!(serde_json::to_string_pretty(&$json).unwrap())
    };
}

fn stored<T: Stored + PartialEq + Debug>(value: &T) -> Value {
    let row = value.to_row();
    assert_eq!(&T::from_row(&row).unwrap(), value);
    assert_eq!((row.store, row.version, row.revision), (T::STORE, T::VERSION, 0));
    for name in row.index_keys.keys() {
        assert!(T::STORE.indexes().contains(name), "{:?} has no index {name}", T::STORE);
    }
    show(&row)
}

fn show(row: &Row) -> Value {
    let index_keys: Map<String, Value> = row
        .index_keys
        .iter()
        .map(|(name, key)| {
            let parts = key.iter().map(|part| match part {
                IndexPart::Number(number) => json!(number),
                IndexPart::Text(text) => json!(text),
            });
            ((*name).to_owned(), parts.collect())
        })
        .collect();
    let record: Value = serde_json::from_str(&row.json).unwrap();
    json!({"key": row.key, "version": row.version, "index_keys": index_keys, "json": record})
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_772_366_400_000 + millis)
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn condition(subject: Subject, property: &str, test: Test) -> Condition {
    Condition { subject, property: property.to_owned(), test }
}

fn conditions() -> ConditionGroups {
    let text = Test::Text { operator: TextOperator::NotStartsWith, value: "Test".to_owned() };
    let number = Test::Number { operator: NumberOperator::GreaterThanOrEqual, value: 99.5 };
    let list = Test::ListContains { value: "VIP".to_owned(), is_contained: true };
    ConditionGroups {
        groups: vec![
            ConditionGroup {
                conditions: vec![condition(Subject::Event, "$value", number), condition(Subject::Event, "Name", text)],
            },
            ConditionGroup {
                conditions: vec![
                    condition(Subject::Profile, "tags", list),
                    condition(Subject::Profile, "email", Test::Existence { is_set: true }),
                    condition(Subject::Profile, "consent", Test::Boolean { value: false }),
                ],
            },
        ],
    }
}

fn node(id: &str, kind: NodeKind) -> (NodeId, Node) {
    (NodeId::new(id), Node { id: NodeId::new(id), kind })
}

fn flow() -> Flow {
    let action = WebhookAction {
        name: "Order to ERP".to_owned(),
        status: ActionStatus::Live,
        url: "https://erp.example.com/orders".to_owned(),
        headers: vec![HeaderRow { name: "X-Shop".to_owned(), value: "north".to_owned() }],
        payload: "{\"id\": {{ event.OrderId }}}\n".to_owned(),
        repeat_policy: RepeatPolicy::AtMostOnce,
    };
    let delay = TimeDelay {
        until_time: TimeOfDay::new(9, 30),
        weekdays: Some([Weekday::Friday, Weekday::Monday].into()),
        zone: Some("Europe/Berlin".to_owned()),
        ..TimeDelay::of(3, DelayUnit::Days)
    };
    let id = |id: &str| Some(NodeId::new(id));
    Flow {
        id: FlowId::new("Xa3bQ9"),
        name: "Order to ERP".to_owned(),
        trigger: Trigger::Metric { metric: "Placed Order".to_owned() },
        trigger_filter: conditions(),
        profile_filter: ConditionGroups::default(),
        reentry: Reentry::AfterHours { hours: 12 },
        entry: id("n1"),
        klaviyo: Some(json!({"definition": {"triggers": []}, "ids": {}})),
        nodes: BTreeMap::from([
            node("n1", NodeKind::TriggerSplit { condition: conditions(), yes: id("n2"), no: id("n3") }),
            node("n2", NodeKind::Webhook { action, next: None }),
            node("n3", NodeKind::TimeDelay { delay, next: id("n4") }),
            node("n4", NodeKind::ConditionalSplit { condition: ConditionGroups::default(), yes: None, no: id("n5") }),
            node(
                "n5",
                NodeKind::Foreign {
                    action_type: "send-email".to_owned(),
                    definition: json!({"z": 1, "a": [true, null]}),
                    next: id("n6"),
                },
            ),
            node("n6", NodeKind::Note { text: "Ask the warehouse first.".to_owned(), next: None }),
        ]),
    }
}

fn problem() -> TemplateProblem {
    TemplateProblem {
        severity: Severity::Error,
        code: "trailing-comma".to_owned(),
        message: "The last element ends with a comma.".to_owned(),
        range: 4..9,
        line: 2,
        column: 1,
        excerpt: "{% for item in items %}".to_owned(),
        fix: Some(Fix { label: "Leave out the last comma".to_owned(), edits: vec![(4..5, String::new())] }),
    }
}

fn delivery() -> Delivery {
    Delivery {
        id: DeliveryId::new("01J00000000000000000001"),
        flow_id: FlowId::new("Xa3bQ9"),
        flow_name: "Order to ERP".to_owned(),
        node_id: NodeId::new("n2"),
        webhook_name: "Order to ERP".to_owned(),
        run_id: Some(RunId::new("r1")),
        event_id: Some(EventId::new("e1")),
        profile_id: ProfileId::new("p1"),
        recipient_email: "sam@example.com".to_owned(),
        origin: DeliveryOrigin::Flow,
        repeat_policy: RepeatPolicy::AtLeastOnce,
        created_at: at(0),
        request: Some(RenderedRequest {
            url: "https://erp.example.com/orders".to_owned(),
            headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
            body: "{\"id\": 7}".to_owned(),
        }),
        status: DeliveryStatus::WaitingToRetry { due_at: at(10_000) },
        n_attempts: 1,
        n_scheduled_attempts: 1,
        first_attempt_at: Some(at(5)),
        last_outcome: Some(AttemptOutcome::Answered { status: 503, retry_after_millis: Some(10_000) }),
        may_have_arrived: false,
        updated_at: at(250),
    }
}

fn index_names(delivery: &Delivery) -> Vec<&'static str> {
    stored(delivery);
    delivery.to_row().index_keys.into_keys().collect()
}

#[test]
fn flows() {
    let saved = Some(SavedFlow { version: 4, flow: flow(), saved_at: at(1) });
    assert_stored!(stored(&FlowDocument { working: flow(), saved, edited_at: at(9) }));
}

#[test]
fn a_card_of_an_unknown_kind_is_kept_word_for_word() {
    let kinds = [
        json!({"split-test": {"ways": [{"share": 0.5, "next": "n3"}], "next": "n4", "z": null, "a": 1}}),
        json!({"fork": {"first": "n3", "second": "n4"}}),
        json!("wait-for-ever"),
    ];
    for (kind, next) in kinds.into_iter().zip([Some("n4"), None, None]) {
        let mut row = FlowDocument { working: flow(), saved: None, edited_at: at(9) }.to_row();
        let mut json: Value = serde_json::from_str(&row.json).unwrap();
        json["working"]["nodes"]["n3"]["kind"] = kind;
        row.json = json.to_string();
        let document = FlowDocument::from_row(&row).unwrap();
        assert_eq!(document.to_row().json, row.json);
        let node = &document.working.nodes[&NodeId::new("n3")];
        assert_eq!(node.kind.links(), next.map(NodeId::new).iter().collect::<Vec<_>>());
        // The rest of the flow is what it was.
        assert_eq!(document.working.nodes.len(), flow().nodes.len());
    }
}

#[test]
fn an_unknown_card_that_is_moved_leads_to_its_new_neighbour() {
    let fields = json!({"next": "n4", "a": 1}).as_object().unwrap().clone();
    let kind = NodeKind::Unknown { name: "split-test".to_owned(), fields, next: Some(NodeId::new("n6")) };
    let working = Flow { nodes: [node("n1", kind)].into(), ..flow() };
    let json: Value =
        serde_json::from_str(&FlowDocument { working, saved: None, edited_at: at(9) }.to_row().json).unwrap();
    assert_eq!(json["working"]["nodes"]["n1"]["kind"], json!({"split-test": {"next": "n6", "a": 1}}));
}

#[test]
fn the_steps_of_a_history() {
    let before = flow();
    let after = apply(&before, FlowEdit::DeleteNode { node_id: NodeId::new("n3"), keep: Branch::Yes }).unwrap();
    let renamed = apply(&after, FlowEdit::SetName { name: "Orders".to_owned() }).unwrap();
    let mut history = FlowHistory::of(Arc::new(before));
    let rows = [after, renamed].map(|flow| {
        let StepWrite { marks, put, .. } = history.record(Arc::new(flow), None).unwrap();
        let (number, step) = put.unwrap();
        let flow_id = FlowId::new("Xa3bQ9");
        let marks = stored(&StoredMarks { flow_id: flow_id.clone(), edited_at: at(9), marks });
        [stored(&StoredStep { flow_id, number, step }), marks]
    });
    assert_stored!(rows);
}

#[test]
fn versions_of_a_flow_sort_by_their_number() {
    let saved = |version| SavedFlow { version, flow: flow(), saved_at: at(1) };
    let keys = [2, 10].map(|version| saved(version).to_row().key);
    assert_eq!(keys, ["Xa3bQ9/00000002", "Xa3bQ9/00000010"]);
    stored(&saved(4));
}

#[test]
fn a_date_trigger_from_before_schedules_is_read() {
    let document = FlowDocument {
        working: Flow {
            trigger: Trigger::DateProperty { property: "birthday".to_owned(), schedule: DateSchedule::default() },
            ..flow()
        },
        saved: Some(SavedFlow { version: 4, flow: flow(), saved_at: at(1) }),
        edited_at: at(9),
    };
    let mut row = document.to_row();
    let mut json: Value = serde_json::from_str(&row.json).unwrap();
    json["working"]["trigger"]["date-property"].as_object_mut().unwrap().remove("schedule");
    (row.version, row.json) = (1, json.to_string());
    assert_eq!(FlowDocument::from_row(&row).unwrap(), document);
}

#[test]
fn every_trigger_and_reentry_rule_survives() {
    let triggers = [
        Trigger::Unset,
        Trigger::PriceDrop,
        Trigger::List { list: "l".to_owned() },
        Trigger::Segment { segment: "s".to_owned() },
        Trigger::DateProperty { property: "birthday".to_owned(), schedule: DateSchedule::default() },
    ];
    for trigger in triggers {
        for reentry in [Reentry::Always, Reentry::Never] {
            let working = Flow { trigger: trigger.clone(), reentry, ..flow() };
            stored(&FlowDocument { working, saved: None, edited_at: at(0) });
        }
    }
}

#[test]
fn every_test_of_a_condition_survives() {
    let (quantity, unit, date) = (2, DateUnit::Week, at(0));
    let dates = [
        DateComparison::After { date },
        DateComparison::Before { date },
        DateComparison::BetweenStatic { start: date, end: date },
        DateComparison::InTheLast { quantity, unit: DateUnit::Hour },
        DateComparison::InTheNext { quantity, unit: DateUnit::Day },
        DateComparison::AtLeast { quantity, unit },
        DateComparison::BetweenAgo { start: 1, end: 2, unit },
        DateComparison::Anniversary,
        DateComparison::AnniversaryMonth,
        DateComparison::AnniversaryInTheLast { quantity, unit },
        DateComparison::AnniversaryInTheNext { quantity, unit },
        DateComparison::CalendarMonth { month: 12 },
    ];
    let mut tests: Vec<Test> = dates.map(|comparison| Test::Date { comparison }).into();
    tests.push(Test::TextIn { values: vec!["a".to_owned()], is_in: true });
    tests.push(Test::NumberBetween { start: 0.1, end: 1e300 });
    tests.push(Test::ListLength { operator: NumberOperator::LessThan, value: 3 });
    tests.push(Test::ListSet { operator: ListOperator::NotContainsAny, values: vec!["a".to_owned()] });
    tests.push(Test::ListSubstring { value: "a".to_owned(), is_contained: false });
    tests.push(Test::Text { operator: TextOperator::NotMatches, value: "^a".to_owned() });
    for test in tests {
        let trigger_filter = ConditionGroups::of(condition(Subject::Profile, "x", test));
        let working = Flow { trigger_filter, ..flow() };
        stored(&FlowDocument { working, saved: None, edited_at: at(0) });
    }
}

#[test]
fn runs() {
    let run = Run {
        id: RunId::new("r1"),
        flow_id: FlowId::new("Xa3bQ9"),
        flow_version: Some(4),
        profile_id: ProfileId::new("p1"),
        event_id: Some(EventId::new("e1")),
        position: Some(NodeId::new("n3")),
        status: RunStatus::WaitingUntil { due_at: at(10) },
        visited: [NodeId::new("n1"), NodeId::new("n3")].into(),
        entered_at: at(0),
    };
    assert_stored!(stored(&RunDocument { run: run.clone(), event: None }));
    for status in [RunStatus::Active, RunStatus::Ended] {
        let document = RunDocument { run: Run { status, ..run.clone() }, event: None };
        stored(&document);
        assert!(!document.to_row().index_keys.contains_key("due"));
    }
}

#[test]
fn events() {
    assert_stored!(stored(&TriggerEvent {
        id: EventId::new("e1"),
        metric: "Placed Order".to_owned(),
        platform: "Shopify".to_owned(),
        profile_id: ProfileId::new("p1"),
        occurred_at: at(0),
        properties: object(json!({"z": 1.5, "$extra": {"b": "ü", "a": []}, "a": null})),
    }));
}

#[test]
fn profiles() {
    assert_stored!(stored(&Profile {
        id: ProfileId::new("p1"),
        email: "sam@example.com".to_owned(),
        first_name: "Sam".to_owned(),
        last_name: "Lee".to_owned(),
        phone_number: "+15550100".to_owned(),
        location: object(json!({"city": "Boston"})),
        properties: object(json!({"Loyalty points": 120})),
    }));
}

#[test]
fn settings() {
    assert_stored!(stored(&WorkspaceSettings::default()));
}

#[test]
fn the_practice_script() {
    let behaviours = [
        PracticeBehaviour::Answer { status: 429, retry_after: Some("30".to_owned()), body: "slow".to_owned() },
        PracticeBehaviour::Timeout,
        PracticeBehaviour::Unreachable,
        PracticeBehaviour::Redirect,
        PracticeBehaviour::NoCors,
    ];
    let first = behaviours.map(|behaviour| PracticeAnswer { delay_millis: 5, behaviour }).into();
    assert_stored!(stored(&PracticeScript { first, then: PracticeAnswer::ok(), failure_percent: 20, seed: u64::MAX }));
}

#[test]
fn deliveries() {
    assert_stored!(stored(&delivery()));
}

#[test]
fn a_finished_delivery() {
    assert_stored!(stored(&Delivery {
        origin: DeliveryOrigin::EditOf { delivery_id: DeliveryId::new("d0") },
        request: None,
        status: DeliveryStatus::Skipped { reason: SkipReason::PayloadProblem { problem: problem() }, at: at(1) },
        last_outcome: None,
        may_have_arrived: true,
        ..delivery()
    }));
}

#[test]
fn a_delivery_is_due_only_while_it_waits() {
    let with = |status: DeliveryStatus| index_names(&Delivery { status, ..delivery() }).contains(&"due");
    for reason in [WaitReason::Turn, WaitReason::Network, WaitReason::PausedDestination, WaitReason::LockedSecrets] {
        assert!(with(DeliveryStatus::Waiting { reason, due_at: at(0) }));
    }
    assert!(with(DeliveryStatus::WaitingToRetry { due_at: at(0) }));
    let kind = AttemptKind::Manual;
    let (started_at, due_at, resume_at) = (at(0), at(0), Some(at(1)));
    assert!(!with(DeliveryStatus::Sending { attempt_number: 2, started_at, due_at, kind, resume_at }));
    assert!(!with(DeliveryStatus::NeedsReview));
    assert!(!with(DeliveryStatus::Delivered { at: at(0) }));
}

#[test]
fn every_outcome_and_reason_survives() {
    let outcomes = [
        AttemptOutcome::Answered { status: 404, retry_after_millis: None },
        AttemptOutcome::TimedOut { timeout_millis: 30_000 },
        AttemptOutcome::Unreachable,
        AttemptOutcome::Interrupted,
        AttemptOutcome::Unreadable,
        AttemptOutcome::CutOff,
        AttemptOutcome::Redirected,
    ];
    for outcome in outcomes {
        for reason in [
            SkipReason::NotRetryable { outcome: outcome.clone() },
            SkipReason::RetriesUsedUp { outcome: outcome.clone() },
            SkipReason::DeadlinePassed { outcome: outcome.clone() },
            SkipReason::TestFailed { outcome: outcome.clone() },
            SkipReason::ResendFailed { outcome: outcome.clone() },
        ] {
            let status = DeliveryStatus::Skipped { reason, at: at(0) };
            let last_outcome = Some(outcome.clone());
            let names = index_names(&Delivery { status, last_outcome, origin: DeliveryOrigin::Test, ..delivery() });
            assert_eq!(names.contains(&"code"), matches!(outcome, AttemptOutcome::Answered { .. }));
            assert!(!names.contains(&"maybe") && !names.contains(&"due"));
        }
    }
    for reason in [
        SkipReason::PassedWhileClosed,
        SkipReason::AtMostOnce,
        SkipReason::RequestProblem { message: "no URL".to_owned() },
        SkipReason::Dismissed,
    ] {
        stored(&Delivery { status: DeliveryStatus::Skipped { reason, at: at(0) }, ..delivery() });
    }
}

#[test]
fn attempts() {
    let attempt = Attempt {
        delivery_id: DeliveryId::new("d1"),
        number: 2,
        kind: AttemptKind::Scheduled,
        due_at: at(0),
        started_at: at(3),
        end: None,
    };
    let response = ResponseRecord {
        status: 503,
        headers: vec![("retry-after".to_owned(), "10".to_owned())],
        body: Some("busy".to_owned()),
        is_body_cut: false,
    };
    let outcome = AttemptOutcome::Answered { status: 503, retry_after_millis: Some(10_000) };
    let end = Some(AttemptEnd { at: at(90), outcome, response: Some(response) });
    assert_stored!([stored(&attempt), stored(&Attempt { end, ..attempt })]);
}

#[test]
fn activity() {
    let delivery_id = DeliveryId::new("d1");
    let node_id = NodeId::new("n1");
    let outcome = AttemptOutcome::Answered { status: 503, retry_after_millis: None };
    let reason = "not set up".to_owned();
    let events = [
        ActivityEvent::RunStarted,
        ActivityEvent::EntryRefused { reason: reason.clone() },
        ActivityEvent::NodePassedOver { node_id: node_id.clone(), reason: reason.clone() },
        ActivityEvent::DelayStarted { node_id: node_id.clone(), until: at(9) },
        ActivityEvent::BranchTaken { node_id: node_id.clone(), is_yes: true, reason },
        ActivityEvent::DeliveryQueued { delivery_id: delivery_id.clone(), node_id },
        ActivityEvent::AttemptStarted { delivery_id: delivery_id.clone(), attempt_number: 1, due_at: at(0) },
        ActivityEvent::AttemptFinished { delivery_id: delivery_id.clone(), attempt_number: 1, outcome },
        ActivityEvent::RetryScheduled { delivery_id: delivery_id.clone(), due_at: at(10) },
        ActivityEvent::Delivered { delivery_id: delivery_id.clone() },
        ActivityEvent::Skipped { delivery_id, reason: SkipReason::PassedWhileClosed },
        ActivityEvent::RunEnded,
    ];
    let entry = |event| ActivityEntry { at: at(1), flow_id: FlowId::new("f"), profile_id: ProfileId::new("p"), event };
    let rows: Vec<Value> =
        (0..).zip(events).map(|(sequence, event)| stored(&LoggedEntry { sequence, entry: entry(event) })).collect();
    let keys: Vec<&Value> = rows.iter().map(|row| &row["key"]).collect();
    assert!(keys.is_sorted_by_key(|key| key.as_str()), "{keys:?}");
    assert_stored!(rows);
}

#[test]
fn destinations() {
    let failed = AttemptOutcome::Answered { status: 503, retry_after_millis: None };
    let destination = Destination {
        concurrency: Some(2),
        rate_per_minute: Some(120),
        ..(0..25).fold(Destination::new("https://erp.example.com"), |known, _| known.after(&failed, true, at(5)))
    };
    assert!(destination.pause.is_some());
    assert_stored!(stored(&destination));
}

#[test]
fn rows_from_before_a_field_was_added_are_read() {
    let destination = Destination { has_answered_readably: true, ..Destination::new("https://erp.example.com") };
    let json = r#"{"origin":"https://erp.example.com","has_answered_readably":true}"#.to_owned();
    assert_eq!(Destination::from_row(&Row { json, ..destination.to_row() }), Ok(destination));
    let settings = WorkspaceSettings::default();
    let json = settings.to_row().json.replace(r#","retention_days":null"#, "");
    assert!(!json.contains("retention"));
    assert_eq!(WorkspaceSettings::from_row(&Row { json, ..settings.to_row() }), Ok(settings));
}

#[test]
fn totals() {
    assert_stored!(stored(&Tally { key: "node/Xa3bQ9/n1".to_owned(), counters: vec![0, 0, 1, 4] }));
}

#[test]
fn generations() {
    assert_stored!(stored(&Generation { claimed_at: at(0) }));
}

#[test]
fn members() {
    let two_step = TwoStep {
        key: Sealed::new("00ff"),
        last_counter: 59_078_880,
        recovery: vec!["ab".to_owned(), "cd".to_owned()],
        since: at(5),
    };
    let mut roster = first_roster(MemberId::new("m1"), at(0));
    roster.members[0].two_step = Some(two_step);
    roster.seal = Some(Sealed::new("0102"));
    let vault = Vault {
        salt: "0a0b".to_owned(),
        cost: Cost { memory_kib: 19_456, n_passes: 4 },
        wrapped: Sealed::new("0304"),
        changed_at: at(7),
    };
    let entry = AuditEntry {
        id: "01J0".to_owned(),
        at: at(9),
        member_id: Some(MemberId::new("m1")),
        by: "Owner".to_owned(),
        act: Audited::RoleChanged,
        subject: "Ann".to_owned(),
        detail: "Analyst → Manager".to_owned(),
    };
    let guard = Guard { n_failures: 4, failed_at: Some(at(3)) };
    assert_stored!([stored(&roster), stored(&vault), stored(&guard), stored(&entry)]);
}

#[test]
fn secrets() {
    assert_stored!(stored(&SecretDocument {
        id: SecretId::new("s1"),
        kind: SecretKind::SigningKey,
        origin: "https://erp.example.com".to_owned(),
        name: "webhook-signature".to_owned(),
        made_at: at(1),
        made_by: "Owner".to_owned(),
        value: Sealed::new("0506"),
    }));
}

#[test]
fn the_inbox() {
    let text = r#"{"type":"dismiss","delivery_id":"d1"}"#.to_owned();
    assert_stored!(stored(&InboxText { command_id: CommandId::new("c1"), text }));
}

#[test]
fn lists_and_segments() {
    let members = |ids: &[&str]| ids.iter().map(|id| ProfileId::new(*id)).collect();
    let sets = ProfileSets {
        sets: vec![
            ProfileSet { kind: SetKind::List, name: "Newsletter".to_owned(), members: members(&["b", "a"]) },
            ProfileSet { kind: SetKind::Segment, name: "VIP".to_owned(), members: members(&[]) },
        ],
    };
    assert_stored!(stored(&sets));
}
