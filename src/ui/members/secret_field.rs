//! The value of a header that is secret, or becomes so.
//!
//! In: the header's value as it stands in the flow. Out: a reference to put there instead.
//! Invariant: what is typed here is never part of the flow, its undo steps or its versions.

use leptos::prelude::*;

use crate::domain::delivery::request::destination_of;
use crate::domain::secret::{HeaderValue, Hidden, MASK, SecretKind, secret_reference};
use crate::runtime::handle::MembersOrder;
use crate::ui::kit::tabs::focus_soon;
use crate::ui::kit::{Button, ButtonKind, Icon, icon};
use crate::ui::members::state::use_members;
use crate::ui::state::use_app_state;
use crate::view_model::messages;

/// Where a secret value stands.
#[derive(Clone)]
pub struct SecretPlace {
    /// Tells fields apart; the row's number.
    pub row_number: usize,
    /// The header's name.
    pub name: Signal<String>,
    /// The webhook's destination URL.
    pub url: Signal<String>,
    /// The header's value in the flow.
    pub value: Signal<String>,
    /// Whether a new value is being entered.
    pub is_entering: RwSignal<bool>,
    /// Runs with what is to stand in the flow.
    pub on_change: Callback<String>,
}

/// A masked value with a way to replace it, or a field to enter one.
#[component]
pub fn SecretField(
    /// Which.
    place: SecretPlace,
) -> AnyView {
    let SecretPlace { row_number, name, url, value, is_entering, on_change } = place;
    let app_state = use_app_state();
    let members = use_members();
    let typed = RwSignal::new(String::new());
    let ticket = RwSignal::new(0_u64);
    let problem = RwSignal::new(None::<String>);
    Effect::new(move |_| {
        let Some((answered, result)) = members.secret_answer.get() else { return };
        if answered != ticket.get_untracked() {
            return;
        }
        ticket.set(0);
        match result {
            Ok((secret_id, _)) => {
                typed.set(String::new());
                problem.set(None);
                is_entering.set(false);
                on_change.run(secret_reference(&secret_id));
            }
            Err(words) => problem.set(Some(words)),
        }
    });
    let keep = move |()| {
        let number = app_state.next_number();
        ticket.set(number);
        problem.set(None);
        let origin = url.with_untracked(|url| destination_of(url));
        let (name, value) = (name.get_untracked(), Hidden::new(typed.get_untracked()));
        members.order(
            app_state,
            MembersOrder::KeepSecret { ticket: number, kind: SecretKind::Header, origin, name, value },
        );
    };
    // A value that was typed in the open is offered, and said to have been.
    let start = move || {
        let open = value.get_untracked();
        if HeaderValue::read(&open) == HeaderValue::Plain {
            typed.set(open);
        }
    };
    let was_open = Memo::new(move |_| {
        let value = value.get();
        !value.trim().is_empty() && HeaderValue::read(&value) == HeaderValue::Plain
    });
    Effect::new(move |was: Option<bool>| {
        let is = is_entering.get();
        if is && was != Some(true) {
            start();
            focus_soon(secret_input_id(row_number));
        }
        is
    });
    let trouble = Memo::new(move |_| {
        let HeaderValue::Secret(secret_id) = value.with(|value| HeaderValue::read(value)) else { return None };
        let origin = url.with(|url| destination_of(url));
        members.view.with(|view| match view.secrets.iter().find(|secret| secret.id == secret_id) {
            None => Some(messages::SECRET_MISSING.to_owned()),
            Some(secret) if secret.origin != origin => Some(messages::secret_of_other_origin(&secret.origin)),
            Some(_) => None,
        })
    });
    let shown = move || {
        if is_entering.get() {
            view! {
                <div class="secret-entry">
                    <input
                        class="input input--code"
                        id=secret_input_id(row_number)
                        type="password"
                        autocomplete="off"
                        spellcheck="false"
                        placeholder="Secret value"
                        aria-label=format!("Secret value of header {row_number}")
                        prop:value=move || typed.get()
                        on:input=move |event| typed.set(event_target_value(&event))
                        on:keydown=move |event| {
                            if event.key() == "Enter" {
                                event.prevent_default();
                                keep(());
                            }
                        }
                    />
                    <Button label="Keep secret" kind=ButtonKind::Primary on_press=keep />
                    <Button label="Cancel" on_press=move |()| { typed.set(String::new()); is_entering.set(false); } />
                    {move || was_open.get().then(|| view! {
                        <p class="field-hint">{messages::SECRET_WAS_OPEN}</p>
                    })}
                    <div role="alert">
                        {move || problem.get().map(|problem| view! { <p class="field-problem">{icon(Icon::Warning)}<span>{problem}</span></p> })}
                    </div>
                </div>
            }
            .into_any()
        } else {
            view! {
                <div class="secret-kept">
                    <span class="secret-mask" aria-label="Secret, kept encrypted">{MASK}</span>
                    {move || trouble.get().map(|words| view! { <p class="field-problem">{icon(Icon::Warning)}<span>{words}</span></p> })}
                </div>
            }
            .into_any()
        }
    };
    view! { {shown} }.into_any()
}

/// The id of the field for a row's secret.
fn secret_input_id(row_number: usize) -> String {
    format!("secret-value-{row_number}")
}
