//! What the app says by itself: banners for what lasts, notices for what happened once.
//!
//! In: troubles and notices. Out: words in live regions.
//! Invariant: a failure, and what offers to undo, stays until it is closed; other notices go by themselves.

use std::time::Duration;

use leptos::prelude::*;

use crate::runtime::handle::{SenderState, StoreTrouble};
use crate::ui::kit::{Button, Icon, IconButton, icon, tone_class};
use crate::ui::state::{Notice, use_app_state};
use crate::ui::words::trouble_words;
use crate::view_model::delivery::Tone;
use crate::view_model::messages;

/// How long a notice that is no failure stays.
const NOTICE_SECS: u64 = 6;

/// What lasts: trouble with storage, records set aside, offline.
#[component]
pub fn Banners() -> AnyView {
    let app_state = use_app_state();
    let is_told = RwSignal::new(false);
    view! {
        <div role="status">
            {move || {
                app_state
                    .storage_trouble
                    .get()
                    .map(|trouble| {
                        view! {
                            <div class="banner tone-wait">
                                {icon(Icon::Database)}
                                <p>{trouble_words(&trouble)}</p>
                                // That nothing is kept is true until the window is gone.
                                {(!matches!(trouble, StoreTrouble::MemoryOnly { .. }))
                                    .then(|| {
                                        let close = move |()| app_state.storage_trouble.set(None);
                                        view! { <IconButton label="Close" glyph=Icon::Close on_press=close /> }
                                    })}
                            </div>
                        }
                    })
            }}
            {move || {
                let n_set_aside = app_state.n_set_aside.get();
                (n_set_aside > 0 && !is_told.get())
                    .then(|| {
                        view! {
                            <div class="banner tone-wait">
                                {icon(Icon::Warning)}
                                <p>{messages::set_aside(n_set_aside)}</p>
                                <IconButton label="Close" glyph=Icon::Close on_press=move |()| is_told.set(true) />
                            </div>
                        }
                    })
            }}
            {move || {
                (app_state.sender.get() == SenderState::Offline)
                    .then(|| {
                        view! {
                            <div class="banner tone-wait">
                                {icon(Icon::Offline)}
                                <p>{messages::OFFLINE_MEANING}</p>
                            </div>
                        }
                    })
            }}
        </div>
    }
    .into_any()
}

/// What happened once.
#[component]
pub fn Notices() -> AnyView {
    let app_state = use_app_state();
    let close = move |number: u32| app_state.notices.update(|notices| notices.retain(|notice| notice.number != number));
    view! {
        <div class="notices" role="status" aria-live="polite">
            <For each=move || app_state.notices.get() key=|notice| notice.number let:notice>
                {show_notice(notice, close)}
            </For>
        </div>
    }
    .into_any()
}

fn show_notice(notice: Notice, close: impl Fn(u32) + Copy + Send + Sync + 'static) -> AnyView {
    let app_state = use_app_state();
    let Notice { number, tone, text, restores } = notice;
    if tone != Tone::Fail && restores.is_none() {
        set_timeout(move || close(number), Duration::from_secs(NOTICE_SECS));
    }
    let glyph = match tone {
        Tone::Ok => Icon::Delivered,
        Tone::Fail | Tone::Wait => Icon::Warning,
        Tone::Neutral | Tone::Accent | Tone::Maybe => Icon::Info,
    };
    view! {
        <div class=format!("notice {}", tone_class(tone))>
            {icon(glyph)}
            <p>{text}</p>
            {restores
                .map(|flow_id| {
                    let undo = move |()| {
                        app_state.restore_flow(&flow_id);
                        close(number);
                    };
                    view! { <Button label="Undo" on_press=undo /> }
                })}
            <IconButton label="Close" glyph=Icon::Close on_press=move |()| close(number) />
        </div>
    }
    .into_any()
}
