//! The sandbox: a template, an event and its output, with nothing to set up.
//!
//! In: what was typed, a library event, or a link. Out: the same editor as a webhook's; a payload for a webhook.
//! Invariant: opening a link loses nothing: what stood here before is one press away.

pub mod state;

use leptos::prelude::*;

use crate::domain::delivery::request::RenderedRequest;
use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::id::{FlowId, NodeId};
use crate::domain::member::Permission;
use crate::runtime::preview::Reading;
use crate::ui::kit::large_text::settled;
use crate::ui::kit::{Button, ButtonKind, Choice, Icon, SelectField, Tab, Tabs, icon};
use crate::ui::members::use_why_not;
use crate::ui::page::use_page;
use crate::ui::payload::data_area::{DataArea, data_area};
use crate::ui::payload::panes::{WorkbenchPanes, format_button, reading_controls};
use crate::ui::payload::share::ShareButton;
use crate::ui::payload::snippets::{last_good_snippets, snippets_area};
use crate::ui::payload::variables::VariablesPane;
use crate::ui::payload::workbench::{PreviewInputs, Workbench};
use crate::ui::sandbox::state::SandboxState;
use crate::ui::shell::{PageHeader, go_to};
use crate::ui::state::{AppState, use_app_state};
use crate::view_model::delivery::Tone;
use crate::view_model::json_text::JsonProblem;
use crate::view_model::messages;
use crate::view_model::route::Route;
use crate::view_model::sample::{event_detail, event_label, event_text, profile_text};
use crate::view_model::sandbox::{Snippets, first_sandbox, sandbox_event, sandbox_profile, sandbox_snippets};
use crate::view_model::share::{Shared, join_kept, pack, unpack};

const DATA_TABS: [Tab; 3] = [
    Tab { value: "variables", label: "Variables" },
    Tab { value: "event", label: "Event" },
    Tab { value: "profile", label: "Profile" },
];

/// Klaviyo has no templates that include each other.
const DJANGO_DATA_TABS: [Tab; 4] = [
    Tab { value: "variables", label: "Variables" },
    Tab { value: "event", label: "Event" },
    Tab { value: "profile", label: "Profile" },
    Tab { value: "snippets", label: "Snippets" },
];

/// The address that stands for a receiver in copied commands.
const SAMPLE_URL: &str = "https://receiver.example.com/webhook";

/// How long nothing was typed before the sandbox is kept, in milliseconds.
const KEEP_AFTER_MILLIS: u64 = 600;

/// The screen.
#[component]
pub fn SandboxScreen() -> AnyView {
    let app_state = use_app_state();
    app_state.sandbox.restore(use_page());
    open_links(app_state);
    keep(app_state);
    let sandbox = app_state.sandbox;
    let settled = settled(sandbox.event.into());
    let event_typed = Memo::new(move |_| settled.with(|text| sandbox_event(text)));
    let profile_typed = Memo::new(move |_| sandbox.profile.with(|text| sandbox_profile(text)));
    let snippets_typed = Memo::new(move |_| sandbox.snippets.with(|text| sandbox_snippets(text)));
    let is_django = Signal::derive(move || sandbox.reading.get().is_django);
    let inputs = PreviewInputs {
        source: sandbox.template.into(),
        event: last_good(event_typed),
        profile: last_good_profile(profile_typed),
        is_profile_only: Signal::stored(false),
        reading: sandbox.reading.into(),
        snippets: last_good_snippets(snippets_typed, is_django),
    };
    let request = Signal::stored(RenderedRequest {
        url: SAMPLE_URL.to_owned(),
        headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
        body: String::new(),
    });
    let on_edit = Callback::new(move |text: String| sandbox.template.set(text));
    let on_reading = Callback::new(move |reading: Reading| sandbox.reading.set(reading));
    let workbench = Workbench::new(app_state, inputs, request, on_edit, on_reading);
    provide_context(workbench);
    let data = move || data_pane(sandbox, event_typed, profile_typed, snippets_typed);
    view! {
        <div class="payload-screen">
            <PageHeader title="Sandbox">
                {library_select(app_state)}
                {reading_controls(workbench)}
                {format_button(workbench)}
                {webhook_select(app_state)}
                <ShareButton shared=Callback::new(move |()| sandbox.shared()) />
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
    let first = first_sandbox().profile;
    Memo::new(move |before: Option<&Option<Profile>>| {
        typed.get().ok().or_else(|| before.cloned().flatten()).or_else(|| sandbox_profile(&first).ok())
    })
    .into()
}

/// Variables, or the event or the profile as JSON to edit, or snippets.
fn data_pane(
    sandbox: SandboxState,
    event_typed: Memo<Result<TriggerEvent, JsonProblem>>,
    profile_typed: Memo<Result<Profile, JsonProblem>>,
    snippets_typed: Memo<Result<Snippets, JsonProblem>>,
) -> AnyView {
    let tab = RwSignal::new("variables");
    let is_django = Memo::new(move |_| sandbox.reading.get().is_django);
    Effect::new(move |_| {
        if !is_django.get() && tab.get_untracked() == "snippets" {
            tab.set("variables");
        }
    });
    let tabs = move || {
        let tabs = if is_django.get() { &DJANGO_DATA_TABS[..] } else { &DATA_TABS };
        view! { <Tabs id="sandbox-data" label="What the template reads" tabs=tabs chosen=tab /> }
    };
    let show = move || match tab.get() {
        "event" => data_area(
            DataArea { id: "sandbox-event", label: "Event properties", hint: messages::SANDBOX_JSON_HINT },
            sandbox.event,
            Signal::derive(move || event_typed.get().err()),
        ),
        "profile" => data_area(
            DataArea { id: "sandbox-profile", label: "Profile", hint: messages::SANDBOX_JSON_HINT },
            sandbox.profile,
            Signal::derive(move || profile_typed.get().err()),
        ),
        "snippets" => snippets_area("sandbox-snippets", sandbox.snippets, snippets_typed),
        _ => view! { <VariablesPane /> }.into_any(),
    };
    view! {
        <div class="sandbox-data">
            {tabs}
            <div class="sandbox-data-panel" id="sandbox-data-panel" role="tabpanel" aria-labelledby=move || format!("sandbox-data-{}", tab.get())>
                {show}
            </div>
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
        app_state.sandbox.event.set(event_text(&event));
        if let Some(profile) = profile {
            app_state.sandbox.profile.set(profile);
        }
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
        let template = app_state.sandbox.template.get_untracked();
        // Refused, the working copy says why.
        if !app_state.edit_webhook(&flow_id, &node_id, |action| action.payload = template) {
            return;
        }
        app_state.notify(Tone::Ok, messages::SANDBOX_TAKEN.to_owned());
        go_to(&Route::Payload { flow_id, node_id });
    };
    view! {
        <SelectField
            id="sandbox-webhook"
            label="Put into"
            choices=choices
            value=Signal::stored(String::new())
            why_not=use_why_not(Permission::EditFlows)
            on_change=put
        />
    }
    .into_any()
}

/// Says that a link was opened, and how to get back.
fn opened_note(app_state: AppState) -> Option<AnyView> {
    let sandbox = app_state.sandbox;
    sandbox.before.with(Option::is_some).then(|| {
        let back = move |()| sandbox.bring_back();
        let stay = move |()| sandbox.before.set(None);
        view! {
            <div class="banner tone-accent" role="status">
                {icon(Icon::Info)}
                <p>{messages::SANDBOX_REPLACED}</p>
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
            Ok(shared) => app_state.sandbox.open(shared),
            Err(problem) => app_state.notify(Tone::Fail, messages::sentence(&problem)),
        }
        go_to(&Route::Sandbox { link: None });
    });
}

/// Keeps the sandbox for the next visit, once nothing is typed.
pub fn keep(app_state: AppState) {
    let page = use_page();
    let sandbox = app_state.sandbox;
    // The event may be large and seldom changes: it is packed by itself, and once.
    let pack_event = move || sandbox.event.with(|event| pack(&Shared { event: event.clone(), ..Shared::default() }));
    let packed_event = Memo::new(move |_| pack_event());
    let packed = move || {
        let rest = pack(&Shared { event: String::new(), ..sandbox.shared() });
        let event = packed_event.try_get_untracked().unwrap_or_else(|| untrack(pack_event));
        join_kept(&rest, &event)
    };
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
