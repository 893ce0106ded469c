//! Imports and exports: every layout, every shape, and what is broken in each.

use hookwright::domain::event::{Profile, TriggerEvent};
use hookwright::domain::id::{EventId, ProfileId};
use hookwright::domain::import::export::{ExportForm, write_events, write_profiles};
use hookwright::domain::import::reader::{Slice, layout_of};
use hookwright::domain::import::resolve::{Library, resolve};
use hookwright::domain::import::{Defaults, Item, Layout, Reader, RowKind, decode};
use hookwright::domain::lists::SetKind;
use hookwright::domain::samples;
use hookwright::domain::time::Timestamp;
use hookwright::runtime::library::ReadOrder;
use hookwright::runtime::reading;
use serde_json::{Value, json};

fn now() -> Timestamp {
    Timestamp::parse("2026-03-01T12:00:00Z").unwrap()
}

fn defaults() -> Defaults {
    Defaults { metric: "Placed Order".to_owned(), now: now(), row_kind: None }
}

fn read_as(text: &str, defaults: Defaults) -> Slice {
    Reader::new(text, defaults).read(usize::MAX)
}

fn read(text: &str) -> Slice {
    read_as(text, defaults())
}

fn events(slice: &Slice) -> Vec<(TriggerEvent, Option<Profile>)> {
    let found = slice.items.iter().filter_map(|item| match item {
        Item::Event(found) => Some((found.event.clone(), found.person.clone())),
        Item::Profile(_) => None,
    });
    found.collect()
}

fn profiles(slice: &Slice) -> Vec<Profile> {
    let found = slice.items.iter().filter_map(|item| match item {
        Item::Profile(profile) => Some(profile.clone()),
        Item::Event(_) => None,
    });
    found.collect()
}

fn one_event(text: &str) -> (TriggerEvent, Option<Profile>) {
    let slice = read(text);
    assert_eq!(slice.problems, [], "{text}");
    let mut found = events(&slice);
    assert_eq!((found.len(), slice.items.len()), (1, 1), "{text}");
    found.remove(0)
}

fn problem_lines(slice: &Slice) -> Vec<usize> {
    slice.problems.iter().map(|problem| problem.line).collect()
}

#[test]
fn the_body_of_create_event_is_an_event_with_its_person() {
    let body = json!({"data": {"type": "event", "attributes": {
        "properties": {"OrderId": "7", "Items": [{"SKU": "A"}]},
        "time": "2026-02-01T10:00:00+01:00", "value": 9.99, "value_currency": "EUR", "unique_id": "o-7",
        "metric": {"data": {"type": "metric", "attributes": {"name": "Fulfilled Order", "service": "shopify"}}},
        "profile": {"data": {"type": "profile", "id": "01P", "attributes": {
            "email": "ann@example.com", "first_name": "Ann", "title": "Dr", "location": {"city": "Bern", "zip": null},
            "properties": {"VIP": true}}}}
    }}});
    let (event, person) = one_event(&body.to_string());
    assert_eq!((event.metric.as_str(), event.platform.as_str()), ("Fulfilled Order", "shopify"));
    assert_eq!(event.occurred_at.to_string(), "2026-02-01T09:00:00.000Z");
    let expected =
        json!({"OrderId": "7", "Items": [{"SKU": "A"}], "$value": 9.99, "$currency_code": "EUR", "$event_id": "o-7"});
    assert_eq!(Value::Object(event.properties), expected);
    let person = person.unwrap();
    assert_eq!((person.id.as_str(), person.first_name.as_str()), ("01P", "Ann"));
    assert_eq!(Value::Object(person.properties), json!({"VIP": true, "title": "Dr"}));
    assert_eq!(Value::Object(person.location), json!({"city": "Bern"}));
}

#[test]
fn the_answer_of_get_events_finds_metric_and_person_beside_the_events() {
    let event = |id: &str, metric: &str, profile: &str| {
        json!({"type": "event", "id": id, "attributes": {"timestamp": 1_772_366_400, "uuid": "u",
            "event_properties": {"$value": 5}, "datetime": "2026-03-01T12:00:00+00:00"},
            "relationships": {"metric": {"data": {"type": "metric", "id": metric}}, "profile": {"data": {"type": "profile", "id": profile}}}})
    };
    let body = json!({
        "data": [event("e1", "M1", "P1"), event("e2", "M2", "P2"), {"type": "list", "id": "L", "attributes": {}}],
        "included": [
            {"type": "metric", "id": "M1", "attributes": {"name": "Placed Order", "integration": {"name": "Shopify"}}},
            {"type": "profile", "id": "P1", "attributes": {"email": "ann@example.com", "properties": {}}}
        ]
    });
    let slice = read(&body.to_string());
    let found = events(&slice);
    assert_eq!(found.len(), 2);
    assert_eq!((found[0].0.id.as_str(), found[0].0.platform.as_str()), ("e1", "Shopify"));
    assert_eq!(found[0].1.as_ref().unwrap().email, "ann@example.com");
    // What is not in the answer is not invented: the metric stands in, the person is known by id only.
    assert_eq!((found[1].0.metric.as_str(), found[1].0.profile_id.as_str()), ("Placed Order", "P2"));
    assert_eq!(found[1].1, None);
    assert_eq!(slice.problems.len(), 1, "the list is neither");
}

#[test]
fn get_profile_keeps_what_has_no_place_of_its_own() {
    let body = json!({"data": {"type": "profile", "id": "01P", "attributes": {
        "email": "ann@example.com", "phone_number": "+15550100", "external_id": "c-9", "organization": "Northwind", "locale": "en-US",
        "image": null, "location": {"address1": "1 Quay", "timezone": "Europe/Berlin"}, "properties": {"Favorite Color": "green"},
        "subscriptions": {"email": {"marketing": {"consent": "SUBSCRIBED"}}}}}});
    let found = profiles(&read(&body.to_string()));
    let expected = json!({"Favorite Color": "green", "external_id": "c-9", "organization": "Northwind", "locale": "en-US",
        "subscriptions": {"email": {"marketing": {"consent": "SUBSCRIBED"}}}});
    assert_eq!(Value::Object(found[0].properties.clone()), expected);
    assert_eq!((found[0].id.as_str(), found[0].phone_number.as_str()), ("01P", "+15550100"));
}

#[test]
fn bare_properties_and_older_calls_are_events_too() {
    let (event, person) = one_event(r#"{"OrderId": 5, "Items": [], "email": "ann@example.com"}"#);
    assert_eq!((event.metric.as_str(), event.occurred_at), ("Placed Order", now()));
    assert_eq!(event.properties.len(), 3);
    assert_eq!(person.unwrap().email, "ann@example.com");
    let track = r#"{"event": "Viewed Product", "customer_properties": {"$email": "b@example.com", "$first_name": "Ben", "$city": "Bern"},
        "properties": {"ProductID": "1"}, "time": 1772366400}"#;
    let (event, person) = one_event(track);
    assert_eq!((event.metric.as_str(), event.occurred_at), ("Viewed Product", now()));
    let person = person.unwrap();
    assert_eq!((person.email.as_str(), person.first_name.as_str()), ("b@example.com", "Ben"));
    assert_eq!(person.location["city"], "Bern");
    assert_eq!(
        profiles(&read(r#"{"email": "c@example.com", "Loyalty Points": 3}"#))[0].properties["Loyalty Points"],
        3
    );
}

#[test]
fn lists_lines_and_values_after_each_other_read_alike() {
    let one = r#"{"metric": "Placed Order", "properties": {"n": 1}}"#;
    let two = r#"{"metric": "Placed Order", "properties": {"n": "two\nlines \"}"}}"#;
    for (text, layout) in [
        (format!("[{one}, {two}]"), Layout::Json),
        (format!("{one}\n{two}"), Layout::JsonLines),
        (format!("\u{feff}{one}\r\n\r\n{two}\r\n"), Layout::JsonLines),
        (format!("{}\n{}", one.replace(", ", ",\n  "), two), Layout::Json),
        (format!(r#"{{"events": [{one}, {two}]}}"#), Layout::Json),
    ] {
        assert_eq!(layout_of(&text), layout, "{text}");
        let slice = read(&text);
        assert_eq!(slice.problems, [], "{text}");
        let numbers: Vec<_> = events(&slice).iter().map(|(event, _)| event.properties["n"].clone()).collect();
        assert_eq!(numbers, [json!(1), json!("two\nlines \"}")], "{text}");
        assert!(slice.is_last);
    }
}

#[test]
fn a_broken_row_is_told_at_its_line_and_the_others_come_in() {
    for (text, n_good, lines) in [
        ("[\n{\"metric\": \"A\"},\n{\"metric\": },\n{\"metric\": \"C\"}]", 2, vec![3]),
        ("{\"metric\": \"A\"}\n{\"metric\": \"B\"\n{\"metric\": \"C\"}\nnonsense\n", 2, vec![2, 4]),
        ("[\n  {\"metric\": \"A\",\n  {\"metric\": \"B\"},\n  5\n]", 1, vec![2, 4]),
        ("metric,n\nA,1\nB,2,3\n\"C,3\n\"D\",4\n", 2, vec![3, 4]),
        ("metric,time\nA,2026-02-01\nB,yesterday\nC,\n", 2, vec![3]),
        ("{\n  \"metric\": \"A\",\n  \"properties\": [1]\n}", 0, vec![1]),
        ("{\n  \"metric\": \"A\",\n  \"properties\": {,}\n}", 0, vec![3]),
        ("\"just text\"", 0, vec![]),
    ] {
        let slice = read(text);
        assert_eq!((slice.items.len(), problem_lines(&slice)), (n_good, lines), "{text}\n{:?}", slice.problems);
        assert!(slice.problems.iter().all(|problem| problem.message.ends_with('.')), "{:?}", slice.problems);
    }
}

#[test]
fn a_table_of_events_has_its_columns_read() {
    let text = "Event,Email,Time,$value,OrderId,zip,Items\r\nPlaced Order,ann@example.com,2026-02-01 08:30:00,19.90,0042,02110,\"[{\"\"SKU\"\":\"\"A,B\"\"}]\"\r\n,,,5,,,\r\n";
    let slice = read(text);
    assert_eq!(slice.problems, []);
    let found = events(&slice);
    let expected: Value =
        serde_json::from_str(r#"{"$value": 19.90, "OrderId": "0042", "zip": "02110", "Items": [{"SKU": "A,B"}]}"#)
            .unwrap();
    assert_eq!(Value::Object(found[0].0.properties.clone()), expected);
    assert_eq!(found[0].0.occurred_at.to_string(), "2026-02-01T08:30:00.000Z");
    assert_eq!(found[0].1.as_ref().unwrap().email, "ann@example.com");
    assert_eq!((found[1].0.metric.as_str(), found[1].0.occurred_at, &found[1].1), ("Placed Order", now(), &None));
}

#[test]
fn a_table_of_people_is_told_from_one_of_events() {
    let text =
        "Email;First Name;City;Loyalty Points;Loyalty Points\nann@example.com;Ann;Bern;3;4\nnobody;Ben;;;\n;;;;\n";
    let slice = read(text);
    assert_eq!(problem_lines(&slice), [3]);
    let found = profiles(&slice);
    assert_eq!(found[0].location["city"], "Bern");
    assert_eq!(Value::Object(found[0].properties.clone()), json!({"Loyalty Points": 3, "Loyalty Points (2)": 4}));
    // Unless a person says otherwise.
    let slice = read_as(text, Defaults { row_kind: Some(RowKind::Event), ..defaults() });
    assert_eq!(events(&slice).len(), 2);
}

#[test]
fn files_in_other_encodings_are_read() {
    let text = "metric,Name\nPlaced Order,Zoë — Müller\n";
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let latin: Vec<u8> = text.replace('—', "\u{96}").chars().map(|c| u32::from(c) as u8).collect();
    for (bytes, expected) in
        [(text.as_bytes().to_vec(), "Zoë — Müller"), (utf16, "Zoë — Müller"), (latin, "Zoë – Müller")]
    {
        let (decoded, _) = decode::decode(&bytes).unwrap();
        assert_eq!(one_event(&decoded).0.properties["Name"], expected);
    }
}

#[test]
fn five_megabytes_in_one_event_are_one_event() {
    let huge = "é\\\"\\n".repeat(900_000);
    let text = format!(r#"{{"metric": "Placed Order", "properties": {{"Notes": "{huge}", "n": 1}}}}"#);
    assert!(text.len() > 5_000_000, "{}", text.len());
    let (event, _) = one_event(&text);
    assert_eq!(event.properties["Notes"].as_str().unwrap().chars().count(), 2_700_000);
}

#[test]
fn thousands_come_in_slices_and_none_is_lost() {
    let row =
        |n: usize| format!("{{\"metric\": \"Placed Order\", \"id\": \"e{n}\", \"properties\": {{\"n\": {n}}}}}\n");
    let text: String = (0..5_000).map(row).collect();
    let mut reader = Reader::new(&text, defaults());
    let (mut n_slices, mut items, mut position) = (0, Vec::new(), 0);
    loop {
        let mut slice = reader.read(100);
        assert!(slice.position > position || slice.is_last, "each slice comes further");
        position = slice.position;
        n_slices += 1;
        items.append(&mut slice.items);
        if slice.is_last {
            break;
        }
    }
    assert_eq!((items.len(), position), (5_000, text.len()));
    assert!((50..=51).contains(&n_slices), "{n_slices}");
}

#[test]
fn what_a_worker_reads_arrives_as_it_was_read() {
    let samples = std::fs::read_to_string("public/samples.json").unwrap();
    let broken = "metric,email\nPlaced Order,a@example.com,3\nPlaced Order,b@example.com\n".to_owned();
    for text in [samples, broken] {
        let order = ReadOrder { ticket: 7, text: text.clone(), defaults: defaults() };
        let order = reading::read_order(&reading::order_text(&order)).unwrap();
        let mut whole = Slice::default();
        reading::read_all(&order, |reply| {
            let (ticket, mut slice, n_bytes) = reading::read_reply(&reply).unwrap();
            assert_eq!((ticket, n_bytes), (7, text.len()));
            whole.items.append(&mut slice.items);
            whole.problems.append(&mut slice.problems);
            (whole.position, whole.is_last) = (slice.position, slice.is_last);
        });
        assert_eq!(whole, read(&text));
    }
}

#[test]
fn every_sample_survives_every_layout() {
    let samples = samples::all().unwrap();
    let forms =
        [(ExportForm::Json, Layout::Json), (ExportForm::JsonLines, Layout::JsonLines), (ExportForm::Csv, Layout::Csv)];
    for (form, layout) in forms {
        let text = write_events(&samples.events.iter().collect::<Vec<_>>(), &samples.profiles, form);
        assert_eq!(layout_of(&text), layout);
        let slice = read_as(&text, Defaults { row_kind: Some(RowKind::Event), ..defaults() });
        assert_eq!(slice.problems, []);
        let found: Vec<_> = events(&slice).into_iter().map(|(event, _)| event).collect();
        for (found, expected) in found.iter().zip(&samples.events) {
            assert_eq!(found, expected, "{layout:?}");
        }
        assert_eq!(found.len(), samples.events.len());
        let text = write_profiles(&samples.profiles.iter().collect::<Vec<_>>(), form);
        assert_eq!(profiles(&read(&text)), samples.profiles, "{layout:?}");
    }
}

#[test]
fn bodies_for_klaviyo_say_all_but_ids_of_ours() {
    let samples = samples::all().unwrap();
    let text = write_events(&samples.events.iter().collect::<Vec<_>>(), &samples.profiles, ExportForm::KlaviyoBodies);
    assert!(samples.events.iter().all(|event| !text.contains(event.id.as_str())) && !text.contains("01HPROF"));
    for body in text.lines() {
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        let attributes = &body["data"]["attributes"];
        assert_eq!(body["data"]["type"], "event");
        assert!(attributes["time"].is_string() && attributes["properties"].is_object(), "{body}");
        assert!(attributes["profile"]["data"]["attributes"]["email"].is_string(), "{body}");
        assert!(attributes.get("value").is_none_or(serde_json::Value::is_number), "{body}");
    }
    let slice = read(&text);
    assert_eq!(slice.problems, []);
    let found = events(&slice);
    assert_eq!(found.len(), samples.events.len());
    for ((event, person), expected) in found.iter().zip(&samples.events) {
        assert_eq!((&event.metric, &event.platform), (&expected.metric, &expected.platform));
        assert_eq!((event.occurred_at, &event.properties), (expected.occurred_at, &expected.properties));
        let known = samples.profile_of(expected).unwrap();
        let person = person.as_ref().unwrap();
        assert_eq!((&person.email, &person.properties), (&known.email, &known.properties));
    }
    let text = write_profiles(&samples.profiles.iter().collect::<Vec<_>>(), ExportForm::KlaviyoBodies);
    let nameless = |profile: &Profile| Profile { id: ProfileId::new(""), ..profile.clone() };
    assert_eq!(profiles(&read(&text)), samples.profiles.iter().map(nameless).collect::<Vec<_>>());
}

#[test]
fn what_comes_in_is_fitted_to_what_is_there() {
    let samples = samples::all().unwrap();
    let library = Library { events: &samples.events, profiles: &samples.profiles };
    let ann = ProfileId::new("01HPROFANN");
    let known = hookwright::domain::import::shape::event_value(&samples.events[0], None);
    let text = json!([
        known,
        {"id": "capi-placed-10024", "metric": "Placed Order", "properties": {"changed": true}},
        {"metric": "Placed Order", "profile": {"email": "ANN.Lindqvist@example.com"}, "properties": {}},
        {"metric": "Placed Order", "profile": {"email": "new@example.com", "first_name": "New"}, "properties": {}},
        {"metric": "Placed Order", "profile": {"email": "new@example.com"}, "properties": {}},
        {"email": "ben.okafor@example.com", "first_name": "Benjamin"}
    ]);
    let slice = read(&text.to_string());
    assert_eq!(slice.problems, []);
    let resolved = resolve(&slice.items, library, Some(&ann), now(), 42);
    assert_eq!((resolved.n_same, resolved.n_replaced_events, resolved.n_replaced_profiles), (1, 1, 1));
    assert_eq!(resolved.n_given_to_fallback, 1);
    assert_eq!(resolved.events.len(), 4);
    let whose: Vec<_> = resolved.events.iter().map(|event| event.profile_id.clone()).collect();
    assert_eq!((&whose[0], &whose[1]), (&ann, &ann));
    assert_eq!(whose[2], whose[3], "one address, one person");
    let people: Vec<_> =
        resolved.profiles.iter().map(|person| (person.id.as_str(), person.first_name.as_str())).collect();
    assert_eq!(people, [("01HPROFBEN", "Benjamin"), (whose[2].as_str(), "New")]);
    let ids: std::collections::BTreeSet<&EventId> = resolved.events.iter().map(|event| &event.id).collect();
    assert_eq!(ids.len(), 4, "every event has an id of its own");
    assert_eq!(resolve(&slice.items, library, Some(&ann), now(), 42), resolved, "the same seed, the same ids");
}

#[test]
fn the_samples_cover_five_platforms_and_their_triggers() {
    let samples = samples::all().unwrap();
    for platform in ["Custom API", "Shopify", "WooCommerce", "Magento 2", "BigCommerce"] {
        for metric in ["Placed Order", "Started Checkout", "Viewed Product", "Added to Cart", "Fulfilled Order"] {
            let is_there = samples.events.iter().any(|event| event.platform == platform && event.metric == metric);
            assert!(is_there, "{platform}: {metric}");
        }
    }
    assert!(samples.events.iter().any(|event| event.metric == "Price Drop"));
    assert!(samples.events.iter().all(|event| samples.profile_of(event).is_some()));
    assert!(samples.profiles.iter().any(|person| person.properties.contains_key("Birthday")), "for the date trigger");
    for (kind, name) in
        [(SetKind::List, "Newsletter"), (SetKind::Segment, "Lapsed customers"), (SetKind::Segment, "VIP customers")]
    {
        let set = samples.sets.iter().find(|set| set.kind == kind && set.name == name).expect("a set of the gallery");
        let is_known = |member: &ProfileId| samples.profiles.iter().any(|person| person.id == *member);
        assert!(!set.members.is_empty() && set.members.iter().all(is_known), "{name}");
    }
    let first = samples::first();
    assert_eq!(first.default_event(), samples.default_event());
    assert_eq!(first.profiles, samples.profiles[..1]);
}
