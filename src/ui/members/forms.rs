//! The forms about members: set-up, sign-in, unlocking, passphrase, recovery codes.
//!
//! In: which form is open. Out: orders.
//! Invariant: what was typed in secret is gone when its form closes; a refusal stands in the form and keeps what was typed.

use leptos::prelude::*;

use crate::domain::id::MemberId;
use crate::domain::member::{Role, RosterChange};
use crate::domain::secret::Hidden;
use crate::runtime::handle::{AppCommand, MembersOrder, VaultView};
use crate::ui::files::use_files;
use crate::ui::kit::{Button, ButtonKind, Dialog, Icon, icon};
use crate::ui::members::state::{Form, MembersState, use_members};
use crate::ui::payload::clipboard::copy_text;
use crate::ui::state::{AppState, use_app_state};
use crate::view_model::delivery::Tone;
use crate::view_model::members::{qr_path, role_purpose};
use crate::view_model::messages;

/// Whatever form is open, over every screen.
#[component]
pub fn MemberForms() -> AnyView {
    let members = use_members();
    let form = members.form;
    let title = Signal::derive(move || {
        form.with(|form| {
            match form {
                Some(Form::TwoStep) => "Set up two-step authentication",
                Some(Form::SignIn) => "Sign in",
                Some(Form::Unlock) => "Unlock secrets",
                Some(Form::Passphrase) => "Change the passphrase",
                Some(Form::Invite) => "Add a member",
                Some(Form::Rename) => "Name and email",
                Some(Form::Renew) => "New recovery codes",
                Some(Form::StartOver) => "Start over without the passphrase",
                Some(Form::Codes) => "Recovery codes",
                None => "",
            }
            .to_owned()
        })
    });
    let app_state = use_app_state();
    let close = move |()| {
        if members.form.with_untracked(|form| *form == Some(Form::Codes)) {
            finish(app_state, members);
        } else {
            members.waiting_save.set(None);
            members.close();
        }
    };
    view! {
        <Dialog id="member-form" title=title is_open=Signal::derive(move || form.with(Option::is_some)) on_close=close>
            {move || form.get().map(show_form)}
        </Dialog>
    }
    .into_any()
}

/// The codes were seen: what waited for two-step authentication goes on.
fn finish(app_state: AppState, members: MembersState) {
    members.close();
    if let Some(flow_id) = members.waiting_save.try_update(Option::take).flatten() {
        app_state.dispatch(AppCommand::SaveFlow { flow_id });
    }
}

fn show_form(form: Form) -> AnyView {
    match form {
        Form::TwoStep => two_step(),
        Form::SignIn => sign_in(),
        Form::Unlock => unlock(),
        Form::Passphrase => change_passphrase(),
        Form::Invite => invite(),
        Form::Rename => rename(),
        Form::Renew => renew(),
        Form::StartOver => start_over(),
        Form::Codes => codes(),
    }
}

/// What kind of text a field asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum AskKind {
    Text,
    Email,
    Passphrase,
    NewPassphrase,
    Code,
}

fn ask(id: &'static str, label: &'static str, hint: &'static str, kind: AskKind, text: RwSignal<String>) -> AnyView {
    let (input_type, autocomplete) = match kind {
        AskKind::Text => ("text", "off"),
        AskKind::Email => ("email", "off"),
        AskKind::Passphrase => ("password", "current-password"),
        AskKind::NewPassphrase => ("password", "new-password"),
        AskKind::Code => ("text", "one-time-code"),
    };
    view! {
        <div class="field">
            <label class="field-label" for=id>{label}</label>
            <input
                class="input"
                id=id
                type=input_type
                autocomplete=autocomplete
                autocapitalize="off"
                spellcheck="false"
                // The dialog begins at its first field, not at the button that closes it.
                autofocus=true
                aria-describedby=format!("{id}-note")
                prop:value=move || text.get()
                on:input=move |event| text.set(event_target_value(&event))
            />
            <div class="field-note" id=format!("{id}-note")>{(!hint.is_empty()).then(|| view! { <p class="field-hint">{hint}</p> })}</div>
        </div>
    }
    .into_any()
}

/// A form of these fields, with its problem and its one act.
fn form(fields: AnyView, act: &'static str, submit: Callback<()>) -> AnyView {
    form_of_kind(fields, act, "button button--primary", submit)
}

fn form_of_kind(fields: AnyView, act: &'static str, button_class: &'static str, submit: Callback<()>) -> AnyView {
    let members = use_members();
    view! {
        <form
            class="member-form"
            on:submit=move |event| {
                event.prevent_default();
                if !members.is_busy.get_untracked() {
                    submit.run(());
                }
            }
        >
            {fields}
            <div role="alert">
                {move || members.problem.get().map(|problem| view! { <p class="field-problem">{icon(Icon::Warning)}<span>{problem}</span></p> })}
            </div>
            <div class="dialog-acts">
                <button type="submit" class=button_class prop:disabled=members.is_busy>
                    <span>{move || if members.is_busy.get() { "Working…" } else { act }}</span>
                </button>
            </div>
        </form>
    }
    .into_any()
}

fn text() -> RwSignal<String> {
    RwSignal::new(String::new())
}

fn hidden(text: RwSignal<String>) -> Hidden {
    Hidden::new(text.get_untracked())
}

fn two_step() -> AnyView {
    let app_state = use_app_state();
    let members = use_members();
    let is_first = members.view.with_untracked(|view| view.vault == VaultView::None);
    let (passphrase, again, code) = (text(), text(), text());
    let keeps = RwSignal::new(false);
    let submit = Callback::new(move |()| {
        if is_first && passphrase.get_untracked() != again.get_untracked() {
            return members.problem.set(Some("The two passphrases differ.".to_owned()));
        }
        let (passphrase, code) = (hidden(passphrase), code.get_untracked());
        let keeps_on_device = keeps.get_untracked();
        members.order(app_state, MembersOrder::ConfirmTwoStep { passphrase, code, keeps_on_device });
    });
    let key = move || {
        members.begun.get().map(|(uri, key_text)| {
            let qr = qr_path(&uri).map(|(path, size)| {
                let view_box = format!("-4 -4 {} {}", size + 8, size + 8);
                view! {
                    <svg class="member-qr" viewBox=view_box role="img" aria-label="QR code with the key below" shape-rendering="crispEdges">
                        <path d=path />
                    </svg>
                }
            });
            let spaced: Vec<&str> = key_text.as_bytes().chunks(4).filter_map(|part| std::str::from_utf8(part).ok()).collect();
            view! {
                <div class="member-key">
                    {qr}
                    <div>
                        <p>{messages::TWO_STEP_SCAN}</p>
                        <code class="member-key-text">{spaced.join(" ")}</code>
                    </div>
                </div>
            }
        })
    };
    let fields = view! {
        {members
            .waiting_save
            .with_untracked(Option::is_some)
            .then(|| {
                view! {
                    <p>
                        {messages::TWO_STEP_FOR_SAVE}
                    </p>
                }
            })}
        {if is_first {
            view! {
                {ask("new-passphrase", "New passphrase", messages::PASSPHRASE_HINT, AskKind::NewPassphrase, passphrase)}
                {ask("again-passphrase", "The same again", "", AskKind::NewPassphrase, again)}
            }
            .into_any()
        } else {
            ask("passphrase", "Passphrase of this workspace", "", AskKind::Passphrase, passphrase)
        }}
        {key}
        {ask("confirm-code", "Code from the app", "Six digits.", AskKind::Code, code)}
        <label class="check">
            <input type="checkbox" prop:checked=keeps on:change=move |event| keeps.set(event_target_checked(&event)) />
            <span>
                "Keep secrets unlocked on this device"
                <span class="field-hint">{messages::KEEP_UNLOCKED_HINT}</span>
            </span>
        </label>
    }
    .into_any();
    form(fields, "Turn on", submit)
}

fn sign_in() -> AnyView {
    let app_state = use_app_state();
    let members = use_members();
    let list = members.view.with_untracked(|view| view.members.clone());
    let chosen = RwSignal::new(list.first().map(|member| member.id.as_str().to_owned()).unwrap_or_default());
    let (passphrase, code) = (text(), text());
    let submit = Callback::new(move |()| {
        let member_id = MemberId::new(chosen.get_untracked());
        let (passphrase, code) = (hidden(passphrase), code.get_untracked());
        members.order(app_state, MembersOrder::SignIn { member_id, passphrase, code });
    });
    let options = list
        .into_iter()
        .map(|member| {
            let label = [&member.name, " (", member.role.name(), ")"].concat();
            view! { <option value=member.id.as_str().to_owned()>{label}</option> }
        })
        .collect_view();
    let fields = view! {
        <div class="field">
            <label class="field-label" for="sign-in-member">"Member"</label>
            <select class="input select" id="sign-in-member" on:change=move |event| chosen.set(event_target_value(&event))>{options}</select>
        </div>
        {ask("passphrase", "Passphrase of this workspace", "", AskKind::Passphrase, passphrase)}
        {ask("code", "Code", messages::SIGN_IN_CODE_HINT, AskKind::Code, code)}
    }
    .into_any();
    form(fields, "Sign in", submit)
}

fn unlock() -> AnyView {
    let app_state = use_app_state();
    let members = use_members();
    let passphrase = text();
    let submit =
        Callback::new(move |()| members.order(app_state, MembersOrder::Unlock { passphrase: hidden(passphrase) }));
    let fields = view! {
        <p class="muted">{messages::UNLOCK_MEANING}</p>
        {ask("passphrase", "Passphrase of this workspace", "", AskKind::Passphrase, passphrase)}
    }
    .into_any();
    form(fields, "Unlock", submit)
}

fn change_passphrase() -> AnyView {
    let app_state = use_app_state();
    let members = use_members();
    let (before, after, again) = (text(), text(), text());
    let submit = Callback::new(move |()| {
        if after.get_untracked() != again.get_untracked() {
            return members.problem.set(Some(messages::PASSPHRASES_DIFFER.to_owned()));
        }
        members.order(app_state, MembersOrder::ChangePassphrase { before: hidden(before), after: hidden(after) });
    });
    let fields = view! {
        <p class="muted">{messages::PASSPHRASE_MEANING}</p>
        {ask("passphrase", "Passphrase until now", "", AskKind::Passphrase, before)}
        {ask("new-passphrase", "New passphrase", "At least 10 characters.", AskKind::NewPassphrase, after)}
        {ask("again-passphrase", "The same again", "", AskKind::NewPassphrase, again)}
    }
    .into_any();
    form(fields, "Change", submit)
}

fn invite() -> AnyView {
    let app_state = use_app_state();
    let members = use_members();
    let (name, email) = (text(), text());
    let role = RwSignal::new(Role::Manager);
    let submit = Callback::new(move |()| {
        let (name, email, role) = (name.get_untracked(), email.get_untracked(), role.get_untracked());
        members.order(app_state, MembersOrder::Invite { name, email, role });
    });
    let options = Role::ALL
        .into_iter()
        .filter(|offered| *offered != Role::Owner)
        .map(|offered| view! { <option value=offered.name() selected=offered == Role::Manager>{offered.name()}</option> })
        .collect_view();
    let fields = view! {
        <p class="muted">{messages::NEW_MEMBER_MEANING}</p>
        {ask("member-name", "Name", "", AskKind::Text, name)}
        {ask("member-email", "Email", "", AskKind::Email, email)}
        <div class="field">
            <label class="field-label" for="member-role">"Role"</label>
            <select
                class="input select"
                id="member-role"
                on:change=move |event| {
                    if let Some(chosen) = Role::named(&event_target_value(&event)) {
                        role.set(chosen);
                    }
                }
            >
                {options}
            </select>
            <p class="field-hint">{move || role_purpose(role.get())}</p>
        </div>
    }
    .into_any();
    form(fields, "Add member", submit)
}

fn rename() -> AnyView {
    let app_state = use_app_state();
    let members = use_members();
    let acting = members.view.with_untracked(|view| view.acting().cloned());
    let (name, email) = (text(), text());
    let Some(acting) = acting else { return ().into_any() };
    name.set(acting.name);
    email.set(acting.email);
    let member_id = StoredValue::new(acting.id);
    let submit = Callback::new(move |()| {
        let (name, email) = (name.get_untracked(), email.get_untracked());
        let change = RosterChange::Rename { member_id: member_id.get_value(), name, email };
        members.order(app_state, MembersOrder::Change { change });
    });
    let fields = view! {
        {ask("member-name", "Name", "", AskKind::Text, name)}
        {ask("member-email", "Email", messages::EMAIL_HINT, AskKind::Email, email)}
    }
    .into_any();
    form(fields, "Keep", submit)
}

fn renew() -> AnyView {
    let app_state = use_app_state();
    let members = use_members();
    let code = text();
    let submit = Callback::new(move |()| {
        members.order(app_state, MembersOrder::RenewRecoveryCodes { code: code.get_untracked() })
    });
    let fields = view! {
        <p class="muted">{messages::RECOVERY_CODES_OLD}</p>
        {ask("code", "Code", messages::CODE_HINT, AskKind::Code, code)}
    }
    .into_any();
    form(fields, "Make new codes", submit)
}

fn start_over() -> AnyView {
    let app_state = use_app_state();
    let members = use_members();
    let word = text();
    let submit = Callback::new(move |()| {
        if word.with_untracked(|word| word.trim() == "forget") {
            members.order(app_state, MembersOrder::StartOver);
        } else {
            members.problem.set(Some(messages::START_OVER_WORD.to_owned()));
        }
    });
    let fields = view! {
        <p>
            {messages::START_OVER_MEANING}
        </p>
        {ask("word", "Enter the word forget", "", AskKind::Text, word)}
    }
    .into_any();
    form_of_kind(fields, "Forget and start over", "button button--danger", submit)
}

fn codes() -> AnyView {
    let app_state = use_app_state();
    let members = use_members();
    let files = use_files();
    let list = members.codes.get_untracked();
    let lines = StoredValue::new(list.join("\n"));
    let copy = move |()| copy_text(app_state, &lines.get_value(), "Recovery codes");
    let save = move |()| {
        if let Err(reason) = files.save("hookwright-recovery-codes.txt", "text/plain", &lines.get_value()) {
            app_state.notify(Tone::Fail, reason);
        }
    };
    view! {
        <p>{messages::RECOVERY_CODES_MEANING}</p>
        <ul class="member-codes">{list.into_iter().map(|code| view! { <li><code>{code}</code></li> }).collect_view()}</ul>
        <div class="dialog-acts">
            <Button label="Copy" glyph=Icon::Copy on_press=copy />
            <Button label="Download" glyph=Icon::Download on_press=save />
            <Button label="I have kept them" kind=ButtonKind::Primary on_press=move |()| finish(app_state, members) />
        </div>
    }
    .into_any()
}
