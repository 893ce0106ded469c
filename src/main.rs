//! The composition root: builds the adapters and starts the role this scope has (page, sender, calculation).
//!
//! In: the global scope. Out: a running role.
//! Invariant: wiring only; no rule and no policy.

#[cfg(target_arch = "wasm32")]
mod roles;

#[cfg(target_arch = "wasm32")]
fn main() {
    use hookwright::browser::console::log_failure;
    use hookwright::browser::panic;
    use hookwright::browser::role::Role;

    panic::install();
    match Role::current() {
        Some(Role::Page) => roles::page::start(),
        Some(Role::Sender) => roles::parts::start_sender(),
        Some(Role::Calculation) => roles::parts::start_calculation(),
        None => log_failure("this worker has no role"),
    }
}

/// There is nothing to run outside a browser.
#[cfg(not(target_arch = "wasm32"))]
fn main() {}
