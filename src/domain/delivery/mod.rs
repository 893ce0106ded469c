//! Deliveries: the request, what came back, and when it is tried again.
//!
//! In: a rendered request, outcomes, the time, a random number. Out: states, due times, and what to send now.
//! Invariant: never sends and never sleeps; a failed delivery is data.

pub mod counts;
pub mod destination;
pub mod export;
pub mod lifecycle;
pub mod network;
pub mod outcome;
pub mod practice;
pub mod queue;
pub mod request;
pub mod retry;
pub mod retry_after;
pub mod signing;
pub mod state;
pub mod totals;
