//! What part of the canvas a person sees, and how big.
//!
//! In: sizes, points and steps of pan and zoom. Out: the next viewport, and which rectangles are in sight.
//! Invariant: plain arithmetic; a flow can never be moved wholly out of sight.

use crate::domain::flow::layout::{CARD_HEIGHT, CARD_WIDTH, Point};

/// The smallest zoom by hand; a large flow may be fitted smaller.
pub const MIN_ZOOM: f64 = 0.1;
/// The largest zoom.
pub const MAX_ZOOM: f64 = 2.0;
/// One press of + or −.
pub const ZOOM_STEP: f64 = 1.25;
/// Around a flow that is fitted, and around a card that is brought into sight.
const PADDING: f64 = 48.0;
/// So much of the flow stays in sight, whatever is done.
const KEPT_IN_SIGHT: f64 = 80.0;
/// Around what is seen, so much is mounted with it: more than a card's badge stands out, and a start for the next moves.
const NEAR: f64 = 120.0;
/// Around what is seen, so much is mounted once the view rests.
const AHEAD: f64 = 400.0;
/// How many times as much as is near may be mounted on the way.
const MOST_MOUNTED: f64 = 3.0;

/// A rectangle of the canvas.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Area {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Area {
    /// From its corners.
    pub const fn of(top_left: Point, bottom_right: Point) -> Self {
        Self { left: top_left.x, top: top_left.y, right: bottom_right.x, bottom: bottom_right.y }
    }

    /// Where a card stands.
    pub const fn of_card(corner: Point) -> Self {
        Self { left: corner.x, top: corner.y, right: corner.x + CARD_WIDTH, bottom: corner.y + CARD_HEIGHT }
    }

    /// Whether the two have a point in common.
    pub fn meets(&self, other: &Self) -> bool {
        self.left <= other.right && other.left <= self.right && self.top <= other.bottom && other.top <= self.bottom
    }

    /// Whether a point lies in it.
    pub fn holds(&self, point: Point) -> bool {
        self.left <= point.x && point.x <= self.right && self.top <= point.y && point.y <= self.bottom
    }

    /// Whether the other lies wholly in it.
    pub fn covers(&self, other: &Self) -> bool {
        self.left <= other.left && self.top <= other.top && self.right >= other.right && self.bottom >= other.bottom
    }

    /// The smallest that holds both.
    pub const fn with(&self, other: &Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    const fn size(&self) -> f64 {
        (self.right - self.left) * (self.bottom - self.top)
    }

    /// The same, so much larger on every side.
    pub fn grown(&self, by: f64) -> Self {
        Self { left: self.left - by, top: self.top - by, right: self.right + by, bottom: self.bottom + by }
    }
}

/// The window onto the canvas: screen = canvas × zoom + offset.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Viewport {
    pub offset: Point,
    pub zoom: f64,
    pub width: f64,
    pub height: f64,
}

impl Default for Viewport {
    fn default() -> Self {
        Self { offset: Point { x: 0.0, y: 0.0 }, zoom: 1.0, width: 0.0, height: 0.0 }
    }
}

impl Viewport {
    /// The point of the canvas that is seen there.
    pub fn to_canvas(&self, screen: Point) -> Point {
        Point { x: (screen.x - self.offset.x) / self.zoom, y: (screen.y - self.offset.y) / self.zoom }
    }

    /// Where a point of the canvas is seen.
    pub fn to_screen(&self, point: Point) -> Point {
        Point { x: point.x * self.zoom + self.offset.x, y: point.y * self.zoom + self.offset.y }
    }

    /// The part of the canvas in sight.
    pub fn seen(&self) -> Area {
        let bottom_right = Point { x: self.width, y: self.height };
        Area::of(self.to_canvas(Point { x: 0.0, y: 0.0 }), self.to_canvas(bottom_right))
    }

    /// What is mounted while the view rests: what is seen, and what may come into sight next.
    pub fn ahead(&self) -> Area {
        self.seen().grown(AHEAD)
    }

    /// What is mounted when the view has come to rest: what was, where half of that is still ahead on every side.
    pub fn rested(&self, before: &Area) -> Area {
        let ahead = self.ahead();
        let is_enough = before.covers(&self.seen().grown(AHEAD / 2.0)) && before.size() <= ahead.size();
        if is_enough { *before } else { ahead }
    }

    /// What is to be mounted now: what is, as long as it holds all that is seen; nothing of it goes before the view
    /// rests, until it is too much.
    pub fn mounted_from(&self, before: &Area) -> Area {
        let seen = self.seen();
        if before.covers(&seen) {
            return *before;
        }
        let near = seen.grown(NEAR);
        let all = near.with(before);
        if all.size() <= near.size() * MOST_MOUNTED { all } else { near }
    }

    /// Moved by so many pixels of the screen.
    pub fn panned(self, by: Point, bounds: &Area) -> Self {
        let offset = Point { x: self.offset.x + by.x, y: self.offset.y + by.y };
        Self { offset, ..self }.held(bounds)
    }

    /// Zoomed so that the point under `screen` stays there.
    pub fn zoomed(self, zoom: f64, screen: Point, bounds: &Area) -> Self {
        let least = MIN_ZOOM.min(self.fitting_zoom(bounds));
        let zoom = zoom.clamp(least, MAX_ZOOM);
        let fixed = self.to_canvas(screen);
        let offset = Point { x: screen.x - fixed.x * zoom, y: screen.y - fixed.y * zoom };
        Self { offset, zoom, ..self }.held(bounds)
    }

    /// Zoomed around its middle.
    pub fn zoomed_by(self, factor: f64, bounds: &Area) -> Self {
        self.zoomed(self.zoom * factor, self.middle(), bounds)
    }

    /// The middle of the screen's part.
    pub fn middle(&self) -> Point {
        Point { x: self.width / 2.0, y: self.height / 2.0 }
    }

    fn fitting_zoom(&self, bounds: &Area) -> f64 {
        let room = |size: f64| (size - 2.0 * PADDING).max(1.0);
        let width = (bounds.right - bounds.left).max(1.0);
        let height = (bounds.bottom - bounds.top).max(1.0);
        (room(self.width) / width).min(room(self.height) / height).min(1.0)
    }

    /// Shows the whole flow, never larger than life.
    pub fn fitted(self, bounds: &Area) -> Self {
        let zoom = self.fitting_zoom(bounds);
        let middle = (bounds.left + bounds.right) / 2.0;
        let height = (bounds.bottom - bounds.top) * zoom;
        let top = ((self.height - height) / 2.0).clamp(PADDING, PADDING * 2.0);
        let offset = Point { x: self.width / 2.0 - middle * zoom, y: top - bounds.top * zoom };
        Self { offset, zoom, ..self }
    }

    /// At life size with the trigger on top: how a flow opens.
    pub fn opened(self, bounds: &Area) -> Self {
        let fitted = self.fitted(bounds);
        // A flow that nearly fits is shown whole.
        if fitted.zoom >= 0.7 {
            return fitted;
        }
        let zoom = if self.width < CARD_WIDTH * 2.0 { 0.8 } else { 1.0 };
        Self { offset: Point { x: self.width / 2.0, y: PADDING }, zoom, ..self }
    }

    /// Moved as little as it takes to bring an area into sight.
    pub fn revealing(self, area: &Area) -> Self {
        let margin = PADDING / self.zoom.max(0.25);
        let (seen, area) = (self.seen(), area.grown(margin));
        let step = |start: f64, end: f64, seen_start: f64, seen_end: f64| {
            if start < seen_start {
                seen_start - start
            } else if end > seen_end {
                // What is larger than the window shows its start.
                (seen_end - end).max(seen_start - start)
            } else {
                0.0
            }
        };
        let x = step(area.left, area.right, seen.left, seen.right) * self.zoom;
        let y = step(area.top, area.bottom, seen.top, seen.bottom) * self.zoom;
        Self { offset: Point { x: self.offset.x + x, y: self.offset.y + y }, ..self }
    }

    /// The same window on a screen part of another size; the middle of its top stays.
    pub fn resized(self, width: f64, height: f64) -> Self {
        let x = self.offset.x + (width - self.width) / 2.0;
        Self { offset: Point { x, y: self.offset.y }, width, height, ..self }
    }

    /// Whether the whole flow is in sight.
    pub fn shows_all(&self, bounds: &Area) -> bool {
        self.seen().covers(bounds)
    }

    fn held(self, bounds: &Area) -> Self {
        let kept = |size: f64| KEPT_IN_SIGHT.min(size / 2.0);
        let hold = |offset: f64, start: f64, end: f64, size: f64| {
            let least = kept(size) - end * self.zoom;
            let most = size - kept(size) - start * self.zoom;
            offset.max(least).min(most.max(least))
        };
        let x = hold(self.offset.x, bounds.left, bounds.right, self.width);
        let y = hold(self.offset.y, bounds.top, bounds.bottom, self.height);
        Self { offset: Point { x, y }, ..self }
    }
}

/// A small drawing of a whole flow, which keeps its shape in the middle of what room it has.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SmallMap {
    scale: f64,
    offset: Point,
}

impl SmallMap {
    /// Of a flow with these bounds, in so much room.
    pub fn of(bounds: &Area, width: f64, height: f64) -> Self {
        let size = |start: f64, end: f64| (end - start).max(1.0);
        let scale = (width / size(bounds.left, bounds.right)).min(height / size(bounds.top, bounds.bottom));
        let middle = |start: f64, end: f64, room: f64| room / 2.0 - (start + end) / 2.0 * scale;
        let x = middle(bounds.left, bounds.right, width);
        Self { scale, offset: Point { x, y: middle(bounds.top, bounds.bottom, height) } }
    }

    /// Where an area of the canvas is on it.
    pub fn area(&self, area: &Area) -> Area {
        let at = |x: f64, y: f64| Point { x: x * self.scale + self.offset.x, y: y * self.scale + self.offset.y };
        Area::of(at(area.left, area.top), at(area.right, area.bottom))
    }

    /// The point of the canvas that is drawn there.
    pub fn to_canvas(&self, at: Point) -> Point {
        Point { x: (at.x - self.offset.x) / self.scale, y: (at.y - self.offset.y) / self.scale }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Area = Area { left: -400.0, top: 0.0, right: 400.0, bottom: 4_000.0 };

    fn window() -> Viewport {
        Viewport { width: 1_000.0, height: 800.0, ..Viewport::default() }.opened(&BOUNDS)
    }

    fn near(one: Point, other: Point) -> bool {
        (one.x - other.x).abs() < 1e-6 && (one.y - other.y).abs() < 1e-6
    }

    #[test]
    fn the_point_under_the_pointer_stays_while_zooming() {
        let pointer = Point { x: 300.0, y: 500.0 };
        let before = window().to_canvas(pointer);
        for zoom in [0.5, 0.9, 1.7] {
            assert!(near(window().zoomed(zoom, pointer, &BOUNDS).to_canvas(pointer), before));
        }
    }

    #[test]
    fn zoom_has_its_bounds_but_a_large_flow_can_be_fitted() {
        let large = Area { bottom: 400_000.0, ..BOUNDS };
        let fitted = window().fitted(&large);
        assert!(fitted.zoom < MIN_ZOOM && fitted.shows_all(&large));
        assert_eq!(window().zoomed(0.01, window().middle(), &BOUNDS).zoom, MIN_ZOOM);
        assert_eq!(window().zoomed(9.0, window().middle(), &BOUNDS).zoom, MAX_ZOOM);
    }

    #[test]
    fn a_flow_stays_in_sight_however_far_it_is_dragged() {
        for by in [Point { x: 1e6, y: 0.0 }, Point { x: -1e6, y: -1e6 }, Point { x: 0.0, y: 1e6 }] {
            assert!(window().panned(by, &BOUNDS).seen().meets(&BOUNDS));
        }
    }

    #[test]
    fn a_card_is_brought_into_sight_and_one_in_sight_moves_nothing() {
        let far = Area::of_card(Point { x: 900.0, y: 3_000.0 });
        let revealed = window().revealing(&far);
        assert!(revealed.seen().meets(&far) && revealed.seen().holds(Point { x: far.right, y: far.bottom }));
        assert_eq!(revealed.revealing(&far), revealed);
    }

    #[test]
    fn what_was_mounted_ahead_is_enough_for_a_short_way() {
        let start = window().ahead();
        assert!(start.covers(&window().seen()));
        let near = window().panned(Point { x: -300.0, y: -300.0 }, &BOUNDS);
        assert_eq!(near.mounted_from(&start), start);
    }

    #[test]
    fn a_view_that_rests_near_by_mounts_nothing() {
        let start = window().ahead();
        let near = window().panned(Point { x: 0.0, y: -100.0 }, &BOUNDS);
        assert_eq!(near.rested(&start), start);
        let farther = window().panned(Point { x: 0.0, y: -500.0 }, &BOUNDS);
        assert_eq!(farther.rested(&start), farther.ahead());
        assert_eq!(window().rested(&start.with(&farther.ahead())), start, "nothing stays that is out of reach");
    }

    #[test]
    fn what_was_mounted_stays_on_a_short_way_and_goes_on_a_long_one() {
        let start = window().ahead();
        let near = window().panned(Point { x: 0.0, y: -600.0 }, &BOUNDS);
        let both = near.mounted_from(&start);
        assert!(both.covers(&start) && both.covers(&near.seen()));
        assert_eq!(near.mounted_from(&both), both);
        let far = window().panned(Point { x: 0.0, y: -3_900.0 }, &BOUNDS);
        let there = far.mounted_from(&start);
        assert!(there.covers(&far.seen()) && !there.meets(&window().seen()));
    }

    #[test]
    fn a_flow_that_fits_opens_whole() {
        let small = Area { left: -140.0, top: 0.0, right: 140.0, bottom: 300.0 };
        let opened = Viewport { width: 1_000.0, height: 800.0, ..Viewport::default() }.opened(&small);
        assert!(opened.zoom == 1.0 && opened.shows_all(&small));
        assert!(!window().shows_all(&BOUNDS));
    }

    #[test]
    fn a_small_map_has_the_flow_in_its_middle_and_finds_its_points_again() {
        let map = SmallMap::of(&BOUNDS, 110.0, 110.0);
        let drawn = map.area(&BOUNDS);
        assert_eq!((drawn.top, drawn.bottom), (0.0, 110.0));
        assert!(near(Point { x: drawn.left, y: 0.0 }, Point { x: 110.0 - drawn.right, y: 0.0 }));
        let point = Point { x: 250.0, y: 3_000.0 };
        let at = map.area(&Area::of(point, point));
        assert!(near(map.to_canvas(Point { x: at.left, y: at.top }), point));
    }
}
