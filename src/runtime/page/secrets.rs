//! Keeps secrets, and writes down who did what.
//!
//! In: a value as typed, an act. Out: rows: the one encrypted, the other a line of the audit list.
//! Invariant: a value is bound to the one destination it was entered for.

use crate::domain::delivery::request::{check_url_for_test, is_sendable_value};
use crate::domain::delivery::signing;
use crate::domain::id::SecretId;
use crate::domain::member::{AuditEntry, Audited, Member, Permission};
use crate::domain::secret::{Sealed, SecretDocument, SecretKind};
use crate::runtime::handle::{MembersNews, MembersRefusal};
use crate::runtime::page::Page;
use crate::runtime::page::members::{Failure, problem};
use crate::runtime::ports::{Clock, Random};
use crate::storage::record::load;
use crate::storage::{Direction, Order, Query, Store, StoreError, StoreName};

/// The longest secret.
const MAX_SECRET_BYTES: usize = 8_192;
/// Lines of the audit list that are shown.
const MAX_AUDIT_LINES: usize = 200;

impl<S: Store, W: Clock + Random> Page<S, W> {
    pub(super) async fn keep_secret(
        &self,
        ticket: u64,
        (kind, origin, name): (SecretKind, String, String),
        value: &str,
    ) -> Result<(), Failure> {
        self.allow(Permission::EditFlows)?;
        let value = match kind {
            SecretKind::Header => {
                let value = value.trim();
                if value.is_empty() {
                    return Err(problem("enter the secret").into());
                }
                if !is_sendable_value(value) {
                    return Err(problem("the value may not hold line breaks or characters outside Latin-1").into());
                }
                value.as_bytes().to_vec()
            }
            SecretKind::SigningKey => signing::read_key(value).map_err(|wrong| problem(&wrong.to_string()))?,
        };
        if value.len() > MAX_SECRET_BYTES {
            return Err(problem("a secret has at most 8 KiB").into());
        }
        let secret_id = self.put_secret(kind, origin, name, &value).await?;
        self.tell_members(MembersNews::SecretKept { ticket, secret_id });
        Ok(())
    }

    pub(super) async fn make_signing_key(&self, ticket: u64, origin: String, name: String) -> Result<(), Failure> {
        self.allow(Permission::EditFlows)?;
        let bytes = self.keys()?.random_bytes(signing::N_KEY_BYTES);
        let secret_id = self.put_secret(SecretKind::SigningKey, origin, name, &bytes).await?;
        self.tell_members(MembersNews::KeyMade { ticket, secret_id, key: signing::write_key(&bytes) });
        Ok(())
    }

    async fn put_secret(
        &self,
        kind: SecretKind,
        origin: String,
        name: String,
        value: &[u8],
    ) -> Result<SecretId, Failure> {
        if check_url_for_test(&origin).is_err() {
            return Err(
                problem("enter the destination first: a secret goes only to the host it was entered for").into()
            );
        }
        if self.staff.vault.is_none() {
            return Err(MembersRefusal::NoVault.into());
        }
        let keys = self.keys()?;
        // Not guessable: whoever reads a reference learns nothing of another.
        let id = SecretId::new([self.fresh_id(), crate::runtime::keys::to_hex(&keys.random_bytes(6))].concat());
        let made_by = self.session().member().map(|member| member.name.clone()).unwrap_or_default();
        let made_at = self.world.now();
        let mut secret = SecretDocument { id, kind, origin, name, made_at, made_by, value: Sealed::new("") };
        secret.value = keys.seal(&secret.about(), value).await?;
        self.put(&secret).await?;
        self.audit(Audited::SecretKept, &secret.name, &secret.origin).await?;
        keys.tell(self.staff.session.as_ref().map(crate::domain::id::MemberId::as_str));
        Ok(secret.id)
    }

    /// Writes a line of the audit list, by who acts.
    pub(super) async fn audit(&self, act: Audited, subject: &str, detail: &str) -> Result<(), Failure> {
        let by = self.session().member().cloned();
        Ok(self.write_audit(act, by.as_ref(), subject, detail).await?)
    }

    /// Writes a line about something that is not of the members' page.
    pub(super) async fn note(&self, act: Audited, subject: &str, detail: &str) -> Result<(), StoreError> {
        self.write_audit(act, self.session().member(), subject, detail).await
    }

    /// Writes a line of the audit list about somebody who tried.
    pub(super) async fn audit_of(&self, act: Audited, member: &Member) -> Result<(), Failure> {
        Ok(self.write_audit(act, None, &member.name, "").await?)
    }

    async fn write_audit(
        &self,
        act: Audited,
        by: Option<&Member>,
        subject: &str,
        detail: &str,
    ) -> Result<(), StoreError> {
        self.put(&AuditEntry {
            id: self.fresh_id(),
            at: self.world.now(),
            member_id: by.map(|member| member.id.clone()),
            by: by.map(|member| member.name.clone()).unwrap_or_default(),
            act,
            subject: subject.to_owned(),
            detail: detail.to_owned(),
        })
        .await
    }

    pub(super) async fn show_audit(&self) -> Result<(), Failure> {
        let by = Order::Key { prefix: String::new(), after: None };
        let query = Query { store: StoreName::Audit, by, direction: Direction::Descending, limit: MAX_AUDIT_LINES };
        let entries = load::read_rows::<AuditEntry>(self.store.query(query).await?).values;
        let entries = entries.into_iter().map(|found| found.value).collect();
        self.tell_members(MembersNews::Audit { entries });
        Ok(())
    }
}
