//! The template language against Django itself, and against anything at all.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may fail, and says what it did"
)]

mod differential;
mod fuzz;
mod grammar;
mod ours;
