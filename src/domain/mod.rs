//! The rules: plain data and functions.
//!
//! In: events, profiles, flows, payloads, outcomes, the time and a random number. Out: runs, requests,
//! deliveries, schedules, problems.
//! Invariant: no clock, no randomness, no input or output, no `async`, no browser. Time and chance are arguments.

pub mod activity;
pub mod delivery;
pub mod event;
pub mod flow;
pub mod id;
pub mod import;
pub mod klaviyo;
pub mod lists;
pub mod member;
mod named;
pub mod passphrase;
pub mod pattern;
pub mod payload;
pub mod samples;
pub mod secret;
pub mod settings;
pub mod template;
pub mod time;
pub mod totp;
