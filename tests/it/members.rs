//! Members against the runtime: who may do what, signing in, guessing, tampering.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use futures_util::FutureExt;
use hookwright::domain::flow::model::{ActionStatus, Flow, Node, NodeKind};
use hookwright::domain::id::{MemberId, NodeId};
use hookwright::domain::member::{Grant, PERMISSIONS, Permission, Refusal, Role, Roster, RosterChange};
use hookwright::domain::samples;
use hookwright::domain::secret::Hidden;
use hookwright::domain::time::{MINUTE_MILLIS, SECOND_MILLIS, Timestamp};
use hookwright::domain::totp;
use hookwright::runtime::handle::{
    AppCommand, AppEvent, MembersNews, MembersOrder, MembersRefusal, MembersView, SessionView, VaultView,
};
use hookwright::runtime::keys::{Keys, MacHash};
use hookwright::runtime::page::Page;
use hookwright::runtime::ports::{Clock, Random};
use hookwright::storage::memory::MemoryStore;
use hookwright::storage::record::Stored;
use hookwright::storage::record::load::load;
use hookwright::storage::record::member::ROSTER_KEY;
use hookwright::storage::{Batch, Direction, Order, Query, Store, StoreName, Write};

use crate::keys::{NativeKeys, mac};
use crate::permissions::acts_of;

pub const PASSPHRASE: &str = "correct horse battery";

pub struct Hands {
    pub now: Cell<Timestamp>,
    n_random: Cell<u64>,
}

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        self.now.get()
    }
}

impl Random for Hands {
    fn next_u64(&self) -> u64 {
        self.n_random.set(self.n_random.get() + 1);
        self.n_random.get()
    }
}

/// One tab of one browser.
pub struct Tab {
    pub store: Rc<MemoryStore>,
    pub keys: Rc<NativeKeys>,
    pub hands: Rc<Hands>,
    pub page: Page<MemoryStore, Hands>,
    events: Rc<RefCell<Vec<AppEvent>>>,
}

pub fn now<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("nothing to wait for")
}

impl Tab {
    pub fn open() -> Self {
        let hands = Rc::new(Hands {
            now: Cell::new(Timestamp::parse("2026-03-01T12:00:00Z").unwrap()),
            n_random: Cell::new(0),
        });
        Self::open_over(Rc::new(MemoryStore::default()), NativeKeys::new(), hands)
    }

    pub fn open_over(store: Rc<MemoryStore>, keys: Rc<NativeKeys>, hands: Rc<Hands>) -> Self {
        let events: Rc<RefCell<Vec<AppEvent>>> = Rc::default();
        let heard = Rc::clone(&events);
        let emit = Rc::new(move |event| heard.borrow_mut().push(event));
        let mut page = Page::new(Rc::clone(&store), Rc::clone(&hands), emit, Rc::new(|| {}));
        page.set_keys(Rc::clone(&keys) as Rc<dyn Keys>);
        now(page.load());
        Self { store, keys, hands, page, events }
    }

    /// The same browser after a reload: what lies on disk, and a locked vault.
    pub fn reload(self) -> Self {
        if !self.keys.is_on_device() {
            self.keys.lock();
        }
        Self::open_over(self.store, self.keys, self.hands)
    }

    pub fn pass(&self, millis: i64) {
        self.hands.now.set(self.hands.now.get().plus_millis(millis));
    }

    /// What an act leads to.
    pub fn act(&mut self, command: AppCommand) -> Vec<AppEvent> {
        self.events.borrow_mut().clear();
        now(self.page.take(command));
        self.events.borrow().clone()
    }

    /// What the page shows after word that something changed.
    pub fn refresh(&mut self) -> Vec<AppEvent> {
        self.events.borrow_mut().clear();
        now(self.page.refresh());
        self.events.borrow().clone()
    }

    pub fn order(&mut self, order: MembersOrder) -> Vec<MembersNews> {
        let events = self.act(AppCommand::Members { order });
        events
            .into_iter()
            .filter_map(|event| if let AppEvent::Members { news } = event { Some(news) } else { None })
            .collect()
    }

    pub fn view(&mut self) -> MembersView {
        self.events.borrow_mut().clear();
        now(self.page.hear_of_members(None));
        let events = self.events.borrow();
        let view = events.iter().rev().find_map(|event| match event {
            AppEvent::Members { news: MembersNews::Changed { view } } => Some(MembersView::clone(view)),
            _ => None,
        });
        view.expect("the members are shown")
    }

    /// What an authenticator app shows for this key now.
    pub fn code(&self, key_text: &str) -> String {
        let counter = totp::counter_at(self.hands.now());
        totp::code(&mac(MacHash::Sha1, &base32_bytes(key_text), &totp::message(counter)), 6)
    }

    /// Sets up two-step authentication for who acts; answers the key and the recovery codes.
    pub fn set_up(&mut self) -> (String, Vec<String>) {
        let news = self.order(MembersOrder::BeginTwoStep);
        let [MembersNews::TwoStepBegun { uri, key_text }, ..] = &news[..] else { panic!("{news:?}") };
        assert!(uri.contains(key_text.as_str()), "{uri}");
        let code = self.code(key_text);
        let passphrase = Hidden::new(PASSPHRASE);
        let news = self.order(MembersOrder::ConfirmTwoStep { passphrase, code, keeps_on_device: false });
        let [MembersNews::RecoveryCodes { codes }, ..] = &news[..] else { panic!("{news:?}") };
        (key_text.clone(), codes.clone())
    }

    pub fn sign_in(&mut self, member_id: &MemberId, passphrase: &str, code: &str) -> Option<MembersRefusal> {
        let passphrase = Hidden::new(passphrase);
        let news = self.order(MembersOrder::SignIn { member_id: member_id.clone(), passphrase, code: code.to_owned() });
        news.into_iter().find_map(|news| if let MembersNews::Refused { reason } = news { Some(reason) } else { None })
    }

    pub fn roster(&self) -> Roster {
        now(load::<Roster>(&*self.store, ROSTER_KEY)).unwrap().unwrap().value
    }
}

fn base32_bytes(text: &str) -> Vec<u8> {
    let (mut bits, mut n_bits, mut bytes) = (0_u32, 0, Vec::new());
    for letter in text.chars() {
        let value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(letter).unwrap() as u32;
        (bits, n_bits) = (bits << 5 | value, n_bits + 5);
        if n_bits >= 8 {
            n_bits -= 8;
            bytes.push((bits >> n_bits & 0xff) as u8);
        }
    }
    bytes
}

pub fn refusal(events: &[AppEvent]) -> Option<Refusal> {
    events.iter().find_map(|event| match event {
        AppEvent::NotAllowed { refusal } => Some(*refusal),
        AppEvent::Members { news: MembersNews::TwoStepWanted { .. } } => Some(Refusal::NeedsTwoStep),
        _ => None,
    })
}

/// Signed in as a member of this role, who has two-step authentication.
pub fn tab_of(role: Role) -> Tab {
    let mut tab = Tab::open();
    let (owner_key, _) = tab.set_up();
    if role == Role::Owner {
        return tab;
    }
    tab.order(MembersOrder::Invite { name: "Ann".to_owned(), email: "ann@example.com".to_owned(), role });
    let ann = tab.view().members[1].id.clone();
    assert_eq!(tab.sign_in(&ann, PASSPHRASE, ""), None, "a new member has no authenticator yet");
    assert_ne!(owner_key, tab.set_up().0);
    tab
}

/// The flow of the first minute, with its webhook live at this address.
pub fn live_flow(url: &str) -> Flow {
    let mut flow = samples::first_flow();
    for node in flow.nodes.values_mut() {
        if let NodeKind::Webhook { action, .. } = &mut node.kind {
            action.status = ActionStatus::Live;
            action.url = url.to_owned();
        }
    }
    flow
}

#[test]
fn members_change_only_by_who_may_manage_them() {
    for role in Role::ALL {
        let mut tab = tab_of(role);
        let owner = tab.view().members[0].id.clone();
        let news = tab.order(MembersOrder::Invite {
            name: "Ben".to_owned(),
            email: "ben@example.com".to_owned(),
            role: Role::Support,
        });
        let may_manage = Permission::ManageMembers.grant(role) == Grant::Yes;
        assert_eq!(matches!(news[0], MembersNews::Done), may_manage, "{role:?} {news:?}");
        let news = tab.order(MembersOrder::Change { change: RosterChange::ResetTwoStep { member_id: owner.clone() } });
        let is_reset = tab.roster().members[0].two_step.is_none();
        assert_eq!(is_reset, Permission::Own.grant(role) == Grant::Yes, "{role:?} {news:?}");
        let news = tab.order(MembersOrder::ChangePassphrase {
            before: Hidden::new(PASSPHRASE),
            after: Hidden::new("another long passphrase"),
        });
        assert_eq!(matches!(news[0], MembersNews::Done), may_manage, "{role:?} {news:?}");
    }
}

#[test]
fn a_live_webhook_to_a_real_destination_is_saved_only_with_two_step_authentication() {
    let mut tab = Tab::open();
    let flow = live_flow("https://erp.example.com/orders");
    let flow_id = flow.id.clone();
    let saved = |tab: &Tab| {
        now(tab.store.get(StoreName::Versions, &format!("{}/00000002", flow_id.as_str()))).unwrap().is_some()
    };
    tab.act(AppCommand::KeepFlow { flow: Arc::new(flow), steps: None, epoch: 0 });
    assert_eq!(refusal(&tab.act(AppCommand::SaveFlow { flow_id: flow_id.clone() })), Some(Refusal::NeedsTwoStep));
    assert!(!saved(&tab));
    tab.set_up();
    assert_eq!(refusal(&tab.act(AppCommand::SaveFlow { flow_id: flow_id.clone() })), None);
    assert!(saved(&tab));

    // The practice receiver, and drafts, need nothing.
    let mut tab = Tab::open();
    tab.act(AppCommand::KeepFlow {
        flow: Arc::new(live_flow("https://practice.hookwright.invalid/orders")),
        steps: None,
        epoch: 0,
    });
    assert_eq!(refusal(&tab.act(AppCommand::SaveFlow { flow_id: flow_id.clone() })), None);
    let mut draft = live_flow("https://erp.example.com/orders");
    draft.set_all_draft();
    tab.act(AppCommand::KeepFlow { flow: Arc::new(draft), steps: None, epoch: 0 });
    assert_eq!(refusal(&tab.act(AppCommand::SaveFlow { flow_id })), None);
}

#[test]
fn a_manager_without_an_authenticator_edits_and_does_not_activate() {
    let mut tab = Tab::open();
    tab.set_up();
    tab.order(MembersOrder::Invite {
        name: "Ann".to_owned(),
        email: "ann@example.com".to_owned(),
        role: Role::Manager,
    });
    let ann = tab.view().members[1].id.clone();
    assert_eq!(tab.sign_in(&ann, PASSPHRASE, ""), None);
    let flow = live_flow("https://erp.example.com/orders");
    let flow_id = flow.id.clone();
    assert_eq!(refusal(&tab.act(AppCommand::KeepFlow { flow: Arc::new(flow), steps: None, epoch: 0 })), None);
    assert_eq!(refusal(&tab.act(AppCommand::SaveFlow { flow_id })), Some(Refusal::NeedsTwoStep));
}

#[test]
fn a_content_creator_edits_words_and_nothing_else() {
    let mut tab = tab_of(Role::ContentCreator);
    let mut flow = samples::first_flow();
    flow.nodes.insert(NodeId::new("note"), Node { id: NodeId::new("note"), kind: NodeKind::note("x") });
    assert!(matches!(
        refusal(&tab.act(AppCommand::KeepFlow { flow: Arc::new(flow), steps: None, epoch: 0 })),
        Some(Refusal::Role { .. })
    ));
}

#[test]
fn nobody_who_is_signed_out_changes_anything() {
    let mut tab = Tab::open();
    tab.set_up();
    let mut tab = tab.reload();
    assert_eq!(tab.view().session, SessionView::Nobody);
    assert!(matches!(tab.view().vault, VaultView::Locked { .. }));
    for (permission, _) in PERMISSIONS {
        for act in acts_of(permission) {
            // Looking needs no sign-in.
            let expected = (permission != Permission::SeeActivity).then_some(Refusal::SignedOut);
            assert_eq!(refusal(&tab.act(act)), expected, "{permission:?}");
        }
    }
}

#[test]
fn signing_in_takes_passphrase_and_code_and_each_code_once() {
    let mut tab = Tab::open();
    let (key, _) = tab.set_up();
    let owner = tab.view().members[0].id.clone();
    let used = tab.code(&key);
    assert_eq!(tab.sign_in(&owner, PASSPHRASE, &used), Some(MembersRefusal::WrongSignIn), "set-up used this code");
    tab.pass(30 * SECOND_MILLIS);
    let code = tab.code(&key);
    assert_eq!(tab.sign_in(&owner, "correct horse batterz", &code), Some(MembersRefusal::WrongSignIn));
    assert_eq!(tab.sign_in(&owner, PASSPHRASE, ""), Some(MembersRefusal::WrongSignIn));
    // A code of the step before is taken: clocks differ. Its use uses up what is older.
    tab.pass(30 * SECOND_MILLIS);
    let mut tab = tab.reload();
    tab.pass(MINUTE_MILLIS);
    let early = tab.code(&key);
    tab.pass(30 * SECOND_MILLIS);
    assert_eq!(tab.sign_in(&owner, PASSPHRASE, &early), None);
    assert_eq!(tab.sign_in(&owner, PASSPHRASE, &early), Some(MembersRefusal::WrongSignIn));
    tab.pass(10 * MINUTE_MILLIS);
    let late = tab.code(&key);
    tab.pass(2 * 30 * SECOND_MILLIS);
    assert_eq!(tab.sign_in(&owner, PASSPHRASE, &late), Some(MembersRefusal::WrongSignIn), "two steps late");
}

#[test]
fn guessing_is_slowed_down_and_a_reload_forgives_nothing() {
    let mut tab = Tab::open();
    let (key, _) = tab.set_up();
    let owner = tab.view().members[0].id.clone();
    tab = tab.reload();
    for _ in 0..3 {
        assert_eq!(tab.sign_in(&owner, "not this one, no", "000000"), Some(MembersRefusal::WrongSignIn));
    }
    tab = tab.reload();
    tab.pass(MINUTE_MILLIS);
    assert_eq!(tab.sign_in(&owner, "nor this one, no", "000000"), Some(MembersRefusal::WrongSignIn));
    tab = tab.reload();
    let code = tab.code(&key);
    assert_eq!(tab.sign_in(&owner, PASSPHRASE, &code), Some(MembersRefusal::Wait { millis: 30 * SECOND_MILLIS }));
    tab.pass(30 * SECOND_MILLIS);
    let code = tab.code(&key);
    assert_eq!(tab.sign_in(&owner, PASSPHRASE, &code), None);
}

#[test]
fn a_recovery_code_stands_in_for_the_authenticator_once() {
    let mut tab = Tab::open();
    let (_, codes) = tab.set_up();
    assert_eq!(codes.len(), 10);
    let stored = dump(&tab.store);
    for code in &codes {
        assert!(!stored.contains(code) && !stored.contains(&code.replace('-', "")), "stored hashed");
    }
    let owner = tab.view().members[0].id.clone();
    let mut tab = tab.reload();
    assert_eq!(tab.sign_in(&owner, PASSPHRASE, &codes[3].to_lowercase()), None);
    assert_eq!(tab.view().members[0].n_recovery_codes, 9);
    assert_eq!(tab.sign_in(&owner, PASSPHRASE, &codes[3]), Some(MembersRefusal::WrongSignIn));
    assert_eq!(tab.sign_in(&owner, "no passphrase at all", &codes[4]), Some(MembersRefusal::WrongSignIn));
}

#[test]
fn changing_the_passphrase_wraps_the_key_anew_and_nothing_else() {
    let mut tab = Tab::open();
    let (key, _) = tab.set_up();
    let owner = tab.view().members[0].id.clone();
    let roster = tab.roster();
    let change = |before: &str, after: &str| MembersOrder::ChangePassphrase {
        before: Hidden::new(before),
        after: Hidden::new(after),
    };
    let news = tab.order(change("wrong passphrase", "another long passphrase"));
    assert!(matches!(&news[0], MembersNews::Refused { reason: MembersRefusal::WrongPassphrase }), "{news:?}");
    let news = tab.order(change(PASSPHRASE, "short"));
    assert!(matches!(&news[0], MembersNews::Refused { reason: MembersRefusal::Problem { .. } }), "{news:?}");
    tab.order(change(PASSPHRASE, "another long passphrase"));
    assert_eq!(tab.roster(), roster, "what was encrypted stays as it is");
    let mut tab = tab.reload();
    tab.pass(MINUTE_MILLIS);
    let code = tab.code(&key);
    assert_eq!(tab.sign_in(&owner, PASSPHRASE, &code), Some(MembersRefusal::WrongSignIn));
    assert_eq!(tab.sign_in(&owner, "another long passphrase", &code), None);
}

#[test]
fn a_role_that_was_changed_on_disk_is_found_out() {
    let mut tab = tab_of(Role::Analyst);
    let ann = tab.view().members[1].id.clone();
    let mut forged = tab.roster();
    forged.members[1].role = Role::Admin;
    forged.members[1].two_step = None;
    now(tab.store.commit(Batch { writes: vec![Write::Put(forged.to_row())], ..Batch::default() })).unwrap();
    let mut tab = tab.reload();
    assert_eq!(tab.sign_in(&ann, PASSPHRASE, ""), None);
    assert!(tab.view().is_tampered);
    for act in acts_of(Permission::EditFlows) {
        assert_eq!(refusal(&tab.act(act)), Some(Refusal::Tampered));
    }
    let news = tab.order(MembersOrder::AcceptRoster);
    assert!(matches!(&news[0], MembersNews::Refused { .. }), "{news:?}");
    assert!(tab.view().is_tampered);
}

#[test]
fn a_session_ends_when_nobody_does_anything() {
    let mut tab = Tab::open();
    tab.set_up();
    tab.pass(14 * MINUTE_MILLIS);
    now(tab.page.end_idle_session());
    assert!(matches!(tab.view().session, SessionView::Member { .. }));
    tab.order(MembersOrder::Touch);
    tab.pass(14 * MINUTE_MILLIS);
    now(tab.page.end_idle_session());
    assert!(matches!(tab.view().session, SessionView::Member { .. }));
    tab.pass(MINUTE_MILLIS);
    now(tab.page.end_idle_session());
    assert_eq!(tab.view().session, SessionView::Nobody);
    assert!(!tab.keys.is_open(), "the key is forgotten, too");
}

#[test]
fn a_key_kept_on_the_device_outlives_the_session() {
    let mut tab = Tab::open();
    tab.set_up();
    tab.order(MembersOrder::KeepOnDevice { is_kept: true });
    let mut tab = tab.reload();
    assert_eq!(tab.view().session, SessionView::Nobody);
    assert!(matches!(tab.view().vault, VaultView::Open { is_on_device: true, .. }));
    tab.order(MembersOrder::Lock);
    assert!(matches!(tab.reload().view().vault, VaultView::Locked { .. }));
}

#[test]
fn a_session_is_that_of_all_tabs() {
    let mut tab = Tab::open();
    tab.set_up();
    let owner = tab.view().members[0].id.clone();
    let mut other = Tab::open_over(Rc::clone(&tab.store), Rc::clone(&tab.keys), Rc::clone(&tab.hands));
    assert_eq!(other.view().session, SessionView::Nobody);
    now(other.page.hear_of_members(Some(Some(owner.as_str().to_owned()))));
    assert_eq!(other.view().session, SessionView::Member { member_id: owner });
    now(other.page.hear_of_members(Some(None)));
    assert_eq!(other.view().session, SessionView::Nobody);
}

#[test]
fn a_lost_passphrase_means_starting_over() {
    let mut tab = tab_of(Role::Admin);
    let news = tab.order(MembersOrder::StartOver);
    assert!(matches!(&news[0], MembersNews::Refused { .. }), "signed in, only the Owner may: {news:?}");
    let mut tab = tab.reload();
    tab.order(MembersOrder::StartOver);
    let view = tab.view();
    assert_eq!((view.members.len(), view.vault), (1, VaultView::None));
    assert!(matches!(view.session, SessionView::Unprotected { .. }));
    let news = tab.order(MembersOrder::ReadAudit);
    let MembersNews::Audit { entries } = &news[0] else { panic!("{news:?}") };
    let acts: Vec<String> = entries.iter().map(|entry| format!("{:?} {}", entry.act, entry.by)).collect();
    assert_eq!(acts[0], "StartedOver ");
    assert!(acts.contains(&"MemberAdded Owner".to_owned()), "{acts:?}");
}

/// RFC 6238, appendix B: SHA-1, eight digits.
#[test]
fn codes_are_those_of_rfc_6238() {
    for (secs, expected) in [
        (59, "94287082"),
        (1_111_111_109, "07081804"),
        (1_111_111_111, "14050471"),
        (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"),
        (20_000_000_000, "65353130"),
    ] {
        let counter = totp::counter_at(Timestamp::from_millis(secs * 1_000));
        let code = totp::code(&mac(MacHash::Sha1, b"12345678901234567890", &totp::message(counter)), 8);
        assert_eq!(code, expected, "{secs}");
    }
}

/// Everything that lies on disk, as text.
pub fn dump(store: &MemoryStore) -> String {
    let mut text = String::new();
    for name in StoreName::ALL {
        let by = Order::Key { prefix: String::new(), after: None };
        let query = Query { store: name, by, direction: Direction::Ascending, limit: usize::MAX };
        for row in now(store.query(query)).unwrap() {
            text.push_str(&format!("{name:?} {} {} {:?}\n", row.key, row.json, row.index_keys));
        }
    }
    text
}
