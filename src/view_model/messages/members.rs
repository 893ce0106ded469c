//! The words of members, sign-in, secrets and signatures.
//!
//! In: names and counts. Out: sentences.
//! Invariant: promises no more than a browser can keep.

use crate::view_model::messages::counted;

/// Two-step authentication.
pub const TWO_STEP_SCAN: &str = "Scan this with an authenticator app, or enter the key by hand:";
pub const TWO_STEP_FOR_SAVE: &str =
    "A live webhook to a real destination needs two-step authentication. The flow is saved once this is set up.";
pub const TWO_STEP_FOR_OTHERS: &str = "Other members can be added once two-step authentication is set up.";
pub const TWO_STEP_OFF: &str = "Without two-step authentication you cannot save or activate webhooks.";
pub fn two_step_on(n_codes: usize) -> String {
    let codes = counted(n_codes, "recovery code", "recovery codes");
    ["Two-step authentication is on, with ", &codes, " left."].concat()
}
pub const RECOVERY_CODES_MEANING: &str = "Each code stands in for the authenticator once. They are shown only now: keep \
     them where the passphrase is not.";
pub const RECOVERY_CODES_OLD: &str = "The old codes stop working.";
pub const CODE_HINT: &str = "Six digits from the authenticator app, or a recovery code.";
pub const SIGN_IN_CODE_HINT: &str =
    "Six digits from the authenticator app, or a recovery code. Empty for a member who has none yet.";

/// The passphrase and what it opens.
pub const PASSPHRASE_HINT: &str =
    "At least 10 characters; several words are best. It cannot be brought back when it is lost.";
pub const PASSPHRASES_DIFFER: &str = "The two new passphrases differ.";
pub const PASSPHRASE_MEANING: &str =
    "It is the passphrase of all members. Secrets stay as they are: only their key is wrapped anew.";
pub const KEEP_UNLOCKED_HINT: &str =
    "So that retries with secrets go on after a reload. Leave it off on a shared device.";
pub const KEEP_UNLOCKED_MEANING: &str = "The key stays in this browser where pages can use it and nothing can read it. \
     Whoever opens this browser can then send with these secrets.";
pub const UNLOCK_MEANING: &str = "Deliveries that wait for a secret go on. Nobody is signed in by this.";
pub const START_OVER_MEANING: &str = "Forgets all members, the passphrase and every kept secret. Flows, events and the \
     log stay. Headers with a secret need it entered again before they are sent. This cannot be undone.";
pub const START_OVER_WORD: &str = "Enter the word forget to go on.";
pub const VAULT_NONE: &str = "No passphrase yet. Secrets cannot be kept before there is one.";
pub const VAULT_OPEN_ON_DEVICE: &str =
    "Unlocked, and kept unlocked on this device: deliveries with secrets go on after a reload.";
pub const VAULT_OPEN: &str = "Unlocked until this browser’s last tab of Hookwright closes.";
pub const VAULT_LOCKED: &str = "Locked. Deliveries that need a secret wait.";

/// Who is who.
pub const NO_PASSPHRASE: &str = "No passphrase was set, so whoever opens this page acts as the Owner.";
pub const NEW_MEMBER_MEANING: &str =
    "Tell them the passphrase yourself; at their first sign-in they set up their own authenticator.";
pub const EMAIL_HINT: &str = "The authenticator app shows it.";
pub const ROSTER_CHANGED: &str = "The list of members was changed outside Hookwright. Nothing can be changed until the \
     Owner has looked at the roles below.";
pub const REMOVE_MEANING: &str = "They cannot sign in any more. They knew the passphrase: change it afterwards. Their \
     lines in the audit list stay.";
pub const RESET_TWO_STEP_MEANING: &str = "The authenticator and the recovery codes stop working. At the next sign-in a \
     new authenticator can be set up.";
pub const HAND_OVER_MEANING: &str = "They become the Owner, and you become an Admin. Only they can hand it back.";
pub const AUDIT_EMPTY: &str = "Nothing yet. Sign-ins, saves and changes of members are written down here.";
pub const ROLES_MEANING: &str = "The first five rows are Klaviyo’s. Saving or activating a webhook to a real destination \
     needs two-step authentication as well.";
pub const SESSION_ENDED: &str = "Nobody did anything for a while, so the session ended. What was typed is kept.";

/// Refusals.
pub const WRONG_SIGN_IN: &str = "Passphrase or code is wrong. A code works once: wait for the next one.";
pub const WRONG_CODE: &str =
    "The code is wrong. Enter the newest one; the clocks of both devices may differ by half a minute.";
pub const SECRETS_LOCKED: &str = "The secrets are locked. Unlock them with the passphrase first.";
pub const SECRETS_WITHOUT_VAULT: &str = "Secrets need a passphrase first. Set up two-step authentication.";

/// Secrets in headers.
pub const SECRET_MISSING: &str = "This secret is not in this browser. Enter it again.";
pub fn secret_of_other_origin(origin: &str) -> String {
    ["Entered for ", origin, ", and it goes nowhere else. Enter it again."].concat()
}
pub const SECRET_WAS_OPEN: &str =
    "It was typed in the open: undo steps and saved versions have it. Change it at the receiver.";

/// Signatures.
pub const SIGNING_HINT: &str = "Standard Webhooks. Klaviyo signs nothing, so this is off unless you want it.";
pub const SIGNED_WITH_TWO: &str = "Each request is signed with the new key and the old one.";
pub const SIGNING_KEY_ONCE: &str = "The key, shown only now. Give it to the receiver.";
pub const SIGNING_MEANING: &str = "By the package standardwebhooks, which exists for most languages. A signature adds \
     three headers: a receiver must allow webhook-id, webhook-timestamp and webhook-signature in \
     Access-Control-Allow-Headers, or the browser sends nothing.";
