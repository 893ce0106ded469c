//! What the screen shows, as plain structs.
//!
//! In: domain values and the time. Out: rows, labels and words.
//! Invariant: knows no storage, no runtime and no browser.
