//! Every sentence said to a person about an outcome: what happened, what it means for their data, what they can do.
//!
//! In: outcomes, reasons and troubles. Out: sentences.
//! Invariant: no machine's phrase reaches the screen without a sentence of ours around it.

use std::fmt::Display;

use crate::domain::delivery::outcome::{AttemptOutcome, Consequence};
use crate::domain::delivery::state::{DeliveryStatus, SkipReason, WaitReason};
use crate::view_model::delivery::Tone;
use crate::view_model::time::duration;

/// Another tab edited the flow on the screen, and nothing here was lost.
pub const CHANGED_IN_OTHER_TAB: &str = "Another tab changed this flow. What you see now is that version.";

/// Another tab edited the flow while this tab had changes that were not kept yet.
pub const CLASH: &str = "Another tab changed this flow while you were editing it. Nothing was overwritten: choose which working copy stays.";

/// What a card of Klaviyo's is.
pub const FOREIGN_WORDS: &str = "This card was imported from Klaviyo. Hookwright keeps it as it is, passes profiles over it, and exports it again unchanged.";

/// What a card of a newer version is.
pub const UNKNOWN_WORDS: &str = "This version of Hookwright does not know cards of this kind. It keeps the card as it is and passes profiles on to the card below. Reload to get the newest version.";

/// The help's file could not be fetched.
pub const HELP_MISSING: &str =
    "It is a file beside the app, and this browser may be offline. Everything else goes on working.";

/// An address of the help that leads nowhere.
pub const HELP_NO_TOPIC: &str = "The link may be old. The topics at the side are all there are.";

/// A search of the help.
pub const HELP_NOTHING_FOUND: &str = "Nothing has these words. Try a shorter one.";

/// What *From cURL* does.
pub const CURL_MEANING: &str = "Paste a command from an API's documentation, or one that a browser copied. It replaces the destination, the headers and the payload of this webhook; Undo brings them back.";

/// A command holds what looks like a key.
pub const CURL_CREDENTIAL: &str =
    "A header looks like a key. Keep it as a secret below, so that it is encrypted and does not leave with the flow.";

/// A problem of a text, and its line.
pub fn at_line(line: usize, problem: &str) -> String {
    format!("Line {line}: {}", sentence(&problem))
}

/// Turns a lower-case phrase without a full stop, as our errors are, into a sentence for the screen.
pub fn sentence(phrase: &impl Display) -> String {
    let phrase = phrase.to_string();
    let mut chars = phrase.chars();
    let Some(first) = chars.next() else { return String::new() };
    let mut text: String = first.to_uppercase().collect();
    text.push_str(chars.as_str());
    if !text.ends_with(['.', '?', '…']) {
        text.push('.');
    }
    text
}

/// `1 delivery`, `2 deliveries`.
pub fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// What came back, in a few words.
pub fn outcome_headline(outcome: &AttemptOutcome) -> String {
    match outcome {
        AttemptOutcome::Answered { status, .. } => match reason_phrase(*status) {
            Some(phrase) => format!("{status} {phrase}"),
            None => status.to_string(),
        },
        AttemptOutcome::TimedOut { timeout_millis } => format!("No answer within {}", duration(*timeout_millis)),
        AttemptOutcome::Unreachable => "Unreachable".to_owned(),
        AttemptOutcome::Interrupted => "Interrupted".to_owned(),
        AttemptOutcome::Unreadable => "Answer not readable".to_owned(),
        AttemptOutcome::CutOff => "Cut off".to_owned(),
        AttemptOutcome::Redirected => "Redirected".to_owned(),
    }
}

/// What an outcome means and what a person can do.
pub fn outcome_meaning(outcome: &AttemptOutcome) -> String {
    match outcome {
        AttemptOutcome::Answered { status, retry_after_millis } => answer_meaning(*status, *retry_after_millis),
        AttemptOutcome::TimedOut { .. } => {
            "The receiver may have got the request and been slow to say so. It is tried again, so the receiver should \
             expect the same order twice."
                .to_owned()
        }
        AttemptOutcome::Unreachable => {
            "Nothing answers at this host, so the request probably did not arrive. Check the name, the port and the \
             certificate."
                .to_owned()
        }
        AttemptOutcome::Interrupted => {
            "The connection broke before the answer. The request may have arrived, and it is tried again.".to_owned()
        }
        AttemptOutcome::Unreadable => {
            "The host is up, but the browser was not allowed to read its answer: most likely it sends no CORS headers. \
             The request may have arrived; it is not tried again by itself."
                .to_owned()
        }
        AttemptOutcome::CutOff => {
            "The tab or the browser ended while the request was on its way. It may have arrived.".to_owned()
        }
        AttemptOutcome::Redirected => {
            "Destinations may not redirect. Enter the final address as the destination URL.".to_owned()
        }
    }
}

fn answer_meaning(status: u16, retry_after_millis: Option<i64>) -> String {
    let outcome = AttemptOutcome::Answered { status, retry_after_millis };
    match (outcome.consequence(), retry_after_millis) {
        (Consequence::Delivered, _) => "The receiver took it.".to_owned(),
        (Consequence::Retry, Some(millis)) => {
            format!("The receiver asks to wait {}. It is tried again after that.", duration(millis))
        }
        (Consequence::Retry, None) => "The receiver could not take it now. Such an answer is tried again.".to_owned(),
        (Consequence::Skip, _) => match status {
            401 | 403 => "The receiver does not accept who is asking. Check the authorization header.",
            404 | 410 => "There is nothing at this address. Check the destination URL.",
            400 | 422 => "The receiver understood the request and refused what it says. Check the payload.",
            413 => "The receiver finds the payload too large.",
            415 => "The receiver wants another Content-Type.",
            _ => "The receiver refused it, and this code is not tried again.",
        }
        .to_owned(),
    }
}

/// How an outcome is coloured.
pub fn outcome_tone(outcome: &AttemptOutcome) -> Tone {
    if outcome.may_have_arrived() {
        return Tone::Maybe;
    }
    match outcome.consequence() {
        Consequence::Delivered => Tone::Ok,
        Consequence::Retry => Tone::Wait,
        Consequence::Skip => Tone::Fail,
    }
}

/// Why a delivery was given up, for a table's cell.
pub fn skip_headline(reason: &SkipReason) -> String {
    match reason {
        SkipReason::NotRetryable { outcome }
        | SkipReason::TestFailed { outcome }
        | SkipReason::ResendFailed { outcome } => outcome_headline(outcome),
        SkipReason::RetriesUsedUp { outcome } => format!("All retries used: {}", outcome_headline(outcome)),
        SkipReason::DeadlinePassed { outcome } => format!("24 h passed: {}", outcome_headline(outcome)),
        SkipReason::PassedWhileClosed => "24 h passed while closed".to_owned(),
        SkipReason::AtMostOnce => "Fate unknown, sent at most once".to_owned(),
        SkipReason::PayloadProblem { problem } => {
            format!("Payload, line {}: {}", problem.line, sentence(&problem.message))
        }
        SkipReason::RequestProblem { message } => sentence(message),
        SkipReason::Dismissed => "Dismissed".to_owned(),
    }
}

/// Why a delivery was given up, and what a person can do.
pub fn skip_meaning(reason: &SkipReason) -> String {
    match reason {
        SkipReason::NotRetryable { outcome } => outcome_meaning(outcome),
        SkipReason::RetriesUsedUp { outcome } => {
            format!("All 17 retries failed. {} Resend it once the receiver is well.", outcome_meaning(outcome))
        }
        SkipReason::DeadlinePassed { outcome } => {
            format!("The next retry would come more than 24 h after the first attempt. {}", outcome_meaning(outcome))
        }
        SkipReason::PassedWhileClosed => {
            "The 24 hours passed while the browser was closed or offline, and nothing is sent then. Resend it now."
                .to_owned()
        }
        SkipReason::AtMostOnce => {
            "Nobody knows whether the last attempt arrived, and this webhook is set to send at most once. Ask the \
             receiver before you resend it."
                .to_owned()
        }
        SkipReason::TestFailed { outcome } => {
            let is_maybe = outcome.may_have_arrived();
            let tail = if is_maybe { "It may have arrived. " } else { "" };
            format!("A test request makes one attempt and is not tried again. {tail}{}", test_advice(outcome))
        }
        SkipReason::ResendFailed { outcome } => {
            format!("It was resent by hand, and a resend starts no new schedule. {}", test_advice(outcome))
        }
        SkipReason::PayloadProblem { .. } => {
            "The payload did not become JSON for this event, so nothing was sent. Edit the payload; the event is kept."
                .to_owned()
        }
        SkipReason::RequestProblem { .. } => {
            "The request may not be made like this, so nothing was sent. Mend the webhook's settings.".to_owned()
        }
        SkipReason::Dismissed => "A person closed this delivery. It can still be resent.".to_owned(),
    }
}

/// What to do about a failed test request: the same outcome, without talk of retries.
fn test_advice(outcome: &AttemptOutcome) -> String {
    match outcome {
        AttemptOutcome::Answered { .. } if outcome.consequence() == Consequence::Retry => {
            "A live flow would try it again.".to_owned()
        }
        AttemptOutcome::TimedOut { .. } | AttemptOutcome::Interrupted | AttemptOutcome::CutOff => {
            "A live flow would try it again.".to_owned()
        }
        AttemptOutcome::Answered { .. }
        | AttemptOutcome::Unreachable
        | AttemptOutcome::Unreadable
        | AttemptOutcome::Redirected => outcome_meaning(outcome),
    }
}

/// Where a delivery stands and what happens next, in one sentence.
pub fn status_meaning(status: &DeliveryStatus) -> String {
    match status {
        DeliveryStatus::Waiting { reason, .. } => match reason {
            WaitReason::Resend => "One more attempt is made as soon as its turn comes.",
            WaitReason::Turn => "It is sent as soon as its turn comes.",
            WaitReason::Network => "The browser is offline. It is sent when the network is back; no attempt is spent.",
            WaitReason::PausedDestination => "Its destination is paused. It is sent when the destination is resumed.",
            WaitReason::LockedSecrets => "Its headers hold secrets that are locked. Unlock them to send it.",
        }
        .to_owned(),
        DeliveryStatus::NeedsReview => "The webhook is set to Manual: a person sends it or closes it.".to_owned(),
        DeliveryStatus::Sending { .. } => "The request is on its way.".to_owned(),
        DeliveryStatus::WaitingToRetry { .. } => {
            "The last attempt failed. It is tried again by itself while a tab of Hookwright is open.".to_owned()
        }
        DeliveryStatus::Delivered { .. } => "The receiver took it. Nothing more happens.".to_owned(),
        DeliveryStatus::Skipped { reason, .. } => skip_meaning(reason),
    }
}

/// The mark on a delivery that may have arrived.
pub const MAY_HAVE_ARRIVED: &str = "May have arrived";
/// What that mark means.
pub const MAY_HAVE_ARRIVED_MEANING: &str =
    "An attempt ended without an answer, so the receiver may already have this. Check there before you resend.";

/// Storage refused.
pub fn storage_memory_only(reason: &str) -> String {
    format!("This window keeps nothing: {} Everything is gone when you close it.", sentence(&reason))
}
/// Storage full.
pub fn storage_full(reason: &str) -> String {
    format!("The browser's storage is full, so the last change is not kept. Make room and edit again. ({reason})")
}
/// Another tab holds an older version open.
pub const STORAGE_UPGRADE_BLOCKED: &str =
    "Another tab has an older version of Hookwright open. Close it, then reload this one; nothing is lost.";
/// Data written by a newer version.
pub const STORAGE_TOO_NEW: &str =
    "Your data was written by a newer version of Hookwright. Reload to get it; until then nothing is changed.";
/// Another tab changed the same thing.
pub const STORAGE_CHANGED_ELSEWHERE: &str =
    "Another tab changed the same thing. Nothing was overwritten; reload to see what it says now.";
/// Any other trouble with storage.
pub fn storage_failed(reason: &str) -> String {
    format!("The browser's storage failed, so the last change is not kept: {}", sentence(&reason))
}
/// Rows set aside.
pub fn set_aside(n_rows: usize) -> String {
    let rows = counted(n_rows, "record", "records");
    format!("{rows} could not be read. They are kept as they were, and the rest is loaded.")
}

/// Profiles came into lists and segments that start flows.
pub fn library_started(n_flows: usize, n_profiles: usize) -> String {
    let profiles = counted(n_profiles, "profile", "profiles");
    let flows = counted(n_flows, "flow", "flows");
    format!("{profiles} started {flows}. See Activity for what came of it.")
}

/// The samples that come with the app could not be fetched.
pub fn samples_missing(reason: &str) -> String {
    format!("The samples could not be fetched: {} Your own events are untouched.", sentence(&reason))
}

/// Imports.
pub const IMPORT_ENCODING_GUESSED: &str =
    "The file is not UTF-8; it was read as Windows-1252. Look at letters with accents before you import.";
pub const IMPORT_NOTHING_PASTED: &str = "There is no text to read. Paste some, or choose a file.";
pub fn import_one_at_a_time(name: &str, n_others: u32) -> String {
    let others = counted(n_others as usize, "file", "files");
    format!("{name} was read; {others} waits for an import of its own.")
}
pub fn import_too_large(name: &str) -> String {
    format!("{name} is larger than 64 MB. Split it, and import the parts one after the other.")
}
pub fn import_unreadable(name: &str, reason: &str) -> String {
    format!("{name} could not be read: {}", sentence(&reason))
}
pub fn import_stopped(reason: &str) -> String {
    format!("Reading stopped: {} What was read so far is below.", sentence(&reason))
}
pub fn import_progress(percent: u32, n_items: usize) -> String {
    format!("Reading, {percent} %: {} so far.", counted(n_items, "record", "records"))
}
/// Exports.
pub fn export_failed(reason: &str) -> String {
    format!("The file could not be made: {}", sentence(&reason))
}

/// A file was written.
pub fn exported(n_deliveries: usize) -> String {
    format!("{} exported.", counted(n_deliveries, "delivery", "deliveries"))
}

/// A file is being written.
pub fn writing(n_deliveries: usize) -> String {
    format!("Writing: {}", counted(n_deliveries, "delivery", "deliveries"))
}

pub const EXPORT_MEANING: &str = "CSV has a row for each delivery. JSON Lines has everything: the request, every attempt \
     and what came back.";

/// A search, as far as it has come.
pub fn searched(n_looked_at: usize, n_all: usize, n_found: usize, is_done: bool) -> String {
    let found = counted(n_found, "delivery found", "deliveries found");
    if is_done {
        format!("{found} among {}.", thousands(n_looked_at))
    } else {
        format!("Searching: {} of {}, {found}", thousands(n_looked_at), thousands(n_all.max(n_looked_at)))
    }
}

/// `1,234,567`.
pub fn thousands(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (idx, digit) in digits.chars().enumerate() {
        if idx > 0 && (digits.len() - idx).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Whom an act is for.
pub fn all_found(n: Option<usize>) -> String {
    match n {
        Some(1) => "The delivery that fits".to_owned(),
        Some(n) => format!("All {} deliveries that fit", thousands(n)),
        None => "All deliveries that fit".to_owned(),
    }
}

/// Whom an act is for.
pub fn selected(n: usize) -> String {
    format!("{} selected", counted(n, "delivery", "deliveries"))
}

/// The question before an act on many.
pub fn bulk_title(verb: &str, n: Option<usize>) -> String {
    match n {
        Some(1) => format!("{verb} 1 delivery?"),
        Some(n) => format!("{verb} {} deliveries?", thousands(n)),
        None => format!("{verb} all deliveries that fit?"),
    }
}

/// An act on many was asked for.
pub fn bulk_started(verb: &str, n: Option<usize>) -> String {
    match n {
        Some(n) => format!("{verb}: {} given to the sender.", counted(n, "delivery", "deliveries")),
        None => format!("{verb}: all deliveries that fit given to the sender."),
    }
}

pub const BULK_RESEND_MEANING: &str = "Each delivery that is finished gets one more attempt, in turn. No new schedule \
     starts, and receivers may get an order twice. Those that still wait are left alone.";
pub const BULK_DISMISS_MEANING: &str = "What waits or was skipped is closed for good: nothing more is tried by itself. \
     Delivered ones are left alone. Each can still be resent by hand.";
pub const BULK_APPROVE_MEANING: &str = "Everything that waits in Needs review is sent now. The rest is left alone.";

pub const EDIT_MEANING: &str = "This makes a new delivery, linked to the old one, which stays as it was.";

/// A body that the receiver may not understand.
pub fn not_json(reason: &str) -> String {
    format!("This is not JSON: {reason}. It can be sent all the same.")
}

/// A line without a header.
pub fn no_colon(line: &str) -> String {
    format!("“{line}” has no colon. Write Name: value.")
}

pub const FORGET_MEANING: &str = "Their profile, their events, every delivery to them with its attempts, and every entry \
     of the log about them are deleted here. What receivers got already stays with them. This cannot be undone.";

/// A person is being removed.
pub fn forgetting(email: &str) -> String {
    format!("{email} is being forgotten.")
}

pub const DESTINATION_PAUSED_MEANING: &str = "Nothing is sent there meanwhile, and no attempt is spent. What comes due \
     waits, and is sent when the pause ends.";
pub const CONCURRENCY_HINT: &str = "Empty for the number in Settings.";
pub const RATE_HINT: &str = "Empty for no limit.";

/// A number outside its bounds.
pub fn whole_number(least: u32, most: u32) -> String {
    format!("Enter a whole number from {least} to {most}, or nothing.")
}

pub const DOCTOR_MEANING: &str = "A browser lets a page read an answer only where the receiver says so. Without that the \
     request may still have arrived, and nobody here can tell. These are the words the receiver has to say.";
pub const DOCTOR_ORIGIN: &str = "Allow the origin this app is served from, not every origin. Without Retry-After among \
     the exposed headers the app cannot read how long to wait.";

/// What the browser says of reaching machines nearby.
pub fn local_network(state: Option<&str>) -> String {
    match state {
        Some("granted") => "This host is on this machine or its network, and the browser lets this app reach it.",
        Some("denied") => {
            "This host is on this machine or its network, and the browser was told to keep this app away from it. Allow \
             local network access in the site's settings, beside the address."
        }
        Some(_) => {
            "This host is on this machine or its network. The browser asks for leave at the first request; answer it in \
             this tab."
        }
        None => {
            "This host is on this machine or its network. This browser does not say whether it lets pages reach it; newer \
             ones ask at the first request."
        }
    }
    .to_owned()
}

/// Whether storage outlives a full disk.
pub fn persistence(is_kept: bool, is_persisted: Option<bool>) -> &'static str {
    match (is_kept, is_persisted) {
        (false, _) => "Nothing is kept: everything here is gone with this tab.",
        (true, Some(true)) => "Kept for good: the browser does not clear it when the disk runs full.",
        (true, Some(false)) => "The browser may clear it when the disk runs full. Ask it to keep everything for good.",
        (true, None) => "This browser does not say whether it clears storage when the disk runs full.",
    }
}

/// Used and free room.
pub fn room(used_bytes: u64, quota_bytes: u64) -> String {
    let percent = used_bytes.saturating_mul(100).checked_div(quota_bytes).unwrap_or(0);
    format!("{} of {} used ({percent} %)", megabytes(used_bytes), megabytes(quota_bytes))
}

fn megabytes(bytes: u64) -> String {
    match bytes / 1_000_000 {
        0 => format!("{} kB", bytes / 1_000),
        mega if mega < 10_000 => format!("{mega} MB"),
        mega => format!("{} GB", mega / 1_000),
    }
}

pub const DURABLE: &str = "What must not be lost is written with strict durability: a delivery is on the disk before its \
     request leaves.";
pub const BACKUP_MEANING: &str = "One file with flows, versions, events, profiles, settings, destinations and the whole \
     log. Members, their second steps and secrets are in it only if you ask for them.";
pub const BACKUP_MEMBERS_MEANING: &str = "As they lie here: encrypted under the passphrase. Who has the file and the \
     passphrase has the secrets.";
pub const BACKUP_MEMBERS_LOCKED: &str = "Needs unlocked secrets: see Members.";
pub const RESTORE_MEMBERS_ADD: &str = "Its secrets are of this workspace: those that are missing here are added, and \
     the members stay as they are.";
pub const RESTORE_MEMBERS_OWNER: &str = "It holds members and secrets of another workspace. Only the Owner can restore \
     them, with the secrets unlocked; everything else can be restored without.";

/// What taking the members of a backup would cost.
pub fn restore_members_replace(n_secrets_lost: usize) -> String {
    let mut words = String::from("It holds members and secrets of its own.");
    if n_secrets_lost > 0 {
        words.push_str(&format!(
            " Taking them deletes {} kept here under another passphrase.",
            counted(n_secrets_lost, "secret", "secrets")
        ));
    }
    words
}

/// A file that is larger than any backup.
pub fn backup_too_large(n_bytes: f64, most: usize) -> String {
    let mebibytes = n_bytes / 1024.0 / 1024.0;
    format!("The file has {mebibytes:.0} MiB, and at most {} MiB can be restored.", most / 1024 / 1024)
}

pub const RESTORE_MEANING: &str = "First it is shown what would change; nothing changes before you say so. What happened \
     is never overwritten, and nothing restored is sent by itself.";
pub const RETENTION_HINT: &str =
    "Finished deliveries older than this are deleted, with their attempts. Empty keeps all.";

/// A kind of row that a backup holds.
pub fn kind_change(kind: &str, n_added: usize, n_overwritten: usize, n_left: usize) -> String {
    format!("{kind}: {n_added} added, {n_overwritten} overwritten, {n_left} left as they are")
}

/// What becomes of what was pending.
pub fn restore_rest(n_for_review: usize, n_runs_ended: usize) -> String {
    format!(
        "{} in Needs review, since they may have been sent since; {}.",
        counted(n_for_review, "pending delivery comes back", "pending deliveries come back"),
        counted(n_runs_ended, "waiting run comes back ended", "waiting runs come back ended")
    )
}

pub const PART_MISSING: &str = "This part of the app did not arrive. Check the connection, then try again.";
pub const RESTORED: &str = "The backup is restored. What waited in it is in Needs review.";

pub const REHEARSAL_MEANING: &str = "Every destination is answered by the practice receiver's script here, and nothing \
     leaves this page. Delays, retries and limits are those of the real sender; its schedule is Hookwright's, since \
     Klaviyo publishes no intervals.";
pub const REHEARSAL_EMPTY: &str = "Press Play, or Next event to go one by one.";
pub const REHEARSAL_NO_REQUEST: &str = "The first request appears here as it would be sent.";

/// How long until something happens.
pub fn next_happens(millis: i64) -> String {
    if millis <= 0 {
        "The next event is now.".to_owned()
    } else {
        format!("The next event is in {}.", duration(millis))
    }
}

/// What a rehearsal came to.
pub fn rehearsed(n_arrived: usize, n_refused: usize, n_attempts: usize, n_may_have_arrived: usize) -> String {
    let arrived = counted(n_arrived, "profile came in", "profiles came in");
    let attempts = counted(n_attempts, "attempt", "attempts");
    format!("{arrived}, {n_refused} not let in, {attempts}, {n_may_have_arrived} may have arrived")
}

/// All events that could start the flow.
pub fn all_that_fit(n: usize) -> String {
    match n {
        0 => "No event fits the trigger".to_owned(),
        1 => "The one event that fits".to_owned(),
        n => format!("All {n} events that fit"),
    }
}

/// How far a file was read.
pub fn file_read(n_items: usize, n_problems: usize, is_done: bool) -> String {
    let items = counted(n_items, "entry read", "entries read");
    match (is_done, n_problems) {
        (false, _) => format!("Reading: {items}"),
        (true, 0) => format!("{items}."),
        (true, n) => format!("{items}, {n} could not be read."),
    }
}

pub const BULK_RUN_MEANING: &str = "The same arrivals go through the saved flow and are really sent. Try it dry first. What \
     was handed to the sender is kept; what was not is gone if this tab closes.";
pub const BULK_RUN_UNSAVED: &str = "Only a saved flow runs. Save it first.";
pub const STREAM_MEANING: &str = "Fires the same arrivals one after another, round and round, through the saved flow.";

/// What a dry run came to.
pub fn dry_run(n_tried: usize, n_all: usize, result: &DryRunCounts) -> String {
    let DryRunCounts { n_sent, n_for_review, n_invalid, n_refused, n_delayed } = *result;
    let of = if n_tried < n_all { format!("Of the first {n_tried}: ") } else { String::new() };
    format!(
        "{of}{n_sent} would be sent, {n_for_review} would wait for review, {n_invalid} cannot be sent, {n_refused} are not \
         let in, {n_delayed} wait at a delay."
    )
}

/// What a dry run counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DryRunCounts {
    pub n_sent: usize,
    pub n_for_review: usize,
    pub n_invalid: usize,
    pub n_refused: usize,
    pub n_delayed: usize,
}

/// Why one of many would not be sent.
pub fn arrival_problem(number: usize, problem: &str) -> String {
    format!("Number {number}: {}", sentence(&problem))
}

/// The button that sends for real.
pub fn send_for_real(n: usize) -> String {
    format!("Send {} for real", counted(n, "event", "events"))
}

/// How far a bulk run has come.
pub fn fired(n_fired: usize, n_all: usize, is_paused: bool) -> String {
    let so_far = format!("{n_fired} of {} given to the sender", counted(n_all, "event", "events"));
    if is_paused { format!("Paused: {so_far}.") } else { format!("{so_far}.") }
}

/// How many a stream fired.
pub fn streamed(n: usize) -> String {
    format!("{} fired.", counted(n, "event", "events"))
}

/// The bridge to Klaviyo.
pub const KLAVIYO_EXPORT: &str = "This is the body of Klaviyo's Create Flow, and a command that sends it. The command \
     reads your private key from KLAVIYO_PRIVATE_KEY in your own shell; it has no place in a browser.";
pub fn klaviyo_id_hint(kind: &str, name: &str) -> String {
    format!("Klaviyo knows the {kind} {name} by an id of your account. You find it in the address of its page there.")
}

/// Lists and segments.
pub fn set_name_taken(kind: &str) -> String {
    format!("There is a {} of this name already.", kind.to_lowercase())
}
pub fn set_starts(flow_names: &[String]) -> String {
    match flow_names {
        [] => "No saved flow starts from it.".to_owned(),
        names => format!("Adding a profile starts {}.", names.join(", ")),
    }
}

/// Storage is as it should be.
pub const STORAGE_WELL: &str = "Everything is kept in this browser, on this device.";

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

/// Hints at the destination's field.
pub const URL_PRACTICE: &str = "Answered inside the app by the practice receiver. Nothing leaves this browser.";
pub const URL_PRIVATE: &str =
    "This host is private: the browser may ask for permission, and Klaviyo itself could not reach it.";

/// The usual name of a status code.
fn reason_phrase(status: u16) -> Option<&'static str> {
    Some(match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Content",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_becomes_a_sentence() {
        assert_eq!(sentence(&"the header has no name"), "The header has no name.");
        assert_eq!(sentence(&"Done."), "Done.");
        assert_eq!(sentence(&"did you mean this?"), "Did you mean this?");
        assert_eq!(sentence(&""), "");
    }

    #[test]
    fn large_numbers_are_grouped() {
        for (n, expected) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(thousands(n), expected);
        }
    }

    #[test]
    fn a_retry_after_is_said() {
        let outcome = AttemptOutcome::Answered { status: 429, retry_after_millis: Some(30_000) };
        assert_eq!(outcome_headline(&outcome), "429 Too Many Requests");
        assert!(outcome_meaning(&outcome).contains("30 s"), "{}", outcome_meaning(&outcome));
    }

    #[test]
    fn what_may_have_arrived_is_never_called_a_failure() {
        for outcome in [
            AttemptOutcome::TimedOut { timeout_millis: 30_000 },
            AttemptOutcome::Interrupted,
            AttemptOutcome::Unreadable,
            AttemptOutcome::CutOff,
        ] {
            assert_eq!(outcome_tone(&outcome), Tone::Maybe, "{outcome:?}");
            let said = skip_meaning(&SkipReason::TestFailed { outcome: outcome.clone() });
            assert!(said.contains("may have arrived"), "{said}");
        }
    }

    #[test]
    fn a_failed_test_does_not_promise_a_retry() {
        let outcome = AttemptOutcome::Answered { status: 503, retry_after_millis: None };
        let said = skip_meaning(&SkipReason::TestFailed { outcome });
        assert!(said.contains("not tried again"), "{said}");
        assert!(!said.contains("It is tried again"), "{said}");
    }
}
