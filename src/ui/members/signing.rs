//! Signing a webhook's requests, by Standard Webhooks.
//!
//! In: the webhook's headers. Out: headers with or without a signature.
//! Invariant: a key is shown once, when it is made; off by default, since Klaviyo signs nothing.

use leptos::prelude::*;

use crate::domain::delivery::request::destination_of;
use crate::domain::flow::model::HeaderRow;
use crate::domain::id::SecretId;
use crate::domain::secret::{HeaderValue, Hidden, SIGNATURE_HEADER, signature_reference};
use crate::runtime::handle::MembersOrder;
use crate::ui::kit::{Button, ButtonKind, Icon, icon};
use crate::ui::members::state::use_members;
use crate::ui::payload::clipboard::copy_text;
use crate::ui::state::use_app_state;
use crate::view_model::messages;

const JAVASCRIPT: &str = r#"import { Webhook } from "standardwebhooks";

// body: the raw text of the request, before any parsing.
const payload = new Webhook(process.env.WEBHOOK_KEY).verify(body, request.headers);"#;

const PYTHON: &str = r#"from standardwebhooks import Webhook

# body: the raw bytes of the request, before any parsing.
payload = Webhook(os.environ["WEBHOOK_KEY"]).verify(body, request.headers)"#;

/// What signing is about.
#[derive(Debug, Clone, Copy)]
pub struct SigningPlace {
    /// The webhook's headers.
    pub headers: Signal<Vec<HeaderRow>>,
    /// The webhook's destination URL.
    pub url: Signal<String>,
    /// Runs with the headers as they are to be.
    pub on_edit: Callback<Vec<HeaderRow>>,
}

/// Off, or on with one key, or with two while the receiver changes over.
#[component]
pub fn Signing(
    /// What it is about.
    place: SigningPlace,
    /// Whether a key is made at once.
    is_made_now: bool,
) -> AnyView {
    let SigningPlace { headers, url, on_edit } = place;
    let app_state = use_app_state();
    let members = use_members();
    let ticket = RwSignal::new(0_u64);
    let made = RwSignal::new(None::<Hidden>);
    let problem = RwSignal::new(None::<String>);
    let key_ids = Memo::new(move |_| headers.with(|headers| key_ids_of(headers)));
    let set_keys = move |key_ids: &[SecretId]| {
        let mut edited: Vec<HeaderRow> = headers.get_untracked();
        edited.retain(|row| !matches!(HeaderValue::read(&row.value), HeaderValue::Signature(_)));
        if !key_ids.is_empty() {
            edited.push(HeaderRow { name: SIGNATURE_HEADER.to_owned(), value: signature_reference(key_ids) });
        }
        on_edit.run(edited);
    };
    Effect::new(move |_| {
        let Some((answered, result)) = members.secret_answer.get() else { return };
        if answered != ticket.get_untracked() {
            return;
        }
        ticket.set(0);
        match result {
            Ok((secret_id, key)) => {
                let mut ids = vec![secret_id];
                // The receiver may still have the key before.
                ids.extend(key_ids.get_untracked().into_iter().take(1));
                made.set(key);
                problem.set(None);
                set_keys(&ids);
            }
            Err(words) => problem.set(Some(words)),
        }
    });
    let make = move |()| {
        let number = app_state.next_number();
        ticket.set(number);
        let origin = url.with_untracked(|url| destination_of(url));
        let name = SIGNATURE_HEADER.to_owned();
        members.order(app_state, MembersOrder::MakeSigningKey { ticket: number, origin, name });
    };
    if is_made_now {
        make(());
    }
    let acts = move || {
        let n_keys = key_ids.with(Vec::len);
        if n_keys == 0 {
            return view! { <Button label="Sign requests" kind=ButtonKind::Quiet glyph=Icon::Plus on_press=make /> }
                .into_any();
        }
        let words = if n_keys == 1 { "Each request is signed." } else { messages::SIGNED_WITH_TWO };
        view! {
            <p class="muted">{words}</p>
            <div class="signing-acts">
                {(n_keys > 1)
                    .then(|| {
                        view! { <Button label="Drop the old key" on_press=move |()| set_keys(key_ids.get_untracked().get(..1).unwrap_or_default()) /> }
                    })}
                <Button label="New key" on_press=make />
                <Button
                    label="Stop signing"
                    on_press=move |()| {
                        made.set(None);
                        set_keys(&[]);
                    }
                />
            </div>
            <details class="signing-help">
                <summary>"How the receiver checks it"</summary>
                <p>
                    {messages::SIGNING_MEANING}
                </p>
                <pre class="code-block" tabindex="0" aria-label="Verification in JavaScript"><code>{JAVASCRIPT}</code></pre>
                <pre class="code-block" tabindex="0" aria-label="Verification in Python"><code>{PYTHON}</code></pre>
            </details>
        }
        .into_any()
    };
    let shown = move || {
        made.get().map(|key| {
            let key = key.reveal().to_owned();
            let copied = key.clone();
            view! {
                <div class="signing-key" role="status">
                    <p>{messages::SIGNING_KEY_ONCE}</p>
                    <code class="signing-key-text">{key}</code>
                    <div class="signing-acts">
                        <Button label="Copy key" glyph=Icon::Copy on_press=move |()| copy_text(app_state, &copied, "Key") />
                        <Button label="Done" on_press=move |()| made.set(None) />
                    </div>
                </div>
            }
        })
    };
    view! {
        {acts}
        {shown}
        <div role="alert">
            {move || problem.get().map(|problem| view! { <p class="field-problem">{icon(Icon::Warning)}<span>{problem}</span></p> })}
        </div>
    }
    .into_any()
}

fn key_ids_of(headers: &[HeaderRow]) -> Vec<SecretId> {
    headers
        .iter()
        .find_map(|row| match HeaderValue::read(&row.value) {
            HeaderValue::Signature(key_ids) => Some(key_ids),
            HeaderValue::Plain | HeaderValue::Secret(_) => None,
        })
        .unwrap_or_default()
}
