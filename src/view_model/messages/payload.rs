//! The words of the payload editor, its preview and the sandbox.
//!
//! In: places and problems. Out: sentences.
//! Invariant: a problem says where it is.

use crate::view_model::messages::sentence;

/// A payload whose template or JSON is wrong.
pub const DOES_NOT_RENDER: &str = "The payload does not render. The problems say where.";

/// A fix of a problem that the text has left behind.
pub const FIX_IS_STALE: &str = "The payload has changed since; the fix does not fit any more.";

/// Why a rendering that ran away was ended.
pub const PREVIEW_TOO_SLOW: &str = "it took longer than three seconds; a shorter loop may be quick enough";

/// Why there is no rendering: its worker failed.
pub const PREVIEW_FAILED: &str = "the part of the app that renders failed, and starts anew with the next edit";

/// A rendering that ran away, or failed otherwise.
pub fn preview_ended(reason: &str) -> String {
    format!("The preview was ended: {} Nothing is lost.", sentence(&reason))
}

/// A problem of a text, and its line.
pub fn at_line(line: usize, problem: &str) -> String {
    format!("Line {line}: {}", sentence(&problem))
}

/// A link to a webhook that leads nowhere.
pub const WEBHOOK_NOT_HERE: &str = "It was deleted, or the link comes from another browser.";

/// The editor.
pub const EDITOR_KEYS: &str = "Ctrl+Space suggests, Ctrl+period fixes the first problem, Tab leaves the editor.";
pub const EDITOR_MISSING: &str = "The editor could not be loaded. This plain field works too: problems and preview stay \
     live, suggestions do not.";
pub const FORMAT_REFUSED: &str =
    "A text or a tag is not closed, so the payload cannot be formatted yet. The problems say where.";
pub const COPY_REFUSED: &str = "The browser does not let this page copy. Select the text and copy it by hand.";
pub fn paste_refused(name: &str) -> String {
    format!("{name} is no text of at most 5 MB, so it was not pasted.")
}
pub const NO_VARIABLE_FOUND: &str = "No variable has this name or value.";
pub const VARIABLES_CUT: &str = "There are more. Search to find them.";
pub const SNIPPETS_HINT: &str = "A line such as === greeting, then the snippet. The payload has it by \
     {% include 'greeting' %}, or {% extends %} it.";
pub const ESCAPE_HINT: &str =
    "Klaviyo does not document whether payloads are escaped. In the one published receiver they are not.";

/// The preview.
pub const HARSH_MEANING: &str = "Tries the payload with every field missing, null, empty, quoted, huge and more.";
pub const DIFFERENCE_EMPTY: &str = "Choose another event to see what differs in the body.";
pub const DIFFERENCE_BROKEN: &str = "One of the two does not render.";
pub const DIFFERENCE_NONE: &str = "Both bodies are the same.";
pub fn without_colours(size: &str) -> String {
    format!("{size}: shown without colours. Copy takes all of it.")
}

/// The JSON beside a payload is wrong, and what is shown meanwhile.
pub fn data_problem(line: usize, column: usize, message: &str) -> String {
    format!("Line {line}, column {column}: {message} The preview keeps what was right last.")
}

/// The sandbox and its links.
pub const SANDBOX_JSON_HINT: &str = "JSON. The preview follows as you type.";
pub const SANDBOX_REPLACED: &str = "This came from elsewhere. What stood here before is kept.";
pub const SANDBOX_TAKEN: &str = "The payload is in the webhook’s working copy. Save the flow to make it run.";
pub const SHARE_MEANING: &str = "The link holds the payload, the event and the profile in itself, after the #, which no \
     server sees. Whoever has the link can read them. It holds no headers, no address and no secrets.";
pub fn link_length(size: &str) -> String {
    format!("The link has {size}.")
}
pub fn link_long(size: &str) -> String {
    format!("The link has {size}: some mail and chat programs cut links that long.")
}
pub fn link_too_long(size: &str) -> String {
    format!("The link has {size}, too much for a browser. Shorten the event, then share again.")
}
