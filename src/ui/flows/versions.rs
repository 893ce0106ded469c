//! A flow's versions: every save, what it changed, how it looked, and back to it.
//!
//! In: the versions on disk, and the working copy. Out: at most one edit, which can be undone.
//! Invariant: restoring changes the working copy only; what runs stays until the next save.

use leptos::prelude::*;

use crate::domain::flow::model::{Flow, SavedFlow};
use crate::domain::member::Permission;
use crate::runtime::handle::{AppCommand, FlowsOrder};
use crate::ui::builder::use_builder;
use crate::ui::kit::{Button, ButtonKind, Choice, Dialog, EmptyState, Icon, SelectField, icon};
use crate::ui::members::use_why_not;
use crate::ui::page::{Page, use_page};
use crate::ui::state::use_app_state;
use crate::view_model::delivery::Tone;
use crate::view_model::flow::{FlowPiece, action_status_label, flow_pieces, trigger_card};
use crate::view_model::flow_diff::{Change, LineKind, flow_changes};
use crate::view_model::messages;

/// What a version is compared with.
const WORKING: &str = "working";
const BEFORE: &str = "before";

/// The versions of the flow that is open.
#[component]
pub fn VersionsDialog(
    /// Whether it shows.
    is_open: RwSignal<bool>,
) -> AnyView {
    let app_state = use_app_state();
    let builder = use_builder();
    Effect::new(move |_| {
        if is_open.get() {
            let order = FlowsOrder::ListVersions { flow_id: builder.flow_id() };
            app_state.dispatch(AppCommand::Flows { order });
        }
    });
    view! {
        <Dialog
            id="versions"
            title="Versions"
            is_wide=true
            is_open=is_open
            on_close=move |()| is_open.set(false)
        >
            <Versions is_open=is_open />
        </Dialog>
    }
    .into_any()
}

#[component]
fn Versions(
    /// Closed once a version was restored.
    is_open: RwSignal<bool>,
) -> AnyView {
    let app_state = use_app_state();
    let builder = use_builder();
    let page = use_page();
    let versions = Memo::new(move |_| {
        app_state.shelf.versions.with(|known| known.get(&builder.flow_id()).cloned().unwrap_or_default())
    });
    let chosen = RwSignal::new(None::<u32>);
    let shown = Memo::new(move |_| {
        versions.with(|versions| {
            let by_choice = versions.iter().find(|version| Some(version.version) == chosen.get());
            by_choice.or(versions.first()).cloned()
        })
    });
    let may_edit = use_why_not(Permission::EditFlows);
    let base = RwSignal::new(WORKING.to_owned());
    let restore = move |()| {
        let Some(SavedFlow { version, flow, .. }) = shown.get_untracked() else { return };
        app_state.keep_flow(flow);
        app_state.notify(Tone::Ok, messages::version_restored(version));
        is_open.set(false);
    };
    let show = move || {
        if versions.with(Vec::is_empty) {
            return view! {
                <EmptyState glyph=Icon::Save title="No version yet" text=messages::VERSIONS_EMPTY />
            }
            .into_any();
        }
        view! {
            <div class="versions">
                <ul class="version-list" aria-label="Versions">
                    <For each=move || versions.get() key=|version| version.version let:version>
                        {show_version(version, shown, chosen, page, versions.with_untracked(|versions| versions.first().map(|newest| newest.version)))}
                    </For>
                </ul>
                <div class="version-detail">
                    <SelectField
                        id="version-base"
                        label="What it shows"
                        choices=Signal::stored(vec![
                            Choice::new(WORKING, "Changes from this version to the working copy"),
                            Choice::new(BEFORE, "Changes that this version made"),
                            Choice::new("preview", "The flow as it was"),
                        ])
                        value=base
                        on_change=move |value: String| base.set(value)
                    />
                    {move || shown.get().map(|version| show_detail(&version, &versions.get(), &base.get(), builder.flow.get().as_deref()))}
                    <div class="dialog-acts">
                        <Button
                            label=Signal::derive(move || shown.with(|shown| shown.as_ref().map_or("Restore".to_owned(), |version| format!("Restore version {}", version.version))))
                            kind=ButtonKind::Primary
                            glyph=Icon::Retry
                            why_not=may_edit
                            is_disabled=Signal::derive(move || {
                                let same = builder.flow.with(|flow| shown.with(|shown| shown.as_ref().map(|version| &version.flow) == flow.as_deref()));
                                same
                            })
                            on_press=restore
                        />
                    </div>
                </div>
            </div>
        }
        .into_any()
    };
    view! { {show} }.into_any()
}

fn show_version(
    version: SavedFlow,
    shown: Memo<Option<SavedFlow>>,
    chosen: RwSignal<Option<u32>>,
    page: Page,
    newest: Option<u32>,
) -> AnyView {
    let SavedFlow { version: number, flow, saved_at } = version;
    let is_newest = newest == Some(number);
    let is_shown = move || shown.with(|shown| shown.as_ref().map(|version| version.version) == Some(number));
    view! {
        <li>
            <button
                type="button"
                class="version-row"
                aria-pressed=move || is_shown().to_string()
                on:click=move |_| chosen.set(Some(number))
            >
                <strong>"Version "{number}{is_newest.then_some(", which runs")}</strong>
                <span>{page.short_time(saved_at)}</span>
                <span class="muted">{action_status_label(flow.status())}", "{flow.name}</span>
            </button>
        </li>
    }
    .into_any()
}

fn show_detail(version: &SavedFlow, versions: &[SavedFlow], base: &str, working: Option<&Flow>) -> AnyView {
    if base == "preview" {
        return show_outline(&version.flow);
    }
    let changes = if base == BEFORE {
        let before = versions.iter().find(|other| other.version < version.version);
        match before {
            Some(before) => flow_changes(&before.flow, &version.flow),
            None => return view! { <p class="muted">{messages::VERSION_OLDEST}</p> }.into_any(),
        }
    } else {
        working.map(|working| flow_changes(&version.flow, working)).unwrap_or_default()
    };
    show_changes(changes)
}

/// What differs between two flows.
pub fn show_changes(changes: Vec<Change>) -> AnyView {
    if changes.is_empty() {
        return view! { <p class="muted">"They are the same."</p> }.into_any();
    }
    view! { <ul class="changes" aria-label="Changes">{changes.into_iter().map(show_change).collect_view()}</ul> }
        .into_any()
}

fn show_change(change: Change) -> AnyView {
    let Change { place, what, lines } = change;
    let rows = lines.into_iter().map(|line| {
        let (class, mark, word) = match line.kind {
            LineKind::Same => ("diff-line", " ", ""),
            LineKind::Removed => ("diff-line diff-line--removed", "−", "Removed: "),
            LineKind::Added => ("diff-line diff-line--added", "+", "Added: "),
        };
        view! {
            <span class=class>
                <span aria-hidden="true">{mark}</span>
                <span class="visually-hidden">{word}</span>
                {line.text}
                "\n"
            </span>
        }
    });
    let rows = rows.collect_view();
    let has_lines = !rows.is_empty();
    view! {
        <li>
            <p><strong>{place}</strong>" · "{what}</p>
            {has_lines.then(|| view! { <pre class="diff" tabindex="0">{rows}</pre> })}
        </li>
    }
    .into_any()
}

/// The flow as an indented list.
fn show_outline(flow: &Flow) -> AnyView {
    let trigger = trigger_card(flow, &[]);
    view! {
        <ol class="outline" aria-label="Cards of the version">
            <li><p>{icon(Icon::Trigger)}<strong>{trigger.title}</strong><span class="muted">{trigger.detail}</span></p></li>
            {outline_pieces(flow_pieces(flow, &[]))}
        </ol>
    }
    .into_any()
}

fn outline_pieces(pieces: Vec<FlowPiece>) -> AnyView {
    pieces
        .into_iter()
        .map(|piece| match piece {
            FlowPiece::Card(card) => view! {
                <li><p><strong>{card.title}</strong><span class="muted">{card.kind.label()}" · "{card.detail}</span></p></li>
            }
            .into_any(),
            FlowPiece::Branches { yes, no } => view! {
                <li><p class="muted">"Yes"</p><ol class="outline">{outline_pieces(yes)}</ol></li>
                <li><p class="muted">"No"</p><ol class="outline">{outline_pieces(no)}</ol></li>
            }
            .into_any(),
            FlowPiece::End => ().into_any(),
        })
        .collect_view()
        .into_any()
}
