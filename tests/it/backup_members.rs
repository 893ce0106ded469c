//! Members, their second steps and secrets go into a file sealed, and come back only under their passphrase.

use hookwright::domain::member::Role;
use hookwright::domain::secret::{Hidden, SecretDocument, SecretKind};
use hookwright::runtime::handle::{
    AppCommand, AppEvent, MembersNews, MembersOrder, MembersPlan, RestoreNews, SessionView, StoreName, VaultView,
    WorkNews, WorkOrder,
};
use hookwright::runtime::keys::Keys;
use hookwright::storage::backup::{MAX_BYTES, check_size};
use hookwright::storage::record::load::load_all;

use crate::members::{PASSPHRASE, Tab, dump, live_flow, now};

const SECRET: &str = "Bearer tok_live_51H8planted";

fn news(tab: &mut Tab, order: WorkOrder) -> Vec<WorkNews> {
    let events = tab.act(AppCommand::Work { order });
    events.into_iter().filter_map(|event| if let AppEvent::Work { news } = event { Some(news) } else { None }).collect()
}

fn file_of(tab: &mut Tab, holds_members: bool) -> String {
    match news(tab, WorkOrder::MakeBackup { holds_members }).as_slice() {
        [WorkNews::BackupMade { text }] => text.clone(),
        other => panic!("{other:?}"),
    }
}

fn plan_of(tab: &mut Tab, text: &str) -> RestoreNews {
    match news(tab, WorkOrder::ReadBackup { text: text.to_owned() }).as_slice() {
        [WorkNews::RestorePlanned { plan }] => plan.clone(),
        other => panic!("{other:?}"),
    }
}

/// Why something was refused; the store is as it was.
fn refused(tab: &mut Tab, order: WorkOrder) -> String {
    let before = dump(&tab.store);
    let told = news(tab, order);
    assert_eq!(dump(&tab.store), before, "a refusal changes nothing");
    match told.as_slice() {
        [WorkNews::BackupRefused { reason }] => reason.clone(),
        other => panic!("{other:?}"),
    }
}

fn keep_secret(tab: &mut Tab, value: &str) {
    let told = tab.order(MembersOrder::KeepSecret {
        ticket: 1,
        kind: SecretKind::Header,
        origin: "https://erp.example.com".to_owned(),
        name: "Authorization".to_owned(),
        value: Hidden::new(value),
    });
    assert!(matches!(told[0], MembersNews::SecretKept { .. }), "{told:?}");
}

/// A workspace with an Owner who has a second step, a Manager and a secret; the authenticator's key with it.
fn staffed() -> (Tab, String) {
    let mut tab = Tab::open();
    let (key, _) = tab.set_up();
    let (name, email) = ("Ann".to_owned(), "ann@example.com".to_owned());
    tab.order(MembersOrder::Invite { name, email, role: Role::Manager });
    keep_secret(&mut tab, SECRET);
    (tab, key)
}

fn restore(words: Option<&str>) -> WorkOrder {
    WorkOrder::Restore { passphrase: words.map(Hidden::new) }
}

#[test]
fn members_and_secrets_are_in_a_backup_only_if_asked_and_only_sealed() {
    let (mut tab, key) = staffed();
    let without = file_of(&mut tab, false);
    for word in ["ann@example.com", "salt", "two_step", "Authorization", "\"members\""] {
        assert!(!without.contains(word), "{word} was not asked for");
    }
    let with = file_of(&mut tab, true);
    assert!(with.contains("ann@example.com") && with.contains("two_step"));
    for secret in [SECRET, "tok_live_51H8planted", PASSPHRASE, key.as_str()] {
        assert!(!with.contains(secret), "{secret} lies in the file");
    }
    assert!(!with.contains("n_failures"), "what is remembered of wrong tries is of this browser");
    tab.order(MembersOrder::Lock);
    let mut tab = tab;
    let reason = tab.act(AppCommand::Work { order: WorkOrder::MakeBackup { holds_members: true } });
    assert!(matches!(reason[..], [AppEvent::NotAllowed { .. }]), "{reason:?}");
}

#[test]
fn a_staffed_workspace_comes_back_in_an_empty_browser_under_its_passphrase() {
    let (mut tab, key) = staffed();
    let file = file_of(&mut tab, true);
    let mut other = Tab::open();
    let plan = plan_of(&mut other, &file);
    assert_eq!(plan.members, MembersPlan::Replace { n_secrets_lost: 0 });
    assert_eq!(plan.changes[&StoreName::Secrets].n_added, 1);
    let wrong = refused(&mut other, restore(Some("not the passphrase")));
    assert_eq!(wrong, "the passphrase is not that of the backup");
    // The plan stands, and another passphrase may be tried.
    assert_eq!(news(&mut other, restore(Some(PASSPHRASE))).last(), Some(&WorkNews::Restored));
    let view = other.view();
    assert_eq!((view.session, view.members.len()), (SessionView::Nobody, 2));
    assert!(matches!(view.vault, VaultView::Locked { .. }));
    let owner = view.members[0].id.clone();
    other.pass(60_000);
    let code = other.code(&key);
    assert_eq!(other.sign_in(&owner, PASSPHRASE, &code), None, "the second step came along");
    let secret = now(load_all::<SecretDocument>(&*other.store)).unwrap().values.remove(0).value;
    let opened = now(other.keys.open(&secret.about(), &secret.value)).unwrap();
    assert_eq!(opened, SECRET.as_bytes());
    assert!(!other.view().is_tampered);
}

#[test]
fn without_the_passphrase_everything_else_comes_back() {
    let (mut tab, _) = staffed();
    let file = file_of(&mut tab, true);
    let mut other = Tab::open();
    plan_of(&mut other, &file);
    assert_eq!(news(&mut other, restore(None)).last(), Some(&WorkNews::Restored));
    let view = other.view();
    assert_eq!((view.members.len(), view.vault, view.secrets.len()), (1, VaultView::None, 0));
}

#[test]
fn a_backup_of_the_same_workspace_brings_back_lost_secrets_and_leaves_the_members() {
    let (mut tab, _) = staffed();
    let file = file_of(&mut tab, true);
    let owner = tab.view().members[0].id.clone();
    let secret = now(load_all::<SecretDocument>(&*tab.store)).unwrap().values.remove(0).value;
    now(tab.page.hear_of_members(Some(Some(owner.as_str().to_owned()))));
    forget_secret(&tab, &secret);
    assert_eq!(tab.view().secrets.len(), 0);
    assert_eq!(plan_of(&mut tab, &file).members, MembersPlan::Add);
    assert_eq!(news(&mut tab, restore(None)).last(), Some(&WorkNews::Restored));
    let view = tab.view();
    assert_eq!(view.secrets.len(), 1);
    assert_eq!(view.session, SessionView::Member { member_id: owner }, "nobody is signed out by it");
}

fn forget_secret(tab: &Tab, secret: &SecretDocument) {
    use hookwright::storage::{Batch, Store, Write};
    let key = secret.id.as_str().to_owned();
    let writes = vec![Write::Delete { store: StoreName::Secrets, key }];
    now(tab.store.commit(Batch { writes, ..Batch::default() })).unwrap();
}

#[test]
fn only_the_owner_replaces_members_and_is_told_what_goes() {
    let (mut tab, _) = staffed();
    let file = file_of(&mut tab, true);
    let mut other = Tab::open();
    // Not the same numbers as in the first browser: another key.
    other.keys.random_bytes(1);
    other.set_up();
    keep_secret(&mut other, "Bearer of another workspace");
    assert_eq!(plan_of(&mut other, &file).members, MembersPlan::Replace { n_secrets_lost: 1 });
    let (name, email) = ("Al".to_owned(), "al@example.com".to_owned());
    other.order(MembersOrder::Invite { name, email, role: Role::Admin });
    let admin = other.view().members[1].id.clone();
    assert_eq!(other.sign_in(&admin, PASSPHRASE, ""), None);
    assert_eq!(plan_of(&mut other, &file).members, MembersPlan::OwnerOnly);
    // With the passphrase, too, the Admin gets everything but the members.
    assert_eq!(news(&mut other, restore(Some(PASSPHRASE))).last(), Some(&WorkNews::Restored));
    assert_eq!(other.view().members[1].id, admin);
    assert_eq!(other.view().secrets.len(), 1);
}

#[test]
fn a_file_that_was_changed_is_refused_and_changes_nothing() {
    let (mut tab, _) = staffed();
    let file = file_of(&mut tab, true);
    let mut other = Tab::open();
    // Whoever changes the file makes its sum fit, too.
    for (from, to) in [("\\\"role\\\":\\\"manager\\\"", "\\\"role\\\":\\\"owner\\\""), ("Northwind", "Southwind")] {
        assert!(file.contains(from), "{from}");
        let forged = with_sum(&file.replacen(from, to, 1));
        plan_of(&mut other, &forged);
        let reason = refused(&mut other, restore(Some(PASSPHRASE)));
        assert_eq!(reason, "the members and secrets in the backup were changed since it was made");
    }
    // Under the same key the file is found out before anything is planned.
    let forged = with_sum(&file.replacen("Northwind", "Southwind", 1));
    let reason = refused(&mut tab, WorkOrder::ReadBackup { text: forged });
    assert_eq!(reason, "the members and secrets in the backup were changed since it was made");
    // Without its seal, or with members taken out, it is no whole file.
    let seal = file.lines().next().unwrap().split("\"seal\":").nth(1).unwrap();
    let unsealed = file.replacen(&format!(",\"seal\":{seal}"), "}", 1);
    refused(&mut other, WorkOrder::ReadBackup { text: unsealed });
    let cut = &file[..file.len() / 2];
    refused(&mut other, WorkOrder::ReadBackup { text: cut.to_owned() });
    let row = "{\"store\":\"flows\",\"key\":\"x\",\"version\":1,\"json\":\"{}\"}\n";
    let reason =
        refused(&mut other, WorkOrder::ReadBackup { text: with_sum(&format!("{}{row}", file_of(&mut tab, false))) });
    assert!(reason.contains("cannot be read"), "{reason}");
    let guard = "{\"store\":\"members\",\"key\":\"guard\",\"version\":1,\"json\":\"{}\"}\n";
    refused(&mut other, WorkOrder::ReadBackup { text: with_sum(&format!("{file}{guard}")) });
}

/// The text with a head that fits its lines, as somebody who knows the format would write it.
fn with_sum(text: &str) -> String {
    let (head, lines) = text.split_once('\n').unwrap();
    let mut head: serde_json::Value = serde_json::from_str(head).unwrap();
    let sum = lines
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    head["sum"] = format!("{sum:016x}").into();
    head["rows"] = lines.lines().count().into();
    format!("{head}\n{lines}")
}

#[test]
fn a_file_that_is_too_large_is_not_looked_at() {
    assert_eq!(check_size(MAX_BYTES as u64), Ok(()));
    let reason = check_size(MAX_BYTES as u64 + 1024 * 1024).unwrap_err().to_string();
    assert_eq!(reason, "the backup has 513 MiB, and at most 512 MiB can be restored");
}

#[test]
fn a_file_activates_no_webhook_that_a_save_could_not() {
    let mut tab = Tab::open();
    tab.set_up();
    let flow = live_flow("https://erp.example.com/orders");
    let flow_id = flow.id.clone();
    tab.act(AppCommand::KeepFlow { flow: std::sync::Arc::new(flow), steps: None, epoch: 0 });
    tab.act(AppCommand::SaveFlow { flow_id });
    let file = file_of(&mut tab, true);
    let mut other = Tab::open();
    plan_of(&mut other, &file);
    let reason = refused(&mut other, restore(None));
    assert!(reason.contains("set up two-step authentication first"), "{reason}");
    assert_eq!(
        news(&mut other, restore(Some(PASSPHRASE))).last(),
        Some(&WorkNews::Restored),
        "its own vault guards it"
    );
}

#[test]
fn the_audit_list_says_who_did_what() {
    let (mut tab, _) = staffed();
    let samples = hookwright::domain::samples::first();
    let profile_id = samples.profiles[0].id.clone();
    let flow_id = hookwright::domain::samples::first_flow().id;
    let arrivals = vec![(None, samples.profiles[0].clone()), (None, samples.profiles[0].clone())];
    for seconds in [5, 6, 7] {
        let settings = hookwright::domain::settings::WorkspaceSettings { timeout_secs: seconds, ..Default::default() };
        tab.act(AppCommand::KeepSettings { settings });
    }
    tab.act(AppCommand::Work { order: WorkOrder::FireMany { flow_id: flow_id.clone(), arrivals } });
    tab.act(AppCommand::FireEvent { flow_id: flow_id.clone(), event_id: None, profile_id: profile_id.clone() });
    tab.act(AppCommand::PauseDestination { origin: "https://erp.example.com".to_owned() });
    tab.act(AppCommand::ForgetPerson { profile_id, email: "ann.lindqvist@example.com".to_owned() });
    let file = file_of(&mut tab, true);
    plan_of(&mut tab, &file);
    news(&mut tab, restore(None));
    tab.act(AppCommand::DeleteFlow { flow_id });
    let told = tab.order(MembersOrder::ReadAudit);
    let MembersNews::Audit { entries } = &told[0] else { panic!("{told:?}") };
    let lines: Vec<String> = entries.iter().rev().map(hookwright::view_model::members::audit_words).collect();
    insta::assert_snapshot!(lines.join("\n"));
    assert!(entries.iter().all(|entry| entry.member_id.is_some()), "each line knows its member");
    assert!(!format!("{entries:?}").contains("lindqvist"), "no line names a recipient");
}
