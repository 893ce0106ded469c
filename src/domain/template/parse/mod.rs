//! Django's template syntax: source to tree.
//!
//! In: source. Out: a tree, or every problem found, each in its place.
//! Invariant: never recurses deeper than `MAX_BLOCK_DEPTH`; goes on after an error.

pub mod ast;
pub mod blocks;
pub mod condition;
pub mod expression;
pub mod hints;
pub mod lexer;
pub mod tags;
pub mod words;

/// How deeply blocks may stand in each other.
pub const MAX_BLOCK_DEPTH: usize = 42;
