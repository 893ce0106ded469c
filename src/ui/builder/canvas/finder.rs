//! The searchable list behind every menu: what to add, what to do with a card, all commands, all cards.
//!
//! In: which menu. Out: a choice.
//! Invariant: one field and one list of options; typing narrows, arrows walk, Enter chooses, Escape gives the focus back.

use leptos::ev::{KeyboardEvent, MouseEvent};
use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;

use crate::domain::flow::layout::Point;
use crate::domain::flow::model::Branch;
use crate::domain::flow::tree::Slot;
use crate::domain::id::NodeId;
use crate::ui::builder::canvas::acts;
use crate::ui::builder::canvas::card::card_icon;
use crate::ui::builder::canvas::desk::{Desk, use_desk};
use crate::ui::kit::tabs::{focus_element, focus_soon};
use crate::ui::kit::{Icon, WhyNot, icon};
use crate::ui::shell::go_to;
use crate::view_model::builder_commands::{
    Command, CommandInfo, NEW_CARDS, card_menu, is_found, palette, slot_words, spoken_title,
};
use crate::view_model::flow::{CardKind, card_view};
use crate::view_model::messages::{self, counted};
use crate::view_model::route::{ActivityQuery, Route};

/// So many cards are listed at once; typing finds the others.
const MAX_CARDS: usize = 50;

/// Which menu.
#[derive(Debug, Clone, PartialEq)]
pub enum MenuKind {
    Add {
        slot: Slot,
    },
    Card {
        node_id: Option<NodeId>,
    },
    /// Which branch of a split stays.
    Keep {
        node_id: NodeId,
    },
    Palette,
    Find,
}

/// A menu that is open.
#[derive(Debug, Clone, PartialEq)]
pub struct MenuState {
    pub kind: MenuKind,
    /// In the window; the middle of it for none.
    pub at: Option<Point>,
}

#[derive(Debug, Clone, PartialEq)]
enum Choice {
    Run { command: Command },
    Add { kind: CardKind },
    Paste,
    Keep { branch: Branch },
    Card { node_id: Option<NodeId> },
    Place { route: Route },
}

#[derive(Debug, Clone, PartialEq)]
struct Item {
    label: String,
    detail: String,
    keys: &'static str,
    glyph: Icon,
    choice: Choice,
}

const fn command_icon(command: Command) -> Icon {
    match command {
        Command::OpenSettings => Icon::Settings,
        Command::AddBelow => Icon::Plus,
        Command::OpenMenu => Icon::More,
        Command::OpenPayload => Icon::Braces,
        Command::MoveUp => Icon::ArrowUp,
        Command::MoveDown => Icon::ArrowDown,
        Command::MoveToYes => Icon::ArrowLeft,
        Command::MoveToNo | Command::MoveElsewhere | Command::MoveAllElsewhere => Icon::ArrowRight,
        Command::FlipSplit => Icon::Split,
        Command::Copy | Command::CopyAll | Command::Cut | Command::Paste | Command::Duplicate => Icon::Copy,
        Command::SetStatus(_) => Icon::Sender,
        Command::Delete | Command::DeleteAll => Icon::Delete,
        Command::Undo => Icon::Undo,
        Command::Redo => Icon::Redo,
        Command::Save => Icon::Save,
        Command::FindCard => Icon::Search,
        Command::Palette | Command::Shortcuts => Icon::Command,
        Command::ZoomIn => Icon::Plus,
        Command::ZoomOut => Icon::Minus,
        Command::ZoomLife | Command::ZoomFit => Icon::Fit,
        Command::ShowPreview => Icon::Eye,
        Command::ShowJourney => Icon::Workflow,
        Command::ShowProblems => Icon::Warning,
        Command::Deselect => Icon::Close,
    }
}

fn command_item(info: CommandInfo) -> Item {
    Item {
        label: info.label.to_owned(),
        detail: String::new(),
        keys: info.keys,
        glyph: command_icon(info.command),
        choice: Choice::Run { command: info.command },
    }
}

/// What a menu offers for what was typed.
fn items_of(desk: Desk, kind: &MenuKind, typed: &str) -> Vec<Item> {
    let Some(flow) = desk.builder.flow.get_untracked() else { return Vec::new() };
    let has_clip = desk.app_state.clip.with_untracked(Option::is_some);
    let mut items: Vec<Item> = match kind {
        MenuKind::Add { .. } => {
            let mut items: Vec<Item> = NEW_CARDS
                .iter()
                .map(|(kind, detail)| Item {
                    label: kind.label().to_owned(),
                    detail: (*detail).to_owned(),
                    keys: "",
                    glyph: card_icon(*kind),
                    choice: Choice::Add { kind: *kind },
                })
                .collect();
            if has_clip {
                items.push(Item {
                    label: "Paste".to_owned(),
                    detail: "What was copied".to_owned(),
                    keys: "",
                    glyph: Icon::Copy,
                    choice: Choice::Paste,
                });
            }
            items
        }
        MenuKind::Card { node_id } => {
            card_menu(&flow, node_id.as_ref(), has_clip).into_iter().map(command_item).collect()
        }
        MenuKind::Keep { .. } => [(Branch::Yes, "Keep what is below Yes"), (Branch::No, "Keep what is below No")]
            .into_iter()
            .map(|(branch, label)| Item {
                label: label.to_owned(),
                detail: "The other branch is deleted with the split".to_owned(),
                keys: "",
                glyph: Icon::Split,
                choice: Choice::Keep { branch },
            })
            .collect(),
        MenuKind::Palette => {
            let target = desk.target();
            let node_id = target.clone().flatten();
            let mut items: Vec<Item> =
                palette(&flow, node_id.as_ref(), target.is_some()).into_iter().map(command_item).collect();
            let places = [
                ("Go to flows", Icon::Workflow, Route::Flows),
                ("Go to activity", Icon::Activity, Route::Activity { query: ActivityQuery::default() }),
                ("Go to events", Icon::Events, Route::Events),
                ("Go to settings", Icon::Settings, Route::Settings),
            ];
            items.extend(places.into_iter().map(|(label, glyph, route)| Item {
                label: label.to_owned(),
                detail: String::new(),
                keys: "",
                glyph,
                choice: Choice::Place { route },
            }));
            items
        }
        MenuKind::Find => Vec::new(),
    };
    let may_edit = desk.why_not.with_untracked(Option::is_none);
    items.retain(|item| may_edit || !matches!(item.choice, Choice::Run { command } if command.is_edit()));
    items.retain(|item| is_found(&item.label, typed));
    let lists_cards = match kind {
        MenuKind::Find => true,
        MenuKind::Palette => !typed.trim().is_empty(),
        MenuKind::Add { .. } | MenuKind::Card { .. } | MenuKind::Keep { .. } => false,
    };
    if lists_cards {
        desk.board.with_untracked(|board| {
            let found = board.cards.iter().filter_map(|card| {
                let face = card_view(&flow, card.node_id.as_ref(), None)?;
                let mut words = face.title.clone();
                words.push(' ');
                words.push_str(&face.detail);
                words.push(' ');
                words.push_str(face.kind.label());
                is_found(&words, typed).then(|| Item {
                    label: face.title,
                    detail: face.detail,
                    keys: "",
                    glyph: card_icon(face.kind),
                    choice: Choice::Card { node_id: card.node_id.clone() },
                })
            });
            items.extend(found.take(MAX_CARDS));
        });
    }
    items
}

fn title_of(desk: Desk, kind: &MenuKind) -> String {
    desk.builder.of_flow_untracked(|flow| match kind {
        MenuKind::Add { slot } => format!("Add a card {}", slot_words(flow, slot)),
        MenuKind::Card { node_id } => format!("Menu of {}", spoken_title(flow, node_id.as_ref())),
        MenuKind::Keep { node_id } => format!("Delete {}: which branch stays", spoken_title(flow, Some(node_id))),
        MenuKind::Palette => "Command palette".to_owned(),
        MenuKind::Find => "Find a card".to_owned(),
    })
}

fn choose(desk: Desk, kind: &MenuKind, choice: Choice, target: Option<Option<NodeId>>) {
    match (choice, kind) {
        (Choice::Run { command }, MenuKind::Card { node_id }) => acts::perform(desk, command, Some(node_id.clone())),
        (Choice::Run { command }, _) => acts::perform(desk, command, target),
        (Choice::Add { kind }, MenuKind::Add { slot }) => acts::insert(desk, slot.clone(), kind),
        (Choice::Paste, MenuKind::Add { slot }) => acts::paste_into(desk, slot.clone()),
        (Choice::Keep { branch }, MenuKind::Keep { node_id }) => acts::delete_keeping(desk, node_id, branch),
        (Choice::Card { node_id }, _) => acts::go_to_card(desk, node_id),
        (Choice::Place { route }, _) => go_to(&route),
        (Choice::Add { .. } | Choice::Paste | Choice::Keep { .. }, _) => {}
    }
}

/// The menu that is open, if one is.
#[component]
pub fn Finder() -> AnyView {
    let desk = use_desk();
    view! { {move || desk.menu.get().map(|menu| show_menu(desk, menu))} }.into_any()
}

fn show_menu(desk: Desk, menu: MenuState) -> AnyView {
    let MenuState { kind, at } = menu;
    // Before the menu takes the focus.
    let target = desk.target();
    let focused = document().active_element().map(|element| element.id()).unwrap_or_default();
    let title = title_of(desk, &kind);
    let name = title.clone();
    let kind = StoredValue::new(kind);
    let target = StoredValue::new(target);
    let focused = StoredValue::new(focused);
    let typed = RwSignal::new(String::new());
    let chosen = RwSignal::new(0_usize);
    let items = Memo::new(move |_| typed.with(|typed| kind.with_value(|kind| items_of(desk, kind, typed))));
    let dialog = NodeRef::<html::Dialog>::new();
    let close = move |gives_back: bool| {
        desk.menu.set(None);
        let focused = focused.get_value();
        if gives_back && !focused.is_empty() {
            focus_soon(focused);
        }
    };
    let run = move |item_idx: usize| {
        let Some(item) = items.with_untracked(|items| items.get(item_idx).cloned()) else { return };
        let (kind, target) = (kind.get_value(), target.get_value());
        close(true);
        // The dialog is gone and has given the focus back by then.
        desk.here.soon(move || choose(desk, &kind, item.choice, target));
    };
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        if !dialog.open() {
            if dialog.show_modal().is_err() {
                leptos::logging::warn!("the menu could not be shown");
            }
            if let Some(at) = at {
                place_menu(&dialog, at);
            }
            focus_element("finder-field");
        }
    });
    Effect::new(move |_| {
        let id = option_id(chosen.get());
        if let Some(option) = document().get_element_by_id(&id) {
            let options = leptos::web_sys::ScrollIntoViewOptions::new();
            options.set_block(leptos::web_sys::ScrollLogicalPosition::Nearest);
            option.scroll_into_view_with_scroll_into_view_options(&options);
        }
    });
    let on_keydown = move |event: KeyboardEvent| {
        let n = items.with_untracked(Vec::len);
        let now = chosen.get_untracked();
        let next = match event.key().as_str() {
            "ArrowDown" => (now + 1) % n.max(1),
            "ArrowUp" => (now + n.saturating_sub(1)) % n.max(1),
            "Home" => 0,
            "End" => n.saturating_sub(1),
            "Enter" => {
                event.prevent_default();
                event.stop_propagation();
                run(now);
                return;
            }
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        chosen.set(next);
    };
    let rows = move || {
        items
            .get()
            .into_iter()
            .enumerate()
            .map(|(item_idx, item)| {
                let Item { label, detail, keys, glyph, .. } = item;
                view! {
                    <li
                        role="option"
                        class=move || if chosen.get() == item_idx { "finder-item finder-item--chosen" } else { "finder-item" }
                        id=option_id(item_idx)
                        aria-selected=move || (chosen.get() == item_idx).to_string()
                        on:pointermove=move |_| {
                            if chosen.get_untracked() != item_idx {
                                chosen.set(item_idx);
                            }
                        }
                        on:click=move |_| run(item_idx)
                    >
                        {icon(glyph)}
                        <span class="finder-words">
                            <span>{label}</span>
                            {(!detail.is_empty()).then(|| view! { <span class="finder-detail">{detail}</span> })}
                        </span>
                        {(!keys.is_empty()).then(|| view! { <kbd>{keys}</kbd> })}
                    </li>
                }
                .into_any()
            })
            .collect_view()
    };
    // Of the acts only those are listed that change nothing.
    let why_not = match kind.get_value() {
        MenuKind::Card { .. } | MenuKind::Palette => desk.why_not.get_untracked(),
        MenuKind::Add { .. } | MenuKind::Keep { .. } | MenuKind::Find => None,
    };
    let hint = match kind.get_value() {
        MenuKind::Find => "Title, kind or destination",
        MenuKind::Palette => "Type a command or a card",
        MenuKind::Add { .. } | MenuKind::Card { .. } | MenuKind::Keep { .. } => "Type to search",
    };
    let is_none = Memo::new(move |_| items.with(Vec::is_empty));
    view! {
        <dialog
            node_ref=dialog
            class=if at.is_some() { "finder finder--placed" } else { "finder" }
            aria-label=name
            on:close=move |_| {
                if desk.menu.with_untracked(Option::is_some) {
                    close(true);
                }
            }
            on:click=move |event: MouseEvent| {
                if is_backdrop(&event) {
                    close(true);
                }
            }
            on:keydown=on_keydown
        >
            <p class="finder-title" aria-hidden="true">{title}</p>
            {why_not.map(|WhyNot { words, .. }| view! { <p class="finder-why-not muted">{words}</p> })}
            <input
                class="input finder-field"
                id="finder-field"
                type="text"
                role="combobox"
                aria-label=hint
                placeholder=hint
                autocomplete="off"
                spellcheck="false"
                aria-expanded="true"
                aria-controls="finder-options"
                aria-autocomplete="list"
                aria-activedescendant=move || (!is_none.get()).then(|| option_id(chosen.get()))
                on:input=move |event| {
                    chosen.set(0);
                    typed.set(event_target_value(&event));
                }
            />
            <ul class="finder-options" id="finder-options" role="listbox" aria-label="Choices">{rows}</ul>
            <p class="finder-none muted" role="status">
                {move || if is_none.get() { messages::FINDER_EMPTY.to_owned() } else { String::new() }}
            </p>
            <p class="visually-hidden" role="status">{move || items.with(|items| counted(items.len(), "choice", "choices"))}</p>
        </dialog>
    }
    .into_any()
}

fn option_id(item_idx: usize) -> String {
    format!("finder-option-{item_idx}")
}

/// A press beside the dialog hits the dialog itself, outside its box.
fn is_backdrop(event: &MouseEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<leptos::web_sys::Element>().ok());
    let Some(element) = target.filter(|element| element.tag_name() == "DIALOG") else { return false };
    let area = element.get_bounding_client_rect();
    let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
    x < area.left() || x > area.right() || y < area.top() || y > area.bottom()
}

/// Puts a menu where it was asked for, inside the window.
fn place_menu(dialog: &leptos::web_sys::HtmlDialogElement, at: Point) {
    let area = dialog.get_bounding_client_rect();
    let size = |size: Result<leptos::wasm_bindgen::JsValue, _>| size.ok().and_then(|size| size.as_f64()).unwrap_or(0.0);
    let (width, height) = (size(window().inner_width()), size(window().inner_height()));
    let left = at.x.min(width - area.width() - 8.0).max(8.0);
    let top = at.y.min(height - area.height() - 8.0).max(8.0);
    let style = leptos::web_sys::HtmlElement::style(dialog);
    let placed =
        style.set_property("left", &format!("{left}px")).and_then(|()| style.set_property("top", &format!("{top}px")));
    if placed.is_err() {
        leptos::logging::warn!("the menu could not be placed");
    }
}
