//! Members, the passphrase and the session.
//!
//! In: orders of the members' page, words of other tabs. Out: rows, news, and who acts.
//! Invariant: what opens anything is checked here, counted when it is wrong, and never leaves here again.

use std::rc::Rc;

use crate::domain::id::{MemberId, SecretId};
use crate::domain::member::{
    Audited, Guard, Member, Permission, Refusal, Roster, RosterChange, Session, TwoStep, first_roster,
};
use crate::domain::passphrase::{self, TODAY};
use crate::domain::secret::{Hidden, Sealed, SecretDocument};
use crate::domain::time::MINUTE_MILLIS;
use crate::domain::totp;
use crate::runtime::handle::{
    AppEvent, MemberView, MembersNews, MembersOrder, MembersRefusal, MembersView, SecretView, SessionView, VaultView,
};
use crate::runtime::keys::{Keys, KeysError, MacHash, from_hex, is_same, to_hex};
use crate::runtime::page::Page;
use crate::runtime::ports::{Clock, Random};
use crate::storage::record::Stored;
use crate::storage::record::load::{self, LoadError, Revised};
use crate::storage::record::member::{GUARD_KEY, ROSTER_KEY, VAULT_KEY, Vault, sealed_text};
use crate::storage::{Batch, Check, Durability, Store, StoreError, StoreName, Write};

const N_SALT_BYTES: usize = 16;
const N_RECOVERY_CODES: usize = 10;
const N_RECOVERY_BYTES: usize = 10;

/// Why an order was not done.
pub(super) enum Failure {
    Store(StoreError),
    Refused(MembersRefusal),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<MembersRefusal> for Failure {
    fn from(reason: MembersRefusal) -> Self {
        Self::Refused(reason)
    }
}

impl From<KeysError> for Failure {
    fn from(error: KeysError) -> Self {
        Self::Refused(match error {
            KeysError::Locked => MembersRefusal::Locked,
            KeysError::Wrong => problem("what was encrypted does not open any more: it was changed outside Hookwright"),
            KeysError::Failed { reason } => MembersRefusal::Problem { message: reason },
        })
    }
}

pub(super) fn problem(message: &str) -> MembersRefusal {
    MembersRefusal::Problem { message: message.to_owned() }
}

fn role_refusal(refusal: Refusal) -> MembersRefusal {
    MembersRefusal::Role { refusal }
}

/// What the page knows of members.
pub(super) struct Staff {
    pub keys: Option<Rc<dyn Keys>>,
    pub roster: Revised<Roster>,
    pub vault: Option<Revised<Vault>>,
    pub session: Option<MemberId>,
    pub is_tampered: bool,
    /// The authenticator key that waits to be confirmed.
    fresh_key: Option<Vec<u8>>,
    touched_at: crate::domain::time::Timestamp,
}

impl Staff {
    pub fn new(owner_id: MemberId, now: crate::domain::time::Timestamp) -> Self {
        Self {
            keys: None,
            roster: Revised { revision: 0, value: first_roster(owner_id, now) },
            vault: None,
            session: None,
            is_tampered: false,
            fresh_key: None,
            touched_at: now,
        }
    }
}

impl<S: Store, W: Clock + Random> Page<S, W> {
    /// Gives the page the port to the workspace's key.
    pub fn set_keys(&mut self, keys: Rc<dyn Keys>) {
        self.staff.keys = Some(keys);
    }

    /// Reads who works here, and makes the Owner of an empty workspace.
    pub(super) async fn load_members(&mut self) -> Result<(), StoreError> {
        if let Some(roster) = self.fetch_revised::<Roster>(ROSTER_KEY).await? {
            self.staff.roster = roster;
        } else {
            let checks = vec![check(ROSTER_KEY, 0)];
            let writes = vec![Write::Put(self.staff.roster.value.to_row())];
            match self.store.commit(Batch { checks, writes, durability: Durability::Strict }).await {
                Ok(revisions) => self.staff.roster.revision = revisions.first().copied().unwrap_or_default(),
                // Another tab was first.
                Err(StoreError::Conflict { .. }) => {
                    if let Some(roster) = self.fetch_revised::<Roster>(ROSTER_KEY).await? {
                        self.staff.roster = roster;
                    }
                }
                Err(error) => return Err(error),
            }
        }
        self.staff.vault = self.fetch_revised::<Vault>(VAULT_KEY).await?;
        Ok(())
    }

    async fn fetch_revised<T: Stored>(&self, key: &str) -> Result<Option<Revised<T>>, StoreError> {
        match load::load::<T>(&*self.store, key).await {
            Ok(found) => Ok(found),
            Err(LoadError::Record(_)) => Ok(None),
            Err(LoadError::Store(error)) => Err(error),
        }
    }

    /// Another tab says who is signed in, or that members or secrets changed. Looks at everything again.
    pub async fn hear_of_members(&mut self, session: Option<Option<String>>) {
        if let Err(error) = self.load_members().await {
            self.tell_trouble(&error);
        }
        if let Some(session) = session {
            self.staff.session = session.map(MemberId::new);
            self.staff.touched_at = self.world.now();
        }
        self.check_seal().await;
        self.show_members().await;
    }

    /// Time has passed: ends a session in which nobody did anything.
    pub async fn end_idle_session(&mut self) {
        let minutes = i64::from(self.staff.roster.value.session_minutes);
        let idle_millis = self.world.now().millis_since(self.staff.touched_at);
        if minutes == 0 || self.staff.session.is_none() || idle_millis < minutes * MINUTE_MILLIS {
            return;
        }
        let Some(keys) = self.staff.keys.clone() else { return };
        self.staff.session = None;
        // Kept on the device, the key goes on serving deliveries: that is what was asked for.
        if keys.is_on_device() {
            keys.tell(None);
        } else {
            keys.lock();
        }
        self.tell_members(MembersNews::SessionEnded);
        self.show_members().await;
    }

    /// Does what the members' page asks.
    pub(super) async fn take_members(&mut self, order: MembersOrder) -> Result<(), StoreError> {
        let is_quiet = matches!(order, MembersOrder::Touch | MembersOrder::ReadAudit);
        let ticket = match &order {
            MembersOrder::KeepSecret { ticket, .. } | MembersOrder::MakeSigningKey { ticket, .. } => Some(*ticket),
            _ => None,
        };
        self.staff.touched_at = self.world.now();
        match (self.do_order(order).await, ticket) {
            (Ok(()), _) => {}
            (Err(Failure::Refused(reason)), Some(ticket)) => {
                self.tell_members(MembersNews::SecretRefused { ticket, reason });
            }
            (Err(Failure::Refused(reason)), None) => self.tell_members(MembersNews::Refused { reason }),
            (Err(Failure::Store(error)), _) => {
                if matches!(error, StoreError::Conflict { .. }) {
                    self.load_members().await?;
                }
                return Err(error);
            }
        }
        if !is_quiet {
            self.show_members().await;
        }
        Ok(())
    }

    async fn do_order(&mut self, order: MembersOrder) -> Result<(), Failure> {
        match order {
            MembersOrder::Touch => Ok(()),
            MembersOrder::ReadAudit => self.show_audit().await,
            MembersOrder::BeginTwoStep => self.begin_two_step(),
            MembersOrder::ConfirmTwoStep { passphrase, code, keeps_on_device } => {
                self.confirm_two_step(&passphrase, &code, keeps_on_device).await
            }
            MembersOrder::SignIn { member_id, passphrase, code } => self.sign_in(member_id, &passphrase, &code).await,
            MembersOrder::SignOut => {
                self.audit(Audited::SignedOut, "", "").await?;
                self.staff.session = None;
                self.keys()?.tell(None);
                Ok(())
            }
            MembersOrder::Unlock { passphrase } => {
                self.unlock(&passphrase).await?;
                self.forgive().await?;
                self.check_seal().await;
                self.audit(Audited::SecretsUnlocked, "", "").await?;
                self.tell_members(MembersNews::Done);
                Ok(())
            }
            MembersOrder::Lock => {
                self.audit(Audited::SecretsLocked, "", "").await?;
                self.staff.session = None;
                self.keys()?.lock();
                Ok(())
            }
            MembersOrder::ChangePassphrase { before, after } => self.change_passphrase(&before, &after).await,
            MembersOrder::KeepOnDevice { is_kept } => {
                self.allow(Permission::EditFlows)?;
                self.keys()?.keep_on_device(is_kept).await?;
                let act = if is_kept { Audited::DeviceKeyKept } else { Audited::DeviceKeyForgotten };
                self.audit(act, "", "").await
            }
            MembersOrder::RenewRecoveryCodes { code } => self.renew_recovery_codes(&code).await,
            MembersOrder::Change { change } => self.change_roster(&change).await,
            MembersOrder::Invite { name, email, role } => {
                let member_id = MemberId::new(self.fresh_id());
                let at = self.world.now();
                self.change_roster(&RosterChange::Add { member_id, name, email, role, at }).await
            }
            MembersOrder::KeepSecret { ticket, kind, origin, name, value } => {
                self.keep_secret(ticket, (kind, origin, name), value.reveal()).await
            }
            MembersOrder::MakeSigningKey { ticket, origin, name } => self.make_signing_key(ticket, origin, name).await,
            MembersOrder::AcceptRoster => self.accept_roster().await,
            MembersOrder::StartOver => self.start_over().await,
        }
    }

    pub(super) fn keys(&self) -> Result<Rc<dyn Keys>, Failure> {
        let missing = "this page cannot encrypt: open it over https, or on this machine";
        self.staff.keys.clone().ok_or_else(|| problem(missing).into())
    }

    pub(super) fn allow(&self, permission: Permission) -> Result<(), Failure> {
        self.session().may(permission).map_err(|refusal| role_refusal(refusal).into())
    }

    fn acting(&self) -> Result<Member, Failure> {
        self.session().member().cloned().ok_or_else(|| role_refusal(Refusal::SignedOut).into())
    }

    fn begin_two_step(&mut self) -> Result<(), Failure> {
        let member = self.acting()?;
        let key = self.keys()?.random_bytes(totp::N_KEY_BYTES);
        let account = if member.email.is_empty() { &member.name } else { &member.email };
        let (uri, key_text) = (totp::key_uri(account, &key), totp::base32(&key));
        self.staff.fresh_key = Some(key);
        self.tell_members(MembersNews::TwoStepBegun { uri, key_text });
        Ok(())
    }

    async fn confirm_two_step(&mut self, words: &Hidden, code: &str, keeps_on_device: bool) -> Result<(), Failure> {
        let member = self.acting()?;
        let keys = self.keys()?;
        let Some(fresh_key) = self.staff.fresh_key.clone() else {
            return Err(problem("ask for a key first").into());
        };
        let counter = match totp::typed_code(code) {
            Some(code) => self.matching_counter(&fresh_key, &code, 0).await?,
            None => None,
        };
        let last_counter = counter.ok_or(MembersRefusal::WrongCode)?;
        let vault = match &self.staff.vault {
            Some(_) => {
                self.unlock(words).await?;
                None
            }
            None => Some(self.new_vault(words.reveal(), |keys, key| keys.make(&key)).await?),
        };
        let sealed = keys.seal(&key_about(&member.id), &fresh_key).await?;
        let (codes, recovery) = self.fresh_recovery_codes(&fresh_key).await?;
        let two_step = TwoStep { key: sealed, last_counter, recovery, since: self.world.now() };
        let mut roster = self.staff.roster.value.clone();
        set_two_step(&mut roster, &member.id, two_step);
        self.write_roster(roster, vault).await?;
        self.staff.fresh_key = None;
        self.staff.session = Some(member.id.clone());
        keys.tell(Some(member.id.as_str()));
        if keeps_on_device {
            keys.keep_on_device(true).await?;
        }
        self.forgive().await?;
        self.audit(Audited::TwoStepSetUp, &member.name, "").await?;
        self.tell_members(MembersNews::RecoveryCodes { codes });
        Ok(())
    }

    /// A vault for these words; `make` says what becomes of the key they stretch to.
    async fn new_vault(
        &self,
        words: &str,
        make: impl FnOnce(Rc<dyn Keys>, Vec<u8>) -> crate::runtime::keys::Later<Sealed>,
    ) -> Result<Vault, Failure> {
        passphrase::check(words).map_err(|weakness| problem(&weakness.to_string()))?;
        let keys = self.keys()?;
        let salt = keys.random_bytes(N_SALT_BYTES);
        let key = keys.stretch(words, &salt, TODAY).await?;
        let wrapped = match make(keys, key).await {
            Err(KeysError::Wrong) => return Err(MembersRefusal::WrongPassphrase.into()),
            wrapped => wrapped?,
        };
        Ok(Vault { salt: to_hex(&salt), cost: TODAY, wrapped, changed_at: self.world.now() })
    }

    async fn sign_in(&mut self, member_id: MemberId, words: &Hidden, code: &str) -> Result<(), Failure> {
        let keys = self.keys()?;
        let was_open = keys.is_open();
        let Some(member) = self.staff.roster.value.member(&member_id).cloned() else {
            return Err(MembersRefusal::WrongSignIn.into());
        };
        match self.unlock(words).await {
            Err(Failure::Refused(MembersRefusal::WrongPassphrase)) => {
                self.audit_of(Audited::SignInFailed, &member).await?;
                return Err(MembersRefusal::WrongSignIn.into());
            }
            other => other?,
        }
        let mut roster = self.staff.roster.value.clone();
        let mut used_recovery_code = false;
        if let Some(two_step) = &member.two_step {
            match self.check_code(&member, two_step, code).await? {
                Some(after) => {
                    used_recovery_code = after.recovery.len() < two_step.recovery.len();
                    set_two_step(&mut roster, &member_id, after);
                }
                None => {
                    if !was_open {
                        keys.lock();
                    }
                    self.count_failure().await?;
                    self.audit_of(Audited::SignInFailed, &member).await?;
                    return Err(MembersRefusal::WrongSignIn.into());
                }
            }
        }
        self.check_seal().await;
        if roster != self.staff.roster.value {
            // A used-up code is on disk before anybody is in.
            if self.staff.is_tampered {
                self.put_roster(roster, None).await?;
            } else {
                self.write_roster(roster, None).await?;
            }
        }
        self.forgive().await?;
        self.staff.session = Some(member_id.clone());
        keys.tell(Some(member_id.as_str()));
        self.audit(Audited::SignedIn, "", "").await?;
        if used_recovery_code {
            self.audit(Audited::RecoveryCodeUsed, "", "").await?;
        }
        self.tell_members(MembersNews::Done);
        Ok(())
    }

    /// The member's second step after this code was used; `None` if the code is wrong.
    async fn check_code(&self, member: &Member, two_step: &TwoStep, code: &str) -> Result<Option<TwoStep>, Failure> {
        let keys = self.keys()?;
        let key = keys.open(&key_about(&member.id), &two_step.key).await?;
        if let Some(code) = totp::typed_code(code) {
            let counter = self.matching_counter(&key, &code, two_step.last_counter).await?;
            return Ok(counter.map(|last_counter| TwoStep { last_counter, ..two_step.clone() }));
        }
        let Some(code) = totp::typed_recovery_code(code) else { return Ok(None) };
        let hash = to_hex(&keys.mac(MacHash::Sha256, &key, code.as_bytes()).await?);
        let mut recovery = two_step.recovery.clone();
        let n_before = recovery.len();
        recovery.retain(|known| !is_same(known, &hash));
        Ok((recovery.len() < n_before).then(|| TwoStep { recovery, ..two_step.clone() }))
    }

    async fn matching_counter(&self, key: &[u8], code: &str, last_counter: u64) -> Result<Option<u64>, Failure> {
        let keys = self.keys()?;
        for counter in totp::open_counters(self.world.now(), last_counter) {
            let mac = keys.mac(MacHash::Sha1, key, &totp::message(counter)).await?;
            if is_same(&totp::code(&mac, totp::N_DIGITS), code) {
                return Ok(Some(counter));
            }
        }
        Ok(None)
    }

    async fn fresh_recovery_codes(&self, key: &[u8]) -> Result<(Vec<String>, Vec<String>), Failure> {
        let keys = self.keys()?;
        let (mut codes, mut hashes) = (Vec::new(), Vec::new());
        for _ in 0..N_RECOVERY_CODES {
            let code = totp::recovery_code(&keys.random_bytes(N_RECOVERY_BYTES));
            let letters = totp::typed_recovery_code(&code).unwrap_or_default();
            hashes.push(to_hex(&keys.mac(MacHash::Sha256, key, letters.as_bytes()).await?));
            codes.push(code);
        }
        Ok((codes, hashes))
    }

    async fn renew_recovery_codes(&mut self, code: &str) -> Result<(), Failure> {
        let member = self.acting()?;
        let keys = self.keys()?;
        let Some(two_step) = &member.two_step else { return Err(role_refusal(Refusal::NeedsTwoStep).into()) };
        self.wait_after_failures().await?;
        let Some(after) = self.check_code(&member, two_step, code).await? else {
            self.count_failure().await?;
            return Err(MembersRefusal::WrongCode.into());
        };
        let key = keys.open(&key_about(&member.id), &after.key).await?;
        let (codes, recovery) = self.fresh_recovery_codes(&key).await?;
        let mut roster = self.staff.roster.value.clone();
        set_two_step(&mut roster, &member.id, TwoStep { recovery, ..after });
        self.write_roster(roster, None).await?;
        self.audit(Audited::RecoveryCodesRenewed, "", "").await?;
        self.tell_members(MembersNews::RecoveryCodes { codes });
        Ok(())
    }

    /// Opens the workspace's key; a wrong passphrase is counted, and said.
    async fn unlock(&mut self, words: &Hidden) -> Result<(), Failure> {
        let keys = self.keys()?;
        let Some(vault) = self.staff.vault.clone() else { return Err(MembersRefusal::NoVault.into()) };
        self.wait_after_failures().await?;
        let key = self.stretched(&vault.value, words).await?;
        match keys.unlock(&key, &vault.value.wrapped).await {
            Err(KeysError::Wrong) => {
                self.count_failure().await?;
                Err(MembersRefusal::WrongPassphrase.into())
            }
            other => Ok(other?),
        }
    }

    async fn stretched(&self, vault: &Vault, words: &Hidden) -> Result<Vec<u8>, Failure> {
        let damaged = || problem("the vault cannot be read: it was changed outside Hookwright");
        let salt = from_hex(&vault.salt).ok_or_else(damaged)?;
        Ok(self.keys()?.stretch(words.reveal(), &salt, vault.cost).await?)
    }

    async fn change_passphrase(&mut self, before: &Hidden, after: &Hidden) -> Result<(), Failure> {
        self.allow(Permission::ManageMembers)?;
        let Some(vault) = self.staff.vault.clone() else { return Err(MembersRefusal::NoVault.into()) };
        self.wait_after_failures().await?;
        let old = self.stretched(&vault.value, before).await?;
        let wrapped = vault.value.wrapped.clone();
        let changed = self.new_vault(after.reveal(), move |keys, new| keys.rewrap(&old, &wrapped, &new)).await;
        let changed = match changed {
            Ok(changed) => changed,
            Err(Failure::Refused(MembersRefusal::WrongPassphrase)) => {
                self.count_failure().await?;
                return Err(MembersRefusal::WrongPassphrase.into());
            }
            Err(error) => return Err(error),
        };
        let checks = vec![check(VAULT_KEY, vault.revision)];
        let writes = vec![Write::Put(changed.to_row())];
        let revisions = self.store.commit(Batch { checks, writes, durability: Durability::Strict }).await?;
        self.staff.vault = Some(Revised { revision: revisions.first().copied().unwrap_or_default(), value: changed });
        self.forgive().await?;
        self.audit(Audited::PassphraseChanged, "", "").await?;
        self.keys()?.tell(self.staff.session.as_ref().map(MemberId::as_str));
        self.tell_members(MembersNews::Done);
        Ok(())
    }

    async fn change_roster(&mut self, change: &RosterChange) -> Result<(), Failure> {
        let acting = self.acting()?;
        if self.staff.is_tampered {
            return Err(role_refusal(Refusal::Tampered).into());
        }
        if let (RosterChange::Add { .. }, Session::Unprotected(_)) = (change, self.session()) {
            return Err(role_refusal(Refusal::NeedsTwoStep).into());
        }
        let before = self.staff.roster.value.clone();
        let after = before.changed(&acting.id, change).map_err(|reason| problem(&reason.to_string()))?;
        let name_of = |member_id: &MemberId| {
            let member = before.member(member_id).or_else(|| after.member(member_id));
            member.map(|member| (member.name.clone(), member.role.name())).unwrap_or_default()
        };
        let (act, (subject, role), detail) = match change {
            RosterChange::Add { member_id, role, .. } => {
                (Audited::MemberAdded, name_of(member_id), role.name().to_owned())
            }
            RosterChange::SetRole { member_id, role } => {
                let (name, was) = name_of(member_id);
                (Audited::RoleChanged, (name, was), [was, " → ", role.name()].concat())
            }
            RosterChange::Remove { member_id } => {
                let (name, was) = name_of(member_id);
                (Audited::MemberRemoved, (name, was), was.to_owned())
            }
            RosterChange::HandOver { member_id } => (Audited::OwnershipHandedOver, name_of(member_id), String::new()),
            RosterChange::ResetTwoStep { member_id } => (Audited::TwoStepReset, name_of(member_id), String::new()),
            RosterChange::Rename { member_id, name, .. } => {
                (Audited::SettingsChanged, name_of(member_id), name.clone())
            }
            RosterChange::EndSessionsAfter { minutes } => {
                (Audited::SettingsChanged, (String::new(), ""), minutes.to_string())
            }
        };
        let _: &str = role;
        if after == before {
            self.tell_members(MembersNews::Done);
            return Ok(());
        }
        self.write_roster(after, None).await?;
        self.audit(act, &subject, &detail).await?;
        self.tell_members(MembersNews::Done);
        Ok(())
    }

    async fn accept_roster(&mut self) -> Result<(), Failure> {
        let acting = self.acting()?;
        self.allow(Permission::Own)?;
        if acting.two_step.is_none() {
            return Err(role_refusal(Refusal::NeedsTwoStep).into());
        }
        self.staff.is_tampered = false;
        self.write_roster(self.staff.roster.value.clone(), None).await?;
        self.audit(Audited::RosterAccepted, "", "").await
    }

    async fn start_over(&mut self) -> Result<(), Failure> {
        if let Session::Member(_) = self.session() {
            self.allow(Permission::Own)?;
        }
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
    async fn write_roster(&mut self, roster: Roster, vault: Option<Vault>) -> Result<(), Failure> {
        let mut roster = Roster { seal: None, ..roster };
        if vault.is_some() || self.staff.vault.is_some() {
            roster.seal = Some(self.keys()?.seal(&sealed_text(&roster), &[]).await?);
        }
        self.put_roster(roster, vault).await
    }

    async fn put_roster(&mut self, roster: Roster, vault: Option<Vault>) -> Result<(), Failure> {
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
    pub(super) async fn check_seal(&mut self) {
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

    async fn wait_after_failures(&self) -> Result<(), Failure> {
        let guard = self.fetch::<Guard>(GUARD_KEY).await?.unwrap_or_default();
        match guard.wait_millis(self.world.now()) {
            Some(millis) => Err(MembersRefusal::Wait { millis }.into()),
            None => Ok(()),
        }
    }

    /// On disk before the answer is out, so that a reload forgives nothing.
    async fn count_failure(&self) -> Result<(), StoreError> {
        let guard = self.fetch::<Guard>(GUARD_KEY).await?.unwrap_or_default();
        self.put(&guard.failed(self.world.now())).await
    }

    async fn forgive(&self) -> Result<(), StoreError> {
        self.put(&Guard::default()).await
    }

    /// Tells the screen how everything stands.
    pub(super) async fn show_members(&self) {
        let secrets = match load::load_all::<SecretDocument>(&*self.store).await {
            Ok(loaded) => loaded.values.into_iter().map(|found| secret_view(found.value)).collect(),
            Err(error) => {
                self.tell_trouble(&error);
                Vec::new()
            }
        };
        let staff = &self.staff;
        let session = match self.session() {
            Session::Unprotected(member) => SessionView::Unprotected { member_id: member.id.clone() },
            Session::Member(member) => SessionView::Member { member_id: member.id.clone() },
            Session::Nobody => SessionView::Nobody,
        };
        let open = staff.keys.as_ref().filter(|keys| keys.is_open());
        let vault = match (&staff.vault, open) {
            (None, _) => VaultView::None,
            (Some(vault), Some(keys)) => {
                VaultView::Open { is_on_device: keys.is_on_device(), changed_at: vault.value.changed_at }
            }
            (Some(vault), None) => VaultView::Locked { changed_at: vault.value.changed_at },
        };
        let members = staff.roster.value.members.iter().map(member_view).collect();
        let view = MembersView {
            members,
            session,
            vault,
            secrets,
            session_minutes: staff.roster.value.session_minutes,
            is_tampered: staff.is_tampered,
        };
        self.tell_members(MembersNews::Changed { view: Box::new(view) });
    }

    pub(super) fn tell_members(&self, news: MembersNews) {
        (self.emit)(AppEvent::Members { news });
    }
}

fn member_view(member: &Member) -> MemberView {
    MemberView {
        id: member.id.clone(),
        name: member.name.clone(),
        email: member.email.clone(),
        role: member.role,
        has_two_step: member.two_step.is_some(),
        n_recovery_codes: member.two_step.as_ref().map_or(0, |two_step| two_step.recovery.len()),
    }
}

fn secret_view(secret: SecretDocument) -> SecretView {
    let SecretDocument { id, kind, origin, name, made_at, made_by, value: _ } = secret;
    let id = SecretId::new(id.as_str());
    SecretView { id, kind, origin, name, made_at, made_by }
}

fn set_two_step(roster: &mut Roster, member_id: &MemberId, two_step: TwoStep) {
    if let Some(member) = roster.members.iter_mut().find(|member| member.id == *member_id) {
        member.two_step = Some(two_step);
    }
}

/// What a member's authenticator key is bound to.
fn key_about(member_id: &MemberId) -> String {
    ["authenticator\n", member_id.as_str()].concat()
}

fn check(key: &str, revision: u64) -> Check {
    Check::Revision { store: StoreName::Members, key: key.to_owned(), revision }
}
