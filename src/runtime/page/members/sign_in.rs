//! Signing in.
//!
//! In: a member, a passphrase, a code. Out: a session, or one answer for whatever was wrong.
//! Invariant: which of passphrase and code was wrong is not said.

use crate::domain::id::MemberId;
use crate::domain::member::Audited;
use crate::domain::secret::Hidden;
use crate::runtime::handle::{MembersNews, MembersRefusal};
use crate::runtime::page::Page;
use crate::runtime::page::members::Failure;
use crate::runtime::page::members::two_step::set_two_step;
use crate::runtime::ports::{Clock, Random};
use crate::storage::Store;

impl<S: Store, W: Clock + Random> Page<S, W> {
    pub(super) async fn sign_in(&mut self, member_id: MemberId, words: &Hidden, code: &str) -> Result<(), Failure> {
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
}
