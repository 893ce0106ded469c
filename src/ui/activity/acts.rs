//! Acts on many deliveries: those selected, or all that the filter finds.
//!
//! In: a selection, a filter. Out: resend, send, dismiss, export.
//! Invariant: what cannot be undone says how many it is for, and asks first.

use leptos::prelude::*;

use crate::domain::import::Layout;
use crate::domain::member::Permission;
use crate::runtime::handle::{AppCommand, BulkAct, BulkScope};
use crate::ui::files::use_files;
use crate::ui::kit::{Button, ButtonKind, Dialog, Icon};
use crate::ui::members::use_why_not;
use crate::ui::state::{AppState, use_app_state};
use crate::ui::words::activity_filter;
use crate::view_model::delivery::Tone;
use crate::view_model::messages;
use crate::view_model::route::ActivityQuery;

/// What is done to many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Bulk(BulkAct),
    Export,
}

/// How many the acts are for, and the acts.
#[component]
pub fn ActBar(
    /// The filter that the address names.
    query: Memo<ActivityQuery>,
    /// How many deliveries it finds, where that is known.
    expected: Memo<Option<usize>>,
) -> AnyView {
    let app_state = use_app_state();
    let log = app_state.log;
    let asked = RwSignal::new(None::<Act>);
    let n_selected = Memo::new(move |_| log.selected.with(std::collections::BTreeSet::len));
    let n_loaded = Memo::new(move |_| log.window.with(|window| (window.rows().len(), window.is_whole())));
    let n_found = Memo::new(move |_| expected.get().or_else(|| n_loaded.get().1.then(|| n_loaded.get().0)));
    let is_empty = Memo::new(move |_| n_loaded.get().0 == 0);
    let who = move || match n_selected.get() {
        0 => messages::all_found(n_found.get()),
        n => messages::selected(n),
    };
    let n_meant = Memo::new(move |_| match n_selected.get() {
        0 => n_found.get(),
        n => Some(n),
    });
    let scope = move || {
        let ids = log.selected.get_untracked();
        if ids.is_empty() {
            BulkScope::Found { filter: activity_filter(&query.get_untracked()) }
        } else {
            BulkScope::Some { delivery_ids: ids.into_iter().collect() }
        }
    };
    let may_send = use_why_not(Permission::Send);
    let may_export = use_why_not(Permission::ExportRecipients);
    let ask = move |act: Act| move |()| asked.set(Some(act));
    let run = move |act: BulkAct| {
        app_state.dispatch(AppCommand::ActOnMany { act, scope: scope() });
        app_state.notify(Tone::Neutral, messages::bulk_started(bulk_verb(act), n_meant.get_untracked()));
        log.selected.set(std::collections::BTreeSet::new());
        asked.set(None);
    };
    let files = use_files();
    let export = move |layout: Layout| {
        log.export(app_state, files.save_pieces(), scope(), layout);
        asked.set(None);
    };
    let title = Signal::derive(move || match asked.get() {
        Some(Act::Bulk(act)) => messages::bulk_title(bulk_verb(act), n_meant.get()),
        Some(Act::Export) | None => "Export".to_owned(),
    });
    view! {
        <div class="act-bar" hidden=move || is_empty.get()>
            <span class="act-bar-who" role="status">{who}</span>
            <Button label="Resend…" glyph=Icon::Retry why_not=may_send on_press=ask(Act::Bulk(BulkAct::Resend)) />
            <Button label="Send…" glyph=Icon::Send why_not=may_send on_press=ask(Act::Bulk(BulkAct::Approve)) />
            <Button label="Dismiss…" glyph=Icon::Close why_not=may_send on_press=ask(Act::Bulk(BulkAct::Dismiss)) />
            <Button label="Export…" glyph=Icon::Export why_not=may_export on_press=ask(Act::Export) />
            <Show when=move || { n_selected.get() > 0 }>
                <Button
                    label="Select none"
                    kind=ButtonKind::Quiet
                    on_press=move |()| log.selected.set(std::collections::BTreeSet::new())
                />
            </Show>
            <Written app_state=app_state />
        </div>
        <Dialog id="bulk" title=title is_open=Signal::derive(move || asked.with(Option::is_some)) on_close=move |()| asked.set(None)>
            {move || match asked.get() {
                Some(Act::Bulk(act)) => view! {
                    <p>{bulk_meaning(act)}</p>
                    <div class="dialog-acts">
                        <Button label="Cancel" on_press=move |()| asked.set(None) />
                        <Button label=bulk_verb(act).to_owned() kind=ButtonKind::Primary on_press=move |()| run(act) />
                    </div>
                }
                .into_any(),
                Some(Act::Export) => view! {
                    <p>{messages::EXPORT_MEANING}</p>
                    <div class="dialog-acts">
                        <Button label="Cancel" on_press=move |()| asked.set(None) />
                        <Button label="JSON Lines" on_press=move |()| export(Layout::JsonLines) />
                        <Button label="CSV" kind=ButtonKind::Primary on_press=move |()| export(Layout::Csv) />
                    </div>
                }
                .into_any(),
                None => ().into_any(),
            }}
        </Dialog>
    }
    .into_any()
}

const fn bulk_verb(act: BulkAct) -> &'static str {
    match act {
        BulkAct::Resend => "Resend",
        BulkAct::Dismiss => "Dismiss",
        BulkAct::Approve => "Send",
    }
}

const fn bulk_meaning(act: BulkAct) -> &'static str {
    match act {
        BulkAct::Resend => messages::BULK_RESEND_MEANING,
        BulkAct::Dismiss => messages::BULK_DISMISS_MEANING,
        BulkAct::Approve => messages::BULK_APPROVE_MEANING,
    }
}

/// How much of an export is written.
#[component]
fn Written(
    /// What the screens share.
    app_state: AppState,
) -> AnyView {
    let log = app_state.log;
    let words = move || {
        log.n_written.get().map(|n| {
            view! {
                <span>{messages::writing(n)}</span>
                <Button label="Stop export" kind=ButtonKind::Quiet on_press=move |()| log.stop_export(app_state) />
            }
        })
    };
    view! { <span class="act-bar-words" role="status">{words}</span> }.into_any()
}
