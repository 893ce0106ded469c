//! The members' page: who acts, whether secrets are unlocked, who works here, what each may do, who did what.
//!
//! In: the members as they stand. Out: orders.
//! Invariant: session and secrets are shown apart; what a role may not do is said where it would be done.

mod forms;
mod gate;
mod list;
mod secret_field;
mod signing;
mod state;

use leptos::prelude::*;

use crate::domain::member::{Grant, PERMISSIONS, Permission, Role, RosterChange, SESSION_MINUTES};
use crate::runtime::handle::{AppCommand, MembersOrder, SessionView, VaultView};
use crate::ui::kit::{Button, ButtonKind, Choice, Icon, SelectField, help_link, icon};
use crate::ui::members::gate::use_why_not_accept;
use crate::ui::members::list::{AuditList, MemberList};
use crate::ui::page::use_page;
use crate::ui::shell::PageHeader;
use crate::ui::state::use_app_state;
use crate::view_model::members::{PROTECTION, grant_word, permission_name};
use crate::view_model::messages;

pub use forms::MemberForms;
pub use gate::{Gate, RefusalNote, Refusals, use_why_not, use_why_not_look};
pub use secret_field::{SecretField, SecretPlace};
pub use signing::{Signing, SigningPlace};
pub use state::{Form, MembersState, session_words, use_members, vault_words};

/// The page.
#[component]
pub fn MembersScreen() -> AnyView {
    let app_state = use_app_state();
    let members = app_state.members;
    app_state.dispatch(AppCommand::Members { order: MembersOrder::ReadAudit });
    on_cleanup(move || members.audit.set(None));
    let is_tampered = Memo::new(move |_| members.view.with(|view| view.is_tampered));
    let may_accept = use_why_not_accept();
    view! {
        <PageHeader title="Members">{help_link("members", "What this protects")}</PageHeader>
        <div class="page-body members">
            {move || {
                is_tampered
                    .get()
                    .then(|| {
                        view! {
                            <div class="banner tone-fail" role="alert">
                                {icon(Icon::Warning)}
                                <p>
                                    {messages::ROSTER_CHANGED}
                                </p>
                                <Button label="Take the list as it is" why_not=may_accept on_press=move |()| members.order(app_state, MembersOrder::AcceptRoster) />
                            </div>
                        }
                    })
            }}
            <div class="members-cards">
                <SessionCard />
                <VaultCard />
            </div>
            <MemberList />
            <Permissions />
            <AuditList />
            <section class="members-part">
                <h2>"What this protects"</h2>
                <ul class="members-protection">{PROTECTION.map(|words| view! { <li>{words}</li> }).collect_view()}</ul>
            </section>
        </div>
    }
    .into_any()
}

/// Who is acting.
#[component]
fn SessionCard() -> AnyView {
    let app_state = use_app_state();
    let members = app_state.members;
    let open = move |form: Form| Callback::new(move |()| members.open(app_state, form.clone()));
    let acts = move || {
        members.view.with(|view| match (&view.session, view.acting()) {
            (SessionView::Nobody, _) => {
                view! { <Button label="Sign in…" kind=ButtonKind::Primary on_press=open(Form::SignIn) /> }.into_any()
            }
            (SessionView::Unprotected { .. }, _) => view! {
                <p class="muted">{messages::NO_PASSPHRASE}</p>
                <Button label="Set up two-step authentication…" kind=ButtonKind::Primary on_press=open(Form::TwoStep) />
                <Button label="Name and email…" on_press=open(Form::Rename) />
            }
            .into_any(),
            (SessionView::Member { .. }, Some(member)) => {
                let has_two_step = member.has_two_step;
                let n_codes = member.n_recovery_codes;
                view! {
                    <p class="muted">
                        {if has_two_step {
                            messages::two_step_on(n_codes)
                        } else {
                            messages::TWO_STEP_OFF.to_owned()
                        }}
                    </p>
                    {(!has_two_step)
                        .then(|| {
                            view! {
                                <Button label="Set up two-step authentication…" kind=ButtonKind::Primary on_press=open(Form::TwoStep) />
                            }
                        })}
                    <Button label="Sign out" on_press=move |()| members.order(app_state, MembersOrder::SignOut) />
                    <Button label="Sign in as another…" on_press=open(Form::SignIn) />
                    {has_two_step
                        .then(|| view! { <Button label="New recovery codes…" on_press=open(Form::Renew) /> })}
                    <Button label="Name and email…" on_press=open(Form::Rename) />
                }
                .into_any()
            }
            (SessionView::Unknown | SessionView::Member { .. }, _) => ().into_any(),
        })
    };
    let minutes = Signal::derive(move || members.view.with(|view| view.session_minutes.to_string()));
    let choices = Signal::stored(
        SESSION_MINUTES
            .iter()
            .map(|minutes| {
                let label = match minutes {
                    0 => "Never".to_owned(),
                    60 => "1 hour".to_owned(),
                    240 => "4 hours".to_owned(),
                    minutes => [&minutes.to_string(), " minutes"].concat(),
                };
                Choice::new(minutes.to_string(), label)
            })
            .collect::<Vec<_>>(),
    );
    let set_minutes = move |text: String| {
        if let Ok(minutes) = text.parse() {
            members.order(app_state, MembersOrder::Change { change: RosterChange::EndSessionsAfter { minutes } });
        }
    };
    let has_vault = Memo::new(move |_| members.view.with(|view| view.vault != VaultView::None));
    let may_manage = use_why_not(Permission::ManageMembers);
    view! {
        <section class="members-card" aria-labelledby="session-title">
            <h2 id="session-title">{icon(Icon::User)}"Session"</h2>
            <p class="members-state">{move || members.view.with(session_words)}</p>
            <div class="members-acts">{acts}</div>
            {move || {
                has_vault
                    .get()
                    .then(|| {
                        view! {
                            <SelectField id="session-minutes" label="End the session when nobody does anything for" choices=choices value=minutes why_not=may_manage on_change=set_minutes />
                        }
                    })
            }}
        </section>
    }
    .into_any()
}

/// Whether secrets can be read for sending.
#[component]
fn VaultCard() -> AnyView {
    let app_state = use_app_state();
    let members = app_state.members;
    let page = use_page();
    let vault = Memo::new(move |_| members.view.with(|view| view.vault));
    let open = move |form: Form| Callback::new(move |()| members.open(app_state, form.clone()));
    let keep = move |event| {
        members.order(app_state, MembersOrder::KeepOnDevice { is_kept: event_target_checked(&event) });
    };
    let (may_edit, may_manage) = (use_why_not(Permission::EditFlows), use_why_not(Permission::ManageMembers));
    let may_own = use_why_not(Permission::Own);
    // Nobody is signed in where the passphrase is lost: then starting over is open to all.
    let may_start_over = Signal::derive(move || {
        may_own.get().filter(|_| members.view.with(|view| matches!(view.session, SessionView::Member { .. })))
    });
    let note_of = move || may_edit.with(|why_not| why_not.as_ref().map(|why_not| why_not.note_id));
    let acts = move || {
        match vault.get() {
        VaultView::None => ().into_any(),
        VaultView::Locked { .. } => view! {
            <Button label="Unlock…" kind=ButtonKind::Primary on_press=open(Form::Unlock) />
            <Button label="Passphrase lost…" kind=ButtonKind::Quiet why_not=may_start_over on_press=open(Form::StartOver) />
        }
        .into_any(),
        VaultView::Open { is_on_device, .. } => view! {
            <label class="check">
                <input
                    type="checkbox"
                    aria-describedby=note_of
                    prop:checked=is_on_device
                    prop:disabled=move || may_edit.with(Option::is_some)
                    on:change=keep
                />
                <span>
                    "Keep unlocked on this device"
                    <span class="field-hint">
                        {messages::KEEP_UNLOCKED_MEANING}
                    </span>
                </span>
            </label>
            <Button label="Lock now" on_press=move |()| members.order(app_state, MembersOrder::Lock) />
            <Button label="Change passphrase…" why_not=may_manage on_press=open(Form::Passphrase) />
        }
        .into_any(),
    }
    };
    let secrets = move || {
        members.view.with(|view| {
            (!view.secrets.is_empty()).then(|| {
                let rows = view.secrets.iter().map(|secret| {
                    view! {
                        <li>
                            <span class="members-secret-name">{secret.name.clone()}</span>
                            " for "
                            <code>{secret.origin.clone()}</code>
                            <span class="muted">{format!(" · {} · {}", secret.made_by, page.long_date(secret.made_at))}</span>
                        </li>
                    }
                });
                view! {
                    <h3>"Kept secrets"</h3>
                    <ul class="members-secrets">{rows.collect_view()}</ul>
                }
            })
        })
    };
    view! {
        <section class="members-card" aria-labelledby="vault-title">
            <h2 id="vault-title">{icon(Icon::Lock)}"Secrets"</h2>
            <p class="members-state">{move || vault_words(vault.get())}</p>
            <div class="members-acts">{acts}</div>
            {secrets}
        </section>
    }
    .into_any()
}

/// The table of roles and permissions.
#[component]
fn Permissions() -> AnyView {
    let head = Role::ALL.map(|role| view! { <th scope="col">{role.name()}</th> }).collect_view();
    let rows = PERMISSIONS
        .iter()
        .map(|(permission, grants): &(Permission, _)| {
            let cells = grants
                .iter()
                .map(|grant| view! { <td class:muted=*grant == Grant::No>{grant_word(*grant)}</td> })
                .collect_view();
            view! { <tr><th scope="row">{permission_name(*permission)}</th>{cells}</tr> }
        })
        .collect_view();
    view! {
        <details class="members-part">
            <summary><h2>"What each role may do"</h2></summary>
            <div class="members-scroll" tabindex="0" role="region" aria-label="Permissions of each role">
                <table class="members-permissions"><thead><tr><th scope="col">"May"</th>{head}</tr></thead><tbody>{rows}</tbody></table>
            </div>
            <p class="muted">
                {messages::ROLES_MEANING}
            </p>
        </details>
    }
    .into_any()
}
