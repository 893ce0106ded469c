//! The template language against Django itself, and against anything at all.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test may fail, says what it did, and measures"
)]

mod bounds;
mod differential;
mod fuzz;
mod grammar;
mod ours;
