//! The frame around every screen: navigation, sender state, theme, notices, and which screen shows.
//!
//! In: the address. Out: a screen.
//! Invariant: a change of screen moves the focus to its heading; a change of filter does not.

mod header;
mod navigation;
mod notices;

use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;

use crate::runtime::handle::{ActivityFilter, AppCommand, MembersOrder};
use crate::ui::kit::tabs::{focus_soon, leave_field};
use crate::ui::kit::{EmptyState, Icon, Later};
use crate::ui::members::Refusals;
use crate::ui::page::use_page;
use crate::ui::screens::{LazyMemberForms, Screen, ShownScreen, pass_heading_focus_on, waiting_screen};
use crate::ui::state::{AppState, use_app_state};
use crate::view_model::delivery::Tone;
use crate::view_model::messages;
use crate::view_model::route::Route;

pub use header::{HEADING_ID, PageHeader};
pub use navigation::{SenderState, ThemeSwitch};

use navigation::Navigation;
use notices::{Banners, Notices};

/// The heading of a panel that a route opens; gets the focus before the page's own.
pub const DETAIL_HEADING_ID: &str = "detail-heading";

/// How often the runtime hears that a person is at work.
const TOUCH_MILLIS: i64 = 60_000;

/// What an address leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Built { screen: Screen },
    Unknown,
}

impl Place {
    fn of(route: &Route) -> Self {
        let screen = match route {
            Route::Flows => Screen::Flows,
            Route::Flow { flow_id } => Screen::Flow { flow_id: flow_id.clone() },
            Route::Activity { .. } | Route::Delivery { .. } => Screen::Activity,
            Route::Events => Screen::Events,
            Route::Settings => Screen::Settings,
            Route::Payload { flow_id, node_id } => {
                Screen::Payload { flow_id: flow_id.clone(), node_id: node_id.clone() }
            }
            Route::Sandbox { .. } => Screen::Sandbox,
            Route::Destinations => Screen::Destinations,
            Route::Destination { origin } => Screen::Destination { origin: origin.clone() },
            Route::Rehearsal { flow_id } => Screen::Rehearsal { flow_id: flow_id.clone() },
            Route::Members => Screen::Members,
            Route::Help { .. } => Screen::Help,
            Route::Unknown { .. } => return Self::Unknown,
        };
        Self::Built { screen }
    }
}

/// The whole app.
#[component]
pub fn App() -> AnyView {
    let app_state = use_app_state();
    let page = use_page();
    follow_address(app_state);
    let is_opening = open_first_flow(app_state);
    watch_what_shows(app_state);
    keep_session_awake(app_state);
    let ticker = set_interval_with_handle(move || page.tick(), Duration::from_secs(1));
    match ticker {
        Ok(ticker) => on_cleanup(move || ticker.clear()),
        Err(_) => leptos::logging::warn!("no timer: times on the screen stand still"),
    }
    let place = Memo::new(move |_| app_state.route.with(Place::of));
    view! {
        <div class="shell">
            <Navigation />
            <div class="shell-page">
                <Banners />
                <main class="shell-main">
                    {move || {
                        let place = place.get();
                        let title = app_state.route.with_untracked(Route::title);
                        let is_ready = app_state.is_loaded.get() && !is_opening.get();
                        pass_heading_focus_on(app_state);
                        if is_ready { show_place(place, title) } else { waiting_screen(title) }
                    }}
                </main>
            </div>
            <Later>
                <Notices />
                <LazyMemberForms />
                <Refusals />
            </Later>
        </div>
    }
    .into_any()
}

fn show_place(place: Place, title: &'static str) -> AnyView {
    match place {
        Place::Built { screen } => view! { <ShownScreen screen=screen title=title /> }.into_any(),
        Place::Unknown => view! {
            <PageHeader title="Page not found" />
            <EmptyState
                glyph=Icon::Warning
                title="There is nothing at this address"
                text=messages::NOTHING_AT_ADDRESS
            >
                <a class="button" href="#/flows">"Go to flows"</a>
            </EmptyState>
        }
        .into_any(),
    }
}

/// Tells the runtime, once a minute at most, that a person is at work.
fn keep_session_awake(app_state: AppState) {
    let page = use_page();
    let told_at = StoredValue::new(page.read_clock());
    let touch = move || {
        let now = page.read_clock();
        if now.millis_since(told_at.get_value()) >= TOUCH_MILLIS {
            told_at.set_value(now);
            app_state.dispatch(AppCommand::Members { order: MembersOrder::Touch });
        }
    };
    let pressed = window_event_listener(ev::keydown, move |_| touch());
    let pointed = window_event_listener(ev::pointerdown, move |_| touch());
    on_cleanup(move || {
        pressed.remove();
        pointed.remove();
    });
}

/// Keeps route, title and focus in step with the address.
fn follow_address(app_state: AppState) {
    let read = || Route::parse(&window().location().hash().unwrap_or_default());
    app_state.route.set(read());
    let listener = window_event_listener(ev::hashchange, move |_| {
        let before = app_state.route.get_untracked();
        let now = read();
        let is_elsewhere = Place::of(&before) != Place::of(&now);
        if is_elsewhere {
            // A field that goes away with its screen still says that it was changed, to handlers whose values are gone.
            leave_field();
        }
        app_state.route.set(now.clone());
        if is_elsewhere {
            app_state.has_moved.set_value(true);
            app_state
                .notices
                .update(|notices| notices.retain(|notice| notice.tone == Tone::Fail || notice.restores.is_some()));
            focus_soon(HEADING_ID.to_owned());
        } else if let Route::Delivery { .. } = now {
            focus_soon(DETAIL_HEADING_ID.to_owned());
        }
    });
    on_cleanup(move || listener.remove());
    let title = Memo::new(move |_| match app_state.route.get() {
        Route::Flow { flow_id } => app_state.flow(&flow_id).map_or("Flow".to_owned(), |flow| flow.name.clone()),
        route => route.title().to_owned(),
    });
    Effect::new(move |_| title.with(|title| document().set_title(&format!("{title} · Hookwright"))));
}

/// Without an address, a workspace of one flow opens with that flow. Answers whether that is still to come: until then
/// no other screen shows, whose code would have to be downloaded first.
fn open_first_flow(app_state: AppState) -> Memo<bool> {
    let has_address = || !window().location().hash().unwrap_or_default().is_empty();
    // Whoever has pressed *Flows* before everything was loaded wants the list.
    let is_undecided = RwSignal::new(!has_address());
    let is_elsewhere = Memo::new(move |_| app_state.route.with(|route| *route != Route::Flows));
    Effect::new(move |_| {
        if !is_undecided.get_untracked() || !app_state.is_loaded.get() {
            return;
        }
        let only = app_state.documents.with_untracked(|documents| {
            let mut flow_ids = documents.keys();
            flow_ids.next().filter(|_| flow_ids.next().is_none()).cloned()
        });
        match only {
            Some(flow_id) if !has_address() && !is_elsewhere.get_untracked() => go_to(&Route::Flow { flow_id }),
            Some(_) | None => is_undecided.set(false),
        }
    });
    Effect::new(move |_| {
        if is_elsewhere.get() {
            is_undecided.set(false);
        }
    });
    Memo::new(move |_| is_undecided.get() && !is_elsewhere.get())
}

/// Asks for the activity and the delivery that the address names.
fn watch_what_shows(app_state: AppState) {
    Effect::new(move |_| {
        if app_state.is_loaded.get() {
            // The counters only: the list asks for its pages itself.
            app_state.dispatch(AppCommand::WatchActivity { filter: ActivityFilter::default() });
        }
    });
    let opened = Memo::new(move |_| match app_state.route.get() {
        Route::Delivery { delivery_id, .. } => Some(delivery_id),
        _ => None,
    });
    Effect::new(move |_| {
        if app_state.is_loaded.get() {
            app_state.dispatch(AppCommand::WatchDelivery { delivery_id: opened.get() });
        }
    });
}

/// Goes to another place in the app.
pub fn go_to(route: &Route) {
    if window().location().set_hash(&route.hash()).is_err() {
        leptos::logging::warn!("the address could not be changed");
    }
}
