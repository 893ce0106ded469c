//! The reference of the template language: each tag and filter with an example that runs in the page.
//!
//! In: the help file's examples, what is looked for. Out: a list; the opened entry's template, data and result.
//! Invariant: one entry is open at a time, and its result comes from the engine that renders payloads.

use leptos::prelude::*;

use crate::domain::template::catalog::Dialect;
use crate::runtime::preview::Reading;
use crate::ui::help::use_book;
use crate::ui::kit::{CodeArea, TextField, sentence_with_code};
use crate::ui::payload::workbench::PreviewInputs;
use crate::ui::state::use_app_state;
use crate::view_model::help::{Entry, Example};
use crate::view_model::json_text::pretty_value;
use crate::view_model::messages;
use crate::view_model::sandbox::{first_sandbox, sandbox_event, sandbox_profile};

/// Every tag and filter, or those that are looked for.
#[component]
pub fn Reference(
    /// What is looked for at first.
    find: String,
) -> AnyView {
    let book = use_book();
    let is_one = !find.is_empty();
    let wanted = RwSignal::new(find.clone());
    let opened = RwSignal::new(None::<(&'static str, bool)>);
    if is_one {
        // A link to one name opens it.
        let entries = book.with_value(|book| book.entries(&find));
        opened.set(entries.iter().find(|entry| entry.name == find).map(|entry| (entry.name, entry.is_tag)));
    }
    let list = move || {
        let entries = book.with_value(|book| book.entries(&wanted.get()));
        if entries.is_empty() {
            return view! { <p class="muted" role="status">{messages::HELP_NOTHING_FOUND}</p> }.into_any();
        }
        let (tags, filters): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| entry.is_tag);
        view! {
            {group("Tags", tags, opened)}
            {group("Filters", filters, opened)}
        }
        .into_any()
    };
    view! {
        <div class="help-reference">
            <TextField
                id="help-find"
                label="Find a tag or filter"
                input_type="search"
                value=wanted
                on_input=move |text: String| wanted.set(text)
            />
            {list}
        </div>
    }
    .into_any()
}

type Opened = RwSignal<Option<(&'static str, bool)>>;

fn group(title: &'static str, entries: Vec<Entry>, opened: Opened) -> Option<AnyView> {
    if entries.is_empty() {
        return None;
    }
    let rows = entries.into_iter().map(|entry| show_entry(entry, opened)).collect_view();
    Some(view! { <h3>{title}</h3><ul class="help-entries">{rows}</ul> }.into_any())
}

fn show_entry(entry: Entry, opened: Opened) -> AnyView {
    let key = (entry.name, entry.is_tag);
    let is_open = Memo::new(move |_| opened.get() == Some(key));
    let toggle = move |_| opened.update(|opened| *opened = if *opened == Some(key) { None } else { Some(key) });
    let name = if entry.is_tag { ["{% ", entry.name, " %}"].concat() } else { entry.name.to_owned() };
    let standing = entry.standing();
    let dialect = entry.dialect();
    let has_example = entry.example.is_some();
    let example = StoredValue::new(entry.example);
    view! {
        <li class="help-entry">
            <button
                type="button"
                class="help-entry-head"
                aria-expanded=move || is_open.get().to_string()
                disabled=!has_example
                on:click=toggle
            >
                <code>{name}</code>
                <span class="help-entry-doc">{sentence_with_code(entry.doc)}</span>
                <span class="help-entry-standing">{standing}</span>
            </button>
            {move || is_open.get().then(|| example.get_value().map(|example| live(example, dialect)))}
        </li>
    }
    .into_any()
}

/// The template and its data to change, and what becomes of them.
fn live(example: Example, dialect: Dialect) -> AnyView {
    let app_state = use_app_state();
    let template = RwSignal::new(example.template);
    let data = RwSignal::new(pretty_value(&example.event));
    let typed = Memo::new(move |_| data.with(|text| sandbox_event(text)));
    let profile = sandbox_profile(&first_sandbox().profile).ok();
    let inputs = PreviewInputs {
        source: template.into(),
        event: Memo::new(move |before: Option<&Option<_>>| typed.get().ok().or_else(|| before.cloned().flatten()))
            .into(),
        profile: Signal::stored(profile),
        is_profile_only: Signal::stored(false),
        reading: Signal::stored(Reading { is_django: dialect == Dialect::Django, is_autoescape_on: false }),
        snippets: Signal::stored(Vec::new()),
    };
    // What another screen rendered is not this example's.
    app_state.preview.update(|preview| preview.rendered = None);
    inputs.follow(app_state, inputs.context(app_state));
    let known = StoredValue::new(example.output.unwrap_or_default());
    let result = move || {
        let rendered = app_state.preview.with(|preview| {
            let Some(rendered) = &preview.rendered else { return preview.failure.clone().map(Err) };
            let problem = || rendered.payload.problems.first().map(|problem| messages::sentence(&problem.message));
            Some(rendered.payload.output.clone().ok_or_else(|| problem().unwrap_or_default()))
        });
        match rendered {
            // Until the engine has answered, what it is known to answer.
            None => view! { <pre class="help-output" tabindex="0">{known.get_value()}</pre> }.into_any(),
            Some(Ok(output)) if output.is_empty() => view! { <p class="muted">"Prints nothing."</p> }.into_any(),
            Some(Ok(output)) => view! { <pre class="help-output" tabindex="0">{output}</pre> }.into_any(),
            Some(Err(problem)) => view! { <p class="field-problem">{problem}</p> }.into_any(),
        }
    };
    let trouble = move || {
        typed.with(|typed| typed.as_ref().err().map(|problem| messages::at_line(problem.line, &problem.message)))
    };
    view! {
        <div class="help-live">
            <div class="help-live-part">
                <span class="field-label">"Template"</span>
                <CodeArea id="help-template" label="Template" value=template on_input=move |text: String| template.set(text) />
            </div>
            <div class="help-live-part">
                <span class="field-label">"Event"</span>
                <CodeArea id="help-event" label="Event, as JSON" value=data on_input=move |text: String| data.set(text) />
                {move || trouble().map(|trouble| view! { <p class="field-problem">{trouble}</p> })}
            </div>
            <div class="help-live-part" role="status" aria-label="Result">
                <span class="field-label">"Result"</span>
                {result}
            </div>
        </div>
    }
    .into_any()
}
