//! The composition root: builds the adapters and starts the role this scope has (page, sender, calculation).
//!
//! In: the global scope. Out: a running role.
//! Invariant: wiring only; no rule and no policy.

#[cfg(target_arch = "wasm32")]
mod roles;

#[cfg(target_arch = "wasm32")]
fn main() {
    use hookwright::browser::{panic, role};

    panic::set_hook();
    match role::current_role() {
        role::Role::Page => roles::page::start(),
        role::Role::Sender => roles::sender::start(),
        role::Role::Calculation => roles::calculation::start(),
    }
}

/// There is nothing to run outside a browser.
#[cfg(not(target_arch = "wasm32"))]
fn main() {}
