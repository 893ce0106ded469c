//! The bridge to Klaviyo: every fixture goes in and out again unchanged, flows made here go out and come back, and all of
//! it fits the description of the API.

use std::collections::BTreeSet;
use std::path::PathBuf;

use hookwright::domain::flow::condition::{Condition, ConditionGroups, NumberOperator, Subject, Test};
use hookwright::domain::flow::delay::TimeOfDay;
use hookwright::domain::flow::model::*;
use hookwright::domain::flow::tree::is_tree;
use hookwright::domain::id::{FlowId, NodeId};
use hookwright::domain::klaviyo::action::ACTION_TYPES;
use hookwright::domain::klaviyo::curl::create_flow_command;
use hookwright::domain::klaviyo::export::{created, export_flow};
use hookwright::domain::klaviyo::import::{ImportError, Imported, import_flow};
use hookwright::domain::klaviyo::{IdKind, Ids};
use hookwright::domain::samples;
use serde_json::{Value, json};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures/klaviyo")
}

/// The fixtures by name, in order.
fn fixtures() -> Vec<(String, Value)> {
    let mut found: Vec<(String, Value)> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| !path.to_string_lossy().ends_with(".schema.json"))
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            (path.file_stem().unwrap().to_string_lossy().into_owned(), serde_json::from_str(&text).unwrap())
        })
        .collect();
    found.sort_by(|one, other| one.0.cmp(&other.0));
    assert!(found.len() >= 10);
    found
}

fn fixture(name: &str) -> Value {
    fixtures().into_iter().find(|(own, _)| own == name).unwrap().1
}

fn import(value: &Value) -> Imported {
    import_with(value, &Ids::default())
}

fn import_with(value: &Value, ids: &Ids) -> Imported {
    let imported = import_flow(&value.to_string(), FlowId::new("new"), ids).unwrap();
    assert!(is_tree(&imported.flow), "a flow is a tree");
    imported
}

fn definition(body: &Value) -> Value {
    body.pointer("/data/attributes/definition").unwrap().clone()
}

/// The definition as it would be created: without what is only read.
fn as_created(value: &Value) -> Value {
    let mut definition = definition(value);
    let actions = definition["actions"].as_array().unwrap().iter().map(created).collect();
    definition["actions"] = Value::Array(actions);
    definition
}

#[test]
fn every_fixture_goes_in_and_out_unchanged() {
    for (name, value) in fixtures() {
        let exported = export_flow(&import(&value).flow, &Ids::default());
        let (found, expected) = (definition(&exported.body), as_created(&value));
        for key in expected.as_object().unwrap().keys() {
            assert_eq!(found[key], expected[key], "{name}: {key}");
        }
        assert_eq!(found, expected, "{name}");
        assert_eq!(exported.body["data"]["attributes"]["name"], value["data"]["attributes"]["name"]);
    }
}

#[test]
fn what_went_out_comes_in_as_the_same_flow() {
    for (name, value) in fixtures() {
        let first = import(&value).flow;
        let again = import(&export_flow(&first, &Ids::default()).body).flow;
        let plain = |flow: &Flow| Flow { klaviyo: None, ..flow.clone() };
        // Foreign cards keep what came, which is now an action to be created.
        if !first.nodes.values().any(|node| matches!(node.kind, NodeKind::Foreign { .. } | NodeKind::Unknown { .. })) {
            assert_eq!(plain(&again), plain(&first), "{name}");
        }
    }
}

#[test]
fn the_fixtures_hold_every_action_and_every_trigger() {
    let (mut actions, mut triggers) = (BTreeSet::new(), BTreeSet::new());
    for (_, value) in fixtures() {
        let definition = definition(&value);
        for action in definition["actions"].as_array().unwrap() {
            actions.insert(action["type"].as_str().unwrap().to_owned());
        }
        let trigger = &definition["triggers"][0];
        let kind = trigger["date_field_type"].as_str().or(trigger["type"].as_str()).unwrap();
        triggers.insert(kind.to_owned());
    }
    for action_type in ACTION_TYPES {
        assert!(actions.contains(action_type), "{action_type}");
    }
    let expected = ["custom-object", "list", "low-inventory", "metric", "price-drop", "profile-property", "segment"];
    assert_eq!(triggers.into_iter().collect::<Vec<_>>(), expected);
}

fn webhook(next: Option<&str>) -> NodeKind {
    let action = WebhookAction {
        status: ActionStatus::Live,
        url: "https://erp.example.com/orders".to_owned(),
        headers: vec![HeaderRow { name: "X-Key".to_owned(), value: "k".to_owned() }],
        payload: "{\"a\": \"{{ event|lookup:'$value' }}\"}".to_owned(),
        ..WebhookAction::blank("Order")
    };
    NodeKind::Webhook { action, next: next.map(NodeId::new) }
}

fn condition(subject: Subject, property: &str, test: Test) -> ConditionGroups {
    ConditionGroups::of(Condition { subject, property: property.to_owned(), test })
}

/// Flows as they are built here: every kind of card, every trigger.
fn built() -> Vec<Flow> {
    let over = Test::Number { operator: NumberOperator::GreaterThan, value: 99.5 };
    let event = condition(Subject::Event, "$value", over.clone());
    let person = condition(Subject::Profile, "email", Test::Existence { is_set: true });
    let mut delay = TimeDelay::of(2, DelayUnit::Days);
    delay.until_time = TimeOfDay::parse("09:30");
    delay.weekdays = Some([hookwright::domain::flow::delay::Weekday::Friday].into());
    let mut flow = Flow::blank(FlowId::new("new"), "Built here");
    flow.entry = Some(NodeId::new("a"));
    for (id, kind) in [
        (
            "a",
            NodeKind::TriggerSplit {
                condition: event.clone(),
                yes: Some(NodeId::new("b")),
                no: Some(NodeId::new("c")),
            },
        ),
        ("b", NodeKind::TimeDelay { delay, next: Some(NodeId::new("d")) }),
        ("c", NodeKind::ConditionalSplit { condition: person.clone(), yes: Some(NodeId::new("e")), no: None }),
        ("d", webhook(None)),
        ("e", webhook(None)),
    ] {
        flow.nodes.insert(NodeId::new(id), Node { id: NodeId::new(id), kind });
    }
    flow.profile_filter = person;
    flow.reentry = Reentry::AfterHours { hours: 36 };
    let metric = Trigger::Metric { metric: "Placed Order".to_owned() };
    let mut flows = vec![Flow { trigger: metric, trigger_filter: event, ..flow.clone() }];
    flows.push(Flow { trigger: Trigger::PriceDrop, ..flow.clone() });
    // The others bring no event to split on.
    let mut plain = Flow::blank(FlowId::new("new"), "Plain");
    plain.entry = Some(NodeId::new("d"));
    plain.nodes.insert(NodeId::new("d"), Node { id: NodeId::new("d"), kind: webhook(None) });
    for trigger in [
        Trigger::List { list: "Newsletter".to_owned() },
        Trigger::Segment { segment: "VIP".to_owned() },
        Trigger::DateProperty { property: "Birthday".to_owned(), schedule: DateSchedule::default() },
    ] {
        flows.push(Flow { trigger, ..plain.clone() });
    }
    flows
}

#[test]
fn flows_made_here_go_out_and_come_back_the_same() {
    let mut ids = Ids::default();
    ids.set(IdKind::Metric, "Placed Order", "UxQk4R");
    ids.set(IdKind::List, "Newsletter", "Y6nRLr");
    ids.set(IdKind::Segment, "VIP", "SgmT42");
    for flow in built() {
        let exported = export_flow(&flow, &ids);
        assert!(exported.needs.is_none_or(|need| need.id.is_some()));
        let back = import_with(&exported.body, &ids);
        assert_eq!(back.unnamed, []);
        assert_eq!(Flow { klaviyo: None, ..back.flow }, flow);
    }
}

#[test]
fn every_export_fits_the_description_of_the_api() {
    let schema: Value =
        serde_json::from_str(&std::fs::read_to_string(folder().join("create_flow.schema.json")).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let imported = fixtures().into_iter().map(|(_, value)| import(&value).flow);
    for flow in imported.chain(built()) {
        let body = export_flow(&flow, &Ids::default()).body;
        let faults: Vec<String> =
            validator.iter_errors(&body).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert_eq!(faults, Vec::<String>::new(), "{}", flow.name);
    }
    // The description does refuse what is wrong.
    let mut body = export_flow(&built()[0], &Ids::default()).body;
    body["data"]["attributes"]["definition"]["actions"][0]["id"] = json!("a");
    assert!(!validator.is_valid(&body));
}

#[test]
fn an_edited_part_is_written_anew_and_the_rest_as_it_came() {
    let value = fixture("splits_that_rejoin");
    let mut flow = import(&value).flow;
    let Some(NodeKind::TimeDelay { delay, .. }) = flow.nodes.get_mut(&NodeId::new("11")).map(|node| &mut node.kind)
    else {
        panic!("a delay");
    };
    delay.value = 5;
    let found = definition(&export_flow(&flow, &Ids::default()).body);
    let mut expected = as_created(&value);
    expected["actions"][1]["data"]["value"] = json!(5);
    assert_eq!(found, expected, "what the delay had beside its length is still there");
}

#[test]
fn branches_that_rejoin_are_parted_only_where_they_were_edited_apart() {
    let value = fixture("splits_that_rejoin");
    let mut flow = import(&value).flow;
    assert_eq!(flow.nodes.len(), 9, "three cards stand below both branches");
    let copy = flow.nodes.keys().find(|id| id.as_str().starts_with("15~")).unwrap().clone();
    let Some(NodeKind::Webhook { action, .. }) = flow.nodes.get_mut(&copy).map(|node| &mut node.kind) else {
        panic!("a webhook");
    };
    action.name = "Another".to_owned();
    let actions = definition(&export_flow(&flow, &Ids::default()).body)["actions"].as_array().unwrap().len();
    assert_eq!(actions, 9);
}

#[test]
fn unknown_actions_and_conditions_are_kept_and_said() {
    let imported = import(&fixture("all_twenty_actions"));
    let notes = imported.notes.join(" ");
    for part in ["send-email", "multi-branch-split", "profiles leave the flow there", "nothing leads to"] {
        assert!(notes.contains(part), "{part}: {notes}");
    }
    let branching = &imported.flow.nodes[&NodeId::new("a19")].kind;
    let NodeKind::Foreign { definition, next: None, .. } = branching else { panic!("a foreign card") };
    assert_eq!(definition["below"].as_array().unwrap().len(), 3);
    let imported = import(&fixture("every_condition"));
    assert!(imported.notes.join(" ").contains("count as not met"));
    let kept = imported.flow.profile_filter.conditions().filter(|condition| condition.property.starts_with("klaviyo:"));
    assert_eq!(kept.count(), 15, "two of texts, and all that ask for more than a property");
    for name in ["trigger_low_inventory", "trigger_date_custom_object"] {
        let imported = import(&fixture(name));
        assert_eq!(imported.flow.trigger, Trigger::Unset);
        assert!(imported.notes.join(" ").contains("starts nothing here"));
    }
}

#[test]
fn a_card_that_this_version_does_not_know_stays_here() {
    let mut flow = Flow::blank(FlowId::new("new"), "Built here");
    flow.trigger = Trigger::PriceDrop;
    flow.entry = Some(NodeId::new("u"));
    let next = Some(NodeId::new("a"));
    let unknown = NodeKind::Unknown { name: "split-test".to_owned(), fields: serde_json::Map::new(), next };
    for (id, kind) in [("u", unknown), ("a", webhook(None))] {
        let id = NodeId::new(id);
        flow.nodes.insert(id.clone(), Node { id, kind });
    }
    let exported = export_flow(&flow, &Ids::default());
    let found = definition(&exported.body);
    assert_eq!(found["entry_action_id"], json!("a"));
    assert_eq!(found["actions"].as_array().unwrap().len(), 1);
    assert!(exported.notes.join(" ").contains("does not know"));
}

#[test]
fn ids_get_names_and_names_get_ids() {
    let value = fixture("order_to_erp");
    assert_eq!(import(&value).unnamed, [(IdKind::Metric, "UxQk4R".to_owned())]);
    let mut ids = Ids::default();
    ids.set(IdKind::Metric, "Placed Order", "UxQk4R");
    let imported = import_with(&value, &ids);
    assert_eq!(imported.flow.trigger, Trigger::Metric { metric: "Placed Order".to_owned() });
    // The flow remembers, so that its own export needs no mapping.
    let exported = export_flow(&imported.flow, &Ids::default());
    assert_eq!(definition(&exported.body), as_created(&value));
    assert_eq!(exported.needs.unwrap().id.as_deref(), Some("UxQk4R"));
    // Without an id there is a placeholder that nobody takes for one.
    let exported = export_flow(&samples::first_flow(), &Ids::default());
    assert_eq!(definition(&exported.body)["triggers"][0]["id"], "YOUR_METRIC_ID");
    assert!(exported.notes.join(" ").contains("practice receiver"));
}

#[test]
fn what_is_no_flow_says_so() {
    let import = |text: &str| import_flow(text, FlowId::new("f"), &Ids::default()).unwrap_err();
    assert!(matches!(import("{"), ImportError::NotJson { .. }));
    assert_eq!(import(r#"{"data": {"type": "flow", "attributes": {"name": "x"}}}"#), ImportError::NoDefinition);
    assert_eq!(import(r#"{"data": {"type": "profile", "attributes": {"definition": {}}}}"#), ImportError::NoFlow);
    let actions: Vec<Value> = (0..40)
        .map(|n| {
            json!({"id": format!("n{n}"), "type": "conditional-split", "data": {"profile_filter": null},
            "links": {"next_if_true": format!("n{}", n + 1), "next_if_false": format!("n{}", n + 1)}})
        })
        .collect();
    let endless = json!({"triggers": [], "entry_action_id": "n0", "actions": actions});
    assert_eq!(import(&endless.to_string()), ImportError::TooManyCards);
    let circle = json!({"triggers": [], "entry_action_id": "a", "actions": [
        {"id": "a", "type": "time-delay", "links": {"next": "b"}, "data": {"value": 1}},
        {"id": "b", "type": "time-delay", "links": {"next": "a"}, "data": {"value": 1}}]});
    let imported = import_flow(&circle.to_string(), FlowId::new("f"), &Ids::default()).unwrap();
    assert!(imported.notes.join(" ").contains("cut"));
}

#[test]
fn the_command_holds_the_body_and_no_key() {
    let body = export_flow(&built()[0], &Ids::default()).body;
    let command = create_flow_command(&body);
    assert!(command.starts_with("curl --request POST 'https://a.klaviyo.com/api/flows'"));
    assert!(command.contains("Klaviyo-API-Key $KLAVIYO_PRIVATE_KEY"));
    let sent = command.split_once("<<'FLOW'\n").unwrap().1.strip_suffix("\nFLOW\n").unwrap();
    assert_eq!(serde_json::from_str::<Value>(sent).unwrap(), body);
}
