//! The whole workspace as one file, and back.
//!
//! In: a store; the text of a backup. Out: text, a line a row; what a restore would change; the restored rows.
//! Invariant: nothing that is in the store is overwritten but documents, and those only after the plan has said so; nothing
//! restored is sent by itself. What holds secrets, claims or counts is not in it.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use thiserror::Error;

use crate::domain::delivery::state::{Attempt, Delivery, DeliveryStatus, StatusKind};
use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::flow::run::{RunDocument, RunStatus};
use crate::domain::time::Timestamp;
use crate::storage::record::activity::LoggedEntry;
use crate::storage::record::generation::Generation;
use crate::storage::record::{RecordError, Stored};
use crate::storage::{Batch, Direction, Durability, Order, Query, Row, Store, StoreError, StoreName, Write};

/// The version of the file's own shape.
const FORMAT: u64 = 1;
/// What the first line says it is.
const KIND: &str = "hookwright-backup";
/// Rows read or written at a time.
const SLICE: usize = 500;

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

/// Why a file cannot be restored. Nothing was changed.
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
}

/// A backup that was read and found whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Backup {
    pub made_at: Timestamp,
    rows: Vec<Row>,
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
}

/// The text of a backup of everything that is in `store`.
pub async fn make_backup(store: &impl Store, made_at: Timestamp) -> Result<String, StoreError> {
    let mut lines = String::new();
    let mut n_rows = 0_usize;
    for name in STORES {
        let mut after = None;
        loop {
            let by = Order::Key { prefix: String::new(), after: after.take() };
            let query = Query { store: name, by, direction: Direction::Ascending, limit: SLICE };
            let rows = store.query(query).await?;
            for row in &rows {
                let line = json!({"store": name.as_str(), "key": row.key, "version": row.version, "json": row.json});
                lines.push_str(&line.to_string());
                lines.push('\n');
            }
            n_rows += rows.len();
            match rows.last() {
                Some(last) if rows.len() >= SLICE => after = Some(last.key.clone()),
                Some(_) | None => break,
            }
        }
    }
    let head = json!({
        "kind": KIND,
        "format": FORMAT,
        "made_at": made_at.as_millis(),
        "rows": n_rows,
        "sum": format!("{:016x}", sum(&lines)),
    });
    Ok(format!("{head}\n{lines}"))
}

/// FNV-1a: it finds damage, and proves nothing about who made the file. <http://www.isthe.com/chongo/tech/comp/fnv/>
fn sum(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

impl Backup {
    /// Reads a backup's text, all or nothing.
    pub fn read(text: &str) -> Result<Self, BackupError> {
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
        Ok(Self { made_at: Timestamp::from_millis(made_at), rows })
    }

    /// What a restore into `store` would change.
    pub async fn plan(&self, store: &impl Store) -> Result<RestorePlan, StoreError> {
        let mut plan = RestorePlan { made_at_millis: self.made_at.as_millis(), ..RestorePlan::default() };
        for slice in self.rows.chunk_by(|one, other| one.store == other.store).flat_map(|kind| kind.chunks(SLICE)) {
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
        Ok(plan)
    }

    /// Does what the plan says, slice by slice; done twice it changes nothing more. The sender, wherever it runs, starts anew
    /// afterwards and counts everything again.
    pub async fn restore(&self, store: &impl Store, now: Timestamp) -> Result<(), StoreError> {
        for slice in self.rows.chunk_by(|one, other| one.store == other.store).flat_map(|kind| kind.chunks(SLICE)) {
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
        let writes = vec![forget, Write::Put(Generation { claimed_at: now }.to_row())];
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
        (StoreName::Flows | StoreName::Events | StoreName::Profiles | StoreName::Settings, Some(_)) => {
            Fate::Overwritten
        }
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
            | StoreName::Members
            | StoreName::Secrets
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
    let store = field("store").and_then(|name| STORES.into_iter().find(|store| store.as_str() == name));
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

/// The row with the keys it is found by, which follow from its value, in today's shape.
fn indexed(row: Row) -> Result<Row, RecordError> {
    match row.store {
        StoreName::Events => TriggerEvent::from_row(&row).map(|value| value.to_row()),
        StoreName::Profiles => Profile::from_row(&row).map(|value| value.to_row()),
        StoreName::Runs => RunDocument::from_row(&row).map(|value| value.to_row()),
        StoreName::Deliveries => Delivery::from_row(&row).map(|value| value.to_row()),
        StoreName::Attempts => Attempt::from_row(&row).map(|value| value.to_row()),
        StoreName::Activity => LoggedEntry::from_row(&row).map(|value| value.to_row()),
        // These have no indexes, and whoever reads them brings them to today's shape.
        StoreName::Flows
        | StoreName::Versions
        | StoreName::Steps
        | StoreName::Settings
        | StoreName::Destinations
        | StoreName::Inbox
        | StoreName::Totals
        | StoreName::Meta
        | StoreName::Members
        | StoreName::Secrets
        | StoreName::Audit
        | StoreName::SetAside => Ok(row),
    }
}
