//! The words of the frame: parts that did not arrive, the sender's state, addresses that lead nowhere.
//!
//! In: nothing. Out: sentences.
//! Invariant: says whether anything of the person's is touched.

/// The help's file could not be fetched.
pub const HELP_MISSING: &str =
    "It is a file beside the app, and this browser may be offline. Everything else goes on working.";

/// An address of the help that leads nowhere.
pub const HELP_NO_TOPIC: &str = "The link may be old. The list of topics holds all there are.";

/// A search of the help.
pub const HELP_NOTHING_FOUND: &str = "Nothing has these words. Try a shorter one.";

/// The part that keeps and sends could not be downloaded.
pub const DESK_MISSING: &str =
    "A part of the app did not arrive: what you do is kept once it is here. Trying again every five seconds.";

pub const PART_MISSING: &str = "This part of the app did not arrive. Check the connection, then try again.";

/// Sender states.
pub const SENDER_STARTING: &str = "Starting the sender";

pub const SENDER_THIS_TAB: &str = "This tab sends";

pub const SENDER_OTHER_TAB: &str = "Another tab sends";

pub const SENDER_OFFLINE: &str = "Offline: nothing is sent";

pub const SENDER_FAILED: &str = "No sender: nothing is sent";

pub const SENDER_MEANING: &str =
    "Nothing is sent while the browser is closed. Retries that come due then are made up on return.";

/// Said while the browser is offline.
pub const OFFLINE_MEANING: &str =
    "You are offline. Nothing is sent and no attempt is spent; what waits is sent when the network is back.";

/// A part of the app could not be fetched.
pub const SCREEN_MISSING: &str = "The connection may be gone, or a newer version of Hookwright lies on the host: then \
     reload the page. Your flows and your log are untouched.";
/// An address that leads nowhere.
pub const NOTHING_AT_ADDRESS: &str = "The link may be old or mistyped. Your flows and your log are untouched.";
/// The drawing of the retries.
pub const RETRIES_DRAWING: &str =
    "18 attempts, the first and 17 retries, over 24 hours. Toward the right each step stands for a longer time.";
