//! Which code is downloaded only when it is needed: the desk, the workers' roles, the flow, the forms beside it, the activity,
//! and all other screens.
//!
//! In: a screen or a role. Out: its view or its work, or that its code did not arrive.
//! Invariant: nothing outside of this file names a part's contents directly, or it would be in the first download again.
//!
//! A release is split at these functions after linking (`scripts/split/`); code that several parts share comes as chunks
//! that are loaded with the first of them, which is why the parts are few. The flow's part travels in the first file, since
//! a first visit needs it. Other builds hold everything in one file, and nothing is ever waited for.

use std::pin::Pin;
use std::rc::Rc;

use futures_channel::mpsc::UnboundedReceiver;
use futures_util::FutureExt;
use hookwright::browser::console::log_failure;
use hookwright::browser::crypto::BrowserKeys;
use hookwright::browser::idle::idle;
use hookwright::browser::timers::BrowserTimers;
use hookwright::domain::id::{FlowId, NodeId};
use hookwright::runtime::ports::Timers;
use hookwright::runtime::schedule::{SenderNotice, SenderWord};
use hookwright::storage::fallback::BoxedStore;
use hookwright::storage::memory::MemoryStore;
use hookwright::ui::activity::ActivityScreen;
use hookwright::ui::builder::FlowScreen;
use hookwright::ui::builder::canvas::{self, Act, Desk};
use hookwright::ui::builder::panels::{FlowPanel, SidePanel, flow_panel, side_panel};
use hookwright::ui::destinations::{DestinationScreen, DestinationsScreen};
use hookwright::ui::events::EventsScreen;
use hookwright::ui::flows::FlowsScreen;
use hookwright::ui::help::HelpScreen;
use hookwright::ui::members::{MemberForms, MembersScreen};
use hookwright::ui::payload::PayloadScreen;
use hookwright::ui::rehearsal::RehearsalScreen;
use hookwright::ui::sandbox::SandboxScreen;
use hookwright::ui::screens::{Loading, Opened as OpenedScreen, Screen};
use hookwright::ui::settings::SettingsScreen;
use hookwright::ui::state::AppState;
use hookwright::view_model::delivery::Tone;
use hookwright::view_model::messages;
use leptos::prelude::*;
use wasm_split_helpers::SplitLoaderError;

use crate::roles::page::Opened;
use crate::roles::sender::{BrowserStore, Lead};
use crate::roles::{calculation, desk, sender};

/// Between two tries to fetch the desk, in milliseconds.
const RETRY_MILLIS: i64 = 5_000;

/// A function in a part of its own and, where the part is named with one, a function that loads it without a call.
macro_rules! part {
    ($part:ident $(, $load:ident)?; fn $name:ident($($argument:ident: $kind:ty),*) -> $answer:ty { $body:expr }) => {
        #[cfg(hookwright_split)]
        #[wasm_split_helpers::wasm_split($part, fallible $(, preload($load))?)]
        fn $name($($argument: $kind),*) -> Result<$answer, SplitLoaderError> {
            Ok($body)
        }

        #[cfg(not(hookwright_split))]
        async fn $name($($argument: $kind),*) -> Result<$answer, SplitLoaderError> {
            Ok($body)
        }

        $(
            #[cfg(not(hookwright_split))]
            async fn $load() -> Result<(), SplitLoaderError> {
                Ok(())
            }
        )?
    };
}

part!(flow, load_flow; fn flow_screen(flow_id: FlowId) -> AnyView {
    view! { <FlowScreen flow_id=flow_id /> }.into_any()
});
part!(beside, load_beside; fn shown_side(panel: SidePanel) -> AnyView { side_panel(panel) });
part!(more, load_panels; fn shown_panel(panel: FlowPanel) -> AnyView { flow_panel(panel) });
part!(more; fn act(desk: Desk, act: Act) -> () { canvas::do_act(desk, act) });
part!(more, load_payload; fn payload_screen(flow_id: FlowId, node_id: NodeId) -> AnyView {
    view! { <PayloadScreen flow_id=flow_id node_id=node_id /> }.into_any()
});
part!(more, load_flows; fn flows_screen() -> AnyView { view! { <FlowsScreen /> }.into_any() });
part!(more, load_sandbox; fn sandbox_screen() -> AnyView { view! { <SandboxScreen /> }.into_any() });
part!(activity, load_activity; fn activity_screen() -> AnyView { view! { <ActivityScreen /> }.into_any() });
part!(more, load_events; fn events_screen() -> AnyView { view! { <EventsScreen /> }.into_any() });
part!(more, load_help; fn help_screen() -> AnyView { view! { <HelpScreen /> }.into_any() });
part!(more, load_settings; fn settings_screen() -> AnyView { view! { <SettingsScreen /> }.into_any() });
part!(more, load_members; fn members_screen() -> AnyView { view! { <MembersScreen /> }.into_any() });
part!(more, load_member_forms; fn member_forms() -> AnyView { view! { <MemberForms /> }.into_any() });
part!(desk, load_desk; fn desk_run(opened: Opened) -> PartWork { Box::pin(desk::run(opened)) });
part!(desk; fn new_memory() -> Rc<dyn BoxedStore> { Rc::new(MemoryStore::default()) });
part!(work; fn calculation_start() -> () { calculation::start() });
part!(work; fn sender_start() -> () { sender::start() });
part!(work; fn page_sender(
    store: BrowserStore,
    keys: Option<Rc<BrowserKeys>>,
    pokes: UnboundedReceiver<SenderWord>,
    notify: Box<dyn Fn(SenderNotice)>
) -> PartWork { sender::run((store, keys), Lead::AtOnce, pokes, notify) });

part!(activity, load_destinations; fn destinations_screen() -> AnyView { view! { <DestinationsScreen /> }.into_any() });
part!(activity, load_destination; fn destination_screen(origin: String) -> AnyView {
    view! { <DestinationScreen origin=origin /> }.into_any()
});
part!(activity, load_rehearsal; fn rehearsal_screen(flow_id: FlowId) -> AnyView {
    view! { <RehearsalScreen flow_id=flow_id /> }.into_any()
});

/// What a part does for as long as it lives.
type PartWork = Pin<Box<dyn Future<Output = ()>>>;

/// Comes back when a part is here.
type PartLoading = Pin<Box<dyn Future<Output = Result<(), SplitLoaderError>>>>;

/// Opens a screen: at once if its code is here.
pub fn open_screen(screen: &Screen) -> OpenedScreen {
    let mut loading: PartLoading = match screen {
        Screen::Flow { .. } => Box::pin(load_flow()),
        Screen::Payload { .. } => Box::pin(load_payload()),
        Screen::Flows => Box::pin(load_flows()),
        Screen::Sandbox => Box::pin(load_sandbox()),
        Screen::Activity => Box::pin(load_activity()),
        Screen::Events => Box::pin(load_events()),
        Screen::Settings => Box::pin(load_settings()),
        Screen::Members => Box::pin(load_members()),
        Screen::Help => Box::pin(load_help()),
        Screen::Destinations => Box::pin(load_destinations()),
        Screen::Destination { .. } => Box::pin(load_destination()),
        Screen::Rehearsal { .. } => Box::pin(load_rehearsal()),
        Screen::MemberForms => Box::pin(load_member_forms()),
        Screen::Panel(_) => Box::pin(load_panels()),
        Screen::Side(_) => Box::pin(load_beside()),
    };
    match loading.as_mut().now_or_never() {
        Some(Ok(())) => show_loaded(screen),
        Some(Err(error)) => OpenedScreen::Failed { message: error.to_string() },
        None => {
            OpenedScreen::Loading(Box::pin(async move { loading.await.map_err(|error| error.to_string()) }) as Loading)
        }
    }
}

/// The view of a screen whose code is here, so that its future waits for nothing.
fn show_loaded(screen: &Screen) -> OpenedScreen {
    let view = match screen.clone() {
        Screen::Flow { flow_id } => flow_screen(flow_id).now_or_never(),
        Screen::Payload { flow_id, node_id } => payload_screen(flow_id, node_id).now_or_never(),
        Screen::Flows => flows_screen().now_or_never(),
        Screen::Sandbox => sandbox_screen().now_or_never(),
        Screen::Activity => activity_screen().now_or_never(),
        Screen::Events => events_screen().now_or_never(),
        Screen::Settings => settings_screen().now_or_never(),
        Screen::Members => members_screen().now_or_never(),
        Screen::Help => help_screen().now_or_never(),
        Screen::Destinations => destinations_screen().now_or_never(),
        Screen::Destination { origin } => destination_screen(origin).now_or_never(),
        Screen::Rehearsal { flow_id } => rehearsal_screen(flow_id).now_or_never(),
        Screen::MemberForms => member_forms().now_or_never(),
        Screen::Panel(panel) => shown_panel(panel).now_or_never(),
        Screen::Side(panel) => shown_side(panel).now_or_never(),
    };
    match view {
        Some(Ok(view)) => OpenedScreen::Ready(view),
        Some(Err(error)) => OpenedScreen::Failed { message: error.to_string() },
        None => OpenedScreen::Failed { message: "the screen was loaded and did not come".to_owned() },
    }
}

/// Does an act on a flow's cards: at once if its code is here, else when it has come.
pub fn do_act(desk: Desk, asked: Act) {
    let mut doing = Box::pin(act(desk, asked));
    let fail = move |error: &SplitLoaderError| {
        log_failure(&error.to_string());
        desk.app_state.notify(Tone::Fail, messages::PART_MISSING.to_owned());
    };
    match doing.as_mut().now_or_never() {
        Some(Ok(())) => {}
        Some(Err(error)) => fail(&error),
        None => wasm_bindgen_futures::spawn_local(async move {
            if let Err(error) = doing.await {
                fail(&error);
            }
        }),
    }
}

/// Fetches the forms beside a flow, while the workspace is read: they are wanted as soon as a flow shows.
pub async fn load_forms() {
    if let Err(error) = load_beside().await {
        // They are fetched again when they are shown, and it is said then.
        hookwright::browser::console::log_notice(&error.to_string());
    }
}

/// Fetches every part that is not here yet, one after the other: whatever is opened later is there at once, and needs no
/// network any more.
pub async fn load_rest() {
    let rest: [PartLoading; 4] =
        [Box::pin(load_flow()), Box::pin(load_beside()), Box::pin(load_flows()), Box::pin(load_activity())];
    for part in rest {
        idle().await;
        if let Err(error) = part.await {
            // It is fetched again when it is opened, and said then.
            return hookwright::browser::console::log_notice(&error.to_string());
        }
    }
}

/// Starts a worker's role; a worker whose code does not arrive says so to its page.
pub fn start_sender() {
    start_role(sender_start());
}

/// As [`start_sender`], for the calculation worker.
pub fn start_calculation() {
    start_role(calculation_start());
}

fn start_role(role: impl Future<Output = Result<(), SplitLoaderError>> + 'static) {
    wasm_bindgen_futures::spawn_local(async move {
        if let Err(error) = role.await {
            hookwright::browser::panic::tell(&error.to_string());
        }
    });
}

/// Runs the page's desk. What is asked meanwhile waits until its code is here, which is tried until it is.
pub async fn run_desk(opened: Opened) {
    while let Err(error) = load_desk().await {
        tell_missing(opened.app_state, &error).await;
    }
    match desk_run(opened).await {
        Ok(work) => work.await,
        Err(error) => log_failure(&error.to_string()),
    }
}

/// A store for a page whose browser keeps nothing; its code is tried until it is here.
pub async fn memory_store(app_state: AppState) -> Rc<dyn BoxedStore> {
    loop {
        match new_memory().await {
            Ok(memory) => return memory,
            Err(error) => tell_missing(app_state, &error).await,
        }
    }
}

/// Says that the desk did not arrive, and comes back when it is time to try again.
async fn tell_missing(app_state: AppState, error: &SplitLoaderError) {
    log_failure(&error.to_string());
    app_state.notify(Tone::Fail, messages::DESK_MISSING.to_owned());
    BrowserTimers.sleep(RETRY_MILLIS).await;
}

/// Runs a sender in the page, over a store that no worker can reach.
pub async fn run_page_sender(
    store: BrowserStore,
    keys: Option<Rc<BrowserKeys>>,
    pokes: UnboundedReceiver<SenderWord>,
    notify: Box<dyn Fn(SenderNotice)>,
) -> Result<(), String> {
    match page_sender(store, keys, pokes, notify).await {
        Ok(sender) => {
            sender.await;
            Ok(())
        }
        Err(error) => Err(error.to_string()),
    }
}
