//! Members, the passphrase and the session.
//!
//! In: orders of the members' page, words of other tabs. Out: rows, news, and who acts.
//! Invariant: what opens anything is checked here, counted when it is wrong, and never leaves here again.

mod roster;
mod sign_in;
mod two_step;
mod vault;

use std::rc::Rc;

use crate::domain::id::{MemberId, SecretId};
use crate::domain::member::{Audited, Member, Refusal, Roster, RosterChange, Session, first_roster};
use crate::domain::secret::SecretDocument;
use crate::domain::time::{MINUTE_MILLIS, Timestamp};
use crate::runtime::handle::{
    AppEvent, MemberView, MembersNews, MembersOrder, MembersRefusal, MembersView, SecretView, SessionView, VaultView,
};
use crate::runtime::keys::{Keys, KeysError};
use crate::runtime::page::Page;
use crate::runtime::page::members::roster::check;
use crate::runtime::ports::{Clock, Random};
use crate::storage::record::Stored;
use crate::storage::record::load::{self, LoadError, Revised};
use crate::storage::record::member::{ROSTER_KEY, VAULT_KEY, Vault};
use crate::storage::{Batch, Durability, Store, StoreError, Write};

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
    /// Whether counts and the log were shown when it was last looked at.
    pub could_look: bool,
    /// The authenticator key that waits to be confirmed.
    fresh_key: Option<Vec<u8>>,
    touched_at: Timestamp,
}

impl Staff {
    pub fn new(owner_id: MemberId, now: Timestamp) -> Self {
        Self {
            keys: None,
            roster: Revised { revision: 0, value: first_roster(owner_id, now) },
            vault: None,
            session: None,
            is_tampered: false,
            could_look: true,
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
        if let Err(error) = self.look_as_allowed().await {
            self.tell_trouble(&error);
        }
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
        if let Err(error) = self.look_as_allowed().await {
            self.tell_trouble(&error);
        }
    }

    /// Does what the members' page asks.
    pub(super) async fn take_members(&mut self, order: MembersOrder) -> Result<(), StoreError> {
        let is_quiet = matches!(order, MembersOrder::Touch | MembersOrder::ReadAudit);
        let ticket = match &order {
            MembersOrder::KeepSecret { ticket, .. } | MembersOrder::MakeSigningKey { ticket, .. } => Some(*ticket),
            _ => None,
        };
        self.staff.touched_at = self.world.now();
        let done = match self.order_refusal(&order) {
            Some(refusal) => Err(role_refusal(refusal).into()),
            None => self.do_order(order).await,
        };
        match (done, ticket) {
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
            self.look_as_allowed().await?;
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

    fn acting(&self) -> Result<Member, Failure> {
        self.session().member().cloned().ok_or_else(|| role_refusal(Refusal::SignedOut).into())
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
