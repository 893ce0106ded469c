//! The editing pane: the code editor, or a plain text area until it is loaded, and where it cannot be.
//!
//! In: the workbench. Out: edits, caret, and what the word at the caret is.
//! Invariant: whatever fails to load, the payload can be typed.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::domain::template::problem::Severity;
use crate::ui::kit::{Button, ButtonKind, CodeArea, Icon, help_link, icon, sentence_with_code};
use crate::ui::members::RefusalNote;
use crate::ui::payload::code_mirror::{self, CodeEditor, EditorCallbacks, EditorProblem};
use crate::ui::payload::workbench::{Workbench, use_workbench};
use crate::view_model::completion::help::help_at;
use crate::view_model::completion::{Completed, complete};
use crate::view_model::delivery::Tone;
use crate::view_model::format_template::format_template;
use crate::view_model::messages;
use crate::view_model::preview::marked_lines;
use crate::view_model::utf16::{byte_offset, utf16_ranges};

/// How far the editor's script has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Loading {
    Under,
    Done,
    Failed,
}

/// The payload's text.
#[component]
pub fn EditPane() -> AnyView {
    let workbench = use_workbench();
    let loading = RwSignal::new(Loading::Under);
    let host = NodeRef::<html::Div>::new();
    // They live as long as the pane: a second try to load must not bind them to the button that asked for it.
    let callbacks = callbacks(workbench);
    load_into(workbench, callbacks, host, loading);
    show_problems(workbench, loading);
    on_cleanup(move || workbench.editor.set_value(None));
    let marked = Signal::derive(move || {
        workbench.app_state.preview.with(|preview| {
            preview.rendered.as_ref().map(|rendered| marked_lines(&rendered.payload)).unwrap_or_default()
        })
    });
    let notice = move || {
        (loading.get() == Loading::Failed).then(|| {
            view! {
                <div class="note tone-wait editor-notice" role="status">
                    {icon(Icon::Warning)}
                    <p>{messages::EDITOR_MISSING}</p>
                    <Button
                        label="Try again"
                        kind=ButtonKind::Quiet
                        on_press=move |()| {
                            loading.set(Loading::Under);
                            load_into(workbench, callbacks, host, loading);
                        }
                    />
                </div>
            }
        })
    };
    let is_locked = Signal::derive(move || workbench.why_not.with(Option::is_some));
    let plain = move || {
        (loading.get() != Loading::Done).then(|| {
            view! {
                <CodeArea
                    id="payload-text"
                    label="Payload"
                    value=workbench.inputs.source
                    marked_lines=marked
                    is_read_only=is_locked
                    on_input=workbench.on_edit
                />
            }
        })
    };
    view! {
        <div class="editor">
            <RefusalNote why_not=workbench.why_not />
            {notice}
            <div class="editor-frame">
                {plain}
                <div class="editor-host" class:editor-host--ready=move || loading.get() == Loading::Done node_ref=host></div>
            </div>
            <CaretHelp loading=loading />
        </div>
    }
    .into_any()
}

/// Loads the script and mounts the editor once both it and the element are there.
fn load_into(workbench: Workbench, callbacks: EditorCallbacks, host: NodeRef<html::Div>, loading: RwSignal<Loading>) {
    spawn_local(async move {
        let loaded = code_mirror::load().await;
        // The screen may have gone meanwhile.
        let Some(Some(element)) = host.try_get_untracked() else { return };
        let had_focus = document().active_element().is_some_and(|active| active.id() == "payload-text");
        let mounted = loaded.and_then(|module| {
            let text = workbench.source();
            CodeEditor::mount(&module, &element, &text, ("Payload", messages::EDITOR_KEYS), callbacks)
                .map_err(|_| "the editor could not start".to_owned())
        });
        match mounted {
            Ok(editor) => {
                if had_focus {
                    editor.focus();
                }
                workbench.editor.set_value(Some(editor));
                loading.set(Loading::Done);
            }
            Err(message) => {
                leptos::logging::warn!("{message}");
                loading.set(Loading::Failed);
            }
        }
    });
}

fn callbacks(workbench: Workbench) -> EditorCallbacks {
    let place_in = move |place: usize| workbench.inputs.source.with_untracked(|source| byte_offset(source, place));
    EditorCallbacks {
        on_change: Callback::new(move |text: String| {
            workbench.typed.update_value(|typed| typed.clone_from(&text));
            workbench.on_edit.run(text);
        }),
        on_caret: Callback::new(move |place| workbench.caret.set(place_in(place))),
        on_hover: Callback::new(move |place: Option<usize>| {
            let hovered = place.map(place_in);
            if workbench.hovered.get_untracked() != hovered {
                workbench.hovered.set(hovered);
            }
        }),
        complete: Callback::new(move |(text, place, is_asked): (String, usize, bool)| {
            let values = workbench.values.get_untracked();
            let at = byte_offset(&text, place);
            let snippets = workbench.inputs.snippets.get_untracked();
            complete(&Completed {
                source: &text,
                at,
                context: &values,
                dialect: workbench.dialect(),
                snippets: &snippets,
                is_asked,
            })
        }),
        help: Callback::new(move |(text, place): (String, usize)| {
            help_at(&text, byte_offset(&text, place), &workbench.values.get_untracked(), workbench.dialect())
        }),
        on_fix: Callback::new(move |number| mend_number(workbench, number)),
        on_refuse: Callback::new(move |name: String| {
            workbench.app_state.notify(Tone::Fail, messages::paste_refused(&name));
        }),
        on_command: Callback::new(move |name: String| match name.as_str() {
            "format" => format_payload(workbench),
            "fix" => {
                let first = workbench.problems.with_untracked(|p| p.iter().position(|problem| problem.fix.is_some()));
                if let Some(number) = first {
                    mend_number(workbench, number);
                }
            }
            _ => {}
        }),
    }
}

fn mend_number(workbench: Workbench, number: usize) {
    let fix =
        workbench.problems.with_untracked(|problems| problems.get(number).and_then(|problem| problem.fix.clone()));
    if let Some(fix) = fix {
        workbench.mend(&fix);
    }
}

/// Indents the payload.
pub fn format_payload(workbench: Workbench) {
    match format_template(&workbench.source()) {
        Some(text) => workbench.replace_text(text),
        None => {
            workbench.app_state.notify(Tone::Wait, messages::FORMAT_REFUSED.to_owned());
        }
    }
}

/// Keeps the editor's text and problems in step with what is outside of it.
fn show_problems(workbench: Workbench, loading: RwSignal<Loading>) {
    Effect::new(move |_| {
        if loading.get() == Loading::Done {
            workbench.inputs.source.with(|source| {
                if workbench.typed.with_value(|typed| typed != source) {
                    workbench.with_editor(|editor| editor.set_text(source));
                    workbench.typed.update_value(|typed| typed.clone_from(source));
                }
            });
        }
    });
    Effect::new(move |_| {
        let why_not = workbench.why_not.get();
        if loading.get() == Loading::Done {
            let words = why_not.map(|why_not| why_not.words);
            workbench.with_editor(|editor| editor.set_lock(words.as_deref()));
        }
    });
    Effect::new(move |_| {
        let problems = workbench.problems.get();
        let can_mend = workbench.why_not.with(Option::is_none);
        if loading.get() != Loading::Done {
            return;
        }
        let ranges: Vec<_> = problems.iter().map(|problem| problem.range.clone()).collect();
        let units = workbench.inputs.source.with_untracked(|source| utf16_ranges(source, &ranges));
        let shown: Vec<EditorProblem> = problems
            .iter()
            .zip(units)
            .map(|(problem, units)| EditorProblem {
                from: units.start,
                to: units.end,
                severity: match problem.severity {
                    Severity::Error => "error",
                    Severity::Warning => "warning",
                    Severity::Hint => "info",
                },
                message: messages::sentence(&problem.message).replace('`', ""),
                fix_label: problem.fix.as_ref().filter(|_| can_mend).map(|fix| fix.label.clone()).unwrap_or_default(),
            })
            .collect();
        workbench.with_editor(|editor| editor.set_problems(&shown));
    });
}

/// What the word at the caret is: the same help as under the pointer, for keyboard and touch.
#[component]
fn CaretHelp(
    /// Whether the code editor is there; a plain field has no caret to follow and suggests nothing.
    loading: RwSignal<Loading>,
) -> AnyView {
    let workbench = use_workbench();
    let help = Memo::new(move |_| {
        let (caret, values) = (workbench.caret.get(), workbench.values.get());
        let dialect = workbench.inputs.reading.get().dialect();
        workbench.inputs.source.with(|source| help_at(source, caret, &values, dialect))
    });
    let show = move || match help.get() {
        Some(help) => {
            let lines = help.lines.join(" ");
            view! { <code>{help.title}</code><span>{sentence_with_code(&lines)}</span> }.into_any()
        }
        None if workbench.why_not.with(Option::is_some) => {
            view! { <span class="muted">"To read and to copy"</span> }.into_any()
        }
        None if loading.get() != Loading::Done => {
            view! { <span class="muted"><kbd>"Tab"</kbd>" leaves the field"</span> }.into_any()
        }
        None => view! {
            <span class="muted">
                <span class="editor-help-wide"><kbd>"Ctrl"</kbd>" "<kbd>"Space"</kbd>" suggests · "</span>
                <kbd>"Tab"</kbd>" leaves the editor"
            </span>
        }
        .into_any(),
    };
    view! { <p class="editor-help">{show}{help_link("language", "Template language")}</p> }.into_any()
}
