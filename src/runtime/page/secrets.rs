//! Keeps secrets.
//!
//! In: a value as typed. Out: a row with the value encrypted.
//! Invariant: a value is bound to the one destination it was entered for.

use crate::domain::delivery::request::{check_url_for_test, is_sendable_value};
use crate::domain::delivery::signing;
use crate::domain::id::{MemberId, SecretId};
use crate::domain::member::Audited;
use crate::domain::secret::{Sealed, SecretDocument, SecretKind};
use crate::runtime::handle::{MembersNews, MembersRefusal};
use crate::runtime::keys::to_hex;
use crate::runtime::page::Page;
use crate::runtime::page::members::{Failure, problem};
use crate::runtime::ports::{Clock, Random};
use crate::storage::Store;

/// The longest secret.
const MAX_SECRET_BYTES: usize = 8_192;

impl<S: Store, W: Clock + Random> Page<S, W> {
    pub(super) async fn keep_secret(
        &self,
        ticket: u64,
        (kind, origin, name): (SecretKind, String, String),
        value: &str,
    ) -> Result<(), Failure> {
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
        let id = SecretId::new([self.fresh_id(), to_hex(&keys.random_bytes(6))].concat());
        let made_by = self.session().member().map(|member| member.name.clone()).unwrap_or_default();
        let made_at = self.world.now();
        let mut secret = SecretDocument { id, kind, origin, name, made_at, made_by, value: Sealed::new("") };
        secret.value = keys.seal(&secret.about(), value).await?;
        self.put(&secret).await?;
        self.audit(Audited::SecretKept, &secret.name, &secret.origin).await?;
        keys.tell(self.staff.session.as_ref().map(MemberId::as_str));
        Ok(secret.id)
    }
}
