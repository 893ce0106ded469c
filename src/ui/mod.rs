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

/// Puts the app into the page. `connect` gets what takes the events, and answers the line for commands.
pub fn mount(services: PageServices, connect: Box<dyn FnOnce(AppState) -> Handle>) {
    leptos::mount::mount_to_body(move || {
        let app_state = AppState::new();
        provide_context(app_state);
        provide_context(Files::new(services.files.clone()));
        provide_context(Page::new(services));
        app_state.connect(connect(app_state));
        view! { <App /> }
    });
}
