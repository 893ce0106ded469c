//! The help inside: every tag and filter has an example, each example prints what it says, and every link leads somewhere.

use hookwright::domain::template::engine::{CompileOptions, Context, RenderSetting, compile};
use hookwright::view_model::help::{Block, Entry, Example, HelpBook};
use hookwright::view_model::route::Route;
use serde_json::json;

/// Both use a second template, which an example has not.
const WITHOUT_EXAMPLE: [&str; 2] = ["include", "extends"];

fn book() -> HelpBook {
    HelpBook::read(&std::fs::read_to_string("public/help.json").unwrap()).unwrap()
}

fn printed(entry: &Entry, example: &Example) -> String {
    let options = CompileOptions { dialect: entry.dialect(), is_autoescape_on: false, ..CompileOptions::default() };
    let template =
        compile(&example.template, &options).unwrap_or_else(|problems| panic!("{}: {problems:?}", entry.name));
    let context = Context::from_json(json!({ "event": example.event }).as_object().unwrap());
    template
        .render(&context, &RenderSetting::default())
        .unwrap_or_else(|problem| panic!("{}: {problem:?}", entry.name))
        .text
}

#[test]
fn every_tag_and_filter_has_an_example_that_uses_it_and_prints_what_it_says() {
    let entries = book().entries("");
    assert!(entries.len() > 150, "{}", entries.len());
    for entry in entries {
        let Some(example) = &entry.example else {
            assert!(WITHOUT_EXAMPLE.contains(&entry.name), "{} has no example", entry.name);
            continue;
        };
        let use_of_it = if entry.is_tag { ["{% ", entry.name].concat() } else { ["|", entry.name].concat() };
        assert!(example.template.contains(&use_of_it), "{} is not used in {}", entry.name, example.template);
        let printed = printed(&entry, example);
        match &example.output {
            Some(output) => assert_eq!(&printed, output, "{}", entry.name),
            None => assert!(!printed.is_empty(), "{} prints nothing", entry.name),
        }
    }
}

#[test]
fn topics_have_addresses_of_their_own_and_their_links_lead_somewhere() {
    let book = book();
    let ids: Vec<_> = book.topics.iter().map(|topic| topic.id.as_str()).collect();
    for wanted in ["start", "language", "retries", "cors", "limits", "shortcuts"] {
        assert_eq!(ids.iter().filter(|id| **id == wanted).count(), 1, "{wanted}");
    }
    for topic in &book.topics {
        assert!(!topic.blocks.is_empty(), "{}", topic.id);
        for block in &topic.blocks {
            if let Block::Link { to, .. } = block {
                assert!(!matches!(Route::parse(to), Route::Unknown { .. }), "{to}");
            }
        }
    }
}

#[test]
fn what_is_looked_for_is_found_in_words_and_in_the_reference() {
    let book = book();
    let found =
        |wanted: &str| -> Vec<String> { book.search(wanted).into_iter().map(|(topic, _)| topic.id.clone()).collect() };
    assert!(found("preflight").contains(&"cors".to_owned()));
    assert!(found("RETRY-AFTER").contains(&"retries".to_owned()));
    // Whichever apostrophe is typed.
    assert!(!found("the receiver's answer").is_empty());
    assert_eq!(found("floatformat"), ["language"]);
    assert_eq!(found("no such words"), Vec::<String>::new());
    assert_eq!(found("").len(), book.topics.len());
    assert_eq!(book.entries("urlencodeplus").len(), 1);
}
