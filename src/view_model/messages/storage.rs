//! The words of what is kept: the browser's storage, backups and restores.
//!
//! In: reasons and counts. Out: sentences.
//! Invariant: each trouble says what became of the data.

use crate::view_model::messages::{counted, sentence};

/// What is edited where storage is refused.
pub const KEPT_IN_WINDOW: &str = "Kept until this window closes";

/// Storage refused.
pub fn storage_memory_only(reason: &str) -> String {
    format!("This window keeps nothing: {} Everything is gone when you close it.", sentence(&reason))
}

/// Storage full.
pub fn storage_full(reason: &str) -> String {
    format!("The browser’s storage is full, so the last change is not kept. Make room and edit again. ({reason})")
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
    format!("The browser’s storage failed, so the last change is not kept: {}", sentence(&reason))
}

/// Rows set aside.
pub fn set_aside(n_rows: usize) -> String {
    let rows = counted(n_rows, "record", "records");
    format!("{rows} could not be read. They are kept as they were, and the rest is loaded.")
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

pub const RESTORED: &str = "The backup is restored. What waited in it is in Needs review.";

/// Storage is as it should be.
pub const STORAGE_WELL: &str = "Everything is kept in this browser, on this device.";

/// The browser tells nothing of its room.
pub const ROOM_UNKNOWN: &str = "The browser does not say.";
pub const BACKUP_NO_TEXT: &str = "The file is no text, so it is no backup.";
pub const RESTORE_NOTHING_NEW: &str = "Everything in it is here already.";
pub const RESTORE_PASSPHRASE_HINT: &str = "The workspace’s passphrase at the time it was made.";
