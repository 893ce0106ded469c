//! What the screens know of members, and which form is open.
//!
//! In: news of the runtime. Out: signals.
//! Invariant: what is typed in secret lives in its form and goes with it.

use leptos::prelude::*;

use crate::domain::id::{FlowId, SecretId};
use crate::domain::member::{AuditEntry, Permission};
use crate::domain::secret::Hidden;
use crate::runtime::handle::{
    AppCommand, MembersNews, MembersOrder, MembersRefusal, MembersView, SessionView, VaultView,
};
use crate::ui::state::{AppState, use_app_state};
use crate::view_model::delivery::Tone;
use crate::view_model::members::{refusal_words, wait_words};
use crate::view_model::messages;

/// The answer to a secret that was entered, by its ticket: its name here, with a key that was made; or why it was refused.
pub type SecretAnswer = (u64, Result<(SecretId, Option<Hidden>), String>);

/// A form about members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    TwoStep,
    SignIn,
    Unlock,
    Passphrase,
    Invite,
    Rename,
    Renew,
    StartOver,
    /// Recovery codes, shown once.
    Codes,
}

/// Everything about members that the screens share.
#[derive(Clone, Copy)]
pub struct MembersState {
    pub view: RwSignal<MembersView>,
    pub form: RwSignal<Option<Form>>,
    pub problem: RwSignal<Option<String>>,
    pub is_busy: RwSignal<bool>,
    /// The key for the authenticator: as an address for the QR code, and as text.
    pub begun: RwSignal<Option<(String, String)>>,
    pub codes: RwSignal<Vec<String>>,
    pub audit: RwSignal<Option<Vec<AuditEntry>>>,
    /// The newest answer to a secret that was entered, by its ticket; with a key that was made.
    pub secret_answer: RwSignal<Option<SecretAnswer>>,
    /// The flow whose save waits for two-step authentication.
    pub waiting_save: RwSignal<Option<FlowId>>,
}

impl MembersState {
    pub fn new() -> Self {
        Self {
            view: RwSignal::default(),
            form: RwSignal::default(),
            problem: RwSignal::default(),
            is_busy: RwSignal::new(false),
            begun: RwSignal::default(),
            codes: RwSignal::default(),
            audit: RwSignal::default(),
            secret_answer: RwSignal::default(),
            waiting_save: RwSignal::default(),
        }
    }

    /// Opens a form; what it needs first is asked for.
    pub fn open(self, app_state: AppState, form: Form) {
        self.problem.set(None);
        self.is_busy.set(false);
        if form == Form::TwoStep {
            self.begun.set(None);
            self.order(app_state, MembersOrder::BeginTwoStep);
            self.is_busy.set(false);
        }
        self.form.set(Some(form));
    }

    /// Closes whatever is open.
    pub fn close(self) {
        self.form.set(None);
        self.begun.set(None);
        self.codes.set(Vec::new());
    }

    /// Asks for something.
    pub fn order(self, app_state: AppState, order: MembersOrder) {
        self.problem.set(None);
        self.is_busy.set(true);
        app_state.dispatch(AppCommand::Members { order });
    }

    /// Takes in what came of it.
    #[inline(never)]
    pub fn take(self, app_state: AppState, news: MembersNews) {
        match news {
            MembersNews::Changed { view } => {
                if self.view.with_untracked(|known| *known != *view) {
                    self.view.set(*view);
                }
                self.is_busy.set(false);
                if self.audit.with_untracked(Option::is_some) {
                    app_state.dispatch(AppCommand::Members { order: MembersOrder::ReadAudit });
                }
            }
            MembersNews::TwoStepBegun { uri, key_text } => self.begun.set(Some((uri, key_text))),
            MembersNews::RecoveryCodes { codes } => {
                self.codes.set(codes);
                self.form.set(Some(Form::Codes));
            }
            MembersNews::Refused { reason } => {
                let words = words_of(&reason);
                if self.form.with_untracked(Option::is_some) {
                    self.problem.set(Some(words));
                } else {
                    app_state.notify(Tone::Fail, words);
                }
                self.is_busy.set(false);
            }
            MembersNews::Done => self.close(),
            MembersNews::SecretKept { ticket, secret_id } => {
                self.secret_answer.set(Some((ticket, Ok((secret_id, None)))))
            }
            MembersNews::KeyMade { ticket, secret_id, key } => {
                self.secret_answer.set(Some((ticket, Ok((secret_id, Some(Hidden::new(key)))))));
            }
            MembersNews::SecretRefused { ticket, reason } => {
                self.secret_answer.set(Some((ticket, Err(words_of(&reason)))));
                match reason {
                    MembersRefusal::NoVault => self.open(app_state, Form::TwoStep),
                    MembersRefusal::Locked => self.open(app_state, Form::Unlock),
                    _ => {}
                }
            }
            MembersNews::TwoStepWanted { flow_id } => {
                self.waiting_save.set(Some(flow_id));
                self.open(app_state, Form::TwoStep);
            }
            MembersNews::Audit { entries } => self.audit.set(Some(entries)),
            MembersNews::SessionEnded => {
                app_state.notify(Tone::Wait, messages::SESSION_ENDED.to_owned());
            }
        }
    }

    /// Why who acts may not do this, in words.
    pub fn refusal(self, permission: Permission) -> Option<String> {
        self.view.with(|view| view.refusal(permission)).map(refusal_words)
    }
}

impl Default for MembersState {
    fn default() -> Self {
        Self::new()
    }
}

/// Why an order was refused.
pub fn words_of(reason: &MembersRefusal) -> String {
    match reason {
        MembersRefusal::Role { refusal } => refusal_words(*refusal),
        MembersRefusal::WrongSignIn => messages::WRONG_SIGN_IN.to_owned(),
        MembersRefusal::WrongPassphrase => "The passphrase is wrong.".to_owned(),
        MembersRefusal::WrongCode => messages::WRONG_CODE.to_owned(),
        MembersRefusal::Wait { millis } => wait_words(*millis),
        MembersRefusal::Problem { message } => messages::sentence(message),
        MembersRefusal::Locked => messages::SECRETS_LOCKED.to_owned(),
        MembersRefusal::NoVault => messages::SECRETS_WITHOUT_VAULT.to_owned(),
    }
}

/// Who acts, in words.
pub fn session_words(view: &MembersView) -> String {
    match (&view.session, view.acting()) {
        (SessionView::Unknown, _) => "Looking…".to_owned(),
        (SessionView::Nobody, _) => "Nobody is signed in".to_owned(),
        (_, Some(member)) => [&member.name, ", ", member.role.name()].concat(),
        (_, None) => "Nobody is signed in".to_owned(),
    }
}

/// Whether secrets can be read for sending, in words.
pub const fn vault_words(vault: VaultView) -> &'static str {
    match vault {
        VaultView::None => messages::VAULT_NONE,
        VaultView::Open { is_on_device: true, .. } => messages::VAULT_OPEN_ON_DEVICE,
        VaultView::Open { is_on_device: false, .. } => messages::VAULT_OPEN,
        VaultView::Locked { .. } => messages::VAULT_LOCKED,
    }
}

/// Everything about members that the screens share.
pub fn use_members() -> MembersState {
    use_app_state().members
}
