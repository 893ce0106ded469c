//! Harsh data: every planted break is found at its field, and a payload that is safe has none.

use hookwright::domain::event::{Profile, TriggerEvent};
use hookwright::domain::id::{EventId, ProfileId};
use hookwright::domain::payload::harsh::{Break, variants};
use hookwright::domain::settings::WorkspaceSettings;
use hookwright::domain::time::Timestamp;
use hookwright::runtime::preview::{PreviewContext, sweep_all};
use serde_json::json;

fn context() -> PreviewContext {
    let object = |value: serde_json::Value| value.as_object().cloned().unwrap();
    PreviewContext {
        id: 1,
        profile: Profile {
            id: ProfileId::new("p1"),
            email: "ann@example.com".to_owned(),
            first_name: "Ann".to_owned(),
            last_name: "Lee".to_owned(),
            phone_number: "+4712345678".to_owned(),
            location: object(json!({"city": "Oslo"})),
            properties: object(json!({"Tier": "gold", "Points": 120, "Vip": true})),
        },
        event: Some(TriggerEvent {
            id: EventId::new("e1"),
            metric: "Placed Order".to_owned(),
            platform: "Custom".to_owned(),
            profile_id: ProfileId::new("p1"),
            occurred_at: Timestamp::from_millis(0),
            properties: object(json!({
                "OrderId": "10023",
                "$value": 29.5,
                "Qty": 2,
                "Gift": true,
                "Name": "Tea",
                "Note": "thanks",
                "Tags": ["a", "b"],
                "Items": [{"SKU": "A-1", "Price": 5.5, "Qty": 1}, {"SKU": "B-2", "Price": 7, "Qty": 3}],
                "Address": {"City": "Oslo", "Zip": "0150"}
            })),
        }),
        settings: WorkspaceSettings::default(),
        is_profile_only: false,
        snippets: Vec::new(),
    }
}

fn said(found: &Break) -> String {
    format!("{} {}", found.field, found.harshness.words())
}

const IN_TEXT: &[&str] = &["has quotes", "has a backslash", "has a line break"];
const BARE: &[&str] = &["is missing", "is null", "is empty"];
const LIST: &[&str] = &["is missing", "is null", "is an empty list"];

/// A payload, the field whose changes break it, and which must be found.
const PLANTED: &[(&str, &str, &[&str])] = &[
    // Text in quotes without an escape.
    (r#"{"a": "{{ event.Name }}"}"#, "event.Name", IN_TEXT),
    (r#"{"a": "{{ event|lookup:'Name' }}"}"#, "event.Name", IN_TEXT),
    (r#"{"a": "{{ first_name }}"}"#, "person.first_name", IN_TEXT),
    (r#"{"a": "{{ person.last_name }}"}"#, "person.last_name", IN_TEXT),
    (r#"{"a": "{{ person.phone_number }}"}"#, "person.phone_number", IN_TEXT),
    (r#"{"a": "{{ person.Tier }}"}"#, "person.Tier", IN_TEXT),
    (r#"{"a": "{{ person|lookup:'Tier' }}"}"#, "person.Tier", IN_TEXT),
    (r#"{"a": "{{ person.location.city }}"}"#, "person.location.city", IN_TEXT),
    (r#"{"a": "{{ event.Address.City }}"}"#, "event.Address.City", IN_TEXT),
    (r#"{"a": "{{ event.Tags.0 }}"}"#, "event.Tags[]", IN_TEXT),
    (r#"{"a": "{{ event.Items.0.SKU }}"}"#, "event.Items[].SKU", IN_TEXT),
    (r#"{"a": "{{ event|lookup:'Items'|lookup:'0'|lookup:'SKU' }}"}"#, "event.Items[].SKU", IN_TEXT),
    (r#"{"a": "{{ event.Name|upper }}"}"#, "event.Name", IN_TEXT),
    (r#"{"a": "{{ event.Name|default:'x' }}"}"#, "event.Name", IN_TEXT),
    (r#"{"a": "{{ event.Name|truncatechars:30 }}"}"#, "event.Name", IN_TEXT),
    (r#"{"a": "{{ event.Name|safe }}"}"#, "event.Name", IN_TEXT),
    (r#"{"a": "{{ event.Note|striptags }}"}"#, "event.Note", IN_TEXT),
    (r#"{"a": "{{ event.Note|slice:':20' }}"}"#, "event.Note", IN_TEXT),
    (r#"{"a": "{{ event.Note|linebreaksbr }}"}"#, "event.Note", IN_TEXT),
    (r#"{"a": "{{ event.Note|addslashes }}"}"#, "event.Note", &["has quotes", "has a line break"]),
    (r#"{"a": "{{ event.Note|cut:'x' }}"}"#, "event.Note", IN_TEXT),
    (r#"{"a": "Dear {{ event.Name }}, thanks"}"#, "event.Name", IN_TEXT),
    (r#"{"{{ event.Name }}": 1}"#, "event.Name", IN_TEXT),
    (r#"{% with n=event.Name %}{"a": "{{ n }}"}{% endwith %}"#, "event.Name", IN_TEXT),
    (r#"{"a": "{% firstof event.Name 'x' %}"}"#, "event.Name", IN_TEXT),
    (r#"{"a": "{{ event.Tags|join:', ' }}"}"#, "event.Tags[]", IN_TEXT),
    (r#"{"a": ["{{ event.Tags|join:'","' }}"]}"#, "event.Tags[]", IN_TEXT),
    (
        r#"[{% for i in event.Items %}"{{ i.SKU }}"{% if not forloop.last %},{% endif %}{% endfor %}]"#,
        "event.Items[].SKU",
        IN_TEXT,
    ),
    (
        r#"{ {% for k, v in event.Address.items %}"{{ k }}": "{{ v }}"{% if not forloop.last %},{% endif %}{% endfor %} }"#,
        "event.Address.City",
        IN_TEXT,
    ),
    (r#"{"a": "{% if event.Gift %}{{ event.Name }}{% endif %}"}"#, "event.Name", IN_TEXT),
    // A number without quotes and without a default.
    (r#"{"a": {{ event.Qty }}}"#, "event.Qty", BARE),
    (r#"{"a": {{ event|lookup:'$value' }}}"#, "event.$value", BARE),
    (r#"{"a": {{ event.Items.0.Price }}}"#, "event.Items[].Price", BARE),
    (r#"{"a": {{ person.Points }}}"#, "person.Points", BARE),
    (r#"{"a": {{ event.Qty|default_if_none:0 }}}"#, "event.Qty", &["is missing", "is empty"]),
    (r#"{"a": {{ event.Qty|floatformat:2 }}}"#, "event.Qty", BARE),
    (r#"{"a": {{ event.Qty|add:1 }}}"#, "event.Qty", BARE),
    (
        r#"[{% for i in event.Items %}{{ i.Price }}{% if not forloop.last %},{% endif %}{% endfor %}]"#,
        "event.Items[].Price",
        BARE,
    ),
    (r#"{"a": {{ event.Gift|lower }}}"#, "event.Gift", BARE),
    (r#"{"a": {{ person.Vip|lower }}}"#, "person.Vip", BARE),
    (
        r#"{"a": {{ event.OrderId }}}"#,
        "event.OrderId",
        &["is missing", "is empty", "has quotes", "has emoji", "is very long"],
    ),
    // Nothing where JSON wants a value.
    (r#"{% if event.Gift %}{"a": 1}{% endif %}"#, "event.Gift", BARE),
    (r#"{"a": {% if event.Qty > 1 %}1{% endif %}}"#, "event.Qty", BARE),
    (
        r#"[{% for t in event.Tags %}"{{ t|escapejs }}"{% if not forloop.last %},{% endif %}{% endfor %}, "end"]"#,
        "event.Tags",
        LIST,
    ),
    (
        r#"{"a": {% for t in event.Tags %}{% if forloop.first %}"{{ t|escapejs }}"{% endif %}{% endfor %}}"#,
        "event.Tags",
        LIST,
    ),
];

/// Payloads that nothing breaks.
const SAFE: &[&str] = &[
    r#"{"a": 1}"#,
    r#"{"a": "{{ event.Name|escapejs }}"}"#,
    r#"{"a": "{{ event|lookup:'Name'|escapejs }}"}"#,
    r#"{"a": "{{ first_name|escapejs }}"}"#,
    r#"{"a": "{{ full_name|escapejs }}"}"#,
    r#"{"a": "{{ person.last_name|escapejs }}"}"#,
    r#"{"a": "{{ person.phone_number|escapejs }}"}"#,
    r#"{"a": "{{ person.Tier|escapejs }}"}"#,
    r#"{"a": "{{ person|lookup:'Tier'|escapejs }}"}"#,
    r#"{"a": "{{ person.location.city|escapejs }}"}"#,
    r#"{"a": "{{ email }}"}"#,
    r#"{"a": "{{ event.Address.City|escapejs }}"}"#,
    r#"{"a": "{{ event.Tags.0|escapejs }}"}"#,
    r#"{"a": "{{ event.Items.0.SKU|escapejs }}"}"#,
    r#"{"a": "{{ event.Name|default:'x'|escapejs }}"}"#,
    r#"{"a": "{{ event.Name|upper|escapejs }}"}"#,
    r#"{"a": "{{ event.Name|truncatechars:10|escapejs }}"}"#,
    r#"{"a": "{{ event.Name|urlencode:'' }}"}"#,
    r#"{"a": "{{ event.Name|slugify }}"}"#,
    r#"{"a": "{{ event.Note|default_if_none:''|escapejs }}"}"#,
    r#"{"a": "Dear {{ event.Name|escapejs }}, thanks"}"#,
    r#"{"{{ event.Name|escapejs }}": 1}"#,
    r#"{% with n=event.Name|escapejs %}{"a": "{{ n }}"}{% endwith %}"#,
    r#"{"a": "{% filter escapejs %}{{ event.Name }} {{ event.Note }}{% endfilter %}"}"#,
    r#"{"a": "{{ event.Tags|join:', '|escapejs }}"}"#,
    r#"{"a": {{ event.Qty|default:0 }}}"#,
    r#"{"a": {{ event|lookup:'$value'|default:0 }}}"#,
    r#"{"a": {{ event.Items.0.Price|default:0 }}}"#,
    r#"{"a": {{ person.Points|default:'null' }}}"#,
    r#"{"a": {{ event.Qty|floatformat:2|default:0 }}}"#,
    r#"{"a": {{ event.Qty|add:1|default:0 }}}"#,
    r#"{"a": {{ event.Gift|yesno:'true,false,null' }}}"#,
    r#"{"a": {{ person.Vip|yesno:'true,false' }}}"#,
    r#"{"a": {% if event.Gift %}true{% else %}false{% endif %}}"#,
    r#"{"a": {% if event.Qty > 1 %}1{% else %}0{% endif %}}"#,
    r#"{"a": {{ event.Tags|length }}}"#,
    r#"[{% for t in event.Tags %}"{{ t|escapejs }}"{% if not forloop.last %},{% endif %}{% endfor %}]"#,
    r#"[{% for i in event.Items %}{"s": "{{ i.SKU|escapejs }}", "p": {{ i.Price|default:0 }}}{% if not forloop.last %},{% endif %}{% endfor %}]"#,
    r#"[{% for t in event.Tags %}"{{ t|escapejs }}"{% if not forloop.last %},{% endif %}{% empty %}"none"{% endfor %}]"#,
    r#"["start"{% for t in event.Tags %}, "{{ t|escapejs }}"{% endfor %}]"#,
    r#"{ {% if event.Name %}"a": "{{ event.Name|escapejs }}",{% endif %} "b": 1}"#,
    r#"{"a": {{ event.Qty|default:0 }}, "b": "{{ event.Note|escapejs }}", "c": {{ event.Gift|yesno:'true,false' }}}"#,
    r#"{"a": {% if event.Address.City %}"{{ event.Address.City|escapejs }}"{% else %}null{% endif %}}"#,
    r#"{"a": "{% if person.Tier == 'gold' %}G{% else %}-{% endif %}"}"#,
];

#[test]
fn every_planted_break_is_found_at_its_field() {
    assert!(PLANTED.len() >= 40);
    for (payload, field, planted) in PLANTED {
        let breaks = sweep_all(payload, &context());
        let found: Vec<_> = breaks.iter().map(said).collect();
        for words in *planted {
            let wanted = format!("{field} {words}");
            assert!(found.contains(&wanted), "{payload}\n{wanted} is not among {found:#?}");
        }
        for found in &breaks {
            assert!(found.range.end <= payload.len(), "{payload}: {found:?}");
        }
    }
}

#[test]
fn a_safe_payload_has_no_break() {
    assert!(SAFE.len() >= 40);
    for payload in SAFE {
        let found: Vec<_> =
            sweep_all(payload, &context()).iter().map(|found| format!("{}: {}", said(found), found.message)).collect();
        assert_eq!(found, Vec::<String>::new(), "{payload}");
    }
}

#[test]
fn a_break_names_the_tag_that_printed_the_value() {
    let payload = r#"{"a": 1, "b": "{{ event.Name }}", "c": "{{ event.Note|escapejs }}"}"#;
    for found in sweep_all(payload, &context()) {
        assert_eq!(&payload[found.range.clone()], "{{ event.Name }}", "{}", said(&found));
    }
}

#[test]
fn variants_are_the_same_each_time_and_cover_event_and_person() {
    let context = context();
    let all = || variants(&context.profile, context.event.as_ref());
    assert_eq!(all(), all());
    let fields: std::collections::BTreeSet<_> = all().into_iter().map(|variant| variant.field).collect();
    for field in
        ["event.Items[].SKU", "event.Address.City", "event.Tags[]", "person.first_name", "person.location.city"]
    {
        assert!(fields.contains(field), "{field} is not among {fields:?}");
    }
    assert!(
        all().iter().all(|variant| variant.field != "person.email"),
        "a profile without an address gets nothing sent"
    );
}
