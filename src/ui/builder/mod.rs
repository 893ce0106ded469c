//! The flow's screen: settings at the left, the flow in the middle, evidence at the right.
//!
//! In: a flow's id. Out: edits, tests, saves.
//! Invariant: the flow on the screen is the working copy; what runs is the saved version, and the screen says so.

pub mod canvas;
mod cards;
mod clash;
mod condition_editor;
mod curl;
mod date_schedule;
mod delay;
mod evidence;
mod fire;
mod headers;
mod inspector;
mod journey;
pub mod panels;
pub mod practice;
mod steps;
mod test_result;
mod time_zone;
mod toolbar;
mod trigger;
mod webhook;

use std::sync::Arc;
use std::time::Duration;

use leptos::html;
use leptos::prelude::*;

use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::flow::check::{Earlier, FlowProblem, check_after};
use crate::domain::flow::edit::FlowEdit;
use crate::domain::flow::model::{Flow, Trigger, WebhookAction};
use crate::domain::flow::tree::reach;
use crate::domain::id::{FlowId, NodeId};
use crate::domain::samples::default_event_id;
use crate::runtime::handle::AppCommand;
use crate::ui::builder::canvas::{CANVAS_ID, Canvas, Desk};
use crate::ui::builder::evidence::EvidencePanel;
use crate::ui::builder::inspector::Inspector;
use crate::ui::builder::panels::FlowPanel;
use crate::ui::builder::steps::StepsHint;
use crate::ui::builder::toolbar::Toolbar;
use crate::ui::kit::tabs::focus_soon;
use crate::ui::kit::{EmptyState, Icon, Later, Tab, Tabs, icon};
use crate::ui::payload::request_previews;
use crate::ui::screens::panel_once;
use crate::ui::shell::PageHeader;
use crate::ui::state::{AppState, use_app_state};
use crate::view_model::journey::JourneyView;
use crate::view_model::messages;

/// What the left panel is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    Nothing,
    Trigger,
    Node { node_id: NodeId },
}

/// How far a first visitor has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StepsDone {
    pub is_event_picked: bool,
    pub is_payload_edited: bool,
    pub is_test_sent: bool,
}

/// What the parts of this screen share.
#[derive(Clone, Copy)]
pub struct Builder {
    app_state: AppState,
    flow_id: StoredValue<FlowId>,
    /// The working copy.
    pub flow: Memo<Option<Arc<Flow>>>,
    pub problems: Memo<Vec<FlowProblem>>,
    pub selection: RwSignal<Selection>,
    /// The webhook whose request is previewed: the selected one, or the first.
    pub webhook: Memo<Option<(NodeId, WebhookAction)>>,
    /// The event that previews and tests use; `None` where the trigger brings none.
    pub event: Memo<Option<TriggerEvent>>,
    pub profile: Memo<Option<Profile>>,
    pub steps: RwSignal<StepsDone>,
    /// Which panel shows on a narrow screen.
    pub pane: RwSignal<&'static str>,
    pub payload_element: NodeRef<html::Textarea>,
    /// The journey that the canvas lights, while one is previewed.
    pub lit: RwSignal<Option<JourneyView>>,
    /// `preview`, `journey` or `problems`.
    pub evidence_tab: RwSignal<&'static str>,
}

impl Builder {
    fn new(app_state: AppState, flow_id: FlowId) -> Self {
        let flow_id = StoredValue::new(flow_id);
        let flow = Memo::new(move |_| flow_id.with_value(|flow_id| app_state.flow(flow_id)));
        let first = flow.with_untracked(|flow| {
            let flow = flow.as_ref()?;
            flow.webhooks().next().map(|(node_id, _)| node_id.clone())
        });
        // What starts the flow comes first.
        let is_unset = flow.with_untracked(|flow| flow.as_ref().is_some_and(|flow| flow.trigger == Trigger::Unset));
        let otherwise = if is_unset { Selection::Trigger } else { Selection::Nothing };
        let selection = RwSignal::new(first.map_or(otherwise, |node_id| Selection::Node { node_id }));
        let event = Memo::new(move |_| {
            let flow = flow.get()?;
            flow.trigger.has_event().then(|| chosen_event(app_state, &flow)).flatten()
        });
        let checked = StoredValue::new(None::<Arc<Flow>>);
        let problems = Memo::new(move |before: Option<&Vec<FlowProblem>>| {
            let Some(now) = flow.get() else { return Vec::new() };
            let last = checked.try_update_value(|checked| checked.replace(Arc::clone(&now))).flatten();
            let earlier = last.as_deref().zip(before).map(|(flow, problems)| Earlier::new(flow, problems));
            check_after(&now, &earlier.unwrap_or_default())
        });
        Self {
            app_state,
            flow_id,
            flow,
            problems,
            selection,
            webhook: Memo::new(move |_| flow.with(|flow| previewed(flow.as_deref()?, &selection.get()))),
            event,
            profile: Memo::new(move |_| event.with(|event| app_state.previewed_person(event.as_ref()))),
            steps: RwSignal::default(),
            pane: RwSignal::new("webhook"),
            payload_element: NodeRef::new(),
            lit: RwSignal::new(None),
            evidence_tab: RwSignal::new("preview"),
        }
    }

    pub fn flow_id(self) -> FlowId {
        // A screen that is being left may ask once more, after its values are gone.
        self.flow_id.try_get_value().unwrap_or_else(|| FlowId::new(""))
    }

    /// Changes the flow, as a step that can be undone.
    pub fn edit(self, edit: FlowEdit) {
        self.app_state.edit_flow(&self.flow_id(), edit);
    }

    /// Ends the folding of typing: what comes next is a step of its own.
    pub fn seal(self) {
        self.app_state.seal_step(&self.flow_id());
    }

    /// Something of the working copy; nothing is read of a flow that is gone.
    pub fn of_flow<T: Default>(self, read: impl FnOnce(&Flow) -> T) -> T {
        self.flow.with(|flow| flow.as_deref().map(read).unwrap_or_default())
    }

    /// The same, once.
    pub fn of_flow_untracked<T: Default>(self, read: impl FnOnce(&Flow) -> T) -> T {
        self.flow.with_untracked(|flow| flow.as_deref().map(read).unwrap_or_default())
    }

    /// Selects a card; on a narrow screen its settings come to the front.
    pub fn select(self, selection: Selection) {
        self.selection.set(selection);
        self.pane.set("webhook");
    }
}

/// The parts of this screen share it.
pub fn use_builder() -> Builder {
    expect_context()
}

/// The event a person chose, else one that starts the flow: the first visit's before others.
pub fn chosen_event(app_state: AppState, flow: &Flow) -> Option<TriggerEvent> {
    let chosen = app_state.chosen_event.get();
    let default = default_event_id();
    app_state.events.with(|events| {
        let is_match = |event: &&TriggerEvent| Some(event.metric.as_str()) == flow.trigger.metric();
        let by_choice = || events.iter().find(|event| Some(&event.id) == chosen.as_ref());
        let by_default = || events.iter().filter(is_match).find(|event| event.id == default);
        let by_metric = || events.iter().find(is_match);
        by_choice().or_else(by_default).or_else(by_metric).or(events.first()).cloned()
    })
}

fn previewed(flow: &Flow, selection: &Selection) -> Option<(NodeId, WebhookAction)> {
    let selected = match selection {
        Selection::Node { node_id } => flow.nodes.get(node_id),
        Selection::Nothing | Selection::Trigger => None,
    };
    selected
        .into_iter()
        .chain(reach(flow, flow.entry.as_ref()))
        .find_map(|node| Some((node.id.clone(), node.kind.webhook()?.clone())))
}

/// What puts a sheet away. Only narrow screens have sheets.
fn back_to_flow(builder: Builder) -> AnyView {
    let go = move |_| {
        builder.pane.set("flow");
        focus_soon(CANVAS_ID.to_owned());
    };
    view! { <button type="button" class="sheet-away" aria-label="Back to the flow" on:click=go>{icon(Icon::ArrowDown)}</button> }.into_any()
}

const PANES: [Tab; 3] = [
    Tab { value: "flow", label: "Flow" },
    Tab { value: "webhook", label: "Settings" },
    Tab { value: "preview", label: "Preview" },
];

/// Below this width one pane shows at a time, as in `builder.css`.
const NARROW_PX: f64 = 1_140.0;

/// How long a narrow screen shows its first sheet before the canvas behind it comes.
const CANVAS_AFTER: Duration = Duration::from_millis(400);

/// Whether canvas and evidence are there: at once where all panes show. On a narrow screen the canvas comes a moment later,
/// the evidence with its tab, and both with the first key, since keys reach all of them. On a phone the first pane is then
/// there in a third of the time.
fn panes_in_use(builder: Builder) -> (Memo<bool>, Memo<bool>) {
    let width = || window().inner_width().ok().and_then(|width| width.as_f64());
    let has_all = RwSignal::new(width().is_none_or(|width| width >= NARROW_PX));
    let is_canvas_due = RwSignal::new(false);
    let use_all = move || {
        if !has_all.get_untracked() {
            has_all.set(true);
        }
    };
    set_timeout(
        move || {
            // A flow that is left by then takes nothing any more.
            is_canvas_due.try_set(true);
        },
        CANVAS_AFTER,
    );
    let resized = window_event_listener(leptos::ev::resize, move |_| {
        if width().is_none_or(|width| width >= NARROW_PX) {
            use_all();
        }
    });
    let pressed = window_event_listener(leptos::ev::keydown, move |_| use_all());
    on_cleanup(move || {
        resized.remove();
        pressed.remove();
    });
    let of_pane = move |pane: &'static str| {
        Memo::new(move |was: Option<&bool>| {
            let is_due = pane == "flow" && is_canvas_due.get();
            was == Some(&true) || is_due || has_all.get() || builder.pane.get() == pane
        })
    };
    (of_pane("flow"), of_pane("preview"))
}

/// The banner of two working copies, whose code comes with the first clash.
fn clash_once(builder: Builder) -> AnyView {
    let app_state = builder.app_state;
    let is_there = Signal::derive(move || app_state.clashes.with(|clashes| clashes.contains_key(&builder.flow_id())));
    panel_once(FlowPanel::Clash, is_there, || ())
}

/// One flow.
#[component]
pub fn FlowScreen(
    /// Which.
    flow_id: FlowId,
) -> AnyView {
    let app_state = use_app_state();
    let builder = Builder::new(app_state, flow_id);
    provide_context(builder);
    provide_context(Desk::new(builder));
    request_previews(app_state, builder);
    app_state.dispatch(AppCommand::ReadSteps { flow_id: builder.flow_id() });
    let is_there = Memo::new(move |_| builder.flow.with(Option::is_some));
    let (has_canvas, has_evidence) = panes_in_use(builder);
    let show = move || {
        if is_there.get() {
            // Each pane in a task of its own, so that no press waits for all of them.
            view! {
                <Toolbar />
                {clash_once(builder)}
                <div class="builder-panes">
                    <Tabs id="builder-panes" label="Parts of this screen" tabs=&PANES chosen=builder.pane />
                </div>
                <div class="builder" id="builder-panes-panel" data-pane=move || builder.pane.get()>
                    <section class="builder-inspector" aria-label="Settings">
                        {back_to_flow(builder)}
                        <StepsHint />
                        <Later><Inspector /></Later>
                    </section>
                    <section class="builder-canvas" aria-label="Flow">
                        <Show when=move || has_canvas.get()><Later><Canvas /></Later></Show>
                    </section>
                    <section class="builder-evidence" aria-label="Evidence">
                        {back_to_flow(builder)}
                        <Show when=move || has_evidence.get()><Later><EvidencePanel /></Later></Show>
                    </section>
                </div>
            }
            .into_any()
        } else {
            view! {
                <PageHeader title="Flow" />
                <EmptyState
                    glyph=Icon::Workflow
                    title="This flow is not here"
                    text=messages::FLOW_NOT_HERE
                >
                    <a class="button" href="#/flows">"Go to flows"</a>
                </EmptyState>
            }
            .into_any()
        }
    };
    view! { {show} }.into_any()
}
