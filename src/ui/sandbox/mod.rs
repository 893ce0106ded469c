//! The sandbox: a template, an event and its output, with nothing to set up.
//!
//! In: what was typed, a library event, or a link. Out: the same editor as a webhook's; a payload for a webhook.
//! Invariant: opening a link loses nothing: what stood here before is one press away.

use leptos::prelude::*;

use crate::domain::delivery::request::RenderedRequest;
use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::id::{FlowId, NodeId};
use crate::runtime::preview::Reading;
use crate::ui::kit::large_text::{LARGE_BYTES, plain_area, settled};
use crate::ui::kit::{Button, ButtonKind, Choice, CodeArea, Icon, SelectField, Tab, Tabs, icon};
use crate::ui::page::use_page;
use crate::ui::payload::panes::{WorkbenchPanes, format_button, reading_controls};
use crate::ui::payload::share::ShareButton;
use crate::ui::payload::variables::VariablesPane;
use crate::ui::payload::workbench::{PreviewInputs, Workbench};
use crate::ui::shell::{PageHeader, go_to};
use crate::ui::state::{AppState, use_app_state};
use crate::view_model::delivery::Tone;
use crate::view_model::json_text::JsonProblem;
use crate::view_model::messages;
use crate::view_model::route::Route;
use crate::view_model::sample::{event_detail, event_label, event_text, profile_text};
use crate::view_model::sandbox::{Sandbox, sandbox_event, sandbox_profile};
use crate::view_model::share::{Shared, pack, unpack};

const DATA_TABS: [Tab; 3] = [
    Tab { value: "variables", label: "Variables" },
    Tab { value: "event", label: "Event" },
    Tab { value: "profile", label: "Profile" },
];

/// The address that stands for a receiver in copied commands.
const SAMPLE_URL: &str = "https://receiver.example.com/webhook";

/// How long nothing was typed before the sandbox is kept, in milliseconds.
const KEEP_AFTER_MILLIS: u64 = 600;

/// The screen.
#[component]
pub fn SandboxScreen() -> AnyView {
    let app_state = use_app_state();
    open_links(app_state);
    keep(app_state);
    let sandbox = app_state.sandbox;
    let change = move |act: Box<dyn FnOnce(&mut Shared)>| sandbox.update(|sandbox| act(&mut sandbox.shared));
    let event_text = Memo::new(move |_| sandbox.with(|sandbox| sandbox.shared.event.clone()));
    let settled = settled(event_text);
    let event_typed = Memo::new(move |_| settled.with(|text| sandbox_event(text)));
    let profile_text = Memo::new(move |_| sandbox.with(|sandbox| sandbox.shared.profile.clone()));
    let profile_typed = Memo::new(move |_| profile_text.with(|text| sandbox_profile(text)));
    let inputs = PreviewInputs {
        source: Memo::new(move |_| sandbox.with(|sandbox| sandbox.shared.template.clone())).into(),
        event: last_good(event_typed),
        profile: last_good_profile(profile_typed),
        is_profile_only: Signal::stored(false),
        reading: Memo::new(move |_| {
            sandbox.with(|sandbox| Reading {
                is_django: sandbox.shared.is_django,
                is_autoescape_on: sandbox.shared.is_autoescape_on,
            })
        })
        .into(),
    };
    let request = Signal::stored(RenderedRequest {
        url: SAMPLE_URL.to_owned(),
        headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
        body: String::new(),
    });
    let on_edit = Callback::new(move |text: String| change(Box::new(|shared| shared.template = text)));
    let on_reading = Callback::new(move |reading: Reading| {
        change(Box::new(move |shared| {
            shared.is_django = reading.is_django;
            shared.is_autoescape_on = reading.is_autoescape_on;
        }));
    });
    let workbench = Workbench::new(app_state, inputs, request, on_edit, on_reading);
    provide_context(workbench);
    let data = move || data_pane(app_state, event_text, event_typed, profile_typed);
    view! {
        <div class="payload-screen">
            <PageHeader title="Sandbox">
                {library_select(app_state)}
                {reading_controls(workbench)}
                {format_button(workbench)}
                {webhook_select(app_state)}
                <ShareButton shared=Callback::new(move |()| sandbox.with_untracked(|sandbox| sandbox.shared.clone())) />
            </PageHeader>
            {move || opened_note(app_state)}
            <WorkbenchPanes data=data />
        </div>
    }
    .into_any()
}

/// The newest event whose JSON was right, so that the preview stays while somebody types.
fn last_good(typed: Memo<Result<TriggerEvent, JsonProblem>>) -> Signal<Option<TriggerEvent>> {
    Memo::new(move |before: Option<&Option<TriggerEvent>>| typed.get().ok().or_else(|| before.cloned().flatten()))
        .into()
}

fn last_good_profile(typed: Memo<Result<Profile, JsonProblem>>) -> Signal<Option<Profile>> {
    let first = Sandbox::default().shared.profile;
    Memo::new(move |before: Option<&Option<Profile>>| {
        typed.get().ok().or_else(|| before.cloned().flatten()).or_else(|| sandbox_profile(&first).ok())
    })
    .into()
}

/// Variables, or the event or the profile as JSON to edit.
fn data_pane(
    app_state: AppState,
    event_text: Memo<String>,
    event_typed: Memo<Result<TriggerEvent, JsonProblem>>,
    profile_typed: Memo<Result<Profile, JsonProblem>>,
) -> AnyView {
    let tab = RwSignal::new("variables");
    let sandbox = app_state.sandbox;
    let show = move || match tab.get() {
        "event" => json_area(
            "sandbox-event",
            "Event properties",
            event_text.into(),
            Callback::new(move |text| sandbox.update(|sandbox| sandbox.shared.event = text)),
            Signal::derive(move || event_typed.get().err()),
        ),
        "profile" => json_area(
            "sandbox-profile",
            "Profile",
            Signal::derive(move || sandbox.with(|sandbox| sandbox.shared.profile.clone())),
            Callback::new(move |text| sandbox.update(|sandbox| sandbox.shared.profile = text)),
            Signal::derive(move || profile_typed.get().err()),
        ),
        _ => view! { <VariablesPane /> }.into_any(),
    };
    view! {
        <div class="sandbox-data">
            <Tabs id="sandbox-data" label="What the template reads" tabs=&DATA_TABS chosen=tab />
            <div class="sandbox-data-panel" id="sandbox-data-panel" role="tabpanel" aria-labelledby=move || format!("sandbox-data-{}", tab.get())>
                {show}
            </div>
        </div>
    }
    .into_any()
}

fn json_area(
    id: &'static str,
    label: &'static str,
    value: Signal<String>,
    on_input: Callback<String>,
    problem: Signal<Option<JsonProblem>>,
) -> AnyView {
    let marked = Signal::derive(move || problem.with(|p| p.iter().map(|p| (p.line, Tone::Fail)).collect::<Vec<_>>()));
    let note = move || match problem.get() {
        Some(JsonProblem { line, column, message }) => view! {
            <p class="field-problem">
                {icon(Icon::Warning)}
                <span>{format!("Line {line}, column {column}: {message} The preview keeps what was right last.")}</span>
            </p>
        }
        .into_any(),
        None => view! { <p class="field-hint">"JSON. The preview follows as you type."</p> }.into_any(),
    };
    let is_large = Memo::new(move |_| value.with(|text| text.len() > LARGE_BYTES));
    let area = move || {
        if is_large.get() {
            return plain_area(id, label, value, on_input);
        }
        view! { <CodeArea id=id label=label value=value on_input=on_input marked_lines=marked /> }.into_any()
    };
    view! {
        <div class="sandbox-json">
            {area}
            <div id=format!("{id}-note") role="status">{note}</div>
        </div>
    }
    .into_any()
}

/// Puts a library event, with its person, in.
fn library_select(app_state: AppState) -> AnyView {
    let choices = Signal::derive(move || {
        let profiles = app_state.profiles.get();
        let first = Choice::new("", "Choose…");
        let events = app_state.events.with(|events| {
            events
                .iter()
                .map(|event| {
                    let label = format!("{} ({})", event_label(event), event_detail(event, &profiles));
                    Choice::new(event.id.to_string(), label)
                })
                .collect::<Vec<_>>()
        });
        std::iter::once(first).chain(events).collect::<Vec<_>>()
    });
    let chosen = RwSignal::new(String::new());
    let take = move |event_id: String| {
        chosen.set(event_id.clone());
        let event = app_state
            .events
            .with_untracked(|events| events.iter().find(|event| event.id.as_str() == event_id).cloned());
        let Some(event) = event else { return };
        let profile = app_state.profiles.with_untracked(|profiles| {
            profiles.iter().find(|profile| profile.id == event.profile_id).map(profile_text)
        });
        app_state.sandbox.update(|sandbox| {
            sandbox.shared.event = event_text(&event);
            if let Some(profile) = profile {
                sandbox.shared.profile = profile;
            }
        });
    };
    view! { <SelectField id="sandbox-library" label="Event" choices=choices value=chosen on_change=take /> }.into_any()
}

/// Puts the payload into a webhook of a flow.
fn webhook_select(app_state: AppState) -> AnyView {
    let choices = Signal::derive(move || {
        let first = Choice::new("", "Choose…");
        let webhooks = app_state.working.with(|flows| {
            flows
                .values()
                .flat_map(|flow| {
                    flow.webhooks().map(|(node_id, action)| {
                        Choice::new(format!("{}/{node_id}", flow.id), format!("{}, in {}", action.name, flow.name))
                    })
                })
                .collect::<Vec<_>>()
        });
        std::iter::once(first).chain(webhooks).collect::<Vec<_>>()
    });
    let put = move |place: String| {
        let Some((flow_id, node_id)) = place.split_once('/') else { return };
        let (flow_id, node_id) = (FlowId::new(flow_id), NodeId::new(node_id));
        let template = app_state.sandbox.with_untracked(|sandbox| sandbox.shared.template.clone());
        app_state.edit_webhook(&flow_id, &node_id, |action| action.payload = template);
        let words = "The payload is in the webhook’s working copy. Save the flow to make it run.";
        app_state.notify(Tone::Ok, words.to_owned());
        go_to(&Route::Payload { flow_id, node_id });
    };
    view! { <SelectField id="sandbox-webhook" label="Put into" choices=choices value=Signal::stored(String::new()) on_change=put /> }
        .into_any()
}

/// Says that a link was opened, and how to get back.
fn opened_note(app_state: AppState) -> Option<AnyView> {
    let sandbox = app_state.sandbox;
    sandbox.with(|sandbox| sandbox.before.is_some()).then(|| {
        let back = move |()| {
            sandbox.update(|sandbox| {
                if let Some(before) = sandbox.before.take() {
                    sandbox.shared = *before;
                }
            });
        };
        let stay = move |()| sandbox.update(|sandbox| sandbox.before = None);
        view! {
            <div class="banner tone-accent" role="status">
                {icon(Icon::Info)}
                <p>"This came from elsewhere. What stood here before is kept."</p>
                <Button label="Bring mine back" kind=ButtonKind::Quiet on_press=back />
                <Button label="Keep this" kind=ButtonKind::Quiet on_press=stay />
            </div>
        }
        .into_any()
    })
}

/// Opens what the address carries, and takes it out of the address, so that a reload keeps later edits.
fn open_links(app_state: AppState) {
    Effect::new(move |_| {
        let Route::Sandbox { link: Some(letters) } = app_state.route.get() else { return };
        match unpack(&letters) {
            Ok(shared) => app_state.open_in_sandbox(shared),
            Err(problem) => app_state.notify(Tone::Fail, messages::sentence(&problem)),
        }
        go_to(&Route::Sandbox { link: None });
    });
}

/// Keeps the sandbox for the next visit, once nothing is typed.
fn keep(app_state: AppState) {
    let page = use_page();
    let packed = move || app_state.sandbox.with_untracked(|sandbox| pack(&sandbox.shared));
    let timer = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |before: Option<()>| {
        app_state.sandbox.track();
        if before.is_none() {
            return;
        }
        if let Some(timer) = timer.get_value() {
            timer.clear();
        }
        let wait = std::time::Duration::from_millis(KEEP_AFTER_MILLIS);
        timer.set_value(set_timeout_with_handle(move || page.keep_sandbox(&packed()), wait).ok());
    });
    on_cleanup(move || {
        if let Some(timer) = timer.try_get_value().flatten() {
            timer.clear();
            page.keep_sandbox(&packed());
        }
    });
}
