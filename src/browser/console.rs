//! The console: for failures that have no place on the screen.
//!
//! In: a sentence. Out: a line in the console.
//! Invariant: whoever logs a failure here has nobody else to tell.

/// Writes a failure that has no place on the screen to the console, once.
pub fn log_failure(message: &str) {
    web_sys::console::error_1(&message.into());
}

/// Writes what a person may want to know and need not act on.
pub fn log_notice(message: &str) {
    web_sys::console::warn_1(&message.into());
}
