//! The outside world: one file for each port.
//!
//! In: what the runtime asks. Out: what the browser did.
//! Invariant: no policy of any kind.
#![allow(clippy::disallowed_methods, reason = "this module is the browser boundary")]

pub mod asset;
pub mod broadcast;
pub mod clock;
pub mod console;
pub mod crypto;
mod device_key;
pub mod download;
pub mod fetch;
pub mod files;
pub mod idle;
pub mod indexed_db;
pub mod leader;
pub mod panic;
pub mod permission;
pub mod random;
pub mod role;
pub mod sandbox;
mod scope;
pub mod storage_health;
pub mod theme;
pub mod timers;
pub mod worker_link;
pub mod zones;
