//! Backs up the workspace and restores it, members and secrets if asked.
//!
//! In: orders of the settings' page, a file's text, the backup's passphrase. Out: a file's text, a plan, restored rows.
//! Invariant: whatever is refused has changed nothing; members come back only under the passphrase that their key is wrapped
//! with, and only for the Owner.

use crate::domain::id::MemberId;
use crate::domain::member::{Audited, Permission, Session};
use crate::domain::passphrase::MAX_COST;
use crate::domain::secret::Hidden;
use crate::domain::time::Timestamp;
use crate::runtime::handle::{MembersPlan, RestoreNews, WorkNews};
use crate::runtime::keys::{KeysError, MacHash, from_hex, to_hex};
use crate::runtime::page::members::Failure;
use crate::runtime::page::{Page, has_live_destination};
use crate::runtime::ports::{Clock, Random};
use crate::storage::backup::{Backup, BackupError, MembersPart, WithMembers, draft_backup, lines_of};
use crate::storage::record::member::sealed_text;
use crate::storage::{Store, StoreError};

/// What the digest of a backup's lines is keyed with: it is not a secret, only ours.
const DIGEST_KEY: &[u8] = b"hookwright-backup";

const NEEDS_TWO_STEP: &str =
    "it holds webhooks that are live to a real destination: set up two-step authentication first";

/// A backup that was read and found whole.
pub(super) struct ReadBackup {
    backup: Backup,
    members: MembersPlan,
    /// What its seal is bound to.
    about: String,
}

/// Why nothing was made or restored.
enum Trouble {
    Store(StoreError),
    Said(String),
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<BackupError> for Trouble {
    fn from(error: BackupError) -> Self {
        Self::Said(error.to_string())
    }
}

impl From<KeysError> for Trouble {
    fn from(error: KeysError) -> Self {
        Self::Said(error.to_string())
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Store(error) => Self::Store(error),
            Failure::Refused(_) => Self::from(KeysError::Locked),
        }
    }
}

impl<S: Store, W: Clock + Random> Page<S, W> {
    pub(super) async fn make_backup(&self, holds_members: bool) -> Result<(), StoreError> {
        let made = self.backup_text(holds_members).await;
        self.tell_made(made.map(|text| WorkNews::BackupMade { text }))
    }

    pub(super) async fn read_backup(&mut self, text: &str) -> Result<(), StoreError> {
        self.work.backup = None;
        let plan = self.plan_restore(text).await;
        self.tell_made(plan.map(|plan| WorkNews::RestorePlanned { plan }))
    }

    pub(super) async fn restore_backup(&mut self, passphrase: Option<Hidden>) -> Result<(), StoreError> {
        let Some(read) = self.work.backup.take() else { return Ok(()) };
        let restored = self.restore(&read, passphrase).await;
        match &restored {
            Ok(()) => {}
            // Another passphrase may be tried.
            Err(Trouble::Said(_)) => self.work.backup = Some(read),
            // What is left can be restored once there is room again: done twice it changes nothing more.
            Err(Trouble::Store(_)) => {
                self.work.backup = Some(read);
                self.tell_work(WorkNews::Restoring { n_done: 0, n_all: 0 });
            }
        }
        self.tell_made(restored.map(|()| WorkNews::Restored))
    }

    fn tell_made(&self, made: Result<WorkNews, Trouble>) -> Result<(), StoreError> {
        match made {
            Ok(news) => self.tell_work(news),
            Err(Trouble::Said(reason)) => self.tell_work(WorkNews::BackupRefused { reason }),
            Err(Trouble::Store(error)) => return Err(error),
        }
        Ok(())
    }

    async fn backup_text(&self, holds_members: bool) -> Result<String, Trouble> {
        let with_members = if holds_members { WithMembers::Yes } else { WithMembers::No };
        let draft = draft_backup(&*self.store, self.world.now(), with_members).await?;
        let seal = match with_members {
            WithMembers::Yes => Some(self.keys()?.seal(&self.digest(&draft.lines).await?, &[]).await?),
            WithMembers::No => None,
        };
        Ok(draft.text(seal.as_ref())?)
    }

    async fn digest(&self, lines: &str) -> Result<String, Trouble> {
        Ok(to_hex(&self.keys()?.mac(MacHash::Sha256, DIGEST_KEY, lines.as_bytes()).await?))
    }

    async fn plan_restore(&mut self, text: &str) -> Result<RestoreNews, Trouble> {
        let backup = Backup::read(text)?;
        let about = match backup.seal {
            Some(_) => self.digest(lines_of(text)).await?,
            None => String::new(),
        };
        let members = self.members_plan(&backup, &about).await?;
        let plan = backup.plan(&*self.store, part(members)).await?;
        let members = match members {
            MembersPlan::Replace { .. } => MembersPlan::Replace { n_secrets_lost: plan.n_secrets_lost },
            members => members,
        };
        let made_at = Some(Timestamp::from_millis(plan.made_at_millis));
        let (n_for_review, n_runs_ended) = (plan.n_for_review, plan.n_runs_ended);
        self.work.backup = Some(ReadBackup { backup, members, about });
        Ok(RestoreNews { made_at, changes: plan.changes, n_for_review, n_runs_ended, members })
    }

    /// What can be done with the members of a backup, as far as that is known without its passphrase.
    async fn members_plan(&self, backup: &Backup, about: &str) -> Result<MembersPlan, Trouble> {
        let (Some((roster, _)), Some(seal)) = (backup.members(), &backup.seal) else { return Ok(MembersPlan::None) };
        let may_own = self.session().may(Permission::Own).is_ok();
        match self.session() {
            Session::Unprotected(_) => return Ok(MembersPlan::Replace { n_secrets_lost: 0 }),
            Session::Member(_) | Session::Nobody => {}
        }
        let keys = self.keys()?;
        let Some(roster_seal) = &roster.seal else { return Err(BackupError::Forged.into()) };
        match keys.open(&sealed_text(&roster), roster_seal).await {
            // It is of this workspace's key, which therefore tells whether the file is as it was made.
            Ok(_) => match keys.open(about, seal).await {
                Ok(_) => Ok(MembersPlan::Add),
                Err(KeysError::Wrong) => Err(BackupError::Forged.into()),
                Err(error) => Err(error.into()),
            },
            Err(KeysError::Wrong) if may_own => Ok(MembersPlan::Replace { n_secrets_lost: 0 }),
            Err(KeysError::Wrong | KeysError::Locked) => Ok(MembersPlan::OwnerOnly),
            Err(error) => Err(error.into()),
        }
    }

    async fn restore(&mut self, read: &ReadBackup, passphrase: Option<Hidden>) -> Result<(), Trouble> {
        let members = match (read.members, passphrase) {
            (MembersPlan::Replace { .. }, Some(words)) => {
                self.prove(read, &words).await?;
                MembersPart::Replace
            }
            (MembersPlan::Add, _) => MembersPart::Add,
            (MembersPlan::Replace { .. } | MembersPlan::None | MembersPlan::OwnerOnly, _) => MembersPart::Leave,
        };
        // Otherwise a file would activate what a save may not.
        let activates =
            members != MembersPart::Replace && read.backup.running_flows().any(|flow| has_live_destination(&flow));
        if activates && self.session().may_save_live().is_err() {
            return Err(Trouble::Said(NEEDS_TWO_STEP.to_owned()));
        }
        let by = self.session().member().cloned();
        let tell = |n_done, n_all| self.tell_work(WorkNews::Restoring { n_done, n_all });
        read.backup.restore(&*self.store, (self.world.now(), members), tell).await?;
        let detail = match members {
            MembersPart::Replace => "with members and secrets in place of those here",
            MembersPart::Add => "with secrets that were missing",
            MembersPart::Leave => "",
        };
        self.note_by(Audited::BackupRestored, by.as_ref(), detail).await?;
        if members == MembersPart::Replace {
            // Whoever was signed in was so under another key.
            self.staff.session = None;
            self.keys()?.lock();
        }
        (self.poke_sender)();
        self.load().await;
        if let Ok(keys) = self.keys() {
            keys.tell(self.staff.session.as_ref().map(MemberId::as_str));
        }
        Ok(())
    }

    /// Whether this is the backup's passphrase, and its members and secrets are as they were sealed.
    async fn prove(&self, read: &ReadBackup, words: &Hidden) -> Result<(), Trouble> {
        let (Some((_, vault)), Some(seal)) = (read.backup.members(), &read.backup.seal) else {
            return Err(BackupError::Forged.into());
        };
        let salt = from_hex(&vault.salt).filter(|_| vault.cost.is_within(MAX_COST)).ok_or(BackupError::Forged)?;
        let keys = self.keys()?;
        let key = keys.stretch(words.reveal(), &salt, vault.cost).await?;
        match keys.rewrap(&key, &vault.wrapped, &key).await {
            Ok(_) => {}
            Err(KeysError::Wrong) => return Err(BackupError::WrongPassphrase.into()),
            Err(error) => return Err(error.into()),
        }
        match keys.open_under(&key, &vault.wrapped, &read.about, seal).await {
            Ok(_) => Ok(()),
            Err(KeysError::Wrong) => Err(BackupError::Forged.into()),
            Err(error) => Err(error.into()),
        }
    }
}

const fn part(members: MembersPlan) -> MembersPart {
    match members {
        MembersPlan::None | MembersPlan::OwnerOnly => MembersPart::Leave,
        MembersPlan::Add => MembersPart::Add,
        MembersPlan::Replace { .. } => MembersPart::Replace,
    }
}
