//! Conditions in groups: every group must hold, and in a group one condition is enough.
//!
//! In: the groups as they stand. Out: the groups as edited.
//! Invariant: says the AND and the OR in words, and every problem at its condition.

use std::ops::Not;

use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;

use crate::domain::flow::check::FlowField;
use crate::domain::flow::condition::{Condition, ConditionGroups, Subject, Test};
use crate::domain::id::NodeId;
use crate::domain::time::MONTHS;
use crate::ui::builder::inspector::field_problems;
use crate::ui::builder::{Builder, use_builder};
use crate::ui::kit::{Button, ButtonKind, Icon, IconButton, icon, soon};
use crate::ui::page::use_page;
use crate::ui::state::use_app_state;
use crate::view_model::condition::{
    FieldKind, KnownProperty, OPERATORS, UNITS, ValueField, blank_condition, event_properties, operator_slug,
    profile_properties, sample_text, test_for_sample, value_fields, with_alternative, with_condition, with_field,
    with_group, with_operator, without_condition,
};
use crate::view_model::messages::{self, sentence};

/// What the parts of one editor share.
#[derive(Clone, Copy)]
struct Editor {
    id: &'static str,
    subject: Subject,
    groups: Memo<ConditionGroups>,
    known: Memo<Vec<KnownProperty>>,
    on_edit: Callback<ConditionGroups>,
    builder: Builder,
}

/// Which condition: its group, and its place there.
type Place = (usize, usize);

impl Editor {
    fn condition(self, (group_idx, condition_idx): Place) -> Condition {
        let found = self
            .groups
            .with(|groups| groups.groups.get(group_idx).and_then(|group| group.conditions.get(condition_idx)).cloned());
        found.unwrap_or_else(|| blank_condition(self.subject))
    }

    fn set(self, place: Place, condition: Condition) {
        self.on_edit.run(self.groups.with_untracked(|groups| with_condition(groups, place, condition)));
    }

    /// Takes groups with a condition more or less, as a step of its own, and moves the focus to where one goes on.
    fn restructure(self, groups: ConditionGroups, next: Option<Place>) {
        self.builder.seal();
        self.on_edit.run(groups);
        self.builder.seal();
        let selector = match next {
            Some(place) => format!("#{}", self.property_id(place)),
            None => format!("#{}-add button", self.id),
        };
        soon(move || focus_first(&selector));
    }

    fn property_id(self, (group_idx, condition_idx): Place) -> String {
        format!("{}-{group_idx}-{condition_idx}-property", self.id)
    }

    /// `Value of condition 1 in group 2`
    fn label(self, what: &str, (group_idx, condition_idx): Place) -> String {
        format!("{what} of condition {} in group {}", condition_idx + 1, group_idx + 1)
    }
}

/// The editor of one filter or split.
#[component]
pub fn ConditionEditor(
    /// Ties its parts together; unique on the page.
    id: &'static str,
    /// What it is called.
    label: &'static str,
    /// Whose properties are compared.
    subject: Subject,
    /// As they stand.
    groups: Memo<ConditionGroups>,
    /// What no condition means.
    empty_words: &'static str,
    /// The card, if it is one's.
    node_id: Option<StoredValue<NodeId>>,
    /// The field that problems of the whole are about.
    field: FlowField,
    /// Runs with all groups after every change.
    #[prop(into)]
    on_edit: Callback<ConditionGroups>,
) -> AnyView {
    let app_state = use_app_state();
    let builder = use_builder();
    let known = Memo::new(move |_| match subject {
        Subject::Event => {
            let metric =
                builder.flow.with(|flow| flow.as_ref().and_then(|flow| flow.trigger.event_metric().map(str::to_owned)));
            app_state.events.with(|events| event_properties(events, metric.as_deref()))
        }
        Subject::Profile => app_state.profiles.with(|profiles| profile_properties(profiles)),
    });
    let editor = Editor { id, subject, groups, known, on_edit, builder };
    let n_groups = Memo::new(move |_| groups.with(|groups| groups.groups.len()));
    let add = move |()| {
        let group_idx = groups.with_untracked(|groups| groups.groups.len());
        editor.restructure(groups.with_untracked(|groups| with_group(groups, subject)), Some((group_idx, 0)));
    };
    // What is wrong with one condition is said there, and not twice.
    let has_own_notes = Memo::new(move |_| {
        groups.with(|groups| groups.conditions().any(|condition| !condition.is_set_up() || condition.flaw().is_some()))
    });
    view! {
        <fieldset class="field conditions">
            <legend class="field-label">{label}</legend>
            <datalist id=format!("{id}-names")>
                {move || {
                    known
                        .get()
                        .into_iter()
                        .map(|known| view! { <option value=known.name>{sample_text(&known.sample)}</option> })
                        .collect_view()
                }}
            </datalist>
            <p class="field-hint">
                {move || match n_groups.get() {
                    0 => empty_words,
                    1 => messages::CONDITIONS_ONE_GROUP,
                    _ => messages::CONDITIONS_GROUPS,
                }}
            </p>
            <For each=move || 0..n_groups.get() key=|group_idx| *group_idx let:group_idx>{show_group(editor, group_idx)}</For>
            <div id=format!("{id}-add")>
            <Button
                label=Signal::derive(move || {
                    if n_groups.get() == 0 { "Add a condition".to_owned() } else { "And: add a group".to_owned() }
                })
                kind=ButtonKind::Quiet
                glyph=Icon::Plus
                on_press=add
            />
            </div>
            {move || has_own_notes.get().not().then(|| field_problems(builder, node_id.map(|node_id| Signal::derive(move || node_id.get_value())), field))}
        </fieldset>
    }
    .into_any()
}

fn focus_first(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok())
        && element.focus().is_err()
    {
        leptos::logging::warn!("the focus could not move to {selector}");
    }
}

fn show_group(editor: Editor, group_idx: usize) -> AnyView {
    let n_conditions = Memo::new(move |_| {
        editor.groups.with(|groups| groups.groups.get(group_idx).map_or(0, |group| group.conditions.len()))
    });
    let add = move |()| {
        let edited = editor.groups.with_untracked(|groups| with_alternative(groups, group_idx, editor.subject));
        editor.restructure(edited, Some((group_idx, n_conditions.get_untracked())));
    };
    view! {
        {(group_idx > 0).then(|| view! { <p class="condition-and" aria-hidden="true"><span>"and"</span></p> })}
        <div class="condition-group" role="group" aria-label=format!("Group {}", group_idx + 1)>
            <For each=move || 0..n_conditions.get() key=|condition_idx| *condition_idx let:condition_idx>
                {show_condition(editor, (group_idx, condition_idx))}
            </For>
            <Button label="Or: add an alternative" kind=ButtonKind::Quiet glyph=Icon::Plus on_press=add />
        </div>
    }
    .into_any()
}

fn show_condition(editor: Editor, place: Place) -> AnyView {
    let page = use_page();
    let condition = Memo::new(move |_| editor.condition(place));
    let property = move || condition.with(|condition| condition.property.clone());
    let note_id = format!("{}-{}-{}-note", editor.id, place.0, place.1);
    let flaw = Memo::new(move |_| {
        condition.with(|condition| condition.flaw().filter(|_| condition.is_set_up()).map(|flaw| sentence(&flaw)))
    });
    let hint = move || condition.with(|condition| property_hint(editor.known.get(), condition.property.trim()));
    let on_property = move |event| {
        editor.set(place, Condition { property: event_target_value(&event), ..condition.get_untracked() });
    };
    // A property that was chosen for a condition nobody has filled in yet brings the comparison that suits it.
    let on_chosen = move |_| {
        let condition = condition.get_untracked();
        let is_untouched = condition.test == blank_condition(editor.subject).test;
        let sample = editor.known.with_untracked(|known| {
            known.iter().find(|known| known.name == condition.property).map(|known| known.sample.clone())
        });
        if let (true, Some(sample)) = (is_untouched, sample) {
            let test = test_for_sample(&sample, page.read_clock());
            if test != condition.test {
                editor.set(place, Condition { test, ..condition });
            }
        }
    };
    let remove = move |()| {
        let edited = editor.groups.with_untracked(|groups| without_condition(groups, place.0, place.1));
        // The next condition has slid into this place; at the end of a group its first is near.
        let is_there = |(group_idx, condition_idx): Place| {
            edited.groups.get(group_idx).is_some_and(|group| condition_idx < group.conditions.len())
        };
        let near = [place, (place.0, 0), (0, 0)].into_iter().find(|place| is_there(*place));
        editor.restructure(edited, near);
    };
    let show_note = move || match flaw.get() {
        Some(flaw) => view! { <p class="field-problem">{icon(Icon::Warning)}<span>{flaw}</span></p> }.into_any(),
        None => hint().map(|hint| view! { <p class="field-hint">{hint}</p> }).into_any(),
    };
    view! {
        {(place.1 > 0).then(|| view! { <p class="condition-or" aria-hidden="true"><span>"or"</span></p> })}
        <div class="condition">
            <input
                class="input input--code condition-property"
                id=editor.property_id(place)
                list=format!("{}-names", editor.id)
                placeholder="Property"
                autocomplete="off"
                spellcheck="false"
                aria-label=editor.label("Property", place)
                aria-describedby=note_id.clone()
                prop:value=property
                on:input=on_property
                on:change=on_chosen
            />
            <IconButton label=editor.label("Delete", place).replace("Delete of", "Delete") glyph=Icon::Delete on_press=remove />
            <div class="condition-test">
                {show_operators(editor, place, condition)}
                {show_fields(editor, place, condition)}
            </div>
            <div class="field-note" id=note_id>{show_note}</div>
        </div>
    }
    .into_any()
}

fn property_hint(known: Vec<KnownProperty>, property: &str) -> Option<String> {
    if property.is_empty() {
        return Some(messages::PROPERTY_MISSING.to_owned());
    }
    match known.into_iter().find(|known| known.name == property) {
        Some(known) => Some(sample_text(&known.sample)).filter(|text| !text.is_empty()),
        None => Some(messages::PROPERTY_UNKNOWN.to_owned()),
    }
}

fn show_operators(editor: Editor, place: Place, condition: Memo<Condition>) -> AnyView {
    let page = use_page();
    let element = NodeRef::<html::Select>::new();
    let slug = Memo::new(move |_| condition.with(|condition| operator_slug(&condition.test)));
    // The options are there before the value is set, which a plain attribute would not see to.
    Effect::new(move |_| {
        let slug = slug.get();
        if let Some(select) = element.get() {
            select.set_value(slug);
        }
    });
    let on_change = move |event| {
        let condition = condition.get_untracked();
        let test = with_operator(&condition.test, &event_target_value(&event), page.read_clock());
        editor.set(place, Condition { test, ..condition });
    };
    view! {
        <select
            class="input select"
            node_ref=element
            aria-label=editor.label("Comparison", place)
            inner_html=operator_options()
            on:change=on_change
        ></select>
    }
    .into_any()
}

/// The operators as options, by type. Plain text: nothing of a person's stands in it.
fn operator_options() -> String {
    let mut html = String::new();
    let mut group = "";
    for choice in OPERATORS {
        if choice.group != group {
            html.push_str(if group.is_empty() { "<optgroup label=\"" } else { "</optgroup><optgroup label=\"" });
            html.push_str(choice.group);
            html.push_str("\">");
            group = choice.group;
        }
        push_option(&mut html, choice.slug, choice.label);
    }
    html.push_str("</optgroup>");
    html
}

fn push_option(html: &mut String, value: &str, label: &str) {
    for piece in ["<option value=\"", value, "\">", label, "</option>"] {
        html.push_str(piece);
    }
}

fn show_fields(editor: Editor, place: Place, condition: Memo<Condition>) -> AnyView {
    let fields = Memo::new(move |_| condition.with(|condition| value_fields(&condition.test)));
    let slug = Memo::new(move |_| condition.with(|condition| operator_slug(&condition.test)));
    let each = move || {
        let slug = slug.get();
        let kinds: Vec<FieldKind> = fields.with(|fields| fields.iter().map(|field| field.kind).collect());
        kinds.into_iter().enumerate().map(move |(field_idx, kind)| (slug, field_idx, kind)).collect::<Vec<_>>()
    };
    view! {
        <For each=each key=|(slug, field_idx, _)| (*slug, *field_idx) let:field>
            {show_field(editor, place, condition, fields, (field.1, field.2))}
        </For>
    }
    .into_any()
}

fn show_field(
    editor: Editor,
    place: Place,
    condition: Memo<Condition>,
    fields: Memo<Vec<ValueField>>,
    (field_idx, kind): (usize, FieldKind),
) -> AnyView {
    let is_unreadable = RwSignal::new(false);
    let text = move || fields.with(|fields| fields.get(field_idx).map(|field| field.text.clone()).unwrap_or_default());
    let label = fields.with_untracked(|fields| fields.get(field_idx).map_or("Value", |field| field.label));
    let label = editor.label(label, place);
    let take = move |text: String| {
        let condition = condition.get_untracked();
        let test: Option<Test> = with_field(&condition.test, field_idx, &text);
        is_unreadable.set(test.is_none());
        if let Some(test) = test {
            editor.set(place, Condition { test, ..condition });
        }
    };
    let is_wrong = move || is_unreadable.get().then_some("true");
    match kind {
        FieldKind::Lines => view! {
            <textarea
                class="input condition-lines"
                rows="3"
                aria-label=label
                placeholder="One value a line"
                prop:value=text
                on:input=move |event| take(event_target_value(&event))
            ></textarea>
        }
        .into_any(),
        FieldKind::Unit | FieldKind::Month => {
            let element = NodeRef::<html::Select>::new();
            Effect::new(move |_| {
                let text = text();
                if let Some(select) = element.get() {
                    select.set_value(&text);
                }
            });
            let mut options = String::new();
            if kind == FieldKind::Unit {
                UNITS.iter().for_each(|(value, words)| push_option(&mut options, value, words));
            } else {
                (1..).zip(MONTHS).for_each(|(n, name): (u8, &str)| push_option(&mut options, &n.to_string(), name));
            }
            view! {
                <select
                    class="input select"
                    node_ref=element
                    aria-label=label
                    inner_html=options
                    on:change=move |event| take(event_target_value(&event))
                ></select>
            }
            .into_any()
        }
        FieldKind::Text | FieldKind::Number | FieldKind::Count | FieldKind::Date => {
            let (input_type, input_mode) = match kind {
                FieldKind::Date => ("date", "text"),
                FieldKind::Number => ("text", "decimal"),
                FieldKind::Count => ("text", "numeric"),
                FieldKind::Text | FieldKind::Lines | FieldKind::Unit | FieldKind::Month => ("text", "text"),
            };
            view! {
                <input
                    class="input"
                    type=input_type
                    inputmode=input_mode
                    autocomplete="off"
                    spellcheck="false"
                    aria-label=label
                    aria-invalid=is_wrong
                    prop:value=text
                    on:input=move |event| take(event_target_value(&event))
                />
                {move || {
                    is_unreadable
                        .get()
                        .then(|| view! { <span class="condition-unreadable">{messages::VALUE_UNREADABLE}</span> })
                }}
            }
            .into_any()
        }
    }
}
