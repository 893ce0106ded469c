//! What the parts of the canvas share: where a person looks, where the focus is, what is being placed.
//!
//! In: the working copy. Out: signals, and words for the live region.
//! Invariant: what is placed is an intent only; a drag that is broken off has changed nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;

use crate::domain::flow::check::FlowSeverity;
use crate::domain::flow::edit::Scope;
use crate::domain::flow::layout::Point;
use crate::domain::flow::tree::Slot;
use crate::domain::id::NodeId;
use crate::domain::member::Permission;
use crate::ui::builder::canvas::acts::Act;
use crate::ui::builder::canvas::finder::MenuState;
use crate::ui::builder::canvas::gestures::GestureState;
use crate::ui::builder::{Builder, Selection};
use crate::ui::kit::tabs::focus_soon;
use crate::ui::kit::{Here, WhyNot};
use crate::ui::members::use_why_not;
use crate::ui::page::{Page, use_page};
use crate::ui::state::{AppState, use_app_state};
use crate::view_model::board::{Board, Walk};
use crate::view_model::delivery::Tone;
use crate::view_model::flow::CardKind;
use crate::view_model::viewport::{Area, Viewport};

/// Up to so many cards all are mounted, so that a screen reader finds them without walking.
pub const MOUNT_ALL: usize = 60;
/// Below this zoom a large flow is drawn as blocks.
pub const DETAIL_ZOOM: f64 = 0.4;
/// The element of the canvas.
pub const CANVAS_ID: &str = "canvas";

/// What is on its way to a slot.
#[derive(Debug, Clone, PartialEq)]
pub enum Load {
    New { kind: CardKind },
    Card { node_id: NodeId, scope: Scope },
}

/// A load, and the slot it would go to now.
#[derive(Debug, Clone, PartialEq)]
pub struct Placing {
    pub load: Load,
    /// Whether the pointer carries it; else a slot is chosen by a press.
    pub is_dragged: bool,
    /// Which lines can take it, by their number.
    pub open: Arc<Vec<bool>>,
    pub aim: Option<Slot>,
}

/// The worst problem of each card, the flow's own for none, and how many there are.
pub type Marks = BTreeMap<Option<NodeId>, (FlowSeverity, usize)>;

/// What the parts of the canvas share.
#[derive(Clone, Copy)]
pub struct Desk {
    pub here: Here,
    pub app_state: AppState,
    pub builder: Builder,
    pub page: Page,
    pub board: Memo<Arc<Board>>,
    /// The worst problem of each card and how many there are.
    pub marks: Memo<Arc<Marks>>,
    pub view: RwSignal<Viewport>,
    /// The part of the canvas whose cards have an element.
    pub window: RwSignal<Area>,
    /// Whether the flow is drawn as blocks.
    pub is_far: RwSignal<bool>,
    /// Whether the flow is larger than the window onto it; while the view is moved it stays as it was.
    pub is_large: RwSignal<bool>,
    /// Whether a hand or the wheel is moving the view.
    pub is_moving: StoredValue<bool>,
    /// The card that the keyboard is at; `None` is the trigger.
    pub active: RwSignal<Option<NodeId>>,
    pub placing: RwSignal<Option<Placing>>,
    /// Where the pointer is while it carries something, on the canvas's element.
    pub pointer: RwSignal<Point>,
    pub menu: RwSignal<Option<MenuState>>,
    pub is_sheet_open: RwSignal<bool>,
    said: RwSignal<String>,
    pub root: NodeRef<html::Div>,
    /// What is moved, and in it what is zoomed.
    pub slide: NodeRef<html::Div>,
    pub world: NodeRef<html::Div>,
    pub gestures: GestureState,
    /// Why who acts may look at the flow and not change it.
    pub why_not: Signal<Option<WhyNot>>,
}

impl Desk {
    /// For the flow on the screen.
    pub fn new(builder: Builder) -> Self {
        let board =
            Memo::new(move |_| builder.flow.with(|flow| Arc::new(flow.as_deref().map_or_else(empty_board, Board::of))));
        let marks = Memo::new(move |_| {
            let mut marks = Marks::new();
            builder.problems.with(|problems| {
                for problem in problems {
                    let mark = marks.entry(problem.node_id.clone()).or_insert((problem.severity, 0));
                    mark.0 = mark.0.min(problem.severity);
                    mark.1 += 1;
                }
            });
            Arc::new(marks)
        });
        let active = builder.selection.with_untracked(|selection| match selection {
            Selection::Node { node_id } => Some(node_id.clone()),
            Selection::Nothing | Selection::Trigger => None,
        });
        Self {
            here: Here::now(),
            app_state: use_app_state(),
            builder,
            page: use_page(),
            board,
            marks,
            view: RwSignal::default(),
            window: RwSignal::default(),
            is_far: RwSignal::new(false),
            is_large: RwSignal::new(false),
            is_moving: StoredValue::new(false),
            active: RwSignal::new(active),
            placing: RwSignal::new(None),
            pointer: RwSignal::new(Point { x: 0.0, y: 0.0 }),
            menu: RwSignal::new(None),
            is_sheet_open: RwSignal::new(false),
            said: RwSignal::new(String::new()),
            root: NodeRef::new(),
            slide: NodeRef::new(),
            world: NodeRef::new(),
            gestures: GestureState::idle(),
            why_not: use_why_not(Permission::EditFlows),
        }
    }

    /// Whether who acts may not change the flow; why not is then said.
    pub fn is_refused(self) -> bool {
        let why_not = self.why_not.get_untracked();
        if let Some(WhyNot { words, .. }) = &why_not {
            self.app_state.notify(Tone::Fail, words.clone());
        }
        why_not.is_some()
    }

    /// Says something to whoever listens, not to whoever looks.
    pub fn say(self, words: impl Into<String>) {
        let mut words = words.into();
        // The same words twice are said twice only if they differ.
        if self.said.with_untracked(|said| *said == words) {
            words.push('\u{a0}');
        }
        self.said.set(words);
    }

    /// Asks for an act; it is done at once if its code is here.
    pub fn ask(self, act: Act) {
        self.page.ask(self, act);
    }

    pub fn said(self) -> String {
        self.said.get()
    }

    pub fn bounds(self) -> Area {
        self.board.with_untracked(|board| board.bounds)
    }

    /// Changes where a person looks.
    pub fn look(self, change: impl FnOnce(Viewport, &Area) -> Viewport) {
        if self.view.with_untracked(|view| view.width < 1.0) {
            // Not measured yet: it opens where it should.
            return;
        }
        let bounds = self.bounds();
        let (before, after) = self.view.with_untracked(|view| (*view, change(*view, &bounds)));
        if before != after {
            self.view.set(after);
        }
    }

    /// Moves the focus to a card, and the card into sight.
    pub fn go_to(self, node_id: Option<NodeId>) {
        if self.reveal(node_id.as_ref()) {
            self.active.set(node_id.clone());
            focus_soon(card_element_id(node_id.as_ref()));
        }
    }

    /// Brings a card into sight. Whether there is such a card.
    pub fn reveal(self, node_id: Option<&NodeId>) -> bool {
        let corner = self.board.with_untracked(|board| board.card(node_id).map(|card| card.corner));
        if let Some(corner) = corner {
            self.look(|view, _| view.revealing(&Area::of_card(corner)));
        }
        corner.is_some()
    }

    /// Walks by arrow key.
    pub fn walk(self, walk: Walk) {
        let to = self.board.with_untracked(|board| {
            self.active.with_untracked(|active| board.walk(active.as_ref(), walk).map(|card| card.node_id.clone()))
        });
        if let Some(node_id) = to {
            self.go_to(node_id);
        }
    }

    /// The card that acts are about: the one with the focus, or the selected one.
    pub fn target(self) -> Option<Option<NodeId>> {
        if has_focus() {
            return Some(self.active.get_untracked());
        }
        match self.builder.selection.get_untracked() {
            Selection::Nothing => None,
            Selection::Trigger => Some(None),
            Selection::Node { node_id } => Some(Some(node_id)),
        }
    }
}

fn empty_board() -> Board {
    use crate::domain::flow::model::Flow;
    use crate::domain::id::FlowId;
    Board::of(&Flow::blank(FlowId::new(""), ""))
}

/// The place of an element of the canvas's world. Not a transform: each of those is a part of its own to the browser,
/// in every frame that paints.
pub fn inset_of(point: Point) -> String {
    let Point { x, y } = point;
    format!("{y}px auto auto {x}px")
}

/// Whether the focus is on the canvas.
pub fn has_focus() -> bool {
    let focused = document().active_element();
    focused.is_some_and(|element| element.closest("#canvas").ok().flatten().is_some())
}

/// The id of a card's element.
pub fn card_element_id(node_id: Option<&NodeId>) -> String {
    let mut id = "card-".to_owned();
    id.push_str(node_id.map_or("trigger", NodeId::as_str));
    id
}

/// The parts of the canvas share it.
pub fn use_desk() -> Desk {
    expect_context()
}
