//! The screens, in Leptos.
//!
//! In: view models and signals. Out: commands to the runtime's handle.
//! Invariant: holds no policy; reads no storage.
