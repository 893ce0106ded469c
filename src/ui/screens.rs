//! The screens the app has, and how their code comes: a screen may have to be downloaded before it shows.
//!
//! In: a screen. Out: its view, or that it is on its way, or why it is not there.
//! Invariant: names no screen's contents; who opens them is given from outside.

use std::pin::Pin;
use std::rc::Rc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::domain::id::{FlowId, NodeId};
use crate::ui::kit::tabs::{focus_when_drawn, is_focused};
use crate::ui::kit::{Button, ButtonKind, EmptyState, Icon, Skeleton};
use crate::ui::page::use_page;
use crate::ui::shell::{HEADING_ID, PageHeader};
use crate::ui::state::use_app_state;
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
            return failed_screen(title, Callback::new(move |()| look_again()));
        }
        match page.open_screen(&screen) {
            Opened::Ready(view) => view,
            Opened::Loading(loading) => {
                spawn_local(async move {
                    match loading.await {
                        Ok(()) => {
                            let has_focus = is_focused(HEADING_ID);
                            look_again();
                            // The heading that had it has made way for the screen's own.
                            if has_focus {
                                focus_when_drawn(HEADING_ID);
                            }
                        }
                        Err(message) => failure.set(Some(message)),
                    }
                });
                waiting_screen(title)
            }
            Opened::Failed { message } => {
                leptos::logging::error!("{message}");
                failed_screen(title, Callback::new(move |()| look_again()))
            }
        }
    })
    .into_any()
}

/// The forms about members, whose code comes when the first of them opens.
#[component]
pub fn LazyMemberForms() -> AnyView {
    let page = use_page();
    let app_state = use_app_state();
    let form = app_state.members.form;
    let is_wanted = Memo::new(move |was: Option<&bool>| was == Some(&true) || form.with(Option::is_some));
    let looks = RwSignal::new(0_u32);
    let give_up = move |message: String| {
        leptos::logging::error!("{message}");
        form.set(None);
        app_state.notify(Tone::Fail, messages::PART_MISSING.to_owned());
    };
    (move || {
        looks.track();
        if !is_wanted.get() {
            return ().into_any();
        }
        match page.open_screen(&Screen::MemberForms) {
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
        <EmptyState
            glyph=Icon::Warning
            title="This part of the app did not arrive"
            text="The connection may be gone, or a newer version of Hookwright lies on the host: then reload the page. Your flows and your log are untouched."
        >
            <Button label="Try again" kind=ButtonKind::Primary on_press=move |()| on_retry.run(()) />
        </EmptyState>
    }
    .into_any()
}
