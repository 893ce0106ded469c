//! The bridge to Klaviyo on the screen: flows of theirs come in with the files, flows of ours go out by a dialog.
//!
//! In: a text, a flow. Out: a flow, and a body with its command.
//! Invariant: what does not carry over is said before anybody sends it; no key is ever asked for.

use std::sync::Arc;

use leptos::prelude::*;

use crate::domain::flow::model::{Flow, Node, NodeKind};
use crate::domain::id::{FlowId, NodeId};
use crate::domain::klaviyo::Ids;
use crate::domain::klaviyo::curl::create_flow_command;
use crate::domain::klaviyo::export::{Export, export_flow};
use crate::domain::klaviyo::import::{ImportError, import_flow};
use crate::runtime::flow_file::{FlowFileProblem, read_flow_file};
use crate::ui::files::use_files;
use crate::ui::kit::{Button, ButtonKind, Dialog, Here, Icon, IconButton, TextField, icon};
use crate::ui::payload::clipboard::copy_text;
use crate::ui::state::use_app_state;
use crate::view_model::delivery::Tone;
use crate::view_model::messages;

/// Reads a flow of Hookwright's or of Klaviyo's. What there is to know of the latter stands in a note on top of it.
pub fn read_flow_text(text: &str) -> Result<Flow, String> {
    match read_flow_file(text) {
        Err(FlowFileProblem::NoFlow) => {}
        read => return read.map_err(|problem| problem.to_string()),
    }
    match import_flow(text, FlowId::new(""), &Ids::default()) {
        Ok(imported) => Ok(with_note(imported.flow, imported.notes)),
        Err(ImportError::NoFlow) => Err(FlowFileProblem::NoFlow.to_string()),
        Err(problem) => Err(problem.to_string()),
    }
}

fn with_note(mut flow: Flow, notes: Vec<String>) -> Flow {
    let node_id = NodeId::new("imported");
    let notes = std::iter::once("Imported from Klaviyo.".to_owned()).chain(notes);
    let kind = NodeKind::Note { text: notes.collect::<Vec<_>>().join(" "), next: flow.entry.take() };
    flow.nodes.insert(node_id.clone(), Node { id: node_id.clone(), kind });
    flow.entry = Some(node_id);
    flow
}

/// The button that opens the dialog, with the dialog.
#[component]
pub fn KlaviyoExport(
    /// Which flow goes out.
    flow_id: FlowId,
    /// What it is called.
    name: Signal<String>,
) -> AnyView {
    let is_open = RwSignal::new(false);
    // Only the row whose dialog shows has one: ids stay unique on the page.
    let is_there = RwSignal::new(false);
    let flow_id = StoredValue::new(flow_id);
    let here = Here::now();
    let close = move |()| {
        is_open.set(false);
        // A frame later, so that the focus is back where it came from.
        here.on_frame(move || is_there.set(false));
    };
    let open = move |()| {
        is_there.set(true);
        is_open.set(true);
    };
    view! {
        <IconButton
            label=Signal::derive(move || format!("Export {} to Klaviyo…", name.get()))
            glyph=Icon::Export
            on_press=open
        />
        <Show when=move || is_there.get()>
            <Dialog id="klaviyo" title="Export to Klaviyo" is_open=is_open on_close=close>
                <ExportBody flow_id=flow_id.get_value() />
            </Dialog>
        </Show>
    }
    .into_any()
}

/// The mapping, the report, the body.
#[component]
fn ExportBody(
    /// Which flow goes out.
    flow_id: FlowId,
) -> AnyView {
    let app_state = use_app_state();
    let files = use_files();
    let Some(flow) = app_state.working.with_untracked(|working| working.get(&flow_id).map(Arc::clone)) else {
        return ().into_any();
    };
    let flow = StoredValue::new(flow);
    let first = flow.with_value(|flow| export_flow(flow, &Ids::default()));
    let need = StoredValue::new(first.needs.clone());
    let id = RwSignal::new(first.needs.and_then(|need| need.id).unwrap_or_default());
    let exported: Memo<Export> = Memo::new(move |_| {
        let mut ids = Ids::default();
        if let Some(need) = need.get_value() {
            ids.set(need.kind, &need.name, id.get().trim());
        }
        flow.with_value(|flow| export_flow(flow, &ids))
    });
    let text =
        Memo::new(move |_| exported.with(|exported| serde_json::to_string_pretty(&exported.body).unwrap_or_default()));
    let mapping = need.get_value().map(|need| {
        let hint = messages::klaviyo_id_hint(need.kind.word(), &need.name);
        let shown = Signal::derive(move || {
            let is_missing = id.with(|id| id.trim().is_empty());
            if is_missing { [hint.as_str(), messages::KLAVIYO_PLACEHOLDER].join(" ") } else { hint.clone() }
        });
        view! {
            <TextField
                id="klaviyo-id"
                label="Id in your Klaviyo account"
                hint=shown
                value=id
                on_input=move |typed: String| id.set(typed)
            />
        }
    });
    let notes = move || {
        let notes = exported.with(|exported| exported.notes.clone());
        if notes.is_empty() {
            return view! { <p class="note tone-ok">{icon(Icon::Check)}<span>{messages::KLAVIYO_ALL_CARRIED}</span></p> }
                .into_any();
        }
        let rows = notes.into_iter().map(|note| view! { <li>{note}</li> }).collect_view();
        view! { <ul class="klaviyo-notes">{rows}</ul> }.into_any()
    };
    let copy = move |()| {
        exported.with_untracked(|exported| copy_text(app_state, &create_flow_command(&exported.body), "The command"))
    };
    let save = move |()| {
        let saved = text.with_untracked(|text| files.save("klaviyo-flow.json", "application/json", text));
        if let Err(reason) = saved {
            app_state.notify(Tone::Fail, messages::export_failed(&reason));
        }
    };
    view! {
        <div class="klaviyo">
            <p>{messages::KLAVIYO_EXPORT}</p>
            {mapping}
            <section class="klaviyo-part" aria-labelledby="klaviyo-report">
                <h3 id="klaviyo-report">"What to know"</h3>
                {notes}
            </section>
            <section class="klaviyo-part" aria-labelledby="klaviyo-body">
                <h3 id="klaviyo-body">"The body"</h3>
                <pre class="code-block klaviyo-body" tabindex="0" aria-labelledby="klaviyo-body">{text}</pre>
            </section>
            <div class="dialog-acts">
                <Button label="Save the body" glyph=Icon::Export on_press=save />
                <Button label="Copy as cURL" kind=ButtonKind::Primary glyph=Icon::Copy on_press=copy />
            </div>
        </div>
    }
    .into_any()
}
