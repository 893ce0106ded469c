//! The members, and how that list may change.
//!
//! In: the list, who acts, what they ask. Out: the list after it, or why it stays.
//! Invariant: exactly one Owner; nobody removes themselves or the Owner; only the Owner makes an Owner.

use thiserror::Error;

use crate::domain::id::MemberId;
use crate::domain::member::permission::Role;
use crate::domain::secret::Sealed;
use crate::domain::time::Timestamp;

/// More would be a list nobody looks after.
pub const MAX_MEMBERS: usize = 200;
/// Minutes without an act of a person that may end a session; 0 is never.
pub const SESSION_MINUTES: [u32; 5] = [5, 15, 60, 240, 0];
const MAX_NAME_CHARS: usize = 80;

/// Somebody who works here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub id: MemberId,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub added_at: Timestamp,
    pub two_step: Option<TwoStep>,
}

/// A member's authenticator and what stands in for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TwoStep {
    /// The key shared with the authenticator app, under the workspace's key.
    pub key: Sealed,
    /// The time step of the last code that was taken: it and all before it are used up.
    pub last_counter: u64,
    /// Keyed hashes of the recovery codes that are left, in hex.
    pub recovery: Vec<String>,
    pub since: Timestamp,
}

/// Everybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roster {
    pub members: Vec<Member>,
    /// Minutes without an act after which the session ends; 0 is never.
    pub session_minutes: u32,
    /// Empty text under the workspace's key, bound to everything else in the list: who changes the list without the key is
    /// found out. `None` before there is a key.
    pub seal: Option<Sealed>,
}

/// What can be asked of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RosterChange {
    Add {
        member_id: MemberId,
        name: String,
        email: String,
        role: Role,
        at: Timestamp,
    },
    SetRole {
        member_id: MemberId,
        role: Role,
    },
    Remove {
        member_id: MemberId,
    },
    /// The acting Owner becomes an Admin, and this member the Owner.
    HandOver {
        member_id: MemberId,
    },
    /// Takes away a lost authenticator, so that the member sets up a new one.
    ResetTwoStep {
        member_id: MemberId,
    },
    /// Name and email.
    Rename {
        member_id: MemberId,
        name: String,
        email: String,
    },
    EndSessionsAfter {
        minutes: u32,
    },
}

/// Why the list stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RosterProblem {
    #[error("only an Owner or Admin may change members")]
    NotAllowed,
    #[error("only the Owner may do this")]
    OwnerOnly,
    #[error("there is no such member any more")]
    Unknown,
    #[error("enter a name of at most 80 characters")]
    BadName,
    #[error("enter an email address, such as ann@example.com")]
    BadEmail,
    #[error("a member has this email address already")]
    EmailTaken,
    #[error("the Owner’s role changes only by handing the workspace over")]
    OwnerStays,
    #[error("there is exactly one Owner; hand the workspace over instead")]
    OneOwner,
    #[error("ask another Owner or Admin to remove you")]
    Oneself,
    #[error("the new Owner needs two-step authentication first")]
    NeedsTwoStep,
    #[error("there are 200 members; remove one first")]
    TooMany,
    #[error("this is none of the offered times")]
    BadMinutes,
}

/// The list a workspace starts with: one Owner.
pub fn first_roster(member_id: MemberId, now: Timestamp) -> Roster {
    let owner = Member {
        id: member_id,
        name: "Owner".to_owned(),
        email: String::new(),
        role: Role::Owner,
        added_at: now,
        two_step: None,
    };
    Roster { members: vec![owner], session_minutes: 15, seal: None }
}

impl Roster {
    /// The member with this id.
    pub fn member(&self, member_id: &MemberId) -> Option<&Member> {
        self.members.iter().find(|member| member.id == *member_id)
    }

    /// The Owner.
    pub fn owner(&self) -> Option<&Member> {
        self.members.iter().find(|member| member.role == Role::Owner)
    }

    /// The list after `change`, asked by `by`.
    pub fn changed(&self, by: &MemberId, change: &RosterChange) -> Result<Self, RosterProblem> {
        let acting = self.member(by).ok_or(RosterProblem::NotAllowed)?;
        let is_owner = acting.role == Role::Owner;
        let is_own_name = matches!(change, RosterChange::Rename { member_id, .. } if member_id == by);
        if !is_owner && acting.role != Role::Admin && !is_own_name {
            return Err(RosterProblem::NotAllowed);
        }
        let mut after = self.clone();
        match change {
            RosterChange::Add { member_id, name, email, role, at } => {
                if self.members.len() >= MAX_MEMBERS {
                    return Err(RosterProblem::TooMany);
                }
                if *role == Role::Owner {
                    return Err(RosterProblem::OneOwner);
                }
                let (name, email) = self.checked_name(None, name, email)?;
                let added_at = *at;
                after.members.push(Member {
                    id: member_id.clone(),
                    name,
                    email,
                    role: *role,
                    added_at,
                    two_step: None,
                });
            }
            RosterChange::SetRole { member_id, role } => {
                let member = after.member_mut(member_id)?;
                if member.role == Role::Owner {
                    return Err(RosterProblem::OwnerStays);
                }
                if *role == Role::Owner {
                    return Err(RosterProblem::OneOwner);
                }
                member.role = *role;
            }
            RosterChange::Remove { member_id } => {
                if after.member_mut(member_id)?.role == Role::Owner {
                    return Err(RosterProblem::OwnerStays);
                }
                if member_id == by {
                    return Err(RosterProblem::Oneself);
                }
                after.members.retain(|member| member.id != *member_id);
            }
            RosterChange::HandOver { member_id } => {
                if !is_owner {
                    return Err(RosterProblem::OwnerOnly);
                }
                let heir = after.member_mut(member_id)?;
                if heir.two_step.is_none() {
                    return Err(RosterProblem::NeedsTwoStep);
                }
                if heir.role != Role::Owner {
                    heir.role = Role::Owner;
                    after.member_mut(by)?.role = Role::Admin;
                }
            }
            RosterChange::ResetTwoStep { member_id } => {
                if !is_owner {
                    return Err(RosterProblem::OwnerOnly);
                }
                after.member_mut(member_id)?.two_step = None;
            }
            RosterChange::Rename { member_id, name, email } => {
                let (name, email) = self.checked_name(Some(member_id), name, email)?;
                let member = after.member_mut(member_id)?;
                (member.name, member.email) = (name, email);
            }
            RosterChange::EndSessionsAfter { minutes } => {
                if !SESSION_MINUTES.contains(minutes) {
                    return Err(RosterProblem::BadMinutes);
                }
                after.session_minutes = *minutes;
            }
        }
        Ok(after)
    }

    fn checked_name(&self, own: Option<&MemberId>, name: &str, email: &str) -> Result<(String, String), RosterProblem> {
        let (name, email) = (name.trim(), email.trim());
        if name.is_empty() || name.chars().count() > MAX_NAME_CHARS || name.chars().any(char::is_control) {
            return Err(RosterProblem::BadName);
        }
        let is_email = email.split_once('@').is_some_and(|(local, host)| {
            !local.is_empty() && host.contains('.') && !host.starts_with('.') && !host.ends_with('.')
        });
        if !is_email
            || email.len() > 254
            || email.chars().any(|c| c.is_whitespace() || c.is_control() || "<>\"".contains(c))
        {
            return Err(RosterProblem::BadEmail);
        }
        let is_taken =
            self.members.iter().any(|member| Some(&member.id) != own && member.email.eq_ignore_ascii_case(email));
        if is_taken { Err(RosterProblem::EmailTaken) } else { Ok((name.to_owned(), email.to_owned())) }
    }

    fn member_mut(&mut self, member_id: &MemberId) -> Result<&mut Member, RosterProblem> {
        self.members.iter_mut().find(|member| member.id == *member_id).ok_or(RosterProblem::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> MemberId {
        MemberId::new(text)
    }

    fn two_step() -> TwoStep {
        let since = Timestamp::from_millis(0);
        TwoStep { key: Sealed::new("00"), last_counter: 0, recovery: Vec::new(), since }
    }

    /// `o` owns, `a` is an Admin with two-step authentication, `m` a Manager.
    fn roster() -> Roster {
        let at = Timestamp::from_millis(0);
        let add = |name: &str, role| RosterChange::Add {
            member_id: id(name),
            name: name.to_owned(),
            email: format!("{name}@example.com"),
            role,
            at,
        };
        let roster = first_roster(id("o"), at).changed(&id("o"), &add("a", Role::Admin)).unwrap();
        let mut roster = roster.changed(&id("a"), &add("m", Role::Manager)).unwrap();
        roster.members[1].two_step = Some(two_step());
        roster
    }

    #[test]
    fn there_is_always_exactly_one_owner() {
        let roster = roster();
        let set = |member: &str, role| RosterChange::SetRole { member_id: id(member), role };
        let hand = |member: &str| RosterChange::HandOver { member_id: id(member) };
        assert_eq!(roster.changed(&id("o"), &set("a", Role::Owner)), Err(RosterProblem::OneOwner));
        assert_eq!(roster.changed(&id("o"), &set("o", Role::Admin)), Err(RosterProblem::OwnerStays));
        assert_eq!(roster.changed(&id("a"), &hand("a")), Err(RosterProblem::OwnerOnly));
        assert_eq!(roster.changed(&id("o"), &hand("m")), Err(RosterProblem::NeedsTwoStep));
        let handed = roster.changed(&id("o"), &hand("a")).unwrap();
        let roles: Vec<Role> = handed.members.iter().map(|member| member.role).collect();
        assert_eq!(roles, [Role::Admin, Role::Owner, Role::Manager]);
        assert_eq!(
            roster.changed(&id("o"), &hand("o")).map(|after| after.owner().cloned()),
            Err(RosterProblem::NeedsTwoStep)
        );
        let remove = |member: &str| RosterChange::Remove { member_id: id(member) };
        assert_eq!(roster.changed(&id("a"), &remove("o")), Err(RosterProblem::OwnerStays));
        assert_eq!(roster.changed(&id("a"), &remove("a")), Err(RosterProblem::Oneself));
        assert_eq!(roster.changed(&id("a"), &remove("m")).unwrap().members.len(), 2);
    }

    #[test]
    fn who_may_not_manage_changes_nothing_but_the_own_name() {
        let roster = roster();
        let rename = |member: &str| RosterChange::Rename {
            member_id: id(member),
            name: "New".to_owned(),
            email: "new@example.com".to_owned(),
        };
        let reset = RosterChange::ResetTwoStep { member_id: id("a") };
        assert_eq!(roster.changed(&id("m"), &rename("a")), Err(RosterProblem::NotAllowed));
        assert_eq!(roster.changed(&id("m"), &rename("m")).unwrap().members[2].name, "New");
        assert_eq!(roster.changed(&id("m"), &reset), Err(RosterProblem::NotAllowed));
        assert_eq!(roster.changed(&id("a"), &reset), Err(RosterProblem::OwnerOnly));
        assert_eq!(roster.changed(&id("gone"), &rename("a")), Err(RosterProblem::NotAllowed));
        assert_eq!(roster.changed(&id("o"), &reset).unwrap().members[1].two_step, None);
    }

    #[test]
    fn names_and_addresses_are_checked() {
        let roster = roster();
        for (name, email, expected) in [
            ("", "x@example.com", RosterProblem::BadName),
            ("X", "nobody", RosterProblem::BadEmail),
            ("X", "x@localhost", RosterProblem::BadEmail),
            ("X", "<b>@example.com", RosterProblem::BadEmail),
            ("X", "A@example.com", RosterProblem::EmailTaken),
        ] {
            let (name, email) = (name.to_owned(), email.to_owned());
            let at = Timestamp::from_millis(0);
            let add = RosterChange::Add { member_id: id("x"), name, email, role: Role::Support, at };
            assert_eq!(roster.changed(&id("o"), &add), Err(expected));
        }
    }
}
