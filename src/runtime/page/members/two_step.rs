//! The second step: an authenticator's codes, and the recovery codes that stand in for it.
//!
//! In: codes as typed. Out: a member's second step after them, codes shown once.
//! Invariant: a code is used up on disk before it has opened anything, and works once.

use crate::domain::id::MemberId;
use crate::domain::member::{Audited, Member, Refusal, Roster, TwoStep};
use crate::domain::secret::Hidden;
use crate::domain::totp;
use crate::runtime::handle::{MembersNews, MembersRefusal};
use crate::runtime::keys::{MacHash, is_same, to_hex};
use crate::runtime::page::Page;
use crate::runtime::page::members::{Failure, problem, role_refusal};
use crate::runtime::ports::{Clock, Random};
use crate::storage::Store;

const N_RECOVERY_CODES: usize = 10;
const N_RECOVERY_BYTES: usize = 10;

impl<S: Store, W: Clock + Random> Page<S, W> {
    pub(super) fn begin_two_step(&mut self) -> Result<(), Failure> {
        let member = self.acting()?;
        let key = self.keys()?.random_bytes(totp::N_KEY_BYTES);
        let account = if member.email.is_empty() { &member.name } else { &member.email };
        let (uri, key_text) = (totp::key_uri(account, &key), totp::base32(&key));
        self.staff.fresh_key = Some(key);
        self.tell_members(MembersNews::TwoStepBegun { uri, key_text });
        Ok(())
    }

    pub(super) async fn confirm_two_step(
        &mut self,
        words: &Hidden,
        code: &str,
        keeps_on_device: bool,
    ) -> Result<(), Failure> {
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

    /// The member's second step after this code was used; `None` if the code is wrong.
    pub(super) async fn check_code(
        &self,
        member: &Member,
        two_step: &TwoStep,
        code: &str,
    ) -> Result<Option<TwoStep>, Failure> {
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

    pub(super) async fn matching_counter(
        &self,
        key: &[u8],
        code: &str,
        last_counter: u64,
    ) -> Result<Option<u64>, Failure> {
        let keys = self.keys()?;
        for counter in totp::open_counters(self.world.now(), last_counter) {
            let mac = keys.mac(MacHash::Sha1, key, &totp::message(counter)).await?;
            if is_same(&totp::code(&mac, totp::N_DIGITS), code) {
                return Ok(Some(counter));
            }
        }
        Ok(None)
    }

    pub(super) async fn fresh_recovery_codes(&self, key: &[u8]) -> Result<(Vec<String>, Vec<String>), Failure> {
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

    pub(super) async fn renew_recovery_codes(&mut self, code: &str) -> Result<(), Failure> {
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
}

pub(super) fn set_two_step(roster: &mut Roster, member_id: &MemberId, two_step: TwoStep) {
    if let Some(member) = roster.members.iter_mut().find(|member| member.id == *member_id) {
        member.two_step = Some(two_step);
    }
}

/// What a member's authenticator key is bound to.
fn key_about(member_id: &MemberId) -> String {
    ["authenticator\n", member_id.as_str()].concat()
}
