//! Elements that are made by copying a template and changed in place: for what there are many of.
//!
//! In: keys in their order, templates, words. Out: elements below a parent.
//! Invariant: an element that stays is not moved, so that it keeps the focus; the page is touched only where it differs.

use std::collections::{BTreeMap, BTreeSet};

use js_sys::{Array, Object, Reflect};
use leptos::prelude::document;
use leptos::wasm_bindgen::{JsCast, JsValue};
use leptos::web_sys::{Animation, Element, HtmlElement, KeyframeEffect};

/// Elements by key, in the order in which they stand below their parent.
pub struct Shown<K, E> {
    order: Vec<K>,
    items: BTreeMap<K, E>,
}

/// What is made of elements.
pub trait HasRoot {
    fn root(&self) -> &HtmlElement;
}

impl<K, E> Default for Shown<K, E> {
    fn default() -> Self {
        Self { order: Vec::new(), items: BTreeMap::new() }
    }
}

impl<K: Ord + Clone, E: HasRoot> Shown<K, E> {
    /// Takes away what is not wanted, takes in what was made, and puts all in order.
    pub fn arrange(&mut self, parent: &Element, wanted: &[K], made: Vec<(K, E)>) {
        if self.order == wanted {
            return;
        }
        self.items.extend(made);
        let keys: BTreeSet<&K> = wanted.iter().collect();
        let (kept, gone): (Vec<K>, Vec<K>) = self.order.drain(..).partition(|key| keys.contains(key));
        for key in gone {
            if let Some(item) = self.items.remove(&key) {
                item.root().remove();
            }
        }
        let mut moved = BTreeSet::new();
        let mut kept = kept.iter().peekable();
        // From the first to the last, each before the next one that stays.
        for key in wanted {
            while kept.next_if(|next| moved.contains(next)).is_some() {}
            if kept.next_if(|next| *next == key).is_some() {
                self.order.push(key.clone());
                continue;
            }
            moved.insert(key);
            let before = kept.peek().and_then(|next| self.items.get(*next)).map(HasRoot::root);
            if let Some(item) = self.items.get(key) {
                check(parent.insert_before(item.root(), before.map(AsRef::as_ref)));
                self.order.push(key.clone());
            }
        }
    }

    pub fn get_mut(&mut self, key: &K) -> Option<&mut E> {
        self.items.get_mut(key)
    }
}

/// The element that some markup of ours is.
pub fn template(markup: &str) -> Option<HtmlElement> {
    let holder = document().create_element("div").ok()?;
    holder.set_inner_html(markup);
    holder.first_element_child()?.dyn_into().ok()
}

/// A copy with all that is in it.
pub fn copy_of(template: &HtmlElement) -> Option<HtmlElement> {
    template.clone_node_with_deep(true).ok()?.dyn_into().ok()
}

/// Sets an attribute, or takes it away.
pub fn set_attribute(element: &Element, name: &str, value: Option<&str>) {
    match value {
        Some(value) => check(element.set_attribute(name, value)),
        None => check(element.remove_attribute(name)),
    }
}

/// Sets a property through the style object, as the content policy asks.
pub fn set_style(element: &HtmlElement, name: &str, value: &str) {
    check(element.style().set_property(name, value));
}

/// What moves an element: two paused animations, one across and one down, whose times are its place in pixels.
///
/// A transform that is set by style has Chromium put all layers of the page together anew in each frame, even where the
/// element is a layer of its own; the time of an animation does not.
pub struct Slide {
    element: HtmlElement,
    ways: Option<(Animation, Animation)>,
}

/// How far it goes, in pixels. A power of two, so that whole pixels stay whole.
const REACH: f64 = 4_194_304.0;

impl Slide {
    /// Of this element from now on.
    pub fn of(element: &HtmlElement) -> Self {
        let ways = || {
            let across = paused(element, "translate", &[format!("{}px", -REACH), format!("{REACH}px")])?;
            let down = paused(element, "transform", &[-REACH, REACH].map(|at| format!("translateY({at}px)")))?;
            Ok::<_, JsValue>((across, down))
        };
        Self { element: element.clone(), ways: ways().ok() }
    }

    /// Moves the element there, from where it stands by itself.
    pub fn go(&self, x: f64, y: f64) {
        match &self.ways {
            Some((across, down)) => {
                across.set_current_time(Some(REACH + x));
                down.set_current_time(Some(REACH + y));
            }
            None => set_style(&self.element, "transform", &format!("translate({x}px,{y}px)")),
        }
    }
}

fn paused(element: &HtmlElement, property: &str, ends: &[String; 2]) -> Result<Animation, JsValue> {
    let keyframes = Object::new();
    let ends: Array = ends.iter().map(|end| JsValue::from_str(end)).collect();
    Reflect::set(&keyframes, &JsValue::from_str(property), &ends)?;
    let (element, length) = (Some(element.as_ref()), 2.0 * REACH);
    let effect = KeyframeEffect::new_with_opt_element_and_keyframes_and_f64(element, Some(&keyframes), length)?;
    let animation = Animation::new_with_effect(Some(&effect))?;
    // Nor does it run for who runs all animations to their end.
    animation.set_playback_rate(0.0);
    animation.pause()?;
    Ok(animation)
}

/// What a page refuses of these acts is no reason to stop.
fn check<T, P>(done: Result<T, P>) {
    if done.is_err() {
        leptos::logging::warn!("an element of the canvas could not be changed");
    }
}
