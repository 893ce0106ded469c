//! The settings of splits, notes and cards that are kept but not run.
//!
//! In: a card of the working copy. Out: edits of it.
//! Invariant: a card that is not run shows what it holds, and is never changed.

use leptos::prelude::*;
use serde_json::Value;

use crate::domain::flow::check::FlowField;
use crate::domain::flow::condition::{ConditionGroups, Subject};
use crate::domain::flow::edit::FlowEdit;
use crate::domain::flow::model::NodeKind;
use crate::domain::id::NodeId;
use crate::ui::builder::condition_editor::ConditionEditor;
use crate::ui::builder::use_builder;
use crate::ui::kit::{Button, ButtonKind, Icon, icon};
use crate::view_model::json_text::pretty_text;
use crate::view_model::messages;

/// The condition of a split.
#[component]
pub fn SplitForm(
    /// Which.
    node_id: NodeId,
    /// What it splits on.
    subject: Subject,
) -> AnyView {
    let builder = use_builder();
    let node_id = StoredValue::new(node_id);
    let groups = Memo::new(move |_| {
        builder.of_flow(|flow| match node_id.with_value(|node_id| flow.nodes.get(node_id).map(|node| &node.kind)) {
            Some(NodeKind::TriggerSplit { condition, .. } | NodeKind::ConditionalSplit { condition, .. }) => {
                condition.clone()
            }
            _ => ConditionGroups::default(),
        })
    });
    let (title, what) = match subject {
        Subject::Event => ("Trigger split", messages::SPLIT_BY_EVENT),
        Subject::Profile => ("Conditional split", messages::SPLIT_BY_PROFILE),
    };
    view! {
        <div class="inspector">
            <div class="inspector-head"><h2>{title}</h2></div>
            <p class="muted">{what}</p>
            <ConditionEditor
                id="split"
                label="Goes to Yes when"
                subject=subject
                groups=groups
                empty_words=messages::SPLIT_EMPTY
                node_id=Some(node_id)
                field=FlowField::Condition
                on_edit=move |condition| builder.edit(FlowEdit::SetCondition { node_id: node_id.get_value(), condition })
            />
            <div class="field">
                <Button
                    label="Flip split"
                    kind=ButtonKind::Secondary
                    glyph=Icon::Split
                    on_press=move |()| builder.edit(FlowEdit::FlipSplit { node_id: node_id.get_value() })
                />
                <p class="field-hint">{messages::FLIP_MEANING}</p>
            </div>
        </div>
    }
    .into_any()
}

/// The words of a note.
#[component]
pub fn NoteForm(
    /// Which.
    node_id: NodeId,
) -> AnyView {
    let builder = use_builder();
    let node_id = StoredValue::new(node_id);
    let text = Memo::new(move |_| {
        builder.of_flow(|flow| match node_id.with_value(|node_id| flow.nodes.get(node_id).map(|node| &node.kind)) {
            Some(NodeKind::Note { text, .. }) => text.clone(),
            _ => String::new(),
        })
    });
    let on_input = move |event| {
        builder.edit(FlowEdit::SetNote { node_id: node_id.get_value(), text: event_target_value(&event) });
    };
    view! {
        <div class="inspector">
            <div class="inspector-head"><h2>"Note"</h2></div>
            <div class="field">
                <label class="field-label" for="note-text">"Text"</label>
                <textarea class="input note-text" id="note-text" rows="8" prop:value=text on:input=on_input></textarea>
                <p class="field-hint">{messages::NOTE_MEANING}</p>
            </div>
        </div>
    }
    .into_any()
}

/// What a card holds that is kept and not run.
#[component]
pub fn ForeignPanel(
    /// Which.
    node_id: NodeId,
) -> AnyView {
    let builder = use_builder();
    let node_id = StoredValue::new(node_id);
    let held = Memo::new(move |_| {
        builder.of_flow(|flow| match node_id.with_value(|node_id| flow.nodes.get(node_id).map(|node| &node.kind)) {
            Some(NodeKind::Foreign { action_type, definition, .. }) => {
                (action_type.clone(), pretty_text(&definition.to_string()), messages::FOREIGN_WORDS)
            }
            Some(NodeKind::Unknown { name, fields, .. }) => {
                (name.clone(), pretty_text(&Value::Object(fields.clone()).to_string()), messages::UNKNOWN_WORDS)
            }
            _ => (String::new(), String::new(), ""),
        })
    });
    view! {
        <div class="inspector">
            <div class="inspector-head"><h2>{move || held.with(|(action_type, ..)| action_type.clone())}</h2></div>
            <p class="note tone-neutral">
                {icon(Icon::Info)}
                <span>{move || held.with(|(_, _, words)| *words)}</span>
            </p>
            <div class="field">
                <h3 class="field-label">"What it holds"</h3>
                <pre class="code-block" tabindex="0">{move || held.with(|(_, definition, _)| definition.clone())}</pre>
            </div>
        </div>
    }
    .into_any()
}
