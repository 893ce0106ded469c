//! The screens the app has, and how their code comes: a screen may have to be downloaded before it shows.
//!
//! In: a screen. Out: its view, or that it is on its way, or why it is not there.
//! Invariant: names no screen's contents; who opens them is given from outside.

use std::pin::Pin;
use std::rc::Rc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::domain::id::{FlowId, NodeId};
use crate::ui::builder::panels::{FlowPanel, SidePanel};
use crate::ui::kit::tabs::{focus_soon, is_focus_nowhere, is_focused, leave_field};
use crate::ui::kit::{Button, ButtonKind, EmptyState, Icon, Skeleton};
use crate::ui::page::use_page;
use crate::ui::shell::{HEADING_ID, PageHeader};
use crate::ui::state::{AppState, use_app_state};
use crate::view_model::delivery::Tone;
use crate::view_model::messages;

/// Which screen shows; a change of filter or of the opened delivery is no change of screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Screen {
    Flows,
    Flow {
        flow_id: FlowId,
    },
    Payload {
        flow_id: FlowId,
        node_id: NodeId,
    },
    Sandbox,
    Activity,
    Events,
    Settings,
    Members,
    Destinations,
    Destination {
        origin: String,
    },
    Rehearsal {
        flow_id: FlowId,
    },
    Help,
    /// No screen of its own: the forms about members, over whichever screen shows.
    MemberForms,
    /// Part of the flow's screen.
    Panel(FlowPanel),
    /// Part of it as well, from the first look on.
    Side(SidePanel),
}

/// Comes back when a screen's code is here, or says why it is not.
pub type Loading = Pin<Box<dyn Future<Output = Result<(), String>>>>;

/// What opening a screen comes to.
pub enum Opened {
    Ready(AnyView),
    /// Open it again when this has come back.
    Loading(Loading),
    Failed {
        /// For the console; people get a sentence.
        message: String,
    },
}

/// Opens screens.
pub type OpenScreen = Rc<dyn Fn(&Screen) -> Opened>;

/// A screen, what shows while its code is on its way, and what to do if it does not come.
#[component]
pub fn ShownScreen(
    /// Which.
    screen: Screen,
    /// Its title, for the time until it shows.
    title: &'static str,
) -> AnyView {
    let app_state = use_app_state();
    let arrive = move |show: &dyn Fn()| {
        show();
        pass_heading_focus_on(app_state);
    };
    shown(screen, arrive, move || waiting_screen(title), move |retry| failed_screen(title, retry))
}

/// To be called as a screen's heading makes way for another: the new one takes the focus, if the old one has it or is
/// about to take it.
pub fn pass_heading_focus_on(app_state: AppState) {
    if is_focused(HEADING_ID) {
        // Whoever takes away what has the focus has the browser lay out the page at once, and then once more.
        leave_field();
    } else if !(app_state.has_moved.get_value() && is_focus_nowhere()) {
        return;
    }
    focus_soon(HEADING_ID.to_owned());
}

/// A panel of the flow's screen, in its place.
#[component]
pub fn ShownPanel(
    /// Which.
    panel: FlowPanel,
) -> AnyView {
    panel_in_place(Screen::Panel(panel))
}

/// What stands beside the flow, in its place.
#[component]
pub fn ShownSide(
    /// Which.
    panel: SidePanel,
) -> AnyView {
    panel_in_place(Screen::Side(panel))
}

fn panel_in_place(panel: Screen) -> AnyView {
    let waiting = || view! { <Skeleton n_rows=4 /> }.into_any();
    shown(panel, |show| show(), waiting, missing_part)
}

/// Opens a screen, as often as it takes. `arrive` shows what has come.
fn shown(
    screen: Screen,
    arrive: impl Fn(&dyn Fn()) + Copy + Send + 'static,
    waiting: impl Fn() -> AnyView + Send + 'static,
    failed: impl Fn(Callback<()>) -> AnyView + Send + 'static,
) -> AnyView {
    let page = use_page();
    let looks = RwSignal::new(0_u32);
    let failure = RwSignal::new(None::<String>);
    let look_again = move || {
        failure.set(None);
        looks.update(|looks| *looks += 1);
    };
    (move || {
        looks.track();
        if failure.with(Option::is_some) {
            return failed(Callback::new(move |()| look_again()));
        }
        match page.open_screen(&screen) {
            Opened::Ready(view) => view,
            Opened::Loading(loading) => {
                spawn_local(async move {
                    match loading.await {
                        Ok(()) => arrive(&look_again),
                        Err(message) => failure.set(Some(message)),
                    }
                });
                waiting()
            }
            Opened::Failed { message } => {
                leptos::logging::error!("{message}");
                failed(Callback::new(move |()| look_again()))
            }
        }
    })
    .into_any()
}

/// The forms about members, whose code comes when the first of them opens.
#[component]
pub fn LazyMemberForms() -> AnyView {
    let form = use_app_state().members.form;
    shown_once(Screen::MemberForms, Signal::derive(move || form.with(Option::is_some)), move || form.set(None))
}

/// A dialog of the flow's screen, whose code comes when it first opens.
#[component]
pub fn PanelOnce(
    /// Which.
    panel: FlowPanel,
    /// Whether it shows.
    is_open: RwSignal<bool>,
) -> AnyView {
    panel_once(panel, is_open.into(), move || is_open.set(false))
}

/// As [`PanelOnce`], for what knows by itself how it closes.
pub fn panel_once(panel: FlowPanel, is_open: Signal<bool>, close: impl Fn() + Copy + Send + 'static) -> AnyView {
    shown_once(Screen::Panel(panel), is_open, close)
}

/// Nothing until it is first wanted; `close` takes the wish back when its code does not come.
fn shown_once(screen: Screen, is_open: Signal<bool>, close: impl Fn() + Copy + Send + 'static) -> AnyView {
    let page = use_page();
    let app_state = use_app_state();
    let is_wanted = Memo::new(move |was: Option<&bool>| was == Some(&true) || is_open.get());
    let looks = RwSignal::new(0_u32);
    let give_up = move |message: String| {
        leptos::logging::error!("{message}");
        close();
        app_state.notify(Tone::Fail, messages::PART_MISSING.to_owned());
    };
    (move || {
        looks.track();
        if !is_wanted.get() {
            return ().into_any();
        }
        match page.open_screen(&screen) {
            Opened::Ready(view) => view,
            Opened::Loading(loading) => {
                spawn_local(async move {
                    match loading.await {
                        Ok(()) => looks.update(|looks| *looks += 1),
                        Err(message) => give_up(message),
                    }
                });
                ().into_any()
            }
            Opened::Failed { message } => {
                give_up(message);
                ().into_any()
            }
        }
    })
    .into_any()
}

/// Shows until a screen can be shown.
pub fn waiting_screen(title: &'static str) -> AnyView {
    view! {
        <PageHeader title=title />
        <Skeleton n_rows=6 />
    }
    .into_any()
}

fn failed_screen(title: &'static str, on_retry: Callback<()>) -> AnyView {
    view! {
        <PageHeader title=title />
        {missing_part(on_retry)}
    }
    .into_any()
}

fn missing_part(on_retry: Callback<()>) -> AnyView {
    view! {
        <EmptyState
            glyph=Icon::Warning
            title="This part of the app did not arrive"
            text=messages::SCREEN_MISSING
        >
            <Button label="Try again" kind=ButtonKind::Primary on_press=move |()| on_retry.run(()) />
        </EmptyState>
    }
    .into_any()
}
