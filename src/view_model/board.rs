//! The flow on its canvas: what stands where, in which order it is read, and what lies under a point.
//!
//! In: a flow. Out: cards with their place in the tree, lines, ends, marked places; neighbours by arrow key.
//! Invariant: holds no words of a card, so that a flow of thousands is laid out in one pass.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::domain::flow::edit::Scope;
use crate::domain::flow::layout::{BRANCH_HEIGHT, CARD_WIDTH, Layout, LineFoot, PlacedLine, Point, layout};
use crate::domain::flow::model::{Branch, Flow};
use crate::domain::flow::tree::{Slot, reach};
use crate::domain::id::NodeId;
use crate::view_model::viewport::Area;

/// The radius of a line's corners.
const CORNER: f64 = 12.0;
/// Below the last card, for the end mark.
const FOOT: f64 = 32.0;

/// One card on the canvas. The trigger comes first.
#[derive(Debug, Clone, PartialEq)]
pub struct BoardCard {
    /// `None` for the trigger.
    pub node_id: Option<NodeId>,
    pub corner: Point,
    /// Depth of the branch, from 1.
    pub level: usize,
    /// From 1, among the cards of its branch.
    pub position: usize,
    pub set_size: usize,
    pub is_split: bool,
    /// The split it hangs below, with the branch.
    pub within: Option<(NodeId, Branch)>,
}

/// A laid out flow.
#[derive(Debug, Clone, PartialEq)]
pub struct Board {
    /// In the order in which they are read.
    pub cards: Vec<BoardCard>,
    pub lines: Vec<PlacedLine>,
    pub bounds: Area,
    index: BTreeMap<NodeId, usize>,
    slots: BTreeMap<Slot, usize>,
}

/// A walk by arrow key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Walk {
    Next,
    Previous,
    Into,
    Out,
    First,
    Last,
}

impl Board {
    /// Lays a flow out.
    pub fn of(flow: &Flow) -> Self {
        let Layout { trigger, cards: placed, lines, top_left, bottom_right } = layout(flow);
        let trigger = BoardCard {
            node_id: None,
            corner: trigger,
            level: 1,
            position: 1,
            set_size: 1,
            is_split: false,
            within: None,
        };
        let mut cards = Vec::with_capacity(placed.len() + 1);
        cards.push(trigger);
        let mut index = BTreeMap::new();
        for card in placed {
            index.insert(card.node_id.clone(), cards.len());
            let is_split = flow.nodes.get(&card.node_id).is_some_and(|node| node.kind.is_split());
            cards.push(BoardCard {
                node_id: Some(card.node_id),
                corner: card.corner,
                level: 1,
                position: 1,
                set_size: 1,
                is_split,
                within: None,
            });
        }
        // A card's line comes before the lines below it, so what a card inherits is there when it is asked for.
        let mut branch_of = vec![0_usize; cards.len()];
        let mut sizes = vec![1_usize];
        for line in &lines {
            let LineFoot::Card { node_id } = &line.foot else { continue };
            let Some(card_idx) = index.get(node_id).copied() else { continue };
            let owner_idx = line.slot.owner().map_or(Some(0), |owner| index.get(owner).copied());
            let Some(owner_idx) = owner_idx else { continue };
            let Some(owner) = cards.get(owner_idx) else { continue };
            let (level, within, branch) = match &line.slot {
                Slot::Entry | Slot::Below { .. } => {
                    (owner.level, owner.within.clone(), branch_of.get(owner_idx).copied().unwrap_or_default())
                }
                Slot::Branch { node_id, branch } => {
                    sizes.push(0);
                    (owner.level + 1, Some((node_id.clone(), *branch)), sizes.len() - 1)
                }
            };
            let Some(size) = sizes.get_mut(branch) else { continue };
            *size += 1;
            let position = *size;
            if let Some(own) = branch_of.get_mut(card_idx) {
                *own = branch;
            }
            if let Some(card) = cards.get_mut(card_idx) {
                card.level = level;
                card.within = within;
                card.position = position;
            }
        }
        for (card, branch) in cards.iter_mut().zip(&branch_of) {
            card.set_size = sizes.get(*branch).copied().unwrap_or(1);
        }
        let slots = lines.iter().enumerate().map(|(line_idx, line)| (line.slot.clone(), line_idx)).collect();
        let mut bounds = Area::of(top_left, bottom_right);
        bounds.bottom += FOOT;
        Self { cards, lines, bounds, index, slots }
    }

    /// The card with this id; the trigger for none.
    pub fn card(&self, node_id: Option<&NodeId>) -> Option<&BoardCard> {
        self.cards.get(self.place(node_id)?)
    }

    /// The line of a slot.
    pub fn line(&self, slot: &Slot) -> Option<&PlacedLine> {
        self.lines.get(*self.slots.get(slot)?)
    }

    /// Where a card comes in reading order; the trigger for none.
    pub fn place(&self, node_id: Option<&NodeId>) -> Option<usize> {
        node_id.map_or(Some(0), |node_id| self.index.get(node_id).copied())
    }

    /// Where an arrow key leads from a card. `None`: nowhere.
    pub fn walk(&self, from: Option<&NodeId>, walk: Walk) -> Option<&BoardCard> {
        let place = self.place(from)?;
        let card = self.cards.get(place)?;
        match walk {
            Walk::Next => self.cards.get(place + 1),
            Walk::Previous => self.cards.get(place.checked_sub(1)?),
            Walk::First => self.cards.first(),
            Walk::Last => self.cards.last(),
            Walk::Out => self.card(Some(&card.within.as_ref()?.0)),
            Walk::Into => match (&card.node_id, &card.within) {
                (Some(node_id), _) if card.is_split => {
                    self.top_of(node_id, Branch::Yes).or_else(|| self.top_of(node_id, Branch::No))
                }
                (_, Some((split, Branch::Yes))) => self.top_of(split, Branch::No),
                _ => None,
            },
        }
    }

    fn top_of(&self, split: &NodeId, branch: Branch) -> Option<&BoardCard> {
        match &self.line(&Slot::branch(split, branch))?.foot {
            LineFoot::Card { node_id } => self.card(Some(node_id)),
            LineFoot::End | LineFoot::Joins { .. } => None,
        }
    }

    /// The card under a point.
    pub fn card_at(&self, point: Point) -> Option<&BoardCard> {
        self.cards.iter().find(|card| Area::of_card(card.corner).holds(point))
    }

    /// The nearest of some slots to a point, within a distance.
    pub fn slot_at<'a>(&'a self, point: Point, within: f64, open: &[bool]) -> Option<&'a PlacedLine> {
        let distance = |line: &PlacedLine| (line.plus.x - point.x).hypot(line.plus.y - point.y);
        let mut nearest: Option<(&PlacedLine, f64)> = None;
        for (line, is_open) in self.lines.iter().zip(open) {
            // A card's width is as good as its middle: a person aims between two cards.
            let reach = Area::of(line.plus, line.plus).grown(1.0);
            let aimed = Area { left: reach.left - CARD_WIDTH / 2.0, right: reach.right + CARD_WIDTH / 2.0, ..reach };
            let is_aimed = aimed.grown(24.0).holds(point);
            let far = if is_aimed { (line.plus.y - point.y).abs() } else { distance(line) };
            if *is_open && (is_aimed || far <= within) && nearest.is_none_or(|(_, least)| far < least) {
                nearest = Some((line, far));
            }
        }
        nearest.map(|(line, _)| line)
    }

    /// Which lines can take what is moved: for a new card all, for a moved one those not inside it.
    pub fn open_slots(&self, flow: &Flow, moved: Option<(&NodeId, Scope)>) -> Vec<bool> {
        let Some((node_id, scope)) = moved else { return vec![true; self.lines.len()] };
        let is_whole = scope == Scope::WithBelow || flow.nodes.get(node_id).is_some_and(|node| node.kind.is_split());
        let inside: std::collections::BTreeSet<&NodeId> = if is_whole {
            reach(flow, Some(node_id)).into_iter().map(|node| &node.id).collect()
        } else {
            std::iter::once(node_id).collect()
        };
        let is_open = |line: &PlacedLine| {
            let stays = matches!(&line.foot, LineFoot::Card { node_id: foot } if foot == node_id);
            !stays && line.slot.owner().is_none_or(|owner| !inside.contains(owner))
        };
        self.lines.iter().map(is_open).collect()
    }

    /// The cards that meet an area, by their number in reading order.
    pub fn cards_in(&self, area: &Area) -> Vec<usize> {
        let is_in = |card: &BoardCard| Area::of_card(card.corner).meets(area);
        self.cards.iter().enumerate().filter(|(_, card)| is_in(card)).map(|(card_idx, _)| card_idx).collect()
    }

    /// The lines that meet an area, by their number.
    pub fn lines_in(&self, area: &Area) -> Vec<usize> {
        let is_in = |line: &PlacedLine| {
            let (left, right) = (line.start.x.min(line.end.x), line.start.x.max(line.end.x));
            Area { left, right, top: line.start.y, bottom: line.end.y + FOOT }.meets(area)
        };
        self.lines.iter().enumerate().filter(|(_, line)| is_in(line)).map(|(line_idx, _)| line_idx).collect()
    }

    /// Every card as a block: the outline of a flow that is seen from far.
    pub fn blocks_path(&self) -> String {
        let mut path = String::with_capacity(self.cards.len() * 40);
        for card in &self.cards {
            push_move(&mut path, card.corner);
            path.push_str(BLOCK);
        }
        path
    }

    /// Every line as a bare stroke.
    pub fn strokes_path(&self) -> String {
        let mut path = String::with_capacity(self.lines.len() * 40);
        for line in &self.lines {
            push_line(&mut path, line, 0.0);
        }
        path
    }
}

/// A card's outline, from its corner on.
const BLOCK: &str = "h280v72h-280z";

/// One card as a block.
pub fn block_path(corner: Point) -> String {
    let mut path = String::new();
    push_move(&mut path, corner);
    path.push_str(BLOCK);
    path
}

/// One line with rounded corners, as the data of a path.
pub fn line_path(line: &PlacedLine) -> String {
    let mut path = String::new();
    push_line(&mut path, line, CORNER);
    path
}

/// The same, behind what is there.
pub fn push_line_path(path: &mut String, line: &PlacedLine) {
    push_line(path, line, CORNER);
}

fn push_line(path: &mut String, line: &PlacedLine, corner: f64) {
    push_move(path, line.start);
    let (dx, end) = (line.end.x - line.start.x, line.end);
    if dx.abs() < 1.0 {
        push_numbers(path, 'V', &[end.y]);
        return;
    }
    let bar = line.start.y + (BRANCH_HEIGHT / 4.0).min((end.y - line.start.y) / 2.0);
    if corner == 0.0 {
        push_numbers(path, 'V', &[bar]);
        push_numbers(path, 'H', &[end.x]);
        push_numbers(path, 'V', &[end.y]);
        return;
    }
    let corner = corner.min(dx.abs() / 2.0);
    let side = corner * dx.signum();
    push_numbers(path, 'V', &[bar - corner]);
    push_numbers(path, 'q', &[0.0, corner, side, corner]);
    push_numbers(path, 'H', &[end.x - side]);
    push_numbers(path, 'q', &[side, 0.0, side, corner]);
    push_numbers(path, 'V', &[end.y]);
}

fn push_move(path: &mut String, point: Point) {
    push_numbers(path, 'M', &[point.x, point.y]);
}

fn push_numbers(path: &mut String, act: char, numbers: &[f64]) {
    path.push(act);
    for (place, number) in numbers.iter().enumerate() {
        if place > 0 {
            path.push(' ');
        }
        // Half pixels do not matter here, and whole numbers are quick to print.
        let _infallible = write!(path, "{}", number.round() as i64);
    }
}

/// Where a card's time hint, or a line's end mark, stands: the middle of what is below a line.
pub fn end_mark(line: &PlacedLine) -> Point {
    Point { x: line.end.x, y: line.end.y + 4.0 }
}

/// Where the word *Yes* or *No* of a branch stands.
pub fn branch_label(line: &PlacedLine) -> Point {
    Point { x: line.end.x, y: line.start.y + BRANCH_HEIGHT / 4.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::flow::condition::ConditionGroups;
    use crate::domain::flow::edit::{FlowEdit, apply};
    use crate::domain::flow::layout::CARD_HEIGHT;
    use crate::domain::flow::model::NodeKind;
    use crate::domain::id::FlowId;

    fn note() -> NodeKind {
        NodeKind::note("n")
    }

    fn split() -> NodeKind {
        NodeKind::TriggerSplit { condition: ConditionGroups::default(), yes: None, no: None }
    }

    fn id(text: &str) -> NodeId {
        NodeId::new(text)
    }

    /// `a s(b c; d)`.
    fn flow() -> Flow {
        let put = |flow: Flow, slot: Slot, node: &str, kind: NodeKind| {
            apply(&flow, FlowEdit::InsertNode { slot, node_id: id(node), kind }).unwrap()
        };
        let flow = put(Flow::blank(FlowId::new("f"), "f"), Slot::Entry, "a", note());
        let flow = put(flow, Slot::below(&id("a")), "s", split());
        let flow = put(flow, Slot::branch(&id("s"), Branch::Yes), "b", note());
        let flow = put(flow, Slot::below(&id("b")), "c", note());
        put(flow, Slot::branch(&id("s"), Branch::No), "d", note())
    }

    fn name(card: Option<&BoardCard>) -> &str {
        card.map_or("nowhere", |card| card.node_id.as_ref().map_or("trigger", NodeId::as_str))
    }

    #[test]
    fn every_card_knows_its_place_in_the_tree() {
        let board = Board::of(&flow());
        let places: Vec<_> =
            board.cards.iter().map(|card| (name(Some(card)), card.level, card.position, card.set_size)).collect();
        let expected =
            [("trigger", 1, 1, 3), ("a", 1, 2, 3), ("s", 1, 3, 3), ("b", 2, 1, 2), ("c", 2, 2, 2), ("d", 2, 1, 1)];
        assert_eq!(places, expected);
    }

    #[test]
    fn arrow_keys_walk_the_tree() {
        let board = Board::of(&flow());
        let walk = |from: &str, walk| name(board.walk(Some(&id(from)), walk)).to_owned();
        assert_eq!(name(board.walk(None, Walk::Next)), "a");
        assert_eq!(name(board.walk(None, Walk::Previous)), "nowhere");
        assert_eq!(walk("a", Walk::Previous), "trigger");
        assert_eq!(walk("s", Walk::Into), "b");
        assert_eq!(walk("c", Walk::Into), "d");
        assert_eq!(walk("c", Walk::Out), "s");
        assert_eq!(walk("d", Walk::Out), "s");
        assert_eq!(walk("c", Walk::Next), "d");
        assert_eq!(walk("a", Walk::Last), "d");
        assert_eq!(walk("gone", Walk::Next), "nowhere");
    }

    #[test]
    fn a_moved_card_finds_only_places_that_can_take_it() {
        let (flow, board) = (flow(), Board::of(&flow()));
        let open = board.open_slots(&flow, Some((&id("s"), Scope::Card)));
        let slots: Vec<_> =
            board.lines.iter().zip(&open).filter(|(_, is_open)| **is_open).map(|(line, _)| &line.slot).collect();
        assert_eq!(slots, [&Slot::Entry]);
        let open = board.open_slots(&flow, Some((&id("b"), Scope::Card)));
        assert_eq!(open.iter().filter(|is_open| **is_open).count(), board.lines.len() - 2);
        assert!(board.open_slots(&flow, None).iter().all(|is_open| *is_open));
    }

    #[test]
    fn points_find_cards_and_slots() {
        let board = Board::of(&flow());
        for card in &board.cards {
            let middle = Point { x: card.corner.x + CARD_WIDTH / 2.0, y: card.corner.y + CARD_HEIGHT / 2.0 };
            assert_eq!(board.card_at(middle), Some(card));
        }
        let open = vec![true; board.lines.len()];
        for line in &board.lines {
            let near = Point { x: line.plus.x + 40.0, y: line.plus.y + 10.0 };
            assert_eq!(board.slot_at(near, 60.0, &open).map(|line| &line.slot), Some(&line.slot));
        }
        let nowhere = Point { x: 5_000.0, y: 5_000.0 };
        assert_eq!(board.card_at(nowhere), None);
        assert_eq!(board.slot_at(nowhere, 60.0, &open), None);
    }

    #[test]
    fn only_what_is_near_is_mounted() {
        let board = Board::of(&flow());
        let top = Area { left: -200.0, top: 0.0, right: 200.0, bottom: 100.0 };
        assert_eq!(board.cards_in(&top), [0]);
        assert_eq!(board.lines_in(&top).len(), 1);
        assert_eq!(board.cards_in(&board.bounds).len(), board.cards.len());
    }

    #[test]
    fn lines_turn_round_corners() {
        let board = Board::of(&flow());
        let path = |slot: &Slot| line_path(board.line(slot).unwrap());
        assert_eq!(path(&Slot::Entry), "M0 72V136");
        let yes = path(&Slot::branch(&id("s"), Branch::Yes));
        assert!(yes.contains("q0 12 -12 12") && yes.contains("q-12 0 -12 12"), "{yes}");
        assert_eq!(board.blocks_path().matches('M').count(), board.cards.len());
    }
}
