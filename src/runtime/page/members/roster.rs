//! The list of members: how it changes, and the seal that tells whether somebody else changed it.
//!
//! In: a change. Out: the list on disk, sealed, and a line of the audit list.
//! Invariant: once there is a key, no list is written without its seal.

use crate::domain::id::MemberId;
use crate::domain::member::{Audited, Refusal, Roster, RosterChange, Session, first_roster};
use crate::domain::secret::SecretDocument;
use crate::runtime::handle::MembersNews;
use crate::runtime::keys::KeysError;
use crate::runtime::page::Page;
use crate::runtime::page::members::{Failure, problem, role_refusal};
use crate::runtime::ports::{Clock, Random};
use crate::storage::record::Stored;
use crate::storage::record::load::{self, Revised};
use crate::storage::record::member::{GUARD_KEY, ROSTER_KEY, VAULT_KEY, Vault, sealed_text};
use crate::storage::{Batch, Check, Durability, Store, StoreName, Write};

impl<S: Store, W: Clock + Random> Page<S, W> {
    pub(super) async fn change_roster(&mut self, change: &RosterChange) -> Result<(), Failure> {
        let acting = self.acting()?;
        if let (RosterChange::Add { .. }, Session::Unprotected(_)) = (change, self.session()) {
            return Err(role_refusal(Refusal::NeedsTwoStep).into());
        }
        let before = self.staff.roster.value.clone();
        let after = before.changed(&acting.id, change).map_err(|reason| problem(&reason.to_string()))?;
        let (act, subject, detail) = audited_change(&before, change);
        if after == before {
            self.tell_members(MembersNews::Done);
            return Ok(());
        }
        self.write_roster(after, None).await?;
        self.audit(act, &subject, &detail).await?;
        self.tell_members(MembersNews::Done);
        Ok(())
    }

    pub(super) async fn accept_roster(&mut self) -> Result<(), Failure> {
        let acting = self.acting()?;
        if acting.two_step.is_none() {
            return Err(role_refusal(Refusal::NeedsTwoStep).into());
        }
        self.staff.is_tampered = false;
        self.write_roster(self.staff.roster.value.clone(), None).await?;
        self.audit(Audited::RosterAccepted, "", "").await
    }

    pub(super) async fn start_over(&mut self) -> Result<(), Failure> {
        if let Session::Member(_) = self.session() {}
        let roster = first_roster(MemberId::new(self.fresh_id()), self.world.now());
        let secrets = load::load_all::<SecretDocument>(&*self.store).await?;
        let delete = |store, key: &str| Write::Delete { store, key: key.to_owned() };
        let mut writes = vec![
            Write::Put(roster.to_row()),
            delete(StoreName::Members, VAULT_KEY),
            delete(StoreName::Members, GUARD_KEY),
        ];
        writes.extend(secrets.values.iter().map(|found| delete(StoreName::Secrets, found.value.id.as_str())));
        self.store.commit(Batch { checks: Vec::new(), writes, durability: Durability::Strict }).await?;
        self.audit(Audited::StartedOver, "", "").await?;
        self.keys()?.lock();
        self.staff.session = None;
        self.staff.is_tampered = false;
        self.load_members().await?;
        self.tell_members(MembersNews::Done);
        Ok(())
    }

    /// Writes the list, sealed, and a new vault with it.
    pub(super) async fn write_roster(&mut self, roster: Roster, vault: Option<Vault>) -> Result<(), Failure> {
        let mut roster = Roster { seal: None, ..roster };
        if vault.is_some() || self.staff.vault.is_some() {
            roster.seal = Some(self.keys()?.seal(&sealed_text(&roster), &[]).await?);
        }
        self.put_roster(roster, vault).await
    }

    pub(super) async fn put_roster(&mut self, roster: Roster, vault: Option<Vault>) -> Result<(), Failure> {
        let mut checks = vec![check(ROSTER_KEY, self.staff.roster.revision)];
        let mut writes = vec![Write::Put(roster.to_row())];
        if let Some(vault) = &vault {
            checks.push(check(VAULT_KEY, 0));
            writes.push(Write::Put(vault.to_row()));
        }
        let revisions = self.store.commit(Batch { checks, writes, durability: Durability::Strict }).await?;
        let revision = |idx: usize| revisions.get(idx).copied().unwrap_or_default();
        self.staff.roster = Revised { revision: revision(0), value: roster };
        if let Some(value) = vault {
            self.staff.vault = Some(Revised { revision: revision(1), value });
        }
        if let Some(keys) = &self.staff.keys {
            keys.tell(self.staff.session.as_ref().map(MemberId::as_str));
        }
        Ok(())
    }

    /// Whether the list is as whoever had the key wrote it. Says nothing while the key is not at hand.
    pub(in crate::runtime::page) async fn check_seal(&mut self) {
        let Some(keys) = self.staff.keys.clone() else { return };
        if self.staff.vault.is_none() || !keys.is_open() {
            return;
        }
        let roster = &self.staff.roster.value;
        let opened = match &roster.seal {
            Some(seal) => keys.open(&sealed_text(roster), seal).await.map(|_| ()),
            None => Err(KeysError::Wrong),
        };
        let was_tampered = self.staff.is_tampered;
        self.staff.is_tampered = opened == Err(KeysError::Wrong);
        if self.staff.is_tampered && !was_tampered && self.audit(Audited::TamperingFound, "", "").await.is_err() {
            self.staff.is_tampered = true;
        }
    }
}

/// What the audit list says of a change: the act, whom it concerned, what it was before and after.
fn audited_change(before: &Roster, change: &RosterChange) -> (Audited, String, String) {
    let known = |member_id: &MemberId| before.member(member_id);
    let name = |member_id: &MemberId| known(member_id).map(|member| member.name.clone()).unwrap_or_default();
    let role = |member_id: &MemberId| known(member_id).map_or("", |member| member.role.name());
    match change {
        RosterChange::Add { name, role, .. } => (Audited::MemberAdded, name.clone(), role.name().to_owned()),
        RosterChange::SetRole { member_id, role: new_role } => {
            (Audited::RoleChanged, name(member_id), [role(member_id), " → ", new_role.name()].concat())
        }
        RosterChange::Remove { member_id } => (Audited::MemberRemoved, name(member_id), role(member_id).to_owned()),
        RosterChange::HandOver { member_id } => (Audited::OwnershipHandedOver, name(member_id), String::new()),
        RosterChange::ResetTwoStep { member_id } => (Audited::TwoStepReset, name(member_id), String::new()),
        RosterChange::Rename { member_id, name: new_name, .. } => {
            (Audited::MemberRenamed, name(member_id), new_name.trim().to_owned())
        }
        RosterChange::EndSessionsAfter { minutes } => {
            (Audited::SessionTimeChanged, String::new(), [&minutes.to_string(), " minutes"].concat())
        }
    }
}

pub(super) fn check(key: &str, revision: u64) -> Check {
    Check::Revision { store: StoreName::Members, key: key.to_owned(), revision }
}
