//! The whole workspace as one file, and back.
//!
//! In: a store; the text of a backup. Out: text, a line a row; what a restore would change; the restored rows.
//! Invariant: nothing that is in the store is overwritten but documents, and those only after the plan has said so; nothing
//! restored is sent by itself. Members and secrets are in it only when asked for, as they lie in the store: encrypted.
//! Claims, counts and remembered wrong tries never are.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use thiserror::Error;

use crate::domain::delivery::destination::Destination;
use crate::domain::delivery::practice::PracticeScript;
use crate::domain::delivery::state::{Attempt, Delivery, DeliveryStatus, StatusKind};
use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::flow::model::{Flow, FlowDocument, SavedFlow};
use crate::domain::flow::run::{RunDocument, RunStatus};
use crate::domain::lists::ProfileSets;
use crate::domain::member::{AuditEntry, Roster};
use crate::domain::secret::{Sealed, SecretDocument};
use crate::domain::settings::WorkspaceSettings;
use crate::domain::time::Timestamp;
use crate::storage::record::activity::LoggedEntry;
use crate::storage::record::generation::Generation;
use crate::storage::record::lists::SETS_KEY;
use crate::storage::record::load;
use crate::storage::record::member::{GUARD_KEY, ROSTER_KEY, VAULT_KEY, Vault};
use crate::storage::record::settings::{PRACTICE_KEY, WORKSPACE_KEY};
use crate::storage::record::{RecordError, Stored};
use crate::storage::{Batch, Direction, Durability, Order, Query, Row, Store, StoreError, StoreName, Write};

/// The version of the file's own shape.
const FORMAT: u64 = 1;
/// What the first line says it is.
const KIND: &str = "hookwright-backup";
/// Rows read or written at a time.
const SLICE: usize = 500;

/// The largest backup: it has to fit into a page's memory, twice.
pub const MAX_BYTES: usize = 512 * 1024 * 1024;

/// What a backup holds, in this order. Orders to the sender, its claim, its counts and unreadable rows stay where they are.
const STORES: [StoreName; 10] = [
    StoreName::Flows,
    StoreName::Versions,
    StoreName::Events,
    StoreName::Profiles,
    StoreName::Settings,
    StoreName::Destinations,
    StoreName::Runs,
    StoreName::Deliveries,
    StoreName::Attempts,
    StoreName::Activity,
];

/// What it holds as well when asked: who works here, with their second steps and the vault, kept secrets, who did what.
const MEMBER_STORES: [StoreName; 3] = [StoreName::Members, StoreName::Secrets, StoreName::Audit];

/// Why a file cannot be made or restored. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BackupError {
    #[error("the file is no backup of Hookwright")]
    NotABackup,
    #[error("the backup was made by a newer version of Hookwright (format {found}); reload, then try again")]
    TooNew { found: u64 },
    #[error("the backup ends in the middle: {n_found} of {n_expected} rows are there")]
    Truncated { n_found: usize, n_expected: usize },
    #[error("the backup was changed since it was made, or arrived damaged")]
    Damaged,
    #[error("line {line} cannot be read: {reason}")]
    BadRow { line: usize, reason: String },
    #[error("the backup has {n_mebibytes} MiB, and at most 512 MiB can be restored")]
    TooLarge { n_mebibytes: u64 },
    #[error("the passphrase is not that of the backup")]
    WrongPassphrase,
    #[error("the members and secrets in the backup were changed since it was made")]
    Forged,
}

/// What a restore does with the members and secrets of a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MembersPart {
    /// They stay in the file.
    Leave,
    /// They are of this workspace's key: secrets and lines of the audit list that are missing here are added.
    Add,
    /// They take the place of those here, secrets included.
    Replace,
}

/// A backup that was read and found whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Backup {
    pub made_at: Timestamp,
    /// Empty text under the workspace's key, bound to every line: only with members and secrets.
    pub seal: Option<Sealed>,
    rows: Vec<Row>,
}

/// A backup that is being made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// A line a row.
    pub lines: String,
    made_at: Timestamp,
    n_rows: usize,
}

/// What a restore would do to rows of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct KindChange {
    /// Not there now: added.
    pub n_added: usize,
    /// There now and different: overwritten with the backup's.
    pub n_overwritten: usize,
    /// There now: left as it is.
    pub n_left: usize,
}

/// What a restore would change.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RestorePlan {
    pub made_at_millis: i64,
    pub changes: BTreeMap<StoreName, KindChange>,
    /// Deliveries that were pending in the backup: they come back as *Needs review*, so that nothing is sent twice unseen.
    pub n_for_review: usize,
    /// Runs that waited in the backup: they come back ended.
    pub n_runs_ended: usize,
    /// Secrets kept here under another key, which go.
    pub n_secrets_lost: usize,
}

/// A backup of everything that is in `store`; of members and secrets only `with_members`.
pub async fn draft_backup(
    store: &impl Store,
    made_at: Timestamp,
    with_members: WithMembers,
) -> Result<Draft, StoreError> {
    let mut draft = Draft { lines: String::new(), made_at, n_rows: 0 };
    let more = match with_members {
        WithMembers::Yes => &MEMBER_STORES[..],
        WithMembers::No => &[],
    };
    for name in STORES.iter().chain(more).copied() {
        let mut after = None;
        loop {
            let by = Order::Key { prefix: String::new(), after: after.take() };
            let query = Query { store: name, by, direction: Direction::Ascending, limit: SLICE };
            let rows = store.query(query).await?;
            for row in rows.iter().filter(|row| is_for_backups(row)) {
                let line = json!({"store": name.as_str(), "key": row.key, "version": row.version, "json": row.json});
                draft.lines.push_str(&line.to_string());
                draft.lines.push('\n');
                draft.n_rows += 1;
            }
            match rows.last() {
                Some(last) if rows.len() >= SLICE => after = Some(last.key.clone()),
                Some(_) | None => break,
            }
        }
    }
    Ok(draft)
}

/// Whether a backup is to hold members and secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithMembers {
    Yes,
    No,
}

/// What is remembered of wrong tries is of this browser: whoever guesses must not get rid of it with a file.
fn is_for_backups(row: &Row) -> bool {
    row.store != StoreName::Members || row.key != GUARD_KEY
}

impl Draft {
    /// The text of the file.
    pub fn text(self, seal: Option<&Sealed>) -> Result<String, BackupError> {
        let Self { lines, made_at, n_rows } = self;
        check_size(lines.len() as u64)?;
        let mut head = json!({
            "kind": KIND,
            "format": FORMAT,
            "made_at": made_at.as_millis(),
            "rows": n_rows,
            "sum": format!("{:016x}", sum(&lines)),
        });
        if let (Some(seal), Some(head)) = (seal, head.as_object_mut()) {
            head.insert("seal".to_owned(), seal.as_str().into());
        }
        Ok(format!("{head}\n{lines}"))
    }
}

/// Whether a file of so many bytes is looked at.
pub const fn check_size(n_bytes: u64) -> Result<(), BackupError> {
    if n_bytes > MAX_BYTES as u64 {
        return Err(BackupError::TooLarge { n_mebibytes: n_bytes / 1024 / 1024 });
    }
    Ok(())
}

/// The lines of a backup's text: what its seal is bound to.
pub fn lines_of(text: &str) -> &str {
    text.split_once('\n').map_or("", |(_, lines)| lines)
}

/// FNV-1a: it finds damage, and proves nothing about who made the file. <http://www.isthe.com/chongo/tech/comp/fnv/>
fn sum(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

impl Backup {
    /// Reads a backup's text, all or nothing.
    pub fn read(text: &str) -> Result<Self, BackupError> {
        check_size(text.len() as u64)?;
        let (head, lines) = text.split_once('\n').ok_or(BackupError::NotABackup)?;
        let head: Value = serde_json::from_str(head).map_err(|_| BackupError::NotABackup)?;
        let number = |name: &str| head.get(name).and_then(Value::as_u64);
        if head.get("kind").and_then(Value::as_str) != Some(KIND) {
            return Err(BackupError::NotABackup);
        }
        let found = number("format").ok_or(BackupError::NotABackup)?;
        if found > FORMAT {
            return Err(BackupError::TooNew { found });
        }
        let n_expected = number("rows").and_then(|rows| usize::try_from(rows).ok()).ok_or(BackupError::Damaged)?;
        let n_found = lines.lines().count();
        if n_found < n_expected {
            return Err(BackupError::Truncated { n_found, n_expected });
        }
        if head.get("sum").and_then(Value::as_str) != Some(format!("{:016x}", sum(lines)).as_str()) {
            return Err(BackupError::Damaged);
        }
        let rows = lines.lines().enumerate().map(|(idx, line)| read_line(idx + 2, line)).collect::<Result<_, _>>()?;
        let made_at = head.get("made_at").and_then(Value::as_i64).unwrap_or_default();
        let seal = head.get("seal").and_then(Value::as_str).map(Sealed::new);
        let backup = Self { made_at: Timestamp::from_millis(made_at), seal, rows };
        let n_of_members = backup.rows.iter().filter(|row| MEMBER_STORES.contains(&row.store)).count();
        let is_whole = match (&backup.seal, backup.members()) {
            (None, None) => n_of_members == 0,
            (Some(_), Some(_)) => true,
            _ => false,
        };
        if is_whole { Ok(backup) } else { Err(BackupError::Forged) }
    }

    /// The members and the vault that holds their key, if the backup has them.
    pub fn members(&self) -> Option<(Roster, Vault)> {
        let row = |key: &str| self.rows.iter().find(|row| row.store == StoreName::Members && row.key == key);
        Some((Roster::from_row(row(ROSTER_KEY)?).ok()?, Vault::from_row(row(VAULT_KEY)?).ok()?))
    }

    /// The flows that would run after a restore.
    pub fn running_flows(&self) -> impl Iterator<Item = Flow> {
        let flows = self.rows.iter().filter(|row| row.store == StoreName::Flows);
        flows.filter_map(|row| FlowDocument::from_row(row).ok()?.saved.map(|saved| saved.flow))
    }

    /// The rows that a restore is about.
    fn rows(&self, members: MembersPart) -> impl Iterator<Item = &[Row]> {
        let is_wanted = move |row: &Row| match members {
            MembersPart::Leave => !MEMBER_STORES.contains(&row.store),
            MembersPart::Add => row.store != StoreName::Members,
            MembersPart::Replace => true,
        };
        let kinds = self.rows.chunk_by(|one, other| one.store == other.store);
        kinds.filter(move |kind| kind.first().is_some_and(is_wanted)).flat_map(|kind| kind.chunks(SLICE))
    }

    /// What a restore into `store` would change.
    pub async fn plan(&self, store: &impl Store, members: MembersPart) -> Result<RestorePlan, StoreError> {
        let mut plan = RestorePlan { made_at_millis: self.made_at.as_millis(), ..RestorePlan::default() };
        for slice in self.rows(members) {
            for (row, now) in slice.iter().zip(current(store, slice).await?) {
                let change = plan.changes.entry(row.store).or_default();
                match fate(row, now.as_ref()) {
                    Fate::Left => change.n_left += 1,
                    Fate::Overwritten => change.n_overwritten += 1,
                    Fate::Added => {
                        change.n_added += 1;
                        plan.n_for_review += usize::from(is_pending_delivery(row));
                        plan.n_runs_ended += usize::from(is_waiting_run(row));
                    }
                }
            }
        }
        plan.n_secrets_lost = self.doomed_secrets(store, members).await?.len();
        Ok(plan)
    }

    /// Keys of secrets here that could not be opened any more: they are of another key.
    async fn doomed_secrets(&self, store: &impl Store, members: MembersPart) -> Result<Vec<String>, StoreError> {
        if members != MembersPart::Replace {
            return Ok(Vec::new());
        }
        let here = load::load_all::<SecretDocument>(store).await?.values;
        let is_in_file = |key: &str| self.rows.iter().any(|row| row.store == StoreName::Secrets && row.key == key);
        let keys = here.into_iter().map(|found| found.value.id.as_str().to_owned());
        Ok(keys.filter(|key| !is_in_file(key)).collect())
    }

    /// Does what the plan says, slice by slice, and says after each how many rows of how many are done; done twice it changes
    /// nothing more. The sender, wherever it runs, starts anew afterwards and counts everything again.
    pub async fn restore(
        &self,
        store: &impl Store,
        (now, members): (Timestamp, MembersPart),
        tell: impl Fn(usize, usize),
    ) -> Result<(), StoreError> {
        let doomed = self.doomed_secrets(store, members).await?;
        let n_all = self.rows(members).map(<[Row]>::len).sum();
        let mut n_done = 0;
        for slice in self.rows(members) {
            tell(n_done, n_all);
            n_done += slice.len();
            let mut writes = Vec::new();
            for (row, current) in slice.iter().zip(current(store, slice).await?) {
                match fate(row, current.as_ref()) {
                    Fate::Left => {}
                    Fate::Overwritten => writes.push(Write::Put(row.clone())),
                    Fate::Added => writes.push(Write::Put(at_rest(row, now))),
                }
            }
            if !writes.is_empty() {
                store.commit(Batch { checks: Vec::new(), writes, durability: Durability::Strict }).await?;
            }
        }
        let forget = Write::DeleteRange { store: StoreName::Totals, from: String::new(), to: "~".to_owned() };
        let mut writes = vec![forget, Write::Put(Generation { claimed_at: now }.to_row())];
        writes.extend(doomed.into_iter().map(|key| Write::Delete { store: StoreName::Secrets, key }));
        store.commit(Batch { checks: Vec::new(), writes, durability: Durability::Strict }).await.map(|_| ())
    }
}

async fn current(store: &impl Store, rows: &[Row]) -> Result<Vec<Option<Row>>, StoreError> {
    let Some(first) = rows.first() else { return Ok(Vec::new()) };
    let keys: Vec<String> = rows.iter().map(|row| row.key.clone()).collect();
    store.get_many(first.store, &keys).await
}

/// What becomes of a row of the backup.
enum Fate {
    Added,
    Overwritten,
    Left,
}

fn fate(row: &Row, now: Option<&Row>) -> Fate {
    match (row.store, now) {
        (_, None) => Fate::Added,
        (_, Some(now)) if now.json == row.json && now.version == row.version => Fate::Left,
        // Documents are a person's, who is asked; what happened has happened, and stays as it is known here.
        // Members, and secrets of the same id, come only with `MembersPart::Replace`, or are the same.
        (
            StoreName::Flows
            | StoreName::Events
            | StoreName::Profiles
            | StoreName::Settings
            | StoreName::Members
            | StoreName::Secrets,
            Some(_),
        ) => Fate::Overwritten,
        (
            StoreName::Versions
            | StoreName::Steps
            | StoreName::Destinations
            | StoreName::Runs
            | StoreName::Deliveries
            | StoreName::Attempts
            | StoreName::Activity
            | StoreName::Inbox
            | StoreName::Totals
            | StoreName::Meta
            | StoreName::Audit
            | StoreName::SetAside,
            Some(_),
        ) => Fate::Left,
    }
}

fn is_pending_delivery(row: &Row) -> bool {
    row.store == StoreName::Deliveries
        && Delivery::from_row(row).is_ok_and(|delivery| !StatusKind::of(&delivery.status).is_final())
}

fn is_waiting_run(row: &Row) -> bool {
    row.store == StoreName::Runs && RunDocument::from_row(row).is_ok_and(|found| found.run.status != RunStatus::Ended)
}

/// The row as it comes back: nothing in it happens by itself.
fn at_rest(row: &Row, now: Timestamp) -> Row {
    if is_pending_delivery(row)
        && let Ok(delivery) = Delivery::from_row(row)
    {
        return Delivery { status: DeliveryStatus::NeedsReview, updated_at: now, ..delivery }.to_row();
    }
    if is_waiting_run(row)
        && let Ok(mut found) = RunDocument::from_row(row)
    {
        found.run.status = RunStatus::Ended;
        found.run.position = None;
        return found.to_row();
    }
    row.clone()
}

fn read_line(line: usize, text: &str) -> Result<Row, BackupError> {
    let bad = |reason: &str| BackupError::BadRow { line, reason: reason.to_owned() };
    let json: Value = serde_json::from_str(text).map_err(|error| bad(&error.to_string()))?;
    let field = |name: &str| json.get(name).and_then(Value::as_str);
    let store =
        field("store").and_then(|name| STORES.into_iter().chain(MEMBER_STORES).find(|store| store.as_str() == name));
    let store = store.ok_or_else(|| bad("it is of no kind that is restored"))?;
    let version = json.get("version").and_then(Value::as_u64).and_then(|version| u32::try_from(version).ok());
    let row = Row {
        store,
        key: field("key").ok_or_else(|| bad("it has no key"))?.to_owned(),
        revision: 0,
        version: version.ok_or_else(|| bad("it has no version"))?,
        json: field("json").ok_or_else(|| bad("it has no value"))?.to_owned(),
        index_keys: BTreeMap::new(),
    };
    indexed(row).map_err(|error| bad(&error.to_string()))
}

/// The row with the keys it is found by, which follow from its value, in today's shape; a row that could not be read later
/// is refused now.
fn indexed(row: Row) -> Result<Row, RecordError> {
    match row.store {
        StoreName::Events => TriggerEvent::from_row(&row).map(|value| value.to_row()),
        StoreName::Profiles => Profile::from_row(&row).map(|value| value.to_row()),
        StoreName::Runs => RunDocument::from_row(&row).map(|value| value.to_row()),
        StoreName::Deliveries => Delivery::from_row(&row).map(|value| value.to_row()),
        StoreName::Attempts => Attempt::from_row(&row).map(|value| value.to_row()),
        StoreName::Activity => LoggedEntry::from_row(&row).map(|value| value.to_row()),
        StoreName::Flows => FlowDocument::from_row(&row).map(|_| row),
        StoreName::Versions => SavedFlow::from_row(&row).map(|_| row),
        StoreName::Destinations => Destination::from_row(&row).map(|_| row),
        StoreName::Settings => match row.key.as_str() {
            WORKSPACE_KEY => WorkspaceSettings::from_row(&row).map(|_| row),
            PRACTICE_KEY => PracticeScript::from_row(&row).map(|_| row),
            SETS_KEY => ProfileSets::from_row(&row).map(|_| row),
            _ => Ok(row),
        },
        StoreName::Members => match row.key.as_str() {
            ROSTER_KEY => Roster::from_row(&row).map(|_| row),
            VAULT_KEY => Vault::from_row(&row).map(|_| row),
            key => {
                let reason = "no backup holds this".to_owned();
                Err(RecordError::Unreadable { store: row.store, key: key.to_owned(), reason })
            }
        },
        StoreName::Secrets => SecretDocument::from_row(&row).map(|_| row),
        StoreName::Audit => AuditEntry::from_row(&row).map(|_| row),
        StoreName::Steps | StoreName::Inbox | StoreName::Totals | StoreName::Meta | StoreName::SetAside => Ok(row),
    }
}
