//! What the screen shows, as plain structs.
//!
//! In: domain values and the time. Out: rows, labels and words.
//! Invariant: knows no storage, no runtime and no browser.

pub mod activity;
pub mod condition;
pub mod delivery;
pub mod flow;
pub mod flow_diff;
pub mod flow_list;
pub mod journey;
pub mod json_text;
pub mod messages;
pub mod practice;
pub mod preview;
pub mod route;
pub mod sample;
pub mod time;
