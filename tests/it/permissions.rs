//! Who may do what, for every command and order there is: nothing can be added without being decided here too.

use std::collections::BTreeSet;
use std::sync::Arc;

use hookwright::domain::delivery::practice::PracticeScript;
use hookwright::domain::flow::model::{Flow, FlowDocument};
use hookwright::domain::id::{DeliveryId, EventId, FlowId, MemberId, ProfileId};
use hookwright::domain::import::{Defaults, Layout};
use hookwright::domain::lists::ProfileSets;
use hookwright::domain::member::{Grant, PERMISSIONS, Permission, Refusal, Role, RosterChange};
use hookwright::domain::samples;
use hookwright::domain::secret::{Hidden, SecretKind};
use hookwright::domain::settings::WorkspaceSettings;
use hookwright::domain::time::Timestamp;
use hookwright::runtime::handle::{
    ActivityFilter, AppCommand, AppEvent, BulkAct, BulkScope, DeletedFlow, FlowsNews, FlowsOrder, MembersNews,
    MembersOrder, MembersRefusal, PagePlace, WorkOrder,
};
use hookwright::runtime::library::{LibraryChange, LibraryCommand, ReadOrder};
use hookwright::storage::record::Stored;
use hookwright::storage::{Batch, Store, Write};

use crate::backup::finished;
use crate::members::{PASSPHRASE, dump, live_flow, now, refusal, tab_of};

fn work(order: WorkOrder) -> AppCommand {
    AppCommand::Work { order }
}

fn deleted_flow() -> DeletedFlow {
    let flow = Flow::blank(FlowId::new("Gone01"), "Gone");
    DeletedFlow {
        document: FlowDocument { working: flow, saved: None, edited_at: Timestamp::from_millis(0) },
        versions: Vec::new(),
    }
}

/// An act for each permission of the table.
pub fn acts_of(permission: Permission) -> Vec<AppCommand> {
    let samples = samples::first();
    let mut flow = samples::first_flow();
    let first = flow.id.clone();
    match permission {
        Permission::EditFlows => {
            let blank = Flow::blank(FlowId::new("Fresh1"), "Fresh");
            let live = live_flow("https://erp.example.com/orders");
            vec![
                AppCommand::KeepFlow { flow: Arc::new(blank), steps: None, epoch: 0 },
                AppCommand::KeepFlow { flow: Arc::new(live), steps: None, epoch: 0 },
                AppCommand::SaveFlow { flow_id: first.clone() },
                AppCommand::DeleteFlow { flow_id: first },
                AppCommand::Flows { order: FlowsOrder::Restore { deleted: Box::new(deleted_flow()) } },
            ]
        }
        Permission::EditWords => {
            flow.name = "Another name".to_owned();
            vec![AppCommand::KeepFlow { flow: Arc::new(flow), steps: None, epoch: 0 }]
        }
        Permission::Preview => {
            let node_id = flow.webhooks().next().unwrap().0.clone();
            let profile_id = samples.profiles[0].id.clone();
            vec![
                AppCommand::SendTest { flow: Arc::new(flow), node_id, event_id: None, profile_id },
                AppCommand::KeepPracticeScript { script: PracticeScript::default() },
            ]
        }
        Permission::Send => {
            let real = live_flow("https://erp.example.com/orders");
            let node_id = real.webhooks().next().unwrap().0.clone();
            let profile_id = samples.profiles[0].id.clone();
            let delivery_id = DeliveryId::new("D");
            let origin = "https://erp.example.com".to_owned();
            let scope = BulkScope::Some { delivery_ids: vec![delivery_id.clone()] };
            vec![
                AppCommand::SendTest { flow: Arc::new(real), node_id, event_id: None, profile_id: profile_id.clone() },
                AppCommand::FireEvent { flow_id: first.clone(), event_id: None, profile_id },
                work(WorkOrder::FireMany { flow_id: first, arrivals: vec![(None, samples.profiles[0].clone())] }),
                work(WorkOrder::PauseFiring { is_paused: false }),
                AppCommand::Resend { delivery_id: delivery_id.clone() },
                AppCommand::Dismiss { delivery_id: delivery_id.clone() },
                AppCommand::Approve { delivery_id: delivery_id.clone() },
                AppCommand::ActOnMany { act: BulkAct::Resend, scope },
                AppCommand::EditAndResend {
                    delivery_id,
                    url: "https://erp.example.com/".to_owned(),
                    headers: Vec::new(),
                    body: "{}".to_owned(),
                },
                AppCommand::LimitDestination { origin: origin.clone(), concurrency: Some(1), rate_per_minute: None },
                AppCommand::PauseDestination { origin: origin.clone() },
                AppCommand::ResumeDestination { origin },
            ]
        }
        Permission::EditSamples => {
            let event = samples.events[0].clone();
            let change = LibraryChange { events: vec![event.clone()], ..LibraryChange::default() };
            vec![
                AppCommand::KeepEvent { event },
                AppCommand::DeleteEvent { event_id: EventId::new("none") },
                AppCommand::KeepProfile { profile: samples.profiles[0].clone() },
                AppCommand::Library { command: LibraryCommand::Change { change } },
                AppCommand::Library { command: LibraryCommand::KeepSets { sets: ProfileSets::default() } },
            ]
        }
        Permission::ChangeSettings => {
            let settings = WorkspaceSettings { timeout_secs: 7, ..WorkspaceSettings::default() };
            vec![
                AppCommand::KeepSettings { settings },
                work(WorkOrder::MakeBackup { holds_members: false }),
                work(WorkOrder::MakeBackup { holds_members: true }),
                work(WorkOrder::ReadBackup { text: "no backup".to_owned() }),
                work(WorkOrder::Restore { passphrase: None }),
            ]
        }
        Permission::ForgetPerson => vec![AppCommand::ForgetPerson {
            profile_id: ProfileId::new("nobody"),
            email: "nobody@example.com".to_owned(),
        }],
        Permission::SeeActivity => vec![
            AppCommand::ReadActivity { ticket: 1, filter: ActivityFilter::default(), place: PagePlace::Newest },
            AppCommand::SearchActivity { ticket: 1, filter: ActivityFilter::default() },
            AppCommand::WatchTotals { since: Some(Timestamp::from_millis(0)) },
            work(WorkOrder::ReadTrack { flow_id: None, node_id: None }),
        ],
        Permission::ExportRecipients => {
            let scope = BulkScope::Found { filter: ActivityFilter::default() };
            vec![work(WorkOrder::Export { ticket: 1, scope, layout: Layout::Csv })]
        }
        // Orders of the members' page: `each_order_of_the_members_page_holds_to_the_table`.
        Permission::ManageMembers | Permission::Own => Vec::new(),
    }
}

#[test]
fn each_row_of_the_table_holds_in_the_runtime_for_each_role() {
    for role in Role::ALL {
        for (permission, _) in PERMISSIONS {
            for act in acts_of(permission) {
                let mut tab = tab_of(role);
                let name =
                    format!("{role:?} {permission:?} {}", format!("{act:?}").chars().take(60).collect::<String>());
                let before = dump(&tab.store);
                let found = refusal(&tab.act(act));
                if permission.grant(role) == Grant::No {
                    assert_eq!(found, Some(Refusal::Role { role, permission }), "{name}");
                    assert_eq!(dump(&tab.store), before, "{name} wrote something");
                } else {
                    assert_eq!(found, None, "{name}");
                }
            }
        }
    }
}

/// Commands that are open to all, whoever acts.
fn open_acts() -> Vec<AppCommand> {
    let flow_id = samples::first_flow().id;
    let library = |command| AppCommand::Library { command };
    let flows = |order| AppCommand::Flows { order };
    vec![
        AppCommand::StopSearch,
        AppCommand::WatchTotals { since: None },
        AppCommand::WatchActivity { filter: ActivityFilter::default() },
        AppCommand::WatchDelivery { delivery_id: None },
        AppCommand::ReadSteps { flow_id: flow_id.clone() },
        AppCommand::Members { order: MembersOrder::Touch },
        library(LibraryCommand::TakeSamples { text: "no samples".to_owned() }),
        library(LibraryCommand::FetchSamples),
        library(LibraryCommand::StopReading),
        library(LibraryCommand::Read {
            order: ReadOrder {
                ticket: 1,
                text: "[]".to_owned(),
                defaults: Defaults { metric: String::new(), now: Timestamp::from_millis(0), row_kind: None },
            },
        }),
        flows(FlowsOrder::ListVersions { flow_id }),
        flows(FlowsOrder::WatchCounts),
        flows(FlowsOrder::FetchGallery),
        work(WorkOrder::StopExport),
        work(WorkOrder::StopFiring),
        work(WorkOrder::PauseFiring { is_paused: true }),
        work(WorkOrder::LookAtStorage { is_persistence_wanted: false }),
        work(WorkOrder::LookAtLocalNetwork),
    ]
}

/// Which command it is. A new one does not build until it is here, and then fails until `acts_of` or `open_acts` has it.
fn name_of(command: &AppCommand) -> &'static str {
    match command {
        AppCommand::RenderPreview { .. } => "RenderPreview",
        AppCommand::ReadActivity { .. } => "ReadActivity",
        AppCommand::SearchActivity { .. } => "SearchActivity",
        AppCommand::StopSearch => "StopSearch",
        AppCommand::WatchTotals { .. } => "WatchTotals",
        AppCommand::WatchActivity { .. } => "WatchActivity",
        AppCommand::WatchDelivery { .. } => "WatchDelivery",
        AppCommand::ReadSteps { .. } => "ReadSteps",
        AppCommand::Members { .. } => "Members",
        AppCommand::KeepFlow { .. } => "KeepFlow",
        AppCommand::SaveFlow { .. } => "SaveFlow",
        AppCommand::DeleteFlow { .. } => "DeleteFlow",
        AppCommand::KeepEvent { .. } => "KeepEvent",
        AppCommand::DeleteEvent { .. } => "DeleteEvent",
        AppCommand::KeepProfile { .. } => "KeepProfile",
        AppCommand::KeepSettings { .. } => "KeepSettings",
        AppCommand::KeepPracticeScript { .. } => "KeepPracticeScript",
        AppCommand::SendTest { .. } => "SendTest",
        AppCommand::FireEvent { .. } => "FireEvent",
        AppCommand::Resend { .. } => "Resend",
        AppCommand::Dismiss { .. } => "Dismiss",
        AppCommand::Approve { .. } => "Approve",
        AppCommand::ActOnMany { .. } => "ActOnMany",
        AppCommand::EditAndResend { .. } => "EditAndResend",
        AppCommand::LimitDestination { .. } => "LimitDestination",
        AppCommand::PauseDestination { .. } => "PauseDestination",
        AppCommand::ResumeDestination { .. } => "ResumeDestination",
        AppCommand::ForgetPerson { .. } => "ForgetPerson",
        AppCommand::Library { command } => match command {
            LibraryCommand::Change { .. } => "Library::Change",
            LibraryCommand::KeepSets { .. } => "Library::KeepSets",
            LibraryCommand::TakeSamples { .. } => "Library::TakeSamples",
            LibraryCommand::FetchSamples => "Library::FetchSamples",
            LibraryCommand::Read { .. } => "Library::Read",
            LibraryCommand::StopReading => "Library::StopReading",
        },
        AppCommand::Flows { order } => match order {
            FlowsOrder::ListVersions { .. } => "Flows::ListVersions",
            FlowsOrder::Restore { .. } => "Flows::Restore",
            FlowsOrder::WatchCounts => "Flows::WatchCounts",
            FlowsOrder::FetchGallery => "Flows::FetchGallery",
        },
        AppCommand::Work { order } => match order {
            WorkOrder::Export { .. } => "Work::Export",
            WorkOrder::StopExport => "Work::StopExport",
            WorkOrder::ReadTrack { .. } => "Work::ReadTrack",
            WorkOrder::FireMany { .. } => "Work::FireMany",
            WorkOrder::PauseFiring { .. } => "Work::PauseFiring",
            WorkOrder::StopFiring => "Work::StopFiring",
            WorkOrder::MakeBackup { .. } => "Work::MakeBackup",
            WorkOrder::ReadBackup { .. } => "Work::ReadBackup",
            WorkOrder::Restore { .. } => "Work::Restore",
            WorkOrder::LookAtStorage { .. } => "Work::LookAtStorage",
            WorkOrder::LookAtLocalNetwork => "Work::LookAtLocalNetwork",
        },
    }
}

/// How many names [`name_of`] has, but for previews, which never come to the page.
const N_COMMANDS: usize = 48;

#[test]
fn every_command_is_tried_with_every_role() {
    let gated = PERMISSIONS.iter().flat_map(|(permission, _)| acts_of(*permission));
    let tried: BTreeSet<&str> = gated.chain(open_acts()).map(|command| name_of(&command)).collect();
    assert_eq!(tried.len(), N_COMMANDS, "{tried:?}");
    for role in Role::ALL {
        let mut tab = tab_of(role);
        for act in open_acts() {
            let name = name_of(&act);
            assert_eq!(refusal(&tab.act(act)), None, "{role:?} {name}");
        }
    }
}

/// An order of the members' page, what it takes, and whether it needs a member beside the Owner.
fn orders(owner: &MemberId) -> Vec<(MembersOrder, Option<Permission>)> {
    use Permission::{EditFlows, ManageMembers, Own};
    let hidden = || Hidden::new("another long passphrase");
    let text = |text: &str| text.to_owned();
    let change = |change| MembersOrder::Change { change };
    let of_owner = || owner.clone();
    let add = RosterChange::Add {
        member_id: MemberId::new("n"),
        name: text("N"),
        email: text("n@example.com"),
        role: Role::Support,
        at: Timestamp::from_millis(0),
    };
    let all = vec![
        (MembersOrder::Touch, None),
        (MembersOrder::ReadAudit, None),
        (MembersOrder::BeginTwoStep, None),
        (MembersOrder::KeepOnDevice { is_kept: true }, Some(EditFlows)),
        (
            MembersOrder::KeepSecret {
                ticket: 1,
                kind: SecretKind::Header,
                origin: text("https://erp.example.com"),
                name: text("Authorization"),
                value: Hidden::new("Bearer x"),
            },
            Some(EditFlows),
        ),
        (
            MembersOrder::MakeSigningKey { ticket: 1, origin: text("https://erp.example.com"), name: text("key") },
            Some(EditFlows),
        ),
        (
            MembersOrder::Invite { name: text("Ben"), email: text("ben@example.com"), role: Role::Support },
            Some(ManageMembers),
        ),
        (change(add), Some(ManageMembers)),
        (change(RosterChange::EndSessionsAfter { minutes: 60 }), Some(ManageMembers)),
        (
            change(RosterChange::Rename { member_id: of_owner(), name: text("X"), email: text("x@example.com") }),
            Some(ManageMembers),
        ),
        (change(RosterChange::SetRole { member_id: of_owner(), role: Role::Admin }), Some(ManageMembers)),
        (change(RosterChange::Remove { member_id: of_owner() }), Some(ManageMembers)),
        (MembersOrder::ChangePassphrase { before: Hidden::new(PASSPHRASE), after: hidden() }, Some(ManageMembers)),
        (change(RosterChange::ResetTwoStep { member_id: of_owner() }), Some(Own)),
        (change(RosterChange::HandOver { member_id: of_owner() }), Some(Own)),
        (MembersOrder::AcceptRoster, Some(Own)),
        (MembersOrder::StartOver, Some(Own)),
        (MembersOrder::RenewRecoveryCodes { code: text("1") }, None),
        (MembersOrder::ConfirmTwoStep { passphrase: hidden(), code: text("1"), keeps_on_device: false }, None),
        (MembersOrder::Unlock { passphrase: hidden() }, None),
        (MembersOrder::SignIn { member_id: of_owner(), passphrase: hidden(), code: text("1") }, None),
        (MembersOrder::SignOut, None),
        (MembersOrder::Lock, None),
    ];
    // A new order does not build until it is here; then it belongs above, with what it takes.
    let n_orders = all.iter().map(|(order, _)| std::mem::discriminant(order)).collect::<Vec<_>>();
    for (order, _) in &all {
        match order {
            MembersOrder::BeginTwoStep
            | MembersOrder::ConfirmTwoStep { .. }
            | MembersOrder::SignIn { .. }
            | MembersOrder::SignOut
            | MembersOrder::Unlock { .. }
            | MembersOrder::Lock
            | MembersOrder::ChangePassphrase { .. }
            | MembersOrder::KeepOnDevice { .. }
            | MembersOrder::RenewRecoveryCodes { .. }
            | MembersOrder::Change { .. }
            | MembersOrder::Invite { .. }
            | MembersOrder::KeepSecret { .. }
            | MembersOrder::MakeSigningKey { .. }
            | MembersOrder::AcceptRoster
            | MembersOrder::StartOver
            | MembersOrder::Touch
            | MembersOrder::ReadAudit => {}
        }
    }
    let distinct = n_orders.iter().enumerate().filter(|(idx, one)| !n_orders[..*idx].contains(one)).count();
    assert_eq!(distinct, 17, "each kind of order is here");
    all
}

#[test]
fn each_order_of_the_members_page_holds_to_the_table() {
    for role in Role::ALL {
        let n_orders = orders(&MemberId::new("o")).len();
        for idx in 0..n_orders {
            let mut tab = tab_of(role);
            let owner = tab.view().members[0].id.clone();
            let (order, permission) = orders(&owner).swap_remove(idx);
            // Everybody may change the own name.
            if role == Role::Owner && matches!(&order, MembersOrder::Change { change: RosterChange::Rename { .. } }) {
                continue;
            }
            let name = format!("{role:?} {order:?}");
            let before = dump(&tab.store);
            let refused = tab.order(order).into_iter().find_map(|news| match news {
                MembersNews::Refused { reason: MembersRefusal::Role { refusal } }
                | MembersNews::SecretRefused { reason: MembersRefusal::Role { refusal }, .. } => Some(refusal),
                _ => None,
            });
            match permission.filter(|permission| permission.grant(role) == Grant::No) {
                Some(permission) => {
                    assert_eq!(refused, Some(Refusal::Role { role, permission }), "{name}");
                    assert_eq!(dump(&tab.store), before, "{name} wrote something");
                }
                None => assert_eq!(refused, None, "{name}"),
            }
        }
    }
}

#[test]
fn who_may_not_see_the_log_is_shown_nothing_of_it() {
    let mut tab = tab_of(Role::Owner);
    tab.order(MembersOrder::Invite {
        name: "Sue".to_owned(),
        email: "sue@example.com".to_owned(),
        role: Role::Support,
    });
    let sue = tab.view().members[1].id.clone();
    let (filter, order) = (ActivityFilter::default(), FlowsOrder::WatchCounts);
    tab.act(AppCommand::WatchActivity { filter: ActivityFilter { limit: 10, ..filter } });
    tab.act(AppCommand::Flows { order });
    now(tab.store.commit(Batch { writes: vec![Write::Put(finished(1).to_row())], ..Batch::default() })).unwrap();
    let seen = |events: &[AppEvent]| {
        events.iter().find_map(|event| match event {
            AppEvent::ActivityChanged { activity } => Some(activity.deliveries.len()),
            _ => None,
        })
    };
    assert_eq!(seen(&tab.refresh()), Some(1));
    assert_eq!(tab.sign_in(&sue, PASSPHRASE, ""), None);
    let shown = tab.refresh();
    assert_eq!(seen(&shown), Some(0), "what was shown has made way");
    let is_blank = |event: &AppEvent| match event {
        AppEvent::Flows { news: FlowsNews::Counts { counts } } => *counts == Default::default(),
        AppEvent::DeliveryChanged { detail } => detail.is_none(),
        _ => true,
    };
    assert!(shown.iter().all(is_blank), "{shown:?}");
    let opened = tab.act(AppCommand::WatchDelivery { delivery_id: Some(DeliveryId::new("d0001")) });
    assert!(opened.iter().all(is_blank), "{opened:?}");
    // Signed out, the log is shown again: it is not encrypted, and looking needs no sign-in.
    tab.order(MembersOrder::SignOut);
    assert_eq!(seen(&tab.refresh()), Some(1));
}

#[test]
fn a_support_member_sees_no_preview_and_an_analyst_does() {
    let refused = Refusal::Role { role: Role::Support, permission: Permission::Preview };
    assert_eq!(tab_of(Role::Support).page.preview_refusal(), Some(refused));
    assert_eq!(tab_of(Role::Analyst).page.preview_refusal(), None, "in part");
}
