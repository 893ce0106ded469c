//! What the parts of a payload editor share, whether the payload belongs to a webhook or to the sandbox.
//!
//! In: a payload, an event, a person. Out: previews asked for, edits, and the editor's own state.
//! Invariant: what is shown of a rendering belongs to the text on the screen; older answers are dropped.

use std::ops::Range;
use std::sync::Arc;

use leptos::prelude::*;
use serde_json::{Map, Value};

use crate::domain::delivery::request::RenderedRequest;
use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::template::catalog::Dialect;
use crate::domain::template::problem::{Fix, TemplateProblem};
use crate::runtime::handle::AppCommand;
use crate::runtime::preview::{Lane, PreviewContext, PreviewJob, PreviewRequest, Reading};
use crate::ui::kit::{WhyNot, soon};
use crate::ui::payload::code_mirror::CodeEditor;
use crate::ui::state::{AppState, PreviewState};
use crate::view_model::delivery::Tone;
use crate::view_model::messages;
use crate::view_model::preview::{apply_fix, sorted_problems};
use crate::view_model::utf16::utf16_ranges;

/// What a rendering is made of.
#[derive(Clone, Copy)]
pub struct PreviewInputs {
    pub source: Signal<String>,
    pub event: Signal<Option<TriggerEvent>>,
    pub profile: Signal<Option<Profile>>,
    pub is_profile_only: Signal<bool>,
    pub reading: Signal<Reading>,
    /// What the payload may include and extend in Django's dialect, each a name and a source.
    pub snippets: Signal<Vec<(String, String)>>,
}

impl PreviewInputs {
    /// What is rendered with; another number whenever it changes.
    pub fn context(self, app_state: AppState) -> Memo<Option<Arc<PreviewContext>>> {
        Memo::new(move |_| {
            Some(Arc::new(PreviewContext {
                id: app_state.next_number(),
                profile: self.profile.get()?,
                event: self.event.get(),
                settings: app_state.settings.get(),
                is_profile_only: self.is_profile_only.get(),
                snippets: self.snippets.get(),
            }))
        })
    }

    /// Asks for a new rendering whenever something changes.
    pub fn follow(self, app_state: AppState, context: Memo<Option<Arc<PreviewContext>>>) {
        Effect::new(move |_| {
            let Some(context) = context.get() else { return };
            self.ask(app_state, context, Lane::Preview, app_state.preview);
        });
    }

    /// Asks for one rendering; its answer goes to `state`.
    pub fn ask(self, app_state: AppState, context: Arc<PreviewContext>, lane: Lane, state: RwSignal<PreviewState>) {
        let ticket = app_state.next_number();
        // What is on the screen stays as it is until the answer comes.
        state.update_untracked(|preview| preview.ticket = ticket);
        if lane == Lane::Preview && !app_state.is_preview_due.get_untracked() {
            app_state.is_preview_due.set(true);
        }
        let (source, reading) = (self.source.get(), self.reading.get());
        let job = PreviewJob { lane, ticket, context_id: context.id, source, reading, from: 0 };
        app_state.dispatch(AppCommand::RenderPreview { request: PreviewRequest { context, job } });
    }
}

/// A payload editor.
#[derive(Clone, Copy)]
pub struct Workbench {
    pub app_state: AppState,
    pub inputs: PreviewInputs,
    /// Takes another text.
    pub on_edit: Callback<String>,
    pub on_reading: Callback<Reading>,
    /// Where it would go, with an empty body.
    pub request: Signal<RenderedRequest>,
    pub context: Memo<Option<Arc<PreviewContext>>>,
    /// What the template sees.
    pub values: Memo<Arc<Map<String, Value>>>,
    pub problems: Memo<Vec<TemplateProblem>>,
    /// Once it is loaded.
    pub editor: StoredValue<Option<CodeEditor>, LocalStorage>,
    /// What the editor said last; it need not be told that.
    pub typed: StoredValue<String>,
    /// Bytes of the payload.
    pub caret: RwSignal<usize>,
    /// The place of the template under the pointer.
    pub hovered: RwSignal<Option<usize>>,
    /// Which part shows on a narrow screen.
    pub pane: RwSignal<&'static str>,
    /// Why who acts may look at the payload and not change it.
    pub why_not: Signal<Option<WhyNot>>,
}

impl Workbench {
    pub fn new(
        app_state: AppState,
        inputs: PreviewInputs,
        request: Signal<RenderedRequest>,
        on_edit: Callback<String>,
        on_reading: Callback<Reading>,
    ) -> Self {
        let context = inputs.context(app_state);
        inputs.follow(app_state, context);
        let values = Memo::new(move |_| {
            Arc::new(context.with(|context| context.as_ref().map(|c| c.values()).unwrap_or_default()))
        });
        let problems = Memo::new(move |_| {
            app_state.preview.with(|preview| {
                preview.rendered.as_ref().map(|rendered| sorted_problems(&rendered.payload)).unwrap_or_default()
            })
        });
        Self {
            app_state,
            inputs,
            on_edit,
            on_reading,
            request,
            context,
            values,
            problems,
            editor: StoredValue::new_local(None),
            typed: StoredValue::new(String::new()),
            caret: RwSignal::new(0),
            hovered: RwSignal::new(None),
            pane: RwSignal::new("edit"),
            why_not: Signal::stored(None),
        }
    }

    /// The same, for who may change the payload only if there is no reason against it.
    pub fn with_why_not(self, why_not: Signal<Option<WhyNot>>) -> Self {
        Self { why_not, ..self }
    }

    /// Whether the payload may not be changed; why not is then said.
    fn is_refused(self) -> bool {
        let why_not = self.why_not.get_untracked();
        if let Some(WhyNot { words, .. }) = &why_not {
            self.app_state.notify(Tone::Fail, words.clone());
        }
        why_not.is_some()
    }

    pub fn source(self) -> String {
        self.inputs.source.get_untracked()
    }

    pub fn dialect(self) -> Dialect {
        self.inputs.reading.get_untracked().dialect()
    }

    /// Runs with the editor, if it is there.
    pub fn with_editor(self, act: impl FnOnce(&CodeEditor)) -> bool {
        // The screen may have gone before the frame that was waited for.
        self.editor.try_with_value(|editor| editor.as_ref().map(act).is_some()).unwrap_or_default()
    }

    /// Puts another text in; undo brings the old one back.
    pub fn replace_text(self, text: String) {
        if self.is_refused() {
            return;
        }
        self.with_editor(|editor| editor.set_text(&text));
        self.on_edit.run(text);
    }

    /// Mends a problem.
    pub fn mend(self, fix: &Fix) {
        match apply_fix(&self.source(), fix) {
            Some(mended) => self.replace_text(mended),
            None => {
                let words = messages::FIX_IS_STALE;
                self.app_state.notify(Tone::Fail, words.to_owned());
            }
        }
    }

    /// Puts the caret at a place of the template.
    pub fn jump(self, range: &Range<usize>) {
        self.pane.set("edit");
        let units = utf16_ranges(&self.source(), std::slice::from_ref(range)).into_iter().next().unwrap_or(0..0);
        // A pane that was hidden takes the focus only once it shows.
        soon(move || {
            self.with_editor(|editor| editor.select(units.start, units.end));
        });
    }

    /// Writes at the caret; `${…}` marks places to fill in.
    pub fn insert(self, template: &str) {
        if self.is_refused() {
            return;
        }
        self.pane.set("edit");
        if self.with_editor(|editor| editor.insert(template)) {
            return;
        }
        // The plain text area: after what is there, without the marks.
        let bare = template.replace("${", "").replace('}', "");
        let text = if template.contains("${") { bare } else { template.to_owned() };
        self.replace_text(format!("{}{text}", self.source()));
    }
}

/// The parts share it.
pub fn use_workbench() -> Workbench {
    expect_context()
}
