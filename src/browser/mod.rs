//! The outside world: one file for each port.
//!
//! In: what the runtime asks. Out: what the browser did.
//! Invariant: no policy of any kind.
