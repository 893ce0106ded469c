//! *Edit and resend*, and *Forget this person*.
//!
//! In: a delivery. Out: a new delivery linked to it; or nothing left of the person.
//! Invariant: the old delivery stays as it was; forgetting says what goes and asks first.

use leptos::prelude::*;

use crate::domain::delivery::request::{FLOW_ID_HEADER, check_headers, check_url};
use crate::domain::delivery::state::Delivery;
use crate::domain::flow::model::HeaderRow;
use crate::runtime::handle::AppCommand;
use crate::ui::kit::{Button, ButtonKind, Dialog, Icon, TextField, field_note};
use crate::ui::state::use_app_state;
use crate::view_model::delivery::Tone;
use crate::view_model::messages;

/// The request as it can be changed.
#[component]
pub fn EditDialog(
    /// What is sent again.
    delivery: Delivery,
    /// Whether it shows.
    is_open: RwSignal<bool>,
) -> AnyView {
    let app_state = use_app_state();
    let Some(request) = delivery.request.clone() else { return ().into_any() };
    let url = RwSignal::new(request.url);
    let headers = RwSignal::new(header_lines(&request.headers));
    let body = RwSignal::new(request.body);
    let url_problem =
        Memo::new(move |_| url.with(|url| check_url(url).err().map(|problem| messages::sentence(&problem))));
    let header_problem = Memo::new(move |_| headers.with(|lines| read_headers(lines).err()));
    let body_problem = Memo::new(move |_| {
        body.with(|body| {
            serde_json::from_str::<serde_json::Value>(body).err().map(|error| messages::not_json(&error.to_string()))
        })
    });
    let cannot_send = Signal::derive(move || url_problem.with(Option::is_some) || header_problem.with(Option::is_some));
    let delivery_id = StoredValue::new(delivery.id);
    let send = move |()| {
        let Ok(headers) = headers.with_untracked(|lines| read_headers(lines)) else { return };
        app_state.opens_next_delivery.set_value(true);
        app_state.dispatch(AppCommand::EditAndResend {
            delivery_id: delivery_id.get_value(),
            url: url.get_untracked(),
            headers,
            body: body.get_untracked(),
        });
        is_open.set(false);
    };
    view! {
        <Dialog id="edit-resend" title="Edit and resend" is_wide=true is_open=is_open on_close=move |()| is_open.set(false)>
            <p class="muted">{messages::EDIT_MEANING}</p>
            <TextField id="edit-url" label="Destination URL" is_code=true value=url problem=url_problem on_input=move |text: String| url.set(text) />
            {area("edit-headers", "Headers, one a line", 4, headers, header_problem.into())}
            {area("edit-body", "Body", 12, body, body_problem.into())}
            <div class="dialog-acts">
                <Button label="Cancel" on_press=move |()| is_open.set(false) />
                <Button label="Send as a new delivery" kind=ButtonKind::Primary glyph=Icon::Send is_disabled=cannot_send on_press=send />
            </div>
        </Dialog>
    }
    .into_any()
}

fn area(
    id: &'static str,
    label: &'static str,
    n_rows: u32,
    value: RwSignal<String>,
    problem: Signal<Option<String>>,
) -> AnyView {
    view! {
        <div class="field">
            <label class="field-label" for=id>{label}</label>
            <textarea
                class="input input--code"
                id=id
                rows=n_rows
                spellcheck="false"
                aria-describedby=[id, "-note"].concat()
                aria-invalid=move || problem.with(Option::is_some).then_some("true")
                prop:value=value
                on:input=move |event| value.set(event_target_value(&event))
            ></textarea>
            {field_note(id, Signal::stored(String::new()), problem)}
        </div>
    }
    .into_any()
}

fn header_lines(headers: &[(String, String)]) -> String {
    let mut lines = String::new();
    for (name, value) in headers {
        lines.push_str(name);
        lines.push_str(": ");
        lines.push_str(value);
        lines.push('\n');
    }
    lines
}

fn read_headers(lines: &str) -> Result<Vec<(String, String)>, String> {
    let mut rows = Vec::new();
    for line in lines.lines().filter(|line| !line.trim().is_empty()) {
        let (name, value) = line.split_once(':').ok_or_else(|| messages::no_colon(line))?;
        rows.push(HeaderRow { name: name.trim().to_owned(), value: value.trim().to_owned() });
    }
    for (row, problem) in rows.iter().zip(check_headers(&rows)) {
        // Hookwright's own header goes along as it was.
        if let Some(problem) = problem.filter(|_| !row.name.eq_ignore_ascii_case(FLOW_ID_HEADER)) {
            return Err([&row.name, ": ", &messages::sentence(&problem)].concat());
        }
    }
    Ok(rows.into_iter().map(|row| (row.name, row.value)).collect())
}

/// Says what goes, and asks.
#[component]
pub fn ForgetDialog(
    /// A delivery of theirs.
    delivery: Delivery,
    /// Whether it shows.
    is_open: RwSignal<bool>,
) -> AnyView {
    let app_state = use_app_state();
    let email = StoredValue::new(delivery.recipient_email);
    let profile_id = StoredValue::new(delivery.profile_id);
    let forget = move |()| {
        app_state.dispatch(AppCommand::ForgetPerson { profile_id: profile_id.get_value(), email: email.get_value() });
        app_state.notify(Tone::Neutral, messages::forgetting(&email.get_value()));
        is_open.set(false);
    };
    let title = Signal::derive(move || ["Forget ", &email.get_value()].concat());
    view! {
        <Dialog id="forget" title=title is_open=is_open on_close=move |()| is_open.set(false)>
            <p>{messages::FORGET_MEANING}</p>
            <div class="dialog-acts">
                <Button label="Cancel" on_press=move |()| is_open.set(false) />
                <Button label="Forget this person" kind=ButtonKind::Danger glyph=Icon::Delete on_press=forget />
            </div>
        </Dialog>
    }
    .into_any()
}
