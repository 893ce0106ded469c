//! The vault: the passphrase, what it opens, and how guessing it is slowed down.
//!
//! In: passphrases as typed. Out: the workspace's key held or not, a vault row.
//! Invariant: a wrong passphrase is counted on disk before the answer is out; a new one encrypts nothing anew but the key.

use std::rc::Rc;

use crate::domain::id::MemberId;
use crate::domain::member::{Audited, Guard};
use crate::domain::passphrase::{self, TODAY};
use crate::domain::secret::{Hidden, Sealed};
use crate::runtime::handle::{MembersNews, MembersRefusal};
use crate::runtime::keys::{Keys, KeysError, Later, from_hex, to_hex};
use crate::runtime::page::Page;
use crate::runtime::page::members::roster::check;
use crate::runtime::page::members::{Failure, problem};
use crate::runtime::ports::{Clock, Random};
use crate::storage::record::Stored;
use crate::storage::record::load::Revised;
use crate::storage::record::member::{GUARD_KEY, VAULT_KEY, Vault};
use crate::storage::{Batch, Durability, Store, StoreError, Write};

const N_SALT_BYTES: usize = 16;

impl<S: Store, W: Clock + Random> Page<S, W> {
    /// A vault for these words; `make` says what becomes of the key they stretch to.
    pub(super) async fn new_vault(
        &self,
        words: &str,
        make: impl FnOnce(Rc<dyn Keys>, Vec<u8>) -> Later<Sealed>,
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

    /// Opens the workspace's key; a wrong passphrase is counted, and said.
    pub(super) async fn unlock(&mut self, words: &Hidden) -> Result<(), Failure> {
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

    pub(super) async fn stretched(&self, vault: &Vault, words: &Hidden) -> Result<Vec<u8>, Failure> {
        let damaged = || problem("the vault cannot be read: it was changed outside Hookwright");
        let salt = from_hex(&vault.salt).ok_or_else(damaged)?;
        Ok(self.keys()?.stretch(words.reveal(), &salt, vault.cost).await?)
    }

    pub(super) async fn change_passphrase(&mut self, before: &Hidden, after: &Hidden) -> Result<(), Failure> {
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

    pub(super) async fn wait_after_failures(&self) -> Result<(), Failure> {
        let guard = self.fetch::<Guard>(GUARD_KEY).await?.unwrap_or_default();
        match guard.wait_millis(self.world.now()) {
            Some(millis) => Err(MembersRefusal::Wait { millis }.into()),
            None => Ok(()),
        }
    }

    /// On disk before the answer is out, so that a reload forgives nothing.
    pub(super) async fn count_failure(&self) -> Result<(), StoreError> {
        let guard = self.fetch::<Guard>(GUARD_KEY).await?.unwrap_or_default();
        self.put(&guard.failed(self.world.now())).await
    }

    pub(super) async fn forgive(&self) -> Result<(), StoreError> {
        self.put(&Guard::default()).await
    }
}
