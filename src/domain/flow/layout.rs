//! Where the cards of a flow stand on the canvas.
//!
//! In: a flow. Out: cards, lines with their + buttons and end marks, in pixels.
//! Invariant: the trigger's middle is x = 0 whatever stands below it, so an edit moves only what must move; no recursion.

use std::collections::BTreeMap;

use crate::domain::flow::model::{Flow, Node};
use crate::domain::flow::tree::{Slot, slots_below};
use crate::domain::id::NodeId;

/// Every card is this wide.
pub const CARD_WIDTH: f64 = 280.0;
/// Every card is this high.
pub const CARD_HEIGHT: f64 = 72.0;
/// From a card to the next one.
pub const LINE_HEIGHT: f64 = 64.0;
/// From a split to its branches; the words *Yes* and *No* need room.
pub const BRANCH_HEIGHT: f64 = 96.0;
/// Between two branches.
pub const BRANCH_GAP: f64 = 48.0;
/// How far a + stands above the end of its line.
pub const PLUS_LIFT: f64 = 32.0;

/// A point of the canvas; y grows downward.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

/// Everything that is drawn, from top to bottom, *Yes* before *No*.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// The top left corner of the trigger's card.
    pub trigger: Point,
    pub cards: Vec<PlacedCard>,
    pub lines: Vec<PlacedLine>,
    /// The corners of the box around all cards and end marks.
    pub top_left: Point,
    pub bottom_right: Point,
}

/// A card and its top left corner.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedCard {
    pub node_id: NodeId,
    pub corner: Point,
}

/// The line of one slot, from the card above to what stands in the slot, with its +.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedLine {
    pub slot: Slot,
    pub start: Point,
    pub end: Point,
    /// The middle of the + button.
    pub plus: Point,
    pub foot: LineFoot,
}

/// What stands at the lower end of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineFoot {
    Card {
        node_id: NodeId,
    },
    /// An end mark.
    End,
    /// The way goes on at a card that is drawn elsewhere; only in imported flows.
    Joins {
        node_id: NodeId,
    },
}

/// A card on its way to its place.
struct Item<'a> {
    node: &'a Node,
    children: Vec<Child>,
    /// How far the card and all below it reach to the left and right of its middle.
    left: f64,
    right: f64,
    middle: f64,
    top: f64,
}

struct Child {
    slot: Slot,
    foot: LineFoot,
    item_idx: Option<usize>,
    /// From the parent's middle.
    offset: f64,
}

/// Places every card that hangs from the trigger.
pub fn layout(flow: &Flow) -> Layout {
    let mut items = items(flow);
    measure(&mut items);
    place(&mut items);

    let mut root = child_of(flow, Slot::Entry);
    root.item_idx = (!items.is_empty()).then_some(0);
    let trigger = Point { x: -CARD_WIDTH / 2.0, y: 0.0 };
    let mut layout = Layout {
        trigger,
        cards: Vec::with_capacity(items.len()),
        lines: vec![line(&root, Point { x: 0.0, y: CARD_HEIGHT }, LINE_HEIGHT)],
        top_left: trigger,
        bottom_right: Point { x: CARD_WIDTH / 2.0, y: CARD_HEIGHT + LINE_HEIGHT },
    };
    if let Some(first) = items.first() {
        layout.top_left.x = -first.left;
        layout.bottom_right.x = first.right;
    }
    for item in &items {
        let corner = Point { x: item.middle - CARD_WIDTH / 2.0, y: item.top };
        layout.cards.push(PlacedCard { node_id: item.node.id.clone(), corner });
        let start = Point { x: item.middle, y: item.top + CARD_HEIGHT };
        let height = line_height(item);
        layout.lines.extend(item.children.iter().map(|child| line(child, start, height)));
        layout.bottom_right.y = layout.bottom_right.y.max(start.y + height);
    }
    layout
}

/// The cards from top to bottom, each after the one it hangs from.
fn items(flow: &Flow) -> Vec<Item<'_>> {
    let mut items: Vec<Item<'_>> = Vec::new();
    let mut idx_of: BTreeMap<&NodeId, usize> = BTreeMap::new();
    let mut stack: Vec<(&Node, Option<(usize, usize)>)> = Vec::new();
    stack.extend(flow.entry.as_ref().and_then(|node_id| flow.nodes.get(node_id)).map(|node| (node, None)));
    while let Some((node, parent)) = stack.pop() {
        let item_idx = items.len();
        let is_new = !idx_of.contains_key(&node.id);
        if let Some(child) = parent.and_then(|(parent_idx, child_idx)| {
            items.get_mut(parent_idx).and_then(|parent| parent.children.get_mut(child_idx))
        }) {
            if is_new {
                child.item_idx = Some(item_idx);
            } else {
                child.foot = LineFoot::Joins { node_id: node.id.clone() };
            }
        }
        if !is_new {
            continue;
        }
        idx_of.insert(&node.id, item_idx);
        let children: Vec<Child> = slots_below(node).into_iter().map(|slot| child_of(flow, slot)).collect();
        for (child_idx, child) in children.iter().enumerate().rev() {
            if let Some(below) = child.slot.link(flow).flatten().and_then(|node_id| flow.nodes.get(node_id)) {
                stack.push((below, Some((item_idx, child_idx))));
            }
        }
        items.push(Item { node, children, left: 0.0, right: 0.0, middle: 0.0, top: 0.0 });
    }
    items
}

fn child_of(flow: &Flow, slot: Slot) -> Child {
    let foot = match slot.link(flow).flatten().and_then(|node_id| flow.nodes.get(node_id)) {
        Some(node) => LineFoot::Card { node_id: node.id.clone() },
        None => LineFoot::End,
    };
    Child { slot, foot, item_idx: None, offset: 0.0 }
}

/// From the bottom up: how wide each card is with all below it, and how its branches stand apart.
fn measure(items: &mut [Item<'_>]) {
    for item_idx in (0..items.len()).rev() {
        let (upper, lower) = items.split_at_mut(item_idx + 1);
        let Some(item) = upper.last_mut() else { continue };
        let extent = |child: &Child| {
            let below = child.item_idx.and_then(|idx| lower.get(idx.checked_sub(item_idx + 1)?));
            below.map_or((CARD_WIDTH / 2.0, CARD_WIDTH / 2.0), |below| (below.left, below.right))
        };
        (item.left, item.right) = match item.children.as_mut_slice() {
            [yes, no] => {
                let ((yes_left, yes_right), (no_left, no_right)) = (extent(yes), extent(no));
                let half = (yes_right + BRANCH_GAP + no_left) / 2.0;
                yes.offset = -half;
                no.offset = half;
                (half + yes_left, half + no_right)
            }
            [next] => extent(next),
            _ => (CARD_WIDTH / 2.0, CARD_WIDTH / 2.0),
        };
    }
}

/// From the top down: each card below the one it hangs from.
fn place(items: &mut [Item<'_>]) {
    if let Some(first) = items.first_mut() {
        first.top = CARD_HEIGHT + LINE_HEIGHT;
    }
    for item_idx in 0..items.len() {
        let (upper, lower) = items.split_at_mut(item_idx + 1);
        let Some(item) = upper.last() else { continue };
        let height = line_height(item);
        for child in &item.children {
            let below = child.item_idx.and_then(|idx| lower.get_mut(idx.checked_sub(item_idx + 1)?));
            if let Some(below) = below {
                below.middle = item.middle + child.offset;
                below.top = item.top + CARD_HEIGHT + height;
            }
        }
    }
}

const fn line_height(item: &Item<'_>) -> f64 {
    if item.node.kind.is_split() { BRANCH_HEIGHT } else { LINE_HEIGHT }
}

fn line(child: &Child, start: Point, height: f64) -> PlacedLine {
    let end = Point { x: start.x + child.offset, y: start.y + height };
    PlacedLine {
        slot: child.slot.clone(),
        start,
        end,
        plus: Point { x: end.x, y: end.y - PLUS_LIFT },
        foot: child.foot.clone(),
    }
}
