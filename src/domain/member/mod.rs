//! Who works in the workspace, and what each may do.
//!
//! In: members, an act of one of them. Out: the members after it, or why it may not be.
//! Invariant: there is exactly one Owner.

mod guessing;
mod permission;
mod roster;

pub use crate::domain::member::guessing::Guard;
pub use crate::domain::member::permission::{Grant, PERMISSIONS, Permission, Role};
pub use crate::domain::member::roster::{
    MAX_MEMBERS, Member, Roster, RosterChange, RosterProblem, SESSION_MINUTES, TwoStep, first_roster,
};

use crate::domain::id::MemberId;
use crate::domain::named::named;
use crate::domain::time::Timestamp;

/// One line of the audit list: who did what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    pub id: String,
    pub at: Timestamp,
    /// Who; `None` for what nobody who was signed in did.
    pub member_id: Option<MemberId>,
    /// The name at that time: members go, and the list stays.
    pub by: String,
    pub act: Audited,
    /// Whom or what it concerned.
    pub subject: String,
    /// What it was before and after, where that matters.
    pub detail: String,
}

named! {
    /// What is written down.
    pub enum Audited {
        SignedIn = "signed-in",
        SignedOut = "signed-out",
        SignInFailed = "sign-in-failed",
        RecoveryCodeUsed = "recovery-code-used",
        TwoStepSetUp = "two-step-set-up",
        TwoStepReset = "two-step-reset",
        RecoveryCodesRenewed = "recovery-codes-renewed",
        PassphraseChanged = "passphrase-changed",
        SecretsUnlocked = "secrets-unlocked",
        SecretsLocked = "secrets-locked",
        DeviceKeyKept = "device-key-kept",
        DeviceKeyForgotten = "device-key-forgotten",
        MemberAdded = "member-added",
        MemberRenamed = "member-renamed",
        RoleChanged = "role-changed",
        MemberRemoved = "member-removed",
        OwnershipHandedOver = "ownership-handed-over",
        SessionTimeChanged = "session-time-changed",
        FlowSaved = "flow-saved",
        FlowDeleted = "flow-deleted",
        FlowPutBack = "flow-put-back",
        SecretKept = "secret-kept",
        WorkspaceSettingsChanged = "workspace-settings-changed",
        PersonForgotten = "person-forgotten",
        TestSent = "test-sent",
        EventFired = "event-fired",
        BulkRunStarted = "bulk-run-started",
        DeliveriesResent = "deliveries-resent",
        DeliveriesDismissed = "deliveries-dismissed",
        DeliveriesApproved = "deliveries-approved",
        DestinationLimited = "destination-limited",
        DestinationPaused = "destination-paused",
        DestinationResumed = "destination-resumed",
        LogExported = "log-exported",
        BackupMade = "backup-made",
        BackupRestored = "backup-restored",
        TamperingFound = "tampering-found",
        RosterAccepted = "roster-accepted",
        StartedOver = "started-over",
    }
}

/// Who is acting in this browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Session<'a> {
    /// No passphrase was ever set: the Owner acts, and nobody had to prove it.
    Unprotected(&'a Member),
    /// Signed in.
    Member(&'a Member),
    /// Two-step authentication is set up, and nobody is signed in.
    Nobody,
}

impl<'a> Session<'a> {
    /// The member who acts, if one does.
    pub const fn member(self) -> Option<&'a Member> {
        match self {
            Self::Unprotected(member) | Self::Member(member) => Some(member),
            Self::Nobody => None,
        }
    }

    /// Whether the member who acts may do this, and otherwise why not.
    pub fn may(self, permission: Permission) -> Result<(), Refusal> {
        let Some(member) = self.member() else { return Err(Refusal::SignedOut) };
        match permission.grant(member.role) {
            Grant::Yes | Grant::Limited => Ok(()),
            Grant::No => Err(Refusal::Role { role: member.role, permission }),
        }
    }

    /// Whether a live webhook to a real destination may be saved: by role, and by a member with two-step authentication.
    pub fn may_save_live(self) -> Result<(), Refusal> {
        self.may(Permission::EditFlows)?;
        match self.member() {
            Some(member) if member.two_step.is_some() => Ok(()),
            Some(_) | None => Err(Refusal::NeedsTwoStep),
        }
    }
}

/// Why an act was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Nobody is signed in.
    SignedOut,
    /// The role has no right to it.
    Role { role: Role, permission: Permission },
    /// The member has no two-step authentication yet.
    NeedsTwoStep,
    /// The members' list was changed by somebody who had not the key.
    Tampered,
}
