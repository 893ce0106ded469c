//! What the pointer does on the canvas: press, pan, carry, pinch, wheel.
//!
//! In: pointer and wheel events. Out: another view, a selection, something put down.
//! Invariant: what is carried changes the flow only when it is let go at a marked place; Escape, a lost pointer and a
//! place outside change nothing.

use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlDivElement;
use leptos::{ev, html};

use crate::domain::flow::edit::Scope;
use crate::domain::flow::layout::Point;
use crate::domain::id::NodeId;
use crate::ui::builder::Selection;
use crate::ui::builder::canvas::acts;
use crate::ui::builder::canvas::desk::{CANVAS_ID, Desk, Load, use_desk};
use crate::ui::builder::canvas::dom::Slide;
use crate::ui::kit::tabs::focus_element;
use crate::view_model::builder_commands::spoken_title;
use crate::view_model::flow::CardKind;

/// So far a press may wander and still be a press, in pixels.
const SLACK: f64 = 5.0;
/// A finger that rests so long takes a card up, in milliseconds.
const HOLD_MILLIS: u64 = 350;
/// How near the edge carrying moves the view, and how fast, in pixels.
const EDGE: f64 = 48.0;
const EDGE_STEP: f64 = 10.0;
/// How far from a marked place something may be let go, in pixels of the screen.
const REACH: f64 = 90.0;
/// The zoom of one pixel of the wheel.
const WHEEL_ZOOM: f64 = 0.0022;

/// What is under a press.
#[derive(Debug, Clone, PartialEq)]
enum Pressed {
    Ground,
    Card { node_id: Option<NodeId> },
    Palette { kind: CardKind },
}

#[derive(Debug, Clone, PartialEq)]
enum Gesture {
    Idle,
    Press {
        pressed: Pressed,
        start: Point,
        is_touch: bool,
    },
    Pan {
        last: Point,
    },
    Carry,
    /// Two fingers: their distance and middle when last seen.
    Pinch {
        distance: f64,
        middle: Point,
    },
}

/// The gesture that goes on.
#[derive(Clone, Copy)]
pub struct GestureState {
    now: StoredValue<Gesture>,
    /// The pointers that are down.
    pointers: StoredValue<Vec<(i32, Point)>>,
    hold: StoredValue<Option<TimeoutHandle>>,
    /// Where the canvas's element was when the gesture began: asking for it at each move would lay the page out.
    origin: StoredValue<Point>,
}

impl GestureState {
    /// Nothing goes on.
    pub fn idle() -> Self {
        Self {
            now: StoredValue::new(Gesture::Idle),
            pointers: StoredValue::new(Vec::new()),
            hold: StoredValue::new(None),
            origin: StoredValue::new(Point { x: 0.0, y: 0.0 }),
        }
    }

    /// Whether the view follows a hand.
    pub fn is_panning(self) -> bool {
        self.now.with_value(|now| matches!(now, Gesture::Pan { .. }))
    }
}

/// Listens to the whole window, so that what is let go outside is heard.
pub fn listen(desk: Desk) {
    let gestures = Gestures::of(desk);
    let moves = window_event_listener(ev::pointermove, move |event| gestures.on_move(&event));
    let ups = window_event_listener(ev::pointerup, move |event| gestures.on_up(&event));
    let cancels = window_event_listener(ev::pointercancel, move |event| gestures.on_cancel(&event));
    let keys = window_event_listener(ev::keydown, move |event| {
        let is_carried = desk.placing.with_untracked(|placing| placing.as_ref().is_some_and(|p| p.is_dragged));
        if event.key() == "Escape" && is_carried {
            event.prevent_default();
            gestures.set(Gesture::Idle);
            acts::cancel_placing(desk);
        }
    });
    on_cleanup(move || {
        moves.remove();
        ups.remove();
        cancels.remove();
        keys.remove();
    });
}

/// Something was pressed on the canvas.
pub fn press(desk: Desk, event: &ev::PointerEvent) {
    Gestures::of(desk).press(event);
}

/// The wheel was turned on the canvas.
pub fn wheel(desk: Desk, event: &ev::WheelEvent) {
    turn_wheel(desk, event);
}

/// A card of the palette was pressed: moving carries it.
pub fn press_palette(desk: Desk, event: &ev::PointerEvent, kind: CardKind) {
    if event.button() == 0 {
        let gestures = Gestures::of(desk);
        let at = gestures.place_anew(event);
        gestures.begin(event, at, Pressed::Palette { kind });
    }
}

#[derive(Clone, Copy)]
struct Gestures {
    desk: Desk,
    now: StoredValue<Gesture>,
    pointers: StoredValue<Vec<(i32, Point)>>,
    hold: StoredValue<Option<TimeoutHandle>>,
    origin: StoredValue<Point>,
}

impl Gestures {
    fn of(desk: Desk) -> Self {
        let GestureState { now, pointers, hold, origin } = desk.gestures;
        Self { desk, now, pointers, hold, origin }
    }

    fn set(self, gesture: Gesture) {
        self.desk.is_moving.set_value(false);
        self.hold.update_value(|hold| {
            if let Some(hold) = hold.take() {
                hold.clear();
            }
        });
        self.now.set_value(gesture);
    }

    /// Where an event is, on the canvas's element.
    fn place(self, event: &ev::PointerEvent) -> Point {
        let origin = self.origin.get_value();
        Point { x: f64::from(event.client_x()) - origin.x, y: f64::from(event.client_y()) - origin.y }
    }

    /// The same where a gesture may begin.
    fn place_anew(self, event: &ev::PointerEvent) -> Point {
        if let Some(root) = self.desk.root.get_untracked() {
            let area = root.get_bounding_client_rect();
            self.origin.set_value(Point { x: area.left(), y: area.top() });
        }
        self.place(event)
    }

    fn press(self, event: &ev::PointerEvent) {
        let element = event.target().and_then(|target| target.dyn_into::<leptos::web_sys::Element>().ok());
        let is_on_button = element.is_some_and(|element| element.closest("button").ok().flatten().is_some());
        if is_on_button || event.button() > 1 {
            return;
        }
        let at = self.place_anew(event);
        // The middle button pans wherever it is pressed.
        let pressed = if event.button() == 1 { None } else { self.card_at(at) };
        let pressed = pressed.map_or(Pressed::Ground, |node_id| Pressed::Card { node_id });
        self.begin(event, at, pressed);
    }

    fn card_at(self, at: Point) -> Option<Option<NodeId>> {
        let point = self.desk.view.get_untracked().to_canvas(at);
        self.desk.board.with_untracked(|board| board.card_at(point).map(|card| card.node_id.clone()))
    }

    fn begin(self, event: &ev::PointerEvent, at: Point, pressed: Pressed) {
        self.pointers.update_value(|pointers| {
            pointers.retain(|(id, _)| *id != event.pointer_id());
            pointers.push((event.pointer_id(), at));
        });
        if let Some((distance, middle)) = self.spread() {
            if self.desk.placing.with_untracked(|placing| placing.as_ref().is_some_and(|placing| placing.is_dragged)) {
                acts::cancel_placing(self.desk);
            }
            self.set(Gesture::Pinch { distance, middle });
            return;
        }
        let is_touch = event.pointer_type() == "touch";
        let can_carry = matches!(&pressed, Pressed::Card { node_id: Some(_) } | Pressed::Palette { .. });
        self.set(Gesture::Press { pressed, start: at, is_touch });
        if is_touch && can_carry {
            let take = move || {
                if self.desk.here.is() {
                    self.take_up(at);
                }
            };
            let held = set_timeout_with_handle(take, Duration::from_millis(HOLD_MILLIS));
            self.hold.set_value(held.ok());
        }
    }

    /// Distance and middle of two fingers.
    fn spread(self) -> Option<(f64, Point)> {
        self.pointers.with_value(|pointers| match pointers.as_slice() {
            [(_, one), (_, other)] => {
                let middle = Point { x: (one.x + other.x) / 2.0, y: (one.y + other.y) / 2.0 };
                Some(((one.x - other.x).hypot(one.y - other.y).max(1.0), middle))
            }
            _ => None,
        })
    }

    /// Takes up what was pressed.
    fn take_up(self, at: Point) {
        let Gesture::Press { pressed, .. } = self.now.get_value() else { return };
        let load = match pressed {
            Pressed::Card { node_id: Some(node_id) } => Load::Card { node_id, scope: Scope::Card },
            Pressed::Palette { kind } => Load::New { kind },
            Pressed::Card { node_id: None } | Pressed::Ground => return,
        };
        self.desk.pointer.set(at);
        acts::start_carrying(self.desk, load);
        if self.desk.placing.with_untracked(Option::is_some) {
            self.set(Gesture::Carry);
            self.aim();
            self.drift();
        } else {
            self.set(Gesture::Idle);
        }
    }

    fn on_move(self, event: &ev::PointerEvent) {
        let now = self.now.get_value();
        if now == Gesture::Idle {
            return;
        }
        let at = self.place(event);
        self.pointers.update_value(|pointers| {
            if let Some(pointer) = pointers.iter_mut().find(|(id, _)| *id == event.pointer_id()) {
                pointer.1 = at;
            }
        });
        match now {
            Gesture::Idle => {}
            Gesture::Press { pressed, start, is_touch } => {
                let slack = if is_touch { SLACK * 2.0 } else { SLACK };
                if (at.x - start.x).hypot(at.y - start.y) < slack {
                    return;
                }
                match pressed {
                    Pressed::Card { node_id: Some(_) } if !is_touch => self.carry_with(event, at),
                    Pressed::Palette { .. } => self.carry_with(event, at),
                    Pressed::Card { .. } | Pressed::Ground => {
                        self.set(Gesture::Pan { last: at });
                        self.desk.is_moving.set_value(true);
                        self.pan_by(start, at);
                    }
                }
            }
            Gesture::Pan { last } => {
                self.pan_by(last, at);
                self.now.set_value(Gesture::Pan { last: at });
            }
            Gesture::Carry => {
                self.desk.pointer.set(at);
                let is_whole = event.shift_key();
                self.change_scope(is_whole);
                self.aim();
            }
            Gesture::Pinch { distance: before, middle: from } => {
                let Some((distance, middle)) = self.spread() else { return };
                self.desk.look(|view, bounds| {
                    let view = view.panned(Point { x: middle.x - from.x, y: middle.y - from.y }, bounds);
                    view.zoomed(view.zoom * distance / before, middle, bounds)
                });
                self.now.set_value(Gesture::Pinch { distance, middle });
            }
        }
    }

    fn carry_with(self, event: &ev::PointerEvent, at: Point) {
        self.take_up(at);
        self.change_scope(event.shift_key());
    }

    /// Shift carries a card with all below it.
    fn change_scope(self, is_whole: bool) {
        let wanted = if is_whole { Scope::WithBelow } else { Scope::Card };
        let load = self.desk.placing.with_untracked(|placing| placing.as_ref().map(|placing| placing.load.clone()));
        if let Some(Load::Card { node_id, scope }) = load
            && scope != wanted
        {
            acts::start_carrying(self.desk, Load::Card { node_id, scope: wanted });
        }
    }

    fn pan_by(self, from: Point, to: Point) {
        self.desk.look(|view, bounds| view.panned(Point { x: to.x - from.x, y: to.y - from.y }, bounds));
    }

    fn is_inside(self, at: Point) -> bool {
        let view = self.desk.view.get_untracked();
        at.x >= 0.0 && at.y >= 0.0 && at.x <= view.width && at.y <= view.height
    }

    /// Finds the marked place that is meant.
    fn aim(self) {
        let desk = self.desk;
        let at = desk.pointer.get_untracked();
        let view = desk.view.get_untracked();
        let aim = self.is_inside(at).then(|| {
            desk.placing.with_untracked(|placing| {
                let placing = placing.as_ref()?;
                desk.board.with_untracked(|board| {
                    let found = board.slot_at(view.to_canvas(at), REACH / view.zoom, &placing.open);
                    found.map(|line| line.slot.clone())
                })
            })
        });
        let aim = aim.flatten();
        let is_other =
            desk.placing.with_untracked(|placing| placing.as_ref().is_some_and(|placing| placing.aim != aim));
        if is_other {
            desk.placing.update(|placing| {
                if let Some(placing) = placing {
                    placing.aim = aim;
                }
            });
        }
    }

    /// While something is carried near an edge, the view moves on.
    fn drift(self) {
        self.desk.here.on_frame(move || {
            if self.now.with_value(|now| *now != Gesture::Carry) {
                return;
            }
            let (at, view) = (self.desk.pointer.get_untracked(), self.desk.view.get_untracked());
            if self.is_inside(at) {
                let step = |at: f64, size: f64| {
                    if at < EDGE {
                        EDGE_STEP
                    } else if at > size - EDGE {
                        -EDGE_STEP
                    } else {
                        0.0
                    }
                };
                let by = Point { x: step(at.x, view.width), y: step(at.y, view.height) };
                if by.x != 0.0 || by.y != 0.0 {
                    self.desk.look(|view, bounds| view.panned(by, bounds));
                    self.aim();
                }
            }
            self.drift();
        });
    }

    fn on_up(self, event: &ev::PointerEvent) {
        self.pointers.update_value(|pointers| pointers.retain(|(id, _)| *id != event.pointer_id()));
        let now = self.now.get_value();
        self.set(Gesture::Idle);
        let desk = self.desk;
        match now {
            Gesture::Idle | Gesture::Pan { .. } | Gesture::Pinch { .. } => {}
            Gesture::Press { pressed, .. } => match pressed {
                // The palette's own press follows.
                Pressed::Palette { .. } => {}
                Pressed::Card { node_id } => {
                    if desk.placing.with_untracked(Option::is_some) {
                        acts::cancel_placing(desk);
                    } else {
                        desk.builder
                            .select(node_id.clone().map_or(Selection::Trigger, |node_id| Selection::Node { node_id }));
                        desk.go_to(node_id);
                    }
                }
                Pressed::Ground => {
                    acts::deselect(desk);
                    focus_element(CANVAS_ID);
                }
            },
            Gesture::Carry => {
                let aim =
                    desk.placing.with_untracked(|placing| placing.as_ref().and_then(|placing| placing.aim.clone()));
                match aim.filter(|_| self.is_inside(self.place(event))) {
                    Some(slot) => acts::put_down(desk, slot),
                    None => acts::cancel_placing(desk),
                }
            }
        }
    }

    fn on_cancel(self, event: &ev::PointerEvent) {
        self.pointers.update_value(|pointers| pointers.retain(|(id, _)| *id != event.pointer_id()));
        let is_carried = self.now.with_value(|now| *now == Gesture::Carry);
        self.set(Gesture::Idle);
        if is_carried {
            acts::cancel_placing(self.desk);
        }
    }
}

/// Ctrl and the wheel zoom, as a pinch on a touch pad does; the wheel alone pans.
fn turn_wheel(desk: Desk, event: &ev::WheelEvent) {
    event.prevent_default();
    let unit = if event.delta_mode() == 1 { 16.0 } else { 1.0 };
    let (dx, dy) = (event.delta_x() * unit, event.delta_y() * unit);
    if event.ctrl_key() || event.meta_key() {
        let area = desk.root.get_untracked().map(|root| root.get_bounding_client_rect());
        let Some(area) = area else { return };
        let at = Point { x: f64::from(event.client_x()) - area.left(), y: f64::from(event.client_y()) - area.top() };
        desk.is_moving.set_value(false);
        desk.look(|view, bounds| view.zoomed(view.zoom * (-dy * WHEEL_ZOOM).exp(), at, bounds));
    } else {
        let (dx, dy) = if event.shift_key() && dx == 0.0 { (dy, 0.0) } else { (dx, dy) };
        desk.is_moving.set_value(true);
        desk.look(|view, bounds| view.panned(Point { x: -dx, y: -dy }, bounds));
    }
}

/// What is carried, under the pointer.
#[component]
pub fn Ghost() -> AnyView {
    let desk = use_desk();
    let words = Memo::new(move |_| {
        desk.placing.with(|placing| {
            let placing = placing.as_ref().filter(|placing| placing.is_dragged)?;
            Some(match &placing.load {
                Load::New { kind } => kind.label().to_owned(),
                Load::Card { node_id, scope } => {
                    let mut words = desk.builder.of_flow_untracked(|flow| spoken_title(flow, Some(node_id)));
                    if *scope == Scope::WithBelow {
                        words.push_str(" with all below");
                    }
                    words
                }
            })
        })
    });
    let ghost = NodeRef::<html::Div>::new();
    let mut slide: Option<(HtmlDivElement, Slide)> = None;
    Effect::new(move |_| {
        let Some(element) = ghost.get() else { return };
        // Other words have an element of their own.
        let kept = slide.take().filter(|(of, _)| *of == element);
        let (_, slide) = slide.insert(kept.unwrap_or_else(|| (element.clone(), Slide::of(&element))));
        let at = desk.pointer.get();
        slide.go(at.x + 12.0, at.y + 8.0);
    });
    // The place that is meant, also where the flow is drawn as blocks.
    let aim = move || {
        desk.placing.with(|placing| {
            let aim = placing.as_ref().filter(|placing| placing.is_dragged)?.aim.clone()?;
            let plus = desk.board.with(|board| board.line(&aim).map(|line| line.plus))?;
            let at = desk.view.with(|view| view.to_screen(plus));
            Some(format!("translate({}px,{}px)", at.x, at.y))
        })
    };
    view! {
        {move || aim().map(|at| view! { <div class="canvas-aim" aria-hidden="true" style:transform=at></div> })}
        {move || words.get().map(|words| view! { <div class="canvas-ghost" aria-hidden="true" node_ref=ghost>{words}</div> })}
    }
    .into_any()
}
