//! The practice receiver's script, beside the webhook that sends to it.
//!
//! In: the script. Out: the script as edited.
//! Invariant: says in one line what the receiver does; the form opens only when asked for.

use leptos::prelude::*;

use crate::domain::delivery::practice::PracticeScript;
use crate::runtime::handle::AppCommand;
use crate::ui::builder::panels::FlowPanel;
use crate::ui::kit::{Button, Choice, Icon, SelectField, TextField, icon};
use crate::ui::screens::PanelOnce;
use crate::ui::state::use_app_state;
use crate::view_model::messages;
use crate::view_model::practice::{
    AnswerForm, AnswerKind, MAX_FAILURES, PracticeForm, practice_form, practice_script, practice_summary,
};

/// What the practice receiver does, and a form to change it.
#[component]
pub fn PracticePanel() -> AnyView {
    let app_state = use_app_state();
    let summary = move || app_state.practice_script.with(|script| practice_summary(&practice_form(script)));
    let is_open = RwSignal::new(false);
    view! {
        <details class="practice" on:toggle=move |_| is_open.set(true)>
            <summary>
                {icon(Icon::Sender)}
                <span class="practice-words">
                    <strong>"Practice receiver"</strong>
                    <span class="muted">{summary}</span>
                </span>
                {icon(Icon::ChevronDown)}
            </summary>
            <PanelOnce panel=FlowPanel::Practice is_open=is_open />
        </details>
    }
    .into_any()
}

/// The form to change what the practice receiver does.
#[component]
pub fn PracticeScriptForm() -> AnyView {
    let app_state = use_app_state();
    let form = Memo::new(move |_| app_state.practice_script.with(practice_form));
    let keep = move |script: PracticeScript| {
        app_state.practice_script.set(script.clone());
        app_state.dispatch(AppCommand::KeepPracticeScript { script });
    };
    let edit = Callback::new(move |change: FormChange| {
        let mut edited = form.get_untracked();
        change.apply(&mut edited);
        keep(practice_script(&edited));
    });
    let has_failures = Memo::new(move |_| form.with(|form| form.n_failures > 0));
    view! {
            <div class="practice-form">
                <div class="practice-presets">
                    <Button
                        label="Always answers 200"
                        on_press=move |()| keep(PracticeScript::default())
                    />
                    <Button
                        label="Fails twice, then 200"
                        on_press=move |()| keep(PracticeScript::failing_first(2))
                    />
                </div>
                <TextField
                    id="practice-failures"
                    label="Failures at first"
                    input_type="number"
                    hint=messages::PRACTICE_FAILURES
                    value=Signal::derive(move || form.with(|form| form.n_failures.to_string()))
                    on_input=move |text: String| edit.run(FormChange::NFailures(number(&text)))
                />
                <Show when=move || has_failures.get()>
                    <Answer ids=&FAILURE_IDS form=Signal::derive(move || form.with(|form| form.failure.clone())) on_edit=move |answer| edit.run(FormChange::Failure(answer)) />
                </Show>
                <Answer ids=&THEN_IDS form=Signal::derive(move || form.with(|form| form.then.clone())) on_edit=move |answer| edit.run(FormChange::Then(answer)) />
                <TextField
                    id="practice-percent"
                    label="Random failures, percent"
                    input_type="number"
                    value=Signal::derive(move || form.with(|form| form.failure_percent.to_string()))
                    on_input=move |text: String| {
                        edit.run(FormChange::Percent(u8::try_from(number(&text).min(100)).unwrap_or(100)));
                    }
                />
            </div>
    }
    .into_any()
}

/// One change to the form.
enum FormChange {
    NFailures(usize),
    Failure(AnswerForm),
    Then(AnswerForm),
    Percent(u8),
}

impl FormChange {
    fn apply(self, form: &mut PracticeForm) {
        match self {
            Self::NFailures(n_failures) => form.n_failures = n_failures.min(MAX_FAILURES),
            Self::Failure(answer) => form.failure = answer,
            Self::Then(answer) => form.then = answer,
            Self::Percent(percent) => form.failure_percent = percent,
        }
    }
}

/// Ids and titles of the two answers' fields.
struct AnswerIds {
    title: &'static str,
    kind: &'static str,
    status: &'static str,
    retry_after: &'static str,
    delay: &'static str,
}

static FAILURE_IDS: AnswerIds = AnswerIds {
    title: "A failure",
    kind: "failure-kind",
    status: "failure-status",
    retry_after: "failure-retry-after",
    delay: "failure-delay",
};

static THEN_IDS: AnswerIds = AnswerIds {
    title: "After that",
    kind: "then-kind",
    status: "then-status",
    retry_after: "then-retry-after",
    delay: "then-delay",
};

#[component]
fn Answer(
    /// Ids and title.
    ids: &'static AnswerIds,
    /// The answer as it stands.
    form: Signal<AnswerForm>,
    /// Runs with the answer after every change.
    #[prop(into)]
    on_edit: Callback<AnswerForm>,
) -> AnyView {
    let kinds: Vec<_> = AnswerKind::ALL.iter().map(|kind| Choice::new(kind.slug(), kind.label())).collect();
    let has_status = Memo::new(move |_| form.with(|form| form.kind == AnswerKind::Status));
    view! {
        <fieldset class="practice-answer">
            <legend>{ids.title}</legend>
            <SelectField
                id=ids.kind
                label="The receiver"
                choices=kinds
                value=Signal::derive(move || form.with(|form| form.kind.slug().to_owned()))
                on_change=move |slug: String| on_edit.run(AnswerForm { kind: AnswerKind::from_slug(&slug), ..form.get_untracked() })
            />
            <Show when=move || has_status.get()>
                <TextField
                    id=ids.status
                    label="Status"
                    input_type="number"
                    value=Signal::derive(move || form.with(|form| form.status.to_string()))
                    on_input=move |text: String| {
                        let status = u16::try_from(number(&text)).unwrap_or(200);
                        // Half a number is not a status yet.
                        if (200..600).contains(&status) {
                            on_edit.run(AnswerForm { status, ..form.get_untracked() });
                        }
                    }
                />
                <TextField
                    id=ids.retry_after
                    label="Retry-After"
                    placeholder="30 (in s)"
                    value=Signal::derive(move || form.with(|form| form.retry_after.clone()))
                    on_input=move |retry_after: String| on_edit.run(AnswerForm { retry_after, ..form.get_untracked() })
                />
            </Show>
            <TextField
                id=ids.delay
                label="After, in ms"
                input_type="number"
                value=Signal::derive(move || form.with(|form| form.delay_millis.to_string()))
                on_input=move |text: String| {
                    let delay_millis = u32::try_from(number(&text)).unwrap_or(u32::MAX);
                    on_edit.run(AnswerForm { delay_millis, ..form.get_untracked() });
                }
            />
        </fieldset>
    }
    .into_any()
}

fn number(text: &str) -> usize {
    text.trim().parse().unwrap_or(0)
}
