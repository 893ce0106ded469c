//! Which role this scope has.
//!
//! In: the global scope. Out: page, sender or calculation.
//! Invariant: decided once, at the start.

use wasm_bindgen::JsCast;
use web_sys::DedicatedWorkerGlobalScope;

/// What the one Wasm module does in this scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Runs the screens.
    Page,
    /// Sends.
    Sender,
    /// Renders previews.
    Calculation,
}

impl Role {
    /// The name a worker is started with.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Sender => "sender",
            Self::Calculation => "calculation",
        }
    }
}

/// The role of this scope.
pub fn current_role() -> Role {
    match js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() {
        Ok(scope) if scope.name() == Role::Sender.name() => Role::Sender,
        Ok(_) => Role::Calculation,
        Err(_) => Role::Page,
    }
}
