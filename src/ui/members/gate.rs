//! What a role may not do, on every screen: the reason, and controls that cannot be used.
//!
//! In: a permission, who acts. Out: why not, for a button; a frame around a whole form.
//! Invariant: the runtime decides again, and alone; this only saves a person the try.

use leptos::prelude::*;

use crate::domain::member::{PERMISSIONS, Permission, Refusal};
use crate::runtime::handle::{MembersView, SessionView};
use crate::ui::kit::{Button, ButtonKind, Icon, WhyNot, icon};
use crate::ui::members::state::{Form, use_members};
use crate::ui::state::use_app_state;
use crate::view_model::members::refusal_words;

/// The id of the element that says why this is refused.
const fn note_id(permission: Permission) -> &'static str {
    match permission {
        Permission::EditFlows => "refused-edit-flows",
        Permission::EditWords => "refused-edit-words",
        Permission::Preview => "refused-preview",
        Permission::SeeActivity => "refused-see-activity",
        Permission::ExportRecipients => "refused-export-recipients",
        Permission::Send => "refused-send",
        Permission::EditSamples => "refused-edit-samples",
        Permission::ChangeSettings => "refused-change-settings",
        Permission::ForgetPerson => "refused-forget-person",
        Permission::ManageMembers => "refused-manage-members",
        Permission::Own => "refused-own",
    }
}

/// Why who acts may not do this; `None` if they may.
pub fn use_why_not(permission: Permission) -> Signal<Option<WhyNot>> {
    why_not_by(permission, MembersView::refusal)
}

/// Why who acts may not see this; `None` if they may.
pub fn use_why_not_look(permission: Permission) -> Signal<Option<WhyNot>> {
    why_not_by(permission, MembersView::refusal_to_look)
}

/// The same for the one act that is open while the list of members is not trusted: to look at it and take it.
pub fn use_why_not_accept() -> Signal<Option<WhyNot>> {
    why_not_by(Permission::Own, MembersView::refusal_by_role)
}

fn why_not_by(
    permission: Permission,
    decide: fn(&MembersView, Permission) -> Option<Refusal>,
) -> Signal<Option<WhyNot>> {
    let members = use_members();
    let refusal = Memo::new(move |_| members.view.with(|view| decide(view, permission)));
    Signal::derive(move || {
        refusal.get().map(|refusal| WhyNot { words: refusal_words(refusal), note_id: note_id(permission) })
    })
}

/// The reasons themselves, once a page: controls point at them.
#[component]
pub fn Refusals() -> AnyView {
    let members = use_members();
    let refused = Memo::new(move |_| {
        let all = PERMISSIONS.iter().map(|(permission, _)| *permission);
        all.filter_map(|permission| Some((note_id(permission), members.refusal(permission)?))).collect::<Vec<_>>()
    });
    let notes = move || refused.get().into_iter().map(|(id, words)| view! { <p id=id>{words}</p> }).collect_view();
    view! { <div hidden>{notes}</div> }.into_any()
}

/// A part of a screen that can be used by who may do this. Others see it, and why not.
#[component]
pub fn Gate(
    /// What using it takes.
    needs: Permission,
    /// The part.
    children: Children,
) -> AnyView {
    let why_not = use_why_not(needs);
    view! {
        <RefusalNote why_not=why_not />
        <fieldset
            class="gate"
            aria-describedby=move || why_not.with(|why_not| why_not.as_ref().map(|why_not| why_not.note_id))
            prop:disabled=move || why_not.with(Option::is_some)
        >
            {children()}
        </fieldset>
    }
    .into_any()
}

/// The reason, where it can be seen, with a way to sign in for who is not.
#[component]
pub fn RefusalNote(
    /// Why not.
    why_not: Signal<Option<WhyNot>>,
) -> AnyView {
    let app_state = use_app_state();
    let members = use_members();
    let is_signed_out = Memo::new(move |_| members.view.with(|view| view.session == SessionView::Nobody));
    let sign_in = move |()| members.open(app_state, Form::SignIn);
    (move || {
        why_not.get().map(|WhyNot { words, .. }| {
            view! {
                <div class="note tone-wait gate-note">
                    {icon(Icon::Warning)}
                    <span>{words}</span>
                    {is_signed_out.get().then(|| view! { <Button label="Sign in…" kind=ButtonKind::Quiet on_press=sign_in /> })}
                </div>
            }
        })
    })
    .into_any()
}
