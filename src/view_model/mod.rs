//! What the screen shows, as plain structs.
//!
//! In: domain values and the time. Out: rows, labels and words.
//! Invariant: knows no storage, no runtime and no browser.

pub mod activity;
pub mod board;
pub mod builder_commands;
pub mod charts;
pub mod completion;
pub mod condition;
pub mod copy_as;
pub mod cors;
pub mod delivery;
pub mod destination;
pub mod difference;
pub mod flow;
pub mod flow_diff;
pub mod flow_list;
pub mod format_template;
pub mod harsh;
pub mod help;
pub mod journey;
pub mod json_text;
pub mod library;
pub mod log_window;
pub mod members;
pub mod messages;
pub mod output_map;
pub mod practice;
pub mod preview;
pub mod rehearsal;
pub mod route;
pub mod sample;
pub mod sandbox;
pub mod saving;
pub mod share;
pub mod template_scope;
pub mod time;
pub mod utf16;
pub mod variables;
pub mod viewport;
