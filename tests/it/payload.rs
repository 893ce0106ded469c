//! JSON faults of rendered payloads, each told at the place that caused it, with a mend that works.
//!
//! A row's template marks the place with `«` and `»`.

use std::ops::Range;

use hookwright::domain::payload::{RenderOptions, RenderedPayload, render_payload};
use hookwright::domain::template::problem::{Fix, Severity, TemplateProblem};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn order() -> Map<String, Value> {
    let context = json!({
        "email": "ann@example.com", "first_name": "Ann",
        "person": {"City": "Köln", "Loyalty Points": 120},
        "event": {
            "title": "12\" pan", "note": "line one\nline two", "path": "C:\\temp", "tab": "a\tb", "both": "a \"b\"\nc",
            "none": null, "empty": "", "yes": true, "no": false, "total": 29.5, "count": 3, "zero": 0, "name": "Mug",
            "tags": ["new", "sale"], "sizes": [1, 2], "flags": [true, null], "address": {"city": "Köln"}, "nothing": [],
            "price_text": "$40", "leading": "007", "when": "2024-05-17T10:30:00+00:00", "html": "Fish & chips",
            "$value": 29.5, "Item Name": "Mug",
            "items": [{"name": "Mug", "price": 4.5, "gift": false}, {"name": "12\" pan", "price": 30, "gift": true}]
        }
    });
    context.as_object().cloned().unwrap_or_default()
}

fn render(source: &str) -> RenderedPayload {
    render_payload(source, &order(), RenderOptions::default())
}

fn unmarked(marked: &str) -> (String, Range<usize>) {
    let start = marked.find('«').expect("a marked place");
    let end = marked.find('»').expect("a closed mark") - '«'.len_utf8();
    (marked.replace(['«', '»'], ""), start..end)
}

fn apply(source: &str, fix: &Fix) -> String {
    let mut mended = source.to_owned();
    for (range, text) in fix.edits.iter().rev() {
        mended.replace_range(range.clone(), text);
    }
    mended
}

fn find<'a>(rendered: &'a RenderedPayload, code: &str, place: &Range<usize>, source: &str) -> &'a TemplateProblem {
    let found = rendered.problems.iter().find(|problem| problem.code == code && problem.range == *place);
    found.unwrap_or_else(|| {
        panic!("no `{code}` at {place:?} of {source}\n{:#?}\n{:?}", rendered.problems, rendered.output)
    })
}

/// The problem is there, and its mend makes the payload one that can be sent.
fn mends(code: &str, marked: &str) {
    let (source, place) = unmarked(marked);
    let rendered = render(&source);
    let problem = find(&rendered, code, &place, &source);
    let fix = problem.fix.as_ref().unwrap_or_else(|| panic!("no fix for {problem:#?}"));
    let mended = apply(&source, fix);
    let again = render(&mended);
    assert!(
        !again.problems.iter().any(|again| again.code == code && again.range.start == place.start),
        "{mended}\n{again:#?}"
    );
    let output = again.output.as_deref().unwrap_or_default();
    assert!(serde_json::from_str::<Value>(output).is_ok(), "{mended}\n{output}\n{:#?}", again.problems);
}

/// The problem is there.
fn tells(code: &str, marked: &str) {
    let (source, place) = unmarked(marked);
    find(&render(&source), code, &place, &source);
}

#[test]
fn values_that_break_a_text_are_told_and_mended() {
    mends("quote-in-value", r#"{"a": "«{{ event.title }}»"}"#);
    mends("newline-in-value", r#"{"a": "«{{ event.note }}»"}"#);
    mends("backslash-in-value", r#"{"a": "«{{ event.path }}»"}"#);
    mends("control-in-value", r#"{"a": "«{{ event.tab }}»"}"#);
    mends("quote-in-value", r#"{"a": "«{{ event.both }}»"}"#);
    mends("quote-in-value", r#"{"a": "The «{{ event.title }}» costs {{ event.total }}"}"#);
    mends("quote-in-value", r#"{"a": "«{{ event.title|upper }}»"}"#);
    mends("quote-in-value", "{\"a\": {\"b\": [\"«{{ event.title|default:'x' }}»\"]}}");
    mends(
        "quote-in-value",
        r#"[{% for item in event.items %}"«{{ item.name }}»"{% if not forloop.last %},{% endif %}{% endfor %}]"#,
    );
    mends("quote-in-value", r#"{% with t=event.title %}{"a": "«{{ t }}»"}{% endwith %}"#);
    mends("quote-in-value", r#"{"«{{ event.title }}»": 1}"#);
    mends("quote-in-value", r#"{"a": "{% if event.yes %}«{{ event.title }}»{% endif %}"}"#);
}

#[test]
fn values_that_are_no_json_are_told_and_mended() {
    mends("none-in-json", r#"{"a": «{{ event.none }}»}"#);
    mends("none-in-json", r#"{"a": «{{ event|lookup:'none' }}», "b": 1}"#);
    mends("none-in-json", r#"[1, «{{ event.none }}»]"#);
    mends("boolean-in-json", r#"{"a": «{{ event.yes }}»}"#);
    mends("boolean-in-json", r#"{"a": «{{ event.no }}»}"#);
    mends("boolean-in-json", r#"{"a": [«{{ event.yes }}»]}"#);
    mends(
        "boolean-in-json",
        r#"[{% for item in event.items %}{"gift": «{{ item.gift }}»}{% if not forloop.last %},{% endif %}{% endfor %}]"#,
    );
    mends("python-in-json", r#"{"a": «{{ event.tags }}»}"#);
    mends("python-in-json", r#"{"a": «{{ event.flags }}»}"#);
    tells("python-in-json", r#"{"a": «{{ event.address }}»}"#);
    tells("python-in-json", r#"{"a": «{{ event.items }}»}"#);
    mends("unquoted-text", r#"{"a": «{{ event.name }}»}"#);
    mends("unquoted-text", r#"{"a": «{{ event.title }}»}"#);
    mends("unquoted-text", r#"{"a": «{{ event.price_text }}»}"#);
    mends("unquoted-text", r#"{"a": «{{ event.leading }}»}"#);
    mends("unquoted-text", r#"[«{{ email }}»]"#);
    mends("unquoted-text", "{\n  \"a\": «{{ event.when }}»\n}");
}

#[test]
fn empty_values_are_told_where_nothing_was_printed() {
    mends("empty-value", r#"{"a": «{{ event.missing }}», "b": 1}"#);
    mends("empty-value", r#"{"a": «{{ event.missing }}»}"#);
    mends("empty-value", r#"{"a": «{{ event.empty }}»}"#);
    mends("empty-value", r#"{"a":«{{ event.missing.price }}»}"#);
    mends("empty-value", "{\n \"a\": «{{ missing }}»,\n \"b\": 2\n}");
    mends("empty-value", r#"[«{{ event.empty }}», 1]"#);
    mends("empty-value", r#"{"a": [{"b": «{{ event.items.9.price }}»}]}"#);
    mends("missing-value", r#"{"a": «{% if event.no %}»1{% endif %}}"#);
    mends("empty-value", r#"{"a": {% if event.yes %}«{{ event.missing }}»{% endif %}}"#);
    tells("empty-value", r#"{"a": {% for tag in event.sizes %}«{{ event.missing }}»{% endfor %}}"#);
    tells("missing-value", r#"{"a":« »}"#);
    tells("empty-output", r#"«»{% if event.no %}{}{% endif %}"#);
}

#[test]
fn commas_are_told_and_mended() {
    mends("trailing-comma", r#"[{% for item in event.items %}{"p": {{ item.price }}}«,»{% endfor %}]"#);
    mends("trailing-comma", r#"{"items": [{% for tag in event.tags %}"{{ tag }}"«,» {% endfor %}]}"#);
    mends("trailing-comma", "[{% for size in event.sizes %}\n  {{ size }}«,»\n{% endfor %}]");
    mends("trailing-comma", r#"{"a": 1«,»}"#);
    mends("trailing-comma", r#"[1, 2«,» ]"#);
    mends("trailing-comma", "{\n  \"a\": 1«,»\n}");
    mends("trailing-comma", r#"{"a": 1«,»{% if event.no %}"b": 2{% endif %}}"#);
    tells("trailing-comma", r#"[{% for item in event.items %}{% if item.gift %}1«,»{% endif %}{% endfor %}]"#);
    mends("missing-comma", r#"[{% for item in event.items %}«{»"p": {{ item.price }}}{% endfor %}]"#);
    mends("missing-comma", r#"[{% for tag in event.tags %}«"»{{ tag }}"{% endfor %}]"#);
    mends("missing-comma", r#"{"a": 1 «"»b": 2}"#);
    mends("missing-comma", "{\n  \"a\": \"x\"\n  «\"»b\": 2\n}");
    mends("missing-comma", r#"{"a": {{ event.total }} «"»b": 2}"#);
    mends("missing-comma", r#"[1 «2»]"#);
}

#[test]
fn signs_of_other_languages_are_told_and_mended() {
    mends("single-quotes", r#"{«'»a': 1}"#);
    mends("single-quotes", r#"{"a": «'»b'}"#);
    mends("smart-quotes", r#"{«“»a”: 1}"#);
    mends("smart-quotes", r#"{"a": «“»{{ event.name }}”}"#);
    mends("comment-in-json", "{\n  «/»/ the total\n  \"a\": 1\n}");
    mends("bad-word", r#"{"a": «None»}"#);
    mends("bad-word", r#"{"a": «True», "b": 1}"#);
    mends("bad-word", r#"{"a": «pending»}"#);
    mends("bad-number", r#"{"a": «007»}"#);
    mends("bad-escape", r#"{"a": "C:«\»data"}"#);
    mends("newline-in-text", "{\"a\": \"one«\n»two\"}");
    tells("unclosed-json", r#"«{»"a": [1]"#);
    tells("unclosed-json", r#"{"a": «[»1"#);
    tells("wrong-close", r#"{"a": 1«]»"#);
    tells("trailing-text", r#"{"a": 1}«}»"#);
    tells("missing-colon", r#"{"a" «1»}"#);
    tells("missing-key", r#"{«a»: 1}"#);
}

#[test]
fn templates_that_cannot_be_read_are_told_and_mended() {
    mends("space-after-colon", r#"{"a": "{{ event.name|default:« »'x' }}"}"#);
    mends("smart-quotes", "{\"a\": \"{{ event.name|default«:’x’» }}\"}");
    mends("unknown-filter", r#"{"a": "{{ event.name|«uper» }}"}"#);
    mends("unknown-filter", r#"{"a": "{{ event.name|«striphtml» }}"}"#);
    mends("unknown-tag", r#"{"a": {% if event.no %}1«{% elsif event.yes %}»2{% else %}3{% endif %}}"#);
    mends("unclosed-block", r#"{"a": 1}«{% if event.no %}»"#);
    mends("foreign-operator", r#"{"a": {% if event.yes «&&» event.no %}1{% else %}2{% endif %}}"#);
    mends("foreign-operator", r#"{"a": {% if event.count «=» 3 %}1{% else %}2{% endif %}}"#);
    mends("subscript", r#"{"a": "{{ event.items.0«['name']» }}"}"#);
    tells("needs-lookup", r#"{"a": {{ event.«$value» }}}"#);
    tells("unavailable-tag", r#"«{% coupon_code 'x' %}»"#);
    tells("unavailable-tag", r#"«{% include 'x' %}»"#);
    tells("unavailable-filter", r#"{"a": {{ event.total|«intcomma» }}}"#);
}

#[test]
fn variables_that_do_not_exist_are_told_with_the_one_that_was_meant() {
    mends("unknown-variable", r#"{"a": "{{ event.«nmae» }}"}"#);
    mends("unknown-variable", r#"{"a": "{{ «emial» }}"}"#);
    mends(
        "unknown-variable",
        r#"[{% for item in event.items %}"{{ item.«prices» }}"{% if not forloop.last %},{% endif %}{% endfor %}]"#,
    );
    tells("unknown-variable", r#"{"a": "{{ event.«nothing_of_the_kind» }}"}"#);
    mends("date-of-text", r#"{"a": "{{ event.when|«date»:'Y' }}"}"#);
    mends("none-in-text", r#"{"a": "«{{ event.none }}»"}"#);
    mends("python-in-text", r#"{"a": "«{{ event.tags }}»"}"#);
    let clean = r#"{"a": "{{ event.missing|default:'' }}", "b": {% if event.other %}1{% else %}2{% endif %}, "c": {{ event|lookup:'$value' }}}"#;
    assert_eq!(render(clean).problems, Vec::new());
}

#[test]
fn an_event_in_a_profile_flow_is_told() {
    let options = RenderOptions { is_profile_only: true, ..RenderOptions::default() };
    let rendered = render_payload(r#"{"a": "{{ event.name }}"}"#, &order(), options);
    let problem = rendered.problems.first().expect("a problem");
    assert_eq!(
        (problem.code.as_str(), problem.severity, problem.range.clone()),
        ("event-in-profile-flow", Severity::Error, 10..20)
    );
    assert_eq!(rendered.sendable(), None);
}

#[test]
fn origins_lead_from_output_to_source() {
    let source = "{\"n\": \"{{ event.name }}\"}";
    let rendered = render(source);
    assert_eq!(rendered.output.as_deref(), Some("{\"n\": \"Mug\"}"));
    let places: Vec<_> =
        rendered.origins.iter().map(|origin| (origin.output.clone(), &source[origin.source.clone()])).collect();
    assert_eq!(places, [(0..7, "{\"n\": \""), (7..10, "{{ event.name }}"), (10..12, "\"}")]);
}

#[test]
fn a_tag_opened_in_a_long_payload_is_named_with_its_line() {
    let rendered = render("{\n\n {% for item in event.items %}\n 1\n}");
    let problem = rendered.problems.first().expect("a problem");
    assert_eq!((problem.line, problem.column, problem.excerpt.as_str()), (3, 2, " {% for item in event.items %}"));
    insta::assert_snapshot!(problem.message, @"`{% for %}`, opened on line 3, is not closed: `{% endfor %}` is missing");
}

proptest! {
    #[test]
    fn no_payload_makes_it_panic(source in "[\\{\\}%\"':,|a-z0-9 .\\n\\[\\]\\\\«é\u{1f600}]{0,80}") {
        let rendered = render(&source);
        for problem in rendered.problems {
            prop_assert!(source.get(problem.range.clone()).is_some());
            for (range, _) in problem.fix.into_iter().flat_map(|fix| fix.edits) {
                prop_assert!(source.get(range).is_some());
            }
        }
    }
}
