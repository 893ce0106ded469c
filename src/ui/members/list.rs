//! Who works here, and who did what.
//!
//! In: members, lines of the audit list. Out: changes of members.
//! Invariant: what cannot be undone asks first.

use leptos::prelude::*;

use crate::domain::id::MemberId;
use crate::domain::member::{Permission, Role, RosterChange};
use crate::runtime::handle::{MemberView, MembersOrder, VaultView};
use crate::ui::kit::{Button, ButtonKind, Chip, Dialog, Icon};
use crate::ui::members::state::{Form, use_members};
use crate::ui::page::use_page;
use crate::ui::state::use_app_state;
use crate::view_model::delivery::Tone;
use crate::view_model::members::{audit_words, role_purpose};

/// What waits for a second word.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Asked {
    title: String,
    words: &'static str,
    act: &'static str,
    change: RosterChange,
}

/// The members.
#[component]
pub fn MemberList() -> AnyView {
    let app_state = use_app_state();
    let members = use_members();
    let asked = RwSignal::new(None::<Asked>);
    let refusal = Memo::new(move |_| members.refusal(Permission::ManageMembers));
    let has_vault = Memo::new(move |_| members.view.with(|view| view.vault != VaultView::None));
    let rows = move || {
        let may_manage = refusal.with(Option::is_none);
        members.view.with(|view| {
            let acting = view.acting().cloned();
            let is_owner = acting.as_ref().is_some_and(|member| member.role == Role::Owner) && has_vault.get();
            view.members
                .iter()
                .map(|member| {
                    let is_self = acting.as_ref().is_some_and(|acting| acting.id == member.id);
                    show_member(member, Rights { may_manage, is_owner, is_self }, asked)
                })
                .collect_view()
        })
    };
    let invite = move |()| members.open(app_state, Form::Invite);
    view! {
        <section class="members-part" aria-labelledby="members-title">
            <div class="members-head">
                <h2 id="members-title">"Who works here"</h2>
                <Button
                    label="Add member…"
                    glyph=Icon::Plus
                    is_disabled=Signal::derive(move || refusal.with(Option::is_some) || !has_vault.get())
                    on_press=invite
                />
            </div>
            {move || match refusal.get() {
                Some(words) => view! { <p class="muted">{words}</p> }.into_any(),
                None if !has_vault.get() => {
                    view! { <p class="muted">"Other members can be added once two-step authentication is set up."</p> }.into_any()
                }
                None => ().into_any(),
            }}
            <div class="members-scroll" tabindex="0" role="region" aria-labelledby="members-title">
                <table class="members-table">
                    <thead>
                        <tr>
                            <th scope="col">"Name"</th>
                            <th scope="col">"Role"</th>
                            <th scope="col">"Two-step"</th>
                            <th scope="col"><span class="visually-hidden">"Acts"</span></th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <Dialog
                id="members-asked"
                title=Signal::derive(move || asked.with(|asked| asked.as_ref().map(|asked| asked.title.clone()).unwrap_or_default()))
                is_open=Signal::derive(move || asked.with(Option::is_some))
                on_close=move |()| asked.set(None)
            >
                {move || {
                    asked
                        .get()
                        .map(|Asked { words, act, change, .. }| {
                            let change = move |()| {
                                members.order(app_state, MembersOrder::Change { change: change.clone() });
                                asked.set(None);
                            };
                            view! {
                                <p>{words}</p>
                                <div class="dialog-acts">
                                    <Button label="Cancel" on_press=move |()| asked.set(None) />
                                    <Button label=act kind=ButtonKind::Primary on_press=change />
                                </div>
                            }
                        })
                }}
            </Dialog>
        </section>
    }
    .into_any()
}

/// What who acts may do with a row.
#[derive(Clone, Copy)]
struct Rights {
    may_manage: bool,
    is_owner: bool,
    is_self: bool,
}

fn show_member(member: &MemberView, rights: Rights, asked: RwSignal<Option<Asked>>) -> AnyView {
    let app_state = use_app_state();
    let members = use_members();
    let MemberView { id, name, email, role, has_two_step, .. } = member.clone();
    let ask = move |title: String, words: &'static str, act: &'static str, change: RosterChange| {
        Callback::new(move |()| {
            asked.set(Some(Asked { title: title.clone(), words, act, change: change.clone() }));
        })
    };
    let set_role = {
        let member_id = id.clone();
        move |event| {
            if let Some(role) = Role::named(&event_target_value(&event)) {
                let change = RosterChange::SetRole { member_id: MemberId::new(member_id.as_str()), role };
                members.order(app_state, MembersOrder::Change { change });
            }
        }
    };
    let role_cell = if rights.may_manage && role != Role::Owner {
        let options = Role::ALL
            .into_iter()
            .filter(|offered| *offered != Role::Owner)
            .map(|offered| view! { <option value=offered.name() selected=offered == role>{offered.name()}</option> })
            .collect_view();
        view! { <select class="input select" aria-label=["Role of ", &name].concat() on:change=set_role>{options}</select> }.into_any()
    } else {
        view! { <span>{role.name()}</span> }.into_any()
    };
    let remove = (rights.may_manage && role != Role::Owner && !rights.is_self).then(|| {
        let change = RosterChange::Remove { member_id: id.clone() };
        let words = "They cannot sign in any more. They knew the passphrase: change it afterwards. Their lines in the audit list stay.";
        view! {
            <Button label=["Remove ", &name, "…"].concat() kind=ButtonKind::Quiet on_press=ask(["Remove ", &name, "?"].concat(), words, "Remove", change) />
        }
    });
    let reset = (rights.is_owner && has_two_step).then(|| {
        let change = RosterChange::ResetTwoStep { member_id: id.clone() };
        let words = "The authenticator and the recovery codes stop working. At the next sign-in a new authenticator can be set up.";
        view! {
            <Button
                label="Reset two-step…"
                kind=ButtonKind::Quiet
                on_press=ask(["Reset two-step authentication of ", &name, "?"].concat(), words, "Reset", change)
            />
        }
    });
    let hand_over = (rights.is_owner && !rights.is_self && has_two_step).then(|| {
        let change = RosterChange::HandOver { member_id: id.clone() };
        let words = "They become the Owner, and you become an Admin. Only they can hand it back.";
        view! {
            <Button
                label="Make Owner…"
                kind=ButtonKind::Quiet
                on_press=ask(["Hand the workspace over to ", &name, "?"].concat(), words, "Hand over", change)
            />
        }
    });
    view! {
        <tr>
            <td>
                <span class="members-name">{name.clone()}</span>
                {rights.is_self.then_some(" (you)")}
                <span class="members-email">{email}</span>
            </td>
            <td>{role_cell}<span class="members-purpose">{role_purpose(role)}</span></td>
            <td>
                {if has_two_step {
                    view! { <Chip tone=Tone::Ok glyph=Icon::Check label="On" /> }.into_any()
                } else {
                    view! { <Chip tone=Tone::Wait glyph=Icon::Warning label="Not set up" /> }.into_any()
                }}
            </td>
            <td><div class="members-row-acts">{hand_over}{reset}{remove}</div></td>
        </tr>
    }
    .into_any()
}

/// Who did what, the newest first.
#[component]
pub fn AuditList() -> AnyView {
    let members = use_members();
    let page = use_page();
    let rows = move || {
        members.audit.with(|audit| match audit {
            None => view! { <p class="muted">"Reading…"</p> }.into_any(),
            Some(entries) if entries.is_empty() => {
                view! { <p class="muted">"Nothing yet. Sign-ins, saves and changes of members are written down here."</p> }.into_any()
            }
            Some(entries) => {
                let rows = entries.iter().map(|entry| {
                    view! { <li><span>{audit_words(entry)}</span><span class="muted">{page.long_date(entry.at)}</span></li> }
                });
                view! { <ol class="members-audit" tabindex="0" role="list" aria-label="Audit list">{rows.collect_view()}</ol> }.into_any()
            }
        })
    };
    view! {
        <section class="members-part" aria-labelledby="audit-title">
            <h2 id="audit-title">"Who did what"</h2>
            {rows}
        </section>
    }
    .into_any()
}
