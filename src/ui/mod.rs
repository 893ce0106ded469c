//! The screens, in Leptos.
//!
//! In: view models and signals. Out: commands to the runtime's handle.
//! Invariant: holds no policy; reads no storage.

pub mod activity;
pub mod builder;
pub mod destinations;
pub mod edits;
pub mod events;
pub mod files;
pub mod flows;
pub mod help;
mod keep_words;
mod kit;
pub mod klaviyo;
pub mod members;
pub mod page;
pub mod payload;
pub mod rehearsal;
pub mod sandbox;
pub mod screens;
pub mod settings;
pub mod shell;
pub mod state;
pub mod words;
pub mod work;

use std::rc::Rc;

use leptos::prelude::*;

use crate::runtime::handle::{AppEvent, Handle};
use crate::ui::files::Files;
use crate::ui::page::{Page, PageServices};
use crate::ui::shell::App;
use crate::ui::state::AppState;

/// Takes what happened, to show it.
pub type EventSink = Rc<dyn Fn(AppEvent)>;

/// The app before it is in the page.
pub struct Prepared {
    app_state: AppState,
    /// Of the state's signals.
    owner: Owner,
}

/// Makes the app's state. `connect` gets what takes the events, and answers the line for commands.
pub fn prepare(connect: impl FnOnce(AppState) -> Handle) -> Prepared {
    let owner = Owner::new();
    let app_state = owner.with(|| {
        let app_state = AppState::new();
        app_state.connect(connect(app_state));
        app_state
    });
    Prepared { app_state, owner }
}

/// Puts the app into the page.
pub fn mount(prepared: Prepared, services: PageServices) {
    leptos::mount::mount_to_body(move || {
        let Prepared { app_state, owner } = prepared;
        // The state lives as long as what shows it.
        on_cleanup(move || drop(owner));
        provide_context(app_state);
        provide_context(Files::new(services.files.clone()));
        provide_context(Page::new(services));
        view! { <App /> }
    });
}
