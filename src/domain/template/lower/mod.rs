//! Lowers a Django tree to a minijinja template.
//!
//! In: a tree, and the trees it extends. Out: Jinja source with its text, loops and branches, the program of all else it
//! refers to by number, and where each piece came from.
//! Invariant: lowered text is always valid Jinja; names of ours begin with an underscore, as no Django name can.

pub mod expr;
pub mod marks;
pub mod nodes;

pub use crate::domain::template::lower::marks::{Mark, Marks};
