//! *Import…*: a file, a drop or a paste, looked at before it comes in.
//!
//! In: bytes or text. Out: one change of the library, which can be undone.
//! Invariant: nothing comes in before it was shown; reading is off the page's thread and can be stopped.

use leptos::html;
use leptos::prelude::*;
use leptos::web_sys::{File, FileList};

use crate::domain::import::decode::{Encoding, decode};
use crate::domain::import::{Defaults, Layout, RowKind, reader};
use crate::runtime::handle::AppCommand;
use crate::runtime::library::{LibraryCommand, ReadOrder};
use crate::ui::events::import_preview::ImportPreview;
use crate::ui::events::state::Reading;
use crate::ui::files::{Files, use_files};
use crate::ui::kit::{Button, ButtonKind, Choice, Dialog, Icon, SelectField, TextField, icon};
use crate::ui::page::{Page, use_page};
use crate::ui::state::{AppState, use_app_state};
use crate::view_model::messages;

/// Larger files are refused: text of this size is four times as large in memory while it is read.
const MAX_BYTES: f64 = 64_000_000.0;

/// What the dialog knows.
#[derive(Clone, Copy)]
pub struct Importing {
    page: Page,
    files: Files,
    pub is_open: RwSignal<bool>,
    /// What is being read, or was.
    text: RwSignal<String>,
    /// Where the text comes from; `None` until there is one.
    pub source: RwSignal<Option<String>>,
    /// Of events that name none.
    pub metric: RwSignal<String>,
    /// `event`, `profile` or empty: what the rows of a table are.
    pub row_kind: RwSignal<String>,
    pub is_table: RwSignal<bool>,
    /// What is to be known of the file.
    pub note: RwSignal<Option<String>>,
    /// Why there is nothing to read.
    pub refusal: RwSignal<Option<String>>,
}

impl Importing {
    pub fn new() -> Self {
        Self {
            page: use_page(),
            files: use_files(),
            is_open: RwSignal::new(false),
            text: RwSignal::default(),
            source: RwSignal::default(),
            metric: RwSignal::new("Placed Order".to_owned()),
            row_kind: RwSignal::default(),
            is_table: RwSignal::default(),
            note: RwSignal::default(),
            refusal: RwSignal::default(),
        }
    }

    pub fn open(self) {
        self.is_open.set(true);
    }

    /// Back to the choice of a file.
    pub fn start_over(self, app_state: AppState) {
        app_state.dispatch(AppCommand::Library { command: LibraryCommand::StopReading });
        app_state.library.reading.update(|reading| {
            *reading = Reading { ticket: reading.ticket + 1, ..Reading::default() };
        });
        self.source.set(None);
        self.text.set(String::new());
        self.note.set(None);
        self.refusal.set(None);
    }

    /// Reads the text, from its beginning.
    pub fn read(self, app_state: AppState) {
        let ticket = app_state.library.reading.with_untracked(|reading| reading.ticket) + 1;
        let text = self.text.get_untracked();
        app_state.library.reading.set(Reading { ticket, n_bytes: text.len(), ..Reading::default() });
        let row_kind = match self.row_kind.get_untracked().as_str() {
            "event" => Some(RowKind::Event),
            "profile" => Some(RowKind::Profile),
            _ => None,
        };
        let defaults = Defaults { metric: self.metric.get_untracked(), now: self.page.read_clock(), row_kind };
        let order = ReadOrder { ticket, text, defaults };
        app_state.dispatch(AppCommand::Library { command: LibraryCommand::Read { order } });
    }

    fn take_text(self, app_state: AppState, source: String, text: String) {
        self.is_table.set(reader::layout_of(&text) == Layout::Csv);
        self.row_kind.set(String::new());
        self.refusal.set(None);
        self.text.set(text);
        self.source.set(Some(source));
        self.read(app_state);
    }
}

/// Reads the first of the files.
pub fn read_files(app_state: AppState, importing: Importing, files: &FileList) {
    let Some(file) = files.get(0) else { return };
    let n_others = files.length().saturating_sub(1);
    importing.start_over(app_state);
    if n_others > 0 {
        importing.note.set(Some(messages::import_one_at_a_time(&file.name(), n_others)));
    }
    read_file(app_state, importing, file);
}

fn read_file(app_state: AppState, importing: Importing, file: File) {
    let name = file.name();
    if file.size() > MAX_BYTES {
        importing.refusal.set(Some(messages::import_too_large(&name)));
        return;
    }
    let take = move |bytes: Result<Vec<u8>, String>| match bytes
        .and_then(|bytes| decode(&bytes).map_err(|error| error.to_string()))
    {
        Ok((text, encoding)) => {
            if encoding == Encoding::Windows1252 {
                importing.note.set(Some(messages::IMPORT_ENCODING_GUESSED.to_owned()));
            }
            importing.take_text(app_state, name, text);
        }
        Err(reason) => importing.refusal.set(Some(messages::import_unreadable(&name, &reason))),
    };
    importing.files.read(file, Box::new(take));
}

/// The dialog.
#[component]
pub fn ImportDialog(
    /// What it knows.
    importing: Importing,
) -> AnyView {
    let app_state = use_app_state();
    let close = move |()| {
        importing.start_over(app_state);
        importing.is_open.set(false);
    };
    view! {
        <Dialog id="import" title="Import events and profiles" is_open=importing.is_open on_close=close>
            <div class="import">
                {move || if importing.source.with(Option::is_none) {
                    view! { <SourceChoice importing=importing /> }.into_any()
                } else {
                    view! { <ReadText importing=importing /> }.into_any()
                }}
            </div>
        </Dialog>
    }
    .into_any()
}

/// A file to choose or drop, or text to paste.
#[component]
fn SourceChoice(
    /// What the dialog knows.
    importing: Importing,
) -> AnyView {
    let app_state = use_app_state();
    let input = NodeRef::<html::Input>::new();
    let pasted = RwSignal::new(String::new());
    let on_change = move |_| {
        let Some(input) = input.get_untracked() else { return };
        if let Some(files) = input.files() {
            read_files(app_state, importing, &files);
        }
        // So that the same file can be chosen again once it was mended.
        input.set_value("");
    };
    let read_pasted = move |()| {
        let text = pasted.get_untracked();
        if text.trim().is_empty() {
            importing.refusal.set(Some(messages::IMPORT_NOTHING_PASTED.to_owned()));
        } else {
            importing.take_text(app_state, "Pasted text".to_owned(), text);
        }
    };
    let is_over = RwSignal::new(false);
    view! {
        <p>{messages::IMPORT_MEANING}</p>
        <div
            class="import-drop"
            class:import-drop--over=move || is_over.get()
            on:dragover=move |_| is_over.set(true)
            on:dragleave=move |_| is_over.set(false)
            on:drop=move |_| is_over.set(false)
        >
            {icon(Icon::Import)}
            <label class="button button--primary" for="import-file">"Choose a file…"</label>
            <input
                node_ref=input
                class="visually-hidden"
                type="file"
                id="import-file"
                accept=".json,.jsonl,.ndjson,.csv,.tsv,.txt,application/json,text/csv,text/plain"
                on:change=on_change
            />
            <p class="muted">"or drop one here"</p>
        </div>
        <div class="field">
            <label class="field-label" for="import-text">"Or paste text"</label>
            <textarea
                class="input input--code import-text"
                id="import-text"
                rows="6"
                spellcheck="false"
                placeholder="{ \"metric\": \"Placed Order\", \"properties\": { … } }"
                prop:value=pasted
                on:input=move |event| pasted.set(event_target_value(&event))
            ></textarea>
        </div>
        <div role="alert">
            {move || {
                let refusal = importing.refusal.get()?;
                Some(view! { <p class="note tone-fail">{icon(Icon::Warning)}<span>{refusal}</span></p> })
            }}
        </div>
        <div class="dialog-acts">
            <Button label="Read pasted text" on_press=read_pasted />
        </div>
    }
    .into_any()
}

/// What is being read, then what would come in.
#[component]
fn ReadText(
    /// What the dialog knows.
    importing: Importing,
) -> AnyView {
    let app_state = use_app_state();
    let library = app_state.library;
    let source = move || importing.source.get().unwrap_or_default();
    let is_done = Memo::new(move |_| library.reading.with(|reading| reading.is_done));
    let progress = move || {
        library
            .reading
            .with(|reading| (reading.position as f64 / (reading.n_bytes.max(1)) as f64 * 100.0).round() as u32)
    };
    let read_again = move || importing.read(app_state);
    let kinds = Signal::stored(vec![
        Choice::new("", "As the head line suggests"),
        Choice::new("event", "Events"),
        Choice::new("profile", "Profiles"),
    ]);
    let options = move || {
        view! {
            <div class="import-options">
                <TextField
                    id="import-metric"
                    label="Metric of events that name none"
                    value=importing.metric
                    on_input=move |metric: String| {
                        importing.metric.set(metric);
                        read_again();
                    }
                />
                {importing
                    .is_table
                    .get()
                    .then(|| {
                        view! {
                            <SelectField
                                id="import-kind"
                                label="Rows are"
                                choices=kinds
                                value=importing.row_kind
                                on_change=move |kind: String| {
                                    importing.row_kind.set(kind);
                                    read_again();
                                }
                            />
                        }
                    })}
            </div>
        }
    };
    view! {
        <p class="import-source">{icon(Icon::Braces)}<strong>{source}</strong></p>
        {move || importing.note.get().map(|note| view! { <p class="note tone-wait">{icon(Icon::Info)}<span>{note}</span></p> })}
        {options}
        {move || if is_done.get() {
            view! { <ImportPreview importing=importing /> }.into_any()
        } else {
            view! {
                <div class="import-progress" role="status">
                    <p>{move || messages::import_progress(progress(), library.reading.with(|reading| reading.items.len()))}</p>
                    <progress aria-label="Reading" max="100" prop:value=move || progress().to_string()></progress>
                </div>
                <div class="dialog-acts">
                    <Button label="Stop" kind=ButtonKind::Secondary on_press=move |()| importing.start_over(app_state) />
                </div>
            }
            .into_any()
        }}
    }
    .into_any()
}
