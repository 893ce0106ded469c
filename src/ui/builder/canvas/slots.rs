//! What stands on the lines in sight: +, marked places, *Yes* and *No*, end marks.
//!
//! In: the board, the view's window, what is being placed. Out: buttons, and words that only who looks needs.
//! Invariant: each + says where it is; a place that cannot take what is carried cannot be pressed.

use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlElement};

use crate::domain::flow::layout::{LineFoot, PlacedLine, Point};
use crate::domain::flow::model::{Branch, Flow};
use crate::domain::flow::tree::Slot;
use crate::domain::id::NodeId;
use crate::ui::builder::canvas::acts;
use crate::ui::builder::canvas::desk::{Desk, Placing, inset_of};
use crate::ui::builder::canvas::dom::{HasRoot, Shown, copy_of, set_attribute, set_style, template};
use crate::ui::kit::{Icon, icon_markup};
use crate::view_model::board::{branch_label, end_mark};
use crate::view_model::builder_commands::slot_words;
use crate::view_model::flow::node_title;

/// Keeps the buttons as they are to be seen.
pub fn draw_slots(desk: Desk, slots: NodeRef<html::Div>) {
    let mut shown: Shown<Slot, SlotElement> = Shown::default();
    let mut model = None;
    Effect::new(move |_| {
        let (Some(slots), Some(flow)) = (slots.get(), desk.builder.flow.get()) else { return };
        let (board, window) = (desk.board.get(), desk.window.get());
        let places = if desk.is_far.get() { Vec::new() } else { board.lines_in(&window) };
        let active = desk.active.get();
        if model.is_none() {
            let glyph = icon_markup(Icon::Plus, "icon");
            model = template(&[r#"<button type="button" class="slot">"#, &glyph, "</button>"].concat());
        }
        desk.placing.with(|placing| {
            let mut wanted = Vec::with_capacity(places.len());
            let mut made = Vec::new();
            for place in places {
                let Some(line) = board.lines.get(place) else { continue };
                let face = SlotFace {
                    label: slot_label(&flow, &line.slot, placing.is_some()),
                    plus: line.plus,
                    is_near: line.slot.owner() == active.as_ref(),
                    hold: hold_of(placing.as_ref(), place, &line.slot),
                };
                wanted.push(line.slot.clone());
                if let Some(item) = shown.get_mut(&line.slot) {
                    item.show(face);
                } else if let Some(root) = model.as_ref().and_then(copy_of) {
                    root.set_id(&slot_element_id(&line.slot));
                    let mut item = SlotElement { root, shown: None };
                    item.show(face);
                    made.push((line.slot.clone(), item));
                }
            }
            shown.arrange(&slots, &wanted, made);
        });
    });
}

/// Whether a slot can take what is being placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hold {
    /// Nothing is being placed.
    Nothing,
    Shut,
    Open,
    Aimed,
}

fn hold_of(placing: Option<&Placing>, place: usize, slot: &Slot) -> Hold {
    match placing {
        None => Hold::Nothing,
        Some(placing) if placing.aim.as_ref() == Some(slot) => Hold::Aimed,
        Some(placing) if placing.open.get(place) == Some(&true) => Hold::Open,
        Some(_) => Hold::Shut,
    }
}

fn slot_label(flow: &Flow, slot: &Slot, is_placing: bool) -> String {
    let mut label = if is_placing { "Put here: " } else { "Add a card " }.to_owned();
    label.push_str(&slot_words(flow, slot));
    label
}

/// A + as it is to be seen.
#[derive(Debug, Clone, PartialEq)]
struct SlotFace {
    label: String,
    plus: Point,
    /// The keyboard is at the card above.
    is_near: bool,
    hold: Hold,
}

struct SlotElement {
    root: HtmlElement,
    shown: Option<SlotFace>,
}

impl HasRoot for SlotElement {
    fn root(&self) -> &HtmlElement {
        &self.root
    }
}

impl SlotElement {
    fn show(&mut self, face: SlotFace) {
        let before = self.shown.as_ref();
        if before == Some(&face) {
            return;
        }
        if before.is_none_or(|before| before.label != face.label) {
            set_attribute(&self.root, "aria-label", Some(&face.label));
        }
        if before.is_none_or(|before| before.plus != face.plus) {
            set_style(&self.root, "inset", &inset_of(face.plus));
        }
        if before.is_none_or(|before| before.hold != face.hold) {
            self.root.set_class_name(match face.hold {
                Hold::Nothing => "slot",
                Hold::Shut => "slot slot--shut",
                Hold::Open => "slot slot--open",
                Hold::Aimed => "slot slot--open slot--aimed",
            });
            set_attribute(&self.root, "aria-haspopup", (face.hold == Hold::Nothing).then_some("dialog"));
            set_attribute(&self.root, "disabled", (face.hold == Hold::Shut).then_some(""));
        }
        let index = |face: &SlotFace| if face.is_near || face.hold == Hold::Aimed { "0" } else { "-1" };
        if before.map(index) != Some(index(&face)) {
            set_attribute(&self.root, "tabindex", Some(index(&face)));
        }
        self.shown = Some(face);
    }
}

/// A press somewhere among the slots.
pub fn press_among_slots(desk: Desk, event: &leptos::web_sys::Event) {
    let element = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let slot = element.and_then(|element| element.closest(".slot").ok().flatten());
    if let Some(slot) = slot.and_then(|slot| slot_of_element(&slot.id())) {
        acts::press_slot(desk, slot);
    }
}

/// Which word or mark.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct MarkKey {
    slot: Slot,
    is_end: bool,
}

struct MarkElement {
    root: HtmlElement,
    text: Element,
    shown: Option<(String, Point)>,
}

impl HasRoot for MarkElement {
    fn root(&self) -> &HtmlElement {
        &self.root
    }
}

impl MarkElement {
    fn new(model: &HtmlElement, key: &MarkKey) -> Option<Self> {
        let root = copy_of(model)?;
        let text = root.first_element_child()?;
        root.set_class_name(match (&key.slot, key.is_end) {
            (_, true) => "end-mark",
            (Slot::Branch { branch: Branch::Yes, .. }, false) => "branch-word branch-word--yes",
            (Slot::Branch { .. } | Slot::Entry | Slot::Below { .. }, false) => "branch-word",
        });
        Some(Self { root, text, shown: None })
    }

    fn show(&mut self, words: String, at: Point) {
        let before = self.shown.as_ref();
        if before.is_none_or(|(before, _)| *before != words) {
            self.text.set_text_content(Some(&words));
        }
        if before.is_none_or(|(_, before)| *before != at) {
            set_style(&self.root, "inset", &inset_of(at));
        }
        self.shown = Some((words, at));
    }
}

/// Keeps the words beside the lines.
pub fn draw_marks(desk: Desk, marks: NodeRef<html::Div>) {
    let mut shown: Shown<MarkKey, MarkElement> = Shown::default();
    let mut model = None;
    Effect::new(move |_| {
        let (Some(marks), Some(flow)) = (marks.get(), desk.builder.flow.get()) else { return };
        let (board, window) = (desk.board.get(), desk.window.get());
        let places = if desk.is_far.get() { Vec::new() } else { board.lines_in(&window) };
        if model.is_none() {
            model = template(r#"<span aria-hidden="true"><span></span></span>"#);
        }
        let mut wanted = Vec::new();
        let mut made = Vec::new();
        for line in places.iter().filter_map(|place| board.lines.get(*place)) {
            let branch = branch_words(line).map(|words| (false, words.to_owned(), branch_label(line)));
            let end = end_words(&flow, line).map(|words| (true, words, end_mark(line)));
            for (is_end, words, at) in branch.into_iter().chain(end) {
                let key = MarkKey { slot: line.slot.clone(), is_end };
                if let Some(item) = shown.get_mut(&key) {
                    item.show(words, at);
                } else if let Some(mut item) = model.as_ref().and_then(|model| MarkElement::new(model, &key)) {
                    item.show(words, at);
                    made.push((key.clone(), item));
                }
                wanted.push(key);
            }
        }
        shown.arrange(&marks, &wanted, made);
    });
}

const fn branch_words(line: &PlacedLine) -> Option<&'static str> {
    match &line.slot {
        Slot::Branch { branch: Branch::Yes, .. } => Some("Yes"),
        Slot::Branch { branch: Branch::No, .. } => Some("No"),
        Slot::Entry | Slot::Below { .. } => None,
    }
}

fn end_words(flow: &Flow, line: &PlacedLine) -> Option<String> {
    match &line.foot {
        LineFoot::Card { .. } => None,
        LineFoot::End => Some("End".to_owned()),
        LineFoot::Joins { node_id } => {
            let mut words = "Goes on at ".to_owned();
            words.push_str(&node_title(flow, node_id));
            Some(words)
        }
    }
}

const ENTRY: &str = "slot-entry";
const BELOW: &str = "slot-below-";
const YES: &str = "slot-yes-";
const NO: &str = "slot-no-";

/// The id of a slot's button.
pub fn slot_element_id(slot: &Slot) -> String {
    let (name, node_id) = match slot {
        Slot::Entry => return ENTRY.to_owned(),
        Slot::Below { node_id } => (BELOW, node_id),
        Slot::Branch { node_id, branch: Branch::Yes } => (YES, node_id),
        Slot::Branch { node_id, branch: Branch::No } => (NO, node_id),
    };
    let mut id = name.to_owned();
    id.push_str(node_id.as_str());
    id
}

/// The slot whose button has this id.
fn slot_of_element(id: &str) -> Option<Slot> {
    if id == ENTRY {
        return Some(Slot::Entry);
    }
    let below = |name: &str| id.strip_prefix(name).map(NodeId::new);
    let branch = |name: &str, branch: Branch| below(name).map(|node_id| Slot::Branch { node_id, branch });
    below(BELOW)
        .map(|node_id| Slot::Below { node_id })
        .or_else(|| branch(YES, Branch::Yes))
        .or_else(|| branch(NO, Branch::No))
}
