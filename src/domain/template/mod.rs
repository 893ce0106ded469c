//! Django's template language on minijinja.
//!
//! In: Django source and a context. Out: text, where each piece of it came from, or located problems.
//! Invariant: bounded by fuel, output size and depth; never panics on any input.

pub mod catalog;
pub mod check;
pub mod engine;
pub mod filters;
pub mod library;
pub mod lower;
pub mod parse;
pub mod problem;
pub mod run;
pub mod value;
