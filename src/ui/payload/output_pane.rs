//! What would be sent: the request, the body, and how it differs for another event.
//!
//! In: the workbench's newest rendering. Out: its output, tied piece by piece to the template.
//! Invariant: pointing at either side shows the other; a click goes there.

use std::sync::Arc;

use js_sys::{Array, Function, Reflect};
use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::{JsCast, JsValue};
use leptos::web_sys::Element;

use crate::domain::delivery::request::RenderedRequest;
use crate::domain::member::Permission;
use crate::domain::payload::json::find_fault;
use crate::domain::secret::masked;
use crate::runtime::preview::{Lane, PreviewContext};
use crate::ui::kit::{Button, ButtonKind, Choice, Icon, SelectField, Tab, Tabs, icon};
use crate::ui::members::{RefusalNote, use_why_not_look};
use crate::ui::payload::Facts;
use crate::ui::payload::clipboard::copy_text;
use crate::ui::payload::workbench::{Workbench, use_workbench};
use crate::ui::state::PreviewState;
use crate::view_model::copy_as::{as_curl, as_http};
use crate::view_model::difference::{Side, line_difference};
use crate::view_model::json_text::pretty_text;
use crate::view_model::messages;
use crate::view_model::output_map::{Changed, Markup, output_markup, place_of_line};
use crate::view_model::preview::byte_size;
use crate::view_model::sample::{event_detail, event_label};
use crate::view_model::utf16::utf16_ranges;

const TABS: [Tab; 3] = [
    Tab { value: "pretty", label: "Pretty" },
    Tab { value: "raw", label: "Raw" },
    Tab { value: "difference", label: "Difference" },
];

/// Longer bodies are slow to show.
const LARGE_BYTES: usize = 60_000;

/// The right pane.
#[component]
pub fn OutputPane() -> AnyView {
    let workbench = use_workbench();
    let tab = RwSignal::new("pretty");
    let may_look = use_why_not_look(Permission::Preview);
    let body = move || {
        if may_look.with(Option::is_some) {
            return view! { <RefusalNote why_not=may_look /> }.into_any();
        }
        view! {
            <div class="output-head">
                <Tabs id="output" label="How the body shows" tabs=&TABS chosen=tab />
                <Facts />
            </div>
            <div class="output-panel" id="output-panel" role="tabpanel" aria-labelledby=move || format!("output-{}", tab.get())>
                {move || {
                    if tab.get() == "difference" {
                        view! { <Difference /> }.into_any()
                    } else {
                        view! { <Body is_pretty=Signal::derive(move || tab.get() == "pretty") /> }.into_any()
                    }
                }}
            </div>
            <CopyAs />
        }
        .into_any()
    };
    view! { <div class="output">{request_head(workbench.request)}{body}</div> }.into_any()
}

/// The request line and the headers.
pub fn request_head(request: Signal<RenderedRequest>) -> AnyView {
    let lines = move || {
        let RenderedRequest { url, headers, .. } = request.get();
        let headers = headers
            .into_iter()
            .map(|(name, value)| (name, masked(&value).to_owned()))
            .map(|(name, value)| view! { <li><span class="request-header">{name}":"</span>" "{value}</li> }.into_any())
            .collect_view();
        view! {
            <p class="request-line"><strong>"POST"</strong>" "{url}</p>
            <ul>{headers}</ul>
        }
        .into_any()
    };
    view! { <div class="request-head">{lines}</div> }.into_any()
}

fn output_of(state: RwSignal<PreviewState>) -> Option<String> {
    state.with(|preview| preview.rendered.as_ref().and_then(|rendered| rendered.payload.output.clone()))
}

#[component]
fn Body(
    /// Whether it is indented.
    is_pretty: Signal<bool>,
) -> AnyView {
    let workbench = use_workbench();
    let preview = workbench.app_state.preview;
    let element = NodeRef::<html::Pre>::new();
    let markup = Memo::new(move |before: Option<&Option<Arc<Markup>>>| {
        let is_pretty = is_pretty.get();
        preview.with(|preview| {
            let payload = &preview.rendered.as_ref()?.payload;
            let output = payload.output.as_ref()?;
            let is_indented = is_pretty && (payload.sendable().is_some() || find_fault(output).is_none());
            let before = before.and_then(Option::as_deref);
            // The answer belongs to the text on the screen: older ones are dropped.
            let markup = |source: &String| output_markup(source, output, &payload.origins, is_indented, before);
            Some(Arc::new(workbench.inputs.source.with_untracked(markup)))
        })
    });
    show_markup(element, markup);
    mark_what_is_pointed_at(workbench, element, markup);
    let on_over = move |event: leptos::ev::MouseEvent| {
        let range = tag_under(&event).and_then(|idx| tag_range(markup, idx));
        let units = range.map(|range| utf16_ranges(&workbench.source(), &[range]));
        let units = units.and_then(|units| units.into_iter().next()).unwrap_or(0..0);
        workbench.with_editor(|editor| editor.show_origin(units.start, units.end, !units.is_empty()));
    };
    let on_leave = move |_| {
        workbench.with_editor(|editor| editor.show_origin(0, 0, false));
    };
    let on_click = move |event: leptos::ev::MouseEvent| {
        // A click that ends a selection is none.
        let range = tag_under(&event).and_then(|idx| tag_range(markup, idx));
        if let Some(range) = range.filter(|_| !is_selecting()) {
            workbench.jump(&(range.start..range.start));
        }
    };
    let size = Memo::new(move |_| output_of(preview).map_or(0, |output| output.len()));
    view! {
        {move || preview.with(|preview| preview.failure.clone()).map(failure_note)}
        {move || {
            let size = size.get();
            (size > LARGE_BYTES).then(|| {
                let words = messages::without_colours(&byte_size(size));
                view! { <p class="muted output-note">{words}</p> }
            })
        }}
        <Show
            when=move || markup.with(Option::is_some)
            fallback=move || {
                let words = preview.with(|preview| if preview.rendered.is_some() {
                    messages::DOES_NOT_RENDER
                } else {
                    "Nothing rendered yet."
                });
                view! { <p class="muted output-note">{words}</p> }
            }
        >
            <pre
                node_ref=element
                class="code-block output-code"
                tabindex="0"
                aria-label="Body"
                on:mouseover=on_over
                on:mouseleave=on_leave
                on:click=on_click
            ></pre>
        </Show>
    }
    .into_any()
}

fn failure_note(message: String) -> AnyView {
    let words = messages::preview_ended(&message);
    view! { <p class="note tone-fail output-note">{icon(Icon::Warning)}<span>{words}</span></p> }.into_any()
}

fn tag_under(event: &leptos::ev::MouseEvent) -> Option<usize> {
    let element: Element = event.target()?.dyn_into().ok()?;
    element.get_attribute("data-o")?.parse().ok()
}

/// Where the tag of this number stands.
fn tag_range(markup: Memo<Option<Arc<Markup>>>, tag_idx: usize) -> Option<std::ops::Range<usize>> {
    markup.with_untracked(|markup| markup.as_ref()?.tag(tag_idx))
}

/// Puts the output into its element; of a change only the lines that differ, or the parts where lines came or went.
fn show_markup(element: NodeRef<html::Pre>, markup: Memo<Option<Arc<Markup>>>) {
    Effect::new(move |before: Option<Option<Arc<Markup>>>| {
        let now = markup.get();
        // An element that is gone took what it showed with it.
        let (element, now) = (element.get()?, now?);
        let before = before.flatten().filter(|_| element.has_child_nodes()).unwrap_or_default();
        let put = match now.changed(&before) {
            Changed::Nothing => Ok(()),
            Changed::Lines(lines) => put_lines(&element, &now, lines),
            Changed::Parts { gone, come } => put_parts(&element, gone, &now.parts(come)),
        };
        if put.is_err() {
            element.set_inner_html(&now.parts(0..now.n_parts()));
        }
        Some(now)
    });
}

/// Writes lines anew where they stand.
fn put_lines(element: &Element, markup: &Markup, lines: std::ops::Range<usize>) -> Result<(), JsValue> {
    for line_idx in lines {
        let (part_idx, place) = place_of_line(line_idx);
        let line = child_at(element, part_idx).and_then(|part| child_at(&part, place));
        line.ok_or("the lines on the screen are others")?.set_inner_html(markup.line(line_idx));
    }
    Ok(())
}

/// Takes parts away and puts others in their place.
fn put_parts(element: &Element, gone: std::ops::Range<usize>, html: &str) -> Result<(), JsValue> {
    let removed: Vec<Element> = gone.clone().filter_map(|part_idx| child_at(element, part_idx)).collect();
    if removed.len() != gone.len() {
        return Err("the parts on the screen are others".into());
    }
    match child_at(element, gone.end) {
        Some(next) => next.insert_adjacent_html("beforebegin", html)?,
        None => element.insert_adjacent_html("beforeend", html)?,
    }
    for part in removed {
        part.remove();
    }
    Ok(())
}

fn child_at(element: &Element, child_idx: usize) -> Option<Element> {
    let children = Reflect::get(element, &"children".into()).ok()?;
    Reflect::get_u32(&children, u32::try_from(child_idx).ok()?).ok()?.dyn_into().ok()
}

/// Marks the output of the piece of template under the pointer, or else at the caret.
fn mark_what_is_pointed_at(workbench: Workbench, element: NodeRef<html::Pre>, markup: Memo<Option<Arc<Markup>>>) {
    let is_any_marked = StoredValue::new(false);
    Effect::new(move |_| {
        let at = workbench.hovered.get().unwrap_or_else(|| workbench.caret.get());
        let marked = markup.with(|markup| markup.as_ref().and_then(|markup| markup.tag_at(at)));
        let Some(element) = element.get() else { return };
        if marked.is_none() && !is_any_marked.get_value() {
            return;
        }
        is_any_marked.set_value(marked.is_some());
        request_animation_frame(move || drop(mark(&element, marked)));
    });
}

fn mark(element: &Element, marked: Option<usize>) -> Result<(), JsValue> {
    for piece in pieces(element, ".output-marked")? {
        piece.class_list().remove_1("output-marked")?;
    }
    if let Some(tag_idx) = marked {
        for piece in pieces(element, &format!("[data-o=\"{tag_idx}\"]"))? {
            piece.class_list().add_1("output-marked")?;
        }
    }
    Ok(())
}

/// The elements inside that match.
fn pieces(element: &Element, selector: &str) -> Result<Vec<Element>, JsValue> {
    let find: Function = Reflect::get(element, &"querySelectorAll".into())?.dyn_into()?;
    let found = Array::from(&find.call1(element, &selector.into())?);
    Ok(found.iter().filter_map(|piece| piece.dyn_into().ok()).collect())
}

/// Whether text is selected on the page.
fn is_selecting() -> bool {
    let selection = || {
        let get: Function = Reflect::get(&window(), &"getSelection".into())?.dyn_into()?;
        Reflect::get(&get.call0(&window())?, &"isCollapsed".into())
    };
    selection().is_ok_and(|is_collapsed: JsValue| is_collapsed.as_bool() == Some(false))
}

/// The body for the chosen event beside that for another.
#[component]
fn Difference() -> AnyView {
    let workbench = use_workbench();
    let app_state = workbench.app_state;
    let other = RwSignal::new(String::new());
    let choices = Signal::derive(move || {
        let profiles = app_state.profiles.get();
        let current = workbench.inputs.event.with(|event| event.as_ref().map(|event| event.id.clone()));
        let first = Choice::new("", "Choose an event…");
        let events = app_state.events.with(|events| {
            let others = events.iter().filter(|event| Some(&event.id) != current.as_ref());
            others
                .map(|event| {
                    let label = format!("{} ({})", event_label(event), event_detail(event, &profiles));
                    Choice::new(event.id.to_string(), label)
                })
                .collect::<Vec<_>>()
        });
        std::iter::once(first).chain(events).collect::<Vec<_>>()
    });
    let context = Memo::new(move |_| {
        let current = workbench.context.get()?;
        let event =
            app_state.events.with(|events| events.iter().find(|event| event.id.as_str() == other.get()).cloned())?;
        let profile = app_state
            .profiles
            .with(|profiles| profiles.iter().find(|profile| profile.id == event.profile_id).cloned())
            .unwrap_or_else(|| current.profile.clone());
        let id = app_state.next_number();
        Some(Arc::new(PreviewContext { id, profile, event: Some(event), ..(*current).clone() }))
    });
    Effect::new(move |_| {
        if let Some(context) = context.get() {
            workbench.inputs.ask(app_state, context, Lane::Compared, app_state.compared);
        }
    });
    let show = move || {
        if context.with(Option::is_none) {
            return view! { <p class="muted output-note">{messages::DIFFERENCE_EMPTY}</p> }.into_any();
        }
        let (Some(first), Some(second)) = (output_of(app_state.preview), output_of(app_state.compared)) else {
            return view! { <p class="muted output-note">{messages::DIFFERENCE_BROKEN}</p> }.into_any();
        };
        show_difference(&pretty_text(&first), &pretty_text(&second))
    };
    view! {
        <div class="output-difference">
            <SelectField
                id="compared-event"
                label="Compare with"
                choices=choices
                value=other
                on_change=move |event_id: String| other.set(event_id)
            />
            {show}
        </div>
    }
    .into_any()
}

fn show_difference(first: &str, second: &str) -> AnyView {
    let lines = line_difference(first, second);
    if lines.iter().all(|(side, _)| *side == Side::Both) {
        return view! { <p class="muted output-note">{messages::DIFFERENCE_NONE}</p> }.into_any();
    }
    let rows = lines
        .into_iter()
        .map(|(side, line)| {
            let (class, sign, word) = match side {
                Side::Both => ("difference-line", " ", ""),
                Side::First => ("difference-line difference-line--first", "−", "This event: "),
                Side::Second => ("difference-line difference-line--second", "+", "Other event: "),
            };
            view! {
                <span class=class>
                    <span aria-hidden="true">{sign}" "</span>
                    <span class="visually-hidden">{word}</span>
                    {line.to_owned()}
                    "\n"
                </span>
            }
            .into_any()
        })
        .collect_view();
    view! { <pre class="code-block difference" tabindex="0" aria-label="Difference">{rows}</pre> }.into_any()
}

/// Takes the request elsewhere.
#[component]
fn CopyAs() -> AnyView {
    let workbench = use_workbench();
    let copy = move |what: &'static str| {
        let body = output_of(workbench.app_state.preview).unwrap_or_default();
        let request = RenderedRequest { body, ..workbench.request.get_untracked() };
        let text = match what {
            "cURL" => as_curl(&request),
            "HTTP" => as_http(&request),
            _ => pretty_text(&request.body),
        };
        copy_text(workbench.app_state, &text, what);
    };
    let is_empty = Signal::derive(move || {
        workbench
            .app_state
            .preview
            .with(|preview| preview.rendered.as_ref().is_none_or(|rendered| rendered.payload.output.is_none()))
    });
    let buttons = ["cURL", "HTTP", "JSON"]
        .map(|what| {
            view! { <Button label=what kind=ButtonKind::Quiet glyph=Icon::Copy is_disabled=is_empty on_press=move |()| copy(what) /> }
        })
        .into_iter()
        .collect_view();
    view! { <div class="output-copy" role="group" aria-label="Copy the request as"><span class="muted">"Copy as"</span>{buttons}</div> }.into_any()
}
