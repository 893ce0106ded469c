//! Two working copies of one flow: told, shown, and settled by a person.
//!
//! In: what another tab wrote while this one had changes of its own. Out: which one stays.
//! Invariant: until it is settled nothing is written; the one that goes can be had back by undo.

use leptos::prelude::*;

use crate::ui::builder::use_builder;
use crate::ui::flows::show_changes;
use crate::ui::kit::{Button, ButtonKind, Dialog, Icon, icon};
use crate::ui::state::use_app_state;
use crate::view_model::flow_diff::flow_changes;
use crate::view_model::messages;

/// Shows while there is a clash.
#[component]
pub fn ClashBanner() -> AnyView {
    let app_state = use_app_state();
    let builder = use_builder();
    let is_looking = RwSignal::new(false);
    let theirs = Memo::new(move |_| {
        app_state.clashes.with(|clashes| clashes.get(&builder.flow_id()).map(|clash| clash.theirs.clone()))
    });
    let settle = move |is_mine_kept: bool| {
        is_looking.set(false);
        app_state.settle_clash(&builder.flow_id(), is_mine_kept);
    };
    let lines = move || {
        let (Some(theirs), Some(mine)) = (theirs.get(), builder.flow.get()) else { return ().into_any() };
        show_changes(flow_changes(&mine, &theirs))
    };
    let is_there = Memo::new(move |_| theirs.with(Option::is_some));
    let show = move || {
        is_there.get().then(|| {
            view! {
                <div class="banner tone-wait" role="alert">
                    {icon(Icon::Warning)}
                    <p>{messages::CLASH}</p>
                    <div class="banner-acts">
                        <Button label="Look at theirs…" on_press=move |()| is_looking.set(true) />
                        <Button label="Keep mine" on_press=move |()| settle(true) />
                        <Button label="Take theirs" kind=ButtonKind::Primary on_press=move |()| settle(false) />
                    </div>
                </div>
                <Dialog id="clash" title="What the other tab changed" is_open=is_looking on_close=move |()| is_looking.set(false)>
                    <p class="muted">{messages::CLASH_CHANGES}</p>
                    {lines}
                    <div class="dialog-acts">
                        <Button label="Keep mine" on_press=move |()| settle(true) />
                        <Button label="Take theirs" kind=ButtonKind::Primary on_press=move |()| settle(false) />
                    </div>
                </Dialog>
            }
            .into_any()
        })
    };
    view! { {show} }.into_any()
}
