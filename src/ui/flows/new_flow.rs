//! *New flow*: a blank one, a ready one, or one from a file.
//!
//! In: the gallery beside the page, a file of a person's. Out: a new flow, which is opened.
//! Invariant: whatever comes in is all draft; a file that cannot be read says why and changes nothing.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Event, HtmlInputElement};

use crate::domain::id::{FlowId, short_id};
use crate::runtime::flow_file::{GalleryFlow, as_new};
use crate::runtime::handle::{AppCommand, FlowsOrder};
use crate::ui::files::use_files;
use crate::ui::flows::{add_flow, open_new};
use crate::ui::kit::{Button, ButtonKind, Dialog, Icon, Skeleton, icon};
use crate::ui::klaviyo::read_flow_text;
use crate::ui::page::use_page;
use crate::ui::state::use_app_state;
use crate::view_model::messages::{self, sentence};

/// The ways to a new flow.
#[component]
pub fn NewFlowDialog(
    /// Whether it shows.
    is_open: RwSignal<bool>,
) -> AnyView {
    view! {
        <Dialog id="new-flow" title="New flow" is_wide=true is_open=is_open on_close=move |()| is_open.set(false)>
            <NewFlow is_open=is_open />
        </Dialog>
    }
    .into_any()
}

#[component]
fn NewFlow(
    /// Closed once there is a flow.
    is_open: RwSignal<bool>,
) -> AnyView {
    let app_state = use_app_state();
    let page = use_page();
    let files = use_files();
    let gallery = app_state.shelf.gallery;
    let fetch = move || {
        gallery.set(None);
        app_state.dispatch(AppCommand::Flows { order: FlowsOrder::FetchGallery });
    };
    if !matches!(gallery.get_untracked(), Some(Ok(_))) {
        fetch();
    }
    let start = move |ready: &GalleryFlow| {
        let flow = as_new(ready.flow.clone(), FlowId::new(short_id(page.draw_random())));
        if let Some(event_id) = &ready.event_id {
            app_state.chosen_event.set(Some(event_id.clone()));
        }
        is_open.set(false);
        open_new(app_state, page, flow);
    };
    let show_gallery = move || match gallery.get() {
        None => view! { <Skeleton n_rows=4 /> }.into_any(),
        Some(Err(reason)) => view! {
            <p class="note tone-wait">
                {icon(Icon::Warning)}
                <span>{messages::gallery_missing(&reason)}</span>
            </p>
            <Button label="Try again" on_press=move |()| fetch() />
        }
        .into_any(),
        Some(Ok(flows)) => {
            let cards = flows.into_iter().map(|ready| {
                let (title, summary, trigger) = (ready.title.clone(), ready.summary.clone(), ready.trigger.clone());
                view! {
                    <li>
                        <button type="button" class="gallery-card" on:click=move |_| start(&ready)>
                            <strong>{title}</strong>
                            <span>{summary}</span>
                            <span class="muted">{icon(Icon::Trigger)}{trigger}</span>
                        </button>
                    </li>
                }
            });
            view! { <ul class="gallery" aria-label="Ready flows">{cards.collect_view()}</ul> }.into_any()
        }
    };
    let problem = RwSignal::new(None::<String>);
    let on_file = move |event: Event| {
        let Some(input) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) else { return };
        let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
        let take = move |bytes: Result<Vec<u8>, String>| {
            let text = bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            match text.and_then(|text| read_flow_text(&text)) {
                Ok(flow) => {
                    is_open.set(false);
                    open_new(app_state, page, as_new(flow, FlowId::new(short_id(page.draw_random()))));
                }
                Err(reason) => drop(problem.try_set(Some(sentence(&reason)))),
            }
        };
        files.read(file, Box::new(take));
        // The same file can be chosen again once it was mended.
        input.set_value("");
    };
    let blank = move |()| {
        is_open.set(false);
        add_flow(app_state, page);
    };
    view! {
        <div class="new-flow">
            <div class="new-flow-acts">
                <Button label="Blank flow" kind=ButtonKind::Primary glyph=Icon::Plus on_press=blank />
                <label class="button new-flow-file">
                    <input type="file" accept=".json,application/json" class="visually-hidden" on:change=on_file />
                    <span>"From a file…"</span>
                </label>
            </div>
            <div role="alert">
                {move || problem.get().map(|problem| view! { <p class="note tone-fail">{icon(Icon::Warning)}<span>{problem}</span></p> })}
            </div>
            <h3>"Ready flows"</h3>
            <p class="field-hint">{messages::GALLERY_MEANING}</p>
            {show_gallery}
        </div>
    }
    .into_any()
}
