//! The words of members, sign-in and secrets.
//!
//! In: roles, permissions, refusals, acts. Out: sentences.
//! Invariant: says what the browser cannot protect as plainly as what it can.

use crate::domain::member::{AuditEntry, Audited, Grant, Permission, Refusal, Role};
use crate::view_model::time::duration;

/// What two-step authentication protects here, and what it cannot.
pub const PROTECTION: [&str; 4] = [
    "Secrets are encrypted in this browser under a key that only the passphrase opens. Who takes the disk and has not the passphrase cannot read them.",
    "Roles decide who may do what in this workspace, by the rules of this app. Somebody who changes the browser’s storage by hand is found out at the next sign-in, if they had not the passphrase.",
    "A browser app cannot do more: the second step adds no cryptographic strength, all members of this browser share one key, and whoever controls the unlocked device controls everything in it.",
    "A lost passphrase cannot be brought back: the secrets are entered again. Recovery codes stand in for the authenticator, not for the passphrase.",
];

/// Why an act was refused.
pub fn refusal_words(refusal: Refusal) -> String {
    match refusal {
        Refusal::SignedOut => "Nobody is signed in. Sign in to change something; looking needs no sign-in.".to_owned(),
        Refusal::NeedsTwoStep => "This needs two-step authentication. Set it up under Members.".to_owned(),
        Refusal::Tampered => {
            "The list of members was changed outside Hookwright. Nothing is changed until the Owner has looked at it under Members.".to_owned()
        }
        Refusal::Role { role, permission } => {
            let mut words = String::from("Your role, ");
            words.push_str(role.name());
            words.push_str(", may not ");
            words.push_str(permission_act(permission));
            words.push_str(". An Owner or Admin can change your role.");
            words
        }
    }
}

/// A permission, as what it lets one do.
pub const fn permission_act(permission: Permission) -> &'static str {
    match permission {
        Permission::EditFlows => "create, edit or delete flows and webhooks",
        Permission::EditWords => "edit names and notes of flows",
        Permission::Preview => "preview payloads",
        Permission::SeeActivity => "see counts and the log",
        Permission::ExportRecipients => "export the log with its recipients",
        Permission::Send => "send to real destinations, resend or dismiss",
        Permission::EditSamples => "change events, profiles and lists",
        Permission::ChangeSettings => "change settings, back up or restore",
        Permission::ForgetPerson => "forget a person",
        Permission::ManageMembers => "add, change or remove members",
        Permission::Own => "hand the workspace over or reset two-step authentication",
    }
}

/// A permission as the head of its row.
pub fn permission_name(permission: Permission) -> String {
    let act = permission_act(permission);
    let mut letters = act.chars();
    let mut name: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    name.push_str(letters.as_str());
    name
}

/// How far, in a word.
pub const fn grant_word(grant: Grant) -> &'static str {
    match grant {
        Grant::Yes => "Yes",
        Grant::Limited => "In part",
        Grant::No => "No",
    }
}

/// What a role is for, in a few words.
pub const fn role_purpose(role: Role) -> &'static str {
    match role {
        Role::Owner => "Everything. There is exactly one.",
        Role::Admin => "Everything but handing the workspace over.",
        Role::Manager => "Flows, webhooks and deliveries.",
        Role::Analyst => "Counts and the log, with export.",
        Role::CampaignCoordinator | Role::ContentCreator => "Names, notes, samples and previews.",
        Role::Support => "Looks, and changes nothing.",
        Role::SocialMediaManager => "Previews, counts and the log.",
    }
}

/// How long to wait after wrong tries.
pub fn wait_words(millis: i64) -> String {
    let mut words = String::from("Too many wrong tries. Try again in ");
    // A whole second more is never too early.
    words.push_str(&duration(millis.div_euclid(1_000).saturating_add(1).saturating_mul(1_000)));
    words.push('.');
    words
}

/// A line of the audit list: what was done.
pub fn audit_words(entry: &AuditEntry) -> String {
    let (before, after) = match entry.act {
        Audited::SignedIn => ("signed in", ""),
        Audited::SignedOut => ("signed out", ""),
        Audited::SignInFailed => ("Somebody failed to sign in as ", ""),
        Audited::RecoveryCodeUsed => ("used a recovery code", ""),
        Audited::TwoStepSetUp => ("set up two-step authentication", ""),
        Audited::TwoStepReset => ("reset the two-step authentication of ", ""),
        Audited::RecoveryCodesRenewed => ("made new recovery codes", ""),
        Audited::PassphraseChanged => ("changed the passphrase", ""),
        Audited::SecretsUnlocked => ("Secrets were unlocked with the passphrase", ""),
        Audited::SecretsLocked => ("locked the secrets", ""),
        Audited::DeviceKeyKept => ("kept the secrets unlocked on this device", ""),
        Audited::DeviceKeyForgotten => ("stopped keeping the secrets unlocked on this device", ""),
        Audited::MemberAdded => ("added ", ""),
        Audited::RoleChanged => ("changed the role of ", ""),
        Audited::MemberRemoved => ("removed ", ""),
        Audited::OwnershipHandedOver => ("handed the workspace over to ", ""),
        Audited::FlowSaved => ("saved the flow ", ""),
        Audited::FlowDeleted => ("deleted the flow ", ""),
        Audited::SecretKept => ("kept a secret for ", ""),
        Audited::MemberRenamed => ("changed name or email of ", ""),
        Audited::SessionTimeChanged => ("changed when sessions end", ""),
        Audited::FlowPutBack => ("put back the deleted flow ", ""),
        Audited::WorkspaceSettingsChanged => ("changed settings", ""),
        Audited::PersonForgotten => ("forgot a person", ""),
        Audited::TestSent => ("sent a test request to ", ""),
        Audited::EventFired => ("fired an event at the flow ", ""),
        Audited::BulkRunStarted => ("started a bulk run of the flow ", ""),
        Audited::DeliveriesResent => ("resent ", ""),
        Audited::DeliveriesDismissed => ("dismissed ", ""),
        Audited::DeliveriesApproved => ("approved ", ""),
        Audited::DestinationLimited => ("changed the limits of ", ""),
        Audited::DestinationPaused => ("paused ", ""),
        Audited::DestinationResumed => ("resumed ", ""),
        Audited::LogExported => ("exported the log", ""),
        Audited::BackupMade => ("made a backup", ""),
        Audited::BackupRestored => ("restored a backup", ""),
        Audited::TamperingFound => ("The list of members was found changed outside Hookwright", ""),
        Audited::RosterAccepted => ("took the changed list of members as it is", ""),
        Audited::StartedOver => ("The workspace started over: members and secrets were forgotten", ""),
    };
    let mut words = String::new();
    if !entry.by.is_empty() && before.starts_with(char::is_lowercase) {
        words.push_str(&entry.by);
        words.push(' ');
    }
    words.push_str(before);
    if before.ends_with(' ') {
        words.push_str(&entry.subject);
    }
    words.push_str(after);
    if !entry.detail.is_empty() {
        words.push_str(" (");
        if entry.act == Audited::FlowSaved {
            words.push_str("version ");
        }
        words.push_str(&entry.detail);
        words.push(')');
    }
    words
}

/// The dark squares of a QR code as one path, a unit a square, and how many squares wide it is; `None` if the text is too long.
pub fn qr_path(text: &str) -> Option<(String, i32)> {
    let code = qrcodegen::QrCode::encode_text(text, qrcodegen::QrCodeEcc::Medium).ok()?;
    let size = code.size();
    let mut path = String::new();
    for y in 0..size {
        for x in 0..size {
            if code.get_module(x, y) {
                path.push('M');
                path.push_str(&x.to_string());
                path.push(' ');
                path.push_str(&y.to_string());
                path.push_str("h1v1h-1z");
            }
        }
    }
    Some((path, size))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;

    #[test]
    fn a_refusal_names_role_and_act() {
        let refusal = Refusal::Role { role: Role::Support, permission: Permission::EditFlows };
        assert_eq!(
            refusal_words(refusal),
            "Your role, Support, may not create, edit or delete flows and webhooks. An Owner or Admin can change your role."
        );
    }

    #[test]
    fn the_audit_list_says_who_did_what() {
        let entry = |by: &str, act, subject: &str, detail: &str| AuditEntry {
            id: "1".to_owned(),
            at: Timestamp::from_millis(0),
            member_id: None,
            by: by.to_owned(),
            act,
            subject: subject.to_owned(),
            detail: detail.to_owned(),
        };
        for (entry, words) in [
            (
                entry("Owner", Audited::RoleChanged, "Ann", "Analyst → Manager"),
                "Owner changed the role of Ann (Analyst → Manager)",
            ),
            (entry("", Audited::SignInFailed, "Ann", ""), "Somebody failed to sign in as Ann"),
            (entry("Ann", Audited::FlowSaved, "Orders", "3"), "Ann saved the flow Orders (version 3)"),
        ] {
            assert_eq!(audit_words(&entry), words);
        }
    }

    #[test]
    fn a_key_fits_into_a_code() {
        let (path, size) =
            qr_path("otpauth://totp/Hookwright:ann@example.com?secret=MZXW6YTBOI&issuer=Hookwright").unwrap();
        assert!((21..=57).contains(&size) && path.starts_with("M0 0h1v1h-1z"), "{size}");
    }
}
