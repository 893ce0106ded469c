//! Hookwright: build, rehearse, send and watch flow webhooks, in the browser.
//!
//! A trigger event walks through a flow; the flow's webhook action renders a request; the request is a delivery with
//! attempts; a failed attempt is scheduled again; every step is one row of the activity log; the screen shows all of it:
//!
//! ```text
//! trigger event → flow engine → rendered request → delivery attempt → retry schedule → activity log → view
//! ```
//!
//! - [`domain`]: the rules, as plain data and functions.
//! - `view_model`: what the screen shows, as plain structs.
//! - [`storage`]: what lies on disk.
//! - [`runtime`]: when things happen; the only place that awaits.
//! - `browser`, `ui`: the outside world and Leptos; only in the browser build.

pub mod domain;
pub mod runtime;
pub mod storage;
pub mod view_model;

#[cfg(target_arch = "wasm32")]
pub mod browser;
#[cfg(target_arch = "wasm32")]
pub mod ui;
