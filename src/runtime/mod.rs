//! When things happen: the only place that awaits.
//!
//! In: ports, a store, commands. Out: attempts made and recorded.
//! Invariant: generic over its ports; runs natively with fakes.

pub mod command;
pub mod deliver;
pub mod election;
pub mod flow_file;
pub mod handle;
pub mod keys;
pub mod library;
pub mod log;
pub mod page;
pub mod plan;
pub mod ports;
pub mod practice_client;
pub mod preview;
pub mod reading;
pub mod rehearse;
pub mod schedule;
