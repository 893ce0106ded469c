//! A workspace goes into a file and comes back whole; a file that is not whole changes nothing.

use hookwright::domain::activity::{ActivityEntry, ActivityEvent};
use hookwright::domain::delivery::request::RenderedRequest;
use hookwright::domain::delivery::state::{Delivery, DeliveryOrigin, DeliveryStatus, SkipReason};
use hookwright::domain::flow::model::{FlowDocument, RepeatPolicy, SavedFlow};
use hookwright::domain::id::{DeliveryId, FlowId, NodeId, ProfileId};
use hookwright::domain::samples;
use hookwright::domain::settings::WorkspaceSettings;
use hookwright::domain::time::Timestamp;
use hookwright::storage::backup::{Backup, BackupError, KindChange, MembersPart, WithMembers, draft_backup};
use hookwright::storage::memory::MemoryStore;
use hookwright::storage::record::Stored;
use hookwright::storage::record::activity::LoggedEntry;
use hookwright::storage::record::load::load_all;
use hookwright::storage::{Batch, Direction, IndexPart, Order, Query, Store, StoreName, Write};

use crate::storage::run;

/// The text of a backup without members and secrets.
pub async fn make_backup(store: &impl Store, made_at: Timestamp) -> String {
    draft_backup(store, made_at, WithMembers::No).await.unwrap().text(None).unwrap()
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_772_366_400_000 + millis)
}

fn delivery(n: usize, status: DeliveryStatus) -> Delivery {
    Delivery {
        id: DeliveryId::new(format!("d{n:04}")),
        flow_id: FlowId::new("Xy12Ab"),
        flow_name: "Order to ERP".to_owned(),
        node_id: NodeId::new("n1"),
        webhook_name: "Order, \"quoted\"\n and broken".to_owned(),
        run_id: None,
        event_id: None,
        profile_id: ProfileId::new("p1"),
        recipient_email: "ann@example.com".to_owned(),
        origin: DeliveryOrigin::Flow,
        repeat_policy: RepeatPolicy::AtLeastOnce,
        created_at: at(0),
        request: Some(RenderedRequest {
            url: "https://erp.example.com/orders".to_owned(),
            headers: Vec::new(),
            body: "{\"name\": \"Zoë 😀\"}".to_owned(),
        }),
        status,
        n_attempts: 1,
        n_scheduled_attempts: 1,
        first_attempt_at: Some(at(0)),
        last_outcome: None,
        may_have_arrived: false,
        updated_at: at(0),
    }
}

/// A delivery that has come to its end.
pub fn finished(n: usize) -> Delivery {
    delivery(n, skipped())
}

fn skipped() -> DeliveryStatus {
    DeliveryStatus::Skipped { reason: SkipReason::Dismissed, at: at(1) }
}

async fn put(store: &MemoryStore, row: hookwright::storage::Row) {
    store.commit(Batch { writes: vec![Write::Put(row)], ..Batch::default() }).await.unwrap();
}

fn document(name: &str) -> FlowDocument {
    let mut flow = samples::first_flow();
    flow.name = name.to_owned();
    FlowDocument {
        working: flow.clone(),
        saved: Some(SavedFlow { version: 1, flow, saved_at: at(0) }),
        edited_at: at(0),
    }
}

async fn workspace() -> MemoryStore {
    let store = MemoryStore::default();
    put(&store, document("Order to ERP").to_row()).await;
    put(&store, WorkspaceSettings::default().to_row()).await;
    for profile in samples::first().profiles {
        put(&store, profile.to_row()).await;
    }
    for event in samples::first().events {
        put(&store, event.to_row()).await;
    }
    for n in 0..1_200 {
        put(&store, delivery(n, skipped()).to_row()).await;
    }
    put(&store, delivery(9_000, DeliveryStatus::WaitingToRetry { due_at: at(9) }).to_row()).await;
    let event = ActivityEvent::RunStarted;
    let entry = ActivityEntry { at: at(0), flow_id: FlowId::new("Xy12Ab"), profile_id: ProfileId::new("p1"), event };
    put(&store, LoggedEntry { sequence: 1, entry }.to_row()).await;
    store
}

#[test]
fn a_workspace_comes_back_whole_and_found_by_its_indexes() {
    run(async {
        let store = workspace().await;
        let text = make_backup(&store, at(5)).await;
        let backup = Backup::read(&text).unwrap();
        assert_eq!(backup.made_at, at(5));
        let fresh = MemoryStore::default();
        let plan = backup.plan(&fresh, MembersPart::Leave).await.unwrap();
        assert_eq!(plan.changes[&StoreName::Deliveries], KindChange { n_added: 1_201, ..KindChange::default() });
        assert_eq!((plan.n_for_review, plan.n_runs_ended), (1, 0));
        backup.restore(&fresh, (at(6), MembersPart::Leave), |_, _| {}).await.unwrap();
        let restored = load_all::<Delivery>(&fresh).await.unwrap().values;
        assert_eq!(restored.len(), 1_201);
        assert_eq!(restored[7].value, delivery(7, skipped()));
        // What was pending is for a person to send: another browser may have sent it since.
        assert_eq!(restored[1_200].value.status, DeliveryStatus::NeedsReview);
        let by = Order::Index {
            name: "status",
            from: Some(vec![IndexPart::Text("skipped".to_owned())]),
            to: Some(vec![IndexPart::Text("skipped~".to_owned())]),
            after: None,
        };
        let query = Query { store: StoreName::Deliveries, by, direction: Direction::Ascending, limit: 5_000 };
        assert_eq!(fresh.query(query).await.unwrap().len(), 1_200);
        assert_eq!(load_all::<FlowDocument>(&fresh).await.unwrap().values[0].value, document("Order to ERP"));
        assert_eq!(load_all::<LoggedEntry>(&fresh).await.unwrap().values.len(), 1);
        // A second time there is nothing left to change.
        let again = backup.plan(&fresh, MembersPart::Leave).await.unwrap();
        assert!(again.changes.values().all(|change| change.n_added + change.n_overwritten == 0), "{again:?}");
    });
}

#[test]
fn a_restore_says_what_it_overwrites_and_leaves_what_happened() {
    run(async {
        let backup = Backup::read(&make_backup(&workspace().await, at(5)).await).unwrap();
        let store = workspace().await;
        put(&store, document("Renamed since").to_row()).await;
        let delivered = delivery(9_000, DeliveryStatus::Delivered { at: at(20) });
        put(&store, delivered.to_row()).await;
        let plan = backup.plan(&store, MembersPart::Leave).await.unwrap();
        assert_eq!(plan.changes[&StoreName::Flows], KindChange { n_overwritten: 1, ..KindChange::default() });
        assert_eq!(plan.changes[&StoreName::Deliveries], KindChange { n_left: 1_201, ..KindChange::default() });
        assert_eq!(plan.n_for_review, 0);
        backup.restore(&store, (at(30), MembersPart::Leave), |_, _| {}).await.unwrap();
        assert_eq!(load_all::<FlowDocument>(&store).await.unwrap().values[0].value, document("Order to ERP"));
        assert_eq!(load_all::<Delivery>(&store).await.unwrap().values[1_200].value, delivered);
    });
}

#[test]
fn the_sender_starts_anew_after_a_restore() {
    run(async {
        let store = workspace().await;
        let generation = async || store.get(StoreName::Meta, "generation").await.unwrap().map_or(0, |row| row.revision);
        let before = generation().await;
        let backup = Backup::read(&make_backup(&store, at(5)).await).unwrap();
        backup.restore(&store, (at(6), MembersPart::Leave), |_, _| {}).await.unwrap();
        assert_eq!(generation().await, before + 1);
        let by = Order::Key { prefix: String::new(), after: None };
        let totals = Query { store: StoreName::Totals, by, direction: Direction::Ascending, limit: 5 };
        assert_eq!(store.query(totals).await, Ok(Vec::new()));
    });
}

#[test]
fn a_file_that_is_not_whole_changes_nothing() {
    run(async {
        let text = make_backup(&workspace().await, at(5)).await;
        let n_rows = text.lines().count() - 1;
        let cut: String = text.lines().take(100).map(|line| format!("{line}\n")).collect();
        assert_eq!(Backup::read(&cut), Err(BackupError::Truncated { n_found: 99, n_expected: n_rows }));
        let cut_in_line = text.strip_suffix('\n').unwrap();
        assert_eq!(Backup::read(&cut_in_line[..cut_in_line.len() - 3]), Err(BackupError::Damaged));
        assert_eq!(Backup::read(&text.replacen("ann@example.com", "eve@example.com", 1)), Err(BackupError::Damaged));
        assert_eq!(
            Backup::read(&text.replacen("\"format\":1", "\"format\":2", 1)),
            Err(BackupError::TooNew { found: 2 })
        );
        for foreign in ["", "{}", "[]\n", "{\"kind\":\"flow\"}\n{}", "PK\u{3}\u{4}\n"] {
            assert_eq!(Backup::read(foreign), Err(BackupError::NotABackup), "{foreign:?}");
        }
        assert!(!text.contains("generation"), "a claim to be the sender is nobody's to restore");
    });
}
