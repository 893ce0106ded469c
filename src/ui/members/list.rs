//! Who works here, and who did what.
//!
//! In: members, lines of the audit list. Out: changes of members.
//! Invariant: what cannot be undone asks first.

use leptos::prelude::*;

use crate::domain::id::MemberId;
use crate::domain::member::{Permission, Role, RosterChange};
use crate::runtime::handle::{MemberView, MembersOrder, VaultView};
use crate::ui::kit::{Button, ButtonKind, Chip, Dialog, Icon};
use crate::ui::members::gate::use_why_not;
use crate::ui::members::state::{Form, use_members};
use crate::ui::page::use_page;
use crate::ui::state::use_app_state;
use crate::view_model::delivery::Tone;
use crate::view_model::members::{audit_words, role_purpose};
use crate::view_model::messages;

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
            let has_vault = has_vault.get();
            view.members
                .iter()
                .map(|member| {
                    let is_self = acting.as_ref().is_some_and(|acting| acting.id == member.id);
                    show_member(member, Rights { may_manage, has_vault, is_self }, asked)
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
                    view! { <p class="muted">{messages::TWO_STEP_FOR_OTHERS}</p> }.into_any()
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
                            let kind = match change {
                                RosterChange::Remove { .. } => ButtonKind::Danger,
                                _ => ButtonKind::Primary,
                            };
                            let change = move |()| {
                                members.order(app_state, MembersOrder::Change { change: change.clone() });
                                asked.set(None);
                            };
                            view! {
                                <p>{words}</p>
                                <div class="dialog-acts">
                                    <Button label="Cancel" on_press=move |()| asked.set(None) />
                                    <Button label=act kind=kind on_press=change />
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
    has_vault: bool,
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
        let words = messages::REMOVE_MEANING;
        view! {
            <Button label=["Remove ", &name, "…"].concat() kind=ButtonKind::Quiet on_press=ask(["Remove ", &name, "?"].concat(), words, "Remove", change) />
        }
    });
    let may_own = use_why_not(Permission::Own);
    let may_hand_on = rights.may_manage && rights.has_vault && has_two_step;
    let reset = may_hand_on.then(|| {
        let change = RosterChange::ResetTwoStep { member_id: id.clone() };
        let words = messages::RESET_TWO_STEP_MEANING;
        view! {
            <Button
                label="Reset two-step…"
                kind=ButtonKind::Quiet
                why_not=may_own
                on_press=ask(["Reset two-step authentication of ", &name, "?"].concat(), words, "Reset", change)
            />
        }
    });
    let hand_over = (may_hand_on && !rights.is_self && role != Role::Owner).then(|| {
        let change = RosterChange::HandOver { member_id: id.clone() };
        let words = messages::HAND_OVER_MEANING;
        view! {
            <Button
                label="Make Owner…"
                kind=ButtonKind::Quiet
                why_not=may_own
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
            <td data-label="Two-step">
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
                view! { <p class="muted">{messages::AUDIT_EMPTY}</p> }.into_any()
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
