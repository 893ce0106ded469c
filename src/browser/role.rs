//! Which of the app's roles this global scope has.
//!
//! In: nothing. Out: page, sender or calculation.
//! Invariant: a worker's name is its role.

use wasm_bindgen::JsCast;
use web_sys::DedicatedWorkerGlobalScope;

use crate::browser::scope::scope;

/// What a scope is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Runs the interface.
    Page,
    /// Runs the runtime: the only one that sends.
    Sender,
    /// Renders and computes; ended and started again when a template runs away.
    Calculation,
}

impl Role {
    /// The name of a worker in this role; `None` for the page, which is no worker.
    pub const fn worker_name(self) -> Option<&'static str> {
        match self {
            Self::Page => None,
            Self::Sender => Some("sender"),
            Self::Calculation => Some("calculation"),
        }
    }

    /// The role of this scope; `None` for a worker whose name is no role.
    pub fn current() -> Option<Self> {
        if !js_sys::global().is_instance_of::<DedicatedWorkerGlobalScope>() {
            return Some(Self::Page);
        }
        let name = scope().name().as_string()?;
        [Self::Sender, Self::Calculation].into_iter().find(|role| role.worker_name() == Some(name.as_str()))
    }
}
