//! *From cURL…*: a webhook's address, headers and payload from a command that somebody has at hand.
//!
//! In: a pasted command. Out: one edit of the action.
//! Invariant: nothing changes before the person has seen what would, and what could not be taken.

use leptos::prelude::*;

use crate::domain::flow::model::{HeaderRow, WebhookAction};
use crate::domain::id::NodeId;
use crate::domain::import::curl::{CurlProblem, CurlRequest, read_curl};
use crate::ui::builder::use_builder;
use crate::ui::kit::{Button, ButtonKind, CodeArea, Dialog, Icon, icon};
use crate::ui::state::use_app_state;
use crate::view_model::copy_as::is_credential;
use crate::view_model::json_text::pretty_text;
use crate::view_model::messages;

/// The dialog.
#[component]
pub fn CurlDialog(
    /// Of which webhook.
    node_id: NodeId,
    /// Whether it shows.
    is_open: RwSignal<bool>,
) -> AnyView {
    let app_state = use_app_state();
    let builder = use_builder();
    let node_id = StoredValue::new(node_id);
    let text = RwSignal::new(String::new());
    let read = Memo::new(move |_| text.with(|text| (!text.trim().is_empty()).then(|| read_curl(text))));
    let take = move |()| {
        let Some(Ok(request)) = read.get_untracked() else { return };
        app_state.edit_webhook(&builder.flow_id(), &node_id.get_value(), |action| take_request(action, request));
        text.set(String::new());
        is_open.set(false);
    };
    view! {
        <Dialog id="curl" title="From cURL" is_open=is_open on_close=move |()| is_open.set(false)>
            <p>{messages::CURL_MEANING}</p>
            <CodeArea id="curl-command" label="cURL command" value=text on_input=move |typed: String| text.set(typed) />
            <div role="status">{move || read.get().map(found)}</div>
            <div class="dialog-acts">
                <Button label="Cancel" on_press=move |()| is_open.set(false) />
                <Button
                    label="Take it over"
                    kind=ButtonKind::Primary
                    glyph=Icon::Import
                    is_disabled=Signal::derive(move || !read.with(|read| matches!(read, Some(Ok(_)))))
                    on_press=take
                />
            </div>
        </Dialog>
    }
    .into_any()
}

fn take_request(action: &mut WebhookAction, request: CurlRequest) {
    action.url = request.url;
    // JSON is what every payload is; the header would say it twice.
    action.headers = request
        .headers
        .into_iter()
        .filter(|(name, value)| !(name.eq_ignore_ascii_case("content-type") && value.starts_with("application/json")))
        .map(|(name, value)| HeaderRow { name, value })
        .collect();
    if !request.body.is_empty() {
        action.payload = pretty_text(&request.body);
    }
}

/// What the command says, or why it cannot be read.
fn found(read: Result<CurlRequest, CurlProblem>) -> AnyView {
    let request = match read {
        Ok(request) => request,
        Err(problem) => {
            let problem = messages::sentence(&problem);
            return view! { <p class="field-problem">{icon(Icon::Warning)}<span>{problem}</span></p> }.into_any();
        }
    };
    let has_credential = request.headers.iter().any(|(name, _)| is_credential(name));
    let notes = request
        .notes
        .iter()
        .map(messages::sentence)
        .chain(has_credential.then(|| messages::CURL_CREDENTIAL.to_owned()));
    let notes = notes
        .map(|note| view! { <li class="note tone-wait">{icon(Icon::Warning)}<span>{note}</span></li> })
        .collect_view();
    let headers = messages::counted(request.headers.len(), "header", "headers");
    let body = match request.body.len() {
        0 => messages::CURL_NO_BODY.to_owned(),
        n_bytes => messages::counted(n_bytes, "byte of body", "bytes of body"),
    };
    view! {
        <p><code>{request.url}</code></p>
        <p class="muted">{format!("{headers}, {body}")}</p>
        <ul class="curl-notes">{notes}</ul>
    }
    .into_any()
}
