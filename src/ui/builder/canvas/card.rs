//! One card: what it does, its status, what is wrong with it, and its menu.
//!
//! In: what stands on it. Out: an item of the tree.
//! Invariant: its name says all that is seen on it; a card that is drawn again touches only what differs.

use leptos::web_sys::{Element, HtmlElement};

use crate::domain::flow::check::FlowSeverity;
use crate::domain::flow::layout::Point;
use crate::domain::flow::model::{ActionStatus, Branch};
use crate::domain::id::NodeId;
use crate::ui::builder::canvas::desk::{card_element_id, inset_of};
use crate::ui::builder::canvas::dom::{HasRoot, copy_of, set_attribute, set_style, template};
use crate::ui::kit::{Icon, icon_markup};
use crate::view_model::flow::{CardKind, CardView, action_status_label};
use crate::view_model::journey::Passage;

/// The icon of a kind.
pub const fn card_icon(kind: CardKind) -> Icon {
    match kind {
        CardKind::Trigger => Icon::Trigger,
        CardKind::Webhook => Icon::Webhook,
        CardKind::TimeDelay => Icon::Clock,
        CardKind::TriggerSplit | CardKind::ConditionalSplit => Icon::Split,
        CardKind::Foreign => Icon::Foreign,
        CardKind::Note => Icon::Note,
    }
}

/// A card as it is to be seen.
#[derive(Debug, Clone, PartialEq)]
pub struct CardFace {
    pub view: CardView,
    pub branch: Option<Branch>,
    pub corner: Point,
    pub level: usize,
    pub position: usize,
    pub set_size: usize,
    pub is_split: bool,
    pub marks: CardMarks,
}

/// What is special about a card at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CardMarks {
    pub is_selected: bool,
    /// The keyboard is there.
    pub is_active: bool,
    pub is_carried: bool,
    /// While a journey is previewed: what it does with the card.
    pub passage: Option<Option<Passage>>,
}

/// One template for each kind that was met.
#[derive(Default)]
pub struct CardTemplates {
    made: Vec<(CardKind, HtmlElement)>,
}

impl CardTemplates {
    fn of(&mut self, kind: CardKind) -> Option<&HtmlElement> {
        let place = match self.made.iter().position(|(of, _)| *of == kind) {
            Some(place) => place,
            None => {
                self.made.push((kind, template(&markup(kind))?));
                self.made.len() - 1
            }
        };
        self.made.get(place).map(|(_, template)| template)
    }
}

/// A card without words. What is hidden makes it a sentence for whoever hears it.
fn markup(kind: CardKind) -> String {
    let class = match kind {
        CardKind::Trigger => "card-icon card-icon--trigger",
        _ => "card-icon",
    };
    let glyph = icon_markup(card_icon(kind), "icon icon--large");
    let status = if kind == CardKind::Webhook { r#"<span class="card-status"></span>"# } else { "" };
    let hint = if kind == CardKind::TimeDelay { r#"<span class="card-hint"></span>"# } else { "" };
    let more = icon_markup(Icon::More, "icon");
    [
        r#"<div role="treeitem" class="card"><span class="card-face"><span class="visually-hidden"></span><span class=""#,
        class,
        r#"">"#,
        &glyph,
        r#"</span><span class="card-words"><span class="card-title"></span><span class="card-line">"#,
        status,
        r#"<span class="card-detail"></span></span></span>"#,
        hint,
        r#"</span><button type="button" class="card-menu" aria-label="Menu" aria-haspopup="dialog">"#,
        &more,
        "</button></div>",
    ]
    .concat()
}

/// The parts of a card that change.
pub struct CardElement {
    root: HtmlElement,
    face: Element,
    before: Element,
    title: Element,
    status: Option<Element>,
    detail: Element,
    hint: Option<Element>,
    badge: Option<Element>,
    menu: Element,
    shown: Option<CardFace>,
}

impl HasRoot for CardElement {
    fn root(&self) -> &HtmlElement {
        &self.root
    }
}

impl CardElement {
    /// An empty card.
    pub fn new(templates: &mut CardTemplates, node_id: Option<&NodeId>, kind: CardKind) -> Option<Self> {
        let root = copy_of(templates.of(kind)?)?;
        let face = root.first_element_child()?;
        let menu = face.next_element_sibling()?;
        let before = face.first_element_child()?;
        let words = before.next_element_sibling()?.next_element_sibling()?;
        let title = words.first_element_child()?;
        let line = title.next_element_sibling()?;
        let detail = line.last_element_child()?;
        let status = detail.previous_element_sibling();
        let hint = words.next_element_sibling();
        let name = face_id(node_id);
        root.set_id(&card_element_id(node_id));
        face.set_id(&name);
        set_attribute(&root, "aria-labelledby", Some(&name));
        Some(Self { root, face, before, title, status, detail, hint, badge: None, menu, shown: None })
    }

    /// The kind whose template it was made of.
    pub fn kind(&self) -> Option<CardKind> {
        self.shown.as_ref().map(|shown| shown.view.kind)
    }

    /// Shows what is to be seen, where it differs from what is.
    pub fn show(&mut self, face: CardFace) {
        let before = self.shown.as_ref();
        if before == Some(&face) {
            return;
        }
        if before.is_none_or(|before| before.view != face.view || before.branch != face.branch) {
            self.show_words(&face);
        }
        let before = self.shown.as_ref();
        let place = |face: &CardFace| (face.level, face.position, face.set_size, face.is_split);
        if before.map(place) != Some(place(&face)) {
            set_attribute(&self.root, "aria-level", Some(&face.level.to_string()));
            set_attribute(&self.root, "aria-posinset", Some(&face.position.to_string()));
            set_attribute(&self.root, "aria-setsize", Some(&face.set_size.to_string()));
            set_attribute(&self.root, "aria-expanded", face.is_split.then_some("true"));
        }
        if before.is_none_or(|before| before.corner != face.corner) {
            set_style(&self.root, "inset", &inset_of(face.corner));
        }
        if before.is_none_or(|before| before.marks.is_active != face.marks.is_active) {
            let index = if face.marks.is_active { "0" } else { "-1" };
            set_attribute(&self.root, "tabindex", Some(index));
            set_attribute(&self.menu, "tabindex", Some(index));
        }
        if before.is_none_or(|before| before.marks.is_selected != face.marks.is_selected) {
            let value = if face.marks.is_selected { "true" } else { "false" };
            set_attribute(&self.root, "aria-selected", Some(value));
        }
        let class = class_of(&face);
        if before.is_none_or(|before| class_of(before) != class) {
            self.root.set_class_name(&class);
        }
        self.shown = Some(face);
    }

    fn show_words(&mut self, face: &CardFace) {
        let was = self.shown.as_ref().map(|shown| (&shown.view, shown.branch));
        let CardView { kind, title, detail, status, badge, n_problems, time_hint, .. } = &face.view;
        let (old, old_branch) = was.unzip();
        if old_branch != Some(face.branch) || old.is_none_or(|old| old.title != *title) {
            self.before.set_text_content(Some(&words_before(*kind, title, face.branch)));
        }
        if old.is_none_or(|old| old.title != *title) {
            self.title.set_text_content(Some(title));
        }
        if old.is_none_or(|old| old.detail != *detail) {
            self.detail.set_text_content(Some(detail));
        }
        if let (Some(element), Some(status)) = (&self.status, status)
            && old.is_none_or(|old| old.status != Some(*status))
        {
            element.set_class_name(match status {
                ActionStatus::Draft => "card-status card-status--draft",
                ActionStatus::Manual => "card-status card-status--manual",
                ActionStatus::Live => "card-status card-status--live",
            });
            element.set_text_content(Some(action_status_label(*status)));
        }
        if let Some(element) = &self.hint
            && old.is_none_or(|old| old.time_hint != *time_hint)
        {
            element.set_text_content(time_hint.as_deref());
        }
        if old.map(|old| (old.badge, old.n_problems)).unwrap_or_default() != (*badge, *n_problems) {
            if let Some(badge) = self.badge.take() {
                badge.remove();
            }
            let made = badge.and_then(|severity| template(&badge_markup(severity, *n_problems)));
            self.badge = made.filter(|badge| self.face.append_child(badge).is_ok()).map(Into::into);
        }
    }
}

/// What is heard before the title.
fn words_before(kind: CardKind, title: &str, branch: Option<Branch>) -> String {
    let mut before = match branch {
        Some(Branch::Yes) => "Yes: ",
        Some(Branch::No) => "No: ",
        None => "",
    }
    .to_owned();
    if title != kind.label() {
        before.push_str(kind.label());
        before.push_str(": ");
    }
    before
}

fn badge_markup(severity: FlowSeverity, n_problems: usize) -> String {
    let tone = match severity {
        FlowSeverity::CannotWork => "tone-fail",
        FlowSeverity::PassedOver => "tone-wait",
    };
    let word = if n_problems == 1 { "problem" } else { "problems" };
    let glyph = icon_markup(Icon::Warning, "icon");
    format!(r#"<span class="card-badge {tone}">{glyph}{n_problems}<span class="visually-hidden"> {word}</span></span>"#)
}

fn class_of(face: &CardFace) -> String {
    let mut class = match face.view.kind {
        CardKind::Note => "card card--note",
        CardKind::Foreign => "card card--foreign",
        _ => "card",
    }
    .to_owned();
    if face.marks.is_selected {
        class.push_str(" card--selected");
    }
    if face.marks.is_carried {
        class.push_str(" card--carried");
    }
    class.push_str(match face.marks.passage {
        None => "",
        Some(None) => " card--off",
        Some(Some(Passage::Passed)) => " card--passed",
        Some(Some(Passage::Skipped)) => " card--skipped",
    });
    class
}

fn face_id(node_id: Option<&NodeId>) -> String {
    let mut id = "face-".to_owned();
    id.push_str(node_id.map_or("trigger", NodeId::as_str));
    id
}
