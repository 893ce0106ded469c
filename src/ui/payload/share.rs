//! A link that carries the template, the event and the person in itself.
//!
//! In: what to share. Out: an address to copy.
//! Invariant: says what the link holds before it is copied; headers, addresses and secrets are never in it.

use leptos::prelude::*;

use crate::ui::kit::{Button, ButtonKind, Dialog, Icon, icon};
use crate::ui::payload::clipboard::copy_text;
use crate::ui::state::use_app_state;
use crate::view_model::messages;
use crate::view_model::preview::byte_size;
use crate::view_model::route::Route;
use crate::view_model::share::{Shared, pack};

/// Longer links are cut by some mail and chat programs.
const LONG_LINK: usize = 8_000;
/// No browser opens longer ones for sure.
const MAX_LINK: usize = 1_500_000;

/// *Share…*
#[component]
pub fn ShareButton(
    /// What is shared, as it is when the button is pressed.
    shared: Callback<(), Shared>,
) -> AnyView {
    let app_state = use_app_state();
    let link = RwSignal::new(None::<String>);
    let open = move |()| {
        let letters = pack(&shared.run(()));
        let address = window().location().href().unwrap_or_default();
        let before = address.split('#').next().unwrap_or_default();
        link.set(Some(format!("{before}{}", Route::Sandbox { link: Some(letters) }.hash())));
    };
    let body = move || {
        let link = link.get().unwrap_or_default();
        let size = byte_size(link.len());
        let note = match link.len() {
            0..LONG_LINK => messages::link_length(&size),
            LONG_LINK..MAX_LINK => messages::link_long(&size),
            _ => messages::link_too_long(&size),
        };
        let is_too_long = link.len() >= MAX_LINK;
        let copied = link.clone();
        view! {
            <p>
                {messages::SHARE_MEANING}
            </p>
            <div class="field">
                <label class="field-label" for="share-link">"Link"</label>
                <input class="input input--code" id="share-link" readonly value=link />
                <p class="field-hint">{note}</p>
            </div>
            <div class="dialog-acts">
                <Button
                    label="Copy link"
                    kind=ButtonKind::Primary
                    glyph=Icon::Copy
                    is_disabled=Signal::stored(is_too_long)
                    on_press=move |()| copy_text(app_state, &copied, "Link")
                />
            </div>
        }
        .into_any()
    };
    view! {
        <button type="button" class="button" on:click=move |_| open(())>{icon(Icon::ArrowRight)}<span>"Share…"</span></button>
        <Dialog
            id="share"
            title="Share this payload"
            is_open=Signal::derive(move || link.with(Option::is_some))
            on_close=move |()| link.set(None)
        >
            {body()}
        </Dialog>
    }
    .into_any()
}
