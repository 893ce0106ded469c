//! What the members' page asks for, and what it is told.
//!
//! In: nothing. Out: plain values both ways.
//! Invariant: what a person typed in secret is `Hidden`, and nothing that opens anything comes back but codes made now.

use crate::domain::id::{MemberId, SecretId};
use crate::domain::member::{AuditEntry, Grant, Permission, Refusal, Role, RosterChange};
use crate::domain::secret::{Hidden, SecretKind};
use crate::domain::time::Timestamp;

/// Something to do with members, the passphrase and secrets.
#[derive(Debug, Clone, PartialEq)]
pub enum MembersOrder {
    /// Asks for a fresh authenticator key for who acts; answered by `TwoStepBegun`.
    BeginTwoStep,
    /// Confirms it by a code. The first time the passphrase is the new one; later it is the workspace's.
    ConfirmTwoStep {
        passphrase: Hidden,
        code: String,
        keeps_on_device: bool,
    },
    /// Signs in. `code` is a one-time code, or a recovery code; empty for a member who has no authenticator yet.
    SignIn {
        member_id: MemberId,
        passphrase: Hidden,
        code: String,
    },
    /// Ends the session; whether secrets can be read for sending stays as it is.
    SignOut,
    /// Opens the secrets for sending, and signs nobody in.
    Unlock {
        passphrase: Hidden,
    },
    /// Ends the session and forgets the key, everywhere in this browser.
    Lock,
    ChangePassphrase {
        before: Hidden,
        after: Hidden,
    },
    KeepOnDevice {
        is_kept: bool,
    },
    RenewRecoveryCodes {
        code: String,
    },
    Change {
        change: RosterChange,
    },
    /// Adds a member; the id is made here.
    Invite {
        name: String,
        email: String,
        role: Role,
    },
    /// Keeps a secret; answered by `SecretKept` with the same ticket.
    KeepSecret {
        ticket: u64,
        kind: SecretKind,
        origin: String,
        name: String,
        value: Hidden,
    },
    /// Makes a signing key; answered by `KeyMade`.
    MakeSigningKey {
        ticket: u64,
        origin: String,
        name: String,
    },
    /// The members' list was changed without the key; takes it as it is.
    AcceptRoster,
    /// The passphrase is lost: forgets members, secrets and the vault. The Owner starts anew.
    StartOver,
    /// A person did something: the session goes on.
    Touch,
    ReadAudit,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub enum MembersNews {
    Changed {
        view: Box<MembersView>,
    },
    TwoStepBegun {
        uri: String,
        key_text: String,
    },
    /// Shown once.
    RecoveryCodes {
        codes: Vec<String>,
    },
    /// An order with a form failed: the form says it, and stays.
    Refused {
        reason: MembersRefusal,
    },
    /// An order with a form is done: the form closes.
    Done,
    SecretKept {
        ticket: u64,
        secret_id: SecretId,
    },
    /// A signing key, shown once.
    KeyMade {
        ticket: u64,
        secret_id: SecretId,
        key: String,
    },
    SecretRefused {
        ticket: u64,
        reason: MembersRefusal,
    },
    /// A save was refused for want of two-step authentication.
    TwoStepWanted {
        flow_id: crate::domain::id::FlowId,
    },
    Audit {
        entries: Vec<AuditEntry>,
    },
    /// The session ended by itself.
    SessionEnded,
}

/// Why an order was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MembersRefusal {
    Role {
        refusal: Refusal,
    },
    /// Wrong passphrase or code; which of them is not said.
    WrongSignIn,
    WrongPassphrase,
    WrongCode,
    /// Too many wrong tries.
    Wait {
        millis: i64,
    },
    /// In words of ours.
    Problem {
        message: String,
    },
    /// The secrets are locked.
    Locked,
    /// No passphrase was set yet.
    NoVault,
}

/// What the screens know of members, session, vault and secrets.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MembersView {
    pub members: Vec<MemberView>,
    pub session: SessionView,
    pub vault: VaultView,
    pub secrets: Vec<SecretView>,
    pub session_minutes: u32,
    /// The list was changed by somebody who had not the key.
    pub is_tampered: bool,
}

/// A member as shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberView {
    pub id: MemberId,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub has_two_step: bool,
    pub n_recovery_codes: usize,
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum SessionView {
    /// Not known yet.
    #[default]
    Unknown,
    /// The Owner, whom nobody asked for a passphrase.
    Unprotected {
        member_id: MemberId,
    },
    Member {
        member_id: MemberId,
    },
    Nobody,
}

/// Whether secrets can be read for sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum VaultView {
    /// No passphrase was ever set.
    #[default]
    None,
    Open {
        is_on_device: bool,
        changed_at: Timestamp,
    },
    Locked {
        changed_at: Timestamp,
    },
}

/// A secret as shown: everything but its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretView {
    pub id: SecretId,
    pub kind: SecretKind,
    pub origin: String,
    pub name: String,
    pub made_at: Timestamp,
    pub made_by: String,
}

impl MembersView {
    /// Who acts, if somebody does.
    pub fn acting(&self) -> Option<&MemberView> {
        let member_id = match &self.session {
            SessionView::Unprotected { member_id } | SessionView::Member { member_id } => member_id,
            SessionView::Unknown | SessionView::Nobody => return None,
        };
        self.members.iter().find(|member| member.id == *member_id)
    }

    /// Why who acts may not do this; `None` if they may, or while nobody knows yet.
    pub fn refusal(&self, permission: Permission) -> Option<Refusal> {
        match &self.session {
            SessionView::Unknown => None,
            _ if permission == Permission::SeeActivity => self.refusal_to_look(permission),
            _ if self.is_tampered => Some(Refusal::Tampered),
            _ => self.refusal_by_role(permission),
        }
    }

    /// Why who acts may not see this. As the runtime has it: looking needs no sign-in.
    pub fn refusal_to_look(&self, permission: Permission) -> Option<Refusal> {
        self.acting().and_then(|_| self.refusal_by_role(permission))
    }

    /// Why who acts may not do this, whether the list of members is trusted or not.
    pub fn refusal_by_role(&self, permission: Permission) -> Option<Refusal> {
        match (&self.session, self.acting()) {
            (SessionView::Unknown, _) => None,
            (_, None) => Some(Refusal::SignedOut),
            (_, Some(member)) => match permission.grant(member.role) {
                Grant::No => Some(Refusal::Role { role: member.role, permission }),
                Grant::Yes | Grant::Limited => None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(role: Role, session: fn(MemberId) -> SessionView) -> MembersView {
        let id = MemberId::new("m");
        let (name, email) = ("Ann".to_owned(), "ann@example.com".to_owned());
        let member = MemberView { id: id.clone(), name, email, role, has_two_step: true, n_recovery_codes: 10 };
        MembersView { members: vec![member], session: session(id), ..MembersView::default() }
    }

    fn signed_in(member_id: MemberId) -> SessionView {
        SessionView::Member { member_id }
    }

    #[test]
    fn looking_needs_no_sign_in_and_a_role_that_may_look() {
        let nobody = view(Role::Owner, |_| SessionView::Nobody);
        assert_eq!(nobody.refusal_to_look(Permission::Preview), None);
        assert_eq!(nobody.refusal(Permission::SeeActivity), None);
        assert_eq!(nobody.refusal(Permission::Preview), Some(Refusal::SignedOut), "trying out is more than looking");
        let support = view(Role::Support, signed_in);
        for permission in [Permission::Preview, Permission::SeeActivity] {
            let refused = Refusal::Role { role: Role::Support, permission };
            assert_eq!(support.refusal_to_look(permission), Some(refused));
        }
    }

    #[test]
    fn while_the_list_is_not_trusted_only_looking_and_taking_it_are_open() {
        let owner = MembersView { is_tampered: true, ..view(Role::Owner, signed_in) };
        assert_eq!(owner.refusal(Permission::EditFlows), Some(Refusal::Tampered));
        assert_eq!(owner.refusal(Permission::SeeActivity), None);
        assert_eq!(owner.refusal_by_role(Permission::Own), None);
        let admin = MembersView { is_tampered: true, ..view(Role::Admin, signed_in) };
        let refused = Refusal::Role { role: Role::Admin, permission: Permission::Own };
        assert_eq!(admin.refusal_by_role(Permission::Own), Some(refused));
    }
}
