//! Flows: a trigger, and the tree of cards a profile walks through.
//!
//! In: what a person built, an event, the time. Out: runs, effects and problems.
//! Invariant: a flow is a plain value; changing one makes another.

mod calendar;
pub mod check;
pub mod condition;
pub mod date_trigger;
pub mod delay;
pub mod edit;
pub mod engine;
pub mod journey;
pub mod layout;
pub mod model;
pub mod run;
pub mod steps;
pub mod tree;
