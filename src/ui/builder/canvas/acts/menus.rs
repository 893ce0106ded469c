//! Opening the menus, each beside what it is about.
//!
//! In: a card, a place, a press. Out: which menu shows, and where.
//! Invariant: who may not edit is told why instead of being asked what to add.

use leptos::ev;
use leptos::prelude::*;

use crate::domain::flow::layout::Point;
use crate::domain::flow::tree::Slot;
use crate::domain::id::NodeId;
use crate::ui::builder::canvas::desk::{Desk, card_element_id};
use crate::ui::builder::canvas::finder::{MenuKind, MenuState};
use crate::ui::builder::canvas::slots::slot_element_id;

/// Opens a menu.
pub fn open(desk: Desk, kind: MenuKind, at: Option<Point>) {
    desk.menu.set(Some(MenuState { kind, at }));
}

/// Right below an element.
fn place_of_element(element_id: &str) -> Option<Point> {
    let area = document().get_element_by_id(element_id)?.get_bounding_client_rect();
    Some(Point { x: area.left(), y: area.bottom() + 4.0 })
}

/// Asks what to add there.
pub fn open_add(desk: Desk, slot: Slot) {
    if desk.is_refused() {
        return;
    }
    let at = place_of_element(&slot_element_id(&slot));
    open(desk, MenuKind::Add { slot }, at);
}

/// Opens a card's menu, below the card or where it is told to.
pub fn open_menu(desk: Desk, node_id: Option<NodeId>, at: Option<Point>) {
    let at = at.or_else(|| place_of_element(&card_element_id(node_id.as_ref())));
    desk.active.set(node_id.clone());
    open(desk, MenuKind::Card { node_id }, at);
}

/// The right button opens the menu of the card under the pointer.
pub fn open_menu_at(desk: Desk, event: &ev::MouseEvent) {
    let Some(root) = desk.root.get_untracked() else { return };
    let area = root.get_bounding_client_rect();
    let at = Point { x: f64::from(event.client_x()), y: f64::from(event.client_y()) };
    let point = desk.view.get_untracked().to_canvas(Point { x: at.x - area.left(), y: at.y - area.top() });
    let found = desk.board.with_untracked(|board| board.card_at(point).map(|card| card.node_id.clone()));
    event.prevent_default();
    if let Some(node_id) = found {
        desk.active.set(node_id.clone());
        open(desk, MenuKind::Card { node_id }, Some(at));
    }
}
