//! A webhook's settings: where the request goes, what it says, whether it runs.
//!
//! In: the action as it stands in the working copy. Out: edits of it, and a test request.
//! Invariant: every problem shows at the field it is about.

use std::sync::atomic::AtomicBool;

use leptos::prelude::*;

use crate::domain::delivery::practice::is_practice_url;
use crate::domain::delivery::request::{UrlHint, check_headers, check_url, check_url_for_test};
use crate::domain::flow::model::{ActionStatus, HeaderRow, RepeatPolicy, WebhookAction};
use crate::domain::id::NodeId;
use crate::domain::member::Permission;
use crate::runtime::handle::{AppCommand, FlowsOrder};
use crate::ui::builder::headers::{HeaderRows, is_signature};
use crate::ui::builder::panels::FlowPanel;
use crate::ui::builder::practice::PracticePanel;
use crate::ui::builder::use_builder;
use crate::ui::kit::{Button, ButtonKind, CodeArea, FirstLater, Icon, TextField};
use crate::ui::members::{Gate, RefusalNote, SigningPlace, use_why_not};
use crate::ui::screens::{PanelOnce, ShownPanel, panel_once};
use crate::ui::state::{TestRun, use_app_state};
use crate::view_model::flow::{action_status_label, action_status_meaning};
use crate::view_model::flow_list::counts_line;
use crate::view_model::messages;
use crate::view_model::preview::marked_lines;
use crate::view_model::route::{ActivityQuery, Route};

/// Whether the parts of the form were shown before, from top to bottom.
static KNOWN: [AtomicBool; 4] = [const { AtomicBool::new(false) }; 4];

/// The settings of one webhook.
#[component]
pub fn WebhookForm(
    /// Which.
    node_id: NodeId,
) -> AnyView {
    let app_state = use_app_state();
    let builder = use_builder();
    let node_id = StoredValue::new(node_id);
    let action =
        Memo::new(move |_| builder.webhook.get().map(|(_, action)| action).unwrap_or_else(|| WebhookAction::blank("")));
    let edit = move |change: Box<dyn FnOnce(&mut WebhookAction)>| {
        // Refused, it has said why.
        let _is_done = app_state.edit_webhook(&builder.flow_id(), &node_id.get_value(), change);
    };
    let is_curl_open = RwSignal::new(false);
    let name = Signal::derive(move || action.with(|action| action.name.clone()));
    let payload = Signal::derive(move || action.with(|action| action.payload.clone()));
    app_state.dispatch(AppCommand::Flows { order: FlowsOrder::WatchCounts });
    let counts = Memo::new(move |_| {
        app_state
            .shelf
            .counts
            .with(|counts| node_id.with_value(|node_id| counts.nodes.get(node_id).copied().unwrap_or_default()))
    });
    let all_activity =
        Route::Activity { query: ActivityQuery { node_id: Some(node_id.get_value()), ..ActivityQuery::default() } };
    let editor = StoredValue::new(Route::Payload { flow_id: builder.flow_id(), node_id: node_id.get_value() }.hash());
    let is_practice = Memo::new(move |_| action.with(|action| is_practice_url(&action.url)));
    let may_look = use_why_not(Permission::SeeActivity);
    let may_edit = use_why_not(Permission::EditFlows);
    let cannot_edit = Signal::derive(move || may_edit.with(Option::is_some));
    let marked_lines = Signal::derive(move || {
        app_state.preview.with(|preview| {
            preview.rendered.as_ref().map(|rendered| marked_lines(&rendered.payload)).unwrap_or_default()
        })
    });
    view! {
        <div class="inspector">
            <div class="inspector-head">
                <h2>"Webhook"</h2>
                <Button label="From cURL…" kind=ButtonKind::Quiet why_not=may_edit on_press=move |()| is_curl_open.set(true) />
            </div>
            <PanelOnce
                panel=FlowPanel::Curl { node_id: node_id.get_value(), is_open: is_curl_open }
                is_open=is_curl_open
            />
            <p class="webhook-counts">
                {move || may_look.get().map_or_else(|| counts_line(&counts.get()), |why_not| why_not.words)} " "
                <a class="inspector-link" href=all_activity.hash()>"View all activity"</a>
            </p>
            <RefusalNote why_not=may_edit />
            <fieldset class="gate" prop:disabled=cannot_edit>
                <TextField
                    id="webhook-name"
                    label="Name"
                    value=name
                    on_input=move |text: String| edit(Box::new(|action| action.name = text))
                />
                <StatusSwitch action=action on_choose=move |status| edit(Box::new(move |action| action.status = status)) />
                <UrlField action=action on_input=move |text: String| edit(Box::new(|action| action.url = text)) />
            </fieldset>
            <FirstLater is_known=&KNOWN[0]>
                {move || is_practice.get().then(|| view! { <Gate needs=Permission::Preview><PracticePanel /></Gate> })}
            </FirstLater>
            <fieldset class="gate" prop:disabled=cannot_edit>
                <FirstLater is_known=&KNOWN[1]>
                    <HeaderRows action=action on_edit=move |headers| edit(Box::new(|action| action.headers = headers)) />
                    <Signature action=action on_edit=move |headers| edit(Box::new(|action| action.headers = headers)) />
                </FirstLater>
                <FirstLater is_known=&KNOWN[2]>
                    <div class="field">
                        <div class="field-head">
                            <label class="field-label" for="webhook-payload">"Payload"</label>
                            <a class="inspector-link" href=editor.get_value()>"Open editor"</a>
                        </div>
                        <CodeArea
                            id="webhook-payload"
                            label="Payload"
                            value=payload
                            marked_lines=marked_lines
                            element=builder.payload_element
                            on_input=move |text: String| {
                                builder.steps.update(|steps| steps.is_payload_edited = true);
                                edit(Box::new(|action| action.payload = text));
                            }
                        />
                        <p class="field-hint" id="webhook-payload-note">{messages::PAYLOAD_HINT}" "<a href="#/help/language">"Template language"</a></p>
                    </div>
                    <RepeatSwitch action=action on_choose=move |repeat_policy| edit(Box::new(move |action| action.repeat_policy = repeat_policy)) />
                </FirstLater>
            </fieldset>
            <FirstLater is_known=&KNOWN[3]>
                <SendTest action=action node_id=node_id />
            </FirstLater>
        </div>
    }
    .into_any()
}

/// Whether requests are signed; the keys' code comes with the first of them.
#[component]
fn Signature(
    /// The action as it stands.
    action: Memo<WebhookAction>,
    /// Runs with all headers after every change.
    #[prop(into)]
    on_edit: Callback<Vec<HeaderRow>>,
) -> AnyView {
    let place = StoredValue::new(SigningPlace {
        headers: Signal::derive(move || action.with(|action| action.headers.clone())),
        url: Signal::derive(move || action.with(|action| action.url.clone())),
        on_edit,
    });
    let is_asked = RwSignal::new(false);
    let is_shown = Memo::new(move |was: Option<&bool>| {
        was == Some(&true)
            || is_asked.get()
            || action.with(|action| action.headers.iter().any(|row| is_signature(&row.value)))
    });
    view! {
        <fieldset class="field signing">
            <legend class="field-label">"Signature"</legend>
            <p class="field-hint">{messages::SIGNING_HINT}</p>
            {move || {
                if is_shown.get() {
                    let is_made_now = is_asked.get_untracked();
                    view! { <ShownPanel panel=FlowPanel::Signing { place, is_made_now } /> }.into_any()
                } else {
                    let ask = move |()| is_asked.set(true);
                    view! { <Button label="Sign requests" kind=ButtonKind::Quiet glyph=Icon::Plus on_press=ask /> }.into_any()
                }
            }}
        </fieldset>
    }
    .into_any()
}

/// Draft, Manual or Live.
#[component]
fn StatusSwitch(
    /// The action as it stands.
    action: Memo<WebhookAction>,
    /// Runs when another status is chosen.
    #[prop(into)]
    on_choose: Callback<ActionStatus>,
) -> AnyView {
    let status = Memo::new(move |_| action.with(|action| action.status));
    view! {
        <fieldset class="field">
            <legend class="field-label">"Status"</legend>
            <div class="segments">
                {[ActionStatus::Draft, ActionStatus::Manual, ActionStatus::Live]
                    .into_iter()
                    .map(|choice| {
                        view! {
                            <label class="segment">
                                <input
                                    type="radio"
                                    name="webhook-status"
                                    class="visually-hidden"
                                    prop:checked=move || status.get() == choice
                                    on:change=move |_| on_choose.run(choice)
                                />
                                <span>{action_status_label(choice)}</span>
                            </label>
                        }
                    })
                    .collect_view()}
            </div>
            <p class="field-hint">{move || action_status_meaning(status.get())}</p>
        </fieldset>
    }
    .into_any()
}

/// At least once, or at most once.
#[component]
fn RepeatSwitch(
    /// The action as it stands.
    action: Memo<WebhookAction>,
    /// Runs when the other is chosen.
    #[prop(into)]
    on_choose: Callback<RepeatPolicy>,
) -> AnyView {
    let is_once = Memo::new(move |_| action.with(|action| action.repeat_policy == RepeatPolicy::AtMostOnce));
    let on_change = move |_| {
        on_choose.run(if is_once.get_untracked() { RepeatPolicy::AtLeastOnce } else { RepeatPolicy::AtMostOnce });
    };
    view! {
        <div class="field">
            <label class="check">
                <input
                    type="checkbox"
                    aria-describedby="webhook-repeat-note"
                    prop:checked=move || is_once.get()
                    on:change=on_change
                />
                <span>"Send at most once"</span>
            </label>
            <p class="field-hint" id="webhook-repeat-note">
                {messages::AT_MOST_ONCE_MEANING}
            </p>
        </div>
    }
    .into_any()
}

#[component]
fn UrlField(
    /// The action as it stands.
    action: Memo<WebhookAction>,
    /// Runs at every change.
    #[prop(into)]
    on_input: Callback<String>,
) -> AnyView {
    let url = Signal::derive(move || action.with(|action| action.url.clone()));
    let checked = Memo::new(move |_| url.with(|url| check_url(url)));
    let hint = Signal::derive(move || match checked.get() {
        Ok(Some(UrlHint::Practice)) => messages::URL_PRACTICE.to_owned(),
        Ok(Some(UrlHint::PrivateHost)) => messages::URL_PRIVATE.to_owned(),
        Ok(None) | Err(_) => String::new(),
    });
    let problem = Signal::derive(move || checked.get().err().map(|problem| messages::sentence(&problem)));
    view! {
        <TextField
            id="webhook-url"
            label="Destination URL"
            input_type="url"
            placeholder="https://erp.example.com/orders"
            is_code=true
            value=url
            hint=hint
            problem=problem
            on_input=on_input
        />
    }
    .into_any()
}

/// *Send test request*, why it cannot be sent, and what came of the last one.
#[component]
fn SendTest(
    /// The action as it stands.
    action: Memo<WebhookAction>,
    /// Which webhook.
    node_id: StoredValue<NodeId>,
) -> AnyView {
    let app_state = use_app_state();
    let builder = use_builder();
    let obstacle = Memo::new(move |_| {
        action.with(|action| {
            let url = check_url_for_test(&action.url).err().map(|problem| messages::sentence(&problem));
            let header = || {
                check_headers(&action.headers).into_iter().flatten().next().map(|problem| messages::sentence(&problem))
            };
            url.or_else(header)
        })
    });
    let (may_preview, may_send) = (use_why_not(Permission::Preview), use_why_not(Permission::Send));
    // The practice receiver sends nothing anywhere.
    let why_not = Signal::derive(move || {
        if action.with(|action| is_practice_url(action.url.trim())) { may_preview.get() } else { may_send.get() }
    });
    let send = move |()| {
        let (Some(flow), Some(profile)) = (builder.flow.get_untracked(), builder.profile.get_untracked()) else {
            return;
        };
        let node_id = node_id.get_value();
        app_state.test_run.set(Some(TestRun {
            flow_id: flow.id.clone(),
            node_id: node_id.clone(),
            delivery_id: None,
            detail: None,
        }));
        builder.steps.update(|steps| steps.is_test_sent = true);
        let event_id = builder.event.get_untracked().map(|event| event.id);
        app_state.dispatch(AppCommand::SendTest { flow, node_id, event_id, profile_id: profile.id });
    };
    view! {
        <div class="send-test">
            <Button
                label="Send test request"
                kind=ButtonKind::Primary
                glyph=Icon::Send
                why_not=why_not
                is_disabled=Signal::derive(move || obstacle.with(Option::is_some))
                on_press=send
            />
            <p class="field-hint">
                {move || {
                    let who = builder.profile.with(|profile| profile.as_ref().map(|profile| profile.email.clone()));
                    match (obstacle.get(), who) {
                        (Some(obstacle), _) => messages::test_refused(&obstacle),
                        (None, Some(email)) => messages::test_for(&email),
                        (None, None) => messages::TEST_WITHOUT_PROFILE.to_owned(),
                    }
                }}
            </p>
            <div role="status">{test_result_once(node_id)}</div>
        </div>
    }
    .into_any()
}

/// What came of a test, whose code comes with the first one.
fn test_result_once(node_id: StoredValue<NodeId>) -> AnyView {
    let test_run = use_app_state().test_run;
    panel_once(FlowPanel::TestResult { node_id }, Signal::derive(move || test_run.with(Option::is_some)), || ())
}
